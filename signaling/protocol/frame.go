package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Version is the version of the protocol, said in the first frame each way.
const Version = 2

// MaxFrame is the size of the largest frame, in bytes: an offer with every slot
// and every codec of a browser is some 45 KiB.
const MaxFrame = 64 << 10

// Why a frame was not understood. Each has its own close code.
var (
	ErrMalformed = errors.New("protocol: malformed frame")
	ErrUnknown   = errors.New("protocol: unknown frame")
)

// A Frame is one message in either direction.
type Frame interface {
	// Type is the frame's name, as it is written in its "type" field.
	Type() string
}

// A Request is a frame that a browser sends.
type Request interface {
	Frame
	request()
	check() error
}

// A Notice is a frame that the server sends.
type Notice interface {
	Frame
	notice()
}

// decoders reads each Request by its type.
var decoders = map[string]func([]byte) (Request, error){
	"join":   request[Join],
	"offer":  request[Offer],
	"state":  request[State],
	"pin":    request[Pin],
	"view":   request[View],
	"line":   request[Line],
	"look":   request[Look],
	"cover":  request[Cover],
	"finish": request[Finish],
	"leave":  request[Leave],
	"stats":  request[Stats],
	"ping":   request[Ping],
}

// notices reads each Notice by its type.
var notices = map[string]func([]byte) (Notice, error){
	"welcome":  notice[Welcome],
	"answer":   notice[Answer],
	"standing": notice[Standing],
	"people":   notice[People],
	"slots":    notice[Slots],
	"speaking": notice[Speaking],
	"trouble":  notice[Trouble],
	"sparing":  notice[Sparing],
	"lines":    notice[Lines],
	"looked":   notice[Looked],
	"say":      notice[Say],
	"until":    notice[Until],
	"ended":    notice[Ended],
	"refused":  notice[Refused],
	"pong":     notice[Pong],
}

// DecodeRequest reads a frame sent by a browser. Its error is ErrMalformed or
// ErrUnknown, wrapped, and says nothing of what was in the frame.
func DecodeRequest(frame []byte) (Request, error) {
	return decode(frame, decoders)
}

// DecodeNotice reads a frame sent by the server, as DecodeRequest does.
func DecodeNotice(frame []byte) (Notice, error) {
	return decode(frame, notices)
}

// Encode writes a frame.
func Encode(f Frame) ([]byte, error) {
	body, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("protocol: encode %s: %w", f.Type(), err)
	}
	out := make([]byte, 0, len(body)+len(f.Type())+12)
	out = append(out, `{"type":"`...)
	out = append(out, f.Type()...)
	out = append(out, '"')
	if len(body) > len("{}") {
		out = append(out, ',')
	}
	return append(out, body[1:]...), nil
}

func decode[F Frame](frame []byte, table map[string]func([]byte) (F, error)) (F, error) {
	var none F
	if len(frame) > MaxFrame {
		return none, fmt.Errorf("%w: %d bytes", ErrMalformed, len(frame))
	}
	if first := bytes.TrimLeft(frame, " \t\r\n"); len(first) == 0 || first[0] != '{' {
		return none, fmt.Errorf("%w: not an object", ErrMalformed)
	}
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(frame, &head); err != nil {
		return none, fmt.Errorf("%w: not JSON", ErrMalformed)
	}
	read, ok := table[head.Type]
	if !ok {
		return none, ErrUnknown
	}
	return read(frame)
}

func request[R Request](frame []byte) (Request, error) {
	var r R
	if err := json.Unmarshal(frame, &r); err != nil {
		return nil, fmt.Errorf("%w: %s: a field of the wrong kind", ErrMalformed, r.Type())
	}
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrMalformed, r.Type(), err)
	}
	return r, nil
}

func notice[N Notice](frame []byte) (Notice, error) {
	var n N
	if err := json.Unmarshal(frame, &n); err != nil {
		return nil, fmt.Errorf("%w: %s: a field of the wrong kind", ErrMalformed, n.Type())
	}
	return n, nil
}

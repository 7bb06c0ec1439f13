package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pion/webrtc/v4"

	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/signalingtest"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// A visitor is a process at the end of a bad line. It does at once what it is
// told, and says how long that took.
type visitor struct {
	sealer *ticket.Sealer

	talking *signalingtest.Browser // who sends, of the one who only talks
	call    *joiner
	resume  string
	seq     int
	packets atomic.Int64
}

// serveVisitor is `wardbench serve-visitor`: a line is an act and what it needs,
// and the answer is a duration, or why not.
func serveVisitor(stdin io.Reader, stdout io.Writer) error {
	lines := bufio.NewReader(stdin)
	sealer, err := readKey(lines)
	if err != nil {
		return err
	}
	v := &visitor{sealer: sealer}
	acts := map[string]func(ctx context.Context, signal string) error{
		"talk": v.talk, "visit": v.visit, "join": v.join, "resume": v.takeBack, "move": v.move, "again": v.again,
	}
	fmt.Fprintln(stdout, "ready")
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return v.leave()
		}
		act, signal, _ := strings.Cut(strings.TrimSpace(line), " ")
		ctx, cancel := context.WithTimeout(context.Background(), settleWithin)
		began := time.Now()
		if do, known := acts[act]; !known {
			err = fmt.Errorf("what is %q?", act)
		} else {
			err = do(ctx, signal)
		}
		took := time.Since(began)
		cancel()
		if err != nil {
			fmt.Fprintf(stdout, "error: %s: %v\n", act, err)
			continue
		}
		fmt.Fprintln(stdout, took)
	}
}

func (v *visitor) leave() error {
	if v.talking != nil {
		v.talking.Close()
	}
	if v.call != nil {
		return errors.Join(v.call.socket.Close(), v.call.connection.GracefulClose())
	}
	return nil
}

func (v *visitor) seal() (string, error) {
	now := time.Now()
	return v.sealer.Seal(ticket.Ticket{
		Room: "room", Seat: "seat-" + rand.Text(), Role: ticket.Visitor, Name: "Somebody", ID: rand.Text(),
		NotBefore: now.Add(-time.Minute), Expires: now.Add(2 * time.Minute),
	})
}

// talk comes in and sends.
func (v *visitor) talk(ctx context.Context, signal string) error {
	if v.talking != nil {
		v.talking.Close()
	}
	leave, err := v.seal()
	if err != nil {
		return err
	}
	v.talking, err = signalingtest.Join(ctx, signalingtest.Options{
		URL: signal, Origin: origin, Ticket: leave, ID: 1, Slots: perRoom - 1, FramePackets: framePackets, Now: time.Now,
	})
	return err
}

// visit comes in, waits for the first packet, and goes.
func (v *visitor) visit(ctx context.Context, signal string) error {
	leave, err := v.seal()
	if err != nil {
		return err
	}
	guest, err := comeIn(ctx, signal, leave)
	if err != nil {
		return err
	}
	go guest.leave() // the answer is on its way meanwhile
	return nil
}

// join comes in to stay, and waits for the first packet.
func (v *visitor) join(ctx context.Context, signal string) error {
	v.call = &joiner{first: make(chan struct{})}
	if err := v.call.connect(); err != nil {
		return err
	}
	v.call.connection.OnTrack(func(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		for buffer := make([]byte, 1600); ; v.packets.Add(1) {
			if _, _, err := t.Read(buffer); err != nil {
				return
			}
		}
	})
	leave, err := v.seal()
	if err != nil {
		return err
	}
	offer, err := v.call.connection.CreateOffer(nil)
	if err != nil {
		return err
	}
	if err := v.call.connection.SetLocalDescription(offer); err != nil {
		return err
	}
	had := v.packets.Load()
	answer, err := v.knock(ctx, signal, protocol.Join{V: protocol.Version, Ticket: leave, SDP: offer.SDP, Audio: true, Video: true})
	if err != nil {
		return err
	}
	if err := v.answered(answer); err != nil {
		return err
	}
	return v.hears(ctx, had)
}

// knock opens a websocket, sends the first frame and reads the welcome.
func (v *visitor) knock(ctx context.Context, signal string, join protocol.Join) (sdp string, err error) {
	if v.call.socket, err = signalingtest.Dial(ctx, signal, origin); err != nil {
		return "", err
	}
	if err := v.say(join); err != nil {
		return "", err
	}
	welcome, err := await[protocol.Welcome](v.call.socket)
	v.resume = welcome.Resume
	return welcome.SDP, err
}

func (v *visitor) say(r protocol.Request) error {
	frame, err := protocol.Encode(r)
	if err != nil {
		return err
	}
	return v.call.socket.WriteMessage(websocket.TextMessage, frame)
}

// await reads until a notice of that type comes.
func await[N protocol.Notice](socket *websocket.Conn) (found N, err error) {
	for {
		_ = socket.SetReadDeadline(time.Now().Add(settleWithin))
		_, frame, err := socket.ReadMessage()
		if err != nil {
			return found, err
		}
		notice, err := protocol.DecodeNotice(frame)
		if err != nil {
			return found, err
		}
		switch n := notice.(type) {
		case N:
			return n, nil
		case protocol.Refused:
			return found, fmt.Errorf("refused: %s", n.Code)
		}
	}
}

func (v *visitor) answered(sdp string) error {
	return v.call.connection.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: sdp})
}

// hears waits until a packet comes that had not come.
func (v *visitor) hears(ctx context.Context, had int64) error {
	if err := until(ctx, func() bool { return v.packets.Load() > had }); err != nil {
		return errors.New("nothing was heard")
	}
	return nil
}

// takeBack loses the websocket, and takes the seat back on another.
func (v *visitor) takeBack(ctx context.Context, signal string) error {
	_ = v.call.socket.NetConn().Close() // with no goodbye
	_, err := v.knock(ctx, signal, protocol.Join{V: protocol.Version, Resume: v.resume, Audio: true, Video: true})
	return err
}

// move is what a changed network takes: another websocket, and other paths for
// the media.
func (v *visitor) move(ctx context.Context, signal string) error {
	if err := v.takeBack(ctx, signal); err != nil {
		return err
	}
	if err := v.call.devices.UpdateInterfaces(); err != nil {
		return err
	}
	offer, err := v.call.connection.CreateOffer(&webrtc.OfferOptions{ICERestart: true})
	if err != nil {
		return err
	}
	if err := v.call.connection.SetLocalDescription(offer); err != nil {
		return err
	}
	had := v.packets.Load()
	v.seq++
	if err := v.say(protocol.Offer{Seq: v.seq, SDP: offer.SDP}); err != nil {
		return err
	}
	answer, err := await[protocol.Answer](v.call.socket)
	if err != nil {
		return err
	}
	if err := v.answered(answer.SDP); err != nil {
		return err
	}
	return v.hears(ctx, had)
}

// again is what a restarted server takes: everything anew.
func (v *visitor) again(ctx context.Context, signal string) error {
	old := v.call
	defer func() { go old.connection.GracefulClose() }()
	_ = old.socket.Close()
	return v.join(ctx, signal)
}

package protocol

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// The bounds of what a browser may say.
const (
	maxSDP      = 56 << 10 // bytes; leaves room in MaxFrame for JSON's escaping of line ends
	maxSDPLines = 2000     // a browser's longest offer, with every codec, is some 1,500
	maxTicket   = 2 << 10
	maxResume   = 256
	maxSeat     = 128
	maxSeq      = 1 << 30
	maxFigure   = 1 << 30 // of any number in Stats
	maxSlots    = 16      // a View may speak of; more than any room has
	maxPixels   = 1 << 14 // of a side of a picture
)

// MaxLine is the longest Line, in characters.
const MaxLine = 500

// Join is the first frame: leave to come in, and the browser's one offer. It
// holds either a Ticket or, to take back one's own seat, a Resume secret.
type Join struct {
	V      int    `json:"v"`
	Ticket string `json:"ticket,omitempty"`
	Resume string `json:"resume,omitempty"`
	SDP    string `json:"sdp,omitempty"` // may be empty only with Resume: the media goes on as it is
	Audio  bool   `json:"audio"`         // the microphone is on
	Video  bool   `json:"video"`         // the camera is on
}

// Offer is an ICE restart of the connection made at the join, and nothing else.
// So offers cannot cross: the room never makes one.
type Offer struct {
	Seq int    `json:"seq"` // grows; echoed by the Answer
	SDP string `json:"sdp"`
}

// State says whether the sender's microphone and camera are on. The room stops
// forwarding what is off.
type State struct {
	Audio bool `json:"audio"`
	Video bool `json:"video"`
}

// Pin asks that a person always be in one of the sender's slots.
type Pin struct {
	Seat string `json:"seat"` // "" for nobody
}

// View says how large the sender draws each of its slots, so that it is sent no
// more than it can show.
type View struct {
	Slots  []Drawn `json:"slots"`
	Saving bool    `json:"saving"` // no pictures at all: the sender pays for its data
}

// Drawn is how large a slot is on the screen, in its own pixels; 0 × 0 is not at all.
type Drawn struct {
	Slot   int `json:"slot"`
	Width  int `json:"width"`
	Height int `json:"height"`
}

// Line is something written: a caption if the sender is a reporter, else chat.
type Line struct {
	Text string `json:"text"`
	Done bool   `json:"done"` // false while a caption is still being typed
}

// Look has somebody who waits shown to a member of staff alone.
type Look struct {
	Seat string `json:"seat"` // "" for nobody
}

// Cover stops, or lets go on, both picture and sound from the patient's side.
// Only the patient's side sends it.
type Cover struct {
	Covered bool `json:"covered"`
}

// Finish ends the visit for everybody. Only the patient's side sends it.
type Finish struct{}

// Leave gives up the sender's seat at once, rather than have it held.
type Leave struct{}

// Stats is how the call has been for the sender since its last Stats. It holds
// no content and no address.
type Stats struct {
	Path      string `json:"path"`      // "udp", "tcp", "relay", or "" while unknown
	RTT       int    `json:"rtt"`       // ms
	First     int    `json:"first"`     // ms from being admitted to the first remote frame; 0: none yet
	Freezes   int    `json:"freezes"`   // count
	Frozen    int    `json:"frozen"`    // ms
	Concealed int    `json:"concealed"` // per cent of audio made up
	Lost      int    `json:"lost"`      // per cent of packets lost on the way to the sender
	FPS       int    `json:"fps"`
	Kbps      int    `json:"kbps"`
	Dark      int    `json:"dark"` // pictures that should be there now and are missing, frozen or black
	Deaf      int    `json:"deaf"` // sounds that should come now and do not
}

// Ping asks for a Pong: a page cannot see the websocket's own pings.
type Ping struct {
	N int `json:"n"`
}

func (Join) Type() string   { return "join" }
func (Offer) Type() string  { return "offer" }
func (State) Type() string  { return "state" }
func (Pin) Type() string    { return "pin" }
func (View) Type() string   { return "view" }
func (Line) Type() string   { return "line" }
func (Look) Type() string   { return "look" }
func (Cover) Type() string  { return "cover" }
func (Finish) Type() string { return "finish" }
func (Leave) Type() string  { return "leave" }
func (Stats) Type() string  { return "stats" }
func (Ping) Type() string   { return "ping" }

func (Join) request()   {}
func (Offer) request()  {}
func (State) request()  {}
func (Pin) request()    {}
func (View) request()   {}
func (Line) request()   {}
func (Look) request()   {}
func (Cover) request()  {}
func (Finish) request() {}
func (Leave) request()  {}
func (Stats) request()  {}
func (Ping) request()   {}

// check leaves V alone: an end of another version is told so, not hung up on.
func (j Join) check() error {
	switch {
	case (j.Ticket == "") == (j.Resume == ""):
		return errors.New("neither or both of ticket and resume")
	case j.Ticket != "" && j.SDP == "":
		return errors.New("a ticket without an offer")
	case len(j.Ticket) > maxTicket || len(j.Resume) > maxResume:
		return errors.New("ticket or resume too long")
	case j.SDP == "":
		return nil
	}
	return checkSDP(j.SDP)
}

func (o Offer) check() error {
	if o.Seq < 1 || o.Seq > maxSeq {
		return errors.New("seq out of bounds")
	}
	return checkSDP(o.SDP)
}

func (p Pin) check() error {
	if len(p.Seat) > maxSeat {
		return errors.New("seat too long")
	}
	return nil
}

func (v View) check() error {
	if len(v.Slots) > maxSlots {
		return errors.New("too many slots")
	}
	for _, d := range v.Slots {
		if min(d.Slot, d.Width, d.Height) < 0 || d.Slot >= maxSlots || max(d.Width, d.Height) > maxPixels {
			return errors.New("a slot out of bounds")
		}
	}
	return nil
}

func (l Line) check() error {
	if !utf8.ValidString(l.Text) || utf8.RuneCountInString(l.Text) > MaxLine {
		return errors.New("a line too long")
	}
	if strings.TrimSpace(l.Text) == "" && l.Done {
		return errors.New("an empty line")
	}
	return nil
}

func (l Look) check() error {
	if len(l.Seat) > maxSeat {
		return errors.New("seat too long")
	}
	return nil
}

func (s Stats) check() error {
	switch s.Path {
	case "", "udp", "tcp", "relay":
	default:
		return errors.New("unknown path")
	}
	for _, n := range []int{s.RTT, s.First, s.Freezes, s.Frozen, s.FPS, s.Kbps, s.Dark, s.Deaf} {
		if n < 0 || n > maxFigure {
			return errors.New("a figure out of bounds")
		}
	}
	for _, percent := range []int{s.Concealed, s.Lost} {
		if percent < 0 || percent > 100 {
			return errors.New("a percentage out of bounds")
		}
	}
	return nil
}

func (p Ping) check() error {
	if p.N < 0 || p.N > maxSeq {
		return errors.New("n out of bounds")
	}
	return nil
}

func (State) check() error  { return nil }
func (Cover) check() error  { return nil }
func (Finish) check() error { return nil }
func (Leave) check() error  { return nil }

func checkSDP(sdp string) error {
	if len(sdp) == 0 || len(sdp) > maxSDP {
		return fmt.Errorf("sdp of %d bytes", len(sdp))
	}
	if lines := strings.Count(sdp, "\n"); lines > maxSDPLines {
		return fmt.Errorf("sdp of %d lines", lines)
	}
	return nil
}

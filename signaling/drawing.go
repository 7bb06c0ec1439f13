package signaling

import (
	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/sfu"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// usualHeight is how high a slot is taken to be drawn until its page says.
const usualHeight = 360

// Who gets what a network carries, when it carries too little for all: whom the
// receiver chose, then the hands of an interpreter, then who spoke last.
const (
	ofTheRest = iota
	ofTheSpeaker
	ofTheInterpreter
	ofTheChosen
)

// A drawing is how large a page draws its slots.
type drawing struct {
	said    bool // the page has told
	saving  bool // no pictures, please: its owner pays for data
	heights map[int]int
}

func drawn(v protocol.View) drawing {
	d := drawing{said: true, saving: v.Saving, heights: map[int]int{}}
	for _, slot := range v.Slots {
		if slot.Width > 0 {
			d.heights[slot.Slot] = slot.Height
		}
	}
	return d
}

// height is that of one slot's picture, in pixels of the screen.
func (d drawing) height(slot int) int {
	switch {
	case d.saving:
		return 0
	case !d.said:
		return usualHeight
	}
	return d.heights[slot]
}

// want tells the media layer how much of each picture s has use for.
func (r *Room) want(s *seat) {
	speaker := r.lastSpeaker(s)
	for i, who := range s.shown {
		w := sfu.Want{Height: s.drawing.height(i)}
		other := r.seats[who]
		switch {
		case other == nil:
		case who == s.pinned || who == s.looking:
			w.Priority = ofTheChosen
		case other.ticket.Role == ticket.Interpreter:
			w.Priority = ofTheInterpreter
		case other == speaker:
			w.Priority = ofTheSpeaker
		}
		if s.wants[i] != w {
			s.wants[i] = w
			s.media.Want(i, w)
		}
	}
}

// lastSpeaker returns who spoke last of those whom s is shown, nil for nobody.
func (r *Room) lastSpeaker(s *seat) (last *seat) {
	for _, who := range s.shown {
		other := r.seats[who]
		if other == nil || other.spokeAt.IsZero() {
			continue
		}
		if last == nil || other.spokeAt.After(last.spokeAt) {
			last = other
		}
	}
	return last
}

// pictureHeld notes that the network of s no longer carries the picture in one
// of its slots, or does again; of is the socket that its connection was made on.
func (r *Room) pictureHeld(s *seat, of *conn, slot int, held bool) {
	if r.seats[s.ticket.Seat] != s || s.mediaOf != of || slot < 0 || slot >= len(s.paused) {
		return
	}
	if held && !s.paused[slot] {
		r.server.metrics.paused.Inc()
	}
	s.paused[slot] = held
	r.arrange()
}

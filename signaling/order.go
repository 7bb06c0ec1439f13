package signaling

import (
	"time"
	"unicode/utf8"

	"github.com/wardvisit/wardvisit/signaling/protocol"
)

// maxWords bounds what may be said to those waiting, in characters.
const maxWords = 500

// An Order is what the ward has decided of a room.
type Order interface {
	carry(*Room)
}

// Admit lets somebody who waits, or was held, into the visit: in one browser of
// theirs, since another may have come to wait in its place meanwhile.
type Admit struct{ Seat, Browser string }

// Hold asks somebody who was admitted to wait again.
type Hold struct{ Seat string }

// Remove sends somebody away, not to come back while the room lives.
type Remove struct{ Seat string }

// Lock keeps newcomers out of the room, or lets them in again.
type Lock struct{ Locked bool }

// Cover stops picture and sound from the patient's side, or lets them go on.
type Cover struct{ Covered bool }

// Say shows words to those who wait.
type Say struct{ Text string }

// Until says when the visit is to end, now that the ward has given it more time.
type Until struct{ At time.Time }

// Swap lets the device of a seat go, for another to take its place: nobody else
// leaves, and what the others see of the seat stays where it is.
type Swap struct{ Seat string }

// Recall has somebody leave who may come again: the device of a visit that moves to
// a little later.
type Recall struct{ Seat string }

// End ends the visit for everybody.
type End struct{}

func (o Admit) carry(r *Room) {
	if s := r.arriving[o.Seat]; s != nil && s.ticket.Browser == o.Browser {
		s.ordered = protocol.Admitted
	}
	if s := r.seats[o.Seat]; s != nil && s.ticket.Browser == o.Browser {
		r.stand(s, protocol.Admitted)
	}
}

func (o Hold) carry(r *Room) {
	if s := r.arriving[o.Seat]; s != nil {
		s.ordered = protocol.Waiting
	}
	if s := r.seats[o.Seat]; s != nil && s.standing == protocol.Admitted {
		r.stand(s, protocol.Held)
	}
}

func (o Remove) carry(r *Room) {
	r.removed[o.Seat] = true
	if s := r.seats[o.Seat]; s != nil {
		r.dismiss(s, protocol.WasRemoved)
		r.arrange()
	}
}

func (o Lock) carry(r *Room) {
	r.locked, r.lockTold = o.Locked, true
	r.arrange()
}

func (o Cover) carry(r *Room) { r.cover(o.Covered) }

func (o Say) carry(r *Room) {
	text := o.Text
	if utf8.RuneCountInString(text) > maxWords {
		text = string([]rune(text)[:maxWords])
	}
	for _, s := range r.seats {
		if s.standing != protocol.Admitted {
			s.tell(protocol.Say{Text: text})
		}
	}
}

func (o Until) carry(r *Room) {
	r.until = o.At.UTC().Format(time.RFC3339)
	for _, s := range r.seats {
		s.tell(protocol.Until{At: r.until})
	}
}

func (o Swap) carry(r *Room) { r.swap(o.Seat) }

func (o Recall) carry(r *Room) {
	if s := r.seats[o.Seat]; s != nil {
		r.dismiss(s, protocol.WardEnded)
		r.arrange()
	}
}

func (o End) carry(r *Room) { r.finish(protocol.WardEnded) }

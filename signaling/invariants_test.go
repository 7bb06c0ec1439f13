package signaling

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/sfu"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// check finds what must never be so, whatever anybody does.
func (r *Room) check() error {
	for id, s := range r.seats {
		for i, who := range s.shown {
			other := r.seats[who]
			switch {
			case who == "":
			case other == nil:
				return fmt.Errorf("%s is shown %q, who is not here", id, who)
			case other == s:
				return fmt.Errorf("%s is shown themselves", id)
			case s.inVisit() && other.standing != protocol.Admitted:
				return fmt.Errorf("%s, in the visit, is shown %s, who waits", id, who)
			case !s.inVisit() && (s.ticket.Role != ticket.Staff || i != 0 || who != s.looking || other.standing == protocol.Admitted || !other.told.looked):
				return fmt.Errorf("%s, outside, is shown %s in slot %d", id, who, i)
			case !s.inVisit() && other.ticket.Role == ticket.Patient:
				return fmt.Errorf("%s, outside, is shown the patient's side", id)
			}
		}
		for _, kind := range []sfu.Kind{sfu.Audio, sfu.Video} {
			if s.sends(kind, r.covered) && (!s.inVisit() || !s.on(kind) || r.covered && s.ticket.Role == ticket.Patient) {
				return fmt.Errorf("%s sends %s", id, kind)
			}
		}
		if s.conn != nil && s.told.looked && !slices.ContainsFunc(everyone(r), func(o *seat) bool { return o.looking == id }) {
			return fmt.Errorf("%s believes to be looked at", id)
		}
		if r.removed[id] {
			return fmt.Errorf("%s is here, and was removed", id)
		}
	}
	if n := len(r.words.lines); n > maxLines+2 {
		return fmt.Errorf("%d lines are kept", n)
	}
	if r.over && len(r.seats) > 0 {
		return fmt.Errorf("%d people are in a visit that is over", len(r.seats))
	}
	return nil
}

func everyone(r *Room) (all []*seat) {
	for _, s := range r.seats {
		all = append(all, s)
	}
	return all
}

// A move is something that somebody does, or that is done to them.
type move struct {
	name string
	do   func(b *bubble, seat string, with chance)
}

// A chance is what else is drawn for a move: beforehand, since rapid ends a draw
// by a panic, which a room would take for its own.
type chance struct {
	yes, seldom bool
	request     protocol.Request
}

func draw(t *rapid.T) chance {
	other := rapid.SampledFrom(seatsOfMoves).Draw(t, "of")
	return chance{
		yes: rapid.Bool().Draw(t, "yes"), seldom: rapid.IntRange(0, 9).Draw(t, "seldom") == 0,
		request: rapid.SampledFrom([]protocol.Request{
			protocol.Look{Seat: other}, protocol.Look{Seat: other}, protocol.Look{Seat: other}, protocol.Look{}, protocol.Pin{Seat: other},
			protocol.State{Audio: true}, protocol.View{Saving: true}, protocol.Line{Text: "x", Done: true}, protocol.Line{Text: "y"},
			protocol.Stats{Dark: 1}, protocol.Leave{},
		}).Draw(t, "request"),
	}
}

var moves = []move{
	{"comes", func(b *bubble, seat string, with chance) {
		standing := Waiting
		if with.yes {
			standing = Admitted
		}
		role := map[byte]ticket.Role{'p': ticket.Patient, 'v': ticket.Visitor, 's': ticket.Staff, 'r': ticket.Reporter}[seat[0]]
		s, code := b.room.reserve(ticket.Ticket{Room: "v1", Seat: seat, Role: role, ID: fmt.Sprint(time.Now().UnixNano(), b.room.places), Expires: time.Now().Add(ticket.MaxLife)})
		if code != "" {
			return
		}
		s.media, s.arrived = new(sfu.Peer), true
		if code := b.room.sit(s, newConn(b.server, nil), protocol.Join{Audio: true, Video: true}, "", Arrival{Standing: standing}); code != "" {
			b.room.undo(s)
			return
		}
		s.slots, s.shown, s.wants, s.paused = make([]sfu.SlotMids, 2), make([]string, 2), make([]sfu.Want, 2), make([]bool, 2)
		b.room.arrange()
	}},
	{"is admitted", func(b *bubble, seat string, _ chance) { Admit{Seat: seat}.carry(b.room) }},
	{"is held", func(b *bubble, seat string, _ chance) { Hold{Seat: seat}.carry(b.room) }},
	{"is removed", func(b *bubble, seat string, with chance) {
		if with.seldom {
			Remove{Seat: seat}.carry(b.room)
		}
	}},
	{"is covered", func(b *bubble, _ string, with chance) {
		Cover{Covered: with.yes}.carry(b.room)
	}},
	{"loses their socket", func(b *bubble, seat string, _ chance) {
		if s := b.room.seats[seat]; s != nil && s.conn != nil {
			b.room.lost(s, s.conn)
		}
	}},
	{"comes back", func(b *bubble, seat string, _ chance) {
		if s := b.room.seats[seat]; s != nil {
			b.room.comeBack(s, newConn(b.server, nil), protocol.Join{Audio: true, Video: true}, nil, "")
		}
	}},
	{"says something", func(b *bubble, seat string, with chance) {
		if s := b.room.seats[seat]; s != nil && s.conn != nil {
			b.room.hear(s, s.conn, with.request)
		}
	}},
}

var seatsOfMoves = []string{"p", "v1", "v2", "s1", "s2", "r"}

func TestWhateverAnybodyDoesTheRoomKeepsItsRules(t *testing.T) {
	inBubble(t, func(b *bubble) {
		var faults bytes.Buffer
		b.do(func() {
			b.server.cfg.Log = slog.New(slog.NewTextHandler(&faults, &slog.HandlerOptions{Level: slog.LevelError}))
		})
		rapid.Check(t, func(t *rapid.T) {
			time.Sleep(time.Second) // of the bubble's own time, by which rapid stops shrinking
			b.do(func() {           // an empty room
				for _, s := range everyone(b.room) {
					b.room.vacate(s)
				}
				b.room.words, b.room.removed = words{}, map[string]bool{}
				b.room.cover(false)
			})
			for range rapid.IntRange(5, 150).Draw(t, "moves") {
				m, seat := rapid.SampledFrom(moves).Draw(t, "move"), rapid.SampledFrom(seatsOfMoves).Draw(t, "who")
				with := draw(t)
				var err error
				b.do(func() {
					m.do(b, seat, with)
					if err = b.room.check(); faults.Len() > 0 {
						err = errors.New(faults.String())
					}
					for _, s := range b.room.seats { // everybody reads
						for s.conn != nil && len(s.conn.outbox) > 0 {
							<-s.conn.outbox
						}
					}
				})
				if err != nil {
					t.Fatalf("when %s %s: %v", seat, m.name, err)
				}
			}
		})
	})
}

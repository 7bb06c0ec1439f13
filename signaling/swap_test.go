package signaling_test

import (
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/signaling"
	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/signalingtest"
)

// An iPad breaks at the bed, and another takes over: nobody else notices more than
// that the patient is away for a moment.
func TestAnotherDeviceTakesOverASeat(t *testing.T) {
	for _, tt := range []struct {
		name  string
		alive bool // the one that goes is still connected
	}{{"from one that works", true}, {"from one that is dead", false}} {
		t.Run(tt.name, func(t *testing.T) {
			h, patient, visitor, interpreter := visit(t)
			place := slotOf(visitor, "patient")
			secret := patient.View().Welcome.Resume
			if !tt.alive {
				patient.Cut()
			}
			h.order(signaling.Swap{Seat: "patient"})
			h.wait(visitor, "reconnecting", func(v signalingtest.View) bool { return of(v, "patient").Reconnecting })
			if tt.alive {
				if v := h.wait(patient, "the end", func(v signalingtest.View) bool { return v.Closed != 0 }); v.Ended != protocol.Swapped || v.Closed != protocol.CloseEnded {
					t.Errorf("ended %q, closed %d", v.Ended, v.Closed)
				}
			}
			h.seesAndHears(visitor, "interpreter")
			h.seesAndHears(interpreter, "visitor")

			t.Log("its secret opens nothing")
			socket := h.dial()
			h.write(socket, protocol.Join{V: protocol.Version, Resume: secret, Audio: true, Video: true})
			if code, closed := h.answer(socket); code != protocol.ResumeUnknown || closed != protocol.CloseRefused {
				t.Errorf("its secret is answered with %q, %d", code, closed)
			}

			spare := h.join("patient")
			h.seesAndHears(spare, "visitor", "interpreter")
			h.seesAndHears(visitor, "patient", "interpreter")
			h.seesAndHears(interpreter, "patient", "visitor")
			if now := slotOf(visitor, "patient"); now != place {
				t.Errorf("the patient is in slot %d now, not in %d", now, place)
			}
			if of(visitor.View(), "patient").Reconnecting {
				t.Error("the patient is still away")
			}
			if visitor.View().Closed != 0 || interpreter.View().Closed != 0 || h.book.has(&h.book.departed, "visitor") {
				t.Error("somebody else had to leave")
			}
		})
	}
}

func of(v signalingtest.View, seat string) protocol.Person {
	for _, p := range v.People.People {
		if p.Seat == seat {
			return p
		}
	}
	return protocol.Person{}
}

// Everybody is told when the ward gives a visit more time, and whoever comes later.
func TestMoreTimeIsToldToEverybody(t *testing.T) {
	h, patient, visitor, interpreter := visit(t)
	waits := h.join("visitor-2")
	before := patient.View().Until
	h.order(signaling.Until{At: time.Date(2026, 11, 24, 14, 40, 0, 0, time.FixedZone("", 3600))})
	later := h.join("visitor-3")
	for _, b := range []*signalingtest.Browser{patient, visitor, interpreter, waits, later} {
		h.wait(b, "the new end", func(v signalingtest.View) bool { return v.Until == "2026-11-24T13:40:00Z" })
	}
	if before != "" {
		t.Errorf("before, they were told %q", before)
	}
}

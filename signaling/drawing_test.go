package signaling

import (
	"slices"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/sfu"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// slots gives somebody in a bubble slots, though they have no connection.
func (b *bubble) slots(s *seat, n int) {
	b.do(func() {
		s.slots, s.shown = make([]sfu.SlotMids, n), make([]string, n)
		s.wants, s.paused = make([]sfu.Want, n), make([]bool, n)
		b.room.arrange()
	})
}

func (b *bubble) wants(s *seat) (wants []sfu.Want) {
	b.do(func() { wants = slices.Clone(s.wants) })
	return wants
}

func TestWhatAPageDrawsIsWhatItIsSent(t *testing.T) {
	inBubble(t, func(b *bubble) {
		patient, c := b.sit("patient")
		b.slots(patient, 3)
		b.sit("anna")
		ben, _ := b.sit("ben")
		hands, _ := b.sit("hands")
		b.do(func() { hands.ticket.Role = ticket.Interpreter })
		expect := func(when string, want ...sfu.Want) {
			t.Helper()
			if got := b.wants(patient); !slices.Equal(got, want) {
				t.Errorf("%s: %+v, want %+v", when, got, want)
			}
		}
		say := func(r protocol.Request) { b.do(func() { b.room.hear(patient, c, r) }) }
		say(protocol.Pin{})
		expect("before it says anything", sfu.Want{Height: usualHeight}, sfu.Want{Height: usualHeight}, sfu.Want{Height: usualHeight, Priority: ofTheInterpreter})
		say(protocol.View{Slots: []protocol.Drawn{{Slot: 0, Width: 160, Height: 90}, {Slot: 1, Width: 0, Height: 300}, {Slot: 9, Width: 9, Height: 9}}})
		expect("with its sizes", sfu.Want{Height: 90}, sfu.Want{}, sfu.Want{Priority: ofTheInterpreter})
		say(protocol.View{Slots: []protocol.Drawn{{Slot: 0, Width: 160, Height: 90}, {Slot: 1, Width: 640, Height: 360}}})
		say(protocol.Pin{Seat: "anna"})
		expect("with somebody chosen", sfu.Want{Height: 90, Priority: ofTheChosen}, sfu.Want{Height: 360}, sfu.Want{Priority: ofTheInterpreter})
		say(protocol.Pin{})
		b.do(func() { ben.spokeAt = time.Now() })
		time.Sleep(2 * saySpeakingEvery) // nobody need ask
		expect("with somebody speaking", sfu.Want{Height: 90}, sfu.Want{Height: 360, Priority: ofTheSpeaker}, sfu.Want{Priority: ofTheInterpreter})
		say(protocol.View{Slots: []protocol.Drawn{{Slot: 0, Width: 160, Height: 90}}, Saving: true})
		expect("saving data", sfu.Want{}, sfu.Want{Priority: ofTheSpeaker}, sfu.Want{Priority: ofTheInterpreter})
		b.do(func() { b.room.comeBack(patient, c, protocol.Join{}, new(sfu.Peer), "") })
		b.slots(patient, 3)
		if got := b.wants(patient); got[0].Height != 0 {
			t.Errorf("on a new connection it forgets that data is dear: %+v", got)
		}
	})
}

func TestAPictureHeldBackIsSaid(t *testing.T) {
	inBubble(t, func(b *bubble) {
		patient, c := b.sit("patient")
		b.slots(patient, 2)
		b.sit("anna")
		held := func(of *conn, slot int, held bool) []protocol.Slot {
			last[protocol.Slots](c)
			b.do(func() { b.room.pictureHeld(patient, of, slot, held) })
			return last[protocol.Slots](c).Slots
		}
		if got := held(c, 0, true); len(got) != 2 || !got[0].Paused || got[1].Paused {
			t.Errorf("told %+v", got)
		}
		if got := held(c, 1, true); got != nil {
			t.Errorf("of a slot with nobody in it, told %+v", got)
		}
		if got := held(newConn(b.server, nil), 0, false); got != nil {
			t.Errorf("of a connection that is no more, told %+v", got)
		}
		if got := held(c, 0, false); len(got) != 2 || got[0].Paused {
			t.Errorf("told %+v", got)
		}
		held(c, 7, true) // no such slot: nothing breaks
		if patient.conn != c || c.over() {
			t.Error("something broke")
		}
	})
}

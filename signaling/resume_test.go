package signaling_test

import (
	"testing"

	"github.com/wardvisit/wardvisit/signaling"
	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/signalingtest"
)

func TestALostSocketIsHarmless(t *testing.T) {
	h, patient, visitor, interpreter := visit(t)
	visitor.Cut()
	h.wait(patient, "reconnecting", func(v signalingtest.View) bool { return v.People.People[0].Reconnecting })
	h.seesAndHears(patient, "visitor") // media goes on
	if err := visitor.Resume(h.ctx()); err != nil {
		t.Fatal(err)
	}
	v := visitor.View()
	if v.Welcome.SDP != "" || v.Welcome.Standing != protocol.Admitted || v.Welcome.Seat != "visitor" {
		t.Errorf("welcomed back with %+v", v.Welcome)
	}
	h.wait(patient, "connected", func(v signalingtest.View) bool { return !v.People.People[0].Reconnecting })
	h.seesAndHears(visitor, "patient", "interpreter")
	h.seesAndHears(interpreter, "visitor")
	for slot := range 5 {
		if audio, video := patient.Arrived(slot); audio.Jumps+video.Jumps > 0 {
			t.Errorf("the loss was seen in slot %d: %+v %+v", slot, audio, video)
		}
	}
	if h.book.has(&h.book.departed, "visitor") {
		t.Error("the book was told of a departure")
	}
}

func TestASecondSocketWithTheSecretReplacesTheFirst(t *testing.T) {
	h, patient, visitor, _ := visit(t)
	socket := h.dial()
	h.write(socket, protocol.Join{V: protocol.Version, Resume: visitor.View().Welcome.Resume, Audio: true, Video: true})
	v := h.wait(visitor, "the end", func(v signalingtest.View) bool { return v.Closed != 0 })
	if v.Ended != protocol.Replaced || v.Closed != protocol.CloseEnded {
		t.Errorf("ended %q, closed %d", v.Ended, v.Closed)
	}
	h.seesAndHears(patient, "visitor")
}

func TestANewTicketTakesALostSeat(t *testing.T) {
	h, patient, visitor, _ := visit(t)
	h.book.set(func(b *book) { b.standing = signaling.Admitted })
	place := slotOf(patient, "visitor")
	visitor.Cut()
	h.wait(patient, "reconnecting", func(v signalingtest.View) bool { return v.People.People[0].Reconnecting })
	again := h.join("visitor")
	h.seesAndHears(again, "patient", "interpreter")
	h.seesAndHears(patient, "visitor")
	if slotOf(patient, "visitor") != place {
		t.Error("they came back in another slot")
	}
	if again.View().Welcome.Resume == visitor.View().Welcome.Resume {
		t.Error("the old secret is still good")
	}
}

func TestASeatIsUsedAgain(t *testing.T) {
	h, patient, visitor, _ := visit(t)
	if err := visitor.Send(protocol.Leave{}); err != nil {
		t.Fatal(err)
	}
	h.wait(patient, "gone", func(v signalingtest.View) bool { return len(v.People.People) == 1 })
	h.until("the departure", func() bool { return h.book.has(&h.book.departed, "visitor") })
	again := h.join("visitor")
	if s := again.View().Standing; s != protocol.Waiting {
		t.Errorf("came back %q", s)
	}
	h.order(signaling.Admit{Seat: "visitor"})
	h.seesAndHears(again, "patient", "interpreter")
	h.seesAndHears(patient, "visitor")
}

func TestICERestartsOnTheSameConnection(t *testing.T) {
	h, patient, visitor, _ := visit(t)
	if err := visitor.Restart(h.ctx()); err != nil {
		t.Fatal(err)
	}
	if err := visitor.Send(protocol.Offer{Seq: 2, SDP: offer}); err != nil {
		t.Fatal(err)
	}
	v := h.wait(visitor, "a refusal", func(v signalingtest.View) bool { return len(v.Refused) == 1 })
	if v.Refused[0].Code != protocol.TooSoon || v.Closed != 0 {
		t.Errorf("a second restart at once: %+v", v.Refused)
	}
	h.seesAndHears(visitor, "patient", "interpreter")
	h.seesAndHears(patient, "visitor")
}

func TestAPingIsAnswered(t *testing.T) {
	h := open(t)
	b := h.join("visitor")
	if err := b.Send(protocol.Ping{N: 41}); err != nil {
		t.Fatal(err)
	}
	h.wait(b, "the pong", func(v signalingtest.View) bool { return v.Pong == 41 })
}

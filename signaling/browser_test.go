package signaling_test

import (
	"errors"
	"testing"

	"github.com/wardvisit/wardvisit/signaling"
	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/signalingtest"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// from has a visitor's seat asked for from one of their browsers.
func (h *house) from(browser string) (*signalingtest.Browser, error) {
	opt := h.options("visitor")
	opt.Ticket = h.seal(ticket.Ticket{Room: "visit-1", Seat: "visitor", Role: ticket.Visitor, Name: "Anna", Browser: browser})
	return h.try(opt)
}

func (h *house) mustFrom(browser string) *signalingtest.Browser {
	h.t.Helper()
	b, err := h.from(browser)
	if err != nil {
		h.t.Fatalf("from %s: %v", browser, err)
	}
	return b
}

func (h *house) turnedAway(browser string) {
	h.t.Helper()
	var no *signalingtest.Refusal
	if _, err := h.from(browser); !errors.As(err, &no) || no.Code != protocol.SeatTaken {
		h.t.Fatalf("from %s: %v", browser, err)
	}
}

// A visit in which the visitor was let in, in the browser "hers".
func letIn(t *testing.T) (h *house, patient, hers *signalingtest.Browser) {
	h = open(t)
	h.book.set(func(b *book) { b.letIn = map[string]string{} })
	patient = h.join("patient")
	hers = h.mustFrom("hers")
	h.book.set(func(b *book) { b.letIn["visitor"] = "hers" })
	h.order(signaling.Admit{Seat: "visitor", Browser: "hers"})
	h.seesAndHears(patient, "visitor")
	return h, patient, hers
}

func TestALinkSentOnWaitsForTheWard(t *testing.T) {
	h, patient, hers := letIn(t)
	h.turnedAway("his")
	if err := hers.Send(protocol.Leave{}); err != nil {
		t.Fatal(err)
	}
	h.until("the departure", func() bool { return h.book.has(&h.book.departed, "visitor") })
	his := h.mustFrom("his")
	if s := his.View().Standing; s != protocol.Waiting {
		t.Fatalf("another browser comes in %q", s)
	}
	h.order(signaling.Admit{Seat: "visitor", Browser: "hers"}) // what was decided of who waited before
	if v := his.View(); v.Standing != protocol.Waiting || len(gets(his)) != 0 || v.People != nil {
		t.Errorf("let in by what was decided of another: %q, %+v", v.Standing, v.People)
	}
	h.order(signaling.Admit{Seat: "visitor", Browser: "his"})
	h.seesAndHears(his, "patient")
	h.seesAndHears(patient, "visitor")
	h.book.set(func(b *book) { b.letIn["visitor"] = "his" })
	h.turnedAway("hers") // one seat, one browser
}

func TestASeatIsHeldForTheBrowserThatWasLetIn(t *testing.T) {
	h, patient, hers := letIn(t)
	hers.Cut()
	h.wait(patient, "reconnecting", func(v signalingtest.View) bool { return v.People.People[0].Reconnecting })
	h.turnedAway("his")
	again := h.mustFrom("hers") // its page was reloaded, and has no secret
	if s := again.View().Standing; s != protocol.Admitted {
		t.Errorf("came back %q", s)
	}
	h.seesAndHears(patient, "visitor")
}

func TestWhoWasLetInComesBackOverWhoOnlyWaits(t *testing.T) {
	h, patient, hers := letIn(t)
	if err := hers.Send(protocol.Leave{}); err != nil {
		t.Fatal(err)
	}
	h.until("the departure", func() bool { return h.book.has(&h.book.departed, "visitor") })
	his := h.mustFrom("his")
	again := h.mustFrom("hers")
	if s := again.View().Standing; s != protocol.Admitted {
		t.Errorf("came back %q", s)
	}
	v := h.wait(his, "the end", func(v signalingtest.View) bool { return v.Closed != 0 })
	if v.Ended != protocol.Replaced || v.Closed != protocol.CloseEnded || len(gets(his)) != 0 {
		t.Errorf("ended %q, closed %d, got %v", v.Ended, v.Closed, gets(his))
	}
	h.seesAndHears(again, "patient")
	h.seesAndHears(patient, "visitor")
	h.turnedAway("a third")
}

package signaling_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/signalingtest"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// by has somebody join by a login.
func (h *house) by(login, seat string) *signalingtest.Browser {
	h.t.Helper()
	role, _, _ := strings.Cut(seat, "-")
	opt := h.options(seat)
	opt.Ticket = h.seal(ticket.Ticket{Room: "visit-1", Seat: seat, Role: ticket.Role(role), Login: login})
	b, err := h.try(opt)
	if err != nil {
		h.t.Fatal(err)
	}
	return b
}

func TestWhoseLoginEndsIsSentAwayAlone(t *testing.T) {
	h := open(t)
	patient, visitor := h.by("iPad 1", "patient"), h.join("visitor")
	one, other := h.by("hers", "staff-1"), h.by("his", "staff-2")
	h.lookAt(one, visitor, "visitor")

	// A book that cannot be read takes nothing from anybody.
	h.book.set(func(b *book) { b.revoked, b.unread = map[string]bool{"hers": true}, errors.New("the database is away") })
	h.until("two calls", func() bool {
		calls := 0
		h.book.set(func(b *book) { calls = b.calls })
		return calls >= 2
	})
	if v := one.View(); v.Closed != 0 {
		t.Fatalf("closed with %d because the book could not be read", v.Closed)
	}
	if !strings.Contains(h.log.String(), "the book did not say who may stay") {
		t.Error("the log does not say so")
	}

	h.book.set(func(b *book) { b.unread = nil })
	v := h.wait(one, "the end", func(v signalingtest.View) bool { return v.Closed != 0 })
	if v.Ended != protocol.Revoked || v.Closed != protocol.CloseEnded {
		t.Errorf("ended %q, closed with %d", v.Ended, v.Closed)
	}
	h.wait(visitor, "looked at no longer", func(v signalingtest.View) bool { return !v.Looked })
	had := one.Total()
	h.longEnough()
	if now := one.Total(); now != had {
		t.Errorf("%d packets came after it", now-had)
	}
	for name, b := range map[string]*signalingtest.Browser{"the iPad": patient, "who waits": visitor, "another of the ward": other} {
		if v := b.View(); v.Closed != 0 {
			t.Errorf("%s was closed with %d", name, v.Closed)
		}
	}
	// They were not removed: who signs in again is let in again.
	h.lookAt(h.by("hers, again", "staff-1"), visitor, "visitor")
}

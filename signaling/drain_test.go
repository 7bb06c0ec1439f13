package signaling_test

import (
	"context"
	"errors"
	"testing"

	"github.com/wardvisit/wardvisit/signaling"
	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/signalingtest"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// drain begins to drain the house's server.
func (h *house) drain() <-chan error {
	drained := make(chan error, 1)
	go func() { drained <- h.server.Drain(h.ctx()) }()
	h.until("draining", func() bool { return h.server.IsDraining() })
	return drained
}

func TestWhileDrainingVisitsGoOnAndNoneBegins(t *testing.T) {
	h, patient, visitor, interpreter := visit(t)
	drained := h.drain()
	h.refused("visitor", protocol.Draining, func(j *rawJoin) {
		j.Ticket = h.seal(ticket.Ticket{Room: "visit-2", Seat: "visitor", Role: ticket.Visitor})
	})
	visitor.Cut()
	h.wait(patient, "reconnecting", func(v signalingtest.View) bool { return v.People.People[0].Reconnecting })
	if err := visitor.Resume(h.ctx()); err != nil {
		t.Errorf("back into a visit that goes on: %v", err)
	}
	late := h.join("visitor-2") // who belongs to it may still come
	h.order(signaling.Admit{Seat: "visitor-2"})
	h.seesAndHears(late, "patient")
	h.seesAndHears(patient, "visitor", "interpreter", "visitor-2")
	select {
	case err := <-drained:
		t.Fatalf("drained with %v while people talk", err)
	default:
	}
	for _, b := range []*signalingtest.Browser{patient, visitor, interpreter, late} {
		if err := b.Send(protocol.Leave{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-drained; err != nil {
		t.Error(err)
	}
	h.refused("patient", protocol.Draining, nil) // the room is there still, but nobody is in it
	if n := h.server.Occupied(); n != 0 {
		t.Errorf("%d rooms are said to be occupied", n)
	}
}

func TestADrainWithNobodyThereIsShort(t *testing.T) {
	h := open(t)
	if err := <-h.drain(); err != nil {
		t.Error(err)
	}
	if err := h.server.Drain(h.ctx()); err != nil { // once more
		t.Error(err)
	}
}

func TestADrainEndsWithItsContext(t *testing.T) {
	h := open(t)
	h.join("patient")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := h.server.Drain(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("drained with %v", err)
	}
}

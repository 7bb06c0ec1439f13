package signaling_test

import (
	"bytes"
	"log/slog"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/wardvisit/wardvisit/signaling"
	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/signalingtest"
	"github.com/wardvisit/wardvisit/signaling/ticket"
	"github.com/wardvisit/wardvisit/signaling/turn"
)

func TestAVisitThroughTheRelayAlone(t *testing.T) {
	var relay *turn.Server
	h := open(t, func(c *signaling.Config) {
		var err error
		relay, err = turn.New(turn.Config{
			Key: bytes.Repeat([]byte{9}, ticket.MinKey), Listen: netip.MustParseAddrPort("127.0.0.1:0"),
			Routes: c.Media.Routes(), Log: slog.New(slog.DiscardHandler), Now: time.Now,
		})
		if err != nil {
			t.Fatal(err)
		}
		c.Relay = relay
	})
	t.Cleanup(func() {
		if err := relay.Close(); err != nil {
			t.Error(err)
		}
	})
	patient := h.join("patient")
	opt := h.options("visitor")
	credential := relay.Credential(ticket.Ticket{Room: "visit-1", Seat: "visitor", ID: "x"})
	opt.Relay = &webrtc.ICEServer{
		URLs: []string{"turn:" + relay.Addr().String()}, Username: credential.Username, Credential: credential.Password,
	}
	visitor, err := h.try(opt)
	if err != nil {
		t.Fatal(err)
	}
	h.order(signaling.Admit{Seat: "visitor"})
	h.seesAndHears(visitor, "patient")
	h.seesAndHears(patient, "visitor")
	if relay.Open() == 0 {
		t.Fatal("no relay is open")
	}
	h.order(signaling.Remove{Seat: "visitor"})
	h.wait(visitor, "the end", func(v signalingtest.View) bool { return v.Ended == protocol.WasRemoved })
	if n := relay.Open(); n != 0 {
		t.Errorf("%d relays are open still", n)
	}
}

package booking_test

import (
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// What is hashed is promised to other tools. These hashes were made by the lines of
// Python in the package's essay.
func TestSealHash(t *testing.T) {
	first := booking.Recorded{Seq: 7, Event: booking.Event{
		At: time.Date(2026, 11, 24, 14, 0, 0, 123456000, time.FixedZone("CET", 3600)),
		By: booking.Actor{Kind: booking.StaffActor, ID: "0190-a"}, Action: booking.VisitBooked,
		Subject: "visit 0190-v", Ward: "0190-W", Reason: "Frau Müller, 12:, „ja“",
	}}
	second := booking.Recorded{Seq: 3, Event: booking.Event{At: first.At, By: booking.System, Action: booking.Imported, Subject: "file 00"}}
	sealed := time.Date(2026, 11, 24, 13, 0, 1, 0, time.UTC)
	h1 := booking.SealHash(booking.ChainStart, 1, sealed, first)
	h2 := booking.SealHash(h1, 2, sealed, second)
	if h1 != goldenFirst || h2 != goldenSecond {
		t.Errorf("got\n%s\n%s", h1, h2)
	}
	if mac := booking.SealMAC([]byte("0123456789abcdef0123456789abcdef"), 2, h2); mac != goldenMAC {
		t.Errorf("mac %s", mac)
	}
}

// No field may be moved into its neighbour.
func TestSealHashIsUnambiguous(t *testing.T) {
	one := booking.Recorded{Event: booking.Event{Subject: "visit 1", Reason: "2,3:abc"}}
	for _, other := range []booking.Event{
		{Subject: "visit 1,7:2,3:abc"}, {Subject: "visit 1", Reason: "2,3:ab", Ward: "c"}, {Subject: "visit 12", Reason: ",3:abc"},
	} {
		if booking.SealHash("", 1, time.Time{}, one) == booking.SealHash("", 1, time.Time{}, booking.Recorded{Event: other}) {
			t.Errorf("%+v has the same hash", other)
		}
	}
}

func TestParseHead(t *testing.T) {
	h := booking.Head{Place: 12, Hash: strings.Repeat("0a", 32)}
	if got, ok := booking.ParseHead(" " + strings.ToUpper(h.String()) + "\n"); !ok || got != h {
		t.Errorf("%+v, %v", got, ok)
	}
	for _, bad := range []string{"", "12", "12:", "x:" + h.Hash, "12:" + h.Hash[1:], "-1:" + h.Hash, h.Hash} {
		if _, ok := booking.ParseHead(bad); ok {
			t.Errorf("%q is a head", bad)
		}
	}
}

const (
	goldenFirst  = "56958bd4eb913e2eb5374afade6782926cd23526b871b868120767d0fead0e43"
	goldenSecond = "22187549dafd76d2ea3a14c4d8021438b2eb2c2b2e10aa6ea426c9316a9705fd"
	goldenMAC    = "791895d737b9b36bce9ea0a5025f0860e1c307865e42123bffedb7b621a58ff5"
)

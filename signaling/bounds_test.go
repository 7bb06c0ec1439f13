package signaling

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/sfu"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

func TestNobodyWaitsForEver(t *testing.T) {
	inBubble(t, func(b *bubble) {
		_, c := b.sit("anna")
		_, stays := b.sit("ben")
		b.do(func() { Hold{Seat: "anna"}.carry(b.room) })
		time.Sleep(lobbyFor - time.Minute)
		if c.over() {
			t.Fatal("sent away too early")
		}
		b.do(func() { Admit{Seat: "anna"}.carry(b.room) }) // which ends the wait
		b.do(func() { Hold{Seat: "anna"}.carry(b.room) })
		last[protocol.Standing](c)
		time.Sleep(lobbyFor - time.Second)
		if c.over() {
			t.Fatal("an earlier wait was counted")
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if e := last[protocol.Ended](c); e.Reason != protocol.Waited || !slices.Equal(b.book.gone, []string{"anna"}) {
			t.Errorf("told %+v; gone: %v", e, b.book.gone)
		}
		if stays.over() {
			t.Error("who does not wait was sent away")
		}
		b.do(func() {
			if _, code := b.room.reserve(ticket.Ticket{Room: "v1", Seat: "anna", Role: ticket.Visitor, ID: "new", Expires: time.Now().Add(ticket.MaxLife)}); code != "" {
				t.Errorf("when it is time they are refused as %q", code)
			}
			b.room.undo(b.room.arriving["anna"])
		})
	})
}

// A fault in watching over one person ends that person's time alone.
func TestAFaultInTheWatchEndsOnePersonsTimeAlone(t *testing.T) {
	inBubble(t, func(b *bubble) {
		anna, broken := b.sit("anna")
		_, other := b.sit("ben")
		b.do(func() { anna.media = nil }) // what it is asked next breaks, and so does closing it
		time.Sleep(2 * watchEvery)
		synctest.Wait()
		if !broken.over() || other.over() {
			t.Errorf("the broken one is over: %v; the other: %v", broken.over(), other.over())
		}
		if p := last[protocol.People](other); len(p.People) != 0 {
			t.Errorf("the other was told of %+v", p)
		}
	})
}

// Nor does it end the time of whoever did what brought it to light.
func TestAFaultIsItsOwnersAlone(t *testing.T) {
	inBubble(t, func(b *bubble) {
		anna, broken := b.sit("anna")
		ben, c := b.sit("ben")
		_, third := b.sit("carla")
		b.slots(anna, 2)
		b.do(func() { anna.wants = nil }) // what it is shown next breaks
		b.do(func() { b.room.hear(ben, c, protocol.State{Audio: true}) })
		if !broken.over() || c.over() || third.over() {
			t.Errorf("over: %v, and of the others %v and %v", broken.over(), c.over(), third.over())
		}
		for _, conn := range []*conn{c, third} {
			if p := last[protocol.People](conn); len(p.People) != 1 {
				t.Errorf("the others were told of %+v", p)
			}
		}
	})
}

func TestRoomsAreBounded(t *testing.T) {
	inBubble(t, func(b *bubble) {
		b.server.cfg.MaxRooms = 3
		for i := range 2 {
			if _, code := b.server.open(fmt.Sprint("another-", i)); code != "" {
				t.Fatal(code)
			}
		}
		if _, code := b.server.open("one too many"); code != protocol.Busy {
			t.Errorf("refused as %q", code)
		}
		if _, code := b.server.open("v1"); code != "" {
			t.Errorf("a room that exists is refused as %q", code)
		}
	})
}

func TestARoomKeepsToOneCodec(t *testing.T) {
	inBubble(t, func(b *bubble) {
		reserve := func(seat, codec string) (code protocol.Code) {
			b.do(func() {
				_, code = b.room.reserve(ticket.Ticket{
					Room: "v1", Seat: seat, Role: ticket.Visitor, Codec: codec, ID: seat + codec, Expires: time.Now().Add(ticket.MaxLife),
				})
			})
			return code
		}
		for _, tt := range []struct {
			seat, codec string
			want        protocol.Code
		}{
			{"a", "AV1", protocol.Fault}, {"b", "H264", ""}, {"c", "", protocol.Fault}, {"d", "VP8", protocol.Fault}, {"e", "H264", ""},
		} {
			if code := reserve(tt.seat, tt.codec); code != tt.want {
				t.Errorf("a ticket of %q is answered %q, want %q", tt.codec, code, tt.want)
			}
		}
		b.do(func() {
			for _, s := range b.room.arriving {
				b.room.undo(s)
			}
		})
		if code := reserve("f", ""); code != "" {
			t.Errorf("in an empty room a ticket is answered %q", code)
		}
		if code := reserve("g", string(sfu.VP8)); code != "" {
			t.Errorf("the usual codec by name is answered %q", code)
		}
	})
}

// slowBook is an Attendance whose database is away.
type slowBook struct {
	departures
	gate   chan struct{}
	covers []bool
}

func (s *slowBook) Cover(_ context.Context, _ ticket.Ticket, covered bool) error {
	<-s.gate
	s.covers = append(s.covers, covered)
	return nil
}

func TestErrandsDoNotPileUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := &slowBook{gate: make(chan struct{})}
		c := newClerk(book, "v1", slog.New(slog.DiscardHandler))
		go c.run()
		for i := range 10_000 {
			c.cover(ticket.Ticket{}, i%2 == 0, func() {})
			if i == 0 {
				synctest.Wait() // it has begun with the first
			}
		}
		if n := len(c.queue); n != 1 {
			t.Errorf("%d errands wait", n)
		}
		close(book.gate)
		c.close()
		synctest.Wait()
		if !slices.Equal(book.covers, []bool{true, false}) {
			t.Errorf("the book was told %v", book.covers)
		}
	})
}

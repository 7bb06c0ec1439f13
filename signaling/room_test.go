package signaling

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/sfu"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// A departures is an Attendance that lets everybody in and notes who goes.
type departures struct{ gone []string }

func (d *departures) Arrive(context.Context, ticket.Ticket) (Arrival, error) {
	return Arrival{Standing: Admitted}, nil
}

func (d *departures) Depart(_ context.Context, t ticket.Ticket)                      { d.gone = append(d.gone, t.Seat) }
func (d *departures) Cover(context.Context, ticket.Ticket, bool) error               { return nil }
func (d *departures) Finish(context.Context, ticket.Ticket) error                    { return nil }
func (d *departures) Gone(context.Context, []ticket.Ticket) ([]ticket.Ticket, error) { return nil, nil }

// A bubble is a server in fake time, whose people have no media and no network.
type bubble struct {
	t      *testing.T
	server *Server
	room   *Room
	book   *departures
}

func inBubble(t *testing.T, test func(*bubble)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bubble{t: t, book: &departures{}}
		key, err := ticket.New(bytes.Repeat([]byte{1}, ticket.MinKey), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		b.server, err = New(Config{
			Tickets: key, Attendance: b.book, Origins: []string{"https://ward.example"},
			Log: slog.New(slog.DiscardHandler), Now: time.Now,
		})
		if err != nil {
			t.Fatal(err)
		}
		var code protocol.Code
		if b.room, code = b.server.open("v1"); code != "" {
			t.Fatal(code)
		}
		test(b)
		if err := b.server.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func (b *bubble) do(f func()) {
	b.t.Helper()
	if err := b.room.ask(b.t.Context(), f); err != nil {
		b.t.Fatal(err)
	}
}

// sit seats somebody as enter does, without a browser.
func (b *bubble) sit(name string) (s *seat, c *conn) {
	b.t.Helper()
	c = newConn(b.server, nil)
	b.do(func() {
		var code protocol.Code
		s, code = b.room.reserve(ticket.Ticket{Room: "v1", Seat: name, Role: ticket.Visitor, ID: name + time.Now().String(), Expires: time.Now().Add(ticket.MaxLife)})
		if code != "" {
			b.t.Errorf("%s is refused: %s", name, code)
			return
		}
		s.media = new(sfu.Peer)
		if code := b.room.sit(s, c, protocol.Join{Audio: true, Video: true}, "", Arrival{Standing: Admitted}); code != "" {
			b.t.Errorf("%s is refused: %s", name, code)
		}
	})
	return s, c
}

// last returns the newest frame of a type in an outbox, having emptied it.
func last[N protocol.Notice](c *conn) (found N) {
	for {
		select {
		case frame := <-c.outbox:
			if n, err := protocol.DecodeNotice(frame); err == nil {
				if want, ok := n.(N); ok {
					found = want
				}
			}
		default:
			return found
		}
	}
}

func TestALostSeatIsHeldForHalfAMinute(t *testing.T) {
	inBubble(t, func(b *bubble) {
		_, patient := b.sit("patient")
		anna, lost := b.sit("anna")
		b.do(func() { b.room.lost(anna, lost) })
		if p := last[protocol.People](patient); len(p.People) != 1 || !p.People[0].Reconnecting {
			t.Errorf("told of %+v", p)
		}
		time.Sleep(holdFor - time.Second)
		again := newConn(b.server, nil)
		b.do(func() {
			if code := b.room.comeBack(anna, again, protocol.Join{}, nil, ""); code != "" {
				t.Errorf("refused after 29 s: %s", code)
			}
		})
		if p := last[protocol.People](patient); len(p.People) != 1 || p.People[0].Reconnecting {
			t.Errorf("told of %+v", p)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(b.book.gone) != 0 {
			t.Errorf("%v were said to be gone", b.book.gone)
		}
		b.do(func() { b.room.lost(anna, lost) }) // the old socket's end, late
		b.do(func() { b.room.lost(anna, again) })
		time.Sleep(holdFor)
		synctest.Wait()
		if !slices.Equal(b.book.gone, []string{"anna"}) {
			t.Errorf("%v were said to be gone", b.book.gone)
		}
		if p := last[protocol.People](patient); len(p.People) != 0 {
			t.Errorf("told of %+v", p)
		}
		b.do(func() {
			if code := b.room.comeBack(anna, again, protocol.Join{}, nil, ""); code != protocol.ResumeUnknown {
				t.Errorf("let back in after the hold: %q", code)
			}
		})
	})
}

func TestARoomOutlivesItsTickets(t *testing.T) {
	inBubble(t, func(b *bubble) {
		anna, c := b.sit("anna")
		b.do(func() { End{}.carry(b.room) })
		if e := last[protocol.Ended](c); e.Reason != protocol.WardEnded {
			t.Errorf("told %+v", e)
		}
		time.Sleep(ticket.MaxLife)
		synctest.Wait()
		b.do(func() {
			if _, code := b.room.reserve(anna.ticket); code != protocol.BadTicket && code != protocol.RoomOver {
				t.Errorf("a used ticket: %q", code)
			}
		})
		time.Sleep(lingerFor)
		synctest.Wait()
		if b.server.find("v1") != nil {
			t.Error("the room is kept for ever")
		}
		if err := b.server.Order(t.Context(), "v1", Admit{Seat: "anna"}); err != nil {
			t.Error(err)
		}
		if r, _, code := b.server.reserve(anna.ticket); code != "" || r == nil {
			t.Errorf("no new room is made: %v", code)
		}
	})
}

func TestWhoDoesNotReadIsDroppedAndNobodyWaits(t *testing.T) {
	inBubble(t, func(b *bubble) {
		_, slow := b.sit("slow")
		anna, _ := b.sit("anna")
		for i := range 2 * outboxSize {
			b.do(func() { b.room.hear(anna, anna.conn, protocol.State{Audio: i%2 == 0}) })
			last[protocol.People](anna.conn)
		}
		select {
		case <-slow.ended:
			if slow.code != protocol.CloseSlow {
				t.Errorf("closed with %d", slow.code)
			}
		default:
			t.Error("not dropped")
		}
		if anna.conn.over() {
			t.Error("the other was dropped")
		}
	})
}

func TestAFaultEndsOnePersonsTimeAlone(t *testing.T) {
	inBubble(t, func(b *bubble) {
		_, patient := b.sit("patient")
		anna, broken := b.sit("anna")
		b.room.post(anna, func() { panic("planted") })
		b.do(func() { b.room.arrange() })
		synctest.Wait()
		if !broken.over() || !slices.Equal(b.book.gone, []string{"anna"}) {
			t.Errorf("gone: %v", b.book.gone)
		}
		if p := last[protocol.People](patient); len(p.People) != 0 || patient.over() {
			t.Errorf("the other was told of %+v", p)
		}
	})
}

// Somebody who knocks with a new ticket may find that their old page has come
// back meanwhile: they are still here.
func TestWhoIsHereByAnotherSocketHasNotDeparted(t *testing.T) {
	inBubble(t, func(b *bubble) {
		anna, lost := b.sit("anna")
		b.do(func() { b.room.lost(anna, lost) })
		var second *seat
		b.do(func() {
			second, _ = b.room.reserve(ticket.Ticket{Room: "v1", Seat: "anna", Role: ticket.Visitor, ID: "another", Expires: time.Now().Add(ticket.MaxLife)})
			second.media, second.arrived = new(sfu.Peer), true
			b.room.comeBack(anna, newConn(b.server, nil), protocol.Join{}, nil, "")
			if code := b.room.sit(second, newConn(b.server, nil), protocol.Join{}, "", Arrival{Standing: Waiting}); code != protocol.SeatTaken {
				t.Errorf("the second is told %q", code)
			}
			b.room.undo(second)
		})
		synctest.Wait()
		if len(b.book.gone) != 0 {
			t.Errorf("%v were said to be gone", b.book.gone)
		}
	})
}

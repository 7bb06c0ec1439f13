package signaling_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/wardvisit/wardvisit/signaling"
	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/signalingtest"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// rawJoin is a first frame that a test may spoil.
type rawJoin = protocol.Join

// dial opens a websocket that says nothing by itself.
func (h *house) dial() *websocket.Conn {
	h.t.Helper()
	socket, err := signalingtest.Dial(h.ctx(), h.url(), "https://ward.example")
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = socket.Close() })
	return socket
}

func (h *house) write(socket *websocket.Conn, r protocol.Request) {
	h.t.Helper()
	frame, err := protocol.Encode(r)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := socket.WriteMessage(websocket.TextMessage, frame); err != nil {
		h.t.Fatal(err)
	}
}

// answer reads to the end of a websocket: the code of the last refusal, and the
// close code.
func (h *house) answer(socket *websocket.Conn) (refused protocol.Code, closed int) {
	h.t.Helper()
	_ = socket.SetReadDeadline(time.Now().Add(within))
	for {
		_, frame, err := socket.ReadMessage()
		var end *websocket.CloseError
		if errors.As(err, &end) {
			return refused, end.Code
		}
		if err != nil {
			h.t.Fatalf("the socket ended without a close code: %v", err)
		}
		if n, err := protocol.DecodeNotice(frame); err == nil {
			if no, ok := n.(protocol.Refused); ok {
				refused = no.Code
			}
		}
	}
}

const offer = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"

// refused has somebody try to join, and expects a code.
func (h *house) refused(seat string, want protocol.Code, spoil func(*rawJoin)) {
	h.t.Helper()
	join := protocol.Join{V: protocol.Version, Ticket: h.ticket(seat), SDP: offer}
	if spoil != nil {
		spoil(&join)
	}
	socket := h.dial()
	h.write(socket, join)
	if refused, closed := h.answer(socket); refused != want || closed != protocol.CloseRefused {
		h.t.Errorf("refused as %q, closed with %d; want %q", refused, closed, want)
	}
}

func TestOnlyKnownPagesOpenAWebsocket(t *testing.T) {
	h := open(t)
	for _, origin := range []string{"", "null", "https://evil.example", "http://ward.example", "https://ward.example.evil.example", "https://ward.example:444"} {
		header := http.Header{}
		if origin != "" {
			header.Set("Origin", origin)
		}
		socket, response, err := websocket.DefaultDialer.DialContext(h.ctx(), h.url(), header)
		if err == nil {
			_ = socket.Close()
			t.Errorf("opened for %q", origin)
		} else if response == nil || response.StatusCode != http.StatusForbidden {
			t.Errorf("%q: %v", origin, err)
		}
	}
}

func TestBadFramesCloseWithTheirCode(t *testing.T) {
	h := open(t)
	for _, tt := range []struct {
		name  string
		kind  int
		frame string
		want  int
	}{
		{"not JSON", websocket.TextMessage, "hello", protocol.CloseMalformed},
		{"binary", websocket.BinaryMessage, `{"type":"leave"}`, protocol.CloseMalformed},
		{"unknown", websocket.TextMessage, `{"type":"kick"}`, protocol.CloseUnknown},
		{"out of order", websocket.TextMessage, `{"type":"leave"}`, protocol.CloseOutOfOrder},
		{"out of bounds", websocket.TextMessage, `{"type":"join","v":2}`, protocol.CloseMalformed},
		{"too big", websocket.TextMessage, `{"type":"join","v":2,"x":"` + strings.Repeat("x", protocol.MaxFrame) + `"}`, websocket.CloseMessageTooBig},
		{"far too big", websocket.TextMessage, strings.Repeat("x", 8<<20), websocket.CloseMessageTooBig},
	} {
		t.Run(tt.name, func(t *testing.T) {
			socket := h.dial()
			go func() { _ = socket.WriteMessage(tt.kind, []byte(tt.frame)) }() // the other end may hang up first
			if _, closed := h.answer(socket); closed != tt.want {
				t.Errorf("closed with %d, want %d", closed, tt.want)
			}
		})
	}
}

func TestBadFramesOfTheSeatedCloseWithTheirCode(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(*house, *signalingtest.Browser) error
		want int
	}{
		{"a second join", func(h *house, b *signalingtest.Browser) error {
			return b.Send(protocol.Join{V: protocol.Version, Ticket: h.ticket("visitor-2"), SDP: offer})
		}, protocol.CloseOutOfOrder},
		{"an offer whose seq does not grow", func(h *house, b *signalingtest.Browser) error {
			if err := b.Restart(h.ctx()); err != nil {
				return err
			}
			return b.Send(protocol.Offer{Seq: 1, SDP: offer})
		}, protocol.CloseOutOfOrder},
		{"a flood", func(_ *house, b *signalingtest.Browser) error {
			for range 100 {
				if b.Send(protocol.Pin{}) != nil {
					break // hung up on already
				}
			}
			return nil
		}, protocol.CloseFlood},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := open(t)
			b := h.join("visitor")
			if err := tt.do(h, b); err != nil {
				t.Fatal(err)
			}
			v := h.wait(b, "the close", func(v signalingtest.View) bool { return v.Closed != 0 })
			if v.Closed != tt.want {
				t.Errorf("closed with %d, want %d", v.Closed, tt.want)
			}
		})
	}
}

func TestWrongTicketsAllGetTheSameAnswer(t *testing.T) {
	h := open(t)
	used := h.options("visitor")
	b, err := h.try(used)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Send(protocol.Leave{}); err != nil {
		t.Fatal(err)
	}
	h.wait(b, "the end", func(v signalingtest.View) bool { return v.Ended == protocol.HasLeft && v.Closed == protocol.CloseEnded })
	expired, err := h.seals.Seal(ticket.Ticket{
		Room: "visit-1", Seat: "visitor", Role: ticket.Visitor, ID: "old",
		NotBefore: time.Now().Add(-2 * time.Minute), Expires: time.Now().Add(-time.Minute),
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, wrong := range map[string]string{"used": used.Ticket, "expired": expired, "forged": "a.b"} {
		t.Run(name, func(*testing.T) {
			h.refused("visitor", protocol.BadTicket, func(j *rawJoin) { j.Ticket = wrong })
		})
	}
}

func TestAJoinIsRefusedWithItsCode(t *testing.T) {
	h := open(t, func(c *signaling.Config) { c.Capacity = 2 })
	h.refused("visitor", protocol.BadVersion, func(j *rawJoin) { j.V = protocol.Version + 1 })
	h.refused("visitor", protocol.BadOffer, nil)
	h.refused("visitor", protocol.ResumeUnknown, func(j *rawJoin) { j.Ticket, j.Resume = "", "dmlzaXQtMQ.x" })
	h.refused("visitor", protocol.ResumeUnknown, func(j *rawJoin) { j.Ticket, j.Resume = "", "§" })
	h.join("visitor")
	h.refused("visitor", protocol.SeatTaken, nil)
	h.join("visitor-2")
	h.refused("visitor-3", protocol.RoomFull, nil)
}

func TestTheBookHasTheLastWord(t *testing.T) {
	h := open(t)
	_, err := h.try(h.options("patient")) // a real offer, for once
	if err != nil {
		t.Fatal(err)
	}
	for want, refusal := range map[protocol.Code]error{
		protocol.NotExpected: signaling.ErrNotExpected,
		protocol.RoomLocked:  signaling.ErrLocked,
		protocol.Fault:       errors.New("the database is away"),
	} {
		h.book.set(func(b *book) { b.refuse = refusal })
		var no *signalingtest.Refusal
		if _, err := h.try(h.options("visitor")); !errors.As(err, &no) || no.Code != want || no.Close != protocol.CloseRefused {
			t.Errorf("joined with %v, want %s", err, want)
		}
	}
	h.book.set(func(b *book) { b.refuse = nil })
	h.join("visitor") // nothing of all that keeps the seat
}

func TestWhatIsDecidedAtTheDoorCounts(t *testing.T) {
	for _, tt := range []struct {
		name     string
		order    signaling.Order
		standing string
		code     protocol.Code
	}{
		{"admitted", signaling.Admit{Seat: "visitor"}, protocol.Admitted, ""},
		{"removed", signaling.Remove{Seat: "visitor"}, "", protocol.Removed},
		{"ended", signaling.End{}, "", protocol.RoomOver},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := open(t)
			gate := make(chan struct{})
			h.join("patient")
			h.book.set(func(b *book) { b.gate = gate })
			type result struct {
				b   *signalingtest.Browser
				err error
			}
			results := make(chan result)
			go func() {
				b, err := signalingtest.Join(h.ctx(), h.options("visitor"))
				results <- result{b, err}
			}()
			h.until("a knock", func() bool { return h.book.has(&h.book.asked, "visitor") })
			h.refused("visitor", protocol.SeatTaken, nil)
			h.order(tt.order)
			close(gate)
			got := <-results
			if tt.code == "" {
				if got.err != nil {
					t.Fatal(got.err)
				}
				defer got.b.Close()
				if s := got.b.View().Welcome.Standing; s != tt.standing {
					t.Errorf("welcomed as %q", s)
				}
				return
			}
			var no *signalingtest.Refusal
			if !errors.As(got.err, &no) || no.Code != tt.code {
				t.Errorf("joined with %v, want %s", got.err, tt.code)
			}
		})
	}
}

func TestAServerThatStopsSaysSo(t *testing.T) {
	h := open(t)
	b := h.join("patient")
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	if err := h.server.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	v := h.wait(b, "the close", func(v signalingtest.View) bool { return v.Closed != 0 })
	if v.Closed != websocket.CloseServiceRestart || v.Ended != "" {
		t.Errorf("closed with %d, ended %q", v.Closed, v.Ended)
	}
	if !h.book.has(&h.book.departed, "patient") {
		t.Error("the book was not told")
	}
	if err := h.server.Order(ctx, "visit-1", signaling.End{}); err != nil {
		t.Error(err)
	}
}

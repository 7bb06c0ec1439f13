package signaling_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/wardvisit/wardvisit/signaling"
	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/signalingtest"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// halfOpen opens sockets that never say who they are.
func (h *house) halfOpen(n int) (silent []*websocket.Conn) {
	h.t.Helper()
	for range n {
		silent = append(silent, h.dial())
	}
	return silent
}

// Not even one that answers pings.
func TestWhoSaysNothingIsHungUpOn(t *testing.T) {
	h := open(t)
	if _, closed := h.answer(h.dial()); closed != protocol.CloseTimeout {
		t.Errorf("closed with %d", closed)
	}
}

func TestTheSilentKeepNobodyOut(t *testing.T) {
	h := open(t)
	const more = 5
	oldest := h.halfOpen(more)
	h.until("the oldest there", func() bool { return h.server.Silent() == more })
	silent := h.halfOpen(signaling.MaxSilent)
	for _, socket := range oldest { // whoever was silent longest has to go
		if _, closed := h.answer(socket); closed != protocol.CloseTimeout {
			t.Errorf("closed with %d", closed)
		}
	}
	visitor := h.join("visitor")
	h.wait(visitor, "media", connected)
	last := silent[len(silent)-1] // and nobody else, who may still say who they are
	h.write(last, protocol.Join{V: protocol.Version, Ticket: "a.b", SDP: offer})
	if refused, _ := h.answer(last); refused != protocol.BadTicket {
		t.Errorf("the last is refused as %q", refused)
	}
}

// A junk is a first frame that deserves nothing but its close code.
type junk struct {
	name  string
	kind  int
	frame string
	code  int
}

func (h *house) junk() []junk {
	join := func(sealed string) string {
		frame, err := protocol.Encode(protocol.Join{V: protocol.Version, Ticket: sealed, SDP: offer})
		if err != nil {
			h.t.Fatal(err)
		}
		return string(frame)
	}
	return []junk{
		{"malformed", websocket.TextMessage, `{"type":`, protocol.CloseMalformed},
		{"nested", websocket.TextMessage, strings.Repeat("[", 10_000), protocol.CloseMalformed},
		{"binary", websocket.BinaryMessage, "\x00\xff", protocol.CloseMalformed},
		{"unknown", websocket.TextMessage, `{"type":"sudo"}`, protocol.CloseUnknown},
		{"too big", websocket.TextMessage, strings.Repeat("x", 2*protocol.MaxFrame), websocket.CloseMessageTooBig},
		{"out of order", websocket.TextMessage, `{"type":"finish"}`, protocol.CloseOutOfOrder},
		{"a forged ticket", websocket.TextMessage, join("e30.e30"), protocol.CloseRefused},
	}
}

// throw sends junk over a socket of its own and returns the close code.
func (h *house) throw(ctx context.Context, j junk) (code int, err error) {
	socket, err := signalingtest.Dial(ctx, h.url(), "https://ward.example")
	if err != nil {
		return 0, err
	}
	defer socket.Close()
	_ = socket.SetReadDeadline(time.Now().Add(within))
	go func() { _ = socket.WriteMessage(j.kind, []byte(j.frame)) }() // the other end may hang up first
	for {
		_, _, err := socket.ReadMessage()
		var closed *websocket.CloseError
		if errors.As(err, &closed) {
			return closed.Code, nil
		}
		if err != nil {
			return 0, err
		}
	}
}

// besiege throws junk, from several sides, until it is stopped; then it fails the
// test for each close code that was wrong.
func (h *house) besiege() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var sides sync.WaitGroup
	thrown := make([]atomic.Int64, 4)
	for side := range len(thrown) {
		sides.Go(func() {
			all := h.junk()
			tick := time.NewTicker(50 * time.Millisecond) // else it measures our own processor
			defer tick.Stop()
			for n := side; ctx.Err() == nil; n++ {
				j := all[n%len(all)]
				if code, err := h.throw(ctx, j); ctx.Err() == nil && (err != nil || code != j.code) {
					h.t.Errorf("%s: closed with %d, %v; want %d", j.name, code, err, j.code)
				}
				thrown[side].Add(1)
				<-tick.C
			}
		})
	}
	return func() {
		h.t.Helper()
		for side := range thrown { // each kind at least once from each side
			h.until("enough junk", func() bool { return int(thrown[side].Load()) >= len(h.junk()) })
		}
		cancel()
		sides.Wait()
	}
}

// joins has honest people come and go, one after the other, and returns how long
// each waited for the welcome.
func (h *house) joins(n int) (took []time.Duration) {
	h.t.Helper()
	for range n {
		began := time.Now()
		b := h.join("visitor")
		took = append(took, time.Since(began))
		if err := b.Send(protocol.Leave{}); err != nil {
			h.t.Fatal(err)
		}
		h.wait(b, "the end", func(v signalingtest.View) bool { return v.Closed != 0 })
		b.Close()
	}
	return took
}

// Under half-open sockets and junk from all sides, honest joins go on; in full,
// with figures: the slowest hundredth waits at most twice as long as with none of
// that, by turns, so that whatever else the machine does troubles both alike.
func TestJunkKeepsNobodyOut(t *testing.T) {
	full := os.Getenv("WARDVISIT_PROVE") == "full"
	rounds, n := 1, 10
	if full {
		rounds, n = 12, 25
	}
	h := open(t)
	patient := h.join("patient")
	var quiet, besieged []time.Duration
	for range rounds {
		quiet = append(quiet, h.joins(n)...)
		silent := h.halfOpen(500)
		stop := h.besiege()
		besieged = append(besieged, h.joins(n)...)
		stop()
		for _, socket := range silent {
			_ = socket.Close()
		}
		h.until("all gone", func() bool { return h.server.Silent() == 0 })
	}
	if v := patient.View(); v.Closed != 0 {
		t.Errorf("somebody who was there was hung up on: %d", v.Closed)
	}
	slices.Sort(quiet)
	slices.Sort(besieged)
	half, most := rounds*n/2, rounds*n*99/100
	t.Logf("%d joins: p50 %v, p99 %v; besieged: p50 %v, p99 %v", rounds*n, quiet[half], quiet[most], besieged[half], besieged[most])
	if full && besieged[most] > 2*quiet[most] {
		t.Error("the honest wait more than twice as long")
	}
}

// Somebody who waits may ask for whatever they like: nothing reaches them, and
// nothing of theirs anybody.
func TestNothingSaidInTheLobbyOpensTheDoor(t *testing.T) {
	h := open(t)
	patient, visitor := h.join("patient"), h.join("visitor")
	h.wait(patient, "media", connected)
	h.wait(visitor, "media", connected)
	for _, request := range []protocol.Request{
		protocol.Pin{Seat: "patient"}, protocol.View{Slots: []protocol.Drawn{{Slot: 0, Width: 1920, Height: 1080}}},
		protocol.Look{Seat: "patient"}, protocol.Cover{Covered: true}, protocol.Finish{}, protocol.Line{Text: "x", Done: true},
		protocol.State{Audio: true, Video: true}, protocol.Stats{Path: "udp", First: 1}, protocol.Ping{N: 1},
	} {
		if err := visitor.Send(request); err != nil {
			t.Fatal(err)
		}
	}
	h.wait(visitor, "all of it heard", func(v signalingtest.View) bool { return v.Pong == 1 && len(v.Refused) == 4 })
	if err := visitor.Restart(h.ctx()); err != nil {
		t.Fatal(err)
	}
	visitor.Cut()
	if err := visitor.Resume(h.ctx()); err != nil {
		t.Fatal(err)
	}
	h.longEnough()
	if n := h.media.Totals().Forwarded; n != 0 || visitor.Total()+patient.Total() != 0 {
		t.Errorf("%d packets were forwarded", n)
	}
	if v := patient.View(); v.Closed != 0 || v.People.Covered || len(v.Lines) != 0 || len(v.People.People) != 0 {
		t.Errorf("the patient's side was told %+v", v)
	}
	if v := visitor.View(); v.People != nil || v.Slots != nil {
		t.Errorf("who waits was told %+v", v)
	}
}

// Two devices with one person's link: the second gets nothing, and the first does
// not notice.
func TestAForwardedLinksSecondDeviceGetsNothing(t *testing.T) {
	h, patient, visitor, interpreter := visit(t)
	opt := h.options("visitor")
	opt.ID = id("another device")
	var no *signalingtest.Refusal
	if _, err := h.try(opt); !errors.As(err, &no) || no.Code != protocol.SeatTaken {
		t.Errorf("the second device: %v", err)
	}
	h.seesAndHears(patient, "visitor", "interpreter")
	h.seesAndHears(interpreter, "visitor")
	if n := from(patient, "another device") + from(interpreter, "another device"); n != 0 || visitor.View().Closed != 0 {
		t.Errorf("%d packets of the second device; the first was closed with %d", n, visitor.View().Closed)
	}
}

func TestEveryWrongTicketIsAnsweredAlike(t *testing.T) {
	h := open(t)
	now := time.Now()
	other, err := ticket.New([]byte(strings.Repeat("k", ticket.MinKey)), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	seal := func(with *ticket.Sealer, from, until time.Duration) string {
		sealed, err := with.Seal(ticket.Ticket{
			Room: "visit-1", Seat: "visitor", Role: ticket.Visitor, ID: "x", NotBefore: now.Add(from), Expires: now.Add(until),
		})
		if err != nil {
			t.Fatal(err)
		}
		return sealed
	}
	good := h.ticket("visitor")
	body, signature, _ := strings.Cut(good, ".")
	var first string
	for name, wrong := range map[string]string{
		"expired": seal(h.seals, -time.Hour, -time.Hour+time.Minute), "not yet": seal(h.seals, time.Hour, time.Hour+time.Minute),
		"of another key": seal(other, 0, time.Minute), "unsigned": body + ".", "cut": good[:len(good)-1], "swapped": signature + "." + body,
		"nothing in it": ".", "long": strings.Repeat("a", 2000) + "." + signature,
	} {
		socket := h.dial()
		h.write(socket, protocol.Join{V: protocol.Version, Ticket: wrong, SDP: offer})
		_ = socket.SetReadDeadline(time.Now().Add(within))
		_, frame, err := socket.ReadMessage()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		_, _, err = socket.ReadMessage()
		answer := string(frame) + " " + err.Error()
		if first == "" {
			first = answer
		}
		if answer != first || !strings.Contains(answer, string(protocol.BadTicket)) {
			t.Errorf("%s: answered %q, another %q", name, answer, first)
		}
	}
	if len(h.book.asked) != 0 {
		t.Errorf("the book was asked of %v", h.book.asked)
	}
}

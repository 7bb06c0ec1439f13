package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pion/stun/v4"

	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/signalingtest"
)

const (
	// What is thrown at a server, a second: more than all who are honest do in a
	// trust, and little enough that the processor which throws it is not what is
	// measured.
	floodSockets = 100  // each with a frame of junk
	floodStones  = 2000 // packets at the media port
	floodSilent  = 400  // sockets that say nothing, all at once
)

// flood measures what a flood makes of honest joins: beside the same joins without.
func flood(ctx context.Context, p plan) (_ []row, err error) {
	h, err := openHouse(ctx, "serve-rooms")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, h.stop()) }()
	var hosts party
	defer func() { hosts.close() }()
	for range perRoom - 1 {
		b, err := h.enter(ctx, "room", nil)
		if err != nil {
			return nil, err
		}
		hosts = append(hosts, b)
	}
	media, err := mediaPort(hosts[0])
	if err != nil {
		return nil, err
	}
	before, err := h.memory()
	if err != nil {
		return nil, err
	}
	if _, err := h.comeAndGo(ctx, 2); err != nil { // while the hosts come up
		return nil, err
	}
	var calm, stormy []time.Duration
	var thrown int
	for range max(p.passes, 2) {
		some, err := h.comeAndGo(ctx, 2*p.joins)
		if err != nil {
			return nil, err
		}
		calm = append(calm, some...)
		s := besiege(ctx, h.said, media)
		some, err = h.comeAndGo(ctx, 2*p.joins)
		thrown += s.lift()
		if err != nil {
			return nil, fmt.Errorf("under a flood: %w", err)
		}
		stormy = append(stormy, some...)
	}
	after, err := h.memory()
	if err != nil {
		return nil, err
	}
	if thrown == 0 {
		return nil, errors.New("nothing was thrown")
	}
	slices.Sort(calm)
	slices.Sort(stormy)
	what := fmt.Sprintf("join to first media under %d junk sockets/s, %d junk packets/s and %d silent sockets, beside without: ",
		floodSockets, floodStones, floodSilent)
	return []row{
		compare(what+"median", " ms", milliseconds(quantile(stormy, 0.5)), milliseconds(quantile(calm, 0.5))),
		compare("  p99", " ms", milliseconds(quantile(stormy, 0.99)), milliseconds(quantile(calm, 0.99))),
		compare("  memory of the server", " MB", float64(after)/(1<<20), float64(before)/(1<<20)),
	}, nil
}

// comeAndGo has people join the room, one after another, and returns how long each
// waited for the first packet.
func (h *house) comeAndGo(ctx context.Context, joins int) (waits []time.Duration, err error) {
	for range joins {
		leave, err := h.seal("room")
		if err != nil {
			return nil, err
		}
		began := time.Now()
		guest, err := comeIn(ctx, h.said, leave)
		if err != nil {
			return nil, err
		}
		waits = append(waits, time.Since(began))
		if err := guest.leave(); err != nil {
			return nil, fmt.Errorf("leave: %w", err)
		}
	}
	return waits, nil
}

// mediaPort returns where a server told somebody to send media.
func mediaPort(b *signalingtest.Browser) (string, error) {
	candidate := regexp.MustCompile(`a=candidate:\S+ 1 udp \d+ (\S+) (\d+)`).FindStringSubmatch(strings.ToLower(b.View().Welcome.SDP))
	if candidate == nil {
		return "", errors.New("the answer names no address of media")
	}
	return net.JoinHostPort(candidate[1], candidate[2]), nil
}

// A siege is a flood that goes on.
type siege struct {
	cancel context.CancelFunc
	work   sync.WaitGroup
	thrown atomic.Int64
}

func besiege(ctx context.Context, signal, media string) *siege {
	ctx, cancel := context.WithCancel(ctx)
	s := &siege{cancel: cancel}
	var silent sync.WaitGroup
	for range floodSilent {
		silent.Add(1)
		s.work.Go(func() {
			socket, err := signalingtest.Dial(ctx, signal, origin)
			silent.Done()
			if err != nil {
				return
			}
			<-ctx.Done()
			_ = socket.Close()
		})
	}
	silent.Wait() // those who come later find them there
	s.every(ctx, time.Second/floodSockets, func(n int) { throwJunk(ctx, signal, n) })
	const handful = 20 // at once
	s.every(ctx, handful*time.Second/floodStones, func(n int) {
		for range handful {
			throwStone(media, n)
		}
	})
	return s
}

// every does something again and again until the siege is lifted.
func (s *siege) every(ctx context.Context, d time.Duration, do func(n int)) {
	s.work.Go(func() {
		tick := time.NewTicker(d)
		defer tick.Stop()
		for n := 0; ctx.Err() == nil; n++ {
			do(n)
			s.thrown.Add(1)
			select {
			case <-tick.C:
			case <-ctx.Done():
			}
		}
	})
}

// lift ends the siege and returns how often something was thrown.
func (s *siege) lift() int {
	s.cancel()
	s.work.Wait()
	return int(s.thrown.Load())
}

// throwJunk opens a socket and says what nobody should.
func throwJunk(ctx context.Context, signal string, n int) {
	socket, err := signalingtest.Dial(ctx, signal, origin)
	if err != nil {
		return
	}
	defer socket.Close()
	frames := []string{
		`{"type":`, `{"type":"sudo"}`, `{"type":"leave"}`, strings.Repeat("x", protocol.MaxFrame+1),
		`{"type":"join","v":1,"ticket":"e30.e30","sdp":"v=0","audio":true,"video":true}`,
	}
	_ = socket.WriteMessage(websocket.TextMessage, []byte(frames[n%len(frames)]))
	_ = socket.SetReadDeadline(time.Now().Add(time.Second))
	for err == nil { // until it is closed for us
		_, _, err = socket.ReadMessage()
	}
}

// throwStone sends from a new port what is no media: a check with a wrong
// password, or nonsense that begins as DTLS or RTP do.
func throwStone(media string, n int) {
	conn, err := net.Dial("udp", media)
	if err != nil {
		return
	}
	defer conn.Close()
	stone := make([]byte, 20+n%1000)
	_, _ = rand.Read(stone)
	stone[0] = []byte{22, 0x9F, 0xFF}[n%3]
	if n%2 == 0 {
		m, err := stun.Build(stun.TransactionID, stun.BindingRequest, stun.NewUsername("nobody:me"), stun.NewShortTermIntegrity("wrong"), stun.Fingerprint)
		if err == nil {
			stone = m.Raw
		}
	}
	_, _ = conn.Write(stone)
}

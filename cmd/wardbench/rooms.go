package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/wardvisit/wardvisit/signaling/signalingtest"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

const (
	perRoom = 3 // the patient's side, a relative and an interpreter

	// What each sends a second: 50 packets of sound, and 25 frames of four
	// packets of 1,100 bytes, which is a picture of 0.9 Mbit/s.
	framePackets  = 4
	sentEach      = 50 + 25*framePackets
	handledByRoom = perRoom * sentEach * perRoom // each comes in once, and goes out to the others
)

// rooms measures ours and the naive forwarder in turns.
func rooms(ctx context.Context, p plan) ([]row, error) {
	results := map[string][]carry{}
	for range p.passes {
		for _, command := range []string{"serve-rooms", "serve-naive"} {
			c, err := measureRooms(ctx, command, p.rooms, p.carry)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", command, err)
			}
			results[command] = append(results[command], c)
		}
	}
	line := func(what, unit string, of func(carry) float64) row {
		var each [2][]float64
		for i, command := range []string{"serve-rooms", "serve-naive"} {
			for _, c := range results[command] {
				each[i] = append(each[i], of(c))
			}
		}
		return compare(what, unit, median(each[0]), median(each[1]))
	}
	what := fmt.Sprintf("%d rooms of %d, %d packets/s in and out: ", p.rooms, perRoom, p.rooms*handledByRoom)
	return []row{
		line(what+"packets per server CPU second", "", func(c carry) float64 { return c.perSecond }),
		line("  rooms that one core carries", "", func(c carry) float64 { return c.rooms }),
		line("  p99 from one participant to another", " ms", func(c carry) float64 { return milliseconds(c.delay) }),
		line("  of what was sent, arrived", " %", func(c carry) float64 { return 100 * c.arrived }),
		line("  memory a room", " MB", func(c carry) float64 { return c.memory }),
	}, nil
}

// joins measures how long somebody who joins waits for the first packet.
func joins(ctx context.Context, p plan) ([]row, error) {
	ours, err := measureJoins(ctx, "serve-rooms", p.joins)
	if err != nil {
		return nil, err
	}
	reference, err := measureJoins(ctx, "serve-naive", p.joins)
	if err != nil {
		return nil, err
	}
	return []row{
		compare("join to first media, median", " ms", milliseconds(quantile(ours, 0.5)), milliseconds(quantile(reference, 0.5))),
		compare("  p95", " ms", milliseconds(quantile(ours, 0.95)), milliseconds(quantile(reference, 0.95))),
	}, nil
}

// A house is a server process with rooms, and what it takes to enter them.
type house struct {
	*process
	sealer *ticket.Sealer
	seats  int
}

// openHouse starts `wardbench serve-rooms` or `serve-naive`, on one core.
func openHouse(ctx context.Context, command string) (*house, error) {
	key := make([]byte, ticket.MinKey)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	sealer, err := ticket.New(key, time.Now)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find myself: %w", err)
	}
	p, err := start(ctx, []string{"GOMAXPROCS=1"}, hex.EncodeToString(key)+"\n", "ws://", self, command)
	if err != nil {
		return nil, err
	}
	return &house{process: p, sealer: sealer}, nil
}

// seal writes leave for one more person to enter a room.
func (h *house) seal(room string) (string, error) {
	h.seats++
	now := time.Now()
	leave, err := h.sealer.Seal(ticket.Ticket{
		Room: room, Seat: "seat-" + strconv.Itoa(h.seats), Role: ticket.Visitor, Name: "Somebody", ID: rand.Text(),
		NotBefore: now.Add(-time.Minute), Expires: now.Add(2 * time.Minute),
	})
	if err != nil {
		return "", fmt.Errorf("seal a ticket: %w", err)
	}
	return leave, nil
}

// enter has one more person join a room.
func (h *house) enter(ctx context.Context, room string, delays *signalingtest.Histogram) (*signalingtest.Browser, error) {
	leave, err := h.seal(room)
	if err != nil {
		return nil, err
	}
	return signalingtest.Join(ctx, signalingtest.Options{
		URL: h.said, Origin: origin, Ticket: leave, ID: uint32(h.seats), Slots: perRoom - 1,
		FramePackets: framePackets, Latency: delays, Now: time.Now,
	})
}

// A party is everybody in the rooms of a house.
type party []*signalingtest.Browser

func (p party) close() {
	var all sync.WaitGroup
	for _, b := range p {
		all.Go(b.Close)
	}
	all.Wait()
}

func (p party) received() (n int) {
	for _, b := range p {
		n += b.Total()
	}
	return n
}

// A carry is how a server bore a load.
type carry struct {
	perSecond float64       // packets, in and out, for a second of its processor
	rooms     float64       // that one core would carry
	arrived   float64       // of what was sent on, from 0 to 1
	delay     time.Duration // that 99 in 100 packets did not exceed, from end to end
	memory    float64       // MB a room
}

// measureRooms fills a new server with rooms and sees how it bears them.
func measureRooms(ctx context.Context, command string, rooms int, during time.Duration) (_ carry, err error) {
	h, err := openHouse(ctx, command)
	if err != nil {
		return carry{}, err
	}
	defer func() {
		if stopped := h.stop(); err == nil {
			err = stopped
		}
	}()
	empty, err := h.memory()
	if err != nil {
		return carry{}, err
	}
	guests, delays, err := h.fill(ctx, rooms)
	defer guests.close()
	if err != nil {
		return carry{}, err
	}
	return h.bear(ctx, guests, delays, empty, rooms, during)
}

// fill seats everybody and waits until each hears both others. Delays are taken
// of the last room alone: it comes when the others are settled.
func (h *house) fill(ctx context.Context, rooms int) (guests party, delays *signalingtest.Histogram, err error) {
	delays = &signalingtest.Histogram{}
	for i := range rooms {
		var watched *signalingtest.Histogram
		if i == rooms-1 {
			if err := guests.settle(ctx); err != nil {
				return guests, nil, err
			}
			watched = delays
		}
		for range perRoom {
			b, err := h.enter(ctx, "room-"+strconv.Itoa(i), watched)
			if err != nil {
				return guests, nil, fmt.Errorf("room %d: %w", i, err)
			}
			guests = append(guests, b)
		}
	}
	return guests, delays, guests.settle(ctx)
}

// settleWithin bounds how long a server may take to have everybody heard.
const settleWithin = 30 * time.Second

func (p party) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, settleWithin)
	defer cancel()
	for i, b := range p {
		err := until(ctx, func() bool {
			for slot := range perRoom - 1 {
				if audio, video := b.Arrived(slot); audio.Packets == 0 || video.Packets == 0 {
					return false
				}
			}
			return true
		})
		if err != nil {
			return fmt.Errorf("participant %d of %d does not hear everybody: %w", i+1, len(p), err)
		}
	}
	return nil
}

// until waits for a condition.
func until(ctx context.Context, condition func() bool) error {
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for !condition() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
	return nil
}

// bear lets the load go on for a while and reads what it cost.
func (h *house) bear(ctx context.Context, guests party, delays *signalingtest.Histogram, empty, rooms int, during time.Duration) (carry, error) {
	before, err := h.processorTime()
	if err != nil {
		return carry{}, err
	}
	began, had := time.Now(), guests.received()
	select {
	case <-ctx.Done():
		return carry{}, ctx.Err()
	case <-time.After(during):
	}
	after, err := h.processorTime()
	if err != nil {
		return carry{}, err
	}
	elapsed, out := time.Since(began).Seconds(), guests.received()-had
	full, err := h.memory()
	if err != nil {
		return carry{}, err
	}
	spent := (after - before).Seconds()
	in := float64(out) / (perRoom - 1)
	return carry{
		perSecond: (in + float64(out)) / spent,
		rooms:     float64(rooms) * elapsed / spent,
		arrived:   float64(out) / (float64(rooms*perRoom*(perRoom-1)*sentEach) * elapsed),
		delay:     delays.Quantile(0.99),
		memory:    float64(full-empty) / float64(rooms) / (1 << 20),
	}, nil
}

// measureJoins has people come to a room where two are talking, one after
// another, and returns how long each waited for the first packet.
func measureJoins(ctx context.Context, command string, joins int) (_ []time.Duration, err error) {
	h, err := openHouse(ctx, command)
	if err != nil {
		return nil, err
	}
	defer func() {
		if stopped := h.stop(); err == nil {
			err = stopped
		}
	}()
	var hosts party
	defer func() { hosts.close() }()
	for range perRoom - 1 {
		b, err := h.enter(ctx, "room", nil)
		if err != nil {
			return nil, err
		}
		hosts = append(hosts, b)
	}
	for _, host := range hosts {
		heard, cancel := context.WithTimeout(ctx, settleWithin)
		err := until(heard, func() bool { return host.Total() > 0 })
		cancel()
		if err != nil {
			return nil, fmt.Errorf("the first two do not hear each other: %w", err)
		}
	}
	waits, err := h.comeAndGo(ctx, joins)
	if err != nil {
		return nil, err
	}
	slices.Sort(waits)
	return waits, nil
}

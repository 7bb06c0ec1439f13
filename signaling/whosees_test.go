package signaling_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/signaling"
	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/signalingtest"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// Forty visits at once and one after another, in which people come and go, are let
// in and held, vanish and come back, restart and change what they draw, in any
// order: nobody sees or hears anybody they should not, not in one packet.
func TestWhoSeesWhom(t *testing.T) {
	rooms, atOnce, acts, patience := 40, 4, 12, 10*time.Minute
	if os.Getenv("WARDVISIT_PROVE") == "full" {
		atOnce, acts, patience = 20, 120, 20*time.Minute
	}
	h := open(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	seed := uint64(time.Now().UnixNano())
	var going sync.WaitGroup
	var packets, pairs atomic.Int64
	free := make(chan struct{}, atOnce)
	for i := range rooms {
		free <- struct{}{}
		going.Go(func() {
			defer func() { <-free }()
			v := newScene(h, fmt.Sprint("visit-", i), rand.New(rand.NewPCG(seed, uint64(i))))
			err := v.live(ctx, acts)
			v.disperse()
			for _, wrong := range v.ledger.wrong {
				t.Errorf("%s: %s", v.room, wrong)
			}
			if v.ledger.wrongs > 0 || err != nil {
				t.Errorf("%s, seed %d: %d packets seen wrongly, %v; it was: %v", v.room, seed, v.ledger.wrongs, err, v.story)
			}
			n, k := v.ledger.packets()
			packets.Add(int64(n))
			pairs.Add(int64(k))
		})
	}
	going.Wait()
	t.Logf("%d visits, %d packets judged, in %d flows from one person to another", rooms, packets.Load(), pairs.Load())
	if packets.Load() < int64(10*rooms*acts) || pairs.Load() < int64(6*rooms) {
		t.Error("that is too little to judge by")
	}
}

// people gives everybody who ever comes a stamp of their own.
var people atomic.Uint32

// A guest is somebody in a visit, from one coming to the next going.
type guest struct {
	*signalingtest.Browser
	seat string
	id   uint32
	in   bool

	restarted time.Time
}

// restartRest is some longer than the least time between two ICE restarts.
const restartRest = 2500 * time.Millisecond

// A scene is one room of TestWhoSeesWhom, and what happens in it.
type scene struct {
	h       *house
	room    string
	rand    *rand.Rand
	ledger  *ledger
	bed     *guest
	guests  []*guest // others than the bed
	seats   int      // that were ever used
	vacant  []string // of them, which may be used again
	covered bool
	lossy   bool // some of them have bad networks
	story   []string
}

// inLayers is a picture in three layers, of few and small packets: there are many
// to be judged.
var inLayers = []signalingtest.Layer{
	{RID: "h", Height: 720, Packets: 2, Bytes: 300}, {RID: "m", Height: 360, Packets: 1, Bytes: 200}, {RID: "l", Height: 180, Packets: 1, Bytes: 100},
}

func newScene(h *house, room string, r *rand.Rand) *scene {
	return &scene{h: h, room: room, rand: r}
}

// live has things happen.
func (v *scene) live(ctx context.Context, acts int) error {
	id := people.Add(1)
	v.ledger = newLedger(id)
	v.ledger.enters(id)
	var err error
	if v.bed, err = v.come(ctx, "patient", id); err != nil {
		return err
	}
	v.bed.in = true
	for range 3 { // or there would be little to see
		if err := v.arrive(ctx, nil); err != nil {
			return err
		}
		if err := v.admit(ctx, v.guests[len(v.guests)-1]); err != nil {
			return err
		}
	}
	v.pass(ctx)
	deeds := []struct {
		name string
		do   func(context.Context, *guest) error
	}{
		{"arrive", v.arrive}, {"arrive", v.arrive}, {"admit", v.admit}, {"admit", v.admit}, {"admit", v.admit},
		{"hold", v.hold}, {"cover", v.cover}, {"leave", v.leave}, {"remove", v.remove}, {"vanish", v.vanish},
		{"resume", v.resume}, {"restart", v.restart}, {"draw", v.draw}, {"draw", v.draw}, {"pin", v.pin},
	}
	for range acts {
		deed := deeds[v.rand.IntN(len(deeds))]
		var who *guest
		if len(v.guests) > 0 {
			who = v.guests[v.rand.IntN(len(v.guests))]
		} else {
			deed = deeds[0]
		}
		v.story = append(v.story, deed.name)
		if err := deed.do(ctx, who); err != nil {
			return fmt.Errorf("%s: %w", deed.name, err)
		}
		v.pass(ctx)
	}
	return nil
}

// disperse has everybody take leave, so that no seat is held for them.
func (v *scene) disperse() {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	for _, g := range append(v.guests, v.bed) {
		if g == nil {
			continue // it came to nothing
		}
		if g.Send(protocol.Leave{}) == nil {
			_, _ = g.Wait(ctx, func(w signalingtest.View) bool { return w.Closed != 0 })
		}
		g.Close()
	}
}

// pass lets some packets go by, or a while in which none does.
func (v *scene) pass(ctx context.Context) {
	before, _ := v.ledger.packets()
	for range 10 {
		if n, _ := v.ledger.packets(); n > before+50 {
			return
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return
		}
	}
}

func (v *scene) order(ctx context.Context, o signaling.Order) error {
	return v.h.server.Order(ctx, v.room, o)
}

// come has somebody take a seat, as soon as the server knows that it is free.
func (v *scene) come(ctx context.Context, seat string, id uint32) (*guest, error) {
	for {
		opt := v.h.options(seat)
		role := ticket.Visitor
		if seat == "patient" {
			role = ticket.Patient
		}
		opt.Ticket = v.h.seal(ticket.Ticket{Room: v.room, Seat: seat, Role: role})
		opt.ID, opt.FramePackets, opt.PacketBytes = id, 1, 200
		if v.rand.IntN(2) == 0 {
			opt.Layers = inLayers
		}
		if v.lossy && v.rand.IntN(3) == 0 {
			opt.Up, opt.Down = &signalingtest.Link{}, &signalingtest.Link{}
			opt.Up.Set(2_000_000, 200*time.Millisecond, 0.03)
			opt.Down.Set(2_000_000, 200*time.Millisecond, 0.03)
		}
		opt.Saw = func(of signalingtest.Stamp, at time.Time) { v.ledger.saw(id, of, at) }
		b, err := signalingtest.Join(ctx, opt)
		var refused *signalingtest.Refusal
		switch {
		case err == nil:
			return &guest{Browser: b, seat: seat, id: id}, nil
		case !errors.As(err, &refused) || refused.Code != protocol.SeatTaken:
			return nil, err
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			return nil, err
		}
	}
}

func (v *scene) arrive(ctx context.Context, _ *guest) error {
	if len(v.guests) >= signaling.DefaultCapacity-1 {
		return nil
	}
	var seat string
	if n := len(v.vacant); n > 0 && v.rand.IntN(2) == 0 {
		seat, v.vacant = v.vacant[n-1], v.vacant[:n-1]
	} else {
		v.seats++
		seat = fmt.Sprint("visitor-", v.seats)
	}
	g, err := v.come(ctx, seat, people.Add(1))
	if err == nil {
		v.guests = append(v.guests, g)
	}
	return err
}

// admit lets somebody in, and sees that they and the bed see one another.
func (v *scene) admit(ctx context.Context, g *guest) error {
	if g.in {
		return nil
	}
	toBed, fromBed := v.ledger.seen(g.id, v.bed.id), v.ledger.seen(v.bed.id, g.id)
	v.ledger.enters(g.id)
	g.in = true
	if err := v.order(ctx, signaling.Admit{Seat: g.seat}); err != nil {
		return err
	}
	deadline := time.Now().Add(within)
	for v.ledger.seen(g.id, v.bed.id) == toBed || !v.covered && v.ledger.seen(v.bed.id, g.id) == fromBed {
		if time.Now().After(deadline) || ctx.Err() != nil {
			return fmt.Errorf("%s and the patient's side don't see each other", g.seat)
		}
		<-time.After(5 * time.Millisecond)
	}
	return nil
}

func (v *scene) hold(ctx context.Context, g *guest) error {
	err := v.order(ctx, signaling.Hold{Seat: g.seat})
	v.ledger.leaves(g.id)
	g.in = false
	return err
}

func (v *scene) cover(ctx context.Context, _ *guest) error {
	v.covered = !v.covered
	if !v.covered {
		v.ledger.cover(false)
	}
	err := v.order(ctx, signaling.Cover{Covered: v.covered})
	if v.covered {
		v.ledger.cover(true)
	}
	return err
}

func (v *scene) leave(ctx context.Context, g *guest) error {
	if err := g.Send(protocol.Leave{}); err != nil {
		return err
	}
	if _, err := g.Wait(ctx, func(w signalingtest.View) bool { return w.Ended == protocol.HasLeft }); err != nil {
		return fmt.Errorf("wait for the goodbye: %w", err)
	}
	v.gone(g)
	v.pass(ctx) // it is still there to see what it should not
	g.Close()
	v.vacant = append(v.vacant, g.seat)
	return nil
}

func (v *scene) remove(ctx context.Context, g *guest) error {
	err := v.order(ctx, signaling.Remove{Seat: g.seat})
	v.gone(g)
	v.pass(ctx)
	g.Close()
	return err
}

// vanish is a phone that is switched off, and then somebody in its seat, on
// another, who waits as everybody does.
func (v *scene) vanish(ctx context.Context, g *guest) error {
	g.Close() // and then it sends no more
	v.gone(g)
	next, err := v.come(ctx, g.seat, people.Add(1))
	if err == nil {
		v.guests = append(v.guests, next)
	}
	return err
}

func (v *scene) gone(g *guest) {
	v.ledger.leaves(g.id)
	v.guests = slices.DeleteFunc(v.guests, func(other *guest) bool { return other == g })
}

func (v *scene) resume(ctx context.Context, g *guest) error {
	g.Cut()
	if _, err := g.Wait(ctx, func(w signalingtest.View) bool { return w.Closed != 0 }); err != nil {
		return err
	}
	if g.in && v.rand.IntN(2) == 0 { // held while nobody can be told
		if err := v.hold(ctx, g); err != nil {
			return err
		}
	}
	return g.Resume(ctx)
}

// restart restarts ICE, unless that was done only just now: then it is refused, and
// a connection with an offer that was refused is of no more use.
func (v *scene) restart(ctx context.Context, g *guest) error {
	if time.Since(g.restarted) < restartRest {
		return nil
	}
	err := g.Restart(ctx)
	g.restarted = time.Now()
	return err
}

// draw has a page show its pictures in other sizes, or not at all, which changes
// the layers that it gets.
func (v *scene) draw(_ context.Context, g *guest) error {
	if v.rand.IntN(2) == 0 {
		g = v.bed
	}
	var view protocol.View
	for slot := range 5 {
		height := []int{0, 120, 300, 700}[v.rand.IntN(4)]
		view.Slots = append(view.Slots, protocol.Drawn{Slot: slot, Width: height * 16 / 9, Height: height})
	}
	view.Saving = v.rand.IntN(4) == 0
	return g.Send(view)
}

func (v *scene) pin(_ context.Context, g *guest) error {
	return v.bed.Send(protocol.Pin{Seat: g.seat})
}

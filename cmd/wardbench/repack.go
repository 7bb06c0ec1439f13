package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// A packed is a ward's devices and visits as re-packing is asked about them.
type packed struct {
	berths []booking.Berth
	taken  []booking.Taking
	claims []booking.Claim
}

// The wards that are re-packed: one that is larger than most, and a trust.
const (
	packedDevices = 12
	packedVisits  = 300
	packedWards   = 40 // invented ones, so that no single one decides
	packedTries   = 7
	trustWards    = 314
	trustDevices  = 650

	busyWard  = 2 // quarters of an hour between two visits, at most
	quietWard = 8
)

// repack measures how long it takes to find other devices for the visits of one
// that is lost, and to book a visit for which others must move.
func repack(ctx context.Context, _ plan) ([]row, error) {
	r := rand.New(rand.NewPCG(314, 650))
	var lost, moving []packed
	for range packedWards {
		lost = append(lost, packWard(r, packedDevices, packedVisits/packedDevices, busyWard).lose(r))
		moving = append(moving, packFull(r))
	}
	trust := make([]packed, trustWards)
	for i := range trust {
		devices := trustDevices / trustWards
		if i < trustDevices%trustWards {
			devices++
		}
		trust[i] = packWard(r, devices, packedVisits/packedDevices, quietWard).lose(r)
	}
	lostRow, err := placeEach(ctx, fmt.Sprintf("re-pack a ward of %d devices and %d visits after a loss, p50", packedDevices, packedVisits), lost)
	if err != nil {
		return nil, err
	}
	movingRow, err := placeEach(ctx, "  book a visit there for which others must move, p50", moving)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	claims, left := 0, 0
	for _, ward := range trust {
		claims += len(ward.claims)
		left += len(ward.place().Unplaced)
	}
	took := time.Since(began)
	return []row{lostRow, movingRow, {
		what: fmt.Sprintf("  re-pack %d wards with %d devices, one of each lost", trustWards, trustDevices),
		ours: figure(milliseconds(took)) + " ms", reference: fmt.Sprintf("%d of %d visits placed", claims-left, claims),
	}}, ctx.Err()
}

// placeEach is a row of the median time, and of what was placed and moved. Each
// ward counts with the shortest of some tries: the others are the machine's.
func placeEach(ctx context.Context, what string, wards []packed) (row, error) {
	var took []time.Duration
	var placed, claims, moved int
	for _, ward := range wards {
		if ctx.Err() != nil {
			return row{}, ctx.Err()
		}
		var p booking.Placement
		shortest := time.Hour
		for range packedTries {
			began := time.Now()
			p = ward.place()
			shortest = min(shortest, time.Since(began))
		}
		took = append(took, shortest)
		claims += len(ward.claims)
		placed += len(ward.claims) - len(p.Unplaced)
		moved += len(p.Moves)
	}
	slices.Sort(took)
	return row{
		what: what, ours: figure(milliseconds(quantile(took, 0.5))) + " ms",
		reference: fmt.Sprintf("%d of %d placed, %d moves", placed, claims, moved),
		ratio:     "longest " + figure(milliseconds(took[len(took)-1])) + " ms",
	}, nil
}

func (w packed) place() booking.Placement {
	return booking.NewFleet(w.berths, w.taken).Place(w.claims...)
}

// packWard invents a ward whose devices have as many visits each, of from half an
// hour to over an hour, one after another with gaps of up to so many quarters: one
// long day, so that nothing falls apart into small questions.
func packWard(r *rand.Rand, devices, visits, gap int) (w packed) {
	for range devices {
		b := booking.Berth{Device: newID[booking.DeviceID]()}
		w.berths = append(w.berths, b)
		from := r.IntN(4)
		for range visits {
			length := 2 + r.IntN(4)
			w.taken = append(w.taken, booking.Taking{Claim: packClaim(from, length), Device: b.Device})
			from += length + r.IntN(gap+1)
		}
	}
	return w
}

func packClaim(from, length int) booking.Claim {
	begins := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC).Add(time.Duration(from) * 15 * time.Minute)
	when, err := booking.NewInterval(begins, time.Duration(length)*15*time.Minute)
	if err != nil {
		panic(err) // lengths are positive
	}
	return booking.Claim{Visit: newID[booking.VisitID](), When: when}
}

// lose claims other devices for the visits of one.
func (w packed) lose(r *rand.Rand) packed {
	lost := &w.berths[r.IntN(len(w.berths))]
	lost.Out = true
	for _, t := range w.taken {
		if t.Device == lost.Device {
			w.claims = append(w.claims, t.Claim)
		}
	}
	return w
}

// packFull invents wards until one has room for a visit, but no device free.
func packFull(r *rand.Rand) packed {
	for {
		w := packWard(r, packedDevices, packedVisits/packedDevices, busyWard)
		f := booking.NewFleet(w.berths, w.taken)
		for from := range 80 {
			c := packClaim(from, 4)
			if _, free := f.Choose(c); !free && f.Fits(c) {
				w.claims = []booking.Claim{c}
				return w
			}
		}
	}
}

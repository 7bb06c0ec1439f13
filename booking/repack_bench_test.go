package booking_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/wardvisit/wardvisit/booking"
)

// bigWard is a ward of many devices with as many visits on each, which last from
// half an hour to an hour and a quarter, one after another with gaps of up to
// spare quarters.
func bigWard(r *rand.Rand, devices, visits, spare int) house {
	var h house
	for d := range devices {
		b := booking.Berth{Device: booking.DeviceID(fmt.Sprintf("d%03d", d))}
		h.berths = append(h.berths, b)
		from := r.IntN(4)
		for v := range visits {
			length := 2 + r.IntN(4)
			h.taken = append(h.taken, booking.Taking{
				Claim:  booking.Claim{Visit: booking.VisitID(fmt.Sprintf("d%03d-%03d", d, v)), When: quarters(from, length)},
				Device: b.Device,
			})
			from += length + r.IntN(spare+1)
		}
	}
	return h
}

// lose takes a device out and claims other devices for its visits.
func (h house) lose(device int) house {
	h.berths[device].Out = true
	for _, t := range h.taken {
		if t.Device == h.berths[device].Device {
			h.claims = append(h.claims, t.Claim)
		}
	}
	return h
}

func benchmarkPlace(b *testing.B, houses []house) {
	var placed, moved int
	for i := 0; b.Loop(); i++ {
		h := houses[i%len(houses)]
		p := booking.NewFleet(h.berths, h.taken).Place(h.claims...)
		placed += len(h.claims) - len(p.Unplaced)
		moved += len(p.Moves)
	}
	b.ReportMetric(float64(placed)/float64(b.N), "placed/op")
	b.ReportMetric(float64(moved)/float64(b.N), "moves/op")
}

// One of the twelve iPads of a ward with 300 visits is lost.
func BenchmarkPlaceAfterLoss(b *testing.B) {
	for _, spare := range []int{1, 2, 4, 8} {
		b.Run(fmt.Sprint("spare=", spare), func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 2))
			var houses []house
			for range 20 {
				houses = append(houses, bigWard(r, 12, 25, spare).lose(0))
			}
			benchmarkPlace(b, houses)
		})
	}
}

// A visit is booked in such a ward at a time when no iPad is free, though the
// ward has room.
func BenchmarkPlaceByMoving(b *testing.B) {
	for _, spare := range []int{1, 2, 4, 8} {
		b.Run(fmt.Sprint("spare=", spare), func(b *testing.B) {
			r := rand.New(rand.NewPCG(3, 4))
			var houses []house
			for len(houses) < 20 {
				h := bigWard(r, 12, 25, spare)
				f := booking.NewFleet(h.berths, h.taken)
				for from := range 80 {
					c := booking.Claim{Visit: "new", When: quarters(from, 4)}
					if _, free := f.Choose(c); !free && f.Fits(c) {
						h.claims = []booking.Claim{c}
						houses = append(houses, h)
						break
					}
				}
			}
			benchmarkPlace(b, houses)
		})
	}
}

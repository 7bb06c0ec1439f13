package booking_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wardvisit/wardvisit/booking"
)

// Each line has one thing more in it than the one before, and so does more harm.
func TestHarmGrows(t *testing.T) {
	soon, tonight := now.Add(30*time.Minute), now.Add(6*time.Hour)
	ladder := []struct {
		name string
		booking.Displaceable
	}{
		{"a form being filled in", booking.Displaceable{Held: true, Start: soon, People: 3, Interpreter: true}},
		{"tonight, with a time an hour later", booking.Displaceable{Start: tonight, People: 1, Alternative: time.Hour}},
		{"tonight, and no time until tomorrow", booking.Displaceable{Start: tonight, People: 1, Alternative: 24 * time.Hour}},
		{"three people tonight", booking.Displaceable{Start: tonight, People: 3, Alternative: 48 * time.Hour}},
		{"three people in half an hour", booking.Displaceable{Start: soon, People: 3, Alternative: 48 * time.Hour}},
		{"with an interpreter", booking.Displaceable{Start: soon, People: 3, Interpreter: true, Alternative: 48 * time.Hour}},
		{"and nothing else to offer", booking.Displaceable{Start: soon, People: 3, Interpreter: true, Nowhere: true}},
		{"who gave way before", booking.Displaceable{Start: tonight, People: 1, Alternative: time.Hour, Before: true}},
	}
	for i := 1; i < len(ladder); i++ {
		if less, more := ladder[i-1].Harm(now), ladder[i].Harm(now); less >= more {
			t.Errorf("%s (%d) is no worse than %s (%d)", ladder[i].name, more, ladder[i-1].name, less)
		}
	}
}

// There is one iPad's worth of room to make, of two iPads.
func TestLeastHarm(t *testing.T) {
	at := func(visit, device string, minutes, people int) booking.Displaceable {
		return booking.Displaceable{
			Visit: booking.VisitID(visit), Device: booking.DeviceID(device), Start: now.Add(time.Duration(minutes) * time.Minute),
			People: people, Alternative: time.Hour,
		}
	}
	long := at("long", "one", 30, 2)
	early, late := at("early", "two", 30, 1), at("late", "two", 50, 1)
	needs := func(visits ...booking.VisitID) func([]booking.VisitID) bool {
		return func(gone []booking.VisitID) bool {
			for _, v := range visits {
				if !slices.Contains(gone, v) {
					return false
				}
			}
			return true
		}
	}
	all := []booking.Displaceable{long, early, late}
	for _, tt := range []struct {
		name string
		room func([]booking.VisitID) bool
		want []booking.VisitID
	}{
		{"either iPad would do, and one visit is less than two", func(gone []booking.VisitID) bool { return needs("long")(gone) || needs("early", "late")(gone) }, []booking.VisitID{"long"}},
		{"only the second will do", needs("early", "late"), []booking.VisitID{"early", "late"}},
		{"the others can change places", func(gone []booking.VisitID) bool { return len(gone) > 0 }, []booking.VisitID{"late"}},
		{"nothing helps", func([]booking.VisitID) bool { return false }, nil},
	} {
		got, ok := booking.LeastHarm(all, now, tt.room)
		if !slices.Equal(got, tt.want) || ok != (tt.want != nil) {
			t.Errorf("%s: %v %v, want %v", tt.name, got, ok, tt.want)
		}
	}
	crowd := []booking.Displaceable{at("a", "one", 10, 1), at("b", "one", 40, 1), at("c", "one", 70, 1), at("d", "two", 10, 1)}
	if got, ok := booking.LeastHarm(crowd, now, needs("a", "b", "c")); !ok || len(got) != 3 {
		t.Errorf("all three of one iPad: %v %v", got, ok)
	}
}

// Nothing that was tried and makes room does less harm than what is chosen, and
// the order of the candidates does not matter.
func TestNoLesserHarm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 7).Draw(t, "visits")
		var all []booking.Displaceable
		for i := range n {
			all = append(all, booking.Displaceable{
				Visit: booking.VisitID(rune('a' + i)), Device: booking.DeviceID(rapid.SampledFrom([]string{"one", "two", "three"}).Draw(t, "device")),
				Start:  now.Add(time.Duration(rapid.IntRange(1, 600).Draw(t, "in")) * time.Minute),
				People: rapid.IntRange(1, 5).Draw(t, "people"), Interpreter: rapid.Bool().Draw(t, "interpreter"),
				Alternative: time.Duration(rapid.IntRange(0, 400).Draw(t, "alternative")) * time.Hour, Before: rapid.Bool().Draw(t, "before"),
			})
		}
		enough := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "would make room alone")
		room := func(gone []booking.VisitID) bool {
			for i, d := range all {
				if enough[i] && slices.Contains(gone, d.Visit) {
					return true
				}
			}
			return false
		}
		got, ok := booking.LeastHarm(all, now, room)
		best := -1
		for i, d := range all {
			if harm := d.Harm(now); enough[i] && (best < 0 || harm < best) {
				best = harm
			}
		}
		if ok != (best >= 0) {
			t.Fatalf("found %v of %v", ok, enough)
		}
		if !ok {
			return
		}
		if len(got) != 1 {
			t.Fatalf("%v make way where one would do", got)
		}
		shuffled := rapid.Permutation(all).Draw(t, "in another order")
		again, _ := booking.LeastHarm(shuffled, now, room)
		if !slices.Equal(got, again) {
			t.Fatalf("%v, and %v in another order", got, again)
		}
		for _, d := range all {
			if d.Visit == got[0] && d.Harm(now) != best {
				t.Fatalf("harm %d where %d would do", d.Harm(now), best)
			}
		}
	})
}

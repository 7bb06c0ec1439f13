package booking_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"pgregory.net/rapid"
)

// A house is a fleet as a test made it, so that the test can judge by its own
// rules, written as plainly as can be.
type house struct {
	berths []booking.Berth
	taken  []booking.Taking
	claims []booking.Claim
}

var fleetDay = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)

// quarters makes an interval of quarters of an hour after the day begins.
func quarters(from, length int) booking.Interval {
	i, err := booking.NewInterval(fleetDay.Add(time.Duration(from)*15*time.Minute), time.Duration(length)*15*time.Minute)
	if err != nil {
		panic(err)
	}
	return i
}

func (h house) berth(id booking.DeviceID) booking.Berth {
	return h.berths[slices.IndexFunc(h.berths, func(b booking.Berth) bool { return b.Device == id })]
}

// serves is the rule of zones, and of where a device is.
func (h house) serves(b booking.Berth, c booking.Claim) bool {
	walled := func(zone string) bool {
		return zone != "" && slices.ContainsFunc(h.berths, func(b booking.Berth) bool { return b.Dedicated && b.Zone == zone })
	}
	if b.Out || slices.ContainsFunc(b.Away, c.When.Overlaps) {
		return false
	}
	if walled(c.Zone) || b.Dedicated && b.Zone != "" {
		return b.Dedicated && b.Zone == c.Zone
	}
	return true
}

func (h house) claimed(v booking.VisitID) bool {
	return slices.ContainsFunc(h.claims, func(c booking.Claim) bool { return c.Visit == v })
}

// stays reports whether a taking is where it is for good.
func (h house) stays(t booking.Taking) bool { return t.Fixed || !h.serves(h.berth(t.Device), t.Claim) }

// rooted reports whether some claim stays where it is if it is not placed.
func (h house) rooted() bool {
	return slices.ContainsFunc(h.taken, func(t booking.Taking) bool { return h.claimed(t.Visit) && !h.berth(t.Device).Out })
}

// bruteForce tries everything: how few claims go without a device, and how few
// visits must move for that.
func (h house) bruteForce() (unplaced, moves int) {
	type spot struct {
		c    booking.Claim
		home booking.DeviceID
	}
	var spots []spot
	used := map[booking.DeviceID][]booking.Interval{}
	for _, c := range h.claims {
		spots = append(spots, spot{c: c})
	}
	for _, t := range h.taken {
		switch {
		case h.claimed(t.Visit):
		case h.stays(t):
			used[t.Device] = append(used[t.Device], t.When)
		default:
			spots = append(spots, spot{t.Claim, t.Device})
		}
	}
	best := [2]int{len(h.claims) + 1, 0}
	var try func(i int, cost [2]int)
	try = func(i int, cost [2]int) {
		if slices.Compare(cost[:], best[:]) >= 0 {
			return
		}
		if i == len(spots) {
			best = cost
			return
		}
		s := spots[i]
		for _, b := range h.berths {
			if !h.serves(b, s.c) || slices.ContainsFunc(used[b.Device], s.c.When.Overlaps) {
				continue
			}
			next := cost
			if s.home != "" && s.home != b.Device {
				next[1]++
			}
			used[b.Device] = append(used[b.Device], s.c.When)
			try(i+1, next)
			used[b.Device] = used[b.Device][:len(used[b.Device])-1]
		}
		if s.home == "" {
			try(i+1, [2]int{cost[0] + 1, cost[1]})
		}
	}
	try(0, [2]int{})
	return best[0], best[1]
}

// check says what is wrong with a placement, whatever its cost, and counts the
// visits that it moves.
func (h house) check(p booking.Placement) (moves int, err error) {
	where := map[booking.VisitID]booking.DeviceID{}
	what := map[booking.VisitID]booking.Claim{}
	for _, t := range h.taken {
		where[t.Visit], what[t.Visit] = t.Device, t.Claim
	}
	for _, c := range h.claims {
		what[c.Visit] = c
	}
	for _, m := range p.Moves {
		if where[m.Visit] != m.From {
			return 0, fmt.Errorf("%s is not on %s", m.Visit, m.From)
		}
		if !h.serves(h.berth(m.To), what[m.Visit]) {
			return 0, fmt.Errorf("%s is not for %s", m.To, m.Visit)
		}
		if m.From == m.To {
			return 0, fmt.Errorf("%s is moved to where it is", m.Visit)
		}
		if !h.claimed(m.Visit) {
			moves++
		}
		where[m.Visit] = m.To
	}
	for _, t := range h.taken {
		if h.stays(t) && !h.claimed(t.Visit) && where[t.Visit] != t.Device {
			return 0, fmt.Errorf("%s was to stay", t.Visit)
		}
	}
	for _, c := range h.claims {
		moved := slices.ContainsFunc(p.Moves, func(m booking.DeviceMove) bool { return m.Visit == c.Visit })
		if moved == slices.Contains(p.Unplaced, c.Visit) {
			return 0, fmt.Errorf("%s is on %q, and unplaced are %v", c.Visit, where[c.Visit], p.Unplaced)
		}
	}
	for v, d := range where {
		for w, e := range where {
			if v != w && d == e && d != "" && what[v].When.Overlaps(what[w].When) {
				return 0, fmt.Errorf("%s and %s overlap on %s", v, w, d)
			}
		}
	}
	return moves, nil
}

// drawHouse draws a small ward: zones, loans, devices out, visits that stay, and
// claims of new visits and of those whose device is no more for them.
func drawHouse(t *rapid.T) house {
	var h house
	zones := []string{"", "", "", "A", "B"}
	n := rapid.IntRange(1, 4).Draw(t, "devices")
	last := rapid.SampledFrom([]int{5, 14}).Draw(t, "last") // a short day is a crowded one
	if last == 5 {
		zones = zones[:3]
	}
	for i := range n {
		b := booking.Berth{Device: booking.DeviceID(rune('a' + i)), Zone: rapid.SampledFrom(zones).Draw(t, "zone of device")}
		b.Dedicated = b.Zone != "" && rapid.Bool().Draw(t, "dedicated")
		b.Out = rapid.IntRange(0, 5).Draw(t, "out") == 0
		for range rapid.IntRange(0, 2).Draw(t, "loans") {
			b.Away = append(b.Away, quarters(rapid.IntRange(-2, last).Draw(t, "away from"), rapid.IntRange(1, 8).Draw(t, "away for")))
		}
		h.berths = append(h.berths, b)
	}
	for i := range rapid.IntRange(0, 7).Draw(t, "visits") {
		v := booking.Taking{
			Claim: booking.Claim{
				Visit: booking.VisitID(fmt.Sprint("v", i)), Zone: rapid.SampledFrom(zones).Draw(t, "zone"),
				When: quarters(rapid.IntRange(0, last).Draw(t, "from"), rapid.IntRange(1, 6).Draw(t, "for")),
			},
			Device: h.berths[rapid.IntRange(0, n-1).Draw(t, "on")].Device,
			Fixed:  rapid.IntRange(0, 5).Draw(t, "fixed") == 0,
		}
		if slices.ContainsFunc(h.taken, func(u booking.Taking) bool { return u.Device == v.Device && u.When.Overlaps(v.When) }) {
			continue
		}
		h.taken = append(h.taken, v)
		if !v.Fixed && h.stays(v) && rapid.Bool().Draw(t, "to be placed again") {
			h.claims = append(h.claims, v.Claim)
		}
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "new") {
		h.claims = append(h.claims, booking.Claim{
			Visit: booking.VisitID(fmt.Sprint("n", i)), Zone: rapid.SampledFrom(zones).Draw(t, "zone"),
			When: quarters(rapid.IntRange(0, last).Draw(t, "from"), rapid.IntRange(1, 6).Draw(t, "for")),
		})
	}
	return h
}

// Whatever the ward, re-packing places as many as can be placed, moves as few as
// can be moved, and nothing that stays.
func TestPlaceAgainstBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHouse(t)
		placed := booking.NewFleet(h.berths, h.taken).Place(h.claims...)
		moves, err := h.check(placed)
		if err != nil {
			t.Fatalf("%v\n%+v\n%+v", err, h, placed)
		}
		unplaced, fewest := h.bruteForce()
		if unplaced > 0 && h.rooted() {
			// Which of them stay decides whose place is free: brute force does not know
			// of that, and is too hopeful.
			if len(placed.Unplaced) < unplaced {
				t.Fatalf("placed more than can be\n%+v\n%+v", h, placed)
			}
			return
		}
		if len(placed.Unplaced) != unplaced || moves != fewest {
			t.Fatalf("left %d and moved %d; left %d and moved %d would do\n%+v\n%+v", len(placed.Unplaced), moves, unplaced, fewest, h, placed)
		}
	})
}

// When there is no time to look for the fewest moves, just as many are placed.
func TestPlaceInAHurryPlacesAsMany(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHouse(t)
		if h.rooted() {
			return
		}
		placed := booking.NewFleet(h.berths, h.taken).PlaceHurried(h.claims...)
		for i, m := range placed.Moves {
			for _, u := range h.taken {
				if u.Visit == m.Visit {
					placed.Moves[i].From = u.Device
				}
			}
		}
		moves, err := h.check(placed)
		if err != nil {
			t.Fatalf("%v\n%+v\n%+v", err, h, placed)
		}
		if unplaced, fewest := h.bruteForce(); len(placed.Unplaced) != unplaced || moves < fewest {
			t.Fatalf("left %d and moved %d; left %d and moved %d would do\n%+v\n%+v", len(placed.Unplaced), moves, unplaced, fewest, h, placed)
		}
	})
}

// A device is cleared for a visit exactly when its other visits can go elsewhere.
func TestClearAgainstBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHouse(t)
		c := booking.Claim{Visit: "new", When: quarters(rapid.IntRange(0, 7).Draw(t, "from"), rapid.IntRange(1, 6).Draw(t, "for"))}
		device := rapid.SampledFrom(h.berths).Draw(t, "device").Device
		moves, ok := booking.NewFleet(h.berths, h.taken).Clear(c, device)
		h.claims = nil
		possible := h.serves(h.berth(device), c)
		for _, u := range h.taken {
			if u.Device == device && u.When.Overlaps(c.When) {
				possible = possible && !h.stays(u)
				h.claims = append(h.claims, u.Claim)
			}
		}
		h.taken = append(h.taken, booking.Taking{Claim: c, Device: device, Fixed: true})
		if unplaced, _ := h.bruteForce(); ok != (possible && unplaced == 0) {
			t.Fatalf("Clear(%s) = %v, possible %v, unplaced %d\n%+v", device, ok, possible, unplaced, h)
		}
		if !ok {
			return
		}
		if _, err := h.check(booking.Placement{Moves: moves}); err != nil {
			t.Fatalf("%v\n%+v\n%+v", err, h, moves)
		}
	})
}

// A slot is offered exactly when placing it would succeed, and a device is chosen
// without moving anything exactly when that can be.
func TestFitsAndChooseAgainstBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHouse(t)
		h.claims = []booking.Claim{{
			Visit: "new", Zone: rapid.SampledFrom([]string{"", "A", "B"}).Draw(t, "zone"),
			When: quarters(rapid.IntRange(0, 7).Draw(t, "from"), rapid.IntRange(1, 6).Draw(t, "for")),
		}}
		f := booking.NewFleet(h.berths, h.taken)
		unplaced, moves := h.bruteForce()
		if got := f.Fits(h.claims[0]); got != (unplaced == 0) {
			t.Fatalf("Fits = %v, unplaced %d\n%+v", got, unplaced, h)
		}
		device, ok := f.Choose(h.claims[0])
		if ok != (unplaced == 0 && moves == 0) {
			t.Fatalf("Choose = %v, unplaced %d, moves %d\n%+v", ok, unplaced, moves, h)
		}
		if ok {
			if _, err := h.check(booking.Placement{Moves: []booking.DeviceMove{{Visit: "new", To: device}}}); err != nil {
				t.Fatalf("%v\n%+v", err, h)
			}
		}
		for _, b := range h.berths { // by hand, exactly those that brute force would try
			free := h.serves(b, h.claims[0]) && !slices.ContainsFunc(h.taken, func(u booking.Taking) bool {
				return u.Device == b.Device && u.When.Overlaps(h.claims[0].When)
			})
			if got := f.Suits(h.claims[0], b.Device); (got == nil) != free {
				t.Fatalf("Suits(%s) = %v, free %v\n%+v", b.Device, got, free, h)
			}
		}
	})
}

// drawWard draws a ward of the size of real ones, as full as drawn.
func drawWard(t *rapid.T, loans bool) house {
	var h house
	n := rapid.IntRange(3, 12).Draw(t, "devices")
	for i := range n {
		b := booking.Berth{Device: booking.DeviceID(rune('a' + i))}
		if loans && rapid.IntRange(0, 3).Draw(t, "lent") == 0 {
			b.Away = append(b.Away, quarters(rapid.IntRange(0, 30).Draw(t, "away from"), rapid.IntRange(1, 12).Draw(t, "away for")))
		}
		h.berths = append(h.berths, b)
		for from := rapid.IntRange(0, 4).Draw(t, "first"); from < 40; {
			length := rapid.IntRange(2, 5).Draw(t, "length")
			v := booking.Taking{Claim: booking.Claim{Visit: booking.VisitID(fmt.Sprint(b.Device, from)), When: quarters(from, length)}, Device: b.Device}
			if h.serves(b, v.Claim) {
				h.taken = append(h.taken, v)
			}
			from += length + rapid.IntRange(0, 2).Draw(t, "gap")
		}
	}
	for i := range rapid.IntRange(1, 3).Draw(t, "claims") {
		h.claims = append(h.claims, booking.Claim{Visit: booking.VisitID(fmt.Sprint("new", i)), When: quarters(rapid.IntRange(0, 36).Draw(t, "from"), rapid.IntRange(2, 5).Draw(t, "for"))})
	}
	return h
}

// In a ward whose devices are alike, as many claims are placed as leave no instant
// with more visits than devices, however full it is.
func TestPlaceFillsAWard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawWard(t, false)
		placed := booking.NewFleet(h.berths, h.taken).Place(h.claims...)
		if _, err := h.check(placed); err != nil {
			t.Fatalf("%v\n%+v\n%+v", err, h, placed)
		}
		most := 0
		for set := range 1 << len(h.claims) {
			all := slices.Clone(h.taken)
			placed := 0
			for i, c := range h.claims {
				if set&(1<<i) != 0 {
					all = append(all, booking.Taking{Claim: c})
					placed++
				}
			}
			if deepest(all) <= len(h.berths) {
				most = max(most, placed)
			}
		}
		if got := len(h.claims) - len(placed.Unplaced); got != most {
			t.Fatalf("placed %d of %d, %d can be\n%+v", got, len(h.claims), most, h)
		}
	})
}

func deepest(all []booking.Taking) (depth int) {
	for _, t := range all {
		on := 0
		for _, u := range all {
			if u.When.Contains(t.When.Start()) {
				on++
			}
		}
		depth = max(depth, on)
	}
	return depth
}

// With loans, a placement is sound whatever it took to find.
func TestPlaceIsSoundAmongLoans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawWard(t, true)
		placed := booking.NewFleet(h.berths, h.taken).Place(h.claims...)
		if _, err := h.check(placed); err != nil {
			t.Fatalf("%v\n%+v\n%+v", err, h, placed)
		}
	})
}

// The same ward is packed the same way whatever order it is told in.
func TestPlaceCanBeRepeated(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHouse(t)
		first := booking.NewFleet(h.berths, h.taken).Place(h.claims...)
		berths := rapid.Permutation(h.berths).Draw(t, "berths")
		taken := rapid.Permutation(h.taken).Draw(t, "taken")
		claims := rapid.Permutation(h.claims).Draw(t, "claims")
		again := booking.NewFleet(berths, taken).Place(claims...)
		if !slices.Equal(first.Moves, again.Moves) || !slices.Equal(first.Unplaced, again.Unplaced) {
			t.Fatalf("%+v and %+v", first, again)
		}
	})
}

func TestPlaceMakesRoom(t *testing.T) {
	visit := func(id, device string, from, length int) booking.Taking {
		return booking.Taking{Claim: booking.Claim{Visit: booking.VisitID(id), When: quarters(from, length)}, Device: booking.DeviceID(device)}
	}
	fixed := func(v booking.Taking) booking.Taking { v.Fixed = true; return v }
	two := []booking.Berth{{Device: "a"}, {Device: "b"}}
	lent := func(device string, from, length int) booking.Berth {
		return booking.Berth{Device: booking.DeviceID(device), Away: []booking.Interval{quarters(from, length)}}
	}
	claims := []booking.Claim{{Visit: "new", When: quarters(0, 4)}}
	for _, tt := range []struct {
		name   string
		berths []booking.Berth
		taken  []booking.Taking
		want   string
	}{
		{"nothing in the way", two, nil, "new:→a"},
		{"one is moved to free a whole gap", two, []booking.Taking{visit("u", "a", 0, 2), visit("v", "b", 2, 2)}, "new:→b v:b→a"},
		{"not one that stays", two, []booking.Taking{fixed(visit("u", "a", 0, 2)), visit("v", "b", 2, 2)}, "new:→b v:b→a"},
		{"both stay", two, []booking.Taking{fixed(visit("u", "a", 0, 2)), fixed(visit("v", "b", 2, 2))}, "-new"},
		{"full at one instant", two, []booking.Taking{visit("u", "a", 0, 3), visit("v", "b", 2, 2)}, "-new"},
		{"the other ward has it", []booking.Berth{lent("a", 1, 1), {Device: "b"}}, []booking.Taking{visit("v", "b", 2, 2)}, "new:→b v:b→a"},
		{"and needs it back too soon", []booking.Berth{lent("a", 3, 1), {Device: "b"}}, []booking.Taking{visit("v", "b", 2, 2)}, "-new"},
		{"always one in the ward, but never the same", []booking.Berth{lent("a", 2, 9), lent("b", -9, 11)}, nil, "-new"},
		{"nothing is put on what is out", []booking.Berth{{Device: "a", Out: true}, {Device: "b"}}, []booking.Taking{visit("v", "b", 2, 2)}, "-new"},
		{"not across the wall of a zone", []booking.Berth{{Device: "a", Zone: "Bay 1", Dedicated: true}, {Device: "b"}}, []booking.Taking{visit("v", "b", 2, 2)}, "-new"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := booking.NewFleet(tt.berths, tt.taken)
			if got := words(f.Place(claims...)); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			if got := f.Fits(claims[0]); got == strings.Contains(tt.want, "-new") {
				t.Errorf("Fits = %v", got)
			}
		})
	}
}

// One claim that can't be placed takes none with it that can.
func TestPlaceGivesUpNoMoreThanItMust(t *testing.T) {
	away := func(from, length int) []booking.Interval { return []booking.Interval{quarters(from, length)} }
	f := booking.NewFleet([]booking.Berth{{Device: "a", Away: away(2, 9)}, {Device: "b", Away: away(-9, 11)}, {Device: "c", Away: away(3, 9)}}, nil)
	got := words(f.Place(booking.Claim{Visit: "across", When: quarters(0, 4)}, booking.Claim{Visit: "before", When: quarters(0, 1)}))
	if want := "-across before:→a"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// A goodbye is placed first, even where two other visits would fit instead.
func TestPlaceServesTheUrgentFirst(t *testing.T) {
	f := booking.NewFleet([]booking.Berth{{Device: "a"}}, nil)
	got := words(f.Place(
		booking.Claim{Visit: "u", When: quarters(0, 2)}, booking.Claim{Visit: "v", When: quarters(2, 2)},
		booking.Claim{Visit: "goodbye", When: quarters(1, 2), Urgent: true}))
	if want := "-u -v goodbye:→a"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// However many are urgent, a placement is sound, and as many of them are placed as
// if there were no others.
func TestPlaceOfUrgentClaims(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHouse(t)
		if h.rooted() {
			return
		}
		alone := h
		alone.claims = nil
		for i := range h.claims {
			if h.claims[i].Urgent = rapid.Bool().Draw(t, "urgent"); h.claims[i].Urgent {
				alone.claims = append(alone.claims, h.claims[i])
			}
		}
		placed := booking.NewFleet(h.berths, h.taken).Place(h.claims...)
		if _, err := h.check(placed); err != nil {
			t.Fatalf("%v\n%+v\n%+v", err, h, placed)
		}
		left := 0
		for _, c := range alone.claims {
			if slices.Contains(placed.Unplaced, c.Visit) {
				left++
			}
		}
		if unplaced, _ := alone.bruteForce(); left != unplaced {
			t.Fatalf("left %d urgent ones, %d would do\n%+v\n%+v", left, unplaced, h, placed)
		}
	})
}

// Two visits change places when each can have only what the other has.
func TestPlaceLetsTwoChangePlaces(t *testing.T) {
	f := booking.NewFleet([]booking.Berth{{Device: "a", Zone: "Bay 1", Dedicated: true}, {Device: "b"}}, []booking.Taking{
		{Claim: booking.Claim{Visit: "in", Zone: "Bay 1", When: quarters(0, 4)}, Device: "b"},
		{Claim: booking.Claim{Visit: "out", Zone: "Bay 2", When: quarters(1, 4)}, Device: "a"},
	})
	claims := f.Misplaced()
	if got := words(f.Place(claims...)); len(claims) != 2 || got != "in:b→a out:a→b" {
		t.Errorf("%v: %s", claims, got)
	}
}

func words(p booking.Placement) string {
	var w []string
	for _, m := range p.Moves {
		w = append(w, fmt.Sprintf("%s:%s→%s", m.Visit, m.From, m.To))
	}
	for _, v := range p.Unplaced {
		w = append(w, "-"+string(v))
	}
	slices.SortFunc(w, cmp.Compare[string])
	return fmt.Sprint(w)[1 : len(fmt.Sprint(w))-1]
}

package booking

import "slices"

// fewestSteps bounds the search for fewest moves in all knots of one placement
// together: a millisecond or two. It is counted in steps, not in time, so
// that the same question always has the same answer.
const fewestSteps = 30_000

// A chase looks for a way with at most some number of moves. It puts a claim on
// a lane and drives out the visits at home there then, puts each of those on
// another lane, and so on until nobody is without one.
//
// It misses none: take a way with the fewest moves, and put the claims where it
// puts them. Whoever is then driven out has moved in it too, and can be put
// where it puts them, and so on. If that left out a visit that it moves, that
// visit could as well stay, and the way would not be one with the fewest.
type chase struct {
	*knot
	home    []int   // the lane each item has to begin with; nowhere is a claim
	kept    [][]int // of each lane, the items at home on it, by start
	first   []int16 // of each item and lane, where in kept those begin that it overlaps; see firstOf
	at      []int   // the lane of each item; nowhere while it waits, given when given up
	settled [][]int // of each lane, who was put on it
	waiting []int   // claims and those driven out
	less    int     // claims that may be given up
	steps   *int    // each looks at one lane for one item
}

// newChase begins with every item where home says, and the claims waiting that
// are asked for.
func (k *knot) newChase(home []int, claims []int, less int, steps *int) *chase {
	return &chase{
		knot: k, home: home, kept: k.keptOn(home), first: make([]int16, len(k.items)*len(k.lanes)),
		at: slices.Clone(home), settled: make([][]int, len(k.lanes)), waiting: claims, less: less, steps: steps,
	}
}

// fewest replaces the way found by one with fewer moves, if there is one and it
// can be found in time: first one with none, then one with one, and so on.
func (k *knot) fewest(steps *int) {
	var claims, home []int
	less := 0
	for i, it := range k.items {
		home = append(home, it.home)
		if it.home == nowhere {
			claims = append(claims, i)
			if k.place[i] == given {
				less++
			}
		}
	}
	c := k.newChase(home, claims, less, steps)
	for moves := 0; moves < k.moves && *steps > 0; moves++ {
		if c.seatAll(moves) {
			copy(k.place, c.at)
			k.moves = moves
		}
	}
}

// oneByOne looks for a way with fewer moves by placing one claim after another,
// each with as few moves as it needs. Of many claims that is not the fewest
// together, but it is near, and soon found.
func (k *knot) oneByOne(steps *int) {
	if k.moves == 0 {
		return
	}
	way := make([]int, len(k.items))
	var claims []int
	for i, it := range k.items {
		way[i] = it.home
		switch {
		case k.place[i] == given:
			way[i] = given
		case it.home == nowhere:
			claims = append(claims, i)
		}
	}
	for n, i := range claims {
		share := *steps / (len(claims) - n + 1) // one share is left for fewest
		*steps -= share
		c := k.newChase(way, []int{i}, 0, &share)
		for moves := 0; !c.seatAll(moves); moves++ {
			if share <= 0 {
				return
			}
		}
		way = c.at
		*steps += share
	}
	if moves := k.countMoves(way); moves < k.moves {
		copy(k.place, way)
		k.moves = moves
		k.untangle()
	}
}

// seatAll finds a lane for all that wait, with at most so many moves more. If
// there is no such way, c is as it was.
func (c *chase) seatAll(moves int) bool {
	if len(c.waiting) == 0 {
		return true
	}
	next := c.hardest(moves)
	if *c.steps <= 0 {
		return false
	}
	waiting := c.waiting
	i := waiting[next]
	rest := slices.Delete(slices.Clone(waiting), next, next+1)
	for _, s := range c.seats(i, moves) {
		c.waiting = append(slices.Clip(rest), s.out...)
		for _, j := range s.out {
			c.at[j] = nowhere
		}
		c.at[i] = s.lane
		c.settled[s.lane] = append(c.settled[s.lane], i)
		if c.seatAll(moves - len(s.out)) {
			return true
		}
		c.settled[s.lane] = c.settled[s.lane][:len(c.settled[s.lane])-1]
		for _, j := range s.out {
			c.at[j] = c.home[j]
		}
	}
	if c.home[i] == nowhere && c.less > 0 {
		c.less--
		c.at[i], c.waiting = given, rest
		if c.seatAll(moves) {
			return true
		}
		c.less++
	}
	c.at[i], c.waiting = nowhere, waiting
	return false
}

// hardest picks of those that wait the one with the fewest seats, claims that can
// be given up last.
func (c *chase) hardest(moves int) (next int) {
	fewest := -1
	for n, i := range c.waiting {
		seats := 0
		for l := range c.lanes {
			if _, ok := c.drivesOut(i, l, moves); ok {
				seats++
			}
		}
		if c.home[i] == nowhere && c.less > 0 {
			seats++
		}
		if fewest < 0 || seats < fewest {
			next, fewest = n, seats
		}
		if fewest == 0 {
			break
		}
	}
	*c.steps -= len(c.waiting) * len(c.lanes)
	return next
}

// A seat is a lane that an item could have, and whom it would drive out.
type seat struct {
	lane, cost int
	out        []int
}

// seats are the lanes that an item could have by driving out at most so many, the
// fewest first.
func (c *chase) seats(i, moves int) []seat {
	seats := make([]seat, 0, len(c.lanes))
	for l := range c.lanes {
		n, ok := c.drivesOut(i, l, moves)
		if !ok {
			continue
		}
		s := seat{lane: l, cost: 4*n + c.lanes[l].farFrom(c.items[i].zone)}
		if n > 0 {
			s.out = c.drivenOut(i, l)
		}
		at := len(seats)
		for at > 0 && seats[at-1].cost > s.cost {
			at--
		}
		seats = slices.Insert(seats, at, s)
	}
	return seats
}

// firstOf is where in kept of a lane those begin that item i could drive out; not
// ok if the lane is its own, or shut to it.
func (c *chase) firstOf(i, l int) (first int, ok bool) {
	const shut = -1 // 0 is not yet known
	known := &c.first[i*len(c.lanes)+l]
	if *known == 0 {
		*known = shut
		if want := c.items[i].span; l != c.home[i] && !anySpan(c.lanes[l].shut, want) {
			first, _ := slices.BinarySearchFunc(c.kept[l], want.from, func(j int, t int32) int {
				if c.items[j].to > t {
					return 1
				}
				return -1
			})
			*known = int16(first + 1)
		}
	}
	return int(*known) - 1, *known != shut
}

// drivesOut counts the items still at home on a lane that item i drives out; not
// ok if they are more than most, or somebody was put there who stays.
func (c *chase) drivesOut(i, l, most int) (n int, ok bool) {
	first, ok := c.firstOf(i, l)
	if !ok {
		return 0, false
	}
	want := c.items[i].span
	for _, j := range c.settled[l] {
		if c.items[j].overlaps(want) {
			return 0, false
		}
	}
	for _, j := range c.kept[l][first:] {
		if c.items[j].from >= want.to {
			break
		}
		if c.at[j] == l {
			if n++; n > most {
				return 0, false
			}
		}
	}
	return n, true
}

func (c *chase) drivenOut(i, l int) (out []int) {
	first, _ := c.firstOf(i, l)
	for _, j := range c.kept[l][first:] {
		if c.items[j].from >= c.items[i].to {
			break
		}
		if c.at[j] == l {
			out = append(out, j)
		}
	}
	return out
}

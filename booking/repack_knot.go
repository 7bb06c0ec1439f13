package booking

import (
	"math"
	"slices"
)

// depthAllows reports whether at every instant of want some lane is free.
func (p *pool) depthAllows(want span) bool {
	for at := want.from; at < want.to; {
		idle, next := false, int32(math.MaxInt32) // nothing changes before next
		for i := range p.lanes {
			busy := p.lanes[i].busy
			switch j := firstAfter(busy, at); {
			case j == len(busy):
				return true // free from here on
			case busy[j].from > at:
				idle, next = true, min(next, busy[j].from)
			default:
				next = min(next, busy[j].to)
			}
		}
		if !idle {
			return false
		}
		at = next
	}
	return true
}

// Where an item of a knot is when it is on no lane.
const (
	nowhere = -1 // not yet decided
	given   = -2 // a claim that is given up
)

// A knot is visits that hang together by overlapping one another, claims among
// them: the part of a pool that can change when these claims are placed.
type knot struct {
	lanes []lane
	items []item // by start
	at    span   // from the first start to the last end
	place []int  // the lane of each item in the best way found so far
	moves int    // of visits, in that way
}

// knots returns those of p that have claims in them.
func (p *pool) knots(claims []Claim) []*knot {
	if len(claims) == 0 {
		return nil
	}
	isClaim := make(map[VisitID]bool, len(claims))
	items := make([]item, 0, len(p.items)+len(claims))
	for _, c := range claims {
		isClaim[c.Visit] = true
		items = append(items, item{spanOf(c.When), c.Visit, c.Zone, nowhere})
	}
	for _, it := range p.items {
		if !isClaim[it.visit] {
			items = append(items, it)
		}
	}
	sortItems(items)
	var knots []*knot
	for from := 0; from < len(items); {
		end, to, asked := items[from].to, from, false
		for to < len(items) && items[to].from < end {
			end, asked = max(end, items[to].to), asked || items[to].home == nowhere
			to++
		}
		if asked {
			knots = append(knots, newKnot(p, items[from:to], span{items[from].from, end}))
		}
		from = to
	}
	return knots
}

func newKnot(p *pool, items []item, at span) *knot {
	k := &knot{items: items, at: at, place: make([]int, len(items))}
	for _, l := range p.lanes {
		first := firstAfter(l.shut, at.from)
		last := first
		for last < len(l.shut) && l.shut[last].from < at.to {
			last++
		}
		l.shut = l.shut[first:last]
		k.lanes = append(k.lanes, l)
	}
	for i, it := range items {
		k.place[i] = it.home
	}
	return k
}

// keptOn is, of each lane, the items that home has there, by start.
func (k *knot) keptOn(home []int) [][]int {
	kept := make([][]int, len(k.lanes))
	for i, l := range home {
		if l >= 0 {
			kept[l] = append(kept[l], i)
		}
	}
	return kept
}

// differ reports whether lanes are shut later than the knot begins, so that it
// matters which of the free ones a visit takes.
func (k *knot) differ() bool {
	for _, l := range k.lanes {
		if n := len(l.shut); n > 0 && l.shut[n-1].from > k.at.from {
			return true
		}
	}
	return false
}

// solve decides where everything goes.
func (k *knot) solve(steps *int) {
	if i := slices.Index(k.place, nowhere); !slices.Contains(k.place[i+1:], nowhere) {
		it := k.items[i]
		if k.place[i] = bestFit(k.lanes, it.zone, it.span); k.place[i] != nowhere {
			return
		}
	}
	k.keep()
	k.untangle()
	k.oneByOne(steps)
	k.fewest(steps)
}

func (k *knot) countMoves(place []int) (n int) {
	for i, it := range k.items {
		if it.home >= 0 && place[i] != it.home {
			n++
		}
	}
	return n
}

func (k *knot) report(out *Placement) {
	for i, it := range k.items {
		switch at := k.place[i]; {
		case at < 0:
			out.Unplaced = append(out.Unplaced, it.visit)
		case it.home < 0:
			out.Moves = append(out.Moves, DeviceMove{Visit: it.visit, To: k.lanes[at].device})
		case at != it.home:
			out.Moves = append(out.Moves, DeviceMove{it.visit, k.lanes[it.home].device, k.lanes[at].device})
		}
	}
}

// untangle returns visits to where they were, as long as that needs no other
// visit to move more: what a lane and another have is exchanged for as long as
// it hangs together.
func (k *knot) untangle() {
	for again := true; again; {
		again = false
		for i, it := range k.items {
			if it.home < 0 || k.place[i] == it.home {
				continue
			}
			chain, gain := k.chain(i, it.home)
			if gain <= 0 {
				continue
			}
			here, there := k.place[i], it.home
			for _, j := range chain {
				k.place[j] = here + there - k.place[j]
			}
			again = true
		}
	}
	k.moves = k.countMoves(k.place)
}

// chain follows what must change lanes between that of item i and another if i
// does, and how many visits more are at home afterwards. It is worth nothing if
// a lane is shut to one of them.
func (k *knot) chain(i, other int) (chain []int, gain int) {
	here := k.place[i]
	in := make([]bool, len(k.items))
	chain, in[i] = append(chain, i), true
	for n := 0; n < len(chain); n++ {
		j := chain[n]
		to := here + other - k.place[j]
		if anySpan(k.lanes[to].shut, k.items[j].span) {
			return nil, 0
		}
		switch k.items[j].home {
		case nowhere:
		case to:
			gain++
		case k.place[j]:
			gain--
		}
		for m, it := range k.items {
			if it.from >= k.items[j].to {
				break
			}
			if !in[m] && k.place[m] == to && it.overlaps(k.items[j].span) {
				chain, in[m] = append(chain, m), true
			}
		}
	}
	return chain, gain
}

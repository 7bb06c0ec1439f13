package sfu

import (
	"cmp"
	"slices"
)

const (
	// soundReserve is kept for sound, in bit/s, even while nobody speaks: of what
	// is left pictures may be sent.
	soundReserve = 40_000
	// raiseMargin is how much more than it costs there must be for a picture to be
	// raised, in parts of 100, lest it flap.
	raiseMargin = 115
	// held is the rank of a picture that is not sent.
	held = -1
)

// usualRates are what layers are taken to cost until it has been measured, in
// bit/s, by rank.
var usualRates = [layers]int{150_000, 500_000, 1_500_000}

// usualRate is what a picture without layers is taken to cost, likewise.
const usualRate = 500_000

// A claim is what one slot would have.
type claim struct {
	want    Want
	layers  [layers]fed
	layered bool
	now     int // the rank that flows or is to, or held
	most    int // the rank above which it may not go, for now
}

// cost returns what a layer costs, in bit/s.
func (c *claim) cost(rank int) int {
	if rank == held {
		return 0
	}
	if rate := c.layers[rank].rate; rate > 0 {
		return rate
	}
	if !c.layered {
		return usualRate
	}
	return usualRates[rank]
}

// best returns the rank of the smallest layer that is as high as is wanted, or of
// the highest there is; held, if it is not to be seen or nothing comes.
func (c *claim) best() int {
	best := held
	for rank, l := range c.layers {
		if c.want.Height == 0 || !l.alive {
			continue
		}
		best = rank
		if l.height >= c.want.Height {
			break
		}
	}
	return best
}

// above returns the next live layer above a rank, or that rank.
func (c *claim) above(rank int) int {
	for next := rank + 1; next < layers; next++ {
		if c.layers[next].alive {
			return next
		}
	}
	return rank
}

// allot decides which layer each slot gets of what there is for pictures, in
// bit/s: first whoever has priority gets as much as they have use for, then
// everybody the lowest layer, then each one more in turn while there is enough.
// It returns a rank for each claim.
//
// A layer that is above what a slot has now must fit with a margin.
func allot(budget int, claims []claim) []int {
	ranks := make([]int, len(claims))
	order := make([]int, len(claims))
	for i := range claims {
		ranks[i], order[i] = held, i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(
			cmp.Compare(claims[b].want.Priority, claims[a].want.Priority),
			cmp.Compare(claims[b].want.Height, claims[a].want.Height))
	})
	raise := func(i int) bool {
		c := &claims[i]
		next := c.above(ranks[i])
		if next == ranks[i] || next > min(c.best(), c.most) {
			return false
		}
		more := c.cost(next) - c.cost(ranks[i])
		needed := more
		if next > c.now {
			needed = max(more, more*raiseMargin/100)
		}
		if needed > budget {
			return false
		}
		ranks[i], budget = next, budget-more
		return true
	}
	for _, i := range order {
		for claims[i].want.Priority > 0 && raise(i) {
		}
	}
	for raised := true; raised; {
		raised = false
		for _, i := range order {
			raised = raise(i) || raised
		}
	}
	return ranks
}

// ideal is what each slot would get if there were enough for all.
func ideal(claims []claim) []int {
	ranks := make([]int, len(claims))
	for i := range claims {
		ranks[i] = claims[i].best()
	}
	return ranks
}

// total returns what slots cost, in bit/s.
func total(claims []claim, ranks []int) (sum int) {
	for i := range claims {
		sum += claims[i].cost(ranks[i])
	}
	return sum
}

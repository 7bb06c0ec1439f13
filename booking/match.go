package booking

import (
	"cmp"
	"slices"
	"time"
)

// This file decides who interprets at which visit. Visits that want somebody at
// the same time compete, and giving each the best who is left, one after the
// other, can leave the last with nobody although there was enough for all.
//
// Visits that all meet each other are an assignment problem, solved exactly by
// Assign. Visits that meet in a chain (the first the second, the second the
// third) are fixed-interval scheduling on machines that cannot all do every job,
// which is NP-hard (Arkin and Silverberg, "Scheduling jobs with fixed start and
// end times", Discrete Applied Mathematics 18, 1987; Kovalyov, Ng and Cheng,
// European Journal of Operational Research 178, 2007). A hospital's afternoon in
// one language is small, so it is solved exactly too, by sweep; only what is too
// large for that is matched in rounds.

// A Wanting is a visit that wants an interpreter, with what decides whom.
type Wanting struct {
	Visit  VisitID
	Tongue Tongue
	When   Interval
	Least  Level                  // that will do
	First  bool                   // served before others when there are too few: a goodbye
	Never  map[InterpreterID]bool // who said no, or whom the family would rather not see again
	Lapsed map[InterpreterID]int  // offers of this visit that each did not answer
	Knows  map[InterpreterID]bool // who interpreted for this patient before
}

// A Candidate is an interpreter with when they are taken by other visits, a week
// around those to be matched.
type Candidate struct {
	Interpreter
	Taken []Interval
}

// Can reports whether c could interpret at w: in its tongue and at its level, in
// c's hours, not in time off, and with c's rest to every other visit.
func (c Candidate) Can(w Wanting) bool { return c.ObstacleTo(w) == NoObstacle }

// A Cost is how far a choice is from the best there could be. Costs are compared
// field by field, like words by letters: no number of familiar faces makes up for
// one visit without an interpreter.
type Cost [costs]int

// The fields of a Cost, the weightiest first.
const (
	unmatched = iota // visits that nobody interprets
	neglected        // of these, those that should have been served first
	unlikely         // offers that whoever is asked left without an answer
	learning         // trainees, where somebody qualified would do
	strange          // who has not interpreted for this patient before
	dayLoad          // what they have to do that day already
	weekLoad         // and in the seven days around it
	spare            // registered, where a visit that needs that may yet come
	costs
)

func (c Cost) plus(d Cost) Cost {
	for i := range c {
		c[i] += d[i]
	}
	return c
}

func (c Cost) minus(d Cost) Cost {
	for i := range c {
		c[i] -= d[i]
	}
	return c
}

// Compare orders costs: negative when c is less than d.
func (c Cost) Compare(d Cost) int { return slices.Compare(c[:], d[:]) }

// CostOf is the cost of c interpreting at w.
func CostOf(w Wanting, c Candidate) Cost {
	level := c.LevelIn(w.Tongue)
	cost := Cost{
		unlikely: w.Lapsed[c.ID], learning: one(level == Trainee), strange: one(!w.Knows[c.ID]),
		spare: one(level == Registered && w.Least != Registered),
	}
	day, week := DateOf(w.When.Start(), c.Zone), 7*24*time.Hour/2
	for _, t := range c.Taken {
		cost[dayLoad] += one(DateOf(t.Start(), c.Zone) == day)
		cost[weekLoad] += one(t.Start().Sub(w.When.Start()).Abs() <= week)
	}
	return cost
}

// CostOfNobody is the cost of leaving w without an interpreter.
func CostOfNobody(w Wanting) Cost { return Cost{unmatched: 1, neglected: one(w.First)} }

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// Match chooses interpreters for visits: for as many visits as possible, those
// to be served first before others, and then at the least cost. A visit that
// nobody can take is not in what it returns. The same question has the same
// answer, whatever the order it is asked in.
//
// What an interpreter has to do counts as it is before visits that meet are
// matched together, since their order of merit cannot depend on itself.
func Match(wants []Wanting, who []Candidate) map[VisitID]InterpreterID {
	m := matcher{who: slices.Clone(who), chosen: map[VisitID]InterpreterID{}}
	for i := range m.who {
		m.who[i].Taken = slices.Clone(m.who[i].Taken)
	}
	slices.SortFunc(m.who, func(a, b Candidate) int { return cmp.Compare(a.ID, b.ID) })
	wants = slices.Clone(wants)
	slices.SortFunc(wants, func(a, b Wanting) int {
		return cmp.Or(a.When.Start().Compare(b.When.Start()), cmp.Compare(a.Visit, b.Visit))
	})
	for len(wants) > 0 {
		n := m.together(wants)
		m.match(wants[:n])
		wants = wants[n:]
	}
	return m.chosen
}

// A matcher holds what has been chosen so far.
type matcher struct {
	who    []Candidate
	chosen map[VisitID]InterpreterID
}

// together returns how many of wants, from the first, can stand in each other's
// way, directly or through others.
func (m *matcher) together(wants []Wanting) int {
	rest := m.rest()
	end := wants[0].When.End()
	for n, w := range wants {
		if !w.When.Start().Before(end.Add(rest)) {
			return n
		}
		if w.When.End().After(end) {
			end = w.When.End()
		}
	}
	return len(wants)
}

// rest is the longest that any of them rests.
func (m *matcher) rest() (longest time.Duration) {
	for _, c := range m.who {
		longest = max(longest, c.Rest)
	}
	return longest
}

// match chooses for visits that stand in each other's way.
func (m *matcher) match(wants []Wanting) {
	if meet(wants) == len(wants) {
		m.assign(wants)
		return
	}
	if chosen, ok := m.sweep(wants); ok {
		for i, c := range chosen {
			m.choose(wants[i], c)
		}
		return
	}
	for len(wants) > 0 {
		n := meet(wants)
		m.assign(wants[:n])
		wants = wants[n:]
	}
}

// meet returns how many of wants, from the first, all overlap each other.
func meet(wants []Wanting) int {
	first := wants[0].When.End() // to be over
	for n, w := range wants {
		if !w.When.Start().Before(first) {
			return n
		}
		if w.When.End().Before(first) {
			first = w.When.End()
		}
	}
	return len(wants)
}

// nobody is the candidate of a visit that nobody interprets.
const nobody = -1

// choose gives w to candidate c.
func (m *matcher) choose(w Wanting, c int) {
	if c != nobody {
		m.who[c].Taken = append(m.who[c].Taken, w.When)
		m.chosen[w.Visit] = m.who[c].ID
	}
}

// assign chooses for visits that all overlap, so that nobody can take two.
func (m *matcher) assign(wants []Wanting) {
	costs := make([][]*Cost, len(wants))
	for i, w := range wants {
		costs[i] = make([]*Cost, len(m.who)+len(wants))
		for j, c := range m.who {
			if c.Can(w) {
				costs[i][j] = new(CostOf(w, c))
			}
		}
		costs[i][len(m.who)+i] = new(CostOfNobody(w)) // a place that only this visit can take
	}
	for i, j := range Assign(costs) {
		if j >= len(m.who) {
			j = nobody
		}
		m.choose(wants[i], j)
	}
}

// mostStates bounds how many ways to go on sweep keeps in mind: ten interpreters
// and three visits at a time take about a thousand.
const mostStates = 4096

// A pick is who interprets at one visit, and what was picked before.
type pick struct {
	who    int
	before *pick
	cost   Cost
}

// sweep chooses for visits in order of time, with every way to have chosen for
// those that can still stand in the way. It reports false when there are too many
// ways.
func (m *matcher) sweep(wants []Wanting) ([]int, bool) {
	rest := m.rest()
	ways := map[string]*pick{"": {who: nobody}}
	var near []int // the visits that a way is told apart by, in order
	for i, w := range wants {
		near = slices.DeleteFunc(near, func(n int) bool { return !w.When.Start().Before(wants[n].When.End().Add(rest)) })
		near = append(near, i)
		next := map[string]*pick{}
		for _, way := range ways {
			m.goOn(wants[near[0]:i+1], way, func(p *pick) {
				key := p.key(near, i)
				if kept, ok := next[key]; !ok || p.better(kept) {
					next[key] = p
				}
			})
		}
		if len(next) > mostStates {
			return nil, false
		}
		ways = next
	}
	var best *pick
	for _, way := range ways {
		if best == nil || way.better(best) {
			best = way
		}
	}
	chosen := make([]int, len(wants))
	for i := len(wants) - 1; i >= 0; i, best = i-1, best.before {
		chosen[i] = best.who
	}
	return chosen, true
}

// goOn gives every way to choose for the last of wants after a way to have chosen
// for those before it, of which the first are too long ago to matter.
func (m *matcher) goOn(wants []Wanting, way *pick, with func(*pick)) {
	last := len(wants) - 1
	w := wants[last]
	with(&pick{nobody, way, way.cost.plus(CostOfNobody(w))})
	for c, candidate := range m.who {
		if !candidate.Can(w) {
			continue
		}
		free := true
		for n, p := last-1, way; n >= 0 && free; n, p = n-1, p.before {
			free = p.who != c || !wants[n].When.Overlaps(w.When.Widen(candidate.Rest, candidate.Rest))
		}
		if free {
			with(&pick{c, way, way.cost.plus(CostOf(w, candidate))})
		}
	}
}

// key tells ways apart by whom they chose for the visits near, of which the last
// is visit i.
func (p *pick) key(near []int, i int) string {
	key := make([]byte, 0, 2*len(near))
	for n := len(near) - 1; n >= 0; n-- {
		for ; i > near[n]; i-- {
			p = p.before
		}
		key = append(key, byte(p.who), byte(p.who>>8))
	}
	return string(key)
}

// better reports whether p is to be kept rather than q: the cheaper, and of two
// that cost the same always the same one, in whichever order they come.
func (p *pick) better(q *pick) bool {
	if c := p.cost.Compare(q.cost); c != 0 {
		return c < 0
	}
	for p != q && p != nil && q != nil {
		if p.who != q.who {
			return p.who < q.who
		}
		p, q = p.before, q.before
	}
	return false
}

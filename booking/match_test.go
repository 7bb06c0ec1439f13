package booking_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wardvisit/wardvisit/booking"
)

var (
	polish  = booking.Tongue{Language: "pl", Mode: booking.Spoken}
	somali  = booking.Tongue{Language: "so", Mode: booking.Spoken}
	tongues = []booking.Tongue{polish, somali}
)

// aMatch is a small afternoon: visits in two languages between one and four, and
// interpreters who cannot all do all of them.
type aMatch struct {
	wants []booking.Wanting
	who   []booking.Candidate
}

// drawMatch draws one. All visits begin together when clash is set.
func drawMatch(t *rapid.T, clash bool) aMatch {
	var m aMatch
	for n := range rapid.IntRange(0, 4).Draw(t, "interpreters") {
		m.who = append(m.who, drawCandidate(t, n))
	}
	for n := range rapid.IntRange(1, 5).Draw(t, "visits") {
		start := now.Add(time.Duration(rapid.IntRange(0, 11).Draw(t, "start")) * 15 * time.Minute)
		if clash {
			start = now.Add(time.Hour)
		}
		when, err := booking.NewInterval(start, time.Duration(rapid.IntRange(1, 4).Draw(t, "length"))*15*time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		w := booking.Wanting{
			Visit: booking.VisitID(fmt.Sprint("visit ", n)), Tongue: rapid.SampledFrom(tongues).Draw(t, "tongue"), When: when,
			Least: rapid.SampledFrom(booking.Levels).Draw(t, "least"), First: rapid.Bool().Draw(t, "first"),
			Never: map[booking.InterpreterID]bool{}, Lapsed: map[booking.InterpreterID]int{}, Knows: map[booking.InterpreterID]bool{},
		}
		for _, c := range m.who {
			w.Never[c.ID] = rapid.IntRange(0, 6).Draw(t, "never") == 0
			w.Lapsed[c.ID] = rapid.IntRange(0, 1).Draw(t, "lapsed")
			w.Knows[c.ID] = rapid.Bool().Draw(t, "knows")
		}
		m.wants = append(m.wants, w)
	}
	return m
}

func drawCandidate(t *rapid.T, n int) booking.Candidate {
	c := booking.Candidate{Interpreter: booking.Interpreter{
		ID: booking.InterpreterID(fmt.Sprint("interpreter ", n)), Zone: time.UTC,
		Tongues: tongues[:rapid.IntRange(1, 2).Draw(t, "tongues")],
		Rest:    time.Duration(rapid.IntRange(0, 2).Draw(t, "rest")) * 10 * time.Minute,
		Levels:  map[booking.Tongue]booking.Level{polish: rapid.SampledFrom(booking.Levels).Draw(t, "level")},
	}}
	for day := time.Sunday; day <= time.Saturday; day++ {
		c.Hours = append(c.Hours, booking.Hours{Weekday: day, Start: 0, End: 24 * 60})
	}
	for range rapid.IntRange(0, 2).Draw(t, "taken") {
		when, err := booking.NewInterval(now.Add(time.Duration(rapid.IntRange(-20, 20).Draw(t, "taken from"))*15*time.Minute), 15*time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		c.Taken = append(c.Taken, when)
	}
	return c
}

// best is the least cost of any choice at all, found by trying every one, with
// what everybody has to do counted as it is beforehand.
func (m aMatch) best(i int, chosen []int, so booking.Cost, best *booking.Cost, found *bool) {
	if i == len(m.wants) {
		if !*found || so.Compare(*best) < 0 {
			*best, *found = so, true
		}
		return
	}
	w := m.wants[i]
	m.best(i+1, append(chosen, -1), sum(so, booking.CostOfNobody(w)), best, found)
	for j, c := range m.who {
		for n, other := range chosen {
			if other == j {
				c.Taken = append(slices.Clone(c.Taken), m.wants[n].When)
			}
		}
		if c.Can(w) {
			m.best(i+1, append(chosen, j), sum(so, booking.CostOf(w, m.who[j])), best, found)
		}
	}
}

func sum(a, b booking.Cost) booking.Cost {
	for i := range a {
		a[i] += b[i]
	}
	return a
}

// costOf is what a choice costs, which must be one that can be.
func (m aMatch) costOf(t *rapid.T, chosen map[booking.VisitID]booking.InterpreterID) (so booking.Cost) {
	who := map[booking.InterpreterID]booking.Candidate{}
	for _, c := range m.who {
		who[c.ID] = c
	}
	for _, w := range m.wants {
		id, ok := chosen[w.Visit]
		if !ok {
			so = sum(so, booking.CostOfNobody(w))
			continue
		}
		c := who[id]
		so = sum(so, booking.CostOf(w, m.whoIs(id)))
		if !c.Can(w) {
			t.Fatalf("%s cannot interpret at %s", id, w.Visit)
		}
		c.Taken = append(slices.Clone(c.Taken), w.When)
		who[id] = c
	}
	return so
}

func (m aMatch) whoIs(id booking.InterpreterID) booking.Candidate {
	return m.who[slices.IndexFunc(m.who, func(c booking.Candidate) bool { return c.ID == id })]
}

// Visits at one time: nothing costs less than what Match chooses, in any respect.
func TestMatchIsTheBestThereIsOfVisitsThatClash(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMatch(t, true)
		got := m.costOf(t, booking.Match(m.wants, m.who))
		var want booking.Cost
		m.best(0, nil, want, &want, new(bool))
		if got != want {
			t.Fatalf("Match costs %v, and %v could be had", got, want)
		}
	})
}

// Visits all over an afternoon: as many are interpreted as can be, those to be
// served first before others, by whoever answers, is qualified and is known to
// the patient. Only what they have to do is counted as the afternoon goes on.
func TestMatchIsTheBestThereIsOfAnAfternoon(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMatch(t, false)
		got := m.costOf(t, booking.Match(m.wants, m.who))
		var want booking.Cost
		m.best(0, nil, want, &want, new(bool))
		const upToLoad = 5
		if !slices.Equal(got[:upToLoad], want[:upToLoad]) {
			t.Fatalf("Match costs %v, and %v could be had", got, want)
		}
	})
}

// Who is listed first makes no difference.
func TestMatchHasOneAnswer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMatch(t, rapid.Bool().Draw(t, "clash"))
		first := booking.Match(m.wants, m.who)
		again := booking.Match(rapid.Permutation(m.wants).Draw(t, "visits again"), rapid.Permutation(m.who).Draw(t, "interpreters again"))
		if !maps.Equal(first, again) {
			t.Fatalf("%v, and then %v", first, again)
		}
	})
}

// Against trying every assignment, of costs in several fields and places that
// cannot be.
func TestAssign(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.IntRange(1, 5).Draw(t, "rows")
		columns := rapid.IntRange(0, 3).Draw(t, "columns")
		costs := make([][]*booking.Cost, rows)
		for i := range costs {
			costs[i] = make([]*booking.Cost, columns+rows)
			for j := range columns {
				if rapid.IntRange(0, 3).Draw(t, "can be") > 0 {
					costs[i][j] = &booking.Cost{0, rapid.IntRange(-2, 2).Draw(t, "a"), rapid.IntRange(-9, 9).Draw(t, "b")}
				}
			}
			costs[i][columns+i] = &booking.Cost{1}
		}
		var got booking.Cost
		used := map[int]bool{}
		for i, j := range booking.Assign(costs) {
			if costs[i][j] == nil || used[j] {
				t.Fatalf("row %d cannot be in column %d", i, j)
			}
			used[j], got = true, sum(got, *costs[i][j])
		}
		if want, ok := leastOf(costs, map[int]bool{}); !ok || got != want {
			t.Fatalf("Assign costs %v, and %v could be had", got, want)
		}
	})
}

func leastOf(costs [][]*booking.Cost, used map[int]bool) (least booking.Cost, ok bool) {
	if len(costs) == 0 {
		return booking.Cost{}, true
	}
	for j, c := range costs[0] {
		if c == nil || used[j] {
			continue
		}
		used[j] = true
		if rest, can := leastOf(costs[1:], used); can {
			if so := sum(*c, rest); !ok || so.Compare(least) < 0 {
				least, ok = so, true
			}
		}
		delete(used, j)
	}
	return least, ok
}

// An afternoon that is too large to try every way is still matched, in good time
// and with nobody in two places.
func TestMatchOfMoreThanASmallAfternoon(t *testing.T) {
	var m aMatch
	for n := range 40 {
		c := booking.Candidate{Interpreter: booking.Interpreter{
			ID: booking.InterpreterID(fmt.Sprintf("i%02d", n)), Zone: time.UTC, Rest: 10 * time.Minute, Tongues: []booking.Tongue{polish},
			Hours: []booking.Hours{{Weekday: now.Weekday(), Start: 0, End: 24 * 60}},
		}}
		m.who = append(m.who, c)
	}
	for n := range 200 {
		when, err := booking.NewInterval(now.Add(time.Duration(n)*2*time.Minute), 30*time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		m.wants = append(m.wants, booking.Wanting{Visit: booking.VisitID(fmt.Sprintf("v%03d", n)), Tongue: polish, When: when, Least: booking.Trainee})
	}
	chosen := booking.Match(m.wants, m.who)
	if len(chosen) != len(m.wants) { // 20 are needed at a time, with the rest
		t.Errorf("%d of %d visits have an interpreter", len(chosen), len(m.wants))
	}
	taken := map[booking.InterpreterID][]booking.Interval{}
	for _, w := range m.wants {
		for _, other := range taken[chosen[w.Visit]] {
			if other.Overlaps(w.When.Widen(10*time.Minute, 10*time.Minute)) {
				t.Fatalf("%s has two visits without a rest", chosen[w.Visit])
			}
		}
		taken[chosen[w.Visit]] = append(taken[chosen[w.Visit]], w.When)
	}
}

// Each row is a reason to choose one of two, or neither.
func TestWhoIsChosen(t *testing.T) {
	at := interval(t, "2026-11-24T14:00:00Z", 30*time.Minute)
	before := interval(t, "2026-11-24T13:00:00Z", 55*time.Minute)
	morning := interval(t, "2026-11-24T09:00:00Z", 30*time.Minute)
	for _, tt := range []struct {
		name string
		set  func(a, b *booking.Candidate, w *booking.Wanting)
		want booking.InterpreterID
	}{
		{"nothing between them: the first", func(a, b *booking.Candidate, w *booking.Wanting) {}, "a"},
		{"a speaks something else", func(a, b *booking.Candidate, w *booking.Wanting) { a.Tongues = []booking.Tongue{somali} }, "b"},
		{"a is a trainee", func(a, b *booking.Candidate, w *booking.Wanting) { a.Levels[polish] = booking.Trainee }, "b"},
		{"a trainee is better than nobody", func(a, b *booking.Candidate, w *booking.Wanting) {
			a.Levels[polish], w.Never["b"] = booking.Trainee, true
		}, "a"},
		{"a goodbye needs a register", func(a, b *booking.Candidate, w *booking.Wanting) {
			w.Least, b.Levels[polish] = booking.Registered, booking.Registered
		}, "b"},
		{"and nobody is on it", func(a, b *booking.Candidate, w *booking.Wanting) { w.Least = booking.Registered }, ""},
		{"the registered are spared for that", func(a, b *booking.Candidate, w *booking.Wanting) { a.Levels[polish] = booking.Registered }, "b"},
		{"unless the patient knows them", func(a, b *booking.Candidate, w *booking.Wanting) {
			a.Levels[polish], w.Knows["a"] = booking.Registered, true
		}, "a"},
		{"b has interpreted for the patient before", func(a, b *booking.Candidate, w *booking.Wanting) { w.Knows["b"] = true }, "b"},
		{"and so has more to do, but is known", func(a, b *booking.Candidate, w *booking.Wanting) {
			w.Knows["b"], b.Taken = true, []booking.Interval{morning}
		}, "b"},
		{"a has a visit that day", func(a, b *booking.Candidate, w *booking.Wanting) { a.Taken = []booking.Interval{morning} }, "b"},
		{"a did not answer", func(a, b *booking.Candidate, w *booking.Wanting) { w.Lapsed["a"] = 1 }, "b"},
		{"a said no", func(a, b *booking.Candidate, w *booking.Wanting) { w.Never["a"] = true }, "b"},
		{"a has five minutes between, and rests ten", func(a, b *booking.Candidate, w *booking.Wanting) {
			a.Taken, a.Rest, b.Taken = []booking.Interval{before}, 10*time.Minute, []booking.Interval{morning, before}
		}, "b"},
		{"a is away", func(a, b *booking.Candidate, w *booking.Wanting) { a.Away = []booking.TimeOff{{When: at}} }, "b"},
		{"a is away until then", func(a, b *booking.Candidate, w *booking.Wanting) { a.Away = []booking.TimeOff{{When: before}} }, "a"},
		{"it is after a's hours", func(a, b *booking.Candidate, w *booking.Wanting) { a.Hours[0].End = 14*60 + 29 }, "b"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			someone := func(id booking.InterpreterID) *booking.Candidate {
				return &booking.Candidate{Interpreter: booking.Interpreter{
					ID: id, Zone: time.UTC, Tongues: []booking.Tongue{polish}, Levels: map[booking.Tongue]booking.Level{},
					Hours: []booking.Hours{{Weekday: time.Tuesday, Start: 9 * 60, End: 17 * 60}},
				}}
			}
			a, b := someone("a"), someone("b")
			w := booking.Wanting{Visit: "v", Tongue: polish, When: at, Least: booking.Trainee,
				Never: map[booking.InterpreterID]bool{}, Lapsed: map[booking.InterpreterID]int{}, Knows: map[booking.InterpreterID]bool{}}
			tt.set(a, b, &w)
			if got := booking.Match([]booking.Wanting{w}, []booking.Candidate{*a, *b})["v"]; got != tt.want {
				t.Errorf("chose %q, want %q", got, tt.want)
			}
		})
	}
}

// One interpreter for two visits goes to the one that is to be served first.
func TestAGoodbyeIsServedFirst(t *testing.T) {
	at := interval(t, "2026-11-24T14:00:00Z", 30*time.Minute)
	only := booking.Candidate{Interpreter: booking.Interpreter{
		ID: "a", Zone: time.UTC, Tongues: []booking.Tongue{polish}, Hours: []booking.Hours{{Weekday: time.Tuesday, Start: 0, End: 24 * 60}},
	}}
	visit := func(id booking.VisitID, first bool) booking.Wanting {
		return booking.Wanting{Visit: id, Tongue: polish, When: at, Least: booking.Trainee, First: first}
	}
	for _, first := range []booking.VisitID{"v1", "v2"} {
		wants := []booking.Wanting{visit("v1", first == "v1"), visit("v2", first == "v2")}
		if got := booking.Match(wants, []booking.Candidate{only}); len(got) != 1 || got[first] != "a" {
			t.Errorf("with %s to be first: %v", first, got)
		}
	}
}

func BenchmarkAssign(b *testing.B) {
	const n = 100
	costs := make([][]*booking.Cost, n)
	for i := range costs {
		costs[i] = make([]*booking.Cost, 2*n)
		for j := range n {
			costs[i][j] = &booking.Cost{0, 0, (i*j*7919 + i) % 101}
		}
		costs[i][n+i] = &booking.Cost{1}
	}
	for b.Loop() {
		booking.Assign(costs)
	}
}

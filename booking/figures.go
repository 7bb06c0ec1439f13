package booking

import (
	"slices"
	"time"
)

// Figures say how much a ward's visits are used, and by whom not. They leave the ward,
// so they name nobody: what is counted is a Tally, which no page sees, and what is told
// of it are Figures.

// Small is the least count that is told as a number. In "2 of Ward 7 who speak Welsh"
// colleagues and neighbours would know whom.
const Small = 5

// A Count is what is told of how many there are: that it lies from From to To.
//
// None is told as none, one to four as that, and any more to the nearest five. A sum is
// the sum of what is told of its parts, and never of the parts themselves. So a table
// tells nothing that its cells do not: no row, column or file of them gives one away,
// whichever wards are added up. And as what is told is that coarse, neither do two
// spans of days of which one has a day more: whoever takes one from the other can't
// tell one to four from none, or from more. Somebody who compares many spans learns
// more than one of them says; that every one of them that is read is recorded is what
// there is against it.
type Count struct{ From, To int }

// Tell is what is told of a count.
func Tell(n int) Count {
	switch {
	case n <= 0:
		return Count{}
	case n < Small:
		return Count{1, Small - 1}
	}
	near := (n + Small/2) / Small * Small
	return Count{max(near-Small/2, Small), near + Small/2}
}

// Plus is what is told of two counts together.
func (c Count) Plus(d Count) Count { return Count{c.From + d.From, c.To + d.To} }

// Number is the one number that c is told as, if it is: none, or a multiple of five.
func (c Count) Number() (n int, one bool) {
	middle := (c.From + c.To) / 2
	if Tell(middle) != c || c.Few() {
		return 0, false
	}
	return middle / Small * Small, true
}

// Few reports whether c is told as fewer than five, and not as none.
func (c Count) Few() bool { return c == Tell(1) }

// A Why is why a booked visit did not happen, as figures tell it. It is coarser than a
// Reason: that somebody has died is not told apart from that they went home.
type Why string

// The ways in which a booked visit does not happen.
const (
	WhyFamily    Why = "family"    // called it off
	WhyNobody    Why = "nobody"    // came
	WhyWard      Why = "ward"      // called it off, or needed the time
	WhyPatient   Why = "patient"   // slept, or was not able to
	WhyLeft      Why = "left"      // the patient left the ward, for whatever reason
	WhyTechnical Why = "technical" //
	WhyOther     Why = "other"
)

// Whys are all of them, in the order in which pages show them.
var Whys = []Why{WhyFamily, WhyNobody, WhyWard, WhyPatient, WhyLeft, WhyTechnical, WhyOther}

// Why is how figures tell the reason why a visit was cancelled.
func (r Reason) Why() Why {
	switch r {
	case ByFamily:
		return WhyFamily
	case NoShowVisitor:
		return WhyNobody
	case ByWard, Displaced:
		return WhyWard
	case PatientAsleep, PatientDeclined:
		return WhyPatient
	case Discharged, Sensitive, MovedWard:
		return WhyLeft
	case Technical:
		return WhyTechnical
	}
	return WhyOther
}

// A Spread is how many there were of each of some lengths.
type Spread map[time.Duration]int

// Quarters are the lengths that a quarter, a half and three quarters do not exceed.
type Quarters struct {
	Low, Middle, High time.Duration
	Known             bool // there are enough of them to tell
}

// Quarters tells of s, unless it is of fewer than five.
func (s Spread) Quarters() Quarters {
	lengths := make([]time.Duration, 0, len(s))
	n := 0
	for length, many := range s {
		lengths = append(lengths, length)
		n += many
	}
	if n < Small {
		return Quarters{}
	}
	slices.Sort(lengths)
	at := func(quarters int) time.Duration {
		upTo := 0
		for _, length := range lengths {
			if upTo += s[length]; 4*upTo >= quarters*n {
				return length
			}
		}
		return 0
	}
	return Quarters{at(1), at(2), at(3), true}
}

// A Tally is what was counted of a ward's visits in some days. It is not to be told.
type Tally struct {
	Held     int
	Lasted   time.Duration // all of those together
	Missed   map[Why]int
	Lead     Spread // from booking to somebody let in
	Opening  Spread // from the ward's Start to somebody let in
	Asked    map[RequestState]int
	Waited   map[EntryState]int
	Open     time.Duration // for which the ward took visits
	Devices  []DeviceTally
	Patients []TongueTally
}

// A DeviceTally is how much one device was used.
type DeviceTally struct {
	ID     DeviceID
	Tag    string
	Visits int
	Lasted time.Duration
}

// A TongueTally is how many patients of one language there were, and how many of them
// had no visit.
type TongueTally struct {
	Tongue     Tongue
	Lay, Never int
}

// Figures are what is told of a Tally, or of several.
type Figures struct {
	Held    Count
	Missed  map[Why]Count
	Mean    time.Duration // how long a visit lasted, in whole minutes; 0 is not told
	Lead    Quarters
	Opening Quarters
	Asked   map[RequestState]Count
	Waited  map[EntryState]Count
	Use     Share // of all devices together
	Devices []DeviceFigures
	Tongues []TongueFigures // most patients first, and those of whom no language is known last
}

// A Share is how much of the open hours something was in visits.
type Share struct {
	Percent int
	Known   bool // there were enough visits to tell, and open hours
}

// DeviceFigures are what is told of a DeviceTally.
type DeviceFigures struct {
	Tag    string
	Visits Count
	Use    Share
}

// TongueFigures are what is told of a TongueTally.
type TongueFigures struct {
	Tongue     Tongue
	Lay, Never Count
}

// Figures is what is told of t.
func (t Tally) Figures() Figures {
	f := Figures{
		Held: Tell(t.Held), Missed: told(t.Missed), Asked: told(t.Asked), Waited: told(t.Waited),
		Lead: t.Lead.Quarters(), Opening: t.Opening.Quarters(),
	}
	if t.Held >= Small {
		f.Mean = (t.Lasted / time.Duration(t.Held)).Round(time.Minute)
	}
	f.Use = share(t.Held, t.Lasted, t.Open*time.Duration(len(t.Devices)))
	for _, d := range t.Devices {
		f.Devices = append(f.Devices, DeviceFigures{d.Tag, Tell(d.Visits), share(d.Visits, d.Lasted, t.Open)})
	}
	for _, p := range t.Patients {
		f.Tongues = append(f.Tongues, TongueFigures{p.Tongue, Tell(p.Lay), Tell(p.Never)})
	}
	sortTongues(f.Tongues)
	return f
}

func told[K comparable](counts map[K]int) map[K]Count {
	out := make(map[K]Count, len(counts))
	for k, n := range counts {
		out[k] = Tell(n)
	}
	return out
}

func share(visits int, lasted, open time.Duration) Share {
	if open <= 0 || 0 < visits && visits < Small {
		return Share{}
	}
	return Share{Percent: min(100, int((100*lasted+open/2)/open)), Known: true}
}

// AllFigures are what is told of several wards together. Counts are added up as they are
// told of each; lengths and shares are of all visits, when there are enough of them.
func AllFigures(wards []Tally) Figures {
	var all Tally
	sum := Figures{Missed: map[Why]Count{}, Asked: map[RequestState]Count{}, Waited: map[EntryState]Count{}}
	all.Lead, all.Opening = Spread{}, Spread{}
	var open time.Duration
	tongues := map[Tongue]TongueFigures{}
	for _, t := range wards {
		f := t.Figures()
		sum.Held = sum.Held.Plus(f.Held)
		addCounts(sum.Missed, f.Missed)
		addCounts(sum.Asked, f.Asked)
		addCounts(sum.Waited, f.Waited)
		for _, p := range f.Tongues {
			was := tongues[p.Tongue]
			tongues[p.Tongue] = TongueFigures{p.Tongue, was.Lay.Plus(p.Lay), was.Never.Plus(p.Never)}
		}
		all.Held, all.Lasted = all.Held+t.Held, all.Lasted+t.Lasted
		addCounted(all.Lead, t.Lead)
		addCounted(all.Opening, t.Opening)
		open += t.Open * time.Duration(len(t.Devices))
	}
	whole := all.Figures()
	sum.Mean, sum.Lead, sum.Opening, sum.Use = whole.Mean, whole.Lead, whole.Opening, share(all.Held, all.Lasted, open)
	for _, p := range tongues {
		sum.Tongues = append(sum.Tongues, p)
	}
	sortTongues(sum.Tongues)
	return sum
}

func addCounts[K comparable](to, from map[K]Count) {
	for k, c := range from {
		to[k] = to[k].Plus(c)
	}
}

func addCounted(to, from Spread) {
	for length, n := range from {
		to[length] += n
	}
}

func sortTongues(of []TongueFigures) {
	slices.SortFunc(of, func(a, b TongueFigures) int {
		unknown := func(t Tongue) int {
			if t == (Tongue{}) {
				return 1
			}
			return 0
		}
		for _, by := range []int{unknown(a.Tongue) - unknown(b.Tongue), b.Lay.To - a.Lay.To} {
			if by != 0 {
				return by
			}
		}
		if a.Tongue.Language+string(a.Tongue.Mode) < b.Tongue.Language+string(b.Tongue.Mode) {
			return -1
		}
		return 1
	})
}

// Sum is what is told of some counts together.
func Sum[K comparable](counts map[K]Count) (all Count) {
	for _, c := range counts {
		all = all.Plus(c)
	}
	return all
}

// Patients are how many lay in the ward, and how many of them had no visit, whatever
// they speak.
func (f Figures) Patients() (lay, never Count) {
	for _, t := range f.Tongues {
		lay, never = lay.Plus(t.Lay), never.Plus(t.Never)
	}
	return lay, never
}

// MostDays is how many days figures may be of: a year.
const MostDays = 366

// CheckDays refuses days that are backwards, or too many.
func CheckDays(from, to Date) error {
	if from.IsZero() || to.Before(from) || !to.Before(from.AddDays(MostDays)) {
		return ErrBadTime
	}
	return nil
}

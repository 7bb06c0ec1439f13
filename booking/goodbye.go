package booking

import (
	"cmp"
	"slices"
	"time"
)

// A Displaceable is a visit that an end-of-life visit could displace: not begun,
// and none itself.
type Displaceable struct {
	Visit       VisitID
	Device      DeviceID
	Start       time.Time
	Held        bool          // only kept while a form is filled in: nobody was promised it
	People      int           // who come to it
	Interpreter bool          // one is asked for
	Alternative time.Duration // between it and the nearest other time its family could have
	Nowhere     bool          // there is no such time
	Before      bool          // its family was displaced before
}

// What displacing a visit costs, in minutes of somebody's trouble. Only the order
// that they give matters.
const (
	harmOfHold        = 30       // a form to begin again
	harmOfVisit       = 120      // somebody looked forward to it
	harmOfPerson      = 15       // each of them has made room for it
	harmOfInterpreter = 90       // and one has to be found anew
	harmSoonWithin    = 4 * 60   // within so long of its start they may be on the way already
	harmPerDayLater   = 60       // the next choice is that much worse
	harmNowhere       = 14 * 60  // as bad as a fortnight later
	harmTwice         = 100 * 60 // nobody gives way twice while somebody else has not
)

// Harm is what displacing a visit costs its family, more for more harm: the
// sooner it is, the more people come, with an interpreter, the further off the
// next time is that they could have, and far the most if they gave way before.
func (d Displaceable) Harm(now time.Time) int {
	if d.Held {
		return harmOfHold
	}
	harm := harmOfVisit + harmOfPerson*d.People
	if until := int(d.Start.Sub(now) / time.Minute); until < harmSoonWithin {
		harm += harmSoonWithin - max(0, until)
	}
	if d.Interpreter {
		harm += harmOfInterpreter
	}
	later := harmNowhere
	if !d.Nowhere {
		later = min(harmNowhere, int(d.Alternative*harmPerDayLater/(24*time.Hour)))
	}
	harm += later
	if d.Before {
		harm += harmTwice
	}
	return harm
}

// LeastHarm says which visits are to make way: those whose harm is least together,
// of the ways that make room. It tries each visit alone, every two, and all of
// those on one device, which is always room enough where there can be any. room
// says whether a way is one. None are displaced when there is no way.
func LeastHarm(candidates []Displaceable, now time.Time, room func(gone []VisitID) bool) ([]VisitID, bool) {
	type way struct {
		gone []VisitID
		harm int
	}
	var ways []way
	add := func(these ...Displaceable) {
		w := way{}
		for _, d := range these {
			w.gone = append(w.gone, d.Visit)
			w.harm += d.Harm(now)
		}
		slices.Sort(w.gone)
		ways = append(ways, w)
	}
	onDevice := map[DeviceID][]Displaceable{}
	for i, d := range candidates {
		add(d)
		for _, e := range candidates[:i] {
			add(d, e)
		}
		onDevice[d.Device] = append(onDevice[d.Device], d)
	}
	for _, all := range onDevice {
		if len(all) > 2 {
			add(all...)
		}
	}
	slices.SortFunc(ways, func(a, b way) int {
		return cmp.Or(cmp.Compare(a.harm, b.harm), cmp.Compare(len(a.gone), len(b.gone)), slices.Compare(a.gone, b.gone))
	})
	for _, w := range ways {
		if room(w.gone) {
			return w.gone, true
		}
	}
	return nil, false
}

// Without is f as it would be if some visits gave up what they have.
func (f *Fleet) Without(gone []VisitID) *Fleet {
	leaves := make(map[VisitID]bool, len(gone))
	for _, v := range gone {
		leaves[v] = true
	}
	return f.without(leaves)
}

package booking

import "time"

// A Series is visits that recur: every Tuesday at two by the clock on the wall,
// on both sides of a clock change. Each is a visit of its own, which may be moved
// or cancelled like any other.
type Series struct {
	ID         SeriesID
	Patient    PatientID
	Visitor    VisitorID
	Ward       WardID
	Weekday    time.Weekday
	Start      ClockTime
	Length     time.Duration // of the first visit
	EveryWeeks int
	First      Date // of its visits
	Last       Date // the last day on which there could be one
	MadeAt     time.Time
	MadeBy     Actor
	EndedAt    time.Time // when it was stopped before its last day; the zero Time if it was not
}

// The bounds of a series: half a year of weeks.
const (
	MostInSeries  = 26
	longestSeries = 366
	mostWeeks     = 8
)

// A Recurrence says on which days the visits of a series are: on First and every
// few weeks after, so many of them or until Last.
type Recurrence struct {
	First      Date
	Clock      ClockTime
	EveryWeeks int
	Count      int    // how many days; 0 for as many as there are until Last
	Last       Date   // the last day there may be; the zero Date when Count says it
	Skip       []Date // left out
}

// Check refuses a recurrence that has no end, no second day, or too many.
func (r Recurrence) Check() error {
	switch {
	case r.First.IsZero(), r.EveryWeeks < 1 || r.EveryWeeks > mostWeeks, r.Clock < 0 || r.Clock >= 24*60:
		return ErrBadSeries
	case (r.Count == 0) == r.Last.IsZero(), r.Count < 0:
		return ErrBadSeries
	case r.Count > MostInSeries, !r.Last.IsZero() && r.Last.daysSince(r.First) > longestSeries:
		return ErrSeriesTooLong
	}
	switch n := len(r.days()); {
	case n > MostInSeries:
		return ErrSeriesTooLong
	case n < 2:
		return ErrBadSeries
	}
	return nil
}

// days are all the days of r, those skipped among them, and never many more than
// there may be.
func (r Recurrence) days() []Date {
	var days []Date
	for d := r.First; len(days) <= MostInSeries; d = d.AddDays(7 * r.EveryWeeks) {
		if r.Count > 0 && len(days) == r.Count || !r.Last.IsZero() && r.Last.Before(d) {
			break
		}
		days = append(days, d)
	}
	return days
}

// An Occurrence is a day of a series, and when its visit would begin.
type Occurrence struct {
	Date Date
	At   time.Time // the zero Time when the clocks skip that time on that day
	// Twice says that the clocks show that time twice on that day. At is the first.
	Twice bool
}

// Occurrences are the days of r, without those skipped, in order. Each begins
// when the clocks in zone show r.Clock.
func (r Recurrence) Occurrences(zone *time.Location) []Occurrence {
	skip := map[Date]bool{}
	for _, d := range r.Skip {
		skip[d] = true
	}
	var all []Occurrence
	for _, d := range r.days() {
		if skip[d] {
			continue
		}
		o := Occurrence{Date: d}
		if at := Instants(d, r.Clock, zone); len(at) > 0 {
			o.At, o.Twice = at[0], len(at) > 1
		}
		all = append(all, o)
	}
	return all
}

// LastDay is the last day of r, whether or not it is skipped.
func (r Recurrence) LastDay() Date {
	days := r.days()
	return days[len(days)-1]
}

// Stop returns s ended now.
func (s Series) Stop(now time.Time) Series {
	if s.EndedAt.IsZero() {
		s.EndedAt = now.UTC()
	}
	return s
}

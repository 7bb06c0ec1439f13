package booking

import (
	"slices"
	"time"
)

// OpenFor is for how long a ward took visits on days from one to another, up to an
// instant: while at least one of its sessions ran that was not closed for the whole
// ward, and nothing protected the time. A bay that was closed closed no ward.
func (t Timetable) OpenFor(from, to Date, until time.Time) (open time.Duration) {
	for d := from; !to.Before(d); d = d.AddDays(1) {
		var spans []stretch
		for _, s := range t.Sessions {
			if s.RunsOn(d) {
				spans = append(spans, t.left(d, s)...)
			}
		}
		open += unitedFor(spans, until)
	}
	return open
}

// A stretch is from one instant to another.
type stretch struct{ from, to time.Time }

// left is what closures and protected times leave of a session on a day.
func (t Timetable) left(d Date, s Session) []stretch {
	spans := []stretch{{s.opens(d, t.Zone), s.closes(d, t.Zone)}}
	cut := func(from, to ClockTime) {
		hole := Session{Start: from, End: to}
		spans = without(spans, stretch{hole.opens(d, t.Zone), hole.closes(d, t.Zone)})
	}
	for _, c := range t.Closures {
		if c.Stands() && c.Bay == "" && (c.Session == "" || c.Session == s.ID) && !d.Before(c.From) && !c.To.Before(d) {
			cut(c.Start, c.End)
		}
	}
	for _, p := range t.Protected {
		if p.Days.Has(d.Weekday()) {
			cut(p.Start, p.End)
		}
	}
	return spans
}

// without is what is left of some spans outside another.
func without(spans []stretch, hole stretch) (left []stretch) {
	for _, s := range spans {
		if before := (stretch{s.from, earlier(s.to, hole.from)}); before.from.Before(before.to) {
			left = append(left, before)
		}
		if after := (stretch{later(s.from, hole.to), s.to}); after.from.Before(after.to) {
			left = append(left, after)
		}
	}
	return left
}

// unitedFor is how long some spans are, of which what two share counts once.
func unitedFor(spans []stretch, until time.Time) (long time.Duration) {
	slices.SortFunc(spans, func(a, b stretch) int { return a.from.Compare(b.from) })
	var reached time.Time
	for _, s := range spans {
		from, to := later(s.from, reached), earlier(s.to, until)
		if from.Before(to) {
			long, reached = long+to.Sub(from), to
		}
	}
	return long
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

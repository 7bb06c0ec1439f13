package booking

import "time"

// A Closure is when visiting times do not run, although they are published: in a
// ward, one of its bays or one session, on every day from one to another, all day
// or between two wall-clock times.
type Closure struct {
	ID         ClosureID
	Ward       WardID
	Bay        string    // that is closed; empty for the whole ward
	Session    SessionID // the only one that is closed; empty for all
	From, To   Date      // first and last day
	Start, End ClockTime // of each day; 0 and 1440 are all day
	Reason     string    // for staff
	Owner      string    // who answers for it
	ReviewOn   Date      // when somebody is to ask whether it is still needed
	MadeAt     time.Time
	ReopenedAt time.Time // the zero Time while it stands
	ReopenedBy string
}

// Check refuses a closure that closes nothing, or that nobody answers for.
func (c Closure) Check() error {
	switch {
	case c.From.IsZero() || c.To.Before(c.From), c.Start < 0 || c.End > 24*60 || c.End <= c.Start:
		return ErrClosureBackwards
	case c.Bay != "" && c.Session != "":
		return ErrBadChoice
	case c.Reason == "" || c.Owner == "":
		return ErrReasonNeeded
	case c.ReviewOn.IsZero():
		return ErrMissing
	}
	return nil
}

// Stands reports whether c has not been reopened.
func (c Closure) Stands() bool { return c.ReopenedAt.IsZero() }

// Closes reports whether c stops a visit in a bay, in a session (empty for one
// outside every session), at when.
func (c Closure) Closes(bay string, session SessionID, when Interval, zone *time.Location) bool {
	switch {
	case !c.Stands(), c.Bay != "" && c.Bay != bay, c.Session != "" && c.Session != session:
		return false
	}
	return onSomeDay(when, zone, func(d Date) bool {
		return !d.Before(c.From) && !c.To.Before(d) && daily(d, c.Start, c.End, zone, when)
	})
}

// Weekdays are days of the week, a bit each; Sunday is 1.
type Weekdays int

// EveryDay is all of them.
const EveryDay Weekdays = 1<<7 - 1

// On returns the set of one weekday.
func On(d time.Weekday) Weekdays { return 1 << d }

// Has reports whether d is one of w.
func (w Weekdays) Has(d time.Weekday) bool { return w&On(d) != 0 }

// A ProtectedTime is a time of day in which a ward does not want visits: a meal, a
// round, the afternoon's rest.
type ProtectedTime struct {
	ID         ProtectedID
	Ward       WardID
	Days       Weekdays
	Start, End ClockTime
	Purpose    string
}

// Check refuses one that protects nothing.
func (p ProtectedTime) Check() error {
	switch {
	case p.Days < 1 || p.Days > EveryDay, p.Start < 0 || p.End > 24*60 || p.End <= p.Start:
		return ErrBadTime
	case p.Purpose == "":
		return ErrMissing
	}
	return nil
}

// Covers reports whether some of when is protected.
func (p ProtectedTime) Covers(when Interval, zone *time.Location) bool {
	return onSomeDay(when, zone, func(d Date) bool {
		return p.Days.Has(d.Weekday()) && daily(d, p.Start, p.End, zone, when)
	})
}

func onSomeDay(when Interval, zone *time.Location, on func(Date) bool) bool {
	last := DateOf(when.End().Add(-time.Nanosecond), zone)
	for d := DateOf(when.Start(), zone); !last.Before(d); d = d.AddDays(1) {
		if on(d) {
			return true
		}
	}
	return false
}

// daily reports whether when meets the time between two wall-clock times of d. In
// an hour that happens twice it is both of them; of one that is skipped, what the
// day has of it, which may be nothing.
func daily(d Date, start, end ClockTime, zone *time.Location, when Interval) bool {
	span := Session{Start: start, End: end}
	opens, closes := span.opens(d, zone), span.closes(d, zone)
	return opens.Before(closes) && when.Start().Before(closes) && opens.Before(when.End())
}

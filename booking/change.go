package booking

import (
	"slices"
	"time"
)

// This file is what the rules of a ward mean for visits that are there already, so
// that whoever changes a rule can be shown first what it would touch.

// The actions that change what a ward decides for itself.
const (
	SessionSaved     Action = "session_saved"
	SessionEnded     Action = "session_ended"
	WardClosed       Action = "ward_closed"
	WardReopened     Action = "ward_reopened"
	ProtectedAdded   Action = "protected_time_added"
	ProtectedRemoved Action = "protected_time_removed"
	PolicySaved      Action = "policy_saved"
)

// TakesIn reports whether s takes place for the whole of when, wherever in it that
// begins and however long it is.
func (s Session) TakesIn(when Interval, zone *time.Location) bool {
	d := DateOf(when.Start(), zone)
	return s.RunsOn(d) && !when.Start().Before(s.opens(d, zone)) && !when.End().After(s.closes(d, zone))
}

// SlotOf is the slot that a visit which is there already counts as being in, and
// whether it is in any: its session is the one that offers just that time, or else
// one that takes it in.
func (t Timetable) SlotOf(when Interval) (slot Slot, inside bool) {
	slot = Slot{When: when}
	for _, s := range t.Sessions {
		if !s.TakesIn(when, t.Zone) {
			continue
		}
		if slices.Contains(s.slotsOn(DateOf(when.Start(), t.Zone), t.Zone), Slot{s.ID, when}) {
			return Slot{s.ID, when}, true
		}
		if !inside {
			slot, inside = Slot{s.ID, when}, true
		}
	}
	return slot, inside
}

// People is how many relatives may come to a visit: what the sessions say that
// take it in, the most generous of them, or else the policy.
func (t Timetable) People(when Interval, who Booker, p Policy) int {
	most := 0
	for _, s := range t.Sessions {
		if s.Audience.Invites(who) && s.TakesIn(when, t.Zone) {
			if s.People == 0 {
				most = max(most, p.People)
			}
			most = max(most, s.People)
		}
	}
	if most == 0 {
		return p.People
	}
	return most
}

// Until returns s with no day after last. One that would not have begun by then
// keeps a single day on which it does not take place, since what has been
// published is never deleted.
func (s Session) Until(last Date) Session {
	if !last.Before(s.first()) {
		if s.ValidTo.IsZero() || last.Before(s.ValidTo) {
			s.ValidTo = last
		}
		return s
	}
	quiet := s.ValidFrom
	if quiet.Weekday() == s.Weekday {
		quiet = quiet.AddDays(1)
	}
	s.ValidFrom, s.ValidTo = quiet, quiet
	return s
}

// Over reports whether s takes place on no day from d on.
func (s Session) Over(d Date) bool {
	if s.ValidTo.IsZero() {
		return false
	}
	for day := s.ValidTo; !day.Before(d) && !day.Before(s.ValidFrom); day = day.AddDays(-1) {
		if s.RunsOn(day) {
			return false
		}
	}
	return true
}

// An OddDay is one on which the clocks change while a session runs.
type OddDay struct {
	Date    Date
	Skipped []ClockTime // beginnings of visits that do not happen that day
	Twice   []ClockTime // those that happen twice
}

// OddDays are the days from one to another, both included, on which the clocks
// change some of the times of s.
func (s Session) OddDays(from, to Date, zone *time.Location) []OddDay {
	if s.Step < time.Minute {
		return nil
	}
	var odd []OddDay
	for d := from.AddDays(int((7 + s.Weekday - from.Weekday()) % 7)); !to.Before(d); d = d.AddDays(7) {
		begins, ends := DayBounds(d, zone)
		if ends.Sub(begins) == 24*time.Hour || !s.RunsOn(d) {
			continue
		}
		o := OddDay{Date: d}
		for c := s.Start; c < s.End; c += ClockTime(s.Step / time.Minute) {
			switch len(Instants(d, c, zone)) {
			case 0:
				o.Skipped = append(o.Skipped, c)
			case 2:
				o.Twice = append(o.Twice, c)
			}
		}
		if len(o.Skipped)+len(o.Twice) > 0 {
			odd = append(odd, o)
		}
	}
	return odd
}

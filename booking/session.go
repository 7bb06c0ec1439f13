package booking

import "time"

// An Audience is who may book in a Session.
type Audience string

// The audiences of a Session.
const (
	ForRelatives Audience = "relatives" // and staff, who may book wherever relatives may
	ForStaff     Audience = "staff"
	ForEndOfLife Audience = "end_of_life" // kept for goodbyes; staff book them
)

// Invites reports whether a booker may book in a session for a.
func (a Audience) Invites(who Booker) bool {
	switch a {
	case ForRelatives:
		return true
	case ForStaff:
		return who != Relatives
	}
	return who == Goodbye
}

// A Session is a ward's published visiting time: on one weekday, every week or
// every few, between two wall-clock times, in visits of one length. It begins and
// ends on one day: visiting past midnight is two sessions.
type Session struct {
	ID         SessionID
	Ward       WardID
	Weekday    time.Weekday
	Start, End ClockTime
	Length     time.Duration // of a visit; elapsed time, also across a clock change
	Step       time.Duration // between the beginnings of two visits
	ValidFrom  Date          // first day
	ValidTo    Date          // last day; the zero Date is no end
	EveryWeeks int           // counted in weeks from ValidFrom; 0 and 1 are every week
	People     int           // at most this many relatives at one visit; 0 for as many as the policy says
	Audience   Audience
}

// RunsOn reports whether s takes place on d.
func (s Session) RunsOn(d Date) bool {
	if d.Weekday() != s.Weekday || d.Before(s.ValidFrom) || !s.ValidTo.IsZero() && s.ValidTo.Before(d) {
		return false
	}
	return s.EveryWeeks <= 1 || d.daysSince(s.first())/7%s.EveryWeeks == 0
}

// first is the first day on which s could take place: its weekday, on ValidFrom
// or after.
func (s Session) first() Date {
	return s.ValidFrom.AddDays(int((7 + s.Weekday - s.ValidFrom.Weekday()) % 7))
}

// longestVisit bounds a visit, so that what is taken at an instant can be found
// by looking back a day.
const longestVisit = 12 * time.Hour

// Check refuses a session that no ward can mean.
func (s Session) Check() error {
	switch {
	case s.Weekday < time.Sunday || s.Weekday > time.Saturday, s.Start < 0 || s.Start >= 24*60, s.End < 0 || s.End > 24*60:
		return ErrBadTime
	case s.End <= s.Start:
		return ErrSessionBackwards
	case s.Length < time.Minute || s.Length > longestVisit || s.Step < time.Minute,
		s.Length%time.Minute != 0 || s.Step%time.Minute != 0 || s.EveryWeeks < 0 || s.EveryWeeks > 52 || s.People < 0 || s.People > mostPeople:
		return ErrBadSession
	case s.Length > time.Duration(s.End-s.Start)*time.Minute:
		return ErrSessionTooShort
	case s.ValidFrom.IsZero() || !s.ValidTo.IsZero() && (s.ValidTo.Before(s.ValidFrom) || s.ValidTo.Before(s.first())):
		return ErrSessionNever
	}
	switch s.Audience {
	case ForRelatives, ForStaff, ForEndOfLife:
		return nil
	}
	return ErrBadChoice
}

// Clashes reports whether s and t offer times to the same people that overlap on
// some day, so that one slot would be offered in two lengths.
func (s Session) Clashes(t Session) bool {
	if s.ID == t.ID || s.Ward != t.Ward || s.Weekday != t.Weekday || s.Audience != t.Audience || s.Start >= t.End || t.Start >= s.End {
		return false
	}
	from, to := s.ValidFrom, s.ValidTo
	if from.Before(t.ValidFrom) {
		from = t.ValidFrom
	}
	if to.IsZero() || !t.ValidTo.IsZero() && t.ValidTo.Before(to) {
		to = t.ValidTo
	}
	// Two that recur every few weeks repeat together after at most 52*51 weeks.
	every := max(1, s.EveryWeeks) * max(1, t.EveryWeeks)
	for d, n := from.AddDays(int((7+s.Weekday-from.Weekday())%7)), 0; n <= every && (to.IsZero() || !to.Before(d)); d, n = d.AddDays(7), n+1 {
		if s.RunsOn(d) && t.RunsOn(d) {
			return true
		}
	}
	return false
}

// A Slot is an interval that a Session offers. Slots are computed, never
// stored.
type Slot struct {
	Session SessionID
	When    Interval
}

// SlotsOn returns the slots that sessions offer on d in zone, in order of time.
// Wall-clock times that the day skips are not offered; those that it repeats
// are offered twice, as two different instants.
func SlotsOn(d Date, zone *time.Location, sessions []Session) []Slot {
	var slots []Slot
	for _, s := range sessions {
		if s.RunsOn(d) && s.Step >= time.Minute {
			slots = append(slots, s.slotsOn(d, zone)...)
		}
	}
	return sortedSlots(slots)
}

func (s Session) slotsOn(d Date, zone *time.Location) []Slot {
	closes := s.closes(d, zone)
	var slots []Slot
	for c := s.Start; c < s.End; c += ClockTime(s.Step / time.Minute) {
		for _, at := range Instants(d, c, zone) {
			when, err := NewInterval(at, s.Length)
			if err != nil || when.End().After(closes) {
				continue
			}
			slots = append(slots, Slot{s.ID, when})
		}
	}
	return slots
}

// opens is the first instant at which the clocks on d show s.Start, or when they
// resume if that is skipped.
func (s Session) opens(d Date, zone *time.Location) time.Time {
	for c := s.Start; c < 24*60; c++ {
		if at := Instants(d, c, zone); len(at) > 0 {
			return at[0]
		}
	}
	_, next := DayBounds(d, zone)
	return next
}

// closes is the last instant at which the clocks on d show s.End, so that a
// session that spans a repeated hour runs through both.
func (s Session) closes(d Date, zone *time.Location) time.Time {
	for end := s.End; end < 24*60; end++ { // an end in the skipped hour is when the clocks resume
		if at := Instants(d, end, zone); len(at) > 0 {
			return at[len(at)-1]
		}
	}
	_, next := DayBounds(d, zone)
	return next
}

package booking

import "time"

// An Audience is who may book in a Session.
type Audience string

// The audiences of a Session.
const (
	ForRelatives Audience = "relatives" // and staff, who may book wherever relatives may
	ForStaff     Audience = "staff"
)

// A Session is a ward's published visiting time: every week on one weekday,
// between two wall-clock times, in visits of one length.
type Session struct {
	ID         SessionID
	Ward       WardID
	Weekday    time.Weekday
	Start, End ClockTime
	Length     time.Duration // of a visit; elapsed time, also across a clock change
	Step       time.Duration // between the beginnings of two visits
	ValidFrom  Date          // first day
	ValidTo    Date          // last day; the zero Date is no end
	Audience   Audience
}

// runsOn reports whether s takes place on d.
func (s Session) runsOn(d Date) bool {
	return d.Weekday() == s.Weekday && !d.Before(s.ValidFrom) && (s.ValidTo.IsZero() || !s.ValidTo.Before(d))
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
		if s.runsOn(d) && s.Step >= time.Minute {
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

// closes is the last instant at which the clocks on d show s.End, so that a
// session that spans a repeated hour runs through both.
func (s Session) closes(d Date, zone *time.Location) time.Time {
	end, day := s.End, d
	if end == 24*60 {
		end, day = 0, d.AddDays(1)
	}
	for ; end < 24*60; end += 15 { // an end in the skipped hour is when the clocks resume
		if at := Instants(day, end, zone); len(at) > 0 {
			return at[len(at)-1]
		}
	}
	return time.Time{}
}

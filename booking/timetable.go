package booking

import (
	"slices"
	"time"
)

// A Timetable is when a ward takes visits: what it publishes, less what is closed
// and what is protected.
type Timetable struct {
	Zone      *time.Location
	Sessions  []Session
	Closures  []Closure // those that stand
	Protected []ProtectedTime
}

// SlotsOn returns the slots on d that a booker for a patient in a bay may choose
// from, in order of time. Whether they are free is the Diary's to say.
func (t Timetable) SlotsOn(d Date, who Booker, bay string) []Slot {
	open := make([]Session, 0, len(t.Sessions))
	for _, s := range t.Sessions {
		if s.Audience.Invites(who) {
			open = append(open, s)
		}
	}
	return slices.DeleteFunc(SlotsOn(d, t.Zone, open), func(s Slot) bool { return t.Open(s, bay) != nil })
}

// SlotAt returns the slot of that booker's that begins at start, whatever stands
// against it; see Against. ErrNotASlot when no session has one.
func (t Timetable) SlotAt(start time.Time, who Booker) (Slot, error) {
	for _, s := range t.Sessions {
		if !s.Audience.Invites(who) {
			continue
		}
		for _, slot := range SlotsOn(DateOf(start, t.Zone), t.Zone, []Session{s}) {
			if slot.When.Start().Equal(start) {
				return slot, nil
			}
		}
	}
	return Slot{}, ErrNotASlot
}

// Open refuses a time that is closed, or protected, for a patient in a bay. The
// slot of a visit outside every session has no Session.
func (t Timetable) Open(s Slot, bay string) error {
	if against := t.Against(s, bay); len(against) > 0 {
		return against[0]
	}
	return nil
}

// Against are all the rules of the timetable that stand against a time.
func (t Timetable) Against(s Slot, bay string) (broken []error) {
	if slices.ContainsFunc(t.Closures, func(c Closure) bool { return c.Closes(bay, s.Session, s.When, t.Zone) }) {
		broken = append(broken, ErrClosed)
	}
	if slices.ContainsFunc(t.Protected, func(p ProtectedTime) bool { return p.Covers(s.When, t.Zone) }) {
		broken = append(broken, ErrProtected)
	}
	return broken
}

// Session returns one of the timetable's sessions; the zero Session when it is
// none of them.
func (t Timetable) Session(id SessionID) Session {
	i := slices.IndexFunc(t.Sessions, func(s Session) bool { return s.ID == id })
	if i < 0 {
		return Session{}
	}
	return t.Sessions[i]
}

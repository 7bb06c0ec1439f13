package booking

import "time"

// An Infection is how what a patient has spreads, which decides how a device is
// prepared and cleaned around their visits. The classes are those of
// transmission-based precautions (WHO, Standard precautions, 2022).
type Infection string

// The classes of infection.
const (
	NoInfection Infection = "none"
	Contact     Infection = "contact"
	Droplet     Infection = "droplet"
	Airborne    Infection = "airborne"
)

// Infections are those for which a ward may set buffers of its own.
var Infections = []Infection{Contact, Droplet, Airborne}

// Buffers are for how long a device is taken before a visit and after it.
type Buffers struct{ Prepare, Clean time.Duration }

// Lacking reports whether a visit has less time around it than b.
func (b Buffers) Lacking(v Visit) bool { return v.Prepare < b.Prepare || v.Clean < b.Clean }

// A Policy is what a ward decides for itself. A visit keeps the version it was
// booked under.
type Policy struct {
	Version       int
	Prepare       time.Duration         // the device is taken this long before a visit
	Clean         time.Duration         // and this long after
	Infected      map[Infection]Buffers // where that differs for patients with an infection
	Earliest      time.Duration         // how far ahead relatives may book
	Notice        time.Duration         // how little before the start relatives may still book
	StaffEarliest time.Duration         // the same for staff
	StaffNotice   time.Duration
	WeeklyMin     int           // visits a week that the ward would like each patient to have; 0 for no aim
	WeeklyMax     int           // visits a week that may be booked for one patient; 0 for no limit
	WeekStarts    time.Weekday  // the first day of the week in which they are counted
	ChangeCutoff  time.Duration // how little before the start relatives may still move or cancel
	HoldFor       time.Duration // how long a slot is kept while a form is filled in
	OfferFor      time.Duration // how long a freed slot is kept for whoever is next on the waiting list
	OpensBefore   time.Duration // how long before the start the waiting room and Start open
	Grace         time.Duration // how long after the end an unstarted visit is kept open
	People        int           // at most this many relatives at one visit
	MadeAt        time.Time     // the zero Time for the policy that a ward begins with
	MadeBy        string
}

// What a ward that has not decided gets: staff may book a year ahead, and an
// offer stands for two hours.
const (
	usualStaffEarliest = 366 * 24 * time.Hour
	usualOfferFor      = 2 * time.Hour
)

// WithDefaults returns p with what it leaves open decided.
func (p Policy) WithDefaults() Policy {
	if p.StaffEarliest == 0 {
		p.StaffEarliest = usualStaffEarliest
	}
	if p.OfferFor == 0 {
		p.OfferFor = usualOfferFor
	}
	return p
}

// The bounds of what a policy may say. A day bounds what one visit can take of a
// device, which is what keeps the search for free ones short.
const (
	longestBuffer = 4 * time.Hour
	longestAhead  = 2 * 366 * 24 * time.Hour
	mostPeople    = 20
)

// Check refuses a policy under which nobody could ever book: ErrPolicyForbids;
// under which a patient is to have more visits a week than may be booked:
// ErrWeeklyNumbers; or which says what no ward can mean: ErrBadPolicy.
func (p Policy) Check() error {
	switch {
	case p.Notice >= p.Earliest, p.StaffNotice >= p.StaffEarliest, p.People < 1:
		return ErrPolicyForbids
	case p.WeeklyMax > 0 && p.WeeklyMin > p.WeeklyMax:
		return ErrWeeklyNumbers
	case p.HoldFor < time.Minute || p.HoldFor > time.Hour, p.OfferFor < time.Minute || p.OfferFor > 48*time.Hour:
		return ErrBadPolicy
	case p.WeeklyMin < 0 || p.WeeklyMax < 0 || p.People > mostPeople, p.WeekStarts < time.Sunday || p.WeekStarts > time.Saturday:
		return ErrBadPolicy
	}
	lengths := []time.Duration{p.Notice, p.StaffNotice, p.ChangeCutoff, p.OpensBefore, p.Grace, p.Earliest, p.StaffEarliest}
	for _, d := range lengths {
		if d < 0 || d > longestAhead || d%time.Minute != 0 {
			return ErrBadPolicy
		}
	}
	buffers := []Buffers{{p.Prepare, p.Clean}}
	for _, b := range p.Infected {
		buffers = append(buffers, b)
	}
	for _, b := range buffers {
		if b.Prepare < 0 || b.Clean < 0 || b.Prepare > longestBuffer || b.Clean > longestBuffer {
			return ErrBadPolicy
		}
	}
	return nil
}

// BuffersFor are those around a visit to a patient with an infection.
func (p Policy) BuffersFor(i Infection) Buffers {
	if b, own := p.Infected[i]; own {
		return b
	}
	return Buffers{p.Prepare, p.Clean}
}

// A Booker is on whose behalf a time is asked for, which decides how near and how
// far it may be.
type Booker int

// The kinds of booker.
const (
	Relatives Booker = iota
	WardStaff
	Goodbye // of an end-of-life visit: now, if need be
)

// BookerOf is the kind of booker that an actor is for a kind of visit.
func BookerOf(a Actor, kind VisitKind) Booker {
	switch {
	case kind == EndOfLife && a.Visitor() == "":
		return Goodbye
	case a.Visitor() == "":
		return WardStaff
	}
	return Relatives
}

// Bookable refuses a start that this policy leaves the booker no time for, or
// that is too far ahead. Nobody books what has begun.
func (p Policy) Bookable(start, now time.Time, who Booker) error {
	notice, earliest := p.Notice, p.Earliest
	switch who {
	case WardStaff:
		notice, earliest = p.StaffNotice, p.StaffEarliest
	case Goodbye:
		notice, earliest = 0, longestAhead
	}
	switch {
	case start.Before(now.Add(notice)):
		return ErrTooLate
	case start.After(now.Add(earliest)):
		return ErrTooEarly
	}
	return nil
}

// WeekOf returns the first instant of the week in which t is counted, in zone,
// and the first of the next.
func (p Policy) WeekOf(t time.Time, zone *time.Location) (from, to time.Time) {
	day := DateOf(t, zone)
	first := day.AddDays(-int((7 + day.Weekday() - p.WeekStarts) % 7))
	from, _ = DayBounds(first, zone)
	to, _ = DayBounds(first.AddDays(7), zone)
	return from, to
}

// RoomInWeek refuses one more visit in a week that has had as many as this.
func (p Policy) RoomInWeek(booked int) error {
	if p.WeeklyMax > 0 && booked >= p.WeeklyMax {
		return ErrWeekFull
	}
	return nil
}

package booking

import (
	"cmp"
	"errors"
	"slices"
	"time"
)

// An EntryState is where a WaitlistEntry is: it waits until it is over, for good.
type EntryState string

// The states of a WaitlistEntry.
const (
	EntryWaiting EntryState = "waiting"
	EntryBooked  EntryState = "booked" // they have a visit on one of their days
	EntryLeft    EntryState = "left"   // they said so, or may not visit any more
	EntryLapsed  EntryState = "lapsed" // their days are past
)

// A WaitlistEntry is a relative who would come on days when nothing is free.
type WaitlistEntry struct {
	ID       EntryID
	Patient  PatientID
	Visitor  VisitorID
	Ward     WardID // where the patient lay when somebody last looked
	Kind     VisitKind
	From, To Date // first and last day
	Since    time.Time
	State    EntryState
	LeftAt   time.Time // the zero Time while it waits
}

// longestWait bounds how many days one entry may name: who would come at any time
// in the next two months waits for everything that anybody else could have.
const longestWait = 31

// Check refuses days that are past, the wrong way round or too many.
func (e WaitlistEntry) Check(today Date) error {
	switch {
	case e.From.IsZero() || e.To.Before(e.From) || e.To.Before(today), e.To.daysSince(e.From) >= longestWait:
		return ErrBadDays
	case e.From.daysSince(today) > 366:
		return ErrBadDays
	}
	return e.Kind.Check()
}

// Covers reports whether d is one of the days of e.
func (e WaitlistEntry) Covers(d Date) bool { return !d.Before(e.From) && !e.To.Before(d) }

// Leaves says whether e is over by itself, on today, given what MayVisit says of
// its visitor. Somebody who is barred waits like anybody else, since to be sent
// away would tell them so; and who waits for a consent or for a ward to open
// keeps their place.
func (e WaitlistEntry) Leaves(refused error, today Date) (EntryState, bool) {
	switch {
	case e.State != EntryWaiting:
		return e.State, false
	case e.To.Before(today):
		return EntryLapsed, true
	case errors.Is(refused, ErrNotInCircle), errors.Is(refused, ErrNotApproved), errors.Is(refused, ErrPatientAway):
		return EntryLeft, true
	}
	return e.State, false
}

// Leave returns e over, as it is at now.
func (e WaitlistEntry) Leave(as EntryState, now time.Time) WaitlistEntry {
	e.State, e.LeftAt = as, now.UTC()
	return e
}

// Lately is how far back visits count for whose turn it is.
const Lately = 14 * 24 * time.Hour

// A Waiting is an entry with how many visits its patient has had Lately.
type Waiting struct {
	WaitlistEntry
	Had int
}

// InTurn puts those who wait in the order in which a freed time is offered to
// them: who has to say goodbye, then whoever has had the fewest visits lately,
// then whoever has waited longest.
func InTurn(waiting []Waiting) []Waiting {
	turn := slices.Clone(waiting)
	slices.SortFunc(turn, func(a, b Waiting) int {
		return cmp.Or(
			cmp.Compare(a.urgency(), b.urgency()),
			cmp.Compare(a.Had, b.Had),
			a.Since.Compare(b.Since),
			cmp.Compare(a.ID, b.ID))
	})
	return turn
}

func (w Waiting) urgency() int {
	if w.Kind == EndOfLife {
		return 0
	}
	return 1
}

// A SlotOfferState is where a SlotOffer is.
type SlotOfferState string

// The states of a SlotOffer.
const (
	SlotOpen     SlotOfferState = "open"
	SlotTaken    SlotOfferState = "taken"
	SlotDeclined SlotOfferState = "declined"
	SlotLapsed   SlotOfferState = "lapsed" // not answered in time, or taken back
)

// A SlotOffer is a freed time kept for one entry of a waiting list, by a visit
// that is held for its visitor: so nobody else can have it, and it lapses like any
// hold.
type SlotOffer struct {
	ID         SlotOfferID
	Entry      EntryID
	Visit      VisitID
	State      SlotOfferState
	OfferedAt  time.Time
	Expires    time.Time
	AnsweredAt time.Time // the zero Time while it is open
}

// A TimeOffered is a SlotOffer with the time that it was of.
type TimeOffered struct {
	SlotOffer
	When      Interval
	KeptUntil time.Time // the zero Time when nothing is kept for it any more
}

// Stands reports whether the time can still be taken at now: an offer that nobody
// answered is over by the clock, whenever somebody writes so.
func (o TimeOffered) Stands(now time.Time) bool {
	return o.State == SlotOpen && now.Before(o.KeptUntil)
}

// How an offer is bounded.
const (
	// answerBefore is how long before a visit an offer of it ends at the latest: the
	// ward has then still time to know who comes.
	answerBefore = 15 * time.Minute

	// shortestOffer is the least time to read a message and answer it. What is freed
	// later than that is left to whoever looks.
	shortestOffer = 10 * time.Minute

	// Nobody is woken by an offer: between these it waits for the morning.
	quietFrom, quietTo = ClockTime(21 * 60), ClockTime(8 * 60)
)

// OfferSpan is when to tell of an offer of a slot that is made at now, and until
// when it stands; and whether there is time enough to make it at all. A time that
// is freed at night is told of in the morning, unless it is too near for that.
func (p Policy) OfferSpan(start, now time.Time, zone *time.Location) (tell, until time.Time, ok bool) {
	latest := start.Add(-answerBefore)
	tell = now.UTC()
	if morning, quiet := morningAfter(now, zone); quiet && latest.Sub(morning) >= shortestOffer {
		tell = morning
	}
	until = tell.Add(p.OfferFor)
	if latest.Before(until) {
		until = latest
	}
	return tell, until.UTC().Truncate(time.Microsecond), until.Sub(tell) >= shortestOffer
}

// morningAfter is when the quiet of a night ends, if it is night.
func morningAfter(now time.Time, zone *time.Location) (time.Time, bool) {
	local := now.In(zone)
	day, clock := DateOf(now, zone), ClockTime(local.Hour()*60+local.Minute())
	switch {
	case clock >= quietFrom:
		day = day.AddDays(1)
	case clock >= quietTo:
		return time.Time{}, false
	}
	at := Instants(day, quietTo, zone)
	if len(at) == 0 {
		return time.Time{}, false // no zone moves its clocks at breakfast
	}
	return at[0], true
}

// FirstWanted returns the first of slots, in order of time, that can be offered to
// an entry: on its days, with time to answer, and not at a time that overlaps one
// that it was offered before, which would be to ask the same question twice.
func (e WaitlistEntry) FirstWanted(slots []Slot, before []Interval, p Policy, now time.Time, zone *time.Location) (Slot, bool) {
	for _, s := range slots {
		_, _, ok := p.OfferSpan(s.When.Start(), now, zone)
		if ok && e.Covers(DateOf(s.When.Start(), zone)) && !anyOverlap(before, s.When) {
			return s, true
		}
	}
	return Slot{}, false
}

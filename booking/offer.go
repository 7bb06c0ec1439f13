package booking

import (
	"cmp"
	"slices"
	"time"
)

// An OfferState is where an InterpreterBooking is:
//
//	offered ─▶ accepted ─▶ relieved, missed
//	   │          │
//	   └──────────┴─▶ declined, withdrawn
//	   │
//	   └─▶ lapsed
//
// A visit has at most one that is offered or accepted.
type OfferState string

// The states of an InterpreterBooking.
const (
	Offered   OfferState = "offered"
	Accepted  OfferState = "accepted"
	Declined  OfferState = "declined"  // said no, or handed it back
	Withdrawn OfferState = "withdrawn" // the visit moved, was cancelled or goes on without
	Lapsed    OfferState = "lapsed"    // did not answer in time, so the next was asked
	Relieved  OfferState = "relieved"  // a substitute was sent for
	Missed    OfferState = "missed"    // did not come, so a substitute was sent for
)

// An InterpreterBooking is one interpreter asked to one visit. The interpreter
// is reserved from the moment of the offer, in the visit's own transaction, so
// that an acceptance can never come too late.
type InterpreterBooking struct {
	ID          OfferID
	Visit       VisitID
	Interpreter InterpreterID
	Tongue      Tongue
	State       OfferState
	AnswerBy    time.Time // when the next is asked instead, if there is one; the zero Time is never
	SpokeAt     time.Time // when the interpreter last said that they come; the zero Time is not yet
}

// Open reports whether b still claims its interpreter.
func (b InterpreterBooking) Open() bool { return b.State == Offered || b.State == Accepted }

// Answer returns b accepted or declined. An accepted one may still be handed
// back, which is to decline it. To accept again is to confirm, as interpreters
// are asked to when the visit comes near.
func (b InterpreterBooking) Answer(yes bool, now time.Time) (InterpreterBooking, error) {
	switch {
	case !b.Open():
		return b, ErrOfferClosed
	case yes:
		b.State, b.SpokeAt = Accepted, now.UTC()
	default:
		b.State = Declined
	}
	b.AnswerBy = time.Time{}
	return b, nil
}

// Close returns an open b in another state that claims nobody.
func (b InterpreterBooking) Close(as OfferState) (InterpreterBooking, error) {
	if !b.Open() {
		return b, ErrOfferClosed
	}
	b.State, b.AnswerBy = as, time.Time{}
	return b, nil
}

// Chases are how long before a visit its interpreter is asked whether they still
// come.
var Chases = []time.Duration{24 * time.Hour, 2 * time.Hour, 10 * time.Minute}

// How a visit's interpreter is followed up.
const (
	// SubstituteOpens is how long before a visit "I am stuck" sends for somebody
	// else as an emergency; earlier it is handing back.
	SubstituteOpens = 30 * time.Minute

	// GoneAfter is how long after the start an interpreter who is not here is
	// replaced, if there is anybody to replace them.
	GoneAfter = 2 * time.Minute

	// ChoiceAfter is how long after the start the family is asked whether to begin
	// without.
	ChoiceAfter = 5 * time.Minute

	// TellBefore is how long before a visit its family is told that nobody has been
	// found yet: time to choose another day, and not so early that most of those
	// told would have had an interpreter by the evening.
	TellBefore = 24 * time.Hour

	// UnheardBefore is how long before a visit somebody who has answered none of two
	// chases is taken not to come: late enough for the second to be read, early enough
	// for a substitute.
	UnheardBefore = time.Hour

	// askedAtMost is how often one person is asked to one visit if they never
	// answer.
	askedAtMost = 2
)

// answerWithin are how long an offer waits for its answer, by how far off the
// visit is.
var answerWithin = []struct{ ahead, wait time.Duration }{
	{7 * 24 * time.Hour, 24 * time.Hour},
	{48 * time.Hour, 4 * time.Hour},
	{24 * time.Hour, 2 * time.Hour},
	{4 * time.Hour, 30 * time.Minute},
	{time.Hour, 10 * time.Minute},
}

// shortestAnswer is how long is left to pick up a phone, a minute before a visit
// as while it runs.
const shortestAnswer = 3 * time.Minute

// AnswerBy is when an offer made at now for a visit that begins at start is
// passed on to the next interpreter. Who is asked outside their hours has until
// a while after they begin again, unless the visit is too near for that.
func (i Interpreter) AnswerBy(now, start time.Time) time.Time {
	wait := shortestAnswer
	for _, w := range answerWithin {
		if start.Sub(now) >= w.ahead {
			wait = w.wait
			break
		}
	}
	latest := start.Add(-UnheardBefore) // by then somebody else must have time to answer
	from := now
	if opens, later := i.nextAtWork(now); later {
		from = opens
	}
	if by := from.Add(wait); by.Before(latest) {
		return by.UTC()
	}
	if latest.After(now.Add(wait)) {
		return latest.UTC()
	}
	return now.Add(wait).UTC()
}

// nextAtWork is when i next begins work, and whether that is still to come: not
// while they work already.
func (i Interpreter) nextAtWork(now time.Time) (opens time.Time, later bool) {
	today := DateOf(now, i.Zone)
	for ahead := -1; ahead <= 7; ahead++ {
		day := today.AddDays(ahead)
		for _, h := range i.Hours {
			if h.Weekday != day.Weekday() {
				continue
			}
			begins := Instants(day, h.Start, i.Zone)
			if len(begins) == 0 {
				continue
			}
			if ends := (Session{Start: h.Start, End: h.End}).closes(day, i.Zone); !now.Before(begins[0]) && now.Before(ends) {
				return time.Time{}, false
			}
			if begins[0].After(now) && (opens.IsZero() || begins[0].Before(opens)) {
				opens = begins[0]
			}
		}
	}
	return opens, !opens.IsZero()
}

// Next says in which state b is to be closed, for somebody else to be asked
// instead, and whether that is due at now. came says that its interpreter has been
// in the waiting room or the call: whoever drops out of a call is on their way
// back.
func (b InterpreterBooking) Next(when Interval, came bool, now time.Time) (OfferState, bool) {
	start := when.Start()
	expected := start // or later, of a substitute who said yes while the visit was on
	if b.SpokeAt.After(start) {
		expected = b.SpokeAt
	}
	switch {
	case came || !now.Before(when.End()):
		return b.State, false
	case b.State == Offered && !b.AnswerBy.IsZero() && !now.Before(b.AnswerBy):
		return Lapsed, true
	case b.State == Accepted && !now.Before(expected.Add(GoneAfter)):
		return Missed, true
	case b.State == Accepted && b.unheard(start, now):
		return Lapsed, true
	}
	return b.State, false
}

// unheard reports whether b's interpreter has let two chases go by without a
// word.
func (b InterpreterBooking) unheard(start, now time.Time) bool {
	return !now.Before(start.Add(-UnheardBefore)) && now.Before(start) && !b.SpokeAt.IsZero() && b.SpokeAt.Before(start.Add(-Chases[0]))
}

// Asked is what was said by those who were asked to a visit before: who is not to
// be asked again, and how often each other let an offer lapse.
func Asked(before []InterpreterBooking) (never map[InterpreterID]bool, lapsed map[InterpreterID]int) {
	never, lapsed = map[InterpreterID]bool{}, map[InterpreterID]int{}
	for _, b := range before {
		switch b.State {
		case Declined, Relieved, Missed:
			never[b.Interpreter] = true
		case Lapsed:
			lapsed[b.Interpreter]++
			never[b.Interpreter] = never[b.Interpreter] || lapsed[b.Interpreter] >= askedAtMost
		}
	}
	return never, lapsed
}

// Spells are the hours of one weekday in order, for a page.
func Spells(hours []Hours, day time.Weekday) []Hours {
	var spells []Hours
	for _, h := range hours {
		if h.Weekday == day {
			spells = append(spells, h)
		}
	}
	slices.SortFunc(spells, func(a, b Hours) int { return cmp.Compare(a.Start, b.Start) })
	return spells
}

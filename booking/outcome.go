package booking

import (
	"slices"
	"time"
)

// An OutcomeKind is what staff say, with one tap, of a visit that does not go as
// planned.
type OutcomeKind string

// The kinds of outcome.
const (
	// OutcomeLate is that the family is not there yet: the visit waits for them.
	OutcomeLate OutcomeKind = "late"
	// OutcomeAsleep is that the patient sleeps: the visit moves to a little later, if
	// everything it needs is free then, or else does not happen today.
	OutcomeAsleep OutcomeKind = "asleep"
	// OutcomeNotNow is that the patient does not want to, or is not able to, today.
	OutcomeNotNow OutcomeKind = "not_now"
	// OutcomeNoShow is that nobody came.
	OutcomeNoShow OutcomeKind = "no_show"
)

// Outcomes are all of them, in the order in which pages offer them.
var Outcomes = []OutcomeKind{OutcomeLate, OutcomeAsleep, OutcomeNotNow, OutcomeNoShow}

const (
	// undoFor is how long an outcome can be taken back: as long as whoever pressed
	// the wrong button may take to see it.
	undoFor = 10 * time.Minute
	// TellAfter is for how long a family is not told of an outcome, so that one that
	// was a slip of the finger is never heard of.
	TellAfter = time.Minute
	// littleLater is by how much a visit moves whose patient is asleep.
	littleLater = 30 * time.Minute
	// onTheClock is to what such a time is rounded, to be said and remembered.
	onTheClock = 5 * time.Minute
	// usualWait is how long a visit waits for its family in a ward that has no grace.
	usualWait = 15 * time.Minute
)

// An OutcomeID identifies an Outcome.
type OutcomeID string

// An Outcome is what was said of a visit, when and by whom. It is kept when it is
// taken back, so that figures can leave it out.
type Outcome struct {
	ID       OutcomeID
	Visit    VisitID
	Ward     WardID // whose it was then
	Kind     OutcomeKind
	At       time.Time
	By       string    // the id of a member of staff
	Until    time.Time // of OutcomeLate: until when the visit waits
	Was      Interval  // of a visit that moved: when it was to be
	UndoneAt time.Time // the zero Time while it stands
}

// Reason is why a visit is called off for an outcome.
func (k OutcomeKind) Reason() Reason {
	switch k {
	case OutcomeAsleep:
		return PatientAsleep
	case OutcomeNoShow:
		return NoShowVisitor
	}
	return PatientDeclined
}

// Undoable reports whether o can still be taken back.
func (o Outcome) Undoable(now time.Time) bool {
	return o.UndoneAt.IsZero() && now.Before(o.At.Add(undoFor))
}

// Note refuses an outcome that cannot be said of a visit now. people are those who
// were to come.
func (v Visit) Note(kind OutcomeKind, people []Participant, opensBefore time.Duration, now time.Time) error {
	here := slices.ContainsFunc(people, func(p Participant) bool { return p.Role == AsVisitor && !p.HereSince.IsZero() })
	ofFamily := kind == OutcomeLate || kind == OutcomeNoShow
	switch {
	case !slices.Contains(Outcomes, kind):
		return ErrBadChoice
	case v.State.Over(), v.State == Held:
		return ErrVisitOver
	case v.State == Live:
		return ErrVisitBegun
	case now.Before(v.When.Start().Add(-opensBefore)):
		return ErrNotOpenYet
	case ofFamily && now.Before(v.When.Start()):
		return ErrNotLateYet
	case ofFamily && here:
		return ErrSomebodyHere
	case kind == OutcomeLate && !now.Before(v.When.End()):
		return ErrVisitOver
	}
	return nil
}

// WaitsUntil is until when v waits for a family that is late: for the ward's grace
// from when it was to begin, or, when that has passed already, from now; and never
// beyond its end.
func (v Visit) WaitsUntil(grace time.Duration, now time.Time) time.Time {
	if grace <= 0 {
		grace = usualWait
	}
	until := v.When.Start().Add(grace)
	if !until.After(now) {
		until = now.Add(grace).Truncate(time.Minute)
	}
	if until.After(v.When.End()) {
		return v.When.End()
	}
	return until
}

// ALittleLater is v put back, to begin half an hour from now.
func (v Visit) ALittleLater(now time.Time) (Visit, error) {
	start := now.Add(littleLater + onTheClock - 1).Truncate(onTheClock)
	when, err := NewInterval(start, v.When.Length())
	if err != nil {
		return v, err
	}
	if v, err = v.PutBack(); err != nil {
		return v, err
	}
	return v.Move(when)
}

// PutBack returns v booked again, though the ward had pressed Start, as nobody has
// been let in.
func (v Visit) PutBack() (Visit, error) {
	switch v.State {
	case Booked:
	case Preparing, Lobby:
		v.State, v.OpenedAt = Booked, time.Time{}
	case Live:
		return v, ErrVisitBegun
	default:
		return v, ErrVisitOver
	}
	return v, nil
}

// TakeBack returns v as it was before an outcome called it off or moved it.
func (v Visit) TakeBack(o Outcome, now time.Time) (Visit, error) {
	was := v.When
	if !o.Was.IsZero() {
		was = o.Was
	}
	if !o.Undoable(now) || !now.Before(was.End()) {
		return v, ErrNothingToUndo
	}
	switch {
	case o.Kind == OutcomeLate && !v.State.Over():
		return v, nil
	case o.Was.IsZero() && v.State == Cancelled && v.Reason == o.Kind.Reason():
		v.State, v.Reason, v.EndedAt = Booked, "", time.Time{}
		return v, nil
	case !o.Was.IsZero() && v.State == Booked:
		v.When = was
		return v, nil
	}
	return v, ErrNothingToUndo
}

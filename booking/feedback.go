package booking

import (
	"slices"
	"time"
)

// An Answer is what somebody said a visit was like, with one tap.
type Answer string

// The answers.
const (
	Good    Answer = "good"
	Fair    Answer = "all_right"
	NotGood Answer = "not_good"
)

// Answers are all of them, in the order in which pages offer them.
var Answers = []Answer{Good, Fair, NotGood}

// A Side is where somebody was at a visit who says what it was like.
type Side string

// The sides that are asked.
const (
	StaffSide   Side = "staff"
	FamilySide  Side = "visitor"
	PatientSide Side = "patient"
)

// Sides are all of them, in the order in which pages show them.
var Sides = []Side{PatientSide, FamilySide, StaffSide}

const (
	// askedFor is for how long after a visit people are asked how it was: they still
	// remember.
	askedFor = 7 * 24 * time.Hour
	// askedAtBed is for how long the iPad asks the patient: after that it may be with
	// somebody else.
	askedAtBed = 5 * time.Minute
	// changedFor is how long an answer can be changed.
	changedFor = 24 * time.Hour
)

// A FeedbackID identifies a Feedback.
type FeedbackID string

// A Feedback is one person's answer to how a visit was.
type Feedback struct {
	ID     FeedbackID
	Visit  VisitID
	Ward   WardID // that the visit was in
	Side   Side
	Who    string // the id of a member of staff or a visitor; of the patient's side, always the same
	Answer Answer
	Words  string // in their own; empty when they added none
	MayAsk bool   // they said that the ward may ask them about it, and so may know who they are
	At     time.Time
	// ChangedAt is when they last said something else; At when they did not.
	ChangedAt time.Time
}

// Asks refuses when one side is not asked how a visit was, now: it has to have
// ended not long ago, and must not have been a goodbye or to somebody who has died
// since. The patient is not asked either when the visit was stopped for their sake:
// it ended covered, as it does when consent is withdrawn, or because they were asleep
// or did not want it. Whoever answers is asked this again when the answer is saved.
func (v Visit) Asks(side Side, patient Patient, now time.Time) error {
	still := askedFor
	if side == PatientSide {
		still = askedAtBed
	}
	switch {
	case !slices.Contains(Sides, side):
		return ErrBadChoice
	case v.Kind == EndOfLife, v.Reason == Sensitive, patient.State == PatientDied, v.State == Cancelled:
		return ErrNotAsked
	case side == PatientSide && (v.Covered || v.Reason == PatientDeclined || v.Reason == PatientAsleep):
		return ErrNotAsked
	case v.State != Ended:
		return ErrNotEndedYet
	case !now.Before(v.EndedAt.Add(still)):
		return ErrAnswerClosed
	}
	return nil
}

// Changeable refuses when f cannot be changed any more.
func (f Feedback) Changeable(now time.Time) error {
	if !now.Before(f.At.Add(changedFor)) {
		return ErrAnswerClosed
	}
	return nil
}

// Check refuses an answer that there is not.
func (a Answer) Check() error {
	if !slices.Contains(Answers, a) {
		return ErrBadChoice
	}
	return nil
}

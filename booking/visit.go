package booking

import (
	"slices"
	"time"
)

// A State is where a visit is in its life:
//
//	held ─▶ booked ─▶ preparing ─▶ lobby ─▶ live ─▶ ended
//	  │        │          │          │
//	  └────────┴──────────┴──────────┴─▶ cancelled
//
// Nothing leaves ended. A visit that nobody was let in to yet is put back from
// preparing or lobby to booked, when it moves to a little later. A visit leaves cancelled only to be booked again, when
// what it was cancelled for turns out not to have been so. Why a visit was cancelled, or how one
// ended, is a Reason recorded beside the state, never another state.
type State string

// The states of a visit.
const (
	Held      State = "held"      // a slot kept while a form is filled in
	Booked    State = "booked"    // confirmed to the family
	Preparing State = "preparing" // the ward pressed Start; the iPad is on its way in
	Lobby     State = "lobby"     // the iPad is in the room; nobody is admitted
	Live      State = "live"      // somebody has been admitted
	Ended     State = "ended"
	Cancelled State = "cancelled"
)

// Over reports whether nothing more can happen to a visit.
func (s State) Over() bool { return s == Ended || s == Cancelled }

// Open reports whether the visit's room is open to its patient.
func (s State) Open() bool { return s == Preparing || s == Lobby || s == Live }

// A Reason is why a visit is in its state.
type Reason string

// The reasons beside a state.
const (
	ByFamily        Reason = "by_family"
	ByWard          Reason = "by_ward"
	PatientDeclined Reason = "patient_declined"
	PatientAsleep   Reason = "patient_asleep"
	NoShowVisitor   Reason = "no_show_visitor"
	Technical       Reason = "technical"
	HoldLapsed      Reason = "hold_lapsed"
	RanToEnd        Reason = "ran_to_end"
	AtBedside       Reason = "at_bedside" // ended on the iPad
	Discharged      Reason = "discharged" // the patient went home
	Sensitive       Reason = "sensitive"  // the patient died; nobody is told but by a person
	Displaced       Reason = "displaced"  // by an end-of-life visit
	MovedWard       Reason = "moved_ward" // and the new ward cannot take it
)

// A Via is how a visit came to be booked.
type Via string

// The ways to book.
const (
	ViaWeb    Via = "web"
	ViaPhone  Via = "phone" // staff, for a family that rang
	ViaImport Via = "import"
)

// A VisitKind is what a visit is for.
type VisitKind string

// The kinds of visit.
const (
	Ordinary      VisitKind = "ordinary"
	EndOfLife     VisitKind = "end_of_life" // passes over rules, and is never displaced
	FamilyMeeting VisitKind = "family_meeting"
)

// Check refuses a kind that there is not.
func (k VisitKind) Check() error {
	switch k {
	case Ordinary, EndOfLife, FamilyMeeting:
		return nil
	}
	return ErrBadChoice
}

// A Need is something that would help at a visit.
type Need string

// The needs a family can name.
const (
	NeedCaptions      Need = "captions"
	NeedLargeControls Need = "large_controls"
	NeedHearingLoop   Need = "hearing_loop"
)

// Needs are all of them, in the order in which pages ask.
var Needs = []Need{NeedCaptions, NeedLargeControls, NeedHearingLoop}

// A Visit is one booked meeting. A visit in the state Held is a Hold.
type Visit struct {
	ID            VisitID
	Reference     Reference
	Patient       PatientID
	Ward          WardID // at booking
	Device        DeviceID
	Kind          VisitKind
	Series        SeriesID // that it is one of; empty for none
	State         State
	Reason        Reason
	When          Interval
	Prepare       time.Duration // of the device, before When
	Clean         time.Duration // and after
	Tongue        Tongue        // of the interpreter asked for; zero for none
	Needs         []Need
	Via           Via
	BookedBy      Actor // without its wards
	PolicyVersion int
	HeldUntil     time.Time // while Held
	Locked        bool      // nobody new may join
	Covered       bool      // the patient's side is neither seen nor heard
	BookedAt      time.Time // when it was first booked; the zero Time while Held
	OpenedAt      time.Time // when the ward last pressed Start; the zero Time before
	StartedAt     time.Time // when somebody was first let in
	EndedAt       time.Time
	Version       int // of the record, for compare-and-set
}

// SamePlan reports whether v and w differ in nothing that was planned: not in when
// and on what they are, nor in what they need.
func (v Visit) SamePlan(w Visit) bool {
	return v.When == w.When && v.Device == w.Device && v.Tongue == w.Tongue && slices.Equal(v.Needs, w.Needs)
}

// DeviceTime is the time for which the visit takes its device.
func (v Visit) DeviceTime() Interval { return v.When.Widen(v.Prepare, v.Clean) }

// Confirm returns a held visit booked.
func (v Visit) Confirm(now time.Time) (Visit, error) {
	switch {
	case v.State == Booked:
		return v, nil // pressed twice
	case v.State == Cancelled && v.Reason == HoldLapsed, v.State == Held && !now.Before(v.HeldUntil):
		return v, ErrHoldExpired
	case v.State != Held:
		return v, ErrVisitOver
	}
	v.State, v.HeldUntil, v.BookedAt = Booked, time.Time{}, now.UTC()
	return v, nil
}

// Move returns v at another time. It refuses once the ward has begun it.
func (v Visit) Move(to Interval) (Visit, error) {
	if err := v.changeable(); err != nil {
		return v, err
	}
	v.When = to
	return v, nil
}

func (v Visit) changeable() error {
	switch {
	case v.State.Over():
		return ErrVisitOver
	case v.State.Open():
		return ErrVisitBegun
	}
	return nil
}

// Cancel returns v cancelled. A visit that has been live can only end.
func (v Visit) Cancel(why Reason, now time.Time) (Visit, error) {
	switch {
	case v.State.Over():
		return v, ErrVisitOver
	case v.State == Live:
		return v, ErrVisitBegun
	}
	v.State, v.Reason, v.EndedAt, v.HeldUntil = Cancelled, why, now.UTC(), time.Time{}
	return v, nil
}

// Reinstate returns a cancelled visit booked again, if it has not begun. Its
// device, patient and interpreter are to be reserved anew.
func (v Visit) Reinstate(now time.Time) (Visit, error) {
	if v.State != Cancelled || v.Reason == HoldLapsed || !now.Before(v.When.Start()) {
		return v, ErrVisitOver
	}
	v.State, v.Reason, v.EndedAt = Booked, "", time.Time{}
	return v, nil
}

// Start returns v preparing: the ward is ready, and the iPad may open its side.
func (v Visit) Start(now time.Time, opensBefore time.Duration) (Visit, error) {
	switch {
	case v.State.Over():
		return v, ErrVisitOver
	case v.State.Open():
		return v, ErrAlreadyStarted
	case v.State != Booked:
		return v, ErrNotStarted
	case now.Before(v.When.Start().Add(-opensBefore)):
		return v, ErrNotOpenYet
	}
	v.State, v.OpenedAt = Preparing, now.UTC()
	return v, nil
}

// Arrive returns v with the iPad in its room.
func (v Visit) Arrive() (Visit, error) {
	switch {
	case v.State.Over():
		return v, ErrVisitOver
	case !v.State.Open():
		return v, ErrNotStarted
	}
	if v.State == Preparing {
		v.State = Lobby
	}
	return v, nil
}

// Admit returns v with somebody let in, which is when it becomes live.
func (v Visit) Admit(now time.Time) (Visit, error) {
	switch {
	case v.State.Over():
		return v, ErrVisitOver
	case v.State != Lobby && v.State != Live:
		return v, ErrNotStarted
	}
	if v.State == Lobby {
		v.State, v.StartedAt = Live, now.UTC()
	}
	return v, nil
}

// End returns v over: ended if anybody was ever admitted, else cancelled, both
// for the reason given.
func (v Visit) End(why Reason, now time.Time) (Visit, error) {
	if v.State != Live {
		return v.Cancel(why, now)
	}
	v.State, v.Reason, v.EndedAt = Ended, why, now.UTC()
	return v, nil
}

// RunOut returns v as time alone leaves it, and whether time has ended it: a hold
// when it lapses, a visit at its end and the ward's grace. waited says that a
// relative is still in the waiting room, which makes a visit that never began
// the ward's to explain, not theirs.
func (v Visit) RunOut(now time.Time, grace time.Duration, waited bool) (Visit, bool) {
	why, at := RanToEnd, v.When.End().Add(grace)
	switch {
	case v.State == Held:
		why, at = HoldLapsed, v.HeldUntil
	case v.State != Live && waited:
		why = ByWard
	case v.State != Live:
		why = NoShowVisitor
	}
	if v.State.Over() || now.Before(at) {
		return v, false
	}
	over, err := v.End(why, now)
	return over, err == nil
}

// WaitingRoomOpen refuses a relative or interpreter who comes before the
// waiting room opens, or after the visit is over. They may wait before the ward
// has pressed Start.
func (v Visit) WaitingRoomOpen(now time.Time, p Policy) error {
	switch {
	case v.State.Over(), v.State == Held:
		return ErrVisitOver
	case now.Before(v.When.Start().Add(-p.OpensBefore)):
		return ErrNotOpenYet
	case v.State == Booked && !now.Before(v.When.End().Add(p.Grace)):
		return ErrVisitOver
	}
	return nil
}

// A Place is where a participant stands with the ward.
type Place string

// The places of a Participant.
const (
	Expected Place = "expected" // waits for staff, if here
	Admitted Place = "admitted"
	HeldBack Place = "held_back" // was put back to wait
	Removed  Place = "removed"   // may not come back
)

// A Role is what a participant comes to a visit as.
type Role string

// The roles at a visit. The patient's side is the ward's device.
const (
	AsVisitor     Role = "visitor"
	AsInterpreter Role = "interpreter"
)

// A Participant is a person expected at a visit beside the patient.
type Participant struct {
	ID           ParticipantID
	Visit        VisitID
	Role         Role
	Visitor      VisitorID     // one of these two is set
	Interpreter  InterpreterID //
	Name         string
	Relationship string // "Daughter"; for an interpreter, of what
	Place        Place
	HereSince    time.Time // when they came to the waiting room; the zero Time when not here
	Browser      string    // in which they are here, or were last; "" when not known
	LetIn        string    // the Browser in which the ward let them in last; "" if it never did
}

// Elsewhere reports whether p is here in another browser than the one in which the
// ward let them in: another phone of theirs, or of somebody they sent their link to.
func (p Participant) Elsewhere() bool { return p.LetIn != "" && p.Browser != p.LetIn }

// Come returns p as here in a browser, and whether that is one that the ward has to
// look at: another than the one in which it let them in. Whoever comes in such a
// one waits again; the browser that was let in goes back to its place.
func (p Participant) Come(browser string, now time.Time) (came Participant, anew bool) {
	anew = p.LetIn != "" && browser != p.LetIn && browser != p.Browser
	came = p
	came.Browser = browser
	switch {
	case p.LetIn == "" && p.Place == Admitted: // before this was written down
		came.LetIn = browser
	case p.Place == Admitted && came.Elsewhere():
		came.Place = Expected
	case p.Place == Expected && p.LetIn != "" && browser == p.LetIn:
		came.Place = Admitted // only another browser had put them back
	}
	if came.HereSince.IsZero() || anew {
		came.HereSince = now
	}
	return came, anew
}

// Waiting reports whether p is here and not let in.
func (p Participant) Waiting() bool {
	return !p.HereSince.IsZero() && (p.Place == Expected || p.Place == HeldBack)
}

// Put returns p moved to another place. Removal is for good.
func (p Participant) Put(to Place) (Participant, error) {
	if p.Place == Removed && to != Removed {
		return p, ErrRemoved
	}
	if to == Admitted && p.HereSince.IsZero() {
		return p, ErrNotHere
	}
	if to == Admitted {
		p.LetIn = p.Browser
	}
	p.Place = to
	return p, nil
}

// CheckNeeds refuses needs that nobody offered.
func CheckNeeds(needs []Need) error {
	for _, n := range needs {
		if !slices.Contains(Needs, n) {
			return ErrBadChoice
		}
	}
	return nil
}

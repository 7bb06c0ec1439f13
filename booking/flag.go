package booking

import (
	"slices"
	"strings"
	"time"
)

// A FlagKind is why staff must look at a visit.
type FlagKind string

// The kinds of Flag. All but the last follow from how things stand, and so close
// by themselves when that changes; see Troubles.
const (
	PatientMoved   FlagKind = "patient_moved"     // to a ward that cannot take the visit
	PatientLeft    FlagKind = "patient_away"      // nowhere in the hospital
	ConsentGone    FlagKind = "consent_withdrawn" // or past its review day
	VisitorKept    FlagKind = "visitor_barred"    // somebody who comes may not
	VisitorWaits   FlagKind = "visitor_paused"    // somebody who comes may not for now
	ClosedThen     FlagKind = "closure"           //
	ProtectedThen  FlagKind = "protected"         // a meal, a round, the afternoon's rest
	OutsideTimes   FlagKind = "outside"           // no session has this time any more
	DeviceGone     FlagKind = "device_lost"       // its iPad is lost, in repair, in another ward or for another bay
	ShortClean     FlagKind = "short_clean"       // too little time to clean its iPad for the patient's infection
	InterpreterOff FlagKind = "interpreter_gone"  // nobody interprets
	Overlapping    FlagKind = "overlap"           // with another visit of the same patient
	NotPutBack     FlagKind = "not_put_back"      // cancelled for what was not so, and not free any more
	Untold         FlagKind = "untold"            // put back, and nobody has been told yet
)

// A Flag is a typed reason why staff must look at a visit. One that follows from
// how things stand closes itself when they change.
type Flag struct {
	ID       FlagID
	Visit    VisitID
	Ward     WardID // whose staff are to look
	Kind     FlagKind
	Cause    string // what brought it about, as kind and id
	OpenedAt time.Time
	ClosedAt time.Time // the zero Time while it is open
	ClosedBy string
	Closing  Closing
	Note     string // why the visit is kept as it is
}

// Open reports whether somebody is still to look.
func (f Flag) Open() bool { return f.ClosedAt.IsZero() }

// A Closing is why a Flag was closed.
type Closing string

// The reasons to close a flag.
const (
	CauseGone Closing = "gone"
	VisitOver Closing = "over"
	KeptAsIs  Closing = "kept" // by staff, who said why
)

// Keep returns f closed by staff, who leave the visit as it is and say why. The
// same cause does not raise it again.
func (f Flag) Keep(by, note string, now time.Time) (Flag, error) {
	switch {
	case !f.Open():
		return f, ErrStale
	case strings.TrimSpace(note) == "":
		return f, ErrReasonNeeded
	}
	f.ClosedAt, f.ClosedBy, f.Closing, f.Note = now.UTC(), by, KeptAsIs, note
	return f, nil
}

// A Trouble is a cause for a flag that holds now, on some wards.
type Trouble struct {
	Kind  FlagKind
	Cause string
	Wards []WardID
}

// A Situation is everything around a visit that decides what troubles it.
type Situation struct {
	Patient Patient
	Stay    Stay        // where the patient lies; zero when nowhere
	Course  Whereabouts // how they came there
	Consent Consent     // the latest
	Zone    *time.Location
	Bars    map[VisitorID]string // who may not visit the patient, with the id of the bar
	Paused  map[VisitorID]string // who may not for now, with what they are in the circle
	People  []Participant
	Table   Timetable // of the visit's ward
	Device  Device
	Buffers Buffers              // that the patient's infection asks for
	Loans   []Loan               // of the device
	Walls   []string             // bays of the visit's ward that have devices of their own; see Fleet
	Offer   *InterpreterBooking  // the open one, or the last; nil when nobody was asked
	Without bool                 // somebody decided to do without the interpreter
	Aside   []string             // codes of the rules that were set aside for the visit
	Others  map[VisitID]Interval // other visits of the patient that are not over
	Now     time.Time
}

// Troubles are the causes for flags that hold of a visit as things stand: of one
// that is booked or on, everything that would keep it from going well; of one that
// was cancelled for what turned out not to be so, that it has not been put back.
// A visit that is being held, or is over, has none. They come in a fixed order.
func Troubles(v Visit, s Situation) []Trouble {
	t := troubles{visit: v}
	switch {
	case v.State == Cancelled:
		if PutBack(v, s.Patient, s.Course, s.Now) {
			t.add(NotPutBack, "visit "+string(v.ID))
		}
		return t.found
	case v.State == Held || v.State.Over():
		return nil
	}
	t.ofPatient(s)
	t.ofPeople(s)
	t.ofTime(s)
	t.ofDevice(s)
	return t.found
}

// PutBack reports whether a cancelled visit is to be booked again, because the
// patient has not died after all, or had not gone home when it was cancelled.
func PutBack(v Visit, p Patient, course Whereabouts, now time.Time) bool {
	if v.State != Cancelled || p.State != PatientActive || p.MergedInto != "" || !now.Before(v.When.Start()) {
		return false
	}
	switch v.Reason {
	case Sensitive:
		return true
	case Discharged:
		return course.HereAt(v.EndedAt)
	}
	return false
}

type troubles struct {
	visit Visit
	found []Trouble
}

func (t *troubles) add(kind FlagKind, cause string, wards ...WardID) {
	if len(wards) == 0 {
		wards = []WardID{t.visit.Ward}
	}
	t.found = append(t.found, Trouble{kind, cause, wards})
}

func (t *troubles) ofPatient(s Situation) {
	switch {
	case s.Patient.State != PatientActive || s.Stay.Ward == "":
		t.add(PatientLeft, string(s.Patient.State)+" "+stampOf(s.Course.Since))
	case s.Stay.Ward != t.visit.Ward:
		t.add(PatientMoved, "ward "+string(s.Stay.Ward), t.visit.Ward, s.Stay.Ward)
	}
	if !s.Consent.Stands(s.Now, s.Zone) {
		t.add(ConsentGone, "consent "+string(s.Consent.ID))
	}
	var others []VisitID
	for id, when := range s.Others {
		if when.Overlaps(t.visit.When) {
			others = append(others, id)
		}
	}
	slices.Sort(others)
	for _, id := range others {
		t.add(Overlapping, "visit "+string(id))
	}
}

// stampOf says an instant so that it can name a cause.
func stampOf(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }

func (t *troubles) ofPeople(s Situation) {
	for _, p := range s.People {
		if bar, barred := s.Bars[p.Visitor]; barred && p.Role == AsVisitor && p.Place != Removed {
			t.add(VisitorKept, "bar "+bar)
		} else if member, paused := s.Paused[p.Visitor]; paused && p.Role == AsVisitor && p.Place != Removed {
			t.add(VisitorWaits, "member "+member)
		}
	}
	if t.visit.Tongue.IsZero() || s.Without || s.Offer != nil && s.Offer.Open() {
		return
	}
	cause := "offer "
	if s.Offer != nil {
		cause += string(s.Offer.ID)
	}
	t.add(InterpreterOff, cause)
}

// ofTime asks the timetable. A goodbye sets it aside, and so may staff.
func (t *troubles) ofTime(s Situation) {
	v := t.visit
	if v.Kind == EndOfLife {
		return
	}
	aside := func(rule *Refusal) bool { return slices.Contains(s.Aside, rule.Code) }
	session, offered := s.Table.sessionOf(v.When)
	for _, c := range s.Table.Closures {
		if c.Closes(s.Stay.Bay, session, v.When, s.Table.Zone) && !aside(ErrClosed) {
			t.add(ClosedThen, "closure "+string(c.ID))
		}
	}
	for _, p := range s.Table.Protected {
		if p.Covers(v.When, s.Table.Zone) && !aside(ErrProtected) {
			t.add(ProtectedThen, "protected "+string(p.ID))
		}
	}
	if !offered && !aside(ErrNotASlot) {
		t.add(OutsideTimes, "times")
	}
}

// Takes reports whether a visit to a patient in a bay could be held by this
// timetable, but for rules that somebody has set aside for it.
func (t Timetable) Takes(v Visit, bay string, aside []string) bool {
	found := troubles{visit: v}
	found.ofTime(Situation{Table: t, Stay: Stay{Bay: bay}, Aside: aside})
	return len(found.found) == 0
}

// sessionOf is a session that takes in a time, for whomever, and whether there is
// one.
func (t Timetable) sessionOf(when Interval) (SessionID, bool) {
	slot, inside := t.SlotOf(when)
	return slot.Session, inside
}

func (t *troubles) ofDevice(s Situation) {
	d := s.Device
	if !d.State.Usable() {
		t.add(DeviceGone, "device "+string(d.ID)+" "+string(d.State))
		return
	}
	if s.Buffers.Lacking(t.visit) {
		t.add(ShortClean, "infection "+string(s.Patient.Infection))
	}
	in := d.Ward
	for _, loan := range s.Loans {
		if taken := t.visit.DeviceTime(); loan.ReturnedAt.IsZero() && loan.From.Before(taken.End()) && taken.Start().Before(loan.Till) {
			in = loan.To
		}
	}
	walled, kept := slices.Contains(s.Walls, s.Stay.Bay), ""
	if d.Dedicated && d.Ward == t.visit.Ward {
		kept = d.Zone
	}
	switch {
	case in != t.visit.Ward:
		t.add(DeviceGone, "device "+string(d.ID)+" in "+string(in))
	case s.Stay.Ward != t.visit.Ward: // where they lie elsewhere means nothing here
	case walled && kept != s.Stay.Bay, !walled && kept != "":
		t.add(DeviceGone, "device "+string(d.ID)+" not for "+s.Stay.Bay)
	}
}

// Reconcile says which flags of a visit are to be closed, with why, and which to
// be opened, so that those that are open say what troubles the visit now. flags
// are all that it ever had. One that staff closed, and said why, is not opened
// again for the same cause; and what has begun is not flagged anew, since those
// who look after it are there. Untold is left alone: it waits for a person.
func Reconcile(v Visit, flags []Flag, now []Trouble) (closing, opening []Flag) {
	type place struct {
		ward WardID
		kind FlagKind
	}
	wanted := map[place][]string{}
	var order []place
	for _, t := range now {
		for _, ward := range t.Wards {
			at := place{ward, t.Kind}
			if wanted[at] == nil {
				order = append(order, at)
			}
			wanted[at] = append(wanted[at], t.Cause)
		}
	}
	said := map[place]bool{}
	over := v.State.Over() && len(now) == 0
	kept := map[place][]string{}
	for _, f := range flags {
		at := place{f.Ward, f.Kind}
		switch {
		case f.Open() && slices.Contains(wanted[at], f.Cause), f.Open() && f.Kind == Untold && !over:
			said[at] = true
		case f.Open():
			f.Closing = CauseGone
			if over {
				f.Closing = VisitOver
			}
			closing = append(closing, f)
		case f.Closing == KeptAsIs:
			kept[at] = append(kept[at], f.Cause)
		}
	}
	for _, at := range order {
		i := slices.IndexFunc(wanted[at], func(cause string) bool { return !slices.Contains(kept[at], cause) })
		if i < 0 || said[at] || v.State.Open() {
			continue
		}
		opening = append(opening, Flag{Visit: v.ID, Ward: at.ward, Kind: at.kind, Cause: wanted[at][i]})
	}
	return closing, opening
}

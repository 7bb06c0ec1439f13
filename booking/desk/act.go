package desk

import (
	"context"
	"errors"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// An act is one change to one visit under way: the transaction it is in, who
// asks, when, and the visit as it is.
type act struct {
	*store.Tx
	by    booking.Actor
	now   time.Time
	ward  booking.Ward // under the policy that the visit was booked under
	rec   store.Record
	room  []booking.DeviceMove // visits that must move before this one has its device; see makeRoom
	quiet bool                 // what it does is told together with other things, elsewhere
	after time.Duration        // what it tells is told so long after
	told  bool                 // rec says all that the act has changed, so show need not read it again

	visitors map[booking.VisitorID]booking.Visitor // as far as the act has met them
}

// A right says whether an actor may do a thing to a visit.
type right func(by booking.Actor, r store.Record) bool

// mayRun is the right of whoever runs visits in the ward of a visit, or, for a visit
// of a patient who has moved, in the ward where they lie.
func mayRun(by booking.Actor, r store.Record) bool {
	return mayIn(booking.RunVisits, by, r)
}

// mayFind is the right to find an interpreter for a visit.
func mayFind(by booking.Actor, r store.Record) bool { return mayIn(booking.FindInterpreters, by, r) }

func mayIn(right booking.Right, by booking.Actor, r store.Record) bool {
	return by.May(right, r.Ward) || r.LiesIn != "" && by.May(right, r.LiesIn)
}

// maySteer is the right to move, cancel or fill in a visit: the ward's, and that
// of the relatives who come to it.
func maySteer(by booking.Actor, r store.Record) bool {
	return mayRun(by, r) || comes(by, r)
}

// maySee is the right to look at a visit.
func maySee(by booking.Actor, r store.Record) bool {
	return maySteer(by, r) || interprets(by, r) ||
		by.Kind == booking.DeviceActor && by.ID == string(r.Device)
}

// silent reports whether the actor is a relative of a patient who has died. All
// that they are told is to call the ward.
func silent(by booking.Actor, r store.Record) bool {
	return by.Visitor() != "" && r.PatientRecord.State == booking.PatientDied
}

func comes(by booking.Actor, r store.Record) bool {
	for _, p := range r.People {
		if p.Visitor != "" && p.Visitor == by.Visitor() && p.Place != booking.Removed {
			return true
		}
	}
	return false
}

func interprets(by booking.Actor, r store.Record) bool {
	for _, p := range r.People {
		if p.Interpreter != "" && p.Interpreter == by.Interpreter() && p.Place != booking.Removed {
			return true
		}
	}
	return false
}

// change runs an act on the visit called ref and returns what has become of it.
func (d *Desk) change(ctx context.Context, by booking.Actor, ref booking.Reference, may right, fn func(a *act) error) (Visit, error) {
	return do(ctx, d, func(tx *store.Tx) (Visit, error) { return d.changeIn(ctx, tx, by, may, fn, byReference(ref)) })
}

// changeByID is change for those that have a visit's id: forms, rooms, sweeps.
func (d *Desk) changeByID(ctx context.Context, by booking.Actor, id booking.VisitID, may right, fn func(a *act) error) (Visit, error) {
	return do(ctx, d, func(tx *store.Tx) (Visit, error) { return d.changeIn(ctx, tx, by, may, fn, byID(id)) })
}

// A taking finds the visit of an act. Everybody who changes a visit takes it, so
// it is as it is now until the act is over.
type taking func(ctx context.Context, tx *store.Tx) (store.Record, error)

func byID(id booking.VisitID) taking {
	return func(ctx context.Context, tx *store.Tx) (store.Record, error) { return tx.Take(ctx, id) }
}

func byReference(ref booking.Reference) taking {
	return func(ctx context.Context, tx *store.Tx) (store.Record, error) { return tx.TakeReference(ctx, ref) }
}

// changeIn runs an act, in a transaction, on the visit that take finds.
func (d *Desk) changeIn(ctx context.Context, tx *store.Tx, by booking.Actor, may right, fn func(a *act) error, take taking) (Visit, error) {
	rec, err := take(ctx, tx)
	if err != nil {
		return Visit{}, err
	}
	if !may(by, rec) {
		return Visit{}, withoutRight(by, rec)
	}
	if silent(by, rec) {
		return Visit{}, booking.ErrCallWard
	}
	a := &act{Tx: tx, by: by, now: d.now(), rec: rec}
	if a.ward, err = tx.WardUnder(ctx, rec.Ward, rec.PolicyVersion); err != nil {
		return Visit{}, err
	}
	if err := fn(a); err != nil {
		return Visit{}, err
	}
	if err := d.heed(ctx, a, rec.Visit); err != nil {
		return Visit{}, err
	}
	return a.show(ctx)
}

// withoutRight is what somebody is told who asks for what they have no right to:
// not even that the visit exists, unless they work in its ward.
func withoutRight(by booking.Actor, r store.Record) error {
	if by.Knows(r.Ward) {
		return booking.ErrMayNot
	}
	return booking.ErrNoSuchVisit
}

// load reads the visit of the act again.
func (a *act) load(ctx context.Context, id booking.VisitID) (err error) {
	a.told = false
	if a.rec, err = a.Record(ctx, id); err != nil {
		return err
	}
	a.ward, err = a.WardUnder(ctx, a.rec.Ward, a.rec.PolicyVersion)
	return err
}

// show returns the visit as its actor may see it, after the act.
func (a *act) show(ctx context.Context) (Visit, error) {
	if !a.told {
		if err := a.load(ctx, a.rec.ID); err != nil {
			return Visit{}, err
		}
	}
	return shown(ctx, a.Tx, a.by, a.rec)
}

// save saves v as the visit of the act. Nobody else changes a visit that is taken,
// but that it may be given another device to make room; then the act is run again.
func (a *act) save(ctx context.Context, v booking.Visit) error {
	save := a.SaveVisit
	if v.SamePlan(a.rec.Visit) {
		save = a.SaveLife
	}
	if err := save(ctx, &v); err != nil {
		return movedMeanwhile(err)
	}
	a.rec.Visit = v
	return nil
}

// record writes down that the visit of the act has changed.
func (a *act) record(ctx context.Context, what booking.Action, reason string) error {
	return a.AddEvent(ctx, booking.Event{
		At: a.now, By: a.by, Action: what, Subject: "visit " + string(a.rec.ID), Ward: a.rec.Ward, Reason: reason,
	})
}

// visitor returns a visitor, whom the act may have met already.
func (a *act) visitor(ctx context.Context, id booking.VisitorID) (booking.Visitor, error) {
	if v, met := a.visitors[id]; met {
		return v, nil
	}
	return a.Visitor(ctx, id)
}

// participant finds one of the people of the visit.
func (a *act) participant(id booking.ParticipantID) (booking.Participant, error) {
	for _, p := range a.rec.People {
		if p.ID == id {
			return p, nil
		}
	}
	return booking.Participant{}, booking.ErrNoSuchPerson
}

// label names a participant in an event: a kind and an id, never a name.
func label(p booking.Participant) string {
	if p.Role == booking.AsInterpreter {
		return "interpreter " + string(p.Interpreter)
	}
	return "visitor " + string(p.Visitor)
}

func patientOf(id booking.PatientID) store.Resource {
	return store.Resource{Kind: store.Patient, ID: string(id)}
}

func deviceOf(id booking.DeviceID) store.Resource {
	return store.Resource{Kind: store.Device, ID: string(id)}
}

func interpreterOf(id booking.InterpreterID) store.Resource {
	return store.Resource{Kind: store.Interpreter, ID: string(id)}
}

// shown gives a record as an actor may see it.
func shown(ctx context.Context, tx *store.Tx, by booking.Actor, r store.Record) (Visit, error) {
	ward, err := tx.WardUnder(ctx, r.Ward, r.PolicyVersion)
	if err != nil {
		return Visit{}, err
	}
	v := Visit{
		Visit: r.Visit, PatientRecord: r.PatientRecord, WardRecord: ward, Bed: bedName(r.Bay, r.Bed),
		DeviceRecord: r.DeviceRecord, People: r.People, Interpreter: r.Offer,
	}
	switch by.Kind {
	case booking.VisitorActor:
		v.PatientRecord.MRN = ""
	case booking.InterpreterActor:
		v.PatientRecord, v.Patient, v.Bed = booking.Patient{}, "", ""
	case booking.DeviceActor:
		v.PatientRecord.Name, v.PatientRecord.MRN = "", ""
	}
	return v, nil
}

// detailed is shown with who else could come, while that can still be said.
func detailed(ctx context.Context, tx *store.Tx, by booking.Actor, r store.Record) (Visit, error) {
	v, err := shown(ctx, tx, by, r)
	if err != nil || r.State.Over() || !maySteer(by, r) {
		return v, err
	}
	circle, err := tx.Circle(ctx, r.Patient)
	if err != nil {
		return v, err
	}
	for _, m := range circle {
		c := Companion{Member: m, Self: m.Visitor.ID == by.Visitor() || by.Visitor() == "" && m.Visitor.ID == r.HeldFor}
		for _, p := range r.People {
			c.Chosen = c.Chosen || p.Visitor == m.Visitor.ID
		}
		if m.Status != booking.MemberApproved || m.Barred && !c.Self {
			continue
		}
		if by.Visitor() != "" { // relatives see one another's names, not their numbers
			c.Member.Barred = false
			if !c.Self {
				c.Member.Visitor.Phone, c.Member.Visitor.Email = "", ""
			}
		}
		v.Companions = append(v.Companions, c)
	}
	return v, nil
}

func bedName(bay, bed string) string {
	if bay == "" || bed == "" {
		return bay + bed
	}
	return bay + ", " + bed
}

// touchedWard is wardOf for an act that is to change something of the patient, whom
// it touches first: what was read before may not be so any more, as of somebody whose
// record has just become part of another.
func touchedWard(ctx context.Context, tx *store.Tx, by booking.Actor, id booking.PatientID) (booking.Ward, error) {
	if err := tx.Touch(ctx, patientOf(id)); err != nil {
		return booking.Ward{}, err
	}
	return wardOf(ctx, tx, by, booking.KeepPatients, id)
}

// stillOf has an act run again that has touched the patient of something which is
// another's by now, since their records have become one, or two.
func stillOf(touched, now booking.PatientID) error {
	if touched != now {
		return store.ErrAgain
	}
	return nil
}

// wardOf returns the ward where a patient lies, if the actor has a right there, or
// ErrNoSuchPatient.
func wardOf(ctx context.Context, tx *store.Tx, by booking.Actor, right booking.Right, id booking.PatientID) (booking.Ward, error) {
	stay, err := tx.Stay(ctx, id)
	if err != nil {
		return booking.Ward{}, err
	}
	if err := by.Refused(right, stay.Ward, booking.ErrNoSuchPatient); err != nil {
		return booking.Ward{}, err
	}
	return tx.Ward(ctx, stay.Ward)
}

// standingFor returns what decides whether a visitor may visit a patient, if the
// actor may ask: the visitor themself, or staff of the patient's ward.
func standingFor(ctx context.Context, tx *store.Tx, by booking.Actor, patient booking.PatientID, visitor booking.VisitorID) (booking.Standing, error) {
	if by.Visitor() == "" {
		if _, err := wardOf(ctx, tx, by, booking.RunVisits, patient); err != nil {
			return booking.Standing{}, err
		}
		return tx.Standing(ctx, patient, visitor)
	}
	if by.Visitor() != visitor {
		return booking.Standing{}, booking.ErrMayNot
	}
	standing, err := tx.Standing(ctx, patient, visitor)
	if errors.Is(err, booking.ErrNoSuchPatient) {
		err = booking.ErrNotInCircle // nobody learns who is here by asking
	}
	return standing, err
}

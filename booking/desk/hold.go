package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// Hold keeps a slot while the form is filled in. visitor is who it is for: the
// actor themself, or whom staff book for. Pressing twice gives the same hold;
// another slot gives the first one back. Of the iPad, which may still change, only
// the id is told.
func (d *Desk) Hold(ctx context.Context, by booking.Actor, patient booking.PatientID, visitor booking.VisitorID, start time.Time) (Visit, error) {
	return d.HoldFor(ctx, by, Occasion{Patient: patient, Visitor: visitor, Start: start})
}

// HoldFor is Hold for what is not the usual: a visit of another kind or length,
// or one for which staff set a rule aside and say why.
func (d *Desk) HoldFor(ctx context.Context, by booking.Actor, o Occasion) (Visit, error) {
	if err := cmp.Or(o.Kind, booking.Ordinary).Check(); err != nil {
		return Visit{}, err
	}
	if by.Visitor() != "" && (o.Kind == booking.EndOfLife || o.Length != 0 || len(o.Overrides) > 0) {
		return Visit{}, booking.ErrMayNot
	}
	asked := makesVisit(by, "hold", o.Patient, o.Visitor, o.Start.UTC(), o.Length, o.Kind, o.Overrides)
	held, err := create(ctx, d, by, asked, func(tx *store.Tx) (Visit, error) {
		a, err := d.holdFor(ctx, tx, by, o)
		if err != nil {
			return Visit{}, err
		}
		return a.show(ctx)
	})
	// Who is barred meets a full ward, and who meets a full ward is told so in
	// the same words after the same work.
	if errors.Is(err, booking.ErrSlotTaken) || errors.Is(err, booking.ErrNoSlots) {
		free, look := d.Alternatives(ctx, by, o.Patient, o.Start, 1)
		if look == nil && len(free) == 0 {
			err = booking.ErrNoSlots
		}
	}
	return held, err
}

// holdFor asks every rule of an occasion and holds it.
func (d *Desk) holdFor(ctx context.Context, tx *store.Tx, by booking.Actor, want Occasion) (*act, error) {
	// First, so that a week's visits are counted one act after another.
	err := tx.Touch(ctx, patientOf(want.Patient))
	if errors.Is(err, booking.ErrNoSuchPatient) && by.Visitor() != "" {
		err = booking.ErrNotInCircle // nobody learns who is here by asking
	}
	if err != nil {
		return nil, err
	}
	standing, err := standingFor(ctx, tx, by, want.Patient, want.Visitor)
	if err != nil {
		return nil, err
	}
	now := d.now()
	if err := standing.MayVisit(now); err != nil {
		return nil, err
	}
	o := offerer{
		by: by, ward: standing.Ward, bay: standing.Bay, patient: standing.Patient, now: now, kind: want.Kind, asked: want.Overrides,
	}
	if o.ward.Policy.WeeklyMax > 0 { // which the visitor's own hold does not count against
		if o.but, err = tx.OpenHold(ctx, want.Patient, want.Visitor); err != nil {
			return nil, err
		}
	}
	slot, err := o.slotAt(ctx, tx, want.Start, want.Length)
	if err != nil {
		return nil, err
	}
	return d.hold(ctx, tx, by, standing, claim{when: slot.When, kind: want.Kind, aside: o.used})
}

// A claim is a time that the rules allow, to be held.
type claim struct {
	when   booking.Interval
	kind   booking.VisitKind
	series booking.SeriesID
	via    booking.Via        // empty for how the actor books
	until  time.Time          // how long it is held; the zero Time for as long as the policy says
	aside  []booking.Override // the rules set aside for it
}

// hold makes a held visit of a visitor to a patient, or finds the one that they
// have then already.
func (d *Desk) hold(ctx context.Context, tx *store.Tx, by booking.Actor, s booking.Standing, c claim) (*act, error) {
	a := &act{Tx: tx, by: by, now: d.now(), ward: s.Ward}
	if err := a.Touch(ctx, patientOf(s.Patient.ID)); err != nil {
		return nil, err
	}
	earlier, same, err := d.earlierHold(ctx, a, s, c.when)
	if err != nil || same {
		return a, err
	}
	v, err := d.newVisit(by, s, c, a.now)
	if err != nil {
		return nil, err
	}
	a.rec.Bay = s.Bay
	if v.Device, err = d.chooseDevice(ctx, a, v, earlier); err != nil {
		return nil, err
	}
	if earlier != "" {
		if err := a.giveBack(ctx); err != nil {
			return nil, err
		}
	}
	if err := a.AddVisit(ctx, v, s.Member.Visitor.ID); err != nil {
		return nil, err
	}
	a.rec = store.Record{
		Visit: v, HeldFor: s.Member.Visitor.ID, PatientRecord: s.Patient, DeviceRecord: booking.Device{ID: v.Device},
		Bay: s.Bay, Bed: s.Bed, LiesIn: s.Ward.ID,
	}
	if err := d.reserveVisit(ctx, a); err != nil {
		return nil, err
	}
	if err := d.expect(ctx, a, s.Member.Visitor.ID); err != nil {
		return nil, err
	}
	a.rec.People[0].Name, a.rec.People[0].Relationship = s.Member.Visitor.Name, s.Member.Relationship
	a.told = true
	if err := a.setAside(ctx, c.aside); err != nil {
		return nil, err
	}
	return a, a.record(ctx, booking.SlotHeld, "")
}

// setAside records the rules that are set aside for the visit of the act.
func (a *act) setAside(ctx context.Context, rules []booking.Override) error {
	for _, o := range rules {
		if err := a.AddOverride(ctx, a.rec.ID, o, a.by, a.now); err != nil {
			return err
		}
		if err := a.record(ctx, booking.RuleSetAside, o.Rule); err != nil {
			return err
		}
	}
	return nil
}

// newVisit is a visit not yet saved, held by the policy in force.
func (d *Desk) newVisit(by booking.Actor, s booking.Standing, c claim, now time.Time) (booking.Visit, error) {
	id, err := d.newID()
	if err != nil {
		return booking.Visit{}, err
	}
	ref, err := d.newReference()
	if err != nil {
		return booking.Visit{}, err
	}
	buffers := s.Ward.Policy.BuffersFor(s.Patient.Infection)
	v := booking.Visit{
		ID: booking.VisitID(id), Reference: ref, Patient: s.Patient.ID, Ward: s.Ward.ID, State: booking.Held, When: c.when,
		Kind: cmp.Or(c.kind, booking.Ordinary), Series: c.series, Prepare: buffers.Prepare, Clean: buffers.Clean, Via: c.via,
		BookedBy:      booking.Actor{Kind: by.Kind, ID: by.ID, Name: by.Name},
		PolicyVersion: s.Ward.Policy.Version, HeldUntil: c.until, Version: 1,
	}
	if v.HeldUntil.IsZero() {
		v.HeldUntil = now.Add(s.Ward.Policy.HoldFor)
	}
	if v.Via == "" && by.Visitor() != "" {
		v.Via = booking.ViaWeb
	} else if v.Via == "" {
		v.Via = booking.ViaPhone
	}
	return v, nil
}

// earlierHold finds the hold that a visitor already has for a patient, which the
// act is then about, and reports whether it is for the same time, and so the one
// that they ask for. Otherwise it is to be given back.
func (d *Desk) earlierHold(ctx context.Context, a *act, s booking.Standing, when booking.Interval) (id booking.VisitID, same bool, err error) {
	if id, err = a.OpenHold(ctx, s.Patient.ID, s.Member.Visitor.ID); err != nil || id == "" {
		return "", false, err
	}
	if err := a.load(ctx, id); err != nil {
		return "", false, err
	}
	if a.rec.When == when && a.now.Before(a.rec.HeldUntil) {
		a.told = true
		return id, true, nil
	}
	a.ward = s.Ward
	return id, false, nil
}

// giveBack ends the hold that the act is about. A hold given back and one that
// ran out are the same to everybody else: a slot that was never booked.
func (a *act) giveBack(ctx context.Context) error {
	over, err := a.rec.Cancel(booking.HoldLapsed, a.now)
	if err != nil {
		return err
	}
	if err := a.touchDevices(ctx, a.rec.Device); err != nil {
		return err
	}
	if err := a.save(ctx, over); err != nil {
		return err
	}
	if err := a.Release(ctx, a.rec.ID, ""); err != nil {
		return err
	}
	if _, err := a.dropOffer(ctx, booking.SlotLapsed); err != nil { // if it was one
		return err
	}
	return a.record(ctx, booking.HoldReleased, "")
}

// touchDevices touches every device whose reservations the act is to change, in
// order: also one that it only gives back, since whoever wants what is being given
// back waits for this act, and must hold nothing that this act then waits for.
func (a *act) touchDevices(ctx context.Context, ids ...booking.DeviceID) error {
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if a.Touched(deviceOf(id)) {
			continue
		}
		if err := a.Touch(ctx, deviceOf(id)); err != nil {
			return err
		}
	}
	return nil
}

// clear ends the holds on a resource that have run out and are in the way.
func (d *Desk) clear(ctx context.Context, a *act, r store.Resource, when booking.Interval) error {
	lapsed, err := a.Lapsed(ctx, r, when, a.now)
	if err != nil {
		return err
	}
	return a.endLapsed(ctx, lapsed)
}

// endLapsed ends holds that have run out. One that is a hold no longer has been
// met by somebody else, and the act is run again.
func (a *act) endLapsed(ctx context.Context, lapsed []store.Lapsed) error {
	for _, hold := range lapsed {
		other := &act{Tx: a.Tx, by: booking.System, now: a.now}
		if err := other.load(ctx, hold.Visit); err != nil {
			return err
		}
		if other.rec.State != booking.Held {
			return store.ErrAgain
		}
		if err := other.giveBack(ctx); err != nil {
			return movedMeanwhile(err)
		}
	}
	return nil
}

// reserveVisit takes the patient and the iPad for the visit of the act.
func (d *Desk) reserveVisit(ctx context.Context, a *act) error {
	patient, err := d.reservation(a, patientOf(a.rec.Patient), a.rec.When)
	if err != nil {
		return err
	}
	device, err := d.reservation(a, deviceOf(a.rec.Device), a.rec.DeviceTime())
	if err != nil {
		return err
	}
	if err := d.makeRoom(ctx, a); err != nil {
		return err
	}
	return a.Reserve(ctx, patient, device)
}

// reserve takes a resource for the visit of the act.
func (d *Desk) reserve(ctx context.Context, a *act, r store.Resource, when booking.Interval) error {
	if r.Kind == store.Device {
		if err := d.makeRoom(ctx, a); err != nil {
			return err
		}
	}
	taking, err := d.reservation(a, r, when)
	if err != nil {
		return err
	}
	return a.Reserve(ctx, taking)
}

// reservation is of a resource for the visit of the act, for as long as the visit
// is held, or for good once it is booked.
func (d *Desk) reservation(a *act, r store.Resource, when booking.Interval) (store.Reservation, error) {
	id, err := d.newID()
	return store.Reservation{ID: id, Resource: r, Visit: a.rec.ID, When: when, Expires: a.rec.HeldUntil}, err
}

// expect adds a visitor to the visit of the act, unless they are there already.
func (d *Desk) expect(ctx context.Context, a *act, visitor booking.VisitorID) error {
	for _, p := range a.rec.People {
		if p.Visitor == visitor {
			return nil
		}
	}
	id, err := d.newID()
	if err != nil {
		return err
	}
	p := booking.Participant{ID: booking.ParticipantID(id), Visit: a.rec.ID, Role: booking.AsVisitor, Visitor: visitor, Place: booking.Expected}
	a.rec.People = append(a.rec.People, p)
	a.told = false // who they are is read with the visit
	return a.AddParticipant(ctx, p)
}

// Describe keeps what has been typed about a held visit.
func (d *Desk) Describe(ctx context.Context, by booking.Actor, id booking.VisitID, details Details) (Visit, error) {
	return d.changeByID(ctx, by, id, maySteer, func(a *act) error {
		return d.describe(ctx, a, details)
	})
}

func (d *Desk) describe(ctx context.Context, a *act, details Details) error {
	a.told = true
	if err := stillHeld(a.rec.Visit, a.now); err != nil {
		return err
	}
	if err := d.setPeople(ctx, a, details); err != nil {
		return err
	}
	if err := booking.CheckNeeds(details.Needs); err != nil {
		return err
	}
	if !details.Tongue.IsZero() {
		known, err := a.Tongues(ctx)
		if err != nil {
			return err
		}
		if !slices.Contains(known, details.Tongue) {
			return booking.ErrNoInterpreter
		}
	}
	v := a.rec.Visit
	v.Tongue, v.Needs = details.Tongue, nil
	for _, need := range booking.Needs { // in the order of pages, and each once
		if slices.Contains(details.Needs, need) {
			v.Needs = append(v.Needs, need)
		}
	}
	return a.save(ctx, v)
}

func stillHeld(v booking.Visit, now time.Time) error {
	_, err := v.Confirm(now)
	if err == nil && v.State != booking.Held {
		err = booking.ErrVisitBegun
		if v.State == booking.Booked {
			err = booking.ErrStale // the form was sent already
		}
	}
	return err
}

// setPeople makes the relatives coming to the visit those chosen, and always the
// one it is held for.
func (d *Desk) setPeople(ctx context.Context, a *act, details Details) error {
	wanted := []booking.VisitorID{a.rec.HeldFor}
	for _, id := range details.Members {
		m, err := a.companion(ctx, id)
		if err != nil {
			return err
		}
		if !slices.Contains(wanted, m.Visitor.ID) {
			wanted = append(wanted, m.Visitor.ID)
		}
	}
	if err := a.roomFor(ctx, len(wanted), details.Overrides); err != nil {
		return err
	}
	for _, visitor := range wanted {
		if err := d.expect(ctx, a, visitor); err != nil {
			return err
		}
	}
	for _, p := range a.rec.People {
		if p.Role == booking.AsVisitor && !slices.Contains(wanted, p.Visitor) {
			a.told = false
			if err := a.DeleteParticipant(ctx, p.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// companion returns a member of the patient's circle who may come along. One who
// is barred is nobody, to relatives as in their list.
func (a *act) companion(ctx context.Context, id booking.MemberID) (booking.CircleMember, error) {
	m, err := a.Member(ctx, id)
	if err != nil {
		return m, err
	}
	switch {
	case m.Patient != a.rec.Patient, m.Barred && m.Visitor.ID != a.rec.HeldFor, m.Status == booking.MemberRemoved:
		return m, booking.ErrNoSuchPerson
	case m.Status == booking.MemberPaused:
		return m, booking.ErrPaused
	case m.Status != booking.MemberApproved:
		return m, booking.ErrNotApproved
	}
	return m, nil
}

// Release gives a held slot back. One that is no longer held is not kept either.
func (d *Desk) Release(ctx context.Context, by booking.Actor, id booking.VisitID) error {
	v, err := d.changeByID(ctx, by, id, maySteer, func(a *act) error {
		switch {
		case a.rec.State == booking.Held:
			return a.giveBack(ctx)
		case a.rec.State == booking.Cancelled && a.rec.Reason == booking.HoldLapsed:
			return nil
		}
		return booking.ErrVisitBegun
	})
	_, err = d.freed(ctx, v, err)
	return err
}

// Held is a hold, for the pages of its form. It may also have been booked since,
// or have lapsed. Whoever books asks for it at each step, so it is not read in a
// transaction of its own, which costs as much again: the visit is as it was at one
// moment, who may come with them at the next, and the act looks at both anew.
func (d *Desk) Held(ctx context.Context, by booking.Actor, id booking.VisitID) (Visit, error) {
	return peek(d, func(tx *store.Tx) (Visit, error) {
		r, err := tx.Record(ctx, id)
		if err != nil {
			return Visit{}, err
		}
		if !maySteer(by, r) {
			return Visit{}, booking.ErrNoSuchVisit
		}
		if silent(by, r) {
			return Visit{}, booking.ErrCallWard
		}
		return detailed(ctx, tx, by, r)
	})
}

// newReference makes the public name of a visit.
func (d *Desk) newReference() (booking.Reference, error) {
	var b [6]byte
	if _, err := io.ReadFull(d.random, b[:]); err != nil {
		return "", fmt.Errorf("desk: random: %w", err)
	}
	return booking.NewReference(b), nil
}

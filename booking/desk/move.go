package desk

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// Move moves a booked visit and tells everyone coming to it; version is the one
// the page showed. Its iPad may change. Its interpreter is asked again for the
// new time if free then, and another one if not.
func (d *Desk) Move(ctx context.Context, by booking.Actor, ref booking.Reference, version int, start time.Time) (Visit, error) {
	return d.MoveFor(ctx, by, ref, version, Occasion{Start: start})
}

// MoveFor is Move to a time of another length, or one for which staff set a rule
// aside and say why. Only those and the start are asked of the occasion.
func (d *Desk) MoveFor(ctx context.Context, by booking.Actor, ref booking.Reference, version int, want Occasion) (Visit, error) {
	if by.Visitor() != "" && (want.Length != 0 || len(want.Overrides) > 0) {
		return Visit{}, booking.ErrMayNot
	}
	v, err := d.change(ctx, by, ref, maySteer, func(a *act) error {
		to, err := d.whereTo(ctx, a, version, want)
		if err != nil || to == a.rec.When {
			return err
		}
		moved, err := a.rec.Move(to)
		if err != nil {
			return err
		}
		if moved, err = a.homed(ctx, moved); err != nil {
			return err
		}
		if moved.Device, err = d.chooseDevice(ctx, a, moved, moved.ID); err != nil {
			return err
		}
		return d.moveTo(ctx, a, moved)
	})
	return d.freed(ctx, v, err)
}

// whereTo decides whether the visit may be moved there, by this actor and now.
func (d *Desk) whereTo(ctx context.Context, a *act, version int, want Occasion) (booking.Interval, error) {
	none := booking.Interval{}
	if a.rec.State == booking.Held {
		return none, booking.ErrNoSuchVisit // it has no public name yet
	}
	if err := a.steerable(version); err != nil {
		return none, err
	}
	o := offerer{
		by: a.by, bay: a.rec.Bay, patient: a.rec.PatientRecord, now: a.now, but: a.rec.ID, kind: a.rec.Kind,
		asked: want.Overrides,
	}
	var err error
	if o.ward, err = a.Ward(ctx, cmp.Or(a.rec.LiesIn, a.rec.Ward)); err != nil {
		return none, err
	}
	if a.by.Visitor() != "" {
		standing, err := a.Standing(ctx, a.rec.Patient, a.by.Visitor())
		if err != nil {
			return none, err
		}
		if err := standing.MayVisit(a.now); err != nil {
			return none, err
		}
	}
	slot, err := o.slotAt(ctx, a.Tx, want.Start, want.Length)
	if err != nil {
		return none, err
	}
	return slot.When, a.setAside(ctx, o.used)
}

// homed is a visit that moves as one of the ward where its patient lies now, if that
// is another than it was booked in; and with time enough to prepare and clean for what
// they have now, if it had not.
func (a *act) homed(ctx context.Context, v booking.Visit) (booking.Visit, error) {
	switch {
	case a.rec.LiesIn != "" && a.rec.LiesIn != v.Ward:
		return a.homeIn(ctx, v, a.rec.LiesIn)
	case a.lacksTime():
		return a.homeIn(ctx, v, v.Ward)
	}
	return v, nil
}

// lacksTime reports whether the iPad of the visit of the act has too little time for
// what its patient has.
func (a *act) lacksTime() bool {
	return a.ward.Policy.BuffersFor(a.rec.PatientRecord.Infection).Lacking(a.rec.Visit)
}

// homeIn makes a visit one of a ward, under the policy in force there.
func (a *act) homeIn(ctx context.Context, v booking.Visit, id booking.WardID) (booking.Visit, error) {
	ward, err := a.Ward(ctx, id)
	if err != nil {
		return v, err
	}
	buffers := ward.Policy.BuffersFor(a.rec.PatientRecord.Infection)
	a.Changed(v.Ward)
	a.ward = ward
	v.Ward, v.PolicyVersion, v.Prepare, v.Clean = ward.ID, ward.Policy.Version, buffers.Prepare, buffers.Clean
	return v, a.RehomeVisit(ctx, v, ward)
}

// steerable refuses what relatives may no longer change, and a page that is out
// of date.
func (a *act) steerable(version int) error {
	switch {
	case a.rec.State.Over():
		return booking.ErrVisitOver
	case a.rec.State.Open() && a.by.Visitor() != "":
		return booking.ErrVisitBegun
	case a.rec.Version != version:
		return booking.ErrStale
	case a.by.Visitor() != "" && a.now.After(a.rec.When.Start().Add(-a.ward.Policy.ChangeCutoff)):
		return booking.ErrTooLate
	}
	return nil
}

func (d *Desk) moveTo(ctx context.Context, a *act, moved booking.Visit) error {
	was := a.rec.When
	if err := a.Release(ctx, moved.ID, store.Patient); err != nil {
		return err
	}
	if err := a.Release(ctx, moved.ID, store.Device); err != nil {
		return err
	}
	if err := a.save(ctx, moved); err != nil {
		return err
	}
	if err := d.reserveVisit(ctx, a); err != nil {
		return err
	}
	if err := a.WithdrawNotices(ctx, moved.ID, "", a.now); err != nil {
		return err
	}
	if err := a.record(ctx, booking.VisitMoved, "from "+was.Start().Format(time.RFC3339)); err != nil {
		return err
	}
	if err := d.askAgain(ctx, a, was); err != nil {
		return err
	}
	return d.tellComing(ctx, a, booking.NoticeMoved, a.rec.People)
}

// Cancel cancels a booked visit and tells everyone coming to it. Pressing twice
// cancels once.
func (d *Desk) Cancel(ctx context.Context, by booking.Actor, ref booking.Reference, version int) (Visit, error) {
	v, err := d.change(ctx, by, ref, maySteer, func(a *act) error {
		switch a.rec.State {
		case booking.Cancelled:
			return nil // pressed twice
		case booking.Held:
			return booking.ErrNoSuchVisit
		}
		if err := a.steerable(version); err != nil {
			return err
		}
		why := booking.ByWard
		if by.Visitor() != "" {
			why = booking.ByFamily
		}
		over, err := a.rec.Cancel(why, a.now)
		if err != nil {
			return err
		}
		return d.finish(ctx, a, over)
	})
	return d.freed(ctx, v, err)
}

// finish saves the visit of the act as over, gives back what it had, takes back
// what was still to be said about it, and tells those who were coming to a visit
// that will not be.
func (d *Desk) finish(ctx context.Context, a *act, over booking.Visit) error {
	was := a.rec.Visit
	if was.State.Open() {
		if err := a.soil(ctx, was.Device); err != nil {
			return err
		}
	}
	if over.State == booking.Cancelled { // and so gives its iPad back
		if err := a.touchDevices(ctx, was.Device); err != nil {
			return err
		}
	}
	if err := a.save(ctx, over); err != nil {
		return err
	}
	if err := a.freeUp(ctx, over); err != nil {
		return err
	}
	if err := a.WithdrawNotices(ctx, over.ID, "", a.now); err != nil {
		return err
	}
	if err := a.ClearParticipants(ctx, over.ID); err != nil {
		return err
	}
	if over.State == booking.Ended {
		return a.record(ctx, booking.VisitEnded, string(over.Reason))
	}
	if err := a.record(ctx, booking.VisitCancelled, string(over.Reason)); err != nil {
		return err
	}
	if !a.now.Before(was.When.End()) {
		return nil // everybody knows by now
	}
	if err := d.tellOff(ctx, a); err != nil {
		return err
	}
	return d.withdrawOffer(ctx, a, was.When)
}

// freeUp gives back what a visit that is over had. An iPad that was at a bed is
// still to be cleaned, so it stays taken until then.
func (a *act) freeUp(ctx context.Context, over booking.Visit) error {
	if over.State != booking.Ended {
		return a.Release(ctx, over.ID, "")
	}
	return errors.Join(a.Release(ctx, over.ID, store.Patient), a.Release(ctx, over.ID, store.Interpreter))
}

// soil makes the iPad of a visit that had begun one to be cleaned.
func (a *act) soil(ctx context.Context, id booking.DeviceID) error {
	if err := a.Touch(ctx, deviceOf(id)); err != nil {
		return err
	}
	device, err := a.Device(ctx, id)
	if err != nil || device.State != booking.DeviceInUse {
		return err
	}
	return a.SetDeviceState(ctx, id, booking.DeviceDirty, time.Time{})
}

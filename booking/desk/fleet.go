package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// horizon is how far ahead visits are looked for when a device is not there any
// more: further than anybody may book.
const horizon = 2 * 366 * 24 * time.Hour

// A DeviceChange is something that staff do to a device, and that visits may not
// survive on it: Withdraw, Restore, Lend, TakeBack or SetZone.
type DeviceChange interface {
	// apply refuses or makes the change, and records it.
	apply(ctx context.Context, f *deviceAct) error
	// concerns is a ward whose devices it changes besides those that have the device
	// already; usually none.
	concerns() booking.WardID
	// byBorrower says that a ward to which the device is lent may do it too.
	byBorrower() bool
}

// Repacked is what becomes of visits through a change to a device.
type Repacked struct {
	Moved []booking.VisitID // have another device now, or made room for those
	Left  []booking.VisitID // booked visits for which there is none: staff must look
}

// ChangeDevice makes a change to a device. Visits that it displaces go to other
// devices of their ward, and others make room for them; what has no device then
// keeps its time and is flagged. Visits that earlier changes displaced are tried
// again. Nobody who comes to a visit is told, since nothing they notice changes.
func (d *Desk) ChangeDevice(ctx context.Context, by booking.Actor, id booking.DeviceID, change DeviceChange) (Repacked, error) {
	return do(ctx, d, func(tx *store.Tx) (Repacked, error) { return d.changeDevice(ctx, tx, by, id, change) })
}

// errRehearsed undoes what was only tried.
var errRehearsed = errors.New("desk: only a rehearsal")

// RehearseDevice says what ChangeDevice would do, or why it would refuse, by doing
// it and taking it back, so that whoever confirms a change is shown no guess.
func (d *Desk) RehearseDevice(ctx context.Context, by booking.Actor, id booking.DeviceID, change DeviceChange) (Repacked, error) {
	var would Repacked
	err := d.store.Do(ctx, func(tx *store.Tx) (err error) {
		if would, err = d.changeDevice(ctx, tx, by, id, change); err != nil {
			return err
		}
		return errRehearsed
	})
	if errors.Is(err, errRehearsed) {
		err = nil
	}
	return would, err
}

// A deviceAct is one change to one device under way.
type deviceAct struct {
	act
	d      *Desk
	device booking.Device
	loans  []booking.Loan // of it, that stand
}

func (d *Desk) changeDevice(ctx context.Context, tx *store.Tx, by booking.Actor, id booking.DeviceID, change DeviceChange) (Repacked, error) {
	f := &deviceAct{act: act{Tx: tx, by: by, now: d.now()}, d: d}
	if err := f.look(ctx, id); err != nil {
		return Repacked{}, err
	}
	if !f.may(change) {
		return Repacked{}, booking.ErrNoSuchDevice
	}
	wards := f.wards(change)
	touched := []booking.DeviceID{id}
	for _, ward := range wards {
		ids, err := f.FleetIDs(ctx, ward, f.now, f.now.Add(horizon))
		if err != nil {
			return Repacked{}, err
		}
		touched = append(touched, ids...)
	}
	// All of them, so that what is planned now holds until it is done.
	if err := f.touchDevices(ctx, touched...); err != nil {
		return Repacked{}, err
	}
	if err := f.look(ctx, id); err != nil {
		return Repacked{}, err
	}
	if !slices.Equal(f.wards(change), wards) || !f.may(change) {
		return Repacked{}, store.ErrAgain // it was lent meanwhile
	}
	if err := change.apply(ctx, f); err != nil {
		return Repacked{}, err
	}
	var done Repacked
	for _, ward := range wards {
		if err := f.repack(ctx, ward, &done); err != nil {
			return Repacked{}, err
		}
		tx.Changed(ward)
	}
	if err := d.review(ctx, tx, by, slices.Concat(done.Moved, done.Left)...); err != nil {
		return Repacked{}, err
	}
	return done, d.reviewDevice(ctx, tx, by, id)
}

// look reads the device of the act, and where it is lent to.
func (f *deviceAct) look(ctx context.Context, id booking.DeviceID) (err error) {
	if f.device, err = f.Device(ctx, id); err != nil {
		return err
	}
	f.loans, err = f.LentFrom(ctx, id, f.now)
	return err
}

// may says whether the actor may make a change: staff of the device's own ward,
// and some also those who have it now.
func (f *deviceAct) may(change DeviceChange) bool {
	right := booking.KeepDevices
	if change.byBorrower() {
		right = booking.UseDevices
	}
	if f.by.May(right, f.device.Ward) {
		return true
	}
	return change.byBorrower() && slices.ContainsFunc(f.loans, func(l booking.Loan) bool {
		return f.by.May(right, l.To) && !f.now.Before(l.From)
	})
}

// wards are those whose devices the change concerns, in order of id.
func (f *deviceAct) wards(change DeviceChange) []booking.WardID {
	wards := []booking.WardID{f.device.Ward}
	if ward := change.concerns(); ward != "" {
		wards = append(wards, ward)
	}
	for _, l := range f.loans {
		wards = append(wards, l.To)
	}
	slices.Sort(wards)
	return slices.Compact(wards)
}

// repack finds devices for the visits of a ward that are on none that is for them.
func (f *deviceAct) repack(ctx context.Context, ward booking.WardID, done *Repacked) error {
	fleet, err := f.Fleet(ctx, ward, f.now, f.now.Add(-around), f.now.Add(horizon), "")
	if err != nil {
		return err
	}
	strays, err := f.Strays(ctx, ward, f.now, f.now, f.now.Add(horizon))
	if err != nil {
		return err
	}
	fleet = fleet.Also(strays...)
	placed := fleet.Place(fleet.Misplaced()...)
	if err := f.d.moveDevices(ctx, &f.act, placed.Moves); err != nil {
		return err
	}
	for _, m := range placed.Moves {
		done.Moved = append(done.Moved, m.Visit)
	}
	for _, id := range placed.Unplaced {
		r, err := f.Record(ctx, id)
		if err != nil {
			return err
		}
		if r.State == booking.Booked { // a hold is looked at when it is booked
			done.Left = append(done.Left, id)
		}
	}
	for _, id := range fleet.Stranded() {
		if err := f.rescue(ctx, ward, id, done); err != nil {
			return err
		}
	}
	return nil
}

// rescue finds another device for what is left of a visit of a ward whose time, or
// the preparing for it, has begun, if nobody has started it yet: one on which it
// could start now. What has been started goes on where it is.
func (f *deviceAct) rescue(ctx context.Context, ward booking.WardID, id booking.VisitID, done *Repacked) error {
	a := &act{Tx: f.Tx, by: f.by, now: f.now}
	if err := a.load(ctx, id); err != nil {
		return err
	}
	if a.rec.State != booking.Booked || a.rec.Ward != ward || !a.rec.KeepsDevice(f.now) {
		return nil
	}
	in, err := lookForStandIn(ctx, f.Tx, a.rec.Visit, f.now)
	switch {
	case err != nil:
		return err
	case in.device == "":
		done.Left = append(done.Left, id)
		return nil
	}
	for _, m := range in.moves {
		done.Moved = append(done.Moved, m.Visit)
	}
	done.Moved = append(done.Moved, id)
	return f.d.reassign(ctx, a, in.device, in.left, false, in.moves)
}

// inVisit refuses while the device is in a visit.
func (f *deviceAct) inVisit(ctx context.Context) error {
	return notInVisit(ctx, f.Tx, f.device.ID, f.now)
}

func (f *deviceAct) recordChange(ctx context.Context, what booking.Action, reason string) error {
	e := deviceEvent(f.now, f.by, what, f.device)
	e.Reason = reason
	return f.AddEvent(ctx, e)
}

package desk

import (
	"context"
	"errors"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// Reassign gives a visit another of its ward's devices by hand; version is the one
// that the page showed. Other visits make room if they can. One that has begun
// goes on, on a device that is clean and paired: that at the bed is then to be
// cleaned, unless it is out of service.
func (d *Desk) Reassign(ctx context.Context, by booking.Actor, ref booking.Reference, version int, to booking.DeviceID) (Visit, error) {
	return d.change(ctx, by, ref, mayRun, func(a *act) error {
		switch {
		case a.rec.State == booking.Held:
			return booking.ErrNoSuchVisit // it has no public name yet
		case a.rec.State.Over():
			return booking.ErrVisitOver
		case a.rec.Device == to:
			return nil // pressed twice
		case a.rec.Version != version:
			return booking.ErrStale
		}
		when, over := leftOf(a.rec.Visit, a.now)
		if over && !a.rec.State.Open() {
			return booking.ErrVisitOver
		}
		moves, err := a.clearFor(ctx, when, over, to)
		if err != nil {
			return err
		}
		return d.reassign(ctx, a, to, when, over, moves)
	})
}

// clearFor finds what must move so that the visit of the act can have a device. over
// says that its time is past: then it needs only to be there.
func (a *act) clearFor(ctx context.Context, when booking.Interval, over bool, to booking.DeviceID) ([]booking.DeviceMove, error) {
	fleet, claim, err := a.fleetFor(ctx, when, over)
	if err != nil {
		return nil, err
	}
	return clearing(fleet, claim, over, to)
}

// fleetFor is what the visit of the act needs of a device, and the ward's devices
// with what is taken of them around then.
func (a *act) fleetFor(ctx context.Context, when booking.Interval, over bool) (*booking.Fleet, booking.Claim, error) {
	if over {
		when = a.rec.DeviceTime()
	}
	span := when.Widen(around, around)
	fleet, err := a.Fleet(ctx, a.rec.Ward, a.now, span.Start(), span.End(), a.rec.ID)
	return fleet, booking.Claim{Visit: a.rec.ID, When: when, Zone: a.rec.Bay}, err
}

// clearing are the moves by which a claim has a device, or why it cannot.
func clearing(fleet *booking.Fleet, claim booking.Claim, over bool, to booking.DeviceID) ([]booking.DeviceMove, error) {
	err := fleet.Suits(claim, to)
	if !errors.Is(err, booking.ErrDeviceTaken) || over {
		return nil, err
	}
	moves, ok := fleet.Clear(claim, to)
	if !ok {
		return nil, err
	}
	return moves, nil
}

func (d *Desk) reassign(ctx context.Context, a *act, to booking.DeviceID, when booking.Interval, over bool, moves []booking.DeviceMove) error {
	from := a.rec.Device
	touched := []booking.DeviceID{from, to}
	for _, m := range moves {
		touched = append(touched, m.From, m.To)
	}
	if err := a.touchDevices(ctx, touched...); err != nil {
		return err
	}
	if a.rec.State.Open() {
		if err := a.swap(ctx, from, to); err != nil {
			return err
		}
	}
	if err := a.Release(ctx, a.rec.ID, store.Device); err != nil {
		return err
	}
	v := a.rec.Visit
	v.Device = to
	if err := a.save(ctx, v); err != nil { // ErrDeviceBusy if it is in another visit
		return err
	}
	if !over {
		if err := d.clear(ctx, a, deviceOf(to), when); err != nil {
			return err
		}
		a.room = moves
		if err := d.reserve(ctx, a, deviceOf(to), when); err != nil {
			return err
		}
	}
	if err := a.recordMove(ctx, v, from); err != nil {
		return err
	}
	return d.review(ctx, a.Tx, a.by, v.ID)
}

// swap says that one device is at the bed now in the place of another.
func (a *act) swap(ctx context.Context, from, to booking.DeviceID) error {
	device, err := a.Device(ctx, to)
	if err != nil {
		return err
	}
	if err := readyAtOnce(device); err != nil {
		return err
	}
	if err := a.soil(ctx, from); err != nil {
		return err
	}
	return a.takeToBed(ctx, device)
}

// readyAtOnce refuses a device that cannot be taken to a bed this minute.
func readyAtOnce(device booking.Device) error {
	switch {
	case !device.Paired:
		return booking.ErrNotPaired
	case device.State == booking.DeviceDirty:
		return booking.ErrDeviceDirty
	case device.State != booking.DeviceReady:
		return booking.ErrDeviceBusy
	}
	return nil
}

package desk

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// Start makes a visit ready for its iPad, or, if that one can't be used now, for
// another of the ward's that can: a nurse takes the one that works, and the visit
// follows. ErrNotPaired or ErrDeviceBusy says why its own could not be used, when
// there is no other.
func (d *Desk) Start(ctx context.Context, by booking.Actor, ref booking.Reference) (Visit, error) {
	return d.change(ctx, by, ref, mayRun, func(a *act) error {
		started, err := a.rec.Start(a.now, a.ward.Policy.OpensBefore)
		if err != nil {
			return err
		}
		if unfit := fit(a.rec.DeviceRecord); unfit != nil {
			if started.Device, err = d.standIn(ctx, a, started); err != nil {
				return err
			}
			if started.Device == "" {
				return unfit
			}
		}
		if err := a.Touch(ctx, deviceOf(started.Device)); err != nil {
			return err
		}
		if err := a.save(ctx, started); err != nil { // ErrDeviceBusy if it is in another visit
			return err
		}
		if err := a.SetDeviceState(ctx, started.Device, booking.DeviceInUse, time.Time{}); err != nil {
			return err
		}
		return a.record(ctx, booking.VisitStarted, "")
	})
}

// fit refuses an iPad that no visit can start on now.
func fit(device booking.Device) error {
	switch {
	case !device.Paired:
		return booking.ErrNotPaired
	case !device.State.Usable(), device.State == booking.DeviceInUse:
		return booking.ErrDeviceBusy
	}
	return nil
}

// standIn reserves another iPad for what is left of a visit, in the place of its
// own. It returns the empty id when there is none.
func (d *Desk) standIn(ctx context.Context, a *act, v booking.Visit) (booking.DeviceID, error) {
	left := v.DeviceTime()
	if a.now.After(left.Start()) {
		begins := a.now.Truncate(time.Minute)
		rest, err := booking.NewInterval(begins, left.End().Sub(begins))
		if err != nil {
			return "", booking.ErrVisitOver
		}
		left = rest
	}
	span := left.Widen(around, around)
	diary, err := a.Diary(ctx, v.Ward, v.Patient, a.now, span.Start(), span.End(), v.ID)
	if err != nil {
		return "", err
	}
	devices, err := a.Devices(ctx, v.Ward)
	if err != nil {
		return "", err
	}
	for _, device := range devices {
		if fit(device) != nil {
			delete(diary.Devices, device.ID)
		}
	}
	id, found := booking.BestFit(diary.Devices, left)
	if !found {
		return "", nil
	}
	if err := a.Touch(ctx, deviceOf(id)); err != nil {
		return "", err
	}
	if err := d.clear(ctx, a, deviceOf(id), left); err != nil {
		return "", err
	}
	if err := a.Release(ctx, v.ID, store.Device); err != nil {
		return "", err
	}
	return id, d.reserve(ctx, a, deviceOf(id), left)
}

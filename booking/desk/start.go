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
	id, left, err := findStandIn(ctx, a.Tx, v, a.now)
	if err != nil || id == "" {
		return "", err
	}
	if err := a.touchDevices(ctx, id, v.Device); err != nil {
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

// findStandIn finds the iPad on which a visit would start in the place of its
// own: paired, clean, and free for what is left.
func findStandIn(ctx context.Context, tx *store.Tx, v booking.Visit, now time.Time) (booking.DeviceID, booking.Interval, error) {
	left := v.DeviceTime()
	if now.After(left.Start()) {
		begins := now.Truncate(time.Minute)
		rest, err := booking.NewInterval(begins, left.End().Sub(begins))
		if err != nil {
			return "", left, nil // its time is over: there is nothing left to reserve
		}
		left = rest
	}
	span := left.Widen(around, around)
	diary, err := tx.Diary(ctx, v.Ward, v.Patient, now, span.Start(), span.End(), v.ID)
	if err != nil {
		return "", left, err
	}
	devices, err := tx.Devices(ctx, v.Ward)
	if err != nil {
		return "", left, err
	}
	for _, device := range devices {
		if !device.Paired || device.State != booking.DeviceReady {
			delete(diary.Devices, device.ID)
		}
	}
	id, _ := booking.BestFit(diary.Devices, left)
	return id, left, nil
}

// standIns says of each visit that can be started, but not on its own iPad,
// which other would do. It may be the same for two: whichever is started first
// has it, since only the ward knows which bed can wait.
func standIns(ctx context.Context, tx *store.Tx, board *Board, now time.Time) error {
	for i := range board.Visits {
		v := &board.Visits[i]
		opens := v.When.Start().Add(-v.WardRecord.Policy.OpensBefore)
		if v.State != booking.Booked || now.Before(opens) || fit(v.DeviceRecord) == nil {
			continue
		}
		id, _, err := findStandIn(ctx, tx, v.Visit, now)
		if err != nil {
			return err
		}
		for _, device := range board.Devices {
			if device.ID == id {
				v.StandIn = &device
			}
		}
	}
	return nil
}

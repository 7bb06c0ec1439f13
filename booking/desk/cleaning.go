package desk

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// Cleaned says that a device has been cleaned, and how. ErrCleanMethod when that is
// not enough after the patients that it was with; ErrDeviceBusy while it is in a
// visit.
func (d *Desk) Cleaned(ctx context.Context, by booking.Actor, id booking.DeviceID, method booking.CleanMethod) error {
	_, err := onDevice(ctx, d, by, booking.UseDevices, id, func(tx *store.Tx, device booking.Device) (struct{}, error) {
		none, now := struct{}{}, d.now()
		if err := notInVisit(ctx, tx, id, now); err != nil {
			return none, err
		}
		if !device.State.Usable() {
			return none, booking.ErrDeviceBusy // in repair, or lost: clean is not enough
		}
		if err := booking.CheckClean(method, device.Soiled); err != nil {
			return none, err
		}
		key, err := d.newID()
		if err != nil {
			return none, err
		}
		c := booking.Cleaning{
			ID: booking.CleaningID(key), Device: id, At: now, By: by, Method: method, For: device.Soiled, After: device.SoiledBy,
		}
		if err := tx.AddCleaning(ctx, c); err != nil {
			return none, err
		}
		if err := tx.SetDeviceState(ctx, id, booking.DeviceReady, now); err != nil {
			return none, err
		}
		if err := tx.FreeOfOver(ctx, id); err != nil { // it was kept only to be cleaned
			return none, err
		}
		event := deviceEvent(now, by, booking.DeviceCleaned, device)
		event.Reason = string(method)
		return none, tx.AddEvent(ctx, event)
	})
	return err
}

// takeToBed says that a device is with the patient of the act's visit, whose
// infection it has to be cleaned for, beside any that it had to be already.
func (a *act) takeToBed(ctx context.Context, device booking.Device) error {
	if err := a.SetDeviceState(ctx, device.ID, booking.DeviceInUse, time.Time{}); err != nil {
		return err
	}
	return a.SoilDevice(ctx, device.ID, booking.Soil(device.Soiled, a.rec.PatientRecord.Infection), a.rec.ID)
}

// StartUnclean is Start for a visit that cannot wait until its iPad is clean, when
// no clean one is there: whoever may answers for it with their name and a reason.
func (d *Desk) StartUnclean(ctx context.Context, by booking.Actor, ref booking.Reference, reason string) (Visit, error) {
	reason, err := readText(reason, longestReason)
	if err != nil {
		return Visit{}, err
	}
	may := func(by booking.Actor, r store.Record) bool {
		return mayRun(by, r) && mayIn(booking.StartUnclean, by, r)
	}
	return d.change(ctx, by, ref, may, func(a *act) error { return d.start(ctx, a, reason) })
}

// startUnclean records that a cleaning was set aside.
func (a *act) startUnclean(ctx context.Context, device booking.Device, reason string) error {
	u := booking.UncleanStart{Visit: a.rec.ID, Device: device.ID, At: a.now, By: a.by, Reason: reason}
	if err := a.AddUncleanStart(ctx, u); err != nil {
		return err
	}
	return a.record(ctx, booking.UncleanStarted, reason)
}

// withUnclean says of a board's visits which were started on an iPad that was not
// clean.
func withUnclean(ctx context.Context, tx *store.Tx, board *Board, from, to time.Time) error {
	starts, err := tx.UncleanStartsOfDay(ctx, board.Ward.ID, from, to)
	if err != nil {
		return err
	}
	for _, u := range starts {
		for i := range board.Visits {
			if board.Visits[i].ID == u.Visit {
				board.Visits[i].Unclean = &u
			}
		}
	}
	return nil
}

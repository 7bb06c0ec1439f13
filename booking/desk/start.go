package desk

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// Start makes a visit ready for its iPad, or, if that one can't be used now, for
// another of the ward's that can: a nurse takes the one that works, and the visit
// follows. ErrNotPaired or ErrDeviceBusy says why its own could not be used, when
// there is no other.
//
// ErrDeviceDirty says that its own is not clean, and that no clean one is there.
func (d *Desk) Start(ctx context.Context, by booking.Actor, ref booking.Reference) (Visit, error) {
	return d.change(ctx, by, ref, mayRun, func(a *act) error { return d.start(ctx, a, "") })
}

// start is Start, with why its own iPad may be one that is not clean, or nothing.
func (d *Desk) start(ctx context.Context, a *act, aside string) error {
	started, err := a.rec.Start(a.now, a.ward.Policy.OpensBefore)
	if err != nil {
		return err
	}
	if err := d.claimPatient(ctx, a); err != nil {
		return err
	}
	if unfit := readyAtOnce(a.rec.DeviceRecord); unfit != nil {
		if started.Device, err = d.standIn(ctx, a, started); err != nil {
			return err
		}
		if started.Device == "" && (aside == "" || !errors.Is(unfit, booking.ErrDeviceDirty)) {
			return unfit
		}
		started.Device = cmp.Or(started.Device, a.rec.Device)
	}
	if err := a.Touch(ctx, deviceOf(started.Device)); err != nil {
		return err
	}
	device, err := a.Device(ctx, started.Device) // as it is now that nobody else can change it
	if err != nil {
		return err
	}
	unfit := readyAtOnce(device)
	if errors.Is(unfit, booking.ErrDeviceDirty) && aside != "" {
		unfit = a.startUnclean(ctx, device, aside)
	}
	if unfit != nil {
		return unfit
	}
	if err := a.save(ctx, started); err != nil { // ErrDeviceBusy if it is in another visit
		return err
	}
	if err := a.takeToBed(ctx, device); err != nil {
		return err
	}
	return a.record(ctx, booking.VisitStarted, "")
}

// standIn reserves another iPad for what is left of a visit, in the place of its
// own. It returns the empty id when there is none.
func (d *Desk) standIn(ctx context.Context, a *act, v booking.Visit) (booking.DeviceID, error) {
	in, err := lookForStandIn(ctx, a.Tx, v, a.now)
	if err != nil || in.device == "" {
		return "", err
	}
	touched := []booking.DeviceID{in.device, v.Device}
	for _, m := range in.moves {
		touched = append(touched, m.From, m.To)
	}
	if err := a.touchDevices(ctx, touched...); err != nil {
		return "", err
	}
	if err := d.clear(ctx, a, deviceOf(in.device), in.left); err != nil {
		return "", err
	}
	if err := a.Release(ctx, v.ID, store.Device); err != nil {
		return "", err
	}
	a.room = in.moves
	return in.device, d.reserve(ctx, a, deviceOf(in.device), in.left)
}

// A standIn is another device for what is left of a visit's time, and which
// visits must move to others for that.
type standIn struct {
	device booking.DeviceID // empty when there is none
	left   booking.Interval
	moves  []booking.DeviceMove
}

// lookForStandIn is findStandIn for one that does not know which iPads are in the ward.
func lookForStandIn(ctx context.Context, tx *store.Tx, v booking.Visit, now time.Time) (standIn, error) {
	here, err := devicesHere(ctx, tx, v.Ward, now)
	if err != nil {
		return standIn{}, err
	}
	return findStandIn(ctx, tx, v, here, now)
}

// findStandIn finds the iPad, of those in the ward now, on which a visit would start
// in the place of its own: paired, clean, and free for what is left.
func findStandIn(ctx context.Context, tx *store.Tx, v booking.Visit, here []booking.Device, now time.Time) (standIn, error) {
	left, over := leftOf(v, now)
	if over {
		return standIn{}, nil // there is nothing left to reserve
	}
	atOnce := map[booking.DeviceID]bool{}
	for _, device := range here {
		if readyAtOnce(device) == nil {
			atOnce[device.ID] = true
		}
	}
	if len(atOnce) == 0 {
		return standIn{left: left}, nil
	}
	stay, err := tx.Stay(ctx, v.Patient)
	if err != nil {
		return standIn{}, err
	}
	span := left.Widen(around, around)
	fleet, err := tx.Fleet(ctx, v.Ward, now, span.Start(), span.End(), v.ID)
	if err != nil {
		return standIn{}, err
	}
	ready := fleet.Only(atOnce)
	claim := booking.Claim{Visit: v.ID, When: left, Zone: stay.Bay}
	if id, ok := ready.Choose(claim); ok {
		return standIn{device: id, left: left}, nil
	}
	// Others may make room, also on iPads that are still to be cleaned by then.
	for _, id := range ready.Devices() {
		if b, _ := ready.Berth(id); b.Out {
			continue
		}
		if moves, ok := fleet.Clear(claim, id); ok {
			return standIn{id, left, moves}, nil
		}
	}
	return standIn{left: left}, nil
}

// leftOf is the time for which a visit that starts now would take its device, and
// whether there is none left.
func leftOf(v booking.Visit, now time.Time) (left booking.Interval, over bool) {
	left = v.DeviceTime()
	if !now.After(left.Start()) {
		return left, false
	}
	begins := now.Truncate(time.Minute)
	left, err := booking.NewInterval(begins, left.End().Sub(begins))
	return left, err != nil
}

// standIns says of each visit that can be started, but not on its own iPad,
// which other would do. It may be the same for two: whichever is started first
// has it, since only the ward knows which bed can wait.
func standIns(ctx context.Context, tx *store.Tx, board *Board, now time.Time) error {
	for i := range board.Visits {
		v := &board.Visits[i]
		opens := v.When.Start().Add(-v.WardRecord.Policy.OpensBefore)
		if v.State != booking.Booked || now.Before(opens) || readyAtOnce(v.DeviceRecord) == nil {
			continue
		}
		in, err := findStandIn(ctx, tx, v.Visit, board.Devices, now)
		if err != nil {
			return err
		}
		for _, device := range board.Devices {
			if device.ID == in.device {
				v.StandIn = &device
			}
		}
	}
	return nil
}

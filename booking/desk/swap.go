package desk

import (
	"context"
	"errors"

	"github.com/wardvisit/wardvisit/booking"
)

// A SwapReason is why a visit goes on on another iPad.
type SwapReason string

// The reasons for a swap.
const (
	SwapFault   SwapReason = "fault"   // it does not work: it goes out of service, to be looked at
	SwapBattery SwapReason = "battery" // it is to be charged
	SwapOther   SwapReason = "other"
)

// SwapReasons are all of them, the likeliest first.
var SwapReasons = []SwapReason{SwapFault, SwapBattery, SwapOther}

// Swap has a visit that is on go on on another of the ward's iPads, which is paired
// and clean; version is the one that the page showed. The iPad that was at the bed
// is to be cleaned, or with a fault goes out of service until somebody has looked
// at it, and its visits to come go to others. Nobody has to leave the room.
func (d *Desk) Swap(ctx context.Context, by booking.Actor, ref booking.Reference, version int, to booking.DeviceID, why SwapReason) (Visit, error) {
	if why != SwapFault && why != SwapBattery && why != SwapOther {
		return Visit{}, booking.ErrBadChoice
	}
	return d.change(ctx, by, ref, mayRun, func(a *act) error {
		from := a.rec.Device
		switch {
		case a.rec.State.Over():
			return booking.ErrVisitOver
		case !a.rec.State.Open():
			return booking.ErrNotStarted
		case from == to:
			return nil // pressed twice
		case a.rec.Version != version:
			return booking.ErrStale
		}
		if why == SwapFault { // whose visits to come may go to any of the others
			if err := a.touchFleet(ctx, from, to); err != nil {
				return err
			}
		}
		when, over := leftOf(a.rec.Visit, a.now)
		moves, err := a.clearFor(ctx, when, over, to)
		if err != nil {
			return err
		}
		if err := d.reassign(ctx, a, to, when, over, moves); err != nil {
			return err
		}
		if err := a.record(ctx, booking.DeviceSwapped, "device "+string(from)+" to "+string(to)+": "+string(why)); err != nil {
			return err
		}
		if why != SwapFault {
			return nil
		}
		gone := Withdraw{State: booking.DeviceOutOfService, Reason: "stopped working during a visit"}
		_, err = d.changeDevice(ctx, a.Tx, by, from, gone)
		if errors.Is(err, booking.ErrNoSuchDevice) {
			err = booking.ErrMayNot // who runs visits in two wards, and iPads in one
		}
		return err
	})
}

// touchFleet touches every device that changeDevice may, in one go and so in order.
func (a *act) touchFleet(ctx context.Context, also ...booking.DeviceID) error {
	f := &deviceAct{act: *a}
	for _, id := range also {
		if err := f.look(ctx, id); err != nil {
			return err
		}
		for _, ward := range f.wards(Withdraw{}) {
			ids, err := a.FleetIDs(ctx, ward, a.now, a.now.Add(horizon))
			if err != nil {
				return err
			}
			also = append(also, ids...)
		}
	}
	return a.touchDevices(ctx, also...)
}

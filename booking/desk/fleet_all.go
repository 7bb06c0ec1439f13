package desk

import (
	"cmp"
	"context"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// A WardFleet is a ward with the devices that belong to it.
type WardFleet struct {
	Ward    booking.Ward
	Devices []booking.Device
}

// Fleet are the devices of every ward in which the actor sees to devices, by ward.
func (d *Desk) Fleet(ctx context.Context, by booking.Actor) ([]WardFleet, error) {
	return view(ctx, d, func(tx *store.Tx) ([]WardFleet, error) {
		wards, err := tx.Wards(ctx)
		if err != nil {
			return nil, err
		}
		devices, err := tx.AllDevices(ctx)
		if err != nil {
			return nil, err
		}
		of := map[booking.WardID][]booking.Device{}
		for _, device := range devices {
			of[device.Ward] = append(of[device.Ward], device)
		}
		var fleet []WardFleet
		for _, ward := range wards {
			if by.May(booking.UseDevices, ward.ID) {
				fleet = append(fleet, WardFleet{ward, of[ward.ID]})
			}
		}
		return fleet, nil
	})
}

// WardOfDevice is the ward in which the actor sees to a device: the one that it
// belongs to, or else the one that has borrowed it. ErrNoSuchDevice for whoever does
// so in neither.
func (d *Desk) WardOfDevice(ctx context.Context, by booking.Actor, id booking.DeviceID) (booking.WardID, error) {
	return view(ctx, d, func(tx *store.Tx) (booking.WardID, error) {
		device, err := tx.Device(ctx, id)
		if err != nil {
			return "", err
		}
		may, err := mayCarry(ctx, tx, by, booking.UseDevices, device, d.now())
		if err != nil || !may {
			return "", cmp.Or(err, error(booking.ErrNoSuchDevice))
		}
		if by.May(booking.UseDevices, device.Ward) {
			return device.Ward, nil
		}
		return whereNow(ctx, tx, device, d.now())
	})
}

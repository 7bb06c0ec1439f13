package desk

import (
	"context"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// A Carried is one of the devices of a ward's list: its own, or one lent to it.
type Carried struct {
	booking.Device
	Home   booking.Ward  // that it belongs to
	Visits int           // booked, to come
	Loans  []WardAndLoan // that stand; of one lent here, only those to this ward
	Here   bool          // it is the ward's to use now
}

// A WardAndLoan is a loan with the ward that it is to.
type WardAndLoan struct {
	booking.Loan
	Ward booking.Ward
}

// Loans are those of a ward's devices, and of others' to it, that stand and are
// not over, in order of time.
func (d *Desk) Loans(ctx context.Context, by booking.Actor, ward booking.WardID) ([]booking.Loan, error) {
	return view(ctx, d, func(tx *store.Tx) ([]booking.Loan, error) {
		if _, err := heldWard(ctx, tx, by, booking.UseDevices, ward); err != nil {
			return nil, err
		}
		return tx.Loans(ctx, ward, d.now())
	})
}

// Carried are a ward's devices with what staff need to decide about them, its own
// first.
func (d *Desk) Carried(ctx context.Context, by booking.Actor, id booking.WardID) ([]Carried, error) {
	return view(ctx, d, func(tx *store.Tx) ([]Carried, error) {
		ward, err := heldWard(ctx, tx, by, booking.UseDevices, id)
		if err != nil {
			return nil, err
		}
		own, err := tx.Devices(ctx, id)
		if err != nil {
			return nil, err
		}
		now := d.now()
		visits, err := tx.VisitsOn(ctx, id, now)
		if err != nil {
			return nil, err
		}
		var carried []Carried
		for _, device := range own {
			carried = append(carried, Carried{Device: device, Home: ward, Visits: visits[device.ID], Here: true})
		}
		loans, err := tx.Loans(ctx, id, now)
		if err != nil {
			return nil, err
		}
		for _, l := range loans {
			i := slices.IndexFunc(carried, func(c Carried) bool { return c.ID == l.Device })
			if i < 0 {
				device, err := tx.Device(ctx, l.Device)
				if err != nil {
					return nil, err
				}
				home, err := tx.Ward(ctx, device.Ward)
				if err != nil {
					return nil, err
				}
				i = len(carried)
				carried = append(carried, Carried{Device: device, Home: home, Visits: visits[device.ID]})
			}
			to, err := tx.Ward(ctx, l.To)
			if err != nil {
				return nil, err
			}
			c := &carried[i]
			c.Loans = append(c.Loans, WardAndLoan{l, to})
			if !now.Before(l.From) {
				c.Here = l.To == id
			}
		}
		return carried, nil
	})
}

// Bays are those of a ward, in which its devices may be kept.
func (d *Desk) Bays(ctx context.Context, by booking.Actor, ward booking.WardID) ([]string, error) {
	return view(ctx, d, func(tx *store.Tx) ([]string, error) {
		if _, err := heldWard(ctx, tx, by, booking.UseDevices, ward); err != nil {
			return nil, err
		}
		return tx.Bays(ctx, ward)
	})
}

// LendTo are the wards to which a ward may lend its devices: all others.
func (d *Desk) LendTo(ctx context.Context, by booking.Actor, ward booking.WardID) ([]booking.Ward, error) {
	return view(ctx, d, func(tx *store.Tx) ([]booking.Ward, error) {
		if _, err := heldWard(ctx, tx, by, booking.UseDevices, ward); err != nil {
			return nil, err
		}
		wards, err := tx.Wards(ctx)
		return slices.DeleteFunc(wards, func(w booking.Ward) bool { return w.ID == ward }), err
	})
}

// whereNow is the ward that has a device now: its own, or the one that it is lent
// to.
func whereNow(ctx context.Context, tx *store.Tx, device booking.Device, now time.Time) (booking.WardID, error) {
	loans, err := tx.LentFrom(ctx, device.ID, now)
	for _, l := range loans {
		if !now.Before(l.From) {
			return l.To, err
		}
	}
	return device.Ward, err
}

// devicesHere are a ward's own devices, and those that are lent to it now.
func devicesHere(ctx context.Context, tx *store.Tx, ward booking.WardID, now time.Time) ([]booking.Device, error) {
	here, err := tx.Devices(ctx, ward)
	if err != nil {
		return nil, err
	}
	loans, err := tx.Loans(ctx, ward, now)
	for _, l := range loans {
		if l.To != ward || now.Before(l.From) || err != nil {
			continue
		}
		var device booking.Device
		if device, err = tx.Device(ctx, l.Device); err == nil {
			here = append(here, device)
		}
	}
	return here, err
}

// mayCarry reports whether by has a right in the ward that a device belongs to, or in
// the one that has it now.
func mayCarry(ctx context.Context, tx *store.Tx, by booking.Actor, right booking.Right, device booking.Device, now time.Time) (bool, error) {
	if by.May(right, device.Ward) {
		return true, nil
	}
	ward, err := whereNow(ctx, tx, device, now)
	return by.May(right, ward), err
}

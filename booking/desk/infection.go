package desk

import (
	"context"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// SetInfection says how what a patient has spreads. Visits to come get the time that
// their ward needs to prepare and clean for it, on their own iPad or another; where
// there is none, they stay as they are and are flagged.
func (d *Desk) SetInfection(ctx context.Context, by booking.Actor, id booking.PatientID, i booking.Infection) error {
	if err := checkInfection(i); err != nil {
		return err
	}
	return d.store.Do(ctx, func(tx *store.Tx) error {
		ward, err := touchedWard(ctx, tx, by, id)
		if err != nil {
			return err
		}
		p, err := tx.Patient(ctx, id)
		if err != nil || p.Infection == i {
			return err
		}
		p.Infection = i
		if err := tx.SavePatient(ctx, p); err != nil {
			return err
		}
		if err := d.rebuffer(ctx, tx, by, p); err != nil {
			return err
		}
		if err := d.reviewPatient(ctx, tx, by, id); err != nil {
			return err
		}
		return tx.AddEvent(ctx, booking.Event{
			At: d.now(), By: by, Action: booking.InfectionSet, Subject: "patient " + string(id), Ward: ward.ID, Reason: string(i),
		})
	})
}

// rebuffer gives a patient's visits to come the time around them that their
// infection needs.
func (d *Desk) rebuffer(ctx context.Context, tx *store.Tx, by booking.Actor, p booking.Patient) error {
	now := d.now()
	records, err := tx.VisitsOfPatient(ctx, p.ID, now)
	if err != nil {
		return err
	}
	m := &movement{Tx: tx, d: d, by: by, now: now}
	if err := m.touchAll(ctx, records); err != nil {
		return err
	}
	for _, r := range records {
		if r.State != booking.Booked {
			continue
		}
		a := &act{Tx: tx, by: by, now: now}
		if err := a.load(ctx, r.ID); err != nil {
			return err
		}
		if err := d.rebufferOne(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) rebufferOne(ctx context.Context, a *act) error {
	v, b := a.rec.Visit, a.ward.Policy.BuffersFor(a.rec.PatientRecord.Infection)
	if v.Prepare == b.Prepare && v.Clean == b.Clean {
		return nil
	}
	v.Prepare, v.Clean = b.Prepare, b.Clean
	when := v.DeviceTime()
	taken, err := a.TakenOf(ctx, deviceOf(v.Device), a.now, when.Start(), when.End(), v.ID)
	if err != nil {
		return err
	}
	if len(taken) == 0 {
		err = d.clear(ctx, a, deviceOf(v.Device), when)
	} else if v.Device, err = d.chooseDevice(ctx, a, v, v.ID); err != nil {
		return unlessRefused(err)
	}
	if err != nil {
		return err
	}
	if err := a.Release(ctx, v.ID, store.Device); err != nil {
		return err
	}
	if err := a.save(ctx, v); err != nil {
		return err
	}
	if err := a.RehomeVisit(ctx, v, a.ward); err != nil {
		return err
	}
	if err := d.reserve(ctx, a, deviceOf(v.Device), when); err != nil {
		return err
	}
	return a.record(ctx, booking.VisitRehomed, "infection")
}

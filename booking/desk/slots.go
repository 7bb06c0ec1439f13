package desk

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// longestOffering bounds how many days are looked at for one page.
const longestOffering = 62

// An offerer works out what is free for one patient in one ward.
type offerer struct {
	by      booking.Actor
	ward    booking.Ward
	patient booking.Patient
	now     time.Time
	but     booking.VisitID // whose reservations do not count, because it would give them up
}

// offererFor returns the offerer of an actor. barred says that a visitor is to
// see nothing free, after the same work as anybody else.
func (d *Desk) offererFor(ctx context.Context, tx *store.Tx, by booking.Actor, patient booking.PatientID) (o offerer, barred bool, err error) {
	o = offerer{by: by, now: d.now()}
	if by.Visitor() == "" {
		if o.ward, err = wardOf(ctx, tx, by, patient); err == nil {
			o.patient, err = tx.Patient(ctx, patient)
		}
		return o, false, err
	}
	standing, err := standingFor(ctx, tx, by, patient, by.Visitor())
	if err != nil {
		return o, false, err
	}
	barred, standing.Member.Barred = standing.Member.Barred, false
	if err := standing.MayVisit(o.now); err != nil {
		return o, false, err
	}
	o.ward, o.patient = standing.Ward, standing.Patient
	o.patient.MRN = ""
	o.but, err = tx.OpenHold(ctx, patient, by.Visitor()) // theirs to exchange
	return o, barred, err
}

// days gives what is free on each of n days from one on.
func (o offerer) days(ctx context.Context, tx *store.Tx, from booking.Date, n int) ([]Day, error) {
	n = max(1, min(n, longestOffering))
	zone := o.ward.Site.Zone
	sessions, err := o.sessions(ctx, tx)
	if err != nil {
		return nil, err
	}
	begins, _ := booking.DayBounds(from, zone)
	_, ends := booking.DayBounds(from.AddDays(n-1), zone)
	diary, err := tx.Diary(ctx, o.ward.ID, o.patient.ID, o.now, begins.Add(-around), ends.Add(around), o.but)
	if err != nil {
		return nil, err
	}
	days := make([]Day, n)
	for i := range days {
		date := from.AddDays(i)
		var open []booking.Slot
		for _, s := range booking.SlotsOn(date, zone, sessions) {
			if o.bookable(s.When.Start()) == nil {
				open = append(open, s)
			}
		}
		days[i] = Day{Date: date, Slots: diary.Free(open, o.ward.Policy)}
	}
	return days, nil
}

// around is how far beside an interval a diary is read: as far as the choice of
// a device looks for gaps.
const around = 24 * time.Hour

// sessions are those that the actor may book in.
func (o offerer) sessions(ctx context.Context, tx *store.Tx) ([]booking.Session, error) {
	sessions, err := tx.Sessions(ctx, o.ward.ID)
	if err != nil || o.by.Visitor() == "" {
		return sessions, err
	}
	var open []booking.Session
	for _, s := range sessions {
		if s.Audience == booking.ForRelatives {
			open = append(open, s)
		}
	}
	return open, nil
}

// bookable refuses a start that is too near or too far. Staff may book whatever
// has not begun.
func (o offerer) bookable(start time.Time) error {
	if o.by.Visitor() != "" {
		return o.ward.Policy.Bookable(start, o.now)
	}
	if start.Before(o.now) {
		return booking.ErrTooLate
	}
	return nil
}

// slotAt returns the slot that begins at start, or says why there is none for
// this actor.
func (o offerer) slotAt(ctx context.Context, tx *store.Tx, start time.Time) (booking.Slot, error) {
	sessions, err := o.sessions(ctx, tx)
	if err != nil {
		return booking.Slot{}, err
	}
	zone := o.ward.Site.Zone
	for _, s := range booking.SlotsOn(booking.DateOf(start, zone), zone, sessions) {
		if s.When.Start().Equal(start) {
			return s, o.bookable(start)
		}
	}
	return booking.Slot{}, booking.ErrNotASlot
}

// near gives the n free slots nearest to an instant, of those in the two weeks
// around it.
func (o offerer) near(ctx context.Context, tx *store.Tx, want time.Time, n int) ([]booking.Slot, error) {
	first := booking.DateOf(want, o.ward.Site.Zone).AddDays(-3)
	if today := booking.DateOf(o.now, o.ward.Site.Zone); first.Before(today) {
		first = today
	}
	days, err := o.days(ctx, tx, first, 15)
	if err != nil {
		return nil, err
	}
	var free []booking.Slot
	for _, day := range days {
		free = append(free, day.Slots...)
	}
	return booking.Nearest(free, want, max(0, n)), nil
}

// Offering is what is free for a patient on days from from. Somebody who is
// barred sees every day full.
func (d *Desk) Offering(ctx context.Context, by booking.Actor, patient booking.PatientID, from booking.Date, days int) (Offering, error) {
	return view(ctx, d, func(tx *store.Tx) (Offering, error) {
		o, barred, err := d.offererFor(ctx, tx, by, patient)
		if err != nil {
			return Offering{}, err
		}
		return o.offering(ctx, tx, from, days, barred)
	})
}

// OfferingToMove is what is free for moving a visit; what the visit has itself
// counts as free.
func (d *Desk) OfferingToMove(ctx context.Context, by booking.Actor, ref booking.Reference, from booking.Date, days int) (Offering, error) {
	return view(ctx, d, func(tx *store.Tx) (Offering, error) {
		r, err := tx.RecordByReference(ctx, ref)
		if err != nil {
			return Offering{}, err
		}
		if !maySteer(by, r) {
			return Offering{}, booking.ErrNoSuchVisit
		}
		o, barred, err := d.offererFor(ctx, tx, by, r.Patient)
		if err != nil {
			return Offering{}, err
		}
		o.but = r.ID
		return o.offering(ctx, tx, from, days, barred)
	})
}

func (o offerer) offering(ctx context.Context, tx *store.Tx, from booking.Date, n int, barred bool) (Offering, error) {
	days, err := o.days(ctx, tx, from, n)
	if err != nil {
		return Offering{}, err
	}
	for i := range days {
		if barred {
			days[i].Slots = nil
		}
	}
	return Offering{Patient: o.patient, Ward: o.ward, Days: days}, nil
}

// Alternatives are the n free slots nearest to want, in order of time.
func (d *Desk) Alternatives(ctx context.Context, by booking.Actor, patient booking.PatientID, want time.Time, n int) ([]booking.Slot, error) {
	return view(ctx, d, func(tx *store.Tx) ([]booking.Slot, error) {
		o, barred, err := d.offererFor(ctx, tx, by, patient)
		if err != nil {
			return nil, err
		}
		free, err := o.near(ctx, tx, want, n)
		if barred {
			free = nil
		}
		return free, err
	})
}

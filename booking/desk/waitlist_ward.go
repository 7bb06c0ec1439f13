package desk

import (
	"context"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// What a ward sees of its waiting list, and can do about it. Offers are made by the
// program, in turn, as soon as something is free; staff see whose turn it is and
// why, answer for a family that rings, and can have it look again.

// A Queued is somebody who waits in a ward, in their turn.
type Queued struct {
	booking.Waiting
	PatientRecord booking.Patient
	Bed           string
	Member        booking.CircleMember  // who waits
	Kept          *booking.TimeOffered  // the time that is kept for them; nil for none
	Before        []booking.TimeOffered // those that came to nothing, the last first
	Refused       error                 // why nothing can be offered to them; nil when it can

	in booking.WardID // where the patient lies
}

// WaitingIn is a ward's waiting list, in the order in which what is freed is
// offered.
func (d *Desk) WaitingIn(ctx context.Context, by booking.Actor, ward booking.WardID) ([]Queued, error) {
	return lists(ctx, d, by, ward, func(tx *store.Tx) ([]Queued, error) {
		if _, err := heldWard(ctx, tx, by, booking.RunVisits, ward); err != nil {
			return nil, err
		}
		now := d.now()
		waiting, err := tx.Waiting(ctx, ward, now.Add(-booking.Lately), now)
		if err != nil {
			return nil, err
		}
		offered, err := tx.OfferedIn(ctx, ward)
		if err != nil {
			return nil, err
		}
		of := map[booking.EntryID][]booking.TimeOffered{}
		for _, o := range offered {
			of[o.Entry] = append(of[o.Entry], o)
		}
		var queue []Queued
		for _, w := range booking.InTurn(waiting) {
			q, err := d.queued(ctx, tx, w, of[w.ID])
			if err != nil {
				return nil, err
			}
			if q.in == ward || q.in == "" { // else they have moved, and their family waits there from the next look on
				queue = append(queue, q)
			}
		}
		return queue, nil
	})
}

func (d *Desk) queued(ctx context.Context, tx *store.Tx, w booking.Waiting, offered []booking.TimeOffered) (Queued, error) {
	s, err := tx.Standing(ctx, w.Patient, w.Visitor)
	if err != nil {
		return Queued{}, err
	}
	now := d.now()
	q := Queued{Waiting: w, PatientRecord: s.Patient, Bed: bedName(s.Bay, s.Bed), Member: s.Member, Refused: s.MayVisit(now), in: s.Ward.ID}
	for _, o := range offered {
		if o.Stands(now) {
			q.Kept = &o
		} else {
			q.Before = append(q.Before, o)
		}
	}
	return q, nil
}

// WaitingCount is how long a ward's waiting list is.
func (d *Desk) WaitingCount(ctx context.Context, by booking.Actor, ward booking.WardID) (int, error) {
	return view(ctx, d, func(tx *store.Tx) (int, error) {
		if _, err := heldWard(ctx, tx, by, booking.RunVisits, ward); err != nil {
			return 0, err
		}
		return tx.CountWaiting(ctx, ward)
	})
}

// OfferNow looks at once for what can be offered to those who wait in a ward, in
// their turn, and returns to how many something was.
func (d *Desk) OfferNow(ctx context.Context, by booking.Actor, ward booking.WardID) (int, error) {
	if _, err := view(ctx, d, func(tx *store.Tx) (booking.Ward, error) {
		return heldWard(ctx, tx, by, booking.RunVisits, ward)
	}); err != nil {
		return 0, err
	}
	return d.offerFree(ctx, ward)
}

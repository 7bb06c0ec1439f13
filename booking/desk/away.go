package desk

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// keepAway takes somebody who may no longer visit a patient out of every visit
// to come. Where they have a seat, they lose it for good. A booked visit to which
// nobody else comes is cancelled, in the words of any visit that the ward
// cancels; from others they are dropped.
func (d *Desk) keepAway(ctx context.Context, tx *store.Tx, by booking.Actor, m booking.CircleMember) error {
	now := d.now()
	records, err := tx.VisitsOfPatient(ctx, m.Patient, now.Add(-12*time.Hour))
	if err != nil {
		return err
	}
	for _, r := range records {
		if r.State.Over() {
			continue
		}
		a := &act{Tx: tx, by: by, now: now}
		if err := a.load(ctx, r.ID); err != nil {
			return err
		}
		for _, p := range r.People {
			if p.Visitor != m.Visitor.ID {
				continue
			}
			if err := d.dropFrom(ctx, a, p); err != nil {
				return err
			}
			break
		}
	}
	return nil
}

func (d *Desk) dropFrom(ctx context.Context, a *act, p booking.Participant) error {
	others := 0
	for _, q := range a.rec.People {
		if q.Role == booking.AsVisitor && q.ID != p.ID && q.Place != booking.Removed {
			others++
		}
	}
	switch {
	case a.rec.State == booking.Held && a.rec.HeldFor == p.Visitor:
		return a.giveBack(ctx)
	case a.rec.State == booking.Held:
		return a.DeleteParticipant(ctx, p.ID)
	case a.rec.State.Open() || !p.HereSince.IsZero():
		p.Place = booking.Removed
		if err := a.SaveParticipant(ctx, p); err != nil {
			return err
		}
		return a.record(ctx, booking.PersonRemoved, label(p))
	case others == 0:
		over, err := a.rec.Cancel(booking.ByWard, a.now)
		if err != nil {
			return err
		}
		return d.finish(ctx, a, over)
	}
	visitor, err := a.Visitor(ctx, p.Visitor)
	if err != nil {
		return err
	}
	if err := a.WithdrawNotices(ctx, a.rec.ID, visitor.Phone, a.now); err != nil {
		return err
	}
	if err := d.tellOneOff(ctx, a, visitor.ID); err != nil {
		return err
	}
	if err := a.DeleteParticipant(ctx, p.ID); err != nil {
		return err
	}
	return a.record(ctx, booking.PersonRemoved, label(p))
}

// Seats are those that a member of a circle has, or had, in the rooms of visits
// that are not over: what must hear of it when they are removed or barred.
func (d *Desk) Seats(ctx context.Context, by booking.Actor, id booking.MemberID) ([]Seat, error) {
	return view(ctx, d, func(tx *store.Tx) ([]Seat, error) {
		m, err := tx.Member(ctx, id)
		if err != nil {
			return nil, err
		}
		if _, err := wardOf(ctx, tx, by, booking.KeepPatients, m.Patient); err != nil {
			return nil, booking.ErrNoSuchPerson
		}
		records, err := tx.VisitsOfPatient(ctx, m.Patient, d.now().Add(-12*time.Hour))
		if err != nil {
			return nil, err
		}
		var seats []Seat
		for _, r := range records {
			for _, p := range r.People {
				if p.Visitor == m.Visitor.ID && !r.State.Over() && r.State != booking.Held {
					v, err := shown(ctx, tx, by, r)
					if err != nil {
						return nil, err
					}
					seats = append(seats, seatOf(p, v))
				}
			}
		}
		return seats, nil
	})
}

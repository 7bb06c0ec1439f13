package desk

import (
	"context"
	"errors"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// A Joinable is a visit of somebody else's to a patient, as another relative may
// know of it: when it is, and who of the circle that they share comes to it.
type Joinable struct {
	When booking.Interval
	With []string // names of those who come
	Full bool     // as many come as may
}

// Joinable are the visits of others to a patient on a day, for a relative who may
// visit them. Somebody who is barred sees none.
func (d *Desk) Joinable(ctx context.Context, by booking.Actor, patient booking.PatientID, on booking.Date) ([]Joinable, error) {
	return view(ctx, d, func(tx *store.Tx) ([]Joinable, error) {
		standing, err := standingFor(ctx, tx, by, patient, by.Visitor())
		if err != nil {
			return nil, err
		}
		may := standing.MayVisit(d.now()) // after the same work for everybody
		if standing.Ward.ID == "" {
			return nil, nil
		}
		from, to := booking.DayBounds(on, standing.Ward.Site.Zone)
		records, err := tx.VisitsOfPatient(ctx, patient, later(from, d.now()))
		if err != nil {
			return nil, err
		}
		var found []Joinable
		for _, r := range records {
			if may == nil && couldJoin(by, r) && r.When.Start().Before(to) {
				found = append(found, d.joinable(r, standing.Ward))
			}
		}
		return found, nil
	})
}

// couldJoin reports whether a visit is one that a relative could come to, and does
// not yet.
func couldJoin(by booking.Actor, r store.Record) bool {
	return r.State == booking.Booked && !r.Locked && !comes(by, r)
}

func (d *Desk) joinable(r store.Record, ward booking.Ward) Joinable {
	j := Joinable{When: r.When}
	for _, p := range r.People {
		if p.Role == booking.AsVisitor && p.Place != booking.Removed {
			j.With = append(j.With, p.Name)
		}
	}
	j.Full = len(j.With) >= ward.Policy.People
	return j
}

// JoinVisit adds the relative who asks to the visit that their patient has at an
// instant, by the rules of AddPeople: as far as there is room, and until it
// begins.
func (d *Desk) JoinVisit(ctx context.Context, by booking.Actor, patient booking.PatientID, at time.Time) (Visit, error) {
	if by.Visitor() == "" {
		return Visit{}, booking.ErrMayNot // staff add people to a visit that they name
	}
	return create(ctx, d, by, makesVisit(by, "join", patient, at.UTC()), func(tx *store.Tx) (Visit, error) {
		if err := touchFor(ctx, tx, by, patient); err != nil {
			return Visit{}, err
		}
		standing, err := standingFor(ctx, tx, by, patient, by.Visitor())
		if err != nil {
			return Visit{}, err
		}
		if err := standing.MayVisit(d.now()); err != nil {
			return Visit{}, err
		}
		ref, err := visitThen(ctx, tx, by, patient, at)
		if err != nil {
			return Visit{}, err
		}
		join := func(a *act) error { return d.addPeople(ctx, a, []booking.MemberID{standing.Member.ID}) }
		mayJoin := func(booking.Actor, store.Record) bool { return true } // whoever may visit, as was just asked
		v, err := d.changeIn(ctx, tx, by, mayJoin, join, byReference(ref))
		if errors.Is(err, booking.ErrVisitBegun) || errors.Is(err, booking.ErrVisitOver) {
			err = booking.ErrNothingToJoin
		}
		return v, err
	})
}

// visitThen is the visit of a patient at an instant that the actor could join, or
// comes to already.
func visitThen(ctx context.Context, tx *store.Tx, by booking.Actor, patient booking.PatientID, at time.Time) (booking.Reference, error) {
	records, err := tx.VisitsOfPatient(ctx, patient, at)
	if err != nil {
		return "", err
	}
	for _, r := range records {
		if r.When.Contains(at) && (couldJoin(by, r) || r.State == booking.Booked && comes(by, r)) {
			return r.Reference, nil
		}
	}
	return "", booking.ErrNothingToJoin
}

package desk

import (
	"context"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// Book confirms a held visit: it asks the interpreter wanted, and tells everyone
// coming. Pressing twice gives the same visit. ErrNoInterpreter leaves the visit
// held, for the family to choose another time or do without.
func (d *Desk) Book(ctx context.Context, by booking.Actor, id booking.VisitID) (Visit, error) {
	return create(ctx, d, by, makesVisit(by, "book", id), func(tx *store.Tx) (Visit, error) {
		return d.changeIn(ctx, tx, by, maySteer, func(a *act) error { return d.bookHeld(ctx, a) }, byID(id))
	})
}

func (d *Desk) confirm(ctx context.Context, a *act) error {
	if a.rec.State == booking.Booked {
		return nil // pressed twice
	}
	booked, err := a.rec.Confirm(a.now)
	if err != nil {
		return err
	}
	if err := a.mayAllCome(ctx); err != nil {
		return err
	}
	if err := a.save(ctx, booked); err != nil {
		return err
	}
	if err := a.Firm(ctx, booked.ID); err != nil {
		return err
	}
	if err := a.record(ctx, booking.VisitBooked, string(booked.Via)); err != nil {
		return err
	}
	if err := d.endWaits(ctx, a); err != nil {
		return err
	}
	if !booked.Tongue.IsZero() && a.openOffer() == nil { // or they were asked already
		if err := d.askInterpreter(ctx, a); err != nil {
			return err
		}
	}
	a.told = booked.Tongue.IsZero()
	return d.tellComing(ctx, a, booking.NoticeBooked, a.rec.People)
}

// mayAllCome refuses unless everybody expected may visit, now.
func (a *act) mayAllCome(ctx context.Context) error {
	coming := 0
	a.visitors = map[booking.VisitorID]booking.Visitor{}
	for _, p := range a.rec.People {
		if p.Role != booking.AsVisitor || p.Place == booking.Removed {
			continue
		}
		coming++
		standing, err := a.Standing(ctx, a.rec.Patient, p.Visitor)
		if err != nil {
			return err
		}
		if err := standing.MayVisit(a.now); err != nil {
			return err
		}
		a.visitors[p.Visitor] = standing.Member.Visitor
	}
	if coming == 0 {
		return booking.ErrNobodyComing
	}
	return a.roomFor(ctx, coming, nil)
}

// AddPeople adds approved members of the circle to a booked visit, also while it
// is on; each gets their own link, and waits to be let in like everybody.
func (d *Desk) AddPeople(ctx context.Context, by booking.Actor, ref booking.Reference, members []booking.MemberID) (Visit, error) {
	return create(ctx, d, by, makesVisit(by, "add_people", ref, members), func(tx *store.Tx) (Visit, error) {
		return d.changeIn(ctx, tx, by, maySteer, func(a *act) error { return d.addPeople(ctx, a, members) }, byReference(ref))
	})
}

func (d *Desk) addPeople(ctx context.Context, a *act, members []booking.MemberID) error {
	switch {
	case a.rec.State.Over() || a.rec.State == booking.Held:
		return booking.ErrVisitOver
	case a.rec.Locked:
		return booking.ErrRoomLocked
	}
	before := len(a.rec.People)
	for _, id := range members {
		m, err := a.companion(ctx, id)
		if err != nil {
			return err
		}
		if err := d.expect(ctx, a, m.Visitor.ID); err != nil {
			return err
		}
	}
	added := a.rec.People[before:]
	if len(added) == 0 {
		return nil
	}
	if err := a.mayAllCome(ctx); err != nil {
		return err
	}
	for _, p := range added {
		if err := a.record(ctx, booking.PersonAdded, label(p)); err != nil {
			return err
		}
	}
	if err := a.save(ctx, a.rec.Visit); err != nil {
		return err
	}
	return d.tellComing(ctx, a, booking.NoticeBooked, added)
}

// BookAt books a visit at any time, also one that no session offers, for whoever
// runs the patient's ward: a visit that is to start in a few minutes. Everything
// else is checked, reserved and told as ever.
func (d *Desk) BookAt(ctx context.Context, by booking.Actor, b BookedVisit) (Visit, error) {
	when, err := booking.NewInterval(b.Start, b.Length)
	switch {
	case by.Visitor() != "":
		return Visit{}, booking.ErrMayNot
	case err != nil:
		return Visit{}, booking.ErrBadTime
	case len(b.Members) == 0:
		return Visit{}, booking.ErrNobodyComing
	}
	asked := makesVisit(by, "book_at", b.Patient, b.Members, b.Tongue, when.String())
	return create(ctx, d, by, asked, func(tx *store.Tx) (Visit, error) {
		if err := touchFor(ctx, tx, by, b.Patient); err != nil {
			return Visit{}, err
		}
		first, err := tx.Member(ctx, b.Members[0])
		if err != nil {
			return Visit{}, err
		}
		standing, err := standingFor(ctx, tx, by, b.Patient, first.Visitor.ID)
		if err != nil {
			return Visit{}, err
		}
		if err := standing.MayVisit(d.now()); err != nil {
			return Visit{}, err
		}
		a, err := d.hold(ctx, tx, by, standing, claim{when: when, aside: []booking.Override{{Rule: booking.ErrNotASlot.Code, Reason: "at_any_time"}}})
		if err != nil {
			return Visit{}, err
		}
		for _, step := range []func() error{
			func() error { return d.describe(ctx, a, Details{Members: b.Members, Tongue: b.Tongue}) },
			func() error { return d.confirm(ctx, a) },
		} {
			if err := a.load(ctx, a.rec.ID); err != nil {
				return Visit{}, err
			}
			if err := step(); err != nil {
				return Visit{}, err
			}
		}
		return a.show(ctx)
	})
}

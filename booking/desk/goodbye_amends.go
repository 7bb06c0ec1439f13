package desk

import (
	"context"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// What is done for those whose visit makes way for a goodbye.

// displace cancels a visit that makes way, and says nothing of it yet. One that is
// only held lapses.
func (d *Desk) displace(ctx context.Context, tx *store.Tx, by booking.Actor, r store.Record) error {
	a := &act{Tx: tx, by: by, now: d.now(), quiet: true}
	if err := a.load(ctx, r.ID); err != nil {
		return err
	}
	if !tx.Touched(patientOf(a.rec.Patient)) {
		return store.ErrAgain // it has come to another record meanwhile
	}
	if a.rec.State == booking.Held {
		return a.giveBack(ctx)
	}
	over, err := a.rec.Cancel(booking.Displaced, a.now)
	if err != nil {
		return err
	}
	if err := d.finish(ctx, a, over); err != nil {
		return err
	}
	return d.review(ctx, tx, by, r.ID)
}

// insteadWithin is for how many days a displaced family waits for another time,
// if they do not take the one that is kept for them.
const insteadWithin = 14

// makeGood offers the family of a displaced visit the nearest other time, now that
// everything else is settled, and tells them.
func (d *Desk) makeGood(ctx context.Context, tx *store.Tx, by booking.Actor, was, goodbye store.Record) error {
	a := &act{Tx: tx, by: by, now: d.now()}
	if err := a.load(ctx, was.ID); err != nil {
		return err
	}
	if err := a.record(ctx, booking.VisitDisplaced, "visit "+string(goodbye.ID)); err != nil {
		return err
	}
	if was.State == booking.Held {
		return nil // nobody was promised it
	}
	kept, err := d.keepInstead(ctx, tx, was)
	if err != nil {
		return err
	}
	for _, p := range was.People {
		if p.Role != booking.AsVisitor || p.Place == booking.Removed || kept && p.Visitor == was.HeldFor {
			continue
		}
		if err := d.tellDisplaced(ctx, a, p.Visitor); err != nil {
			return err
		}
	}
	return nil
}

// keepInstead puts the family of a displaced visit on the waiting list, and keeps
// the nearest other time for them, for all who were coming. It reports whether
// there was one.
func (d *Desk) keepInstead(ctx context.Context, tx *store.Tx, was store.Record) (bool, error) {
	s, err := tx.Standing(ctx, was.Patient, was.HeldFor)
	if err != nil {
		return false, err
	}
	if s.MayVisit(d.now()) != nil {
		return false, nil
	}
	e, err := d.waitInstead(ctx, tx, was, s)
	if err != nil {
		return false, err
	}
	if busy, err := d.filling(ctx, tx, e); err != nil || busy {
		return false, err // they are choosing a time of their own just now
	}
	instead, err := d.insteadOf(ctx, tx, was, was.When)
	if err != nil || instead == nil {
		return false, err
	}
	_, until, _ := s.Ward.Policy.OfferSpan(instead.When.Start(), d.now(), s.Ward.Site.Zone)
	a, err := d.keepFor(ctx, tx, e, s, kept{
		slot: *instead, until: until, tell: d.now(), notice: booking.NoticeDisplaced, instead: &was,
	})
	if err != nil {
		return false, err
	}
	for _, p := range was.People {
		if p.Role != booking.AsVisitor || p.Place == booking.Removed || p.Visitor == was.HeldFor {
			continue
		}
		if err := d.expect(ctx, a, p.Visitor); err != nil {
			return false, err
		}
	}
	return true, nil
}

// waitInstead is the entry with which the family of a displaced visit waits: the
// one they have, or a new one from the day of the visit on.
func (d *Desk) waitInstead(ctx context.Context, tx *store.Tx, was store.Record, s booking.Standing) (booking.WaitlistEntry, error) {
	e, err := tx.EntryOf(ctx, was.Patient, was.HeldFor)
	if err != nil || e.ID != "" {
		return e, err
	}
	id, err := d.newID()
	if err != nil {
		return e, err
	}
	day := booking.DateOf(was.When.Start(), s.Ward.Site.Zone)
	e = booking.WaitlistEntry{
		ID: booking.EntryID(id), Patient: was.Patient, Visitor: was.HeldFor, Ward: s.Ward.ID, Kind: booking.Ordinary,
		From: day, To: day.AddDays(insteadWithin), Since: d.now(), State: booking.EntryWaiting,
	}
	if today := booking.DateOf(d.now(), s.Ward.Site.Zone); today.Before(day) {
		e.From = today
	}
	if err := tx.AddEntry(ctx, e); err != nil {
		return e, err
	}
	return e, tx.AddEvent(ctx, d.entryEvent(e, booking.System, booking.WaitJoined, "displaced"))
}

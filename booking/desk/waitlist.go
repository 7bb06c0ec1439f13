package desk

import (
	"context"
	"errors"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// A WaitFor is what somebody waits for: a visit to a patient on any of some days.
type WaitFor struct {
	Patient  booking.PatientID
	Visitor  booking.VisitorID
	From, To booking.Date
	Kind     booking.VisitKind // empty for an ordinary visit; staff may say another
}

// Wait puts a relative on the waiting list: at their own wish, or at that of
// whoever is on the phone with the ward. Days on which something is free are
// refused with ErrStillFree, since then there is nothing to wait for.
func (d *Desk) Wait(ctx context.Context, by booking.Actor, w WaitFor) (booking.WaitlistEntry, error) {
	if w.Kind == "" {
		w.Kind = booking.Ordinary
	}
	if by.Visitor() != "" && w.Kind != booking.Ordinary {
		return booking.WaitlistEntry{}, booking.ErrMayNot
	}
	asked := creation[booking.WaitlistEntry]{
		act: "wait", asked: []any{w.Patient, w.Visitor, w.From.String(), w.To.String(), w.Kind},
		id: func(made booking.WaitlistEntry) string { return string(made.ID) },
		find: func(ctx context.Context, tx *store.Tx, id string) (booking.WaitlistEntry, error) {
			return entryFor(ctx, tx, by, booking.EntryID(id))
		},
	}
	return create(ctx, d, by, asked, func(tx *store.Tx) (booking.WaitlistEntry, error) { return d.wait(ctx, tx, by, w) })
}

func (d *Desk) wait(ctx context.Context, tx *store.Tx, by booking.Actor, w WaitFor) (booking.WaitlistEntry, error) {
	none := booking.WaitlistEntry{}
	if err := touchFor(ctx, tx, by, w.Patient); err != nil {
		return none, err
	}
	standing, err := standingFor(ctx, tx, by, w.Patient, w.Visitor)
	if err != nil {
		return none, err
	}
	now := d.now()
	// Who is barred waits too, and is refused only what everybody would be: anything
	// else would tell them.
	barred := standing.Member.Barred
	standing.Member.Barred = false
	if err := standing.MayVisit(now); err != nil {
		return none, err
	}
	id, err := d.newID()
	if err != nil {
		return none, err
	}
	e := booking.WaitlistEntry{
		ID: booking.EntryID(id), Patient: w.Patient, Visitor: w.Visitor, Ward: standing.Ward.ID, Kind: w.Kind,
		From: w.From, To: w.To, Since: now, State: booking.EntryWaiting,
	}
	if err := e.Check(booking.DateOf(now, standing.Ward.Site.Zone)); err != nil {
		return none, err
	}
	_, free, err := d.wanted(ctx, tx, e, standing)
	if err != nil {
		return none, err
	}
	if free && !barred {
		return none, booking.ErrStillFree
	}
	if err := tx.AddEntry(ctx, e); err != nil {
		return none, err
	}
	return e, tx.AddEvent(ctx, d.entryEvent(e, by, booking.WaitJoined, ""))
}

// touchFor touches a patient first, so that what an act reads of them stays so.
// Relatives do not learn by asking who is here.
func touchFor(ctx context.Context, tx *store.Tx, by booking.Actor, patient booking.PatientID) error {
	err := tx.Touch(ctx, patientOf(patient))
	if errors.Is(err, booking.ErrNoSuchPatient) && by.Visitor() != "" {
		err = booking.ErrNotInCircle
	}
	return err
}

func (d *Desk) entryEvent(e booking.WaitlistEntry, by booking.Actor, what booking.Action, reason string) booking.Event {
	return booking.Event{At: d.now(), By: by, Action: what, Subject: "entry " + string(e.ID), Ward: e.Ward, Reason: reason}
}

// entryFor returns an entry that is the actor's, or of a patient whose ward they
// run.
func entryFor(ctx context.Context, tx *store.Tx, by booking.Actor, id booking.EntryID) (booking.WaitlistEntry, error) {
	e, err := tx.Entry(ctx, id)
	if err != nil {
		return e, err
	}
	if by.Visitor() == e.Visitor && e.Visitor != "" {
		return e, nil
	}
	if _, err := wardOf(ctx, tx, by, booking.RunVisits, e.Patient); err != nil {
		return booking.WaitlistEntry{}, booking.ErrNoSuchEntry
	}
	return e, nil
}

// wanted finds the time that a freed slot would be offered to an entry at, by the
// rules that hold for whoever it is for. A goodbye has none but the ward's times.
func (d *Desk) wanted(ctx context.Context, tx *store.Tx, e booking.WaitlistEntry, s booking.Standing) (booking.Slot, bool, error) {
	o := offerer{
		by:   booking.Actor{Kind: booking.VisitorActor, ID: string(e.Visitor)},
		ward: s.Ward, bay: s.Bay, patient: s.Patient, now: d.now(), kind: e.Kind,
	}
	if e.Kind != booking.Ordinary {
		o.by = booking.System
	}
	zone := s.Ward.Site.Zone
	from := booking.DateOf(o.now, zone)
	if from.Before(e.From) {
		from = e.From
	}
	n := 0
	for day := from; e.Covers(day); day = day.AddDays(1) {
		n++
	}
	if n == 0 {
		return booking.Slot{}, false, nil
	}
	days, err := o.days(ctx, tx, from, n)
	if err != nil {
		return booking.Slot{}, false, err
	}
	before, err := tx.OfferedBefore(ctx, e.ID, o.now)
	if err != nil {
		return booking.Slot{}, false, err
	}
	var free []booking.Slot
	for _, day := range days {
		free = append(free, day.Slots...)
	}
	slot, found := e.FirstWanted(free, before, s.Ward.Policy, o.now, zone)
	return slot, found, nil
}

// LeaveWaiting takes somebody off the waiting list. A time that is kept for them
// is free again. Pressing twice leaves once.
func (d *Desk) LeaveWaiting(ctx context.Context, by booking.Actor, id booking.EntryID) error {
	ward, err := do(ctx, d, func(tx *store.Tx) (booking.WardID, error) {
		e, err := entryFor(ctx, tx, by, id)
		if err != nil {
			return "", err
		}
		touched := e.Patient
		if err := tx.Touch(ctx, patientOf(touched)); err != nil {
			return "", err
		}
		if e, err = tx.Entry(ctx, id); err != nil || e.State != booking.EntryWaiting {
			return "", err
		}
		if err := stillOf(touched, e.Patient); err != nil {
			return "", err
		}
		return e.Ward, d.endWait(ctx, tx, by, e, booking.EntryLeft, "asked")
	})
	if err == nil && ward != "" {
		d.passOn(ctx, ward)
	}
	return err
}

// endWait ends the wait of an entry, and gives back a time that is kept for it.
func (d *Desk) endWait(ctx context.Context, tx *store.Tx, by booking.Actor, e booking.WaitlistEntry, as booking.EntryState, why string) error {
	if err := d.dropKept(ctx, tx, by, e); err != nil {
		return err
	}
	if _, err := tx.SaveEntry(ctx, e.Leave(as, d.now())); err != nil {
		return err
	}
	return tx.AddEvent(ctx, d.entryEvent(e, by, booking.WaitLeft, why))
}

// dropKept gives back the time that is kept for an entry, if one is; a form that
// they are filling in is theirs to finish.
func (d *Desk) dropKept(ctx context.Context, tx *store.Tx, by booking.Actor, e booking.WaitlistEntry) error {
	held, err := tx.OpenHold(ctx, e.Patient, e.Visitor)
	if err != nil || held == "" {
		return err
	}
	a := &act{Tx: tx, by: by, now: d.now()}
	if err := a.load(ctx, held); err != nil {
		return err
	}
	kept, err := a.dropOffer(ctx, booking.SlotLapsed)
	if err != nil || !kept {
		return err
	}
	return a.giveBack(ctx)
}

// A Wait is how a relative waits, with what their page says of it.
type Wait struct {
	booking.WaitlistEntry
	PatientRecord booking.Patient
	WardRecord    booking.Ward
	VisitorRecord booking.Visitor // for the ward
}

// Waits are the entries that the actor waits with.
func (d *Desk) Waits(ctx context.Context, by booking.Actor) ([]Wait, error) {
	return view(ctx, d, func(tx *store.Tx) ([]Wait, error) {
		entries, err := tx.EntriesOf(ctx, by.Visitor())
		if err != nil {
			return nil, err
		}
		return d.waits(ctx, tx, by, entries)
	})
}

// WaitsFor are the entries for a patient, for their ward.
func (d *Desk) WaitsFor(ctx context.Context, by booking.Actor, patient booking.PatientID) ([]Wait, error) {
	return view(ctx, d, func(tx *store.Tx) ([]Wait, error) {
		if _, err := wardOf(ctx, tx, by, booking.RunVisits, patient); err != nil {
			return nil, err
		}
		entries, err := tx.EntriesOfPatient(ctx, patient)
		if err != nil {
			return nil, err
		}
		return d.waits(ctx, tx, by, entries)
	})
}

func (d *Desk) waits(ctx context.Context, tx *store.Tx, by booking.Actor, entries []booking.WaitlistEntry) ([]Wait, error) {
	var waits []Wait
	for _, e := range entries {
		w := Wait{WaitlistEntry: e}
		var err error
		if w.PatientRecord, err = tx.Patient(ctx, e.Patient); err != nil {
			return nil, err
		}
		if w.WardRecord, err = tx.Ward(ctx, e.Ward); err != nil {
			return nil, err
		}
		if w.VisitorRecord, err = tx.Visitor(ctx, e.Visitor); err != nil {
			return nil, err
		}
		if by.Visitor() != "" {
			w.PatientRecord.MRN = ""
		}
		waits = append(waits, w)
	}
	return waits, nil
}

package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// Note says, with one tap, how a visit does not go as planned; version is the one
// that the page showed. A late family is waited for; a visit whose patient sleeps
// moves to a little later if everything it needs is free then; any other is called
// off. Families are told in words that give no reason, and not before a slip of the
// finger could have been taken back. The outcome stays in the records, for figures.
func (d *Desk) Note(ctx context.Context, by booking.Actor, ref booking.Reference, version int, kind booking.OutcomeKind) (Visit, error) {
	return d.change(ctx, by, ref, mayRun, func(a *act) error {
		if a.rec.Version != version && !a.rec.State.Over() {
			return booking.ErrStale
		}
		if err := a.rec.Note(kind, a.rec.People, a.ward.Policy.OpensBefore, a.now); err != nil {
			return err
		}
		id, err := d.newID()
		if err != nil {
			return err
		}
		o := booking.Outcome{ID: booking.OutcomeID(id), Visit: a.rec.ID, Ward: a.rec.Ward, Kind: kind, At: a.now, By: by.ID}
		switch kind {
		case booking.OutcomeLate:
			o.Until = a.rec.WaitsUntil(a.ward.Policy.Grace, a.now)
			err = d.waitFor(ctx, a, o)
		case booking.OutcomeAsleep:
			o.Was, err = d.moveOrCallOff(ctx, a, kind)
		default:
			err = d.callOff(ctx, a, kind)
		}
		if err != nil {
			return err
		}
		if err := a.AddOutcome(ctx, o); err != nil {
			return err
		}
		return a.record(ctx, booking.OutcomeNoted, string(kind))
	})
}

// waitFor tells a family that is late until when they are waited for, and counts as
// a change of the visit, so that a page that does not know of it is out of date.
func (d *Desk) waitFor(ctx context.Context, a *act, o booking.Outcome) error {
	if err := a.save(ctx, a.rec.Visit); err != nil {
		return err
	}
	return d.tellLater(ctx, a, booking.NoticeWaiting, map[string]string{"until": sayWhen(o.Until, a.ward.Site.Zone)})
}

// tellLater tells the relatives who were coming, and are not here, in a minute.
func (d *Desk) tellLater(ctx context.Context, a *act, kind booking.NoticeKind, more map[string]string) error {
	for _, p := range a.rec.People {
		if p.Role != booking.AsVisitor || p.Place == booking.Removed || !p.HereSince.IsZero() {
			continue
		}
		visitor, err := a.visitor(ctx, p.Visitor)
		if err != nil {
			return err
		}
		words := a.words(a.rec.When)
		for name, word := range more {
			words[name] = word
		}
		due := a.now.Add(booking.TellAfter)
		err = d.owe(ctx, a.Tx, visitor.Phone, visitor.Email, booking.Notice{
			Kind: kind, Visit: a.rec.ID, Due: due, Expires: later(a.rec.When.End(), due.Add(time.Hour)),
			Dedupe: fmt.Sprintf("%s:%s:%d:%s", kind, a.rec.ID, a.rec.Version, visitor.ID), Words: words,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// callOff cancels the visit of the act for an outcome.
func (d *Desk) callOff(ctx context.Context, a *act, kind booking.OutcomeKind) error {
	over, err := a.rec.Cancel(kind.Reason(), a.now)
	if err != nil {
		return err
	}
	people := a.rec.People
	a.quiet = true // until it is known to be no slip
	err = d.finish(ctx, a, over)
	a.quiet = false
	if err != nil {
		return err
	}
	a.rec.People = people // as they were before the room was cleared
	notice := booking.NoticeCancelled
	if kind == booking.OutcomeNoShow {
		notice = booking.NoticeMissed
	}
	return d.tellLater(ctx, a, notice, nil)
}

// moveOrCallOff moves the visit of the act to a little later, and says when it was
// to be; or calls it off, when something it needs is not free then.
func (d *Desk) moveOrCallOff(ctx context.Context, a *act, kind booking.OutcomeKind) (was booking.Interval, err error) {
	was = a.rec.When
	moved, err := a.rec.ALittleLater(a.now)
	if err != nil {
		return was, err
	}
	free, err := d.freeLater(ctx, a, moved)
	if err != nil {
		return was, err
	}
	if free {
		if moved.Device, err = d.chooseDevice(ctx, a, moved, moved.ID); err == nil {
			return was, d.moveLater(ctx, a, moved)
		}
		if !is(err, booking.ErrSlotTaken, booking.ErrPatientBusy, booking.ErrNoSlots) || errors.Is(err, store.ErrAgain) {
			return was, err
		}
	}
	a.room = nil
	return booking.Interval{}, d.callOff(ctx, a, kind)
}

// freeLater reports whether the ward takes visits when one would be moved to, and
// nobody has begun to arrange another for the patient.
func (d *Desk) freeLater(ctx context.Context, a *act, moved booking.Visit) (bool, error) {
	ward, err := a.Ward(ctx, a.rec.Ward)
	if err != nil {
		return false, err
	}
	o := offerer{by: booking.System, ward: ward, bay: a.rec.Bay, patient: a.rec.PatientRecord, now: a.now, but: a.rec.ID, kind: a.rec.Kind}
	_, broken, err := o.look(ctx, a.Tx, moved.When.Start(), moved.When.Length())
	if err != nil {
		return false, unlessRefused(err)
	}
	rules, err := refusals(broken)
	if err != nil {
		return false, err
	}
	for _, rule := range rules {
		if rule == booking.ErrClosed || rule == booking.ErrProtected || rule == booking.ErrWardClosed {
			return false, nil
		}
	}
	taken, err := a.TakenOf(ctx, patientOf(moved.Patient), a.now, moved.When.Start(), moved.When.End(), moved.ID)
	return len(taken) == 0, err
}

// moveLater moves the visit of the act, whose iPad may be at the bed.
func (d *Desk) moveLater(ctx context.Context, a *act, moved booking.Visit) error {
	if a.rec.State.Open() {
		if err := a.soil(ctx, a.rec.Device); err != nil {
			return err
		}
	}
	a.after = booking.TellAfter
	if err := d.moveTo(ctx, a, moved); err != nil {
		return err
	}
	return d.review(ctx, a.Tx, a.by, moved.ID)
}

// Undo takes back what was last said of a visit, while it can: within ten minutes,
// and while the visit is as that left it. Families who have heard of it by then are
// told that the visit is on.
func (d *Desk) Undo(ctx context.Context, by booking.Actor, ref booking.Reference) (Visit, error) {
	return d.change(ctx, by, ref, mayRun, func(a *act) error {
		said, err := a.OutcomesOfVisit(ctx, a.rec.ID)
		if err != nil {
			return err
		}
		if len(said) == 0 {
			return booking.ErrNothingToUndo
		}
		last := said[len(said)-1]
		back, err := a.rec.TakeBack(last, a.now)
		if err != nil {
			return err
		}
		if undone, err := a.UndoOutcome(ctx, last.ID, a.now); err != nil || !undone {
			return errors.Join(err, booking.ErrNothingToUndo)
		}
		a.quiet = a.now.Before(last.At.Add(booking.TellAfter)) // nobody has heard of it
		if err := d.takeBack(ctx, a, last, back); err != nil {
			return err
		}
		return a.record(ctx, booking.OutcomeTakenBack, string(last.Kind))
	})
}

func (d *Desk) takeBack(ctx context.Context, a *act, o booking.Outcome, back booking.Visit) error {
	var err error
	switch {
	case o.Kind == booking.OutcomeLate:
		if a.quiet {
			return a.WithdrawNotices(ctx, a.rec.ID, "", a.now)
		}
		return nil
	case !o.Was.IsZero():
		if back.Device, err = d.chooseDevice(ctx, a, back, back.ID); err == nil {
			err = d.moveTo(ctx, a, back)
		}
	default:
		err = d.onAgain(ctx, a, back)
	}
	if is(err, booking.ErrSlotTaken, booking.ErrPatientBusy) && !errors.Is(err, store.ErrAgain) {
		return booking.ErrNothingToUndo // somebody has the time by now
	}
	return err
}

// onAgain books the visit of the act again, which was called off.
func (d *Desk) onAgain(ctx context.Context, a *act, back booking.Visit) error {
	var err error
	if back.Device, err = d.chooseDevice(ctx, a, back, back.ID); err != nil {
		return err
	}
	if err := a.WithdrawNotices(ctx, back.ID, "", a.now); err != nil {
		return err
	}
	if err := a.save(ctx, back); err != nil {
		return err
	}
	if err := d.reserveVisit(ctx, a); err != nil {
		return err
	}
	if err := a.record(ctx, booking.VisitReinstated, ""); err != nil {
		return err
	}
	if err := d.tellAgain(ctx, a); err != nil {
		return err
	}
	return d.review(ctx, a.Tx, a.by, back.ID)
}

// withOutcomes says of each visit of a board what was last said of it.
func withOutcomes(ctx context.Context, tx *store.Tx, board *Board, from, to time.Time) error {
	said, err := tx.OutcomesOfDay(ctx, board.Ward.ID, from, to)
	if err != nil {
		return err
	}
	for _, o := range said {
		for i := range board.Visits {
			if board.Visits[i].ID == o.Visit {
				board.Visits[i].Outcome = &o
			}
		}
	}
	return nil
}

package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// FollowUpInterpreters does what time alone asks for: passes on offers that
// nobody answered, sends for somebody else where an interpreter has not been
// heard of or has not come, looks again for visits that have nobody, and tells
// their families. Each visit is an act of its own.
func (d *Desk) FollowUpInterpreters(ctx context.Context) error {
	now := d.now()
	due, err := view(ctx, d, func(tx *store.Tx) ([]booking.VisitID, error) {
		ids, err := tx.ToFollowUp(ctx, now, now.Add(booking.UnheardBefore), matchAtMost)
		if err != nil {
			return nil, err
		}
		acts, err := d.readActs(ctx, tx, booking.System, ids)
		if err != nil {
			return nil, err
		}
		var due []booking.VisitID
		for _, a := range acts {
			need, err := a.needsOther(ctx)
			if err != nil {
				return nil, err
			}
			if need {
				due = append(due, a.rec.ID)
			}
		}
		return due, nil
	})
	errs := []error{err}
	for _, id := range due {
		_, err := d.changeByID(ctx, booking.System, id, mayRun, func(a *act) error { return d.followUp(ctx, a) })
		errs = append(errs, err) // one that fails keeps no other waiting
	}
	_, err = d.MatchInterpreters(ctx, booking.System)
	errs = append(errs, err, d.tellFamilies(ctx))
	return errors.Join(errs...)
}

// came reports whether the interpreter of the visit has been in its waiting room
// or its call.
func (a *act) came(id booking.InterpreterID) bool {
	for _, p := range a.rec.People {
		if p.Interpreter == id {
			return !p.HereSince.IsZero() || p.Place == booking.Admitted
		}
	}
	return false
}

// next says how the open offer of the visit is to be closed now, if it is.
func (a *act) next() (closed booking.InterpreterBooking, due bool, err error) {
	open := a.openOffer()
	if open == nil || a.rec.State.Over() {
		return closed, false, nil
	}
	as, due := open.Next(a.rec.When, a.came(open.Interpreter), a.now)
	if !due {
		return closed, false, nil
	}
	closed, err = open.Close(as)
	return closed, true, err
}

// needsOther reports whether followUp would change anything.
func (a *act) needsOther(ctx context.Context) (bool, error) {
	closed, due, err := a.next()
	if err != nil || !due {
		return false, err
	}
	if closed.State == booking.Lapsed && a.openOffer().State == booking.Offered {
		return true, nil // to be passed on, or to be given more time
	}
	_, err = nextFor(ctx, a.Tx, a.rec)
	if errors.Is(err, booking.ErrNoInterpreter) {
		return false, nil
	}
	return err == nil, err
}

// whatLapsed are the events of closing an offer because nothing was heard.
var whatLapsed = map[booking.OfferState]booking.Action{
	booking.Lapsed: booking.OfferLapsed,
	booking.Missed: booking.InterpreterMissed,
}

// followUp has somebody else asked if that is due. Where there is nobody else,
// whoever is asked keeps the visit, and who has not answered has longer to.
func (d *Desk) followUp(ctx context.Context, a *act) error {
	closed, due, err := a.next()
	if err != nil || !due {
		return err
	}
	open := a.openOffer()
	_, err = nextFor(ctx, a.Tx, a.rec)
	switch {
	case errors.Is(err, booking.ErrNoInterpreter) && open.State == booking.Offered:
		who, err := a.Interpreter(ctx, open.Interpreter)
		if err != nil {
			return err
		}
		return a.ExtendOffer(ctx, open.ID, who.AnswerBy(a.now, a.rec.When.Start()))
	case errors.Is(err, booking.ErrNoInterpreter):
		return nil // they may still come, and nobody else would
	case err != nil:
		return err
	}
	return d.askInstead(ctx, a, closed, passing{what: whatLapsed[closed.State], tell: open.State == booking.Accepted})
}

// tellFamilies tells those who are about to meet without an interpreter, each of
// two things once: the day before, that we are still looking; and five minutes
// after the start, that they can begin without or choose another time.
func (d *Desk) tellFamilies(ctx context.Context) error {
	now := d.now()
	looking, err := view(ctx, d, func(tx *store.Tx) ([]booking.VisitID, error) {
		return tx.Untold(ctx, booking.FamilyToldLooking, now, now.Add(booking.TellBefore), matchAtMost)
	})
	errs := []error{err}
	for _, id := range looking {
		errs = append(errs, d.tellFamily(ctx, id, booking.FamilyToldLooking, booking.NoticeInterpreterNone))
	}
	late, err := view(ctx, d, func(tx *store.Tx) ([]booking.VisitID, error) {
		return tx.UntoldLate(ctx, booking.FamilyToldLate, now, now.Add(-booking.ChoiceAfter), matchAtMost)
	})
	errs = append(errs, err)
	for _, id := range late {
		errs = append(errs, d.tellFamily(ctx, id, booking.FamilyToldLate, booking.NoticeInterpreterLate))
	}
	return errors.Join(errs...)
}

func (d *Desk) tellFamily(ctx context.Context, id booking.VisitID, what booking.Action, kind booking.NoticeKind) error {
	_, err := d.changeByID(ctx, booking.System, id, mayRun, func(a *act) error {
		if a.rec.State.Over() || a.rec.Tongue.IsZero() || what == booking.FamilyToldLooking && a.openOffer() != nil {
			return nil // found, or decided, a moment ago
		}
		for _, p := range a.rec.People {
			if p.Role != booking.AsVisitor || p.Place == booking.Removed {
				continue
			}
			visitor, err := a.Visitor(ctx, p.Visitor)
			if err != nil {
				return err
			}
			link, err := d.newLink(ctx, a.Tx, booking.Invite{
				Patient: a.rec.Patient, Visitor: visitor.ID, Expires: later(a.now.Add(inviteLife), a.rec.When.End().Add(afterVisits)),
			})
			if err != nil {
				return err
			}
			n := booking.Notice{
				Kind: kind, Visit: a.rec.ID, Due: a.now, Expires: a.rec.When.End(),
				Dedupe: fmt.Sprintf("%s:%s:%s", kind, a.rec.ID, visitor.ID), Words: a.words(a.rec.When),
			}
			n.Words["link"], n.Words["language"] = link, sayTongue(a.rec.Tongue)
			if err := d.owe(ctx, a.Tx, visitor.Phone, visitor.Email, n); err != nil {
				return err
			}
		}
		return a.record(ctx, what, "")
	})
	return err
}

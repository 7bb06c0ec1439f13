package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// Tongues are the languages and modes for which there is an interpreter at all.
func (d *Desk) Tongues(ctx context.Context) ([]booking.Tongue, error) {
	return view(ctx, d, func(tx *store.Tx) ([]booking.Tongue, error) { return tx.Tongues(ctx) })
}

// askInterpreter offers the visit of the act to whoever fits, works then, is
// free and has the least to do that day, and reserves them. Whoever has turned
// the visit down is not asked again. ErrNoInterpreter when there is nobody.
func (d *Desk) askInterpreter(ctx context.Context, a *act) error {
	asked, err := a.Offers(ctx, a.rec.ID)
	if err != nil {
		return err
	}
	fitting, err := d.fitting(ctx, a, asked)
	if err != nil {
		return err
	}
	for _, who := range fitting {
		taken, err := a.TakenOf(ctx, interpreterOf(who.ID), a.now, a.rec.When.Start(), a.rec.When.End(), a.rec.ID)
		if err != nil {
			return err
		}
		if len(taken) == 0 {
			return d.offer(ctx, a, who)
		}
	}
	return booking.ErrNoInterpreter
}

// fitting are those who could interpret at the visit's time, the least busy
// first.
func (d *Desk) fitting(ctx context.Context, a *act, asked []booking.InterpreterBooking) ([]booking.Interpreter, error) {
	speaking, err := a.Interpreters(ctx, a.rec.Tongue)
	if err != nil {
		return nil, err
	}
	from, to := booking.DayBounds(booking.DateOf(a.rec.When.Start(), a.ward.Site.Zone), a.ward.Site.Zone)
	busy := map[booking.InterpreterID]int{}
	var fit []booking.Interpreter
	for _, who := range speaking {
		said := slices.ContainsFunc(asked, func(b booking.InterpreterBooking) bool {
			return b.Interpreter == who.ID && b.State == booking.Declined
		})
		if said || !who.Works(a.rec.When) {
			continue
		}
		if busy[who.ID], err = a.JobsBetween(ctx, who.ID, from, to); err != nil {
			return nil, err
		}
		fit = append(fit, who)
	}
	slices.SortFunc(fit, func(x, y booking.Interpreter) int {
		return cmp.Or(cmp.Compare(busy[x.ID], busy[y.ID]), cmp.Compare(x.ID, y.ID))
	})
	return fit, nil
}

// offer asks one interpreter to the visit of the act and reserves them for it.
func (d *Desk) offer(ctx context.Context, a *act, who booking.Interpreter) error {
	if err := a.Touch(ctx, interpreterOf(who.ID)); err != nil {
		return err
	}
	if err := d.reserve(ctx, a, interpreterOf(who.ID), a.rec.When); err != nil {
		return err
	}
	id, err := d.newID()
	if err != nil {
		return err
	}
	asked := booking.InterpreterBooking{
		ID: booking.OfferID(id), Visit: a.rec.ID, Interpreter: who.ID, Tongue: a.rec.Tongue, State: booking.Offered,
	}
	if err := a.AddOffer(ctx, asked, a.now); err != nil {
		return err
	}
	seat, err := d.newID()
	if err != nil {
		return err
	}
	err = a.AddParticipant(ctx, booking.Participant{
		ID: booking.ParticipantID(seat), Visit: a.rec.ID, Role: booking.AsInterpreter, Interpreter: who.ID, Place: booking.Expected,
	})
	if err != nil {
		return err
	}
	if err := a.record(ctx, booking.InterpreterOffered, "interpreter "+string(who.ID)); err != nil {
		return err
	}
	return d.tellInterpreter(ctx, a, booking.NoticeInterpreterAsk, who, asked.ID, a.rec.When)
}

// openOffer is the offer of the visit that has not been turned down or taken
// back, or nil.
func (a *act) openOffer() *booking.InterpreterBooking {
	if o := a.rec.Offer; o != nil && o.Open() {
		return o
	}
	return nil
}

// closeOffer saves what has become of an offer, and gives its interpreter back.
func (d *Desk) closeOffer(ctx context.Context, a *act, closed booking.InterpreterBooking) error {
	if err := a.SaveOffer(ctx, closed, a.now); err != nil {
		return err
	}
	if err := a.Release(ctx, a.rec.ID, store.Interpreter); err != nil {
		return err
	}
	for _, p := range a.rec.People {
		if p.Interpreter == closed.Interpreter {
			return a.DeleteParticipant(ctx, p.ID)
		}
	}
	return nil
}

// withdrawOffer tells the interpreter of the visit, if it has one, that they are
// no longer needed at the time it was at.
func (d *Desk) withdrawOffer(ctx context.Context, a *act, was booking.Interval) error {
	open := a.openOffer()
	if open == nil {
		return nil
	}
	open.State = booking.Withdrawn
	if err := d.closeOffer(ctx, a, *open); err != nil {
		return err
	}
	if err := a.record(ctx, booking.OfferWithdrawn, "interpreter "+string(open.Interpreter)); err != nil {
		return err
	}
	who, err := a.Interpreter(ctx, open.Interpreter)
	if err != nil {
		return err
	}
	return d.tellInterpreter(ctx, a, booking.NoticeInterpreterOff, who, open.ID, was)
}

// askAgain finds an interpreter for a visit that has moved: the one it had, if
// they can, or another.
func (d *Desk) askAgain(ctx context.Context, a *act, was booking.Interval) error {
	if a.rec.Tongue.IsZero() {
		return nil
	}
	open := a.openOffer()
	if open == nil {
		return d.askInterpreter(ctx, a)
	}
	who, err := a.Interpreter(ctx, open.Interpreter)
	if err != nil {
		return err
	}
	taken, err := a.TakenOf(ctx, interpreterOf(who.ID), a.now, a.rec.When.Start(), a.rec.When.End(), a.rec.ID)
	if err != nil {
		return err
	}
	if !who.Works(a.rec.When) || len(taken) > 0 {
		if err := d.withdrawOffer(ctx, a, was); err != nil {
			return err
		}
		return d.askInterpreter(ctx, a)
	}
	open.State = booking.Withdrawn // the answer was for the old time
	if err := d.closeOffer(ctx, a, *open); err != nil {
		return err
	}
	return d.offer(ctx, a, who)
}

// Jobs are an interpreter's open offers and accepted visits, from today on, in
// order of time.
func (d *Desk) Jobs(ctx context.Context, by booking.Actor) ([]Job, error) {
	return view(ctx, d, func(tx *store.Tx) ([]Job, error) {
		me, err := tx.Interpreter(ctx, by.Interpreter())
		if err != nil {
			return nil, err
		}
		today, _ := booking.DayBounds(booking.DateOf(d.now(), me.Zone), me.Zone)
		records, err := tx.VisitsOfInterpreter(ctx, me.ID, today)
		if err != nil {
			return nil, err
		}
		var jobs []Job
		for _, r := range records {
			if r.State.Over() || r.State == booking.Held || r.Offer == nil || r.Offer.Interpreter != me.ID {
				continue
			}
			v, err := shown(ctx, tx, by, r)
			if err != nil {
				return nil, err
			}
			jobs = append(jobs, Job{Offer: *r.Offer, Visit: v})
		}
		return jobs, nil
	})
}

// AnswerOffer accepts or declines; declining, also what was accepted before,
// asks the next interpreter who fits, in the same transaction.
func (d *Desk) AnswerOffer(ctx context.Context, by booking.Actor, id booking.OfferID, yes bool) (Job, error) {
	asked, err := view(ctx, d, func(tx *store.Tx) (booking.InterpreterBooking, error) { return tx.Offer(ctx, id) })
	if err != nil {
		return Job{}, err
	}
	if by.Interpreter() == "" || asked.Interpreter != by.Interpreter() {
		return Job{}, booking.ErrNoSuchOffer
	}
	theirs := func(booking.Actor, store.Record) bool { return true } // as the offer, above, says
	var answered booking.InterpreterBooking
	v, err := d.changeByID(ctx, by, asked.Visit, theirs, func(a *act) (err error) {
		answered, err = d.answer(ctx, a, id, yes)
		return err
	})
	return Job{Offer: answered, Visit: v}, err
}

func (d *Desk) answer(ctx context.Context, a *act, id booking.OfferID, yes bool) (booking.InterpreterBooking, error) {
	asked, err := a.Offer(ctx, id) // again, now that nobody else is at the visit
	if err != nil {
		return asked, err
	}
	if a.rec.State.Over() {
		return asked, booking.ErrOfferClosed
	}
	answered, err := asked.Answer(yes, a.now)
	if err != nil || answered == asked {
		return answered, err
	}
	if yes {
		if err := a.SaveOffer(ctx, answered, a.now); err != nil {
			return answered, err
		}
		return answered, a.record(ctx, booking.OfferAccepted, "interpreter "+string(asked.Interpreter))
	}
	if err := d.closeOffer(ctx, a, answered); err != nil {
		return answered, err
	}
	if err := a.record(ctx, booking.OfferDeclined, "interpreter "+string(asked.Interpreter)); err != nil {
		return answered, err
	}
	err = d.askInterpreter(ctx, a)
	if errors.Is(err, booking.ErrNoInterpreter) {
		return answered, nil // the board shows a visit that nobody interprets
	}
	return answered, err
}

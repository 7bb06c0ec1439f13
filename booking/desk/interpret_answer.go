package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// Jobs are an interpreter's open offers and accepted visits, from today on, in
// order of time.
func (d *Desk) Jobs(ctx context.Context, by booking.Actor) ([]Job, error) {
	return d.jobs(ctx, by, 0, func(r store.Record) bool { return !r.State.Over() && r.Offer.Open() })
}

// historyLife is how long an interpreter sees what they have done.
const historyLife = 7 * 24 * time.Hour

// Finished are the visits that an interpreter came to and that ended within the
// last week, in order of time.
func (d *Desk) Finished(ctx context.Context, by booking.Actor) ([]Job, error) {
	return d.jobs(ctx, by, historyLife, func(r store.Record) bool {
		return r.State == booking.Ended && r.Offer.State == booking.Accepted
	})
}

// jobs are those visits of an interpreter, since the beginning of a day some time
// ago, whose last offer is theirs.
func (d *Desk) jobs(ctx context.Context, by booking.Actor, ago time.Duration, which func(r store.Record) bool) ([]Job, error) {
	return view(ctx, d, func(tx *store.Tx) ([]Job, error) {
		me, err := tx.Interpreter(ctx, by.Interpreter())
		if err != nil {
			return nil, err
		}
		since, _ := booking.DayBounds(booking.DateOf(d.now().Add(-ago), me.Zone), me.Zone)
		records, err := tx.VisitsOfInterpreter(ctx, me.ID, since)
		if err != nil {
			return nil, err
		}
		var jobs []Job
		for _, r := range records {
			if r.State == booking.Held || r.Offer == nil || r.Offer.Interpreter != me.ID || !which(r) {
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
// asks the next interpreter who fits, in the same transaction. To accept what is
// accepted is to confirm it.
func (d *Desk) AnswerOffer(ctx context.Context, by booking.Actor, id booking.OfferID, yes bool) (Job, error) {
	return d.changeOffer(ctx, by, id, func(a *act, asked booking.InterpreterBooking) (booking.InterpreterBooking, error) {
		answered, err := asked.Answer(yes, a.now)
		switch {
		case err != nil:
			return asked, err
		case yes:
			return answered, d.accept(ctx, a, asked, answered)
		}
		return answered, d.askInstead(ctx, a, answered, passing{what: booking.OfferDeclined})
	})
}

// SendSubstitute has somebody else asked at once to a visit that is near or runs,
// for an interpreter who is stuck. ErrTooSoon earlier, when there is time to hand
// it back. They may stay in the room until the substitute has come.
func (d *Desk) SendSubstitute(ctx context.Context, by booking.Actor, id booking.OfferID) (Job, error) {
	return d.changeOffer(ctx, by, id, func(a *act, asked booking.InterpreterBooking) (booking.InterpreterBooking, error) {
		if a.now.Before(a.rec.When.Start().Add(-booking.SubstituteOpens)) {
			return asked, booking.ErrTooSoon
		}
		closed, err := asked.Close(booking.Relieved)
		if err != nil {
			return asked, err
		}
		return closed, d.askInstead(ctx, a, closed, passing{what: booking.SubstituteAsked})
	})
}

// changeOffer runs an act of an interpreter on an offer that is theirs, at a visit
// that is not over.
func (d *Desk) changeOffer(ctx context.Context, by booking.Actor, id booking.OfferID,
	fn func(a *act, asked booking.InterpreterBooking) (booking.InterpreterBooking, error)) (Job, error) {
	asked, err := view(ctx, d, func(tx *store.Tx) (booking.InterpreterBooking, error) { return tx.Offer(ctx, id) })
	if err != nil {
		return Job{}, err
	}
	if by.Interpreter() == "" || asked.Interpreter != by.Interpreter() {
		return Job{}, booking.ErrNoSuchOffer
	}
	theirs := func(booking.Actor, store.Record) bool { return true } // as the offer, above, says
	var became booking.InterpreterBooking
	v, err := d.changeByID(ctx, by, asked.Visit, theirs, func(a *act) error {
		asked, err := a.Offer(ctx, id) // again, now that nobody else is at the visit
		if err != nil {
			return err
		}
		if a.rec.State.Over() {
			return booking.ErrOfferClosed
		}
		became, err = fn(a, asked)
		return err
	})
	return Job{Offer: became, Visit: v}, err
}

// accept saves that an offer is accepted, or confirmed once more.
func (d *Desk) accept(ctx context.Context, a *act, asked, answered booking.InterpreterBooking) error {
	if err := a.SaveOffer(ctx, answered, a.now); err != nil {
		return err
	}
	if asked.State == booking.Accepted {
		return a.record(ctx, booking.OfferConfirmed, "interpreter "+string(asked.Interpreter))
	}
	if err := a.record(ctx, booking.OfferAccepted, "interpreter "+string(asked.Interpreter)); err != nil {
		return err
	}
	return d.chaseLater(ctx, a, answered)
}

// chaseLater owes an interpreter the questions whether they still come.
func (d *Desk) chaseLater(ctx context.Context, a *act, b booking.InterpreterBooking) error {
	who, err := a.Interpreter(ctx, b.Interpreter)
	if err != nil {
		return err
	}
	start := a.rec.When.Start()
	link := ""
	for _, before := range booking.Chases {
		due := start.Add(-before)
		if !due.After(a.now) {
			continue // they have just said so
		}
		if link == "" {
			if link, err = d.interpreterLink(ctx, a, who.ID, a.rec.When); err != nil {
				return err
			}
		}
		n := booking.Notice{
			Kind: booking.NoticeInterpreterConfirm, Visit: a.rec.ID, Due: due, Expires: start,
			Dedupe: fmt.Sprintf("%s:%s:%d", booking.NoticeInterpreterConfirm, b.ID, int(before/time.Minute)), Words: a.words(a.rec.When),
		}
		n.Words["link"] = link
		if err := d.owe(ctx, a.Tx, who.Phone, who.Email, n); err != nil {
			return err
		}
	}
	return nil
}

// interpreterLink is a link to an interpreter's own page that works until the
// visit of the act is over.
func (d *Desk) interpreterLink(ctx context.Context, a *act, id booking.InterpreterID, when booking.Interval) (string, error) {
	return d.newLink(ctx, a.Tx, booking.Invite{
		Interpreter: id, Expires: later(a.now.Add(inviteLife), when.End().Add(afterVisits)),
	})
}

// A passing is why somebody else is asked.
type passing struct {
	what booking.Action
	why  string // beside it, in the event
	tell bool   // whoever had the visit does not know yet
}

// askInstead saves that an offer is closed, and asks the next interpreter who fits.
// That there is nobody is no refusal: the visit is flagged, and the board shows
// that nobody interprets.
func (d *Desk) askInstead(ctx context.Context, a *act, closed booking.InterpreterBooking, p passing) error {
	if err := d.closeOffer(ctx, a, closed); err != nil {
		return err
	}
	a.rec.Offer = &closed
	if p.tell {
		who, err := a.Interpreter(ctx, closed.Interpreter)
		if err != nil {
			return err
		}
		if err := d.tellInterpreter(ctx, a, booking.NoticeInterpreterOff, who, closed.ID, a.rec.When); err != nil {
			return err
		}
	}
	said := "interpreter " + string(closed.Interpreter)
	if p.why != "" {
		said += ": " + p.why
	}
	if err := a.record(ctx, p.what, said); err != nil {
		return err
	}
	err := d.askInterpreter(ctx, a)
	if errors.Is(err, booking.ErrNoInterpreter) {
		return nil
	}
	return err
}

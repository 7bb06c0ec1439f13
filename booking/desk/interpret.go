package desk

import (
	"context"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// Tongues are the languages and modes for which there is an interpreter at all.
func (d *Desk) Tongues(ctx context.Context) ([]booking.Tongue, error) {
	return view(ctx, d, func(tx *store.Tx) ([]booking.Tongue, error) { return tx.Tongues(ctx) })
}

// askInterpreter offers the visit of the act to whoever fits it best, and
// reserves them. Whoever has turned the visit down is not asked again.
// ErrNoInterpreter when there is nobody.
func (d *Desk) askInterpreter(ctx context.Context, a *act) error {
	who, err := nextFor(ctx, a.Tx, a.rec)
	if err != nil {
		return err
	}
	return d.offer(ctx, a, who)
}

// nextFor is who is to be asked to a visit now, or ErrNoInterpreter. Whoever is
// asked already does not stand in their own way, but is not the next either.
func nextFor(ctx context.Context, tx *store.Tx, r store.Record) (booking.Interpreter, error) {
	want, err := wanting(ctx, tx, r)
	if err != nil {
		return booking.Interpreter{}, err
	}
	if r.Offer != nil && r.Offer.Open() {
		want.Never[r.Offer.Interpreter] = true
	}
	who, err := candidates(ctx, tx, []booking.Wanting{want})
	if err != nil {
		return booking.Interpreter{}, err
	}
	chosen := booking.Match([]booking.Wanting{want}, who)[r.ID]
	for _, c := range who {
		if c.ID == chosen {
			return c.Interpreter, nil
		}
	}
	return booking.Interpreter{}, booking.ErrNoInterpreter
}

// wanting is what decides who could interpret at a visit.
func wanting(ctx context.Context, tx *store.Tx, r store.Record) (booking.Wanting, error) {
	w := booking.Wanting{
		Visit: r.ID, Tongue: r.Tongue, When: r.When, Least: r.Kind.LeastLevel(), First: r.Kind == booking.EndOfLife,
		Knows: map[booking.InterpreterID]bool{},
	}
	before, err := tx.Offers(ctx, r.ID)
	if err != nil {
		return w, err
	}
	w.Never, w.Lapsed = booking.Asked(before)
	avoided, err := tx.AvoidedBy(ctx, r.Patient)
	if err != nil {
		return w, err
	}
	for _, id := range avoided {
		w.Never[id] = true
	}
	known, err := tx.KnownTo(ctx, r.Patient)
	for _, id := range known {
		w.Knows[id] = true
	}
	return w, err
}

// aroundWeek is how far beside visits an interpreter's other visits are read: as
// far as booking looks for how busy they are.
const aroundWeek = 4 * 24 * time.Hour

// candidates are all who offer a tongue that some of wants is in, with what else
// they are taken for. but are visits that give their interpreters up.
func candidates(ctx context.Context, tx *store.Tx, wants []booking.Wanting) ([]booking.Candidate, error) {
	var found []booking.Candidate
	read := map[booking.Tongue]bool{}
	known := map[booking.InterpreterID]bool{}
	from, to := wants[0].When.Start(), wants[0].When.End()
	ours := map[booking.VisitID]bool{}
	for _, w := range wants {
		ours[w.Visit] = true
		if w.When.Start().Before(from) {
			from = w.When.Start()
		}
		to = later(to, w.When.End())
	}
	for _, w := range wants {
		if read[w.Tongue] {
			continue
		}
		read[w.Tongue] = true
		speak, err := tx.Candidates(ctx, w.Tongue, from.Add(-aroundWeek), to.Add(aroundWeek), ours)
		if err != nil {
			return nil, err
		}
		for _, c := range speak {
			if !known[c.ID] {
				known[c.ID], found = true, append(found, c)
			}
		}
	}
	return found, nil
}

// offer asks one interpreter to the visit of the act and reserves them for it.
func (d *Desk) offer(ctx context.Context, a *act, who booking.Interpreter) error {
	asked, err := d.bookInterpreter(ctx, a, who)
	if err != nil {
		return err
	}
	if err := a.record(ctx, booking.InterpreterOffered, "interpreter "+string(who.ID)); err != nil {
		return err
	}
	return d.tellInterpreter(ctx, a, booking.NoticeInterpreterAsk, who, asked.ID, a.rec.When)
}

// bookInterpreter reserves one interpreter for the visit of the act, and says nothing
// to them yet.
func (d *Desk) bookInterpreter(ctx context.Context, a *act, who booking.Interpreter) (asked booking.InterpreterBooking, err error) {
	if err := a.Touch(ctx, interpreterOf(who.ID)); err != nil {
		return asked, err
	}
	if err := d.reserve(ctx, a, interpreterOf(who.ID), a.rec.When); err != nil {
		return asked, err
	}
	id, err := d.newID()
	if err != nil {
		return asked, err
	}
	asked = booking.InterpreterBooking{
		ID: booking.OfferID(id), Visit: a.rec.ID, Interpreter: who.ID, Tongue: a.rec.Tongue, State: booking.Offered,
		AnswerBy: who.AnswerBy(a.now, a.rec.When.Start()),
	}
	if err := a.AddOffer(ctx, asked, a.now); err != nil {
		return asked, err
	}
	seat, err := d.newID()
	if err != nil {
		return asked, err
	}
	return asked, a.AddParticipant(ctx, booking.Participant{
		ID: booking.ParticipantID(seat), Visit: a.rec.ID, Role: booking.AsInterpreter, Interpreter: who.ID, Place: booking.Expected,
	})
}

// openOffer is the offer of the visit that has not been turned down or taken
// back, or nil.
func (a *act) openOffer() *booking.InterpreterBooking {
	if o := a.rec.Offer; o != nil && o.Open() {
		return o
	}
	return nil
}

// closeOffer saves what has become of an offer, gives its interpreter back, and
// takes back what was still to be said to them. Who is relieved while they are in
// the room stays until they leave by themselves, or the ward has them leave.
func (d *Desk) closeOffer(ctx context.Context, a *act, closed booking.InterpreterBooking) error {
	if err := a.SaveOffer(ctx, closed, a.now); err != nil {
		return err
	}
	if err := a.Release(ctx, a.rec.ID, store.Interpreter); err != nil {
		return err
	}
	who, err := a.Interpreter(ctx, closed.Interpreter)
	if err != nil {
		return err
	}
	if err := a.WithdrawNotices(ctx, a.rec.ID, addressOf(who), a.now); err != nil {
		return err
	}
	n := slices.IndexFunc(a.rec.People, func(p booking.Participant) bool { return p.Interpreter == closed.Interpreter })
	if n < 0 || closed.State == booking.Relieved && !a.rec.People[n].HereSince.IsZero() {
		return nil
	}
	return a.DeleteParticipant(ctx, a.rec.People[n].ID)
}

// addressOf is where notices to an interpreter go, as of owe.
func addressOf(who booking.Interpreter) string {
	if who.Phone == "" {
		return who.Email
	}
	return who.Phone
}

// withdrawOffer tells the interpreter of the visit, if it has one, that they are
// no longer needed at the time it was at.
func (d *Desk) withdrawOffer(ctx context.Context, a *act, was booking.Interval) error {
	open := a.openOffer()
	if open == nil {
		return nil
	}
	closed, err := open.Close(booking.Withdrawn)
	if err != nil {
		return err
	}
	if err := d.closeOffer(ctx, a, closed); err != nil {
		return err
	}
	*open = closed
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
	can, who, err := couldStill(ctx, a.Tx, a.rec, open.Interpreter)
	if err != nil {
		return err
	}
	if !can {
		if err := d.withdrawOffer(ctx, a, was); err != nil {
			return err
		}
		return d.askInterpreter(ctx, a)
	}
	closed, err := open.Close(booking.Withdrawn) // the answer was for the old time
	if err != nil {
		return err
	}
	if err := d.closeOffer(ctx, a, closed); err != nil {
		return err
	}
	*open = closed
	return d.offer(ctx, a, who)
}

// couldStill reports whether one interpreter could be at a visit as it is now.
func couldStill(ctx context.Context, tx *store.Tx, r store.Record, id booking.InterpreterID) (bool, booking.Interpreter, error) {
	want, err := wanting(ctx, tx, r)
	if err != nil {
		return false, booking.Interpreter{}, err
	}
	who, err := candidates(ctx, tx, []booking.Wanting{want})
	for _, c := range who {
		if c.ID == id {
			return c.Can(want), c.Interpreter, err
		}
	}
	return false, booking.Interpreter{}, err
}

package desk

import (
	"context"
	"errors"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// An Asked is somebody who was asked to interpret at a visit, and what became of
// it.
type Asked struct {
	booking.InterpreterBooking
	Name  string
	Phone string
	Level booking.Level
}

// An Interpreting is a visit with how it stands with its interpreter, for the
// ward and for the family.
type Interpreting struct {
	Visit   Visit
	Asked   []Asked        // in order; for the ward only
	Forgone booking.Tongue // that it goes on without, because somebody decided so
	Another bool           // there is somebody else who could be asked
}

// Interpreting is how it stands with the interpreter of a visit.
func (d *Desk) Interpreting(ctx context.Context, by booking.Actor, ref booking.Reference) (Interpreting, error) {
	return view(ctx, d, func(tx *store.Tx) (Interpreting, error) {
		r, err := tx.RecordByReference(ctx, ref)
		if err != nil {
			return Interpreting{}, err
		}
		if !maySteer(by, r) || r.State == booking.Held {
			return Interpreting{}, booking.ErrNoSuchVisit
		}
		var i Interpreting
		if i.Visit, err = shown(ctx, tx, by, r); err != nil {
			return i, err
		}
		if i.Forgone, err = tx.Forgone(ctx, r.ID); err != nil {
			return i, err
		}
		if !r.Tongue.IsZero() {
			i.Forgone = booking.Tongue{} // they changed their mind
			_, err := nextFor(ctx, tx, r)
			if err != nil && !errors.Is(err, booking.ErrNoInterpreter) {
				return i, err
			}
			i.Another = err == nil
		}
		if by.May(booking.FindInterpreters, r.Ward) {
			i.Asked, err = asked(ctx, tx, r.ID)
		}
		return i, err
	})
}

func asked(ctx context.Context, tx *store.Tx, id booking.VisitID) ([]Asked, error) {
	offers, err := tx.Offers(ctx, id)
	if err != nil {
		return nil, err
	}
	all := make([]Asked, len(offers))
	for n, o := range offers {
		who, err := tx.Interpreter(ctx, o.Interpreter)
		if err != nil {
			return nil, err
		}
		all[n] = Asked{o, who.Name, who.Phone, who.LevelIn(o.Tongue)}
	}
	return all, nil
}

// withForgone says of each visit on a board which interpreter it goes on without.
func withForgone(ctx context.Context, tx *store.Tx, board *Board, from, to time.Time) error {
	forgone, err := tx.ForgoneIn(ctx, board.Ward.ID, from, to)
	for i := range board.Visits {
		if v := &board.Visits[i]; v.Tongue.IsZero() {
			v.Forgone = forgone[v.ID]
		}
	}
	return err
}

// A SubstituteReason is why the ward asks for another interpreter.
type SubstituteReason string

// The reasons to ask for another interpreter.
const (
	NotHere       SubstituteReason = "not_here"
	NotUnderstood SubstituteReason = "not_understood" // the picture, the sound, or the dialect
	SomebodyElse  SubstituteReason = "somebody_else"  // the patient or the family would rather
)

// SubstituteReasons are all of them, in the order in which pages ask.
var SubstituteReasons = []SubstituteReason{NotHere, NotUnderstood, SomebodyElse}

// AskSubstitute has the ward ask another interpreter to a visit in the place of
// the one whose offer it saw; none, when it saw nobody. ErrNoInterpreter leaves
// things as they are: a late interpreter is better than none. Whom the family
// would rather not see is not asked again for this patient.
func (d *Desk) AskSubstitute(ctx context.Context, by booking.Actor, ref booking.Reference, instead booking.OfferID, why SubstituteReason) (Visit, error) {
	return d.change(ctx, by, ref, mayFind, func(a *act) error {
		switch {
		case a.rec.State.Over() || a.rec.State == booking.Held:
			return booking.ErrVisitOver
		case a.rec.Tongue.IsZero():
			return booking.ErrNoneWanted
		}
		open := a.openOffer()
		if open == nil {
			if instead != "" {
				return booking.ErrStale
			}
			return d.askInterpreter(ctx, a)
		}
		if open.ID != instead {
			return booking.ErrStale // somebody else has been asked meanwhile
		}
		if _, err := nextFor(ctx, a.Tx, a.rec); err != nil {
			return err
		}
		closed, err := open.Close(booking.Relieved)
		if err != nil {
			return err
		}
		if why == SomebodyElse {
			if err := a.Avoid(ctx, a.rec.Patient, open.Interpreter, a.now); err != nil {
				return err
			}
		}
		return d.askInstead(ctx, a, closed, passing{booking.SubstituteAsked, string(why), !a.came(open.Interpreter)})
	})
}

// GoWithout has a visit go on without the interpreter it asked for, as its family
// decides, or the ward for them. Pressing twice decides once.
func (d *Desk) GoWithout(ctx context.Context, by booking.Actor, ref booking.Reference) (Visit, error) {
	return d.change(ctx, by, ref, maySteer, func(a *act) error {
		switch {
		case a.rec.State.Over() || a.rec.State == booking.Held:
			return booking.ErrVisitOver
		case a.rec.Tongue.IsZero():
			return nil
		}
		if err := d.withdrawOffer(ctx, a, a.rec.When); err != nil {
			return err
		}
		if err := a.Forgo(ctx, a.rec.ID, a.rec.Tongue, by.Kind, a.now); err != nil {
			return err
		}
		v := a.rec.Visit
		v.Tongue = booking.Tongue{}
		if err := a.save(ctx, v); err != nil {
			return err
		}
		return a.record(ctx, booking.InterpreterForgone, "")
	})
}

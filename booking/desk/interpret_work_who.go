package desk

import (
	"context"
	"errors"
	"slices"

	"github.com/wardvisit/wardvisit/booking"
)

// A Choosing is whom a coordinator chooses for a visit, in the place of the one whose
// offer they saw; none, when they saw nobody.
type Choosing struct {
	Who     booking.InterpreterID
	Instead booking.OfferID
	Agreed  bool // they have said yes, on the telephone: nothing is left to ask
}

// ChooseInterpreter asks an interpreter to a visit, or puts them down for it because
// they have agreed. Whoever was asked or came before them is told that they are not
// needed. ErrStale when that is somebody else by now; ErrCannotInterpret when there is
// an obstacle that does not yield. Pressing twice chooses once.
func (d *Desk) ChooseInterpreter(ctx context.Context, by booking.Actor, ref booking.Reference, c Choosing) error {
	_, err := d.change(ctx, by, ref, mayCoordinate, func(a *act) error {
		if err := a.wantsInterpreter(); err != nil {
			return err
		}
		open := a.openOffer()
		if open != nil && open.Interpreter == c.Who {
			if c.Agreed && open.State == booking.Offered {
				return d.putDown(ctx, a, *open)
			}
			return nil
		}
		if (open == nil && c.Instead != "") || (open != nil && open.ID != c.Instead) {
			return booking.ErrStale
		}
		who, err := chosen(ctx, a, c)
		if err != nil {
			return err
		}
		if open != nil {
			if err := d.relieve(ctx, a, *open, booking.SubstituteAsked); err != nil {
				return err
			}
		}
		if !c.Agreed {
			return d.offer(ctx, a, who)
		}
		asked, err := d.bookInterpreter(ctx, a, who)
		if err != nil {
			return err
		}
		return d.putDown(ctx, a, asked)
	})
	if errors.Is(err, booking.ErrNoInterpreter) {
		return booking.ErrCannotInterpret // somebody has just booked them
	}
	return err
}

// wantsInterpreter refuses a visit at which none is to be found.
func (a *act) wantsInterpreter() error {
	switch {
	case a.rec.State.Over() || a.rec.State == booking.Held:
		return booking.ErrVisitOver
	case a.rec.Tongue.IsZero():
		return booking.ErrNoneWanted
	}
	return nil
}

// chosen is the interpreter of a choice, if they can come.
func chosen(ctx context.Context, a *act, c Choosing) (booking.Interpreter, error) {
	people, err := couldCome(ctx, a.Tx, a.rec)
	if err != nil {
		return booking.Interpreter{}, err
	}
	n := slices.IndexFunc(people, func(p CouldCome) bool { return p.ID == c.Who })
	if n < 0 || people[n].Obstacle != booking.NoObstacle && !(c.Agreed && people[n].Obstacle.Yields()) {
		return booking.Interpreter{}, booking.ErrCannotInterpret
	}
	return people[n].Interpreter, nil
}

// putDown saves that whoever is asked has said yes to a coordinator, and sends them
// their link, since they have none of this visit yet or have not opened it.
func (d *Desk) putDown(ctx context.Context, a *act, asked booking.InterpreterBooking) error {
	answered, err := asked.Answer(true, a.now)
	if err != nil {
		return err
	}
	if err := a.SaveOffer(ctx, answered, a.now); err != nil {
		return err
	}
	if err := a.record(ctx, booking.InterpreterAssigned, "interpreter "+string(asked.Interpreter)); err != nil {
		return err
	}
	who, err := a.Interpreter(ctx, asked.Interpreter)
	if err != nil {
		return err
	}
	if err := a.WithdrawNotices(ctx, a.rec.ID, addressOf(who), a.now); err != nil { // the question
		return err
	}
	if err := d.tellInterpreter(ctx, a, booking.NoticeInterpreterConfirm, who, asked.ID, a.rec.When); err != nil {
		return err
	}
	return d.chaseLater(ctx, a, answered)
}

// relieve takes the interpreter of an open offer off the visit of the act, and tells
// them unless they are in it. They are not asked to it again.
func (d *Desk) relieve(ctx context.Context, a *act, open booking.InterpreterBooking, what booking.Action) error {
	here := a.came(open.Interpreter)
	closed, err := open.Close(booking.Relieved)
	if err != nil {
		return err
	}
	if err := d.closeOffer(ctx, a, closed); err != nil {
		return err
	}
	a.rec.Offer = &closed
	if err := a.record(ctx, what, "interpreter "+string(closed.Interpreter)); err != nil || here {
		return err
	}
	who, err := a.Interpreter(ctx, closed.Interpreter)
	if err != nil {
		return err
	}
	return d.tellInterpreter(ctx, a, booking.NoticeInterpreterOff, who, closed.ID, a.rec.When)
}

// TakeOffInterpreter takes an interpreter off a visit whose offer a coordinator saw,
// and asks the next who fits; if there is nobody, the visit is without, and we go on
// looking. Pressing twice takes off once.
func (d *Desk) TakeOffInterpreter(ctx context.Context, by booking.Actor, ref booking.Reference, offer booking.OfferID) error {
	_, err := d.change(ctx, by, ref, mayCoordinate, func(a *act) error {
		if err := a.wantsInterpreter(); err != nil {
			return err
		}
		open := a.openOffer()
		if open == nil {
			return nil
		}
		if open.ID != offer {
			return booking.ErrStale
		}
		if err := d.relieve(ctx, a, *open, booking.InterpreterTakenOff); err != nil {
			return err
		}
		err := d.askInterpreter(ctx, a)
		if errors.Is(err, booking.ErrNoInterpreter) {
			return nil
		}
		return err
	})
	return err
}

package desk

import (
	"context"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// InterpreterSelf is an interpreter as they see themself.
func (d *Desk) InterpreterSelf(ctx context.Context, by booking.Actor) (booking.Interpreter, error) {
	return view(ctx, d, func(tx *store.Tx) (booking.Interpreter, error) { return tx.Interpreter(ctx, by.Interpreter()) })
}

// TimeOffTouches are the visits that an interpreter would give up by being away,
// in order of time: what they are asked before they are sure.
func (d *Desk) TimeOffTouches(ctx context.Context, by booking.Actor, when booking.Interval) ([]Job, error) {
	return view(ctx, d, func(tx *store.Tx) ([]Job, error) {
		me, err := tx.Interpreter(ctx, by.Interpreter())
		if err != nil {
			return nil, err
		}
		ids, err := tx.VisitsReserving(ctx, me.ID, when.Start(), when.End())
		if err != nil {
			return nil, err
		}
		var jobs []Job
		for _, id := range ids {
			r, err := tx.Record(ctx, id)
			if err != nil {
				return nil, err
			}
			v, err := shown(ctx, tx, by, r)
			if err != nil {
				return nil, err
			}
			if r.Offer != nil {
				jobs = append(jobs, Job{Offer: *r.Offer, Visit: v})
			}
		}
		return jobs, nil
	})
}

// TakeTimeOff takes an interpreter off what they are reserved for while they are
// away, and asks others: all those visits together, and with them the others of
// that time that lack somebody, so that as many as possible are interpreted.
// touches is how many visits the page said would be given up; ErrStale when it
// is another number by now.
func (d *Desk) TakeTimeOff(ctx context.Context, by booking.Actor, off booking.TimeOff, touches int) (booking.TimeOff, error) {
	off.Interpreter = by.Interpreter()
	return create(ctx, d, by, creation[booking.TimeOff]{
		act: "time_off", asked: []any{off.When.String(), off.Why, touches},
		id: func(made booking.TimeOff) string { return string(made.ID) },
		find: func(ctx context.Context, tx *store.Tx, id string) (booking.TimeOff, error) {
			return timeOff(ctx, tx, by, booking.TimeOffID(id))
		},
	}, func(tx *store.Tx) (booking.TimeOff, error) {
		id, err := d.newID()
		if err != nil {
			return off, err
		}
		off.ID = booking.TimeOffID(id)
		return off, d.takeTimeOff(ctx, tx, by, off, touches)
	})
}

// timeOff finds time off that is an interpreter's own.
func timeOff(ctx context.Context, tx *store.Tx, by booking.Actor, id booking.TimeOffID) (booking.TimeOff, error) {
	me, err := tx.Interpreter(ctx, by.Interpreter())
	if err != nil {
		return booking.TimeOff{}, err
	}
	n := slices.IndexFunc(me.Away, func(off booking.TimeOff) bool { return off.ID == id })
	if n < 0 {
		return booking.TimeOff{}, booking.ErrNoSuchTimeOff
	}
	return me.Away[n], nil
}

func (d *Desk) takeTimeOff(ctx context.Context, tx *store.Tx, by booking.Actor, off booking.TimeOff, touches int) error {
	if _, err := tx.Interpreter(ctx, off.Interpreter); err != nil {
		return err
	}
	return d.handOver(ctx, tx, by, off, touches, "time off", func() error {
		if err := tx.AddTimeOff(ctx, off); err != nil {
			return err
		}
		return recordAbout(ctx, tx, by, d.now(), booking.TimeOffTaken, off.Interpreter, string(off.Why))
	})
}

// handOver takes an interpreter off what they are reserved for in a time, makes sure by
// keep that it stays so, and asks others. why is said in the events.
func (d *Desk) handOver(ctx context.Context, tx *store.Tx, by booking.Actor, off booking.TimeOff, touches int, why string, keep func() error) error {
	given, err := tx.VisitsReserving(ctx, off.Interpreter, off.When.Start(), off.When.End())
	if err != nil {
		return err
	}
	if len(given) != touches {
		return booking.ErrStale
	}
	ids := given
	if len(given) > 0 {
		if ids, err = withThoseLacking(ctx, tx, given, off.When, d.now()); err != nil {
			return err
		}
	}
	acts, err := d.takeActs(ctx, tx, by, ids)
	if err != nil {
		return err
	}
	p, err := planFor(ctx, tx, acts, &off)
	if err != nil {
		return err
	}
	if err := touchAll(ctx, tx, p, off.Interpreter); err != nil {
		return err
	}
	again, err := tx.VisitsReserving(ctx, off.Interpreter, off.When.Start(), off.When.End())
	if err != nil {
		return err
	}
	if !slices.Equal(given, again) {
		return store.ErrAgain // they were booked, or let go, until a moment ago
	}
	if err := d.giveUp(ctx, acts, off, why); err != nil {
		return err
	}
	if err := keep(); err != nil {
		return err
	}
	if err := d.follow(ctx, tx, acts, p); err != nil {
		return err
	}
	return d.review(ctx, tx, by, given...)
}

// withThoseLacking are visits, and those that want an interpreter within the same
// time and have nobody.
func withThoseLacking(ctx context.Context, tx *store.Tx, ids []booking.VisitID, when booking.Interval, now time.Time) ([]booking.VisitID, error) {
	from := later(now, when.Start())
	lacking, err := tx.Uninterpreted(ctx, from, when.End(), matchAtMost)
	return append(slices.Clone(ids), lacking...), err
}

// giveUp closes the offers to somebody who is to be away.
func (d *Desk) giveUp(ctx context.Context, acts []*act, off booking.TimeOff, why string) error {
	for _, a := range acts {
		open := a.openOffer()
		if open == nil || open.Interpreter != off.Interpreter {
			continue
		}
		as := booking.Declined
		if a.rec.State.Open() {
			as = booking.Relieved // and may stay in the room until somebody comes
		}
		closed, err := open.Close(as)
		if err != nil {
			return err
		}
		if err := d.closeOffer(ctx, a, closed); err != nil {
			return err
		}
		*open = closed
		if err := a.record(ctx, booking.OfferDeclined, "interpreter "+string(closed.Interpreter)+": "+why); err != nil {
			return err
		}
	}
	return nil
}

// changeSelf runs an act of an interpreter on what is known of them.
func (d *Desk) changeSelf(ctx context.Context, by booking.Actor, what booking.Action, fn func(tx *store.Tx, me booking.Interpreter) (reason string, err error)) error {
	if by.Interpreter() == "" {
		return booking.ErrNoSuchInterpreter
	}
	return d.changeInterpreter(ctx, by, by.Interpreter(), what, fn)
}

// changeInterpreter runs an act on what is known of an interpreter who has not left.
func (d *Desk) changeInterpreter(ctx context.Context, by booking.Actor, id booking.InterpreterID, what booking.Action, fn func(tx *store.Tx, who booking.Interpreter) (reason string, err error)) error {
	return d.store.Do(ctx, func(tx *store.Tx) error {
		if err := tx.Touch(ctx, interpreterOf(id)); err != nil {
			return err
		}
		who, err := tx.Interpreter(ctx, id)
		if err != nil || who.Closed {
			return orElse(err, booking.ErrNoSuchInterpreter)
		}
		reason, err := fn(tx, who)
		if err != nil {
			return err
		}
		return recordAbout(ctx, tx, by, d.now(), what, id, reason)
	})
}

// DropTimeOff has an interpreter be there after all. What they gave up is not
// theirs again.
func (d *Desk) DropTimeOff(ctx context.Context, by booking.Actor, id booking.TimeOffID) error {
	return d.changeSelf(ctx, by, booking.TimeOffDropped, func(tx *store.Tx, me booking.Interpreter) (string, error) {
		there, err := tx.DeleteTimeOff(ctx, me.ID, id)
		if err == nil && !there {
			err = booking.ErrNoSuchTimeOff
		}
		return "", err
	})
}

// SetRest changes how long an interpreter rests between visits. What they have
// agreed to stays as it is.
func (d *Desk) SetRest(ctx context.Context, by booking.Actor, rest time.Duration) error {
	return d.changeSelf(ctx, by, booking.HoursChanged, func(tx *store.Tx, me booking.Interpreter) (string, error) {
		if err := booking.CheckRest(rest); err != nil {
			return "", err
		}
		return "rest", tx.SetRest(ctx, me.ID, rest)
	})
}

// AddHours has an interpreter work at another time of the week. Pressing twice
// adds it once.
func (d *Desk) AddHours(ctx context.Context, by booking.Actor, h booking.Hours) error {
	if by.Interpreter() == "" {
		return booking.ErrNoSuchInterpreter
	}
	return d.addHours(ctx, by, by.Interpreter(), h)
}

func (d *Desk) addHours(ctx context.Context, by booking.Actor, id booking.InterpreterID, h booking.Hours) error {
	return d.changeInterpreter(ctx, by, id, booking.HoursChanged, func(tx *store.Tx, me booking.Interpreter) (string, error) {
		if slices.Contains(me.Hours, h) {
			return "hours", nil
		}
		if err := booking.CheckHours(append(slices.Clone(me.Hours), h)); err != nil {
			return "", err
		}
		return "hours", tx.AddHours(ctx, me.ID, h)
	})
}

// DropHours has an interpreter no longer work then. What they have agreed to
// stays as it is; time off is how to give it up.
func (d *Desk) DropHours(ctx context.Context, by booking.Actor, h booking.Hours) error {
	if by.Interpreter() == "" {
		return booking.ErrNoSuchInterpreter
	}
	return d.dropHours(ctx, by, by.Interpreter(), h)
}

func (d *Desk) dropHours(ctx context.Context, by booking.Actor, id booking.InterpreterID, h booking.Hours) error {
	return d.changeInterpreter(ctx, by, id, booking.HoursChanged, func(tx *store.Tx, me booking.Interpreter) (string, error) {
		_, err := tx.DeleteHours(ctx, me.ID, h)
		return "hours", err
	})
}

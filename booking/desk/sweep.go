package desk

import (
	"context"
	"errors"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// Sweep ends what time has ended: lapsed holds, visits nobody came to, calls
// left open; and offers what is free to those who wait. It returns the rooms to close, also when it fails half way. Each
// visit is an act of its own, so what is swept stays swept.
func (d *Desk) Sweep(ctx context.Context) (closed []booking.VisitID, err error) {
	due, err := view(ctx, d, func(tx *store.Tx) ([]booking.VisitID, error) { return tx.DueToEnd(ctx, d.now()) })
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, id := range due {
		was := booking.Held
		v, err := d.changeByID(ctx, booking.System, id, mayRun, func(a *act) error {
			was = a.rec.State
			return d.sweep(ctx, a)
		})
		if err != nil {
			errs = append(errs, err) // one that can't be ended keeps no other open
			continue
		}
		if was != booking.Held && v.State.Over() {
			closed = append(closed, id) // people may wait in it also before it is open
		}
	}
	gone, err := d.sweepFlags(ctx)
	closed, errs = append(closed, gone...), append(errs, err)
	errs = append(errs, d.sweepWaiting(ctx)) // after what has been freed just now
	return closed, errors.Join(append(errs, d.store.Do(ctx, func(tx *store.Tx) error {
		return errors.Join(tx.Forget(ctx, d.now().Add(-forgetAfter)), tx.ForgetAnswers(ctx, d.now().Add(-keyLife)))
	}))...)
}

// forgetAfter is how long counts of wrong passwords, and logins that have run
// out, are kept.
const forgetAfter = 24 * time.Hour

func (d *Desk) sweep(ctx context.Context, a *act) error {
	waited := false
	for _, p := range a.rec.People {
		waited = waited || p.Role == booking.AsVisitor && !p.HereSince.IsZero()
	}
	over, ended := a.rec.RunOut(a.now, a.ward.Policy.Grace, waited)
	switch {
	case !ended:
		return nil
	case a.rec.State == booking.Held:
		return a.giveBack(ctx)
	}
	return d.finish(ctx, a, over)
}

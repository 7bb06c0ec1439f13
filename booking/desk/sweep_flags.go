package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// How flags are kept up by the clock.
const (
	// lookEvery is how often they are looked through for what time has brought, as a
	// consent past its day: nobody waits for that by the second.
	lookEvery = time.Minute

	// lookAt is how many visits are looked at each time; the next time goes on from
	// there. A trust has a few hundred flags, and a closure of many wards some thousand.
	lookAt = 500

	// closedLately is how long after a ward has closed its visits are looked at once
	// more: longer than any act that could have booked one without seeing it.
	closedLately = 10 * time.Minute

	// dischargeGrace is how long visits of a patient who has gone home wait before
	// they are cancelled, since a discharge is often taken back within the hour.
	dischargeGrace = 2 * time.Hour

	// tellBefore is how near a visit may come before its family is told that it is
	// off, grace or not, so that nobody sits before a screen for nothing.
	tellBefore = 30 * time.Minute
)

// sweepFlags opens and closes flags by what time has brought, and cancels visits of
// patients who went home and did not come back. It returns the rooms to close.
func (d *Desk) sweepFlags(ctx context.Context) ([]booking.VisitID, error) {
	now := d.now()
	after, look := d.ticks.look(now)
	if !look {
		return nil, nil
	}
	// Far enough east, tomorrow has begun: zones are looked at one by one later.
	today := booking.DateOf(now.Add(14*time.Hour), time.UTC)
	due, err := view(ctx, d, func(tx *store.Tx) ([]booking.VisitID, error) {
		ids, err := tx.ToReview(ctx, now, now.Add(-closedLately), today, after, lookAt)
		if err != nil {
			return nil, err
		}
		d.ticks.lookedAt(ids)
		r := d.reviewer(tx, booking.System)
		var due []booking.VisitID
		for _, id := range ids {
			changes, err := r.changes(ctx, id)
			if err != nil {
				return nil, err
			}
			if changes {
				due = append(due, id)
			}
		}
		return due, nil
	})
	var closed []booking.VisitID
	errs := []error{err}
	for _, id := range due {
		v, err := d.changeByID(ctx, booking.System, id, mayRun, func(a *act) error { return d.sweepFlagged(ctx, a) })
		errs = append(errs, err) // one that fails keeps no other from being looked at
		if err == nil && v.State == booking.Cancelled {
			closed = append(closed, id)
		}
	}
	return closed, errors.Join(errs...)
}

// look reports whether it is time to look through flags again, and after which visit,
// and makes it so that it is not.
func (t *ticks) look(now time.Time) (after booking.VisitID, due bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if since := now.Sub(t.looked); since >= 0 && since < lookEvery {
		return "", false
	}
	t.looked = now
	return t.reviewed, true
}

// lookedAt remembers where to go on, or that the next look begins anew.
func (t *ticks) lookedAt(ids []booking.VisitID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.reviewed = ""
	if len(ids) == lookAt {
		t.reviewed = ids[lookAt-1]
	}
}

// changes reports whether there is anything to do about a visit, without doing it.
func (r *reviewer) changes(ctx context.Context, id booking.VisitID) (bool, error) {
	rec, err := r.Record(ctx, id)
	if err != nil {
		return false, err
	}
	diff, err := r.differences(ctx, rec)
	if err != nil || diff.any() {
		return true, err
	}
	flags, err := r.FlagsOfVisit(ctx, id)
	return wentHome(rec, flags, r.now), err
}

func (d *Desk) sweepFlagged(ctx context.Context, a *act) error {
	if err := d.review(ctx, a.Tx, a.by, a.rec.ID); err != nil {
		return err
	}
	flags, err := a.FlagsOfVisit(ctx, a.rec.ID)
	if err != nil || !wentHome(a.rec, flags, a.now) {
		return err
	}
	over, err := a.rec.Cancel(booking.Discharged, a.now)
	if err != nil {
		return err
	}
	if err := d.finish(ctx, a, over); err != nil {
		return err
	}
	return d.review(ctx, a.Tx, a.by, a.rec.ID)
}

// wentHome reports whether a visit is to be cancelled because its patient went
// home, and nobody has said that it is to stay.
func wentHome(r store.Record, flags []booking.Flag, now time.Time) bool {
	return r.State == booking.Booked && r.PatientRecord.State == booking.PatientDischarged &&
		slices.ContainsFunc(flags, func(f booking.Flag) bool {
			return f.Open() && f.Kind == booking.PatientLeft &&
				(!now.Before(f.OpenedAt.Add(dischargeGrace)) || !now.Before(r.When.Start().Add(-tellBefore)))
		})
}

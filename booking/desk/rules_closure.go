package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// PreviewClosure says which booked visits a closure would touch, by day. Nothing
// is changed.
func (d *Desk) PreviewClosure(ctx context.Context, by booking.Actor, c booking.Closure) (Effect, error) {
	return view(ctx, d, func(tx *store.Tx) (Effect, error) {
		if err := mayDecide(by, c.Ward); err != nil {
			return Effect{}, err
		}
		ward, err := tx.Ward(ctx, c.Ward)
		if err != nil {
			return Effect{}, err
		}
		if err := d.checkClosure(ctx, tx, ward, c); err != nil {
			return Effect{}, err
		}
		touched, err := d.touched(ctx, tx, ward, c)
		if err != nil {
			return Effect{}, err
		}
		return effectOn(ctx, tx, by, ward, touched)
	})
}

// checkClosure refuses a closure of nothing, and one that is over before it
// begins.
func (d *Desk) checkClosure(ctx context.Context, tx *store.Tx, ward booking.Ward, c booking.Closure) error {
	if err := c.Check(); err != nil {
		return err
	}
	if c.To.Before(booking.DateOf(d.now(), ward.Site.Zone)) {
		return booking.ErrClosureBackwards
	}
	if c.Session != "" {
		_, err := tx.Session(ctx, c.Ward, c.Session)
		return err
	}
	if c.Bay == "" {
		return nil
	}
	bays, err := tx.Bays(ctx, c.Ward)
	if err == nil && !slices.Contains(bays, c.Bay) {
		err = booking.ErrBadChoice
	}
	return err
}

// span is from when until when a closure can touch a visit.
func span(c booking.Closure, zone *time.Location) (from, to time.Time) {
	from, _ = booking.DayBounds(c.From, zone)
	_, to = booking.DayBounds(c.To, zone)
	return from.Add(-longestVisit), to // a visit may begin before midnight and run into it
}

// touched are the visits, booked and not begun, that a closure stops.
func (d *Desk) touched(ctx context.Context, tx *store.Tx, ward booking.Ward, c booking.Closure) ([]store.Record, error) {
	table, err := tx.Timetable(ctx, ward, c.From)
	if err != nil {
		return nil, err
	}
	from, to := span(c, ward.Site.Zone)
	if now := d.now(); from.Before(now) {
		from = now
	}
	records, err := tx.VisitsOfWard(ctx, ward.ID, from, to)
	return slices.DeleteFunc(records, func(r store.Record) bool {
		slot, _ := table.SlotOf(r.When)
		return r.State != booking.Booked || !c.Closes(r.Bay, slot.Session, r.When, ward.Site.Zone)
	}), err
}

// Close closes a ward, a bay of it or a session. No visit is cancelled by that:
// each that is touched is flagged, for somebody to look at. keep gives why they
// are all to take place all the same; empty when each is to be looked at.
func (d *Desk) Close(ctx context.Context, by booking.Actor, c booking.Closure, keep string) (booking.Closure, error) {
	making := creation[booking.Closure]{
		act: "close", asked: []any{c, keep},
		id: func(made booking.Closure) string { return string(made.ID) },
		find: func(ctx context.Context, tx *store.Tx, id string) (booking.Closure, error) {
			if err := mayDecide(by, c.Ward); err != nil {
				return booking.Closure{}, err
			}
			return tx.Closure(ctx, booking.ClosureID(id))
		},
	}
	return create(ctx, d, by, making, func(tx *store.Tx) (booking.Closure, error) {
		return d.close(ctx, tx, by, c, keep)
	})
}

func (d *Desk) close(ctx context.Context, tx *store.Tx, by booking.Actor, c booking.Closure, keep string) (booking.Closure, error) {
	if err := mayDecide(by, c.Ward); err != nil {
		return c, err
	}
	known, err := d.touchTouched(ctx, tx, c)
	if err != nil {
		return c, err
	}
	ward, err := toDecide(ctx, tx, by, c.Ward)
	if err != nil {
		return c, err
	}
	if err := d.checkClosure(ctx, tx, ward, c); err != nil {
		return c, err
	}
	touched, err := d.takeTouched(ctx, tx, ward, c, known)
	if err != nil {
		return c, err
	}
	id, err := d.newID()
	if err != nil {
		return c, err
	}
	c.ID, c.MadeAt, c.ReopenedAt, c.ReopenedBy = booking.ClosureID(id), d.now(), time.Time{}, ""
	if err := tx.AddClosure(ctx, c); err != nil {
		return c, err
	}
	for _, r := range touched {
		if keep == "" {
			break
		}
		a := &act{Tx: tx, by: by, now: d.now(), ward: ward, rec: r}
		if err := a.setAside(ctx, []booking.Override{{Rule: booking.ErrClosed.Code, Reason: keep}}); err != nil {
			return c, err
		}
	}
	from, to := span(c, ward.Site.Zone)
	return c, d.decided(ctx, tx, by, c.Ward, booking.WardClosed, "closure "+string(c.ID), c.Reason, from, to)
}

// touchTouched touches the patients of the visits that a closure stops, in order
// of id, before the ward is taken.
func (d *Desk) touchTouched(ctx context.Context, tx *store.Tx, c booking.Closure) (map[booking.PatientID]bool, error) {
	ward, err := tx.Ward(ctx, c.Ward)
	if err != nil {
		return nil, err
	}
	touched, err := d.touched(ctx, tx, ward, c)
	if err != nil {
		return nil, err
	}
	var patients []booking.PatientID
	for _, r := range touched {
		patients = append(patients, r.Patient)
	}
	slices.Sort(patients)
	known := map[booking.PatientID]bool{}
	for _, id := range slices.Compact(patients) {
		if err := tx.Touch(ctx, patientOf(id)); err != nil {
			return nil, err
		}
		known[id] = true
	}
	return known, nil
}

// takeTouched are the visits that a closure stops now that its ward is taken. The
// patients of those that were booked while we waited for it are touched late.
func (d *Desk) takeTouched(ctx context.Context, tx *store.Tx, ward booking.Ward, c booking.Closure, known map[booking.PatientID]bool) ([]store.Record, error) {
	for {
		touched, err := d.touched(ctx, tx, ward, c)
		if err != nil {
			return nil, err
		}
		all := true
		for _, r := range touched {
			if known[r.Patient] {
				continue
			}
			all, known[r.Patient] = false, true
			if err := tx.Touch(ctx, patientOf(r.Patient)); err != nil {
				return nil, err
			}
		}
		if all {
			return touched, nil
		}
	}
}

// Reopen ends a closure before its last day. What was flagged for it is no longer.
func (d *Desk) Reopen(ctx context.Context, by booking.Actor, id booking.ClosureID) error {
	_, err := do(ctx, d, func(tx *store.Tx) (struct{}, error) {
		c, err := decidable(ctx, tx, by, id)
		if err != nil {
			return struct{}{}, err
		}
		if _, err := d.touchTouched(ctx, tx, c); err != nil {
			return struct{}{}, err
		}
		ward, err := toDecide(ctx, tx, by, c.Ward)
		if err != nil {
			return struct{}{}, err
		}
		stood, err := tx.Reopen(ctx, id, by.Name, d.now())
		if err != nil || !stood {
			return struct{}{}, err // pressed twice
		}
		from, to := span(c, ward.Site.Zone)
		return struct{}{}, d.decided(ctx, tx, by, c.Ward, booking.WardReopened, "closure "+string(id), "", from, to)
	})
	return err
}

// decidable returns a closure of a ward whose rules the actor may change.
func decidable(ctx context.Context, tx *store.Tx, by booking.Actor, id booking.ClosureID) (booking.Closure, error) {
	c, err := tx.Closure(ctx, id)
	if err != nil {
		return c, err
	}
	return c, by.Refused(booking.DecideRules, c.Ward, booking.ErrNoSuchClosure)
}

// Closed is a closure with the visits that it still stops, for whoever runs the
// ward.
func (d *Desk) Closed(ctx context.Context, by booking.Actor, id booking.ClosureID) (booking.Closure, Effect, error) {
	var c booking.Closure
	e, err := view(ctx, d, func(tx *store.Tx) (Effect, error) {
		var err error
		if c, err = tx.Closure(ctx, id); err != nil {
			return Effect{}, err
		}
		ward, err := heldWard(ctx, tx, by, booking.RunVisits, c.Ward)
		if errors.Is(err, booking.ErrNoSuchWard) {
			return Effect{}, booking.ErrNoSuchClosure
		}
		if err != nil {
			return Effect{}, err
		}
		touched, err := d.touched(ctx, tx, ward, c)
		if err != nil {
			return Effect{}, err
		}
		return effectOn(ctx, tx, by, ward, touched)
	})
	return c, e, err
}

// CancelClosed cancels the visits that a closure stops, each by itself, and tells
// everybody who was coming. Those that somebody set the closure aside for stay,
// and so does one that has begun meanwhile. It says how many were cancelled; asked
// again, it goes on where it was cut off.
func (d *Desk) CancelClosed(ctx context.Context, by booking.Actor, id booking.ClosureID) (cancelled int, err error) {
	c, err := view(ctx, d, func(tx *store.Tx) (booking.Closure, error) { return decidable(ctx, tx, by, id) })
	if err != nil {
		return 0, err
	}
	_, effect, err := d.Closed(ctx, by, id)
	if err != nil {
		return 0, err
	}
	for _, day := range effect.Days {
		for _, v := range day.Visits {
			done, err := d.cancelClosed(ctx, by, c, v.ID)
			if err != nil {
				return cancelled, err
			}
			if done {
				cancelled++
			}
		}
	}
	return cancelled, nil
}

// cancelClosed cancels one visit, if the closure still stops it.
func (d *Desk) cancelClosed(ctx context.Context, by booking.Actor, c booking.Closure, id booking.VisitID) (done bool, err error) {
	_, err = d.changeByID(ctx, by, id, mayRun, func(a *act) error {
		done = false // this may be run again
		table, err := a.Timetable(ctx, a.ward, c.From)
		if err != nil {
			return err
		}
		aside, err := a.isSetAside(ctx, booking.ErrClosed)
		slot, _ := table.SlotOf(a.rec.When)
		stands := slices.ContainsFunc(table.Closures, func(o booking.Closure) bool { return o.ID == c.ID })
		if err != nil || aside || !stands || a.rec.State != booking.Booked || !c.Closes(a.rec.Bay, slot.Session, a.rec.When, table.Zone) {
			return err
		}
		over, err := a.rec.Cancel(booking.ByWard, a.now)
		if err != nil {
			return err
		}
		done = true
		if err := d.finish(ctx, a, over); err != nil {
			return err
		}
		return d.review(ctx, a.Tx, by, id)
	})
	return done && err == nil, err
}

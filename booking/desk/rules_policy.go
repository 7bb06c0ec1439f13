package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// PreviewProtected says which booked visits a protected time would be against.
func (d *Desk) PreviewProtected(ctx context.Context, by booking.Actor, p booking.ProtectedTime) (Effect, error) {
	return view(ctx, d, func(tx *store.Tx) (Effect, error) {
		if err := mayDecide(by, p.Ward); err != nil {
			return Effect{}, err
		}
		ward, err := tx.Ward(ctx, p.Ward)
		if err != nil {
			return Effect{}, err
		}
		if err := p.Check(); err != nil {
			return Effect{}, err
		}
		records, err := d.standing(ctx, tx, p.Ward)
		if err != nil {
			return Effect{}, err
		}
		return effectOn(ctx, tx, by, ward, slices.DeleteFunc(records, func(r store.Record) bool {
			return !p.Covers(r.When, ward.Site.Zone)
		}))
	})
}

// Protect keeps a time of day free of visits from now on. Those that are booked in
// it are flagged.
func (d *Desk) Protect(ctx context.Context, by booking.Actor, p booking.ProtectedTime) (booking.ProtectedTime, error) {
	making := creation[booking.ProtectedTime]{
		act: "protect", asked: []any{p},
		id: func(made booking.ProtectedTime) string { return string(made.ID) },
		find: func(ctx context.Context, tx *store.Tx, id string) (booking.ProtectedTime, error) {
			all, err := tx.Protected(ctx, p.Ward)
			i := slices.IndexFunc(all, func(o booking.ProtectedTime) bool { return string(o.ID) == id })
			if err != nil || i < 0 {
				return booking.ProtectedTime{}, cmp.Or[error](err, booking.ErrNoSuchProtected)
			}
			return all[i], mayDecide(by, p.Ward)
		},
	}
	return create(ctx, d, by, making, func(tx *store.Tx) (booking.ProtectedTime, error) {
		if _, err := toDecide(ctx, tx, by, p.Ward); err != nil {
			return p, err
		}
		if err := p.Check(); err != nil {
			return p, err
		}
		id, err := d.newID()
		if err != nil {
			return p, err
		}
		p.ID = booking.ProtectedID(id)
		if err := tx.AddProtected(ctx, p); err != nil {
			return p, err
		}
		return p, d.decided(ctx, tx, by, p.Ward, booking.ProtectedAdded, "protected "+id, "", d.now(), d.now().Add(farAhead))
	})
}

// Unprotect keeps a time of day free no longer.
func (d *Desk) Unprotect(ctx context.Context, by booking.Actor, ward booking.WardID, id booking.ProtectedID) error {
	_, err := do(ctx, d, func(tx *store.Tx) (struct{}, error) {
		if _, err := toDecide(ctx, tx, by, ward); err != nil {
			return struct{}{}, err
		}
		was, err := tx.DropProtected(ctx, ward, id)
		if err == nil && !was {
			err = booking.ErrNoSuchProtected
		}
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, d.decided(ctx, tx, by, ward, booking.ProtectedRemoved, "protected "+string(id), "", d.now(), d.now().Add(farAhead))
	})
	return err
}

// PreviewPolicy says what a new policy would mean for what is booked: visits keep
// the one they were booked under, but a new weekly limit may be below what some
// patients have.
func (d *Desk) PreviewPolicy(ctx context.Context, by booking.Actor, ward booking.WardID, p booking.Policy) (Effect, error) {
	return view(ctx, d, func(tx *store.Tx) (Effect, error) {
		if err := mayDecide(by, ward); err != nil {
			return Effect{}, err
		}
		w, err := tx.Ward(ctx, ward)
		if err != nil {
			return Effect{}, err
		}
		if err := p.Check(); err != nil {
			return Effect{}, err
		}
		from, _ := p.WeekOf(d.now(), w.Site.Zone)
		records, err := tx.VisitsOfWard(ctx, ward, from, from.Add(farAhead))
		if err != nil {
			return Effect{}, err
		}
		e := Effect{Ward: w}
		for _, r := range records {
			if r.State == booking.Booked {
				e.Kept++
			}
		}
		e.Weeks = fullWeeks(records, p, w.Site.Zone)
		return e, nil
	})
}

// fullWeeks are those with more ordinary visits for a patient than a policy
// allows, in order of time.
func fullWeeks(records []store.Record, p booking.Policy, zone *time.Location) []FullWeek {
	type week struct {
		from    booking.Date
		patient booking.PatientID
	}
	var weeks []FullWeek
	at := map[week]int{} // in weeks
	for _, r := range records {
		if p.WeeklyMax == 0 || r.Kind != booking.Ordinary || r.State == booking.Held || r.State == booking.Cancelled {
			continue
		}
		from, _ := p.WeekOf(r.When.Start(), zone)
		key := week{booking.DateOf(from, zone), r.Patient}
		i, known := at[key]
		if !known {
			i = len(weeks)
			at[key], weeks = i, append(weeks, FullWeek{From: key.from, Patient: r.PatientRecord})
		}
		weeks[i].Visits++
	}
	return slices.DeleteFunc(weeks, func(f FullWeek) bool { return f.Visits <= p.WeeklyMax })
}

// SavePolicy decides anew. It is a version of its own: visits that are booked keep
// theirs. seen is the version that the page showed, so that of two who decide at
// once the second is told.
func (d *Desk) SavePolicy(ctx context.Context, by booking.Actor, ward booking.WardID, p booking.Policy, seen int) (booking.Policy, error) {
	making := creation[booking.Policy]{
		act: "save_policy", asked: []any{ward, p, seen},
		id: func(booking.Policy) string { return string(ward) },
		find: func(ctx context.Context, tx *store.Tx, _ string) (booking.Policy, error) {
			if err := mayDecide(by, ward); err != nil {
				return booking.Policy{}, err
			}
			w, err := tx.Ward(ctx, ward)
			return w.Policy, err
		},
	}
	return create(ctx, d, by, making, func(tx *store.Tx) (booking.Policy, error) {
		w, err := toDecide(ctx, tx, by, ward)
		if err != nil {
			return p, err
		}
		if w.Policy.Version != seen {
			return p, booking.ErrStale
		}
		p.Version, p.MadeAt, p.MadeBy = seen+1, d.now(), by.Name
		if err := p.Check(); err != nil {
			return p, err
		}
		if err := tx.AddPolicy(ctx, ward, p); err != nil {
			return p, err
		}
		return p, tx.AddEvent(ctx, booking.Event{
			At: d.now(), By: by, Action: booking.PolicySaved, Subject: "ward " + string(ward), Ward: ward,
		})
	})
}

// Policies are all versions of what a ward decides, the one in force first.
func (d *Desk) Policies(ctx context.Context, by booking.Actor, ward booking.WardID) ([]booking.Policy, error) {
	return view(ctx, d, func(tx *store.Tx) ([]booking.Policy, error) {
		if _, err := heldWard(ctx, tx, by, booking.RunVisits, ward); err != nil {
			return nil, err
		}
		return tx.Policies(ctx, ward)
	})
}

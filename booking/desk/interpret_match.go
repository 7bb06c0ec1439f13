package desk

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// matchAtMost bounds how many visits are matched in one act, the soonest first.
const matchAtMost = 200

// lookAhead is as far ahead as any visit is booked.
const lookAhead = 2 * 366 * 24 * time.Hour

// MatchInterpreters asks interpreters to the visits that want one and have
// nobody, all of them together, so that one does not take whom another needs. It
// returns how many were asked. Staff do so for their own wards.
func (d *Desk) MatchInterpreters(ctx context.Context, by booking.Actor) (asked int, err error) {
	now := d.now()
	lacking := func(tx *store.Tx) ([]booking.VisitID, error) {
		ids, err := tx.Uninterpreted(ctx, now, now.Add(lookAhead), matchAtMost)
		if err != nil || by.Kind == booking.SystemActor {
			return ids, err
		}
		return runBy(ctx, tx, by, ids)
	}
	// Looked at by a reader first: visits that nobody can take cost the writer
	// nothing, however often the clock asks.
	hope, err := view(ctx, d, func(tx *store.Tx) (bool, error) {
		ids, err := lacking(tx)
		if err != nil || len(ids) == 0 {
			return false, err
		}
		acts, err := d.readActs(ctx, tx, by, ids)
		if err != nil {
			return false, err
		}
		plan, err := planFor(ctx, tx, acts, nil)
		return len(plan) > 0, err
	})
	if err != nil || !hope {
		return 0, err
	}
	return do(ctx, d, func(tx *store.Tx) (int, error) {
		ids, err := lacking(tx)
		if err != nil || len(ids) == 0 {
			return 0, err
		}
		acts, err := d.takeActs(ctx, tx, by, ids)
		if err != nil {
			return 0, err
		}
		plan, err := planFor(ctx, tx, acts, nil)
		if err != nil {
			return 0, err
		}
		return len(plan), d.follow(ctx, tx, acts, plan)
	})
}

// runBy are those of visits that an actor may find interpreters for.
func runBy(ctx context.Context, tx *store.Tx, by booking.Actor, ids []booking.VisitID) ([]booking.VisitID, error) {
	var theirs []booking.VisitID
	for _, id := range ids {
		r, err := tx.Record(ctx, id)
		if err != nil {
			return nil, err
		}
		if mayFind(by, r) {
			theirs = append(theirs, id)
		}
	}
	return theirs, nil
}

// readActs are acts on visits as they are.
func (d *Desk) readActs(ctx context.Context, tx *store.Tx, by booking.Actor, ids []booking.VisitID) ([]*act, error) {
	acts := make([]*act, len(ids))
	for i, id := range ids {
		acts[i] = &act{Tx: tx, by: by, now: d.now()}
		if err := acts[i].load(ctx, id); err != nil {
			return nil, err
		}
	}
	return acts, nil
}

// takeActs are acts on several visits in one transaction. Their patients are
// touched first and in order, as by everybody, and then the visits are read as
// they stay.
func (d *Desk) takeActs(ctx context.Context, tx *store.Tx, by booking.Actor, ids []booking.VisitID) ([]*act, error) {
	acts, err := d.readActs(ctx, tx, by, ids)
	if err != nil {
		return nil, err
	}
	patients := map[booking.PatientID]struct{}{}
	for _, a := range acts {
		patients[a.rec.Patient] = struct{}{}
	}
	for _, id := range slices.Sorted(maps.Keys(patients)) {
		if err := tx.Touch(ctx, patientOf(id)); err != nil {
			return nil, err
		}
	}
	return d.readActs(ctx, tx, by, ids)
}

// A plan is who is to be asked to which visit.
type plan map[booking.VisitID]booking.Interpreter

// planFor matches visits that want an interpreter with those who could. gone is
// time that somebody is about to take off; what they are reserved for among the
// visits is to be somebody else's.
func planFor(ctx context.Context, tx *store.Tx, acts []*act, gone *booking.TimeOff) (plan, error) {
	var wants []booking.Wanting
	for _, a := range acts {
		if a.rec.State.Over() || a.rec.State == booking.Held || a.rec.Tongue.IsZero() || a.openOffer() != nil && gone == nil {
			continue // somebody changed it a moment ago
		}
		w, err := wanting(ctx, tx, a.rec)
		if err != nil {
			return nil, err
		}
		if open := a.openOffer(); open != nil {
			w.Never[open.Interpreter] = true
		}
		wants = append(wants, w)
	}
	if len(wants) == 0 {
		return nil, nil
	}
	who, err := candidates(ctx, tx, wants)
	if err != nil {
		return nil, err
	}
	byID := map[booking.InterpreterID]booking.Interpreter{}
	for i := range who {
		if gone != nil && who[i].ID == gone.Interpreter {
			who[i].Away = append(who[i].Away, *gone)
		}
		byID[who[i].ID] = who[i].Interpreter
	}
	p := plan{}
	for visit, id := range booking.Match(wants, who) {
		p[visit] = byID[id]
	}
	return p, nil
}

// follow asks everybody that a plan names. They are touched first, in order.
func (d *Desk) follow(ctx context.Context, tx *store.Tx, acts []*act, p plan) error {
	if len(p) == 0 {
		return nil
	}
	if err := touchAll(ctx, tx, p, ""); err != nil {
		return err
	}
	for _, a := range acts {
		if who, ok := p[a.rec.ID]; ok {
			if err := d.offer(ctx, a, who); err != nil {
				return err
			}
		}
	}
	return d.review(ctx, tx, acts[0].by, slices.Collect(maps.Keys(p))...)
}

// touchAll touches the interpreters of a plan, and one more, in order.
func touchAll(ctx context.Context, tx *store.Tx, p plan, also booking.InterpreterID) error {
	ids := map[booking.InterpreterID]struct{}{}
	for _, who := range p {
		ids[who.ID] = struct{}{}
	}
	if also != "" {
		ids[also] = struct{}{}
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if err := tx.Touch(ctx, interpreterOf(id)); err != nil {
			return err
		}
	}
	return nil
}

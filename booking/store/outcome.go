package store

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const (
	addOutcome = `
INSERT INTO visit_outcomes (id, visit_id, ward_id, kind, noted_at, noted_by, waits_until, was_starts_at, was_ends_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`

	undoOutcome = `UPDATE visit_outcomes SET undone_at = $2 WHERE id = $1 AND undone_at IS NULL`

	selectOutcomes = `
SELECT o.id, o.visit_id, o.ward_id, o.kind, o.noted_at, o.noted_by, o.waits_until, o.was_starts_at, o.was_ends_at, o.undone_at
FROM   visit_outcomes AS o `
	outcomesOfVisit = selectOutcomes + `WHERE o.visit_id = $1 ORDER BY o.noted_at, o.id`
	outcomesOfDay   = selectOutcomes + `JOIN visits AS v ON v.id = o.visit_id
WHERE  v.ward_id = $1 AND v.starts_at >= $2 AND v.starts_at < $3 AND o.undone_at IS NULL ORDER BY o.noted_at, o.id`
)

// AddOutcome saves what was said of a visit.
func (tx *Tx) AddOutcome(ctx context.Context, o booking.Outcome) error {
	return tx.save(ctx, "add an outcome", addOutcome, o.ID, o.Visit, o.Ward, o.Kind, at(o.At), o.By,
		at(o.Until), at(o.Was.Start()), at(o.Was.End()))
}

// UndoOutcome says that what was said is taken back, and reports whether it stood.
func (tx *Tx) UndoOutcome(ctx context.Context, id booking.OutcomeID, now time.Time) (bool, error) {
	n, err := tx.run(ctx, "undo an outcome", undoOutcome, id, at(now))
	return n > 0, err
}

// OutcomesOfVisit are all that were ever said of a visit, the oldest first.
func (tx *Tx) OutcomesOfVisit(ctx context.Context, id booking.VisitID) ([]booking.Outcome, error) {
	return all(ctx, tx, "outcomes of a visit", scanOutcome, outcomesOfVisit, id)
}

// OutcomesOfDay are those that stand of a ward's visits that begin within a time,
// the oldest first.
func (tx *Tx) OutcomesOfDay(ctx context.Context, ward booking.WardID, from, to time.Time) ([]booking.Outcome, error) {
	return all(ctx, tx, "outcomes of a day", scanOutcome, outcomesOfDay, ward, at(from), at(to))
}

func scanOutcome(row scanner) (o booking.Outcome, err error) {
	var noted, until, starts, ends, undone stamp
	if err = row.Scan(&o.ID, &o.Visit, &o.Ward, &o.Kind, &noted, &o.By, &until, &starts, &ends, &undone); err != nil {
		return o, err
	}
	o.At, o.Until, o.UndoneAt = noted.Time, until.Time, undone.Time
	if !starts.IsZero() {
		o.Was, err = booking.NewInterval(starts.Time, ends.Sub(starts.Time))
	}
	return o, err
}

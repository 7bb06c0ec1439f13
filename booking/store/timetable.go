package store

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const (
	saveSession = `
UPDATE sessions
SET    weekday = $2, starts_minute = $3, ends_minute = $4, length_minutes = $5, step_minutes = $6, valid_from = $7,
       valid_to = $8, audience = $9, every_weeks = $10, people = $11
WHERE  id = $1`
)

// SaveSession saves what has changed of a visiting time.
func (tx *Tx) SaveSession(ctx context.Context, s booking.Session) error {
	return tx.save(ctx, "save session", saveSession, s.ID, int(s.Weekday), int(s.Start), int(s.End), minutes(s.Length),
		minutes(s.Step), day{s.ValidFrom}, day{s.ValidTo}, s.Audience, max(1, s.EveryWeeks), s.People)
}

const (
	addClosure = `
INSERT INTO closures (id, ward_id, bay, session_id, from_on, to_on, starts_minute, ends_minute, reason, owner,
       review_on, made_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`

	selectClosures = `
SELECT id, ward_id, bay, session_id, from_on, to_on, starts_minute, ends_minute, reason, owner, review_on, made_at,
       reopened_at, reopened_by
FROM   closures `
	closureByID      = selectClosures + `WHERE id = $1`
	standingClosures = selectClosures + `WHERE ward_id = $1 AND to_on >= $2 AND reopened_at IS NULL ORDER BY from_on, starts_minute, id`
	reopenClosure    = `UPDATE closures SET reopened_at = $2, reopened_by = $3 WHERE id = $1 AND reopened_at IS NULL`
)

// AddClosure saves a new closure.
func (tx *Tx) AddClosure(ctx context.Context, c booking.Closure) error {
	return tx.save(ctx, "add closure", addClosure, c.ID, c.Ward, c.Bay, orNull(c.Session), day{c.From}, day{c.To},
		int(c.Start), int(c.End), c.Reason, c.Owner, day{c.ReviewOn}, at(c.MadeAt))
}

// Closure returns a closure, or ErrNoSuchClosure.
func (tx *Tx) Closure(ctx context.Context, id booking.ClosureID) (booking.Closure, error) {
	return one(ctx, tx, "closure", booking.ErrNoSuchClosure, scanClosure, closureByID, id)
}

// Closures are those of a ward that stand on a day or after it, in order of time.
func (tx *Tx) Closures(ctx context.Context, ward booking.WardID, from booking.Date) ([]booking.Closure, error) {
	return all(ctx, tx, "closures", scanClosure, standingClosures, ward, day{from})
}

// Reopen ends a closure before its last day, and reports whether it stood.
func (tx *Tx) Reopen(ctx context.Context, id booking.ClosureID, by string, now time.Time) (bool, error) {
	n, err := tx.run(ctx, "reopen", reopenClosure, id, at(now), by)
	return n > 0, err
}

func scanClosure(row scanner) (c booking.Closure, err error) {
	var from, to, review day
	var made, reopened stamp
	err = row.Scan(&c.ID, &c.Ward, &c.Bay, into(&c.Session), &from, &to, &c.Start, &c.End, &c.Reason, &c.Owner, &review,
		&made, &reopened, &c.ReopenedBy)
	c.From, c.To, c.ReviewOn, c.MadeAt, c.ReopenedAt = from.Date, to.Date, review.Date, made.Time, reopened.Time
	return c, err
}

const (
	addProtected = `
INSERT INTO protected_times (id, ward_id, days, starts_minute, ends_minute, purpose) VALUES ($1, $2, $3, $4, $5, $6)`
	protectedOf = `
SELECT id, ward_id, days, starts_minute, ends_minute, purpose FROM protected_times
WHERE  ward_id = $1 ORDER BY starts_minute, id`
	dropProtected = `DELETE FROM protected_times WHERE id = $1 AND ward_id = $2`
)

// AddProtected saves a new protected time.
func (tx *Tx) AddProtected(ctx context.Context, p booking.ProtectedTime) error {
	return tx.save(ctx, "add protected time", addProtected, p.ID, p.Ward, int(p.Days), int(p.Start), int(p.End), p.Purpose)
}

// Protected are a ward's protected times, by time of day.
func (tx *Tx) Protected(ctx context.Context, ward booking.WardID) ([]booking.ProtectedTime, error) {
	return all(ctx, tx, "protected times", func(row scanner) (p booking.ProtectedTime, err error) {
		err = row.Scan(&p.ID, &p.Ward, &p.Days, &p.Start, &p.End, &p.Purpose)
		return p, err
	}, protectedOf, ward)
}

// DropProtected saves that a ward protects a time no longer, and reports whether
// it did.
func (tx *Tx) DropProtected(ctx context.Context, ward booking.WardID, id booking.ProtectedID) (bool, error) {
	n, err := tx.run(ctx, "drop protected time", dropProtected, id, ward)
	return n > 0, err
}

// Timetable is when a ward takes visits, from a day on.
func (tx *Tx) Timetable(ctx context.Context, ward booking.Ward, from booking.Date) (t booking.Timetable, err error) {
	t.Zone = ward.Site.Zone
	if t.Sessions, err = tx.Sessions(ctx, ward.ID); err != nil {
		return t, err
	}
	if t.Closures, err = tx.Closures(ctx, ward.ID, from); err != nil {
		return t, err
	}
	t.Protected, err = tx.Protected(ctx, ward.ID)
	return t, err
}

const policyHistory = `SELECT version FROM policies WHERE ward_id = $1 ORDER BY version DESC`

// Policies are all versions of a ward's policy, the one in force first.
func (tx *Tx) Policies(ctx context.Context, ward booking.WardID) ([]booking.Policy, error) {
	versions, err := all(ctx, tx, "policies", scalar[int], policyHistory, ward)
	var policies []booking.Policy
	for _, version := range versions {
		w, err := tx.WardUnder(ctx, ward, version)
		if err != nil {
			return nil, err
		}
		policies = append(policies, w.Policy)
	}
	return policies, err
}

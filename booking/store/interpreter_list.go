package store

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const (
	changeInterpreter = `
UPDATE interpreters SET name = $3, phone = $4, email = $5, rest_minutes = $6, version = version + 1
WHERE  id = $1 AND version = $2 AND closed_at IS NULL`

	closeInterpreter = `UPDATE interpreters SET closed_at = $2, version = version + 1 WHERE id = $1 AND closed_at IS NULL`
	dropTongues      = `DELETE FROM interpreter_tongues WHERE interpreter_id = $1`
	revokeTheirs     = `UPDATE invites SET revoked_at = $2 WHERE interpreter_id = $1 AND revoked_at IS NULL`

	lackingByWard = `
SELECT v.ward_id, COUNT(*) FROM visits AS v
WHERE  v.state IN ('booked', 'preparing', 'lobby', 'live') AND v.language <> '' AND v.ends_at > $1
  AND  NOT EXISTS (SELECT 1 FROM interpreter_bookings AS o WHERE o.visit_id = v.id AND o.state IN ('offered', 'accepted'))
GROUP  BY v.ward_id`

	reservedTimes = `
SELECT resource_id, COUNT(*) FROM reservations
WHERE  resource_kind = 'interpreter' AND state <> 'released' AND starts_at >= $1 AND starts_at < $2
GROUP  BY resource_id`
)

// AllInterpreters are all, also those who have left, in order of their ids.
func (tx *Tx) AllInterpreters(ctx context.Context) ([]booking.Interpreter, error) {
	return tx.interpreters(ctx, everybody)
}

// ChangeInterpreter saves what a coordinator has changed of an interpreter, and
// reports whether they were still as i's Version says.
func (tx *Tx) ChangeInterpreter(ctx context.Context, i booking.Interpreter) (bool, error) {
	n, err := tx.run(ctx, "change interpreter", changeInterpreter, i.ID, i.Version, i.Name, i.Phone, i.Email, minutes(i.Rest))
	if err != nil || n == 0 {
		return false, err
	}
	if _, err := tx.run(ctx, "drop tongues", dropTongues, i.ID); err != nil {
		return false, err
	}
	for _, t := range i.Tongues {
		if err := tx.save(ctx, "add tongue", addTongue, i.ID, t.Language, t.Mode, i.LevelIn(t)); err != nil {
			return false, err
		}
	}
	return true, nil
}

// CloseInterpreter saves that an interpreter has left, so that their links open
// nothing, and reports whether they had not before.
func (tx *Tx) CloseInterpreter(ctx context.Context, id booking.InterpreterID, now time.Time) (bool, error) {
	n, err := tx.run(ctx, "close interpreter", closeInterpreter, id, at(now))
	if err != nil || n == 0 {
		return false, err
	}
	_, err = tx.run(ctx, "revoke an interpreter's links", revokeTheirs, id, at(now))
	return true, err
}

// A tally is how many there are of something.
type tally[T any] struct {
	of T
	n  int
}

func scanTally[T any](row scanner) (t tally[T], err error) {
	err = row.Scan(&t.of, &t.n)
	return t, err
}

// LackingByWard are how many visits under way or to come want an interpreter and have
// nobody, nor anybody who is asked.
func (tx *Tx) LackingByWard(ctx context.Context, now time.Time) (map[booking.WardID]int, error) {
	return tallied[booking.WardID](ctx, tx, "visits without an interpreter", lackingByWard, at(now))
}

// VisitsOfInterpreters are how many visits each is reserved for that begin between
// two instants.
func (tx *Tx) VisitsOfInterpreters(ctx context.Context, from, to time.Time) (map[booking.InterpreterID]int, error) {
	return tallied[booking.InterpreterID](ctx, tx, "visits of interpreters", reservedTimes, at(from), at(to))
}

func tallied[T comparable](ctx context.Context, tx *Tx, what, query string, args ...any) (map[T]int, error) {
	rows, err := all(ctx, tx, what, scanTally[T], query, args...)
	counts := make(map[T]int, len(rows))
	for _, r := range rows {
		counts[r.of] = r.n
	}
	return counts, err
}

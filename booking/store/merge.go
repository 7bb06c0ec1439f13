package store

import (
	"context"
	"fmt"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// A Merge is two records that turned out to be one person.
type Merge struct {
	ID           booking.MergeID
	Kept, Merged booking.PatientID
	At           time.Time
	By           string
}

const (
	addMerge  = `INSERT INTO merges (id, kept_id, merged_id, at, by_whom) VALUES ($1, $2, $3, $4, $5)`
	undoMerge = `UPDATE merges SET undone_at = $2 WHERE id = $1 AND undone_at IS NULL`
	mergeOf   = `SELECT id, kept_id, merged_id, at, by_whom FROM merges WHERE merged_id = $1 AND undone_at IS NULL`
	mergedIn  = `SELECT id, kept_id, merged_id, at, by_whom FROM merges WHERE kept_id = $1 AND undone_at IS NULL ORDER BY at, id`

	addMergeMove = `INSERT INTO merge_moves (merge_id, kind, row_id) VALUES ($1, $2, $3)`
	mergeMoves   = `SELECT kind, row_id FROM merge_moves WHERE merge_id = $1 ORDER BY kind, row_id`
)

// AddMerge saves that two records are one person's. ErrMergedAlready when one of
// them is part of another.
func (tx *Tx) AddMerge(ctx context.Context, m Merge) error {
	return tx.save(ctx, "add merge", addMerge, m.ID, m.Kept, m.Merged, at(m.At), m.By)
}

// UndoMerge saves that they are two people after all.
func (tx *Tx) UndoMerge(ctx context.Context, id booking.MergeID, now time.Time) error {
	return tx.save(ctx, "undo merge", undoMerge, id, at(now))
}

// MergeOf is how a record became part of another, or ErrNoSuchMerge.
func (tx *Tx) MergeOf(ctx context.Context, merged booking.PatientID) (Merge, error) {
	return one(ctx, tx, "merge", booking.ErrNoSuchMerge, scanMerge, mergeOf, merged)
}

// MergedInto are the merges by which other records became part of one.
func (tx *Tx) MergedInto(ctx context.Context, kept booking.PatientID) ([]Merge, error) {
	return all(ctx, tx, "merges", scanMerge, mergedIn, kept)
}

func scanMerge(row scanner) (m Merge, err error) {
	var when stamp
	err = row.Scan(&m.ID, &m.Kept, &m.Merged, &when, &m.By)
	m.At = when.Time
	return m, err
}

// A belonging is a table whose rows are a patient's, with those that can go to
// another record: not what that has already of the same.
type belonging struct {
	kind, table, key string
	but              string // a condition on a row r that stays, beside the record k that is kept
}

// belongings are all of them. Consents are not: see TakeOver.
var belongings = []belonging{
	{kind: "visit", table: "visits", key: "id"},
	{kind: "member", table: "circle_members", key: "id", but: `k.visitor_id = r.visitor_id`},
	{kind: "bar", table: "bars", key: "id", but: `k.visitor_id = r.visitor_id AND k.lifted_at IS NULL AND r.lifted_at IS NULL`},
	{kind: "invite", table: "invites", key: "id"},
	{kind: "movement", table: "movements", key: "id"},
	{kind: "series", table: "series", key: "id"},
	{kind: "request", table: "requests", key: "id", but: `k.visitor_id = r.visitor_id AND k.state = 'open' AND r.state = 'open'`},
	{kind: "entry", table: "waitlist_entries", key: "id", but: `k.visitor_id = r.visitor_id AND k.state = 'waiting' AND r.state = 'waiting'`},
	{kind: "task", table: "tasks", key: "id", but: `k.kind = r.kind AND k.done_at IS NULL AND r.done_at IS NULL`},
	{kind: "avoided", table: "interpreter_avoided", key: "interpreter_id", but: `k.interpreter_id = r.interpreter_id`},
}

// takeOver is the statement that gives a record's rows to another.
func (b belonging) takeOver() string {
	query := fmt.Sprintf(`UPDATE %s AS r SET patient_id = $2 WHERE r.patient_id = $1`, b.table)
	if b.but != "" {
		query += fmt.Sprintf(` AND NOT EXISTS (SELECT 1 FROM %s AS k WHERE k.patient_id = $2 AND %s)`, b.table, b.but)
	}
	return query + ` RETURNING ` + b.key
}

// giveBack is the statement that gives one of them back.
func (b belonging) giveBack() string {
	return fmt.Sprintf(`UPDATE %s SET patient_id = $2 WHERE patient_id = $1 AND %s = $3`, b.table, b.key)
}

const visitsNotOver = `
SELECT id FROM visits WHERE patient_id = $1 AND state NOT IN ('ended', 'cancelled') ORDER BY id`

// TakeOver gives what belongs to the merged record to the kept one, and remembers
// what. Where both have the same, as a person in both circles, the kept record's
// stays and the other's is left where it is. Stays follow from movements, and what
// becomes of consents is a rule. Visits that others may yet save are touched first.
func (tx *Tx) TakeOver(ctx context.Context, m Merge) error {
	visits, err := all(ctx, tx, "visits to take over", scalar[string], visitsNotOver, m.Merged)
	if err != nil {
		return err
	}
	for _, id := range visits {
		if err := tx.Touch(ctx, Resource{visitRow, id}); err != nil {
			return err
		}
	}
	for _, b := range belongings {
		rows, err := all(ctx, tx, "take over "+b.table, scalar[string], b.takeOver(), m.Merged, m.Kept)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := tx.AddMergeMove(ctx, m.ID, b.kind, row); err != nil {
				return err
			}
		}
	}
	return nil
}

// AddMergeMove remembers one thing that a merge took or made.
func (tx *Tx) AddMergeMove(ctx context.Context, id booking.MergeID, kind, row string) error {
	return tx.save(ctx, "add merge move", addMergeMove, id, kind, row)
}

// GiveBack undoes TakeOver. What has come to the kept record since is its own.
func (tx *Tx) GiveBack(ctx context.Context, m Merge) error {
	type move struct{ kind, row string }
	moves, err := all(ctx, tx, "merge moves", func(row scanner) (v move, err error) {
		err = row.Scan(&v.kind, &v.row)
		return v, err
	}, mergeMoves, m.ID)
	if err != nil {
		return err
	}
	for _, v := range moves {
		if v.kind == "visit" {
			if err := tx.saving(ctx, booking.VisitID(v.row)); err != nil {
				return err
			}
		}
		query := deleteConsent
		if v.kind == MadeMovement {
			query = deleteMovement
		}
		args := []any{v.row}
		for _, b := range belongings {
			if b.kind == v.kind {
				query, args = b.giveBack(), []any{m.Kept, m.Merged, v.row}
			}
		}
		if _, err := tx.run(ctx, "give back "+v.kind, query, args...); err != nil {
			return err
		}
	}
	return nil
}

// The kinds of merge moves that are no taking over: the consent that the merge wrote
// down, and the movement by which the patient stays in the bed of the kept record.
const (
	MadeConsent  = "made_consent"
	MadeMovement = "made_movement"
)

const (
	deleteConsent  = `DELETE FROM consents WHERE id = $1`
	deleteMovement = `DELETE FROM movements WHERE id = $1`

	moveReservation = `
UPDATE reservations SET resource_id = $2 WHERE visit_id = $1 AND resource_kind = 'patient' AND state <> 'released'`

	reservedPatient = `
SELECT count(*) FROM reservations WHERE visit_id = $1 AND resource_kind = 'patient' AND state <> 'released'`
)

// MovePatientTime makes what a visit has of its patient's time that of another
// record. It returns *Taken if that is taken then.
func (tx *Tx) MovePatientTime(ctx context.Context, visit booking.VisitID, to booking.PatientID) error {
	_, err := tx.run(ctx, "move the patient's time", moveReservation, visit, to)
	if tx.store.engine.broken(err) == "reservations_no_overlap" {
		return &Taken{Patient}
	}
	return err
}

// HasPatientTime reports whether a visit has its patient's time reserved. One that
// overlaps another since two records were merged has not.
func (tx *Tx) HasPatientTime(ctx context.Context, visit booking.VisitID) (bool, error) {
	n, err := one(ctx, tx, "reserved patient", nil, scalar[int], reservedPatient, visit)
	return n > 0, err
}

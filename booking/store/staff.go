package store

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// A Staff is somebody who works here. Hash is of their password.
type Staff struct {
	ID    booking.StaffID
	Name  string
	Email string // folded to lower case
	Hash  string
	Wards map[booking.WardID]booking.WardRole
}

const (
	addStaff     = `INSERT INTO staff (id, name, email, password_hash) VALUES ($1, $2, $3, $4)`
	addStaffWard = `INSERT INTO staff_wards (staff_id, ward_id, role) VALUES ($1, $2, $3)`
)

// AddStaff saves somebody new who works here.
func (tx *Tx) AddStaff(ctx context.Context, s Staff) error {
	if err := tx.save(ctx, "add staff", addStaff, s.ID, s.Name, s.Email, s.Hash); err != nil {
		return err
	}
	for ward, role := range s.Wards {
		if err := tx.save(ctx, "add ward of staff", addStaffWard, s.ID, ward, role); err != nil {
			return err
		}
	}
	return nil
}

const (
	staffByID    = `SELECT id, name, email, password_hash FROM staff WHERE id = $1 AND NOT disabled`
	staffByEmail = `SELECT id, name, email, password_hash FROM staff WHERE email = $1 AND NOT disabled`
	staffWards   = `SELECT ward_id, role FROM staff_wards WHERE staff_id = $1`
)

// Staff returns somebody who works here, or ErrSignInNeeded.
func (tx *Tx) Staff(ctx context.Context, id booking.StaffID) (Staff, error) {
	return tx.staff(ctx, staffByID, id, booking.ErrSignInNeeded)
}

// StaffByEmail returns somebody who works here, or ErrWrongPassword.
func (tx *Tx) StaffByEmail(ctx context.Context, email string) (Staff, error) {
	return tx.staff(ctx, staffByEmail, email, booking.ErrWrongPassword)
}

func (tx *Tx) staff(ctx context.Context, query string, arg any, none error) (Staff, error) {
	s, err := one(ctx, tx, "staff", none, func(row scanner) (s Staff, err error) {
		err = row.Scan(&s.ID, &s.Name, &s.Email, &s.Hash)
		return s, err
	}, query, arg)
	if err != nil {
		return Staff{}, err
	}
	s.Wards = map[booking.WardID]booking.WardRole{}
	_, err = all(ctx, tx, "wards of staff", func(row scanner) (none struct{}, err error) {
		var ward booking.WardID
		var role booking.WardRole
		err = row.Scan(&ward, &role)
		s.Wards[ward] = role
		return none, err
	}, staffWards, s.ID)
	return s, err
}

// Tries is a count of guesses at one secret.
type Tries struct {
	Count       int
	Since       time.Time
	LockedUntil time.Time
}

const (
	takeTry = `
INSERT INTO tries (scope, count, since) VALUES ($1, 1, $2)
ON CONFLICT (scope) DO UPDATE SET
  count = CASE WHEN tries.since <= $3 THEN 1 ELSE tries.count + 1 END,
  since = CASE WHEN tries.since <= $3 THEN $2 ELSE tries.since END,
  locked_until = CASE WHEN tries.locked_until <= $2 THEN NULL ELSE tries.locked_until END
RETURNING count, since, locked_until`

	lockTries   = `UPDATE tries SET locked_until = $2, count = 0 WHERE scope = $1`
	clearTries  = `DELETE FROM tries WHERE scope = $1`
	forgetTries = `DELETE FROM tries WHERE since <= $1 AND (locked_until IS NULL OR locked_until <= $1)`
)

// TakeTry counts a guess before it is looked at and returns the count with it,
// which starts again from one when the first of them was made before since.
func (tx *Tx) TakeTry(ctx context.Context, scope string, now, since time.Time) (Tries, error) {
	return one(ctx, tx, "take a try", errNothing, func(row scanner) (t Tries, err error) {
		var first, until stamp
		err = row.Scan(&t.Count, &first, &until)
		t.Since, t.LockedUntil = first.Time, until.Time
		return t, err
	}, takeTry, scope, at(now), at(since))
}

// LockTries lets nobody guess until an instant.
func (tx *Tx) LockTries(ctx context.Context, scope string, until time.Time) error {
	return tx.save(ctx, "lock tries", lockTries, scope, at(until))
}

// ClearTries forgets the guesses, because one was right.
func (tx *Tx) ClearTries(ctx context.Context, scope string) error {
	_, err := tx.run(ctx, "clear tries", clearTries, scope)
	return err
}

// Forget deletes guesses made before an instant, and logins that had run out by
// then.
func (tx *Tx) Forget(ctx context.Context, before time.Time) error {
	if _, err := tx.run(ctx, "forget tries", forgetTries, at(before)); err != nil {
		return err
	}
	_, err := tx.run(ctx, "forget logins", forgetLogins, at(before))
	return err
}

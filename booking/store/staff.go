package store

import (
	"context"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// A Staff is somebody who works here. Hash is of their password. Holds is what they
// are given, and Wards and Everywhere what that comes to in the wards that there are.
type Staff struct {
	ID         booking.StaffID
	Name       string
	Email      string // folded to lower case
	Hash       string
	Holds      []booking.Grant
	Wards      map[booking.WardID]booking.Roles
	Everywhere booking.Roles
	SignedOut  time.Time // logins that began before are worth nothing; zero for never
	Factor     bool      // they have a second factor
	Asked      string    // the setting FactorRoles, or "?" when nobody has decided
}

// FactorRoles is the setting of which roles need a second factor.
const FactorRoles = "second_factor_roles"

const (
	addStaff = `INSERT INTO staff (id, name, email, password_hash) VALUES ($1, $2, $3, $4)`
	addGrant = `INSERT INTO staff_roles (staff_id, role, place, ward_id, site_id) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (staff_id, role, place) DO NOTHING`
)

// AddStaff saves somebody new who works here.
func (tx *Tx) AddStaff(ctx context.Context, s Staff) error {
	if err := tx.save(ctx, "add staff", addStaff, s.ID, s.Name, s.Email, s.Hash); err != nil {
		return err
	}
	for _, g := range s.Holds {
		if err := tx.AddGrant(ctx, s.ID, g); err != nil {
			return err
		}
	}
	return nil
}

// AddGrant gives a role, which may be held already.
func (tx *Tx) AddGrant(ctx context.Context, id booking.StaffID, g booking.Grant) error {
	_, err := tx.run(ctx, "add role", addGrant, id, g.Role, string(g.Ward)+string(g.Site), orNull(g.Ward), orNull(g.Site))
	return err
}

const (
	staffColumns = `
SELECT s.id, s.name, s.email, s.password_hash, s.signed_out_at,
       CASE WHEN EXISTS (SELECT 1 FROM staff_factors AS f WHERE f.staff_id = s.id AND f.proved_at IS NOT NULL) THEN 1 ELSE 0 END,
       COALESCE((SELECT value FROM settings WHERE name = '` + FactorRoles + `'), '?')
FROM   staff AS s
WHERE  NOT s.disabled AND `
	staffByID    = staffColumns + `s.id = $1`
	staffByEmail = staffColumns + `s.email = $1`

	// A grant of a site comes once for each of its wards, and for one that has none as
	// a row without a ward, which gives nothing.
	staffGrants = `
SELECT r.role, r.ward_id IS NULL AND r.site_id IS NULL, COALESCE(CAST(w.id AS text), ''), r.ward_id IS NOT NULL, COALESCE(CAST(r.site_id AS text), '')
FROM staff_roles AS r LEFT JOIN wards AS w ON w.id = r.ward_id OR w.site_id = r.site_id
WHERE r.staff_id = $1
ORDER BY r.role, r.site_id, w.id`
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
		var out stamp
		var factor int
		err = row.Scan(&s.ID, &s.Name, &s.Email, &s.Hash, &out, &factor, &s.Asked)
		s.SignedOut, s.Factor = out.Time, factor != 0
		return s, err
	}, query, arg)
	if err != nil {
		return Staff{}, err
	}
	s.Wards = map[booking.WardID]booking.Roles{}
	_, err = all(ctx, tx, "roles of staff", func(row scanner) (struct{}, error) { return struct{}{}, s.grant(row) }, staffGrants, s.ID)
	return s, err
}

// grant reads a role in one ward, or everywhere.
func (s *Staff) grant(row scanner) error {
	var g booking.Grant
	var ward booking.WardID
	var everywhere, there bool
	if err := row.Scan(&g.Role, &everywhere, &ward, &there, &g.Site); err != nil {
		return err
	}
	switch {
	case everywhere:
		s.Everywhere = append(s.Everywhere, g.Role)
	case ward != "" && !slices.Contains(s.Wards[ward], g.Role):
		s.Wards[ward] = append(s.Wards[ward], g.Role)
	}
	if there {
		g.Ward = ward
	}
	if !slices.Contains(s.Holds, g) {
		s.Holds = append(s.Holds, g)
	}
	return nil
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

// Forget deletes guesses made before an instant, logins that had run out by then,
// codes used before it, second factors that nobody proved, and who had come in where.
func (tx *Tx) Forget(ctx context.Context, before time.Time) error {
	if _, err := tx.run(ctx, "forget tries", forgetTries, at(before)); err != nil {
		return err
	}
	for _, query := range []string{forgetLogins, forgetSteps, forgetFactors, forgetBrowsers} {
		if _, err := tx.run(ctx, "forget logins", query, at(before)); err != nil {
			return err
		}
	}
	return tx.forgetProvider(ctx, before)
}

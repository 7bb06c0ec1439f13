package store

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const (
	setPIN   = `INSERT INTO staff_pins (staff_id, hash, set_at) VALUES ($1, $2, $3) ON CONFLICT (staff_id) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at`
	dropPIN  = `DELETE FROM staff_pins WHERE staff_id = $1`
	pinOf    = `SELECT hash FROM staff_pins WHERE staff_id = $1`
	countPIN = `SELECT count(*) FROM staff_pins WHERE staff_id = $1`

	cameIn = `
INSERT INTO staff_browsers (browser_hash, staff_id, proved_at, tries) VALUES ($1, $2, $3, 0)
ON CONFLICT (browser_hash, staff_id) DO UPDATE SET proved_at = excluded.proved_at, tries = 0`
	leaveBrowser   = `DELETE FROM staff_browsers WHERE browser_hash = $1 AND staff_id = $2`
	forgetBrowsers = `DELETE FROM staff_browsers WHERE proved_at <= $1`
	takePINTry     = `UPDATE staff_browsers SET tries = tries + 1 WHERE browser_hash = $1 AND staff_id = $2 AND tries < $3 RETURNING tries`
	pinRight       = `UPDATE staff_browsers SET tries = 0 WHERE browser_hash = $1 AND staff_id = $2`

	// Of accounts that are open, whose logins have not been ended since, and that hold
	// no role everywhere.
	colleagues = `
SELECT s.id, s.name
FROM   staff_browsers AS b JOIN staff AS s ON s.id = b.staff_id JOIN staff_pins AS p ON p.staff_id = s.id
WHERE  b.browser_hash = $1 AND b.proved_at > $2 AND NOT s.disabled
  AND (s.signed_out_at IS NULL OR s.signed_out_at <= b.proved_at)
  AND NOT EXISTS (SELECT 1 FROM staff_roles AS r WHERE r.staff_id = s.id AND r.ward_id IS NULL AND r.site_id IS NULL)
ORDER BY s.name, s.id`
)

// SetPIN sets or changes somebody's PIN.
func (tx *Tx) SetPIN(ctx context.Context, id booking.StaffID, hash string, now time.Time) error {
	return tx.save(ctx, "set PIN", setPIN, id, hash, at(now))
}

// DropPIN takes it away, and reports whether there was one.
func (tx *Tx) DropPIN(ctx context.Context, id booking.StaffID) (bool, error) {
	n, err := tx.run(ctx, "drop PIN", dropPIN, id)
	return n > 0, err
}

// PIN is the hash of somebody's PIN, or ErrNotHereLately when they have none.
func (tx *Tx) PIN(ctx context.Context, id booking.StaffID) (string, error) {
	return one(ctx, tx, "PIN", booking.ErrNotHereLately, scalar[string], pinOf, id)
}

// HasPIN reports whether somebody has one.
func (tx *Tx) HasPIN(ctx context.Context, id booking.StaffID) (bool, error) {
	n, err := one(ctx, tx, "whether there is a PIN", errNothing, scalar[int], countPIN, id)
	return n > 0, err
}

// CameIn remembers that somebody has signed in in a browser with everything that is
// asked of them.
func (tx *Tx) CameIn(ctx context.Context, browser string, id booking.StaffID, now time.Time) error {
	return tx.save(ctx, "came in", cameIn, tokenHash(browser), id, at(now))
}

// LeaveBrowser forgets that they have.
func (tx *Tx) LeaveBrowser(ctx context.Context, browser string, id booking.StaffID) error {
	_, err := tx.run(ctx, "leave browser", leaveBrowser, tokenHash(browser), id)
	return err
}

// TakePINTry counts a guess at somebody's PIN in a browser before it is looked at, and
// returns how many there were with it. ErrNotHereLately once there were as many as may be.
func (tx *Tx) TakePINTry(ctx context.Context, browser string, id booking.StaffID, most int) (int, error) {
	return one(ctx, tx, "take a try at a PIN", booking.ErrNotHereLately, scalar[int], takePINTry, tokenHash(browser), id, most)
}

// PINRight has the counting begin anew.
func (tx *Tx) PINRight(ctx context.Context, browser string, id booking.StaffID) error {
	_, err := tx.run(ctx, "PIN right", pinRight, tokenHash(browser), id)
	return err
}

// Colleagues are those who came in in a browser after an instant and have a PIN, by name.
func (tx *Tx) Colleagues(ctx context.Context, browser string, since time.Time) ([]booking.Colleague, error) {
	return all(ctx, tx, "colleagues", func(row scanner) (c booking.Colleague, err error) {
		err = row.Scan(&c.ID, &c.Name)
		return c, err
	}, colleagues, tokenHash(browser), at(since))
}

package store

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// keepingAccounts is the setting that whoever changes accounts writes first, so that
// two of them who each take the role of the other find out who was first.
const keepingAccounts = "accounts_kept_at"

// TakeAccounts keeps everybody else waiting who would change an account.
func (tx *Tx) TakeAccounts(ctx context.Context, now time.Time) error {
	return tx.SetSetting(ctx, keepingAccounts, now.UTC().Format(time.RFC3339))
}

const (
	accountColumns = `SELECT id, name, email, disabled, code_expires_at, seen_at FROM staff`
	allAccounts    = accountColumns + ` ORDER BY name, email`
	accountByID    = accountColumns + ` WHERE id = $1`

	grantColumns = `SELECT staff_id, role, COALESCE(CAST(ward_id AS text), ''), COALESCE(CAST(site_id AS text), '') FROM staff_roles`
	allGrants    = grantColumns + ` ORDER BY staff_id, role, place`
	grantsOf     = grantColumns + ` WHERE staff_id = $1 ORDER BY staff_id, role, place`
)

func readAccount(row scanner) (a booking.Account, err error) {
	var code, seen stamp
	err = row.Scan(&a.ID, &a.Name, &a.Email, &a.Closed, &code, &seen)
	a.Code, a.Seen = code.Time, seen.Time
	return a, err
}

type heldGrant struct {
	by booking.StaffID
	booking.Grant
}

func readGrant(row scanner) (g heldGrant, err error) {
	err = row.Scan(&g.by, &g.Role, &g.Ward, &g.Site)
	return g, err
}

// Accounts are all people who work here, or have, by name.
func (tx *Tx) Accounts(ctx context.Context) ([]booking.Account, error) {
	accounts, err := all(ctx, tx, "accounts", readAccount, allAccounts)
	if err != nil {
		return nil, err
	}
	grants, err := all(ctx, tx, "roles of everybody", readGrant, allGrants)
	held := map[booking.StaffID][]booking.Grant{}
	for _, g := range grants {
		held[g.by] = append(held[g.by], g.Grant)
	}
	for i := range accounts {
		accounts[i].Holds = held[accounts[i].ID]
	}
	return accounts, err
}

// Account is one of them, or ErrNoSuchAccount.
func (tx *Tx) Account(ctx context.Context, id booking.StaffID) (booking.Account, error) {
	a, err := one(ctx, tx, "account", booking.ErrNoSuchAccount, readAccount, accountByID, id)
	if err != nil {
		return a, err
	}
	grants, err := all(ctx, tx, "roles of one", readGrant, grantsOf, id)
	for _, g := range grants {
		a.Holds = append(a.Holds, g.Grant)
	}
	return a, err
}

const (
	closeAccount = `UPDATE staff SET disabled = $2, code_hash = NULL, code_expires_at = NULL, signed_out_at = $3 WHERE id = $1 AND disabled <> $2`
	dropGrant    = `DELETE FROM staff_roles WHERE staff_id = $1 AND role = $2 AND place = $3`
	setCode      = `UPDATE staff SET password_hash = $2, code_hash = $3, code_expires_at = $4, signed_out_at = $5 WHERE id = $1`
	codeOf       = `SELECT id, name, code_hash FROM staff WHERE email = $1 AND NOT disabled AND code_expires_at > $2`
	setPassword  = `UPDATE staff SET password_hash = $2, code_hash = NULL, code_expires_at = NULL WHERE id = $1 AND code_hash = $3`
	staffSeen    = `UPDATE staff SET seen_at = $2 WHERE id = $1`
)

// CloseAccount closes an account, or opens it again, and reports whether it was not
// so already. Its logins end.
func (tx *Tx) CloseAccount(ctx context.Context, id booking.StaffID, closed bool, now time.Time) (bool, error) {
	n, err := tx.run(ctx, "close account", closeAccount, id, closed, at(now))
	return n > 0, err
}

// DropGrant takes a role, and reports whether it was held.
func (tx *Tx) DropGrant(ctx context.Context, id booking.StaffID, g booking.Grant) (bool, error) {
	n, err := tx.run(ctx, "drop role", dropGrant, id, g.Role, string(g.Ward)+string(g.Site))
	return n > 0, err
}

// SetStaffCode replaces a password, by a hash that none has, and by a code with
// which its owner chooses another. Their logins end.
func (tx *Tx) SetStaffCode(ctx context.Context, id booking.StaffID, none, codeHash string, now, expires time.Time) error {
	return tx.save(ctx, "set code of staff", setCode, id, none, codeHash, at(expires), at(now))
}

// StaffCode returns who may choose a password with a code, and the hash of it; or
// ErrAccountCode.
func (tx *Tx) StaffCode(ctx context.Context, email string, now time.Time) (Staff, string, error) {
	var hash string
	s, err := one(ctx, tx, "code of staff", booking.ErrAccountCode, func(row scanner) (s Staff, err error) {
		err = row.Scan(&s.ID, &s.Name, &hash)
		return s, err
	}, codeOf, email, at(now))
	s.Email = email
	return s, hash, err
}

// SetPassword sets a password, and spends the code. ErrStale when the code has been
// spent.
func (tx *Tx) SetPassword(ctx context.Context, id booking.StaffID, hash, codeHash string) error {
	n, err := tx.run(ctx, "set password", setPassword, id, hash, codeHash)
	if err == nil && n == 0 {
		return booking.ErrStale
	}
	return err
}

// StaffSeen notes that somebody has signed in.
func (tx *Tx) StaffSeen(ctx context.Context, id booking.StaffID, now time.Time) error {
	return tx.save(ctx, "staff seen", staffSeen, id, at(now))
}

package store

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// A ProviderSession is one sign-in through an OpenID Connect provider.
type ProviderSession struct {
	ID              string
	Issuer, Subject string
	SID             string // what the provider calls it; empty if it does not say
	Staff           booking.StaffID
	Expires         time.Time
}

const (
	staffByIdentity = `SELECT staff_id FROM staff_identities WHERE issuer = $1 AND subject = $2`
	link            = `INSERT INTO staff_identities (issuer, subject, staff_id, linked_at) VALUES ($1, $2, $3, $4) ON CONFLICT (issuer, subject) DO NOTHING`
	passwordOf      = `SELECT id, password_hash FROM staff WHERE email = $1`
)

// StaffByIdentity is who a provider's subject works here as, or ErrNotLinked.
func (tx *Tx) StaffByIdentity(ctx context.Context, issuer, subject string) (booking.StaffID, error) {
	return one(ctx, tx, "staff by identity", booking.ErrNotLinked, scalar[booking.StaffID], staffByIdentity, issuer, subject)
}

// Link has a provider's subject work here as somebody. ErrAgain when somebody was
// first.
func (tx *Tx) Link(ctx context.Context, issuer, subject string, id booking.StaffID, now time.Time) error {
	n, err := tx.run(ctx, "link an identity", link, issuer, subject, id, at(now))
	if err == nil && n == 0 {
		return ErrAgain
	}
	return err
}

// PasswordOf is the account with an address, open or closed, and the hash of its
// password; or ErrNoSuchAccount.
func (tx *Tx) PasswordOf(ctx context.Context, email string) (booking.StaffID, string, error) {
	s, err := one(ctx, tx, "password of staff", booking.ErrNoSuchAccount, func(row scanner) (s Staff, err error) {
		err = row.Scan(&s.ID, &s.Hash)
		return s, err
	}, passwordOf, email)
	return s.ID, s.Hash, err
}

const (
	claimedGrants = grantColumns + ` WHERE staff_id = $1 AND claimed ORDER BY role, place`
	claimGrant    = `UPDATE staff_roles SET claimed = $4 WHERE staff_id = $1 AND role = $2 AND place = $3`
)

// ClaimedGrants are the roles that somebody holds because a provider says so.
func (tx *Tx) ClaimedGrants(ctx context.Context, id booking.StaffID) ([]booking.Grant, error) {
	held, err := all(ctx, tx, "claimed roles", readGrant, claimedGrants, id)
	var grants []booking.Grant
	for _, g := range held {
		grants = append(grants, g.Grant)
	}
	return grants, err
}

// AddClaimed gives a role that is not held, because a provider says so.
func (tx *Tx) AddClaimed(ctx context.Context, id booking.StaffID, g booking.Grant) error {
	if err := tx.AddGrant(ctx, id, g); err != nil {
		return err
	}
	return tx.save(ctx, "claim a role", claimGrant, id, g.Role, string(g.Ward)+string(g.Site), true)
}

const (
	addProviderSession = `INSERT INTO provider_sessions (id, issuer, subject, sid, staff_id, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`
	hasSession         = `SELECT id FROM provider_sessions WHERE id = $1 AND expires_at > $2`
	dropOne            = `DELETE FROM provider_sessions WHERE id = $1`
	// A provider that names a session means that one, and otherwise all of somebody's.
	dropSessions = `
DELETE FROM provider_sessions
WHERE issuer = $1 AND (subject = $2 OR $2 = '') AND (sid = $3 OR $3 = '')
RETURNING staff_id`
	spendLogout    = `INSERT INTO logout_tokens (issuer, jti, expires_at) VALUES ($1, $2, $3) ON CONFLICT (issuer, jti) DO NOTHING`
	forgetSessions = `DELETE FROM provider_sessions WHERE expires_at <= $1`
	forgetLogouts  = `DELETE FROM logout_tokens WHERE expires_at <= $1`
)

// AddProviderSession keeps a sign-in through a provider.
func (tx *Tx) AddProviderSession(ctx context.Context, s ProviderSession) error {
	return tx.save(ctx, "add a session", addProviderSession, s.ID, s.Issuer, s.Subject, s.SID, s.Staff, at(s.Expires))
}

// SessionStands returns nil, or ErrSignInNeeded once it was ended.
func (tx *Tx) SessionStands(ctx context.Context, id string, now time.Time) error {
	_, err := one(ctx, tx, "session", booking.ErrSignInNeeded, scalar[string], hasSession, id, at(now))
	return err
}

// DropSession ends one. There need not be one.
func (tx *Tx) DropSession(ctx context.Context, id string) error {
	_, err := tx.run(ctx, "drop a session", dropOne, id)
	return err
}

// DropSessions ends those that a provider means, and returns whose they were.
func (tx *Tx) DropSessions(ctx context.Context, issuer, subject, sid string) ([]booking.StaffID, error) {
	return all(ctx, tx, "drop sessions", scalar[booking.StaffID], dropSessions, issuer, subject, sid)
}

// SpendLogout notes what a provider has told us, and reports whether it is new.
func (tx *Tx) SpendLogout(ctx context.Context, issuer, jti string, expires time.Time) (bool, error) {
	n, err := tx.run(ctx, "spend a logout token", spendLogout, issuer, jti, at(expires))
	return n > 0, err
}

func (tx *Tx) forgetProvider(ctx context.Context, before time.Time) error {
	if _, err := tx.run(ctx, "forget sessions", forgetSessions, at(before)); err != nil {
		return err
	}
	_, err := tx.run(ctx, "forget logout tokens", forgetLogouts, at(before))
	return err
}

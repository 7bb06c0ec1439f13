package store

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const addInvite = `
INSERT INTO invites (id, token_hash, patient_id, visitor_id, interpreter_id, expires_at)
VALUES ($1, $2, $3, $4, $5, $6)`

// AddInvite saves a new link by the hash of its token.
func (tx *Tx) AddInvite(ctx context.Context, i booking.Invite, tokenHash string) error {
	return tx.save(ctx, "add invite", addInvite, i.ID, tokenHash, orNull(i.Patient), orNull(i.Visitor),
		orNull(i.Interpreter), at(i.Expires))
}

const inviteByToken = `
SELECT id, patient_id, visitor_id, interpreter_id, expires_at, revoked_at,
       code_hash, code_sent_at, code_expires_at, code_tries, codes_this_day, codes_since
FROM   invites WHERE token_hash = $1`

// Invite returns the link whose token has this hash, or ErrNoSuchInvite.
func (tx *Tx) Invite(ctx context.Context, tokenHash string) (booking.Invite, error) {
	return one(ctx, tx, "invite", booking.ErrNoSuchInvite, func(row scanner) (i booking.Invite, err error) {
		var expires, revoked, sent, codeExpires, since stamp
		err = row.Scan(&i.ID, into(&i.Patient), into(&i.Visitor), into(&i.Interpreter), &expires, &revoked,
			&i.CodeHash, &sent, &codeExpires, &i.CodeTries, &i.CodesThisDay, &since)
		i.Expires, i.RevokedAt = expires.Time, revoked.Time
		i.CodeSentAt, i.CodeExpires, i.CodesSince = sent.Time, codeExpires.Time, since.Time
		return i, err
	}, inviteByToken, tokenHash)
}

const (
	lockInvite = `UPDATE invites SET code_tries = code_tries WHERE token_hash = $1`

	saveInviteCode = `
UPDATE invites
SET    code_hash = $2, code_sent_at = $3, code_expires_at = $4, code_tries = $5, codes_this_day = $6, codes_since = $7
WHERE  id = $1`
)

// InviteForTry returns a link like Invite, and lets nobody else try at it until
// this transaction is over, so that many guesses at once count as many.
func (tx *Tx) InviteForTry(ctx context.Context, tokenHash string) (booking.Invite, error) {
	if _, err := tx.run(ctx, "lock invite", lockInvite, tokenHash); err != nil {
		return booking.Invite{}, err
	}
	return tx.Invite(ctx, tokenHash)
}

// SaveInviteCode saves what has become of a link's code.
func (tx *Tx) SaveInviteCode(ctx context.Context, i booking.Invite) error {
	return tx.save(ctx, "save invite code", saveInviteCode, i.ID, i.CodeHash, at(i.CodeSentAt), at(i.CodeExpires),
		i.CodeTries, i.CodesThisDay, at(i.CodesSince))
}

const revokeInvites = `
UPDATE invites SET revoked_at = $3, code_hash = '' WHERE patient_id = $1 AND visitor_id = $2 AND revoked_at IS NULL`

// RevokeInvites makes every link of a visitor to a patient worthless.
func (tx *Tx) RevokeInvites(ctx context.Context, patient booking.PatientID, visitor booking.VisitorID, now time.Time) (int64, error) {
	return tx.run(ctx, "revoke invites", revokeInvites, patient, visitor, at(now))
}

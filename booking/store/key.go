package store

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// An Answer is what came of an act that was asked for under a key.
type Answer struct {
	Key   string // of the asker's own choosing
	Act   string // what was done
	Asked string // the hash of everything that was asked
	ID    string // of what it made
}

const (
	claimKey = `
INSERT INTO act_keys (actor_kind, actor_id, key, act, body_hash, answer, at) VALUES ($1, $2, $3, $4, $5, '', $6)
ON CONFLICT (actor_kind, actor_id, key) DO NOTHING`

	answerTo = `
SELECT key, act, body_hash, answer FROM act_keys WHERE actor_kind = $1 AND actor_id = $2 AND key = $3`

	setAnswer = `UPDATE act_keys SET answer = $4 WHERE actor_kind = $1 AND actor_id = $2 AND key = $3`
)

// ClaimKey takes a key for an actor's act, whose answer is to be set in the same
// transaction. It reports false, with the earlier act, if the key has been used.
// Who claims a key that somebody is using waits until they are done, so it is
// claimed before anything is touched.
func (tx *Tx) ClaimKey(ctx context.Context, by booking.Actor, a Answer, now time.Time) (earlier Answer, claimed bool, err error) {
	n, err := tx.run(ctx, "claim a key", claimKey, by.Kind, by.ID, a.Key, a.Act, a.Asked, at(now))
	if err != nil || n == 1 {
		return a, n == 1, err
	}
	earlier, err = one(ctx, tx, "answer to a key", ErrAgain, func(row scanner) (a Answer, err error) {
		err = row.Scan(&a.Key, &a.Act, &a.Asked, &a.ID)
		return a, err
	}, answerTo, by.Kind, by.ID, a.Key)
	return earlier, false, err
}

// SetAnswer saves what has come of the act that claimed a key.
func (tx *Tx) SetAnswer(ctx context.Context, by booking.Actor, a Answer) error {
	return tx.save(ctx, "set the answer to a key", setAnswer, by.Kind, by.ID, a.Key, a.ID)
}

const forgetAnswers = `DELETE FROM act_keys WHERE at <= $1`

// ForgetAnswers lets go of the keys of acts up to an instant.
func (tx *Tx) ForgetAnswers(ctx context.Context, before time.Time) error {
	_, err := tx.run(ctx, "forget keys", forgetAnswers, at(before))
	return err
}

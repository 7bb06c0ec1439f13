package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"time"
)

// Logins keeps signed-in spells, for the scs session manager: it is an
// scs.CtxStore. A token is kept only as its hash, so that the table is of no use
// to whoever reads it.
type Logins struct {
	store *Store
	now   func() time.Time
}

// Logins returns the logins of s, which run out by the clock now.
func (s *Store) Logins(now func() time.Time) *Logins { return &Logins{s, now} }

const (
	findLogin   = `SELECT data FROM logins WHERE token_hash = $1 AND expires_at > $2`
	commitLogin = `
INSERT INTO logins (token_hash, data, expires_at) VALUES ($1, $2, $3)
ON CONFLICT (token_hash) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at`
	deleteLogin  = `DELETE FROM logins WHERE token_hash = $1`
	forgetLogins = `DELETE FROM logins WHERE expires_at <= $1`
)

// FindCtx returns what a login holds, and whether there is one.
func (l *Logins) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	err = l.store.read.QueryRowContext(ctx, findLogin, tokenHash(token), at(l.now())).Scan(&data)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, false, nil
	case err != nil:
		return nil, false, fmt.Errorf("store: find login: %w", err)
	}
	return data, true, nil
}

// CommitCtx saves what a login holds and until when.
func (l *Logins) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	return l.store.Do(ctx, func(tx *Tx) error {
		return tx.save(ctx, "save login", commitLogin, tokenHash(token), data, at(expiry))
	})
}

// DeleteCtx ends a login. There need not be one.
func (l *Logins) DeleteCtx(ctx context.Context, token string) error {
	return l.store.Do(ctx, func(tx *Tx) error {
		_, err := tx.run(ctx, "delete login", deleteLogin, tokenHash(token))
		return err
	})
}

// Find is FindCtx without a context, as scs asks for.
func (l *Logins) Find(token string) ([]byte, bool, error) {
	return l.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context, as scs asks for.
func (l *Logins) Commit(token string, data []byte, expiry time.Time) error {
	return l.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx without a context, as scs asks for.
func (l *Logins) Delete(token string) error { return l.DeleteCtx(context.Background(), token) }

func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

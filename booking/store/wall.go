package store

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const (
	wallColumns = `w.id, w.ward_id, w.name, w.added_at, w.added_by, w.key_hash, w.last_seen`

	addWall = `
INSERT INTO wall_screens (id, ward_id, name, added_at, added_by, code_hash, code_expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	wardWalls = `SELECT ` + wallColumns + ` FROM wall_screens AS w WHERE w.ward_id = $1 ORDER BY w.name, w.id`
	wallByID  = `SELECT ` + wallColumns + ` FROM wall_screens AS w WHERE w.id = $1`
	wallByKey = `SELECT ` + wallColumns + ` FROM wall_screens AS w WHERE w.key_hash = $1`
	pairWall  = `
UPDATE wall_screens SET key_hash = $2, code_hash = NULL, code_expires_at = NULL WHERE code_hash = $1 AND code_expires_at > $3
RETURNING id`
	seenWall   = `UPDATE wall_screens SET last_seen = $2 WHERE id = $1`
	deleteWall = `DELETE FROM wall_screens WHERE id = $1`
)

func scanWall(row scanner) (w booking.WallScreen, err error) {
	var key string
	var added, seen stamp
	err = row.Scan(&w.ID, &w.Ward, &w.Name, &added, &w.AddedBy, into(&key), &seen)
	w.AddedAt, w.LastSeen, w.Paired = added.Time, seen.Time, key != ""
	return w, err
}

// AddWall saves a new wall screen, with the hash of the code that pairs it.
func (tx *Tx) AddWall(ctx context.Context, w booking.WallScreen, codeHash string, expires time.Time) error {
	return tx.save(ctx, "add a wall screen", addWall, w.ID, w.Ward, w.Name, at(w.AddedAt), w.AddedBy, codeHash, at(expires))
}

// WallScreens are those of a ward.
func (tx *Tx) WallScreens(ctx context.Context, ward booking.WardID) ([]booking.WallScreen, error) {
	return all(ctx, tx, "wall screens", scanWall, wardWalls, ward)
}

// Wall returns a wall screen, or ErrNoSuchWall.
func (tx *Tx) Wall(ctx context.Context, id booking.WallID) (booking.WallScreen, error) {
	return one(ctx, tx, "wall screen", booking.ErrNoSuchWall, scanWall, wallByID, id)
}

// WallByKey returns the wall screen whose key has this hash, or ErrNoSuchWall.
func (tx *Tx) WallByKey(ctx context.Context, hash string) (booking.WallScreen, error) {
	return one(ctx, tx, "wall screen by key", booking.ErrNoSuchWall, scanWall, wallByKey, hash)
}

// PairWall spends the code of this hash and gives its screen a key; ErrPairingCode
// when there is no such code, or no longer.
func (tx *Tx) PairWall(ctx context.Context, codeHash, keyHash string, now time.Time) (booking.WallID, error) {
	return one(ctx, tx, "pair a wall screen", booking.ErrPairingCode, scalar[booking.WallID], pairWall, codeHash, keyHash, at(now))
}

// SeenWall says that a wall screen has been heard from.
func (tx *Tx) SeenWall(ctx context.Context, id booking.WallID, now time.Time) error {
	return tx.save(ctx, "see a wall screen", seenWall, id, at(now))
}

// DeleteWall makes a wall screen one no longer.
func (tx *Tx) DeleteWall(ctx context.Context, id booking.WallID) error {
	return tx.save(ctx, "remove a wall screen", deleteWall, id)
}

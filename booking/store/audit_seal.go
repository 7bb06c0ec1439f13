package store

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// A Sealer seals what acts have written to the audit, in batches. There may be one
// in every program on a database: of two that seal the same, one finds that the
// other was faster. A Sealer belongs to one goroutine.
type Sealer struct {
	store *Store
	key   []byte
	begun bool
	floor int64  // what is numbered above it is looked for each time
	marks []mark // what has been sealed lately
	walk  int64  // how far the walk through what is older has come
}

// A mark is the highest number that was sealed by an instant.
type mark struct {
	at  time.Time
	seq int64
}

const (
	// sealAtOnce is how many events are sealed in one transaction: so few that
	// nobody's act on SQLite waits for more than some milliseconds.
	sealAtOnce = 256
	// sealLate is how long an act may take to commit, and its events still be found
	// at once. What takes longer is found by the walk.
	sealLate = time.Minute
	// sealBehind is how far below the last sealed number a sealer that has just
	// begun looks at once.
	sealBehind = 10000
	// walkStep is how many numbers the walk looks at each time.
	walkStep = 2000
)

// NewSealer returns a sealer. key, of any length or none, is kept outside the
// database.
func (s *Store) NewSealer(key []byte) *Sealer { return &Sealer{store: s, key: key} }

// A Sealing is what one batch came to.
type Sealing struct {
	Count int
	More  bool // there may be
	Head  booking.Head
}

const (
	unsealed = `
SELECT e.seq, e.at, e.actor_kind, e.actor_id, e.action, e.subject, e.ward_id, e.reason
FROM   audit_events AS e
WHERE  e.seq > $1 AND e.seq <= $2 AND NOT EXISTS (SELECT 1 FROM audit_seals AS s WHERE s.seq = e.seq)
ORDER BY e.seq LIMIT $3`
	sealHead   = `SELECT place, hash FROM audit_seals ORDER BY place DESC LIMIT 1`
	highSealed = `SELECT COALESCE(max(seq), 0) FROM audit_seals`
	addSeals   = `INSERT INTO audit_seals (place, seq, sealed_at, hash, mac) VALUES`
)

// Seal seals one batch of what is not sealed yet, in the order of its numbers.
//
// Numbers are given out before their acts commit, so on PostgreSQL one may appear
// below others that are sealed already. What is numbered near the end is therefore
// looked through each time, for as long as any act could take; and for what took
// longer still there is a walk, some steps each time, round and round through all the
// rest. So nothing is left out for good, and each look costs the same however long
// the audit is.
func (z *Sealer) Seal(ctx context.Context, now time.Time) (Sealing, error) {
	var found []booking.Recorded
	var seen booking.Head
	err := z.store.View(ctx, func(tx *Tx) (err error) {
		if seen, err = tx.SealHead(ctx); err != nil {
			return err
		}
		if err = z.begin(ctx, tx); err != nil {
			return err
		}
		found, err = z.look(ctx, tx)
		return err
	})
	if err != nil || len(found) == 0 {
		z.remember(now, nil)
		return Sealing{Head: seen}, err
	}
	sealed := Sealing{Head: seen, More: true}
	seals := chain(seen, found, now, z.key)
	err = z.store.Do(ctx, func(tx *Tx) error {
		head, err := tx.SealHead(ctx)
		if err != nil {
			return err
		}
		if head != seen {
			sealed.Head = head
			return errFaster
		}
		return tx.addSeals(ctx, seals)
	})
	if errors.Is(err, errFaster) {
		return sealed, nil
	}
	if err != nil {
		return Sealing{}, err
	}
	last := seals[len(seals)-1]
	z.remember(now, seals)
	return Sealing{Count: len(seals), More: len(found) == sealAtOnce, Head: booking.Head{Place: last.Place, Hash: last.Hash}}, nil
}

// errFaster says that another sealer has sealed meanwhile.
var errFaster = errors.New("store: sealed by somebody else")

// SealHead is the end of the chain; the zero Head when nothing is sealed.
func (tx *Tx) SealHead(ctx context.Context) (booking.Head, error) {
	return one(ctx, tx, "head of the audit", nil, func(row scanner) (h booking.Head, err error) {
		err = row.Scan(&h.Place, &h.Hash)
		return h, err
	}, sealHead)
}

func (z *Sealer) begin(ctx context.Context, tx *Tx) error {
	if z.begun {
		return nil
	}
	high, err := one(ctx, tx, "last sealed", nil, scalar[int64], highSealed)
	z.floor, z.begun = max(0, high-sealBehind), err == nil
	return err
}

// look finds the next to be sealed: near the end, then where the walk is.
func (z *Sealer) look(ctx context.Context, tx *Tx) ([]booking.Recorded, error) {
	found, err := tx.unsealed(ctx, z.floor, math.MaxInt64, sealAtOnce)
	if err != nil || len(found) == sealAtOnce || z.floor == 0 {
		return found, err
	}
	to := min(z.walk+walkStep, z.floor)
	old, err := tx.unsealed(ctx, z.walk, to, sealAtOnce-len(found))
	switch {
	case len(old) > 0: // this part may hold more
	case to >= z.floor:
		z.walk = 0
	default:
		z.walk = to
	}
	return append(old, found...), err
}

// remember raises the floor to what was sealed some time ago.
func (z *Sealer) remember(now time.Time, seals []booking.Seal) {
	for _, s := range seals {
		if n := len(z.marks); n > 0 && now.Sub(z.marks[n-1].at) < sealLate/8 {
			z.marks[n-1].seq = max(z.marks[n-1].seq, s.Seq)
			continue
		}
		z.marks = append(z.marks, mark{now, s.Seq})
	}
	for len(z.marks) > 0 && now.Sub(z.marks[0].at) > sealLate+sealLate/8 {
		z.floor = max(z.floor, z.marks[0].seq)
		z.marks = z.marks[1:]
	}
}

// chain seals entries one after another.
func chain(head booking.Head, entries []booking.Recorded, now time.Time, key []byte) []booking.Seal {
	now = now.UTC().Truncate(time.Microsecond)
	if head.Place == 0 {
		head.Hash = booking.ChainStart
	}
	seals := make([]booking.Seal, 0, len(entries))
	for _, e := range entries {
		head = booking.Head{Place: head.Place + 1, Hash: booking.SealHash(head.Hash, head.Place+1, now, e)}
		seals = append(seals, booking.Seal{Place: head.Place, Seq: e.Seq, At: now, Hash: head.Hash})
	}
	if len(key) > 0 && len(seals) > 0 {
		seals[len(seals)-1].MAC = booking.SealMAC(key, head.Place, head.Hash)
	}
	return seals
}

func (tx *Tx) addSeals(ctx context.Context, seals []booking.Seal) error {
	rows := make([][]any, 0, len(seals))
	for _, s := range seals {
		rows = append(rows, []any{s.Place, s.Seq, at(s.At), s.Hash, orNull(s.MAC)})
	}
	return tx.saveAll(ctx, "seal the audit", addSeals, "", rows)
}

func (tx *Tx) unsealed(ctx context.Context, above, to int64, most int) ([]booking.Recorded, error) {
	return all(ctx, tx, "unsealed events", scanRecorded, unsealed, above, to, most)
}

func scanRecorded(row scanner) (e booking.Recorded, err error) {
	var when stamp
	err = row.Scan(&e.Seq, &when, &e.By.Kind, &e.By.ID, &e.Action, &e.Subject, into(&e.Ward), &e.Reason)
	e.At = when.Time
	return e, err
}

const countUnsealed = `
SELECT count(*), min(e.at) FROM audit_events AS e
WHERE  e.seq > $1 AND NOT EXISTS (SELECT 1 FROM audit_seals AS s WHERE s.seq = e.seq)`

// Unsealed is how many of the last events are not sealed, and when the earliest of
// them was written.
func (tx *Tx) Unsealed(ctx context.Context) (n int, since time.Time, err error) {
	high, err := one(ctx, tx, "last sealed", nil, scalar[int64], highSealed)
	if err != nil {
		return 0, time.Time{}, err
	}
	_, err = one(ctx, tx, "unsealed events", nil, func(row scanner) (none struct{}, err error) {
		var first stamp
		err = row.Scan(&n, &first)
		since = first.Time
		return none, err
	}, countUnsealed, high-sealBehind)
	return n, since, err
}

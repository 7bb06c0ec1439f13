package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// A Store is a database of visits. It may be used by many goroutines at once.
type Store struct {
	write, read *sql.DB
	engine      *engine
	bell        bell

	mu       sync.Mutex // guards what follows
	zones    map[string]*time.Location
	policies map[policyKey]booking.Policy
}

// An Option changes how a database is opened.
type Option func(*opening)

type opening struct{ mayLose bool }

// MayLose opens also a PostgreSQL server that may lose in a power cut what it has
// acknowledged: for tests, and for a hospital that is invented. Nothing that serves
// people asks for it.
func MayLose(o *opening) { o.mayLose = true }

// Open opens the database at url, "sqlite:PATH" or "postgres://…", whose shape
// must be up to date (see migrations). One that does not keep what it acknowledges
// is refused.
func Open(ctx context.Context, url string, options ...Option) (*Store, error) {
	write, read, e, err := openHandles(ctx, url, options...)
	if err != nil {
		return nil, err
	}
	return &Store{write: write, read: read, engine: e, zones: map[string]*time.Location{}, policies: map[policyKey]booking.Policy{}}, nil
}

// Close closes the database, after the transactions under way.
func (s *Store) Close() error {
	err := s.write.Close()
	if s.read != s.write {
		err = errors.Join(err, s.read.Close())
	}
	return err
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.read.PingContext(ctx) }

// A Tx is one transaction. Its methods are the only way to the tables.
type Tx struct {
	tx      asker
	store   *Store
	wards   map[booking.WardID]booking.Ward // read by this transaction; of their policies, the version
	decides bool                            // it makes a policy
	serial  map[booking.WardID]struct{}     // wards whose serial grows at the commit
	grown   map[booking.WardID]struct{}     // wards whose serial has grown
	again   bool                            // an earlier run of the act lost a race
	seen    map[booking.DeviceID]seen       // devices looked at by this transaction; see touchDevice

	touched map[Resource]struct{} // by this transaction; see inTurn
	last    Resource              // of those, in the order of turns
	missed  []Resource            // that somebody else had, out of turn
	lost    error                 // a race, by which the act is to be run again whatever it makes of it
}

// ErrAgain says that somebody else was a moment faster: the act is to be run
// again, and will then see what they did.
var ErrAgain = errors.New("store: raced; run again")

// attempts bounds how often Do runs fn. Each loss means that somebody else won
// something, so losing this often in a row takes a crowd at one slot.
const attempts = 12

// Do runs fn in one transaction and commits it if fn returns nil or an error
// made by Keep.
//
// A write may lose a race for a resource or a name, or an act meet out of turn
// what somebody else has. Do runs fn again then, which is why fn must change
// nothing but what it reaches through tx, and must not send, publish or wait.
func (s *Store) Do(ctx context.Context, fn func(tx *Tx) error) error {
	var err error
	var needed []Resource
	for tries := 0; tries < attempts; tries++ {
		var more []Resource
		if more, err = s.once(ctx, needed, err != nil, fn); !errors.Is(err, ErrAgain) && !s.engine.raced(err) {
			return err
		}
		if len(more) > len(needed) {
			needed = more
			tries-- // it knows more than before, so this was no loss
		}
	}
	var refused *booking.Refusal
	if errors.As(err, &refused) {
		return refused
	}
	return fmt.Errorf("store: gave up after %d attempts: %w", attempts, err)
}

// once runs fn in one transaction that begins by touching what it will need, and
// says what it turned out to need besides. again says that it is not the first run.
func (s *Store) once(ctx context.Context, needed []Resource, again bool, fn func(tx *Tx) error) (more []Resource, err error) {
	inner, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("store: begin: %w", err)
	}
	defer inner.Rollback() // does nothing after a commit
	tx := &Tx{tx: inner, store: s, serial: map[booking.WardID]struct{}{}, again: again}
	if err := tx.begin(ctx, needed); err != nil {
		return nil, err
	}
	var keep *kept
	err = fn(tx)
	if tx.lost != nil {
		return tx.needs(), tx.lost
	}
	if err != nil && !errors.As(err, &keep) {
		return tx.needs(), err
	}
	if err := tx.growSerials(ctx); err != nil {
		return tx.needs(), err
	}
	if err := inner.Commit(); err != nil {
		return nil, fmt.Errorf("store: commit: %w", err)
	}
	s.bell.ring(tx.grown)
	if keep != nil {
		return nil, keep.err
	}
	return nil, nil
}

// An asker is what statements are put to: a transaction, or for Look no more than a
// connection.
type asker interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Look runs fn, which asks one thing, without a transaction around it: what is one
// statement sees one picture of the data by itself.
func (s *Store) Look(fn func(tx *Tx) error) error { return fn(&Tx{tx: s.read, store: s}) }

// Again reports whether the act has lost a race already and is run again. What is
// rarely in the way of an act is looked for only then.
func (tx *Tx) Again() bool { return tx.again }

// View runs fn in a transaction that only reads, and sees one picture of the
// data however long it takes.
func (s *Store) View(ctx context.Context, fn func(tx *Tx) error) error {
	inner, err := s.read.BeginTx(ctx, s.engine.viewOptions())
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	defer inner.Rollback()
	return fn(&Tx{tx: inner, store: s})
}

type kept struct{ err error }

func (k *kept) Error() string { return k.err.Error() }
func (k *kept) Unwrap() error { return k.err }

// Keep returns err for a function given to Do to return when what it has written
// is to stay although it refuses: a wrong try at a code counts.
func Keep(err error) error { return &kept{err} }

// ---- how the methods of Tx speak to the database ----

// run runs a statement and returns how many rows it touched.
func (tx *Tx) run(ctx context.Context, what, query string, args ...any) (int64, error) {
	res, err := tx.tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("store: %s: %w", what, tx.store.engine.refusal(err))
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("store: %s: %w", what, err)
	}
	return n, nil
}

// save runs a statement that must touch a row.
func (tx *Tx) save(ctx context.Context, what, query string, args ...any) error {
	n, err := tx.run(ctx, what, query, args...)
	if err == nil && n == 0 {
		err = fmt.Errorf("store: %s: no such row", what)
	}
	return err
}

// saveAll adds rows to a table by an INSERT that ends before its VALUES, several
// rows to a statement. end follows them.
func (tx *Tx) saveAll(ctx context.Context, what, insert, end string, rows [][]any) error {
	for len(rows) > 0 {
		n := rowsAtOnce(len(rows))
		if _, err := tx.run(ctx, what, insert+placesFor(n, len(rows[0]))+end, slices.Concat(rows[:n]...)...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// insertInto is a statement that adds one row, as far as before its values.
func insertInto(one string) string {
	before, _, _ := strings.Cut(one, "VALUES")
	return before + "VALUES"
}

// rowsAtOnce is how many of so many rows to add by one statement: as many as an
// act adds, or a power of two, so that there are few statements to keep prepared.
func rowsAtOnce(rows int) int {
	const few, most = 8, 16 // with more, naming the parameters takes longer than the rows
	if rows <= few {
		return rows
	}
	return min(most, 1<<(bits.Len(uint(rows))-1))
}

// placesFor writes the places of rows of so many columns: ($1, $2), ($3, $4).
func placesFor(rows, columns int) string {
	var b strings.Builder
	for n := range rows * columns {
		switch {
		case n == 0:
			b.WriteString(" (")
		case n%columns == 0:
			b.WriteString("), (")
		default:
			b.WriteString(", ")
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n + 1))
	}
	b.WriteByte(')')
	return b.String()
}

// A scanner is a row to read.
type scanner interface{ Scan(dest ...any) error }

// one reads one row, or returns none when there is none.
func one[T any](ctx context.Context, tx *Tx, what string, none error, scan func(scanner) (T, error), query string, args ...any) (T, error) {
	v, err := scan(tx.tx.QueryRowContext(ctx, query, args...))
	switch {
	case err == nil:
		return v, nil
	case tx.store.engine.nothing(err):
		return v, none
	}
	return v, fmt.Errorf("store: %s: %w", what, tx.store.engine.refusal(err))
}

// all reads every row.
func all[T any](ctx context.Context, tx *Tx, what string, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := tx.tx.QueryContext(ctx, query, args...)
	if tx.store.engine.nothing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store: %s: %w", what, err)
	}
	defer rows.Close()
	var found []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("store: %s: %w", what, err)
		}
		found = append(found, v)
	}
	if err := rows.Err(); err != nil && !tx.store.engine.nothing(err) {
		return nil, fmt.Errorf("store: %s: %w", what, err)
	}
	return found, nil
}

// scalar reads rows of one column.
func scalar[T any](row scanner) (v T, err error) {
	err = row.Scan(&v)
	return v, err
}

// zone returns a time zone by its name.
func (s *Store) zone(name string) (*time.Location, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if z, ok := s.zones[name]; ok {
		return z, nil
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("store: time zone: %w", err)
	}
	s.zones[name] = z
	return z, nil
}

const growSerial = `UPDATE wards SET serial = serial + 1 WHERE id = $1`

// growSerials makes the boards of the wards that this transaction changed look
// again. It comes last and in order, since acts that share a ward meet here.
func (tx *Tx) growSerials(ctx context.Context) error {
	for _, id := range slices.Sorted(maps.Keys(tx.serial)) {
		if err := tx.inTurn(ctx, Resource{wardRow, string(id)}); err != nil {
			return err
		}
		if err := tx.save(ctx, "grow serial", growSerial, id); err != nil {
			return err
		}
		tx.grew(id)
	}
	return nil
}

// grew remembers that a ward's serial has grown.
func (tx *Tx) grew(ward booking.WardID) {
	if tx.grown == nil {
		tx.grown = map[booking.WardID]struct{}{}
	}
	tx.grown[ward] = struct{}{}
}

const wardSerial = `SELECT serial FROM wards WHERE id = $1`

// Serial returns a number that grows whenever something that a ward's boards and
// iPads show has changed.
func (tx *Tx) Serial(ctx context.Context, ward booking.WardID) (int64, error) {
	return one(ctx, tx, "serial", booking.ErrNoSuchWard, scalar[int64], wardSerial, ward)
}

// Changed makes the boards of a ward look again once the transaction commits.
func (tx *Tx) Changed(ward booking.WardID) { tx.serial[ward] = struct{}{} }

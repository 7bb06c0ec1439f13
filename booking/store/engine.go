package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"modernc.org/sqlite"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/migrations"
)

// This file is the only one that knows there are two engines.

// An engine is what differs between them beyond the handles.
type engine struct {
	name   migrations.Engine
	unique map[string]string // of SQLite: "table.column, table.column" -> the name of the index
}

// viewOptions asks for one unmoving picture of the data. SQLite's readers have
// nothing else.
func (e *engine) viewOptions() *sql.TxOptions {
	if e.name == migrations.SQLite {
		return nil
	}
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
}

// openHandles opens the database at url: a handle to write through and one to
// read through, which for PostgreSQL are the same.
func openHandles(ctx context.Context, url string, options ...Option) (write, read *sql.DB, e *engine, err error) {
	name, dsn, err := migrations.ParseURL(url)
	if err != nil {
		return nil, nil, nil, err
	}
	var how opening
	for _, o := range options {
		o(&how)
	}
	e = &engine{name: name}
	if name == migrations.PostgreSQL {
		write, err = openPostgres(dsn, how)
		read = write
	} else {
		write, read, err = openSQLite(dsn)
	}
	if err != nil {
		return nil, nil, nil, fmt.Errorf("store: open %s: %w", name, err)
	}
	if err = write.PingContext(ctx); err == nil && name == migrations.SQLite {
		e.unique, err = uniqueIndexes(ctx, read)
	}
	if err != nil {
		err = errors.Join(err, write.Close(), read.Close())
		return nil, nil, nil, fmt.Errorf("store: open %s: %w", name, err)
	}
	return write, read, e, nil
}

func openPostgres(dsn string, how opening) (*sql.DB, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	db := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		return settle(ctx, conn, how)
	}))
	db.SetMaxOpenConns(poolSize())
	db.SetMaxIdleConns(poolSize())
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db, nil
}

// poolSize is how many connections we keep to PostgreSQL: a few for each of our
// processors, since more only wait for each other there, and each must plan every
// statement once; and at most a quarter of its usual hundred, so that three
// programs fit.
func poolSize() int { return min(max(8, 4*runtime.NumCPU()), 24) }

// settleSession asks for what a session may have: each statement is prepared once by
// each connection, and chooses its rows by an index whatever its arguments are, so
// planning it anew for them is in vain; and a commit is answered when it is on the
// disk. It says what it got, and what is the whole server's to say.
const settleSession = `
SELECT set_config('plan_cache_mode', 'force_generic_plan', false),
       CASE WHEN current_setting('synchronous_commit') <> 'off' OR $1 THEN current_setting('synchronous_commit')
            ELSE set_config('synchronous_commit', 'on', false) END,
       current_setting('fsync'), current_setting('full_page_writes')`

// settle makes a connection of PostgreSQL's one that keeps what it is given, since an
// acknowledged booking must outlive a power cut; or refuses it.
func settle(ctx context.Context, conn *pgx.Conn, how opening) error {
	var plan, commit, fsync, pages string
	if err := conn.QueryRow(ctx, settleSession, how.mayLose).Scan(&plan, &commit, &fsync, &pages); err != nil {
		return err
	}
	for _, said := range []struct{ setting, value string }{
		{"fsync", fsync}, {"full_page_writes", pages}, {"synchronous_commit", commit},
	} {
		if said.value == "off" && !how.mayLose {
			return fmt.Errorf("PostgreSQL has %s off, so a power cut could lose bookings that families were told of; set %s = on in postgresql.conf and reload it", said.setting, said.setting)
		}
	}
	return nil
}

// openSQLite opens one connection that writes and a few that only read. With
// several writers the unlucky one waits seconds; with one, nobody does. The writer
// keeps 32 MB of pages, which are the upper parts of every index of a year of
// visits, and each reader 4 MB.
func openSQLite(path string) (write, read *sql.DB, err error) {
	dsn := func(cache string, more url.Values) string {
		more["_pragma"] = []string{"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", cache}
		return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: more.Encode()}).String()
	}
	writer, err := sqlite.NewConnector(dsn("cache_size(-32000)", url.Values{"_txlock": {"immediate"}}))
	if err != nil {
		return nil, nil, err
	}
	reader, err := sqlite.NewConnector(dsn("cache_size(-4000)", url.Values{"_query_only": {"1"}}))
	if err != nil {
		return nil, nil, err
	}
	write, read = sql.OpenDB(checked{writer}), sql.OpenDB(checked{reader})
	write.SetMaxOpenConns(1)
	read.SetMaxOpenConns(8)
	read.SetMaxIdleConns(8)
	return write, read, nil
}

// checked is a connector whose every connection is asked whether it really keeps
// what it is given, since an acknowledged booking must outlive a power cut; and
// keeps what it has prepared.
type checked struct{ driver.Connector }

// Connect implements driver.Connector.
func (c checked) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"} {
		if err := askPragma(ctx, conn, pragma, want); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	return prepareOn(conn)
}

func askPragma(ctx context.Context, conn driver.Conn, pragma, want string) error {
	asker, ok := conn.(driver.QueryerContext)
	if !ok {
		return errors.New("store: the SQLite driver answers no questions")
	}
	rows, err := asker.QueryContext(ctx, "PRAGMA "+pragma, nil)
	if err != nil {
		return err
	}
	got := make([]driver.Value, 1)
	if err := errors.Join(rows.Next(got), rows.Close()); err != nil {
		return fmt.Errorf("store: ask SQLite for %s: %w", pragma, err)
	}
	if said := fmt.Sprint(got[0]); said != want {
		return fmt.Errorf("store: SQLite has %s %s, not %s", pragma, said, want)
	}
	return nil
}

// uniqueIndexes learns the names of SQLite's unique indexes, since it reports a
// broken one by its columns.
func uniqueIndexes(ctx context.Context, db *sql.DB) (map[string]string, error) {
	rows, err := db.QueryContext(ctx, `
SELECT t.name, i.name, c.name
FROM   sqlite_master AS t, pragma_index_list(t.name) AS i, pragma_index_info(i.name) AS c
WHERE  t.type = 'table' AND i."unique" = 1
ORDER BY i.name, c.seqno`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns := map[string][]string{}
	for rows.Next() {
		var table, index, column string
		if err := rows.Scan(&table, &index, &column); err != nil {
			return nil, err
		}
		columns[index] = append(columns[index], table+"."+column)
	}
	names := map[string]string{}
	for index, of := range columns {
		names[strings.Join(of, ", ")] = index
	}
	return names, rows.Err()
}

// SQLite's extended result codes, and PostgreSQL's states, that mean something
// here.
const (
	liteBusy       = 5
	liteConstraint = 19 // the low byte of every broken constraint
	pgSerialize    = "40001"
	pgLocked       = "55P03" // and not to be waited for
	pgDeadlock     = "40P01"
	pgIntegrity    = "23" // the class of every broken constraint
	pgBadText      = "22P02"
	pgBadEncoding  = "22021"
)

// raced reports whether the database asks for the transaction to be run again.
func (e *engine) raced(err error) bool {
	var pg *pgconn.PgError
	var lite *sqlite.Error
	switch {
	case errors.As(err, &pg):
		return pg.Code == pgSerialize || pg.Code == pgDeadlock || pg.Code == pgLocked
	case errors.As(err, &lite):
		return lite.Code()&0xff == liteBusy
	}
	return false
}

// lockNow takes the row of a resource without waiting for anybody who has it; what
// it returns then is raced. SQLite has one writer, who has everything.
func (e *engine) lockNow(ctx context.Context, tx asker, r Resource) error {
	query, known := map[Kind]string{
		settingRow:  `SELECT 1 FROM settings WHERE name = $1 FOR NO KEY UPDATE NOWAIT`,
		Patient:     `SELECT 1 FROM patients WHERE id = $1 FOR NO KEY UPDATE NOWAIT`,
		bedRow:      `SELECT 1 FROM beds WHERE id = $1 FOR NO KEY UPDATE NOWAIT`,
		Device:      `SELECT 1 FROM devices WHERE id = $1 FOR NO KEY UPDATE NOWAIT`,
		Interpreter: `SELECT 1 FROM interpreters WHERE id = $1 FOR NO KEY UPDATE NOWAIT`,
		visitRow:    `SELECT 1 FROM visits WHERE id = $1 FOR NO KEY UPDATE NOWAIT`,
		wardRow:     `SELECT 1 FROM wards WHERE id = $1 FOR NO KEY UPDATE NOWAIT`,
	}[r.Kind]
	if e.name != migrations.PostgreSQL || !known {
		return nil
	}
	_, err := tx.ExecContext(ctx, query, r.ID)
	return err
}

// finds nothing: an id that is no id, or a text that cannot be stored, is not in
// any table, whatever PostgreSQL would rather call it.
func (e *engine) nothing(err error) bool {
	var pg *pgconn.PgError
	return errors.Is(err, sql.ErrNoRows) || errors.As(err, &pg) && (pg.Code == pgBadText || pg.Code == pgBadEncoding)
}

// broken returns the name of the constraint that err says is broken, or "".
func (e *engine) broken(err error) string {
	var pg *pgconn.PgError
	var lite *sqlite.Error
	switch {
	case errors.As(err, &pg) && strings.HasPrefix(pg.Code, pgIntegrity):
		return pg.ConstraintName
	case errors.As(err, &lite) && lite.Code()&0xff == liteConstraint:
		return e.liteConstraint(lite.Error())
	}
	return ""
}

// liteConstraint reads "constraint failed: NAME (1811)", in which NAME may be
// preceded by what kind of constraint it is, or be the columns of an index.
func (e *engine) liteConstraint(message string) string {
	if i := strings.LastIndex(message, " ("); i >= 0 {
		message = message[:i]
	}
	if _, columns, ok := strings.Cut(message, "UNIQUE constraint failed: "); ok {
		return e.unique[columns]
	}
	if i := strings.LastIndex(message, ": "); i >= 0 {
		message = message[i+2:]
	}
	return message
}

// refusals are what broken constraints mean to the person asking. Those of
// reservations_no_overlap depend on what is taken; see Reserve.
var refusals = map[string]error{
	"visits_device_in_one":          booking.ErrDeviceBusy,
	"visits_life":                   booking.ErrStale,
	"interpreter_bookings_one_open": booking.ErrStale,
	"visits_reference":              ErrAgain,
	"visits_one_hold":               ErrAgain,
	"visit_feedback_one":            ErrAgain,
	"visitors_phone":                ErrAgain,
	"circle_members_person":         ErrAgain,
	"bars_one_standing":             ErrAgain,
	"pairings_code":                 ErrAgain,
	"flags_one_open":                ErrAgain,
	"movements_once":                ErrAgain,
	"tasks_one_open":                ErrAgain,
	"stays_one_place":               ErrAgain,
	"merges_once":                   booking.ErrMergedAlready,
	"interpreter_not_away":          booking.ErrNoInterpreter,
	"interpreter_away_free":         ErrAgain,
	"interpreter_rest":              booking.ErrNoInterpreter,
	"interpreter_not_closed":        booking.ErrNoInterpreter,
	"interpreters_phone":            booking.ErrPhoneTaken,
	"waitlist_entries_one":          booking.ErrWaitingAlready,
	"slot_offers_one_open":          ErrAgain,
	"requests_one_open":             booking.ErrRequestOpen,
	"visits_series_once":            booking.ErrStale,
	"ward_messages_version":         booking.ErrStale,
	"audit_seals_pkey":              ErrAgain,
	"audit_seals_seq":               ErrAgain,
	"staff_email":                   booking.ErrEmailTaken,
	"beds_closed_empty":             booking.ErrPlaceInUse,
	"stays_bed_open":                booking.ErrNoSuchBed,
}

// refusal turns what a driver says into what a rule says, where it can.
func (e *engine) refusal(err error) error {
	if r, ok := refusals[e.broken(err)]; ok {
		return r
	}
	return err
}

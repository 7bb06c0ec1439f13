package migrations

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// An Engine is a kind of database; the name of its folder of steps.
type Engine string

// The engines.
const (
	SQLite     Engine = "sqlite"
	PostgreSQL Engine = "postgres"
)

// ParseURL reads where a database is: "sqlite:PATH", or "postgres://…" as libpq
// knows it. It returns the engine, and the path or the URL to open.
func ParseURL(s string) (Engine, string, error) {
	scheme, rest, _ := strings.Cut(s, ":")
	switch {
	case scheme == "sqlite" && strings.TrimPrefix(rest, "//") != "":
		return SQLite, filepath.Clean(strings.TrimPrefix(rest, "//")), nil
	case (scheme == "postgres" || scheme == "postgresql") && strings.HasPrefix(rest, "//"):
		return PostgreSQL, s, nil
	}
	return "", "", errors.New(`a database is "sqlite:PATH" or "postgres://USER@HOST/NAME"`) // s may hold a password
}

// openEngine opens one connection for changing the shape of a database.
func openEngine(ctx context.Context, engine Engine, dsn string) (*sql.DB, error) {
	driver := "pgx"
	if engine == SQLite {
		driver = "sqlite"
		dsn = (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: dsn}).EscapedPath(), RawQuery: url.Values{
			"_txlock": {"immediate"},
			"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)"},
		}.Encode()}).String()
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return nil, fmt.Errorf("migrations: open %s: %w", engine, err)
	}
	if engine == SQLite {
		db.SetMaxOpenConns(1)
	}
	if err := db.PingContext(ctx); err != nil {
		return nil, fmt.Errorf("migrations: open %s: %w", engine, errors.Join(err, db.Close()))
	}
	return db, nil
}

// noTable reports whether err says that a database has never been stepped.
func noTable(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "42P01"
	}
	return err != nil && strings.Contains(err.Error(), "no such table")
}

// lockFile keeps other processes from changing the shape of an SQLite database
// meanwhile; golang-migrate's own lock for it ends at the process. PostgreSQL has
// advisory locks for that.
func lockFile(ctx context.Context, engine Engine, dsn string) (unlock func() error, err error) {
	if engine != SQLite {
		return func() error { return nil }, nil
	}
	f, err := os.OpenFile(dsn+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("migrations: lock the database: %w", err)
	}
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return f.Close, nil // which unlocks
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return nil, fmt.Errorf("migrations: lock the database: %w", errors.Join(err, f.Close()))
		}
		select {
		case <-ctx.Done():
			err := errors.Join(ctx.Err(), f.Close())
			return nil, fmt.Errorf("migrations: wait for another program to change the database: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

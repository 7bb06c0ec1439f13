package migrations

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"

	"github.com/golang-migrate/migrate/v4"
	"github.com/golang-migrate/migrate/v4/database"
	"github.com/golang-migrate/migrate/v4/database/pgx/v5"
	"github.com/golang-migrate/migrate/v4/database/sqlite"
	"github.com/golang-migrate/migrate/v4/source/iofs"
)

//go:embed postgres/*.sql sqlite/*.sql
var files embed.FS

// ErrNewer says that a database has steps that this program does not know.
var ErrNewer = errors.New("the database is newer than this program: start the newer program, or restore a backup made before it")

// ErrHalfDone says that a step failed half way, which no program can put right.
var ErrHalfDone = errors.New("the database was left in the middle of a change: restore a backup, or ask for help")

// A State is where a database stands.
type State struct {
	Engine   Engine
	Version  uint // of the last step taken; 0 is none
	Newest   uint // that this program knows
	HalfDone bool // the step Version failed half way
}

// Err says why a program may not use a database in this state; nil when it may,
// also when there are steps still to take.
func (s State) Err() error {
	switch {
	case s.HalfDone:
		return ErrHalfDone
	case s.Version > s.Newest:
		return ErrNewer
	}
	return nil
}

// Up takes every step that the database at url has not taken. Any number of
// programs may call it at once: one does the work and the others wait for it.
func Up(ctx context.Context, url string) error {
	return steps(ctx, url, func(m *migrate.Migrate) error { return m.Up() })
}

// Down takes n steps back, or all of them when n is 0, and with them the data
// that the steps made room for.
func Down(ctx context.Context, url string, n int) error {
	return steps(ctx, url, func(m *migrate.Migrate) error {
		if n <= 0 {
			return m.Down()
		}
		return m.Steps(-n)
	})
}

// Status says where the database at url stands, and changes nothing.
func Status(ctx context.Context, url string) (state State, err error) {
	engine, dsn, err := ParseURL(url)
	if err != nil {
		return state, err
	}
	state = State{Engine: engine, Newest: newest(engine)}
	if engine == SQLite {
		if _, err := os.Stat(dsn); errors.Is(err, fs.ErrNotExist) {
			return state, nil
		}
	}
	db, err := openEngine(ctx, engine, dsn)
	if err != nil {
		return state, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	err = db.QueryRowContext(ctx, `SELECT version, dirty FROM schema_migrations`).Scan(&state.Version, &state.HalfDone)
	if errors.Is(err, sql.ErrNoRows) || noTable(err) {
		err = nil
	}
	if err != nil {
		err = fmt.Errorf("migrations: read the version: %w", err)
	}
	return state, err
}

// steps opens the database at url, alone, and lets move change its shape.
func steps(ctx context.Context, url string, move func(*migrate.Migrate) error) (err error) {
	engine, dsn, err := ParseURL(url)
	if err != nil {
		return err
	}
	unlock, err := lockFile(ctx, engine, dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	state, err := Status(ctx, url)
	if err != nil {
		return err
	}
	// A database that looks half done may be in another program's hands this moment:
	// migrate looks again once it has it alone.
	if err := state.Err(); err != nil && !errors.Is(err, ErrHalfDone) {
		return err
	}
	m, err := open(ctx, engine, dsn)
	if err != nil {
		return err
	}
	defer func() {
		source, handle := m.Close()
		err = errors.Join(err, source, handle)
	}()
	var halfDone migrate.ErrDirty
	switch err := move(m); {
	case errors.As(err, &halfDone):
		return ErrHalfDone
	case err != nil && !errors.Is(err, migrate.ErrNoChange):
		return fmt.Errorf("migrations: %s: %w", engine, err)
	}
	return nil
}

func open(ctx context.Context, engine Engine, dsn string) (*migrate.Migrate, error) {
	source, err := iofs.New(files, string(engine))
	if err != nil {
		return nil, fmt.Errorf("migrations: read the steps: %w", err)
	}
	db, err := openEngine(ctx, engine, dsn)
	if err != nil {
		return nil, err
	}
	var driver database.Driver
	if engine == SQLite {
		driver, err = sqlite.WithInstance(db, &sqlite.Config{})
	} else {
		driver, err = pgx.WithInstance(db, &pgx.Config{})
	}
	if err != nil {
		return nil, fmt.Errorf("migrations: open %s: %w", engine, errors.Join(err, db.Close()))
	}
	return migrate.NewWithInstance("iofs", source, string(engine), driver)
}

// newest is the number of the last step embedded for engine.
func newest(engine Engine) uint {
	names, err := fs.Glob(files, path.Join(string(engine), "*.up.sql"))
	if err != nil || len(names) == 0 {
		return 0
	}
	number, _, _ := strings.Cut(path.Base(names[len(names)-1]), "_") // Glob sorts
	n, err := strconv.ParseUint(number, 10, 32)
	if err != nil {
		return 0
	}
	return uint(n)
}

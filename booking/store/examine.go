package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/wardvisit/wardvisit/migrations"
)

// An Examination is what an operator wants to know of a database besides what is
// in it.
type Examination struct {
	Engine  migrations.Engine
	Version string
	// Clock is what the database takes the time to be; zero for an engine that
	// has no clock of its own.
	Clock time.Time
	// Careless are the settings, as the engine writes them, with which it may
	// lose what it has acknowledged when the power goes.
	Careless []string
	// Spare is how many connections more the database lets in; -1 for an engine
	// that does not count them.
	Spare int
}

// careful are the settings of PostgreSQL's whole server that keep what was
// acknowledged, unless they are off. What a session may ask for, each of ours does.
var careful = []string{"fsync", "full_page_writes"}

const examinePostgres = `
SELECT current_setting('server_version'), clock_timestamp(),
       current_setting('max_connections')::int - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')`

// Examine looks at the database at url without changing anything in it, not even
// its steps.
func Examine(ctx context.Context, url string) (found Examination, err error) {
	write, read, e, err := openHandles(ctx, url, MayLose)
	if err != nil {
		return found, err
	}
	defer func() {
		err = errors.Join(err, read.Close())
		if write != read {
			err = errors.Join(err, write.Close())
		}
	}()
	found = Examination{Engine: e.name, Spare: -1}
	if e.name == migrations.SQLite { // which is asked for its settings at every opening
		if err := read.QueryRowContext(ctx, `SELECT sqlite_version()`).Scan(&found.Version); err != nil {
			return found, fmt.Errorf("store: examine SQLite: %w", err)
		}
		return found, nil
	}
	if err := read.QueryRowContext(ctx, examinePostgres).Scan(&found.Version, &found.Clock, &found.Spare); err != nil {
		return found, fmt.Errorf("store: examine PostgreSQL: %w", err)
	}
	found.Careless, err = carelessSettings(ctx, read)
	return found, err
}

func carelessSettings(ctx context.Context, db *sql.DB) (careless []string, err error) {
	for _, name := range careful {
		var value string
		if err := db.QueryRowContext(ctx, `SELECT current_setting($1)`, name).Scan(&value); err != nil {
			return nil, fmt.Errorf("store: examine PostgreSQL: %w", err)
		}
		if value == "off" {
			careless = append(careless, name+" = off")
		}
	}
	return careless, nil
}

package main

import (
	"context"
	"database/sql"
	"strings"
	"time"
)

// bare is the driver alone, on the same database.
type bare struct {
	*sql.DB
	engine engine
}

// openBare opens a database as the program does: one writer that waits for the
// disk on SQLite, a pool on PostgreSQL.
func openBare(_ context.Context, e engine, at string) (*bare, error) {
	if path, ok := strings.CutPrefix(at, "sqlite:"); ok {
		at = "file:" + path + "?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"
	}
	db, err := sql.Open(e.driver, at)
	if err != nil {
		return nil, err
	}
	if e.driver == "sqlite" {
		db.SetMaxOpenConns(1)
	} else {
		db.SetMaxOpenConns(24)
		db.SetMaxIdleConns(24)
	}
	return &bare{db, e}, nil
}

// rows counts what is in all tables together.
func (b *bare) rows(ctx context.Context) (all int, err error) {
	query := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
	if b.engine.driver == "pgx" {
		query = `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`
	}
	found, err := b.QueryContext(ctx, query)
	if err != nil {
		return 0, err
	}
	defer found.Close()
	var names []string
	for found.Next() {
		var name string
		if err := found.Scan(&name); err != nil {
			return 0, err
		}
		names = append(names, name)
	}
	if err := found.Err(); err != nil {
		return 0, err
	}
	found.Close() // SQLite has the one connection
	for _, name := range names {
		var n int
		if err := b.QueryRowContext(ctx, `SELECT count(*) FROM "`+name+`"`).Scan(&n); err != nil {
			return 0, err
		}
		all += n
	}
	return all, nil
}

// prepare makes the table of the reference: nothing to check, nothing to look up.
func (b *bare) prepare(ctx context.Context) error {
	_, err := b.ExecContext(ctx, `CREATE TABLE bare (words text NOT NULL)`)
	return err
}

// inserter does the least that an act could: as many rows in one transaction.
func (b *bare) inserter(rows int) worker { return inserter{b, rows} }

type inserter struct {
	bare *bare
	rows int
}

// bareRow is about as long as a row that an act writes.
var bareRow = strings.Repeat("x", 250)

func (i inserter) work(ctx context.Context) ([]time.Duration, error) {
	began := time.Now()
	tx, err := i.bare.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() // does nothing after a commit
	for range i.rows {
		if _, err := tx.ExecContext(ctx, `INSERT INTO bare (words) VALUES ($1)`, bareRow); err != nil {
			return nil, err
		}
	}
	if err := tx.Commit(); err != nil {
		return nil, err
	}
	return []time.Duration{time.Since(began)}, nil
}

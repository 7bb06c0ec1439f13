package main

import (
	"context"
	"database/sql"
	"strings"
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
		at = "file:" + path + "?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)"
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

const (
	liteTables = `
SELECT t.name, c.name, c.pk > 0, c.name = 'seq' FROM sqlite_master AS t, pragma_table_info(t.name) AS c
WHERE  t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.cid`

	postgresTables = `
SELECT c.table_name, c.column_name, COALESCE(k.column_name IS NOT NULL, false), c.is_identity = 'YES'
FROM   information_schema.columns AS c
       LEFT JOIN information_schema.table_constraints AS p
       ON p.table_schema = 'public' AND p.table_name = c.table_name AND p.constraint_type = 'PRIMARY KEY'
       LEFT JOIN information_schema.key_column_usage AS k
       ON k.constraint_name = p.constraint_name AND k.table_name = c.table_name AND k.column_name = c.column_name
WHERE  c.table_schema = 'public' ORDER BY c.table_name, c.ordinal_position`
)

// A column is one of a table.
type column struct {
	name  string
	key   bool // of the primary key
	grown bool // given by the database itself
}

// tables are those of the database, with their columns.
func (b *bare) tables(ctx context.Context) (map[string][]column, error) {
	query := liteTables
	if b.engine.driver == "pgx" {
		query = postgresTables
	}
	rows, err := b.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	tables := map[string][]column{}
	for rows.Next() {
		var table string
		var c column
		if err := rows.Scan(&table, &c.name, &c.key, &c.grown); err != nil {
			return nil, err
		}
		tables[table] = append(tables[table], c)
	}
	return tables, rows.Err()
}

// deadlocks counts those that PostgreSQL had to break in this database. The
// programs that met them must have closed it, which is when they are counted.
func (b *bare) deadlocks(ctx context.Context) (n int, err error) {
	if b.engine.driver == "pgx" {
		err = b.QueryRowContext(ctx, `SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`).Scan(&n)
	}
	return n, err
}

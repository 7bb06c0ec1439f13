package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/wardvisit/wardvisit/booking/store/storetest"
	"github.com/wardvisit/wardvisit/migrations"
)

// An engine is a kind of database to measure on.
type engine struct {
	name   string
	driver string
	// empty makes a database of the program's shape, and says how to remove it.
	empty func(ctx context.Context) (url string, remove func() error, err error)
}

var engines = []engine{
	{"SQLite", "sqlite", emptySQLite},
	{"PostgreSQL", "pgx", emptyPostgres},
}

func emptySQLite(ctx context.Context) (string, func() error, error) {
	folder, err := os.MkdirTemp("", "wardbench-")
	if err != nil {
		return "", nil, err
	}
	remove := func() error { return os.RemoveAll(folder) }
	at := "sqlite:" + filepath.Join(folder, "bench.db")
	if err := migrations.Up(ctx, at); err != nil {
		return "", nil, errors.Join(err, remove())
	}
	return at, remove, nil
}

// emptyPostgres makes a database in the server that WARDVISIT_TEST_POSTGRES
// names, or in a throw-away one. That one does wait for its disk: figures without
// would promise what no hospital would dare to run.
func emptyPostgres(ctx context.Context) (string, func() error, error) {
	where, stop := os.Getenv("WARDVISIT_TEST_POSTGRES"), func() {}
	if where == "" {
		var err error
		if where, stop, err = storetest.ThrowAway(ctx); err != nil {
			return "", nil, err
		}
	}
	at, drop, err := newDatabase(ctx, where)
	if err != nil {
		stop()
		return "", nil, err
	}
	remove := func() error {
		defer stop()
		return drop()
	}
	if err := migrations.Up(ctx, at); err != nil {
		return "", nil, errors.Join(err, remove())
	}
	return at, remove, nil
}

func newDatabase(ctx context.Context, where string) (at string, drop func() error, err error) {
	u, err := url.Parse(where)
	if err != nil {
		return "", nil, errors.New("WARDVISIT_TEST_POSTGRES is not a URL")
	}
	admin, err := sql.Open("pgx", where)
	if err != nil {
		return "", nil, err
	}
	waiting, cancel := context.WithTimeout(ctx, settleWithin)
	defer cancel()
	if err := until(waiting, func() bool { return admin.PingContext(waiting) == nil }); err != nil {
		return "", nil, errors.Join(fmt.Errorf("PostgreSQL does not answer: %w", err), admin.Close())
	}
	name := "wardbench_" + strings.ToLower(rand.Text())
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return "", nil, errors.Join(err, admin.Close())
	}
	u.Path = "/" + name
	return u.String(), func() error {
		_, err := admin.Exec("DROP DATABASE " + name + " WITH (FORCE)")
		return errors.Join(err, admin.Close())
	}, nil
}

// Package storetest gives tests a database of their own on each engine.
//
// A package that uses it hands its TestMain to Main, which stops the PostgreSQL
// cluster that Run may have started. The cluster is the one named by
// WARDVISIT_TEST_POSTGRES, a URL of a throw-away server whose user may create
// databases; or else one made here by initdb, without fsync, and deleted at the
// end. Where neither is possible the PostgreSQL half is skipped, loudly, and
// fails when CI=true.
package storetest

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/migrations"
)

// Main runs the tests of a package and then stops what Run started.
func Main(m *testing.M) {
	code := m.Run()
	stopCluster()
	os.RemoveAll(template.dir)
	os.Exit(code)
}

// Run runs test twice, each time with an empty database of its own: on SQLite
// and on PostgreSQL.
func Run(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	Each(t, func(t *testing.T, url string) { test(t, open(t, url)) })
}

// Each is Run for tests that want to open the database themselves.
func Each(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

func open(t *testing.T, url string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), url, store.MayLose)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// template is a migrated SQLite database to copy, since migrating takes longer
// than most tests.
var template struct {
	once sync.Once
	dir  string
	err  error
}

// SQLite returns the URL of a new, migrated SQLite database.
func SQLite(t *testing.T) string {
	t.Helper()
	template.once.Do(func() {
		if template.dir, template.err = os.MkdirTemp("", "wardvisit-sqlite-"); template.err != nil {
			return
		}
		template.err = migrations.Up(t.Context(), "sqlite:"+filepath.Join(template.dir, "template.db"))
	})
	if template.err != nil {
		t.Fatal(template.err)
	}
	blank, err := os.ReadFile(filepath.Join(template.dir, "template.db"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "wardvisit.db")
	if err := os.WriteFile(path, blank, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

// Postgres returns the URL of a new, migrated PostgreSQL database, and drops it
// when the test is over.
func Postgres(t *testing.T) string {
	t.Helper()
	return newDatabase(t, true)
}

// EmptyPostgres returns the URL of a new PostgreSQL database with nothing in it.
func EmptyPostgres(t *testing.T) string {
	t.Helper()
	return newDatabase(t, false)
}

func skipOrFail(t testing.TB, err error) {
	t.Helper()
	message := fmt.Sprintf("NOT TESTED ON POSTGRESQL: %v (set WARDVISIT_TEST_POSTGRES to the URL of a throw-away server)", err)
	if os.Getenv("CI") == "true" {
		t.Fatal(message)
	}
	t.Skip(message)
}

// Raw opens the database at url past the store, for a test to look at it from
// behind.
func Raw(t testing.TB, url string) *sql.DB {
	t.Helper()
	engine, dsn, err := migrations.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	driver := "pgx"
	if engine == migrations.SQLite {
		driver, dsn = "sqlite", "file:"+dsn+"?_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

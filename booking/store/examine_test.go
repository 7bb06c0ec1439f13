package store_test

import (
	"database/sql"
	"slices"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
	"github.com/wardvisit/wardvisit/migrations"
)

func TestExamine(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		found, err := store.Examine(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		if found.Version == "" {
			t.Error("no version")
		}
		if found.Engine == migrations.SQLite {
			if !found.Clock.IsZero() || found.Spare != -1 || found.Careless != nil {
				t.Errorf("SQLite has %+v", found)
			}
			return
		}
		if off := time.Since(found.Clock).Abs(); off > time.Minute {
			t.Errorf("its clock is %v off", off)
		}
		if found.Spare <= 0 {
			t.Errorf("%d connections to spare", found.Spare)
		}
		carelessIsSeen(t, url)
	})
}

func carelessIsSeen(t *testing.T, url string) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const off = `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$`
	if _, err := db.ExecContext(t.Context(), off); err != nil {
		t.Fatal(err)
	}
	found, err := store.Examine(t.Context(), url)
	if err != nil || !slices.Contains(found.Careless, "synchronous_commit = off") {
		t.Errorf("careless are %q, %v", found.Careless, err)
	}
}

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
		carelessIsSeen(t, url, found.Careless)
	})
}

// carelessIsSeen compares with what the server says to somebody who asks by hand:
// a cluster of tests is careless, and one that CI was given may not be.
func carelessIsSeen(t *testing.T, url string, careless []string) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, setting := range []string{"fsync", "full_page_writes"} {
		var is string
		if err := db.QueryRowContext(t.Context(), "SHOW "+setting).Scan(&is); err != nil {
			t.Fatal(err)
		}
		if said := slices.Contains(careless, setting+" = off"); said != (is == "off") {
			t.Errorf("%s is %s, and careless are %q", setting, is, careless)
		}
	}
}

package store_test

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
)

// A server that a power cut could make forget what it has acknowledged is refused by
// the name of the setting; what a session may set for itself, ours do.
func TestPostgresKeepsWhatItAcknowledges(t *testing.T) {
	t.Parallel()
	c := storetest.Killable(t)
	admin := storetest.Raw(t, c.URL)
	admin.SetMaxOpenConns(1)
	for _, tt := range []struct {
		setting string
		refused bool
		commits string // synchronous_commit, as our sessions have it then
	}{
		{"fsync = off", true, ""},
		{"full_page_writes = off", true, ""},
		{"synchronous_commit = off", false, "on"},
		{"synchronous_commit = local", false, "local"},
		{"synchronous_commit = on", false, "on"},
	} {
		t.Run(tt.setting, func(t *testing.T) {
			for _, query := range []string{`ALTER SYSTEM RESET ALL`, `ALTER SYSTEM SET ` + tt.setting, `SELECT pg_reload_conf()`} {
				if _, err := admin.ExecContext(t.Context(), query); err != nil {
					t.Fatal(err)
				}
			}
			awaitSetting(t, c.URL, tt.setting)
			s, err := store.Open(t.Context(), c.URL)
			if tt.refused {
				name, _, _ := strings.Cut(tt.setting, " ")
				if err == nil || !strings.Contains(err.Error(), "PostgreSQL has "+name+" off") {
					t.Fatalf("opened, or refused for something else: %v", err)
				}
				if s, err = store.Open(t.Context(), c.URL, store.MayLose); err != nil {
					t.Fatalf("refused to who may lose it: %v", err)
				}
				s.Close()
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if got := settingOf(t, s.Handle(), "synchronous_commit"); got != tt.commits {
				t.Errorf("synchronous_commit is %s, want %s", got, tt.commits)
			}
		})
	}
}

// awaitSetting waits until a server gives new sessions a setting.
func awaitSetting(t *testing.T, url, setting string) {
	t.Helper()
	name, want, _ := strings.Cut(setting, " = ")
	for range 200 {
		db := storetest.Raw(t, url)
		got := settingOf(t, db, name)
		db.Close()
		if got == want {
			return
		}
		<-time.After(10 * time.Millisecond)
	}
	t.Fatalf("%s is not %s", name, want)
}

func settingOf(t *testing.T, db *sql.DB, name string) (value string) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), `SELECT current_setting($1)`, name).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

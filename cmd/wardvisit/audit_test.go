package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
	"github.com/wardvisit/wardvisit/migrations"
)

// verify runs `wardvisit audit verify` and returns what it says, and how it ends.
func verify(t *testing.T, url string, args ...string) (said string, code int) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), append([]string{"audit", "verify", "-database", url}, args...), func(string) string { return "" }, &out, io.Discard)
	var ended exitCode
	switch {
	case errors.As(err, &ended):
		return out.String(), int(ended)
	case err != nil:
		t.Fatal(err)
	}
	return out.String(), 0
}

func TestAuditVerify(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		s, err := store.Open(t.Context(), url, store.MayLose)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		keyFile := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(keyFile, []byte(strings.Repeat("k", 40)+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		key, err := readAuditKey(keyFile)
		if err != nil {
			t.Fatal(err)
		}
		err = s.Do(t.Context(), func(tx *store.Tx) error {
			for range 9 {
				e := booking.Event{At: time.Now(), By: booking.System, Action: booking.Imported, Subject: "file 00"}
				if err := tx.AddEvent(t.Context(), e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var log bytes.Buffer
		served := &server{store: s, auditKey: key, log: slog.New(slog.NewTextHandler(&log, nil)), metrics: prometheus.NewRegistry()}
		ended, end := context.WithCancel(t.Context())
		end() // what is left is sealed all the same
		served.seal(ended)
		said, code := verify(t, url)
		_, head, _ := strings.Cut(said, "head   ")
		head, _, _ = strings.Cut(head, "\n")
		if code != 0 || !strings.Contains(said, "The audit is whole.") || !strings.Contains(said, "9 events, 9 sealed") || !strings.Contains(log.String(), head) || !strings.HasPrefix(head, "9:") {
			t.Fatalf("%d %s\nlog %s", code, said, log.String())
		}
		if said, code := verify(t, url, "-expect", head, "-audit-key", keyFile); code != 0 {
			t.Errorf("with head and key: %d %s", code, said)
		}
		if said, code := verify(t, url, "-expect", "12:"+strings.Repeat("0a", 32)); code != 1 || !strings.Contains(said, "the end was cut off") {
			t.Errorf("with a head beyond: %d %s", code, said)
		}
		raw := storetest.Raw(t, url)
		unlock := `DROP TRIGGER audit_events_append_only_update`
		if engine, _, _ := migrations.ParseURL(url); engine == migrations.PostgreSQL {
			unlock = `ALTER TABLE audit_events DISABLE TRIGGER USER`
		}
		for _, statement := range []string{unlock, `UPDATE audit_events SET reason = 'other' WHERE seq = 4`} {
			if _, err := raw.Exec(statement); err != nil {
				t.Fatal(err)
			}
		}
		if said, code := verify(t, url); code != 1 || !strings.Contains(said, "WRONG  event 4 ") || !strings.Contains(said, "NOT whole") {
			t.Errorf("altered: %d %s", code, said)
		}
	})
}

func TestAuditVerifyIsAskedWrongly(t *testing.T) {
	short := filepath.Join(t.TempDir(), "short")
	if err := os.WriteFile(short, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	url := storetest.SQLite(t)
	for want, args := range map[string][]string{
		"say verify":         {"audit"},
		"say which database": {"audit", "verify"},
		"is not a head":      {"audit", "verify", "-database", url, "-expect", "12"},
		"is too short":       {"audit", "verify", "-database", url, "-audit-key", short},
		"can't read the key": {"audit", "verify", "-database", url, "-audit-key", short + "er"},
		"one word too many":  {"audit", "verify", "-database", url, "more"},
	} {
		err := run(t.Context(), args, func(string) string { return "" }, io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v", args, err)
		}
	}
}

package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/migrations"
)

func TestDoIsAllOrNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, raw *sql.DB) {
		oops := errors.New("oops")
		set := func(value string, then error) error {
			return s.Do(t.Context(), func(tx *store.Tx) error {
				if err := tx.SetSetting(t.Context(), "x", value); err != nil {
					return err
				}
				return then
			})
		}
		get := func() (value string) {
			err := s.View(t.Context(), func(tx *store.Tx) (err error) {
				value, _, err = tx.Setting(t.Context(), "x")
				return err
			})
			if err != nil {
				t.Error(err)
			}
			return value
		}
		for _, tt := range []struct {
			value string
			then  error
			want  error
			kept  string
		}{
			{"one", nil, nil, "one"},
			{"two", oops, oops, "one"},
			{"three", booking.ErrSlotTaken, booking.ErrSlotTaken, "one"},
			{"four", store.Keep(booking.ErrWrongCode), booking.ErrWrongCode, "four"},
		} {
			if err := set(tt.value, tt.then); !errors.Is(err, tt.want) || get() != tt.kept {
				t.Errorf("%s: %v, kept %q", tt.value, err, get())
			}
		}
	})
}

func TestDoRunsAgainAndGivesUp(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, raw *sql.DB) {
		runs := 0
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			if runs++; runs < 4 {
				return fmt.Errorf("lost: %w", store.ErrAgain)
			}
			return nil
		})
		if runs != 4 {
			t.Errorf("ran %d times", runs)
		}
		err := s.Do(t.Context(), func(tx *store.Tx) error { return &store.Taken{Kind: store.Device} })
		if !errors.Is(err, booking.ErrSlotTaken) || errors.Is(err, store.ErrAgain) {
			t.Errorf("gave up with %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Do(ctx, func(tx *store.Tx) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("with nobody waiting: %v", err)
		}
	})
}

func TestViewsCannotWrite(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, raw *sql.DB) {
		err := s.View(t.Context(), func(tx *store.Tx) error { return tx.SetSetting(t.Context(), "x", "y") })
		if err == nil {
			t.Error("a view has written")
		}
	})
}

// Half-open: one visit may begin at the instant another ends.
func TestReservationsNeverOverlap(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, raw *sql.DB) {
		device := store.Resource{Kind: store.Device, ID: id[string]('d', 1)}
		addVisit(t, s, 1, noon)
		n := 0
		reserve := func(visit, from, length int) error {
			n++
			when, err := booking.NewInterval(noon.Add(time.Duration(from)*time.Minute), time.Duration(length)*time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			return s.Do(t.Context(), func(tx *store.Tx) error {
				if err := tx.Touch(t.Context(), device); err != nil {
					return err
				}
				return tx.Reserve(t.Context(), store.Reservation{ID: id[string]('r', n), Resource: device, Visit: id[booking.VisitID]('x', visit), When: when})
			})
		}
		if err := reserve(1, 0, 30); err != nil {
			t.Fatal(err)
		}
		for i, tt := range []struct {
			name         string
			from, length int
			want         error
		}{
			{"the same", 0, 30, booking.ErrSlotTaken},
			{"inside", 10, 10, booking.ErrSlotTaken},
			{"around", -10, 60, booking.ErrSlotTaken},
			{"over its beginning", -10, 11, booking.ErrSlotTaken},
			{"over its end", 29, 10, booking.ErrSlotTaken},
			{"up to it", -10, 10, nil},
			{"from its end", 30, 10, nil},
		} {
			addVisit(t, s, i+2, noon)
			if err := reserve(i+2, tt.from, tt.length); !errors.Is(err, tt.want) {
				t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
			}
		}
		do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Release(ctx, id[booking.VisitID]('x', 1), "") })
		addVisit(t, s, 20, noon)
		if err := reserve(20, 0, 30); err != nil {
			t.Errorf("what was given back: %v", err)
		}
		// Nor may one be moved onto another.
		if _, err := raw.Exec(`UPDATE reservations SET state = 'firm' WHERE visit_id = $1`, id[string]('x', 1)); err == nil {
			t.Error("taken back from under the next one")
		}
	})
}

// What the database refuses, whoever asks it and however.
func TestConstraints(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, raw *sql.DB) {
		v := addVisit(t, s, 1, noon)
		if err := s.Do(t.Context(), func(tx *store.Tx) error {
			return tx.AddEvent(t.Context(), booking.Event{At: noon, By: booking.System, Action: booking.SlotHeld, Subject: "visit x"})
		}); err != nil {
			t.Fatal(err)
		}
		for name, statement := range map[string]string{
			"half a minute":            `UPDATE visits SET starts_at = '2026-11-24T12:00:30.000000Z'`,
			"backwards":                `UPDATE visits SET ends_at = '2026-11-24T11:00:00.000000Z'`,
			"no such state":            `UPDATE visits SET state = 'pending'`,
			"from held to live":        `UPDATE visits SET state = 'live', held_until = NULL, started_at = '2026-11-24T12:00:00.000000Z'`,
			"booked and still held":    `UPDATE visits SET state = 'booked'`,
			"over without a reason":    `UPDATE visits SET state = 'cancelled', held_until = NULL, ended_at = '2026-11-24T12:00:00.000000Z'`,
			"half a tongue":            `UPDATE visits SET language = 'pl'`,
			"a policy that is none":    `UPDATE visits SET policy_version = 2`,
			"no such ward":             `UPDATE visits SET ward_id = '77000000-0000-7000-8000-000000000099'`,
			"history changed":          `UPDATE audit_events SET reason = 'because'`,
			"history deleted":          `DELETE FROM audit_events`,
			"born booked":              `INSERT INTO visits SELECT '78000000-0000-7000-8000-000000000099', 'ZZZ-ZZZ', patient_id, ward_id, device_id, 'booked', reason, starts_at, ends_at, prepare_minutes, clean_minutes, language, mode, needs, via, booked_by_kind, booked_by_id, booked_by_name, policy_version, held_for, NULL, locked, covered, started_at, ended_at, version, kind, series_id, NULL, NULL FROM visits`,
			"two holds for one family": `INSERT INTO visits SELECT '78000000-0000-7000-8000-000000000099', 'ZZZ-ZZZ', patient_id, ward_id, device_id, state, reason, starts_at, ends_at, prepare_minutes, clean_minutes, language, mode, needs, via, booked_by_kind, booked_by_id, booked_by_name, policy_version, held_for, held_until, locked, covered, started_at, ended_at, version, kind, series_id, NULL, NULL FROM visits`,
		} {
			if _, err := raw.Exec(statement); err == nil {
				t.Errorf("%s is allowed", name)
			}
		}
		over := v
		over.State, over.Reason, over.EndedAt, over.HeldUntil = booking.Cancelled, booking.HoldLapsed, noon, time.Time{}
		do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SaveVisit(ctx, &over) })
		back := over
		back.State, back.Reason, back.EndedAt = booking.Preparing, "", time.Time{}
		err := s.Do(t.Context(), func(tx *store.Tx) error { return tx.SaveVisit(t.Context(), &back) })
		if !errors.Is(err, booking.ErrStale) {
			t.Errorf("out of its grave: %v", err)
		}
	})
}

func TestVisitsAreReadAsTheyWereSaved(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, raw *sql.DB) {
		v := addVisit(t, s, 1, noon)
		compare := func(want booking.Visit) {
			t.Helper()
			err := s.View(t.Context(), func(tx *store.Tx) error {
				r, err := tx.RecordByReference(t.Context(), v.Reference)
				if diff := cmp.Diff(want, r.Visit, cmp.AllowUnexported(booking.Interval{})); diff != "" {
					t.Errorf("(-saved +read):\n%s", diff)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
		compare(v)
		stale := v
		v.State, v.HeldUntil, v.Tongue, v.Needs = booking.Booked, time.Time{}, booking.Tongue{Language: "pl", Mode: booking.Spoken}, nil
		v.Locked, v.Covered = true, true
		do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SaveVisit(ctx, &v) })
		if v.Version != 2 {
			t.Errorf("version %d", v.Version)
		}
		compare(v)
		err := s.Do(t.Context(), func(tx *store.Tx) error { return tx.SaveVisit(t.Context(), &stale) })
		if !errors.Is(err, booking.ErrStale) {
			t.Errorf("an old version is saved: %v", err)
		}
		for _, ref := range []booking.Reference{"", "nonsense", "\x00", "222-222"} {
			err := s.View(t.Context(), func(tx *store.Tx) error {
				_, err := tx.RecordByReference(t.Context(), ref)
				return err
			})
			if !errors.Is(err, booking.ErrNoSuchVisit) {
				t.Errorf("visit %q: %v", ref, err)
			}
		}
	})
}

func TestOneOfManyMakesTheKey(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, raw *sql.DB) {
		var wg sync.WaitGroup
		values := make([]string, 16)
		for i := range values {
			wg.Go(func() {
				var err error
				if values[i], err = s.SettingOr(t.Context(), "key", fmt.Sprint(i)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, v := range values {
			if v != values[0] || v == "" {
				t.Fatalf("several keys: %v", values)
			}
		}
	})
}

func TestLogins(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, raw *sql.DB) {
		now := noon
		logins := s.Logins(func() time.Time { return now })
		if _, found, err := logins.Find("nobody"); found || err != nil {
			t.Errorf("found %v, %v", found, err)
		}
		for _, data := range []string{"first", "second \x00 \xff"} {
			if err := logins.Commit("token", []byte(data), noon.Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			if got, found, err := logins.Find("token"); !found || string(got) != data || err != nil {
				t.Errorf("got %q %v %v", got, found, err)
			}
		}
		var n int
		if err := raw.QueryRow(`SELECT count(*) FROM logins WHERE token_hash = 'token'`).Scan(&n); err != nil || n != 0 {
			t.Errorf("a token is kept as it is: %d, %v", n, err)
		}
		now = noon.Add(time.Hour)
		if _, found, err := logins.Find("token"); found || err != nil {
			t.Errorf("after it ran out: %v, %v", found, err)
		}
		do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Forget(ctx, now) })
		if err := raw.QueryRow(`SELECT count(*) FROM logins`).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d are not forgotten, %v", n, err)
		}
		if err := errors.Join(logins.Delete("token"), logins.Delete("token")); err != nil {
			t.Error(err)
		}
	})
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	for _, bad := range []string{"", "visits.db", "mysql://x", "sqlite:" + filepath.Join(dir, "no such folder", "x.db"), "postgres://nobody@127.0.0.1:1/none?connect_timeout=1"} {
		if s, err := store.Open(t.Context(), bad); err == nil {
			s.Close()
			t.Errorf("opened %q", bad)
		}
	}
	odd := "sqlite:" + filepath.Join(dir, "a b%20c?d#e.db")
	if err := migrations.Up(t.Context(), odd); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), odd)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.SettingOr(t.Context(), "x", "y"); err != nil {
		t.Error(err)
	}
	if found, _ := filepath.Glob(filepath.Join(dir, "*.db")); len(found) != 1 {
		t.Errorf("files: %v", found)
	}
}

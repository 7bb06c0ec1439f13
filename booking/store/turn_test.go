package store_test

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
)

// Two acts that meet two things in opposite order, each while the other has the
// first of them, do not wait for each other: one is run again, and both are done.
// The store would hide a deadlock, so whether the act was told is what counts.
func TestOutOfTurn(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), storetest.Postgres(t), store.MayLose) // SQLite has one writer
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	do(t, s, furnish)
	v := addVisit(t, s, 1, noon)
	touch := func(r store.Resource) func(*store.Tx) error {
		return func(tx *store.Tx) error { return tx.Touch(t.Context(), r) }
	}
	setting := func(tx *store.Tx) error { return tx.SetSetting(t.Context(), "last_import", "now") }
	do(t, s, func(_ context.Context, tx *store.Tx) error { return setting(tx) })
	device := touch(store.Resource{Kind: store.Device, ID: id[string]('d', 1)})
	for name, thing := range map[string]struct {
		get  func(*store.Tx) error
		turn int // whose order is out of turn: 0 gets the device first, 1 last
	}{
		"an iPad and a patient":               {touch(store.Resource{Kind: store.Patient, ID: id[string]('p', 1)}), 0},
		"an iPad and a setting that is saved": {setting, 0},
		"an iPad and a visit that is saved": {func(tx *store.Tx) error {
			r, err := tx.Record(t.Context(), v.ID)
			if err != nil {
				return err
			}
			return tx.SaveVisit(t.Context(), &r.Visit)
		}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			told := meet(t, s, [2]func(*store.Tx) error{device, thing.get})
			if told[thing.turn] != 1 || told[1-thing.turn] != 0 {
				t.Errorf("told to come again: %v; want only number %d, once", told, thing.turn)
			}
		})
	}
}

// meet has one act do two things, and another do them in the opposite order, each
// while the other has done its first. It returns how often each was told not to wait.
func meet(t *testing.T, s *store.Store, things [2]func(*store.Tx) error) (told [2]int) {
	t.Helper()
	var met, wg sync.WaitGroup
	met.Add(2)
	for i, steps := range [][2]func(*store.Tx) error{things, {things[1], things[0]}} {
		wg.Go(func() {
			first := true
			err := s.Do(t.Context(), func(tx *store.Tx) error {
				if err := steps[0](tx); err != nil {
					return err
				}
				if first {
					first = false
					met.Done()
					met.Wait()
				}
				err := steps[1](tx)
				var no *pgconn.PgError
				if errors.As(err, &no) && no.Code == "55P03" { // not to be waited for
					told[i]++
				}
				return err
			})
			if err != nil && !errors.Is(err, booking.ErrStale) { // whoever saves last may read first
				t.Error(err)
			}
		})
	}
	wg.Wait()
	return told
}

// An act that has lost a race is run again although it says that all is well.
func TestLostRacesAreNotSwallowed(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, _ *sql.DB) {
		v := addVisit(t, s, 1, noon)
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.Reserve(ctx, store.Reservation{ID: id[string]('r', 1), Resource: store.Resource{Kind: store.Patient, ID: string(v.Patient)}, Visit: v.ID, When: v.When})
		})
		other := addVisit(t, s, 2, noon)
		runs := 0
		err := s.Do(t.Context(), func(tx *store.Tx) error {
			runs++
			_ = tx.Reserve(t.Context(), store.Reservation{ID: id[string]('r', 2), Resource: store.Resource{Kind: store.Patient, ID: string(v.Patient)}, Visit: other.ID, When: v.When})
			return nil
		})
		if !errors.Is(err, booking.ErrPatientBusy) || runs < 2 {
			t.Errorf("run %d times: %v", runs, err)
		}
	})
}

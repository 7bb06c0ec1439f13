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
	s, err := store.Open(t.Context(), storetest.Postgres(t)) // SQLite has one writer
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	do(t, s, furnish)
	device := store.Resource{Kind: store.Device, ID: id[string]('d', 1)}
	patient := store.Resource{Kind: store.Patient, ID: id[string]('p', 1)}

	var met, wg sync.WaitGroup
	met.Add(2)
	late := 0
	for _, order := range [][2]store.Resource{{patient, device}, {device, patient}} {
		wg.Go(func() {
			first := true
			err := s.Do(t.Context(), func(tx *store.Tx) error {
				if err := tx.Touch(t.Context(), order[0]); err != nil {
					return err
				}
				if first {
					first = false
					met.Done()
					met.Wait()
				}
				err := tx.Touch(t.Context(), order[1])
				var told *pgconn.PgError
				if errors.As(err, &told) && told.Code == "55P03" && order[0] == device { // not to be waited for
					late++
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if late != 1 {
		t.Errorf("the one that came out of turn was told so %d times", late)
	}
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

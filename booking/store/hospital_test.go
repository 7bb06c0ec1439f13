package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func id[T ~string](kind byte, n int) T {
	return T(fmt.Sprintf("%02x000000-0000-7000-8000-%012d", kind, n))
}

// onBoth runs test on each engine with a ward that has one device, one patient
// and one visitor, and with the database behind the store.
func onBoth(t *testing.T, test func(t *testing.T, s *store.Store, raw *sql.DB)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		s, err := store.Open(t.Context(), url, store.MayLose)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		do(t, s, func(ctx context.Context, tx *store.Tx) error { return furnish(ctx, tx) })
		test(t, s, storetest.Raw(t, url))
	})
}

func furnish(ctx context.Context, tx *store.Tx) error {
	site := booking.Site{ID: id[booking.SiteID]('h', 1), Name: "St Test's", Zone: time.UTC}
	ward := booking.Ward{ID: id[booking.WardID]('w', 1), Site: site, Name: "Ward 1", Phone: "1", Enabled: true, Policy: booking.Policy{
		Version: 1, Earliest: 24 * time.Hour, HoldFor: 10 * time.Minute, People: 2, Prepare: 10 * time.Minute, Clean: 5 * time.Minute}}
	for _, step := range []func() error{
		func() error { return tx.AddSite(ctx, site) },
		func() error { return tx.AddWard(ctx, ward) },
		func() error {
			return tx.AddDevice(ctx, booking.Device{ID: id[booking.DeviceID]('d', 1), Tag: "iPad 1", Ward: ward.ID, State: booking.DeviceReady})
		},
		func() error {
			return tx.AddPatient(ctx, booking.Patient{ID: id[booking.PatientID]('p', 1), MRN: "M1", Name: "P", Alias: "p", State: booking.PatientActive})
		},
		func() error {
			return tx.AddVisitor(ctx, booking.Visitor{ID: id[booking.VisitorID]('v', 1), Name: "V", Phone: "+447700900001"})
		},
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func do(t *testing.T, s *store.Store, fn func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := s.Do(t.Context(), func(tx *store.Tx) error { return fn(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// addVisit saves a held visit of half an hour, and returns it.
func addVisit(t *testing.T, s *store.Store, n int, start time.Time) booking.Visit {
	t.Helper()
	when, err := booking.NewInterval(start, 30*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	v := booking.Visit{
		Kind: booking.Ordinary,
		ID:   id[booking.VisitID]('x', n), Reference: booking.NewReference([6]byte{byte(n)}), Patient: id[booking.PatientID]('p', 1),
		Ward: id[booking.WardID]('w', 1), Device: id[booking.DeviceID]('d', 1), State: booking.Held, When: when, Via: booking.ViaWeb,
		Needs: []booking.Need{booking.NeedCaptions, booking.NeedHearingLoop}, Prepare: 10 * time.Minute, Clean: 5 * time.Minute,
		BookedBy: booking.Actor{Kind: booking.VisitorActor, ID: "v", Name: "V"}, PolicyVersion: 1, HeldUntil: noon.Add(10 * time.Minute), Version: 1,
	}
	visitor := id[booking.VisitorID]('v', 1)
	do(t, s, func(ctx context.Context, tx *store.Tx) error {
		old, err := tx.OpenHold(ctx, v.Patient, visitor)
		if err != nil || old == "" {
			return tx.AddVisit(ctx, v, visitor)
		}
		r, err := tx.Record(ctx, old) // one hold for each family: the last one is booked
		if err != nil {
			return err
		}
		r.State, r.HeldUntil = booking.Booked, time.Time{}
		if err := tx.SaveVisit(ctx, &r.Visit); err != nil {
			return err
		}
		return tx.AddVisit(ctx, v, visitor)
	})
	return v
}

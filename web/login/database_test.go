package login

import (
	"context"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// The logins of the real thing, by a clock of its own.
func TestLoginsInTheDatabase(t *testing.T) {
	storetest.Run(t, func(t *testing.T, s *store.Store) {
		now := time.Date(2026, time.November, 24, 7, 0, 0, 0, time.UTC)
		clock := func() time.Time { return now }
		people := people()
		doors := New(Config{Store: s.Logins(clock), People: people, Devices: people, Now: clock})
		b := newBrowser(t, doors)
		for _, kind := range kinds {
			b.wantOut(kind)
			b.signIn(kind)
			b.wantIn(kind)
		}
		now = now.Add(staffIdle - time.Minute)
		b.wantIn(booking.StaffActor)
		now = now.Add(staffIdle - time.Minute)
		b.wantIn(booking.StaffActor)
		now = now.Add(staffIdle + time.Minute)
		b.wantOut(booking.StaffActor)
		b.wantIn(booking.VisitorActor)
		b.visit(func(ctx context.Context) {
			if err := doors.SignOut(ctx, booking.VisitorActor); err != nil {
				t.Error(err)
			}
		})
		b.wantOut(booking.VisitorActor)
		b.wantIn(booking.InterpreterActor)
		now = now.Add(interpreterLife)
		b.wantOut(booking.InterpreterActor)
		b.wantIn(booking.DeviceActor)
	})
}

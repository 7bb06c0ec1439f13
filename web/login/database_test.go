package login

import (
	"context"
	"errors"
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

// What a login let in can be told when it ends, without the cookie.
func TestAMarkIsWorthItsLogin(t *testing.T) {
	storetest.Run(t, func(t *testing.T, s *store.Store) {
		now := time.Date(2026, time.November, 24, 7, 0, 0, 0, time.UTC)
		clock := func() time.Time { return now }
		people := people()
		doors := New(Config{Store: s.Logins(clock), People: people, Devices: people, Now: clock})
		b := newBrowser(t, doors)
		marked := func(kind booking.ActorKind) (mark string) {
			b.signIn(kind)
			b.visit(func(ctx context.Context) {
				var err error
				if mark, err = doors.Mark(ctx, kind); err != nil || mark == "" {
					t.Errorf("Mark = %q, %v", mark, err)
				}
			})
			return mark
		}
		holds := func(what string, kind booking.ActorKind, mark string, want bool) {
			t.Helper()
			who, err := doors.Holder(t.Context(), kind, mark)
			if want && (err != nil || who.ID != "the-"+string(kind)) || !want && !errors.Is(err, booking.ErrSignInNeeded) {
				t.Errorf("%s: Holder = %v, %v", what, who, err)
			}
		}
		mark := marked(booking.StaffActor)
		holds("signed in", booking.StaffActor, mark, true)
		holds("at another door", booking.VisitorActor, mark, false)
		holds("at no door", booking.DeviceActor, mark, false)
		holds("nobody's", booking.StaffActor, "x", false)
		again := marked(booking.StaffActor)
		holds("signed in again", booking.StaffActor, mark, false)
		holds("by the new one", booking.StaffActor, again, true)
		b.visit(func(ctx context.Context) {
			if err := doors.SignOut(ctx, booking.StaffActor); err != nil {
				t.Error(err)
			}
			if _, err := doors.Mark(context.WithoutCancel(ctx), booking.InterpreterActor); !errors.Is(err, booking.ErrSignInNeeded) {
				t.Errorf("Mark of nobody = %v", err)
			}
		})
		holds("signed out", booking.StaffActor, again, false)
		last := marked(booking.StaffActor)
		now = now.Add(staffIdle + time.Minute)
		holds("unused for too long", booking.StaffActor, last, false)
		last = marked(booking.StaffActor)
		delete(people, "the-staff")
		holds("of somebody who has gone", booking.StaffActor, last, false)
		people["down"] = booking.Actor{}
		if _, err := doors.Holder(t.Context(), booking.StaffActor, last); !errors.Is(err, errDown) {
			t.Errorf("with nobody to ask: %v", err)
		}
	})
}

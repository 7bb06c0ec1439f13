package desk_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

const (
	goodPIN  = "480271"
	corridor = "the mark of the screen in the corridor"
)

// atCorridor is a nurse with a PIN who has signed in in full at a shared screen.
func (w *world) atCorridor(name, email string) booking.Actor {
	w.t.Helper()
	who := w.nurse(name, email)
	ok(w.t, w.SetPIN(w.t.Context(), who, goodPassword, goodPIN))
	ok(w.t, w.CameIn(w.t.Context(), who, corridor))
	return who
}

// nurse begins to work on the first ward.
func (w *world) nurse(name, email string) booking.Actor {
	w.t.Helper()
	ctx := w.t.Context()
	made := must[desk.AccountCode](w.t)(w.AddAccount(ctx, booking.System,
		desk.NewAccount{Name: name, Email: email, Holds: []booking.Grant{{Role: booking.Nurse, Ward: wardID(1)}}}))
	ok(w.t, w.ChoosePassword(ctx, email, made.Code, goodPassword))
	return must[booking.Actor](w.t)(w.SignIn(ctx, email, goodPassword))
}

func (w *world) recorded(what booking.Action) int {
	return w.count(`SELECT count(*) FROM audit_events WHERE action = $1`, what)
}

// comes tries to come back with a PIN.
func (w *world) comes(browser string, who booking.Actor, pin string, want error) {
	w.t.Helper()
	by, err := w.ComeBack(w.t.Context(), browser, booking.StaffID(who.ID), pin)
	refused(w.t, pin+" at "+browser, err, want)
	if (err == nil) != by.MaySomewhere(booking.RunVisits) {
		w.t.Errorf("%s comes in as %+v", pin, by)
	}
}

func TestComingBackWithAPIN(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		ana := w.atCorridor("Ana Sousa", "ana.sousa@hospital.example")
		ben := w.atCorridor("Ben Okoye", "ben.okoye@hospital.example")
		here := must[[]booking.Colleague](t)(w.Colleagues(ctx, corridor))
		if len(here) != 2 || here[0].Name != "Ana Sousa" || here[1].Name != "Ben Okoye" {
			t.Fatalf("here are %v", here)
		}
		w.comes(corridor, ana, goodPIN, nil)
		for _, elsewhere := range []string{"", "the office", strings.Repeat("x", 500), "\x00"} {
			w.comes(elsewhere, ana, goodPIN, booking.ErrNotHereLately)
			if here := must[[]booking.Colleague](t)(w.Colleagues(ctx, elsewhere)); len(here) > 0 {
				t.Errorf("%q knows %v", elsewhere, here)
			}
		}
		w.comes(corridor, ana, "480272", booking.ErrWrongPIN)
		w.comes(corridor, ana, strings.Repeat("4", 5000), booking.ErrWrongPIN)
		w.comes(corridor, booking.Actor{ID: "not an account"}, goodPIN, booking.ErrNotHereLately)

		ok(t, w.SetPIN(ctx, ana, goodPassword, "912403"))
		w.comes(corridor, ana, goodPIN, booking.ErrWrongPIN)
		w.comes(corridor, ana, "912403", nil)
		ok(t, w.RemovePIN(ctx, ana))
		ok(t, w.RemovePIN(ctx, ana)) // again
		w.comes(corridor, ana, "912403", booking.ErrNotHereLately)

		ok(t, w.WentFrom(ctx, ben, corridor))
		w.comes(corridor, ben, goodPIN, booking.ErrNotHereLately)
		ok(t, w.CameIn(ctx, ben, corridor))
		w.at(w.now.Add(12*time.Hour - time.Second))
		w.comes(corridor, ben, goodPIN, nil)
		w.at(w.now.Add(time.Second)) // coming back with a PIN makes the shift no longer
		w.comes(corridor, ben, goodPIN, booking.ErrNotHereLately)
	})
}

func TestFiveWrongPINsAtOneScreen(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		ana := w.atCorridor("Ana Sousa", "ana.sousa@hospital.example")
		ok(t, w.CameIn(ctx, ana, "the office"))
		for range 4 {
			w.comes(corridor, ana, "000000", booking.ErrWrongPIN)
		}
		w.comes(corridor, ana, goodPIN, nil)
		for range 4 {
			w.comes(corridor, ana, "000000", booking.ErrWrongPIN)
		}
		w.comes(corridor, ana, "000000", booking.ErrPINSpent)
		w.comes(corridor, ana, goodPIN, booking.ErrNotHereLately)
		w.comes("the office", ana, goodPIN, nil) // nowhere else
		ok(t, w.CameIn(ctx, ana, corridor))      // and not once they have signed in in full
		w.comes(corridor, ana, goodPIN, nil)
		if got := w.recorded(booking.PINSpent); got != 1 {
			t.Errorf("%d times recorded", got)
		}
	})
}

// A hundred guesses at once are a hundred: no more than five are looked at.
func TestGuessingPINsAtOnce(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ana := w.atCorridor("Ana Sousa", "ana.sousa@hospital.example")
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() { _, _ = w.ComeBack(t.Context(), corridor, booking.StaffID(ana.ID), "000000") })
		}
		wg.Wait()
		if got := w.recorded(booking.FactorRefused); got != 5 {
			t.Errorf("%d were looked at", got)
		}
		w.comes(corridor, ana, goodPIN, booking.ErrNotHereLately)
	})
}

// What ends somebody's logins ends their coming back.
func TestWhatEndsComingBack(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		boss := w.administrator(factorEmail)
		for i, end := range []func(booking.StaffID) error{
			func(id booking.StaffID) error { return second(w.CloseAccount(ctx, boss, id, true)) },
			func(id booking.StaffID) error { return second(w.ResetPassword(ctx, boss, id)) },
			func(id booking.StaffID) error { return w.RemoveFactors(ctx, boss, id, "lost") },
			func(id booking.StaffID) error {
				return w.GiveRole(ctx, boss, id, booking.Grant{Role: booking.Auditor})
			},
		} {
			who := w.atCorridor("Ana Sousa", string(rune('a'+i))+".sousa@hospital.example")
			w.comes(corridor, who, goodPIN, nil)
			w.at(w.now.Add(time.Second))
			ok(t, end(booking.StaffID(who.ID)))
			w.comes(corridor, who, goodPIN, booking.ErrNotHereLately)
		}
	})
}

func TestWhoMayHaveAPIN(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		boss := w.administrator(factorEmail)
		refused(t, "an administrator", w.SetPIN(ctx, boss, goodPassword, goodPIN), booking.ErrNoPINForRole)
		who := w.nurse("Ana Sousa", "ana.sousa@hospital.example")
		refused(t, "the password of another", w.SetPIN(ctx, who, "not mine at all", goodPIN), booking.ErrNotYourPassword)
		refused(t, "an easy one", w.SetPIN(ctx, who, goodPassword, "123456"), booking.ErrBadPIN)
		if s := must[booking.Strength](t)(w.Strength(ctx, who)); s.PIN || s.NoPIN {
			t.Errorf("has %+v", s)
		}
		ok(t, w.SetPIN(ctx, who, goodPassword, goodPIN))
		if s := must[booking.Strength](t)(w.Strength(ctx, who)); !s.PIN {
			t.Errorf("has %+v", s)
		}
	})
}

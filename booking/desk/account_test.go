package desk_test

import (
	"sync"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

const goodPassword = "tram lantern quilt"

// administrator is somebody who keeps accounts, in the rows too.
func (w *world) administrator(email string) booking.Actor {
	w.t.Helper()
	made := must[desk.AccountCode](w.t)(w.AddAccount(w.t.Context(), booking.System,
		desk.NewAccount{Name: "Inês Costa", Email: email, Holds: []booking.Grant{{Role: booking.Administrator}}}))
	ok(w.t, w.ChoosePassword(w.t.Context(), email, made.Code, goodPassword))
	return must[booking.Actor](w.t)(w.SignIn(w.t.Context(), email, goodPassword))
}

func TestSomebodyBeginsToWorkHere(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		admin := w.administrator("ines.costa@hospital.example")
		nurse := booking.Grant{Role: booking.Nurse, Ward: wardID(1)}
		made := must[desk.AccountCode](t)(w.AddAccount(ctx, admin, desk.NewAccount{Name: " Leo  Brook ", Email: "Leo.Brook@Hospital.example", Holds: []booking.Grant{nurse}}))
		const email = "leo.brook@hospital.example"
		if a := made.Account; a.Name != "Leo Brook" || a.Email != email || len(a.Holds) != 1 || a.Holds[0] != nurse || a.Code.IsZero() {
			t.Errorf("made %+v", a)
		}
		_, err := w.AddAccount(ctx, admin, desk.NewAccount{Name: "Another", Email: "LEO.brook@hospital.example"})
		refused(t, "the same address again", err, booking.ErrEmailTaken)
		_, err = w.SignIn(ctx, email, "")
		refused(t, "no password", err, booking.ErrWrongPassword)
		refused(t, "a wrong code", w.ChoosePassword(ctx, email, "ABCDEF-GHJKLM", goodPassword), booking.ErrAccountCode)
		refused(t, "another's address", w.ChoosePassword(ctx, "ines.costa@hospital.example", made.Code, goodPassword), booking.ErrAccountCode)
		refused(t, "nobody's address", w.ChoosePassword(ctx, "nobody@hospital.example", made.Code, goodPassword), booking.ErrAccountCode)
		refused(t, "a short password", w.ChoosePassword(ctx, email, made.Code, "short"), booking.ErrPasswordShort)
		ok(t, w.ChoosePassword(ctx, email, made.Code, goodPassword))
		refused(t, "the code again", w.ChoosePassword(ctx, email, made.Code, goodPassword+" two"), booking.ErrAccountCode)
		actor := must[booking.Actor](t)(w.SignIn(ctx, email, goodPassword))
		if !actor.May(booking.RunVisits, wardID(1)) || actor.Knows(wardID(2)) || actor.MaySomewhere(booking.KeepAccounts) {
			t.Errorf("may what they should not, or the other way round: %+v", actor)
		}
		_, err = w.Accounts(ctx, actor)
		refused(t, "the list as a nurse", err, booking.ErrMayNot)
		_, err = w.AddAccount(ctx, actor, desk.NewAccount{Name: "X", Email: "x@hospital.example"})
		refused(t, "adding as a nurse", err, booking.ErrMayNot)
		_, err = w.Patient(ctx, admin, patientID(1))
		refused(t, "a patient as an administrator", err, booking.ErrMayNot)
	})
}

func TestACodeIsGoodForAWhile(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		admin := w.administrator("ines.costa@hospital.example")
		made := must[desk.AccountCode](t)(w.AddAccount(t.Context(), admin, desk.NewAccount{Name: "Leo Brook", Email: "leo@hospital.example"}))
		w.at(made.Account.Code)
		refused(t, "late", w.ChoosePassword(t.Context(), "leo@hospital.example", made.Code, goodPassword), booking.ErrAccountCode)
		again := must[desk.AccountCode](t)(w.ResetPassword(t.Context(), admin, made.Account.ID))
		for range 7 {
			_ = w.ChoosePassword(t.Context(), "leo@hospital.example", "AAAAAA-AAAAAA", goodPassword)
		}
		refused(t, "after many guesses", w.ChoosePassword(t.Context(), "leo@hospital.example", again.Code, goodPassword), booking.ErrLockedOut)
		w.at(made.Account.Code.Add(16 * time.Minute))
		ok(t, w.ChoosePassword(t.Context(), "leo@hospital.example", again.Code, goodPassword))
	})
}

func TestRolesCountAtOnce(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		admin := w.administrator("ines.costa@hospital.example")
		made := must[desk.AccountCode](t)(w.AddAccount(ctx, admin, desk.NewAccount{Name: "Leo Brook", Email: "leo@hospital.example"}))
		ok(t, w.ChoosePassword(ctx, "leo@hospital.example", made.Code, goodPassword))
		id := made.Account.ID
		since := morning
		may := func(right booking.Right, ward int) bool {
			t.Helper()
			return must[booking.Actor](t)(w.Staff(ctx, id, since)).May(right, wardID(ward))
		}
		site := booking.Grant{Role: booking.Nurse, Site: must[[]booking.Ward](t)(w.Places(ctx, admin))[0].Site.ID}
		for _, g := range []booking.Grant{{Role: booking.DeviceManager}, site, {Role: booking.WardManager, Ward: wardID(2)}} {
			ok(t, w.GiveRole(ctx, admin, id, g))
			ok(t, w.GiveRole(ctx, admin, id, g))
		}
		if !may(booking.RunVisits, 1) || !may(booking.DecideRules, 2) || may(booking.DecideRules, 1) {
			t.Error("roles do not count")
		}
		ok(t, w.TakeRole(ctx, admin, id, site))
		ok(t, w.TakeRole(ctx, admin, id, site))
		if may(booking.RunVisits, 1) || !may(booking.KeepDevices, 1) || !may(booking.RunVisits, 2) {
			t.Error("taking one took another, or none")
		}
		if got := len(must[booking.Account](t)(w.Account(ctx, admin, id)).Holds); got != 2 {
			t.Errorf("%d roles are left", got)
		}
		refused(t, "no role", w.GiveRole(ctx, admin, id, booking.Grant{Role: "matron"}), booking.ErrBadChoice)
		refused(t, "nobody", w.GiveRole(ctx, admin, "nobody", booking.Grant{Role: booking.Nurse}), booking.ErrNoSuchAccount)
	})
}

func TestAClosedAccountIsClosedEverywhere(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		admin := w.administrator("ines.costa@hospital.example")
		other := w.administrator("morag.reid@hospital.example")
		w.at(morning.Add(time.Hour))
		id := booking.StaffID(other.ID)
		must[booking.Account](t)(w.CloseAccount(ctx, admin, id, true))
		_, err := w.Staff(ctx, id, morning)
		refused(t, "an open login", err, booking.ErrSignInNeeded)
		_, err = w.SignIn(ctx, "morag.reid@hospital.example", goodPassword)
		refused(t, "signing in", err, booking.ErrWrongPassword)
		_, err = w.ResetPassword(ctx, other, booking.StaffID(admin.ID))
		refused(t, "an act of hers", err, booking.ErrMayNot)
		must[booking.Account](t)(w.CloseAccount(ctx, admin, id, false))
		_, err = w.Staff(ctx, id, morning)
		refused(t, "the login of before", err, booking.ErrSignInNeeded)

		self := booking.StaffID(admin.ID)
		must[desk.AccountCode](t)(w.ResetPassword(ctx, admin, self))
		_, err = w.Staff(ctx, self, morning)
		refused(t, "a login after the password was reset", err, booking.ErrSignInNeeded)
		_, err = w.SignIn(ctx, "ines.costa@hospital.example", goodPassword)
		refused(t, "the password that was reset", err, booking.ErrWrongPassword)
	})
}

// Two administrators who each close the other's account: one is left.
func TestSomebodyIsLeftToKeepAccounts(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		one, two := w.administrator("one@hospital.example"), w.administrator("two@hospital.example")
		var wg sync.WaitGroup
		for _, pair := range [][2]booking.Actor{{one, two}, {two, one}} {
			wg.Go(func() { _, _ = w.CloseAccount(ctx, pair[0], booking.StaffID(pair[1].ID), true) })
		}
		wg.Wait()
		open := 0
		for _, a := range must[[]booking.Account](t)(w.Accounts(ctx, booking.System)) {
			if a.MayEverywhere(booking.KeepAccounts) {
				open++
				refused(t, "the last one's account", second(w.CloseAccount(ctx, booking.System, a.ID, true)), booking.ErrLastAdministrator)
				refused(t, "the last one's role", w.TakeRole(ctx, booking.System, a.ID, booking.Grant{Role: booking.Administrator}), booking.ErrLastAdministrator)
			}
		}
		if open != 1 {
			t.Errorf("%d are left", open)
		}
	})
}

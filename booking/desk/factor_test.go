package desk_test

import (
	"encoding/base32"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

const factorEmail = "ines.costa@hospital.example"

// codeAt is what an app with a secret shows.
func codeAt(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	return must[string](t)(totp.GenerateCode(secret, at))
}

// app sets one up for somebody, and returns its secret and the codes on paper.
func (w *world) app(by booking.Actor) (booking.FactorID, string, []string) {
	w.t.Helper()
	begun := must[desk.NewFactor](w.t)(w.BeginFactor(w.t.Context(), by, goodPassword, "My phone"))
	codes := must[[]string](w.t)(w.ProveFactor(w.t.Context(), by, begun.ID, codeAt(w.t, begun.Secret, w.now)))
	w.at(w.now.Add(2 * time.Minute)) // past the step that proved it
	return begun.ID, begun.Secret, codes
}

func TestTheSecondStep(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		admin := w.administrator(factorEmail)
		id := booking.StaffID(admin.ID)
		refused(t, "another's password", second(w.BeginFactor(ctx, admin, "not mine at all", "Phone")), booking.ErrNotYourPassword)
		_, secret, _ := w.app(admin)

		half, err := w.SignIn(ctx, factorEmail, goodPassword)
		refused(t, "the password alone", err, booking.ErrFactorNeeded)
		if half.ID != admin.ID || half.MaySomewhere(booking.KeepAccounts) {
			t.Errorf("half way in: %+v", half)
		}
		since := w.now
		now := codeAt(t, secret, w.now)
		for _, tt := range []struct {
			name, code string
			want       error
		}{
			{"nothing", "", booking.ErrWrongFactor},
			{"two steps ago", codeAt(t, secret, w.now.Add(-time.Minute)), booking.ErrWrongFactor},
			{"two steps on", codeAt(t, secret, w.now.Add(time.Minute)), booking.ErrWrongFactor},
			{"now, as apps show it", now[:3] + " " + now[3:], nil},
			{"the same again", now, booking.ErrFactorUsed},
			{"the step before", codeAt(t, secret, w.now.Add(-30*time.Second)), nil},
			{"the step after", codeAt(t, secret, w.now.Add(30*time.Second)), nil},
			{"the step after again", codeAt(t, secret, w.now.Add(30*time.Second)), booking.ErrFactorUsed},
		} {
			by, err := w.FactorSignIn(ctx, id, since, tt.code)
			refused(t, tt.name, err, tt.want)
			if (err == nil) != by.MaySomewhere(booking.KeepAccounts) {
				t.Errorf("%s: is %+v", tt.name, by)
			}
		}
		w.at(since.Add(11 * time.Minute))
		_, err = w.FactorSignIn(ctx, id, since, codeAt(t, secret, w.now))
		refused(t, "eleven minutes after the password", err, booking.ErrSignInNeeded)
	})
}

func TestOneCodeOpensOneDoor(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		admin := w.administrator(factorEmail)
		_, secret, codes := w.app(admin)
		for _, code := range []string{codeAt(t, secret, w.now), codes[0]} {
			var wg sync.WaitGroup
			var mu sync.Mutex
			in := 0
			for range 4 {
				wg.Go(func() {
					if _, err := w.FactorSignIn(t.Context(), booking.StaffID(admin.ID), w.now, code); err == nil {
						mu.Lock()
						in++
						mu.Unlock()
					}
				})
			}
			wg.Wait()
			if in != 1 {
				t.Errorf("%d came in with one code", in)
			}
		}
	})
}

func TestGuessingTheSecondStep(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		admin := w.administrator(factorEmail)
		other := w.administrator("morag.reid@hospital.example")
		_, secret, mine := w.app(admin)
		_, theirs, codes := w.app(other)
		id, since := booking.StaffID(admin.ID), w.now
		for _, wrong := range []string{codes[0], strings.Repeat("9", 5000), "\u202e123456", codeAt(t, theirs, w.now), "000000", "000001", "000002", "000003"} {
			_, err := w.FactorSignIn(ctx, id, since, wrong)
			refused(t, "a guess", err, booking.ErrWrongFactor)
		}
		_, err := w.FactorSignIn(ctx, id, since, codeAt(t, secret, w.now))
		refused(t, "the right one, sixth", err, booking.ErrLockedOut)
		must[booking.Actor](t)(w.FactorSignIn(ctx, id, since, mine[0])) // but by a code on paper
		for _, wrong := range []string{"000000", "000001", "000002", "000003", "000004"} {
			_, err := w.FactorSignIn(ctx, id, since, wrong)
			refused(t, "a guess", err, booking.ErrWrongFactor)
		}
		refused(t, "the sixth again", second(w.FactorSignIn(ctx, id, since, codeAt(t, secret, w.now))), booking.ErrLockedOut)
		must[booking.Actor](t)(w.FactorSignIn(ctx, booking.StaffID(other.ID), since, codeAt(t, theirs, w.now))) // nobody else is locked out
		must[booking.Actor](t)(w.Staff(ctx, id, morning))                                                       // nor whoever is in
		w.at(since.Add(16 * time.Minute))
		must[booking.Actor](t)(w.FactorSignIn(ctx, id, w.now, codeAt(t, secret, w.now)))
		if n := w.count(`SELECT count(*) FROM audit_events WHERE action = 'factor_refused' AND subject = 'staff ` + admin.ID + `'`); n != 13 {
			t.Errorf("%d refusals are recorded", n)
		}
	})
}

func TestCodesOnPaper(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		admin := w.administrator(factorEmail)
		id := booking.StaffID(admin.ID)
		refused(t, "with nothing to recover", second(w.MakeRecoveryCodes(ctx, admin, goodPassword)), booking.ErrNoSuchFactor)
		factor, _, codes := w.app(admin)
		must[booking.Actor](t)(w.FactorSignIn(ctx, id, w.now, strings.ToLower(codes[3])))
		refused(t, "again", second(w.FactorSignIn(ctx, id, w.now, codes[3])), booking.ErrWrongFactor)
		if s := must[booking.Strength](t)(w.Strength(ctx, admin)); s.Codes != 9 || len(s.Factors) != 1 || s.Factors[0].Name != "My phone" {
			t.Errorf("%+v", s)
		}
		fresh := must[[]string](t)(w.MakeRecoveryCodes(ctx, admin, goodPassword))
		refused(t, "one of the old", second(w.FactorSignIn(ctx, id, w.now, codes[4])), booking.ErrWrongFactor)
		must[booking.Actor](t)(w.FactorSignIn(ctx, id, w.now, fresh[0]))
		for _, code := range fresh {
			if n := w.count(`SELECT count(*) FROM staff_recovery_codes WHERE code_hash LIKE '%` + code[:6] + `%'`); n != 0 {
				t.Error("a code is kept as it is")
			}
		}
		ok(t, w.RenameFactor(ctx, admin, factor, "Work phone"))
		refused(t, "another's", w.RenameFactor(ctx, w.administrator("x@hospital.example"), factor, "Mine"), booking.ErrNoSuchFactor)
		refused(t, "without the password", w.RemoveFactor(ctx, admin, factor, "x"), booking.ErrNotYourPassword)
		ok(t, w.RemoveFactor(ctx, admin, factor, goodPassword))
		must[booking.Actor](t)(w.SignIn(ctx, factorEmail, goodPassword))
		if s := must[booking.Strength](t)(w.Strength(ctx, admin)); s.Codes != 0 || len(s.Factors) != 0 {
			t.Errorf("left behind: %+v", s)
		}
	})
}

// A secret that is put into another's row, and one that is shown too late.
func TestASecretIsItsOwners(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		admin, other := w.administrator(factorEmail), w.administrator("morag.reid@hospital.example")
		mine, secret, _ := w.app(admin)
		theirs, _, _ := w.app(other)
		raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
		if err != nil || len(raw) != 20 {
			t.Errorf("%d bytes: %v", len(raw), err)
		}
		if n := w.count(`SELECT count(*) FROM staff_factors WHERE secret LIKE '%` + secret + `%'`); n != 0 {
			t.Error("the secret is not sealed")
		}
		if _, err := w.raw.ExecContext(ctx, `UPDATE staff_factors SET secret = (SELECT secret FROM staff_factors WHERE id = '`+string(mine)+`') WHERE id = '`+string(theirs)+`'`); err != nil {
			t.Fatal(err)
		}
		if by, err := w.FactorSignIn(ctx, booking.StaffID(other.ID), w.now, codeAt(t, secret, w.now)); err == nil {
			t.Errorf("a secret in another's row opens the door to %v", by)
		}
		begun := must[desk.NewFactor](t)(w.BeginFactor(ctx, admin, goodPassword, "Second phone"))
		_, err = w.FactorBegun(ctx, other, begun.ID)
		refused(t, "another's secret", err, booking.ErrNoSuchFactor)
		_, err = w.ProveFactor(ctx, other, begun.ID, codeAt(t, begun.Secret, w.now))
		refused(t, "another's app", err, booking.ErrNoSuchFactor)
		w.at(w.now.Add(16 * time.Minute))
		_, err = w.FactorBegun(ctx, admin, begun.ID)
		refused(t, "too late", err, booking.ErrNoSuchFactor)
		_, err = w.FactorBegun(ctx, admin, mine)
		refused(t, "one that is proved", err, booking.ErrNoSuchFactor)
	})
}

func TestWhoMustHaveOneHoldsNothingUntilThen(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		admin, other := w.administrator(factorEmail), w.administrator("morag.reid@hospital.example")
		ok(t, w.AskFactorOf(ctx, admin, booking.Roles{booking.Administrator}))
		bare := must[booking.Actor](t)(w.Staff(ctx, booking.StaffID(admin.ID), morning))
		if !bare.Bare || bare.MaySomewhere(booking.KeepAccounts) || bare.Name != "Inês Costa" {
			t.Errorf("is %+v", bare)
		}
		refused(t, "an act", second(w.Accounts(ctx, bare)), booking.ErrMayNot)
		w.app(bare)
		if full := must[booking.Actor](t)(w.Staff(ctx, booking.StaffID(admin.ID), morning)); full.Bare || !full.MayEverywhere(booking.KeepAccounts) {
			t.Errorf("afterwards %+v", full)
		}
		full := must[booking.Actor](t)(w.Staff(ctx, booking.StaffID(admin.ID), morning))
		if got := must[booking.Roles](t)(w.RolesWithFactor(ctx, full)); got.String() != "administrator" {
			t.Errorf("asked of %v", got)
		}
		must[booking.Actor](t)(w.Staff(ctx, booking.StaffID(other.ID), morning))
		ok(t, w.AskFactorOf(ctx, full, nil))
		if free := must[booking.Actor](t)(w.Staff(ctx, booking.StaffID(other.ID), morning)); free.Bare {
			t.Error("nobody must, and she must")
		}
	})
}

func TestAnAdministratorRemovesWhatIsLost(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		admin, other := w.administrator(factorEmail), w.administrator("morag.reid@hospital.example")
		w.app(other)
		w.at(w.now.Add(time.Minute))
		id := booking.StaffID(other.ID)
		refused(t, "without a reason", w.RemoveFactors(ctx, admin, id, "  "), booking.ErrMissing)
		refused(t, "as a nurse", w.RemoveFactors(ctx, nurse(1), id, "lost"), booking.ErrMayNot)
		refused(t, "nobody's", w.RemoveFactors(ctx, admin, "nobody", "lost"), booking.ErrNoSuchAccount)
		ok(t, w.RemoveFactors(ctx, admin, id, "phone stolen, seen in person"))
		_, err := w.Staff(ctx, id, morning)
		refused(t, "an open login", err, booking.ErrSignInNeeded)
		must[booking.Actor](t)(w.SignIn(ctx, "morag.reid@hospital.example", goodPassword))
		if n := w.count(`SELECT count(*) FROM audit_events WHERE action = 'factors_removed' AND reason = 'phone stolen, seen in person' AND actor_id = '` + admin.ID + `'`); n != 1 {
			t.Errorf("recorded %d times", n)
		}
		if s := must[booking.Strength](t)(w.Strength(ctx, other)); s.Codes != 0 || len(s.Factors) != 0 {
			t.Errorf("left behind: %+v", s)
		}
	})
}

// Whoever knows the password may be in already when its owner sets up an app: their
// login ends, and so it does when an app is removed.
func TestAnAppEndsEveryOtherLogin(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		admin := w.administrator(factorEmail)
		id := booking.StaffID(admin.ID)
		before := w.now
		must[booking.Actor](t)(w.Staff(ctx, id, before))
		w.at(w.now.Add(time.Minute))
		factor, _, _ := w.app(admin)
		_, err := w.Staff(ctx, id, before)
		refused(t, "a login from before the app", err, booking.ErrSignInNeeded)
		before = w.now
		must[booking.Actor](t)(w.Staff(ctx, id, before))
		begun := must[desk.NewFactor](t)(w.BeginFactor(ctx, admin, goodPassword, "Whose phone?"))
		w.at(w.now.Add(time.Minute))
		must[[]string](t)(w.MakeRecoveryCodes(ctx, admin, goodPassword))
		_, err = w.Staff(ctx, id, before)
		refused(t, "a login from before the new codes", err, booking.ErrSignInNeeded)
		_, err = w.ProveFactor(ctx, admin, begun.ID, codeAt(t, begun.Secret, w.now))
		refused(t, "an app begun at such a login", err, booking.ErrNoSuchFactor)
		before = w.now
		w.at(w.now.Add(time.Minute))
		ok(t, w.RemoveFactor(ctx, admin, factor, goodPassword))
		_, err = w.Staff(ctx, id, before)
		refused(t, "a login from before it was removed", err, booking.ErrSignInNeeded)
	})
}

// Whoever knows the password cannot go on guessing for days, and its owner still comes
// in by a code on paper.
func TestGuessingForDays(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		admin := w.administrator(factorEmail)
		id := booking.StaffID(admin.ID)
		_, secret, codes := w.app(admin)
		guesses := 0
		for {
			_, err := w.FactorSignIn(ctx, id, w.now, "000000")
			if errors.Is(err, booking.ErrFactorShut) {
				break
			}
			if guesses++; guesses > 60 {
				t.Fatal("guesses without end")
			}
			refused(t, "a guess", err, booking.ErrWrongFactor)
			w.at(w.now.Add(4 * time.Hour)) // never five within a quarter of an hour
		}
		_, err := w.FactorSignIn(ctx, id, w.now, codeAt(t, secret, w.now))
		refused(t, "the right one", err, booking.ErrFactorShut)
		w.at(w.now.Add(time.Hour))
		must[booking.Actor](t)(w.FactorSignIn(ctx, id, w.now, codes[0]))
		w.at(w.now.Add(time.Hour))
		must[booking.Actor](t)(w.FactorSignIn(ctx, id, w.now, codeAt(t, secret, w.now)))
		t.Logf("%d guesses", guesses)
	})
}

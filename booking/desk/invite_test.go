package desk_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

func TestAnInvitationAndItsCode(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		who := desk.Contact{Name: "  Maya   Brown ", Phone: "07700 900321", Email: "maya@example.org", Relationship: "Granddaughter"}
		m := must[booking.CircleMember](t)(w.Invite(ctx, nurse(1), patientID(1), who))
		if m.Status != booking.MemberApproved || m.Visitor.Name != "Maya Brown" || m.Visitor.Phone != "+447700900321" {
			t.Errorf("invited: %+v", m)
		}
		link := token(t, w.sent()[booking.NoticeInvite])
		if w.count(`SELECT count(*) FROM outbox WHERE words LIKE '%invitation%'`) != 0 {
			t.Error("a link is kept once it is sent")
		}
		for range 2 { // looking spends nothing
			shown := must[desk.Invitation](t)(w.Invitation(ctx, link))
			if shown.Hospital != "St Test's Hospital" || shown.Ward.Name != "Ward 1" || shown.PhoneEnd != "…321" || shown.CodeOpen || shown.For != booking.AsVisitor {
				t.Errorf("shown: %+v", shown)
			}
		}
		_, err := w.OpenInvitation(ctx, link, "123456")
		refused(t, "before there is a code", err, booking.ErrCodeExpired)
		shown := must[desk.Invitation](t)(w.SendCode(ctx, link))
		if !shown.CodeOpen || !shown.CodeEnds.Equal(morning.Add(booking.CodeLife)) {
			t.Errorf("after sending: %+v", shown)
		}
		_, err = w.SendCode(ctx, link)
		refused(t, "another one at once", err, booking.ErrCodeTooSoon)
		code := w.sent()[booking.NoticeCode]
		if code.To != "+447700900321" || len(code.Words["code"]) != booking.CodeDigits {
			t.Errorf("the code went as %+v", code)
		}
		if n := w.count(`SELECT count(*) FROM invites WHERE code_hash = $1`, code.Words["code"]); n != 0 {
			t.Error("a code is kept as it is")
		}
		_, err = w.OpenInvitation(ctx, link, wrong(code.Words["code"]))
		refused(t, "a wrong code", err, booking.ErrWrongCode)
		typed := code.Words["code"][:3] + " - " + code.Words["code"][3:]
		actor := must[booking.Actor](t)(w.OpenInvitation(ctx, link, typed))
		if actor.Visitor() != m.Visitor.ID || actor.Name != "Maya Brown" {
			t.Errorf("opened by %+v", actor)
		}
		_, err = w.OpenInvitation(ctx, link, typed)
		refused(t, "the same code again", err, booking.ErrCodeExpired)
		if again := must[booking.Actor](t)(w.VisitorActor(ctx, actor.Visitor())); again.ID != actor.ID {
			t.Errorf("loaded as %+v", again)
		}
		must[desk.Visit](t)(w.Hold(ctx, actor, patientID(1), actor.Visitor(), today(15, 0)))
	})
}

func wrong(code string) string {
	if code[0] == '0' {
		return "1" + code[1:]
	}
	return "0" + code[1:]
}

// A hundred guesses at once are a hundred guesses, of which five are looked at.
func TestGuessingACode(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		link := must[string](t)(w.PracticeLink(ctx, memberID(1), ""))
		must[desk.Invitation](t)(w.SendCode(ctx, link))
		code := w.sent()[booking.NoticeCode].Words["code"]
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if _, err := w.OpenInvitation(ctx, link, wrong(code)); err == nil {
					t.Error("a wrong code opens")
				}
			})
		}
		wg.Wait()
		_, err := w.OpenInvitation(ctx, link, code)
		refused(t, "the right code after too many", err, booking.ErrTooManyCodes)
		if n := w.count(`SELECT count(*) FROM audit_events WHERE action = 'code_refused' AND reason = 'wrong_code'`); n != 5 {
			t.Errorf("%d guesses were looked at", n)
		}
		w.at(morning.Add(2 * time.Minute))
		must[desk.Invitation](t)(w.SendCode(ctx, link)) // a new code is a new chance
		must[booking.Actor](t)(w.OpenInvitation(ctx, link, w.sent()[booking.NoticeCode].Words["code"]))
	})
}

func TestLinksThatAreOver(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		link := must[string](t)(w.PracticeLink(ctx, memberID(1), ""))
		for _, bad := range []string{"", "x", strings.Repeat("A", 22), link + "A", "\x00"} {
			_, err := w.Invitation(ctx, bad)
			refused(t, "a link that is none", err, booking.ErrNoSuchInvite)
			_, err = w.OpenInvitation(ctx, bad, "123456")
			refused(t, "a link that is none", err, booking.ErrNoSuchInvite)
		}
		must[booking.CircleMember](t)(w.RemoveMember(ctx, nurse(1), memberID(1)))
		_, err := w.Invitation(ctx, link)
		refused(t, "a revoked link", err, booking.ErrInviteRevoked)
		_, err = w.SendCode(ctx, link)
		refused(t, "a code for a revoked link", err, booking.ErrInviteRevoked)
		_, err = w.VisitorActor(ctx, visitorID(1))
		refused(t, "a login of who is in no circle", err, booking.ErrSignInNeeded)
		link = must[string](t)(w.PracticeLink(ctx, memberID(2), ""))
		w.at(morning.AddDate(0, 3, 0))
		_, err = w.SendCode(ctx, link)
		refused(t, "an old link", err, booking.ErrInviteExpired)
	})
}

func TestAnInterpretersLink(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.book(1, today(15, 0), desk.Details{Tongue: signed})
		link := token(t, w.sent()[booking.NoticeInterpreterAsk])
		shown := must[desk.Invitation](t)(w.SendCode(ctx, link))
		if shown.For != booking.AsInterpreter || shown.Ward.ID != "" || shown.Hospital == "" {
			t.Errorf("shown: %+v", shown)
		}
		actor := must[booking.Actor](t)(w.OpenInvitation(ctx, link, w.sent()[booking.NoticeCode].Words["code"]))
		if actor.Interpreter() != interpID(3) {
			t.Errorf("opened by %+v", actor)
		}
		must[booking.Actor](t)(w.InterpreterActor(ctx, actor.Interpreter()))
		_, err := w.InterpreterActor(ctx, "nobody")
		refused(t, "nobody's login", err, booking.ErrSignInNeeded)
	})
}

func TestSigningIn(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		const email, password = "amina.khan@hospital.example", "correct horse"
		actor := must[booking.Actor](t)(w.SignIn(ctx, " Amina.KHAN@hospital.example ", password))
		if actor.Kind != booking.StaffActor || !actor.May(booking.RunVisits, wardID(1)) || actor.May(booking.RunVisits, wardID(2)) {
			t.Errorf("signed in as %+v", actor)
		}
		for _, tt := range [][2]string{{email, "wrong"}, {email, ""}, {"nobody@hospital.example", password}, {"", ""}, {email, strings.Repeat("x", 300)}, {"a\x00b", "c"}} {
			_, err := w.SignIn(ctx, tt[0], tt[1])
			refused(t, "sign in as "+tt[0], err, booking.ErrWrongPassword)
		}
		must[booking.Actor](t)(w.SignIn(ctx, email, password)) // which forgets the tries
		for _, name := range []string{email, "nobody@hospital.example"} {
			locked := 0
			var wg sync.WaitGroup
			var mu sync.Mutex
			for range 9 {
				wg.Go(func() {
					_, err := w.SignIn(ctx, name, "wrong")
					mu.Lock()
					defer mu.Unlock()
					if errors.Is(err, booking.ErrLockedOut) {
						locked++
					}
				})
			}
			wg.Wait()
			if locked < 4 {
				t.Errorf("%s: %d of nine guesses at once were not looked at", name, locked)
			}
		}
		_, err := w.SignIn(ctx, email, password)
		refused(t, "the right password while locked out", err, booking.ErrLockedOut)
		must[booking.Actor](t)(w.Staff(ctx, booking.StaffID(actor.ID), morning)) // a login that is open stays open
		ok(t, w.SignOut(ctx, actor))
		w.at(morning.Add(16 * time.Minute))
		must[booking.Actor](t)(w.SignIn(ctx, email, password))
		_, err = w.Staff(ctx, "nobody", morning)
		refused(t, "nobody's login", err, booking.ErrSignInNeeded)
	})
}

package web

import (
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

const aPIN = "480271"

// choosesPIN has whoever is signed in choose theirs.
func (p *phone) choosesPIN(password string) {
	p.t.Helper()
	p.post("/ward/me/pin", "pin", aPIN, "pin_again", aPIN, "password", password).leads("/ward/me?said=pin")
	p.get("/ward/me?said=pin").shows(http.StatusOK, "Your PIN is chosen", "Choose another PIN").hides(aPIN)
}

var colleague = regexp.MustCompile(`href="(/ward/change/[0-9a-f-]{36})[^"]*"><span class="wv-choice__name">([^<]*)`)

// whoFollows are the pages on which those who can follow type their PIN.
func (p *phone) whoFollows() map[string]string {
	p.t.Helper()
	found := map[string]string{}
	for _, m := range colleague.FindAllStringSubmatch(p.get("/ward/change").shows(http.StatusOK, "Who is here now?").text, -1) {
		found[m[2]] = m[1]
	}
	return found
}

// Two nurses share a screen: each comes back with a PIN, and whoever was there is gone.
func TestOnePersonFollowsAnother(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		screen := h.staff(t, nurse)
		screen.get("/ward/patients").keeps(`href="/ward/change?to=%2fward%2fpatients"`)
		screen.choosesPIN(goodPassword)
		if here := screen.whoFollows(); len(here) != 0 {
			t.Errorf("whoever is there can follow themselves: %v", here)
		}
		khan := maps.Clone(screen.cookies)
		screen.get("/ward/sign-in").leads("/ward/today")
		screen.get("/ward/sign-in?another=1").shows(http.StatusOK, "Sign in to your ward", "Come back with a PIN")
		h.leo(t)
		screen.post("/ward/sign-in", "email", newcomer, "password", aPassword).leads("/ward/today")
		screen.choosesPIN(aPassword)
		if got := len(h.recorded(t, booking.SignedOut)); got != 1 {
			t.Errorf("%d have signed out", got)
		}
		old := h.phone(t)
		old.cookies = khan
		old.get("/ward/today").leads("/ward/sign-in") // another tab, or whoever copied its cookie

		here := screen.whoFollows()
		if len(here) != 1 || here["Sister Khan"] == "" {
			t.Fatalf("here are %v", here)
		}
		ask := here["Sister Khan"]
		screen.get(ask+"?to=/ward/patients").shows(http.StatusOK, "Sister Khan", "Your PIN").keeps(`name="to" value="/ward/patients"`)
		screen.post(ask, "to", "/ward/patients").shows(http.StatusUnprocessableEntity, "Enter six digits")
		screen.post(ask, "pin", "111222").shows(http.StatusUnprocessableEntity, "That PIN is not right").hides("111222")
		screen.get("/ward/today").shows(http.StatusOK, "Leo Brook") // until somebody follows
		for to, want := range map[string]string{"/ward/patients": "/ward/patients", "https://elsewhere.example/": "/ward/today", "//elsewhere.example": "/ward/today", "": "/ward/today"} {
			screen.post(screen.follower("Sister Khan", ask), "to", to, "pin", aPIN).leads(want)
			screen.get("/ward/today").shows(http.StatusOK, "Sister Khan").hides("Leo Brook")
		}
		leo := screen.whoFollows()["Leo Brook"]
		screen.post("/ward/sign-out").leads("/ward/sign-in")
		screen.get("/ward/sign-in").shows(http.StatusOK, "Come back with a PIN")
		if here := screen.whoFollows(); len(here) != 1 || here["Leo Brook"] != leo {
			t.Errorf("after Khan has signed out, here are %v", here)
		}
		screen.post(ask, "pin", aPIN).shows(http.StatusUnprocessableEntity, "Your PIN does not work here now")
		screen.post(leo, "pin", aPIN).leads("/ward/today")
		screen.get("/ward/today").shows(http.StatusOK, "Leo Brook")
		h.hour = h.hour.Add(13 * time.Hour)
		screen.post(leo, "pin", aPIN).shows(http.StatusUnprocessableEntity, "Your PIN does not work here now")
	})
}

// leo begins to work on a ward, as a nurse.
func (h *wardHouse) leo(t *testing.T) {
	t.Helper()
	h.account(t, desk.NewAccount{Name: "Leo Brook", Email: newcomer, Holds: []booking.Grant{{Role: booking.Nurse, Ward: willow}}})
}

// account makes one, whose owner has chosen a password.
func (h *wardHouse) account(t *testing.T, who desk.NewAccount) {
	t.Helper()
	made, err := h.desk.AddAccount(t.Context(), booking.System, who)
	if err == nil {
		err = h.desk.ChoosePassword(t.Context(), who.Email, made.Code, aPassword)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// follower is the page of somebody, who may be there already: then the other follows first.
func (p *phone) follower(name, ask string) string {
	p.t.Helper()
	for other, at := range p.whoFollows() {
		if other != name {
			p.post(at, "pin", aPIN).leads("/ward/today")
		}
	}
	return ask
}

func TestAPINThatIsGuessed(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		screen := h.staff(t, nurse)
		screen.choosesPIN(goodPassword)
		delete(screen.cookies, "wardvisit_staff")
		ask := screen.whoFollows()["Sister Khan"]
		for range 4 {
			screen.post(ask, "pin", "111222").shows(http.StatusUnprocessableEntity, "That PIN is not right")
		}
		screen.post(ask, "pin", "111222").shows(http.StatusUnprocessableEntity, "this screen has forgotten you")
		screen.post(ask, "pin", aPIN).shows(http.StatusUnprocessableEntity, "Your PIN does not work here now")
		stranger := h.phone(t)
		stranger.post(ask, "pin", aPIN).shows(http.StatusUnprocessableEntity, "Your PIN does not work here now")
		stranger.get("/ward/change").shows(http.StatusOK, "Nobody else can come back")
		stranger.get("/ward/change/nobody%00").leads("/ward/change")
		stranger.get(ask).leads("/ward/change")
		if strings.Contains(h.log.String(), aPIN) || strings.Contains(h.log.String(), "111222") {
			t.Error("a PIN is in the log")
		}
	})
}

func TestWhatIsTypedForAPIN(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		p := h.staff(t, nurse)
		p.get("/ward/me").shows(http.StatusOK, "PIN for shared screens", "Choose a PIN")
		p.get("/ward/me/pin").shows(http.StatusOK, "The same PIN again")
		for _, tt := range []struct{ pin, again, password, says string }{
			{"", "", goodPassword, "Enter six digits"},
			{aPIN, "480272", goodPassword, "The two are not the same"},
			{"123456", "123456", goodPassword, "harder to guess"},
			{"１２３９５６", "１２３９５６", goodPassword, "harder to guess"},
			{strings.Repeat("4", 900), strings.Repeat("4", 900), goodPassword, "Use six digits"},
			{aPIN, aPIN, "not my password", "That is not your password"},
		} {
			p.post("/ward/me/pin", "pin", tt.pin, "pin_again", tt.again, "password", tt.password).shows(http.StatusUnprocessableEntity, tt.says).hides(aPIN, tt.password)
		}
		p.choosesPIN(goodPassword)
		p.get("/ward/me/no-pin").shows(http.StatusOK, "Remove your PIN")
		p.post("/ward/me/no-pin").leads("/ward/me?said=no-pin")
		p.get("/ward/me?said=no-pin").shows(http.StatusOK, "Your PIN is removed", "Choose a PIN")
		boss := h.administrator(t)
		boss.get("/ward/me").shows(http.StatusOK, "You hold a role everywhere").hides("Choose a PIN")
		boss.post("/ward/me/pin", "pin", aPIN, "pin_again", aPIN, "password", aPassword).shows(http.StatusUnprocessableEntity, "You hold a role everywhere")
	})
}

// Whoever chooses their first password where another is signed in is not led on as them.
func TestAFirstPasswordAtASharedScreen(t *testing.T) {
	h := newWardHouse(t)
	boss := h.administrator(t)
	held := []booking.Grant{{Role: booking.Nurse, Ward: willow}}
	made, err := h.desk.AddAccount(t.Context(), booking.System, desk.NewAccount{Name: "Leo Brook", Email: newcomer, Holds: held})
	if err != nil {
		t.Fatal(err)
	}
	to := boss.post("/ward/first-sign-in", "email", newcomer, "account_code", made.Code, "password", aPassword, "again", aPassword).leads("/ward/sign-in")
	boss.get(to).shows(http.StatusOK, "Your password is chosen", "Sign in to your ward")
	boss.post("/ward/sign-in", "email", newcomer, "password", aPassword).leads("/ward/today")
	boss.get("/ward/today").shows(http.StatusOK, "Leo Brook").hides("Inês Costa")
}

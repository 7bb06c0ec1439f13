package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/wardvisit/wardvisit/booking"
)

var factorField = regexp.MustCompile(`name="factor" value="([0-9a-f-]{36})"`)

// Somebody sets up an app, signs in with it and with a code on paper, and loses both.
func TestASecondStepToSignIn(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		boss := h.administrator(t)
		boss.get("/ward/me").shows(http.StatusOK, "How you sign in", "Add an app")
		boss.post("/ward/me/app", "factor_name", "My phone", "password", "not my password").shows(http.StatusUnprocessableEntity, "That is not your password").hides("not my password").keeps(`value="My phone"`)
		begun := boss.post("/ward/me/app", "factor_name", "My <b>phone", "password", aPassword).shows(http.StatusOK, "Photograph this")
		secret := strings.ReplaceAll(regexp.MustCompile(`data-secret>([A-Z2-7 ]+)<`).FindStringSubmatch(begun.text)[1], " ", "")
		factor := factorField.FindStringSubmatch(begun.text)[1]
		code := func() string {
			made, err := totp.GenerateCode(secret, h.hour)
			if err != nil {
				t.Fatal(err)
			}
			return made
		}
		boss.post("/ward/me/app/code", "factor", factor, "factor_code", "12").shows(http.StatusUnprocessableEntity, "That code is not right", "Photograph this")
		shown := boss.post("/ward/me/app/code", "factor", factor, "factor_code", code()).shows(http.StatusOK, "Codes of Inês Costa")
		paper := regexp.MustCompile(`<code>([^<]+)</code>`).FindAllStringSubmatch(shown.text, -1)
		for _, page := range []screen{begun, shown} {
			if got := page.header.Get("Cache-Control"); got != "no-store" {
				t.Errorf("secrets may be kept: %q", got)
			}
		}
		if len(paper) != 10 {
			t.Fatalf("%d codes on paper", len(paper))
		}
		boss.get("/ward/me").shows(http.StatusOK, "My <b>phone", "10 codes on paper").hides(secret, paper[0][1]).keeps("My &lt;b&gt;phone")

		again := h.phone(t)
		again.get("/ward/sign-in/code").leads("/ward/sign-in")
		again.post("/ward/sign-in", "email", admin, "password", aPassword).leads("/ward/sign-in/code")
		again.get("/ward/today").leads("/ward/sign-in")
		again.get("/ward/me").leads("/ward/sign-in")
		again.get("/ward/sign-in/code").shows(http.StatusOK, "Type your code")
		again.post("/ward/sign-in/code", "factor_code", code()).shows(http.StatusUnprocessableEntity, "used already")
		again.post("/ward/sign-in/code", "factor_code", paper[2][1]).leads("/ward/today")
		again.get("/ward/accounts").shows(http.StatusOK, "People who work here")

		account := ""
		for _, link := range regexp.MustCompile(`/ward/accounts/[0-9a-f-]{36}`).FindAllString(boss.get("/ward/accounts").text, -1) {
			if strings.Contains(boss.get(link).text, "(you)") {
				account = link
			}
		}
		boss.get(account+"/factors").shows(http.StatusOK, "Remove the second step of")
		boss.post(account+"/factors").shows(http.StatusUnprocessableEntity, "Enter a reason")
		h.hour = h.hour.Add(time.Minute)
		boss.post(account+"/factors", "reason", "phone lost, seen in person").leads(account)
		boss.get(account).leads("/ward/sign-in")
		again.get("/ward/accounts").leads("/ward/sign-in")
		again.post("/ward/sign-in", "email", admin, "password", aPassword).leads("/ward/today")
	})
}

func TestARoleThatNeedsASecondStep(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		boss := h.administrator(t)
		boss.post("/ward/second-step", "role", string(booking.Administrator)).leads("/ward/second-step")
		boss.get("/ward/accounts").leads("/ward/me")
		boss.get("/ward/me").shows(http.StatusOK, "Set up a second step first")
		boss.post("/ward/accounts/new", "full_name", "Leo").shows(http.StatusForbidden, "You need a second step")
		boss.post("/ward/second-step").shows(http.StatusForbidden)
	})
}

// keeps insists that a page holds some text as it is written in HTML.
func (s screen) keeps(written string) screen {
	s.t.Helper()
	if !strings.Contains(s.text, written) {
		s.t.Errorf("%s: no %s", s.what, written)
	}
	return s
}

package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

const (
	admin     = "ines.costa@northgate.example"
	newcomer  = "leo.brook@northgate.example"
	aPassword = "tram lantern quilt"
)

// administrator is the browser of somebody who keeps accounts.
func (h *wardHouse) administrator(t *testing.T) *phone {
	t.Helper()
	p, to := h.newcomer(t, admin, booking.Administrator)
	if to != "/ward/today" {
		t.Fatalf("signing in leads to %s", to)
	}
	return p
}

// newcomer is a phone on which somebody new, who is one thing everywhere and nothing
// else, has chosen a password and signed in; and where that leads.
func (h *wardHouse) newcomer(t *testing.T, email string, role booking.StaffRole) (p *phone, to string) {
	t.Helper()
	made, err := h.desk.AddAccount(t.Context(), booking.System, desk.NewAccount{Name: "Inês Costa", Email: email, Holds: []booking.Grant{{Role: role}}})
	if err != nil {
		t.Fatal(err)
	}
	p = h.phone(t)
	p.post("/ward/first-sign-in", "email", email, "account_code", made.Code, "password", aPassword, "again", aPassword).leads("/ward/sign-in?chosen=1")
	p.get("/ward/sign-in?chosen=1").shows(http.StatusOK, "Your password is chosen")
	return p, p.post("/ward/sign-in", "email", email, "password", aPassword).leads("/ward/")
}

func TestAnAdministratorAddsSomebody(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		boss := h.administrator(t)
		boss.get("/ward/today").leads("/ward/accounts")
		boss.get("/ward/accounts").shows(http.StatusOK, "People who work here", "Inês Costa", "Administrator, everywhere", "Sister Khan").hides("Book a visit")
		boss.get("/ward/patients").shows(http.StatusForbidden)

		kept := boss.post("/ward/accounts/new", "full_name", "Leo Brook", "email", "not an address").shows(http.StatusUnprocessableEntity, "Choose a role", "Choose where")
		for _, typed := range []string{`value="Leo Brook"`, `value="not an address"`} {
			if !strings.Contains(kept.text, typed) {
				t.Errorf("the form does not keep %s", typed)
			}
		}
		boss.post("/ward/accounts/new", "full_name", "Leo Brook", "email", "not an address", "role", "nurse", "place", "everywhere").shows(http.StatusUnprocessableEntity, "email address")
		boss.post("/ward/accounts/new", "full_name", "Leo Brook", "email", newcomer, "role", "administrator", "place", "ward "+string(willow)).
			shows(http.StatusUnprocessableEntity, "Choose “Everywhere”")
		boss.post("/ward/accounts/new", "full_name", "Leo Brook", "email", nurse, "role", "nurse", "place", "ward "+string(willow)).
			shows(http.StatusUnprocessableEntity, "Somebody has an account with this email address")
		made := boss.post("/ward/accounts/new", "full_name", "Leo <b>Brook</b>", "email", newcomer, "role", "nurse", "place", "ward "+string(willow)).
			shows(http.StatusOK, "It is shown only now")
		if strings.Contains(made.text, "<b>Brook") {
			t.Error("a name is drawn as HTML")
		}
		code := pairingCode(t, made)
		account := linkTo(t, made, "/ward/accounts/")
		boss.get(account).shows(http.StatusOK, "Nurse, Willow", "No password yet").hides(code)

		leo := h.phone(t)
		leo.post("/ward/first-sign-in", "email", newcomer, "account_code", code, "password", aPassword, "again", "another").shows(http.StatusUnprocessableEntity, "not the same").hides(aPassword)
		leo.post("/ward/first-sign-in", "email", newcomer, "account_code", code, "password", "short", "again", "short").shows(http.StatusUnprocessableEntity, "at least 12 characters")
		leo.post("/ward/first-sign-in", "email", newcomer, "account_code", "AAAAAA-BBBBBB", "password", aPassword, "again", aPassword).shows(http.StatusUnprocessableEntity, "That code does not work")
		leo.post("/ward/first-sign-in", "email", newcomer, "account_code", strings.ToLower(code), "password", aPassword, "again", aPassword).leads("/ward/sign-in")
		leo.post("/ward/sign-in", "email", newcomer, "password", aPassword).leads("/ward/today")
		leo.get("/ward/today").shows(http.StatusOK, "Willow")
		leo.get("/ward/accounts").shows(http.StatusForbidden)
		leo.post(account + "/close").shows(http.StatusForbidden)

		boss.post(account+"/give", "role", "device_manager", "place", "everywhere").leads(account)
		boss.get(account+"?said=given").shows(http.StatusOK, "They have the role now", "iPad manager, everywhere")
		boss.post(account+"/take", "held", "nurse//"+string(willow)).leads(account)
		leo.get("/ward/today").leads("/ward/ipads")
		leo.get("/ward/ipads").shows(http.StatusOK, "iPads of")
		leo.get("/ward/patients").shows(http.StatusForbidden)

		boss.get(account+"/close").shows(http.StatusOK, "signed out everywhere")
		boss.post(account + "/close").leads(account)
		leo.get("/ward/ipads").leads("/ward/sign-in")
		boss.get("/ward/accounts").shows(http.StatusOK, "Closed accounts")
		boss.post(account + "/reopen").leads(account)
		boss.get(account+"/code").shows(http.StatusOK, "Make a code")
		again := pairingCode(t, boss.post(account+"/code").shows(http.StatusOK, "It is shown only now"))
		leo.post("/ward/first-sign-in", "email", newcomer, "account_code", again, "password", aPassword+" two", "again", aPassword+" two").leads("/ward/sign-in")
	})
}

func TestTheLastAdministratorStays(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		boss := h.administrator(t)
		self := linkTo(t, boss.get("/ward/accounts"), "/ward/accounts/0")
		for _, a := range []string{"/close", "/take"} {
			for _, link := range regexp.MustCompile(`/ward/accounts/[0-9a-f-]{36}`).FindAllString(boss.get("/ward/accounts").text, -1) {
				if strings.Contains(boss.get(link).text, "(you)") {
					self = link
				}
			}
			boss.post(self+a, "held", "administrator//").shows(http.StatusUnprocessableEntity, "the last person who can keep accounts")
		}
		boss.get("/ward/accounts/nobody").shows(http.StatusNotFound)
		boss.get(self + "/dance").shows(http.StatusNotFound)
		boss.post(self + "/dance").shows(http.StatusNotFound)
	})
}

package web

import (
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// interpreter is the browser of the interpreter, signed in by their link.
func (h *wardHouse) interpreter(t *testing.T) *phone {
	t.Helper()
	p := h.phone(t)
	token := h.link(t, "", bslInterpreter)
	p.post("/invitation/code", "token", token).leads("/invitation/" + token)
	p.post("/invitation/open", "token", token, "code", h.code(t)).leads("/interpreter")
	return p
}

var offerPath = regexp.MustCompile(`action="(/interpreter/offers/[^/]+)/`)

func TestAnOfferIsAcceptedAndHandedBack(t *testing.T) {
	h := newWardHouse(t)
	stranger := h.phone(t)
	stranger.get("/interpreter").shows(http.StatusForbidden, "You are not signed in")
	p := h.interpreter(t)
	p.get("/interpreter").shows(http.StatusOK, "Nobody is waiting for an answer from you.", "No visits yet.")
	v := h.booked(t, 2*time.Hour, bsl, anna)

	s := p.get("/interpreter").shows(http.StatusOK, "Tuesday 24 November 2026", "2:00pm to 2:20pm", "British Sign Language (BSL) , signed, 20 minutes", "Willow Ward")
	s.hides("Arkwright", "Thomas", "Anna", "Bed")
	offer := offerPath.FindStringSubmatch(s.text)[1]
	stranger.post(offer + "/accept").shows(http.StatusForbidden)
	p.get(p.post(offer+"/accept").leads("/interpreter")).shows(http.StatusOK, "The visit is in your list.", "Today, Tuesday 24 November 2026", "You can join from 1:45pm.").
		hides("Arkwright", "Thomas", "Anna")
	p.post(offer + "/accept").leads("/interpreter?said=accepted") // pressed twice
	h.staff(t, nurse).get("/ward/today").shows(http.StatusOK, "British Sign Language (BSL) interpreter is coming")
	h.hour = v.When.Start().Add(-10 * time.Minute)
	join := p.get("/interpreter").shows(http.StatusOK, "Join the visit at 2:00pm")
	if want := `href="/interpreter/visits/` + string(v.Reference) + `/ready"`; !regexp.MustCompile(regexp.QuoteMeta(want)).MatchString(join.text) {
		t.Errorf("no %s", want)
	}
	p.get(offer+"/hand-back").shows(http.StatusOK, "Hand this visit back?").hides("Arkwright", "Thomas")
	p.get(p.post(offer+"/hand-back").leads("/interpreter")).shows(http.StatusOK, "The visit is handed back.", "No visits yet.")
	p.get(p.post(offer+"/accept").leads("/interpreter")).shows(http.StatusOK, "This offer has been answered already")
	p.get(offer + "/hand-back").shows(http.StatusNotFound)
	h.staff(t, nurse).get("/ward/today").shows(http.StatusOK, "British Sign Language (BSL) interpreter declined")
	p.post("/interpreter/sign-out").leads("/interpreter")
	p.get("/interpreter").shows(http.StatusForbidden, "You are not signed in")
}

func TestOffersThatAreNotTheirs(t *testing.T) {
	h := newWardHouse(t)
	p := h.interpreter(t)
	for _, path := range []string{"/interpreter/offers/nobody/accept", "/interpreter/offers/00000000-0000-4000-8000-00000000ffff/decline", "/interpreter/offers/x/perhaps"} {
		p.post(path).shows(http.StatusNotFound)
	}
	h.booked(t, 2*time.Hour, booking.Tongue{}, anna)
	p.get("/interpreter").shows(http.StatusOK, "Nobody is waiting for an answer from you.")
}

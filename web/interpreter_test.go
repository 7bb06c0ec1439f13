package web

import (
	"net/http"
	"regexp"
	"strings"
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

// linksTo fails unless the page has a link to an address.
func (s screen) linksTo(to string) {
	s.t.Helper()
	if !strings.Contains(s.text, `href="`+to+`"`) {
		s.t.Errorf("%s: no link to %s", s.what, to)
	}
}

// offer is the address of the one offer on an interpreter's page.
func offer(t *testing.T, p *phone) string {
	t.Helper()
	found := offerPath.FindStringSubmatch(p.get("/interpreter").shows(http.StatusOK).text)
	if found == nil {
		t.Fatal("no offer")
	}
	return found[1]
}

func TestAnInterpreterConfirmsAndSendsASubstitute(t *testing.T) {
	h := newWardHouse(t)
	p := h.interpreter(t)
	v := h.booked(t, 26*time.Hour, bsl, anna)
	o := offer(t, p)
	p.get("/interpreter").shows(http.StatusOK, "Please answer by Tuesday 24 November 2026, 2:00pm")
	p.post(o + "/accept").leads("/interpreter?said=accepted")
	p.get("/interpreter").shows(http.StatusOK, "Hand it back").hides("Are you still coming?")
	h.hour = v.When.Start().Add(-2 * time.Hour)
	p.get("/interpreter").shows(http.StatusOK, "Are you still coming?", "Yes, I am still coming")
	p.get(p.post(o+"/confirm").leads("/interpreter?said=confirmed")).shows(http.StatusOK, "The ward can see that you are still coming.").hides("Are you still coming?")
	p.post(o + "/substitute").leads("/interpreter?said=substitute_too_soon")
	h.hour = v.When.Start().Add(-10 * time.Minute)
	p.get("/interpreter").shows(http.StatusOK, "I am stuck, send a substitute").hides("Hand it back")
	p.get(o+"/substitute").shows(http.StatusOK, "Send a substitute to this visit?", "You cannot take the visit back.").hides("Arkwright", "Thomas")
	p.get(p.post(o+"/substitute").leads("/interpreter?said=substitute")).shows(http.StatusOK, "We are asking somebody else.", "No visits yet.")
	p.get(p.post(o+"/substitute").leads("/interpreter?said=offer_closed")).shows(http.StatusOK, "This offer has been answered already")
	p.get(o + "/substitute").shows(http.StatusNotFound)
}

func TestAnInterpretersHoursAndRest(t *testing.T) {
	h := newWardHouse(t)
	p := h.interpreter(t)
	p.get("/interpreter/hours").shows(http.StatusOK, "You have no time off.", "Monday All day", "At least None")
	for _, tt := range []struct{ day, from, to, want string }{
		{"", "", "", "Choose a day"},
		{"9", "9am", "5pm", "Choose a day"},
		{"1", "early", "5pm", "Enter a time, for example 9am or 14:30"},
		{"1", "5pm", "9:00", "Enter an end that is later than the beginning"},
		{"1", "09.00", "5:30 pm", "You already work at some of that time on that day"},
	} {
		p.post("/interpreter/hours/add", "work-day", tt.day, "work-from", tt.from, "work-to", tt.to).
			shows(http.StatusUnprocessableEntity, "There is a problem", tt.want)
	}
	p.get(p.post("/interpreter/hours/remove", "spell", "1 00:00 24:00").leads("/interpreter/hours?said=hours")).
		shows(http.StatusOK, "Your hours are changed.", "Monday Not working")
	p.post("/interpreter/hours/remove", "spell", "one").shows(http.StatusUnprocessableEntity)
	p.get(p.post("/interpreter/hours/add", "work-day", "1", "work-from", "9am", "work-to", "12:30").leads("/interpreter/hours?said=hours")).
		shows(http.StatusOK, "Monday 9:00am to 12:30pm")
	p.get("/interpreter/hours/rest").shows(http.StatusOK, "How many minutes do you need between two visits?")
	for _, bad := range []string{"", "ten", "-5", "300"} {
		p.post("/interpreter/hours/rest", "rest", bad).shows(http.StatusUnprocessableEntity, "There is a problem")
	}
	p.get(p.post("/interpreter/hours/rest", "rest", "15").leads("/interpreter/hours?said=rest")).shows(http.StatusOK, "At least 15 minutes")
	h.phone(t).get("/interpreter/hours").shows(http.StatusForbidden, "You are not signed in")
}

func TestTimeOffSaysWhatItTouches(t *testing.T) {
	h := newWardHouse(t)
	p := h.interpreter(t)
	v := h.booked(t, 26*time.Hour, bsl, anna) // on Wednesday at two
	p.post(offer(t, p) + "/accept").leads("/interpreter?said=accepted")
	p.get("/interpreter/hours/time-off").shows(http.StatusOK, "Add time off", "For example, 1 12 2026")
	typed := func(more ...string) []string {
		return append([]string{"off-from-day", "25", "off-from-month", "11", "off-from-year", "2026",
			"off-to-day", "25", "off-to-month", "11", "off-to-year", "2026", "off-why", "illness"}, more...)
	}
	p.post("/interpreter/hours/time-off").shows(http.StatusUnprocessableEntity, "Enter the first day", "Enter the last day", "Choose why you are away")
	p.post("/interpreter/hours/time-off", "off-from-day", "31", "off-from-month", "2", "off-from-year", "2027").
		shows(http.StatusUnprocessableEntity, "Enter a day that there is")
	p.post("/interpreter/hours/time-off", typed("off-from-time", "5pm", "off-to-time", "9am")...).
		shows(http.StatusUnprocessableEntity, "Enter an end that is after the beginning")
	check := p.post("/interpreter/hours/time-off", typed()...).leads("/interpreter/hours/time-off/check?")
	s := p.get(check).shows(http.StatusOK, "Wednesday 25 November 2026, all day", "Illness", "You would give up 1 visit.", string(v.Reference)).
		hides("Arkwright", "Thomas", "Anna")
	form := []string{"from", "2026-11-25T00:00:00Z", "to", "2026-11-26T00:00:00Z", "why", "illness", "touches", "1", "key", s.offered("key")[0]}
	stale := append([]string(nil), form...)
	stale[7] = "0"
	p.post("/interpreter/hours/time-off/check", stale...).shows(http.StatusConflict, "Your visits have changed since this page was shown", "You would give up 1 visit.")
	p.get(p.post("/interpreter/hours/time-off/check", form...).leads("/interpreter/hours?said=away")).
		shows(http.StatusOK, "Your time off is kept.", "Illness Wednesday 25 November 2026, all day")
	p.post("/interpreter/hours/time-off/check", form...).leads("/interpreter/hours?said=away") // pressed twice
	p.get("/interpreter").shows(http.StatusOK, "No visits yet.")
	h.staff(t, nurse).get("/ward/visits/"+string(v.Reference)+"/interpreter").shows(http.StatusOK, "Nobody can be asked at the moment.", "Said no, or handed it back")

	page := p.get("/interpreter/hours").shows(http.StatusOK)
	remove := regexp.MustCompile(`action="(/interpreter/hours/time-off/[^/]+/remove)"`).FindStringSubmatch(page.text)[1]
	p.get(p.post(remove).leads("/interpreter/hours?said=back")).shows(http.StatusOK, "You have no time off.")
	p.post(remove).leads("/interpreter/hours?said=no_such_time_off")
	p.get("/interpreter/hours/time-off/check?from=x").leads("/interpreter/hours/time-off")
}

// The ward asks for somebody else, and lets a visit go on without.
func TestTheWardAndTheInterpreter(t *testing.T) {
	h := newWardHouse(t)
	p, sister := h.interpreter(t), h.staff(t, nurse)
	v := h.booked(t, 10*time.Minute, bsl, anna)
	to := "/ward/visits/" + string(v.Reference) + "/interpreter"
	sister.get("/ward/today").shows(http.StatusOK, "interpreter asked, no answer yet").linksTo(to)
	sister.get(to).shows(http.StatusOK, "The interpreter of this visit", "Bryn Morgan", "07700 900301", "Asked, no answer yet",
		"Nobody else can be asked at the moment.", "A child must not interpret").hides("Ask for a substitute")
	sister.post(to, "do", "substitute", "instead", string(v.Interpreter.ID)).shows(http.StatusUnprocessableEntity, "Choose why you need somebody else")
	sister.post(to, "do", "substitute", "replace", "not_here", "instead", string(v.Interpreter.ID)).
		shows(http.StatusConflict, "Nobody else can be asked at the moment. Nothing has changed")
	sister.post(to, "do", "substitute", "replace", "not_here", "instead", "x").shows(http.StatusConflict, "Somebody else has been asked meanwhile")
	sister.post(to, "do", "dance").shows(http.StatusUnprocessableEntity)
	h.staff(t, otherNurse).get(to).shows(http.StatusNotFound)
	h.staff(t, otherNurse).post(to, "do", "without").shows(http.StatusNotFound)

	p.post(offer(t, p) + "/decline").leads("/interpreter?said=declined")
	sister.get(to).shows(http.StatusOK, "Nobody can be asked at the moment.", "Said no, or handed it back")
	sister.post(to, "do", "ask").shows(http.StatusConflict, "Nobody else can be asked")
	sister.get(sister.post(to, "do", "without").leads(to)).shows(http.StatusOK, "goes on without the British Sign Language (BSL) interpreter that it asked for").
		hides("Go on without an interpreter")
	sister.post(to, "do", "without").leads(to) // pressed twice
	sister.get("/ward/today").shows(http.StatusOK, "Goes on without a British Sign Language (BSL) interpreter")
	sister.get("/ward/visits/XXX-XXX/interpreter").shows(http.StatusNotFound)
}

// A family whose interpreter is missing decides what to do.
func TestAFamilyGoesOnWithout(t *testing.T) {
	h := newWardHouse(t)
	p := h.interpreter(t)
	family := h.phoneOf(t, anna)
	v := h.booked(t, 26*time.Hour, bsl, anna)
	to := "/visits/" + string(v.Reference)
	o := offer(t, p)
	p.post(o + "/accept").leads("/interpreter?said=accepted")
	family.get(to + "/interpreter").leads(to) // somebody comes: there is nothing to decide
	p.post(o + "/hand-back").leads("/interpreter?said=handed-back")
	family.get(to).shows(http.StatusOK, "We have not found an interpreter yet.").linksTo(to + "/interpreter")
	family.get(to+"/interpreter").shows(http.StatusOK, "We are still looking for your interpreter", "A child must not interpret", "Choose another time", "Wait for an interpreter")
	family.post(to+"/interpreter").shows(http.StatusUnprocessableEntity, "Choose what you would like to do")
	family.post(to+"/interpreter", "wish", "wait").leads(to)
	family.post(to+"/interpreter", "wish", "time").leads(to + "/change")
	h.hour = v.When.Start().Add(5 * time.Minute)
	family.get(to+"/interpreter").shows(http.StatusOK, "Your interpreter has not come yet", "For another time, ring the ward.").hides("Choose another time")
	family.get(family.post(to+"/interpreter", "wish", "without").leads(to+"?done=without")).
		shows(http.StatusOK, "Your visit goes on without an interpreter.", "No interpreter")
	family.post(to+"/interpreter", "wish", "without").leads(to + "?done=without") // pressed twice
	h.phoneOf(t, david).get(to + "/interpreter").shows(http.StatusNotFound)
}

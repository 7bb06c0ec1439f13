package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const coordinatorEmail = "ivo.marin@northgate.example"

// A coordinator's day: a visit that nobody comes to, somebody is added, given hours,
// and put down for it; and nothing says whose visit it is.
func TestACoordinatorsDay(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		by, _ := h.newcomer(t, coordinatorEmail, booking.InterpreterCoordinator)
		by.get("/ward/today").leads("/ward/interpreters")
		by.get("/ward/interpreters").shows(http.StatusOK, "No visit that is booked needs an interpreter").hides("1 waiting")

		v := h.booked(t, 3*time.Hour, bsl, anna)
		at := "/ward/interpreters/visits/" + string(v.Reference)
		patient := []string{"Thomas", "Arkwright", "Anna", "Bay 1"}
		by.get("/ward/interpreters").shows(http.StatusOK, "Asked, no answer (1)", "British Sign Language (BSL), signed", "in 3 hours", "Willow", "Bryn Morgan").hides(append(patient, "1 waiting")...)
		bryn := by.get(at).shows(http.StatusOK, "Bryn Morgan", "Asked, no answer", "Nobody else on the list can come").hides(patient...).offered("instead")[0]
		by.post(at, "do", "off", "instead", bryn).leads(at + "?said=interpreter_off")
		by.get("/ward/interpreters").shows(http.StatusOK, "Nobody yet (1)", "1 waiting")
		by.get(at).shows(http.StatusOK, "Nobody is asked", "Nobody on the list can come", "was taken off").hides(patient...)
		by.get("/ward/visits/" + string(v.Reference)).shows(http.StatusNotFound)
		by.get("/ward/visits/" + string(v.Reference) + "/interpreter").shows(http.StatusNotFound)
		by.get("/ward/patients").shows(http.StatusForbidden)

		typed := []string{"full_name", "Zofia <b>Nowak</b>", "phone", "07700 900777", "email", "", "rest", "10", "tongue-1", "sign/bfi"}
		kept := by.post("/ward/interpreters/people/new", typed...).shows(http.StatusUnprocessableEntity, "how well they are qualified")
		if !strings.Contains(kept.text, "Zofia &lt;b&gt;Nowak") || !strings.Contains(kept.text, `value="sign/bfi" selected`) {
			t.Error("the form does not keep what was typed")
		}
		by.post("/ward/interpreters/people/new", "full_name", "Z", "phone", "x", "rest", "10").shows(http.StatusUnprocessableEntity, "at least one language")
		one := by.post("/ward/interpreters/people/new", append(typed, "level-1", "registered")...).leads("/ward/interpreters/people/")
		page, _, _ := strings.Cut(one, "?")
		shown := by.get(one).shows(http.StatusOK, "They are on the list", "British Sign Language (BSL), signed: registered", "Not working")
		if strings.Contains(shown.text, "<b>Nowak") {
			t.Error("a name is drawn as HTML")
		}
		by.get(at).shows(http.StatusOK, "Outside their hours", "They have said yes").hides(`value="ask"`)
		for _, day := range []string{"0", "1", "2", "3", "4", "5", "6"} {
			by.post(page+"/hours", "work-day", day, "work-from", "00:00", "work-to", "24:00").leads(page)
		}
		by.post(page+"/hours", "work-day", "1", "work-from", "5pm", "work-to", "9am").shows(http.StatusUnprocessableEntity, "There is a problem")

		who := strings.TrimPrefix(page, "/ward/interpreters/people/")
		by.post(at, "do", "ask", "who", who, "instead", "").leads(at + "?said=interpreter_asked")
		asked := by.get(at).shows(http.StatusOK, "Asked, no answer", "Zofia").hides("Nobody is asked")
		offer := asked.offered("instead")[0]
		by.post(at, "do", "agreed", "who", string(bslInterpreter), "instead", offer).shows(http.StatusConflict, "They cannot interpret at this visit")
		by.post(at, "do", "agreed", "who", who, "instead", offer).leads(at)
		by.get(at).shows(http.StatusOK, "Confirmed")
		by.get("/ward/interpreters").shows(http.StatusOK, "Confirmed (1)", "Nobody yet (0)").hides("1 waiting")
		by.post(at, "do", "off", "instead", "other").shows(http.StatusConflict, "Somebody changed this")
		by.get(page+"/close").shows(http.StatusOK, "Visits that need somebody else", "1 to come")
		by.post(page+"/close", "touches", "0").shows(http.StatusConflict, "Somebody changed this")
		by.post(at, "do", "off", "instead", offer).leads(at)
		by.get("/ward/interpreters").shows(http.StatusOK, "Handed back (1)", "1 waiting")

		if got := by.get(page+"/change").shows(http.StatusOK, "Language 1").offered("version"); len(got) != 1 || got[0] != "1" {
			t.Errorf("version %v", got)
		}
		by.post(page+"/change", append(typed, "level-1", "qualified", "version", "1")...).leads(page)
		by.post(page+"/change", append(typed, "level-1", "qualified", "version", "1")...).shows(http.StatusConflict, "Somebody changed this")
		by.post(page+"/close", "touches", "0").leads("/ward/interpreters/people?said=interpreter_closed")
		by.get("/ward/interpreters/people").shows(http.StatusOK, "Who has left")
		by.get(page).shows(http.StatusOK, "asked to nothing any more").hides("Add hours")
	})
}

// Nobody else opens these pages.
func TestInterpretersAreForCoordinators(t *testing.T) {
	h := newWardHouse(t)
	v := h.booked(t, 3*time.Hour, bsl, anna)
	n := h.staff(t, nurse)
	for _, page := range []string{"", "/people", "/people/new", "/visits/" + string(v.Reference)} {
		n.get("/ward/interpreters" + page).shows(http.StatusForbidden)
	}
	n.post("/ward/interpreters/visits/"+string(v.Reference), "do", "off", "instead", "x").shows(http.StatusForbidden)
	h.staff(t, otherNurse).get("/ward/interpreters/visits/" + string(v.Reference)).shows(http.StatusNotFound)
}

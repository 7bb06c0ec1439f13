package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// One tap is enough after most patients; after some it is asked how; and no visit
// begins on what is not clean, unless somebody answers for it.
func TestCleaningAnIPadByWhatThePatientHad(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	v, _ := h.inLobby(t, by)
	by.post("/ward/visits/"+string(v.Reference)+"/end", "why", "by_ward").leads("/ward/today")
	list, clean := "/ward/ipads?ward="+string(willow), "/ward/ipads/"+string(v.Device)+"/cleaned?ward="+string(willow)
	const tap = `name="method" value="wipe"`
	if page := by.get(list).shows(http.StatusOK, "Cleaned"); !strings.Contains(page.text, tap) {
		t.Error("after a patient with nothing, one tap is not enough")
	}

	by.post("/ward/patients/"+string(thomas)+"/infection", "infection", "contact").leads("/ward/patients/")
	if page := by.get(list).shows(http.StatusOK, "Cleaned"); strings.Contains(page.text, tap) {
		t.Error("after a patient with an infection, one tap says that it was a plain wipe")
	}
	by.get(clean).shows(http.StatusOK, "A plain wipe is not enough", "Chlorine wipe").hides("Disinfectant wipe", "ltraviolet")
	by.post(clean).shows(http.StatusUnprocessableEntity, "Choose how it was cleaned")
	by.post(clean, "method", "wipe").shows(http.StatusUnprocessableEntity, "That is not enough after the patient who had it last")

	next := h.booked(t, 10*time.Minute, booking.Tongue{}, piotr)
	start, unclean := "/ward/visits/"+string(next.Reference)+"/start", "/ward/visits/"+string(next.Reference)+"/unclean"
	by.get(by.post(start).leads("/ward/today")).shows(http.StatusOK, "Clean one and mark it as cleaned, then press Start again", "Start without cleaning")
	by.get(unclean).shows(http.StatusOK, "Your name and your reason are kept")
	by.post(unclean, "because", "").shows(http.StatusUnprocessableEntity, "Enter why the visit cannot wait")
	by.get(by.post(unclean, "because", "She goes to theatre").leads("/ward/today")).shows(http.StatusOK, "Started on an iPad that was not clean", "She goes to theatre")
}

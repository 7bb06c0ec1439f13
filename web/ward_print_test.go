package web

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

func TestTheSheetForPaper(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	v := h.booked(t, time.Hour, bsl, anna)
	by.get("/ward/today?ward="+string(willow)).shows(http.StatusOK, "Print this day")
	by.get("/ward/today/print?ward="+string(willow)).shows(http.StatusOK, "Willow Ward: video visits", "1 visit.", "Anna Arkwright, Daughter: 07700 900111",
		string(v.Reference), v.DeviceRecord.Tag, "British Sign Language", "Confidential").hides(v.PatientRecord.MRN + " ")
	by.get("/ward/today/print?ward="+string(willow)+"&date=2026-11-30").shows(http.StatusOK, "No visits are booked on this day.", "not today")
	by.get("/ward/today/print?ward=" + string(willow) + "&date=2026-13-30").shows(http.StatusNotFound)
	h.staff(t, otherNurse).get("/ward/today/print?ward=" + string(willow)).shows(http.StatusNotFound)
	if found := h.recorded(t, booking.PatientsListed); len(found) == 0 {
		t.Error("nobody wrote down that it was looked at")
	}
}

// A wall screen is paired by a code, shows the day without anybody's name, opens
// nothing else, and ends at once when the ward says so.
func TestAWallScreen(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	v, _ := h.inLobby(t, by)
	shown := by.post("/ward/walls?ward="+string(willow), "wall", "Nurses’ station").shows(http.StatusOK, "waits for its code")
	by.post("/ward/walls?ward="+string(willow), "wall", "").shows(http.StatusUnprocessableEntity, "There is a problem")
	screen := h.phone(t)
	screen.get("/wall").shows(http.StatusOK, "Make this a wall screen")
	screen.post("/wall/pair", "pairing_code", "ZZZ-ZZZ").shows(http.StatusUnprocessableEntity, "There is a problem")
	screen.post("/wall/pair", "pairing_code", pairingCode(t, shown)).leads("/wall")
	wall := screen.get("/wall").shows(http.StatusOK, "Willow Ward", "1 person is waiting to be let in", v.Bed, v.DeviceRecord.Tag)
	wall.hides("Anna", "Arkwright", v.PatientRecord.Alias, string(v.Reference), "Let in Anna")
	if strings.Contains(wall.text, "<form") || strings.Contains(wall.text, "<a ") {
		t.Error("something can be pressed on it")
	}
	screen.get("/ward/today").leads("/ward/sign-in")
	h.phone(t).post("/wall/pair", "pairing_code", pairingCode(t, shown)).shows(http.StatusUnprocessableEntity, "There is a problem")

	by.get("/ward/walls?ward="+string(willow)).shows(http.StatusOK, "Nurses’ station", "last seen")
	found := regexp.MustCompile(`/ward/walls/([^/]+)/remove`).FindStringSubmatch(by.get("/ward/walls?ward=" + string(willow)).text)
	if found == nil {
		t.Fatal("it cannot be removed")
	}
	h.staff(t, otherNurse).post("/ward/walls/" + found[1] + "/remove").shows(http.StatusNotFound)
	by.get(by.post("/ward/walls/"+found[1]+"/remove?ward="+string(willow)).leads("/ward/walls")).shows(http.StatusOK, "It is a wall screen no longer.", "No wall screens yet.")
	screen.get("/wall").shows(http.StatusOK, "Make this a wall screen")
	r := httptest.NewRequest(http.MethodGet, "https://visits.example/wall/events", http.NoBody)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusNotFound {
		t.Errorf("its stream answers %d", w.Code)
	}
}

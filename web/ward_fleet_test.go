package web

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What needs a hand stands first and is counted; the counts of every ward are for
// whoever sees to several.
func TestTheFleetSaysWhatNeedsAHand(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, manager)
	list := "/ward/ipads?ward=" + string(willow)
	by.get(list).shows(http.StatusOK, "2 iPads need a hand").hides("in order")
	h.paired(t, by, secondIPad, willow).post("/ipad/heartbeat", "battery", "80", "version", "x")
	page := by.get(list).shows(http.StatusOK, "1 iPad needs a hand", "1 in order").words()
	if strings.Index(page, "iPad 1 ") > strings.Index(page, "iPad 2 ") {
		t.Error("what needs a hand does not stand first")
	}
	h.hour = h.hour.Add(20 * time.Minute)
	by.get(list).shows(http.StatusOK, "2 iPads need a hand", "See that it is on, charged and online")
	by.post("/ward/ipads/"+string(secondIPad)+"/change/lost?ward="+string(willow), "lastseen", "gone", "seen", "yes").leads("/ward/ipads")
	by.get(list).shows(http.StatusOK, "1 iPad needs a hand", "1 not in use")

	by.get("/ward/ipads/everywhere").shows(http.StatusOK, "3 iPads in 2 wards", "2 need a hand", "Willow Ward 1 needs a hand 2 1 – – – – – – 1", "Harbour Ward")
	h.staff(t, otherNurse).get("/ward/ipads/everywhere").shows(http.StatusOK, "1 iPad in 1 ward").hides("Willow")
}

// A label leads whoever works where the iPad is to its page, and nobody else
// anywhere.
func TestLabelsForIPads(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	by.get("/ward/ipads/labels?ward="+string(willow)).shows(http.StatusOK, "Labels for the iPads of Willow Ward", "iPad 1", "iPad 2", "hand it in")
	by.get("/ward/ipads/labels?ward="+string(willow)+"&device="+string(secondIPad)).shows(http.StatusOK, "Labels for iPad 2").hides("iPad 1")
	by.get("/ward/ipads/labels?ward=" + string(willow) + "&device=nothing").shows(http.StatusNotFound)
	other := h.staff(t, otherNurse)
	other.get("/ward/ipads/labels?ward=" + string(willow)).shows(http.StatusNotFound)

	label := "/ward/ipads/" + string(secondIPad)
	by.get(by.get(label).leads(label+"?ward=")).shows(http.StatusOK, "iPad 2", "Replace it", "Print its label")
	other.get(label).shows(http.StatusNotFound)
	h.phone(t).get(label).leads("/ward/sign-in")
	by.get("/ward/ipads/x").shows(http.StatusNotFound)
}

// What an iPad says of itself is read by whoever sees to it.
func TestWhatAnIPadSaysOfItself(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	page := "/ward/ipads/" + string(secondIPad) + "?ward=" + string(willow)
	by.get(page).shows(http.StatusOK, "Last heard from never")
	ipad := h.paired(t, by, secondIPad, willow)
	yesterday := strconv.FormatInt(h.hour.Add(-24*time.Hour).UnixMilli(), 10)
	ipad.post("/ipad/heartbeat", "battery", "80", "clock", yesterday, "answer", "40").shows(http.StatusNoContent)
	if shown := ipad.get("/ipad"); !strings.Contains(shown.text, " data-check>") {
		t.Error("it is not told to try itself")
	}
	by.get(page).shows(http.StatusOK, "Last heard from Online", "Battery 80%", "Clock 24 hours slow", "Network Good: answers in 40 ms", "Camera and microphone Not tried yet")
	ipad.post("/ipad/check", "camera", "works", "microphone", "perhaps").shows(http.StatusUnprocessableEntity)
	ipad.post("/ipad/check", "camera", "refused", "microphone", "nothing").shows(http.StatusNoContent)
	if shown := ipad.get("/ipad"); strings.Contains(shown.text, "data-check>") {
		t.Error("it is told to try itself again at once")
	}
	by.get(page).shows(http.StatusOK, "Camera May not be used", "Microphone Gives nothing")
	by.get("/ward/ipads?ward="+string(willow)).shows(http.StatusOK, "Its camera may not be used", "Its microphone gives nothing", "Its clock is 24 hours slow: set its date and time to automatic")

	ipad.post("/ipad/check", "camera", "dark", "microphone", "works").shows(http.StatusNoContent)
	for _, odd := range []string{"", "soon", "-5", "99999999999999999999", "253402300799999"} {
		ipad.post("/ipad/heartbeat", "clock", odd, "answer", "7").shows(http.StatusNoContent)
	}
	ipad.post("/ipad/heartbeat", "answer", "99999999999").shows(http.StatusUnprocessableEntity)
	by.get(page).shows(http.StatusOK, "Sees only black", "Microphone Works", "days fast")
	h.phone(t).post("/ipad/check", "camera", "works", "microphone", "works").shows(http.StatusForbidden)
}

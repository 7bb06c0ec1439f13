package web

import (
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

var offerAct = regexp.MustCompile(`action="(/ward/waiting/offers/[^"]+)/take"`)

// waits puts somebody on the waiting list for a day that is too far off for anybody
// to book yet.
func (h *wardHouse) waits(t *testing.T, patient booking.PatientID, member booking.MemberID) booking.WaitlistEntry {
	t.Helper()
	side, err := h.desk.Patient(t.Context(), booking.System, patient)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range side.Circle {
		if m.ID != member {
			continue
		}
		day := booking.DateOf(h.hour, side.Ward.Site.Zone).AddDays(20) // later than anybody may book
		e, err := h.desk.Wait(t.Context(), booking.System, desk.WaitFor{Patient: patient, Visitor: m.Visitor.ID, From: day, To: day})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	t.Fatalf("nobody is %s", member)
	return booking.WaitlistEntry{}
}

func TestTheWaitingListOfAWard(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	by.get("/ward/waiting").shows(http.StatusOK, "Waiting for a time on Willow Ward", "Nobody waits for a time.").hides("Offer what is free now", "Waiting list 0")
	h.waits(t, thomas, anna)
	h.hour = h.hour.Add(time.Minute)
	other := h.waits(t, maria, piotr)
	by.get("/ward/waiting").shows(http.StatusOK, "Waiting list 2 waiting", "Number 1 . Anna Arkwright Daughter", "Number 2 . Piotr Kowalski",
		"To see Thomas Arkwright", "No visit in two weeks", "Take off the list : Anna Arkwright")
	by.get("/ward/today").shows(http.StatusOK, "Waiting list 2 waiting")

	by.get(by.post("/ward/waiting/offer?ward="+string(willow)).leads("/ward/waiting")).shows(http.StatusOK, "Nothing is free that somebody who waits could come to")
	h.hour = h.hour.Add(12 * 24 * time.Hour) // their day can be booked now
	by.post("/ward/sign-in", "email", nurse, "password", goodPassword).leads("/ward/today")
	s := by.get(by.post("/ward/waiting/offer?ward="+string(willow)).leads("/ward/waiting")).
		shows(http.StatusOK, "What is free is kept for those whose turn it is.", "is kept for them until", "They say yes: book it for Anna Arkwright")
	acts := offerAct.FindAllStringSubmatch(s.text, -1)
	if len(acts) != 2 {
		t.Fatalf("%d times are kept", len(acts))
	}
	second, first := acts[0][1], acts[1][1]
	by.get(by.post(second+"/take", "key", "0190a000-0000-7000-8000-000000000001").leads("/ward/book/done/")).shows(http.StatusOK, "Anna Arkwright")
	by.get(by.post(second+"/decline").leads("/ward/waiting")).shows(http.StatusOK, "They have said yes themselves in the meantime.")
	by.get(by.post(second+"/take", "key", "0190a000-0000-7000-8000-000000000002").leads("/ward/waiting")).shows(http.StatusOK, "They have said yes themselves in the meantime.")
	by.get(by.post(first+"/decline").leads("/ward/waiting")).shows(http.StatusOK, "The family that said no keeps its place.", "was kept for them: they could not come")
	by.get(by.post(first+"/take", "key", "0190a000-0000-7000-8000-000000000003").leads("/ward/waiting")).shows(http.StatusOK, "They have turned that time down in the meantime")
	by.get(by.post("/ward/waiting/"+string(other.ID)+"/remove?ward="+string(willow)).leads("/ward/waiting")).
		shows(http.StatusOK, "They are not on the waiting list any more.", "Nobody waits for a time.")

	elsewhere := h.staff(t, otherNurse)
	elsewhere.get("/ward/waiting?ward=" + string(willow)).shows(http.StatusNotFound)
	elsewhere.post("/ward/waiting/offer?ward=" + string(willow)).shows(http.StatusNotFound)
	elsewhere.post(first + "/take").shows(http.StatusNotFound)
	elsewhere.post("/ward/waiting/" + string(other.ID) + "/remove").shows(http.StatusNotFound)
	elsewhere.post("/ward/waiting/<b>/remove").shows(http.StatusNotFound)
}

// An offer that nobody answered is not booked by whoever reads an old page.
func TestAnOfferThatIsOverSaysSo(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	h.waits(t, thomas, anna)
	h.hour = h.hour.Add(12 * 24 * time.Hour)
	by.post("/ward/sign-in", "email", nurse, "password", goodPassword).leads("/ward/today")
	s := by.get(by.post("/ward/waiting/offer?ward=" + string(willow)).leads("/ward/waiting"))
	acts := offerAct.FindStringSubmatch(s.text)
	if acts == nil {
		t.Fatalf("nothing is kept: %s", s.words())
	}
	h.hour = h.hour.Add(3 * time.Hour)
	by.post("/ward/sign-in", "email", nurse, "password", goodPassword).leads("/ward/today")
	by.get(by.post(acts[1]+"/take", "key", "0190a000-0000-7000-8000-000000000001").leads("/ward/waiting")).
		shows(http.StatusOK, "Nobody answered in time").hides("They say yes")
}

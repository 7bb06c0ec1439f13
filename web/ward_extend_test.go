package web

import (
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// versionOf is the version of a visit as a page of now would show it.
func (h *wardHouse) versionOf(t *testing.T, ref booking.Reference) string {
	t.Helper()
	v, err := h.desk.Visit(t.Context(), booking.System, ref)
	if err != nil {
		t.Fatal(err)
	}
	return strconv.Itoa(v.Version)
}

func TestMoreTimeFromTheBoard(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	v, _ := h.inLobby(t, by)
	h.rooms.take()
	at := visitPath(v.Reference) + "/extend"
	by.get("/ward/today?ward="+string(willow)).shows(http.StatusOK, "More time", "Swap iPad")
	page := by.get(at).shows(http.StatusOK, "How much more time?", "5 minutes more", "10 minutes more", "15 minutes more", "Everybody in the visit is told")
	fields := hiddenField.FindAllStringSubmatch(page.text, 2)
	by.get(by.post(at, "version", fields[0][2], "more", "10").leads("/ward/today")).shows(http.StatusOK, "The visit has more time.")
	end := v.When.End().Add(10 * time.Minute)
	if told := h.rooms.take(); !slices.Equal(told, []RoomOrder{{Kind: OrderUntil, Until: end}}) {
		t.Errorf("the room was told %v", told)
	}
	t.Log("a second tab, and answers that nobody offered")
	by.get(by.post(at, "version", fields[0][2], "more", "10").leads("/ward/today")).shows(http.StatusOK, "Somebody changed this while you were looking at it.")
	by.post(at, "version", h.versionOf(t, v.Reference), "more", "600").shows(http.StatusConflict, "There is a problem")
	by.post(at, "version", "x", "more", "y").leads("/ward/today")
	h.staff(t, otherNurse).get(at).shows(http.StatusNotFound)
	h.staff(t, otherNurse).post(at, "version", h.versionOf(t, v.Reference), "more", "5").shows(http.StatusNotFound)
	if told := h.rooms.take(); len(told) != 0 {
		t.Errorf("the room was told %v", told)
	}

	t.Log("once both iPads are needed, the page says for whom")
	for _, member := range []booking.MemberID{piotr, elsie} {
		if _, err := h.desk.BookAt(t.Context(), booking.System, bookedAt(patientOf(member), member, end.Add(25*time.Minute))); err != nil {
			t.Fatal(err)
		}
	}
	h.hour = end.Add(-5 * time.Minute)
	page = by.get(at).shows(http.StatusOK, "is needed from", "for the visit at")
	by.post(at, "version", h.versionOf(t, v.Reference), "more", "15").shows(http.StatusConflict, "something else is booked behind it", "is needed from")

	t.Log("and when it is over, the board says so")
	by.post(visitPath(v.Reference)+"/end", "why", string(booking.ByWard)).leads("/ward/today")
	by.get(by.get(at).leads("/ward/today")).shows(http.StatusOK, "This visit is over.")
}

func TestSwappingTheIPadFromTheBoard(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	v, _ := h.inLobby(t, by)
	at := visitPath(v.Reference) + "/swap"
	by.get(at).shows(http.StatusOK, "No other iPad is ready", "It is not paired.")
	spare := firstIPad
	if v.Device == firstIPad {
		spare = secondIPad
	}
	other := h.paired(t, by, spare, willow)
	h.rooms.take()
	page := by.get(at).shows(http.StatusOK, "Swap the iPad now", "It does not work", "Its battery is nearly empty")
	by.post(at).shows(http.StatusUnprocessableEntity, "There is a problem", "Choose an iPad")
	by.post(at, "device", string(spare)).shows(http.StatusUnprocessableEntity, "Choose why")
	by.post(at, "device", string(harbourIPad), "why", "fault", "version", h.versionOf(t, v.Reference)).shows(http.StatusConflict, "There is a problem")
	if told := h.rooms.take(); len(told) != 0 {
		t.Errorf("the room was told %v", told)
	}
	by.get(by.post(at, carriedOn(page, "device", string(spare), "why", "fault")...).leads("/ward/today")).
		shows(http.StatusOK, "The visit goes on on the other iPad.")
	if told := h.rooms.take(); !slices.Equal(told, []RoomOrder{{Kind: OrderSwap, Seat: "patient"}}) {
		t.Errorf("the room was told %v", told)
	}
	other.get("/ipad").shows(http.StatusOK, "Your visit is starting")
	by.get("/ward/ipads?ward="+string(willow)).shows(http.StatusOK, "Out of service")
	h.staff(t, otherNurse).post(at, "device", string(v.Device), "why", "fault").shows(http.StatusNotFound)
}

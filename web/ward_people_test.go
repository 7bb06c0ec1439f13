package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

func TestTwoPatientsOfOneName(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	s := by.get("/ward/patients").shows(http.StatusOK, "Hospital number", "Two patients have this name", "1 to approve", "No consent")
	if n := strings.Count(s.words(), "Two patients have this name"); n != 2 {
		t.Errorf("%d patients are said to share a name", n)
	}
	by.get("/ward/patients/"+string(thomas)).shows(http.StatusOK, "Two patients have this name", "Bay 1, Bed a0", "M0a0")
	by.get("/ward/patients/" + string(maria)).shows(http.StatusOK).hides("Two patients have this name")
}

func TestTheCircle(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	page := "/ward/patients/" + string(thomas)
	of := func(m booking.MemberID) string { return page + "/members/" + string(m) + "/" }

	by.get(page).shows(http.StatusOK, "Waiting for you to say yes June Arkwright")
	by.get(by.post(of(june)+"approve").leads(page)).shows(http.StatusOK, "They can visit now.").hides("Waiting for you to say yes")
	by.get(by.post(of(june)+"send").leads(page)).shows(http.StatusOK, "We have sent them a text message with their own link.")
	by.get(of(june)+"pause").shows(http.StatusOK, "Pause visits of June Arkwright?")
	by.post(of(june)+"pause").shows(http.StatusUnprocessableEntity, "Enter a reason")
	by.get(by.post(of(june)+"pause", "reason", "Rings at night").leads(page)).shows(http.StatusOK, "Their visits are paused", "Paused June Arkwright", "Rings at night")
	by.post(of(june) + "send").shows(http.StatusForbidden)
	by.get(by.post(of(june)+"resume").leads(page)).shows(http.StatusOK, "They may visit again.").hides("Paused", "Rings at night")
	by.get(of(june)+"bar").shows(http.StatusOK, "Bar June Arkwright from visiting?")
	by.post(of(june)+"bar").shows(http.StatusUnprocessableEntity, "Enter a reason")
	by.post(of(june)+"bar", "reason", strings.Repeat("x", 900)).shows(http.StatusUnprocessableEntity, "Use no more than 300 characters")
	by.get(by.post(of(june)+"bar", "reason", "Shouted at staff").leads(page)).shows(http.StatusOK, "Barred June Arkwright").hides("Shouted")
	by.post(of(june) + "send").shows(http.StatusForbidden)
	by.get(of(june)+"unbar").shows(http.StatusOK, "Lift the bar on June Arkwright?")
	by.get(by.post(of(june) + "unbar").leads(page)).shows(http.StatusOK).hides("Barred June Arkwright")
	by.get(of(june)+"remove").shows(http.StatusOK, "Remove June Arkwright from the list?")
	by.get(by.post(of(june) + "remove").leads(page)).shows(http.StatusOK).hides("June Arkwright")
	by.get(of(piotr) + "bar").shows(http.StatusNotFound) // of another patient
	by.get(of(anna) + "approve").shows(http.StatusNotFound)
	by.post(of(anna) + "no-such-act").shows(http.StatusNotFound)
}

func TestWhoIsBarredLeavesTheRoom(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	_, seat := h.inLobby(t, by)
	by.post("/ward/patients/"+string(thomas)+"/members/"+string(anna)+"/bar", "reason", "Unsafe").leads("/ward/patients/")
	if told := h.rooms.take(); !slices.Equal(told, []RoomOrder{{Kind: OrderRemove, Seat: string(seat)}}) {
		t.Errorf("the room was told %v", told)
	}
}

func TestInviting(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	page := "/ward/patients/" + string(thomas)
	for _, tt := range []struct {
		name, who, phone, relationship, email string
		says                                  []string
	}{
		{"nothing", "", "", "", "", []string{"Enter your full name", "Enter a mobile phone number"}},
		{"no number", "Rose Moor", "12", "Friend", "", []string{"Enter a phone number, like"}},
		{"no address", "Rose Moor", "07700 900 982", "Friend", "rose@", []string{"Enter an email address in the correct format"}},
		{"too long a name", strings.Repeat("R", 900), "07700 900 982", "Friend", "", []string{"too long"}},
		{"a name turned round", "Rose\u202EMoor", "07700 900 982", "Friend", "", []string{"characters we cannot use"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			by.post(page+"/invite", "name", tt.who, "phone", tt.phone, "relationship", tt.relationship, "email", tt.email).
				shows(http.StatusUnprocessableEntity, tt.says...)
		})
	}
	by.get(by.post(page+"/invite", "name", "Rose <b>Moor</b> 🌹", "phone", "07700 900 982", "relationship", "Friend").leads(page)).
		shows(http.StatusOK, "We have sent them a text message", "Rose <b>Moor</b> 🌹", "07700 900982")
	// Somebody new who rings to book is asked for once, and booked for at once.
	s := by.get(by.post(page+"/invite", "name", "Olu Ade", "phone", "+234 803 123 4567", "relationship", "Friend", "then", "book").leads("/ward/book/"))
	s.shows(http.StatusOK, "Olu Ade, Friend", "Who is ringing, and when?")
	if !strings.Contains(s.text, "checked") {
		t.Error("who has just been added is not chosen")
	}
}

func TestConsent(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	page := "/ward/patients/" + string(samuel)
	by.get(page).shows(http.StatusOK, "Nobody has recorded consent yet.", "Record consent")
	by.get("/ward/book/"+string(samuel)).shows(http.StatusOK, "There is no consent to video visits.", "Record consent").hides("tap a time")
	for _, tt := range []struct {
		name  string
		pairs []string
		says  string
	}{
		{"nothing", nil, "Choose who said yes"},
		{"nobody's word", []string{"basis", "best_interests"}, "Enter the name of the person who said yes"},
		{"another basis", []string{"basis", "rumour", "by", "X"}, "Choose one of the answers"},
		{"a day that does not exist", []string{"basis", "own", "review-day", "30", "review-month", "2", "review-year", "2027"}, "Enter a day from today on"},
		{"a day that is over", []string{"basis", "own", "review-day", "23", "review-month", "11", "review-year", "2026"}, "Enter a day from today on"},
		{"half a day", []string{"basis", "own", "review-month", "12"}, "Enter a day from today on"},
		{"a day too far", []string{"basis", "own", "review-day", "1", "review-month", "1", "review-year", "2099"}, "Enter a day from today on"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			by.post(page+"/consent", tt.pairs...).shows(http.StatusUnprocessableEntity, tt.says)
		})
	}
	by.get(by.post(page+"/consent", "basis", "attorney", "by", "Grace Okafor", "review-day", "24", "review-month", "11", "review-year", "2026").leads(page)).
		shows(http.StatusOK, "Somebody with power of attorney said yes (Grace Okafor)", "It counts until Tuesday 24 November 2026.")
	h.hour = noon.Add(24 * time.Hour)
	by.post("/ward/sign-in", "email", nurse, "password", goodPassword).leads("/ward/today")
	by.get(page).shows(http.StatusOK, "The consent ran out after Tuesday 24 November 2026.")
}

func TestConsentThatIsWithdrawnCoversTheVisit(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	v, _ := h.inLobby(t, by)
	page := "/ward/patients/" + string(thomas)
	by.get(page+"/withdraw").shows(http.StatusOK, "Withdraw consent to video visits?")
	by.get(by.post(page+"/withdraw").leads(page)).shows(http.StatusOK, "Consent is withdrawn.", "Consent was withdrawn on Tuesday 24 November 2026, midday")
	if told := h.rooms.take(); !slices.Equal(told, []RoomOrder{{Kind: OrderCover}}) {
		t.Errorf("the room was told %v", told)
	}
	by.get(by.post("/ward/visits/"+string(v.Reference)+"/admit", "participant", string(h.seatOf(t, v, "Anna"))).leads("/ward/today")).
		shows(http.StatusOK, "There is no consent to video visits.")
}

func TestBookingOnThePhone(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	by.get("/ward/book").shows(http.StatusOK, "Who would they like to see?", "Maria Kowalska", "Samuel Okafor")
	page := "/ward/book/" + string(maria)
	s := by.get(page).shows(http.StatusOK, "Piotr Kowalski, Husband", "Tuesday 24 November 2026: tap a time to keep it")
	starts := s.offered("start")
	by.post(page, "visitor", "", "start", starts[0]).shows(http.StatusUnprocessableEntity, "Choose who is ringing")
	by.post(page, "visitor", visitorOf(piotr)).shows(http.StatusUnprocessableEntity, "That is not a time the ward offers")
	by.post(page, "visitor", visitorOf(piotr), "start", "2026-11-24T03:07:00Z").shows(http.StatusConflict, "That time is past")
	by.post(page, "visitor", visitorOf(anna), "start", starts[0]).shows(http.StatusConflict, "This person is not on the patient’s list.")

	held := by.post(page, "visitor", visitorOf(piotr), "start", starts[0]).leads("/ward/book/held/")
	if again := by.post(page, "visitor", visitorOf(piotr), "start", starts[0]).leads("/ward/book/held/"); again != held {
		t.Errorf("pressed twice: %s and %s", held, again)
	}
	by.get(held).shows(http.StatusOK, "Piotr Kowalski, Husband", "Kept until 12:10pm", "British Sign Language (BSL)")
	by.post(held, "tongue", "none").shows(http.StatusUnprocessableEntity, "Choose who comes")
	by.post(held, "people", string(piotr), "tongue", "klingon/spoken").shows(http.StatusUnprocessableEntity, "Choose one of the answers")
	check := by.post(held, "people", string(piotr), "tongue", "bfi/sign", "needs", "captions").leads(held + "/check")
	by.get(check).shows(http.StatusOK, "Tuesday 24 November 2026, 2:00pm", "Piotr Kowalski, Husband", "Captions", "British Sign Language (BSL)")
	done := by.post(held + "/book").leads("/ward/book/done/")
	by.get(done).shows(http.StatusOK, "The visit is booked", strings.TrimPrefix(done, "/ward/book/done/"), "Piotr Kowalski, Husband")
	by.post(held + "/book").leads(done) // pressed twice
	by.get(held).leads(done)            // the back button
	by.post(held + "/release").leads(done)
}

func visitorOf(m booking.MemberID) string { return string(relative(m, "", "").Visitor.ID) }

func TestATimeThatIsTakenMeanwhile(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	page := "/ward/book/" + string(maria)
	start := by.get(page).offered("start")[0]
	at, err := instant(start)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []booking.MemberID{anna, elsie} { // both iPads
		if _, err := h.desk.BookAt(t.Context(), booking.System, desk.BookedVisit{Patient: patientOf(m), Members: []booking.MemberID{m}, Start: at, Length: 20 * time.Minute}); err != nil {
			t.Fatal(err)
		}
	}
	s := by.post(page, "visitor", visitorOf(piotr), "start", start).shows(http.StatusConflict, "That time has just been taken.", "The nearest free times")
	if near := s.offered("start"); len(near) < 3 || near[0] == start {
		t.Errorf("offered instead: %v", near)
	}
}

func TestATimeThatWasKeptTooLong(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	page := "/ward/book/" + string(maria)
	held := by.post(page, "visitor", visitorOf(piotr), "start", by.get(page).offered("start")[3]).leads("/ward/book/held/")
	h.hour = h.hour.Add(11 * time.Minute)
	for _, s := range []screen{by.get(held), by.get(held + "/check"), by.post(held + "/book"), by.post(held, "people", string(piotr), "tongue", "none")} {
		s.shows(http.StatusConflict, "That time is not kept any more", "Nothing is booked.")
	}
	held = by.post(page, "visitor", visitorOf(piotr), "start", by.get(page).offered("start")[3]).leads("/ward/book/held/")
	by.get(by.post(held+"/release").leads("/ward/today")).shows(http.StatusOK, "The time is free again. Nothing is booked.")
}

func TestDaysToBook(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	page := "/ward/book/" + string(maria)
	by.get(page+"?day=2026-11-26").shows(http.StatusOK, "Thursday 26 November 2026: tap a time")
	by.get(page+"?from=2026-12-01&visitor="+visitorOf(piotr)).shows(http.StatusOK, "Tuesday 1 December 2026: tap a time", "Earlier days")
	by.get(page+"?from=2031-12-01").shows(http.StatusOK, "Tuesday 24 November 2026") // too far: from today
}

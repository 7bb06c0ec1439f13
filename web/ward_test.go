package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

func TestSigningIn(t *testing.T) {
	h := newWardHouse(t)
	wrong := "The email address or password is not right. Check both and try again."
	for _, tt := range []struct{ name, email, password, says string }{
		{"nothing", "", "", "Enter an email address"},
		{"no password", nurse, "", "Enter your password"},
		{"a name that nobody has", "nobody@willow.example", goodPassword, wrong},
		{"a wrong password", nurse, "wrong", wrong},
		{"a long name", strings.Repeat("a", 900), "x", "too long"},
		{"markup", "<script>alert(1)</script>", "x", wrong},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := h.phone(t)
			p.post("/ward/sign-in", "email", tt.email, "password", tt.password).shows(http.StatusUnprocessableEntity, tt.says)
			p.get("/ward/today").leads("/ward/sign-in")
		})
	}
	p := h.staff(t, nurse)
	p.get("/ward/today").shows(http.StatusOK, "Willow Ward", "No visits are booked today.")
	p.get("/ward/sign-in").leads("/ward/today")
	p.post("/ward/sign-out").leads("/ward/sign-in")
	p.get("/ward/today").leads("/ward/sign-in")
}

func TestASignInThatIsLockedSaysSo(t *testing.T) {
	h := newWardHouse(t)
	p := h.phone(t)
	for range 30 {
		s := p.post("/ward/sign-in", "email", nurse, "password", "wrong")
		if strings.Contains(s.words(), "This sign-in is locked") {
			h.phone(t).post("/ward/sign-in", "email", nurse, "password", goodPassword).
				shows(http.StatusUnprocessableEntity, "This sign-in is locked", "15 minutes")
			return
		}
		h.hour = h.hour.Add(time.Second)
	}
	t.Error("thirty wrong passwords, and nothing is locked")
}

func TestOneVisitFromStartToEnd(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	v := h.booked(t, 10*time.Minute, bsl, anna, david)
	act := "/ward/visits/" + string(v.Reference) + "/"
	board := "/ward/today?date=2026-11-24&ward=" + string(willow)
	by.get(board).shows(http.StatusOK, "Pair iPad", "Anna Arkwright Daughter, not here yet", "British Sign Language (BSL) interpreter asked, no answer yet").
		hides("Arkwright, Thomas", "Press Start")

	h.paired(t, by, v.Device, willow)
	by.get(board).shows(http.StatusOK, "Then press Start.")
	by.post(act + "start").leads(board)
	if told := h.rooms.take(); len(told) != 0 {
		t.Errorf("a room was told of the start: %v", told)
	}
	by.get(board).shows(http.StatusOK, "It opens the visit by itself.")
	h.arrives(t, v, desk.SeatOfPatient)
	seat := h.seatOf(t, v, "Anna")
	h.arrives(t, v, string(seat))
	h.hour = h.hour.Add(3 * time.Minute)
	by.get(board).shows(http.StatusOK, "Let in Anna Arkwright", "waiting 3 minutes")

	for _, tt := range []struct {
		act   string
		kind  RoomOrderKind
		about booking.ParticipantID
		shows string
	}{
		{"admit", OrderAdmit, seat, "The visit is going on."},
		{"cover", OrderCover, "", "Patient’s camera and sound are off"},
		{"uncover", OrderUncover, "", "Cover the camera"},
		{"lock", OrderLock, "", "Locked: nobody new can join"},
		{"unlock", OrderUnlock, "", "Lock: nobody new"},
		{"hold", OrderHold, seat, "put back to wait"},
		{"admit", OrderAdmit, seat, "In the visit"},
	} {
		by.post(act+tt.act, "participant", string(tt.about)).leads(board)
		if told := h.rooms.take(); !slices.Equal(told, []RoomOrder{{Kind: tt.kind, Seat: string(tt.about)}}) {
			t.Errorf("%s: the room was told %v", tt.act, told)
		}
		by.get(board).shows(http.StatusOK, tt.shows)
	}

	by.get(act+"end").shows(http.StatusOK, "End this visit now?", "The visit is finished")
	by.post(act+"end").shows(http.StatusUnprocessableEntity, "Choose why the visit ends")
	by.post(act+"end", "why", "by_magic").shows(http.StatusUnprocessableEntity, "Choose why the visit ends")
	if told := h.rooms.take(); len(told) != 0 {
		t.Errorf("the room was told of an end that was not: %v", told)
	}
	by.get(by.post(act+"end", "why", "by_ward").leads("/ward/today")).shows(http.StatusOK, "The visit has ended.", "Ended by the ward", "Clean iPad")
	if told := h.rooms.take(); !slices.Equal(told, []RoomOrder{{Kind: OrderEnd}}) {
		t.Errorf("the room was told %v", told)
	}
	by.get(act + "end").leads("/ward/today") // by the back button
	by.post("/ward/ipads/"+string(v.Device)+"/cleaned?ward="+string(willow), "from", "board", "method", "wipe").leads("/ward/today")
	by.get(board).shows(http.StatusOK, "Nothing to do now")
}

func TestTheSecondToPressIsTold(t *testing.T) {
	h := newWardHouse(t)
	first, second := h.staff(t, nurse), h.staff(t, manager)
	v := h.booked(t, 10*time.Minute, booking.Tongue{}, anna)
	h.paired(t, first, v.Device, willow)
	start := "/ward/visits/" + string(v.Reference) + "/start"
	first.post(start).leads("/ward/today")
	second.get(second.post(start).leads("/ward/today")).shows(http.StatusOK, "This visit has been started already. Somebody else may have pressed Start just before you.")
	second.get(start).leads("/ward/today") // the button's address, opened by the back button
}

func TestWhatCannotBeDoneIsSaidOnTheBoard(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	v, seat := h.inLobby(t, by)
	act := "/ward/visits/" + string(v.Reference) + "/"
	later := h.booked(t, 3*time.Hour, booking.Tongue{}, piotr)
	for _, tt := range []struct{ name, to, who, says string }{
		{"starting hours before", "/ward/visits/" + string(later.Reference) + "/start", "", "It is too early to start this visit."},
		{"letting in before the iPad is there", "/ward/visits/" + string(later.Reference) + "/admit", string(h.seatOf(t, later, "Piotr")), "They are not waiting any more."},
		{"covering what has not begun", "/ward/visits/" + string(later.Reference) + "/cover", "", "The iPad is not in the visit yet."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			by.get(by.post(tt.to, "participant", tt.who).leads("/ward/today")).shows(http.StatusOK, tt.says)
		})
	}
	by.get(act+"remove?participant="+string(seat)).shows(http.StatusOK, "Remove Anna Arkwright from this visit?")
	by.get(by.post(act+"remove", "participant", string(seat)).leads("/ward/today")).shows(http.StatusOK, "cannot come back in")
	by.get(by.post(act+"admit", "participant", string(seat)).leads("/ward/today")).shows(http.StatusOK, "They were removed from this visit")
	if told := h.rooms.take(); !slices.Equal(told, []RoomOrder{{Kind: OrderRemove, Seat: string(seat)}}) {
		t.Errorf("the room was told %v", told)
	}
}

func TestARoomThatIsDownFailsNobody(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	v, seat := h.inLobby(t, by)
	h.rooms.down = true
	by.get(by.post("/ward/visits/"+string(v.Reference)+"/admit", "participant", string(seat)).leads("/ward/today")).
		shows(http.StatusOK, "The visit is going on.").hides("problem")
	if !strings.Contains(h.log.String(), "room not told") || strings.Contains(h.log.String(), "Arkwright") {
		t.Errorf("log: %s", h.log.String())
	}
}

func TestWordsToThoseWhoWait(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	v, seat := h.inLobby(t, by)
	say := "/ward/visits/" + string(v.Reference) + "/say"
	by.get(say).shows(http.StatusOK, "Anna Arkwright", "We are nearly ready.")
	by.post(say, "text", "").shows(http.StatusUnprocessableEntity, "Choose a message, or type one")
	by.post(say, "text", strings.Repeat("é", 201)).shows(http.StatusUnprocessableEntity, "Use no more than 200 characters")
	by.get(by.post(say, "text", "One moment <b>please</b> 🙂").leads("/ward/today")).shows(http.StatusOK, "Everybody who waits can read your message.")
	if told := h.rooms.take(); !slices.Equal(told, []RoomOrder{{Kind: OrderSay, Text: "One moment <b>please</b> 🙂"}}) {
		t.Errorf("the room was told %v", told)
	}
	by.post("/ward/visits/"+string(v.Reference)+"/admit", "participant", string(seat)).leads("/ward/today")
	h.rooms.take()
	by.get(by.post(say, "text", "Hello?").leads("/ward/today")).shows(http.StatusOK, "Nobody is waiting, so nobody was told.")
	if told := h.rooms.take(); len(told) != 0 {
		t.Errorf("an empty waiting room was told %v", told)
	}
}

func TestAnotherWardIsNotThere(t *testing.T) {
	h := newWardHouse(t)
	by, other := h.staff(t, nurse), h.staff(t, otherNurse)
	v, seat := h.inLobby(t, by)
	patientPage := "/ward/patients/" + string(thomas)
	member := patientPage + "/members/" + string(anna)
	for _, path := range []string{
		"/ward/today?ward=" + string(willow), "/ward/today?ward=nowhere", "/ward/patients?ward=" + string(willow),
		"/ward/ipads?ward=" + string(willow), "/ward/book?ward=" + string(willow), "/ward/today/events?ward=" + string(willow),
		"/ward/visits/" + string(v.Reference) + "/end", "/ward/visits/" + string(v.Reference) + "/say",
		"/ward/visits/" + string(v.Reference) + "/remove?participant=" + string(seat), "/ward/book/done/" + string(v.Reference),
		at(v, ""), at(v, "/move"), at(v, "/ipad"),
		patientPage, patientPage + "/invite", patientPage + "/consent", patientPage + "/withdraw", member + "/remove", member + "/bar",
		"/ward/book/" + string(thomas), "/ward/book/held/" + string(v.ID), "/ward/ipads/" + string(v.Device) + "/pair?ward=" + string(harbour),
	} {
		other.get(path).shows(http.StatusNotFound).hides("Arkwright")
	}
	for _, path := range []string{
		"/ward/visits/" + string(v.Reference) + "/admit", "/ward/visits/" + string(v.Reference) + "/end", "/ward/visits/" + string(v.Reference) + "/say",
		patientPage + "/invite", patientPage + "/consent", patientPage + "/withdraw", member + "/remove", member + "/bar", member + "/approve",
		"/ward/book/" + string(thomas), "/ward/ipads/" + string(v.Device) + "/unpair?ward=" + string(harbour),
	} {
		other.post(path, "participant", string(seat), "why", "by_ward", "reason", "r", "text", "hello", "visitor", "x",
			"start", "2026-11-24T15:00:00Z", "name", "A", "phone", "07700900982", "relationship", "B", "basis", "own").shows(http.StatusNotFound)
	}
	if told := h.rooms.take(); len(told) != 0 {
		t.Errorf("a room was told %v", told)
	}
}

func TestSwitchingWards(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, manager)
	by.get("/ward/patients").shows(http.StatusOK, "Patients on Harbour Ward", "Show this ward")
	by.post("/ward/switch", "ward", string(willow), "to", "/ward/patients").leads("/ward/patients?ward=" + string(willow))
	by.get("/ward/patients").shows(http.StatusOK, "Patients on Willow Ward") // and it is remembered
	by.get("/ward/patients?ward="+string(harbour)).shows(http.StatusOK, "Patients on Harbour Ward")
	by.post("/ward/switch", "ward", string(willow), "to", "https://evil.example").leads("/ward/today?ward=")
	by.post("/ward/switch", "ward", "nowhere").shows(http.StatusNotFound)
	h.staff(t, nurse).get("/ward/today").shows(http.StatusOK).hides("Show this ward")
}

func TestOtherDays(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	v := h.booked(t, 26*time.Hour, booking.Tongue{}, anna)
	by.get("/ward/today").shows(http.StatusOK, "No visits are booked today.")
	by.get("/ward/today?date=2026-11-25").shows(http.StatusOK, "Wednesday 25 November 2026", string(v.Reference), "Booked").hides("Press Start")
	for _, date := range []string{"tomorrow", "2026-02-30", "0001-01-01", "9999-12-31", "<script>"} {
		by.get("/ward/today?date="+strings.ReplaceAll(date, "<", "%3C")).shows(http.StatusNotFound, "Page not found")
	}
}

func TestAnAddressCannotPutWordsOnThePage(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	for _, said := range []string{"Ring+0900+123456", "%3Cscript%3E", "missing/name", strings.Repeat("x", 900)} {
		by.get("/ward/today?said="+said).shows(http.StatusOK).hides("0900", "script", "Enter your full name", "Important", "Success")
	}
}

// awkward is what people and programs put where something else was asked for.
var awkward = []string{"", " ", strings.Repeat("9", 900), "🎉👨‍👩‍👧", "<script>alert(1)</script>", "a\u202Eb", "a\x00b", "\xff\xfe", "' OR 1=1 --", "-1", "2026-03-29T01:30", "../../etc"}

func escaped(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

func TestNothingTypedBreaksAnything(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	v, seat := h.inLobby(t, by)
	held, err := h.desk.Hold(t.Context(), booking.System, maria, "20000000-0000-4000-8000-0000000000b1", noon.Add(3*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	patientPage := "/ward/patients/" + string(thomas)
	member := patientPage + "/members/" + string(june)
	booked := h.booked(t, 5*time.Hour, booking.Tongue{}, david)
	forms := map[string][]string{
		"/ward/sign-in": {"email", "password"},
		"/ward/switch":  {"ward", "to"},
		"/ward/visits/" + string(v.Reference) + "/admit":  {"participant"},
		"/ward/visits/" + string(v.Reference) + "/remove": {"participant"},
		"/ward/visits/" + string(v.Reference) + "/end":    {"reason"},
		"/ward/visits/" + string(v.Reference) + "/say":    {"text"},
		"/ward/book/" + string(thomas):                    {"visitor", "start", "from", "day"},
		"/ward/book/held/" + string(held.ID):              {"people", "tongue", "needs"},
		patientPage + "/invite":                           {"name", "phone", "relationship", "email", "then"},
		patientPage + "/consent":                          {"basis", "by", "review-day", "review-month", "review-year"},
		member + "/bar":                                   {"reason"},
		"/ward/ipads/" + string(v.Device) + "/cleaned":    {"from", "method"},
		"/ipad/pair": {"pairing_code"},
		"/interpreter/offers/" + string(seat) + "/accept":      {"yes"},
		"/ward/visits/" + string(v.Reference) + "/no-such-act": {"participant"},
		at(v, "/unclean"):            {"because"},
		at(v, "/ipad"):               {"device", "version", "seen"},
		at(booked, "/ipad"):          {"device", "version", "seen"},
		at(booked, "/move"):          {"start", "version", "seen"},
		at(booked, "/move?then=%3C"): {"another", "on-day", "on-month", "on-year", "at", "minutes", "which", "aside", "because", "version"},
	}
	for path, fields := range forms {
		for _, value := range awkward {
			var pairs []string
			for _, field := range fields {
				pairs = append(pairs, field, value)
			}
			by.post(path, pairs...).hides("<script>alert")
		}
	}
	for _, path := range []string{
		"/ward/today?ward=%s", "/ward/today?date=%s", "/ward/today?said=%s", "/ward/book/%s", "/ward/book/held/%s", "/ward/book/done/%s",
		"/ward/book/" + string(thomas) + "?from=%s&day=%s&visitor=%s", "/ward/patients/%s", "/ward/patients/" + string(thomas) + "/members/%s/bar",
		"/ward/visits/%s", "/ward/visits/%s/move", "/ward/visits/%s/ipad", "/ward/review?closure=%s", "/ward/review?ward=%s",
		at(v, "?then=review&ward=%s&closure=%s&said=%s"), at(v, "/ipad?then=review&ward=%s&closure=%s"),
		at(booked, "/move?from=%s&day=%s&then=review&ward=%s"),
		"/ward/visits/%s/end", "/ward/visits/" + string(v.Reference) + "/remove?participant=%s", "/ward/ipads/%s/pair", "/practice/messages?to=%s",
		"/interpreter/offers/%s/hand-back", "/ipad?ended=%s",
	} {
		for _, value := range awkward[1:] {
			by.get(strings.ReplaceAll(path, "%s", escaped(value)))
		}
	}
}

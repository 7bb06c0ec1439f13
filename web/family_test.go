package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
)

// times are the starts offered to a phone for a patient.
func (p *phone) times(patient booking.PatientID) []string {
	p.t.Helper()
	times := p.get("/visits/new?patient="+string(patient)).shows(http.StatusOK, "Choose a time").offered("start")
	if len(times) == 0 {
		p.t.Fatal("nothing is free")
	}
	return times
}

// hold keeps a time and returns the address of the first step of its form.
func (p *phone) hold(patient booking.PatientID, start string) string {
	p.t.Helper()
	return p.post("/visits/hold", "patient", string(patient), "start", start).leads("/visits/held/")
}

// book books a time with nothing else said and returns the address of the visit.
func (p *phone) book(patient booking.PatientID, start string) string {
	p.t.Helper()
	held := strings.TrimSuffix(p.hold(patient, start), "who")
	p.post(held + "who").leads(held + "language")
	p.post(held+"language", "interpreter", "none").leads(held + "help")
	p.post(held + "help").leads(held + "check")
	to := p.post(held + "book").leads("/visits/")
	return strings.TrimSuffix(to, "?done=booked")
}

func TestInvitation(t *testing.T) {
	h := newFamilyHouse(t)
	token := h.link(t, anna, "")
	p := h.phone(t)

	for range 20 { // as mail scanners do
		p.get("/invitation/"+token).shows(http.StatusOK, "Northgate Hospital invites you", "Willow Ward", "ends in 111").hides("Arkwright", "Thomas", "Anna", "Enter the code")
	}
	p.post("/invitation/open", "token", token, "code", "123456").shows(http.StatusUnprocessableEntity, "That code has run out")
	p.post("/invitation/code", "token", token).leads("/invitation/" + token)
	code := h.code(t)
	p.get("/invitation/"+token).shows(http.StatusOK, "Enter the code we sent you", "12:10pm").hides(code)
	p.post("/invitation/code", "token", token).shows(http.StatusConflict, "Wait a minute", "Enter the code")
	p.post("/invitation/open", "token", token, "code", "").shows(http.StatusUnprocessableEntity, "There is a problem", "Enter the code that we sent")
	p.post("/invitation/open", "token", token, "code", "no number").shows(http.StatusUnprocessableEntity, "not the code we sent")
	p.get("/visits").shows(http.StatusForbidden, "Open your link again")
	p.post("/invitation/open", "token", token, "code", code[:3]+" "+code[3:]).leads("/visits")
	p.get("/visits").shows(http.StatusOK, "Thomas Arkwright", "Anna Arkwright")
	p.get("/invitation/"+token).shows(http.StatusOK, "as Anna Arkwright", "Go to your visits", "Send a code to that number")

	h.phone(t).post("/invitation/open", "token", token, "code", code).shows(http.StatusUnprocessableEntity, "run out") // once is once
	p.post("/sign-out").leads("/")
	p.get("/visits").shows(http.StatusForbidden)
}

func TestInvitationThatOpensNothing(t *testing.T) {
	h := newFamilyHouse(t)
	token := h.link(t, anna, "")
	p := h.phone(t)
	p.post("/invitation/code", "token", token).leads("/invitation/")
	code := h.code(t)
	wrong := "000000"
	if code == wrong {
		wrong = "111111"
	}
	for range 5 {
		p.post("/invitation/open", "token", token, "code", wrong).shows(http.StatusUnprocessableEntity)
	}
	p.post("/invitation/open", "token", token, "code", code).shows(http.StatusUnprocessableEntity, "Ask for a new one")

	p.get("/invitation/nonsense").shows(http.StatusNotFound, "This link does not work", "ask the ward")
	p.post("/invitation/code", "token", "nonsense").shows(http.StatusNotFound, "This link does not work")
	p.post("/invitation/code").shows(http.StatusNotFound)
	p.post("/invitation/open", "token", "nonsense", "code", "123456").shows(http.StatusNotFound)
	h.hour = h.hour.Add(400 * 24 * time.Hour)
	p.get("/invitation/"+token).shows(http.StatusNotFound, "This link has run out", "new one")
}

func TestInterpretersLinkLeadsToTheirWork(t *testing.T) {
	h := newFamilyHouse(t)
	token := h.link(t, "", bslInterpreter)
	p := h.phone(t)
	p.get("/invitation/"+token).shows(http.StatusOK, "asks you to interpret")
	p.post("/invitation/code", "token", token).leads("/invitation/" + token)
	p.get("/invitation/"+token).shows(http.StatusOK, "works for 10 minutes")
	p.post("/invitation/open", "token", token, "code", h.code(t)).leads("/interpreter")
	p.get("/visits").shows(http.StatusForbidden) // another door
}

func TestBooking(t *testing.T) {
	h := newFamilyHouse(t)
	p := h.phoneOf(t, anna)
	p.get("/visits").shows(http.StatusOK, "You have no video visits booked", "Choose a time")
	start := p.times(thomas)[1]
	held := strings.TrimSuffix(p.hold(thomas, start), "who")
	if again := p.hold(thomas, start); again != held+"who" {
		t.Errorf("pressed twice: %s and %s", held, again)
	}

	who := p.get(held+"who").shows(http.StatusOK, "until 12:10pm", "Tuesday 24 November 2026, 2:20pm", "David Arkwright").hides("June")
	p.post(held+"who", "people", who.offered("people")[0]).leads(held + "language")
	p.get(held+"language").shows(http.StatusOK, "British Sign Language")
	p.post(held+"language").shows(http.StatusUnprocessableEntity, "Choose if you need an interpreter")
	p.post(held+"language", "interpreter", "bfi/sign").leads(held + "help")
	p.get(held+"help").shows(http.StatusOK, "Captions")
	p.post(held+"help", "needs", "captions", "needs", "hearing_loop").leads(held + "check")
	p.get(held+"check").shows(http.StatusOK, "2:20pm, UK time", "20 minutes", "Anna Arkwright (you)", "David Arkwright (Son)",
		"British Sign Language", "Captions A hearing loop")
	p.get(held+"who?then=check").shows(http.StatusOK, "Who is coming")
	p.post(held+"who?then=check", "people", who.offered("people")[0]).leads(held + "check")

	to := p.post(held + "book").leads("/visits/")
	if again := p.post(held + "book").leads("/visits/"); strings.TrimSuffix(to, "?done=booked") != again {
		t.Errorf("pressed twice: %s and %s", to, again)
	}
	visit := strings.TrimSuffix(to, "?done=booked")
	ref := strings.TrimPrefix(visit, "/visits/")
	p.get(to).shows(http.StatusOK, "Your visit is booked", ref, "Add to calendar", "2:05pm", "We have asked an interpreter")
	p.get(held + "who").leads(visit) // by the back button
	p.get(held + "check").leads(visit)
	p.get("/visits").shows(http.StatusOK, ref, "Change the time")
	h.phoneOf(t, david).get(visit).shows(http.StatusOK, "Your video visit", "Anna Arkwright")

	h.hour = h.hour.Add(2*time.Hour + 6*time.Minute)
	p.get(visit).shows(http.StatusOK, "The waiting room is open", "Get ready and join", "too close to the visit")
}

func TestTimeThatIsTaken(t *testing.T) {
	h := newFamilyHouse(t)
	first, second := h.phoneOf(t, martin), h.phoneOf(t, nadia)
	start := first.times(helen)[3]
	first.hold(helen, start)
	s := second.post("/visits/hold", "patient", string(idris), "start", start).
		shows(http.StatusConflict, "Somebody has just taken that time", "Free times near it")
	if n := len(s.offered("start")); n < 3 {
		t.Errorf("%d others", n)
	}
	second.hold(idris, s.offered("start")[0])

	// Nothing else is free: the same words as for somebody who may not come.
	for _, m := range []booking.MemberID{martin, nadia} {
		p := h.phoneOf(t, m)
		p.post("/visits/hold", "patient", string(patientOf(m)), "start", "2026-11-24T14:07:00Z").shows(http.StatusConflict, "not a time the ward offers")
	}
}

func TestBarredMeetsAFullWard(t *testing.T) {
	h := newFamilyHouse(t)
	p := h.phoneOf(t, nadia)
	start := p.times(idris)[0]
	staff := booking.Actor{Kind: booking.StaffActor, ID: "s", Name: "Sister", Wards: map[booking.WardID]booking.Roles{harbour: {booking.Nurse}}}
	if _, err := h.desk.Bar(t.Context(), staff, nadia, "court order"); err != nil {
		t.Fatal(err)
	}
	p.get("/visits").shows(http.StatusOK, "Idris Rahman", "Choose a time").hides("court")
	p.get("/visits/new?patient="+string(idris)).shows(http.StatusOK, "There are no free times", "0113 496 0112").hides("court")
	p.post("/visits/hold", "patient", string(idris), "start", start).shows(http.StatusConflict, "not free any more", "There are no free times")
}

func TestHoldThatRunsOut(t *testing.T) {
	h := newFamilyHouse(t)
	p := h.phoneOf(t, anna)
	held := strings.TrimSuffix(p.hold(thomas, p.times(thomas)[1]), "who")
	who := p.get(held + "who")
	p.post(held+"who", "people", who.offered("people")[0]).leads(held)
	p.post(held+"language", "interpreter", "bfi/sign").leads(held)
	p.post(held+"help", "needs", "captions").leads(held)

	p.get("/visits").shows(http.StatusOK, "It is not booked yet", "Finish booking this visit")
	h.hour = h.hour.Add(10 * time.Minute)
	p.get("/visits").shows(http.StatusOK).hides("Finish booking")
	p.get(held+"check").shows(http.StatusConflict, "could not keep that time", "See all free times")
	p.post(held+"help", "needs", "captions").shows(http.StatusConflict, "could not keep that time")
	p.post(held+"book").shows(http.StatusConflict, "could not keep that time")
	id := strings.Split(held, "/")[3]
	again := p.get("/visits/new?patient=" + string(thomas) + "&held=" + id).shows(http.StatusOK)
	if !strings.Contains(again.text, `name="held" value="`+id+`"`) {
		t.Error("the answers given are forgotten")
	}
	next := p.post("/visits/hold", "patient", string(thomas), "start", again.offered("start")[2], "held", id).leads("/visits/held/")
	p.get(strings.TrimSuffix(next, "who")+"check").shows(http.StatusOK, "David Arkwright", "British Sign Language", "Captions")
}

func TestTimeGivenBack(t *testing.T) {
	h := newFamilyHouse(t)
	p := h.phoneOf(t, nadia)
	start := p.times(idris)[0]
	held := strings.TrimSuffix(p.hold(idris, start), "who")
	p.post(held + "release").leads("/visits")
	p.post(held + "release").leads("/visits")
	p.get(held + "who").shows(http.StatusConflict)
	h.phoneOf(t, martin).book(helen, start)
}

func TestNoInterpreterFree(t *testing.T) {
	h := newFamilyHouse(t)
	busy, p := h.phoneOf(t, piotr), h.phoneOf(t, anna)
	start := busy.times(maria)[2]
	for _, one := range []*phone{busy, p} {
		patient := map[*phone]booking.PatientID{busy: maria, p: thomas}[one]
		held := strings.TrimSuffix(one.hold(patient, start), "who")
		one.post(held + "who").leads(held)
		one.post(held+"language", "interpreter", "bfi/sign").leads(held)
		one.post(held + "help").leads(held)
		if one == busy {
			one.post(held + "book").leads("/visits/")
			continue
		}
		one.post(held+"book").shows(http.StatusConflict, "No interpreter is free", "Choose another time", "go without")
		one.get(held+"book").shows(http.StatusOK, "Check your answers")
		one.post(held+"language?then=check", "interpreter", "none").leads(held + "check")
		one.post(held + "book").leads("/visits/")
	}
}

func TestChange(t *testing.T) {
	h := newFamilyHouse(t)
	p := h.phoneOf(t, anna)
	visit := p.book(thomas, p.times(thomas)[0])
	times := p.get(visit+"/change").shows(http.StatusOK, "Choose a new time", "Now Tuesday 24 November 2026, 2:00pm").offered("to")
	other := times[len(times)-1]
	asked := p.get(visit+"/change?to="+other).shows(http.StatusOK, "Change your visit to this time?")
	version, start := asked.offered("version")[0], asked.offered("start")[0]

	p.post(visit+"/change", "version", "77", "start", start).shows(http.StatusConflict, "changed while you were looking")
	p.post(visit+"/change", "version", version, "start", "soon").shows(http.StatusConflict, "not a time the ward offers")
	p.post(visit+"/change", "version", version, "start", "2026-11-24T12:00:00Z").shows(http.StatusConflict)
	p.post(visit+"/change", "version", version, "start", start).leads(visit + "?done=moved")
	p.post(visit+"/change", "version", version, "start", start).leads(visit + "?done=moved")
	p.get(visit+"?done=moved").shows(http.StatusOK, "Your visit has a new time", "6:40pm")

	h.hour = h.hour.Add(6*time.Hour + 20*time.Minute) // twenty minutes before it
	for _, page := range []string{"/change", "/cancel"} {
		p.get(visit+page).shows(http.StatusConflict, "too close to the visit", "0113 496 0107")
		p.post(visit+page, "version", "2", "start", times[0]).shows(http.StatusConflict, "too close to the visit")
	}
}

func TestCancel(t *testing.T) {
	h := newFamilyHouse(t)
	p := h.phoneOf(t, anna)
	visit := p.book(thomas, p.times(thomas)[0])
	version := p.get(visit+"/cancel").shows(http.StatusOK, "Cancel this visit?", "Keep this visit").offered("version")[0]
	p.post(visit+"/cancel", "version", "77").shows(http.StatusConflict, "changed while you were looking")
	p.post(visit+"/cancel", "version", version).leads(visit)
	p.post(visit+"/cancel", "version", version).leads(visit)
	p.get(visit).shows(http.StatusOK, "This visit is cancelled", "Book another visit")
	p.get(visit + "/cancel").leads(visit)
	p.get(visit + "/people").leads(visit)
	p.get(visit+"/change").shows(http.StatusConflict, "This visit is over")
	p.get("/visits").shows(http.StatusOK, "Cancelled by you or your family")
	if ics := p.get(visit + "/calendar.ics").shows(http.StatusOK).text; !strings.Contains(ics, "STATUS:CANCELLED") {
		t.Error(ics)
	}
}

func TestPeople(t *testing.T) {
	h := newFamilyHouse(t)
	p := h.phoneOf(t, anna)
	visit := p.book(thomas, p.times(thomas)[0])
	people := p.get(visit+"/people").shows(http.StatusOK, "David Arkwright", "up to 1 more").hides("June").offered("people")
	p.post(visit+"/people").shows(http.StatusUnprocessableEntity, "Choose who is coming")
	p.post(visit+"/people", "people", string(june)).shows(http.StatusUnprocessableEntity, "There is a problem")
	p.post(visit+"/people", "people", people[0]).leads(visit + "?done=added")
	p.post(visit+"/people", "people", people[0]).leads(visit + "?done=added")
	p.get(visit+"/people").shows(http.StatusOK, "This visit is full")

	p.get(visit+"/propose").shows(http.StatusOK, "Ask the ward to add somebody")
	form := []string{"name", "Ruth <script>alert(1)</script>", "relationship", "Friend", "phone", "07700 900 999"}
	p.post(visit+"/propose", form[:4]...).shows(http.StatusUnprocessableEntity, "Enter a mobile phone number")
	p.post(visit+"/propose", append(form[:4:4], "phone", "12")...).shows(http.StatusUnprocessableEntity, "Enter a phone number, like")
	p.post(visit+"/propose", append(form, "email", "ruth")...).shows(http.StatusUnprocessableEntity, "Enter an email address in")
	p.post(visit+"/propose", form...).leads(visit + "?done=asked")
	p.post(visit+"/propose", form...).shows(http.StatusUnprocessableEntity, "The ward knows about this person already")
	p.get(visit+"?done=asked").shows(http.StatusOK, "We have asked the ward")
}

func TestConsentIsNeeded(t *testing.T) {
	h := newFamilyHouse(t)
	p := h.phoneOf(t, grace)
	p.get("/visits").shows(http.StatusOK, "Samuel Okafor", "The ward needs to check something first", "0113 496 0107").hides("Choose a time")
	p.get("/visits/new?patient="+string(samuel)).shows(http.StatusOK, "The ward needs to check something first", "0113 496 0107")
}

func TestSomebodyElsesVisitIsNotThere(t *testing.T) {
	h := newFamilyHouse(t)
	theirs, p := h.phoneOf(t, anna), h.phoneOf(t, piotr)
	held := strings.TrimSuffix(theirs.hold(thomas, theirs.times(thomas)[5]), "who")
	for _, step := range []string{"who", "language", "help", "check", "propose"} {
		p.get(held + step).shows(http.StatusNotFound).hides("Arkwright")
	}
	for _, step := range []string{"who", "language", "help", "book", "release", "propose"} {
		p.post(held+step, "interpreter", "none").shows(http.StatusNotFound).hides("Arkwright")
	}
	visit := theirs.book(thomas, theirs.times(thomas)[0])
	for _, page := range []string{"", "/change", "/cancel", "/people", "/propose", "/calendar.ics"} {
		p.get(visit + page).shows(http.StatusNotFound).hides("Arkwright")
		if page != "" && page != "/calendar.ics" {
			p.post(visit+page, "version", "2", "start", "2026-11-25T14:00:00Z", "name", "A", "people", string(anna)).shows(http.StatusNotFound)
		}
		h.phone(t).get(visit+page).shows(http.StatusForbidden, "Open your link again")
	}
	p.get("/visits/new?patient=" + string(thomas)).shows(http.StatusNotFound).hides("Arkwright")
	p.post("/visits/hold", "patient", string(thomas), "start", "2026-11-25T14:00:00Z").shows(http.StatusNotFound)
}

func TestBadInputIsNeverAFault(t *testing.T) {
	storetest.Each(t, func(t *testing.T, where string) { badInput(t, newFamilyHouseOn(t, where)) })
}

func badInput(t *testing.T, h *familyHouse) {
	p := h.phoneOf(t, anna)
	visit := p.book(thomas, p.times(thomas)[0])
	held := strings.TrimSuffix(p.hold(thomas, p.times(thomas)[5]), "who")
	bad := []string{
		"", " ", strings.Repeat("x", 900), "🙂🙃", "<script>alert(1)</script>", "\u202eanna", "\x00", "\xff\xfe", "%00", "../..",
		"2026-11-25T14:00:00+25:00", "2026-03-29T01:30:00", "0001-01-01T00:00:00Z", "99999-01-01", "-1", "NaN", "'; DROP TABLE visits; --",
	}
	for i, text := range bad {
		for _, path := range []string{"/invitation/code", "/invitation/open", "/visits/hold", held + "who", held + "language", held + "help", held + "propose",
			visit + "/change", visit + "/cancel", visit + "/people", visit + "/propose"} {
			s := p.post(path, "token", text, "code", text, "patient", text, "start", text, "held", text, "people", text, "interpreter", text,
				"needs", text, "version", text, "name", text, "relationship", text, "phone", text, "email", text)
			if s.status < 300 || s.status >= 500 {
				t.Errorf("%s with %q: %d", path, text, s.status)
			}
			if strings.Contains(s.text, "<script>alert") {
				t.Errorf("%s with %q: unescaped", path, text)
			}
		}
		p.post("/visits/hold", "patient", string(thomas), "start", text).shows(http.StatusConflict, "not a time the ward offers")
		for _, path := range []string{"/visits/new?patient=%s", "/visits/new?patient=" + string(thomas) + "&from=%[1]s&held=%[1]s", "/visits/%s", "/visits/%s/change",
			"/visits/held/%s/who", "/invitation/%s", "/waiting/new?patient=%s", "/offers/%s", "/requests/new?patient=%s", "/requests/%s", visit + "?done=%s", visit + "/change?to=%[1]s&from=%[1]s", held + "who?then=%[1]s&done=%[1]s"} {
			p.get(fmt.Sprintf(path, fmt.Sprintf("x%%%02X%d", i, i)))
			p.get(fmt.Sprintf(path, urlEscaped(text)))
		}
	}
	// Too much for any form.
	p.post(held+"propose", "name", strings.Repeat("x", 1<<20)).shows(http.StatusUnprocessableEntity, "too much")
}

func urlEscaped(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

func TestNothingPersonalIsLogged(t *testing.T) {
	h := newFamilyHouse(t)
	p := h.phone(t)
	token := h.link(t, anna, "")
	p.get("/invitation/" + token)
	p.post("/invitation/code", "token", token)
	code := h.code(t)
	p.post("/invitation/open", "token", token, "code", "0"+code)
	p.post("/invitation/open", "token", token, "code", code).leads("/visits")
	visit := p.book(thomas, p.times(thomas)[0])
	p.post(visit+"/propose", "name", "Canary Finch", "relationship", "Friend", "phone", "07700 900 999")
	p.get(visit + "/calendar.ics")
	log := h.log.String()
	if !strings.Contains(log, "/visits/{ref}") {
		t.Fatalf("nothing was logged:\n%s", log)
	}
	for _, secret := range []string{token, code, "Arkwright", "Anna", "Canary", "900999", "7700900", strings.TrimPrefix(visit, "/visits/")} {
		if strings.Contains(log, secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
}

func TestFrontDoorTellsNothing(t *testing.T) {
	h := newFamilyHouse(t)
	h.phone(t).get("/").shows(http.StatusOK, "Visit someone in hospital by video", "I have a link from the ward", "sign in").
		hides("Thomas", "Willow", "Northgate")
}

package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// harbourIsFull books the one iPad of Harbour Ward all afternoon, for Idris.
func (h *wardHouse) harbourIsFull(t *testing.T) (refs []booking.Reference) {
	t.Helper()
	for in := 2 * time.Hour; in <= 6*time.Hour+40*time.Minute; in += 40 * time.Minute {
		refs = append(refs, h.booked(t, in, booking.Tongue{}, nadia).Reference)
	}
	return refs
}

var keptOffer = regexp.MustCompile(`href="(/offers/[^"]+)"`)

// Martin waits for today. Nadia cancels, and what she gave up is kept for him.
func TestWaitingForATime(t *testing.T) {
	h := newWardHouse(t)
	refs := h.harbourIsFull(t)
	m, n := h.phoneOf(t, martin), h.phoneOf(t, nadia)
	day := h.hour.Format("2006-01-02")
	m.get("/visits/new?patient="+string(helen)+"&from="+day).shows(http.StatusOK, "Join the waiting list", "Ask the ward for another time")
	m.get("/waiting/new?patient="+string(helen)).shows(http.StatusOK, "on which days you could come", "Helen Fairweather")

	year, month, today := h.hour.Format("2006"), h.hour.Format("1"), h.hour.Format("2")
	dated := func(name, d string) []string {
		return []string{name + "-day", d, name + "-month", month, name + "-year", year}
	}
	join := func(from, to string) screen {
		return m.post("/waiting", append(append([]string{"patient", string(helen)}, dated("firstday", from)...), dated("lastday", to)...)...)
	}
	join(today, "99").shows(http.StatusUnprocessableEntity, "There is a problem", "a day that there is")
	join(today, "").shows(http.StatusUnprocessableEntity, "a day that there is")
	join(today, h.hour.AddDate(0, 0, 2).Format("2")).shows(http.StatusUnprocessableEntity, "There are free times on those days", "See the free times")
	join(today, today).leads("/visits?done=waiting")
	join(today, today).shows(http.StatusUnprocessableEntity, "on the waiting list already")
	m.get("/visits?done=waiting").shows(http.StatusOK, "Waiting list", "You are on the waiting list", "Leave the waiting list")

	n.post("/visits/"+string(refs[1])+"/cancel", "version", n.get("/visits/" + string(refs[1]) + "/cancel").offered("version")[0]).leads("/visits/")
	home := m.get("/visits").shows(http.StatusOK, "A time is free for you", "2:40pm", "Say yes or no").hides("Finish booking")
	found := keptOffer.FindStringSubmatch(home.text)
	if found == nil {
		t.Fatal("no way to the offer")
	}
	m.get("/invitation/" + h.link(t, martin, "") + desk.ToOffer).leads(found[1]) // as the message has it
	m.get("/invitation/"+h.link(t, anna, "")+desk.ToOffer).shows(http.StatusOK, "You are signed in")
	offer := m.get(found[1]).shows(http.StatusOK, "A time is free for you", "We are keeping", "Yes, book this visit", "No, not this time")
	if !strings.Contains(offer.text, `data-seconds="5`) && !strings.Contains(offer.text, `data-seconds="7200"`) {
		t.Errorf("nothing to count down in %s", offer.text)
	}
	n.get(found[1]).shows(http.StatusNotFound, "")
	n.post(found[1]+"/take").shows(http.StatusNotFound, "")
	key := offer.offered("key")[0]
	to := m.post(found[1]+"/take", "key", key).leads("/visits/")
	if again := m.post(found[1]+"/take", "key", key).leads("/visits/"); again != to {
		t.Errorf("pressed twice: %s and %s", to, again)
	}
	m.get(to).shows(http.StatusOK, "Your visit is booked", "2:40pm")
	m.get(found[1]).leads("/visits/")
	m.get("/visits").shows(http.StatusOK).hides("Leave the waiting list", "A time is free")
}

// An offer that is turned down, and one that runs out.
func TestAnOfferThatIsNotTaken(t *testing.T) {
	h := newWardHouse(t)
	refs := h.harbourIsFull(t)
	m, n := h.phoneOf(t, martin), h.phoneOf(t, nadia)
	pairs := []string{"patient", string(helen)}
	for _, name := range []string{"firstday", "lastday"} {
		pairs = append(pairs, name+"-day", h.hour.Format("2"), name+"-month", h.hour.Format("1"), name+"-year", h.hour.Format("2006"))
	}
	m.post("/waiting", pairs...).leads("/visits?done=waiting")
	offerAfter := func(ref booking.Reference) string {
		t.Helper()
		n.post("/visits/"+string(ref)+"/cancel", "version", n.get("/visits/" + string(ref) + "/cancel").offered("version")[0]).leads("/visits/")
		found := keptOffer.FindStringSubmatch(m.get("/visits").text)
		if found == nil {
			t.Fatal("nothing is offered")
		}
		return found[1]
	}
	first := offerAfter(refs[0])
	m.post(first + "/decline").leads("/visits?done=declined")
	m.get("/visits?done=declined").shows(http.StatusOK, "you stay on the waiting list", "Leave the waiting list").hides("A time is free")
	second := offerAfter(refs[4])
	h.hour = h.hour.Add(2*time.Hour + time.Minute)
	m.get(second).shows(http.StatusConflict, "We could not keep that time", "Free times near it")
	m.post(second+"/take").shows(http.StatusConflict, "We could not keep that time")
}

var someRequest = regexp.MustCompile(`href="(/ward/requests/[^"?]+)"`)

// Anna asks for an evening; the ward says yes to the second time she gave.
func TestAskingForATime(t *testing.T) {
	h := newWardHouse(t)
	p, ward := h.phoneOf(t, anna), h.staff(t, nurse)
	ward.get("/ward/requests").shows(http.StatusOK, "Nobody has asked for anything")
	tomorrow := h.hour.AddDate(0, 0, 1)
	ask := func(clock string, more ...string) screen {
		return p.post("/requests", append([]string{
			"patient", string(thomas), "length", "30", "note", "I work late",
			"day1-day", tomorrow.Format("2"), "day1-month", tomorrow.Format("1"), "day1-year", tomorrow.Format("2006"), "clock1", clock,
		}, more...)...)
	}
	p.get("/requests/new?patient="+string(thomas)).shows(http.StatusOK, "Ask the ward for another time", "First choice")
	p.post("/requests", "patient", string(thomas), "length", "30").shows(http.StatusUnprocessableEntity, "Enter a day", "Enter a time")
	ask("tea").shows(http.StatusUnprocessableEntity, "Enter a time, like 7pm", "I work late")
	second := []string{"day2-day", tomorrow.Format("2"), "day2-month", tomorrow.Format("1"), "day2-year", tomorrow.Format("2006"), "clock2", "8pm"}
	mine := ask("7pm", second...).leads("/requests/")
	p.get(mine).shows(http.StatusOK, "We have asked the ward", "7:00pm", "8:00pm", "Take this question back")
	ask("7pm").shows(http.StatusUnprocessableEntity, "You have asked the ward already")

	board := ward.get("/ward/today").shows(http.StatusOK, "Requests 1 waiting")
	queue := ward.get("/ward/requests").shows(http.StatusOK, "Thomas Arkwright", "Anna Arkwright, Daughter", "8:00pm")
	found := someRequest.FindStringSubmatch(queue.text)
	if found == nil {
		t.Fatalf("no way to the request from %s", board.words())
	}
	h.staff(t, otherNurse).get(found[1]).shows(http.StatusNotFound)
	ward.get(found[1]).shows(http.StatusOK, "I work late", "Which time?", "What do you say to the family?")
	ward.post(found[1]+"/grant", "rank", "2").shows(http.StatusUnprocessableEntity, "There is a problem")
	ward.post(found[1]+"/grant", "reason", "works late").shows(http.StatusUnprocessableEntity, "Choose one of the times")
	ward.post(found[1]+"/refuse").shows(http.StatusUnprocessableEntity, "Write what you say")
	ward.post(found[1]+"/grant", "rank", "2", "reason", "works late").leads("/ward/book/done/")
	ward.get("/ward/requests").shows(http.StatusOK, "Nobody has asked").hides("waiting")
	ward.post(found[1]+"/grant", "rank", "1", "reason", "works late").shows(http.StatusUnprocessableEntity, "answered this already")
	p.get(strings.TrimSuffix(mine, "?done=asked")).shows(http.StatusOK, "The ward said yes", "Go to the visit")
	p.get("/visits").shows(http.StatusOK, "8:00pm", "The ward said yes")
}

func TestARequestIsRefusedInWords(t *testing.T) {
	h := newWardHouse(t)
	p, ward := h.phoneOf(t, anna), h.staff(t, nurse)
	d := h.hour.AddDate(0, 0, 1)
	day := []string{"patient", string(thomas), "length", "30", "day1-day", d.Format("2"), "day1-month", d.Format("1"), "day1-year", d.Format("2006"), "clock1", "19:00"}
	mine := p.post("/requests", day...).leads("/requests/")
	found := someRequest.FindStringSubmatch(ward.get("/ward/requests").text)
	ward.post(found[1]+"/refuse", "words", "He sleeps then.\nCould you do four?").leads("/ward/requests?")
	p.get(strings.TrimSuffix(mine, "?done=asked")).shows(http.StatusOK, "The ward has answered", "He sleeps then.", "Choose another time")
	again := p.post("/requests", day...).leads("/requests/")
	at := strings.TrimSuffix(again, "?done=asked")
	p.post(at + "/withdraw").leads(at)
	p.get(at).shows(http.StatusOK, "You took your question back")
	// The clocks go back on 31 October 2027; one o'clock comes twice.
	h.hour = time.Date(2027, 10, 20, 12, 0, 0, 0, time.UTC)
	twice := []string{"patient", string(thomas), "length", "30", "day1-day", "31", "day1-month", "10", "day1-year", "2027", "clock1", "1:30am"}
	p = h.phoneOf(t, anna)
	p.post("/requests", twice...).shows(http.StatusUnprocessableEntity, "comes twice that day", "The second, after the clocks go back")
	p.post("/requests", append(twice, "which1", "second")...).leads("/requests/")
	h.hour = time.Date(2028, 3, 20, 12, 0, 0, 0, time.UTC)
	p = h.phoneOf(t, david)
	p.post("/requests", "patient", string(thomas), "length", "30", "day1-day", "26", "day1-month", "3", "day1-year", "2028", "clock1", "1:30am").
		shows(http.StatusUnprocessableEntity, "The clocks go forward then")
}

// David joins Anna's visit, by the page of times.
func TestJoiningAVisitFromThePageOfTimes(t *testing.T) {
	h := newWardHouse(t)
	v := h.booked(t, 2*time.Hour, booking.Tongue{}, anna)
	p := h.phoneOf(t, david)
	p.get("/visits/new?patient="+string(thomas)+"&from="+h.hour.Format("2006-01-02")).shows(http.StatusOK, "join a visit that is booked already", "with Anna Arkwright")
	p.post("/visits/join", "patient", string(thomas), "join", iso(h.hour.Add(5*time.Hour))).shows(http.StatusConflict, "Nobody has a visit then")
	to := p.post("/visits/join", "patient", string(thomas), "join", iso(v.When.Start())).leads("/visits/")
	p.get(to).shows(http.StatusOK, "You are coming to this visit", "Anna Arkwright", "David Arkwright")
	p.get("/visits/new?patient=" + string(thomas) + "&from=" + h.hour.Format("2006-01-02")).hides("join a visit")
}

// Anna repeats a visit: she sees every date before anything is booked, leaves one
// out, and later cancels the rest.
func TestRepeatingAVisit(t *testing.T) {
	h := newWardHouse(t)
	p := h.phoneOf(t, anna)
	at := p.book(thomas, p.times(thomas)[0])
	p.get(at).shows(http.StatusOK, "Repeat this visit")
	p.get(at+"/repeat").shows(http.StatusOK, "How often?", "How many visits")
	p.post(at+"/repeat").shows(http.StatusUnprocessableEntity, "Choose how often", "Choose how long")
	p.post(at+"/repeat", "every", "1", "until", "count", "count", "99").shows(http.StatusUnprocessableEntity, "from 2 to 26")
	plan := p.post(at+"/repeat", "every", "1", "until", "count", "count", "4").shows(http.StatusOK, "Check the dates", "Booked already", "Too far ahead to book now")
	p.get("/visits").shows(http.StatusOK)
	day := regexp.MustCompile(`name="days" type="checkbox" value="([^"]+)"`).FindAllStringSubmatch(plan.text, -1)
	if len(day) == 0 {
		t.Fatalf("no days in %s", plan.words())
	}
	pairs := []string{"every", "1", "until", "count", "count", "4", "seen", "yes", "key", plan.offered("key")[0]}
	p.post(at+"/repeat", pairs...).shows(http.StatusConflict, "None of the other days can be booked") // nothing is ticked
	for _, d := range day {
		pairs = append(pairs, "days", d[1])
	}
	to := p.post(at+"/repeat", append(pairs, "key", "another")...)
	if to.status != http.StatusSeeOther {
		to = p.post(at+"/repeat", append(pairs[:8:8], pairs[10:]...)...)
	}
	series := to.leads(at + "/series")
	p.get(series).shows(http.StatusOK, "Visits that repeat", "The visit on")
	p.get(at + "/repeat").leads("/visits/")
	p.post(at+"/series").shows(http.StatusUnprocessableEntity, "Choose which visits to cancel")
	p.post(at+"/series", "which", "all").leads(at + "/series?done=stopped")
	p.get(at+"/series?done=stopped").shows(http.StatusOK, "Those visits are cancelled", "None of these visits is still to come")
}

// Staff repeat a visit for a family on the phone.
func TestTheWardRepeatsAVisit(t *testing.T) {
	h := newWardHouse(t)
	v := h.booked(t, 2*time.Hour, booking.Tongue{}, anna)
	ward := h.staff(t, nurse)
	at := "/ward/visits/" + string(v.Reference)
	ward.get("/ward/book/done/"+string(v.Reference)).shows(http.StatusOK, "Repeat this visit")
	ward.get(at+"/repeat").shows(http.StatusOK, "How often?")
	plan := ward.post(at+"/repeat", "every", "2", "until", "count", "count", "3").shows(http.StatusOK, "Check the dates", "3 visits")
	pairs := []string{"every", "2", "until", "count", "count", "3", "seen", "yes"}
	for _, d := range regexp.MustCompile(`name="days" type="checkbox" value="([^"]+)"`).FindAllStringSubmatch(plan.text, -1) {
		pairs = append(pairs, "days", d[1])
	}
	ward.post(at+"/repeat", pairs...).leads(at + "/series?done=booked")
	ward.get(at+"/series").shows(http.StatusOK, "Visits that repeat", "All that are still to come")
	h.staff(t, otherNurse).get(at + "/series").shows(http.StatusNotFound)
	ward.post(at+"/series", "which", "later").leads(at + "/series?done=stopped")
}

// In two taps from the board; at once when there is an iPad, and after showing
// whose visit makes way when there is none.
func TestAGoodbyeVisit(t *testing.T) {
	h := newWardHouse(t)
	refs := h.harbourIsFull(t)
	ward := h.staff(t, otherNurse)
	ward.get("/ward/today").shows(http.StatusOK, "Goodbye visit now")
	ward.get("/ward/goodbye").shows(http.StatusOK, "Helen Fairweather")
	at := "/ward/goodbye/" + string(helen)
	ward.get("/ward/patients/"+string(helen)).shows(http.StatusOK, "Goodbye visit now")
	ward.get(at).shows(http.StatusOK, "Who comes?", "Martin Fairweather", "Interpreter")
	h.staff(t, nurse).get(at).shows(http.StatusNotFound)
	ward.post(at, "when", "now", "length", "30", "tongue", "none").shows(http.StatusUnprocessableEntity, "Choose who comes")
	ward.post(at, "people", string(martin), "when", "later", "length", "30", "tongue", "none").shows(http.StatusUnprocessableEntity, "Enter at what time")

	asked := []string{"people", string(martin), "when", "later", "clock", "2:40pm", "length", "30", "tongue", "none"}
	plan := ward.post(at, asked...).shows(http.StatusOK, "make way", "I.", "2:40pm", "The family gets a kind message")
	var making []string
	for _, found := range regexp.MustCompile(`name="making" value="([^"]+)"`).FindAllStringSubmatch(plan.text, -1) {
		making = append(making, "making", found[1])
	}
	if len(making) != 4 { // half an hour, with cleaning, reaches into two visits
		t.Fatalf("%q make way", making)
	}
	ward.get("/ward/book/done/"+string(refs[1])).shows(http.StatusOK, "2:40pm") // nobody has lost anything yet
	ward.post(at, append(asked, "seen", "yes")...).shows(http.StatusConflict, "Something changed meanwhile", "make way")
	to := ward.post(at, append(append(asked, "seen", "yes", "key", "k1"), making...)...).leads("/ward/book/done/")
	if again := ward.post(at, append(append(asked, "seen", "yes", "key", "k1"), making...)...).leads("/ward/book/done/"); again != to {
		t.Errorf("pressed twice: %s, %s", to, again)
	}
	h.phoneOf(t, nadia).get("/visits").shows(http.StatusOK, "A time is free for you")

	now := ward.post(at, "people", string(martin), "when", "now", "length", "30", "tongue", "none").leads("/ward/book/done/")
	ward.get(now).shows(http.StatusOK, "The visit is booked")
	ward.post(at, "people", string(martin), "when", "later", "clock", "2:45pm", "length", "30", "tongue", "none").
		shows(http.StatusConflict, "The patient has a visit then already")
}

// Staff put somebody on the waiting list for a goodbye, and take them off.
func TestTheWardsWaitingList(t *testing.T) {
	h := newWardHouse(t)
	h.harbourIsFull(t)
	ward := h.staff(t, otherNurse)
	at := "/ward/patients/" + string(helen) + "/waiting"
	ward.get(at).shows(http.StatusOK, "Nobody waits", "Martin Fairweather", "Is it to say goodbye?")
	visitor := string("2" + martin[1:])
	pairs := []string{"visitor", visitor, "kind", "ordinary"}
	for _, name := range []string{"firstday", "lastday"} {
		pairs = append(pairs, name+"-day", h.hour.Format("2"), name+"-month", h.hour.Format("1"), name+"-year", h.hour.Format("2006"))
	}
	ward.post(at, pairs[2:]...).shows(http.StatusUnprocessableEntity, "Choose who would come")
	ward.post(at, pairs...).leads(at + "?said=waiting")
	ward.post(at, pairs...).shows(http.StatusUnprocessableEntity, "on the waiting list already")
	list := ward.get(at+"?said=waiting").shows(http.StatusOK, "They are on the waiting list", "Take off the list")
	remove := regexp.MustCompile(`action="([^"]+/remove)"`).FindStringSubmatch(list.text)[1]
	h.staff(t, nurse).post(remove).shows(http.StatusNotFound)
	ward.post(remove).leads(at + "?said=not_waiting")
}

// A hold that has run out answers with the nearest free times, to relatives and to
// staff, and what was answered is kept.
func TestALapsedHoldOffersOthers(t *testing.T) {
	h := newWardHouse(t)
	p, ward := h.phoneOf(t, anna), h.staff(t, nurse)
	held := p.hold(thomas, p.times(thomas)[0])
	page := p.get(held).shows(http.StatusOK, "We are keeping")
	if !strings.Contains(page.text, `class="wv-countdown" data-seconds="600"`) || !strings.Contains(page.text, `role="status" id="kept-news"`) {
		t.Error("nothing to count down")
	}
	visitor := "2" + string(david[1:])
	kept := ward.post("/ward/book/"+string(thomas), "visitor", visitor, "start", p.times(thomas)[3]).leads("/ward/book/held/")
	counted := ward.get(kept).shows(http.StatusOK, "Kept until")
	if !strings.Contains(counted.text, `data-seconds="600"`) || !strings.Contains(counted.text, `id="kept-news"`) {
		t.Error("nothing to count down for staff")
	}
	h.hour = h.hour.Add(11 * time.Minute)
	lapsed := p.get(held).shows(http.StatusConflict, "We could not keep that time", "Free times near it")
	if n := len(lapsed.offered("start")); n != 3 {
		t.Errorf("%d others", n)
	}
	p.post("/visits/hold", "patient", string(thomas), "held", strings.Split(held, "/")[3], "start", lapsed.offered("start")[0]).leads("/visits/held/")
	gone := ward.get(kept).shows(http.StatusConflict, "That time is not kept any more", "The nearest free times")
	ward.post("/ward/book/"+string(thomas), "visitor", visitor, "start", gone.offered("start")[2]).leads("/ward/book/held/")
}

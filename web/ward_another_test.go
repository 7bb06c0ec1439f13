package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

var annaHerself = string(relative(anna, "", "").Visitor.ID)

// typed are the answers of somebody who types a time of the day of the tests.
func typed(at string, pairs ...string) []string {
	return append([]string{
		"visitor", annaHerself, "another", "yes", "on-day", "24", "on-month", "11", "on-year", "2026", "at", at, "minutes", "25", "visit_kind", "ordinary",
	}, pairs...)
}

func TestATimeThatIsTyped(t *testing.T) {
	h := newWardHouse(t)
	sister := h.staff(t, nurse)
	to := "/ward/book/" + string(thomas)
	sister.get(to).shows(http.StatusOK, "Another time", "What kind of visit is it?", "A family meeting with the team")
	for _, tt := range []struct {
		name  string
		pairs []string
		says  string
	}{
		{"no time", typed(""), "Enter a time of day, like 2:30pm"},
		{"no clock shows it", typed("25:00"), "Enter a time of day"},
		{"no length", typed("1pm", "minutes", ""), ""},
		{"another age", append(typed("1pm")[:4], "on-day", "24", "on-month", "11", "on-year", "24", "at", "1pm", "minutes", "25"), "Enter a real day"},
		{"nobody rings", append(typed("1pm")[2:], "visitor", ""), "Choose who is ringing"},
		{"a kind that there is not", append(typed("1pm")[:len(typed("1pm"))-2], "visit_kind", "end_of_life"), "Choose what kind of visit it is"},
	} {
		if tt.says == "" {
			continue
		}
		sister.post(to, tt.pairs...).shows(http.StatusUnprocessableEntity, tt.says)
	}
	// Outside visiting times: the page says so, and asks why.
	asks := sister.post(to, typed("1pm")...).shows(http.StatusConflict, "That is not one of the ward’s visiting times", "Book it anyway", "Why is it booked all the same?")
	for _, kept := range []string{`value="1pm"`, `value="25"`, `value="2026"`, `name="aside" value="not_a_slot"`} {
		if !strings.Contains(asks.text, kept) {
			t.Errorf("no %s on the page", kept)
		}
	}
	sister.post(to, typed("1pm", "aside", "not_a_slot", "why", " ")...).shows(http.StatusConflict, "Say why the visit is booked all the same")
	if past := sister.post(to, typed("8am")...).shows(http.StatusConflict, "That time is past. Choose a later time."); strings.Contains(past.text, "Book it anyway") {
		t.Error("a time that is past could be booked anyway")
	}
	// A reason for one rule is none for another.
	sister.post(to, typed("1pm", "aside", "too_late", "why", "She flies home")...).shows(http.StatusConflict, "not one of the ward’s visiting times")
	held := sister.post(to, typed("1pm", "aside", "not_a_slot", "why", "She flies home tonight")...).leads("/ward/book/held/")
	sister.get(held).shows(http.StatusOK, "1:00pm")
	v := h.onlyVisit(t, held)
	if v.When.Length() != 25*time.Minute || v.Kind != booking.Ordinary {
		t.Errorf("held: %v %s", v.When, v.Kind)
	}
}

func (h *wardHouse) onlyVisit(t *testing.T, held string) desk.Visit {
	t.Helper()
	v, err := h.desk.Held(t.Context(), booking.System, booking.VisitID(strings.TrimPrefix(held, "/ward/book/held/")))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// What only a manager may set aside, a nurse is told of and cannot book.
func TestAClosedTimeThatIsTyped(t *testing.T) {
	h := newWardHouse(t)
	sister, boss := h.staff(t, nurse), h.wardManager(t)
	boss.post("/ward/rules/closures/new"+rulesOfWillow, closureAnswers(booking.DateOf(h.hour, h.zone(t)), "seen", "yes")...).leads("/ward/rules/closures/")
	to := "/ward/book/" + string(thomas)
	closed := typed("2pm", "minutes", "20")
	closed[13] = "20"
	sister.post(to, closed...).shows(http.StatusConflict, "is closed then", "A ward manager can book it all the same").hides("Book it anyway")
	sister.post(to, append(closed, "aside", "closed", "why", "Her birthday")...).shows(http.StatusConflict, "A ward manager can")
	boss.post(to, closed...).shows(http.StatusConflict, "is closed then", "Book it anyway")
	boss.post(to, append(closed, "aside", "closed", "why", "Her birthday")...).leads("/ward/book/held/")
}

// On the night when the clocks go back staff say which of two they mean; when they
// go forward, that there is no such time.
func TestATypedTimeWhenTheClocksChange(t *testing.T) {
	h := newWardHouse(t)
	sister := h.staff(t, nurse)
	to := "/ward/book/" + string(thomas)
	night := func(day, month, year, at string, more ...string) []string {
		return append([]string{"visitor", annaHerself, "another", "yes", "on-day", day, "on-month", month, "on-year", year, "at", at, "minutes", "20"}, more...)
	}
	sister.post(to, night("28", "3", "2027", "1:30am")...).shows(http.StatusUnprocessableEntity, "does not happen on that day: the clocks go forward")
	sister.post(to, night("31", "10", "2027", "1:30am")...).shows(http.StatusUnprocessableEntity, "happens twice", "before the clocks go back", "after the clocks go back")
	second := night("31", "10", "2027", "1:30am", "which", "2", "aside", "not_a_slot", "why", "They are in Sydney")
	held := h.onlyVisit(t, sister.post(to, second...).leads("/ward/book/held/"))
	if want := time.Date(2027, 10, 31, 1, 30, 0, 0, time.UTC); !held.When.Start().Equal(want) {
		t.Errorf("held at %v, want %v", held.When.Start(), want)
	}
}

func TestAFamilyMeeting(t *testing.T) {
	h := newWardHouse(t)
	sister := h.staff(t, nurse)
	to := "/ward/book/" + string(thomas)
	start := sister.get(to).offered("start")
	if len(start) == 0 {
		t.Fatal("nothing is free")
	}
	held := h.onlyVisit(t, sister.post(to, "visitor", annaHerself, "start", start[0], "visit_kind", "family_meeting").leads("/ward/book/held/"))
	if held.Kind != booking.FamilyMeeting {
		t.Errorf("held: %s", held.Kind)
	}
}

// More people than the ward allows: a nurse takes somebody off the list, a manager
// may say why they all come.
func TestMorePeopleThanTheWardAllows(t *testing.T) {
	h := newWardHouse(t)
	sister, boss := h.staff(t, nurse), h.wardManager(t)
	boss.post("/ward/rules/policy/change"+rulesOfWillow, policyForPosting("people", "1", "seen", "yes")...).leads("/ward/rules/policy")
	to := "/ward/book/" + string(thomas)
	held := sister.post(to, "visitor", annaHerself, "start", sister.get(to).offered("start")[0]).leads("/ward/book/held/")
	both := []string{"people", string(anna), "people", string(david), "tongue", "none"}
	sister.post(held, both...).shows(http.StatusUnprocessableEntity, "too many people").hides("If they all come")
	boss.post(held, both...).shows(http.StatusUnprocessableEntity, "too many people", "If they all come: why?")
	boss.post(held, append(both, "aside", "too_many_people", "why", "")...).shows(http.StatusUnprocessableEntity, "Say why")
	boss.post(held, append(both, "aside", "too_many_people", "why", "They live together")...).leads(held + "/check")
}

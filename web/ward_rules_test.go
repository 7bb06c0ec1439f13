package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const rulesOfWillow = "?ward=" + string(willow)

// everyRulesPage are the pages that only show.
var everyRulesPage = []string{"", "/times", "/closures", "/protected", "/policy", "/policy/history"}

// changing are those that ask for a change.
var changing = []string{"/times/new", "/closures/new", "/protected/new", "/policy/change"}

func TestWhoSeesAndWhoChangesTheRules(t *testing.T) {
	h := newWardHouse(t)
	sister, boss, elsewhere := h.staff(t, nurse), h.wardManager(t), h.staff(t, otherNurse)
	for _, page := range everyRulesPage {
		sister.get("/ward/rules"+page+rulesOfWillow).shows(http.StatusOK, "Willow Ward").hides("Add visiting times", "Close something", "Protect a time", "Change these")
		boss.get("/ward/rules"+page+rulesOfWillow).shows(http.StatusOK, "Willow Ward")
		elsewhere.get("/ward/rules" + page + rulesOfWillow).shows(http.StatusNotFound)
	}
	for _, page := range changing {
		boss.get("/ward/rules" + page + rulesOfWillow).shows(http.StatusOK)
		sister.get("/ward/rules" + page + rulesOfWillow).shows(http.StatusForbidden)
		sister.post("/ward/rules" + page + rulesOfWillow).shows(http.StatusForbidden)
		elsewhere.post("/ward/rules" + page + rulesOfWillow).shows(http.StatusNotFound)
		boss.post("/ward/rules"+page+rulesOfWillow).shows(http.StatusUnprocessableEntity, "There is a problem")
	}
	boss.get("/ward/rules").shows(http.StatusOK, "Visiting rules")
	boss.get("/ward/rules/times"+rulesOfWillow).shows(http.StatusOK, "2 iPads, of which 2 can be used", "2:00pm to 7:00pm", "visits of 20 minutes", "Tuesday")
}

// eveningForm are answers that publish times on two evenings.
func eveningForm(pairs ...string) []string {
	return append([]string{
		"days", "1", "days", "3", "who", "relatives", "start", "7pm", "end", "8:30pm", "length", "30", "first-day", "24", "first-month", "11", "first-year", "2026",
	}, pairs...)
}

func TestPublishingTimes(t *testing.T) {
	h := newWardHouse(t)
	boss := h.wardManager(t)
	to := "/ward/rules/times/new" + rulesOfWillow
	for _, tt := range []struct {
		name  string
		pairs []string
		says  string
	}{
		{"ends before it begins", []string{"end", "6pm"}, "Enter an end that is after the beginning"},
		{"past midnight", []string{"end", "1am"}, "past midnight, make two"},
		{"no such time", []string{"start", "25 o’clock"}, "Enter a time, like 2:30pm"},
		{"too long", []string{"length", "91"}, "No visit of that length fits"},
		{"no length", []string{"length", "0"}, "from 1 to 720"},
		{"over others", []string{"start", "6pm"}, "visiting times for the same people then already"},
		{"never", []string{"last-day", "24", "last-month", "11", "last-year", "2026"}, "would never happen"},
		{"no such day", []string{"last-day", "31", "last-month", "11", "last-year", "2026"}, "Enter a real day"},
	} {
		form := eveningForm()
		for i := 0; i < len(tt.pairs); i += 2 { // in place of what was there
			for j := 0; j+1 < len(form); j += 2 {
				if form[j] == tt.pairs[i] {
					form = append(form[:j], form[j+2:]...)
					break
				}
			}
		}
		shown := boss.post(to, append(form, tt.pairs...)...).shows(http.StatusUnprocessableEntity, tt.says)
		if !strings.Contains(shown.text, `value="`+tt.pairs[1]+`"`) {
			t.Errorf("%s: what was typed is gone", tt.name)
		}
	}
	// Looking changes nothing; the answers are carried along.
	check := boss.post(to, eveningForm()...).shows(http.StatusOK, "Mondays, 7:00pm to 8:30pm", "Wednesdays", "visits of 30 minutes", "No booked visit would be outside")
	boss.get("/ward/rules/times" + rulesOfWillow).hides("8:30pm")
	boss.post(to, eveningForm("again", "yes")...).shows(http.StatusOK, "Add visiting times").hides("There is a problem")
	key := check.offered("key")
	if len(key) != 1 {
		t.Fatalf("keys: %v", key)
	}
	for range 2 { // pressed twice
		boss.post(to, eveningForm("seen", "yes", "key", key[0])...).leads("/ward/rules/times")
	}
	boss.get("/ward/rules/times"+rulesOfWillow).shows(http.StatusOK, "7:00pm to 8:30pm")
	rules, err := h.desk.Rules(t.Context(), booking.System, willow)
	if err != nil || len(rules.Sessions) != 9 {
		t.Errorf("%d sessions, %v", len(rules.Sessions), err)
	}
}

// sessionOn is the session of a weekday.
func (h *wardHouse) sessionOn(t *testing.T, d time.Weekday) booking.Session {
	t.Helper()
	rules, err := h.desk.Rules(t.Context(), booking.System, willow)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range rules.Sessions {
		if s.Weekday == d {
			return s
		}
	}
	t.Fatalf("no session on %s", d)
	return booking.Session{}
}

func TestChangingAndEndingTimes(t *testing.T) {
	h := newWardHouse(t)
	boss := h.wardManager(t)
	v := h.booked(t, 27*time.Hour, booking.Tongue{}, anna)
	s := h.sessionOn(t, v.When.Start().Weekday())
	to := "/ward/rules/times/" + string(s.ID)
	boss.get(to+rulesOfWillow).shows(http.StatusOK, "Change visiting times", "Now: "+s.Weekday.String()+"s, 2:00pm to 7:00pm")
	day := []string{"days", string(rune('0' + int(s.Weekday))), "who", "relatives", "end", "7pm", "length", "20", "step", "20", "weeks", "1", "first-day", "1", "first-month", "11", "first-year", "2026"}
	boss.post(to+rulesOfWillow, append(day, "start", "5pm")...).shows(http.StatusOK, "1 booked visit would be outside the rules", "Until now", string(v.Reference))
	boss.post(to+rulesOfWillow, append(day, "start", "2pm", "people", "4", "seen", "yes")...).leads("/ward/rules/times")
	boss.get("/ward/rules/times"+rulesOfWillow).shows(http.StatusOK, "at most 4 people")
	boss.get("/ward/rules/times/nosuch" + rulesOfWillow).shows(http.StatusNotFound)

	end := to + "/end" + rulesOfWillow
	boss.get(end).shows(http.StatusOK, "End visiting times")
	last := booking.DateOf(h.hour, h.zone(t))
	boss.post(end, datePairs("last", last.AddDays(-5))...).shows(http.StatusUnprocessableEntity, "not over")
	boss.post(end).shows(http.StatusUnprocessableEntity, "Enter the last day")
	boss.post(end, datePairs("last", last)...).shows(http.StatusOK, "1 booked visit would be outside", "For the last time on")
	boss.post(end, append(datePairs("last", last), "seen", "yes")...).leads("/ward/rules/times")
	if now, err := h.desk.Rules(t.Context(), booking.System, willow); err != nil || len(now.Over)+len(now.Sessions) != 7 {
		t.Errorf("%d and %d sessions, %v", len(now.Over), len(now.Sessions), err)
	}
}

func (h *wardHouse) zone(t *testing.T) *time.Location {
	t.Helper()
	rules, err := h.desk.Rules(t.Context(), booking.System, willow)
	if err != nil {
		t.Fatal(err)
	}
	return rules.Ward.Site.Zone
}

func closureAnswers(on booking.Date, pairs ...string) []string {
	form := append([]string{"scope", "ward", "reason", "Norovirus", "owner", "Morag Reid"}, datePairs("from", on)...)
	return append(append(form, datePairs("review", on.AddDays(2))...), pairs...)
}

func TestClosing(t *testing.T) {
	h := newWardHouse(t)
	boss := h.wardManager(t)
	first, second := h.booked(t, 3*time.Hour, booking.Tongue{}, anna), h.booked(t, 3*time.Hour, booking.Tongue{}, piotr)
	today := booking.DateOf(h.hour, h.zone(t))
	to := "/ward/rules/closures/new" + rulesOfWillow
	for name, tt := range map[string]struct {
		pairs []string
		says  string
	}{
		"backwards":      {datePairs("to", today.AddDays(-1)), "not before the first"},
		"half a time":    {[]string{"opens", "2pm"}, "until which it is closed"},
		"over midnight":  {[]string{"opens", "10pm", "shuts", "6am"}, "make two closures"},
		"no such bay":    {[]string{"scope", "bay Bay 9"}, "from the list"},
		"no such scope":  {[]string{"scope", "x"}, "Choose what closes"},
		"no such minute": {[]string{"opens", "2pm", "shuts", "x"}, "Enter a time of day"},
	} {
		form := closureAnswers(today, tt.pairs...)
		if tt.pairs[0] == "scope" {
			form = form[2:]
		}
		if shown := boss.post(to, form...); shown.status != http.StatusUnprocessableEntity || !strings.Contains(shown.words(), tt.says) {
			t.Errorf("%s: %d, no %q in %s", name, shown.status, tt.says, shown.words())
		}
	}
	boss.post(to, closureAnswers(today, "opens", "2pm", "shuts", "4pm")...).shows(http.StatusOK, "This touches 2 booked visits", "Look at each", "Cancel all of them", "Keep all of them", string(first.Reference))
	boss.post(to, closureAnswers(today, "opens", "10pm", "shuts", "11pm")...).shows(http.StatusOK, "This touches no booked visit").hides("Cancel all")
	boss.post(to, closureAnswers(today, "seen", "yes")...).shows(http.StatusUnprocessableEntity, "Choose what is to become of the visits")
	boss.post(to, closureAnswers(today, "seen", "yes", "fate", "keep")...).shows(http.StatusUnprocessableEntity, "Say why the visits take place")
	boss.get("/ward/rules/closures"+rulesOfWillow).shows(http.StatusOK, "Nothing is closed")

	one := boss.post(to, closureAnswers(today, "seen", "yes", "fate", "review", "key", "close-once")...).leads("/ward/rules/closures/")
	if again := boss.post(to, closureAnswers(today, "seen", "yes", "fate", "review", "key", "close-once")...).leads("/ward/rules/closures/"); again != one {
		t.Errorf("closed twice: %s and %s", one, again)
	}
	boss.get(one).shows(http.StatusOK, "It is closed", "2 visits are still booked", "Norovirus", "Morag Reid")
	path, _, _ := strings.Cut(one, "?")
	sister := h.staff(t, nurse)
	sister.get(path).shows(http.StatusOK, "2 visits are").hides("Reopen")
	sister.get(path + "/reopen").shows(http.StatusForbidden)
	sister.post(path + "/reopen").shows(http.StatusForbidden)
	sister.post(path + "/cancel").shows(http.StatusForbidden)
	h.staff(t, otherNurse).get(path).shows(http.StatusNotFound)
	boss.get(path+"/cancel").shows(http.StatusOK, "Cancel these visits", string(second.Reference))
	boss.post(path + "/cancel").leads(path)
	boss.get(path).shows(http.StatusOK, "No visit is booked in it")
	boss.get(path+"/reopen").shows(http.StatusOK, "Reopen: The whole ward?")
	boss.post(path + "/reopen").leads("/ward/rules/closures")
	boss.get("/ward/rules/closures"+rulesOfWillow).shows(http.StatusOK, "Nothing is closed", "Open again", "Reopened on")
	boss.get(path).shows(http.StatusOK, "Open again: The whole ward")
}

// Closing may cancel or keep all visits at once.
func TestClosingDecidesForTheVisits(t *testing.T) {
	h := newWardHouse(t)
	boss := h.wardManager(t)
	v := h.booked(t, 3*time.Hour, booking.Tongue{}, anna)
	today := booking.DateOf(h.hour, h.zone(t))
	to := "/ward/rules/closures/new" + rulesOfWillow
	kept := boss.post(to, closureAnswers(today, "scope", "ward", "seen", "yes", "fate", "keep", "keep", "Side rooms only")...).leads("/ward/rules/closures/")
	if now, err := h.desk.Visit(t.Context(), booking.System, v.Reference); err != nil || now.State != booking.Booked {
		t.Errorf("kept: %v %v", now.State, err)
	}
	path, _, _ := strings.Cut(kept, "?")
	boss.post(path + "/reopen").leads("/ward/rules/closures")
	other := h.booked(t, 5*time.Hour, booking.Tongue{}, piotr)
	boss.post(to, closureAnswers(today, "seen", "yes", "fate", "cancel")...).leads("/ward/rules/closures/")
	if now, err := h.desk.Visit(t.Context(), booking.System, other.Reference); err != nil || now.State != booking.Cancelled {
		t.Errorf("cancelled: %v %v", now.State, err)
	}
}

func TestProtecting(t *testing.T) {
	h := newWardHouse(t)
	boss := h.wardManager(t)
	v := h.booked(t, 3*time.Hour, booking.Tongue{}, anna)
	to := "/ward/rules/protected/new" + rulesOfWillow
	form := func(pairs ...string) []string {
		return append([]string{"days", "0", "days", "1", "days", "2", "days", "3", "days", "4", "days", "5", "days", "6", "purpose", "Rest"}, pairs...)
	}
	boss.post(to, form("start", "4pm", "end", "2pm")...).shows(http.StatusUnprocessableEntity, "Enter an end that is after")
	boss.post(to, form("start", "2pm", "end", "6pm")...).shows(http.StatusOK, "1 booked visit would be outside", "Every day, 2:00pm to 6:00pm", string(v.Reference))
	boss.post(to, form("start", "2pm", "end", "6pm", "seen", "yes")...).leads("/ward/rules/protected")
	shown := boss.get("/ward/rules/protected"+rulesOfWillow).shows(http.StatusOK, "Rest", "Every day, 2:00pm to 6:00pm")
	_, rest, _ := strings.Cut(shown.text, `href="/ward/rules/protected/`)
	for strings.HasPrefix(rest, "new") {
		_, rest, _ = strings.Cut(rest, `href="/ward/rules/protected/`)
	}
	id, _, _ := strings.Cut(rest, "/")
	boss.get("/ward/rules/protected/"+id+"/remove"+rulesOfWillow).shows(http.StatusOK, "Remove this protected time?")
	boss.post("/ward/rules/protected/" + id + "/remove" + rulesOfWillow).leads("/ward/rules/protected")
	boss.post("/ward/rules/protected/" + id + "/remove" + rulesOfWillow).shows(http.StatusNotFound)
}

func policyForPosting(pairs ...string) []string {
	form := map[string]string{
		"notice": "30", "earliest": "14", "staff-notice": "0", "staff-earliest": "366", "cutoff": "30", "weekly-min": "", "weekly-max": "", "week-starts": "0",
		"people": "2", "prepare": "10", "clean": "10", "hold": "10", "offer": "120", "opens": "15", "grace": "10", "version": "1",
	}
	for i := 0; i < len(pairs); i += 2 {
		form[pairs[i]] = pairs[i+1]
	}
	var all []string
	for name, value := range form {
		all = append(all, name, value)
	}
	return all
}

func TestDecidingRules(t *testing.T) {
	h := newWardHouse(t)
	boss := h.wardManager(t)
	h.booked(t, 3*time.Hour, booking.Tongue{}, anna)
	h.booked(t, 5*time.Hour, booking.Tongue{}, anna)
	to := "/ward/rules/policy/change" + rulesOfWillow
	boss.get(to).shows(http.StatusOK, "Change notice, limits and cleaning")
	boss.post(to, policyForPosting("notice", "20160")...).shows(http.StatusUnprocessableEntity, "Enter a whole number from 0 to 10080")
	boss.post(to, policyForPosting("notice", "1440", "earliest", "1")...).shows(http.StatusUnprocessableEntity, "Nobody could book anything under these rules")
	boss.post(to, policyForPosting("weekly-min", "3", "weekly-max", "1")...).shows(http.StatusUnprocessableEntity, "At least cannot be more than at most").hides("Nobody could book anything")
	boss.post(to, policyForPosting("hold", "99")...).shows(http.StatusUnprocessableEntity, "Enter a whole number from 1 to 60")
	boss.post(to, policyForPosting("people", "0")...).shows(http.StatusUnprocessableEntity, "Nobody could book anything")
	boss.post(to, policyForPosting("contact-clean", "45")...).shows(http.StatusUnprocessableEntity, "Enter an answer")
	boss.post(to, policyForPosting()...).shows(http.StatusOK, "Nothing is changed")
	boss.post(to, policyForPosting("weekly-max", "1", "contact-prepare", "15", "contact-clean", "45", "week-starts", "1")...).shows(http.StatusOK,
		"More is booked than the new limit", "2 visits in the week from", "no limit to 1 visit", "15 minutes to prepare, 45 minutes to clean", "2 visits that are booked keep").hides("Arkwright")
	boss.post(to, policyForPosting("weekly-max", "1", "seen", "yes")...).leads("/ward/rules/policy")
	boss.post(to, policyForPosting("weekly-max", "3", "seen", "yes")...).shows(http.StatusUnprocessableEntity, "Somebody else has changed these rules meanwhile")
	boss.post(to, policyForPosting("weekly-max", "3", "version", "2", "weekly-min", "2", "seen", "yes")...).leads("/ward/rules/policy")
	boss.get("/ward/rules/policy"+rulesOfWillow+"&said=policy_saved").shows(http.StatusOK, "The rules are changed", "3 visits").hides("no aim")
	boss.get("/ward/rules/policy/history"+rulesOfWillow).shows(http.StatusOK, "from 1 visit to 3 visits", "from no limit to 1 visit", "by Matron Bell", "The rules that the ward began with")
	boss.get("/ward/rules"+rulesOfWillow).shows(http.StatusOK, "Fewer visits this week than the ward aims at", "no visit this week")
}

package web

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
)

const secondIPad booking.DeviceID = "00000000-0000-4000-8000-000000000012"

// onBoth runs a test of the ward's pages on both engines.
func onBoth(t *testing.T, test func(t *testing.T, h *wardHouse)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, where string) { test(t, newWardHouseOn(t, where)) })
}

// as is a visit as it is now.
func (h *wardHouse) as(t *testing.T, v desk.Visit) desk.Visit {
	t.Helper()
	now, err := h.desk.Visit(t.Context(), booking.System, v.Reference)
	if err != nil {
		t.Fatal(err)
	}
	return now
}

func (h *wardHouse) other(id booking.DeviceID) booking.DeviceID {
	if id == firstIPad {
		return secondIPad
	}
	return firstIPad
}

// asideOf are the rules that were set aside for a visit, with the reasons.
func (h *wardHouse) asideOf(t *testing.T, v desk.Visit) (aside []booking.Override) {
	t.Helper()
	err := h.store.View(t.Context(), func(tx *store.Tx) (err error) {
		aside, err = tx.Overrides(t.Context(), v.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return aside
}

func at(v desk.Visit, page string) string { return "/ward/visits/" + string(v.Reference) + page }

func versionOf(v desk.Visit) string { return strconv.Itoa(v.Version) }

func TestTheWardLooksAtAVisit(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		by := h.staff(t, nurse)
		v := h.booked(t, 3*time.Hour, bsl, anna)
		by.get("/ward/today").shows(http.StatusOK, "Change : "+string(v.Reference))
		by.get(at(v, "")).shows(http.StatusOK, "Tuesday 24 November 2026, 3:00pm", "for 20 minutes", "Anna Arkwright, Daughter",
			"Change when it is", "Change the iPad", "Change the interpreter", "Repeat this visit", "Call it off").hides("Thomas Arkwright")
		h.staff(t, otherNurse).get(at(v, "")).shows(http.StatusNotFound, "We cannot find that visit")
		by.get("/ward/visits/ABC-XYZ").shows(http.StatusNotFound)
		by.get("/ward/visits/nonsense").shows(http.StatusNotFound)
		by.post(at(v, "/end"), "why", "by_ward").leads("/ward/today")
		by.get(at(v, "")).shows(http.StatusOK, "Did not happen", "Ended by the ward").hides("Change when it is", "Change the iPad", "Repeat this visit")
		for _, page := range []string{"/move", "/ipad"} {
			by.get(at(v, page)).shows(http.StatusConflict, "This visit is over")
			by.post(at(v, page), "version", "1").shows(http.StatusConflict, "This visit is over")
		}
	})
}

func TestAnotherIPadByHand(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		by := h.staff(t, nurse)
		v := h.booked(t, 3*time.Hour, booking.Tongue{}, anna)
		to, wanted := at(v, "/ipad"), string(h.other(v.Device))
		by.get(to).shows(http.StatusOK, "Which iPad?", "It has "+v.DeviceRecord.Tag, "These can have it", "Keep "+v.DeviceRecord.Tag).hides("These cannot", "iPad 3")
		by.post(to, "version", versionOf(v)).shows(http.StatusUnprocessableEntity, "Choose an iPad")
		for _, bad := range []string{"x", string(harbourIPad), "00000000-0000-4000-8000-0000000000ff", "'; --"} {
			by.post(to, "version", versionOf(v), "device", bad, "seen", "yes").shows(http.StatusUnprocessableEntity, "Choose an iPad from the list")
		}
		check := by.post(to, "version", versionOf(v), "device", wanted).shows(http.StatusOK, "in the place of "+v.DeviceRecord.Tag, "nobody is told")
		if h.as(t, v).Device != v.Device {
			t.Error("looking changed it")
		}
		by.post(to, "version", "99", "device", wanted, "seen", "yes").shows(http.StatusConflict, "Somebody changed this while you were looking")
		by.post(to, "version", "many", "device", wanted, "seen", "yes").shows(http.StatusConflict, "Somebody changed this")
		kept := check.offered("version")
		for range 2 { // pressed twice
			by.get(by.post(to, "version", kept[0], "device", wanted, "seen", "yes").leads(at(v, "?said=other_ipad"))).shows(http.StatusOK, "The visit has another iPad")
		}
		if got := string(h.as(t, v).Device); got != wanted {
			t.Errorf("the visit has %s, want %s", got, wanted)
		}
		h.staff(t, otherNurse).get(to).shows(http.StatusNotFound)
		h.staff(t, otherNurse).post(to, "version", "2", "device", string(v.Device), "seen", "yes").shows(http.StatusNotFound)
	})
}

// An iPad that another visit has can be had if that visit has somewhere to go, and
// the page says so; those that cannot be had say why.
func TestWhyAnIPadCannotBeHad(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		by := h.staff(t, nurse)
		v, w := h.booked(t, 3*time.Hour, booking.Tongue{}, anna), h.booked(t, 3*time.Hour, booking.Tongue{}, piotr)
		by.get(at(v, "/ipad")).shows(http.StatusOK, "1 other visit changes its iPad to make room")
		by.post(at(v, "/ipad"), "version", versionOf(v), "device", string(w.Device)).shows(http.StatusOK, "1 other visit that has not begun changes its iPad")
		by.post(at(v, "/ipad"), "version", versionOf(v), "device", string(w.Device), "seen", "yes").leads(at(v, ""))
		if a, b := h.as(t, v), h.as(t, w); a.Device != w.Device || b.Device != v.Device {
			t.Errorf("they did not change places: %s and %s", a.Device, b.Device)
		}
		v = h.as(t, v)
		if _, err := h.desk.ChangeDevice(t.Context(), booking.System, h.other(v.Device), desk.Withdraw{State: booking.DeviceOutOfService, Reason: "cracked"}); err != nil {
			t.Fatal(err)
		}
		by.get(at(v, "/ipad")).shows(http.StatusOK, "No other iPad of Willow Ward can have it", "It is out of service", "choose another time").hides("These can have it")
		by.post(at(v, "/ipad"), "version", versionOf(v), "device", string(h.other(v.Device)), "seen", "yes").
			shows(http.StatusUnprocessableEntity, "That iPad cannot have this visit any more")
	})
}

// A visit that is going on moves to an iPad that is ready at once, or to none.
func TestAnotherIPadWhileTheVisitIsOn(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		by := h.staff(t, nurse)
		v, _ := h.inLobby(t, by)
		other := h.other(v.Device)
		by.get(at(v, "")).shows(http.StatusOK, "Change the iPad").hides("Change when it is")
		by.get(at(v, "/ipad")).shows(http.StatusOK, "It is not paired. Pair it first").hides("choose another time")
		h.paired(t, by, other, willow)
		v = h.as(t, v)
		by.post(at(v, "/ipad"), "version", versionOf(v), "device", string(other)).shows(http.StatusOK, "goes on with", "is then to be cleaned")
		by.post(at(v, "/ipad"), "version", versionOf(v), "device", string(other), "seen", "yes").leads(at(v, ""))
		by.get(at(v, "/ipad")).shows(http.StatusOK, "It has not been cleaned since it was used")
		by.get(at(v, "/move")).shows(http.StatusConflict, "This visit has begun")
		by.post(at(v, "/move"), "start", "2026-11-24T16:00:00Z").shows(http.StatusConflict, "This visit has begun")
	})
}

func TestMovingAVisitByHand(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		by := h.staff(t, nurse)
		v := h.booked(t, 3*time.Hour, booking.Tongue{}, anna)
		to := at(v, "/move")
		page := by.get(to).shows(http.StatusOK, "Move this visit", "Tuesday 24 November 2026, 3:00pm", "tap a time", "A time that is not on this page")
		starts := page.offered("start")
		if slices.Contains(starts, iso(v.When.Start())) || len(starts) == 0 {
			t.Fatalf("offered: %v", starts)
		}
		by.get(to+"?from=2026-11-26&day=2026-11-27").shows(http.StatusOK, "Friday 27 November 2026: tap a time")
		by.get(to+"?from=x&day=2026-99-99").shows(http.StatusOK, "tap a time")
		for _, bad := range []string{"", "x", "9999-99-99", "2026-11-24T16:07:00Z"} {
			if s := by.post(to, "version", versionOf(v), "start", bad); s.status != http.StatusUnprocessableEntity && s.status != http.StatusConflict || !strings.Contains(s.words(), "not a time the ward offers") {
				t.Errorf("%q: %d %s", bad, s.status, s.words())
			}
		}
		by.post(to, "version", versionOf(v), "start", iso(v.When.Start())).shows(http.StatusConflict, "The visit is at that time already")
		start := "2026-11-24T16:00:00Z"
		check := by.post(to, "version", versionOf(v), "start", start).shows(http.StatusOK, "Move it to Tuesday 24 November 2026, 4:00pm?", "Everybody who comes gets a message", "Leave it where it is")
		by.post(to, "version", versionOf(v), "start", start, "again", "yes").shows(http.StatusOK, "Move this visit").hides("There is a problem")
		if now := h.as(t, v); now.When != v.When {
			t.Error("looking moved it")
		}
		by.post(to, "version", "0", "start", start, "seen", "yes").shows(http.StatusConflict, "Somebody changed this while you were looking")
		by.get(by.post(to, "version", check.offered("version")[0], "start", start, "seen", "yes").leads(at(v, "?said=other_time"))).
			shows(http.StatusOK, "The visit is moved", "Tuesday 24 November 2026, 4:00pm")
		her := h.phoneOf(t, anna)
		her.get("/visits/"+string(v.Reference)).shows(http.StatusOK, "4:00pm")
		h.staff(t, otherNurse).get(to).shows(http.StatusNotFound)
		h.staff(t, otherNurse).post(to, "version", "2", "start", start, "seen", "yes").shows(http.StatusNotFound)
	})
}

var hiddenInput = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)

// typedMove are the answers of somebody who types a time of the day of the tests.
func typedMove(v desk.Visit, at, minutes string, pairs ...string) []string {
	return append([]string{
		"version", versionOf(v), "another", "yes", "on-day", "24", "on-month", "11", "on-year", "2026", "at", at, "minutes", minutes,
	}, pairs...)
}

// A rule that is against the time is named; it is set aside by whoever may, one by
// one and with a reason, and what was typed stays on the page until then.
func TestMovingAVisitPastTheRules(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		by := h.staff(t, nurse)
		v := h.booked(t, 3*time.Hour, booking.Tongue{}, anna)
		h.hour = h.hour.Add(time.Minute) // one visit has one rule set aside once in a moment
		to := at(v, "/move")
		for _, tt := range []struct{ at, minutes, says string }{
			{"", "20", "Enter a time of day"},
			{"25:00", "20", "Enter a time of day"},
			{"1pm", "", "how many minutes"},
			{"1pm", "9999", "from 5 to 720"},
		} {
			s := by.post(to, typedMove(v, tt.at, tt.minutes)...).shows(http.StatusUnprocessableEntity, tt.says)
			if !strings.Contains(s.text, `value="`+tt.at+`"`) && tt.at != "" {
				t.Errorf("%q is gone", tt.at)
			}
		}
		by.post(to, typedMove(v, "8am", "20")...).shows(http.StatusConflict, "That time is past")
		asks := by.post(to, typedMove(v, "1:10pm", "25")...).shows(http.StatusConflict, "That is not one of the ward’s visiting times", "Tick what you set aside", "Why is it moved there all the same?")
		for _, kept := range []string{`value="1:10pm"`, `value="25"`, `name="aside" type="checkbox" value="not_a_slot">`} {
			if !strings.Contains(asks.text, kept) {
				t.Errorf("no %s on the page", kept)
			}
		}
		half := by.post(to, typedMove(v, "1:10pm", "25", "weighed", "yes", "because", "She flies home tonight")...).
			shows(http.StatusConflict, "Tick every rule that you set aside", "She flies home tonight")
		if !strings.Contains(half.text, `value="1:10pm"`) {
			t.Error("what was typed is gone")
		}
		ticked := by.post(to, typedMove(v, "1:10pm", "25", "weighed", "yes", "aside", "not_a_slot", "because", " ")...).shows(http.StatusConflict, "Say why the rules are set aside")
		if !strings.Contains(ticked.text, `value="not_a_slot" checked`) {
			t.Error("the tick is gone")
		}
		by.post(to, typedMove(v, "1:10pm", "25", "aside", "not_a_slot", "seen", "yes", "because", "")...).shows(http.StatusConflict, "Say why the rules are set aside")
		by.post(to, typedMove(v, "1:10pm", "25", "aside", "not_a_slot", "seen", "yes", "because", strings.Repeat("x", 301))...).shows(http.StatusConflict, "Use no more than 300 characters")
		by.post(to, typedMove(v, "1:10pm", "25", "aside", "week_full", "because", "A reason for another rule", "seen", "yes")...).shows(http.StatusConflict, "not one of the ward’s visiting times")
		if now := h.as(t, v); now.When != v.When {
			t.Fatal("it was moved without a reason")
		}
		check := by.post(to, typedMove(v, "1:10pm", "25", "weighed", "yes", "aside", "not_a_slot", "because", "She flies home tonight")...).
			shows(http.StatusOK, "Move it to Tuesday 24 November 2026, 1:10pm?", "for 25 minutes", "Set aside", "She flies home tonight")
		carried := []string{"seen", "yes"}
		for _, hidden := range hiddenInput.FindAllStringSubmatch(check.text, -1) {
			carried = append(carried, hidden[1], hidden[2])
		}
		by.post(to, carried...).leads(at(v, "?said=other_time"))
		now := h.as(t, v)
		if got := now.When.Start(); !got.Equal(time.Date(2026, 11, 24, 13, 10, 0, 0, time.UTC)) || now.When.Length() != 25*time.Minute {
			t.Errorf("moved to %v", now.When)
		}
		if aside := h.asideOf(t, v); !slices.Contains(aside, booking.Override{Rule: "not_a_slot", Reason: "She flies home tonight"}) {
			t.Errorf("set aside: %v", aside)
		}
	})
}

// What only a manager may set aside a nurse is told of, and cannot tick.
func TestMovingAVisitIntoAClosure(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		sister, boss := h.staff(t, nurse), h.wardManager(t)
		v := h.booked(t, 27*time.Hour, booking.Tongue{}, anna)
		boss.post("/ward/rules/closures/new"+rulesOfWillow, closureAnswers(booking.DateOf(h.hour, h.zone(t)), "seen", "yes")...).leads("/ward/rules/closures/")
		to := at(v, "/move")
		s := sister.post(to, typedMove(v, "2pm", "20")...).shows(http.StatusConflict, "is closed then", "A ward manager can move it there all the same")
		if strings.Contains(s.text, `name="aside"`) {
			t.Error("a nurse can tick it")
		}
		sister.post(to, typedMove(v, "2pm", "20", "aside", "closed", "because", "Her birthday", "seen", "yes")...).shows(http.StatusConflict, "A ward manager can")
		boss.post(to, typedMove(v, "2pm", "20")...).shows(http.StatusConflict, "is closed then", "Tick what you set aside")
		boss.post(to, typedMove(v, "2pm", "20", "aside", "closed", "because", "Her birthday", "seen", "yes")...).leads(at(v, ""))
	})
}

// Its own week does not count against a visit that moves within it.
func TestMovingWithinAFullWeek(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		boss := h.wardManager(t)
		v := h.booked(t, 3*time.Hour, booking.Tongue{}, anna)
		w := h.booked(t, 5*24*time.Hour+3*time.Hour, booking.Tongue{}, anna) // Sunday, which begins another week
		boss.post("/ward/rules/policy/change"+rulesOfWillow, policyForPosting("weekly-max", "1", "seen", "yes")...).leads("/ward/rules/policy")
		boss.post(at(v, "/move"), typedMove(v, "4pm", "20")...).shows(http.StatusOK, "Move it to").hides("Set aside")
		boss.post(at(w, "/move"), typedMove(w, "5pm", "20")...).shows(http.StatusConflict, "all the visits that the ward gives in that week")
		boss.post(at(w, "/move"), typedMove(w, "5pm", "20", "aside", "week_full", "because", "His last days at home", "seen", "yes")...).leads(at(w, ""))
	})
}

// Whoever loses a time to somebody else hears so, with others near it.
func TestMovingToATimeThatIsTaken(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		by := h.staff(t, nurse)
		v := h.booked(t, 3*time.Hour, booking.Tongue{}, anna)
		h.booked(t, 5*time.Hour, booking.Tongue{}, david)
		by.post(at(v, "/move"), "version", versionOf(v), "start", "2026-11-24T17:00:00Z", "seen", "yes").
			shows(http.StatusConflict, "The patient already has a visit then", "The nearest free times")
	})
}

// Only the ward where a patient lies moves their visits.
func TestMovingAVisitOfAPatientElsewhere(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		h.beds(t)
		by, there := h.staff(t, nurse), h.staff(t, otherNurse)
		v := h.booked(t, 3*time.Hour, booking.Tongue{}, anna)
		h.booked(t, 3*time.Hour, booking.Tongue{}, nadia) // has the only iPad of the other ward
		by.post("/ward/patients/"+string(thomas)+"/transfer", "bed", string(harbourBed)).leads("/ward/patients?said=moved_away")
		by.get(at(v, "/move")).shows(http.StatusOK, "It cannot be moved", "The patient is on another ward now").hides("tap a time")
		by.post(at(v, "/move"), typedMove(v, "4pm", "20", "seen", "yes")...).shows(http.StatusNotFound, "They may have moved to another ward")
		there.post(at(v, "/move"), "version", versionOf(v), "start", "2026-11-24T16:00:00Z").shows(http.StatusOK, "Harbour Ward, where the patient is now")
		there.post(at(v, "/move"), "version", versionOf(v), "start", "2026-11-24T16:00:00Z", "seen", "yes").leads(at(v, ""))
		if now := h.as(t, v); now.Visit.Ward != harbour || now.Device != harbourIPad {
			t.Errorf("it is on %s with %s", now.Visit.Ward, now.Device)
		}
	})
}

package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// A closure leads to what it touched and nothing else, there and back; what is
// flagged can be put at a time or on an iPad that staff choose.
func TestAClosureLeadsToWhatItTouched(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		boss := h.wardManager(t)
		today := booking.DateOf(h.hour, h.zone(t))
		first, second := h.booked(t, 3*time.Hour, booking.Tongue{}, anna), h.booked(t, 5*time.Hour, booking.Tongue{}, piotr)
		elsewhen := h.booked(t, 27*time.Hour, booking.Tongue{}, anna)
		boss.post("/ward/rules/closures/new"+rulesOfWillow, closureAnswers(today.AddDays(1), "seen", "yes", "fate", "review")...).leads("/ward/rules/closures/")
		to := "/ward/rules/closures/new" + rulesOfWillow
		preview := boss.post(to, closureAnswers(today)...).shows(http.StatusOK, "This touches 2 booked visits")
		for _, link := range []string{`href="#touched"`, `id="touched"`, `href="` + at(first, "") + `"`, `href="` + at(second, "") + `"`} {
			if !strings.Contains(preview.text, link) {
				t.Errorf("the preview has no %s", link)
			}
		}
		one := boss.get(boss.post(to, closureAnswers(today, "seen", "yes", "fate", "review")...).leads("/ward/rules/closures/")).
			shows(http.StatusOK, "It touches 2 booked visits", "Look at 2 visits")
		list := linkTo(t, one, "/ward/review?closure=")
		boss.get("/ward/review"+rulesOfWillow).shows(http.StatusOK, string(first.Reference), string(second.Reference), string(elsewhen.Reference))
		only := boss.get(list).shows(http.StatusOK, "Only visits that this closure stops: The whole ward", string(first.Reference), string(second.Reference), "Choose a time").
			hides(string(elsewhen.Reference), "Choose an iPad")

		move := linkTo(t, only, at(first, "/move"))
		boss.get(move).shows(http.StatusOK, "Back to the list", "Move this visit")
		back := boss.post(move, "version", versionOf(first), "start", "2026-11-26T16:00:00Z", "seen", "yes").leads("/ward/review?closure=")
		boss.get(back).shows(http.StatusOK, "The visit is moved", "Only visits that this closure stops", string(second.Reference)).hides(string(first.Reference))
		keep := linkTo(t, boss.get(list), "/ward/review/"+string(second.Reference)+"/keep")
		boss.post(keep, "reason", "").shows(http.StatusUnprocessableEntity, "Enter a reason")
		back = boss.post(keep, "reason", "In the side room").leads("/ward/review?closure=")
		boss.get(back).shows(http.StatusOK, "The visit is kept", "There is nothing left to look at for this closure").hides(string(elsewhen.Reference))
	})
}

// linkTo is the first address of a page that begins so.
func linkTo(t *testing.T, s screen, to string) string {
	t.Helper()
	_, rest, found := strings.Cut(s.text, `href="`+to)
	if !found {
		t.Fatalf("no link to %s in %s", to, s.words())
	}
	rest, _, _ = strings.Cut(rest, `"`)
	return strings.ReplaceAll(to+rest, "&amp;", "&")
}

func TestAListOfAClosureThatIsNot(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		boss := h.wardManager(t)
		for _, bad := range []string{"x", "00000000-0000-4000-8000-0000000000ff", "%27"} {
			boss.get("/ward/review"+rulesOfWillow+"&closure="+bad).shows(http.StatusNotFound, "We cannot find that closure")
		}
		today := booking.DateOf(h.hour, h.zone(t))
		one := boss.post("/ward/rules/closures/new"+rulesOfWillow, closureAnswers(today, "seen", "yes")...).leads("/ward/rules/closures/")
		path, _, _ := strings.Cut(strings.TrimPrefix(one, "/ward/rules/closures/"), "?")
		boss.get("/ward/review"+rulesOfWillow+"&closure="+path).shows(http.StatusOK, "There is nothing left to look at for this closure")
		boss.get("/ward/review?ward="+string(harbour)+"&closure="+path).shows(http.StatusNotFound, "We cannot find that closure")
		h.staff(t, otherNurse).get("/ward/review?closure=" + path).shows(http.StatusNotFound)
		boss.get("/ward/rules/closures/"+path+rulesOfWillow+"&gone=2").shows(http.StatusOK, "2 visits were cancelled")
		boss.get("/ward/rules/closures/" + path + rulesOfWillow + "&gone=-2").shows(http.StatusOK).hides("cancelled")
	})
}

// Beside what the program offers, a person may choose.
func TestARehomingCanBeChosenByHand(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		boss := h.wardManager(t)
		v := h.booked(t, 3*time.Hour, booking.Tongue{}, anna)
		other := h.booked(t, 3*time.Hour, booking.Tongue{}, piotr)
		lost := desk.Withdraw{State: booking.DeviceLost, Reason: "not in its place"}
		if _, err := h.desk.ChangeDevice(t.Context(), booking.System, v.Device, lost); err != nil {
			t.Fatal(err)
		}
		list := boss.get("/ward/review"+rulesOfWillow).shows(http.StatusOK, string(v.Reference), "Its iPad cannot be used", "Choose a time", "Choose an iPad")
		boss.get(linkTo(t, list, at(v, "/ipad"))).shows(http.StatusOK, "No other iPad of Willow Ward can have it", "Another visit has it then", "choose another time", "Back to the list")
		boss.post(at(other, "/end"), "why", "by_ward").leads("/ward/today")
		offer := boss.post("/ward/review/rehome"+rulesOfWillow, "visit", string(v.Reference)).shows(http.StatusOK, "Make this change", "Nobody is told", "Choose another time", "Choose another iPad")
		boss.get(linkTo(t, offer, at(v, "/move"))).shows(http.StatusOK, "Back to the list")
		back := boss.post(linkTo(t, offer, at(v, "/ipad")), "version", versionOf(h.as(t, v)), "device", string(h.other(v.Device)), "seen", "yes").leads("/ward/review?")
		boss.get(back).shows(http.StatusOK, "The visit has another iPad", "There is nothing to look at")
	})
}

package web

import (
	"html"
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

func ipadAt(act string, ward booking.WardID) string {
	return "/ward/ipads/" + string(firstIPad) + act + "?ward=" + string(ward)
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)

// carriedOn are the answers that a page carries along, with what is pressed.
func carriedOn(s screen, pairs ...string) []string {
	for _, field := range hiddenField.FindAllStringSubmatch(s.text, -1) {
		pairs = append(pairs, field[1], html.UnescapeString(field[2]))
	}
	return pairs
}

// A nurse takes an iPad out of service: the page says first how many visits it
// touches, and nothing has happened by then.
func TestTakingAnIPadOutOfService(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	v := h.booked(t, time.Hour, booking.Tongue{}, anna)
	at := func(act string) string { return "/ward/ipads/" + string(v.Device) + act + "?ward=" + string(willow) }
	by.get("/ward/ipads?ward="+string(willow)).shows(http.StatusOK, "Change iPad")
	by.get(at("")).shows(http.StatusOK, "Kept in the whole ward", "Visits to come 1", "Take out of service", "It is lost", "Lend to another ward").hides("Put back into service")

	by.get(at("/change/repair")).shows(http.StatusOK, "What is wrong with it?")
	by.post(at("/change/repair")).shows(http.StatusUnprocessableEntity, "There is a problem")
	check := by.post(at("/change/repair"), "fault", "cracked screen").shows(http.StatusOK, "This touches 1 visit")
	by.get(at("")).shows(http.StatusOK, "Clean", "Visits to come 1") // nothing has happened
	by.post(at("/change/repair"), carriedOn(check, "again", "yes")...).shows(http.StatusOK, "cracked screen")
	said := by.post(at("/change/repair"), carriedOn(check, "seen", "yes")...).leads("/ward/ipads")
	by.get(said).shows(http.StatusOK, "Out of service")
	by.get(at("")).shows(http.StatusOK, "Put back into service", "It is lost").hides("Take out of service", "Lend to another ward")
	by.post(at("/change/repair"), "fault", "again", "seen", "yes").shows(http.StatusNotFound)

	by.get(at("/change/restore")).shows(http.StatusOK, "has to be cleaned before its next visit")
	by.get(by.post(at("/change/restore"), "seen", "yes").leads("/ward/ipads")).shows(http.StatusOK, "The iPad is back.", "Needs cleaning")
}

// What has no iPad then is said before and after.
func TestLosingAnIPadThatIsNeeded(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	h.booked(t, time.Hour, booking.Tongue{}, anna)
	v := h.booked(t, time.Hour, booking.Tongue{}, piotr)
	at := "/ward/ipads/" + string(v.Device) + "/change/lost?ward=" + string(willow)
	check := by.post(at, "lastseen", "gone").shows(http.StatusOK, "This touches 1 visit", "There is no other iPad for 1 visit.").hides("another iPad. The time stays")
	by.get(by.post(at, carriedOn(check, "seen", "yes")...).leads("/ward/ipads")).shows(http.StatusOK, "It is done. Some visits have no iPad now", "Lost")
}

func TestLendingAnIPadToAnotherWard(t *testing.T) {
	h := newWardHouse(t)
	by, there := h.staff(t, nurse), h.staff(t, otherNurse)
	at := ipadAt("/change/lend", willow)
	by.get(at).shows(http.StatusOK, "To which ward?", "Choose a ward").hides("Willow Ward</option>")
	by.post(at).shows(http.StatusUnprocessableEntity, "There is a problem", "Choose the ward that borrows it", "Enter the last day of the loan")
	day := h.hour
	fields := []string{"to", string(harbour), "from-day", day.Format("2"), "from-month", day.Format("1"), "from-year", day.Format("2006"), "from-time", "00:00",
		"till-day", day.Format("2"), "till-month", day.Format("1"), "till-year", day.Format("2006"), "till-time", ""}
	backwards := append([]string{}, fields...)
	backwards[len(backwards)-1] = "00:01"
	by.post(at, backwards...).shows(http.StatusUnprocessableEntity, "an end that is after the beginning")
	check := by.post(at, fields...).shows(http.StatusOK, "This touches no visit")
	by.get(by.post(at, carriedOn(check, "seen", "yes")...).leads("/ward/ipads")).shows(http.StatusOK, "The iPad is lent.", "Lent to Harbour Ward")

	there.get("/ward/ipads?ward="+string(harbour)).shows(http.StatusOK, "Borrowed from Willow Ward")
	page := there.get(ipadAt("", harbour)).shows(http.StatusOK, "Belongs to Willow Ward", "End this loan").hides("Lend to another ward", "Change where it is kept")
	link := regexp.MustCompile(`/ward/ipads/[^"]*/change/take-back[^"]*`).FindString(page.text)
	check = there.get(html.UnescapeString(link)).shows(http.StatusOK, "This touches no visit")
	there.get(there.post(ipadAt("/change/take-back", harbour), carriedOn(check, "seen", "yes")...).leads("/ward/ipads")).shows(http.StatusOK, "The loan has ended.").hides("Borrowed from")
	by.get("/ward/ipads?ward=" + string(willow)).hides("Lent to")
}

func TestWhereAnIPadIsKept(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	at := ipadAt("/change/zone", willow)
	by.get(at).shows(http.StatusOK, "In which bay?", "Bay 1", "It never leaves this bay")
	by.post(at, "zone", "-", "dedicated", "yes").shows(http.StatusUnprocessableEntity, "There is a problem")
	by.post(at, "zone", "Bay 99").shows(http.StatusUnprocessableEntity, "There is a problem")
	check := by.post(at, "zone", "Bay 1", "dedicated", "yes").shows(http.StatusOK)
	by.get(by.post(at, carriedOn(check, "seen", "yes")...).leads("/ward/ipads")).shows(http.StatusOK, "Kept in Bay 1, and nowhere else")
	by.get(at).shows(http.StatusOK)
}

func TestOtherWardsIPadsAreNotThere(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, otherNurse)
	for _, address := range []string{
		ipadAt("", harbour), ipadAt("/change/lost", harbour), ipadAt("", willow), ipadAt("/change/lost", willow),
		"/ward/ipads/" + string(harbourIPad) + "/change/sell?ward=" + string(harbour), "/ward/ipads/nobody?ward=" + string(harbour),
	} {
		by.get(address).shows(http.StatusNotFound)
	}
	by.post(ipadAt("/change/lost", willow), "lastseen", "gone", "seen", "yes").shows(http.StatusNotFound)
	by.post("/ward/ipads/"+string(harbourIPad)+"/change/take-back?ward="+string(harbour), "loan", "x", "seen", "yes").shows(http.StatusNotFound)
}

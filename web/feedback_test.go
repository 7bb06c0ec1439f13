package web

import (
	"html"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// Each of the three says how a visit was, without script, and the ward reads it.
func TestHowWasThat(t *testing.T) {
	h := newWardHouse(t)
	by, her := h.staff(t, nurse), h.phoneOf(t, anna)
	v := h.booked(t, 10*time.Minute, booking.Tongue{}, anna)
	ipad := h.paired(t, by, v.Device, willow)
	at, mine := visitPath(v.Reference), "/visits/"+string(v.Reference)
	by.get("/ward/feedback").shows(http.StatusOK, "Nobody has said how a visit was")
	by.post(at + "/start").leads("/ward/today")
	h.arrives(t, v, "patient")
	who := h.seatOf(t, v, "Anna")
	h.arrives(t, v, string(who))
	by.post(at+"/admit", "participant", string(who)).leads("/ward/today")
	by.get(at).hides("How was the visit?")
	her.post(mine+"/how", "answer", "good").shows(http.StatusConflict, "has not ended yet")
	by.post(at+"/end", "why", "by_ward").leads("/ward/today")

	ipad.get("/ipad").hides("How was that?")
	ipad.get("/ipad?ended").shows(http.StatusOK, "Your visit has ended", "How was that?", "All right").hides("Arkwright", "Anna")
	ipad.post("/ipad/how", "visit", "AAA-AAA", "answer", "good").leads("/ipad")
	ipad.get(ipad.post("/ipad/how", "visit", string(v.Reference), "answer", "good").leads("/ipad")).shows(http.StatusOK, "Thank you").hides("How was that?")

	her.get(mine).shows(http.StatusOK, "How was the visit?", "Not good").hides("Would you like to add anything?")
	her.get(her.post(mine+"/how", "answer", "not_good").leads(mine)).shows(http.StatusOK, "Thank you. You said: Not good", "Would you like to add anything?")
	her.post(mine+"/how", "words", strings.Repeat("long ", 300)).shows(http.StatusUnprocessableEntity, "There is a problem")
	her.post(mine+"/how", "words", "<script>x</script> no sound", "may_ask", "yes").leads(mine)
	her.post(mine+"/how", "answer", "=cmd()").shows(http.StatusUnprocessableEntity)
	h.phoneOf(t, elsie).post(mine+"/how", "answer", "good").shows(http.StatusNotFound)

	by.get("/ward/today").shows(http.StatusOK, "How was it?")
	by.get(by.post(at+"/how", "answer", "all_right", "from", "board").leads("/ward/today")).shows(http.StatusOK, "Your answer is kept").hides("How was it?")
	by.get(at).shows(http.StatusOK, "You said: All right")
	h.staff(t, otherNurse).post(at+"/how", "answer", "good").shows(http.StatusNotFound)
	h.staff(t, otherNurse).get("/ward/feedback").shows(http.StatusOK, "Nobody has said").hides("no sound")
	by.get("/ward/feedback").shows(http.StatusOK, "<script>x</script> no sound", "Not good : Family and friends", "You may ask Anna Arkwright")
	if page := by.get("/ward/feedback").text; strings.Contains(page, "<script>x") {
		t.Error("the page runs what somebody wrote")
	}
	by.get("/ward/feedback?from=2026-12-01&to=2026-11-01").shows(http.StatusUnprocessableEntity, "must not be before")
	by.get("/ward/feedback?from=2020-01-01&to=2020-01-02").shows(http.StatusOK, "Nobody has said")
}

// Whatever somebody writes is kept as they wrote it, harms nobody who reads it, and
// is no formula in a spreadsheet. What turns text round is refused, and kept in the
// form.
func TestWordsOfTheirOwn(t *testing.T) {
	h := newWardHouse(t)
	by, her := h.staff(t, nurse), h.phoneOf(t, anna)
	v := h.booked(t, 10*time.Minute, booking.Tongue{}, anna)
	h.paired(t, by, v.Device, willow)
	at, how := visitPath(v.Reference), "/visits/"+string(v.Reference)+"/how"
	by.post(at + "/start").leads("/ward/today")
	h.arrives(t, v, "patient")
	who := h.seatOf(t, v, "Anna")
	h.arrives(t, v, string(who))
	by.post(at+"/admit", "participant", string(who)).leads("/ward/today")
	by.post(at+"/end", "why", "by_ward").leads("/ward/today")
	her.post(how, "answer", "good").leads("/visits/" + string(v.Reference))
	file := func() string { return by.get("/ward/feedback/file.csv").text }
	for name, told := range map[string]struct{ words, cell string }{
		"a formula":        {`=cmd("calc")|A1`, `"'=cmd(""calc"")|A1"`},
		"a link":           {`@SUM(1+1), she said`, `"'@SUM(1+1), she said"`},
		"markup":           {`<img src=x onerror=alert(1)> & <b>thanks</b>`, `<img src=x onerror=alert(1)> & <b>thanks</b>`},
		"900 characters":   {strings.Repeat("é", 900), strings.Repeat("é", 900)},
		"marks of Hebrew":  {"שלום\u200f 123", "שלום\u200f 123"},
		"several lines":    {"One\r\n=two()", `One =two()`},
		"nothing at first": {"+", "'+"},
	} {
		her.post(how, "words", told.words).leads("/visits/" + string(v.Reference))
		if got := file(); !strings.Contains(got, ",Good,"+told.cell+",,\n") {
			t.Errorf("%s: the file is %q", name, got)
		}
		page := by.get("/ward/feedback").text
		if strings.Contains(page, "<img") || strings.Contains(page, "<b>thanks") {
			t.Errorf("%s: the page runs it", name)
		}
	}
	for name, words := range map[string]string{
		"turned round": "safe \u202e evil", "too long": strings.Repeat("x", 1001), "a bell": "ring\aring",
	} {
		her.post(how, "words", words).shows(http.StatusUnprocessableEntity, "There is a problem")
		if page := her.post(how, "words", words).text; !strings.Contains(page, html.EscapeString(words)) && name != "a bell" {
			t.Errorf("%s: what was typed is gone", name)
		}
		if strings.Contains(file(), words) {
			t.Errorf("%s: kept", name)
		}
	}
	her.post(how, "words", "").leads("/visits/" + string(v.Reference))
	by.get("/ward/feedback").shows(http.StatusOK, "Nobody has added any words")
	h.staff(t, otherNurse).get("/ward/feedback/file.csv?ward=" + string(v.Ward)).shows(http.StatusNotFound)
	by.get("/ward/feedback/file.csv?from=x").shows(http.StatusUnprocessableEntity, "Enter a day like")
}

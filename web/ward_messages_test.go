package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/wardvisit/wardvisit/booking"
)

// A ward manager adds to a message, is refused what would break it, and goes back.
func TestAWardWordsItsMessages(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		m, _ := h.newcomer(t, "morag@everywhere.example", booking.WardManager)
		q := "?ward=" + string(willow)
		at := "/ward/messages/reminder" + q
		m.get("/ward/rules" + q).linksTo("/ward/messages" + q)
		m.get("/ward/messages"+q).shows(http.StatusOK, "The day before", "is your code for video visits", "Usual words").hides("the ward’s own words")
		m.get(at).shows(http.StatusOK, "made-up-link", "2 text messages long", "Hello,").hides("Back to the usual words")

		for typed, says := range map[string]string{
			"Bring [surname]": "Use only the placeholders", "[link]": "Use only the placeholders", "{{.link}}": "Leave out curly and pointed brackets", "<b>Bring</b>": "Leave out curly and pointed brackets",
			"See https://evil.example": "Leave out web addresses", "Come to Willow": "Leave out the ward’s name", "Zażółć": "Use only plain letters",
			strings.Repeat("a", 161): "too long for one text message", strings.Repeat("a", 1200): "There is a problem", "evil\u202etxet": "There is a problem",
		} {
			for _, do := range []string{"preview", "save", "\x00"} {
				kept := m.post(at, "do", do, "version", "0", "also", typed).shows(http.StatusUnprocessableEntity, "There is a problem", says)
				if strings.Contains(kept.text, "<b>Bring") || typed == "Zażółć" && !strings.Contains(kept.text, typed+"</textarea>") {
					t.Errorf("%q is not kept as it was typed", typed)
				}
			}
		}
		m.post(at, "do", "preview", "version", "0", "also", "Wear headphones, and ring [phone].").shows(http.StatusOK, "How it would be: not saved yet", "Wear headphones, and ring 0")
		m.get(at).shows(http.StatusOK).hides("Wear headphones")
		m.post(at, "do", "save", "version", "0", "also", "Wear headphones, and ring [phone].").leads("/ward/messages/reminder")
		m.get(at).shows(http.StatusOK, "Wear headphones, and ring 0", "1. ", "Back to the usual words")
		m.post(at, "do", "save", "version", "0", "also", "Wear a hat.").shows(http.StatusConflict, "Somebody changed this", "Wear a hat.")
		// Whoever began before that, and looks at theirs first, still does not take it away unseen.
		stale := m.post(at, "do", "preview", "version", "0", "also", "Wear a hat.").shows(http.StatusOK, "How it would be")
		stale.keeps(`name="version" value="0"`)
		m.post(at, "do", "again", "version", "0", "also", "Wear a hat.").shows(http.StatusOK, "Show me the message", "Wear a hat.").keeps(`name="version" value="0"`)
		m.get("/ward/messages"+q).shows(http.StatusOK, "With the ward’s own words")
		m.get("/ward/messages/reminder?ward=" + string(harbour)).shows(http.StatusOK).hides("Wear headphones")

		n := h.staff(t, nurse)
		n.get(at).shows(http.StatusOK, "A ward manager can add", "Wear headphones").hides("Show me the message")
		n.post(at, "do", "save", "version", "1", "also", "Hello.").shows(http.StatusForbidden)
		h.staff(t, otherNurse).get(at).shows(http.StatusNotFound)
		m.get("/ward/messages/code" + q).shows(http.StatusNotFound)
		m.post("/ward/messages/invite"+q, "do", "save", "version", "0", "also", "Hello.").shows(http.StatusNotFound)

		m.post(at, "version", "1", "also", "").shows(http.StatusOK, "How it would be: not saved yet").hides("Wear headphones, and ring 0")
		m.post(at, "do", "save", "version", "1", "also", "").leads("/ward/messages/reminder")
		m.get(at).shows(http.StatusOK, "The usual words").hides("Back to the usual words")
	})
}

package notify_test

import (
	"strings"
	"testing"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/notify"
)

// A ward's own words are added to the usual ones, whatever they are, and take nothing
// from them.
func TestAWardsOwnWordsAreAdded(t *testing.T) {
	for _, kind := range booking.Wordables {
		n := booking.Notice{ID: "n", Kind: kind, To: "x", Words: map[string]string{}}
		for _, word := range notify.Needs(kind) {
			n.Words[word] = "<" + word + ">"
		}
		for place := range booking.WordingPlaces {
			if n.Words[place] == "" {
				t.Errorf("%s has no %s to put in", kind, place)
			}
		}
		for _, channel := range []booking.Channel{booking.SMS, booking.Email} {
			n.Channel, n.Also = channel, ""
			usual, err := notify.Render(n)
			if err != nil {
				t.Fatal(err)
			}
			for also, want := range map[string]string{
				"Bring [reference].": "Bring <reference>.", "{{.link}} {{template \"sms\"}}": "{{.link}} {{template \"sms\"}}",
				"x\r\nBcc: y@evil.example": "Bcc: y@evil.example", "[link]": "",
			} {
				n.Also = also
				said, err := notify.Render(n)
				if err != nil {
					t.Fatal(err)
				}
				if said.Subject != usual.Subject || !strings.Contains(said.Body, want) {
					t.Errorf("%s, %s, %q: %q", kind, channel, also, said.Body)
				}
				if want == "" && said.Body != usual.Body {
					t.Errorf("%s, %s: a hole in %q", kind, channel, said.Body)
				}
				for _, line := range strings.Split(usual.Body, "\n") {
					if !strings.Contains(said.Body, line) {
						t.Errorf("%s, %s: %q is lost", kind, channel, line)
					}
				}
				if channel == booking.Email && !strings.HasSuffix(said.Body, "<hospital>") {
					t.Errorf("%s: the hospital does not sign: %q", kind, said.Body)
				}
			}
		}
	}
}

package notify

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wardvisit/wardvisit/booking"
)

// long has every word at the length of a long real one.
var long = map[string]string{
	"hospital":  "Northfield Royal Infirmary",
	"phone":     "01632 960 123",
	"link":      "https://visits.northfield.nhs.uk/invitation/Zk3qv0yTn4bW8cXr1mJd2A",
	"code":      "048213",
	"minutes":   "10",
	"when":      "Wednesday 24 November 2026, 10:30am",
	"length":    "30 minutes",
	"reference": "BHD-7K2",
	"language":  "British Sign Language (sign)",
	"until":     "Wednesday 24 November 2026, 12:30pm",
	"was":       "Wednesday 25 November 2026, 10:30am",
	"dates":     "Wednesdays at 10:30am: 25 Nov, 2, 9, 16, 23, 30 Dec, 6, 13, 20, 27 Jan, 3, 10, 17, 24 Feb, 3, 10 Mar",
}

func wordsFor(kind booking.NoticeKind) map[string]string {
	words := map[string]string{}
	for _, key := range Needs(kind) {
		words[key] = long[key]
	}
	return words
}

func TestEveryKindRendersOnEveryChannel(t *testing.T) {
	for kind := range needs {
		for _, channel := range []booking.Channel{booking.SMS, booking.Email} {
			m, err := Render(booking.Notice{ID: "n1", Kind: kind, Channel: channel, To: "x", Words: wordsFor(kind)})
			if err != nil {
				t.Errorf("%s by %s: %v", kind, channel, err)
				continue
			}
			if m.Body == "" || (m.Subject == "") == (channel == booking.Email) {
				t.Errorf("%s by %s: subject %q, body %q", kind, channel, m.Subject, m.Body)
			}
			if strings.Contains(m.Subject+m.Body, "<no value>") || m.Body != strings.TrimSpace(m.Body) {
				t.Errorf("%s by %s: %q", kind, channel, m.Body)
			}
		}
	}
}

func TestEveryTextIsOfAKind(t *testing.T) {
	files, err := fs.Glob(texts, "messages/*.txt")
	if err != nil || len(files) != len(needs) {
		t.Fatalf("%d texts for %d kinds, %v", len(files), len(needs), err)
	}
}

func TestTextMessagesAreShort(t *testing.T) {
	for kind := range needs {
		m, err := Render(booking.Notice{Kind: kind, Channel: booking.SMS, Words: wordsFor(kind)})
		if err != nil {
			t.Fatal(err)
		}
		if n, ok := segments(m.Body); !ok || n > 2 {
			t.Errorf("%s takes %d segments (all in the alphabet of texts: %v): %s", kind, n, ok, m.Body)
		}
	}
}

// gsm is what a text message can hold at seven bits a letter (3GPP TS 23.038),
// of the letters that our texts use; gsmTwice takes two places.
const (
	gsm      = "@£$¥èéùìòÇ\nØø\rÅåΔ_ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmTwice = "^{}\\[~]|€"
)

func segments(s string) (n int, ok bool) {
	places := 0
	for _, r := range s {
		switch {
		case strings.ContainsRune(gsm, r):
			places++
		case strings.ContainsRune(gsmTwice, r):
			places += 2
		default:
			return 0, false
		}
	}
	if places <= 160 {
		return 1, true
	}
	return (places + 152) / 153, true // seven places of each go to joining them
}

func TestEveryNeededWordIsUsedAndNoOther(t *testing.T) {
	word := regexp.MustCompile(`{{\.(\w+)}}`)
	for kind, want := range needs {
		text, err := fs.ReadFile(texts, "messages/"+string(kind)+".txt")
		if err != nil {
			t.Fatal(err)
		}
		var used []string
		for _, match := range word.FindAllStringSubmatch(string(text), -1) {
			used = append(used, match[1])
		}
		slices.Sort(used)
		used = slices.Compact(used)
		want = slices.Sorted(slices.Values(want))
		if !slices.Equal(used, want) {
			t.Errorf("%s uses %v, is promised %v", kind, used, want)
		}
	}
}

func TestNeverASentenceWithAHole(t *testing.T) {
	for kind := range needs {
		for _, missing := range Needs(kind) {
			words := wordsFor(kind)
			delete(words, missing)
			_, sms := Render(booking.Notice{Kind: kind, Channel: booking.SMS, Words: words})
			_, email := Render(booking.Notice{Kind: kind, Channel: booking.Email, Words: words})
			if sms == nil && email == nil {
				t.Errorf("%s renders without %q", kind, missing)
			}
		}
	}
}

func TestRenderRefusesWhatItDoesNotKnow(t *testing.T) {
	if _, err := Render(booking.Notice{Kind: "gossip", Channel: booking.SMS}); err == nil {
		t.Error("a kind without a text was rendered")
	}
	if _, err := Render(booking.Notice{Kind: booking.NoticeCode, Channel: "pigeon", Words: wordsFor(booking.NoticeCode)}); err == nil {
		t.Error("a channel without a text was rendered")
	}
}

func TestTypographyDoesNotDoubleThePrice(t *testing.T) {
	words := wordsFor(booking.NoticeCode)
	words["hospital"] = "St\u00a0Mary\u2019s \u2013 North"
	m, err := Render(booking.Notice{Kind: booking.NoticeCode, Channel: booking.SMS, Words: words})
	if err != nil || !strings.Contains(m.Body, "St Mary's - North") {
		t.Errorf("%q, %v", m.Body, err)
	}
}

func TestASubjectIsOneLine(t *testing.T) {
	words := wordsFor(booking.NoticeBooked)
	words["when"] = "today\r\nBcc: everybody@example.com"
	m, err := Render(booking.Notice{Kind: booking.NoticeBooked, Channel: booking.Email, Words: words})
	if err != nil || strings.ContainsAny(m.Subject, "\r\n") {
		t.Errorf("%q, %v", m.Subject, err)
	}
}

package notify

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"github.com/wardvisit/wardvisit/booking"
)

//go:embed messages/*.txt
var texts embed.FS

// needs are the words that the texts of each kind of notice may use. Whoever
// writes a notice fills in all of them, already as its reader should see them:
//
//	hospital   the name of the site
//	phone      the number for families to ring
//	link       an address that its reader can open
//	code       the one-time code
//	minutes    how long the code works
//	when       "Tuesday 24 November 2026, 2:00pm", in the zone of the site
//	length     "30 minutes"
//	reference  of the visit, as it is read aloud
//	language   "Polish (spoken)"
//	until      when an offer runs out, or until when a ward waits: "Tuesday 24 November 2026, 2:00pm"
//	was        when a visit was to be that makes way for another, likewise
//	dates      of visits that repeat: "Tuesdays at 2:00pm: 24 Nov, 1, 8, 15 Dec"
var needs = map[booking.NoticeKind][]string{
	booking.NoticeInvite:         {"hospital", "phone", "link"},
	booking.NoticeCode:           {"hospital", "code", "minutes"},
	booking.NoticeBooked:         {"hospital", "phone", "link", "when", "reference"},
	booking.NoticeMoved:          {"hospital", "phone", "link", "when", "reference"},
	booking.NoticeCancelled:      {"hospital", "phone", "when", "reference"},
	booking.NoticeReminder:       {"hospital", "phone", "link", "when", "reference"},
	booking.NoticeJoin:           {"hospital", "phone", "link", "when", "reference"},
	booking.NoticeInterpreterAsk: {"hospital", "link", "when", "length", "reference", "language"},
	booking.NoticeInterpreterOff: {"hospital", "when", "reference"},

	booking.NoticeInterpreterConfirm: {"hospital", "link", "when", "reference"},
	booking.NoticeInterpreterNone:    {"hospital", "phone", "link", "when", "reference", "language"},
	booking.NoticeInterpreterLate:    {"hospital", "phone", "link", "when", "reference", "language"},

	booking.NoticeWaiting: {"hospital", "phone", "when", "reference", "until"},
	booking.NoticeMissed:  {"hospital", "phone", "when", "reference"},

	booking.NoticeSlotOffer:       {"hospital", "phone", "link", "when", "until"},
	booking.NoticeRequestAnswered: {"hospital", "phone", "link"},
	booking.NoticeSeries:          {"hospital", "phone", "link", "dates"},
	booking.NoticeSeriesOff:       {"hospital", "phone", "dates"},
	booking.NoticeDisplaced:       {"hospital", "phone", "link", "when", "until", "was"},
	booking.NoticeDisplacedOff:    {"hospital", "phone", "link", "when"},
}

// Needs returns the words that a notice of kind k must hold.
func Needs(k booking.NoticeKind) []string { return slices.Clone(needs[k]) }

// catalogue holds the parsed texts of each kind. The files are ours and built
// in, so one that does not parse is a mistake to stop at, not an error to handle.
var catalogue = func() map[booking.NoticeKind]*template.Template {
	c := make(map[booking.NoticeKind]*template.Template, len(needs))
	for kind := range needs {
		name := string(kind) + ".txt"
		c[kind] = template.Must(template.New(name).Option("missingkey=error").ParseFS(texts, "messages/"+name))
	}
	return c
}()

// Render puts n in words. It refuses a notice that lacks a word of its text,
// rather than send a sentence with a hole in it.
func Render(n booking.Notice) (Message, error) {
	t, ok := catalogue[n.Kind]
	if !ok {
		return Message{}, fmt.Errorf("notify: no text for a notice of kind %q", n.Kind)
	}
	m := Message{Reference: n.ID, Channel: n.Channel, To: n.To, Again: n.Attempt > 1}
	var err error
	switch n.Channel {
	case booking.SMS:
		m.Body, err = render(t, "sms", n.Words)
		if also := booking.SayWording(n.Also, n.Words); also != "" {
			m.Body += "\n" + also
		}
		m.Body = booking.PlainWords.Replace(m.Body)
	case booking.Email:
		if m.Subject, err = render(t, "subject", n.Words); err != nil {
			break
		}
		m.Subject = strings.Join(strings.Fields(m.Subject), " ") // a header is one line
		m.Body, err = render(t, "text", n.Words)
		m.Body = beforeTheEnd(m.Body, booking.SayWording(n.Also, n.Words))
	default:
		err = fmt.Errorf("no such channel as %q", n.Channel)
	}
	if err != nil {
		return Message{}, fmt.Errorf("notify: put a notice in words: %w", err)
	}
	return m, nil
}

func render(t *template.Template, part string, words map[string]string) (string, error) {
	var b strings.Builder
	err := t.ExecuteTemplate(&b, part, words)
	return b.String(), err
}

// beforeTheEnd puts a paragraph before the last one, in which the hospital signs.
func beforeTheEnd(body, also string) string {
	if also == "" {
		return body
	}
	at := strings.LastIndex(body, "\n\n")
	if at < 0 {
		return body + "\n\n" + also
	}
	return body[:at] + "\n\n" + also + body[at:]
}

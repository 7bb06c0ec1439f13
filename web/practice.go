package web

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// The practice hospital's own pages: who to be, and the phone on which every
// message arrives that a real hospital would have sent.

// A PracticePerson is somebody whom a visitor of the practice hospital can be.
type PracticePerson struct {
	Name  string // "Anna Arkwright"
	About string // "Daughter of a patient on Willow Ward"
	Start string // what the button says
	Href  string // where being them begins
	Hints []string
	Phone string // E.164; their messages on the practice phone are theirs by it
}

// A practicePage says who one can be.
type practicePage struct{ People []practiceCard }

type practiceCard struct {
	PracticePerson
	Number string // as people read it
}

// practiceHome handles GET /practice.
func (s *Server) practiceHome(w http.ResponseWriter, r *http.Request) error {
	var p practicePage
	for _, person := range s.practicePeople {
		card := practiceCard{PracticePerson: person}
		if person.Phone != "" {
			card.Number = phoneWords(person.Phone)
		}
		p.People = append(p.People, card)
	}
	return s.render(w, r, http.StatusOK, "practice/home", p)
}

// shownMessages is how many the practice phone shows.
const shownMessages = 60

// A practicePhone is the practice phone: everybody's messages, or one number's.
type practicePhone struct {
	Messages []phoneMessage
	Numbers  []phoneNumber
	To       string // the number whose messages are shown; empty for all
	Now      time.Time
}

// A phoneNumber is one that messages went to.
type phoneNumber struct {
	To, Words string
	Current   bool
}

// A phoneMessage is a message as it arrived.
type phoneMessage struct {
	desk.Message
	Words string // whose it is
	Parts []messagePart
	Email bool
}

// A messagePart is text, or a link.
type messagePart struct {
	Text string
	Href string
}

// practiceMessages handles GET /practice/messages.
func (s *Server) practiceMessages(w http.ResponseWriter, r *http.Request) error {
	all, err := s.desk.Messages(r.Context(), shownMessages)
	if err != nil {
		return err
	}
	p := practicePhone{To: r.URL.Query().Get("to"), Now: s.now()}
	for _, m := range all {
		if !slices.ContainsFunc(p.Numbers, func(n phoneNumber) bool { return n.To == m.To }) {
			p.Numbers = append(p.Numbers, phoneNumber{m.To, s.whose(m.To), m.To == p.To})
		}
		if p.To != "" && m.To != p.To {
			continue
		}
		p.Messages = append(p.Messages, phoneMessage{
			Message: m, Words: s.whose(m.To), Parts: linked(m.Body, s.public.String()), Email: m.Channel == booking.Email,
		})
	}
	slices.SortFunc(p.Numbers, func(a, b phoneNumber) int { return strings.Compare(a.Words, b.Words) })
	return s.render(w, r, http.StatusOK, "practice/messages", p)
}

// whose says to whom a number belongs, if it is one of ours.
func (s *Server) whose(to string) string {
	words := to
	if !strings.Contains(to, "@") {
		words = phoneWords(to)
	}
	for _, person := range s.practicePeople {
		if person.Phone == to && to != "" {
			return person.Name + ", " + words
		}
	}
	return words
}

// address finds what a phone would make a link of. A full stop after it ends the
// sentence.
var address = regexp.MustCompile(`https?://[^\s<>"]*[^\s<>".,;:!?)]`)

// linked cuts a message into text and links. Only our own addresses become
// links, since nobody else's belong in our messages.
func linked(text, ours string) []messagePart {
	ours = strings.TrimSuffix(ours, "/") + "/"
	var parts []messagePart
	last := 0
	for _, at := range address.FindAllStringIndex(text, -1) {
		if !strings.HasPrefix(text[at[0]:at[1]], ours) {
			continue
		}
		parts = append(parts, messagePart{Text: text[last:at[0]]}, messagePart{Text: text[at[0]:at[1]], Href: text[at[0]:at[1]]})
		last = at[1]
	}
	return append(parts, messagePart{Text: text[last:]})
}

// Ago says how long ago a message arrived.
func (p practicePhone) Ago(t time.Time) string {
	if p.Now.Sub(t) < time.Minute {
		return "just now"
	}
	return ago(t, p.Now) + " ago"
}

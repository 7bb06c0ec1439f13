package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/web/form"
	"github.com/wardvisit/wardvisit/web/nhs"
)

// Every change of a place goes the same way: a page that asks, if there is anything
// to ask; one that says what the change is and what it touches; and only then is it
// made. The second page is drawn from what is true when it is drawn, and made again
// when the last press is refused.

// A placeChange is one change of a place.
type placeChange struct {
	*form.Form
	Title          string
	Back, BackText string
	Questions      []placeQuestion
	Hidden         []carried // what the reader was shown, so that it is known when it is true no more
	Press          string    // what the last button says
	Closes         bool      // it is a warning button

	Facts   []placeFact
	Touches []string // what it touches, in sentences
	Blocked string   // why it cannot be made now; empty when it can

	about string // the question that a refusal is told beside
	make  func(ctx context.Context) (to string, err error)
}

// A placeQuestion is a question of the first page.
type placeQuestion struct {
	Kind, Name, Label, Hint, Type string
	Items                         []nhs.SelectItem
}

// A placeFact is a line of the second page: what is to be, and what was.
type placeFact struct{ Key, Was, Is string }

// Carried are the answers that the second page takes along.
func (p placeChange) Carried() []carried {
	all := p.Hidden
	for _, q := range p.Questions {
		all = append(all, carry(p.Form, q.Name)...)
	}
	return all
}

// is takes down what a change makes of something, if it does.
func (p *placeChange) is(key, was, is string) {
	if was != is {
		p.Facts = append(p.Facts, placeFact{key, was, is})
	}
}

// touches takes down what a change touches, if there is any.
func (p *placeChange) touches(n int, one, many, what string) {
	if n > 0 {
		p.Touches = append(p.Touches, plural(n, one, many)+what)
	}
}

// A placeAct reads a change from a form. Asked for the first time, the form holds
// what is true now.
type placeAct func(r *http.Request, by booking.Actor, f *form.Form) (placeChange, error)

// askPlace handles GET of a change.
func (s *Server) askPlace(act placeAct) actedHandler {
	return func(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
		p, err := act(r, by, nil)
		if err != nil {
			return err
		}
		return s.showPlace(w, r, http.StatusOK, p, len(p.Questions) == 0)
	}
}

// showPlace draws the page that asks, or the one that says what will be.
func (s *Server) showPlace(w http.ResponseWriter, r *http.Request, status int, p placeChange, check bool) error {
	page := "ward/place-form"
	if check {
		page = "ward/place-check"
	}
	return s.render(w, r, status, page, p)
}

// savePlace handles POST of a change: first to see what it would be, then to make it.
func (s *Server) savePlace(act placeAct) actedHandler {
	return func(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
		f, err := form.Read(r)
		if err != nil {
			return err
		}
		p, err := act(r, by, f)
		if err != nil {
			return err
		}
		asks := len(p.Questions) > 0
		switch {
		case asks && (f.Value("again") != "" || !f.OK()):
			return s.showPlace(w, r, statusOf(f), p, false)
		case f.Value("seen") == "" || p.Blocked != "":
			return s.showPlace(w, r, statusOf(f), p, true)
		}
		to, err := p.make(r.Context())
		if err == nil {
			return seeOther(w, r, to)
		}
		var refused *booking.Refusal
		if !errors.As(err, &refused) || refused.Kind == booking.NotFound || refused.Kind == booking.Forbidden {
			return err
		}
		if asks {
			refuse(f, p.about, err)
			return s.showPlace(w, r, http.StatusUnprocessableEntity, p, false)
		}
		if p, err = act(r, by, f); err != nil { // as it has become meanwhile
			return err
		}
		refuse(f, "seen", refused)
		p.Form = f
		return s.showPlace(w, r, http.StatusConflict, p, true)
	}
}

// first is a form that holds what is true now, unless somebody has typed.
func first(f *form.Form, pairs ...string) *form.Form {
	if f == nil {
		return form.Blank(pairs...)
	}
	return f
}

// sincePlace says who changed a place last, and when, to somebody who has not seen it.
func (s *Server) sincePlace(r *http.Request, by booking.Actor, subject string, in booking.Ward) (string, error) {
	last, err := s.desk.LastPlaceChange(r.Context(), by, subject)
	if err != nil || last.Action == "" {
		return "", err
	}
	return lastWords(last, in) + " ", nil
}

package web

import (
	"net/http"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/web/form"
	"github.com/wardvisit/wardvisit/web/nhs"
)

// A withoutPage asks a family whose interpreter is missing what they would like.
type withoutPage struct {
	*form.Form
	familyVisit
	Late bool // the visit should have begun, and no interpreter is here
}

// Wishes are what they can choose.
func (p withoutPage) Wishes() []nhs.Choice {
	wait := nhs.Choice{Value: "wait", Text: "Wait for an interpreter", Hint: nhs.Hint{Text: "We keep looking until the visit is over"}}
	without := nhs.Choice{Value: "without", Text: "Go on without an interpreter", Hint: nhs.Hint{Text: "The visit stays at the same time"}}
	if !p.CanChange {
		return []nhs.Choice{wait, without}
	}
	return []nhs.Choice{wait, without, {Value: "time", Text: "Choose another time", Hint: nhs.Hint{Text: "We ask interpreters again for the new time"}}}
}

// LooksForInterpreter reports whether an interpreter is asked for and nobody has
// said yes, or whoever did should be here and is not.
func (v familyVisit) LooksForInterpreter() bool {
	return !v.Tongue.IsZero() && !v.State.Over() && (v.Interpreter == nil || v.Interpreter.State != booking.Accepted)
}

// interpreterHere reports whether one has come.
func (v familyVisit) interpreterHere() bool {
	for _, p := range v.People {
		if p.Role == booking.AsInterpreter && (!p.HereSince.IsZero() || p.Place == booking.Admitted) {
			return true
		}
	}
	return false
}

// askWithout handles GET /visits/{ref}/interpreter.
func (s *Server) askWithout(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	v, err := s.familyVisitOf(r, by)
	if err != nil {
		return err
	}
	return s.showWithout(w, r, http.StatusOK, form.Blank(), v)
}

func (s *Server) showWithout(w http.ResponseWriter, r *http.Request, status int, f *form.Form, v familyVisit) error {
	late := !s.now().Before(v.When.Start().Add(booking.ChoiceAfter)) && !v.interpreterHere()
	if v.State.Over() || v.Tongue.IsZero() || v.Interpreter != nil && v.Interpreter.State == booking.Accepted && !late {
		return seeOther(w, r, v.To("")) // there is nothing to decide
	}
	return s.render(w, r, status, "family/without", withoutPage{f, v, late})
}

// goWithout handles POST /visits/{ref}/interpreter.
func (s *Server) goWithout(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	v, err := s.familyVisitOf(r, by)
	if err != nil {
		return err
	}
	switch f.Choice("wish", "wait", "without", "time") {
	case "wait":
		return seeOther(w, r, v.To(""))
	case "time":
		return seeOther(w, r, v.To("change"))
	case "without":
		_, err := s.desk.GoWithout(r.Context(), by, v.Reference)
		switch {
		case isAny(err, booking.ErrVisitOver):
			return seeOther(w, r, v.To(""))
		case err != nil:
			return err
		}
		return seeOther(w, r, v.To("")+"?done=without")
	}
	return s.showWithout(w, r, http.StatusUnprocessableEntity, f, v)
}

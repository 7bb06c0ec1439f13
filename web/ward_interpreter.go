package web

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
	"github.com/wardvisit/wardvisit/web/nhs"
)

// A substitutePage is how it stands with the interpreter of a visit, and what the
// ward can do about it.
type substitutePage struct {
	*form.Form
	desk.Interpreting
	Tag  *tag // nil when none is asked for
	Rows []askedRow
	Now  *askedRow // whoever is asked, or comes; nil when nobody
}

// An askedRow is somebody who was asked.
type askedRow struct {
	desk.Asked
	LevelText string
	PhoneText string
	Became    string
}

// Zone is that of the ward.
func (p substitutePage) Zone() *time.Location { return p.Visit.WardRecord.Site.Zone }

// Language is what is, or was, asked for.
func (p substitutePage) Language() string {
	if p.Visit.Tongue.IsZero() {
		return tongueName(p.Forgone)
	}
	return tongueName(p.Visit.Tongue)
}

// NeedsRegistered reports whether nobody else will do.
func (p substitutePage) NeedsRegistered() bool {
	return p.Visit.Kind.LeastLevel() == booking.Registered
}

// Without reports whether the visit goes on without the interpreter it asked for.
func (p substitutePage) Without() bool { return !p.Forgone.IsZero() }

// Reasons are why somebody else is to come.
func (p substitutePage) Reasons() []nhs.Choice {
	choices := make([]nhs.Choice, 0, len(desk.SubstituteReasons))
	for _, why := range desk.SubstituteReasons {
		choices = append(choices, nhs.Choice{Value: string(why), Text: substituteWords[why]})
	}
	return choices
}

var substituteWords = map[desk.SubstituteReason]string{
	desk.NotHere:       "They are late, or have gone",
	desk.NotUnderstood: "They cannot be heard, seen or understood well enough",
	desk.SomebodyElse:  "The patient or the family would rather have somebody else",
}

var levelWords = map[booking.Level]string{
	booking.Trainee: "Trainee", booking.Qualified: "Qualified", booking.Registered: "Registered",
}

var becameWords = map[booking.OfferState]string{
	booking.Offered:   "Asked, no answer yet",
	booking.Accepted:  "Coming",
	booking.Declined:  "Said no, or handed it back",
	booking.Withdrawn: "No longer needed",
	booking.Lapsed:    "Did not answer in time",
	booking.Relieved:  "Somebody else was asked instead",
	booking.Missed:    "Did not come",
}

// askInterpreter handles GET /ward/visits/{ref}/interpreter.
func (s *Server) askInterpreter(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	i, err := s.interpretingOf(r, by)
	if err != nil {
		return err
	}
	return s.showInterpreter(w, r, http.StatusOK, form.Blank(), i)
}

// interpretingOf is how it stands with the interpreter of the visit that the
// address names.
func (s *Server) interpretingOf(r *http.Request, by booking.Actor) (desk.Interpreting, error) {
	ref, err := booking.ParseReference(r.PathValue("ref"))
	if err != nil {
		return desk.Interpreting{}, err
	}
	return s.desk.Interpreting(r.Context(), by, ref)
}

func (s *Server) showInterpreter(w http.ResponseWriter, r *http.Request, status int, f *form.Form, i desk.Interpreting) error {
	p := substitutePage{Form: f, Interpreting: i, Tag: interpreterTag(i.Visit)}
	for _, a := range i.Asked {
		row := askedRow{a, levelWords[a.Level], phoneWords(a.Phone), becameWords[a.State]}
		if a.Open() {
			p.Now = &row
		}
		p.Rows = append(p.Rows, row)
	}
	return s.render(w, r, status, "ward/substitute", p)
}

// changeInterpreter handles POST /ward/visits/{ref}/interpreter: somebody else,
// anybody, or nobody.
func (s *Server) changeInterpreter(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	i, err := s.interpretingOf(r, by)
	if err != nil {
		return err
	}
	ctx, cancel := s.outliving(r)
	defer cancel()
	ref, instead := i.Visit.Reference, booking.OfferID(f.Value("instead"))
	switch f.Value("do") {
	case "without":
		_, err = s.desk.GoWithout(ctx, by, ref)
	case "ask":
		_, err = s.desk.AskSubstitute(ctx, by, ref, "", "")
	case "substitute":
		reasons := ids[string](desk.SubstituteReasons)
		why := desk.SubstituteReason(f.Choice("replace", reasons...))
		if !f.OK() || !slices.Contains(desk.SubstituteReasons, why) {
			return s.showInterpreter(w, r, http.StatusUnprocessableEntity, f, i)
		}
		_, err = s.desk.AskSubstitute(ctx, by, ref, instead, why)
	default:
		return booking.ErrBadChoice
	}
	if isAny(err, booking.ErrNoInterpreter, booking.ErrStale) {
		refuse(f, "substitute", err)
		if i, err = s.interpretingOf(r, by); err != nil {
			return err
		}
		return s.showInterpreter(w, r, http.StatusConflict, f, i)
	}
	if errors.Is(err, booking.ErrNoneWanted) {
		err = nil // decided meanwhile; the page says so
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/ward/visits/"+string(ref)+"/interpreter")
}

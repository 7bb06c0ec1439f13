package web

import (
	"net/http"
	"net/url"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// A wardVisitPage is one visit as the ward sees it, with everything that can be changed
// about it.
type wardVisitPage struct {
	visitCard
	*form.Form
	Coming []string
	How    howPart
	Way    wayBack
	Said   string
	Good   bool
}

// Board is where the visit's day is shown.
func (p wardVisitPage) Board() string { return boardOf(p.Visit, "") }

// CanMove reports whether the visit could be at another time: it has not begun.
func (p wardVisitPage) CanMove() bool { return p.Visit.State == booking.Booked }

// CanRepeat reports whether it could be repeated, which a goodbye is not.
func (p wardVisitPage) CanRepeat() bool { return p.CanMove() && p.Visit.Kind != booking.EndOfLife }

// wardVisit handles GET /ward/visits/{ref}.
func (s *Server) wardVisit(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	visit, err := s.steeredVisit(r, by)
	if err != nil {
		return err
	}
	return s.showWardVisit(w, r, by, visit, nil)
}

// showWardVisit shows it, with what was typed when that will not do.
func (s *Server) showWardVisit(w http.ResponseWriter, r *http.Request, by booking.Actor, visit desk.Visit, typed *form.Form) error {
	how, err := s.howAsked(r, by, visit.Reference, visitPath(visit.Reference)+"/how")
	if err != nil {
		return err
	}
	status := http.StatusOK
	if typed != nil {
		how.Form, status = typed, http.StatusUnprocessableEntity
	}
	p := wardVisitPage{
		visitCard: newCard(visit, s.now()), Form: how.Form, How: how, Way: wayBackOf(r),
		Coming: phoneVisit{familyVisitAt(visit, s.now())}.Coming(),
	}
	p.Said, p.Good = wardSays(r.URL.Query().Get("said"))
	return s.render(w, r, status, "ward/visit", p)
}

// steeredVisit is the visit that an address names, for those who run its ward or
// that of its patient. One that is only held has no page yet.
func (s *Server) steeredVisit(r *http.Request, by booking.Actor) (desk.Visit, error) {
	ref, err := booking.ParseReference(r.PathValue("ref"))
	if err != nil {
		return desk.Visit{}, err
	}
	v, err := s.desk.FlaggedOf(r.Context(), by, ref)
	if err == nil && v.State == booking.Held {
		err = booking.ErrNoSuchVisit
	}
	return v, err
}

// A wayBack is where somebody who changes a visit came from: what their ward is to
// look at, or else the visit.
type wayBack struct {
	Review  bool
	Ward    string
	Closure string // of whose visits the list is; empty when it is of all
}

func wayBackOf(r *http.Request) wayBack {
	q := r.URL.Query()
	return wayBack{q.Get("then") == "review", q.Get("ward"), q.Get("closure")}
}

// Pairs are what an address says of it, name by name.
func (b wayBack) Pairs() map[string]string {
	pairs := map[string]string{}
	if b.Review {
		pairs["then"] = "review"
		if b.Ward != "" {
			pairs["ward"] = b.Ward
		}
		if b.Closure != "" {
			pairs["closure"] = b.Closure
		}
	}
	return pairs
}

// Query is the same as the end of an address.
func (b wayBack) Query() string {
	q := url.Values{}
	for name, value := range b.Pairs() {
		q.Set(name, value)
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// To is the address that leads back from a visit, saying what was done.
func (b wayBack) To(ref booking.Reference, said string) string {
	q, path := url.Values{}, visitPath(ref)
	if b.Review {
		path = "/ward/review"
		for name, value := range b.Pairs() {
			q.Set(name, value)
		}
		q.Del("then")
	}
	if said != "" {
		q.Set("said", said)
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// Words say where that is.
func (b wayBack) Words() string {
	if b.Review {
		return "Back to the list"
	}
	return "The visit"
}

func visitPath(ref booking.Reference) string { return "/ward/visits/" + url.PathEscape(string(ref)) }

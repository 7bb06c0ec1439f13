package web

import (
	"errors"
	"net/http"
	"slices"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/locale"
)

// A visitsPage is what a relative has booked, and whom they may visit.
type visitsPage struct {
	Kept     []familyVisit // times kept while a form is filled in, and not booked yet
	Coming   []familyVisit
	Past     []familyVisit
	Circles  []familyCircle
	Call     []familyCircle // of whom all there is to say is to call the ward
	Offers   []freedPage    // freed times that are kept for the reader
	Waits    []familyWait
	Requests []requestPage
	Done     string // waiting, left or declined; empty when nothing was
}

// AnyOpen reports whether a waiting room is open, which is then what the page is
// for.
func (p visitsPage) AnyOpen() bool { return len(p.Coming) > 0 && p.Coming[0].Open }

// visits handles GET /visits: what is booked, soonest first, and whom one may
// book a visit to.
func (s *Server) visits(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	visits, err := s.desk.Visits(r.Context(), by)
	if err != nil {
		return err
	}
	circles, err := s.desk.Circles(r.Context(), by)
	if err != nil {
		return err
	}
	p := visitsPage{}
	now := s.now()
	for _, v := range visits {
		seen := familyVisitAt(v, now)
		if v.State == booking.Held {
			p.Kept = append(p.Kept, seen)
		} else if v.State.Over() || !v.State.Open() && !seen.Open && now.After(v.When.End()) {
			p.Past = append(p.Past, seen)
		} else {
			p.Coming = append(p.Coming, seen)
		}
	}
	for _, c := range circles {
		if row := (familyCircle{c}); row.CallWard() {
			p.Call = append(p.Call, row)
		} else {
			p.Circles = append(p.Circles, row)
		}
	}
	if err := s.wishes(r, by, &p); err != nil {
		return err
	}
	p.quieten()
	if len(p.Call) > 0 && len(p.Kept)+len(p.Coming)+len(p.Past)+len(p.Circles) == 0 {
		return s.callWard(w, r, http.StatusOK)
	}
	switch said := r.URL.Query().Get("done"); said {
	case "waiting", "left", "declined":
		p.Done = said
	}
	return s.render(w, r, http.StatusOK, "family/visits", p)
}

// wishes adds what the reader waits for and has asked for. A time that is offered
// to them is not one that they chose, and so is not shown as theirs to finish.
func (s *Server) wishes(r *http.Request, by booking.Actor, p *visitsPage) error {
	offers, err := s.desk.FreedSlots(r.Context(), by)
	if err != nil {
		return err
	}
	for _, o := range offers {
		p.Offers = append(p.Offers, freedPage{familyVisit: familyVisitAt(o.Held, s.now()), Offer: o.SlotOffer})
		p.Kept = slices.DeleteFunc(p.Kept, func(v familyVisit) bool { return v.ID == o.Held.ID })
	}
	waits, err := s.desk.Waits(r.Context(), by)
	if err != nil {
		return err
	}
	for _, w := range waits {
		p.Waits = append(p.Waits, familyWait{w})
	}
	requests, err := s.desk.Requests(r.Context(), by)
	for _, a := range requests {
		if a.State != booking.RequestWithdrawn {
			p.Requests = append(p.Requests, requestPage{Asking: a})
		}
	}
	return err
}

// A familyCircle is a patient whom the reader may visit, or not now.
type familyCircle struct{ desk.Circle }

// MayBook reports whether to offer the page of times. It does to somebody for
// whom there are none, whatever the reason: the page says so to all alike.
func (c familyCircle) MayBook() bool {
	return c.Refused == nil || errors.Is(c.Refused, booking.ErrNoSlots)
}

// Why says why not, without the advice, which the page gives with a number to
// ring.
func (c familyCircle) Why() string {
	var refusal *booking.Refusal
	if !errors.As(c.Refused, &refusal) {
		return ""
	}
	title, _ := locale.English.Title(refusal.Code)
	return title
}

// circle finds one of the reader's patients.
func (s *Server) circle(r *http.Request, by booking.Actor, patient booking.PatientID) (familyCircle, error) {
	circles, err := s.desk.Circles(r.Context(), by)
	if err != nil {
		return familyCircle{}, err
	}
	for _, c := range circles {
		if c.Patient.ID == patient {
			return familyCircle{c}, nil
		}
	}
	return familyCircle{}, booking.ErrNoSuchPatient
}

// A visitPage is one visit, and what has just been done to it.
type visitPage struct {
	familyVisit
	Done string // booked, moved, added or asked; empty when nothing was
}

// visit handles GET /visits/{ref}.
func (s *Server) visit(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	v, err := s.familyVisitOf(r, by)
	if err != nil {
		return err
	}
	done := ""
	switch said := r.URL.Query().Get("done"); said {
	case "booked", "moved", "added", "asked", "without", "joined":
		done = said
	}
	if v.State.Over() {
		return s.showOver(w, r, by, visitPage{v, done}, nil)
	}
	return s.render(w, r, http.StatusOK, "family/visit", visitPage{v, done})
}

// familyVisitOf loads the visit that the address names, for somebody who comes to it.
func (s *Server) familyVisitOf(r *http.Request, by booking.Actor) (familyVisit, error) {
	ref, err := booking.ParseReference(r.PathValue("ref"))
	if err != nil {
		return familyVisit{}, err
	}
	v, err := s.desk.Visit(r.Context(), by, ref)
	if err != nil {
		return familyVisit{}, err
	}
	return familyVisitAt(v, s.now()), nil
}

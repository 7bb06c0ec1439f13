package web

import (
	"errors"
	"net/http"
	"slices"

	"github.com/wardvisit/wardvisit/booking"
)

// A callWardPage says to call the ward, and nothing else: not why, and nothing of
// what was booked.
type callWardPage struct{ Wards []booking.Ward }

// callWard answers a relative to whom there is nothing else to say.
func (s *Server) callWard(w http.ResponseWriter, r *http.Request, status int) error {
	p := callWardPage{}
	if reader := about(r.Context()).reader; reader.Visitor() != "" {
		circles, err := s.desk.Circles(r.Context(), reader)
		if err != nil {
			return err
		}
		seen := map[booking.WardID]bool{}
		for _, c := range circles {
			if errors.Is(c.Refused, booking.ErrCallWard) && !seen[c.Ward.ID] {
				seen[c.Ward.ID] = true
				p.Wards = append(p.Wards, c.Ward)
			}
		}
	}
	return s.render(w, r, status, "family/call-ward", p)
}

// unable answers a relative who may not book for a patient now. Of one who has died
// there is nothing to say but to call the ward.
func (s *Server) unable(w http.ResponseWriter, r *http.Request, status int, c familyCircle) error {
	if c.CallWard() {
		return s.render(w, r, status, "family/call-ward", callWardPage{[]booking.Ward{c.Ward}})
	}
	return s.render(w, r, status, "family/unable", c)
}

// quieten leaves out all that a page of visits would show of patients of whom there
// is nothing to say but to call the ward.
func (p *visitsPage) quieten() {
	quiet := map[booking.PatientID]bool{}
	for _, c := range p.Call {
		quiet[c.Patient.ID] = true
	}
	about := func(v familyVisit) bool { return quiet[v.Patient] }
	p.Kept, p.Coming, p.Past = slices.DeleteFunc(p.Kept, about), slices.DeleteFunc(p.Coming, about), slices.DeleteFunc(p.Past, about)
	p.Offers = slices.DeleteFunc(p.Offers, func(o freedPage) bool { return quiet[o.familyVisit.Patient] })
	p.Waits = slices.DeleteFunc(p.Waits, func(w familyWait) bool { return quiet[w.Patient] })
	p.Requests = slices.DeleteFunc(p.Requests, func(a requestPage) bool { return quiet[a.Patient] })
}

// CallWard reports whether all there is to say of a patient is to call the ward.
func (c familyCircle) CallWard() bool { return errors.Is(c.Refused, booking.ErrCallWard) }

package web

import (
	"errors"
	"net/http"

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

// CallWard reports whether all there is to say of a patient is to call the ward.
func (c familyCircle) CallWard() bool { return errors.Is(c.Refused, booking.ErrCallWard) }

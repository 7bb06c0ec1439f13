package web

import (
	"net/http"
	"slices"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/web/form"
)

// A factorRolesPage asks which roles need a second step.
type factorRolesPage struct {
	Roles []choice
	Saved bool
}

// factorRoles handles GET /ward/second-step.
func (s *Server) factorRoles(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	asked, err := s.desk.RolesWithFactor(r.Context(), by)
	if err != nil {
		return err
	}
	p := factorRolesPage{Saved: r.URL.Query().Get("saved") != ""}
	for _, role := range booking.AllRoles {
		p.Roles = append(p.Roles, choice{string(role), roleNames[role], slices.Contains(asked, role)})
	}
	return s.render(w, r, http.StatusOK, "ward/accounts-factor", p)
}

// saveFactorRoles handles POST /ward/second-step.
func (s *Server) saveFactorRoles(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	var asked booking.Roles
	for _, value := range f.Values("role") {
		asked = append(asked, booking.ParseRoles(value)...)
	}
	if err := s.desk.AskFactorOf(r.Context(), by, asked); err != nil {
		return err
	}
	return seeOther(w, r, "/ward/second-step?saved=1")
}

package web

import (
	"fmt"
	"net/http"

	"github.com/wardvisit/wardvisit/booking"
)

// signOut closes one door to this browser, and has it recorded whose it was. To
// somebody who is not signed in it is done already.
func (s *Server) signOut(r *http.Request, kind booking.ActorKind) error {
	by, err := s.doors.Actor(r.Context(), kind)
	if err == nil {
		if err := s.desk.SignOut(r.Context(), by); err != nil {
			return fmt.Errorf("web: record a sign-out: %w", err)
		}
	}
	return s.doors.SignOut(r.Context(), kind)
}

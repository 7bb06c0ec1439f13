package web

import (
	"net/http"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// A lookPage shows staff who it is that waits, before they let them in.
type lookPage struct {
	desk.Visit
	Person personRow
	Board  string
	Signal string
	Ticket string
}

// To is the address of an act on the visit.
func (p lookPage) To(act string) string { return "/ward/visits/" + string(p.Reference) + "/" + act }

// look handles GET /ward/visits/{ref}/look: the page on which one person who waits
// is seen and heard by the member of staff alone. The look itself begins with the
// script's ticket, and is written down then.
func (s *Server) look(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	visit, err := s.wardVisitOf(r, by)
	if err != nil {
		return err
	}
	for _, person := range newCard(visit, s.now()).People {
		if string(person.ID) == r.URL.Query().Get("participant") && person.Waits {
			return s.render(w, r, http.StatusOK, "ward/look", lookPage{
				Visit: visit, Person: person, Board: boardOf(visit, ""), Signal: signalPath, Ticket: ticketPath,
			})
		}
	}
	return seeOther(w, r, boardOf(visit, booking.ErrNobodyWaits.Code))
}

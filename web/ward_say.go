package web

import (
	"net/http"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// readyWords are what a ward most often has to tell a family that waits, to be
// sent with one tap.
var readyWords = []string{
	"We are nearly ready. Please stay on this page.",
	"We need five more minutes. Sorry to keep you waiting.",
	"The doctor is here. We will let you in as soon as we can.",
	"Please ring the ward.",
}

// A sayPage asks what to tell those who wait.
type sayPage struct {
	*form.Form
	desk.Visit
	Board   string
	Waiting []string
	Ready   []string
}

// askWhatToSay handles GET /ward/visits/{ref}/say.
func (s *Server) askWhatToSay(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	return s.showSay(w, r, by, http.StatusOK, form.Blank())
}

func (s *Server) showSay(w http.ResponseWriter, r *http.Request, by booking.Actor, status int, f *form.Form) error {
	visit, err := s.wardVisitOf(r, by)
	if err != nil {
		return err
	}
	return s.render(w, r, status, "ward/say", sayPage{
		Form: f, Visit: visit, Board: boardOf(visit, ""), Waiting: newCard(visit, s.now()).waiting(), Ready: readyWords,
	})
}

// wardVisitOf is the visit that an address names, while something can be done about it.
func (s *Server) wardVisitOf(r *http.Request, by booking.Actor) (desk.Visit, error) {
	ref, err := booking.ParseReference(r.PathValue("ref"))
	if err != nil {
		return desk.Visit{}, err
	}
	visit, err := s.desk.Visit(r.Context(), by, ref)
	if err != nil {
		return desk.Visit{}, err
	}
	if visit.State.Over() {
		return desk.Visit{}, booking.ErrVisitOver
	}
	return visit, nil
}

// sayToWaiting handles POST /ward/visits/{ref}/say: words, one way, to everybody
// who waits.
func (s *Server) sayToWaiting(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	visit, err := s.wardVisitOf(r, by)
	if err != nil {
		return err
	}
	text := f.Text("text", mostSay)
	if !f.OK() {
		return s.showSay(w, r, by, http.StatusUnprocessableEntity, f)
	}
	if len(newCard(visit, s.now()).waiting()) == 0 {
		return seeOther(w, r, boardOf(visit, "nobody_to_say_to"))
	}
	s.tellRoom(r.Context(), visit.ID, RoomOrder{Kind: OrderSay, Text: text})
	return seeOther(w, r, boardOf(visit, "said_to_waiting"))
}

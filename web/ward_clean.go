package web

import (
	"net/http"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// cleanWords are what the methods of cleaning are called.
var cleanWords = map[booking.CleanMethod]string{
	booking.Wipe: "Disinfectant wipe", booking.Chlorine: "Chlorine wipe", booking.Ultraviolet: "Wiped, then ultraviolet cabinet",
}

// A cleanPage asks how an iPad was cleaned.
type cleanPage struct {
	*form.Form
	ipadPage
	From string // "board", or nothing for the list
}

// A cleanChoice is one way of cleaning that will do.
type cleanChoice struct {
	Value booking.CleanMethod
	Text  string
}

// Methods are those that will do after the patients who had it.
func (p cleanPage) Methods() (choices []cleanChoice) {
	for _, m := range p.IPad.Device.Soiled.CleanedBy() {
		choices = append(choices, cleanChoice{m, cleanWords[m]})
	}
	return choices
}

// Back is the page that asked.
func (p cleanPage) Back() string {
	if p.From == "board" {
		return "/ward/today" + p.Query()
	}
	return "/ward/ipads" + p.Query()
}

// askCleaned handles GET /ward/ipads/{id}/cleaned: how, where that matters.
func (s *Server) askCleaned(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.oneIPad(r, by)
	if err != nil {
		return err
	}
	return s.showCleaned(w, r, p, form.Blank(), r.URL.Query().Get("from"), http.StatusOK)
}

func (s *Server) showCleaned(w http.ResponseWriter, r *http.Request, p ipadPage, f *form.Form, from string, status int) error {
	return s.render(w, r, status, "ward/cleaned", cleanPage{Form: f, ipadPage: p, From: from})
}

// cleaned handles POST /ward/ipads/{id}/cleaned, from the list or from a board. A
// page from before it was known what the patient had is asked how.
func (s *Server) cleaned(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	p, err := s.oneIPad(r, by)
	if err != nil {
		return err
	}
	var offered []string
	for _, m := range booking.CleanMethods {
		offered = append(offered, string(m))
	}
	method := booking.CleanMethod(f.Choice("method", offered...))
	from := f.Value("from")
	if !f.OK() {
		return s.showCleaned(w, r, p, f, from, http.StatusUnprocessableEntity)
	}
	if err := s.desk.Cleaned(r.Context(), by, p.IPad.ID, method); err != nil {
		if !isAny(err, booking.ErrCleanMethod) {
			return err
		}
		if fault := f.Fail("method", err); fault != nil {
			return fault
		}
		return s.showCleaned(w, r, p, f, from, http.StatusUnprocessableEntity)
	}
	if from == "board" {
		return seeOther(w, r, "/ward/today"+p.Query())
	}
	return seeOther(w, r, "/ward/ipads"+p.Query()+"&said=cleaned")
}

// An uncleanPage asks why a visit cannot wait until its iPad is clean.
type uncleanPage struct {
	*form.Form
	desk.Visit
	Board string
}

// askUnclean handles GET /ward/visits/{ref}/unclean.
func (s *Server) askUnclean(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	return s.showUnclean(w, r, by, form.Blank(), http.StatusOK)
}

func (s *Server) showUnclean(w http.ResponseWriter, r *http.Request, by booking.Actor, f *form.Form, status int) error {
	visit, err := s.wardVisitOf(r, by)
	if err != nil {
		return err
	}
	if err := by.Refused(booking.StartUnclean, visit.Visit.Ward, booking.ErrMayNot); err != nil {
		return err
	}
	if visit.State != booking.Booked || visit.DeviceRecord.State != booking.DeviceDirty {
		return seeOther(w, r, boardOf(visit, "")) // it was cleaned, or started, meanwhile
	}
	return s.render(w, r, status, "ward/unclean", uncleanPage{Form: f, Visit: visit, Board: boardOf(visit, "")})
}

// startUnclean handles POST /ward/visits/{ref}/unclean.
func (s *Server) startUnclean(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	ref, err := booking.ParseReference(r.PathValue("ref"))
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	because := f.Text("because", mostReason)
	if !f.OK() {
		return s.showUnclean(w, r, by, f, http.StatusUnprocessableEntity)
	}
	ctx, done := s.decide(r, ref)
	defer done()
	visit, err := s.desk.StartUnclean(ctx, by, ref, because)
	if err != nil {
		return s.backToBoard(w, r, by, ref, err)
	}
	return seeOther(w, r, boardOf(visit, ""))
}

package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/web/form"
)

// A changePage asks whether to do what cannot be taken back without telling
// everybody again: move a visit, or cancel it.
type changePage struct {
	*form.Form
	familyVisit
	New time.Time // the new start, of a move
}

// change handles GET /visits/{ref}/change: choose a new time, or, once one is
// chosen, say whether it is meant.
func (s *Server) change(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	v, err := s.familyVisitOf(r, by)
	if err != nil {
		return err
	}
	if !v.CanChange {
		return s.render(w, r, http.StatusConflict, "family/too-late", v)
	}
	asked := r.URL.Query()
	if to, err := instant(asked.Get("to")); err == nil {
		return s.render(w, r, http.StatusOK, "family/change", changePage{nil, v, to})
	}
	return s.showTimes(w, r, http.StatusOK, by, timesOf(v), asked.Get("from"))
}

// timesOf is the page of times for a visit that moves.
func timesOf(v familyVisit) timesPage {
	p := timesPage{Moves: &v}
	p.Patient, p.Ward = v.PatientRecord, v.WardRecord
	return p
}

// move handles POST /visits/{ref}/change.
func (s *Server) move(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	v, f, version, err := s.changing(r, by)
	if err != nil {
		return err
	}
	p := timesOf(v)
	p.Form = f
	start, err := instant(f.Value("start"))
	if err != nil {
		return s.timeRefused(w, r, by, p, time.Time{}, err)
	}
	if v.When.Start().Equal(start) { // pressed twice
		return seeOther(w, r, v.To("")+"?done=moved")
	}
	if !v.CanChange {
		return s.render(w, r, http.StatusConflict, "family/too-late", v)
	}
	moved, err := s.desk.Move(r.Context(), by, v.Reference, version, start)
	switch {
	case isAny(err, booking.ErrVisitBegun, booking.ErrVisitOver):
		return seeOther(w, r, v.To(""))
	case errors.Is(err, booking.ErrNoInterpreter):
		return s.noInterpreterThen(w, r, by, p, start)
	case err != nil:
		return s.timeRefused(w, r, by, p, start, err)
	}
	return seeOther(w, r, familyVisitAt(moved, s.now()).To("")+"?done=moved")
}

// noInterpreterThen shows the times again when the visit's interpreter, and
// every other, is taken at the one that was chosen.
func (s *Server) noInterpreterThen(w http.ResponseWriter, r *http.Request, by booking.Actor, p timesPage, want time.Time) error {
	if fault := p.Form.Fail("times", booking.ErrNoInterpreter); fault != nil {
		return fault
	}
	return s.showTimes(w, r, http.StatusConflict, by, p, booking.DateOf(want, p.Zone()).String())
}

// changing reads what the forms of this file send: a visit, and the version of
// it that the page showed.
func (s *Server) changing(r *http.Request, by booking.Actor) (v familyVisit, f *form.Form, version int, err error) {
	if f, err = form.Read(r); err != nil {
		return v, nil, 0, err
	}
	if v, err = s.familyVisitOf(r, by); err != nil {
		return v, nil, 0, err
	}
	// What is no number is no version that was ever shown: the desk finds it stale.
	version, _ = strconv.Atoi(f.Value("version"))
	return v, f, version, nil
}

// askCancel handles GET /visits/{ref}/cancel.
func (s *Server) askCancel(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	v, err := s.familyVisitOf(r, by)
	if err != nil {
		return err
	}
	switch {
	case v.State.Over():
		return seeOther(w, r, v.To(""))
	case !v.CanChange:
		return s.render(w, r, http.StatusConflict, "family/too-late", v)
	}
	return s.render(w, r, http.StatusOK, "family/cancel", changePage{familyVisit: v})
}

// cancel handles POST /visits/{ref}/cancel. A second press shows what the first
// one did.
func (s *Server) cancel(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	v, f, version, err := s.changing(r, by)
	if err != nil {
		return err
	}
	switch {
	case v.State.Over():
		return seeOther(w, r, v.To(""))
	case !v.CanChange:
		return s.render(w, r, http.StatusConflict, "family/too-late", v)
	}
	ctx, cancel := s.outliving(r)
	defer cancel()
	over, err := s.desk.Cancel(ctx, by, v.Reference, version)
	switch {
	case isAny(err, booking.ErrVisitOver):
		return seeOther(w, r, v.To(""))
	case isAny(err, booking.ErrTooLate, booking.ErrVisitBegun):
		return s.render(w, r, http.StatusConflict, "family/too-late", v)
	case isAny(err, booking.ErrStale):
		_ = f.Fail("version", err) // a refusal is never a fault
		return s.render(w, r, http.StatusConflict, "family/cancel", changePage{Form: f, familyVisit: v})
	case err != nil:
		return err
	}
	s.tellRoom(ctx, over.ID, RoomOrder{Kind: OrderEnd}) // somebody may have been waiting in it
	return seeOther(w, r, v.To(""))
}

package web

import (
	"net/http"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// A mergePage asks which other record is the same patient's, and then whether it
// really is.
type mergePage struct {
	*form.Form
	desk.Bedside
	Other     *booking.Patient // found, and to be confirmed; nil before
	OtherStay booking.Stay
}

// askMerge handles GET /ward/patients/{id}/merge.
func (s *Server) askMerge(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	bedside, err := s.bedsideOf(r, by)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/merge", mergePage{Form: form.Blank(), Bedside: bedside})
}

// merge handles POST /ward/patients/{id}/merge: it finds the other record, and joins
// the two when that is confirmed.
func (s *Server) merge(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	bedside, err := s.bedsideOf(r, by)
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	p := mergePage{Form: f, Bedside: bedside}
	mrn := f.Text("mrn", mostName)
	if f.OK() {
		other, stay, err := s.desk.ByNumber(r.Context(), by, mrn)
		if err == nil && other.ID == bedside.Patient.ID {
			err = booking.ErrSamePatient
		}
		if err == nil && !f.Checked("really") {
			p.Other, p.OtherStay = &other, stay
			return s.render(w, r, http.StatusOK, "ward/merge", p)
		}
		if err == nil {
			_, err = s.desk.Merge(r.Context(), by, bedside.Patient.ID, other.ID)
		}
		if err == nil {
			return seeOther(w, r, patientPath(bedside.Patient.ID, "?said=merged"))
		}
		if fault := f.Fail("mrn", err); fault != nil {
			return fault
		}
	}
	return s.render(w, r, http.StatusUnprocessableEntity, "ward/merge", p)
}

// unmerge handles POST /ward/patients/{id}/unmerge.
func (s *Server) unmerge(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	id, err := identifier(r.PathValue("id"), booking.ErrNoSuchPatient)
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	other, err := identifier(f.Value("other"), booking.ErrNoSuchMerge)
	if err != nil {
		return err
	}
	if _, err := s.desk.Unmerge(r.Context(), by, booking.PatientID(other)); err != nil {
		return err
	}
	return seeOther(w, r, patientPath(booking.PatientID(id), "?said=unmerged"))
}

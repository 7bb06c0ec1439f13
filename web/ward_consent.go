package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// A consentPage asks on whose word visits rest, and until when.
type consentPage struct {
	*form.Form
	desk.Bedside
	Bases   []basisChoice
	Example string // a date as it is typed
}

// A basisChoice is one that may be chosen.
type basisChoice struct {
	Value booking.Basis
	Text  string
}

// wardConsent handles GET /ward/patients/{id}/consent.
func (s *Server) wardConsent(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	bedside, err := s.bedsideOf(r, by)
	if err != nil {
		return err
	}
	return s.showConsent(w, r, http.StatusOK, form.Blank(), bedside)
}

func (s *Server) showConsent(w http.ResponseWriter, r *http.Request, status int, f *form.Form, bedside desk.Bedside) error {
	p := consentPage{Form: f, Bedside: bedside, Example: s.now().AddDate(0, 1, 0).In(bedside.Ward.Site.Zone).Format("2 1 2006")}
	for _, b := range bases {
		p.Bases = append(p.Bases, basisChoice{b, basisWords[b]})
	}
	return s.render(w, r, status, "ward/consent", p)
}

// saveConsent handles POST /ward/patients/{id}/consent.
func (s *Server) saveConsent(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	bedside, err := s.bedsideOf(r, by)
	if err != nil {
		return err
	}
	c := booking.Consent{Patient: bedside.Patient.ID}
	c.Basis = booking.Basis(f.Choice("basis", ids[string](bases)...))
	if c.Basis == booking.BasisOwn {
		c.By = bedside.Patient.Name
	} else {
		c.By = f.Text("by", mostName)
	}
	c.ReviewOn = s.reviewDay(f, bedside.Ward.Site.Zone)
	if f.OK() {
		_, err := s.keyed(f).RecordConsent(r.Context(), by, c)
		if err == nil {
			return seeOther(w, r, patientPath(bedside.Patient.ID, "?said=consented"))
		}
		if fault := f.Fail("basis", err); fault != nil {
			return fault
		}
	}
	return s.showConsent(w, r, http.StatusUnprocessableEntity, f, bedside)
}

// mostReview is how far ahead a consent may go unlooked at.
const mostReview = 366

// reviewDay reads the last day on which the consent is to count: a day from
// today on, or no day at all.
func (s *Server) reviewDay(f *form.Form, zone *time.Location) booking.Date {
	parts := [3]int{}
	given := ""
	for i, part := range []string{"year", "month", "day"} {
		text := strings.TrimSpace(f.Value("review-" + part))
		given += text
		parts[i], _ = strconv.Atoi(text) // what is no number is no date either
	}
	if given == "" {
		return booking.Date{}
	}
	date := booking.Date{Year: parts[0], Month: time.Month(parts[1]), Day: parts[2]}
	today := booking.DateOf(s.now(), zone)
	read, err := booking.ParseDate(date.String())
	if err != nil || read != date || date.Before(today) || today.AddDays(mostReview).Before(date) {
		_ = f.Fail("review", booking.ErrBadTime) // a refusal is never a fault
		return booking.Date{}
	}
	return date
}

// askWithdraw handles GET /ward/patients/{id}/withdraw.
func (s *Server) askWithdraw(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	bedside, err := s.bedsideOf(r, by)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/withdraw", bedside)
}

// withdrawConsent handles POST /ward/patients/{id}/withdraw.
func (s *Server) withdrawConsent(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	id, err := identifier(r.PathValue("id"), booking.ErrNoSuchPatient)
	if err != nil {
		return err
	}
	ctx, cancel := s.outliving(r)
	defer cancel()
	if err := s.desk.WithdrawConsent(ctx, by, booking.PatientID(id)); err != nil {
		return err
	}
	bedside, err := s.desk.Patient(ctx, by, booking.PatientID(id)) // as it is afterwards
	if err != nil {
		return err
	}
	// A visit that is going on is left for somebody to end, but from now on
	// nobody in it sees or hears the patient.
	for _, visit := range bedside.Visits {
		if !visit.State.Open() {
			continue
		}
		if err := s.coverFor(r, by, visit.Reference); err != nil {
			return err
		}
	}
	return seeOther(w, r, patientPath(bedside.Patient.ID, "?said=withdrawn"))
}

// coverFor covers the patient's side of a visit, unless it has ended meanwhile.
func (s *Server) coverFor(r *http.Request, by booking.Actor, ref booking.Reference) error {
	ctx, done := s.decide(r, ref)
	defer done()
	covered, err := s.desk.Cover(ctx, by, ref, true)
	if isAny(err, booking.ErrVisitOver) {
		return nil
	}
	if err == nil {
		s.tellRoom(ctx, covered.ID, RoomOrder{Kind: OrderCover})
	}
	return err
}

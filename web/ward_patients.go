package web

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// A patientRow is a patient in a list.
type patientRow struct {
	desk.Bedside
	SameName bool // as somebody else in the list
	CanVisit bool // consent stands
	Proposed int  // how many people the family would like to come, and nobody has answered
}

// Path is the patient's page.
func (p patientRow) Path() string { return patientPath(p.Patient.ID, "") }

func patientPath(id booking.PatientID, page string) string {
	return "/ward/patients/" + url.PathEscape(string(id)) + page
}

// patientRows sets out those who lie in a ward.
func (s *Server) patientRows(beds []desk.Bedside) []patientRow {
	named := map[string]int{}
	for _, b := range beds {
		named[b.Patient.Name]++
	}
	var rows []patientRow
	for _, b := range beds {
		row := patientRow{Bedside: b, SameName: named[b.Patient.Name] > 1, CanVisit: b.Consent.Stands(s.now(), b.Ward.Site.Zone)}
		for _, m := range b.Circle {
			if m.Status == booking.MemberProposed && !m.Barred {
				row.Proposed++
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// A patientsPage is who lies in a ward.
type patientsPage struct {
	wardHead
	Patients  []patientRow
	MayImport bool
}

// wardPatients handles GET /ward/patients.
func (s *Server) wardPatients(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	head, err := s.headOf(r, by, "/ward/patients")
	if err != nil {
		return err
	}
	beds, err := s.desk.Patients(r.Context(), by, head.Ward.ID)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/patients", patientsPage{head, s.patientRows(beds), desk.MayImport(by)})
}

// A patientPage is one patient with what decides who may visit them.
type patientPage struct {
	patientRow
	Said      string
	Good      bool
	Now       time.Time
	Basis     string
	Infection string
	Language  string            // what is best spoken with them; empty for what the hospital speaks
	Merged    []booking.Patient // records that became part of this one
	Keeps     bool              // the reader decides about this patient; else they only read
	// The circle, by what can be done about each of them.
	Asked, Approved, Paused, Barred []memberRow
}

// A memberRow is somebody of a circle.
type memberRow struct {
	booking.CircleMember
	Phone string
	Path  string
}

// To is where an act about them goes.
func (m memberRow) To(act string) string { return m.Path + "/" + act }

// Zone is that of the ward.
func (p patientPage) Zone() *time.Location { return p.Ward.Site.Zone }

// Query names the ward in an address.
func (p patientPage) Query() string { return "?ward=" + url.QueryEscape(string(p.Ward.ID)) }

// ReviewDay is the last day on which the consent counts, in words.
func (p patientPage) ReviewDay() string {
	if p.Consent.ReviewOn.IsZero() {
		return ""
	}
	return day(noonOf(p.Consent.ReviewOn, p.Zone()), p.Zone())
}

// Gone reports whether the consent ran out by itself.
func (p patientPage) Gone() bool {
	return !p.Consent.At.IsZero() && p.Consent.WithdrawnAt.IsZero() && !p.CanVisit
}

// NoneOnOther reports whether there is no consent since a record that became part of
// this one had none.
func (p patientPage) NoneOnOther() bool { return len(p.Merged) > 0 && p.Consent.Void() }

// wardPatient handles GET /ward/patients/{id}.
func (s *Server) wardPatient(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	bedside, err := s.bedsideOf(r, by)
	if err != nil {
		return err
	}
	p := patientPage{patientRow: s.patientRows([]desk.Bedside{bedside})[0], Now: s.now(), Basis: basisWords[bedside.Consent.Basis]}
	p.Said, p.Good = wardSays(r.URL.Query().Get("said"))
	p.Infection = infectionText(bedside.Patient.Infection)
	if t := bedside.Patient.Tongue; !t.IsZero() {
		p.Language = tongueName(t)
	}
	if p.Keeps = by.May(booking.KeepPatients, bedside.Ward.ID); p.Keeps {
		if p.Merged, err = s.desk.Merged(r.Context(), by, bedside.Patient.ID); err != nil {
			return err
		}
	}
	others, err := s.desk.Patients(r.Context(), by, bedside.Ward.ID)
	if err != nil {
		return err
	}
	p.SameName = slices.ContainsFunc(others, func(o desk.Bedside) bool {
		return o.Patient.ID != p.Patient.ID && o.Patient.Name == p.Patient.Name
	})
	for _, m := range p.Circle {
		row := memberRow{m, phoneWords(m.Visitor.Phone), patientPath(p.Patient.ID, "/members/"+url.PathEscape(string(m.ID)))}
		switch {
		case m.Barred:
			p.Barred = append(p.Barred, row)
		case m.Status == booking.MemberProposed:
			p.Asked = append(p.Asked, row)
		case m.Status == booking.MemberPaused:
			p.Paused = append(p.Paused, row)
		case m.Status == booking.MemberApproved:
			p.Approved = append(p.Approved, row)
		}
	}
	return s.render(w, r, http.StatusOK, "ward/patient", p)
}

// bedsideOf is the patient that an address names.
func (s *Server) bedsideOf(r *http.Request, by booking.Actor) (desk.Bedside, error) {
	id, err := identifier(r.PathValue("id"), booking.ErrNoSuchPatient)
	if err != nil {
		return desk.Bedside{}, err
	}
	return s.desk.Patient(r.Context(), by, booking.PatientID(id))
}

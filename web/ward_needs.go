package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// A needsPage asks what helps a patient, and whether they may be talked of.
type needsPage struct {
	*form.Form
	desk.Bedside
	Languages []phoneChoice
}

// askNeeds handles GET /ward/patients/{id}/needs.
func (s *Server) askNeeds(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	bedside, err := s.bedsideOf(r, by)
	if err != nil {
		return err
	}
	p := bedside.Patient
	pairs := []string{"needs", p.Needs, "tongue", tongueValue(p.Tongue)}
	if p.Private {
		pairs = append(pairs, "private", "yes")
	}
	return s.showNeeds(w, r, http.StatusOK, form.Blank(pairs...), bedside)
}

func (s *Server) showNeeds(w http.ResponseWriter, r *http.Request, status int, f *form.Form, bedside desk.Bedside) error {
	tongues, err := s.desk.Tongues(r.Context())
	if err != nil {
		return err
	}
	if t := bedside.Patient.Tongue; !t.IsZero() && !slices.Contains(tongues, t) {
		tongues = append(tongues, t) // nobody interprets it any more; it is theirs all the same
	}
	slices.SortFunc(tongues, func(a, b booking.Tongue) int { return strings.Compare(tongueName(a), tongueName(b)) })
	p := needsPage{Form: f, Bedside: bedside, Languages: []phoneChoice{{noTongue, "English"}}}
	for _, t := range tongues {
		p.Languages = append(p.Languages, phoneChoice{tongueValue(t), tongueName(t)})
	}
	return s.render(w, r, status, "ward/needs", p)
}

// saveNeeds handles POST /ward/patients/{id}/needs.
func (s *Server) saveNeeds(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	bedside, err := s.bedsideOf(r, by)
	if err != nil {
		return err
	}
	needs := desk.PatientNeeds{
		Tongue: parseTongue(f.Value("tongue")), Needs: f.Paragraph("needs", mostReason), Private: f.Value("private") == "yes",
	}
	if f.OK() {
		err := s.desk.RecordNeeds(r.Context(), by, bedside.Patient.ID, needs)
		if err == nil {
			return seeOther(w, r, patientPath(bedside.Patient.ID, "?said=needs_set"))
		}
		field := "needs"
		if isAny(err, booking.ErrBadChoice) {
			field = "tongue"
		}
		if fault := f.Fail(field, err); fault != nil {
			return fault
		}
	}
	return s.showNeeds(w, r, http.StatusUnprocessableEntity, f, bedside)
}

// patientNeeds are what to know of a patient, the gravest first.
func patientNeeds(p booking.Patient) []string {
	var words []string
	if p.Private {
		words = append(words, "Tell nobody that they are here")
	}
	if !p.Tongue.IsZero() {
		words = append(words, "The patient’s language: "+tongueName(p.Tongue))
	}
	if p.Needs != "" {
		words = append(words, "For the patient: "+p.Needs)
	}
	return words
}

package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// infectionNames say how what a patient has spreads.
var infectionNames = []struct {
	Value booking.Infection
	Text  string
}{
	{booking.NoInfection, "Nothing that spreads"}, {booking.Contact, "By touch"},
	{booking.Droplet, "By coughs and sneezes"}, {booking.Airborne, "Through the air"},
}

// infectionText is one of them.
func infectionText(i booking.Infection) string {
	for _, w := range infectionNames {
		if w.Value == i {
			return w.Text
		}
	}
	return string(i)
}

func infectionValues() []string {
	var values []string
	for _, w := range infectionNames {
		values = append(values, string(w.Value))
	}
	return values
}

// bedChoices are the free beds of a ward.
func (s *Server) bedChoices(r *http.Request, by booking.Actor, ward booking.WardID, chosen string) ([]choice, error) {
	beds, err := s.desk.Beds(r.Context(), by, ward)
	var free []choice
	for _, b := range beds {
		if b.Taken {
			continue
		}
		text := b.Name
		if b.Bay != "" {
			text = b.Bay + ", " + b.Name
		}
		free = append(free, choice{string(b.ID), text, string(b.ID) == chosen})
	}
	return free, err
}

// bedFrom reads which bed was chosen.
func bedFrom(f *form.Form) booking.BedID {
	raw := f.Value("bed")
	if raw == "" {
		_ = f.Fail("bed", booking.ErrMissing) // a refusal is never a fault
		return ""
	}
	id, err := identifier(raw, booking.ErrNoSuchBed)
	if err != nil {
		_ = f.Fail("bed", err) // likewise
	}
	return booking.BedID(id)
}

// stayQuestion is the question that a refused movement is about.
func stayQuestion(err error) string {
	switch {
	case isAny(err, booking.ErrNumberTaken, booking.ErrAlreadyHere, booking.ErrPatientDied):
		return "mrn"
	case isAny(err, booking.ErrTooLong, booking.ErrBadText):
		return "name"
	}
	return "bed"
}

// An admitPage asks who comes to which bed.
type admitPage struct {
	*form.Form
	wardHead
	Beds       []choice
	Infections []choice
	Imports    bool // the reader may bring in a list of patients, with their beds
}

// askAdmit handles GET /ward/admit.
func (s *Server) askAdmit(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	return s.showAdmit(w, r, by, http.StatusOK, form.Blank())
}

func (s *Server) showAdmit(w http.ResponseWriter, r *http.Request, by booking.Actor, status int, f *form.Form) error {
	head, err := s.headOf(r, by, "/ward/patients")
	if err != nil {
		return err
	}
	p := admitPage{Form: f, wardHead: head, Imports: desk.MayImport(by)}
	if p.Beds, err = s.bedChoices(r, by, head.Ward.ID, f.Value("bed")); err != nil {
		return err
	}
	p.Infections = infectionChoices(f.Value("infection"))
	return s.render(w, r, status, "ward/admit", p)
}

func infectionChoices(chosen string) []choice {
	var all []choice
	for _, i := range infectionNames {
		all = append(all, choice{string(i.Value), i.Text, string(i.Value) == chosen})
	}
	return all
}

// admit handles POST /ward/admit.
func (s *Server) admit(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	a := desk.Admission{
		MRN: f.Text("mrn", mostName), Name: f.Text("name", mostName), Alias: f.Text("alias", mostName),
		Infection: booking.Infection(f.Choice("infection", infectionValues()...)), Bed: bedFrom(f),
	}
	if f.OK() {
		moved, err := s.keyed(f).AdmitPatient(r.Context(), by, a, desk.Said{})
		if err == nil {
			return seeOther(w, r, patientPath(moved.Patient.ID, "?said=admitted"))
		}
		if fault := f.Fail(stayQuestion(err), err); fault != nil {
			return fault
		}
	}
	return s.showAdmit(w, r, by, http.StatusUnprocessableEntity, f)
}

// A transferPage asks to which bed a patient moves.
type transferPage struct {
	*form.Form
	desk.Bedside
	To    booking.Ward // the ward whose beds are shown
	Wards []choice
	Beds  []choice

	Imports bool // as in an admitPage
}

// askTransfer handles GET /ward/patients/{id}/transfer.
func (s *Server) askTransfer(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	return s.showTransfer(w, r, by, http.StatusOK, form.Blank("to", r.URL.Query().Get("to")))
}

func (s *Server) showTransfer(w http.ResponseWriter, r *http.Request, by booking.Actor, status int, f *form.Form) error {
	bedside, err := s.bedsideOf(r, by)
	if err != nil {
		return err
	}
	wards, err := s.desk.AllWards(r.Context(), by)
	if err != nil {
		return err
	}
	p := transferPage{Form: f, Bedside: bedside, To: bedside.Ward, Imports: desk.MayImport(by)}
	for _, ward := range wards {
		if string(ward.ID) == f.Value("to") {
			p.To = ward
		}
	}
	for _, ward := range wards {
		p.Wards = append(p.Wards, choice{string(ward.ID), ward.Name, ward.ID == p.To.ID})
	}
	if p.Beds, err = s.bedChoices(r, by, p.To.ID, f.Value("bed")); err != nil {
		return err
	}
	return s.render(w, r, status, "ward/stay-transfer", p)
}

// transfer handles POST /ward/patients/{id}/transfer.
func (s *Server) transfer(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	id, err := identifier(r.PathValue("id"), booking.ErrNoSuchPatient)
	if err != nil {
		return err
	}
	bed := bedFrom(f)
	if f.OK() {
		moved, err := s.keyed(f).Transfer(r.Context(), by, booking.PatientID(id), bed, desk.Said{})
		switch {
		case err == nil:
			return seeOther(w, r, afterMove(by, moved))
		case errors.Is(err, booking.ErrNoSuchPatient):
			return err
		}
		if fault := f.Fail("bed", err); fault != nil {
			return fault
		}
	}
	return s.showTransfer(w, r, by, http.StatusUnprocessableEntity, f)
}

// afterMove is where to go once a patient has moved: to them, if they are still on a
// ward of the reader's.
func afterMove(by booking.Actor, m desk.Movement) string {
	if by.May(booking.KeepPatients, m.Stay.Ward) {
		return patientPath(m.Patient.ID, "?said=moved_bed")
	}
	return "/ward/patients?said=moved_away"
}

// A leaving is a way in which a patient leaves, or takes that back.
type leaving struct {
	page string
	said string
	ask  string // a box that must be ticked first; empty for none
	do   func(d *desk.Desk, r *http.Request, by booking.Actor, id booking.PatientID) (desk.Movement, error)
}

// leavings are all of them, by the last part of their address.
var leavings = map[string]leaving{
	"discharge": {page: "ward/stay-discharge", said: "discharged", do: func(d *desk.Desk, r *http.Request, by booking.Actor, id booking.PatientID) (desk.Movement, error) {
		return d.Discharge(r.Context(), by, id, desk.Said{})
	}},
	"died": {page: "ward/stay-died", said: "died", ask: "sure", do: func(d *desk.Desk, r *http.Request, by booking.Actor, id booking.PatientID) (desk.Movement, error) {
		return d.Die(r.Context(), by, id, desk.Said{})
	}},
	"not-moved": {page: "ward/stay-not-moved", said: "not_moved", do: func(d *desk.Desk, r *http.Request, by booking.Actor, id booking.PatientID) (desk.Movement, error) {
		return d.CancelTransfer(r.Context(), by, id, desk.Said{})
	}},
}

// A leavingPage asks whether a patient really leaves.
type leavingPage struct {
	*form.Form
	desk.Bedside
}

// askLeaving handles GET /ward/patients/{id}/leave/{how}.
func (s *Server) askLeaving(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	return s.showLeaving(w, r, by, http.StatusOK, form.Blank())
}

func (s *Server) showLeaving(w http.ResponseWriter, r *http.Request, by booking.Actor, status int, f *form.Form) error {
	how, known := leavings[r.PathValue("how")]
	if !known {
		return errPageNotFound
	}
	bedside, err := s.bedsideOf(r, by)
	if err != nil {
		return err
	}
	return s.render(w, r, status, how.page, leavingPage{f, bedside})
}

// leave handles POST /ward/patients/{id}/leave/{how}. Rooms of visits that are not to
// be any more are closed.
func (s *Server) leave(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	how, known := leavings[r.PathValue("how")]
	if !known {
		return errPageNotFound
	}
	id, err := identifier(r.PathValue("id"), booking.ErrNoSuchPatient)
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	if how.ask != "" && !f.Checked(how.ask) {
		_ = f.Fail(how.ask, booking.ErrMissing) // a refusal is never a fault
	}
	if f.OK() {
		ctx, cancel := s.outliving(r)
		defer cancel()
		moved, err := how.do(s.keyed(f), r.WithContext(ctx), by, booking.PatientID(id))
		if err == nil {
			for _, visit := range moved.Gone {
				s.tellRoom(ctx, visit.ID, RoomOrder{Kind: OrderEnd})
			}
			if how.said == "not_moved" {
				return seeOther(w, r, afterMove(by, moved))
			}
			return seeOther(w, r, "/ward/patients?said="+how.said+"&ward="+url.QueryEscape(string(moved.Stay.Ward)))
		}
		if errors.Is(err, booking.ErrNoSuchPatient) {
			return err
		}
		if fault := f.Fail("sure", err); fault != nil {
			return fault
		}
	}
	return s.showLeaving(w, r, by, http.StatusUnprocessableEntity, f)
}

// A leftPage is who has left a ward lately.
type leftPage struct {
	wardHead
	Left []leaverRow
}

// A leaverRow is one of them.
type leaverRow struct {
	desk.Leaver
	Zone *time.Location
	Died bool
}

// wardLeft handles GET /ward/left.
func (s *Server) wardLeft(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	head, err := s.headOf(r, by, "/ward/patients")
	if err != nil {
		return err
	}
	left, err := s.desk.Leavers(r.Context(), by, head.Ward.ID)
	if err != nil {
		return err
	}
	p := leftPage{wardHead: head}
	for _, l := range left {
		p.Left = append(p.Left, leaverRow{l, head.Ward.Site.Zone, l.Patient.State == booking.PatientDied})
	}
	return s.render(w, r, http.StatusOK, "ward/left", p)
}

// A returnPage asks whether somebody who left is to be here again.
type returnPage struct {
	*form.Form
	desk.Bedside
	Died bool
	Zone *time.Location
}

// askReturn handles GET /ward/left/{id}.
func (s *Server) askReturn(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	return s.showReturn(w, r, by, http.StatusOK, form.Blank())
}

func (s *Server) showReturn(w http.ResponseWriter, r *http.Request, by booking.Actor, status int, f *form.Form) error {
	id, err := identifier(r.PathValue("id"), booking.ErrNoSuchPatient)
	if err != nil {
		return err
	}
	side, err := s.desk.Left(r.Context(), by, booking.PatientID(id))
	if err != nil {
		return err
	}
	return s.render(w, r, status, "ward/left-one", returnPage{f, side, side.Patient.State == booking.PatientDied, side.Ward.Site.Zone})
}

// takeBack handles POST /ward/left/{id}: what was said of somebody who left was a
// mistake.
func (s *Server) takeBack(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	id, err := identifier(r.PathValue("id"), booking.ErrNoSuchPatient)
	if err != nil {
		return err
	}
	undo := s.keyed(f).CancelDischarge
	if f.Value("was") == "died" {
		undo = s.keyed(f).Revive
	}
	moved, err := undo(r.Context(), by, booking.PatientID(id), desk.Said{})
	if err == nil {
		return seeOther(w, r, patientPath(moved.Patient.ID, "?said=taken_back"))
	}
	if !isAny(err, booking.ErrBedTaken, booking.ErrNothingToUndo, booking.ErrKeyReused) {
		return err
	}
	_ = f.Fail("back", err) // a refusal is never a fault
	return s.showReturn(w, r, by, http.StatusConflict, f)
}

// An infectionPage asks how what a patient has spreads.
type infectionPage struct {
	*form.Form
	desk.Bedside
	Infections []choice
}

// askInfection handles GET /ward/patients/{id}/infection.
func (s *Server) askInfection(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	bedside, err := s.bedsideOf(r, by)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/infection", infectionPage{form.Blank(), bedside, infectionChoices(string(bedside.Patient.Infection))})
}

// setInfection handles POST /ward/patients/{id}/infection.
func (s *Server) setInfection(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	bedside, err := s.bedsideOf(r, by)
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	i := f.Choice("infection", infectionValues()...)
	if !f.OK() {
		return s.render(w, r, http.StatusUnprocessableEntity, "ward/infection", infectionPage{f, bedside, infectionChoices(i)})
	}
	if err := s.desk.SetInfection(r.Context(), by, bedside.Patient.ID, booking.Infection(i)); err != nil {
		return err
	}
	said := "infection_set"
	after, err := s.desk.Patient(r.Context(), by, bedside.Patient.ID)
	if err == nil && slices.ContainsFunc(after.Visits, func(v desk.Visit) bool {
		return slices.ContainsFunc(v.Flags, func(f booking.Flag) bool { return f.Kind == booking.ShortClean })
	}) {
		said = "infection_short"
	}
	return seeOther(w, r, patientPath(bedside.Patient.ID, "?said="+said))
}

package web

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// Booking for a family that rang: whom they would like to see, then who is
// ringing and when, in one page; then what would help (ward_held.go). Each page
// can be left by its back link, and nothing is booked before the last.

// A bookPage asks whom the family would like to see.
type bookPage struct {
	wardHead
	Patients []patientRow
}

// wardBook handles GET /ward/book.
func (s *Server) wardBook(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	head, err := s.headOf(r, by, "/ward/book")
	if err != nil {
		return err
	}
	beds, err := s.desk.Patients(r.Context(), by, head.Ward.ID)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/book", bookPage{head, s.patientRows(beds)})
}

// How far from today a page of times may be asked for.
const furthestDays = 400

// A slotsPage asks who is ringing and which time they would like.
type slotsPage struct {
	*form.Form
	desk.Bedside
	Callers      []booking.CircleMember // who may come
	Strip        []stripDay             // one week of days
	Chosen       booking.Date           // the zero Date when nothing is free in it
	Parts        []dayPart              // of the chosen day
	From         booking.Date           // the first day of the strip
	Earlier      booking.Date           // zero when there is nothing earlier
	Later        booking.Date
	Alternatives []booking.Slot // near one that was taken
	Refused      string         // why there is nothing to choose
	CanConsent   bool           // and it is for want of a consent
	Another      anotherTime    // than those on the page
	Said         string
	Good         bool
}

// Zone is that of the ward.
func (p slotsPage) Zone() *time.Location { return p.Ward.Site.Zone }

// Noon is a moment of the chosen day, to write the day by.
func (p slotsPage) Noon() time.Time { return noonOf(p.Chosen, p.Zone()) }

// wardSlots handles GET /ward/book/{patient}. Choosing another day asks for the
// page again, with whoever is ringing kept.
func (s *Server) wardSlots(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	q := r.URL.Query()
	f := form.Blank("visitor", q.Get("visitor"), "from", q.Get("from"), "day", q.Get("day"), "visit_kind", q.Get("visit_kind"))
	return s.showSlots(w, r, by, http.StatusOK, f, nil)
}

func (s *Server) showSlots(w http.ResponseWriter, r *http.Request, by booking.Actor, status int, f *form.Form, alternatives []booking.Slot) error {
	return s.showAnother(w, r, by, status, f, anotherTime{}, alternatives)
}

// showAnother is showSlots for somebody who has asked for another time.
func (s *Server) showAnother(w http.ResponseWriter, r *http.Request, by booking.Actor, status int, f *form.Form, another anotherTime, alternatives []booking.Slot) error {
	id, err := identifier(r.PathValue("patient"), booking.ErrNoSuchPatient)
	if err != nil {
		return err
	}
	bedside, err := s.desk.Patient(r.Context(), by, booking.PatientID(id))
	if err != nil {
		return err
	}
	p := slotsPage{Form: f, Bedside: bedside, Callers: mayCome(bedside.Circle), Alternatives: alternatives, Another: another}
	p.Said, p.Good = wardSays(r.URL.Query().Get("said"))
	p.week(booking.DateOf(s.now(), p.Zone()))
	if !p.Consent.Stands(s.now(), p.Zone()) {
		p.Refused, _ = wardSays(booking.ErrConsentNeeded.Code)
		p.CanConsent = true
		return s.render(w, r, status, "ward/book-time", p)
	}
	offering, err := s.desk.Offering(r.Context(), by, p.Patient.ID, p.From, stripDays)
	var refusal *booking.Refusal
	switch {
	case errors.As(err, &refusal) && refusal.Kind != booking.NotFound:
		p.Refused, _ = wardSays(refusal.Code)
	case err != nil:
		return err
	}
	p.lay(offering.Days)
	return s.render(w, r, status, "ward/book-time", p)
}

// week finds the days to show: from the day that was asked for, never before
// today, as a page kept open overnight would.
func (p *slotsPage) week(today booking.Date) {
	p.From = today
	asked, err := booking.ParseDate(p.Form.Value("from"))
	if err == nil && today.Before(asked) && asked.Before(today.AddDays(furthestDays)) {
		p.From = asked
	}
	if today.Before(p.From) {
		if p.Earlier = p.From.AddDays(-stripDays); p.Earlier.Before(today) {
			p.Earlier = today
		}
	}
	p.Later = p.From.AddDays(stripDays)
}

// lay sets out the days, and the free times of the one that is chosen.
func (p *slotsPage) lay(days []desk.Day) {
	at := chooseDay(days, p.Form.Value("day"))
	for i, d := range days {
		p.Strip = append(p.Strip, stripDay{
			Date: d.Date, Name: d.Date.Weekday().String()[:3], Month: d.Date.Month.String()[:3],
			Free: len(d.Slots), Current: i == at,
		})
	}
	if at >= 0 {
		p.Chosen, p.Parts = days[at].Date, partsOfDay(days[at].Slots, p.Zone())
	}
}

// mayCome are those of a circle who can be booked for.
func mayCome(circle []booking.CircleMember) []booking.CircleMember {
	var able []booking.CircleMember
	for _, m := range circle {
		if m.Status == booking.MemberApproved && !m.Barred {
			able = append(able, m)
		}
	}
	return able
}

// wardHold handles POST /ward/book/{patient}: the time that was pressed is kept
// while the rest is asked.
func (s *Server) wardHold(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	patient, err := identifier(r.PathValue("patient"), booking.ErrNoSuchPatient)
	if err != nil {
		return err
	}
	visitor, err := identifier(f.Value("visitor"), booking.ErrMissing)
	if err != nil {
		_ = f.Fail("visitor", err) // a refusal is never a fault
	}
	if f.Value("another") != "" {
		return s.holdAnother(w, r, by, f, booking.PatientID(patient), visitor)
	}
	kind := readKind(f)
	start, err := instant(f.Value("start"))
	if err != nil {
		_ = f.Fail("start", err) // a refusal is never a fault
	}
	if !f.OK() {
		return s.showSlots(w, r, by, http.StatusUnprocessableEntity, f, nil)
	}
	held, err := s.keyed(f, iso(start)).HoldFor(r.Context(), by, desk.Occasion{
		Patient: booking.PatientID(patient), Visitor: booking.VisitorID(visitor), Start: start, Kind: kind,
	})
	switch {
	case err == nil:
		return seeOther(w, r, keptAt(held.ID, ""))
	case errors.Is(err, booking.ErrNoSuchPatient):
		return err
	}
	field := "start"
	if isAny(err, booking.ErrNotInCircle, booking.ErrNotApproved, booking.ErrPaused, booking.ErrNoSuchPerson) {
		field = "visitor"
	}
	if fault := f.Fail(field, err); fault != nil {
		return fault
	}
	near, err := s.othersNear(r, by, booking.PatientID(patient), start)
	if err != nil {
		return err
	}
	return s.showSlots(w, r, by, http.StatusConflict, f, near)
}

func keptAt(id booking.VisitID, page string) string {
	return "/ward/book/held/" + url.PathEscape(string(id)) + page
}

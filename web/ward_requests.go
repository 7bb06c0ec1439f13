package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
	"github.com/wardvisit/wardvisit/web/nhs"
)

// What families ask of the ward: times that it does not offer, which it grants or
// answers, and places on the waiting list, which staff can take for somebody on
// the phone.

// A requestsPage is what is asked of a ward, the oldest first.
type requestsPage struct {
	wardHead
	Requests []requestRow
}

// A requestRow is one of them.
type requestRow struct {
	desk.Asking
	Now time.Time
}

// Zone is that of the ward.
func (r requestRow) Zone() *time.Location { return r.WardRecord.Site.Zone }

// Path is the page where it is answered.
func (r requestRow) Path() string { return wardRequestPath(r.ID, "") }

// Waits is how long it has waited for its answer.
func (r requestRow) Waits() string { return ago(r.AskedAt, r.Now) }

// TooLate reports whether every time that was asked for is past.
func (r requestRow) TooLate() bool { return r.Past(r.Now) }

// Phone is the number of whoever asks.
func (r requestRow) Phone() string { return phoneWords(r.Member.Visitor.Phone) }

func wardRequestPath(id booking.RequestID, act string) string {
	return "/ward/requests/" + url.PathEscape(string(id)) + act
}

// wardRequests handles GET /ward/requests.
func (s *Server) wardRequests(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	head, err := s.headOf(r, by, "/ward/requests")
	if err != nil {
		return err
	}
	queue, err := s.desk.RequestsOf(r.Context(), by, head.Ward.ID)
	if err != nil {
		return err
	}
	p := requestsPage{wardHead: head}
	for _, a := range queue {
		p.Requests = append(p.Requests, requestRow{a, s.now()})
	}
	return s.render(w, r, http.StatusOK, "ward/requests", p)
}

// An answerPage answers one request.
type answerPage struct {
	*form.Form
	requestRow
}

// Choices are the times that can still be granted.
func (p answerPage) Choices() []nhs.Choice {
	var all []nhs.Choice
	for i, t := range p.Times {
		if p.Now.Before(t.Start()) {
			all = append(all, nhs.Choice{Value: strconv.Itoa(i + 1), Text: moment(t.Start(), p.Zone()) + ", " + minutes(t.Length())})
		}
	}
	return all
}

// wardRequest handles GET /ward/requests/{id}.
func (s *Server) wardRequest(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	return s.showRequest(w, r, by, http.StatusOK, nil)
}

func (s *Server) showRequest(w http.ResponseWriter, r *http.Request, by booking.Actor, status int, f *form.Form) error {
	id, err := identifier(r.PathValue("id"), booking.ErrNoSuchRequest)
	if err != nil {
		return err
	}
	asked, err := s.desk.Request(r.Context(), by, booking.RequestID(id))
	if err != nil {
		return err
	}
	return s.render(w, r, status, "ward/request", answerPage{f, requestRow{asked, s.now()}})
}

// grantRequest handles POST /ward/requests/{id}/grant.
func (s *Server) grantRequest(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	id, err := identifier(r.PathValue("id"), booking.ErrNoSuchRequest)
	if err != nil {
		return err
	}
	rank, _ := strconv.Atoi(f.Choice("rank", "1", "2", "3")) // one of these, or a problem
	reason := f.Text("reason", mostReason)
	if f.OK() {
		v, err := s.keyed(f).Grant(r.Context(), by, booking.RequestID(id), rank, reason)
		if err == nil {
			return seeOther(w, r, "/ward/book/done/"+string(v.Reference))
		}
		if isAny(err, booking.ErrNoSuchRequest, booking.ErrNoSuchPatient) {
			return err
		}
		if fault := f.Fail("rank", err); fault != nil {
			return fault
		}
	}
	return s.showRequest(w, r, by, http.StatusUnprocessableEntity, f)
}

// mostAnswer is enough for some kind words.
const mostAnswer = 500

// refuseRequest handles POST /ward/requests/{id}/refuse.
func (s *Server) refuseRequest(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	id, err := identifier(r.PathValue("id"), booking.ErrNoSuchRequest)
	if err != nil {
		return err
	}
	words := f.Paragraph("words", mostAnswer)
	if words == "" && f.OK() {
		refuse(f, "words", booking.ErrMissing)
	}
	if f.OK() {
		refused, err := s.desk.Refuse(r.Context(), by, booking.RequestID(id), words)
		if err == nil {
			return seeOther(w, r, "/ward/requests?"+url.Values{"ward": {string(refused.Ward)}, "said": {"answered"}}.Encode())
		}
		if errors.Is(err, booking.ErrNoSuchRequest) {
			return err
		}
		if fault := f.Fail("words", err); fault != nil {
			return fault
		}
	}
	return s.showRequest(w, r, by, http.StatusUnprocessableEntity, f)
}

// A wardWaitPage is who waits for a visit to a patient, and takes down one more.
type wardWaitPage struct {
	*form.Form
	desk.Bedside
	Waits   []familyWait
	Callers []nhs.Choice
	Said    string
	Good    bool
}

// Zone is that of the ward.
func (p wardWaitPage) Zone() *time.Location { return p.Ward.Site.Zone }

// Here is the address of the page.
func (p wardWaitPage) Here() string { return patientPath(p.Patient.ID, "/waiting") }

// wardWaiting handles GET /ward/patients/{id}/waiting.
func (s *Server) wardWaiting(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	return s.showWaiting(w, r, by, http.StatusOK, nil)
}

func (s *Server) showWaiting(w http.ResponseWriter, r *http.Request, by booking.Actor, status int, f *form.Form) error {
	bedside, err := s.bedsideOf(r, by)
	if err != nil {
		return err
	}
	p := wardWaitPage{Form: f, Bedside: bedside}
	if f == nil {
		today := booking.DateOf(s.now(), p.Zone())
		p.Form = form.Blank(append([]string{"visitor", r.URL.Query().Get("visitor"), "kind", string(booking.Ordinary)},
			append(datePairs("firstday", today), datePairs("lastday", today.AddDays(6))...)...)...)
	}
	p.Said, p.Good = wardSays(r.URL.Query().Get("said"))
	for _, m := range mayCome(bedside.Circle) {
		p.Callers = append(p.Callers, nhs.Choice{Value: string(m.Visitor.ID), Text: withRelationship(m.Visitor.Name, m.Relationship)})
	}
	waits, err := s.desk.WaitsFor(r.Context(), by, bedside.Patient.ID)
	if err != nil {
		return err
	}
	for _, wait := range waits {
		p.Waits = append(p.Waits, familyWait{wait})
	}
	return s.render(w, r, status, "ward/waiting", p)
}

// errNobodyChosen is what is wrong when nobody is named who would come.
var errNobodyChosen = &booking.Refusal{Kind: booking.Invalid, Code: "nobody_chosen"}

// addWaiting handles POST /ward/patients/{id}/waiting.
func (s *Server) addWaiting(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	patient, err := identifier(r.PathValue("id"), booking.ErrNoSuchPatient)
	if err != nil {
		return err
	}
	visitor, err := identifier(f.Value("visitor"), errNobodyChosen)
	if err != nil {
		refuse(f, "visitor", err)
	}
	ask := desk.WaitFor{
		Patient: booking.PatientID(patient), Visitor: booking.VisitorID(visitor), From: mustDate(f, "firstday"), To: mustDate(f, "lastday"),
		Kind: booking.VisitKind(f.Choice("kind", string(booking.Ordinary), string(booking.EndOfLife))),
	}
	if f.OK() {
		_, err := s.keyed(f).Wait(r.Context(), by, ask)
		switch {
		case err == nil:
			return seeOther(w, r, patientPath(ask.Patient, "/waiting?said=waiting"))
		case errors.Is(err, booking.ErrNoSuchPatient):
			return err
		}
		question := "firstday"
		switch {
		case isAny(err, booking.ErrBadDays):
			question = "lastday"
		case isAny(err, booking.ErrNotInCircle, booking.ErrNotApproved, booking.ErrPaused, booking.ErrNoSuchPerson, booking.ErrWaitingAlready):
			question = "visitor"
		}
		if fault := f.Fail(question, err); fault != nil {
			return fault
		}
	}
	return s.showWaiting(w, r, by, http.StatusUnprocessableEntity, f)
}

// dropWaiting handles POST /ward/patients/{id}/waiting/{entry}/remove.
func (s *Server) dropWaiting(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	patient, err := identifier(r.PathValue("id"), booking.ErrNoSuchPatient)
	if err != nil {
		return err
	}
	entry, err := identifier(r.PathValue("entry"), booking.ErrNoSuchEntry)
	if err != nil {
		return err
	}
	if err := s.desk.LeaveWaiting(r.Context(), by, booking.EntryID(entry)); err != nil {
		return err
	}
	return seeOther(w, r, patientPath(booking.PatientID(patient), "/waiting?said=not_waiting"))
}

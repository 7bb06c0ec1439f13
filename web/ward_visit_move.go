package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
	"github.com/wardvisit/wardvisit/web/locale"
)

// Moving a visit by hand: to one of the free times, or to one that staff type. Where
// the ward's rules are against it the page names each of them; whoever may set them
// aside ticks each, and says why. Nothing is changed before a second page, which
// says what it is from, what it is to and who is told.

// A movePage asks when a visit is to be.
type movePage struct {
	slotsPage
	Moving desk.Visit
	Way    wayBack
	Rules  []choice // against the time that was typed, to be ticked
	Plan   desk.MovePlan
	Carry  []carried
}

// moveAsked are the answers that the second page takes along.
var moveAsked = []string{"start", "another", "on-", "at", "minutes", "which", "aside", "because", "version", "from", "day"}

// Here is the address of the page, and Path is that without the way back.
func (p movePage) Here() string { return p.Path() + p.Way.Query() }

func (p movePage) Path() string { return visitPath(p.Moving.Reference) + "/move" }

// Back is where it was opened from.
func (p movePage) Back() string { return p.Way.To(p.Moving.Reference, "") }

// Aside reports whether rules are set aside for the time.
func (p movePage) Aside() bool { return len(p.Rules) > 0 }

// Why is the reason for that.
func (p movePage) Why() string { return p.Form.Value("because") }

// askMove handles GET /ward/visits/{ref}/move.
func (s *Server) askMove(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.movePageOf(r, by)
	if err != nil {
		return err
	}
	q, was := r.URL.Query(), booking.DateOf(p.Moving.When.Start(), p.Zone())
	filled := append(datePairs("on", was), "minutes", strconv.Itoa(int(p.Moving.When.Length()/time.Minute)), "from", q.Get("from"), "day", q.Get("day"))
	if q.Get("from") == "" {
		filled = append(filled, "from", was.AddDays(-1).String(), "day", was.String())
	}
	p.Form = form.Blank(filled...)
	return s.showMove(w, r, by, http.StatusOK, p)
}

// movePageOf is the visit that an address names, which has not begun.
func (s *Server) movePageOf(r *http.Request, by booking.Actor) (movePage, error) {
	v, err := s.steeredVisit(r, by)
	switch {
	case err != nil:
		return movePage{}, err
	case v.State.Over():
		return movePage{}, booking.ErrVisitOver
	case v.State.Open():
		return movePage{}, booking.ErrVisitBegun
	}
	p := movePage{Moving: v, Way: wayBackOf(r)}
	p.Patient, p.Ward = v.PatientRecord, v.WardRecord
	return p, nil
}

// showMove draws the times that are free for the visit, with what was typed.
func (s *Server) showMove(w http.ResponseWriter, r *http.Request, by booking.Actor, status int, p movePage) error {
	p.week(booking.DateOf(s.now(), p.Zone()))
	offering, err := s.desk.OfferingToMove(r.Context(), by, p.Moving.Reference, p.From, stripDays)
	var refusal *booking.Refusal
	switch {
	case errors.Is(err, booking.ErrNoSuchPatient): // who is not the reader's to book for
		p.Refused = locale.English.SayOf(booking.ErrNoSuchPatient.Code, "move")
	case errors.As(err, &refusal):
		p.Refused, _ = wardSays(refusal.Code)
	case err != nil:
		return err
	default:
		p.Ward = offering.Ward // where the patient lies now
	}
	for i := range offering.Days { // it is there already
		offering.Days[i].Slots = slices.DeleteFunc(offering.Days[i].Slots, func(s booking.Slot) bool { return s.When == p.Moving.When })
	}
	p.lay(offering.Days)
	return s.render(w, r, status, "ward/visit-move", p)
}

// moveByHand handles POST /ward/visits/{ref}/move: it says what the move means, and
// makes it when that was seen.
func (s *Server) moveByHand(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.movePageOf(r, by)
	if err != nil {
		return err
	}
	if p.Form, err = form.Read(r); err != nil {
		return err
	}
	if p.Ward, err = s.wardToMoveIn(r, by, p.Moving); err != nil {
		return err
	}
	f := p.Form
	field, want := "start", desk.Occasion{}
	if f.Value("another") != "" {
		field, p.Another.Open = "at", true
		want.Start, want.Length, p.Another.Twice = readAnother(f, p.Zone())
	} else if want.Start, err = instant(f.Value("start")); err != nil {
		refuse(f, field, err)
	}
	if f.Value("again") != "" || !f.OK() {
		return s.showMove(w, r, by, statusOf(f), p)
	}
	if p.Plan, err = s.desk.PlanMove(r.Context(), by, p.Moving.Reference, want); err != nil {
		return s.refuseMove(w, r, by, p, field, want, err)
	}
	if want.Overrides = p.weigh(by, field); !f.OK() {
		return s.showMove(w, r, by, http.StatusConflict, p)
	}
	if p.Carry = carry(f, moveAsked...); f.Value("seen") == "" {
		return s.render(w, r, http.StatusOK, "ward/visit-move-check", p)
	}
	return s.makeMove(w, r, by, p, field, want)
}

// wardToMoveIn is the ward in which a visit would be: where its patient lies, if
// that is one of the reader's.
func (s *Server) wardToMoveIn(r *http.Request, by booking.Actor, v desk.Visit) (booking.Ward, error) {
	bedside, err := s.desk.Patient(r.Context(), by, v.Visit.Patient)
	return bedside.Ward, err
}

// weigh sets out the rules against the time, and reads which of them are set aside
// and why. What is still wanting is refused beside its question.
func (p *movePage) weigh(by booking.Actor, field string) []booking.Override {
	f, against := p.Form, p.Plan.Against
	if p.Plan.When == p.Moving.When {
		refuse(f, field, errSameTime)
		return nil
	}
	if len(against) == 0 {
		return nil
	}
	p.Another.explain(by, p.Ward.ID, against)
	ticked, why := f.Values("aside"), f.Paragraph("because", mostReason)
	for i, code := range p.Another.Rules {
		p.Rules = append(p.Rules, choice{code, p.Another.Against[i], slices.Contains(ticked, code)})
	}
	first := !slices.ContainsFunc(ticked, func(code string) bool { return slices.Contains(p.Another.Rules, code) })
	switch {
	case p.Another.Blocked:
		refuse(f, field, firstBlocked(by, p.Ward.ID, against))
	case field == "start" || first && f.Value("weighed") == "": // first said now
		refuse(f, field, against[0])
	case slices.ContainsFunc(p.Rules, func(c choice) bool { return !c.On }):
		refuse(f, "aside", booking.ErrMissing)
	}
	if p.Another.Blocked || f.Error(field) != "" {
		return nil
	}
	if strings.TrimSpace(why) == "" && f.Error("because") == "" {
		refuse(f, "because", booking.ErrReasonNeeded)
	}
	var aside []booking.Override
	for _, rule := range against {
		aside = append(aside, booking.Override{Rule: rule.Code, Reason: why})
	}
	return aside
}

// errSameTime is what is wrong with the time that a visit has already.
var errSameTime = &booking.Refusal{Kind: booking.Invalid, Code: "same_time"}

func (s *Server) makeMove(w http.ResponseWriter, r *http.Request, by booking.Actor, p movePage, field string, want desk.Occasion) error {
	// What is no number is no version that was ever shown: the desk finds it stale.
	version, _ := strconv.Atoi(p.Form.Value("version"))
	ctx, done := s.outliving(r)
	defer done()
	visit, err := s.desk.MoveFor(ctx, by, p.Moving.Reference, version, want)
	if err == nil {
		return seeOther(w, r, p.Way.To(visit.Reference, "other_time"))
	}
	return s.refuseMove(w, r, by, p, field, want, err)
}

// refuseMove says why a visit cannot be moved to a time, with what is free near it.
func (s *Server) refuseMove(w http.ResponseWriter, r *http.Request, by booking.Actor, p movePage, field string, want desk.Occasion, err error) error {
	switch {
	case isAny(err, booking.ErrNoSuchVisit, booking.ErrVisitOver, booking.ErrVisitBegun):
		return err
	case errors.Is(err, booking.ErrReasonNeeded):
		field = "because"
	}
	if fault := p.Form.Fail(field, err); fault != nil {
		return fault
	}
	near, err := s.othersNear(r, by, p.Moving.Visit.Patient, want.Start)
	if err != nil {
		return err
	}
	p.Alternatives = near
	if p.Moving, err = s.steeredVisit(r, by); err != nil { // as it is now
		return err
	}
	return s.showMove(w, r, by, http.StatusConflict, p)
}

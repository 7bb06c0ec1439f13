package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
	"github.com/wardvisit/wardvisit/web/nhs"
)

// The form that is filled in while a time is kept has four steps, each a page
// with an address of its own:
//
//	who ─▶ language ─▶ help ─▶ check ─▶ the visit is booked
//
// What is answered is kept with the hold, so that going back shows it. From
// check, one may go back to any step and return by its then=check.

// heldPath is the address of a step of the form of a hold.
func heldPath(id booking.VisitID, step string) string {
	return "/visits/held/" + string(id) + "/" + step
}

// A stepPage is a step of the form.
type stepPage struct {
	*form.Form
	familyVisit
	Tongues []booking.Tongue // there are interpreters for; only on the step that asks
	Then    string           // "check" when the reader came from there to change an answer
	Asked   bool             // the ward has just been asked to let somebody in
	Left    time.Duration    // of the hold, when the page was drawn
}

// Step is the address of a step of this form.
func (p stepPage) Step(name string) string { return heldPath(p.ID, name) }

// Back is where the back link goes: to check for somebody who came from there.
func (p stepPage) Back(before string) string {
	if p.Then == "check" {
		return p.Step("check")
	}
	return p.Step(before)
}

// Change is the address of a step for somebody who is checking.
func (p stepPage) Change(name string) string { return p.Step(name) + "?then=check" }

// Languages are the answers to whether an interpreter is needed.
func (p stepPage) Languages() []nhs.Choice {
	choices := []nhs.Choice{{Value: noTongue, Text: "No, I do not need an interpreter"}, {Divider: "or"}}
	for _, t := range p.Tongues {
		choices = append(choices, nhs.Choice{Value: tongueValue(t), Text: tongueName(t)})
	}
	return choices
}

// NeedChoices are what could help.
func (p stepPage) NeedChoices() []nhs.Choice {
	var choices []nhs.Choice
	for _, n := range booking.Needs {
		choices = append(choices, nhs.Choice{Value: string(n), Text: needNames[n]})
	}
	return choices
}

// Bring is how many may come with the reader.
func (p stepPage) Bring() int { return p.WardRecord.Policy.People - 1 }

// NoInterpreter reports whether none could be had.
func (p stepPage) NoInterpreter() bool {
	return slices.ContainsFunc(p.Problems(), func(wrong form.Problem) bool {
		return wrong.Code == booking.ErrNoInterpreter.Code
	})
}

// SecondsLeft is Left for the script that counts it down.
func (p stepPage) SecondsLeft() int { return int(p.Left / time.Second) }

// OtherTimes is where to choose another time, keeping what has been answered.
func (v familyVisit) OtherTimes() string {
	p := timesPage{HeldFor: string(v.ID)}
	p.Patient = v.PatientRecord
	return p.href(booking.DateOf(v.When.Start(), v.Zone()))
}

// A stepHandler answers about a hold that still stands.
type stepHandler func(w http.ResponseWriter, r *http.Request, by booking.Actor, p stepPage) error

// asHolder serves the relative whose hold the address names, while it stands.
// A hold that has become a visit leads to it, since that is who comes here by
// the back button; one that has run out leads to choosing again.
func (s *Server) asHolder(h stepHandler) http.Handler {
	return s.asRelative(func(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
		v, err := s.desk.Held(r.Context(), by, booking.VisitID(r.PathValue("id")))
		if err != nil && !errors.Is(err, booking.ErrHoldExpired) {
			return err
		}
		now := s.now()
		held := familyVisitAt(v, now)
		switch {
		case err != nil, v.State == booking.Cancelled, v.State == booking.Held && !now.Before(v.HeldUntil):
			return s.lapsed(w, r, by, held)
		case v.State != booking.Held:
			return seeOther(w, r, held.To(""))
		}
		p := stepPage{familyVisit: held, Left: v.HeldUntil.Sub(now)}
		if r.URL.Query().Get("then") == "check" {
			p.Then = "check"
		}
		err = h(w, r, by, p)
		if errors.Is(err, booking.ErrHoldExpired) {
			return s.lapsed(w, r, by, held)
		}
		return err
	})
}

// A lapsedPage says that a hold has run out, with what is free near it.
type lapsedPage struct {
	familyVisit
	Times timesPage
}

// lapsed says that a hold has run out. What was answered is kept for whichever
// time is chosen instead.
func (s *Server) lapsed(w http.ResponseWriter, r *http.Request, by booking.Actor, v familyVisit) error {
	p := lapsedPage{familyVisit: v}
	if v.ID != "" {
		p.Times = timesPage{familyCircle: v.circle(nil), HeldFor: string(v.ID)}
		var err error
		if p.Times.Others, err = s.othersNear(r, by, v.PatientRecord.ID, v.When.Start()); err != nil {
			return err
		}
	}
	return s.render(w, r, http.StatusConflict, "family/lapsed", p)
}

// heldWho handles GET /visits/held/{id}/who.
func (s *Server) heldWho(w http.ResponseWriter, r *http.Request, by booking.Actor, p stepPage) error {
	p.Asked = r.URL.Query().Get("done") == "asked"
	bringing := memberIDs(p.Companions, func(c desk.Companion) bool { return c.Chosen && !c.Self })
	p.Form = withAnswers("people", bringing)
	return s.render(w, r, http.StatusOK, "family/who", p)
}

// withAnswers is a form with one question answered already.
func withAnswers(question string, values []string) *form.Form {
	var pairs []string
	for _, value := range values {
		pairs = append(pairs, question, value)
	}
	return form.Blank(pairs...)
}

// saveWho handles POST /visits/held/{id}/who. Whoever fills in the form comes.
func (s *Server) saveWho(w http.ResponseWriter, r *http.Request, by booking.Actor, p stepPage) error {
	var err error
	if p.Form, err = form.Read(r); err != nil {
		return err
	}
	chosen := p.Choices("people", memberIDs(p.Companions, func(c desk.Companion) bool { return !c.Self })...)
	details := detailsOf(p.Visit)
	details.Members = ids[booking.MemberID](append(memberIDs(p.Companions, func(c desk.Companion) bool { return c.Self }), chosen...))
	return s.describe(w, r, by, p, "people", details, "family/who", "language")
}

// heldLanguage handles GET /visits/held/{id}/language.
func (s *Server) heldLanguage(w http.ResponseWriter, r *http.Request, _ booking.Actor, p stepPage) error {
	var err error
	if p.Tongues, err = s.desk.Tongues(r.Context()); err != nil {
		return err
	}
	p.Form = form.Blank()
	if p.Then == "check" || !p.Tongue.IsZero() { // nobody is led to an answer before they gave one
		p.Form = form.Blank("interpreter", tongueValue(p.Tongue))
	}
	return s.render(w, r, http.StatusOK, "family/language", p)
}

// saveLanguage handles POST /visits/held/{id}/language.
func (s *Server) saveLanguage(w http.ResponseWriter, r *http.Request, by booking.Actor, p stepPage) error {
	var err error
	if p.Form, err = form.Read(r); err != nil {
		return err
	}
	if p.Tongues, err = s.desk.Tongues(r.Context()); err != nil {
		return err
	}
	offered := []string{noTongue}
	for _, t := range p.Tongues {
		offered = append(offered, tongueValue(t))
	}
	details := detailsOf(p.Visit)
	details.Tongue = parseTongue(p.Choice("interpreter", offered...))
	return s.describe(w, r, by, p, "interpreter", details, "family/language", "help")
}

// heldHelp handles GET /visits/held/{id}/help.
func (s *Server) heldHelp(w http.ResponseWriter, r *http.Request, _ booking.Actor, p stepPage) error {
	p.Form = withAnswers("needs", ids[string](p.Needs))
	return s.render(w, r, http.StatusOK, "family/help", p)
}

// saveHelp handles POST /visits/held/{id}/help.
func (s *Server) saveHelp(w http.ResponseWriter, r *http.Request, by booking.Actor, p stepPage) error {
	var err error
	if p.Form, err = form.Read(r); err != nil {
		return err
	}
	details := detailsOf(p.Visit)
	details.Needs = ids[booking.Need](p.Choices("needs", ids[string](booking.Needs)...))
	return s.describe(w, r, by, p, "needs", details, "family/help", "check")
}

// describe keeps an answer and goes on to the next step, or asks again.
func (s *Server) describe(w http.ResponseWriter, r *http.Request, by booking.Actor, p stepPage, question string, details desk.Details, page, next string) error {
	if p.OK() {
		_, err := s.desk.Describe(r.Context(), by, p.ID, details)
		switch {
		case isAny(err, booking.ErrTooManyPeople, booking.ErrNobodyComing, booking.ErrNoInterpreter, booking.ErrBadChoice):
			_ = p.Fail(question, err) // a refusal is never a fault
		case isAny(err, booking.ErrStale): // the form was sent meanwhile, in another tab
			return seeOther(w, r, p.Step("check"))
		case err != nil:
			return err
		}
	}
	if !p.OK() {
		return s.render(w, r, http.StatusUnprocessableEntity, page, p)
	}
	if p.Then == "check" {
		next = "check"
	}
	return seeOther(w, r, p.Step(next))
}

// heldCheck handles GET /visits/held/{id}/check.
func (s *Server) heldCheck(w http.ResponseWriter, r *http.Request, _ booking.Actor, p stepPage) error {
	return s.render(w, r, http.StatusOK, "family/check", p)
}

// book handles POST /visits/held/{id}/book. A second press finds the visit that
// the first one booked.
func (s *Server) book(w http.ResponseWriter, r *http.Request, by booking.Actor, p stepPage) error {
	var err error
	if p.Form, err = form.Read(r); err != nil {
		return err
	}
	booked, err := s.keyed(p.Form).Book(r.Context(), by, p.ID)
	switch {
	case isAny(err, booking.ErrKeyReused, booking.ErrNoInterpreter, booking.ErrSlotTaken, booking.ErrPatientBusy, booking.ErrTooManyPeople, booking.ErrNobodyComing):
		_ = p.Fail("answers", err) // a refusal is never a fault
		return s.render(w, r, http.StatusConflict, "family/check", p)
	case isAny(err, mayNotVisit...):
		return s.unable(w, r, http.StatusConflict, p.circle(err))
	case err != nil:
		return err
	}
	return seeOther(w, r, familyVisitAt(booked, s.now()).To("")+"?done=booked")
}

// mayNotVisit are what can have changed while a form was filled in.
var mayNotVisit = []*booking.Refusal{
	booking.ErrNoSlots, booking.ErrNotInCircle, booking.ErrNotApproved, booking.ErrPaused, booking.ErrPatientAway, booking.ErrWardClosed, booking.ErrConsentNeeded,
}

// circle is the visit's patient, refused for a reason.
func (v familyVisit) circle(refused error) familyCircle {
	return familyCircle{desk.Circle{Patient: v.PatientRecord, Ward: v.WardRecord, Refused: refused}}
}

// release handles POST /visits/held/{id}/release. A time that is no longer kept
// needs no giving back.
func (s *Server) release(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	err := s.desk.Release(r.Context(), by, booking.VisitID(r.PathValue("id")))
	if err != nil && !isAny(err, booking.ErrVisitBegun, booking.ErrVisitOver) {
		return err
	}
	return seeOther(w, r, "/visits")
}

// keepAnswers copies what was answered for an earlier hold, which may have run
// out since, to a new one, as far as it can still be had.
func (s *Server) keepAnswers(r *http.Request, by booking.Actor, held desk.Visit, earlier booking.VisitID) error {
	if earlier == "" || earlier == held.ID {
		return nil
	}
	was, err := s.desk.Held(r.Context(), by, earlier)
	if err == nil && was.PatientRecord.ID == held.PatientRecord.ID {
		if held, err = s.desk.Held(r.Context(), by, held.ID); err == nil { // with who could come
			_, err = s.desk.Describe(r.Context(), by, held.ID, answersOf(was, held))
		}
	}
	if refused := new(booking.Refusal); errors.As(err, &refused) {
		return nil // it is only a kindness
	}
	return err
}

// answersOf are the answers about was for held: those of its people who may
// still be brought, its interpreter and its needs.
func answersOf(was, held desk.Visit) desk.Details {
	details := desk.Details{Tongue: was.Tongue, Needs: was.Needs}
	for _, c := range held.Companions {
		came := slices.ContainsFunc(was.People, func(p booking.Participant) bool { return p.Visitor == c.Member.Visitor.ID })
		if came || c.Self {
			details.Members = append(details.Members, c.Member.ID)
		}
	}
	return details
}

// detailsOf are what has been answered about a visit so far.
func detailsOf(v desk.Visit) desk.Details {
	return desk.Details{
		Members: ids[booking.MemberID](memberIDs(v.Companions, func(c desk.Companion) bool { return c.Chosen || c.Self })),
		Tongue:  v.Tongue,
		Needs:   slices.Clone(v.Needs),
	}
}

func memberIDs(all []desk.Companion, want func(desk.Companion) bool) []string {
	var some []string
	for _, c := range all {
		if want(c) {
			some = append(some, string(c.Member.ID))
		}
	}
	return some
}

// ids writes words of one kind as words of another.
func ids[To, From ~string](from []From) []To {
	var to []To
	for _, word := range from {
		to = append(to, To(word))
	}
	return to
}

// noTongue is the answer of somebody who needs no interpreter.
const noTongue = "none"

// tongueValue writes a tongue as the value of a choice.
func tongueValue(t booking.Tongue) string {
	if t.IsZero() {
		return noTongue
	}
	return t.Language + "/" + string(t.Mode)
}

func parseTongue(value string) booking.Tongue {
	tag, mode, ok := strings.Cut(value, "/")
	if !ok {
		return booking.Tongue{}
	}
	return booking.Tongue{Language: tag, Mode: booking.Mode(mode)}
}

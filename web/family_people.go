package web

import (
	"net/http"
	"slices"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// A peoplePage adds people to a visit that is booked.
type peoplePage struct {
	*form.Form
	familyVisit
}

// people handles GET /visits/{ref}/people.
func (s *Server) people(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	v, err := s.familyVisitOf(r, by)
	if err != nil {
		return err
	}
	if v.State.Over() {
		return seeOther(w, r, v.To(""))
	}
	return s.render(w, r, http.StatusOK, "family/people", peoplePage{nil, v})
}

// addPeople handles POST /visits/{ref}/people. Whoever comes already is not
// added again, so a second press changes nothing.
func (s *Server) addPeople(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	v, err := s.familyVisitOf(r, by)
	if err != nil {
		return err
	}
	if wantsJSON(r) {
		return s.inviteMore(w, r, by, v, f)
	}
	p := peoplePage{f, v}
	chosen := f.Choices("people", memberIDs(v.Companions, func(desk.Companion) bool { return true })...)
	if len(chosen) == 0 && f.OK() {
		_ = f.Fail("people", booking.ErrMissing) // a refusal is never a fault
	}
	if f.OK() {
		_, err := s.keyed(f).AddPeople(r.Context(), by, v.Reference, ids[booking.MemberID](chosen))
		switch {
		case isAny(err, booking.ErrVisitOver):
			return seeOther(w, r, v.To(""))
		case isAny(err, booking.ErrTooManyPeople, booking.ErrRoomLocked, booking.ErrStale, booking.ErrKeyReused):
			_ = f.Fail("people", err) // a refusal is never a fault
		case err != nil:
			return err
		}
	}
	if !f.OK() {
		return s.render(w, r, http.StatusUnprocessableEntity, "family/people", p)
	}
	return seeOther(w, r, v.To("")+"?done=added")
}

// invited answers a page of a call, which cannot leave the call for another page.
type invited struct {
	Names []string `json:"names"` // who has just been sent a link
}

// inviteMore is addPeople for whoever is in the visit: the page of the call asks,
// and stays where it is. Whoever is added gets a link of their own, and waits.
func (s *Server) inviteMore(w http.ResponseWriter, r *http.Request, by booking.Actor, v familyVisit, f *form.Form) error {
	chosen := f.Choices("people", memberIDs(v.Companions, func(desk.Companion) bool { return true })...)
	if len(chosen) == 0 && f.OK() {
		_ = f.Fail("people", booking.ErrMissing) // a refusal is never a fault
	}
	if !f.OK() {
		s.replyWith(w, http.StatusUnprocessableEntity, firstProblem(f))
		return nil
	}
	if _, err := s.keyed(f).AddPeople(r.Context(), by, v.Reference, ids[booking.MemberID](chosen)); err != nil {
		return err
	}
	answer := invited{Names: []string{}}
	for _, c := range v.Companions {
		if slices.Contains(chosen, string(c.Member.ID)) && !c.Chosen {
			answer.Names = append(answer.Names, c.Member.Visitor.Name)
		}
	}
	return s.reply(w, answer)
}

// firstProblem is what a script is told of a form that is not right.
func firstProblem(f *form.Form) problem {
	first := f.Problems()[0]
	return problem{Code: booking.ErrBadText.Code, Message: first.Text}
}

// A proposePage asks the ward to let somebody new into a circle.
type proposePage struct {
	*form.Form
	familyVisit
	Return string // where the reader came from, and goes back to
}

// mostRelationship is enough for "Grandmother's neighbour and oldest friend".
const mostRelationship = 60

// proposeHeld handles GET /visits/held/{id}/propose.
func (s *Server) proposeHeld(w http.ResponseWriter, r *http.Request, _ booking.Actor, p stepPage) error {
	return s.render(w, r, http.StatusOK, "family/propose", proposePage{nil, p.familyVisit, p.Step("who")})
}

// saveProposeHeld handles POST /visits/held/{id}/propose.
func (s *Server) saveProposeHeld(w http.ResponseWriter, r *http.Request, by booking.Actor, p stepPage) error {
	return s.propose(w, r, by, p.familyVisit, p.Step("who"), p.Step("who")+"?done=asked")
}

// proposeVisit handles GET /visits/{ref}/propose.
func (s *Server) proposeVisit(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	v, err := s.familyVisitOf(r, by)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "family/propose", proposePage{nil, v, v.To("people")})
}

// saveProposeVisit handles POST /visits/{ref}/propose.
func (s *Server) saveProposeVisit(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	v, err := s.familyVisitOf(r, by)
	if err != nil {
		return err
	}
	return s.propose(w, r, by, v, v.To("people"), v.To("")+"?done=asked")
}

// propose asks the ward, which decides; the person hears from the ward if it
// says yes. Somebody whom the ward has been asked about already is no mistake:
// the ward will answer once.
func (s *Server) propose(w http.ResponseWriter, r *http.Request, by booking.Actor, v familyVisit, back, on string) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	who := desk.Contact{
		Name:         f.Text("name", mostName),
		Relationship: f.Text("relationship", mostRelationship),
		Phone:        f.Text("phone", mostPhone),
		Email:        f.Optional("email", mostEmail),
	}
	if f.OK() {
		_, err := s.keyed(f).Propose(r.Context(), by, v.PatientRecord.ID, who)
		question := map[bool]string{true: "email", false: "phone"}[isAny(err, booking.ErrBadEmail)]
		switch {
		case isAny(err, booking.ErrBadPhone, booking.ErrBadEmail, booking.ErrAlreadyInCircle):
			_ = f.Fail(question, err) // a refusal is never a fault
		case isAny(err, booking.ErrBadText, booking.ErrTooLong, booking.ErrMissing, booking.ErrKeyReused):
			_ = f.Fail("name", err) // a refusal is never a fault
		case err != nil:
			return err
		}
	}
	switch {
	case f.OK() && wantsJSON(r):
		return s.reply(w, invited{Names: []string{who.Name}})
	case wantsJSON(r):
		s.replyWith(w, http.StatusUnprocessableEntity, firstProblem(f))
		return nil
	case !f.OK():
		return s.render(w, r, http.StatusUnprocessableEntity, "family/propose", proposePage{f, v, back})
	}
	return seeOther(w, r, on)
}

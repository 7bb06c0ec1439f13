package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// An invitePage asks whom to invite.
type invitePage struct {
	*form.Form
	desk.Bedside
	Booking bool   // for a visit that is being booked on the phone
	Back    string // where the reader came from
}

// wardInvite handles GET /ward/patients/{id}/invite. Somebody who rang to book,
// and is new, comes from there and goes back to it.
func (s *Server) wardInvite(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	bedside, err := s.bedsideOf(r, by)
	if err != nil {
		return err
	}
	return s.showInvite(w, r, http.StatusOK, form.Blank("then", r.URL.Query().Get("then")), bedside)
}

func (s *Server) showInvite(w http.ResponseWriter, r *http.Request, status int, f *form.Form, bedside desk.Bedside) error {
	p := invitePage{Form: f, Bedside: bedside, Booking: f.Value("then") == "book", Back: patientPath(bedside.Patient.ID, "")}
	if p.Booking {
		p.Back = bookPath(bedside.Patient.ID)
	}
	return s.render(w, r, status, "ward/invite", p)
}

func bookPath(id booking.PatientID) string { return "/ward/book/" + url.PathEscape(string(id)) }

// saveInvite handles POST /ward/patients/{id}/invite.
func (s *Server) saveInvite(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	bedside, err := s.bedsideOf(r, by)
	if err != nil {
		return err
	}
	who := desk.Contact{
		Name:         f.Text("name", mostName),
		Phone:        f.Text("phone", mostPhone),
		Relationship: f.Text("relationship", mostRelationship),
		Email:        f.Optional("email", mostEmail),
		AgreedBy:     f.Optional("agreed", mostName),
	}
	if f.OK() {
		member, err := s.keyed(f).Invite(r.Context(), by, bedside.Patient.ID, who)
		switch {
		case err == nil && f.Value("then") == "book":
			return seeOther(w, r, bookPath(bedside.Patient.ID)+"?"+url.Values{"visitor": {string(member.Visitor.ID)}, "said": {"invited"}}.Encode())
		case err == nil:
			return seeOther(w, r, patientPath(bedside.Patient.ID, "?said=invited"))
		case errors.Is(err, booking.ErrNoSuchPatient):
			return err
		}
		if fault := f.Fail(inviteQuestion(err), err); fault != nil {
			return fault
		}
	}
	return s.showInvite(w, r, http.StatusUnprocessableEntity, f, bedside)
}

// inviteQuestion is the question that a refused invitation is about.
func inviteQuestion(err error) string {
	switch {
	case errors.Is(err, booking.ErrBadPhone):
		return "phone"
	case errors.Is(err, booking.ErrBadEmail):
		return "email"
	case errors.Is(err, booking.ErrPrivate):
		return "agreed"
	}
	return "name"
}

// A memberAct is something that staff do about somebody in a circle.
type memberAct struct {
	said string // what to say of it
	asks bool   // once more, before it is done
	away bool   // they leave whatever room they are in
	do   func(s *Server, r *http.Request, by booking.Actor, id booking.MemberID, f *form.Form) error
}

// memberActs are all of them, by the last part of their address.
var memberActs = map[string]memberAct{
	"approve": {said: "approved", do: func(s *Server, r *http.Request, by booking.Actor, id booking.MemberID, _ *form.Form) error {
		_, err := s.desk.Approve(r.Context(), by, id)
		return err
	}},
	"remove": {said: "member_removed", asks: true, away: true, do: func(s *Server, r *http.Request, by booking.Actor, id booking.MemberID, _ *form.Form) error {
		_, err := s.desk.RemoveMember(r.Context(), by, id)
		return err
	}},
	"pause": {said: "paused", asks: true, do: func(s *Server, r *http.Request, by booking.Actor, id booking.MemberID, f *form.Form) error {
		reason := f.Text("reason", mostReason)
		if !f.OK() {
			return nil // the page asks again
		}
		_, err := s.desk.Pause(r.Context(), by, id, reason)
		return err
	}},
	"resume": {said: "resumed", do: func(s *Server, r *http.Request, by booking.Actor, id booking.MemberID, _ *form.Form) error {
		_, err := s.desk.Resume(r.Context(), by, id)
		return err
	}},
	"bar": {said: "barred", asks: true, away: true, do: func(s *Server, r *http.Request, by booking.Actor, id booking.MemberID, f *form.Form) error {
		reason := f.Text("reason", mostReason)
		if !f.OK() {
			return nil // the page asks again
		}
		_, err := s.desk.Bar(r.Context(), by, id, reason)
		return err
	}},
	"unbar": {said: "unbarred", asks: true, do: func(s *Server, r *http.Request, by booking.Actor, id booking.MemberID, _ *form.Form) error {
		_, err := s.desk.Unbar(r.Context(), by, id)
		return err
	}},
	"send": {said: "invited", do: func(s *Server, r *http.Request, by booking.Actor, id booking.MemberID, _ *form.Form) error {
		return s.sendLinkAgain(r, by, id)
	}},
}

// A memberPage asks once more before an act about somebody.
type memberPage struct {
	*form.Form
	desk.Bedside
	Member memberRow
}

// askMember handles GET /ward/patients/{id}/members/{member}/{act}.
func (s *Server) askMember(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	if act := memberActs[r.PathValue("act")]; !act.asks {
		return errPageNotFound
	}
	bedside, member, err := s.memberOf(r, by)
	if err != nil {
		return err
	}
	return s.showMember(w, r, http.StatusOK, form.Blank(), bedside, member)
}

func (s *Server) showMember(w http.ResponseWriter, r *http.Request, status int, f *form.Form, bedside desk.Bedside, member booking.CircleMember) error {
	row := memberRow{member, phoneWords(member.Visitor.Phone), patientPath(bedside.Patient.ID, "/members/"+url.PathEscape(string(member.ID)))}
	return s.render(w, r, status, "ward/member-"+r.PathValue("act"), memberPage{f, bedside, row})
}

// memberOf is the patient and the person that an address names.
func (s *Server) memberOf(r *http.Request, by booking.Actor) (desk.Bedside, booking.CircleMember, error) {
	bedside, err := s.bedsideOf(r, by)
	if err != nil {
		return desk.Bedside{}, booking.CircleMember{}, err
	}
	for _, m := range bedside.Circle {
		if string(m.ID) == r.PathValue("member") {
			return bedside, m, nil
		}
	}
	return desk.Bedside{}, booking.CircleMember{}, booking.ErrNoSuchPerson
}

// actOnMember handles POST /ward/patients/{id}/members/{member}/{act}.
func (s *Server) actOnMember(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	act, known := memberActs[r.PathValue("act")]
	if !known {
		return errPageNotFound
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	bedside, member, err := s.memberOf(r, by)
	if err != nil {
		return err
	}
	seats, err := s.desk.Seats(r.Context(), by, member.ID) // before the act, which may take them away
	if err != nil {
		return err
	}
	ctx, cancel := s.outliving(r)
	defer cancel()
	if err := act.do(s, r.WithContext(ctx), by, member.ID, f); err != nil {
		return err
	}
	if !f.OK() {
		return s.showMember(w, r, http.StatusUnprocessableEntity, f, bedside, member)
	}
	for _, seat := range seats {
		if !act.away {
			break
		}
		s.tellRoom(ctx, seat.Visit.ID, RoomOrder{Kind: OrderRemove, Seat: seat.Seat})
		s.closeIfOver(ctx, by, seat.Visit)
	}
	return seeOther(w, r, patientPath(bedside.Patient.ID, "?said="+act.said))
}

// closeIfOver closes the room of a visit that has been cancelled, since nobody
// else comes to it: an interpreter may have been waiting there.
func (s *Server) closeIfOver(ctx context.Context, by booking.Actor, was desk.Visit) {
	visit, err := s.desk.Visit(ctx, by, was.Reference)
	if err != nil {
		s.log.ErrorContext(ctx, "not known whether a visit is over", "visit", string(was.ID), "err", err)
		return
	}
	if visit.State.Over() {
		s.tellRoom(ctx, visit.ID, RoomOrder{Kind: OrderEnd})
	}
}

// sendLinkAgain sends a member of a circle a new link, for one that is lost.
func (s *Server) sendLinkAgain(r *http.Request, by booking.Actor, id booking.MemberID) error {
	bedside, member, err := s.memberOf(r, by)
	if err != nil {
		return err
	}
	if member.ID != id || member.Status != booking.MemberApproved || member.Barred {
		return booking.ErrNotApproved
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	_, err = s.keyed(f).Invite(r.Context(), by, bedside.Patient.ID, desk.Contact{
		Name: member.Visitor.Name, Phone: member.Visitor.Phone, Email: member.Visitor.Email, Relationship: member.Relationship,
	})
	return err
}

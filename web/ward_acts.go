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

// A wardAct is something that staff do about a visit from the board. The desk
// decides; the room is told afterwards.
type wardAct struct {
	do    func(s *Server, ctx context.Context, by booking.Actor, on actOn) (desk.Visit, error)
	order RoomOrderKind // nothing for one that rooms need not hear of
	done  string        // what to say of it, if the board does not show it
}

// actOn is what an act is about.
type actOn struct {
	ref  booking.Reference
	who  booking.ParticipantID
	why  booking.Reason
	form *form.Form
}

// wardActs are all of them, by the last part of their address.
var wardActs = map[string]wardAct{
	"start": {do: func(s *Server, ctx context.Context, by booking.Actor, on actOn) (desk.Visit, error) {
		return s.desk.Start(ctx, by, on.ref)
	}},
	"admit": {order: OrderAdmit, do: func(s *Server, ctx context.Context, by booking.Actor, on actOn) (desk.Visit, error) {
		return s.desk.Admit(ctx, by, on.ref, on.who)
	}},
	"hold": {order: OrderHold, do: func(s *Server, ctx context.Context, by booking.Actor, on actOn) (desk.Visit, error) {
		return s.desk.HoldBack(ctx, by, on.ref, on.who)
	}},
	"remove": {order: OrderRemove, done: "removed_from", do: func(s *Server, ctx context.Context, by booking.Actor, on actOn) (desk.Visit, error) {
		return s.desk.Remove(ctx, by, on.ref, on.who)
	}},
	"lock": {order: OrderLock, do: func(s *Server, ctx context.Context, by booking.Actor, on actOn) (desk.Visit, error) {
		return s.desk.Lock(ctx, by, on.ref, true)
	}},
	"unlock": {order: OrderUnlock, do: func(s *Server, ctx context.Context, by booking.Actor, on actOn) (desk.Visit, error) {
		return s.desk.Lock(ctx, by, on.ref, false)
	}},
	"cover": {order: OrderCover, do: func(s *Server, ctx context.Context, by booking.Actor, on actOn) (desk.Visit, error) {
		return s.desk.Cover(ctx, by, on.ref, true)
	}},
	"uncover": {order: OrderUncover, do: func(s *Server, ctx context.Context, by booking.Actor, on actOn) (desk.Visit, error) {
		return s.desk.Cover(ctx, by, on.ref, false)
	}},
	"end": {order: OrderEnd, done: "ended", do: func(s *Server, ctx context.Context, by booking.Actor, on actOn) (desk.Visit, error) {
		return s.desk.End(ctx, by, on.ref, on.why)
	}},
}

// actOnVisit handles POST /ward/visits/{ref}/{act}.
func (s *Server) actOnVisit(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	act, known := wardActs[r.PathValue("act")]
	if !known {
		return errPageNotFound
	}
	on, err := readActOn(r)
	if err != nil {
		return err
	}
	if on.form.OK() {
		ctx, done := s.decide(r, on.ref)
		defer done()
		visit, err := act.do(s, ctx, by, on)
		if err == nil {
			s.tellRoom(ctx, visit.ID, act.orderOn(visit, on.who))
			return seeOther(w, r, boardOf(visit, act.done))
		}
		return s.backToBoard(w, r, by, on.ref, err)
	}
	return s.confirm(w, r, by, on, http.StatusUnprocessableEntity)
}

// orderOn is what a room is told of an act. To admit is to admit who waited when the
// desk wrote it, in that browser of theirs.
func (a wardAct) orderOn(visit desk.Visit, who booking.ParticipantID) RoomOrder {
	order := RoomOrder{Kind: a.order, Seat: string(who)}
	for _, p := range visit.People {
		if a.order == OrderAdmit && p.ID == who {
			order.Browser = p.LetIn
		}
	}
	return order
}

// readActOn reads whom and what an act is about. Only ending asks for a reason.
func readActOn(r *http.Request) (actOn, error) {
	ref, err := booking.ParseReference(r.PathValue("ref"))
	if err != nil {
		return actOn{}, err
	}
	f, err := form.Read(r)
	if err != nil {
		return actOn{}, err
	}
	on := actOn{ref: ref, form: f}
	switch r.PathValue("act") {
	case "admit", "hold", "remove":
		who, err := identifier(f.Value("participant"), booking.ErrNoSuchPerson)
		if err != nil {
			return actOn{}, err
		}
		on.who = booking.ParticipantID(who)
	case "end":
		on.why = booking.Reason(f.Choice("why", endReasons...))
	}
	return on, nil
}

// endReasons are why staff may end a visit.
var endReasons = []string{string(booking.ByWard), string(booking.PatientDeclined), string(booking.NoShowVisitor), string(booking.Technical)}

// boardOf is the address of the board that a visit is on, at the visit.
func boardOf(v desk.Visit, said string) string {
	q := url.Values{"ward": {string(v.Visit.Ward)}, "date": {booking.DateOf(v.When.Start(), v.WardRecord.Site.Zone).String()}}
	if said != "" {
		q.Set("said", said)
	}
	return "/ward/today?" + q.Encode()
}

// backToBoard shows the board again with what was refused on it, since whoever
// pressed a button that another had pressed first wants to see how things are.
// What is not there, or not theirs, is told as everywhere.
func (s *Server) backToBoard(w http.ResponseWriter, r *http.Request, by booking.Actor, ref booking.Reference, err error) error {
	var refusal *booking.Refusal
	if !errors.As(err, &refusal) || refusal.Kind == booking.NotFound {
		return err
	}
	visit, lost := s.desk.Visit(r.Context(), by, ref)
	if lost != nil {
		return err
	}
	about(r.Context()).refused = refusal.Code
	return seeOther(w, r, boardOf(visit, refusal.Code)+"&about="+url.QueryEscape(string(ref)))
}

// A confirmPage asks once more before what cannot be undone.
type confirmPage struct {
	*form.Form
	desk.Visit
	Board   string // the way back
	Person  *booking.Participant
	Reasons []endReason
}

// An endReason is one that may be chosen.
type endReason struct {
	Value booking.Reason
	Text  string
}

// confirmAct handles GET /ward/visits/{ref}/end and …/remove, which change
// nothing yet.
func (s *Server) confirmAct(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	ref, err := booking.ParseReference(r.PathValue("ref"))
	if err != nil {
		return err
	}
	on := actOn{ref: ref, form: form.Blank()}
	if raw := r.URL.Query().Get("participant"); raw != "" {
		who, err := identifier(raw, booking.ErrNoSuchPerson)
		if err != nil {
			return err
		}
		on.who = booking.ParticipantID(who)
	}
	return s.confirm(w, r, by, on, http.StatusOK)
}

func (s *Server) confirm(w http.ResponseWriter, r *http.Request, by booking.Actor, on actOn, status int) error {
	visit, err := s.desk.Visit(r.Context(), by, on.ref)
	if err != nil {
		return err
	}
	p := confirmPage{Form: on.form, Visit: visit, Board: boardOf(visit, "")}
	act := r.PathValue("act")
	if _, known := wardActs[act]; !known {
		return errPageNotFound
	}
	switch {
	case visit.State.Over():
		return seeOther(w, r, boardOf(visit, booking.ErrVisitOver.Code))
	case act == "end":
		p.Reasons = reasonsFor(visit.State)
		return s.render(w, r, status, "ward/end", p)
	case act == "remove":
		for _, person := range visit.People {
			if person.ID == on.who {
				p.Person = &person
				return s.render(w, r, status, "ward/remove", p)
			}
		}
		return booking.ErrNoSuchPerson
	}
	return seeOther(w, r, p.Board) // a button's address, opened again after signing in
}

// reasonsFor are the reasons to end a visit, the likeliest first.
func reasonsFor(state booking.State) []endReason {
	if state == booking.Live {
		return []endReason{
			{booking.ByWard, "The visit is finished"},
			{booking.PatientDeclined, "The patient is not able to go on"},
			{booking.Technical, "Something did not work"},
		}
	}
	return []endReason{
		{booking.PatientDeclined, "The patient is not able to take the call now"},
		{booking.NoShowVisitor, "Nobody came"},
		{booking.Technical, "Something did not work"},
		{booking.ByWard, "Another reason, on the ward"},
	}
}

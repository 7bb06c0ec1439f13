package web

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// An outcomeButton is one tap that says how a visit does not go as planned.
type outcomeButton struct {
	Kind booking.OutcomeKind
	Text string
}

// outcomeWords are what the buttons say.
var outcomeWords = map[booking.OutcomeKind]string{
	booking.OutcomeLate: "They are late", booking.OutcomeAsleep: "Patient asleep", booking.OutcomeNotNow: "Not now", booking.OutcomeNoShow: "Nobody came",
}

// CanNote are the outcomes that can be said of the visit now.
func (c visitCard) CanNote() (buttons []outcomeButton) {
	for _, kind := range booking.Outcomes {
		if c.Note(kind, c.Visit.People, c.WardRecord.Policy.OpensBefore, c.now) == nil {
			buttons = append(buttons, outcomeButton{kind, outcomeWords[kind]})
		}
	}
	return buttons
}

// CanUndo reports whether what was last said of the visit can be taken back.
func (c visitCard) CanUndo() bool {
	if c.Outcome == nil {
		return false
	}
	_, err := c.TakeBack(*c.Outcome, c.now)
	return err == nil
}

// OutcomeText is what the button said that was last pressed.
func (c visitCard) OutcomeText() string { return outcomeWords[c.Outcome.Kind] }

// Waits reports whether the visit waits for a family that is late.
func (c visitCard) Waits() bool {
	return c.Outcome != nil && c.Outcome.Kind == booking.OutcomeLate && !c.Visit.State.Over() && c.Visit.State != booking.Live && c.nobodyCame()
}

// waitingFor says how that stands.
func (c visitCard) waitingFor() (urgency, string) {
	until := clock(c.Outcome.Until, c.Zone())
	if c.now.Before(c.Outcome.Until) {
		return watch, "Waiting for the family until " + until
	}
	return overdue, "Nobody came by " + until + ". Press Nobody came, or wait longer."
}

// Noted says what was said of the visit, if that is all there is to say.
func (c visitCard) Noted() string {
	switch {
	case c.Outcome == nil:
		return ""
	case !c.Outcome.Was.IsZero() && c.Visit.State == booking.Booked:
		return "Moved from " + clock(c.Outcome.Was.Start(), c.Zone()) + ": the patient was asleep"
	case c.Outcome.Kind == booking.OutcomeLate && !c.Visit.State.Over():
		return "The family was late"
	}
	return ""
}

// noteVisit handles POST /ward/visits/{ref}/note: one tap, which can be undone.
func (s *Server) noteVisit(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	ref, err := booking.ParseReference(r.PathValue("ref"))
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	version, _ := strconv.Atoi(f.Value("version")) // what is no number was never shown
	ctx, done := s.decide(r, ref)
	defer done()
	visit, err := s.desk.Note(ctx, by, ref, version, booking.OutcomeKind(f.Value("outcome")))
	if err != nil {
		return s.backToBoard(w, r, by, ref, err)
	}
	said := "noted_late"
	switch {
	case visit.State.Over():
		said = "noted_off"
		s.tellRoom(ctx, visit.ID, RoomOrder{Kind: OrderEnd})
	case visit.State == booking.Booked && visit.When.Start().After(s.now()):
		said = "noted_moved"
		s.tellRoom(ctx, visit.ID, RoomOrder{Kind: OrderSay, Text: movedWords(visit)})
		s.tellRoom(ctx, visit.ID, RoomOrder{Kind: OrderRecall, Seat: desk.SeatOfPatient})
	}
	return seeOther(w, r, boardOf(visit, said))
}

// movedWords tell those who wait when their visit is now, and nothing of why.
func movedWords(v desk.Visit) string {
	return "The ward needs a little more time. Your visit is now at " + clock(v.When.Start(), v.WardRecord.Site.Zone) + ". You can close this page until then."
}

// undoNote handles POST /ward/visits/{ref}/undo.
func (s *Server) undoNote(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	ref, err := booking.ParseReference(r.PathValue("ref"))
	if err != nil {
		return err
	}
	ctx, done := s.decide(r, ref)
	defer done()
	visit, err := s.desk.Undo(ctx, by, ref)
	if err != nil {
		return s.backToBoard(w, r, by, ref, err)
	}
	return seeOther(w, r, boardOf(visit, "note_undone"))
}

// unlessRefusal is nil for what a rule refused, and the fault for anything else.
func unlessRefusal(err error) error {
	var refusal *booking.Refusal
	if errors.As(err, &refusal) {
		return nil
	}
	return err
}

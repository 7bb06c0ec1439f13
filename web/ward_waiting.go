package web

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
	"github.com/wardvisit/wardvisit/web/locale"
)

// The waiting list of a whole ward. What is freed is offered by the program, in
// turn; this page says whose turn it is and why, and answers for a family that
// rings instead of pressing its link.

const waitingPath = "/ward/waiting"

// A waitingPage is who waits in a ward, in their turn.
type waitingPage struct {
	wardHead
	Rows []queuedRow
	Now  time.Time
}

// A queuedRow is one of them.
type queuedRow struct {
	desk.Queued
	Turn int
	zone *time.Location
}

// Zone is that of the ward.
func (r queuedRow) Zone() *time.Location { return r.zone }

// Days are those on which they would come.
func (r queuedRow) Days() string { return waitDays(r.WaitlistEntry, r.zone) }

// Goodbye reports whether it is to say goodbye.
func (r queuedRow) Goodbye() bool { return r.Kind == booking.EndOfLife }

// Why says why nothing can be offered to them now; empty when it can.
func (r queuedRow) Why() string {
	var refused *booking.Refusal
	if r.Member.Barred || !errors.As(r.Refused, &refused) { // a bar has a tag of its own
		return ""
	}
	return locale.English.SayOf(refused.Code, "staff")
}

// Phone is the number of whoever waits, and Tel the address that rings it.
func (r queuedRow) Phone() string { return phoneWords(r.Member.Visitor.Phone) }

// mostBefore is how many of the times that came to nothing are told of somebody.
const mostBefore = 3

// Earlier are the last times that came to nothing.
func (r queuedRow) Earlier() []booking.TimeOffered { return r.Before[:min(len(r.Before), mostBefore)] }

// Came says what an offer came to.
func (queuedRow) Came(o booking.TimeOffered) string {
	if o.State == booking.SlotDeclined {
		return "they could not come"
	}
	return "no answer in time"
}

// To is the address of an act on their place.
func (r queuedRow) To(act string) string {
	return waitingPath + "/" + url.PathEscape(string(r.ID)) + act
}

// ToOffer is the address of an act on the time that is kept for them.
func (r queuedRow) ToOffer(act string) string {
	return waitingPath + "/offers/" + url.PathEscape(string(r.Kept.ID)) + act
}

// wardWaitingList handles GET /ward/waiting.
func (s *Server) wardWaitingList(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	head, err := s.headOf(r, by, waitingPath)
	if err != nil {
		return err
	}
	queue, err := s.desk.WaitingIn(r.Context(), by, head.Ward.ID)
	if err != nil {
		return err
	}
	p := waitingPage{wardHead: head, Now: s.now()}
	for i, q := range queue {
		p.Rows = append(p.Rows, queuedRow{q, i + 1, head.Ward.Site.Zone})
	}
	return s.render(w, r, http.StatusOK, "ward/waiting-list", p)
}

// waitingSays goes back to the list, which says what was done.
func waitingSays(w http.ResponseWriter, r *http.Request, ward booking.WardID, said string) error {
	return seeOther(w, r, waitingPath+"?"+url.Values{"ward": {string(ward)}, "said": {said}}.Encode())
}

// offerNow handles POST /ward/waiting/offer.
func (s *Server) offerNow(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	head, err := s.headOf(r, by, waitingPath)
	if err != nil {
		return err
	}
	offered, err := s.desk.OfferNow(r.Context(), by, head.Ward.ID)
	switch {
	case err != nil:
		return err
	case offered == 0:
		return waitingSays(w, r, head.Ward.ID, "nothing_to_offer")
	}
	return waitingSays(w, r, head.Ward.ID, "offered_now")
}

// leaveQueue handles POST /ward/waiting/{entry}/remove.
func (s *Server) leaveQueue(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	entry, err := identifier(r.PathValue("entry"), booking.ErrNoSuchEntry)
	if err != nil {
		return err
	}
	if err := s.desk.LeaveWaiting(r.Context(), by, booking.EntryID(entry)); err != nil {
		return err
	}
	head, err := s.headOf(r, by, waitingPath)
	if err != nil {
		return err
	}
	return waitingSays(w, r, head.Ward.ID, "not_waiting")
}

// takeForThem handles POST /ward/waiting/offers/{offer}/take: the family has rung
// and says yes.
func (s *Server) takeForThem(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	typed, err := form.Read(r)
	if err != nil {
		return err
	}
	id, err := identifier(r.PathValue("offer"), booking.ErrNoSuchOffer)
	if err != nil {
		return err
	}
	before, err := s.desk.FreedSlot(r.Context(), by, booking.SlotOfferID(id))
	if err != nil {
		return err
	}
	v, err := s.keyed(typed).TakeSlot(r.Context(), by, before.ID)
	var refused *booking.Refusal
	switch {
	case errors.As(err, &refused) && refused.Kind == booking.Conflict:
		said := refused.Code
		if before.State != booking.SlotOpen || !s.now().Before(before.Held.HeldUntil) {
			said = offerWas(before.State)
		}
		return waitingSays(w, r, before.Held.Visit.Ward, said)
	case err != nil:
		return err
	case before.State == booking.SlotTaken: // by the family, a moment ago
		return waitingSays(w, r, before.Held.Visit.Ward, offerWas(before.State))
	}
	return seeOther(w, r, "/ward/book/done/"+string(v.Reference))
}

// declineForThem handles POST /ward/waiting/offers/{offer}/decline: they have rung
// and say no.
func (s *Server) declineForThem(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	id, err := identifier(r.PathValue("offer"), booking.ErrNoSuchOffer)
	if err != nil {
		return err
	}
	before, err := s.desk.FreedSlot(r.Context(), by, booking.SlotOfferID(id))
	if err != nil {
		return err
	}
	if _, err := s.desk.DeclineSlot(r.Context(), by, before.ID); err != nil {
		return err
	}
	if before.State != booking.SlotOpen {
		return waitingSays(w, r, before.Held.Visit.Ward, offerWas(before.State))
	}
	return waitingSays(w, r, before.Held.Visit.Ward, "declined_for_them")
}

// offerWas is the word for what had become of an offer before somebody pressed a
// button beside it.
func offerWas(state booking.SlotOfferState) string {
	switch state {
	case booking.SlotTaken:
		return "offer_taken"
	case booking.SlotDeclined:
		return "offer_declined"
	default:
		return "offer_lapsed"
	}
}

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

// The waiting list: a relative names days, and when a time on one of them is
// freed it is kept for them until they say yes or no. Whoever is barred meets the
// same pages; only nothing is ever free for them.

// A waitPage asks on which days somebody would come.
type waitPage struct {
	*form.Form
	familyCircle
}

// askWait handles GET /waiting/new.
func (s *Server) askWait(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	circle, err := s.circle(r, by, booking.PatientID(r.URL.Query().Get("patient")))
	if err != nil {
		return err
	}
	if !circle.MayBook() {
		return s.unable(w, r, http.StatusOK, circle)
	}
	today := booking.DateOf(s.now(), circle.Ward.Site.Zone)
	f := form.Blank(append(datePairs("firstday", today), datePairs("lastday", today.AddDays(6))...)...)
	return s.render(w, r, http.StatusOK, "family/wait", waitPage{f, circle})
}

// wait handles POST /waiting.
func (s *Server) wait(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	circle, err := s.circle(r, by, booking.PatientID(f.Value("patient")))
	if err != nil {
		return err
	}
	ask := desk.WaitFor{Patient: circle.Patient.ID, Visitor: by.Visitor(), From: mustDate(f, "firstday"), To: mustDate(f, "lastday")}
	if f.OK() {
		_, err := s.keyed(f).Wait(r.Context(), by, ask)
		switch {
		case err == nil:
			return seeOther(w, r, "/visits?done=waiting")
		case isAny(err, booking.ErrBadDays):
			refuse(f, "lastday", err)
		case isAny(err, booking.ErrStillFree, booking.ErrWaitingAlready, booking.ErrKeyReused):
			refuse(f, "firstday", err)
		case isAny(err, mayNotVisit...):
			circle.Refused = err
			return s.unable(w, r, http.StatusConflict, circle)
		default:
			return err
		}
	}
	return s.render(w, r, http.StatusUnprocessableEntity, "family/wait", waitPage{f, circle})
}

// StillFree reports whether there are times on those days after all.
func (p waitPage) StillFree() bool {
	for _, wrong := range p.Problems() {
		if wrong.Code == booking.ErrStillFree.Code {
			return true
		}
	}
	return false
}

// leaveWaiting handles POST /waiting/{id}/leave.
func (s *Server) leaveWaiting(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	if err := s.desk.LeaveWaiting(r.Context(), by, booking.EntryID(r.PathValue("id"))); err != nil {
		return err
	}
	return seeOther(w, r, "/visits?done=left")
}

// A familyWait is how the reader waits, in words.
type familyWait struct{ desk.Wait }

// Days are those on which they would come.
func (w familyWait) Days() string { return waitDays(w.WaitlistEntry, w.WardRecord.Site.Zone) }

func waitDays(e booking.WaitlistEntry, zone *time.Location) string {
	from := day(noonOf(e.From, zone), zone)
	if e.From == e.To {
		return "On " + from
	}
	return "From " + from + " to " + day(noonOf(e.To, zone), zone)
}

// A freedPage is a freed time that is kept for the reader.
type freedPage struct {
	*form.Form
	familyVisit
	Offer booking.SlotOffer
	Left  time.Duration
}

// To is the address of one of the offer's acts.
func (p freedPage) To(act string) string { return freedPath(p.Offer.ID, act) }

func freedPath(id booking.SlotOfferID, act string) string {
	return "/offers/" + url.PathEscape(string(id)) + act
}

// SecondsLeft is Left for the script that counts it down.
func (p freedPage) SecondsLeft() int { return int(p.Left / time.Second) }

// Form of the visit that it would become, for who would like more than a yes.
func (p freedPage) More() string { return heldPath(p.ID, "who") }

// freed handles GET /offers/{id}.
func (s *Server) freed(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := s.desk.FreedSlot(r.Context(), by, booking.SlotOfferID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return s.showFreed(w, r, by, http.StatusOK, nil, f)
}

func (s *Server) showFreed(w http.ResponseWriter, r *http.Request, by booking.Actor, status int, typed *form.Form, f desk.FreedSlot) error {
	now := s.now()
	p := freedPage{typed, familyVisitAt(f.Held, now), f.SlotOffer, f.Held.HeldUntil.Sub(now)}
	switch {
	case f.Held.State == booking.Held && p.Left > 0:
		return s.render(w, r, status, "family/offer", p)
	case f.Held.State == booking.Held || f.Held.State == booking.Cancelled && f.Held.Reason == booking.HoldLapsed:
		return s.lapsed(w, r, by, p.familyVisit)
	}
	return seeOther(w, r, p.familyVisit.To(""))
}

// takeFreed handles POST /offers/{id}/take.
func (s *Server) takeFreed(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	typed, err := form.Read(r)
	if err != nil {
		return err
	}
	id := booking.SlotOfferID(r.PathValue("id"))
	booked, err := s.keyed(typed).TakeSlot(r.Context(), by, id)
	if err == nil {
		return seeOther(w, r, familyVisitAt(booked, s.now()).To("")+"?done=booked")
	}
	f, look := s.desk.FreedSlot(r.Context(), by, id)
	switch refused := new(booking.Refusal); {
	case look != nil:
		return look
	case isAny(err, mayNotVisit...):
		return s.unable(w, r, http.StatusConflict, familyVisitAt(f.Held, s.now()).circle(err))
	case !errors.As(err, &refused):
		return err
	}
	refuse(typed, "answer", err)
	return s.showFreed(w, r, by, http.StatusConflict, typed, f)
}

// declineFreed handles POST /offers/{id}/decline.
func (s *Server) declineFreed(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	if _, err := s.desk.DeclineSlot(r.Context(), by, booking.SlotOfferID(r.PathValue("id"))); err != nil {
		return err
	}
	return seeOther(w, r, "/visits?done=declined")
}

// joinVisit handles POST /visits/join: to come to the visit that the patient has
// at that time already.
func (s *Server) joinVisit(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	circle, err := s.circle(r, by, booking.PatientID(f.Value("patient")))
	if err != nil {
		return err
	}
	p := timesPage{Form: f, familyCircle: circle, HeldFor: f.Value("held")}
	at, err := instant(f.Value("join"))
	if err != nil {
		return s.timeRefused(w, r, by, p, time.Time{}, err)
	}
	v, err := s.keyed(f, iso(at)).JoinVisit(r.Context(), by, circle.Patient.ID, at)
	if err != nil {
		return s.timeRefused(w, r, by, p, at, err)
	}
	return seeOther(w, r, familyVisitAt(v, s.now()).To("")+"?done=joined")
}

package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// A Plea is what a relative asks a ward for: up to three times, the most wanted
// first, and why.
type Plea struct {
	Patient booking.PatientID
	Times   []booking.Interval
	Note    string
}

// Ask asks the ward for a time that it does not offer. One question is open at a
// time: the ward answers a family, not a list. Somebody who is barred may ask like
// anybody else, and their ward sees who asks.
func (d *Desk) Ask(ctx context.Context, by booking.Actor, p Plea) (booking.Request, error) {
	if by.Visitor() == "" {
		return booking.Request{}, booking.ErrMayNot // staff book it instead
	}
	asked := []any{p.Patient, p.Note}
	for _, t := range p.Times {
		asked = append(asked, t.String())
	}
	c := creation[booking.Request]{
		act: "ask", asked: asked,
		id: func(made booking.Request) string { return string(made.ID) },
		find: func(ctx context.Context, tx *store.Tx, id string) (booking.Request, error) {
			return requestFor(ctx, tx, by, booking.RequestID(id))
		},
	}
	return create(ctx, d, by, c, func(tx *store.Tx) (booking.Request, error) { return d.ask(ctx, tx, by, p) })
}

func (d *Desk) ask(ctx context.Context, tx *store.Tx, by booking.Actor, p Plea) (booking.Request, error) {
	none := booking.Request{}
	if err := touchFor(ctx, tx, by, p.Patient); err != nil {
		return none, err
	}
	standing, err := standingFor(ctx, tx, by, p.Patient, by.Visitor())
	if err != nil {
		return none, err
	}
	now := d.now()
	standing.Member.Barred = false
	if err := standing.MayVisit(now); err != nil {
		return none, err
	}
	id, err := d.newID()
	if err != nil {
		return none, err
	}
	r := booking.Request{
		ID: booking.RequestID(id), Patient: p.Patient, Visitor: by.Visitor(), Ward: standing.Ward.ID, Times: p.Times,
		Note: p.Note, State: booking.RequestOpen, AskedAt: now,
	}
	if err := r.Check(now, standing.Ward.Policy); err != nil {
		return none, err
	}
	if err := tx.AddRequest(ctx, r); err != nil {
		return none, err
	}
	return r, tx.AddEvent(ctx, d.requestEvent(r, by, booking.TimeRequested, ""))
}

func (d *Desk) requestEvent(r booking.Request, by booking.Actor, what booking.Action, reason string) booking.Event {
	return booking.Event{At: d.now(), By: by, Action: what, Subject: "request " + string(r.ID), Ward: r.Ward, Reason: reason}
}

// requestFor returns a request that is the actor's, or of a patient whose ward
// they run. It is of that ward from then on: requests go with their patients.
func requestFor(ctx context.Context, tx *store.Tx, by booking.Actor, id booking.RequestID) (booking.Request, error) {
	r, err := tx.Request(ctx, id)
	if err != nil {
		return r, err
	}
	if by.Visitor() == r.Visitor && r.Visitor != "" {
		return r, nil
	}
	ward, err := wardOf(ctx, tx, by, booking.RunVisits, r.Patient)
	if err != nil {
		return booking.Request{}, booking.ErrNoSuchRequest
	}
	r.Ward = ward.ID
	return r, nil
}

// takeRequest is requestFor, which stays as it is until the act is over.
func takeRequest(ctx context.Context, tx *store.Tx, by booking.Actor, id booking.RequestID) (booking.Request, error) {
	r, err := requestFor(ctx, tx, by, id)
	if err != nil {
		return r, err
	}
	touched := r.Patient
	if err := tx.Touch(ctx, patientOf(touched)); err != nil {
		return r, err
	}
	if r, err = requestFor(ctx, tx, by, id); err != nil {
		return r, err
	}
	return r, stillOf(touched, r.Patient)
}

// TakeBack withdraws a request of the actor's own. Pressing twice withdraws once.
func (d *Desk) TakeBack(ctx context.Context, by booking.Actor, id booking.RequestID) (booking.Request, error) {
	return do(ctx, d, func(tx *store.Tx) (booking.Request, error) {
		r, err := takeRequest(ctx, tx, by, id)
		if err != nil {
			return r, err
		}
		switch {
		case by.Visitor() != r.Visitor:
			return r, booking.ErrMayNot
		case r.State == booking.RequestWithdrawn:
			return r, nil // pressed twice
		}
		if r, err = r.Withdraw(d.now()); err != nil {
			return r, err
		}
		if err := tx.CloseRequest(ctx, r); err != nil {
			return r, err
		}
		return r, tx.AddEvent(ctx, d.requestEvent(r, by, booking.RequestTakenBack, ""))
	})
}

// Grant books one of the times that were asked for, counted from 1, and tells the
// family as of any visit that is booked. Everything is checked as ever; the rules
// that the time breaks are set aside for the reason that staff give, if they are
// staff who may. A second press finds the visit that the first one booked.
func (d *Desk) Grant(ctx context.Context, by booking.Actor, id booking.RequestID, rank int, reason string) (Visit, error) {
	if by.Visitor() != "" {
		return Visit{}, booking.ErrMayNot
	}
	return create(ctx, d, by, makesVisit(by, "grant", id, rank, reason), func(tx *store.Tx) (Visit, error) {
		r, err := takeRequest(ctx, tx, by, id)
		switch {
		case err != nil:
			return Visit{}, err
		case r.State != booking.RequestOpen:
			return Visit{}, booking.ErrRequestClosed
		case rank < 1 || rank > len(r.Times):
			return Visit{}, booking.ErrBadChoice
		}
		when := r.Times[rank-1]
		a, err := d.holdFor(ctx, tx, by, Occasion{
			Patient: r.Patient, Visitor: r.Visitor, Start: when.Start(), Length: when.Length(), Overrides: r.Overrides(reason),
		})
		if err != nil {
			return Visit{}, err
		}
		if err := a.load(ctx, a.rec.ID); err != nil {
			return Visit{}, err
		}
		if err := d.confirm(ctx, a); err != nil {
			return Visit{}, err
		}
		if r, err = r.Grant(by, a.rec.ID, a.now); err != nil {
			return Visit{}, err
		}
		if err := tx.CloseRequest(ctx, r); err != nil {
			return Visit{}, err
		}
		if err := tx.AddEvent(ctx, d.requestEvent(r, by, booking.RequestAnswered, "granted")); err != nil {
			return Visit{}, err
		}
		return a.show(ctx)
	})
}

// Refuse answers a request with words for the family, who are told that there is
// an answer and read it once they are signed in: what staff write may be about the
// patient, and a text message is read by whoever holds the phone. Nobody is told
// of a patient who has died; that is for a person to do.
func (d *Desk) Refuse(ctx context.Context, by booking.Actor, id booking.RequestID, words string) (booking.Request, error) {
	return do(ctx, d, func(tx *store.Tx) (booking.Request, error) {
		r, err := takeRequest(ctx, tx, by, id)
		switch {
		case err != nil:
			return r, err
		case by.Visitor() != "":
			return r, booking.ErrMayNot
		case r.State == booking.RequestRefused && r.Answer == words:
			return r, nil // pressed twice
		}
		if r, err = r.Refuse(by, words, d.now()); err != nil {
			return r, err
		}
		if err := tx.CloseRequest(ctx, r); err != nil {
			return r, err
		}
		if err := tx.AddEvent(ctx, d.requestEvent(r, by, booking.RequestAnswered, "refused")); err != nil {
			return r, err
		}
		return r, d.tellAnswered(ctx, tx, r)
	})
}

// answerKept is how long the news of an answer is worth sending.
const answerKept = 48 * time.Hour

func (d *Desk) tellAnswered(ctx context.Context, tx *store.Tx, r booking.Request) error {
	patient, err := tx.Patient(ctx, r.Patient)
	if err != nil || patient.State == booking.PatientDied {
		return err
	}
	ward, err := tx.Ward(ctx, r.Ward)
	if err != nil {
		return err
	}
	visitor, err := tx.Visitor(ctx, r.Visitor)
	if err != nil {
		return err
	}
	link, err := d.newLink(ctx, tx, booking.Invite{Patient: r.Patient, Visitor: r.Visitor, Expires: d.now().Add(inviteLife)})
	if err != nil {
		return err
	}
	return d.owe(ctx, tx, visitor.Phone, visitor.Email, booking.Notice{
		Kind: booking.NoticeRequestAnswered, Due: d.now(), Expires: d.now().Add(answerKept),
		Dedupe: store.InviteDedupe(r.Patient) + fmt.Sprintf("%s:%s", booking.NoticeRequestAnswered, r.ID), // so that a death takes it back
		Words:  map[string]string{"hospital": ward.Site.Name, "phone": ward.Phone, "link": link},
	})
}

// An Asking is a request with whom it is about.
type Asking struct {
	booking.Request
	PatientRecord booking.Patient
	WardRecord    booking.Ward
	Bed           string
	Member        booking.CircleMember // who asks; for the ward
	Reference     booking.Reference    // of the visit that it was granted as
}

// requestsShown is how long a relative sees the answer to a request.
const requestsShown = 14 * 24 * time.Hour

// Requests are the actor's own, open or answered lately.
func (d *Desk) Requests(ctx context.Context, by booking.Actor) ([]Asking, error) {
	return view(ctx, d, func(tx *store.Tx) ([]Asking, error) {
		requests, err := tx.RequestsOfVisitor(ctx, by.Visitor(), d.now().Add(-requestsShown))
		if err != nil {
			return nil, err
		}
		return askings(ctx, tx, by, requests)
	})
}

// Request is one of them, or one of a ward's.
func (d *Desk) Request(ctx context.Context, by booking.Actor, id booking.RequestID) (Asking, error) {
	return looksAt(ctx, d, by, ofAsking, func(tx *store.Tx) (Asking, error) {
		r, err := requestFor(ctx, tx, by, id)
		if err != nil {
			return Asking{}, err
		}
		return asking(ctx, tx, by, r)
	})
}

// RequestsOf is a ward's queue, the oldest first.
func (d *Desk) RequestsOf(ctx context.Context, by booking.Actor, ward booking.WardID) ([]Asking, error) {
	return lists(ctx, d, by, ward, func(tx *store.Tx) ([]Asking, error) {
		if _, err := heldWard(ctx, tx, by, booking.RunVisits, ward); err != nil {
			return nil, err
		}
		requests, err := tx.RequestsOfWard(ctx, ward)
		if err != nil {
			return nil, err
		}
		return askings(ctx, tx, by, requests)
	})
}

// RequestCount is how long that queue is.
func (d *Desk) RequestCount(ctx context.Context, by booking.Actor, ward booking.WardID) (int, error) {
	return view(ctx, d, func(tx *store.Tx) (int, error) {
		if _, err := heldWard(ctx, tx, by, booking.RunVisits, ward); err != nil {
			return 0, err
		}
		return tx.CountRequests(ctx, ward)
	})
}

func askings(ctx context.Context, tx *store.Tx, by booking.Actor, requests []booking.Request) ([]Asking, error) {
	var all []Asking
	for _, r := range requests {
		a, err := asking(ctx, tx, by, r)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

func asking(ctx context.Context, tx *store.Tx, by booking.Actor, r booking.Request) (Asking, error) {
	a := Asking{Request: r}
	var err error
	if a.PatientRecord, err = tx.Patient(ctx, r.Patient); err != nil {
		return a, err
	}
	stay, err := tx.Stay(ctx, r.Patient)
	if err != nil {
		return a, err
	}
	if a.Bed = bedName(stay.Bay, stay.Bed); stay.Ward != "" {
		a.Ward = stay.Ward
	}
	if a.WardRecord, err = tx.Ward(ctx, a.Ward); err != nil {
		return a, err
	}
	if r.Visit != "" {
		v, err := tx.Record(ctx, r.Visit)
		if err != nil {
			return a, err
		}
		a.Reference = v.Reference
	}
	if by.Visitor() != "" {
		a.PatientRecord.MRN, a.Bed = "", ""
		return a, nil
	}
	a.Member, err = tx.MemberOf(ctx, r.Patient, r.Visitor)
	return a, err
}

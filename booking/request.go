package booking

import (
	"strings"
	"time"
)

// A RequestState is where a Request is. Nothing leaves the others.
type RequestState string

// The states of a Request.
const (
	RequestOpen      RequestState = "open"
	RequestGranted   RequestState = "granted"
	RequestRefused   RequestState = "refused"
	RequestWithdrawn RequestState = "withdrawn"
)

// A Request is up to three times outside the offer that a relative asks the ward
// for, the most wanted first.
type Request struct {
	ID         RequestID
	Patient    PatientID
	Visitor    VisitorID
	Ward       WardID // where the patient lay when it was made
	Times      []Interval
	Note       string // in the words of whoever asks
	State      RequestState
	AskedAt    time.Time
	Answer     string // in the words of the ward, to the family
	AnsweredBy string
	AnsweredAt time.Time // the zero Time while it is open
	Visit      VisitID   // that it was granted as; empty unless it was
}

const (
	mostWishes = 3

	// What one may ask for: a moment is no visit, and two hours fill an afternoon.
	shortestWish = 5 * time.Minute
	longestWish  = 2 * time.Hour
)

// Check refuses a request that names no time, too many, one twice, one that is
// past, or one further ahead than even staff may book.
func (r Request) Check(now time.Time, p Policy) error {
	if len(r.Times) == 0 {
		return ErrMissing
	}
	if len(r.Times) > mostWishes {
		return ErrTooManyWishes
	}
	for i, t := range r.Times {
		switch {
		case t.Length() < shortestWish || t.Length() > longestWish:
			return ErrBadTime
		case t.Start().Before(now):
			return ErrTooLate
		case t.Start().After(now.Add(p.StaffEarliest)):
			return ErrTooEarly
		}
		for _, earlier := range r.Times[:i] {
			if earlier == t {
				return ErrSameWish
			}
		}
	}
	return nil
}

// Past reports whether none of the times asked for is still to come.
func (r Request) Past(now time.Time) bool {
	for _, t := range r.Times {
		if now.Before(t.Start()) {
			return false
		}
	}
	return true
}

// Grant returns r granted as a visit.
func (r Request) Grant(by Actor, visit VisitID, now time.Time) (Request, error) {
	r.Visit = visit
	return r.close(RequestGranted, by, now)
}

// Refuse returns r refused, in words for the family.
func (r Request) Refuse(by Actor, words string, now time.Time) (Request, error) {
	if strings.TrimSpace(words) == "" {
		return r, ErrReasonNeeded
	}
	r.Answer = strings.TrimSpace(words)
	return r.close(RequestRefused, by, now)
}

// Withdraw returns r taken back by whoever made it.
func (r Request) Withdraw(now time.Time) (Request, error) {
	return r.close(RequestWithdrawn, Actor{}, now)
}

func (r Request) close(as RequestState, by Actor, now time.Time) (Request, error) {
	if r.State != RequestOpen {
		return r, ErrRequestClosed
	}
	r.State, r.AnsweredBy, r.AnsweredAt = as, by.Name, now.UTC()
	return r, nil
}

// Overrides are what staff who grant a request set aside for it: every rule that
// may be, since to ask for what the rules do not offer is what a request is. Only
// those that would be broken are recorded.
func (r Request) Overrides(reason string) []Override {
	var all []Override
	for rule := range overridable {
		all = append(all, Override{Rule: rule.Code, Reason: reason})
	}
	return all
}

// Which of two instants is meant when the clocks show one time twice.
type Which int

// The answers to that question.
const (
	NotSaid Which = iota
	TheFirst
	TheSecond
)

// A Wish is a time as somebody writes it down.
type Wish struct {
	Date   Date
	Clock  ClockTime
	Length time.Duration
	Which  Which
}

// When is the wish as an interval. It refuses a time that does not happen, with
// ErrNoSuchLocalTime, and asks which of two is meant, with ErrTwiceLocalTime.
func (w Wish) When(zone *time.Location) (Interval, error) {
	at := Instants(w.Date, w.Clock, zone)
	switch {
	case len(at) == 0:
		return Interval{}, ErrNoSuchLocalTime
	case len(at) == 2 && w.Which == NotSaid:
		return Interval{}, ErrTwiceLocalTime
	}
	start := at[0]
	if len(at) == 2 && w.Which == TheSecond {
		start = at[1]
	}
	when, err := NewInterval(start, w.Length)
	if err != nil {
		return Interval{}, ErrBadTime
	}
	return when, nil
}

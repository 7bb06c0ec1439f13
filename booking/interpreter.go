package booking

import (
	"log/slog"
	"time"
)

// A Mode is how an interpreter works.
type Mode string

// The modes of interpreting.
const (
	Spoken Mode = "spoken"
	Sign   Mode = "sign"
)

// A Tongue is a language in a mode: what a visit asks for, and what an
// interpreter offers. Language is a BCP 47 tag ("pl", "bfi"). The zero Tongue is
// no interpreter.
type Tongue struct {
	Language string
	Mode     Mode
}

// IsZero reports whether t asks for nobody.
func (t Tongue) IsZero() bool { return t == Tongue{} }

// Hours are when an interpreter works on one weekday, in their own zone.
type Hours struct {
	Weekday    time.Weekday
	Start, End ClockTime
}

// An Interpreter is a person with tongues and hours, booked like a device.
type Interpreter struct {
	ID      InterpreterID
	Name    string
	Phone   string
	Email   string
	Zone    *time.Location
	Tongues []Tongue
	Hours   []Hours
}

// LogValue keeps an interpreter's name and numbers out of every log.
func (i Interpreter) LogValue() slog.Value { return slog.StringValue("interpreter " + string(i.ID)) }

// Speaks reports whether i offers t.
func (i Interpreter) Speaks(t Tongue) bool {
	for _, have := range i.Tongues {
		if have == t {
			return true
		}
	}
	return false
}

// Works reports whether the whole of when lies in one of i's spells of work.
func (i Interpreter) Works(when Interval) bool {
	day := DateOf(when.Start(), i.Zone)
	for _, h := range i.Hours {
		if h.Weekday != day.Weekday() {
			continue
		}
		spell := Session{Start: h.Start, End: h.End}
		opens := Instants(day, h.Start, i.Zone)
		if len(opens) > 0 && !when.Start().Before(opens[0]) && !when.End().After(spell.closes(day, i.Zone)) {
			return true
		}
	}
	return false
}

// An OfferState is where an InterpreterBooking is.
type OfferState string

// The states of an InterpreterBooking.
const (
	Offered   OfferState = "offered"
	Accepted  OfferState = "accepted"
	Declined  OfferState = "declined"
	Withdrawn OfferState = "withdrawn" // the visit moved or was cancelled
)

// An InterpreterBooking is one interpreter asked to one visit. The interpreter
// is reserved from the moment of the offer, in the visit's own transaction, so
// that an acceptance can never come too late.
type InterpreterBooking struct {
	ID          OfferID
	Visit       VisitID
	Interpreter InterpreterID
	Tongue      Tongue
	State       OfferState
}

// Open reports whether b still claims its interpreter.
func (b InterpreterBooking) Open() bool { return b.State == Offered || b.State == Accepted }

// Answer returns b accepted or declined. An accepted one may still be handed
// back, which is to decline it.
func (b InterpreterBooking) Answer(yes bool) (InterpreterBooking, error) {
	switch {
	case b.State == Offered && yes, b.State == Accepted && yes:
		b.State = Accepted
	case b.State == Offered, b.State == Accepted:
		b.State = Declined
	default:
		return b, ErrOfferClosed
	}
	return b, nil
}

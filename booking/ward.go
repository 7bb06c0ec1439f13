package booking

import "time"

// Identifiers are opaque and never shown to people: UUIDs in practice.
type (
	SiteID        string
	WardID        string
	DeviceID      string
	PatientID     string
	VisitorID     string
	InterpreterID string
	StaffID       string
	SessionID     string
	VisitID       string
	ParticipantID string
	InviteID      string
	MemberID      string // of a CircleMember
	ConsentID     string
	OfferID       string // of an InterpreterBooking
)

// A Site is a hospital: a place with one time zone.
type Site struct {
	ID   SiteID
	Name string
	Zone *time.Location
}

// A Ward is where patients lie and devices live.
type Ward struct {
	ID      WardID
	Site    Site
	Name    string
	Phone   string // for families to ring, as people read it
	Enabled bool   // may visits be booked here at all
	Policy  Policy
}

// A Policy is what a ward decides for itself. A visit keeps the version it was
// booked under.
type Policy struct {
	Version      int
	Prepare      time.Duration // the device is taken this long before a visit
	Clean        time.Duration // and this long after
	Earliest     time.Duration // how far ahead relatives may book
	Notice       time.Duration // how little before the start relatives may still book
	ChangeCutoff time.Duration // how little before the start relatives may still move or cancel
	HoldFor      time.Duration // how long a slot is kept while a form is filled in
	OpensBefore  time.Duration // how long before the start the waiting room and Start open
	Grace        time.Duration // how long after the end an unstarted visit is kept open
	People       int           // at most this many relatives at one visit
}

// Bookable refuses a start that this policy leaves relatives no time for, or
// that is too far ahead.
func (p Policy) Bookable(start, now time.Time) error {
	switch {
	case start.Before(now.Add(p.Notice)):
		return ErrTooLate
	case start.After(now.Add(p.Earliest)):
		return ErrTooEarly
	}
	return nil
}

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
	ClosureID     string
	ProtectedID   string // of a ProtectedTime
	LoanID        string
	SeriesID      string
	RequestID     string
	EntryID       string // of a WaitlistEntry
	SlotOfferID   string
	FlagID        string
	MovementID    string
	MergeID       string
	TaskID        string
	BedID         string
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

package desk

import (
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// A Hospital is everything that must be there before anybody can visit: what
// Found writes into an empty database. Things name each other by the ids that
// their maker gave them.
type Hospital struct {
	Practice     bool // nobody in it is real, and every page says so
	Sites        []booking.Site
	Wards        []booking.Ward // Site.ID is enough of their Site
	Beds         []Bed
	Devices      []booking.Device
	Sessions     []booking.Session
	Protected    []booking.ProtectedTime
	Patients     []Inpatient
	Interpreters []booking.Interpreter
	Staff        []NewStaff
}

// A Bed is a place in a ward.
type Bed struct {
	Ward      booking.WardID
	Bay, Name string
}

// An Inpatient is a patient with their stay, consent and circle.
type Inpatient struct {
	Patient booking.Patient
	Stay    booking.Stay
	Consent booking.Consent        // zero for none yet
	Circle  []booking.CircleMember // with their visitors
}

// NewStaff is a member of staff with a password to begin with.
type NewStaff struct {
	ID       booking.StaffID
	Name     string
	Email    string
	Password string
	Holds    []booking.Grant
}

// A BookedVisit is a visit outside the grid of sessions, as staff may book one.
type BookedVisit struct {
	Patient booking.PatientID
	Members []booking.MemberID // who is coming; at least one
	Tongue  booking.Tongue
	Start   time.Time
	Length  time.Duration
}

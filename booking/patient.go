package booking

import (
	"log/slog"
	"time"
)

// A PatientState is whether a patient can be visited at all.
type PatientState string

// The states of a patient.
const (
	PatientActive     PatientState = "active"
	PatientDischarged PatientState = "discharged"
	PatientDied       PatientState = "died"
)

// A Patient is who is visited. Alias is what boards and locked screens may
// show ("Mr A."); Name is for those who may know it.
type Patient struct {
	ID    PatientID
	MRN   string // medical record number, unique in the hospital
	Name  string
	Alias string
	State PatientState
	// Infection decides how a device is cleaned after a visit.
	Infection  Infection
	Tongue     Tongue    // what is best spoken or signed with them; zero is what the hospital speaks
	Needs      string    // what else helps them see, hear and be understood, for staff
	Private    bool      // they asked that nobody be told that they are here
	MergedInto PatientID // the record of the same person that is used instead; empty for none
}

// LogValue keeps a patient's name out of every log.
func (p Patient) LogValue() slog.Value { return slog.StringValue("patient " + string(p.ID)) }

// A Stay is where a patient lies, from one instant to another.
type Stay struct {
	Patient  PatientID
	Ward     WardID
	Bay, Bed string
	From, To time.Time // To is the zero Time while the stay lasts
}

// A Basis is on whose word a Consent rests.
type Basis string

// The bases of consent.
const (
	BasisOwn           Basis = "own"
	BasisBestInterests Basis = "best_interests"
	BasisParent        Basis = "parent"
	BasisAttorney      Basis = "attorney"
)

// A Consent is a patient's yes to video visits, or somebody's on their behalf.
type Consent struct {
	ID          ConsentID
	Patient     PatientID
	Basis       Basis
	By          string // who said yes
	RecordedBy  string // who wrote it down
	At          time.Time
	ReviewOn    Date      // the last day on which it counts; the zero Date is none
	WithdrawnAt time.Time // the zero Time while it stands
}

// Stands reports whether c counts at now, in the zone of the patient's site.
func (c Consent) Stands(now time.Time, zone *time.Location) bool {
	return !c.At.IsZero() && c.WithdrawnAt.IsZero() && !now.Before(c.At) &&
		(c.ReviewOn.IsZero() || !c.ReviewOn.Before(DateOf(now, zone)))
}

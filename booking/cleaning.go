package booking

import (
	"slices"
	"time"
)

// A CleanMethod is how a device is cleaned between two patients.
type CleanMethod string

// The methods of cleaning.
const (
	Wipe        CleanMethod = "wipe"        // with a detergent and disinfectant wipe
	Chlorine    CleanMethod = "chlorine"    // with a wipe that releases chlorine
	Ultraviolet CleanMethod = "ultraviolet" // wiped, and then in the cabinet
)

// CleanMethods are all of them, the commonest first.
var CleanMethods = []CleanMethod{Wipe, Chlorine, Ultraviolet}

// enough is the one place that says which methods will do after a patient of each
// class. What is carried by touch may be spores, which outlive a plain wipe and sit
// where ultraviolet light casts a shadow; what travels in drops or in the air is
// killed by either, but not surely by a plain wipe.
var enough = map[Infection][]CleanMethod{
	NoInfection: {Wipe, Chlorine, Ultraviolet},
	Contact:     {Chlorine},
	Droplet:     {Chlorine, Ultraviolet},
	Airborne:    {Chlorine, Ultraviolet},
}

// CleanedBy are the methods that will do after a patient with an infection.
func (i Infection) CleanedBy() []CleanMethod { return slices.Clone(enough[i]) }

// Soil is what a device has to be cleaned for that has been with patients of two
// classes since it was clean: whichever leaves fewer methods.
func Soil(before, now Infection) Infection {
	if len(enough[now]) < len(enough[before]) {
		return now
	}
	return before
}

// CheckClean refuses a method that is none, or that is not enough after a patient
// with an infection.
func CheckClean(m CleanMethod, after Infection) error {
	switch {
	case !slices.Contains(CleanMethods, m):
		return ErrBadChoice
	case !slices.Contains(enough[after], m):
		return ErrCleanMethod
	}
	return nil
}

// A CleaningID names a Cleaning.
type CleaningID string

// A Cleaning is that somebody cleaned a device, and how.
type Cleaning struct {
	ID     CleaningID
	Device DeviceID
	At     time.Time
	By     Actor
	Method CleanMethod
	For    Infection // what it had to be cleaned for
	After  VisitID   // the last visit that it was in; empty when none is known
}

// An UncleanStart is that somebody started a visit on a device that was not clean,
// since there was no other, and why.
type UncleanStart struct {
	Visit  VisitID
	Device DeviceID
	At     time.Time
	By     Actor
	Reason string
}

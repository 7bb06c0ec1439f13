package booking

import (
	"log/slog"
	"time"
)

// A Visitor is a person allowed to visit; pages say "relative" or "family and
// friends". Phone is in E.164.
type Visitor struct {
	ID       VisitorID
	Name     string
	Phone    string
	Email    string
	Verified time.Time // when Phone last proved to be theirs; the zero Time is never
}

// LogValue keeps a visitor's name and numbers out of every log.
func (v Visitor) LogValue() slog.Value { return slog.StringValue("visitor " + string(v.ID)) }

// A MemberStatus is where a circle's member stands with the ward.
type MemberStatus string

// The statuses of a CircleMember.
const (
	MemberProposed MemberStatus = "proposed"
	MemberApproved MemberStatus = "approved"
	MemberPaused   MemberStatus = "paused" // approved, but not for now
	MemberRemoved  MemberStatus = "removed"
)

// A Circle is the people whom a patient, or the ward on their behalf, has
// approved; a CircleMember is one of them.
type CircleMember struct {
	ID           MemberID
	Patient      PatientID
	Visitor      Visitor
	Relationship string // what the visitor is to the patient: "Daughter"
	Status       MemberStatus
	ApprovedAt   time.Time
	AgreedBy     string // who said that they may be told, of a patient who is private
	PausedWhy    string // for staff only; empty unless paused
	Barred       bool   // a Bar stands; it outranks everything
}

// Standing is everything that decides whether a visitor may visit a patient.
type Standing struct {
	Ward    Ward
	Bay     string // where the patient lies
	Bed     string // in it
	Patient Patient
	Member  CircleMember // zero when not in the circle
	Consent Consent      // the latest; zero when there is none
}

// MayVisit refuses unless the visitor is in the circle, approved and not paused, no bar
// stands, the patient is here, the ward takes visits and somebody has
// consented. It is asked when a visit is booked, when it is joined, and whenever
// one of these changes. A bar is told as "no slots": the words, like the time
// they take, must not give it away.
func (s Standing) MayVisit(now time.Time) error {
	switch {
	case s.Member.ID == "" || s.Member.Status == MemberRemoved:
		return ErrNotInCircle
	case s.Patient.State == PatientDied:
		return ErrCallWard // also to whoever is barred, whom another answer would tell so
	case s.Member.Barred:
		return ErrNoSlots
	case s.Member.Status == MemberPaused:
		return ErrPaused
	case s.Member.Status != MemberApproved:
		return ErrNotApproved
	case s.Patient.State != PatientActive:
		return ErrPatientAway
	case !s.Ward.Enabled:
		return ErrWardClosed
	case !s.Consent.Stands(now, s.Ward.Site.Zone):
		return ErrConsentNeeded
	}
	return nil
}

// An Invite is an unguessable link that lets a visitor act for a patient, or an
// interpreter see their work. The link alone opens nothing: a one-time code
// goes to the same phone. Neither is stored but as a hash.
type Invite struct {
	ID          InviteID
	Patient     PatientID     // empty for an interpreter
	Visitor     VisitorID     // one of these two is set
	Interpreter InterpreterID //
	Expires     time.Time
	RevokedAt   time.Time // the zero Time while it stands

	CodeHash     string    // of the code last sent; empty when none is open
	CodeSentAt   time.Time //
	CodeExpires  time.Time //
	CodeTries    int       // wrong answers to it
	CodesThisDay int       // codes sent in the 24 hours from CodesSince
	CodesSince   time.Time
}

// How codes behave: six digits, five tries and ten minutes leave a guesser one
// chance in 200,000; a minute between codes and ten a day keep a scanner from
// spending a hospital's texts.
const (
	CodeDigits   = 6
	CodeLife     = 10 * time.Minute
	codeTries    = 5
	codeInterval = time.Minute
	codesPerDay  = 10
)

// Usable refuses a link that is over.
func (i Invite) Usable(now time.Time) error {
	switch {
	case !i.RevokedAt.IsZero():
		return ErrInviteRevoked
	case !now.Before(i.Expires):
		return ErrInviteExpired
	}
	return nil
}

// SendCode returns i with a new code open, unless one was sent a moment ago or
// too many were sent today.
func (i Invite) SendCode(hash string, now time.Time) (Invite, error) {
	if err := i.Usable(now); err != nil {
		return i, err
	}
	if now.Sub(i.CodesSince) >= 24*time.Hour {
		i.CodesSince, i.CodesThisDay = now, 0
	}
	switch {
	case i.CodeHash != "" && now.Sub(i.CodeSentAt) < codeInterval:
		return i, ErrCodeTooSoon
	case i.CodesThisDay >= codesPerDay:
		return i, ErrTooManyCodes
	}
	i.CodeHash, i.CodeSentAt, i.CodeExpires, i.CodeTries = hash, now, now.Add(CodeLife), 0
	i.CodesThisDay++
	return i, nil
}

// CodeOpen reports whether a code was sent that can still be answered.
func (i Invite) CodeOpen(now time.Time) bool {
	return i.CodeHash != "" && now.Before(i.CodeExpires) && i.CodeTries < codeTries
}

// TryCode returns i with its code spent if hash is that code's. The returned
// Invite is to be saved also when it refuses, since a wrong try counts.
func (i Invite) TryCode(hash string, now time.Time) (Invite, error) {
	if err := i.Usable(now); err != nil {
		return i, err
	}
	switch {
	case i.CodeHash == "" || !now.Before(i.CodeExpires):
		return i, ErrCodeExpired
	case i.CodeTries >= codeTries:
		return i, ErrTooManyCodes
	case i.CodeHash != hash:
		i.CodeTries++
		return i, ErrWrongCode
	}
	i.CodeHash, i.CodeTries = "", 0
	return i, nil
}

package web

import (
	"errors"
	"net/http"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/nhs"
)

// The relative's pages are in the files whose names begin with family: the
// invitation (family_invitation.go), the visits (family_visits.go), choosing a
// time (family_times.go), the form that is filled in while a time is kept
// (family_held.go), and changing one's mind (family_change.go,
// family_people.go).
//
// Two things hold in all of them. What somebody may do is asked of the desk by
// doing it; a page only guesses, so as not to offer what would be refused. And
// whoever may not see a visit or a patient is told that there is none.

// asRelative serves relatives. Somebody who is not signed in is told how to get
// in again, which only the link that they were sent can do.
func (s *Server) asRelative(h actedHandler) http.Handler {
	known := s.asVisitor(h)
	return s.page(func(w http.ResponseWriter, r *http.Request) error {
		_, err := s.doors.Actor(r.Context(), booking.VisitorActor)
		if errors.Is(err, booking.ErrSignInNeeded) && !wantsJSON(r) {
			return s.render(w, r, http.StatusForbidden, "family/signed-out", nil)
		}
		known.ServeHTTP(w, r)
		return nil
	})
}

// signOutVisitor handles POST /sign-out.
func (s *Server) signOutVisitor(w http.ResponseWriter, r *http.Request) error {
	if err := s.signOut(r, booking.VisitorActor); err != nil {
		return err
	}
	return seeOther(w, r, "/")
}

// welcome handles GET /: what this is, and which way in is whose. It knows
// nobody, and so can tell nobody who is in hospital.
func (s *Server) welcome(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, "site/welcome", nil)
}

// A familyVisit is a visit with what a relative can do about it now.
type familyVisit struct {
	desk.Visit
	Open      bool // the waiting room is
	CanChange bool // move, cancel
	TooLate   bool // to change here, though it is still to come
	Opens     time.Time
}

func familyVisitAt(v desk.Visit, now time.Time) familyVisit {
	policy := v.WardRecord.Policy
	still := v.State == booking.Booked
	late := now.After(v.When.Start().Add(-policy.ChangeCutoff))
	return familyVisit{
		Visit:     v,
		Open:      v.Visit.WaitingRoomOpen(now, policy) == nil,
		CanChange: still && !late,
		TooLate:   still && late && now.Before(v.When.End()),
		Opens:     v.When.Start().Add(-policy.OpensBefore),
	}
}

// Zone is that of the hospital, by whose clock a visit is held.
func (v familyVisit) Zone() *time.Location { return v.WardRecord.Site.Zone }

// Place is whose clock that is.
func (v familyVisit) Place() string { return zonePlace(v.Zone()) }

// To is the address of one of the visit's pages; "" is the visit itself.
func (v familyVisit) To(page string) string {
	to := "/visits/" + string(v.Reference)
	if page != "" {
		to += "/" + page
	}
	return to
}

// Visitors are the relatives who come.
func (v familyVisit) Visitors() []booking.Participant {
	var coming []booking.Participant
	for _, p := range v.People {
		if p.Role == booking.AsVisitor && p.Place != booking.Removed {
			coming = append(coming, p)
		}
	}
	return coming
}

// ComingNames are the names of the relatives who come.
func (v familyVisit) ComingNames() string {
	var names []string
	for _, p := range v.Visitors() {
		names = append(names, p.Name)
	}
	return inWords(names)
}

// Coming are those of the circle who are chosen, the reader first.
func (v familyVisit) Coming() []desk.Companion {
	var some []desk.Companion
	for _, c := range v.Companions {
		switch {
		case c.Self:
			some = append([]desk.Companion{c}, some...)
		case c.Chosen:
			some = append(some, c)
		}
	}
	return some
}

// Others are those of the circle who could come along.
func (v familyVisit) Others() []nhs.Choice { return companionChoices(v, false) }

// MayBring are those of them who do not come yet.
func (v familyVisit) MayBring() []nhs.Choice { return companionChoices(v, true) }

func companionChoices(v familyVisit, unchosen bool) []nhs.Choice {
	var choices []nhs.Choice
	for _, c := range v.Companions {
		if c.Self || unchosen && c.Chosen {
			continue
		}
		choices = append(choices, nhs.Choice{
			Value: string(c.Member.ID), Text: c.Member.Visitor.Name, Hint: nhs.Hint{Text: c.Member.Relationship},
		})
	}
	return choices
}

// Room is how many more people may come, by the ward's own rule.
func (v familyVisit) Room() int { return max(0, v.WardRecord.Policy.People-len(v.Visitors())) }

// InterpreterAsked says which interpreter is wanted.
func (v familyVisit) InterpreterAsked() string {
	if v.Tongue.IsZero() {
		return "No interpreter"
	}
	return tongueName(v.Tongue)
}

// Interpreting says how it stands with the interpreter.
func (v familyVisit) Interpreting() string {
	switch {
	case v.Tongue.IsZero():
		return "No interpreter"
	case v.Interpreter == nil, !v.Interpreter.Open():
		return tongueName(v.Tongue) + ". We have not found " + helperIn(v.Tongue) + " yet."
	case v.Interpreter.State == booking.Accepted:
		return tongueName(v.Tongue) + ". " + upperFirst(helperIn(v.Tongue)) + " is coming."
	}
	return tongueName(v.Tongue) + ". We have asked " + helperIn(v.Tongue) + "."
}

// NeedsInWords are what would help, as the form asked it.
func (v familyVisit) NeedsInWords() []string {
	var words []string
	for _, n := range v.Needs {
		words = append(words, needNames[n])
	}
	return words
}

// isAny reports whether err is one of the refusals.
func isAny(err error, refusals ...*booking.Refusal) bool {
	for _, refusal := range refusals {
		if errors.Is(err, refusal) {
			return true
		}
	}
	return false
}

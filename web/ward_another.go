package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
	"github.com/wardvisit/wardvisit/web/locale"
)

// Another time than those on the page: staff type the day, the time and the length.
// If the ward's rules are against it, the page says which, and asks whoever may set
// them aside for the reason, which is kept with the visit.

// anotherTime is the part of the page of times that asks for another one.
type anotherTime struct {
	Open    bool     // it was used, so it is not folded away
	Twice   []choice // which of the two, when the clocks show the time twice
	Against []string // what is against the time, in words
	Rules   []string // the codes of those rules, which the reason is then about
	Blocked bool     // one of them this reader may not set aside
}

// visitKindWords name the kinds of visit that staff choose from here. An end-of-life
// visit has a page of its own.
var visitKindWords = map[booking.VisitKind]string{
	booking.Ordinary: "A visit", booking.FamilyMeeting: "A family meeting with the team",
}

var kindsOffered = []booking.VisitKind{booking.Ordinary, booking.FamilyMeeting}

// KindChoices are the kinds of visit, with the one that is chosen.
func (p slotsPage) KindChoices() []choice {
	var all []choice
	for i, k := range kindsOffered {
		value := p.Form.Value("visit_kind")
		all = append(all, choice{string(k), visitKindWords[k], value == string(k) || value == "" && i == 0})
	}
	return all
}

// readKind reads what kind of visit it is to be.
func readKind(f *form.Form) booking.VisitKind {
	if f.Value("visit_kind") == "" {
		return booking.Ordinary
	}
	return booking.VisitKind(f.Choice("visit_kind", ids[string](kindsOffered)...))
}

// The shortest and longest visit that can be typed, in minutes.
const shortestTyped, longestTyped = 5, 720

// readAnother reads the time that was typed, by the clock on the ward's wall. An
// hour that the clocks skip is refused; of one that they repeat, which is asked.
func readAnother(f *form.Form, zone *time.Location) (start time.Time, length time.Duration, twice []choice) {
	day, at := mustDate(f, "on"), readClock(f, "at", false)
	length = readMinutes(f, "minutes", shortestTyped, longestTyped)
	if f.Error("on") != "" || f.Error("at") != "" {
		return start, length, nil
	}
	found := booking.Instants(day, at, zone)
	switch len(found) {
	case 0:
		refuse(f, "at", booking.ErrNoSuchLocalTime)
		return start, length, nil
	case 1:
		return found[0], length, nil
	}
	for i, t := range found {
		value := strconv.Itoa(i + 1)
		twice = append(twice, choice{value, clock(t, zone), f.Value("which") == value})
		if f.Value("which") == value {
			start = t
		}
	}
	if start.IsZero() {
		refuse(f, "which", booking.ErrTwiceLocalTime)
	}
	return start, length, twice
}

// holdAnother keeps a time that was typed, or asks for what it still needs.
func (s *Server) holdAnother(w http.ResponseWriter, r *http.Request, by booking.Actor, f *form.Form, patient booking.PatientID, visitor string) error {
	bedside, err := s.desk.Patient(r.Context(), by, patient)
	if err != nil {
		return err
	}
	a := anotherTime{Open: true}
	want := desk.Occasion{Patient: patient, Visitor: booking.VisitorID(visitor), Kind: readKind(f)}
	want.Start, want.Length, a.Twice = readAnother(f, bedside.Ward.Site.Zone)
	if !f.OK() {
		return s.showAnother(w, r, by, http.StatusUnprocessableEntity, f, a, nil)
	}
	against, err := s.desk.RulesAgainst(r.Context(), by, want)
	if err != nil {
		if fault := f.Fail("at", err); fault != nil {
			return fault
		}
		return s.showAnother(w, r, by, http.StatusConflict, f, a, nil)
	}
	a.explain(by, bedside.Ward.ID, against)
	why := f.Paragraph("why", mostReason)
	switch {
	case a.Blocked:
		refuse(f, "at", firstBlocked(by, bedside.Ward.ID, against))
	case !sameRules(a.Rules, f.Values("aside")): // first said now
		if len(against) > 0 {
			refuse(f, "at", against[0])
		}
	case len(against) > 0 && strings.TrimSpace(why) == "":
		refuse(f, "why", booking.ErrReasonNeeded)
	}
	if !f.OK() {
		return s.showAnother(w, r, by, http.StatusConflict, f, a, nil)
	}
	for _, rule := range against {
		want.Overrides = append(want.Overrides, booking.Override{Rule: rule.Code, Reason: why})
	}
	held, err := s.keyed(f, iso(want.Start), want.Length.String()).HoldFor(r.Context(), by, want)
	if err == nil {
		return seeOther(w, r, keptAt(held.ID, ""))
	}
	return s.refuseAnother(w, r, by, f, a, want, err)
}

// refuseAnother says why a typed time could not be kept, with what is free near it.
func (s *Server) refuseAnother(w http.ResponseWriter, r *http.Request, by booking.Actor, f *form.Form, a anotherTime, want desk.Occasion, err error) error {
	field := "at"
	switch {
	case errors.Is(err, booking.ErrNoSuchPatient):
		return err
	case isAny(err, booking.ErrNotInCircle, booking.ErrNotApproved, booking.ErrPaused, booking.ErrNoSuchPerson):
		field = "visitor"
	case errors.Is(err, booking.ErrReasonNeeded):
		field = "why"
	}
	if fault := f.Fail(field, err); fault != nil {
		return fault
	}
	near, err := s.othersNear(r, by, want.Patient, want.Start)
	if err != nil {
		return err
	}
	return s.showAnother(w, r, by, http.StatusConflict, f, a, near)
}

// explain puts in words what is against a time.
func (a *anotherTime) explain(by booking.Actor, ward booking.WardID, against []*booking.Refusal) {
	for _, rule := range against {
		a.Rules = append(a.Rules, rule.Code)
		a.Against = append(a.Against, locale.English.SayOf(rule.Code, "at"))
		a.Blocked = a.Blocked || !by.MayOverride(ward, rule)
	}
}

// firstBlocked is the first rule that the reader may not set aside.
func firstBlocked(by booking.Actor, ward booking.WardID, against []*booking.Refusal) *booking.Refusal {
	for _, rule := range against {
		if !by.MayOverride(ward, rule) {
			return rule
		}
	}
	return nil
}

// sameRules reports whether the reason that was typed is about these rules, and not
// about what was against another time.
func sameRules(against, said []string) bool {
	against, said = slices.Clone(against), slices.Clone(said)
	slices.Sort(against)
	slices.Sort(said)
	return slices.Equal(against, slices.Compact(said))
}

// crowdAside is the rule that the reason is about, where one was given.
func crowdAside(f *form.Form) []booking.Override {
	if f.Value("aside") != booking.ErrTooManyPeople.Code {
		return nil
	}
	return []booking.Override{{Rule: booking.ErrTooManyPeople.Code, Reason: f.Paragraph("why", mostReason)}}
}

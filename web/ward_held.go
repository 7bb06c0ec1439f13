package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// A phonePage asks what else there is to know of a visit whose time is kept.
type phonePage struct {
	*form.Form
	desk.Visit
	Tongues []booking.Tongue
	Crowd   bool          // more come than the ward allows, and the reader may let them
	Left    time.Duration // of the time that is kept, when the page was drawn
}

// SecondsLeft is Left for the script that counts it down.
func (p phonePage) SecondsLeft() int { return int(p.Left / time.Second) }

// Zone is that of the ward.
func (p phonePage) Zone() *time.Location { return p.WardRecord.Site.Zone }

// A phoneChoice is one that may be chosen.
type phoneChoice struct{ Value, Text string }

// Languages are those that there are interpreters of, after none.
func (p phonePage) Languages() []phoneChoice {
	all := []phoneChoice{{noTongue, "No interpreter"}}
	for _, t := range p.Tongues {
		all = append(all, phoneChoice{tongueValue(t), tongueName(t)})
	}
	return all
}

// Help is what would help, as the caller is asked.
func (p phonePage) Help() []phoneChoice {
	var all []phoneChoice
	for _, n := range booking.Needs {
		all = append(all, phoneChoice{string(n), needsOnPhone[n]})
	}
	return all
}

// needsOnPhone are what would help, as staff ask for it.
var needsOnPhone = map[booking.Need]string{
	booking.NeedCaptions:      "Captions",
	booking.NeedLargeControls: "Large buttons on their screen",
	booking.NeedHearingLoop:   "They use a hearing loop",
}

// Chose reports whether somebody is ticked as coming.
func (p phonePage) Chose(member string) bool { return slices.Contains(p.Values("people"), member) }

// Needed reports whether something that would help is ticked.
func (p phonePage) Needed(need string) bool { return slices.Contains(p.Values("needs"), need) }

// A phoneVisit is a visit as it is read back to a caller.
type phoneVisit struct{ familyVisit }

// Coming says who comes, while the visit is only held and once it is booked.
func (v phoneVisit) Coming() []string {
	var names []string
	for _, p := range v.Visitors() {
		names = append(names, withRelationship(p.Name, p.Relationship))
	}
	if len(names) > 0 {
		return names
	}
	for _, c := range v.Companions {
		if c.Chosen || c.Self {
			names = append(names, withRelationship(c.Member.Visitor.Name, c.Member.Relationship))
		}
	}
	return names
}

// Language is that of the interpreter asked for.
func (v phoneVisit) Language() string { return tongueName(v.Tongue) }

func withRelationship(name, relationship string) string {
	if relationship == "" {
		return name
	}
	return name + ", " + relationship
}

// NeedsInWords are what would help, as staff say it.
func (v phoneVisit) NeedsInWords() []string { return phoneNeeds(v.Needs) }

func phoneNeeds(needs []booking.Need) []string {
	var words []string
	for _, n := range needs {
		words = append(words, needsOnPhone[n])
	}
	return words
}

// A keptHandler answers about a time that is still kept.
type keptHandler func(w http.ResponseWriter, r *http.Request, by booking.Actor, held desk.Visit) error

// asKeeper serves staff about the kept time that the address names. One that has
// become a visit leads to it, since that is who comes here by the back button;
// one that has run out leads to choosing again.
func (s *Server) asKeeper(h keptHandler) http.Handler {
	return s.asStaff(func(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
		id, err := identifier(r.PathValue("id"), booking.ErrNoSuchVisit)
		if err != nil {
			return err
		}
		held, err := s.desk.Held(r.Context(), by, booking.VisitID(id))
		if err != nil && !errors.Is(err, booking.ErrHoldExpired) {
			return err
		}
		switch {
		case err != nil, held.State == booking.Cancelled, held.State == booking.Held && !s.now().Before(held.HeldUntil):
			return s.wardLapsed(w, r, by, held)
		case held.State != booking.Held:
			return seeOther(w, r, "/ward/book/done/"+string(held.Reference))
		}
		err = h(w, r, by, held)
		if errors.Is(err, booking.ErrHoldExpired) {
			return s.wardLapsed(w, r, by, held)
		}
		return err
	})
}

// A wardLapsedPage says that a time is not kept any more, with what is free near it.
type wardLapsedPage struct {
	desk.Visit
	Caller booking.VisitorID // for whom it was kept; empty when that is not known
	Others []booking.Slot
}

// Zone is that of the ward.
func (p wardLapsedPage) Zone() *time.Location { return p.WardRecord.Site.Zone }

func (s *Server) wardLapsed(w http.ResponseWriter, r *http.Request, by booking.Actor, held desk.Visit) error {
	p := wardLapsedPage{Visit: held}
	if len(held.People) > 0 {
		p.Caller = held.People[0].Visitor
	}
	if held.ID != "" && p.Caller != "" {
		var err error
		if p.Others, err = s.othersNear(r, by, held.PatientRecord.ID, held.When.Start()); err != nil {
			return err
		}
	}
	return s.render(w, r, http.StatusConflict, "ward/lapsed", p)
}

// wardHeld handles GET /ward/book/held/{id}.
func (s *Server) wardHeld(w http.ResponseWriter, r *http.Request, _ booking.Actor, held desk.Visit) error {
	d := detailsOf(held)
	pairs := []string{"tongue", tongueValue(d.Tongue)}
	for _, m := range d.Members {
		pairs = append(pairs, "people", string(m))
	}
	for _, n := range d.Needs {
		pairs = append(pairs, "needs", string(n))
	}
	return s.showHeld(w, r, http.StatusOK, form.Blank(pairs...), held, false)
}

func (s *Server) showHeld(w http.ResponseWriter, r *http.Request, status int, f *form.Form, held desk.Visit, crowd bool) error {
	tongues, err := s.desk.Tongues(r.Context())
	if err != nil {
		return err
	}
	slices.SortFunc(tongues, func(a, b booking.Tongue) int { return strings.Compare(tongueName(a), tongueName(b)) })
	return s.render(w, r, status, "ward/book-details", phonePage{f, held, tongues, crowd, held.HeldUntil.Sub(s.now())})
}

// wardDescribe handles POST /ward/book/held/{id}.
func (s *Server) wardDescribe(w http.ResponseWriter, r *http.Request, by booking.Actor, held desk.Visit) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	details, err := s.readDetails(r, f, held)
	if err != nil {
		return err
	}
	details.Overrides = crowdAside(f)
	crowd := len(details.Overrides) > 0
	if f.OK() {
		_, err := s.desk.Describe(r.Context(), by, held.ID, details)
		switch {
		case err == nil:
			return seeOther(w, r, keptAt(held.ID, "/check"))
		case errors.Is(err, booking.ErrNoInterpreter):
			_ = f.Fail("tongue", err) // a refusal is never a fault
		case errors.Is(err, booking.ErrReasonNeeded):
			_ = f.Fail("why", err) // a refusal is never a fault
		case errors.Is(err, booking.ErrTooManyPeople):
			_ = f.Fail("people", err) // a refusal is never a fault
			crowd = by.MayOverride(held.Visit.Ward, booking.ErrTooManyPeople)
		case isAny(err, booking.ErrNobodyComing, booking.ErrNotApproved, booking.ErrPaused, booking.ErrNotInCircle):
			_ = f.Fail("people", err) // a refusal is never a fault
		default:
			return err
		}
	}
	return s.showHeld(w, r, http.StatusUnprocessableEntity, f, held, crowd)
}

func (s *Server) readDetails(r *http.Request, f *form.Form, held desk.Visit) (desk.Details, error) {
	tongues, err := s.desk.Tongues(r.Context())
	if err != nil {
		return desk.Details{}, err
	}
	offered := []string{noTongue}
	for _, t := range tongues {
		offered = append(offered, tongueValue(t))
	}
	circle := memberIDs(held.Companions, func(desk.Companion) bool { return true })
	d := desk.Details{Members: ids[booking.MemberID](f.Choices("people", circle...))}
	if len(d.Members) == 0 {
		_ = f.Fail("people", booking.ErrNobodyComing) // a refusal is never a fault
	}
	d.Tongue = parseTongue(f.Choice("tongue", offered...))
	d.Needs = ids[booking.Need](f.Choices("needs", ids[string](booking.Needs)...))
	return d, nil
}

// wardCheck handles GET /ward/book/held/{id}/check: what to read back to the
// caller before it counts.
func (s *Server) wardCheck(w http.ResponseWriter, r *http.Request, _ booking.Actor, held desk.Visit) error {
	return s.render(w, r, http.StatusOK, "ward/book-check", s.checkPageOf(form.Blank(), held))
}

// A checkPage is what is read back, and what was wrong with it at the last.
type checkPage struct {
	*form.Form
	phoneVisit
	Left time.Duration // of the time that is kept, when the page was drawn
}

// SecondsLeft is Left for the script that counts it down.
func (p checkPage) SecondsLeft() int { return int(p.Left / time.Second) }

func (s *Server) checkPageOf(f *form.Form, held desk.Visit) checkPage {
	now := s.now()
	return checkPage{f, phoneVisit{familyVisitAt(held, now)}, held.HeldUntil.Sub(now)}
}

// wardConfirm handles POST /ward/book/held/{id}/book. A second press finds the
// visit that the first one booked.
func (s *Server) wardConfirm(w http.ResponseWriter, r *http.Request, by booking.Actor, held desk.Visit) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	booked, err := s.keyed(f).Book(r.Context(), by, held.ID)
	var refusal *booking.Refusal
	switch {
	case err == nil:
		return seeOther(w, r, "/ward/book/done/"+string(booked.Reference))
	case errors.Is(err, booking.ErrHoldExpired), !errors.As(err, &refusal):
		return err
	}
	_ = f.Fail("answers", err) // a refusal is never a fault
	return s.render(w, r, http.StatusConflict, "ward/book-check", s.checkPageOf(f, held))
}

// wardRelease handles POST /ward/book/held/{id}/release.
func (s *Server) wardRelease(w http.ResponseWriter, r *http.Request, by booking.Actor, held desk.Visit) error {
	if err := s.desk.Release(r.Context(), by, held.ID); err != nil {
		return err
	}
	return seeOther(w, r, "/ward/today?"+url.Values{"ward": {string(held.Visit.Ward)}, "said": {"released"}}.Encode())
}

// wardBooked handles GET /ward/book/done/{ref}: the reference, to read aloud.
func (s *Server) wardBooked(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	visit, err := s.wardVisitOf(r, by)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/booked", phoneVisit{familyVisitAt(visit, s.now())})
}

package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
	"github.com/wardvisit/wardvisit/web/nhs"
)

// A goodbye visit is booked in two taps and one page: no rule of the ward's is in
// its way. Only when there is no iPad does a second page follow, which shows whose
// visit would make way, before anybody loses theirs.

// wardGoodbye handles GET /ward/goodbye: whom is it for?
func (s *Server) wardGoodbye(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	head, err := s.headOf(r, by, "/ward/goodbye")
	if err != nil {
		return err
	}
	beds, err := s.desk.Patients(r.Context(), by, head.Ward.ID)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/goodbye-who", bookPage{head, s.patientRows(beds)})
}

// A goodbyePage asks who comes to a goodbye visit and when.
type goodbyePage struct {
	*form.Form
	desk.Bedside
	Tongues []booking.Tongue
	Plan    *desk.FarewellPlan // who would make way; nil before it is asked
}

// Zone is that of the ward.
func (p goodbyePage) Zone() *time.Location { return p.Ward.Site.Zone }

// Here is the address of the page.
func (p goodbyePage) Here() string { return "/ward/goodbye/" + url.PathEscape(string(p.Patient.ID)) }

// Coming are those who may come.
func (p goodbyePage) Coming() []nhs.Choice {
	var all []nhs.Choice
	for _, m := range mayCome(p.Circle) {
		all = append(all, nhs.Choice{Value: string(m.ID), Text: withRelationship(m.Visitor.Name, m.Relationship)})
	}
	return all
}

// Languages are those of interpreters, after none.
func (p goodbyePage) Languages() []phoneChoice { return phonePage{Tongues: p.Tongues}.Languages() }

// Carried are the answers that the second page takes along.
func (p goodbyePage) Carried() []carried {
	return carry(p.Form, "people", "when", "clock", "length", "tongue")
}

// Making are the visits that the page shows as making way.
func (p goodbyePage) Making() []string {
	var ids []string
	for _, m := range p.Plan.Makeway {
		ids = append(ids, string(m.ID))
	}
	return ids
}

// goodbyeLengths are how long it may last, in minutes.
var goodbyeLengths = []string{"30", "60", "90", "120"}

// Lengths are those in words.
func (p goodbyePage) Lengths() []nhs.Choice {
	var all []nhs.Choice
	for _, text := range goodbyeLengths {
		n, _ := strconv.Atoi(text) // ours
		all = append(all, nhs.Choice{Value: text, Text: minutes(time.Duration(n) * time.Minute)})
	}
	return all
}

// askGoodbye handles GET /ward/goodbye/{id}.
func (s *Server) askGoodbye(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.goodbyePageOf(r, by)
	if err != nil {
		return err
	}
	pairs := []string{"when", "now", "length", "60", "tongue", noTongue}
	if able := mayCome(p.Circle); len(able) == 1 {
		pairs = append(pairs, "people", string(able[0].ID))
	}
	p.Form = form.Blank(pairs...)
	return s.render(w, r, http.StatusOK, "ward/goodbye", p)
}

func (s *Server) goodbyePageOf(r *http.Request, by booking.Actor) (goodbyePage, error) {
	bedside, err := s.bedsideOf(r, by)
	if err != nil {
		return goodbyePage{}, err
	}
	p := goodbyePage{Bedside: bedside}
	if p.Tongues, err = s.desk.Tongues(r.Context()); err != nil {
		return p, err
	}
	slices.SortFunc(p.Tongues, func(a, b booking.Tongue) int { return strings.Compare(tongueName(a), tongueName(b)) })
	return p, nil
}

// sayGoodbye handles POST /ward/goodbye/{id}. It books at once when there is an
// iPad, and otherwise shows who would make way, and books when that has been seen.
func (s *Server) sayGoodbye(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	p, err := s.goodbyePageOf(r, by)
	if err != nil {
		return err
	}
	p.Form = f
	ask := s.readGoodbye(&p)
	if !f.OK() || f.Value("again") != "" {
		return s.render(w, r, refusedOr(f, http.StatusOK), "ward/goodbye", p)
	}
	if f.Value("seen") == "" {
		plan, err := s.desk.PlanGoodbye(r.Context(), by, ask)
		if err != nil {
			return s.goodbyeRefused(w, r, p, err)
		}
		if p.Plan = &plan; len(plan.Makeway) > 0 {
			return s.render(w, r, http.StatusOK, "ward/goodbye-check", p)
		}
	}
	ctx, cancel := s.outliving(r)
	defer cancel()
	v, err := s.keyed(f).Goodbye(ctx, by, ask)
	if errors.Is(err, booking.ErrStale) {
		return s.goodbyeAnew(w, r, by, p, ask)
	}
	if err != nil {
		return s.goodbyeRefused(w, r, p, err)
	}
	for _, id := range ask.Making {
		s.tellRoom(ctx, id, RoomOrder{Kind: OrderEnd}) // somebody may have been waiting in it
	}
	return seeOther(w, r, "/ward/book/done/"+string(v.Reference))
}

// goodbyeAnew shows who would make way now, since it is not whom the reader saw.
func (s *Server) goodbyeAnew(w http.ResponseWriter, r *http.Request, by booking.Actor, p goodbyePage, ask desk.Farewell) error {
	plan, err := s.desk.PlanGoodbye(r.Context(), by, ask)
	if err != nil {
		return s.goodbyeRefused(w, r, p, err)
	}
	p.Plan = &plan
	refuse(p.Form, "making", booking.ErrStale)
	return s.render(w, r, http.StatusConflict, "ward/goodbye-check", p)
}

func (s *Server) goodbyeRefused(w http.ResponseWriter, r *http.Request, p goodbyePage, err error) error {
	question := "when"
	switch {
	case isAny(err, booking.ErrNoInterpreter):
		question = "tongue"
	case isAny(err, booking.ErrTooManyPeople, booking.ErrNobodyComing, booking.ErrNotApproved, booking.ErrPaused, booking.ErrNotInCircle, booking.ErrNoSlots):
		question = "people"
	}
	if fault := p.Fail(question, err); fault != nil {
		return fault
	}
	return s.render(w, r, http.StatusConflict, "ward/goodbye", p)
}

// readGoodbye reads who comes, when and for how long.
func (s *Server) readGoodbye(p *goodbyePage) desk.Farewell {
	f := p.Form
	var able []string
	for _, m := range mayCome(p.Circle) {
		able = append(able, string(m.ID))
	}
	ask := desk.Farewell{Patient: p.Patient.ID, Members: ids[booking.MemberID](f.Choices("people", able...))}
	if len(ask.Members) == 0 {
		refuse(f, "people", booking.ErrNobodyComing)
	}
	ask.Start = s.goodbyeStart(p)
	length, _ := strconv.Atoi(f.Choice("length", goodbyeLengths...)) // one of these, or a problem
	ask.Length = time.Duration(length) * time.Minute
	offered := []string{noTongue}
	for _, t := range p.Tongues {
		offered = append(offered, tongueValue(t))
	}
	ask.Tongue = parseTongue(f.Choice("tongue", offered...))
	for _, id := range f.Values("making") {
		ask.Making = append(ask.Making, booking.VisitID(id))
	}
	return ask
}

// goodbyeStart is when it begins: at a time of today's or tomorrow's by the clock
// on the wall, or, for now, the zero Time.
func (s *Server) goodbyeStart(p *goodbyePage) time.Time {
	if p.Choice("when", "now", "later") != "later" {
		return time.Time{}
	}
	c := readClock(p.Form, "clock", false)
	if p.Error("clock") != "" {
		return time.Time{}
	}
	now := s.now()
	today := booking.DateOf(now, p.Zone())
	for ahead := range 2 { // a time that is past today is meant for tomorrow
		for _, at := range booking.Instants(today.AddDays(ahead), c, p.Zone()) {
			if at.After(now) {
				return at
			}
		}
	}
	refuse(p.Form, "clock", booking.ErrNoSuchLocalTime)
	return time.Time{}
}

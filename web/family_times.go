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

// A timesPage is where a time is chosen, for a new visit or for one that moves.
type timesPage struct {
	*form.Form
	familyCircle
	Others  []booking.Slot // instead of one that has just been taken
	Moves   *familyVisit   // the visit that moves; nil for a new one
	HeldFor string         // the hold whose answers to keep; empty for none
	Strip   []stripDay     // one week of days
	Chosen  booking.Date
	Parts   []dayPart // of the chosen day
	Earlier string    // the address of the week before; empty when there is none
	Later   string
	Nothing bool // is free on any day
	Join    []joinRow
}

// A joinRow is a visit of somebody else's to the patient on the chosen day.
type joinRow struct{ desk.Joinable }

// Who says who comes to it.
func (j joinRow) Who() string { return inWords(j.With) }

// A stripDay is a day that can be chosen.
type stripDay struct {
	Date        booking.Date
	Name, Month string // "Tue", "Nov"
	Free        int    // times
	Href        string
	Current     bool
}

// A dayPart is a morning, an afternoon or an evening with something free.
type dayPart struct {
	Name  string
	Slots []booking.Slot
}

// Zone is that of the hospital.
func (p timesPage) Zone() *time.Location { return p.Ward.Site.Zone }

// Place is whose clock the page goes by.
func (p timesPage) Place() string { return zonePlace(p.Zone()) }

// Wall is what the ward's clock shows when a slot begins.
func (p timesPage) Wall(slot booking.Slot) string {
	wall, _, _ := strings.Cut(clock(slot.When.Start(), p.Zone()), ", ")
	return wall
}

// Twice says which of two a slot is, when the clock shows its time twice.
func (p timesPage) Twice(slot booking.Slot) string {
	_, which, _ := strings.Cut(clock(slot.When.Start(), p.Zone()), ", ")
	return which
}

// Length is how long each visit on the page is, if they are all as long.
func (p timesPage) Length() string {
	length := time.Duration(0)
	for _, part := range p.Parts {
		for _, slot := range part.Slots {
			if length != 0 && length != slot.When.Length() {
				return ""
			}
			length = slot.When.Length()
		}
	}
	if length == 0 {
		return ""
	}
	return minutes(length)
}

// A slotList is some of a page's slots, to be drawn as buttons.
type slotList struct {
	Page  timesPage
	Slots []booking.Slot
	Dated bool // they are of several days, so each shows its own
}

// List is some slots of the chosen day.
func (p timesPage) List(slots []booking.Slot) slotList { return slotList{p, slots, false} }

// Instead is what is free near a time that is not.
func (p timesPage) Instead() slotList { return slotList{p, p.Others, true} }

// Noon is on the chosen day.
func (p timesPage) Noon() time.Time { return noonOf(p.Chosen, p.Zone()) }

func noonOf(d booking.Date, zone *time.Location) time.Time {
	from, to := booking.DayBounds(d, zone)
	return from.Add(to.Sub(from) / 2)
}

const (
	stripDays = 7
	// mostDays bounds how far ahead one page looks, whatever a ward's policy says.
	mostDays = 62
)

// newVisit handles GET /visits/new: choose a time.
func (s *Server) newVisit(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	asked := r.URL.Query()
	circle, err := s.circle(r, by, booking.PatientID(asked.Get("patient")))
	if err != nil {
		return err
	}
	p := timesPage{familyCircle: circle, HeldFor: asked.Get("held")}
	return s.showTimes(w, r, http.StatusOK, by, p, asked.Get("from"))
}

// showTimes shows the free times on the day that from names, or on the first
// that has any.
func (s *Server) showTimes(w http.ResponseWriter, r *http.Request, status int, by booking.Actor, p timesPage, from string) error {
	if !p.MayBook() && p.Moves == nil {
		return s.unable(w, r, http.StatusOK, p.familyCircle)
	}
	today := booking.DateOf(s.now(), p.Zone())
	ahead := min(mostDays, int(p.Ward.Policy.Earliest/(24*time.Hour))+1)
	offering, err := s.offering(r, by, p, today, ahead)
	switch {
	case isAny(err, booking.ErrNoSlots):
		offering = desk.Offering{}
	case isAny(err, mayNotVisit...):
		p.Refused = err
		return s.unable(w, r, http.StatusConflict, p.familyCircle)
	case err != nil:
		return err
	}
	p.lay(offering.Days, from)
	if err := s.lookForOthers(r, by, &p); err != nil {
		return err
	}
	return s.render(w, r, status, "family/times", p)
}

// lookForOthers finds the visits on the chosen day that the reader could join.
func (s *Server) lookForOthers(r *http.Request, by booking.Actor, p *timesPage) error {
	if p.Moves != nil || p.Chosen.IsZero() {
		return nil
	}
	others, err := s.desk.Joinable(r.Context(), by, p.Patient.ID, p.Chosen)
	for _, one := range others {
		if !one.Full {
			p.Join = append(p.Join, joinRow{one})
		}
	}
	return err
}

// offering is what is free. A visit that moves could stay where it is, but that
// is no new time.
func (s *Server) offering(r *http.Request, by booking.Actor, p timesPage, from booking.Date, days int) (desk.Offering, error) {
	if p.Moves == nil {
		return s.desk.Offering(r.Context(), by, p.Patient.ID, from, days)
	}
	offering, err := s.desk.OfferingToMove(r.Context(), by, p.Moves.Reference, from, days)
	for i, d := range offering.Days {
		offering.Days[i].Slots = slices.DeleteFunc(d.Slots, func(slot booking.Slot) bool { return slot.When == p.Moves.When })
	}
	return offering, err
}

// lay puts the days on the page.
func (p *timesPage) lay(days []desk.Day, from string) {
	at := chooseDay(days, from)
	if at < 0 {
		p.Nothing = true
		return
	}
	p.Chosen = days[at].Date
	p.Parts = partsOfDay(days[at].Slots, p.Zone())
	week := at - at%stripDays
	for i := week; i < min(week+stripDays, len(days)); i++ {
		d := days[i].Date
		p.Strip = append(p.Strip, stripDay{
			Date: d, Name: d.Weekday().String()[:3], Month: d.Month.String()[:3],
			Free: len(days[i].Slots), Href: p.href(d), Current: i == at,
		})
	}
	if week > 0 {
		p.Earlier = p.href(days[week-stripDays].Date)
	}
	if week+stripDays < len(days) {
		p.Later = p.href(days[week+stripDays].Date)
	}
}

// chooseDay returns the index of the day that from names, or of the first with
// something free; negative when nothing is free at all.
func chooseDay(days []desk.Day, from string) int {
	first := -1
	for i, d := range days {
		if first < 0 && len(d.Slots) > 0 {
			first = i
		}
	}
	want, err := booking.ParseDate(from)
	if err != nil || first < 0 {
		return first
	}
	for i, d := range days {
		if d.Date == want {
			return i
		}
	}
	return first
}

// href is the address of this page for a day.
func (p *timesPage) href(d booking.Date) string {
	q := url.Values{"from": {d.String()}}
	if p.Moves != nil {
		return p.Moves.To("change") + "?" + q.Encode()
	}
	q.Set("patient", string(p.Patient.ID))
	if p.HeldFor != "" {
		q.Set("held", p.HeldFor)
	}
	return "/visits/new?" + q.Encode()
}

func partsOfDay(slots []booking.Slot, zone *time.Location) []dayPart {
	parts := []dayPart{{Name: "Morning"}, {Name: "Afternoon"}, {Name: "Evening"}}
	for _, slot := range slots {
		part := 0
		switch hour := slot.When.Start().In(zone).Hour(); {
		case hour >= 17:
			part = 2
		case hour >= 12:
			part = 1
		}
		parts[part].Slots = append(parts[part].Slots, slot)
	}
	var some []dayPart
	for _, part := range parts {
		if len(part.Slots) > 0 {
			some = append(some, part)
		}
	}
	return some
}

// instant reads a start as a page's own button gave it.
func instant(text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || t.Year() < 2000 || t.Year() > 9000 {
		return time.Time{}, booking.ErrNotASlot
	}
	return t.UTC(), nil
}

// othersOffered is how many times are offered instead of one that is taken.
const othersOffered = 3

// othersNear are what to offer instead of a time that cannot be had.
func (s *Server) othersNear(r *http.Request, by booking.Actor, patient booking.PatientID, want time.Time) ([]booking.Slot, error) {
	others, err := s.desk.Alternatives(r.Context(), by, patient, want, othersOffered)
	var refused *booking.Refusal
	if errors.As(err, &refused) {
		return nil, nil // then there are none to offer
	}
	return others, err
}

// hold handles POST /visits/hold: it keeps a time while the form is filled in.
func (s *Server) hold(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	patient, earlier := booking.PatientID(f.Value("patient")), f.Value("held")
	var held desk.Visit
	start, err := instant(f.Value("start"))
	if err == nil {
		held, err = s.keyed(f, iso(start)).Hold(r.Context(), by, patient, by.Visitor(), start)
	}
	if err != nil { // only then is there anything to show of the patient
		circle, missing := s.circle(r, by, patient)
		if missing != nil {
			return missing
		}
		return s.timeRefused(w, r, by, timesPage{Form: f, familyCircle: circle, HeldFor: earlier}, start, err)
	}
	if err := s.keepAnswers(r, by, held, booking.VisitID(earlier)); err != nil {
		return err
	}
	return seeOther(w, r, heldPath(held.ID, "who"))
}

// timeRefused shows the times again after one could not be had, with what is
// free near it.
func (s *Server) timeRefused(w http.ResponseWriter, r *http.Request, by booking.Actor, p timesPage, want time.Time, err error) error {
	if !isAny(err, booking.ErrSlotTaken, booking.ErrPatientBusy, booking.ErrNotASlot, booking.ErrTooLate,
		booking.ErrTooEarly, booking.ErrNoSlots, booking.ErrTooManyHolds, booking.ErrStale, booking.ErrKeyReused,
		booking.ErrClosed, booking.ErrProtected, booking.ErrWeekFull, booking.ErrNothingToJoin, booking.ErrTooManyPeople, booking.ErrRoomLocked) {
		return err
	}
	if fault := p.Form.Fail("times", err); fault != nil {
		return fault
	}
	if want.IsZero() {
		want = s.now()
	} else if p.Others, err = s.othersNear(r, by, p.Patient.ID, want); err != nil {
		return err
	}
	from := booking.DateOf(want, p.Zone()).String()
	return s.showTimes(w, r, http.StatusConflict, by, p, from)
}

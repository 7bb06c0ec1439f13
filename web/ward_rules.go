package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// What a ward decides for itself is in the files whose names begin with
// ward_rules: visiting times (ward_rules_times.go), closures, protected times, and
// the rest, its policy. Everybody of the ward may read them; its managers change
// them. A change is shown first with the visits it would touch, by a page that
// carries what was typed, and made when that is sent again.

// A rulesPage is what a ward decides for itself.
type rulesPage struct {
	wardHead
	desk.Rules
	*form.Form
}

// Ward is the ward, which the page's parts both know.
func (p rulesPage) Ward() booking.Ward { return p.Rules.Ward }

// Zone is that of the ward.
func (p rulesPage) Zone() *time.Location { return p.Rules.Ward.Site.Zone }

// At is the address of a page of the rules, of this ward.
func (p rulesPage) At(page string) string { return "/ward/rules" + page + p.Query() }

// rulesOf is what the ward decides that a request is about.
func (s *Server) rulesOf(r *http.Request, by booking.Actor) (rulesPage, error) {
	head, err := s.headOf(r, by, "/ward/rules")
	if err != nil {
		return rulesPage{}, err
	}
	rules, err := s.desk.Rules(r.Context(), by, head.Ward.ID)
	return rulesPage{wardHead: head, Rules: rules, Form: form.Blank()}, err
}

// deciding is rulesOf for a page that changes something.
func (s *Server) deciding(r *http.Request, by booking.Actor) (rulesPage, error) {
	p, err := s.rulesOf(r, by)
	if err == nil && !p.MayChange {
		err = booking.ErrMayNot
	}
	return p, err
}

// showRules serves a page that only shows what a ward decides.
func (s *Server) showRules(page string) actedHandler {
	return func(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
		p, err := s.rulesOf(r, by)
		if err != nil {
			return err
		}
		return s.render(w, r, http.StatusOK, page, p)
	}
}

// rulesSaid leads back to a page of the rules, which says what was done.
func rulesSaid(w http.ResponseWriter, r *http.Request, ward booking.WardID, page, said string) error {
	return seeOther(w, r, "/ward/rules"+page+"?"+url.Values{"ward": {string(ward)}, "said": {said}}.Encode())
}

// A checkedPage shows what a change would mean, and carries it along.
type checkedPage struct {
	rulesPage
	desk.Effect
	Carried []carried
	Act     string // where it is sent again
	Title   string
	Facts   []fact
	Press   string // what the button says
}

// Ward is the ward, which the page's parts all know.
func (p checkedPage) Ward() booking.Ward { return p.Rules.Ward }

// A fact is a line of a summary.
type fact struct{ Key, Value string }

// clockWords is a time of day as pages say it.
func clockWords(c booking.ClockTime) string {
	switch c {
	case 0, 24 * 60:
		return "midnight"
	case 12 * 60:
		return "midday"
	}
	return time.Date(2000, 1, 1, 0, int(c), 0, 0, time.UTC).Format("3:04pm")
}

func hoursWords(from, to booking.ClockTime) string {
	if from == 0 && to == 24*60 {
		return "all day"
	}
	return clockWords(from) + " to " + clockWords(to)
}

// dateWords writes a day in full.
func dateWords(d booking.Date) string { return d.Weekday().String() + " " + bareDate(d) }

func bareDate(d booking.Date) string {
	return strconv.Itoa(d.Day) + " " + d.Month.String() + " " + strconv.Itoa(d.Year)
}

// datesWords writes the days from one to another.
func datesWords(from, to booking.Date) string {
	if from == to {
		return dateWords(from)
	}
	return dateWords(from) + " to " + dateWords(to)
}

// weekFromMonday are the weekdays in the order in which a ward thinks of them.
var weekFromMonday = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

// daysWords names the days of a set.
func daysWords(days booking.Weekdays) string {
	if days == booking.EveryDay {
		return "Every day"
	}
	var names []string
	for _, d := range weekFromMonday {
		if days.Has(d) {
			names = append(names, d.String())
		}
	}
	return inWords(names)
}

// audienceWords say who may book in a session.
var audienceWords = map[booking.Audience]string{
	booking.ForRelatives: "Family and friends, and the ward",
	booking.ForStaff:     "The ward only",
	booking.ForEndOfLife: "End-of-life visits only",
}

var audiences = []booking.Audience{booking.ForRelatives, booking.ForStaff, booking.ForEndOfLife}

// A sessionRow is a session in a list.
type sessionRow struct {
	booking.Session
	To string
}

// When is a session in a few words.
func (r sessionRow) When() string { return hoursWords(r.Start, r.End) }

// Facts are what else there is to say of it.
func (r sessionRow) Facts() string { return sessionFacts(r.Session) }

// Who says who may book in it.
func (r sessionRow) Who() string { return audienceWords[r.Audience] }

func sessionName(s booking.Session) string {
	return s.Weekday.String() + "s, " + hoursWords(s.Start, s.End)
}

func sessionFacts(s booking.Session) string {
	facts := []string{"visits of " + minutes(s.Length)}
	if s.Step != s.Length {
		facts = append(facts, "beginning every "+minutes(s.Step))
	}
	if s.EveryWeeks > 1 {
		facts = append(facts, "every "+strconv.Itoa(s.EveryWeeks)+" weeks")
	}
	if s.People > 0 {
		facts = append(facts, "at most "+plural(s.People, "person", "people"))
	}
	return strings.Join(facts, ", ")
}

// Lasts says from when until when a session takes place, where that is not always.
func (r sessionRow) Lasts() string { return sessionLasts(r.Session) }

func sessionLasts(s booking.Session) string {
	if s.ValidTo.IsZero() {
		return "from " + bareDate(s.ValidFrom)
	}
	return bareDate(s.ValidFrom) + " to " + bareDate(s.ValidTo)
}

// A weekRow is a weekday with its sessions.
type weekRow struct {
	Day      time.Weekday
	Sessions []sessionRow
}

// Week sets out the sessions by weekday, from Monday on.
func (p rulesPage) Week() []weekRow { return p.byWeekday(p.Sessions) }

// Ended sets out those that are over.
func (p rulesPage) Ended() []weekRow {
	return slices.DeleteFunc(p.byWeekday(p.Over), func(w weekRow) bool { return len(w.Sessions) == 0 })
}

func (p rulesPage) byWeekday(sessions []booking.Session) []weekRow {
	var week []weekRow
	for _, d := range weekFromMonday {
		row := weekRow{Day: d}
		for _, one := range sessions {
			if one.Weekday == d {
				row.Sessions = append(row.Sessions, sessionRow{one, "/ward/rules/times/" + url.PathEscape(string(one.ID))})
			}
		}
		week = append(week, row)
	}
	return week
}

// A closureRow is a closure in a list.
type closureRow struct {
	booking.Closure
	What string // is closed
	Late bool   // somebody should have looked at it
	To   string
}

// Days are those on which it closes.
func (c closureRow) Days() string { return datesWords(c.From, c.Closure.To) }

// Hours are those of each day.
func (c closureRow) Hours() string { return hoursWords(c.Start, c.End) }

// Review is when somebody is to look at it again.
func (c closureRow) Review() string { return dateWords(c.ReviewOn) }

// Standing sets out the closures that stand.
func (p rulesPage) Standing() []closureRow { return p.closureRows(p.Closures) }

// Past sets out some that stand no longer.
func (p rulesPage) Past() []closureRow { return p.closureRows(p.Reopened) }

func (p rulesPage) closureRows(closures []booking.Closure) []closureRow {
	var rows []closureRow
	for _, c := range closures {
		rows = append(rows, p.closureRow(c))
	}
	return rows
}

func (p rulesPage) closureRow(c booking.Closure) closureRow {
	return closureRow{c, p.whatCloses(c), c.Stands() && c.ReviewOn.Before(p.Today), "/ward/rules/closures/" + url.PathEscape(string(c.ID))}
}

func (p rulesPage) whatCloses(c booking.Closure) string {
	switch {
	case c.Bay != "":
		return c.Bay
	case c.Session != "":
		for _, s := range slices.Concat(p.Sessions, p.Over) {
			if s.ID == c.Session {
				return sessionName(s)
			}
		}
		return "Visiting times that are over"
	}
	return "The whole ward"
}

// A protectedRow is a protected time in a list.
type protectedRow struct {
	booking.ProtectedTime
	To string
}

// When is on which days and at what time.
func (p protectedRow) When() string {
	return daysWords(p.ProtectedTime.Days) + ", " + hoursWords(p.Start, p.End)
}

// Guarded sets out the protected times.
func (p rulesPage) Guarded() []protectedRow {
	var rows []protectedRow
	for _, one := range p.Protected {
		rows = append(rows, protectedRow{one, "/ward/rules/protected/" + url.PathEscape(string(one.ID))})
	}
	return rows
}

// DayWords is the day of a list of visits.
func (p checkedPage) DayWords(d booking.Date) string { return dateWords(d) }

// OddWords says what a clock change does to a session on a day.
func (p checkedPage) OddWords(o booking.OddDay) string {
	if len(o.Skipped) > 0 {
		return dateWords(o.Date) + ": the clocks go forward, so there is no " + clocksWords(o.Skipped)
	}
	return dateWords(o.Date) + ": the clocks go back, so " + clocksWords(o.Twice) + " can be booked twice"
}

func clocksWords(all []booking.ClockTime) string {
	var names []string
	for _, c := range all {
		names = append(names, clockWords(c))
	}
	return inWords(names)
}

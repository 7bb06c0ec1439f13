package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/web/form"
	"github.com/wardvisit/wardvisit/web/nhs"
)

// week is the days of one, as people here count them.
var week = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

// An hoursPage is when an interpreter works, rests and is away.
type hoursPage struct {
	booking.Interpreter
	Days []workedDay
	Away []awayRow
	Said string
	Good bool
}

// A workedDay is one day of an interpreter's week.
type workedDay struct {
	Name   string
	Spells []spellRow
}

// A spellRow is a spell of work, as it is read and as a form says it.
type spellRow struct {
	booking.Hours
	Text string
}

// Value is what a form says of it.
func (r spellRow) Value() string {
	return strconv.Itoa(int(r.Weekday)) + " " + r.Start.String() + " " + r.End.String()
}

// An awayRow is time off.
type awayRow struct {
	booking.TimeOff
	Text, Reason string
	Now          bool
}

// To is where an act about it goes.
func (r awayRow) To(act string) string {
	return "/interpreter/hours/time-off/" + url.PathEscape(string(r.ID)) + "/" + act
}

// RestWords say how long they rest.
func (p hoursPage) RestWords() string {
	if p.Rest == 0 {
		return "None"
	}
	return minutes(p.Rest)
}

// absenceWords say why somebody is away.
var absenceWords = map[booking.Absence]string{
	booking.OnLeave: "Holiday or leave", booking.Ill: "Illness", booking.InTraining: "Training", booking.AwayForOther: "Something else",
}

// saySpell writes hours of work.
func saySpell(h booking.Hours) string {
	if h.Start == 0 && h.End == 24*60 {
		return "All day"
	}
	return sayClock(h.Start) + " to " + sayClock(h.End)
}

// sayClock writes a time on no particular day.
func sayClock(c booking.ClockTime) string {
	return clock(time.Date(2000, 1, 1, 0, int(c), 0, 0, time.UTC), time.UTC)
}

// saySpan writes from when to when, on the clocks of one place.
func saySpan(when booking.Interval, zone *time.Location) string {
	from, to := when.Start(), when.End()
	last := to.Add(-time.Minute)
	oneDay := booking.DateOf(from, zone) == booking.DateOf(last, zone)
	begins, _ := booking.DayBounds(booking.DateOf(from, zone), zone)
	_, ends := booking.DayBounds(booking.DateOf(last, zone), zone)
	switch whole := from.Equal(begins) && to.Equal(ends); {
	case whole && oneDay:
		return day(from, zone) + ", all day"
	case whole:
		return day(from, zone) + " to " + day(last, zone)
	case oneDay:
		return day(from, zone) + ", " + clock(from, zone) + " to " + clock(to, zone)
	}
	return moment(from, zone) + " to " + moment(to, zone)
}

// interpreterHours handles GET /interpreter/hours.
func (s *Server) interpreterHours(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	me, err := s.desk.InterpreterSelf(r.Context(), by)
	if err != nil {
		return err
	}
	p := hoursPage{Interpreter: me}
	p.Said, p.Good = interpreterSays(r.URL.Query().Get("said"))
	for _, d := range week {
		row := workedDay{Name: d.String()}
		for _, h := range booking.Spells(me.Hours, d) {
			row.Spells = append(row.Spells, spellRow{h, saySpell(h)})
		}
		p.Days = append(p.Days, row)
	}
	for _, off := range me.Away {
		if off.When.End().After(s.now()) {
			p.Away = append(p.Away, awayRow{off, saySpan(off.When, me.Zone), absenceWords[off.Why], off.When.Contains(s.now())})
		}
	}
	return s.render(w, r, http.StatusOK, "interpreter/hours", p)
}

// A spellPage asks for another spell of work.
type spellPage struct {
	*form.Form
}

// Days are the days to choose from.
func (p spellPage) Days() []nhs.SelectItem {
	items := []nhs.SelectItem{{Value: new(""), Text: "Choose a day"}}
	for _, d := range week {
		items = append(items, nhs.SelectItem{Value: new(strconv.Itoa(int(d))), Text: d.String()})
	}
	return items
}

// askHours handles GET /interpreter/hours/add.
func (s *Server) askHours(w http.ResponseWriter, r *http.Request, _ booking.Actor) error {
	return s.render(w, r, http.StatusOK, "interpreter/hours-add", spellPage{form.Blank()})
}

// addHours handles POST /interpreter/hours/add.
func (s *Server) addHours(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	h := readHours(f)
	if f.OK() {
		err := s.desk.AddHours(r.Context(), by, h)
		if err == nil {
			return seeOther(w, r, "/interpreter/hours?said=hours")
		}
		if fault := f.Fail("work-to", err); fault != nil {
			return fault
		}
	}
	return s.render(w, r, http.StatusUnprocessableEntity, "interpreter/hours-add", spellPage{f})
}

// readHours reads a spell of work.
func readHours(f *form.Form) booking.Hours {
	var days []string
	for _, d := range week {
		days = append(days, strconv.Itoa(int(d)))
	}
	weekday, _ := strconv.Atoi(f.Choice("work-day", days...)) // one of those, or a failed form
	return booking.Hours{Weekday: time.Weekday(weekday), Start: readClock(f, "work-from", false), End: readClock(f, "work-to", true)}
}

// parseSpell reads what spellRow.Value says.
func parseSpell(spell string) (booking.Hours, error) {
	parts := strings.Fields(spell)
	if len(parts) != 3 {
		return booking.Hours{}, booking.ErrBadChoice
	}
	weekday, notDay := strconv.Atoi(parts[0])
	start, notStart := booking.ParseClockTime(parts[1])
	end, notEnd := booking.ParseClockTime(parts[2])
	if notDay != nil || notStart != nil || notEnd != nil {
		return booking.Hours{}, booking.ErrBadChoice
	}
	return booking.Hours{Weekday: time.Weekday(weekday), Start: start, End: end}, nil
}

// dropHours handles POST /interpreter/hours/remove. Hours that are not there are
// removed already.
func (s *Server) dropHours(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	h, err := parseSpell(f.Value("spell"))
	if err != nil {
		return err
	}
	if err := s.desk.DropHours(r.Context(), by, h); err != nil {
		return err
	}
	return seeOther(w, r, "/interpreter/hours?said=hours")
}

// A restPage asks how long somebody rests between visits.
type restPage struct {
	*form.Form
}

// askRest handles GET /interpreter/hours/rest.
func (s *Server) askRest(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	me, err := s.desk.InterpreterSelf(r.Context(), by)
	if err != nil {
		return err
	}
	f := form.Blank("rest", strconv.Itoa(int(me.Rest/time.Minute)))
	return s.render(w, r, http.StatusOK, "interpreter/rest", restPage{f})
}

// setRest handles POST /interpreter/hours/rest.
func (s *Server) setRest(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	rest := readMinutes(f, "rest", 0, int(booking.LongestRest/time.Minute))
	if f.OK() {
		err := s.desk.SetRest(r.Context(), by, rest)
		if err == nil {
			return seeOther(w, r, "/interpreter/hours?said=rest")
		}
		if fault := f.Fail("rest", err); fault != nil {
			return fault
		}
	}
	return s.render(w, r, http.StatusUnprocessableEntity, "interpreter/rest", restPage{f})
}

// absenceChoices are the reasons for time off.
func absenceChoices() []nhs.Choice {
	choices := make([]nhs.Choice, 0, len(booking.Absences))
	for _, a := range booking.Absences {
		choices = append(choices, nhs.Choice{Value: string(a), Text: absenceWords[a]})
	}
	return choices
}

// absences are the values of absenceChoices.
func absences() []string { return slices.Sorted(slices.Values(ids[string](booking.Absences))) }

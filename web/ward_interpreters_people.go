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
	"github.com/wardvisit/wardvisit/web/nhs"
)

// A keptRow is an interpreter on the coordinators' list. Why somebody is away is not
// said: that they are is all that a coordinator must know.
type keptRow struct {
	desk.KeptInterpreter
	PhoneText string
	Skills    []string // "Polish, spoken: registered"
	Days      []workedDay
	Away      []awayRow
}

func newKeptRow(k desk.KeptInterpreter, now time.Time) keptRow {
	row := keptRow{KeptInterpreter: k, PhoneText: phoneWords(k.Phone)}
	for _, t := range k.Tongues {
		row.Skills = append(row.Skills, tongueName(t)+", "+modeWord(t)+": "+strings.ToLower(levelWords[k.LevelIn(t)]))
	}
	for _, d := range week {
		day := workedDay{Name: d.String()}
		for _, h := range booking.Spells(k.Hours, d) {
			day.Spells = append(day.Spells, spellRow{h, saySpell(h)})
		}
		row.Days = append(row.Days, day)
	}
	for _, off := range k.Interpreter.Away {
		if off.When.End().After(now) {
			row.Away = append(row.Away, awayRow{off, saySpan(off.When, k.Zone), "", off.When.Contains(now)})
		}
	}
	return row
}

// Path is a page about them.
func (r keptRow) Path(act string) string {
	return interpretersPath + "/people/" + url.PathEscape(string(r.ID)) + act
}

// AwayNow reports whether they are away now.
func (r keptRow) AwayNow() bool {
	return slices.ContainsFunc(r.Away, func(a awayRow) bool { return a.Now })
}

// WeekWords say how much they do this week.
func (r keptRow) WeekWords() string { return plural(r.Week, "visit", "visits") + " this week" }

// RestWords say how long they rest between two visits.
func (r keptRow) RestWords() string { return hoursPage{Interpreter: r.Interpreter}.RestWords() }

// WorkDays are the days on which they work, in a line.
func (r keptRow) WorkDays() string {
	var days []string
	for _, d := range r.Days {
		var spells []string
		for _, s := range d.Spells {
			spells = append(spells, s.Text)
		}
		if len(spells) > 0 {
			days = append(days, d.Name[:3]+" "+strings.Join(spells, " and "))
		}
	}
	return strings.Join(days, "; ")
}

// A keptPage is the list of interpreters.
type keptPage struct {
	Here, Left []keptRow
	MayChange  bool
	Said       string
	Good       bool
}

// keptInterpreters handles GET /ward/interpreters/people.
func (s *Server) keptInterpreters(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	all, err := s.desk.Interpreters(r.Context(), by)
	if err != nil {
		return err
	}
	p := keptPage{MayChange: by.MayEverywhere(booking.KeepInterpreters)}
	p.Said, p.Good = wardSays(r.URL.Query().Get("said"))
	for _, k := range all {
		if k.Closed {
			p.Left = append(p.Left, newKeptRow(k, s.now()))
		} else {
			p.Here = append(p.Here, newKeptRow(k, s.now()))
		}
	}
	return s.render(w, r, http.StatusOK, "ward/interpreters-people", p)
}

// A keptOnePage is one interpreter, or a question about them.
type keptOnePage struct {
	*form.Form
	keptRow
	MayChange bool
	Touches   int // visits that closing would take from them
	Said      string
	Good      bool
}

// DayChoices are the days to choose from.
func (p keptOnePage) DayChoices() []nhs.SelectItem { return spellPage{}.Days() }

// keptOne finds the interpreter that an address names.
func (s *Server) keptOne(r *http.Request, by booking.Actor, f *form.Form) (keptOnePage, error) {
	id, err := identifier(r.PathValue("id"), booking.ErrNoSuchInterpreter)
	if err != nil {
		return keptOnePage{}, err
	}
	k, err := s.desk.Interpreter(r.Context(), by, booking.InterpreterID(id))
	p := keptOnePage{Form: f, keptRow: newKeptRow(k, s.now()), MayChange: by.MayEverywhere(booking.KeepInterpreters) && !k.Closed}
	p.Said, p.Good = wardSays(r.URL.Query().Get("said"))
	return p, err
}

// changeable is keptOne for a page that changes something.
func (s *Server) changeable(r *http.Request, by booking.Actor, f *form.Form) (keptOnePage, error) {
	p, err := s.keptOne(r, by, f)
	if err == nil && !by.MayEverywhere(booking.KeepInterpreters) {
		err = booking.ErrMayNot
	}
	if err == nil && p.Closed {
		err = booking.ErrNoSuchInterpreter
	}
	return p, err
}

// keptInterpreter handles GET /ward/interpreters/people/{id}.
func (s *Server) keptInterpreter(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.keptOne(r, by, form.Blank())
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/interpreters-person", p)
}

// askHoursFor handles GET /ward/interpreters/people/{id}/hours.
func (s *Server) askHoursFor(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.changeable(r, by, form.Blank())
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/interpreters-hours", p)
}

// addHoursFor handles POST /ward/interpreters/people/{id}/hours.
func (s *Server) addHoursFor(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	p, err := s.changeable(r, by, f)
	if err != nil {
		return err
	}
	h := readHours(f)
	if f.OK() {
		err := s.desk.AddHoursFor(r.Context(), by, p.ID, h)
		if err == nil {
			return seeOther(w, r, p.Path("")+"?said=interpreter_hours")
		}
		if fault := f.Fail("work-to", err); fault != nil {
			return fault
		}
	}
	return s.render(w, r, http.StatusUnprocessableEntity, "ward/interpreters-hours", p)
}

// dropHoursFor handles POST /ward/interpreters/people/{id}/hours/remove.
func (s *Server) dropHoursFor(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	p, err := s.changeable(r, by, f)
	if err != nil {
		return err
	}
	h, err := parseSpell(f.Value("spell"))
	if err != nil {
		return err
	}
	if err := s.desk.DropHoursFor(r.Context(), by, p.ID, h); err != nil {
		return err
	}
	return seeOther(w, r, p.Path("")+"?said=interpreter_hours")
}

// askInterpreterClose handles GET /ward/interpreters/people/{id}/close.
func (s *Server) askInterpreterClose(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	return s.showInterpreterClose(w, r, http.StatusOK, by, form.Blank())
}

func (s *Server) showInterpreterClose(w http.ResponseWriter, r *http.Request, status int, by booking.Actor, f *form.Form) error {
	p, err := s.changeable(r, by, f)
	if err != nil {
		return err
	}
	if p.Touches, err = s.desk.ClosingTouches(r.Context(), by, p.ID); err != nil {
		return err
	}
	return s.render(w, r, status, "ward/interpreters-close", p)
}

// closeInterpreter handles POST /ward/interpreters/people/{id}/close.
func (s *Server) closeInterpreter(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	id, err := identifier(r.PathValue("id"), booking.ErrNoSuchInterpreter)
	if err != nil {
		return err
	}
	touches, err := strconv.Atoi(f.Value("touches"))
	if err != nil {
		return booking.ErrBadChoice
	}
	ctx, cancel := s.outliving(r)
	defer cancel()
	err = s.desk.CloseInterpreter(ctx, by, booking.InterpreterID(id), touches)
	if isAny(err, booking.ErrStale) {
		refuse(f, "leaving", err)
		return s.showInterpreterClose(w, r, http.StatusConflict, by, f)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, interpretersPath+"/people?said=interpreter_closed")
}

package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/web/form"
)

// A timesForm asks what a session is to be.
type timesForm struct {
	rulesPage
	Session booking.Session // that changes; zero for new ones
	Days    []choice
	Who     []choice
	Act     string
}

// A choice is one that may be chosen.
type choice struct {
	Value, Text string
	On          bool
}

// New reports whether the form makes sessions.
func (p timesForm) New() bool { return p.Session.ID == "" }

// Name is the session that changes, as it is now.
func (p timesForm) Name() string { return sessionName(p.Session) }

// timesAsked are the questions of the form.
var timesAsked = []string{"days", "who", "start", "end", "length", "step", "weeks", "people", "first-", "last-"}

// wardNewTimes handles GET /ward/rules/times/new.
func (s *Server) wardNewTimes(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.deciding(r, by)
	if err != nil {
		return err
	}
	p.Form = form.Blank(append([]string{"who", string(booking.ForRelatives), "weeks", "1"}, datePairs("first", p.Today)...)...)
	return s.askTimes(w, r, http.StatusOK, p, booking.Session{})
}

// wardChangeTimes handles GET /ward/rules/times/{id}.
func (s *Server) wardChangeTimes(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, session, err := s.oneSession(r, by)
	if err != nil {
		return err
	}
	pairs := []string{
		"days", strconv.Itoa(int(session.Weekday)), "who", string(session.Audience), "start", session.Start.String(), "end", session.End.String(),
		"length", inMinutes(session.Length), "step", inMinutes(session.Step), "weeks", strconv.Itoa(session.EveryWeeks),
	}
	if session.People > 0 {
		pairs = append(pairs, "people", strconv.Itoa(session.People))
	}
	p.Form = form.Blank(append(append(pairs, datePairs("first", session.ValidFrom)...), datePairs("last", session.ValidTo)...)...)
	return s.askTimes(w, r, http.StatusOK, p, session)
}

func inMinutes(d time.Duration) string { return strconv.Itoa(int(d / time.Minute)) }

// oneSession is the session that an address names.
func (s *Server) oneSession(r *http.Request, by booking.Actor) (rulesPage, booking.Session, error) {
	p, err := s.deciding(r, by)
	if err != nil {
		return p, booking.Session{}, err
	}
	all := slices.Concat(p.Sessions, p.Over)
	i := slices.IndexFunc(all, func(o booking.Session) bool { return string(o.ID) == r.PathValue("id") })
	if i < 0 {
		return p, booking.Session{}, booking.ErrNoSuchSession
	}
	return p, all[i], nil
}

func (s *Server) askTimes(w http.ResponseWriter, r *http.Request, status int, p rulesPage, session booking.Session) error {
	page := timesForm{rulesPage: p, Session: session, Act: p.At("/times/new")}
	if session.ID != "" {
		page.Act = p.At("/times/" + string(session.ID))
	}
	for _, d := range weekFromMonday {
		value := strconv.Itoa(int(d))
		page.Days = append(page.Days, choice{value, d.String(), slices.Contains(p.Form.Values("days"), value)})
	}
	for _, a := range audiences {
		page.Who = append(page.Who, choice{string(a), audienceWords[a], p.Form.Value("who") == string(a)})
	}
	return s.render(w, r, status, "ward/rules-time", page)
}

// saveNewTimes handles POST /ward/rules/times/new.
func (s *Server) saveNewTimes(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.deciding(r, by)
	if err != nil {
		return err
	}
	return s.saveTimes(w, r, by, p, booking.Session{})
}

// saveChangedTimes handles POST /ward/rules/times/{id}.
func (s *Server) saveChangedTimes(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, session, err := s.oneSession(r, by)
	if err != nil {
		return err
	}
	return s.saveTimes(w, r, by, p, session)
}

// saveTimes shows what the sessions would mean, and saves them when that was seen.
func (s *Server) saveTimes(w http.ResponseWriter, r *http.Request, by booking.Actor, p rulesPage, was booking.Session) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	p.Form = f
	sessions := readTimes(f, p.Rules.Ward.ID, was)
	if f.Value("again") != "" || !f.OK() {
		return s.askTimes(w, r, statusOf(f), p, was)
	}
	if f.Value("seen") != "" {
		_, err := s.keyed(f).SaveSessions(r.Context(), by, p.Rules.Ward.ID, sessions)
		if err == nil {
			return rulesSaid(w, r, p.Rules.Ward.ID, "/times", "times_saved")
		}
		return s.refuseTimes(w, r, p, was, err)
	}
	effect, err := s.desk.PreviewSessions(r.Context(), by, p.Rules.Ward.ID, sessions)
	if err != nil {
		return s.refuseTimes(w, r, p, was, err)
	}
	page := checkedPage{
		rulesPage: p, Effect: effect, Carried: carry(f, timesAsked...), Title: "Check the visiting times", Press: "Publish these times",
		Act: p.At("/times/new"),
	}
	if was.ID != "" {
		page.Act, page.Press = p.At("/times/"+string(was.ID)), "Change the times"
		page.Facts = append(page.Facts, fact{"Until now", sessionName(was) + ": " + sessionFacts(was) + ", " + sessionLasts(was)})
	}
	for _, one := range sessions {
		page.Facts = append(page.Facts, fact{sessionName(one), sessionFacts(one) + ", " + sessionLasts(one) + ". " + audienceWords[one.Audience] + "."})
	}
	return s.render(w, r, http.StatusOK, "ward/rules-time-check", page)
}

// statusOf is what a page is sent with that asks again.
func statusOf(f *form.Form) int {
	if f.OK() {
		return http.StatusOK
	}
	return http.StatusUnprocessableEntity
}

// refuseTimes asks again, with what is wrong beside the question it is about.
func (s *Server) refuseTimes(w http.ResponseWriter, r *http.Request, p rulesPage, was booking.Session, err error) error {
	field := "start"
	switch {
	case errors.Is(err, booking.ErrMayNot), errors.Is(err, booking.ErrNoSuchSession):
		return err
	case errors.Is(err, booking.ErrSessionBackwards):
		field = "end"
	case isAny(err, booking.ErrSessionTooShort, booking.ErrBadSession):
		field = "length"
	case errors.Is(err, booking.ErrSessionNever):
		field = "last"
	}
	if fault := p.Form.Fail(field, err); fault != nil {
		return fault
	}
	return s.askTimes(w, r, http.StatusUnprocessableEntity, p, was)
}

// readTimes reads the sessions that a form asks for: one for each weekday.
func readTimes(f *form.Form, ward booking.WardID, was booking.Session) []booking.Session {
	var days []time.Weekday
	for _, value := range f.Choices("days", "0", "1", "2", "3", "4", "5", "6") {
		n, _ := strconv.Atoi(value) // one of those
		days = append(days, time.Weekday(n))
	}
	if len(days) == 0 && f.Error("days") == "" || was.ID != "" && len(days) > 1 {
		refuse(f, "days", booking.ErrMissing)
	}
	one := booking.Session{ID: was.ID, Ward: ward}
	one.Audience = booking.Audience(f.Choice("who", ids[string](audiences)...))
	one.Start, one.End = readClock(f, "start", false), readClock(f, "end", true)
	one.Length = readMinutes(f, "length", 1, 720)
	one.Step = time.Duration(numberOr(f, "step", int(one.Length/time.Minute), 1, 720)) * time.Minute
	one.EveryWeeks = numberOr(f, "weeks", 1, 1, 52)
	one.People = numberOr(f, "people", 0, 1, 20)
	one.ValidFrom, one.ValidTo = mustDate(f, "first"), readDate(f, "last")
	var sessions []booking.Session
	for _, d := range days {
		one.Weekday = d
		sessions = append(sessions, one)
	}
	return sessions
}

// An endForm asks when a session takes place for the last time.
type endForm struct {
	rulesPage
	Name, Act string
}

// wardEndTimes handles GET /ward/rules/times/{id}/end.
func (s *Server) wardEndTimes(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, session, err := s.oneSession(r, by)
	if err != nil {
		return err
	}
	p.Form = form.Blank(datePairs("last", p.Today)...)
	return s.askEnd(w, r, http.StatusOK, p, session)
}

func (s *Server) askEnd(w http.ResponseWriter, r *http.Request, status int, p rulesPage, session booking.Session) error {
	return s.render(w, r, status, "ward/rules-time-end", endForm{p, sessionName(session), p.At("/times/" + string(session.ID) + "/end")})
}

// endTimes handles POST /ward/rules/times/{id}/end.
func (s *Server) endTimes(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, session, err := s.oneSession(r, by)
	if err != nil {
		return err
	}
	if p.Form, err = form.Read(r); err != nil {
		return err
	}
	f, ward := p.Form, p.Rules.Ward.ID
	last := mustDate(f, "last")
	if f.Value("again") != "" || !f.OK() {
		return s.askEnd(w, r, statusOf(f), p, session)
	}
	if f.Value("seen") != "" {
		err := s.desk.EndSession(r.Context(), by, ward, session.ID, last)
		if err == nil {
			return rulesSaid(w, r, ward, "/times", "times_ended")
		}
		if !errors.Is(err, booking.ErrBadTime) {
			return err
		}
		refuse(f, "last", err)
		return s.askEnd(w, r, http.StatusUnprocessableEntity, p, session)
	}
	effect, err := s.desk.PreviewEnd(r.Context(), by, ward, session.ID, last)
	if errors.Is(err, booking.ErrBadTime) {
		refuse(f, "last", err)
		return s.askEnd(w, r, http.StatusUnprocessableEntity, p, session)
	}
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/rules-time-check", checkedPage{
		rulesPage: p, Effect: effect, Carried: carry(f, "last-"), Act: p.At("/times/" + string(session.ID) + "/end"),
		Title: "End these visiting times?", Press: "End these times",
		Facts: []fact{{"Visiting times", sessionName(session)}, {"For the last time on", dateWords(last)}},
	})
}

package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/web/form"
	"github.com/wardvisit/wardvisit/web/nhs"
)

// A timeOffPage asks when an interpreter is away.
type timeOffPage struct {
	*form.Form
	Example string // a date as it is typed
}

// Reasons are why one can be.
func (p timeOffPage) Reasons() []nhs.Choice { return absenceChoices() }

// askTimeOff handles GET /interpreter/hours/time-off.
func (s *Server) askTimeOff(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	return s.showTimeOff(w, r, http.StatusOK, by, form.Blank())
}

func (s *Server) showTimeOff(w http.ResponseWriter, r *http.Request, status int, by booking.Actor, f *form.Form) error {
	me, err := s.desk.InterpreterSelf(r.Context(), by)
	if err != nil {
		return err
	}
	p := timeOffPage{f, s.now().AddDate(0, 0, 7).In(me.Zone).Format("2 1 2006")}
	return s.render(w, r, status, "interpreter/time-off", p)
}

// readTimeOff handles POST /interpreter/hours/time-off: what was typed leads to the
// page that says what it would change, and changes nothing.
func (s *Server) readTimeOff(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	me, err := s.desk.InterpreterSelf(r.Context(), by)
	if err != nil {
		return err
	}
	from := readInstant(f, "off-from", me.Zone, false)
	to := readInstant(f, "off-to", me.Zone, true)
	why := booking.Absence(f.Choice("off-why", absences()...))
	if f.OK() {
		off, err := booking.NewTimeOff(from, to, s.now(), why)
		if err == nil {
			asked := url.Values{"from": {iso(off.When.Start())}, "to": {iso(off.When.End())}, "why": {string(why)}}
			return seeOther(w, r, "/interpreter/hours/time-off/check?"+asked.Encode())
		}
		if fault := f.Fail("off-to", err); fault != nil {
			return fault
		}
	}
	return s.showTimeOff(w, r, http.StatusUnprocessableEntity, by, f)
}

// readInstant reads a day and, beside it, a time that may be left out: then it is
// the beginning of that day, or its end.
func readInstant(f *form.Form, name string, zone *time.Location, last bool) time.Time {
	date := mustDate(f, name)
	if date.IsZero() {
		return time.Time{}
	}
	first, end := booking.DayBounds(date, zone)
	text := f.Optional(name+"-time", 8)
	if text == "" {
		if last {
			return end
		}
		return first
	}
	return instantOf(f, name+"-time", date, text, zone, last)
}

// instantOf reads a time on a day. Of two instants that the clocks show alike,
// time off takes both.
func instantOf(f *form.Form, name string, date booking.Date, text string, zone *time.Location, last bool) time.Time {
	c, err := parseClock(text)
	if err == nil && c == 24*60 {
		_, end := booking.DayBounds(date, zone)
		return end
	}
	if err == nil {
		shown := booking.Instants(date, c, zone)
		switch {
		case len(shown) == 0:
			err = booking.ErrNoSuchLocalTime
		case last:
			return shown[len(shown)-1]
		default:
			return shown[0]
		}
	}
	refuse(f, name, err)
	return time.Time{}
}

// A timeOffCheckPage says what time off would change.
type timeOffCheckPage struct {
	*form.Form
	booking.TimeOff
	Text, Reason string
	Gives        []jobRow // the visits that it gives up
}

// Count is how many those are, for the form to say.
func (p timeOffCheckPage) Count() int { return len(p.Gives) }

// checkTimeOff handles GET /interpreter/hours/time-off/check.
func (s *Server) checkTimeOff(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	off, err := s.timeOffIn(r.URL.Query().Get)
	if err != nil {
		return seeOther(w, r, "/interpreter/hours/time-off") // an address that nobody was given
	}
	return s.showTimeOffCheck(w, r, http.StatusOK, by, form.Blank(), off)
}

// timeOffIn reads time off from an address or a form of ours.
func (s *Server) timeOffIn(get func(string) string) (booking.TimeOff, error) {
	from, notFrom := instant(get("from"))
	to, notTo := instant(get("to"))
	if notFrom != nil || notTo != nil {
		return booking.TimeOff{}, booking.ErrBadTimeOff
	}
	return booking.NewTimeOff(from, to, s.now(), booking.Absence(get("why")))
}

func (s *Server) showTimeOffCheck(w http.ResponseWriter, r *http.Request, status int, by booking.Actor, f *form.Form, off booking.TimeOff) error {
	me, err := s.desk.InterpreterSelf(r.Context(), by)
	if err != nil {
		return err
	}
	jobs, err := s.desk.TimeOffTouches(r.Context(), by, off.When)
	if err != nil {
		return err
	}
	p := timeOffCheckPage{Form: f, TimeOff: off, Text: saySpan(off.When, me.Zone), Reason: absenceWords[off.Why]}
	for _, job := range jobs {
		p.Gives = append(p.Gives, s.newJobRow(job))
	}
	return s.render(w, r, status, "interpreter/time-off-check", p)
}

// takeTimeOff handles POST /interpreter/hours/time-off/check.
func (s *Server) takeTimeOff(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	off, err := s.timeOffIn(f.Value)
	if err != nil {
		return err
	}
	touches, err := strconv.Atoi(f.Value("touches"))
	if err != nil {
		return booking.ErrBadChoice
	}
	jobs, err := s.desk.Jobs(r.Context(), by) // before, since it may give their seats away
	if err != nil {
		return err
	}
	ctx, cancel := s.outliving(r)
	defer cancel()
	_, err = s.keyed(f).TakeTimeOff(ctx, by, off, touches)
	if errors.Is(err, booking.ErrStale) { // the page said another number
		refuse(f, "touches", err)
		return s.showTimeOffCheck(w, r, http.StatusConflict, by, f, off)
	}
	if err != nil {
		return err
	}
	for _, job := range jobs {
		if job.Visit.When.Overlaps(off.When) && !job.Visit.State.Open() {
			s.leaveRoom(ctx, by, jobs, job.Offer.ID)
		}
	}
	return seeOther(w, r, "/interpreter/hours?said=away")
}

// dropTimeOff handles POST /interpreter/hours/time-off/{id}/remove.
func (s *Server) dropTimeOff(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	id, err := identifier(r.PathValue("id"), booking.ErrNoSuchTimeOff)
	if err != nil {
		return err
	}
	err = s.desk.DropTimeOff(r.Context(), by, booking.TimeOffID(id))
	if errors.Is(err, booking.ErrNoSuchTimeOff) { // pressed twice
		return seeOther(w, r, "/interpreter/hours?said="+booking.ErrNoSuchTimeOff.Code)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/interpreter/hours?said=back")
}

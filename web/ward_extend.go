package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// An extendPage asks by how much a visit that is on is to be longer.
type extendPage struct {
	*form.Form
	desk.Visit
	Board   string
	Choices []longerRow
}

// A longerRow is one of the answers, with what stands in its way.
type longerRow struct {
	Minutes int
	Until   time.Time
	Why     string // it cannot be; empty when it can
}

// Zone is that of the visit's ward.
func (p extendPage) Zone() *time.Location { return p.WardRecord.Site.Zone }

// Any reports whether the visit can be longer at all.
func (p extendPage) Any() bool {
	for _, c := range p.Choices {
		if c.Why == "" {
			return true
		}
	}
	return false
}

// askExtend handles GET /ward/visits/{ref}/extend.
func (s *Server) askExtend(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	ref, err := booking.ParseReference(r.PathValue("ref"))
	if err != nil {
		return err
	}
	return s.showExtend(w, r, by, ref, form.Blank(), http.StatusOK)
}

func (s *Server) showExtend(w http.ResponseWriter, r *http.Request, by booking.Actor, ref booking.Reference, f *form.Form, status int) error {
	more, err := s.desk.MoreTime(r.Context(), by, ref)
	if err != nil {
		return s.backToBoard(w, r, by, ref, err)
	}
	p := extendPage{Form: f, Visit: more.Visit, Board: boardOf(more.Visit, "")}
	for _, c := range more.Choices {
		p.Choices = append(p.Choices, longerRow{Minutes: int(c.By / time.Minute), Until: c.Until, Why: behindWords(c.Behind, more.Visit)})
	}
	return s.render(w, r, status, "ward/extend", p)
}

// behindWords says what stands behind a visit; empty when nothing does.
func behindWords(b *desk.Behind, v desk.Visit) string {
	if b == nil {
		return ""
	}
	zone := v.WardRecord.Site.Zone
	at := ""
	if !b.When.IsZero() {
		at = " from " + clock(b.When.Start(), zone)
	}
	switch b.What {
	case desk.BehindInterpreter:
		return "The interpreter is needed elsewhere" + at
	case desk.BehindPatient:
		return "The patient has another visit" + at
	}
	if b.Visit == nil {
		return v.DeviceRecord.Tag + " is needed for another visit" + at
	}
	return v.DeviceRecord.Tag + " is needed" + at + ", for the visit at " + clock(b.Visit.When.Start(), zone) + ": " +
		bedOr(b.Visit.Bed) + ", " + b.Visit.PatientRecord.Alias
}

// extendVisit handles POST /ward/visits/{ref}/extend. Everybody in the room is told
// the new end.
func (s *Server) extendVisit(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	ref, err := booking.ParseReference(r.PathValue("ref"))
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	// What is no number is none that was ever offered or shown.
	minutes, _ := strconv.Atoi(f.Value("more"))
	version, _ := strconv.Atoi(f.Value("version"))
	ctx, done := s.decide(r, ref)
	defer done()
	visit, err := s.desk.Extend(ctx, by, ref, version, time.Duration(minutes)*time.Minute)
	switch {
	case err == nil:
		s.tellRoom(ctx, visit.ID, RoomOrder{Kind: OrderUntil, Until: visit.When.End()})
		return seeOther(w, r, boardOf(visit, "more_time"))
	case isAny(err, booking.ErrNoMoreTime, booking.ErrBadChoice):
		if fault := f.Fail("more", err); fault != nil {
			return fault
		}
		return s.showExtend(w, r, by, ref, f, http.StatusConflict)
	}
	return s.backToBoard(w, r, by, ref, err)
}

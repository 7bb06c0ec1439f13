package web

import (
	"net/http"

	ics "github.com/arran4/golang-ical"

	"github.com/wardvisit/wardvisit/booking"
)

// calendar handles GET /visits/{ref}/calendar.ics: the visit for the reader's own
// calendar, which may be seen on a locked phone and by whoever shares it. So it
// says nothing of the patient, nor of the ward.
func (s *Server) calendar(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	v, err := s.familyVisitOf(r, by)
	if err != nil {
		return err
	}
	if v.State == booking.Held {
		return booking.ErrNoSuchVisit
	}
	h := w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="video-visit.ics"`)
	return send(w, r, http.StatusOK, []byte(s.calendarOf(v)))
}

// calendarOf writes a visit as a calendar reads it. Times are instants in UTC,
// which every calendar shows by its own reader's clock, wherever they are. The
// version makes a later file replace an earlier one.
func (s *Server) calendarOf(v familyVisit) string {
	page := s.public.JoinPath(v.To("")).String()
	event := ics.NewEvent(string(v.ID) + "@" + s.public.Hostname())
	event.SetDtStampTime(s.now())
	event.SetSequence(v.Version)
	event.SetStartAt(v.When.Start())
	event.SetEndAt(v.When.End())
	event.SetSummary("Video visit")
	event.SetDescription("Reference " + string(v.Reference) + ". To join, change or cancel: " + page)
	event.SetURL(page)
	event.SetClass(ics.ClassificationPrivate)
	event.SetStatus(ics.ObjectStatusConfirmed)
	if v.State.Over() && v.StartedAt.IsZero() {
		event.SetStatus(ics.ObjectStatusCancelled)
	} else {
		alarm := event.AddAlarm()
		alarm.SetAction(ics.ActionDisplay)
		alarm.SetTrigger("-PT15M")
		alarm.SetDescription("Video visit")
	}
	cal := ics.NewCalendarFor(serviceName)
	cal.SetMethod(ics.MethodPublish)
	cal.AddVEvent(event)
	return cal.Serialize()
}

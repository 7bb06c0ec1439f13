package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// A todayPage is the board with the way to other days and wards.
type todayPage struct {
	wardHead
	drawnBoard
	Before, After booking.Date
	Tasks         []taskRow // families to be rung
}

// wardToday handles GET /ward/today: one ward's day.
func (s *Server) wardToday(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	head, err := s.headOf(r, by, "/ward/today")
	if err != nil {
		return err
	}
	if !by.May(booking.RunVisits, head.Ward.ID) { // their work is elsewhere
		if links := surfaces["ward"].navFor(r, by); len(links) > 0 && links[0].Href != "/ward/today" {
			return seeOther(w, r, links[0].Href)
		}
	}
	date, err := s.boardDate(r, head.Ward)
	if err != nil {
		return err
	}
	if head.Said != "" && !head.Good {
		since, err := s.sinceWords(r, by, head.Ward)
		if err != nil {
			return err
		}
		head.Said = strings.TrimSpace(head.Said + " " + since)
	}
	drawn, err := s.drawnBoard(r.Context(), by, head.Ward.ID, date)
	if err != nil {
		return err
	}
	tasks, err := s.tasksOf(r, by, head.Ward.ID)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/today", todayPage{
		wardHead: head, drawnBoard: drawn, Before: date.AddDays(-1), After: date.AddDays(1), Tasks: tasks,
	})
}

// The years that a board may be of. A date can be written that no clock reaches,
// and no database keeps.
const firstYear, lastYear = 2000, 2199

// boardDate is the day that an address asks for, or today in the ward.
func (s *Server) boardDate(r *http.Request, ward booking.Ward) (booking.Date, error) {
	asked := r.URL.Query().Get("date")
	if asked == "" {
		return booking.DateOf(s.now(), ward.Site.Zone), nil
	}
	date, err := booking.ParseDate(asked)
	if err != nil || date.Year < firstYear || date.Year > lastYear {
		return booking.Date{}, errPageNotFound
	}
	return date, nil
}

// lookEvery is how often a live page asks by itself whether something has changed,
// which it is told at once of what is done through this process: an hour may have
// come, or a command have written to the database.
const lookEvery = time.Second

// recheckEvery is how often a live page asks again who is reading it.
const recheckEvery = 3 * time.Second

// A look is what a live page is told of the moment: it fetches itself when one
// of these is not what it was.
type look struct {
	Serial int64  `json:"serial"`
	Minute int64  `json:"minute"` // what a page says of time, it says in minutes
	Build  string `json:"build"`
	Shows  string `json:"shows,omitempty"` // of an iPad: which screen
	ward   booking.WardID
}

// wardEvents handles GET /ward/today/events: it says when to look at the board
// again, and never what is on it.
func (s *Server) wardEvents(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	head, err := s.headOf(r, by, "/ward/today")
	if err != nil {
		return err
	}
	return s.stream(w, r, booking.StaffActor, func(ctx context.Context, by booking.Actor) (look, error) {
		if !by.May(booking.RunVisits, head.Ward.ID) {
			return look{}, booking.ErrNoSuchWard
		}
		serial, err := s.desk.Serial(ctx, head.Ward.ID)
		return look{Serial: serial, ward: head.Ward.ID}, err
	})
}

// stream sends a look whenever it differs from the last, until the reader goes or
// is no longer who they were.
func (s *Server) stream(w http.ResponseWriter, r *http.Request, kind booking.ActorKind, at lookAt) error {
	return s.streamFor(w, r, func(ctx context.Context) (booking.Actor, error) { return s.doors.Recheck(ctx, kind) }, at)
}

// streamFor is stream for a reader of whom who says, now and then, who they are.
func (s *Server) streamFor(w http.ResponseWriter, r *http.Request, who whoReads, at lookAt) error {
	ctx, stop := context.WithCancel(r.Context())
	defer stop()
	by, err := who(ctx)
	if err != nil {
		return err
	}
	events := make(chan event)
	go func() {
		defer close(events)
		err := s.keepLooking(ctx, who, by, at, lastEventID(r), events)
		var refusal *booking.Refusal
		switch {
		case errors.As(err, &refusal): // what the page shows is not for its reader any more
			select {
			case events <- event{Name: "gone"}:
			case <-ctx.Done():
			}
		case ctx.Err() == nil:
			// The answer has begun, so only the log can be told.
			s.log.ErrorContext(ctx, "live page ended", "route", r.Pattern, "request", about(ctx).id, "err", err)
		}
	}()
	err = s.streamEvents(ctx, w, events)
	stop()
	for range events { // until the looking has ended too
	}
	return err
}

// whoReads says who reads a live page now.
type whoReads func(ctx context.Context) (booking.Actor, error)

// A lookAt is how the moment looks to a reader.
type lookAt func(ctx context.Context, by booking.Actor) (look, error)

// keepLooking sends what a reader is to be told until there is a reason not to.
func (s *Server) keepLooking(ctx context.Context, who whoReads, by booking.Actor, at lookAt, last string, events chan<- event) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	recheck := time.NewTicker(recheckEvery)
	defer recheck.Stop()
	var ward booking.WardID
	for {
		var changed <-chan struct{} // asked for before looking, so that nothing falls between
		if ward != "" {
			changed = s.desk.NextChange(ward)
		}
		now, err := at(ctx, by)
		if err != nil {
			return err
		}
		ward = now.ward
		now.Minute, now.Build = s.now().Unix()/60, s.assets.fingerprint()
		if e := now.event(); e.ID != last {
			select {
			case events <- e:
				last = e.ID
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		select {
		case <-changed:
		case <-tick.C:
		case <-recheck.C:
			if by, err = who(ctx); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (l look) event() event {
	body, err := json.Marshal(l)
	if err != nil {
		body = nil // numbers and words always marshal
	}
	return event{Name: "look", ID: fmt.Sprintf("%d.%d.%s.%s", l.Serial, l.Minute, l.Build, l.Shows), Data: body}
}

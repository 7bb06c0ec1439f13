package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/web/locale"
)

// A handler answers one request, or says why it could not.
type handler func(w http.ResponseWriter, r *http.Request) error

// An actedHandler answers one request from somebody who is known.
type actedHandler func(w http.ResponseWriter, r *http.Request, by booking.Actor) error

// page serves anyone.
func (s *Server) page(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.explain(w, r, err)
		}
	})
}

// as serves whoever is signed in at one door.
func (s *Server) as(kind booking.ActorKind, h actedHandler) http.Handler {
	return s.page(func(w http.ResponseWriter, r *http.Request) error {
		about(r.Context()).door = kind
		by, err := s.doors.Actor(r.Context(), kind)
		if err != nil {
			return err
		}
		about(r.Context()).reader = by
		return s.recordElsewhere(r, by, h(w, r, by))
	})
}

func (s *Server) asStaff(h actedHandler) http.Handler {
	return s.as(booking.StaffActor, s.firstAFactor(h))
}

func (s *Server) asVisitor(h actedHandler) http.Handler { return s.as(booking.VisitorActor, h) }

func (s *Server) asInterpreter(h actedHandler) http.Handler { return s.as(booking.InterpreterActor, h) }

func (s *Server) asDevice(h actedHandler) http.Handler { return s.as(booking.DeviceActor, h) }

// statuses are what browsers and scripts are told of each kind of refusal.
var statuses = map[booking.Kind]int{
	booking.Invalid:   http.StatusUnprocessableEntity,
	booking.Forbidden: http.StatusForbidden,
	booking.NotFound:  http.StatusNotFound,
	booking.Conflict:  http.StatusConflict,
}

// What the pages themselves refuse, before anybody's desk is reached.
var (
	errPageNotFound = &booking.Refusal{Kind: booking.NotFound, Code: "page_not_found"}
	errCrossSite    = &booking.Refusal{Kind: booking.Forbidden, Code: "cross_site"}
	errTooBig       = &booking.Refusal{Kind: booking.Invalid, Code: "too_big"}
	errSlowDown     = &booking.Refusal{Kind: booking.Conflict, Code: "slow_down"}
)

// A refusedPage says that something was refused, and what to do next.
type refusedPage struct{ Title, Rest, Code string }

// A faultPage says that something broke; the number finds it in the log.
type faultPage struct{ RequestID string }

// explain is the only place an error becomes a response. A refusal is told to
// the person asking, in their language; a fault is told to the log.
func (s *Server) explain(w http.ResponseWriter, r *http.Request, err error) {
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		err = errTooBig
	}
	if errors.Is(err, booking.ErrSignInNeeded) && s.toTheDoor(w, r) {
		return
	}
	about := about(r.Context())
	var refusal *booking.Refusal
	if errors.As(err, &refusal) {
		about.refused = refusal.Code
		s.refuse(w, r, refusal)
		return
	}
	if r.Context().Err() != nil {
		return // the reader has gone, and so has whatever they were waiting for
	}
	s.log.ErrorContext(r.Context(), "request failed", "route", r.Pattern, "request", about.id, "err", err)
	if wantsJSON(r) {
		s.replyWith(w, http.StatusInternalServerError, problem{"fault", locale.English.Say("fault"), about.id})
		return
	}
	if err := s.render(w, r, http.StatusInternalServerError, "site/fault", faultPage{about.id}); err != nil {
		http.Error(w, locale.English.Say("fault"), http.StatusInternalServerError)
	}
}

// A problem is a refusal, or a fault, as a script hears of it.
type problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Request string `json:"request,omitempty"`
}

func (s *Server) refuse(w http.ResponseWriter, r *http.Request, refusal *booking.Refusal) {
	status, ok := statuses[refusal.Kind]
	if !ok {
		status = http.StatusConflict
	}
	if wantsJSON(r) {
		s.replyWith(w, status, problem{Code: refusal.Code, Message: locale.English.Say(refusal.Code)})
		return
	}
	if refusal == booking.ErrCallWard {
		if err := s.callWard(w, r, status); err != nil {
			s.log.ErrorContext(r.Context(), "refusal not shown", "code", refusal.Code, "err", err)
			http.Error(w, locale.English.Say(refusal.Code), status)
		}
		return
	}
	title, rest := locale.English.Title(refusal.Code)
	if err := s.render(w, r, status, "site/refused", refusedPage{title, rest, refusal.Code}); err != nil {
		s.log.ErrorContext(r.Context(), "refusal not shown", "code", refusal.Code, "err", err)
		http.Error(w, locale.English.Say(refusal.Code), status)
	}
}

// toTheDoor sends somebody who is not signed in to where they can, if there is
// such a place: the ward has a page for it, and the others were sent a link.
func (s *Server) toTheDoor(w http.ResponseWriter, r *http.Request) bool {
	if about(r.Context()).door != booking.StaffActor || wantsJSON(r) || r.Method != http.MethodGet {
		return false
	}
	http.Redirect(w, r, "/ward/sign-in", http.StatusSeeOther)
	return true
}

// wantsJSON reports whether a script is asking, and not somebody's browser.
func wantsJSON(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "application/json") && !strings.Contains(accept, "text/html")
}

// seeOther sends the reader on after something was done, so that going back or
// reloading does not do it again.
func seeOther(w http.ResponseWriter, r *http.Request, to string) error {
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// reply answers a script.
func (s *Server) reply(w http.ResponseWriter, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("web: reply: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	_, err = w.Write(body)
	return ignoreGone(err)
}

func (s *Server) replyWith(w http.ResponseWriter, status int, p problem) {
	body, err := json.Marshal(p)
	if err != nil {
		body = []byte(`{"code":"fault"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the reader may have gone
}

// ignoreGone drops the error of writing to a reader: they have gone, nothing can
// be told to them, and nothing of ours is broken.
func ignoreGone(error) error { return nil }

// notFound answers whatever no route is for.
func (s *Server) notFound(http.ResponseWriter, *http.Request) error { return errPageNotFound }

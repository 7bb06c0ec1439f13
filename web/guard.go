package web

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// mostBody is how much a form may send: our longest, with every box filled, is a
// tenth of it.
const mostBody = 64 << 10

// A request is what we know of a request besides what it asks. It is made before
// the handler and filled in by it, and so belongs to the request's goroutine.
type request struct {
	id      string
	door    booking.ActorKind // the kind of person the route is for
	reader  booking.Actor     // who is signed in there
	refused string            // the code, for the log
}

type requestKey struct{}

// about returns what is known of the request whose context this is.
func about(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{} // outside guard, as in a test of one handler
}

// guard stands before every handler: it gives the request a number, refuses what
// other websites send, bounds what is read, sets what every answer must say, and
// writes one line to the log, which bears neither path nor query, since an
// invitation is in a path.
func (s *Server) guard(mux *http.ServeMux) http.Handler {
	var crossSite http.CrossOriginProtection
	policy := s.contentPolicy()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := s.now()
		known := &request{id: rand.Text()[:10]}
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, known))
		r.Body = http.MaxBytesReader(w, r.Body, bodyLimit(r))
		answer := &answer{ResponseWriter: w}
		setHeaders(answer.Header(), s.withProvider(policy))
		if s.public.Scheme == "https" && s.trust == nil { // and never again without it; a new root has to be got somehow
			answer.Header().Set("Strict-Transport-Security", "max-age=31536000")
		}

		defer func() {
			if broken := recover(); broken != nil {
				s.recovered(answer, r, broken)
			}
			s.access(r, known, answer, s.now().Sub(began))
		}()
		if err := crossSite.Check(r); err != nil {
			s.explain(answer, r, errCrossSite)
			return
		}
		mux.ServeHTTP(answer, r)
	})
}

// access writes the line in the log.
func (s *Server) access(r *http.Request, known *request, a *answer, took time.Duration) {
	s.metrics.acted(r, known.refused, a.status, took)
	attrs := []any{"route", r.Pattern, "status", a.status, "bytes", a.bytes, "took", took, "request", known.id}
	if known.refused != "" {
		attrs = append(attrs, "refused", known.refused)
	}
	s.log.InfoContext(r.Context(), "request", attrs...)
}

// recovered answers for a handler that panicked, if it had not begun to answer.
func (s *Server) recovered(a *answer, r *http.Request, broken any) {
	if broken == http.ErrAbortHandler { //nolint:errorlint // a panic's value, which net/http compares so too
		panic(broken)
	}
	s.log.ErrorContext(r.Context(), "handler panicked", "route", r.Pattern, "request", about(r.Context()).id,
		"panic", fmt.Sprintf("%T", broken), "stack", string(debug.Stack()))
	if a.status == 0 {
		s.explain(a, r, fmt.Errorf("web: handler panicked with a %T", broken))
	}
}

// contentPolicy is what a page may load: what we sent, and the room's socket.
func (s *Server) contentPolicy() string {
	socket := "ws://"
	if s.public.Scheme == "https" {
		socket = "wss://"
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
		"media-src 'self' blob:; manifest-src 'self'; " +
		// Older Safari does not take 'self' to cover the socket of the same address.
		"connect-src 'self' " + socket + s.public.Host + "; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

// setHeaders says what every answer says; an asset says otherwise of caching.
func setHeaders(h http.Header, policy string) {
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Permissions-Policy", "camera=(self), microphone=(self), display-capture=(), geolocation=(), payment=(), usb=()")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Cache-Control", "no-store")
}

// An answer remembers what was sent. What it does not have itself, such as
// flushing, http.ResponseController finds through Unwrap.
type answer struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// WriteHeader remembers the status. An interim answer, such as 103, is not it.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= http.StatusOK || status == http.StatusSwitchingProtocols {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(b)
	a.bytes += int64(n)
	return n, err
}

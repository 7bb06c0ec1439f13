package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/web/login"
)

// memory is a store of logins for one test.
type memory struct {
	mu     sync.Mutex
	logins map[string][]byte
}

func (m *memory) Find(token string) ([]byte, bool, error) {
	return m.FindCtx(context.Background(), token)
}
func (m *memory) Delete(token string) error { return m.DeleteCtx(context.Background(), token) }
func (m *memory) Commit(token string, b []byte, expiry time.Time) error {
	return m.CommitCtx(context.Background(), token, b, expiry)
}

func (m *memory) FindCtx(_ context.Context, token string) ([]byte, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.logins[token]
	return b, ok, nil
}

func (m *memory) CommitCtx(_ context.Context, token string, b []byte, _ time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.logins[token] = b
	return nil
}

func (m *memory) DeleteCtx(_ context.Context, token string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.logins, token)
	return nil
}

// noon is when every test of this package happens.
var noon = time.Date(2026, time.November, 24, 12, 0, 0, 0, time.UTC)

// newServer makes a face without a desk, for what needs none, whose log goes to log.
func newServer(t *testing.T, log io.Writer, practice bool) *Server {
	t.Helper()
	now := func() time.Time { return noon }
	s, err := New(Config{
		Doors:     login.New(login.Config{Store: &memory{logins: map[string][]byte{}}, Now: now}),
		PublicURL: &url.URL{Scheme: "https", Host: "visits.example"},
		Practice:  practice,
		Now:       now,
		Log:       slog.New(slog.NewTextHandler(log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// serve puts one handler behind everything that stands before the real ones.
func serve(s *Server, pattern string, h handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(pattern, s.page(h))
	return s.doors.Middleware(s.guard(mux))
}

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func TestExplain(t *testing.T) {
	broken := errors.New("the disk is full of secrets")
	for _, tt := range []struct {
		name   string
		err    error
		status int
		says   string
	}{
		{"asked for something that will not do", booking.ErrBadTime, 422, "Enter a time"},
		{"may not", booking.ErrMayNot, 403, "You cannot do that"},
		{"is not there", booking.ErrNoSuchVisit, 404, "We cannot find that visit"},
		{"somebody was first", fmt.Errorf("desk: %w", booking.ErrSlotTaken), 409, "That time has just been taken"},
		{"sent too much", &http.MaxBytesError{Limit: 1}, 422, "That was too much"},
		{"a fault", broken, 500, "there is a problem with the service"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var log strings.Builder
			s := newServer(t, &log, false)
			w := get(serve(s, "GET /x", func(http.ResponseWriter, *http.Request) error { return tt.err }), "/x")
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.says) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if strings.Contains(w.Body.String(), "secrets") {
				t.Error("a fault was shown to the person asking")
			}
			if logged := strings.Contains(log.String(), "secrets"); logged != errors.Is(tt.err, broken) {
				t.Errorf("log: %s", log.String())
			}
		})
	}
}

func TestExplainToAScript(t *testing.T) {
	s := newServer(t, io.Discard, false)
	h := serve(s, "GET /x", func(http.ResponseWriter, *http.Request) error { return booking.ErrSlotTaken })
	r := httptest.NewRequest(http.MethodGet, "/x", nil)
	r.Header.Set("Accept", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	want := `{"code":"slot_taken","message":"That time has just been taken. Choose another time."}`
	if w.Code != http.StatusConflict || w.Body.String() != want {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestAPanicIsAFault(t *testing.T) {
	var log strings.Builder
	s := newServer(t, &log, false)
	w := get(serve(s, "GET /x", func(http.ResponseWriter, *http.Request) error { panic("Anna Kowalska") }), "/x")
	if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "problem with the service") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if strings.Contains(log.String(), "Kowalska") {
		t.Error("what a handler panicked with is in the log, and may be a name")
	}
}

func TestNothingSecretIsLogged(t *testing.T) {
	var log strings.Builder
	s := newServer(t, &log, false)
	get(serve(s, "GET /invitation/{token}", func(http.ResponseWriter, *http.Request) error { return booking.ErrInviteExpired }),
		"/invitation/canary-token?code=canary-code")
	if strings.Contains(log.String(), "canary") {
		t.Errorf("log: %s", log.String())
	}
	for _, want := range []string{`route="GET /invitation/{token}"`, "status=404", "refused=invite_expired"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("no %s in the log: %s", want, log.String())
		}
	}
}

func TestOtherWebsitesAreRefused(t *testing.T) {
	s := newServer(t, io.Discard, false)
	done := false
	h := serve(s, "POST /x", func(http.ResponseWriter, *http.Request) error { done = true; return nil })
	for _, tt := range []struct {
		name, site, origin string
		allowed            bool
	}{
		{"our own page", "same-origin", "https://visits.example", true},
		{"another website", "cross-site", "https://evil.example", false},
		{"a neighbour in the same domain", "same-site", "https://other.example", false},
		{"an old browser on another website", "", "https://evil.example", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			done = false
			r := httptest.NewRequest(http.MethodPost, "https://visits.example/x", nil)
			r.Header.Set("Origin", tt.origin)
			if tt.site != "" {
				r.Header.Set("Sec-Fetch-Site", tt.site)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if done != tt.allowed {
				t.Errorf("done = %v, answered %d", done, w.Code)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	s := newServer(t, io.Discard, false)
	h := get(s, "/nowhere").Header()
	for name, want := range map[string]string{
		"Referrer-Policy":        "no-referrer",
		"X-Content-Type-Options": "nosniff",
		"Cache-Control":          "no-store",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	policy := h.Get("Content-Security-Policy")
	if strings.Contains(policy, "unsafe") || !strings.Contains(policy, "frame-ancestors 'none'") || !strings.Contains(policy, "wss://visits.example") {
		t.Errorf("policy: %s", policy)
	}
}

func TestPracticeIsSaidOnEveryPage(t *testing.T) {
	for _, practice := range []bool{true, false} {
		w := get(newServer(t, io.Discard, practice), "/nowhere")
		if said := strings.Contains(w.Body.String(), "nobody here is real"); said != practice {
			t.Errorf("practice %v: said %v", practice, said)
		}
	}
}

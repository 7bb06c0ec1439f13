package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const (
	testService = "26785a09-ab16-4eb0-8407-a37497a57506"
	testSecret  = "3d844edf-8d35-48ac-975b-e847b4f122b0"
)

var testNow = time.Date(2026, time.November, 24, 14, 0, 0, 0, time.UTC)

// govServer stands where GOV.UK Notify stands, and checks as it does.
type govServer struct {
	t *testing.T

	mu     sync.Mutex
	taken  []map[string]any
	asked  []string // references looked for
	answer func(attempt int) int
	after  string // Retry-After
}

func (s *govServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.mayCome(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")) {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	switch r.Method + " " + r.URL.Path {
	case "GET /v2/notifications":
		reference := r.URL.Query().Get("reference")
		s.asked = append(s.asked, reference)
		found := []map[string]any{}
		for i, one := range s.taken {
			if one["reference"] == reference {
				found = append(found, map[string]any{"id": providerID(i)})
			}
		}
		s.write(w, map[string]any{"notifications": found, "links": map[string]any{}})
	case "POST /v2/notifications/sms", "POST /v2/notifications/email":
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			s.t.Errorf("body: %v", err)
		}
		if status := s.answer(len(s.taken)); status != http.StatusCreated {
			w.Header().Set("Retry-After", s.after)
			w.WriteHeader(status)
			s.write(w, map[string]any{"errors": []map[string]any{{"message": "phone_number " + body["reference"].(string)}}})
			return
		}
		s.taken = append(s.taken, body)
		w.WriteHeader(http.StatusCreated)
		s.write(w, map[string]any{"id": providerID(len(s.taken) - 1), "reference": body["reference"]})
	default:
		s.t.Errorf("asked for %s %s", r.Method, r.URL.Path)
		w.WriteHeader(http.StatusNotFound)
	}
}

func providerID(i int) string { return "gov-" + string(rune('a'+i)) }

func (s *govServer) write(w http.ResponseWriter, v any) {
	if err := json.NewEncoder(w).Encode(v); err != nil {
		s.t.Error(err)
	}
}

// mayCome checks a JSON Web Token by hand, with nothing of the code under test.
func (s *govServer) mayCome(token string) bool {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return false
	}
	mac := hmac.New(sha256.New, []byte(testSecret))
	mac.Write([]byte(parts[0] + "." + parts[1]))
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || !hmac.Equal(signature, mac.Sum(nil)) {
		return false
	}
	var header struct{ Typ, Alg string }
	var claims struct {
		Iss string
		Iat int64
	}
	for part, into := range map[string]any{parts[0]: &header, parts[1]: &claims} {
		decoded, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil || json.Unmarshal(decoded, into) != nil {
			return false
		}
	}
	age := testNow.Unix() - claims.Iat
	return header.Typ == "JWT" && header.Alg == "HS256" && claims.Iss == testService && age >= 0 && age <= 30
}

func created(int) int { return http.StatusCreated }

func newGov(t *testing.T, answer func(int) int) (*GovNotify, *govServer) {
	t.Helper()
	server := &govServer{t: t, answer: answer}
	h := httptest.NewServer(server)
	t.Cleanup(h.Close)
	g, err := NewGovNotify(GovNotifyConfig{
		URL: h.URL, Key: "wardvisit_live-" + testService + "-" + testSecret,
		SMSTemplate: "template-sms", EmailTemplate: "template-email",
		Client: h.Client(), Now: func() time.Time { return testNow },
	})
	if err != nil {
		t.Fatal(err)
	}
	return g, server
}

func TestGovNotifySends(t *testing.T) {
	g, server := newGov(t, created)
	ctx := t.Context()
	receipt, err := g.Send(ctx, Message{Reference: "r1", Channel: booking.SMS, To: "+447700900123", Body: "hello"})
	if err != nil || receipt.ProviderID != "gov-a" || receipt.Kept != "" {
		t.Fatalf("%+v, %v", receipt, err)
	}
	if _, err := g.Send(ctx, Message{Reference: "r2", Channel: booking.Email, To: "a@example.com", Subject: "hi", Body: "hello"}); err != nil {
		t.Fatal(err)
	}
	sms, email := server.taken[0], server.taken[1]
	if sms["phone_number"] != "+447700900123" || sms["template_id"] != "template-sms" || sms["reference"] != "r1" {
		t.Errorf("text: %v", sms)
	}
	words, _ := email["personalisation"].(map[string]any)
	if email["email_address"] != "a@example.com" || email["template_id"] != "template-email" || words["subject"] != "hi" || words["body"] != "hello" {
		t.Errorf("email: %v", email)
	}
	if len(server.asked) != 0 {
		t.Errorf("asked for %v before a first attempt", server.asked)
	}
}

// The provider takes the message, and its answer is lost.
func TestGovNotifyDoesNotSendTwice(t *testing.T) {
	g, server := newGov(t, created)
	m := Message{Reference: "r1", Channel: booking.SMS, To: "+447700900123", Body: "hello"}
	if _, err := g.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	m.Again = true
	receipt, err := g.Send(t.Context(), m)
	if err != nil || receipt.ProviderID != "gov-a" || len(server.taken) != 1 {
		t.Fatalf("%+v, %v; taken %d times", receipt, err, len(server.taken))
	}
	m.Reference = "r2" // tried before, never arrived
	if _, err := g.Send(t.Context(), m); err != nil || len(server.taken) != 2 {
		t.Fatalf("%v; taken %d times", err, len(server.taken))
	}
}

func TestGovNotifyRetriesOnlyWhatPasses(t *testing.T) {
	for _, tt := range []struct {
		status int
		final  bool
	}{
		{http.StatusBadRequest, true},
		{http.StatusForbidden, true},
		{http.StatusTooManyRequests, false},
		{http.StatusInternalServerError, false},
		{http.StatusBadGateway, false},
		{http.StatusServiceUnavailable, false},
	} {
		g, server := newGov(t, func(int) int { return tt.status })
		server.after = "7"
		_, err := g.Send(t.Context(), Message{Reference: "r1", Channel: booking.SMS, To: "+447700900123"})
		var f *Failure
		if !errors.As(err, &f) || f.Final != tt.final || f.After != 7*time.Second {
			t.Errorf("%d: %+v", tt.status, err)
		}
		if strings.Contains(err.Error(), "phone_number") {
			t.Errorf("%d: the provider's words came through: %v", tt.status, err)
		}
	}
}

func TestGovNotifyThatHangs(t *testing.T) {
	release := make(chan struct{})
	h := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(h.Close)
	t.Cleanup(func() { close(release) })
	g, err := NewGovNotify(GovNotifyConfig{
		URL: h.URL, Key: testService + "-" + testSecret, SMSTemplate: "x",
		Client: &http.Client{Timeout: 50 * time.Millisecond}, Now: func() time.Time { return testNow },
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = g.Send(context.Background(), Message{Channel: booking.SMS})
	var f *Failure
	if !errors.As(err, &f) || f.Final || f.Code != codeTimeout {
		t.Errorf("%v", err)
	}
}

func TestGovNotifyThatIsGone(t *testing.T) {
	h := httptest.NewServer(http.NotFoundHandler())
	h.Close()
	g, err := NewGovNotify(GovNotifyConfig{
		URL: h.URL, Key: testService + "-" + testSecret, SMSTemplate: "x",
		Client: http.DefaultClient, Now: func() time.Time { return testNow },
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = g.Send(t.Context(), Message{Channel: booking.SMS})
	var f *Failure
	if !errors.As(err, &f) || f.Final || f.Code != codeUnreachable {
		t.Errorf("%v", err)
	}
}

func TestGovNotifyKeys(t *testing.T) {
	for _, tt := range []struct {
		name, url, key string
		ok             bool
	}{
		{"as Notify shows it", "https://n.example", "team-key-" + testService + "-" + testSecret, true},
		{"too short", "https://n.example", testSecret, false},
		{"not ids", "https://n.example", strings.Repeat("x", 80), false},
		{"no address", "", testService + "-" + testSecret, false},
	} {
		_, err := NewGovNotify(GovNotifyConfig{URL: tt.url, Key: tt.key})
		if (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.name, err)
		}
		if err != nil && len(tt.key) > 10 && strings.Contains(err.Error(), tt.key) {
			t.Errorf("%s: the key is in the error", tt.name)
		}
	}
}

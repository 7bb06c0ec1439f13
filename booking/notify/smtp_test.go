package notify

import (
	"errors"
	"io"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/wardvisit/wardvisit/booking"
)

// A relay stands where a hospital's mail relay stands.
type relay struct {
	refuse *smtp.SMTPError // what it answers to a recipient, if anything

	mu      sync.Mutex
	letters []string
	to      []string
}

type relaySession struct{ *relay }

func (r *relay) NewSession(*smtp.Conn) (smtp.Session, error) { return relaySession{r}, nil }

func (relaySession) Reset()                               {}
func (relaySession) Logout() error                        { return nil }
func (relaySession) Mail(string, *smtp.MailOptions) error { return nil }
func (s relaySession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.refuse != nil {
		return s.refuse
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.to = append(s.to, to)
	return nil
}

func (s relaySession) Data(r io.Reader) error {
	letter, err := io.ReadAll(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.letters = append(s.letters, string(letter))
	return err
}

func (r *relay) listen(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(r)
	server.Domain = "relay.example"
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(l); err != nil && !errors.Is(err, smtp.ErrServerClosed) {
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		<-done
	})
	return l.Addr().String()
}

func newSMTP(t *testing.T, address string, plain bool) *SMTP {
	t.Helper()
	s, err := NewSMTP(SMTPConfig{
		Address: address, From: "Northfield Hospital <visits@northfield.example>",
		Plain: plain, Now: func() time.Time { return testNow },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSMTPSends(t *testing.T) {
	r := &relay{}
	s := newSMTP(t, r.listen(t), true)
	m := Message{Reference: "0190-r1", Channel: booking.Email, To: "anna@example.com", Subject: "Your video visit – Tuesday", Body: "Hello,\n\nsee you.\n"}
	if _, err := s.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if len(r.letters) != 1 || r.to[0] != "anna@example.com" {
		t.Fatalf("%d letters to %v", len(r.letters), r.to)
	}
	letter, err := mail.ReadMessage(strings.NewReader(r.letters[0]))
	if err != nil {
		t.Fatal(err)
	}
	for header, want := range map[string]string{
		"Message-Id":     "<0190-r1@northfield.example>",
		"Auto-Submitted": "auto-generated",
		"Date":           "Tue, 24 Nov 2026 14:00:00 +0000",
		"From":           `"Northfield Hospital" <visits@northfield.example>`,
	} {
		if got := letter.Header.Get(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	body, err := io.ReadAll(letter.Body)
	if err != nil || !strings.Contains(string(body), "see you.") {
		t.Errorf("%q, %v", body, err)
	}
}

func TestSMTPRetriesOnlyWhatPasses(t *testing.T) {
	for _, tt := range []struct {
		code  int
		final bool
	}{{450, false}, {452, false}, {550, true}, {553, true}} {
		r := &relay{refuse: &smtp.SMTPError{Code: tt.code, Message: "no anna@example.com here"}}
		_, err := newSMTP(t, r.listen(t), true).Send(t.Context(), Message{Reference: "r1", To: "anna@example.com"})
		var f *Failure
		if !errors.As(err, &f) || f.Final != tt.final {
			t.Errorf("%d: %v", tt.code, err)
		}
		if err != nil && strings.Contains(err.Error(), "anna") {
			t.Errorf("%d: the relay's words came through: %v", tt.code, err)
		}
	}
}

func TestSMTPNeedsTLSUnlessTold(t *testing.T) {
	r := &relay{}
	_, err := newSMTP(t, r.listen(t), false).Send(t.Context(), Message{Reference: "r1", To: "anna@example.com"})
	if err == nil || len(r.letters) != 0 {
		t.Errorf("%v; %d letters went in the clear", err, len(r.letters))
	}
}

func TestSMTPWithNobodyThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = newSMTP(t, address, true).Send(t.Context(), Message{Reference: "r1", To: "anna@example.com"})
	var f *Failure
	if !errors.As(err, &f) || f.Final || f.Code != codeUnreachable {
		t.Errorf("%v", err)
	}
}

func TestSMTPBadAddressIsFinal(t *testing.T) {
	_, err := newSMTP(t, "127.0.0.1:1", true).Send(t.Context(), Message{Reference: "r1", To: "not an address"})
	var f *Failure
	if !errors.As(err, &f) || !f.Final || strings.Contains(err.Error(), "not an") {
		t.Errorf("%v", err)
	}
}

func TestSMTPConfig(t *testing.T) {
	for name, c := range map[string]SMTPConfig{
		"no port":   {Address: "relay.example", From: "a@b.example"},
		"bad port":  {Address: "relay.example:mail", From: "a@b.example"},
		"no sender": {Address: "relay.example:25", From: "Northfield"},
	} {
		if _, err := NewSMTP(c); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

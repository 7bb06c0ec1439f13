package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

// SMTPConfig says how mail is handed to a hospital's relay.
type SMTPConfig struct {
	Address  string      // host:port; port 465 speaks TLS from the first byte
	From     string      // "Northfield Hospital <video.visits@northfield.example>"
	Username string      // empty for a relay that knows us by our address
	Password string      //
	Plain    bool        // allow a relay without TLS: only for one on this machine
	TLS      *tls.Config // nil for the system's roots
	Now      func() time.Time
}

// SMTP is the Sender of email.
type SMTP struct {
	client *mail.Client
	from   string
	domain string // of the sender; the right-hand side of every Message-ID
	now    func() time.Time
}

// implicitTLSPort is the one port on which TLS comes before SMTP (RFC 8314).
const implicitTLSPort = 465

// NewSMTP returns the Sender that c describes. It does not connect.
func NewSMTP(c SMTPConfig) (*SMTP, error) {
	host, service, err := net.SplitHostPort(c.Address)
	if err != nil {
		return nil, fmt.Errorf("notify: mail relay: %w", err)
	}
	port, err := strconv.Atoi(service)
	if err != nil {
		return nil, fmt.Errorf("notify: mail relay: port %q: %w", service, err)
	}
	probe := mail.NewMsg()
	if err := probe.From(c.From); err != nil {
		return nil, fmt.Errorf("notify: sender of mail: %w", err)
	}
	client, err := mail.NewClient(host, append(c.security(port), mail.WithPort(port), mail.WithTimeout(sendWithin))...)
	if err != nil {
		return nil, fmt.Errorf("notify: mail relay: %w", err)
	}
	address := probe.GetFrom()[0].Address
	return &SMTP{client, c.From, address[strings.LastIndexByte(address, '@')+1:], c.Now}, nil
}

func (c SMTPConfig) security(port int) []mail.Option {
	opts := []mail.Option{mail.WithTLSPolicy(mail.TLSMandatory)}
	if c.Plain {
		opts[0] = mail.WithTLSPolicy(mail.TLSOpportunistic)
	}
	if port == implicitTLSPort {
		opts = append(opts, mail.WithSSL())
	}
	if c.TLS != nil {
		opts = append(opts, mail.WithTLSConfig(c.TLS))
	}
	if c.Username != "" {
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover),
			mail.WithUsername(c.Username), mail.WithPassword(c.Password))
	}
	return opts
}

// Send hands m to the relay. Its Message-ID is made of m's Reference, so that a
// relay or a mailbox that gets it twice can tell.
func (s *SMTP) Send(ctx context.Context, m Message) (Receipt, error) {
	letter := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := errors.Join(letter.From(s.from), letter.To(m.To)); err != nil {
		return Receipt{}, &Failure{Code: "bad_address", Final: true}
	}
	letter.SetMessageIDWithValue(m.Reference + "@" + s.domain)
	letter.SetDateWithValue(s.now())
	letter.Subject(m.Subject)
	// Nobody's out-of-office should answer us (RFC 3834).
	letter.SetGenHeader("Auto-Submitted", "auto-generated")
	letter.SetBodyString(mail.TypeTextPlain, m.Body)
	err := s.client.DialAndSendWithContext(ctx, letter)
	if err == nil || letter.IsDelivered() { // the relay has it; what broke after that is no matter
		return Receipt{ProviderID: letter.GetMessageID()}, nil
	}
	return Receipt{}, smtpFailure(err)
}

func smtpFailure(err error) *Failure {
	var refused *mail.SendError
	if errors.As(err, &refused) && refused.ErrorCode() != 0 {
		code := refused.ErrorCode()
		return &Failure{Code: "smtp_" + strconv.Itoa(code), Final: code >= 500}
	}
	return failure(err)
}

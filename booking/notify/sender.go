package notify

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// A Message is a notice in words, ready to travel.
type Message struct {
	Reference string // the same at every attempt, and no other message's
	Channel   booking.Channel
	To        string // E.164 number or email address
	Subject   string // of an email
	Body      string
	Again     bool // an earlier attempt may have arrived
}

// LogValue keeps the reader and the text of a message out of every log.
func (m Message) LogValue() slog.Value { return slog.StringValue("message " + m.Reference) }

// A Sender is a way out of the building.
type Sender interface {
	// Send delivers m, or returns why not: a *Failure when it knows whether
	// trying again could help.
	Send(ctx context.Context, m Message) (Receipt, error)
}

// A Receipt says what became of a Message that went.
type Receipt struct {
	ProviderID string // what the provider calls it; may be empty
	Kept       string // its text, if that stays readable; empty for all that really leaves
}

// A Failure is why a Message did not go.
type Failure struct {
	Code  string        // stable; holds nothing of the message or its reader
	Final bool          // trying again would not help
	After time.Duration // wait at least this long, when the other side has said so
}

func (f *Failure) Error() string { return "notify: not sent: " + f.Code }

// The codes of failures that are not a provider's own.
const (
	codeTimeout       = "timeout"
	codeUnreachable   = "unreachable"
	codeNotConfigured = "not_configured"
	codeExpired       = "expired"
	codeNoWords       = "no_words"   // the notice lacks a word that its text needs
	codeTakenBack     = "taken_back" // it was withdrawn while a worker had it in hand
	codeFault         = "fault"
)

// failure says what err is as a Failure. The words of an error never go further
// than this, because they may quote the reader's number.
func failure(err error) *Failure {
	var known *Failure
	var network net.Error
	var op *net.OpError
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return &Failure{Code: codeTimeout}
	case errors.As(err, &op):
		return &Failure{Code: codeUnreachable}
	}
	return &Failure{Code: codeFault}
}

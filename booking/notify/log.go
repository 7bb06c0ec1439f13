package notify

import (
	"context"
	"log/slog"
	"time"
)

// askOperatorAgain is how long a notice waits for a provider to be configured
// between two looks: short, since an operator who has mended it watches for the
// next text, yet few lines in the log.
const askOperatorAgain = 5 * time.Minute

// Log is the Sender of a channel for which no provider is configured. It says
// that something should have gone, and sends nothing. The notice is not given
// up: it stays on the books as not sent, with the reason, and goes out if a
// provider is configured before it expires.
type Log struct{ Log *slog.Logger }

// Send refuses with not_configured.
func (l Log) Send(ctx context.Context, m Message) (Receipt, error) {
	l.Log.WarnContext(ctx, "a message waits: no provider is configured for its channel",
		"channel", m.Channel, "notice", m.Reference)
	return Receipt{}, &Failure{Code: codeNotConfigured, After: askOperatorAgain}
}

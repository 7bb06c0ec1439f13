package notify

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// An Outbox is where the notices wait that are owed.
type Outbox interface {
	LeaseNotice(ctx context.Context, now, until time.Time) (booking.Notice, bool, error)
	StillOwed(ctx context.Context, n booking.Notice) (bool, error)
	SettleNotice(ctx context.Context, id string, o store.Outcome) error
}

// Config is what a Dispatcher works with.
type Config struct {
	Outbox  Outbox
	Senders map[booking.Channel]Sender // what goes by a channel without one waits: see Log
	Now     func() time.Time
	Log     *slog.Logger
}

// A Dispatcher sends what is owed. Its workers share nothing but the outbox,
// which gives each notice to one of them.
type Dispatcher struct {
	outbox  Outbox
	senders map[booking.Channel]Sender
	now     func() time.Time
	log     *slog.Logger
	wake    chan struct{} // holds one call to look; more would say nothing new
}

const (
	// workers is how many messages are on their way at once. A provider answers
	// in about a tenth of a second, so four keep up with forty a second.
	workers = 4

	// poll is how often the outbox is looked at without being asked: for what
	// falls due by the clock, and for what another process has written.
	poll = 2 * time.Second

	// sendWithin bounds one attempt, and settleWithin the writing down of it.
	// Neither is cut short by stopping, or a message could go and not be known
	// to have gone. leaseFor is longer than both, so that nobody else takes a
	// notice that is still on its way.
	sendWithin   = 15 * time.Second
	settleWithin = 5 * time.Second
	leaseFor     = time.Minute

	// firstWait doubles with each attempt, up to longestWait: a provider that
	// hiccuped is asked again at once, and one that is down for the morning is
	// not asked by every notice every second.
	firstWait   = 5 * time.Second
	longestWait = 15 * time.Minute

	// maxAttempts, at these waits, is half a day. A channel that nobody has
	// configured is waited for as long as the notice is worth sending.
	maxAttempts = 50
)

// New returns a Dispatcher. It does nothing until Run.
func New(c Config) *Dispatcher {
	return &Dispatcher{c.Outbox, c.Senders, c.Now, c.Log, make(chan struct{}, 1)}
}

// Wake has the outbox looked at now. It never blocks, and is called after every
// commit that may have owed a notice.
func (d *Dispatcher) Wake() {
	select {
	case d.wake <- struct{}{}:
	default: // somebody is about to look
	}
}

// Run sends until ctx ends, and returns when the last message under way has been
// settled, at most twenty seconds later.
func (d *Dispatcher) Run(ctx context.Context) {
	var all sync.WaitGroup
	defer all.Wait()
	for i := range workers {
		all.Go(func() { d.work(ctx, i == 0) })
	}
}

// work sends one notice after another. Only one worker watches the clock: when
// it finds something it wakes a second, who wakes a third.
func (d *Dispatcher) work(ctx context.Context, watch bool) {
	var clock <-chan time.Time
	if watch {
		ticker := time.NewTicker(poll)
		defer ticker.Stop()
		clock = ticker.C
	}
	for {
		for ctx.Err() == nil && d.one(ctx) {
		}
		select {
		case <-ctx.Done():
			return
		case <-d.wake:
		case <-clock:
		}
	}
}

// one takes a notice through an attempt, and reports whether there was one.
func (d *Dispatcher) one(ctx context.Context) bool {
	now := d.now()
	n, found, err := d.outbox.LeaseNotice(ctx, now, now.Add(leaseFor))
	if err != nil {
		if ctx.Err() == nil {
			d.log.ErrorContext(ctx, "cannot read the outbox", "err", err)
		}
		return false
	}
	if !found {
		return false
	}
	d.Wake()
	ctx = context.WithoutCancel(ctx)
	if o, known := d.attempt(ctx, n); known {
		d.settle(ctx, n, o)
	}
	return true
}

// attempt sends n if it can and should, and says how that went. It asks at the
// last moment whether n is still owed: what was taken back while a worker had it
// in hand, as after a death, is not sent. Where it cannot tell, it leaves n to
// whoever has the next lease.
func (d *Dispatcher) attempt(ctx context.Context, n booking.Notice) (o store.Outcome, known bool) {
	if !d.now().Before(n.Expires) {
		return d.outcome(n, Receipt{}, &Failure{Code: codeExpired, Final: true}), true
	}
	m, err := Render(n)
	if err != nil {
		// The error names a word that is missing, never one that is there.
		d.log.ErrorContext(ctx, "a notice cannot be put in words", "notice", n.ID, "kind", n.Kind, "err", err)
		return d.outcome(n, Receipt{}, &Failure{Code: codeNoWords, Final: true}), true
	}
	sender, ok := d.senders[n.Channel]
	if !ok {
		sender = Log{d.log}
	}
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	owed, err := d.outbox.StillOwed(ctx, n)
	switch {
	case err != nil:
		d.log.ErrorContext(ctx, "cannot tell whether a notice is still owed", "notice", n.ID, "err", err)
		return store.Outcome{}, false
	case !owed:
		return d.outcome(n, Receipt{}, &Failure{Code: codeTakenBack, Final: true}), true
	}
	receipt, err := sender.Send(ctx, m)
	if err != nil {
		return d.outcome(n, Receipt{}, failure(err)), true
	}
	return d.outcome(n, receipt, nil), true
}

func (d *Dispatcher) outcome(n booking.Notice, r Receipt, f *Failure) store.Outcome {
	o := store.Outcome{At: d.now(), Attempt: n.Attempt}
	switch {
	case f == nil:
		o.Sent, o.Provider, o.Body = true, r.ProviderID, r.Kept
		return o
	case f.Final, n.Attempt >= maxAttempts && f.Code != codeNotConfigured:
		// Neither sent nor to be retried: failed.
	default:
		// A little past the end is no loss: the outbox fails it then.
		o.RetryAt = o.At.Add(max(f.After, wait(n.Attempt)))
	}
	o.Detail = f.Code
	return o
}

// wait is how long to let pass after an attempt. It is spread over half of
// itself either way, so that notices that failed together are not tried together.
func wait(attempt int) time.Duration {
	d := longestWait
	if doublings := max(attempt, 1) - 1; doublings < 8 { // 5 s × 2⁸ is beyond the longest
		d = min(d, firstWait<<doublings)
	}
	return d/2 + rand.N(d)
}

func (d *Dispatcher) settle(ctx context.Context, n booking.Notice, o store.Outcome) {
	log := d.log.With("notice", n.ID, "kind", n.Kind, "channel", n.Channel, "attempt", n.Attempt)
	switch {
	case o.Sent:
		log.InfoContext(ctx, "message sent")
	case o.Detail == codeTakenBack:
		log.InfoContext(ctx, "message taken back before it was sent")
	case o.RetryAt.IsZero():
		log.ErrorContext(ctx, "message failed", "code", o.Detail)
	default:
		log.WarnContext(ctx, "message not sent yet", "code", o.Detail, "retry", o.RetryAt)
	}
	ctx, cancel := context.WithTimeout(ctx, settleWithin)
	defer cancel()
	if err := d.outbox.SettleNotice(ctx, n.ID, o); err != nil {
		// The lease runs out and the notice is tried again.
		log.ErrorContext(ctx, "cannot write down how a message went", "err", err)
	}
}

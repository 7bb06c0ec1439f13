package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
)

// Canaries: words that belong in a message and nowhere else.
const (
	canaryPhone = "+447700900123"
	canaryLink  = "https://visits.example/invitation/CANARYLINK"
	canaryCode  = "918273"
)

// An office is an outbox with a Dispatcher at it, in a database of its own.
type office struct {
	t     *testing.T
	store *store.Store
	log   bytes.Buffer // written by logger, which locks
	owed  int

	logger *slog.Logger

	mu       sync.Mutex
	now      time.Time
	outcomes map[string][]store.Outcome // by notice, as they were settled
}

func TestMain(m *testing.M) { storetest.Main(m) }

func newOffice(t *testing.T) *office {
	t.Helper()
	s, err := store.Open(t.Context(), storetest.SQLite(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return officeAt(t, s)
}

func officeAt(t *testing.T, s *store.Store) *office {
	o := &office{t: t, store: s, now: testNow, outcomes: map[string][]store.Outcome{}}
	o.logger = slog.New(slog.NewTextHandler(&o.log, nil))
	return o
}

func (o *office) clock() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

func (o *office) advance(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

func (o *office) LeaseNotice(ctx context.Context, now, until time.Time) (booking.Notice, bool, error) {
	return o.store.LeaseNotice(ctx, now, until)
}

func (o *office) StillOwed(ctx context.Context, n booking.Notice) (bool, error) {
	return o.store.StillOwed(ctx, n)
}

func (o *office) SettleNotice(ctx context.Context, id string, outcome store.Outcome) error {
	err := o.store.SettleNotice(ctx, id, outcome)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.outcomes[id] = append(o.outcomes[id], outcome)
	return err
}

// settled returns how a notice has gone so far.
func (o *office) settled(id string) []store.Outcome {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.outcomes[id]
}

// next returns when the first of the notices falls due that have not gone, or
// whether all have gone.
func (o *office) next(ids []string) (next time.Time, done bool) {
	done = true
	for _, id := range ids {
		due := testNow
		if got := o.settled(id); len(got) > 0 {
			last := got[len(got)-1]
			if last.Sent {
				continue
			}
			due = last.RetryAt
		}
		if done || due.Before(next) {
			next = due
		}
		done = false
	}
	return next, done
}

// owe commits a notice and returns its id.
func (o *office) owe(change func(*booking.Notice)) string {
	o.t.Helper()
	o.owed++
	n := booking.Notice{
		ID: fmt.Sprintf("0190a000-0000-7000-8000-%012d", o.owed), Dedupe: fmt.Sprint("fact ", o.owed),
		Kind: booking.NoticeInvite, Channel: booking.SMS, To: canaryPhone,
		Due: o.clock(), Expires: o.clock().Add(24 * time.Hour),
		Words: map[string]string{"hospital": "Northfield", "phone": "01632 960 123", "link": canaryLink},
	}
	if change != nil {
		change(&n)
	}
	err := o.store.Do(o.t.Context(), func(tx *store.Tx) error { return tx.AddNotice(o.t.Context(), n) })
	if err != nil {
		o.t.Fatal(err)
	}
	return n.ID
}

// open runs a Dispatcher until the returned function has stopped it.
func (o *office) open(sender Sender) (d *Dispatcher, shut func()) {
	o.t.Helper()
	senders := map[booking.Channel]Sender{}
	if sender != nil {
		senders[booking.SMS], senders[booking.Email] = sender, sender
	}
	d = New(Config{Outbox: o, Senders: senders, Now: o.clock, Log: o.logger})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.Run(ctx)
	}()
	return d, func() {
		cancel()
		<-done
	}
}

// eventually waits for a condition, with a bound.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	for !condition() {
		select {
		case <-deadline.C:
			t.Fatalf("never: %s", what)
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// provider stands where a network's provider stands.
type provider struct {
	mu      sync.Mutex
	taken   map[string]int
	answers func(m Message, times int) error // may be nil
}

func (p *provider) Send(_ context.Context, m Message) (Receipt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken == nil {
		p.taken = map[string]int{}
	}
	p.taken[m.Reference]++
	if p.answers != nil {
		return Receipt{}, p.answers(m, p.taken[m.Reference])
	}
	return Receipt{ProviderID: "p-" + m.Reference}, nil
}

func (p *provider) times(reference string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.taken[reference]
}

func TestSendsWhatIsOwedAndStops(t *testing.T) {
	storetest.Run(t, func(t *testing.T, s *store.Store) { sendsWhatIsOwedAndStops(t, officeAt(t, s)) })
}

func sendsWhatIsOwedAndStops(t *testing.T, o *office) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	p := &provider{}
	d, shut := o.open(p)
	var ids []string
	for range 50 {
		ids = append(ids, o.owe(nil))
		d.Wake()
	}
	for _, id := range ids {
		eventually(t, "sent", func() bool { return len(o.settled(id)) == 1 })
	}
	shut()
	for _, id := range ids {
		if got := o.settled(id)[0]; !got.Sent || got.Provider != "p-"+id || got.Body != "" || p.times(id) != 1 {
			t.Errorf("%+v, sent %d times", got, p.times(id))
		}
	}
}

func TestTheClockWakesTheOffice(t *testing.T) {
	o := newOffice(t)
	p := &provider{}
	_, shut := o.open(p)
	defer shut()
	id := o.owe(func(n *booking.Notice) { n.Due = n.Due.Add(time.Hour) })
	o.advance(time.Hour) // nobody calls Wake
	eventually(t, "sent", func() bool { return len(o.settled(id)) == 1 })
}

func TestTriesAgainLaterAndLater(t *testing.T) {
	o := newOffice(t)
	p := &provider{answers: func(_ Message, times int) error {
		if times < 5 {
			return &Failure{Code: "busy"}
		}
		return nil
	}}
	id := o.owe(nil)
	d, shut := o.open(p)
	defer shut()
	for attempt := 1; attempt <= 5; attempt++ {
		eventually(t, "attempted", func() bool { return len(o.settled(id)) == attempt })
		got := o.settled(id)[attempt-1]
		if attempt == 5 {
			if !got.Sent {
				t.Errorf("last: %+v", got)
			}
			break
		}
		after, centre := got.RetryAt.Sub(got.At), firstWait<<(attempt-1)
		if got.Sent || got.Detail != "busy" || after < centre/2 || after > centre*3/2 {
			t.Errorf("attempt %d: again after %v, want about %v: %+v", attempt, after, centre, got)
		}
		o.advance(after)
		d.Wake()
	}
}

func TestWaits(t *testing.T) {
	for attempt := range maxAttempts + 1 {
		for range 20 {
			if w := wait(attempt); w < firstWait/2 || w > longestWait*3/2 {
				t.Fatalf("attempt %d waits %v", attempt, w)
			}
		}
	}
	if w := wait(1); w > firstWait*3/2 {
		t.Errorf("the first wait is %v", w)
	}
	if w := wait(maxAttempts); w < longestWait/2 {
		t.Errorf("the last wait is %v", w)
	}
}

func TestOutcomes(t *testing.T) {
	o := newOffice(t)
	d := New(Config{Outbox: o, Now: o.clock, Log: slog.New(slog.DiscardHandler)})
	hour := testNow.Add(time.Hour)
	for _, tt := range []struct {
		name    string
		attempt int
		failure Failure
		retried bool
	}{
		{"what may pass", 1, Failure{Code: "busy"}, true},
		{"what is final", 1, Failure{Code: "no such number", Final: true}, false},
		{"what has been tried for half a day", maxAttempts, Failure{Code: "busy"}, false},
		{"what nobody has configured", maxAttempts + 10, Failure{Code: codeNotConfigured}, true},
	} {
		got := d.outcome(booking.Notice{Attempt: tt.attempt, Expires: hour}, Receipt{}, &tt.failure)
		if got.Sent || got.RetryAt.IsZero() == tt.retried || got.Detail != tt.failure.Code || got.Attempt != tt.attempt {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
	asked := d.outcome(booking.Notice{Attempt: 1}, Receipt{}, &Failure{Code: "busy", After: 10 * time.Minute})
	if asked.RetryAt.Sub(testNow) != 10*time.Minute {
		t.Errorf("asked to wait ten minutes, waits until %v", asked.RetryAt)
	}
}

func TestTooLateIsNotSent(t *testing.T) {
	o := newOffice(t)
	p := &provider{}
	late := o.owe(func(n *booking.Notice) { n.Expires = n.Due.Add(time.Minute) })
	o.advance(time.Minute)
	inTime := o.owe(nil)
	d, shut := o.open(p)
	d.Wake()
	eventually(t, "sent", func() bool { return len(o.settled(inTime)) == 1 })
	shut()
	if p.times(late) != 0 || p.times(inTime) != 1 {
		t.Errorf("the late one went %d times, the other %d", p.times(late), p.times(inTime))
	}
}

func TestWithoutAProviderItWaitsAndIsSeen(t *testing.T) {
	o := newOffice(t)
	id := o.owe(nil)
	d, shut := o.open(nil)
	d.Wake()
	eventually(t, "looked at", func() bool { return len(o.settled(id)) == 1 })
	shut()
	got := o.settled(id)[0]
	if got.Sent || got.Detail != codeNotConfigured || got.RetryAt.Sub(got.At) != askOperatorAgain {
		t.Fatalf("%+v", got)
	}
	if !strings.Contains(o.log.String(), "no provider is configured") {
		t.Errorf("the operator is not told: %s", o.log.String())
	}
	o.advance(askOperatorAgain)
	d, shut = o.open(&provider{}) // the operator has configured one
	defer shut()
	d.Wake()
	eventually(t, "sent", func() bool { return len(o.settled(id)) == 2 && o.settled(id)[1].Sent })
}

func TestThePracticePhoneShowsWhatWentOut(t *testing.T) {
	o := newOffice(t)
	d, shut := o.open(Practice{})
	defer shut()
	code := o.owe(func(n *booking.Notice) {
		n.Kind, n.Words = booking.NoticeCode, map[string]string{"hospital": "Northfield", "code": canaryCode, "minutes": "10"}
	})
	d.Wake()
	eventually(t, "sent", func() bool { return len(o.settled(code)) == 1 })
	err := o.store.View(t.Context(), func(tx *store.Tx) error {
		sent, err := tx.SentNotices(t.Context(), 10)
		if err == nil && (len(sent) != 1 || !strings.Contains(sent[0].Body, canaryCode)) {
			err = fmt.Errorf("the phone shows %+v", sent)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// The process dies after sending and before settling: its lease runs out and
// another sends again, saying so.
func TestALostLeaseIsSentAgain(t *testing.T) {
	o := newOffice(t)
	id := o.owe(nil)
	if _, found, err := o.LeaseNotice(t.Context(), o.clock(), o.clock().Add(leaseFor)); !found || err != nil {
		t.Fatal(found, err)
	}
	again := make(chan bool, 1)
	p := &provider{answers: func(m Message, _ int) error {
		again <- m.Again
		return nil
	}}
	d, shut := o.open(p)
	defer shut()
	o.advance(leaseFor)
	d.Wake()
	eventually(t, "sent", func() bool { return len(o.settled(id)) == 1 })
	if !<-again {
		t.Error("the sender was not told that it may have arrived before")
	}
}

func TestStoppingLetsAMessageFinish(t *testing.T) {
	o := newOffice(t)
	id := o.owe(nil)
	began, finish := make(chan struct{}), make(chan struct{})
	p := &provider{answers: func(Message, int) error {
		close(began)
		<-finish
		return nil
	}}
	d, shut := o.open(p)
	d.Wake()
	<-began
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		shut()
	}()
	select {
	case <-stopped:
		t.Error("stopped with a message under way")
	case <-time.After(20 * time.Millisecond): // long enough to have been wrong
	}
	close(finish)
	<-stopped
	if got := o.settled(id); len(got) != 1 || !got[0].Sent {
		t.Errorf("%+v", got)
	}
}

// A provider that fails one in five, takes and then times out one in ten, and
// knows a reference that it has had; two dispatchers at one outbox.
func TestNoneLostAndNoneTwice(t *testing.T) {
	storetest.Run(t, func(t *testing.T, s *store.Store) { noneLostAndNoneTwice(t, officeAt(t, s)) })
}

func noneLostAndNoneTwice(t *testing.T, o *office) {
	const all = 120
	var ids []string
	for range all {
		ids = append(ids, o.owe(nil))
	}
	var mu sync.Mutex
	n, delivered := 0, map[string]int{}
	p := &provider{answers: func(m Message, _ int) error {
		mu.Lock()
		defer mu.Unlock()
		if m.Again && delivered[m.Reference] > 0 { // as GovNotify finds out
			return nil
		}
		n++
		switch {
		case n%5 == 0:
			return &Failure{Code: "govuk_503"}
		case n%10 == 1:
			delivered[m.Reference]++
			return context.DeadlineExceeded
		}
		delivered[m.Reference]++
		return nil
	}}
	one, shutOne := o.open(p)
	two, shutTwo := o.open(p)
	eventually(t, "all sent", func() bool {
		next, done := o.next(ids)
		if now := o.clock(); !done && next.After(now) { // all that is due has been tried
			o.advance(next.Sub(now))
			one.Wake()
			two.Wake()
		}
		return done
	})
	shutOne()
	shutTwo()
	for _, id := range ids {
		if delivered[id] != 1 {
			t.Errorf("%s was delivered %d times", id, delivered[id])
		}
	}
}

func TestNothingOfAMessageIsLogged(t *testing.T) {
	o := newOffice(t)
	whole := func(n *booking.Notice) {
		n.Kind, n.Words = booking.NoticeCode, map[string]string{"hospital": "Northfield", "code": canaryCode, "minutes": "10"}
	}
	ids := []string{
		o.owe(nil), o.owe(whole),
		o.owe(func(n *booking.Notice) { delete(n.Words, "phone") }), // cannot be put in words
	}
	p := &provider{answers: func(m Message, times int) error {
		switch times {
		case 1:
			return errors.New("cannot reach " + m.To + " with " + m.Body)
		case 2:
			return &Failure{Code: "govuk_400", Final: true}
		}
		return nil
	}}
	d, shut := o.open(p)
	over := func(id string) bool {
		got := o.settled(id)
		return len(got) > 0 && !got[len(got)-1].Sent && got[len(got)-1].RetryAt.IsZero()
	}
	eventually(t, "all failed", func() bool {
		o.advance(time.Second)
		d.Wake()
		return over(ids[0]) && over(ids[1]) && over(ids[2])
	})
	shut()
	log := o.log.String()
	for _, canary := range []string{canaryPhone, "7700", canaryLink, "CANARYLINK", canaryCode, "Northfield"} {
		if strings.Contains(log, canary) {
			t.Errorf("%q is in the log:\n%s", canary, log)
		}
	}
	if !strings.Contains(log, ids[2]) || !strings.Contains(log, codeNoWords) {
		t.Errorf("the log does not say which notice failed and why:\n%s", log)
	}
}

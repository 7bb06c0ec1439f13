package notify

import (
	"context"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// A mourning office takes a patient's letters back the moment after a worker has
// taken one in hand, which is the worst moment.
type mourning struct {
	*office
	patient booking.PatientID
	taken   chan struct{} // closed once a letter was taken back in a worker's hand
}

func (m *mourning) LeaseNotice(ctx context.Context, now, until time.Time) (booking.Notice, bool, error) {
	n, found, err := m.office.LeaseNotice(ctx, now, until)
	if err != nil || !found {
		return n, found, err
	}
	err = m.store.Do(context.WithoutCancel(ctx), func(tx *store.Tx) error { return tx.WithdrawAll(ctx, m.patient, now) })
	return n, true, err
}

func (m *mourning) StillOwed(ctx context.Context, n booking.Notice) (bool, error) {
	owed, err := m.office.StillOwed(ctx, n)
	if !owed {
		close(m.taken)
	}
	return owed, err
}

// What is taken back while a worker has it in hand is not sent.
func TestWhatIsTakenBackInHandIsNotSent(t *testing.T) {
	o := newOffice(t)
	m := &mourning{office: o, patient: "0190a000-0000-7000-8000-0000000000aa", taken: make(chan struct{})}
	id := o.owe(func(n *booking.Notice) { n.Dedupe = store.InviteDedupe(m.patient) + "link" })
	p := &provider{}
	d := New(Config{Outbox: m, Senders: map[booking.Channel]Sender{booking.SMS: p}, Now: o.clock, Log: o.logger})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.Run(ctx)
	}()
	eventually(t, "the letter is taken back", func() bool {
		select {
		case <-m.taken:
			return true
		default:
			return false
		}
	})
	cancel()
	<-done
	if n := p.times(id); n != 0 {
		t.Errorf("sent %d times", n)
	}
	for _, how := range o.settled(id) {
		if how.Sent || !how.RetryAt.IsZero() || how.Detail != codeTakenBack {
			t.Errorf("settled as %+v", how)
		}
	}
}

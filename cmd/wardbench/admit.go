package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wardvisit/wardvisit/signaling"
	"github.com/wardvisit/wardvisit/signaling/sfu"
	"github.com/wardvisit/wardvisit/signaling/signalingtest"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// lobby lets the patient's side in, and has everybody else wait.
type lobby struct{ everyone }

func (lobby) Arrive(_ context.Context, t ticket.Ticket) (signaling.Arrival, error) {
	if t.Role == ticket.Patient {
		return signaling.Arrival{Standing: signaling.Admitted}, nil
	}
	return signaling.Arrival{Standing: signaling.Waiting}, nil
}

// A ward is a server in this process, so that people can be admitted.
type ward struct {
	media  *sfu.SFU
	rooms  *signaling.Server
	web    *httptest.Server
	sealer *ticket.Sealer
	guests uint32
}

func openWard() (*ward, error) {
	key := make([]byte, ticket.MinKey)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	w := &ward{}
	var err error
	if w.sealer, err = ticket.New(key, time.Now); err != nil {
		return nil, err
	}
	log := slog.New(slog.DiscardHandler)
	w.media, err = sfu.New(sfu.Config{
		Listen: netip.MustParseAddrPort("127.0.0.1:0"), Loopback: true, MaxSlots: signaling.DefaultCapacity - 1, Log: log, Now: time.Now,
	})
	if err != nil {
		return nil, err
	}
	w.rooms, err = signaling.New(signaling.Config{
		Media: w.media, Tickets: w.sealer, Attendance: lobby{}, Origins: []string{origin}, Log: log, Now: time.Now,
	})
	if err != nil {
		return nil, errors.Join(err, w.media.Close())
	}
	w.web = httptest.NewServer(w.rooms)
	return w, nil
}

func (w *ward) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	err := errors.Join(w.rooms.Stop(ctx), w.media.Close())
	w.web.Close()
	return err
}

// enter has somebody come; saw is told of each packet that they get.
func (w *ward) enter(ctx context.Context, room, seat string, role ticket.Role, saw func(signalingtest.Stamp, time.Time)) (*signalingtest.Browser, error) {
	now := time.Now()
	leave, err := w.sealer.Seal(ticket.Ticket{
		Room: room, Seat: seat, Role: role, ID: rand.Text(), NotBefore: now.Add(-time.Second), Expires: now.Add(2 * time.Minute),
	})
	if err != nil {
		return nil, fmt.Errorf("seal a ticket: %w", err)
	}
	w.guests++
	return signalingtest.Join(ctx, signalingtest.Options{
		URL: "ws" + strings.TrimPrefix(w.web.URL, "http") + "/signal", Origin: origin, Ticket: leave, ID: w.guests,
		Slots: 1, FramePackets: framePackets, Saw: saw, Now: time.Now,
	})
}

// A firstSight waits for the first packet that was sent at some time or later: an
// earlier one was on its way before.
type firstSight struct {
	mu    sync.Mutex
	since time.Time // zero: nobody waits
	came  chan time.Time
}

func (f *firstSight) saw(of signalingtest.Stamp, at time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.since.IsZero() && !of.At.Before(f.since) {
		f.came <- at
		f.since = time.Time{}
	}
}

func (f *firstSight) await(since time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.since, f.came = since, make(chan time.Time, 1)
}

// admit measures how long it is from the ward's letting somebody in to the first
// packet: to them, and from them to the patient. Beside it is a newcomer who
// connects only then.
func admit(ctx context.Context, p plan) (_ []row, err error) {
	w, err := openWard()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	var toThem, toPatient firstSight
	var both party
	defer func() { both.close() }()
	for _, one := range []struct {
		seat string
		role ticket.Role
		saw  *firstSight
	}{{"patient", ticket.Patient, &toPatient}, {"visitor", ticket.Visitor, &toThem}} {
		b, err := w.enter(ctx, "visit", one.seat, one.role, one.saw.saw)
		if err != nil {
			return nil, err
		}
		both = append(both, b)
	}
	var out, in []time.Duration
	for n := range 5*p.joins + 1 {
		a, b, err := w.admitOnce(ctx, &toThem, &toPatient)
		if err != nil {
			return nil, err
		}
		if n > 0 { // at first the connection may still be coming up
			out, in = append(out, a), append(in, b)
		}
	}
	fresh, err := measureJoins(ctx, "serve-rooms", p.joins)
	if err != nil {
		return nil, err
	}
	slices.Sort(out)
	slices.Sort(in)
	line := func(what string, took []time.Duration, q float64) row {
		return compare(what, " ms", milliseconds(quantile(took, q)), milliseconds(quantile(fresh, q)))
	}
	return []row{
		line("let in to first packet from the patient, p50, beside joining only then", out, 0.5), line("  p99", out, 0.99),
		line("  first packet to the patient, p50", in, 0.5), line("  p99", in, 0.99),
	}, nil
}

// admitOnce holds the visitor and lets them in again.
func (w *ward) admitOnce(ctx context.Context, toThem, toPatient *firstSight) (out, in time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, settleWithin)
	defer cancel()
	if err := w.rooms.Order(ctx, "visit", signaling.Hold{Seat: "visitor"}); err != nil {
		return 0, 0, err
	}
	began := time.Now()
	toThem.await(began)
	toPatient.await(began)
	if err := w.rooms.Order(ctx, "visit", signaling.Admit{Seat: "visitor"}); err != nil {
		return 0, 0, err
	}
	for _, one := range []struct {
		sight *firstSight
		took  *time.Duration
	}{{toThem, &out}, {toPatient, &in}} {
		select {
		case at := <-one.sight.came:
			*one.took = at.Sub(began)
		case <-ctx.Done():
			return 0, 0, errors.New("who was let in sees nobody, or is not seen")
		}
	}
	return out, in, nil
}

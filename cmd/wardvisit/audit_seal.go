package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

const (
	// sealEvery is how late at most what an act has written to the audit is sealed.
	sealEvery = time.Second
	// sealAlarm is how long sealing may be behind before that is told as an error.
	sealAlarm = time.Minute
	// sealTell is how often the head of the audit is written to the log, where
	// whoever alters the database does not reach it.
	sealTell = 24 * time.Hour
	// leastAuditKey is how many bytes a key must have.
	leastAuditKey = 32
)

// readAuditKey reads the key that signs the audit; none when no file is named.
func readAuditKey(file string) ([]byte, error) {
	if file == "" {
		return nil, nil
	}
	key, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("can't read the key of the audit: %w", err)
	}
	if key = bytes.TrimSpace(key); len(key) < leastAuditKey {
		return nil, fmt.Errorf("the key of the audit in %s is too short: `head -c 32 /dev/urandom | base64 > FILE` makes a good one", file)
	}
	return key, nil
}

// seal seals the audit until ctx ends, and then what is left.
func (s *server) seal(ctx context.Context) {
	work := sealing{sealer: s.store.NewSealer(s.auditKey), server: s, caughtUp: time.Now()}
	behind := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "wardvisit_audit_behind_seconds", Help: "Since when the audit was last sealed to its end.",
	}, func() float64 { return time.Since(time.Unix(0, s.sealedAt.Load())).Seconds() })
	s.sealedAt.Store(time.Now().UnixNano())
	s.metrics.MustRegister(behind)
	tick := time.NewTicker(sealEvery)
	defer tick.Stop()
	for {
		work.once(ctx)
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopFor)
			work.once(last)
			cancel()
			s.log.Info("head of the audit", "head", work.head.String())
			return
		case <-tick.C:
		}
	}
}

// sealing is how a program's sealing goes.
type sealing struct {
	*server
	sealer   *store.Sealer
	head     booking.Head
	told     time.Time // when the head was last told
	caughtUp time.Time // when nothing was left to seal
	alarmed  time.Time
}

// once seals all that there is.
func (w *sealing) once(ctx context.Context) {
	for ctx.Err() == nil {
		sealed, err := w.sealer.Seal(ctx, time.Now())
		if err != nil {
			w.alarm(ctx, err)
			return
		}
		w.head = sealed.Head
		if !sealed.More {
			break
		}
		w.alarm(ctx, nil)
	}
	if ctx.Err() != nil {
		return
	}
	w.caughtUp = time.Now()
	w.sealedAt.Store(w.caughtUp.UnixNano())
	if w.caughtUp.Sub(w.told) >= sealTell && w.head.Place > 0 {
		w.told = w.caughtUp
		w.log.InfoContext(ctx, "head of the audit", "head", w.head.String())
	}
}

// alarm says that the audit is not sealed, when that has been so for too long.
func (w *sealing) alarm(ctx context.Context, err error) {
	now := time.Now()
	if ctx.Err() != nil || now.Sub(w.caughtUp) < sealAlarm || now.Sub(w.alarmed) < sealAlarm {
		return
	}
	w.alarmed = now
	w.log.ErrorContext(ctx, "the audit is not sealed", "for", now.Sub(w.caughtUp).Round(time.Second), "head", w.head.String(), "err", err)
}

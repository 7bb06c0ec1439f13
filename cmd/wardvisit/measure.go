package main

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// askWithin bounds what the database is asked for a reading: less than Prometheus
// waits, so that the rest is still told when the database is away.
const askWithin = 3 * time.Second

// measure registers what nobody else counts: the process, the database, and what is
// owed to people.
func (s *server) measure() error {
	return errors.Join(
		s.metrics.Register(s.acts),
		s.metrics.Register(collectors.NewGoCollector()),
		s.metrics.Register(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})),
		s.metrics.Register(pools{s.store}),
		s.metrics.Register(owed{s.store, time.Now}),
	)
}

// newActs measures acts. No label says who acts, or on whom: an act of the pages is
// named by its route, in which names and numbers are holes.
func newActs() *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "wardvisit_act_duration_seconds",
		Help:    "How long acts took that were asked of us, by name and by what came of them: done, the code of the refusal, asked_again (a form with mistakes) or fault.",
		Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 10},
	}, []string{"act", "outcome"})
}

// did measures an act that a room asked of the desk.
func (s *server) did(act string, began time.Time, err error) {
	outcome := "done"
	var refusal *booking.Refusal
	switch {
	case errors.As(err, &refusal):
		outcome = refusal.Code
	case err != nil:
		outcome = "fault"
	}
	s.acts.WithLabelValues("room: "+act, outcome).Observe(time.Since(began).Seconds())
}

func described(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("wardvisit_"+name, help, labels, nil)
}

var (
	poolConnections = described("database_connections", "Connections to the database now.", "pool", "state")
	poolLimit       = described("database_connections_limit", "Most connections to the database; 0 for no limit.", "pool")
	poolWaits       = described("database_waits_total", "Times that a connection to the database had to be waited for.", "pool")
	poolWaited      = described("database_wait_seconds_total", "How long connections to the database were waited for, together.", "pool")
)

// pools are the connections to the database.
type pools struct{ store *store.Store }

// Describe says what is collected.
func (pools) Describe(to chan<- *prometheus.Desc) {
	to <- poolConnections
	to <- poolLimit
	to <- poolWaits
	to <- poolWaited
}

// Collect looks at each pool.
func (p pools) Collect(to chan<- prometheus.Metric) {
	for pool, stats := range p.store.Pools() {
		collectPool(to, pool, stats)
	}
}

func collectPool(to chan<- prometheus.Metric, pool string, stats sql.DBStats) {
	gauge := func(d *prometheus.Desc, n float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, n, append([]string{pool}, labels...)...)
	}
	gauge(poolConnections, float64(stats.InUse), "in_use")
	gauge(poolConnections, float64(stats.Idle), "idle")
	gauge(poolLimit, float64(stats.MaxOpenConnections))
	to <- prometheus.MustNewConstMetric(poolWaits, prometheus.CounterValue, float64(stats.WaitCount), pool)
	to <- prometheus.MustNewConstMetric(poolWaited, prometheus.CounterValue, stats.WaitDuration.Seconds(), pool)
}

var (
	outboxLength = described("outbox_notices", "Notices that are owed to people and not sent yet.")
	outboxAge    = described("outbox_oldest_due_seconds", "How long ago the oldest notice that is not sent yet was due; 0 if none is due.")
)

// owed are the notices in the outbox.
type owed struct {
	store *store.Store
	now   func() time.Time
}

// Describe says what is collected.
func (owed) Describe(to chan<- *prometheus.Desc) {
	to <- outboxLength
	to <- outboxAge
}

// Collect asks the database. When it is away, the two are missing, which an alarm
// can be set on.
func (o owed) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), askWithin)
	defer cancel()
	notices, due, err := o.store.Owed(ctx)
	if err != nil {
		to <- prometheus.NewInvalidMetric(outboxLength, err)
		return
	}
	age := 0.0
	if !due.IsZero() {
		age = max(0, o.now().Sub(due).Seconds())
	}
	to <- prometheus.MustNewConstMetric(outboxLength, prometheus.GaugeValue, float64(notices))
	to <- prometheus.MustNewConstMetric(outboxAge, prometheus.GaugeValue, age)
}

package signaling

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/sfu"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// What may be wrong for somebody: labels of metrics, and words of the log.
const (
	unheard = "unheard" // their microphone is on, and nothing is heard
	unseen  = "unseen"  // their camera is on, and nothing comes
	dark    = "dark"    // they see nothing where somebody should be
	deaf    = "deaf"    // they hear nothing where somebody should be
)

// metrics are counts of what happens, of everybody together. No label says who,
// or in which room.
type metrics struct {
	rooms      prometheus.Gauge
	people     *prometheus.GaugeVec   // by role
	joins      *prometheus.CounterVec // by result: "ok", "resumed" or a code of refused
	closed     *prometheus.CounterVec // sockets that we closed, by close code
	paths      *prometheus.CounterVec // reports of how a call is, by path
	first, rtt prometheus.Histogram
	freezes    prometheus.Counter
	frozen     prometheus.Counter
	received   prometheus.Histogram
	estimate   prometheus.Histogram
	paused     prometheus.Counter
	inTrouble  *prometheus.GaugeVec   // people now, by what is wrong
	troubles   *prometheus.CounterVec // times that began
	concealed  prometheus.Histogram
	loss       *prometheus.HistogramVec // by direction, as we see it
}

func newMetrics(registry prometheus.Registerer, media *sfu.SFU) (*metrics, error) {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "wardvisit_call_" + name, Help: help}, labels)
	}
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: "wardvisit_call_" + name, Help: help})
	}
	histogram := func(name, help string, buckets ...float64) prometheus.Histogram {
		return prometheus.NewHistogram(prometheus.HistogramOpts{Name: "wardvisit_call_" + name, Help: help, Buckets: buckets})
	}
	m := &metrics{
		rooms:     gauge("rooms", "Rooms that exist now."),
		joins:     counter("joins_total", "Joins, by what became of them.", "result"),
		closed:    counter("closed_total", "Websockets closed by the server, by close code.", "code"),
		paths:     counter("reports_total", "Reports from browsers of how the call is, by network path.", "path"),
		first:     histogram("first_frame_seconds", "From being admitted to the first remote frame.", .25, .5, 1, 2, 3, 5, 10, 30),
		rtt:       histogram("round_trip_seconds", "Round trip, as browsers see it.", .01, .03, .05, .1, .2, .4, .8, 2),
		freezes:   prometheus.NewCounter(prometheus.CounterOpts{Name: "wardvisit_call_freezes_total", Help: "Freezes of pictures, as browsers see them."}),
		frozen:    prometheus.NewCounter(prometheus.CounterOpts{Name: "wardvisit_call_frozen_seconds_total", Help: "Time that pictures stood still, as browsers see it."}),
		received:  histogram("received_kbps", "What browsers received, in kbit/s.", 16, 64, 128, 250, 500, 1000, 2000, 4000),
		estimate:  histogram("estimate_kbps", "What the network towards a browser is believed to carry, in kbit/s.", 16, 64, 128, 250, 500, 1000, 2000, 4000),
		paused:    prometheus.NewCounter(prometheus.CounterOpts{Name: "wardvisit_call_pauses_total", Help: "Pictures held back because a network carried only sound."}),
		concealed: histogram("concealed_ratio", "Part of sound made up by browsers.", .01, .02, .05, .1, .2, .5),
	}
	m.inTrouble = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "wardvisit_call_in_trouble", Help: "People now whom nobody hears or sees though they should, or who see or hear nothing.",
	}, []string{"what"})
	m.people = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "wardvisit_call_people", Help: "People in rooms now, waiting or admitted.",
	}, []string{"role"})
	for _, role := range []ticket.Role{ticket.Patient, ticket.Visitor, ticket.Interpreter, ticket.Reporter, ticket.Staff} {
		m.people.WithLabelValues(string(role)).Set(0)
	}
	m.troubles = counter("troubles_total", "Times that somebody came to be in trouble.", "what")
	for _, what := range []string{unheard, unseen, dark, deaf} {
		m.inTrouble.WithLabelValues(what).Set(0) // so that it is seen to be none
		m.troubles.WithLabelValues(what).Add(0)
	}
	m.loss = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "wardvisit_call_loss_ratio", Help: "Part of media packets lost, from browsers (up) and to them (down).",
		Buckets: []float64{.005, .01, .02, .05, .1, .2, .5},
	}, []string{"direction"})
	if registry == nil {
		return m, nil
	}
	all := []prometheus.Collector{m.rooms, m.people, m.joins, m.closed, m.paths, m.first, m.rtt, m.freezes, m.concealed, m.loss, m.inTrouble, m.troubles,
		m.frozen, m.received, m.estimate, m.paused}
	var errs []error
	for _, c := range append(all, mediaCounters(media)...) {
		errs = append(errs, registry.Register(c))
	}
	return m, errors.Join(errs...)
}

func mediaCounters(media *sfu.SFU) (all []prometheus.Collector) {
	for name, part := range map[string]struct {
		help string
		of   func(sfu.Totals) uint64
	}{
		"received":        {"Media packets received.", func(t sfu.Totals) uint64 { return t.Received }},
		"forwarded":       {"Media packets sent on.", func(t sfu.Totals) uint64 { return t.Forwarded }},
		"forwarded_bytes": {"Bytes of media sent on, as they cross the network.", func(t sfu.Totals) uint64 { return t.Bytes }},
		"resent":          {"Media packets sent again because a receiver asked.", func(t sfu.Totals) uint64 { return t.Resent }},
		"missed":          {"Media packets asked of a sender again.", func(t sfu.Totals) uint64 { return t.Asked }},
		"keyframes":       {"Keyframes asked of senders.", func(t sfu.Totals) uint64 { return t.Keyframes }},
	} {
		all = append(all, prometheus.NewCounterFunc(
			prometheus.CounterOpts{Name: "wardvisit_media_" + name + "_total", Help: part.help},
			func() float64 { return float64(part.of(media.Totals())) },
		))
	}
	return all
}

// report adds what one browser says, and what we see of it.
func (m *metrics) report(s protocol.Stats, seen sfu.Report) {
	m.loss.WithLabelValues("up").Observe(seen.LostUp)
	m.loss.WithLabelValues("down").Observe(seen.LostDown)
	path := s.Path
	if path == "" {
		path = "unknown"
	}
	m.paths.WithLabelValues(path).Inc()
	m.rtt.Observe(float64(s.RTT) / 1000)
	m.concealed.Observe(float64(s.Concealed) / 100)
	m.freezes.Add(float64(s.Freezes))
	m.frozen.Add(float64(s.Frozen) / 1000)
	m.received.Observe(float64(s.Kbps))
	if seen.Estimate > 0 {
		m.estimate.Observe(float64(seen.Estimate) / 1000)
	}
	if s.First > 0 {
		m.first.Observe(float64(s.First) / 1000)
	}
}

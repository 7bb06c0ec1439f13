package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics count what is done at the pages, by whomever. No label says who, or to
// whom: an act is known by its route, in which names and numbers are holes.
type metrics struct {
	acts     prometheus.ObserverVec // may be nil
	watchers prometheus.Gauge
}

func newMetrics(acts prometheus.ObserverVec, registry prometheus.Registerer) (*metrics, error) {
	m := &metrics{acts: acts, watchers: prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "wardvisit_board_watchers", Help: "Pages that are open now and told of each change: ward boards, and iPads that wait.",
	})}
	if registry == nil {
		return m, nil
	}
	return m, registry.Register(m.watchers)
}

// acted counts a request that was to change something. Of the ward's acts on a
// visit, which share a route, each is one of its own.
func (m *metrics) acted(r *http.Request, refused string, status int, took time.Duration) {
	if m.acts == nil || r.Pattern == "" || r.Method == http.MethodGet || r.Method == http.MethodHead {
		return
	}
	act := r.Pattern
	if _, known := wardActs[r.PathValue("act")]; known {
		act = strings.Replace(act, "{act}", r.PathValue("act"), 1)
	}
	outcome := "done"
	switch {
	case refused != "":
		outcome = refused
	case status >= http.StatusInternalServerError:
		outcome = "fault"
	case status >= http.StatusBadRequest:
		outcome = "asked_again" // the form is shown with what is to be put right
	}
	m.acts.WithLabelValues(act, outcome).Observe(took.Seconds())
}

package web

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// How often each act came to what, as "act: outcome".
func counted(t *testing.T, registry *prometheus.Registry) map[string]uint64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]uint64{}
	for _, family := range families {
		for _, m := range family.Metric {
			labels := map[string]string{}
			for _, l := range m.Label {
				labels[l.GetName()] = l.GetValue()
			}
			if family.GetName() == "acts" {
				found[labels["act"]+": "+labels["outcome"]] = m.GetHistogram().GetSampleCount()
			}
		}
	}
	return found
}

func TestActsAreCountedByNameAndOutcome(t *testing.T) {
	registry := prometheus.NewRegistry()
	acts := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "acts", Help: "."}, []string{"act", "outcome"})
	registry.MustRegister(acts)
	m, err := newMetrics(acts, registry)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		method, pattern, path, refused string
		status                         int
		want                           string
	}{
		{"POST", "POST /visits/{ref}/cancel", "/visits/canary/cancel", "", 303, "POST /visits/{ref}/cancel: done"},
		{"POST", "POST /visits/{ref}/cancel", "/visits/canary/cancel", "too_late", 409, "POST /visits/{ref}/cancel: too_late"},
		{"POST", "POST /visits/{ref}/cancel", "/visits/canary/cancel", "", 422, "POST /visits/{ref}/cancel: asked_again"},
		{"POST", "POST /visits/{ref}/cancel", "/visits/canary/cancel", "", 500, "POST /visits/{ref}/cancel: fault"},
		{"POST", "POST /ward/visits/{ref}/{act}", "/ward/visits/canary/admit", "", 303, "POST /ward/visits/{ref}/admit: done"},
		{"POST", "POST /ward/visits/{ref}/{act}", "/ward/visits/canary/canary", "page_not_found", 404, "POST /ward/visits/{ref}/{act}: page_not_found"},
		{"POST", "", "/canary", "page_not_found", 404, ""}, // of no route
		{"GET", "GET /visits", "/visits", "", 200, ""},
	} {
		before := counted(t, registry)
		mux := http.NewServeMux()
		if tt.pattern != "" {
			mux.HandleFunc(tt.pattern, func(http.ResponseWriter, *http.Request) {})
		}
		r := httptest.NewRequest(tt.method, tt.path, nil)
		mux.ServeHTTP(httptest.NewRecorder(), r)
		m.acted(r, tt.refused, tt.status, time.Second)
		after := counted(t, registry)
		if tt.want == "" {
			if len(after) != len(before) {
				t.Errorf("%s %s is counted: %v", tt.method, tt.path, after)
			}
		} else if after[tt.want] != before[tt.want]+1 {
			t.Errorf("%s is not counted: %v", tt.want, after)
		}
	}
	without, err := newMetrics(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	without.acted(httptest.NewRequest(http.MethodPost, "/", nil), "", 200, time.Second)
}

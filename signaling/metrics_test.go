package signaling

import (
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/sfu"
)

func TestReportsAreCountedOnceAndNameNobody(t *testing.T) {
	inBubble(t, func(b *bubble) {
		registry := prometheus.NewRegistry()
		var err error
		if b.server.metrics, err = newMetrics(registry, new(sfu.SFU)); err != nil {
			t.Fatal(err)
		}
		anna, c := b.sit("anna")
		say := func() {
			b.do(func() {
				b.room.hear(anna, c, protocol.Stats{Path: "udp", RTT: 40, First: 300, Freezes: 2, Frozen: 1500, Kbps: 800, Concealed: 1, Dark: 1})
			})
		}
		say()
		say() // too soon
		time.Sleep(statsEvery)
		say()
		got := map[string]float64{}
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, family := range families {
			for _, m := range family.Metric {
				for _, label := range m.Label {
					if !slices.Contains([]string{"udp", "ok", "up", "down", "patient", "visitor", "interpreter", "reporter", "staff", unheard, unseen, dark, deaf}, label.GetValue()) {
						t.Errorf("%s has label %s", family.GetName(), label)
					}
				}
				got[family.GetName()] += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
		for name, want := range map[string]float64{
			"wardvisit_call_reports_total": 2, "wardvisit_call_freezes_total": 4, "wardvisit_call_first_frame_seconds": 1,
			"wardvisit_call_round_trip_seconds": 2, "wardvisit_call_people": 1,
			"wardvisit_call_in_trouble": 1, "wardvisit_call_troubles_total": 1,
			"wardvisit_call_frozen_seconds_total": 3, "wardvisit_call_received_kbps": 2, "wardvisit_call_estimate_kbps": 0,
		} {
			if got[name] != want {
				t.Errorf("%s = %v, want %v", name, got[name], want)
			}
		}
	})
}

package signaling_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/wardvisit/wardvisit/signaling"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

const (
	soakedAtOnce = 4  // visits
	soakSamples  = 90 // in all
	// judgedFrom is how long a soak must be to say anything of growth.
	judgedFrom = 2 * time.Minute
)

// doorman is an Attendance that remembers nothing: what grows is not the test's.
type doorman struct{}

func (doorman) Arrive(_ context.Context, t ticket.Ticket) (signaling.Arrival, error) {
	if t.Role == ticket.Patient {
		return signaling.Arrival{Standing: signaling.Admitted}, nil
	}
	return signaling.Arrival{Standing: signaling.Waiting}, nil
}
func (doorman) Depart(context.Context, ticket.Ticket)                          {}
func (doorman) Cover(context.Context, ticket.Ticket, bool) error               { return nil }
func (doorman) Finish(context.Context, ticket.Ticket) error                    { return nil }
func (doorman) Gone(context.Context, []ticket.Ticket) ([]ticket.Ticket, error) { return nil, nil }

// Visits come and go for as long as WARDVISIT_SOAK says (`make soak`: half an
// hour), with everything that happens in them, some over bad networks: what the
// server holds does not grow.
//
// What is counted holds those who visit too, who are of one process with the
// server. A room lives on for some minutes after its people, so that it outlives
// their tickets: its two goroutines, which are part of the promise, are left out.
func TestSoak(t *testing.T) {
	long, acts := 4*time.Second, 4
	if text := os.Getenv("WARDVISIT_SOAK"); text != "" {
		var err error
		if long, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
		acts = 12
	}
	var registry *prometheus.Registry
	h := open(t, func(c *signaling.Config) {
		c.Attendance = doorman{}
		registry = c.Registry.(*prometheus.Registry)
	})
	ends := time.Now().Add(long)
	var visiting sync.WaitGroup
	var mu sync.Mutex
	visits, packets := 0, 0
	for lane := range soakedAtOnce {
		visiting.Go(func() {
			for n := 0; time.Now().Before(ends) && !t.Failed(); n++ {
				judged := soakOne(t, h, fmt.Sprint("soak-", lane, "-", n), uint64(ends.UnixNano())+uint64(lane<<32+n), acts)
				mu.Lock()
				visits, packets = visits+1, packets+judged
				mu.Unlock()
			}
		})
	}
	var all []soaked
	for tick := time.NewTicker(long / soakSamples); time.Now().Before(ends); <-tick.C {
		all = append(all, sampled(t, registry))
	}
	visiting.Wait()
	left := sampled(t, registry)
	t.Logf("%d visits in %v, %d packets judged, %d samples\n%swhen all had left: %.0f MB of objects, %.0f goroutines but two a room, %.0f descriptors",
		visits, long, packets, len(all), soakTable(all), left.heap, left.goroutines-2*left.rooms, left.descriptors)
	if visits == 0 || packets == 0 {
		t.Error("nothing happened")
	}
	if long < judgedFrom {
		t.Logf("too short to say whether anything grows: that takes %v at least", judgedFrom)
		return
	}
	for _, of := range soakedOf {
		if first, last := thirds(all, of.value); last > 1.25*first+of.slack {
			t.Errorf("%s: a median of %.0f in the first third, and of %.0f in the last", of.name, first, last)
		}
	}
}

// soakOne is one visit, and returns how many packets were judged in it.
func soakOne(t *testing.T, h *house, room string, seed uint64, acts int) int {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	v := newScene(h, room, rand.New(rand.NewPCG(seed, 1)))
	v.lossy = true
	err := v.live(ctx, acts)
	v.disperse()
	if err != nil || v.ledger.wrongs > 0 {
		t.Errorf("%s, seed %d: %v; %d packets seen wrongly: %v; it was: %v", room, seed, err, v.ledger.wrongs, v.ledger.wrong, v.story)
	}
	n, _ := v.ledger.packets()
	return n
}

// A soaked is what there is at one moment.
type soaked struct{ heap, resident, goroutines, descriptors, rooms float64 }

var soakedOf = []struct {
	name  string
	value func(soaked) float64
	slack float64 // over a quarter more
}{
	{"MB of objects", func(s soaked) float64 { return s.heap }, 12},
	{"MB of memory", func(s soaked) float64 { return s.resident }, 40},
	{"goroutines, but two a room", func(s soaked) float64 { return s.goroutines - 2*s.rooms }, 100},
	{"descriptors", func(s soaked) float64 { return s.descriptors }, 20},
}

func sampled(t *testing.T, registry *prometheus.Registry) (s soaked) {
	s.heap = float64(heap()) / (1 << 20)
	s.goroutines = float64(runtime.NumGoroutine())
	if fds, err := os.ReadDir("/proc/self/fd"); err == nil { // Linux; elsewhere nothing is said of it
		s.descriptors = float64(len(fds))
	}
	if statm, err := os.ReadFile("/proc/self/statm"); err == nil {
		var size, pages float64
		if _, err := fmt.Sscan(string(statm), &size, &pages); err == nil {
			s.resident = pages * float64(os.Getpagesize()) / (1 << 20)
		}
	}
	families, err := registry.Gather()
	if err != nil {
		t.Error(err)
	}
	for _, family := range families {
		if family.GetName() == "wardvisit_call_rooms" {
			s.rooms = family.GetMetric()[0].GetGauge().GetValue()
		}
	}
	return s
}

// thirds returns the medians of the first third of all and of the last.
func thirds(all []soaked, of func(soaked) float64) (first, last float64) {
	median := func(some []soaked) float64 {
		var values []float64
		for _, s := range some {
			values = append(values, of(s))
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	n := max(1, len(all)/3)
	return median(all[:n]), median(all[len(all)-n:])
}

func soakTable(all []soaked) string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 3, ' ', 0)
	fmt.Fprint(w, "median of\tfirst third\tlast third\t\n")
	for _, of := range soakedOf {
		first, last := thirds(all, of.value)
		fmt.Fprintf(w, "%s\t%.0f\t%.0f\t\n", of.name, first, last)
	}
	first, last := thirds(all, func(s soaked) float64 { return s.rooms })
	fmt.Fprintf(w, "rooms\t%.0f\t%.0f\t\n", first, last)
	_ = w.Flush() // into memory
	return text.String()
}

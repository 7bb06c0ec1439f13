package signalingtest

import (
	"sync/atomic"
	"time"
)

const (
	bucketWidth = 100 * time.Microsecond
	buckets     = 20000 // to two seconds; slower counts as that
)

// A Histogram counts durations. Many goroutines may add to it.
type Histogram struct {
	counts [buckets]atomic.Uint32
}

// Add counts one duration.
func (h *Histogram) Add(d time.Duration) {
	h.counts[min(max(int(d/bucketWidth), 0), buckets-1)].Add(1)
}

// Count returns how many there are.
func (h *Histogram) Count() (n int) {
	for i := range h.counts {
		n += int(h.counts[i].Load())
	}
	return n
}

// Quantile returns the duration that q of all, from 0 to 1, do not exceed.
func (h *Histogram) Quantile(q float64) time.Duration {
	rank, seen := int(q*float64(h.Count())), 0
	for i := range h.counts {
		seen += int(h.counts[i].Load())
		if seen > rank {
			return time.Duration(i+1) * bucketWidth
		}
	}
	return 0
}

func (h *Histogram) reset() {
	for i := range h.counts {
		h.counts[i].Store(0)
	}
}

package login

import (
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A Limiter slows down whoever tries passwords or codes by the thousand from one
// address. It is wide: a family or a whole hospital shares one address, and the
// limits that protect one account or one link are the desk's. What this one
// saves is the work of checking.
type Limiter struct {
	every time.Duration
	burst int
	now   func() time.Time

	mu sync.Mutex
	// +checklocks:mu
	buckets map[netip.Prefix]*rate.Limiter
	// +checklocks:mu
	swept time.Time
	crowd *rate.Limiter // shared by all newcomers while buckets is full
}

// maxBuckets bounds the memory of a Limiter, at about 15 MB: who can send from
// more addresses than this shares one bucket with everybody who comes after.
const maxBuckets = 100_000

// sweepEvery keeps a flood from making each request look through all of them.
const sweepEvery = 10 * time.Second

// NewLimiter returns a Limiter that lets each address try burst times at once,
// and then once in every.
func NewLimiter(every time.Duration, burst int, now func() time.Time) *Limiter {
	return &Limiter{
		every: every, burst: burst, now: now,
		buckets: map[netip.Prefix]*rate.Limiter{},
		crowd:   rate.NewLimiter(rate.Every(every), burst),
	}
}

// Wait takes one try for the address that r comes from. It returns how long that
// address must wait before it may try, and takes nothing, or zero to go ahead.
func (l *Limiter) Wait(r *http.Request) time.Duration {
	now := l.now()
	reserved := l.bucket(networkOf(r), now).ReserveN(now, 1)
	wait := reserved.DelayFrom(now)
	if wait > 0 {
		reserved.CancelAt(now)
	}
	return wait
}

func (l *Limiter) bucket(network netip.Prefix, now time.Time) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b, known := l.buckets[network]; known {
		return b
	}
	if len(l.buckets) >= maxBuckets && !l.sweep(now) {
		return l.crowd
	}
	b := rate.NewLimiter(rate.Every(l.every), l.burst)
	l.buckets[network] = b
	return b
}

// sweep forgets the addresses that have all their tries again, and reports
// whether there is room now.
//
// +checklocks:l.mu
func (l *Limiter) sweep(now time.Time) bool {
	if now.Sub(l.swept) < sweepEvery {
		return false
	}
	l.swept = now
	for network, b := range l.buckets {
		if b.TokensAt(now) >= float64(l.burst) {
			delete(l.buckets, network)
		}
	}
	return len(l.buckets) < maxBuckets
}

// networkOf is what counts as one address: all of an IPv4 one, and the half of an
// IPv6 one that a household is given. What cannot be read shares one bucket.
func networkOf(r *http.Request) netip.Prefix {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Prefix{}
	}
	addr := from.Addr().Unmap().WithZone("")
	bits := addr.BitLen()
	if addr.Is6() {
		bits = 64
	}
	network, err := addr.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return network
}

package sfu

import "time"

const (
	// provenAfter is how long a raised picture must hold for it to have been right.
	provenAfter = 10 * time.Second
	// barFirst is for how long a picture that was raised in vain stays where it
	// is; twice as long each time, up to barMost, or up to barHeld if there is no
	// picture at all: that is to be back within 15 s.
	barFirst, barMost, barHeld = 2 * time.Second, 64 * time.Second, 8 * time.Second
	// A network is probed this often while somebody could do with more: soon after
	// it is seen, then less often. After it was seen too full it is left to empty.
	probeFirst, probeSeldom, probeAfterFall = time.Second, 5 * time.Second, 2 * time.Second
	// probeMargin is how much more than what is needed is tried, in parts of 100.
	probeMargin = 130
)

// A course is what has been decided for one slot's picture. It is the Peer's,
// guarded by steering.
type course struct {
	src      *source
	rank     int
	paused   bool // held back because the network carries no more
	told     bool // that it is
	raisedAt time.Time
	falls    int // the estimator's, when it was raised
	barred   time.Time
	bar      time.Duration
}

// A helm is what a Peer's steering remembers.
type helm struct {
	courses   []course // by slot
	claims    []claim  // reused
	probeAt   time.Time
	probeWait time.Duration
	probes    uint16
	falls     int
	width     width
}

// steer decides which layer of whoever is shown each slot of p gets.
func (p *Peer) steer(now time.Time) {
	p.steering.Lock()
	defer p.steering.Unlock()
	h := &p.helm
	if h.courses == nil {
		h.courses, h.claims = make([]course, len(p.slots)), make([]claim, len(p.slots))
	}
	for i, slot := range p.slots {
		h.claims[i] = p.claim(i, slot[Video], now)
	}
	sound := p.soundRate()
	ranks, best := allot(p.estimator.estimate()-sound, h.claims), ideal(h.claims)
	for i, slot := range p.slots {
		c := &h.courses[i]
		p.turn(c, ranks[i], now)
		c.paused = c.src != nil && c.rank == held && best[i] != held
		if c.src == nil {
			continue
		}
		rank := c.rank
		if best[i] == held && h.claims[i].want.Height > 0 {
			rank = c.src.lowest() // nothing comes; what comes first is to be seen
		}
		if slot[Video].aim(c.src, rank) {
			slot[Video].keyframe(now)
		}
	}
	p.narrow.Store(h.width.look(p.estimator.estimate(), now))
	p.repeatSound()
	p.considerProbe(sound+total(h.claims, ranks), p.missing(ranks, best), now)
}

// tellPaused says whose picture is held back, and whose no longer. The ticking
// alone calls it, so that what is said comes in order.
func (p *Peer) tellPaused() {
	if p.options.Paused == nil {
		return
	}
	for i := range p.slots {
		p.steering.Lock()
		c := &p.helm.courses[i]
		is, changed := c.paused, c.paused != c.told
		c.told = is
		p.steering.Unlock()
		if changed {
			p.options.Paused(i, is)
		}
	}
}

// claim returns what a slot would have.
func (p *Peer) claim(i int, st *stream, now time.Time) claim {
	c := &p.helm.courses[i]
	if st == nil {
		return claim{now: held, most: held}
	}
	src, want := st.showing()
	if src != c.src {
		*c = course{src: src, rank: held, told: c.told}
	}
	if src == nil {
		return claim{now: held, most: held}
	}
	most := layers - 1
	if now.Before(c.barred) {
		most = c.rank
	}
	return claim{want: want, layers: src.offers(now), layered: src.isLayered(), now: c.rank, most: most}
}

// turn moves a slot to a rank, and learns from it.
func (p *Peer) turn(c *course, rank int, now time.Time) {
	falls := p.estimator.falls()
	switch {
	case rank > c.rank:
		c.raisedAt, c.falls = now, falls
	case rank < c.rank && falls > c.falls && now.Sub(c.raisedAt) < provenAfter:
		most := barMost
		if rank == held {
			most = barHeld
		}
		c.bar = min(max(2*c.bar, barFirst), most)
		c.barred = now.Add(c.bar)
	case rank == c.rank && now.Sub(c.raisedAt) > provenAfter && now.After(c.barred.Add(provenAfter)):
		c.bar = 0
	}
	c.rank = rank
}

// soundRate returns what to leave for sound, in bit/s.
func (p *Peer) soundRate() (rate int) {
	for _, slot := range p.slots {
		if st := slot[Audio]; st != nil {
			st.mu.Lock()
			if st.src != nil {
				rate = max(rate, soundReserve)
			}
			st.mu.Unlock()
		}
	}
	return max(rate, p.sentRate(Audio))
}

// sentRate returns what p is sent of a kind, in bit/s.
func (p *Peer) sentRate(kind Kind) (rate int) {
	for _, slot := range p.slots {
		if st := slot[kind]; st != nil {
			st.mu.Lock()
			rate += st.rate.rate()
			st.mu.Unlock()
		}
	}
	return rate
}

// missing returns how much more the next better picture needs, in bit/s; 0 if
// nobody has use for a better one.
func (p *Peer) missing(ranks, best []int) (more int) {
	for i := range ranks {
		c := &p.helm.claims[i]
		if ranks[i] >= best[i] {
			continue
		}
		needs := c.cost(c.above(ranks[i])) - c.cost(ranks[i])
		if more == 0 || needs < more {
			more = max(needs, 1)
		}
	}
	return more
}

// considerProbe finds out whether the network carries more, if anybody has use
// for it and it is time.
func (p *Peer) considerProbe(sent, more int, now time.Time) {
	h := &p.helm
	if more == 0 {
		h.probeWait, h.probeAt = probeFirst, time.Time{}
		return
	}
	if falls := p.estimator.falls(); falls != h.falls { // too full just now
		h.falls = falls
		h.probeAt = now.Add(probeAfterFall)
	}
	if h.probeAt.IsZero() {
		h.probeAt = now
	}
	if now.Before(h.probeAt) || !p.up.Load() {
		return
	}
	target := (sent + more) * probeMargin / 100
	if p.estimator.estimate() > target {
		return // there is enough: it is barred
	}
	h.probeWait = min(max(2*h.probeWait, probeFirst), probeSeldom)
	h.probeAt = now.Add(h.probeWait)
	h.probes = max(h.probes+1, 1) // 0 is none
	id := h.probes
	p.run(func() { p.probe(id, target) })
}

func (st *stream) showing() (*source, Want) {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.src, st.want
}

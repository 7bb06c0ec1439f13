package sfu

import "time"

const (
	// A probe is a short run of packets at a rate: at least probePackets, and for
	// at least probeSpan. What rate they come at is what the network carries at
	// least (as browsers probe).
	probePackets = 6
	probeSpan    = 20 * time.Millisecond
	// probePadding is of how much nothing each is made: RTP has one byte for it.
	probePadding = 224
	probeSize    = probePadding + overhead
	// probeMost bounds what one probe sends, whatever its rate.
	probeMost = 64
	// probesKept is how many probes are measured at a time.
	probesKept = 4
)

// probeResults measures the probes of which packets come.
type probeResults struct {
	runs [probesKept]run
	done float64 // the result of one just finished, 0 if there is none
}

// A run is what came of one probe.
type run struct {
	id                  uint16
	packets, bytes      int
	sentFirst, sentLast time.Duration
	cameFirst, cameLast time.Duration
	firstSize, lastSize int
}

func (r *probeResults) add(a ack) {
	if a.probe == 0 {
		return
	}
	run := &r.runs[a.probe%probesKept]
	if run.id != a.probe {
		*run = probeRun(a)
		return
	}
	run.packets++
	run.bytes += a.size
	if a.sent >= run.sentLast {
		run.sentLast, run.lastSize = a.sent, a.size
	}
	if a.came < run.cameFirst {
		run.cameFirst, run.firstSize = a.came, a.size
	}
	run.cameLast = max(run.cameLast, a.came)
	if rate, ok := run.rate(); ok {
		r.done = rate
	}
}

func probeRun(a ack) run {
	return run{
		id: a.probe, packets: 1, bytes: a.size, sentFirst: a.sent, sentLast: a.sent,
		cameFirst: a.came, cameLast: a.came, firstSize: a.size, lastSize: a.size,
	}
}

// rate returns at what rate a run passed, once enough of it came.
func (r *run) rate() (float64, bool) {
	sent, came := r.sentLast-r.sentFirst, r.cameLast-r.cameFirst
	if r.packets < probePackets-1 || sent < probeSpan/2 || came <= 0 || came > time.Second {
		return 0, false
	}
	out := float64(r.bytes-r.lastSize) * 8 / sent.Seconds()
	in := float64(r.bytes-r.firstSize) * 8 / came.Seconds()
	if in > 2*out {
		return 0, false // they waited for each other on the way: no measure
	}
	if in < 0.9*out {
		return 0.95 * in, true // this is what it carries, and not more
	}
	return min(in, out), true
}

// result returns what the latest probe measured, once.
func (r *probeResults) result() (rate float64, ok bool) {
	rate, r.done = r.done, 0
	return rate, rate > 0
}

// probe sends a run of packets of nothing at a rate, in bit/s. It takes at most a
// few tenths of a second, and p.run ends it with the Peer.
func (p *Peer) probe(id uint16, rate int) {
	st := p.padded()
	if st == nil {
		return
	}
	every := time.Duration(probeSize * 8 * int64(time.Second) / int64(rate))
	packets := min(max(probePackets, int(probeSpan/every)+1), probeMost)
	ticker := time.NewTicker(max(every, time.Millisecond))
	defer ticker.Stop()
	began := p.sfu.cfg.Now()
	for sent := 0; sent < packets; {
		now := p.sfu.cfg.Now()
		for sent < packets && time.Duration(sent)*every <= now.Sub(began) {
			st.pad(probePadding, id, now)
			sent++
		}
		select {
		case <-p.done:
			return
		case <-ticker.C:
		}
	}
}

// padded returns a stream on which nothing can be sent, or nil.
func (p *Peer) padded() *stream {
	for _, slot := range p.slots {
		if st := slot[Video]; st != nil && st.canPad() {
			return st
		}
	}
	return nil
}

package sfu

import (
	"time"

	"github.com/pion/rtcp"
)

// noteArrival notes when a packet came, for the browser to be told.
func (p *Peer) noteArrival(of *packet, now time.Time) {
	p.arrivals.Lock()
	defer p.arrivals.Unlock()
	p.arrivals.Record(of.ssrc, of.wide, now.UnixMicro())
}

// tick does what is due ten times a second, until p is closed.
func (p *Peer) tick() {
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	for n := 0; ; n++ {
		select {
		case <-p.done:
			p.count(p.sfu.cfg.Now())
			return
		case <-ticker.C:
		}
		now := p.sfu.cfg.Now()
		p.sayArrivals()
		for _, src := range p.sources {
			p.writeRTCP(src.tick(now)...)
		}
		p.count(now)
		p.steer(now)
		p.tellPaused()
		p.openEyes(now)
		if n%reportEvery == 0 {
			p.writeRTCP(p.reports(now)...)
		}
	}
}

// sayArrivals tells the browser when its packets came, from which it works out
// how much the network carries.
func (p *Peer) sayArrivals() {
	p.arrivals.Lock()
	feedback := p.arrivals.BuildFeedbackPacket()
	p.arrivals.Unlock()
	for _, packet := range feedback {
		p.writeRTCP(packet)
	}
}

// reports are what a sender and a receiver owe each other once a second.
func (p *Peer) reports(now time.Time) (all []rtcp.Packet) {
	mine := &rtcp.ReceiverReport{SSRC: p.ssrc}
	for _, src := range p.sources {
		for _, l := range src.layers {
			if l == nil {
				continue
			}
			if block, ok := l.report(now); ok {
				mine.Reports = append(mine.Reports, block)
			}
		}
	}
	if len(mine.Reports) > 0 {
		all = append(all, mine)
	}
	for _, slot := range p.slots {
		for _, st := range slot {
			if st == nil {
				continue
			}
			if report := st.report(now); report != nil {
				all = append(all, report)
			}
		}
	}
	return all
}

// openEyes asks for a keyframe for each stream that waits for one.
func (p *Peer) openEyes(now time.Time) {
	for _, slot := range p.slots {
		if st := slot[Video]; st != nil && st.isBlind() {
			st.keyframe(now)
		}
	}
}

// count adds what is new to the totals.
func (p *Peer) count(now time.Time) {
	for _, src := range p.sources {
		for _, l := range src.layers {
			if l != nil {
				l.countTo(&p.sfu.count)
			}
		}
	}
	for _, slot := range p.slots {
		for _, st := range slot {
			if st != nil {
				st.countTo(&p.sfu.count, now)
			}
		}
	}
}

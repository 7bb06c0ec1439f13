package sfu

import (
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// onTrack is called by Pion when the first packet of what a browser sends has come.
func (p *Peer) onTrack(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	kind := Audio
	if track.Kind() == webrtc.RTPCodecTypeVideo {
		kind = Video
	}
	p.run(func() { p.readMedia(p.sources[kind], track, wideID(receiver)) })
}

// readMedia is a source's goroutine.
func (p *Peer) readMedia(src *source, track *webrtc.TrackRemote, wide uint8) {
	buf := make([]byte, readBuffer)
	for {
		n, _, err := track.Read(buf)
		if err != nil {
			return
		}
		pkt, ok := parse(buf[:n], src.kind, wide)
		if !ok {
			continue
		}
		now := p.sfu.cfg.Now()
		if pkt.hasWide {
			p.arrivals.Lock()
			p.arrivals.Record(pkt.ssrc, pkt.wide, now.UnixMicro())
			p.arrivals.Unlock()
		}
		src.take(&pkt, now)
	}
}

// readReports reads what a browser says of what it sends.
func (p *Peer) readReports(kind Kind, receiver *webrtc.RTPReceiver) {
	buf := make([]byte, readBuffer)
	for {
		n, _, err := receiver.Read(buf)
		if err != nil {
			return
		}
		packets, err := rtcp.Unmarshal(buf[:n])
		if err != nil {
			continue
		}
		for _, packet := range packets {
			if report, ok := packet.(*rtcp.SenderReport); ok {
				p.sources[kind].heardClock(report, p.sfu.cfg.Now())
			}
		}
	}
}

// readRequests reads what a browser asks of one of its streams.
func (p *Peer) readRequests(st *stream, sender *webrtc.RTPSender) {
	buf := make([]byte, readBuffer)
	for {
		n, _, err := sender.Read(buf)
		if err != nil {
			return
		}
		packets, err := rtcp.Unmarshal(buf[:n])
		if err != nil {
			continue
		}
		for _, packet := range packets {
			st.asked(packet, p.sfu.cfg.Now())
		}
	}
}

// asked does what a receiver asks of this stream. A packet may hold requests of
// other streams too, which get it as well.
func (st *stream) asked(packet rtcp.Packet, now time.Time) {
	st.mu.Lock()
	ssrc := st.header.SSRC
	st.mu.Unlock()
	switch request := packet.(type) {
	case *rtcp.TransportLayerNack:
		if request.MediaSSRC != ssrc {
			return
		}
		for _, pair := range request.Nacks {
			pair.Range(func(seq uint16) bool {
				st.resend(seq)
				return true
			})
		}
	case *rtcp.PictureLossIndication:
		if request.MediaSSRC == ssrc {
			st.keyframe(now)
		}
	case *rtcp.FullIntraRequest:
		for _, entry := range request.FIR {
			if entry.SSRC == ssrc {
				st.keyframe(now)
			}
		}
	case *rtcp.ReceiverReport:
		st.heardLoss(request.Reports, ssrc)
	case *rtcp.SenderReport:
		st.heardLoss(request.Reports, ssrc)
	}
}

func (st *stream) heardLoss(blocks []rtcp.ReceptionReport, ssrc uint32) {
	for _, block := range blocks {
		if block.SSRC == ssrc {
			st.mu.Lock()
			st.lost = block.FractionLost
			st.mu.Unlock()
		}
	}
}

// tick does what is due ten times a second, until p is closed.
func (p *Peer) tick() {
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	for n := 0; ; n++ {
		select {
		case <-p.done:
			p.count()
			return
		case <-ticker.C:
		}
		now := p.sfu.cfg.Now()
		p.sayArrivals()
		for _, src := range p.sources {
			p.writeRTCP(src.tick(now)...)
		}
		p.count()
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
		if block, ok := src.report(now); ok {
			mine.Reports = append(mine.Reports, block)
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
func (p *Peer) count() {
	for _, src := range p.sources {
		src.countTo(&p.sfu.count)
	}
	for _, slot := range p.slots {
		for _, st := range slot {
			if st != nil {
				st.countTo(&p.sfu.count)
			}
		}
	}
}

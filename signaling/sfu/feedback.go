package sfu

import (
	"time"

	"github.com/pion/rtcp"
)

// hear does what a report asks of, or says of, one SSRC. A report of several is
// heard once for each.
func (p *Peer) hear(packet rtcp.Packet, ssrc uint32, now time.Time) {
	if report, ok := packet.(*rtcp.SenderReport); ok && report.SSRC == ssrc {
		p.heardClock(report, now)
	}
	if report, ok := packet.(*rtcp.TransportLayerCC); ok {
		p.estimator.heard(p.outlet.heard(report), now)
		return
	}
	st := p.streamOf(ssrc)
	if st == nil {
		return
	}
	st.asked(packet, now)
	if lost, ok := st.takeLoss(); ok {
		p.estimator.reported(lost, p.sentRate(Audio)+p.sentRate(Video), now)
	}
}

// heardClock notes a sender report with whichever layer it is of.
func (p *Peer) heardClock(report *rtcp.SenderReport, now time.Time) {
	for _, src := range p.sources {
		for _, l := range src.layers {
			if l != nil {
				l.heardClock(report, now)
			}
		}
	}
}

// streamOf returns the stream that p receives under an SSRC, or nil.
func (p *Peer) streamOf(ssrc uint32) *stream {
	for _, slot := range p.slots {
		for _, st := range slot {
			if st != nil && st.ssrc() == ssrc {
				return st
			}
		}
	}
	return nil
}

// asked does what a receiver asks of this stream.
func (st *stream) asked(packet rtcp.Packet, now time.Time) {
	ssrc := st.ssrc()
	switch request := packet.(type) {
	case *rtcp.TransportLayerNack:
		if request.MediaSSRC != ssrc {
			return
		}
		for _, pair := range request.Nacks {
			pair.Range(func(seq uint16) bool { return st.resend(seq, now) })
		}
	case *rtcp.PictureLossIndication:
		if request.MediaSSRC == ssrc {
			st.keyframe(now)
		}
	case *rtcp.FullIntraRequest:
		for _, entry := range request.FIR {
			if entry.SSRC == ssrc {
				st.keyframe(now)
				return
			}
		}
	case *rtcp.ReceiverReport:
		st.heardLoss(request.Reports, ssrc)
	case *rtcp.SenderReport:
		st.heardLoss(request.Reports, ssrc)
	}
}

func (st *stream) ssrc() uint32 {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.header.SSRC
}

func (st *stream) heardLoss(blocks []rtcp.ReceptionReport, ssrc uint32) {
	for _, block := range blocks {
		if block.SSRC == ssrc {
			st.mu.Lock()
			st.lost, st.lossNew = block.FractionLost, true
			st.mu.Unlock()
		}
	}
}

// takeLoss returns what part the receiver said was lost, once.
func (st *stream) takeLoss() (part float64, isNew bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	isNew, st.lossNew = st.lossNew, false
	return float64(st.lost) / 256, isNew
}

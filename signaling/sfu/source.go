package sfu

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
)

// keyframeEvery is the least time between two keyframes asked of one source. A
// keyframe is ten ordinary frames; three people admitted at once need one.
const keyframeEvery = 400 * time.Millisecond

// A source is what one Peer sends of one kind.
//
// Its own goroutine calls take; the Peer's ticking and receivers' requests come
// from others, hence mu. Where a stream's lock is held too, that came first.
type source struct {
	kind Kind
	peer *Peer

	// streams show this source. The slice is never written to, only replaced,
	// so that take reads it without a lock.
	streams atomic.Pointer[[]*stream]

	mu       sync.Mutex
	ring     *ring // nil for sound, and while nobody watches
	gaps     gaps
	seen     reception
	clock    senderClock
	asked    time.Time // when the last keyframe was
	wanted   bool      // another is, but it was too soon
	came     time.Time // when the newest packet did
	received uint64    // since the last count
	resought uint64    // packets asked for again, since the last count
	keys     uint64    // keyframes asked for, since the last count
}

func newSource(p *Peer, kind Kind) *source {
	s := &source{kind: kind, peer: p}
	s.streams.Store(new([]*stream))
	return s
}

// take is the hot path: it forwards one packet to whoever watches.
func (s *source) take(p *packet, now time.Time) {
	s.mu.Lock()
	nack, hopeless := s.note(p, now)
	s.mu.Unlock()
	for _, st := range *s.streams.Load() {
		st.forward(s, p)
	}
	if nack != nil {
		s.peer.writeRTCP(nack)
	}
	if hopeless {
		s.wantKeyframe(now)
	}
}

// note records a packet and returns the request for those lost before it.
func (s *source) note(p *packet, now time.Time) (nack rtcp.Packet, hopeless bool) {
	last, known := s.seen.newest(), s.seen.any && s.seen.ssrc == p.ssrc
	s.seen.note(p, s.kind.clock(), now)
	s.received++
	s.came = now
	if p.vp8.starts {
		s.wanted = false
	}
	if s.ring == nil {
		return nil, false
	}
	s.ring.put(p)
	switch ahead := int16(p.seq - last); {
	case !known || ahead == 1:
		return nil, false
	case ahead <= 0:
		s.gaps.came(p.seq)
		return nil, false
	}
	ask, hopeless := s.gaps.jump(last, p.seq, now)
	return s.nack(ask), hopeless
}

func (s *source) nack(ask []uint16) rtcp.Packet {
	if len(ask) == 0 {
		return nil
	}
	s.resought += uint64(len(ask))
	return &rtcp.TransportLayerNack{
		SenderSSRC: s.peer.ssrc, MediaSSRC: s.seen.ssrc, Nacks: rtcp.NackPairsFromSequenceNumbers(ask),
	}
}

// attach has st among those that the source flows to.
func (s *source) attach(st *stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	streams := append(slices.Clone(*s.streams.Load()), st)
	s.streams.Store(&streams)
	if s.kind == Video && s.ring == nil {
		s.ring = new(ring)
	}
}

func (s *source) detach(st *stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	streams := slices.DeleteFunc(slices.Clone(*s.streams.Load()), func(have *stream) bool { return have == st })
	s.streams.Store(&streams)
	if len(streams) == 0 {
		s.ring = nil
		s.gaps = gaps{}
	}
}

// recall returns a packet that went by, its payload copied to buf.
func (s *source) recall(seq uint16, buf []byte) (packet, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ring == nil {
		return packet{}, false
	}
	return s.ring.get(seq, buf)
}

// wantKeyframe asks the sender for a keyframe, now or as soon as one may be.
func (s *source) wantKeyframe(now time.Time) {
	s.mu.Lock()
	ask := s.askKeyframe(now)
	s.mu.Unlock()
	if ask != nil {
		s.peer.writeRTCP(ask)
	}
}

func (s *source) askKeyframe(now time.Time) rtcp.Packet {
	switch {
	case s.kind != Video || !s.seen.any:
		return nil // nothing has come: the first frame will be a keyframe
	case now.Sub(s.asked) < keyframeEvery:
		s.wanted = true
		return nil
	}
	s.asked, s.wanted = now, false
	s.keys++
	return &rtcp.PictureLossIndication{SenderSSRC: s.peer.ssrc, MediaSSRC: s.seen.ssrc}
}

// tick returns what the source has to ask of its sender: what is missing still,
// and a keyframe that it was too soon for.
func (s *source) tick(now time.Time) (ask []rtcp.Packet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if nack := s.nack(s.gaps.due(now)); nack != nil {
		ask = append(ask, nack)
	}
	if s.wanted {
		if pli := s.askKeyframe(now); pli != nil {
			ask = append(ask, pli)
		}
	}
	return ask
}

// report returns the block about this source of a receiver report.
func (s *source) report(now time.Time) (block rtcp.ReceptionReport, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.seen.any {
		return block, false
	}
	block = s.seen.report()
	block.LastSenderReport, block.Delay = s.clock.echo(now)
	return block, true
}

// heardClock notes a sender report.
func (s *source) heardClock(sr *rtcp.SenderReport, now time.Time) {
	offset := s.peer.clockOffset(sr.NTPTime, now)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen.any && sr.SSRC == s.seen.ssrc {
		s.clock = senderClock{known: true, ntp: sr.NTPTime, rtp: sr.RTPTime, offset: offset, heard: now}
	}
}

// clockNow returns our time and the source's timestamp of one instant.
func (s *source) clockNow(now time.Time) (ntp uint64, rtp uint32, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock.at(now, s.kind.clock())
}

// countTo adds what is new to the totals.
func (s *source) countTo(c *counters) {
	s.mu.Lock()
	received, asked, keys := s.received, s.resought, s.keys
	s.received, s.resought, s.keys = 0, 0, 0
	s.mu.Unlock()
	c.received.Add(received)
	c.asked.Add(asked)
	c.keyframes.Add(keys)
}

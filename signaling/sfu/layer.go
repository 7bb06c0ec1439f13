package sfu

import (
	"sync"
	"time"

	"github.com/pion/rtcp"
)

const (
	// keyframeEvery is the least time between two keyframes asked of one layer. A
	// keyframe is ten ordinary frames; three people admitted at once need one.
	keyframeEvery = 400 * time.Millisecond
	// aliveFor is how long a layer counts as sent after its newest packet. A
	// browser short of power still sends a frame a second of what it sends at all.
	aliveFor = 1500 * time.Millisecond
	// overhead is what a packet of media is longer on the wire than its payload:
	// IPv4, UDP, RTP with an extension, and the tag of its encryption.
	overhead = 20 + 8 + 12 + 8 + 16
)

// ranks are the names of layers in PROTOCOL.md. A picture without layers has
// one, of rank 0.
var ranks = map[string]int{"l": 0, "m": 1, "h": 2}

// layers is how many a picture has at most.
const layers = 3

// usualHeights are those of layers which do not say, in pixels, by rank.
var usualHeights = [layers]int{180, 360, 720}

// A layer is one encoding of what a Peer sends: the sound, or the picture in one
// of its sizes. It has one SSRC at a time.
//
// The goroutine that reads its Peer's packets calls take; the Peer's ticking and
// receivers' requests come from others, hence mu. Where a stream's lock is held
// too, that came first.
type layer struct {
	source *source
	rank   int

	mu       sync.Mutex
	watchers int   // streams that use it
	ring     *ring // nil while nobody watches
	gaps     gaps
	seen     reception
	clock    senderClock
	asked    time.Time // when the last keyframe was
	wanted   bool      // another is, but it was too soon
	came     time.Time // when the newest packet did
	height   int       // of the picture, as its last keyframe said; 0 if none did
	rate     meter
	received uint64 // since the last count
	resought uint64 // packets asked for again, since the last count
	keys     uint64 // keyframes asked for, since the last count
}

// take is the hot path: it forwards one packet to whoever watches.
func (l *layer) take(p *packet, now time.Time) {
	nack, hopeless, restarted := l.note(p, now)
	for _, st := range *l.source.streams.Load() {
		if st.uses.Load()&(1<<l.rank) == 0 {
			continue
		}
		if restarted {
			st.interrupt(l)
		}
		st.forward(l, p, now)
	}
	if nack != nil {
		l.source.peer.writeRTCP(nack)
	}
	if hopeless {
		l.wantKeyframe(now)
	}
}

// note records a packet and returns the request for those lost before it,
// whether only a keyframe helps, and whether it is the first under a new SSRC.
func (l *layer) note(p *packet, now time.Time) (nack rtcp.Packet, hopeless, restarted bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.received++
	l.rate.add(len(p.payload) + overhead)
	if p.repair {
		if l.ring != nil && p.ssrc == l.seen.ssrc {
			l.gaps.came(p.seq)
			l.ring.put(p)
		}
		return nil, false, false
	}
	last, known := l.seen.newest(), l.seen.any && l.seen.ssrc == p.ssrc
	restarted = l.seen.any && !known
	l.seen.note(p, l.source.kind.clock(), now)
	l.came = now
	if restarted {
		l.clock, l.gaps = senderClock{}, gaps{}
		if l.ring != nil {
			l.ring.clear()
		}
	}
	if p.starts {
		l.wanted = false
		if p.vp8.height != 0 {
			l.height = int(p.vp8.height)
		}
	}
	if l.ring == nil {
		return nil, false, restarted
	}
	l.ring.put(p)
	if l.source.kind == Audio {
		return nil, false, restarted // it repairs itself, or it is too late
	}
	switch ahead := int16(p.seq - last); {
	case !known || ahead == 1:
		return nil, false, restarted
	case ahead <= 0:
		l.gaps.came(p.seq)
		return nil, false, restarted
	}
	ask, hopeless := l.gaps.jump(last, p.seq, now)
	return l.nack(ask), hopeless, restarted
}

func (l *layer) nack(ask []uint16) rtcp.Packet {
	if len(ask) == 0 {
		return nil
	}
	l.resought += uint64(len(ask))
	return &rtcp.TransportLayerNack{
		SenderSSRC: l.source.peer.ssrc, MediaSSRC: l.seen.ssrc, Nacks: rtcp.NackPairsFromSequenceNumbers(ask),
	}
}

// watch notes that one more stream uses the layer, or one fewer.
func (l *layer) watch(more int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.watchers += more
	switch {
	case l.watchers == 0:
		l.ring, l.gaps = nil, gaps{}
	case l.ring == nil && l.source.kind == Audio:
		l.ring = newRing(soundPackets, soundCell)
	case l.ring == nil:
		l.ring = newRing(l.source.remembers(l.rank), ringCell)
	}
}

// ssrc returns under which SSRC the layer comes, once it does.
func (l *layer) ssrc() (ssrc uint32, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seen.ssrc, l.seen.any
}

func (l *layer) watched() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.watchers > 0
}

// recall returns a packet that went by, its payload copied to buf.
func (l *layer) recall(seq uint16, buf []byte) (packet, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ring == nil {
		return packet{}, false
	}
	p, ok := l.ring.get(seq, buf)
	if ok {
		p.look(l.source.coding)
	}
	return p, ok
}

// wantKeyframe asks the sender for a keyframe, now or as soon as one may be.
func (l *layer) wantKeyframe(now time.Time) {
	l.mu.Lock()
	ask := l.askKeyframe(now)
	l.mu.Unlock()
	if ask != nil {
		l.source.peer.writeRTCP(ask)
	}
}

func (l *layer) askKeyframe(now time.Time) rtcp.Packet {
	switch {
	case l.source.kind != Video || !l.seen.any:
		return nil // nothing has come: the first frame will be a keyframe
	case now.Sub(l.asked) < keyframeEvery:
		l.wanted = true
		return nil
	}
	l.asked, l.wanted = now, false
	l.keys++
	return &rtcp.PictureLossIndication{SenderSSRC: l.source.peer.ssrc, MediaSSRC: l.seen.ssrc}
}

// tick returns what there is to ask of the sender: what is missing still, and a
// keyframe that it was too soon for.
func (l *layer) tick(now time.Time) (ask []rtcp.Packet) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rate.tick(now)
	if nack := l.nack(l.gaps.due(now)); nack != nil {
		ask = append(ask, nack)
	}
	if l.wanted {
		if pli := l.askKeyframe(now); pli != nil {
			ask = append(ask, pli)
		}
	}
	return ask
}

// report returns the block about this layer of a receiver report.
func (l *layer) report(now time.Time) (block rtcp.ReceptionReport, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.seen.any {
		return block, false
	}
	block = l.seen.report()
	block.LastSenderReport, block.Delay = l.clock.echo(now)
	return block, true
}

// heardClock notes a sender report.
func (l *layer) heardClock(sr *rtcp.SenderReport, now time.Time) {
	offset := l.source.peer.clockOffset(sr.NTPTime, now)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen.any && sr.SSRC == l.seen.ssrc {
		l.clock = senderClock{known: true, ntp: sr.NTPTime, rtp: sr.RTPTime, offset: offset, heard: now}
	}
}

// clockNow returns our time and the layer's timestamp of one instant.
func (l *layer) clockNow(now time.Time) (ntp uint64, rtp uint32, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.clock.at(now, l.source.kind.clock())
}

// knownClock returns what ties the layer's timestamps to the sender's time.
func (l *layer) knownClock() senderClock {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.clock
}

// countTo adds what is new to the totals.
func (l *layer) countTo(c *counters) {
	l.mu.Lock()
	received, asked, keys := l.received, l.resought, l.keys
	l.received, l.resought, l.keys = 0, 0, 0
	l.mu.Unlock()
	c.received.Add(received)
	c.asked.Add(asked)
	c.keyframes.Add(keys)
}

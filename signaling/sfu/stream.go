package sfu

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

const (
	// frameTime is the least time between the last frame of one source or layer
	// and the first of the next, so that no two frames share a timestamp.
	frameTime = 20 * time.Millisecond
	// clocksAgree is how far the timestamps of two layers, by their sender reports,
	// may be from what the time passed says, before the reports are not believed.
	clocksAgree = time.Second
)

// A stream is one slot's sound or picture: what one receiver sees, under one
// SSRC, of one layer after another of one source after another. It implements
// webrtc.TrackLocal.
//
// The lock is held while a packet is written, so that packets go out in the
// order they were numbered, and so that once show has returned not one more
// packet of the old source goes out. A write does not wait for the network: a
// UDP socket takes it or drops it, and so does the queue before a TCP one.
type stream struct {
	kind      Kind
	mime      string // of what it carries
	id, group string // the track's and the slot's; a group is played in step
	peer      *Peer  // whose slot it is

	// uses are the ranks of the layers whose packets matter, as bits: a look at
	// it spares the lock for all others. Changed with mu held.
	uses atomic.Uint32

	mu     sync.Mutex
	out    webrtc.TrackLocalWriter // nil until bound
	outlet *outlet                 // numbers what is sent, if the receiver says what came
	header rtp.Header              // reused for every packet
	again  rtp.Header              // of retransmissions; SSRC 0 if not negotiated
	number [2]byte                 // the transport-wide one, in both headers
	// Of sound: the payload type of a frame alone, that of one with frames before
	// it, 0 if not negotiated, and how many of those there are to be.
	plain, redundant uint8
	repeats          int
	probe            uint16  // which one what is being written belongs to, 0 for none
	src              *source // nil: nothing is shown
	want             Want    // of a picture
	// The layer that flows, nil for none, and the one that is to: it takes over
	// at its next keyframe. With neither the picture is held back.
	current, target *layer

	// How current's numbers become ours.
	first   uint16 // of current's numbers: earlier ones are another's
	seq     uint16 // to add
	ts      uint32 // to add
	picture uint16 // to add
	level   uint8  // to add

	// What we sent, from whichever source.
	sent        window
	newestTS    uint32
	newestAt    time.Time
	lastPicture uint16
	lastLevel   uint8

	scratch   []byte // for payloads that have to be altered or recalled
	packets   uint32 // sent, as sender reports count them
	octets    uint32
	forwarded uint64 // since the last count
	sentBytes uint64 // since the last count
	resent    uint64 // since the last count
	resends   int    // in this tick
	lost      uint8  // of 256, as the receiver last said
	lossNew   bool   // it was said since it was last taken
	rate      meter  // of all that is sent, repair too
}

// show has the stream show src, or nothing. It reports whether that is a change.
func (st *stream) show(src *source) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	was := st.src
	if was == src {
		return false
	}
	st.src = src
	st.use(nil, nil)
	if was != nil {
		was.detach(st)
	}
	if src != nil {
		src.attach(st)
		if st.kind == Audio || !src.isLayered() {
			st.use(nil, src.layers[0])
		}
	}
	return true
}

// aim has a layer of that rank take over, at its next keyframe; none, if rank is
// below 0. It reports whether a keyframe of it is needed that was not before.
func (st *stream) aim(src *source, rank int) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.src != src {
		return false // another is shown by now
	}
	if rank < 0 {
		st.use(nil, nil)
		return false
	}
	l := src.layers[rank]
	if l == nil || l == st.target {
		return false
	}
	st.use(st.current, l)
	return st.current != l
}

// use sets which layers matter. mu is held.
func (st *stream) use(current, target *layer) {
	var bits uint32
	for rank := range layers {
		var was, is *layer // the layer of this rank, of the old source and the new
		for _, l := range []*layer{st.current, st.target} {
			if l != nil && l.rank == rank {
				was = l
			}
		}
		for _, l := range []*layer{current, target} {
			if l != nil && l.rank == rank {
				is = l
				bits |= 1 << rank
			}
		}
		if was == is {
			continue
		}
		if is != nil {
			is.watch(1)
		}
		if was != nil {
			was.watch(-1)
		}
	}
	st.current, st.target = current, target
	st.uses.Store(bits)
}

// interrupt notes that l goes on under another SSRC, and so with other numbers.
func (st *stream) interrupt(l *layer) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.current == l {
		st.use(nil, st.target)
	}
}

// forward sends on a packet that l has just received.
//
// It is called on behalf of who sent the packet. What goes wrong in it is the
// receiver's all the same, and ends nobody else.
func (st *stream) forward(l *layer, p *packet, now time.Time) {
	defer st.peer.guard()
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.src != l.source || st.out == nil || len(p.payload) == 0 {
		return
	}
	was := st.current
	if l != was {
		if l != st.target || st.kind == Video && !p.starts || st.kind == Audio && p.repair {
			return // of sound a repaired packet is from before it was to be heard
		}
		st.begin(l, p, now)
	}
	if int16(p.seq-st.first) < 0 {
		return
	}
	if !st.send(p, now) {
		st.use(nil, st.target) // begin again when the connection is up
		return
	}
	if l != was {
		st.use(l, l)
	}
	st.forwarded++
}

// begin sets how the numbers of another layer or source go on from the last one's.
func (st *stream) begin(l *layer, p *packet, now time.Time) {
	was := st.current
	added := st.ts
	st.first = p.seq
	st.seq, st.ts, st.picture, st.level = 0, 0, 0, 0
	if !st.sent.any {
		return
	}
	clock := int64(st.kind.clock())
	elapsed := max(now.Sub(st.newestAt), frameTime)
	ts := st.newestTS + uint32(int64(elapsed)*clock/int64(time.Second))
	if was != nil && was.source == l.source {
		if same, ok := sameMoment(was.knownClock(), l.knownClock(), p.ts, st.kind.clock()); ok {
			ts = st.aligned(same+added, ts)
		}
	}
	st.seq = st.sent.newest + 1 - p.seq
	st.ts = ts - p.ts
	st.picture = st.lastPicture + 1 - p.vp8.picture
	st.level = st.lastLevel + 1 - p.vp8.level
}

// aligned returns the timestamp by the sender's clock, unless it is before what
// was sent, or so far from the time passed that the clock cannot be right.
func (st *stream) aligned(by, passed uint32) uint32 {
	ahead := int32(by - st.newestTS)
	off := int32(by - passed)
	limit := int32(int64(clocksAgree) * int64(st.kind.clock()) / int64(time.Second))
	switch {
	case max(off, -off) > limit:
		return passed
	case ahead <= 0: // the old layer was ahead of the new: the least step there is
		return st.newestTS + st.kind.clock()/1000
	}
	return by
}

// sameMoment returns the timestamp that the layer of the first clock gives what
// that of the second calls ts.
func sameMoment(a, b senderClock, ts, clock uint32) (uint32, bool) {
	if !a.known || !b.known {
		return 0, false
	}
	// By the sender's own clock, in units of the timestamp.
	between := int64(b.ntp - a.ntp)
	return a.rtp + (ts - b.rtp) + uint32(between>>16*int64(clock)>>16), true
}

// keyframe asks whatever is shown for a keyframe.
func (st *stream) keyframe(now time.Time) {
	st.mu.Lock()
	l := st.target
	st.mu.Unlock()
	if l != nil {
		l.wantKeyframe(now)
	}
}

// isBlind reports whether the stream waits for a keyframe.
func (st *stream) isBlind() bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.target != nil && st.current != st.target
}

// countTo adds what is new to the totals, and begins another tenth of a second.
func (st *stream) countTo(c *counters, now time.Time) {
	st.mu.Lock()
	defer st.mu.Unlock()
	c.forwarded.Add(st.forwarded)
	c.sentBytes.Add(st.sentBytes)
	c.resent.Add(st.resent)
	st.forwarded, st.sentBytes, st.resent, st.resends = 0, 0, 0, 0
	st.rate.tick(now)
}

// report returns the sender report of this stream, once its source's clock is known.
func (st *stream) report(now time.Time) rtcp.Packet {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.current == nil || st.out == nil {
		return nil
	}
	ntp, ts, ok := st.current.clockNow(now)
	if !ok {
		return nil
	}
	return &rtcp.SenderReport{
		SSRC: st.header.SSRC, NTPTime: ntp, RTPTime: ts + st.ts, PacketCount: st.packets, OctetCount: st.octets,
	}
}

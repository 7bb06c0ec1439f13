package sfu

import (
	"errors"
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

const (
	// lateBy is how many packets before the newest one may still be sent on;
	// also how far back a new source's packets belong to it.
	lateBy = 1024
	// resendsPerTick bounds what one receiver can have us send again: more in a
	// tenth of a second is an attack, or a network that repair makes worse.
	resendsPerTick = 128
)

// A stream is one slot's sound or picture: what one receiver sees, under one
// SSRC, of one source after another. It implements webrtc.TrackLocal.
//
// The lock is held while a packet is written, so that packets go out in the
// order they were numbered, and so that once show has returned not one more
// packet of the old source goes out. A write to a UDP socket does not wait.
type stream struct {
	kind      Kind
	id, group string // the track's and the slot's; a group is played in step

	mu      sync.Mutex
	out     webrtc.TrackLocalWriter // nil until bound
	header  rtp.Header              // reused for every packet
	src     *source                 // nil: nothing is shown
	want    Want                    // of a picture
	waiting bool                    // for a keyframe of src
	flowing bool                    // something of src has been sent

	// How src's numbers become ours, while flowing.
	first   uint16 // of src's numbers: earlier ones are another's
	seq     uint16 // to add
	ts      uint32 // to add
	picture uint16 // to add
	level   uint8  // to add

	// The newest we sent, from whichever source.
	any         bool
	newestSeq   uint16
	newestTS    uint32
	newestAt    time.Time
	lastPicture uint16
	lastLevel   uint8

	scratch   []byte // for payloads that have to be altered or recalled
	packets   uint32 // sent, as sender reports count them
	octets    uint32
	forwarded uint64 // since the last count
	resent    uint64 // since the last count
	resends   int    // in this tick
	lost      uint8  // of 256, as the receiver last said

	now func() time.Time
}

// show has the stream show src, or nothing. It reports whether that is a change.
func (st *stream) show(src *source) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	was := st.src
	if was == src {
		return false
	}
	st.src, st.flowing, st.waiting = src, false, st.kind == Video
	if was != nil {
		was.detach(st)
	}
	if src != nil {
		src.attach(st)
	}
	return true
}

// forward sends on a packet that src has just received.
func (st *stream) forward(src *source, p *packet) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.src != src || st.out == nil {
		return
	}
	if st.waiting {
		if !p.vp8.starts {
			return
		}
		st.waiting = false
	}
	if !st.flowing {
		st.begin(p)
	}
	if int16(p.seq-st.first) < 0 {
		return
	}
	if !st.send(p) {
		st.flowing, st.waiting = false, st.kind == Video
		return
	}
	st.forwarded++
}

// begin sets how the numbers of a new source go on from the last one's.
func (st *stream) begin(p *packet) {
	st.flowing, st.first = true, p.seq
	st.seq, st.ts, st.picture, st.level = 0, 0, 0, 0
	if !st.any {
		return
	}
	// At least a frame's time later, so that no two frames share a timestamp.
	elapsed := max(st.now().Sub(st.newestAt), 20*time.Millisecond)
	st.seq = st.newestSeq + 1 - p.seq
	st.ts = st.newestTS + uint32(int64(elapsed)*int64(st.kind.clock())/int64(time.Second)) - p.ts
	st.picture = st.lastPicture + 1 - p.vp8.picture
	st.level = st.lastLevel + 1 - p.vp8.level
}

// send writes a packet under our numbers. It reports false if the connection is
// not up yet, in which case it is as if nothing had been sent.
func (st *stream) send(p *packet) bool {
	seq, ts, payload := p.seq+st.seq, p.ts+st.ts, p.payload
	if st.kind == Video && (st.picture&pictureBits != 0 || st.level != 0) && len(payload) > 0 {
		payload = st.altered(p)
	}
	st.header.Marker, st.header.SequenceNumber, st.header.Timestamp = p.marker, seq, ts
	n, err := st.out.WriteRTP(&st.header, payload)
	if n == 0 && err == nil {
		return false
	}
	// With an error it is lost, as datagrams may be; the connection's end we
	// learn elsewhere.
	st.packets++
	st.octets += uint32(len(payload))
	if !st.any || int16(seq-st.newestSeq) > 0 {
		st.note(p, seq, ts)
	}
	return true
}

// note records the newest packet sent.
func (st *stream) note(p *packet, seq uint16, ts uint32) {
	st.any, st.newestSeq, st.newestTS, st.newestAt = true, seq, ts, st.now()
	if p.vp8.pictureAt != 0 {
		st.lastPicture = p.vp8.picture + st.picture
	}
	if p.vp8.levelAt != 0 {
		st.lastLevel = p.vp8.level + st.level
	}
	if p.seq-st.first > 2*lateBy {
		st.first = p.seq - lateBy // or numbers half a round later would look earlier
	}
}

// altered returns the payload with our picture id and level in place of the source's.
func (st *stream) altered(p *packet) []byte {
	if cap(st.scratch) < len(p.payload) {
		st.scratch = make([]byte, max(len(p.payload), ringCell))
	}
	buf := st.scratch[:len(p.payload)]
	copy(buf, p.payload)
	p.vp8.shift(buf, st.picture, st.level)
	return buf
}

// resend sends again what the receiver missed.
func (st *stream) resend(seq uint16) {
	st.mu.Lock()
	defer st.mu.Unlock()
	of := seq - st.seq
	if !st.flowing || st.out == nil || st.resends >= resendsPerTick ||
		int16(of-st.first) < 0 || int16(seq-st.newestSeq) > 0 {
		return
	}
	if cap(st.scratch) < ringCell {
		st.scratch = make([]byte, ringCell)
	}
	p, ok := st.src.recall(of, st.scratch[:ringCell])
	if !ok {
		return
	}
	st.resends++
	if st.send(&p) {
		st.resent++
		st.forwarded++
	}
}

// keyframe asks whatever is shown for a keyframe.
func (st *stream) keyframe(now time.Time) {
	st.mu.Lock()
	src := st.src
	st.mu.Unlock()
	if src != nil {
		src.wantKeyframe(now)
	}
}

// isBlind reports whether the stream waits for a keyframe.
func (st *stream) isBlind() bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.src != nil && st.waiting
}

// countTo adds what is new to the totals, and begins another tenth of a second.
func (st *stream) countTo(c *counters) {
	st.mu.Lock()
	defer st.mu.Unlock()
	c.forwarded.Add(st.forwarded)
	c.resent.Add(st.resent)
	st.forwarded, st.resent, st.resends = 0, 0, 0
}

// report returns the sender report of this stream, once its source's clock is known.
func (st *stream) report(now time.Time) rtcp.Packet {
	st.mu.Lock()
	defer st.mu.Unlock()
	if !st.flowing || st.out == nil {
		return nil
	}
	ntp, ts, ok := st.src.clockNow(now)
	if !ok {
		return nil
	}
	return &rtcp.SenderReport{
		SSRC: st.header.SSRC, NTPTime: ntp, RTPTime: ts + st.ts, PacketCount: st.packets, OctetCount: st.octets,
	}
}

var errNoCodec = errors.New("sfu: the receiver took neither codec")

// Bind is called by Pion when the answer is settled.
func (st *stream) Bind(ctx webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	for _, codec := range ctx.CodecParameters() {
		if codec.MimeType != st.kind.codec().MimeType {
			continue
		}
		st.mu.Lock()
		st.out = ctx.WriteStream()
		st.header = rtp.Header{Version: 2, PayloadType: uint8(codec.PayloadType), SSRC: uint32(ctx.SSRC())}
		st.mu.Unlock()
		return codec, nil
	}
	return webrtc.RTPCodecParameters{}, errNoCodec
}

// Unbind is called by Pion when the connection closes.
func (st *stream) Unbind(webrtc.TrackLocalContext) error {
	st.mu.Lock()
	st.out = nil
	st.mu.Unlock()
	return nil
}

// ID is the track's id in the answer.
func (st *stream) ID() string { return st.id }

// RID is empty: a stream has one layer.
func (st *stream) RID() string { return "" }

// StreamID is the slot's id in the answer: what is played in step.
func (st *stream) StreamID() string { return st.group }

// Kind is Pion's word for the stream's kind.
func (st *stream) Kind() webrtc.RTPCodecType { return st.kind.codecType() }

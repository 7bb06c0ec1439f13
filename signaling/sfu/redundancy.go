package sfu

import (
	"encoding/binary"
	"time"
)

const (
	// mostBlocks is how many frames one packet of redundant sound may have:
	// Chromium sends two. More is nothing that a browser sends.
	mostBlocks = 8
	// mostRepeated is how many earlier frames we put into a packet at most.
	mostRepeated = 2
	// A block's head of RFC 2198, 3: of an earlier frame, and of the newest.
	earlierHead, newestHead = 4, 1
	// What fits into the head of an earlier frame: how long ago it was, in units
	// of the clock, and how long it is, in bytes.
	blockSpan, blockSize = 1 << 14, 1 << 10
	// redundantMost is how long a packet with earlier frames may become, in bytes.
	redundantMost = 1100
	anotherBlock  = 0x80
)

// A block is one frame of a packet of redundant sound.
type block struct {
	payloadType uint8
	ago         uint32 // in units of the clock; 0 of the newest
	payload     []byte
}

// readBlocks reads a packet of redundant sound (RFC 2198), the newest frame last.
// It returns how many there are, 0 of a packet that makes no sense.
func readBlocks(b []byte, to *[mostBlocks]block) int {
	var sizes [mostBlocks]int
	n := 0
	for {
		if len(b) == 0 || n == mostBlocks {
			return 0
		}
		to[n] = block{payloadType: b[0] &^ anotherBlock}
		if b[0]&anotherBlock == 0 {
			b = b[newestHead:]
			n++
			break
		}
		if len(b) < earlierHead {
			return 0
		}
		head := binary.BigEndian.Uint32(b)
		to[n].ago, sizes[n] = head>>10&(blockSpan-1), int(head&(blockSize-1))
		b = b[earlierHead:]
		n++
	}
	for i := range n - 1 {
		if len(b) < sizes[i] {
			return 0
		}
		to[i].payload, b = b[:sizes[i]], b[sizes[i]:]
	}
	to[n-1].payload = b
	return n
}

// takeBlocks takes a packet of redundant sound apart: the newest frame goes on as
// the packet that it is, and an earlier one as what repairs the packet that it
// was, if that did not come. Browsers repeat the frames just before, so the k-th
// from the end had the k-th number before.
func (in *intake) takeBlocks(p *packet, now time.Time) {
	var blocks [mostBlocks]block
	n := readBlocks(p.payload, &blocks)
	if n == 0 {
		return
	}
	for i, b := range blocks[:n-1] {
		earlier := packet{
			seq: p.seq - uint16(n-1-i), ts: p.ts - b.ago, ssrc: p.ssrc, payload: b.payload, repair: true,
		}
		if b.ago > 0 && in.isSound(b) && in.layer.lacks(&earlier) {
			in.layer.take(&earlier, now)
		}
	}
	if newest := blocks[n-1]; in.isSound(newest) {
		p.payload = newest.payload
		in.layer.take(p, now)
	}
}

func (in *intake) isSound(b block) bool {
	return len(b.payload) > 0 && in.peer.terms.codings[b.payloadType] == opus
}

// lacks reports whether a packet of sound did not come, and is of use still.
func (l *layer) lacks(p *packet) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ring != nil && l.seen.any && l.seen.ssrc == p.ssrc && l.ring.misses(p.seq)
}

// misses reports whether there is room for the packet of that number: it is not
// here, and nothing newer is in its place.
func (r *ring) misses(seq uint16) bool {
	c := r.cells[int(seq)%len(r.cells)]
	return c.size == 0 || int16(seq-c.seq) > 0
}

// repeat writes to buf a packet of redundant sound: p's frame, and before it up to
// so many earlier ones that are remembered, none before the number first. All
// are of one payload type. It returns how long that is, or 0 if there is no
// earlier frame to be had.
func (r *ring) repeat(p *packet, times int, first uint16, payloadType uint8, buf []byte) int {
	var cells [mostRepeated]int
	n, size := 0, newestHead+len(p.payload)
	for k := 1; k <= min(times, mostRepeated); k++ {
		seq := p.seq - uint16(k)
		i := int(seq) % len(r.cells)
		c, ago := r.cells[i], p.ts-r.cells[i].ts
		if c.size == 0 || c.seq != seq || int16(seq-first) < 0 || ago == 0 || ago >= blockSpan || c.size >= blockSize {
			continue
		}
		if size += earlierHead + int(c.size); size > min(len(buf), redundantMost) {
			break
		}
		cells[n] = i
		n++
	}
	if n == 0 {
		return 0
	}
	b := buf[:0]
	for k := n - 1; k >= 0; k-- {
		c := r.cells[cells[k]]
		b = append(b, anotherBlock|payloadType, 0, 0, 0)
		head := b[len(b)-earlierHead:]
		binary.BigEndian.PutUint32(head, uint32(head[0])<<24|(p.ts-c.ts)<<10|uint32(c.size))
	}
	b = append(b, payloadType)
	for k := n - 1; k >= 0; k-- {
		at := cells[k] * r.room
		b = append(b, r.data[at:at+int(r.cells[cells[k]].size)]...)
	}
	return len(append(b, p.payload...))
}

// repeated returns p's payload with the frames before it, and the payload type of
// that; or as it is, if there are none or none are wanted.
//
// What goes out under a number is made up once, when it is sent: sound is never
// sent again, since it would not be the same.
func (st *stream) repeated(p *packet) (payload []byte, payloadType uint8) {
	if st.repeats > 0 && st.redundant != 0 {
		buf := st.room(ringCell)
		l := st.current
		if l == nil {
			return p.payload, st.plain
		}
		l.mu.Lock()
		n := 0
		if l.ring != nil {
			n = l.ring.repeat(p, st.repeats, st.first, st.plain, buf)
		}
		l.mu.Unlock()
		if n > 0 {
			return buf[:n], st.redundant
		}
	}
	return p.payload, st.plain
}

// repeatSound has sound repeated to p as often as is of use now.
func (p *Peer) repeatSound() {
	pictures := false
	for i := range p.helm.claims {
		pictures = pictures || p.helm.claims[i].want.Height > 0
	}
	rate, lost := p.estimator.unqueued()
	times := repeats(rate, lost, pictures)
	for _, slot := range p.slots {
		if st := slot[Audio]; st != nil {
			st.setRepeats(times)
		}
	}
}

// setRepeats has each frame of sound repeated so often.
func (st *stream) setRepeats(times int) {
	st.mu.Lock()
	st.repeats = times
	st.mu.Unlock()
}

const (
	// A network that carries at least repeatFreely, in bit/s, has room to repeat
	// every frame once before anything is lost. In one that carries less it is done
	// where repeatLittle or more is lost, unless it is so narrow that only the
	// voices themselves fit.
	repeatFreely, repeatNever = 600_000, 120_000
	// Where more is lost, every frame is repeated twice, if there is room.
	repeatLittle, repeatMuch = 0.01, 0.03
	repeatTwice              = 350_000
)

// repeats decides how often each frame of sound is repeated to a receiver whose
// network carries so much without a queue, in bit/s, and loses such a part. Nothing is repeated in
// vain to who has no use for pictures: they may pay for every byte.
func repeats(rate int, lost float64, pictures bool) int {
	switch {
	case rate < repeatNever:
		return 0
	case rate >= repeatTwice && lost >= repeatMuch:
		return 2
	case lost >= repeatLittle, pictures && rate >= repeatFreely:
		return 1
	}
	return 0
}

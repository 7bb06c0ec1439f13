package signalingtest

import (
	"encoding/binary"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/pion/transport/v4/packetio"
)

// A Link is the network between a Browser and the server, one way. The zero Link
// carries everything at once. It may be changed while it is in use.
type Link struct {
	mu    sync.Mutex
	rate  int
	queue time.Duration
	loss  float64
	free  time.Time
}

// Set has the link carry so many bits a second, 0 for any, hold up to so long a
// queue of what is more, and lose a part of all packets, 0 to 1.
func (l *Link) Set(rate int, queue time.Duration, loss float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rate, l.queue, l.loss = rate, queue, loss
}

// pass returns when a packet has got through; not ok, if it does not.
func (l *Link) pass(bytes int, now time.Time) (at time.Time, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.loss > 0 && rand.Float64() < l.loss {
		return now, false
	}
	if l.rate == 0 {
		return now, true
	}
	if l.free.Before(now) {
		l.free = now
	}
	if l.free.Sub(now) > l.queue {
		return now, false
	}
	l.free = l.free.Add(time.Duration(bytes) * 8 * time.Second / time.Duration(l.rate))
	return l.free, true
}

const (
	// wireOverhead is what a packet is longer on the wire than decrypted: IPv4,
	// UDP, and the tag of its encryption.
	wireOverhead = 20 + 8 + 16
	// tapQueue is the most packets that a Link holds.
	tapQueue = 4096
)

// A tap is where packets come out of the network, as Pion has decrypted them and
// before it looks at them: what a Link does to them is done here, and it is
// noted when each came.
type tap struct {
	b      *Browser
	frames chan delayed // nil without a Link
}

type delayed struct {
	at   time.Time
	to   *packetio.Buffer
	wire []byte
}

// buffer is called by Pion for each SSRC.
func (t *tap) buffer(of packetio.BufferPacketType, _ uint32) io.ReadWriteCloser {
	buffer := packetio.NewBuffer()
	if of == packetio.RTCPBufferPacket {
		return buffer
	}
	return &tapped{tap: t, Buffer: buffer}
}

type tapped struct {
	tap *tap
	*packetio.Buffer
}

// Write takes one RTP packet from the network.
func (t *tapped) Write(wire []byte) (int, error) {
	now := t.tap.b.opt.Now()
	if t.tap.frames == nil {
		t.tap.b.arrived(wire, now)
		return t.Buffer.Write(wire)
	}
	at, ok := t.tap.b.opt.Down.pass(len(wire)+wireOverhead, now)
	if !ok {
		return len(wire), nil
	}
	select {
	case t.tap.frames <- delayed{at, t.Buffer, append([]byte(nil), wire...)}:
	default: // full, as queues are
	}
	return len(wire), nil
}

// deliver lets packets out of the Link when it is time.
func (t *tap) deliver() {
	defer t.b.work.Done()
	for {
		var next delayed
		select {
		case <-t.b.stop:
			return
		case next = <-t.frames:
		}
		if wait := next.at.Sub(t.b.opt.Now()); wait > 0 {
			select {
			case <-t.b.stop:
				return
			case <-time.After(wait):
			}
		}
		t.b.arrived(next.wire, t.b.opt.Now())
		_, _ = next.to.Write(next.wire) // after its end nobody reads it
	}
}

// arrived notes when a packet came, to be told to the server.
func (b *Browser) arrived(wire []byte, now time.Time) {
	b.arriving.Lock()
	defer b.arriving.Unlock()
	b.downBytes += len(wire) + wireOverhead
	if b.wideID == 0 || b.arrivals == nil {
		return
	}
	if number, ok := wideNumber(wire, b.wideID); ok {
		b.arrivals.Record(binary.BigEndian.Uint32(wire[8:]), number, now.UnixMicro())
	}
}

// wideNumber reads the transport-wide number, in the one-byte form of extensions.
func wideNumber(wire []byte, id uint8) (uint16, bool) {
	if len(wire) < 16 || wire[0]&0x10 == 0 {
		return 0, false
	}
	at := 12 + 4*int(wire[0]&0x0F)
	if len(wire) < at+4 || binary.BigEndian.Uint16(wire[at:]) != 0xBEDE {
		return 0, false
	}
	end := at + 4 + 4*int(binary.BigEndian.Uint16(wire[at+2:]))
	for at += 4; at+3 <= end && end <= len(wire); {
		if wire[at] == 0 {
			at++
			continue
		}
		size := int(wire[at]&0x0F) + 1
		if wire[at]>>4 == id && size == 2 {
			return binary.BigEndian.Uint16(wire[at+1:]), true
		}
		at += 1 + size
	}
	return 0, false
}

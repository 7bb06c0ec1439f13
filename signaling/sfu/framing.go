package sfu

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"
)

const (
	// maxFrame is more than any packet of media or repair, which are made for
	// networks of 1,500 bytes; who sends a longer one is not a browser.
	maxFrame = 2048
	// maxPending is how much waits for a connection that takes it slowly: a
	// keyframe, and a second of a poor line. Beyond it packets are lost, as they
	// would be at a narrow place of the network; waiting longer helps nobody.
	maxPending = 128 << 10
	// takeWithin is how long one who takes nothing at all is written to.
	takeWithin = 30 * time.Second
)

// A framing is one TCP connection on which packets go in frames (RFC 4571): two
// bytes of length, then the packet. One goroutine reads, another writes.
type framing struct {
	conn   net.Conn
	in     *bufio.Reader
	remote netip.AddrPort
	now    func() time.Time
	inlet  *inlet // set before anything is read on or written
	wake   chan struct{}
	done   chan struct{}
	once   sync.Once

	mu      sync.Mutex
	pending []byte // guarded by mu; whole frames
}

func newFraming(conn net.Conn, now func() time.Time) *framing {
	return &framing{
		conn: conn, in: bufio.NewReaderSize(conn, 2*maxFrame), remote: addrPort(conn.RemoteAddr()), now: now,
		wake: make(chan struct{}, 1), done: make(chan struct{}),
	}
}

// A frame is one packet that came, in a buffer that is used again.
type frame struct {
	buf    [maxFrame]byte
	length int
	from   netip.AddrPort
}

var frames = sync.Pool{New: func() any { return new(frame) }}

func (f *frame) data() []byte { return f.buf[:f.length] }
func (f *frame) free()        { frames.Put(f) }

var errFrameTooLong = errors.New("sfu: a frame too long")

// next reads a frame. Whoever gets it frees it.
func (f *framing) next() (*frame, error) {
	var header [2]byte
	if _, err := io.ReadFull(f.in, header[:]); err != nil {
		return nil, err
	}
	length := int(binary.BigEndian.Uint16(header[:]))
	if length > maxFrame {
		return nil, errFrameTooLong
	}
	next := frames.Get().(*frame)
	next.length, next.from = length, f.remote
	if _, err := io.ReadFull(f.in, next.data()); err != nil {
		next.free()
		return nil, err
	}
	return next, nil
}

// read hands frames over, the first one first, until the connection ends. It
// waits for whoever takes them, and so the sender does.
func (f *framing) read(next *frame) {
	defer f.close()
	defer f.inlet.remove(f)
	for {
		select {
		case f.inlet.frames <- next:
		case <-f.done:
			next.free()
			return
		}
		var err error
		if next, err = f.next(); err != nil {
			return
		}
	}
}

// send has a packet sent, or lost if too much waits already. It never waits.
func (f *framing) send(packet []byte) {
	f.mu.Lock()
	if len(packet) > maxFrame || len(f.pending)+len(packet)+2 > maxPending {
		f.mu.Unlock()
		return
	}
	f.pending = binary.BigEndian.AppendUint16(f.pending, uint16(len(packet)))
	f.pending = append(f.pending, packet...)
	f.mu.Unlock()
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// write sends what is pending, all of it at once, until the connection ends.
func (f *framing) write() {
	defer f.close()
	var batch []byte
	for {
		select {
		case <-f.wake:
		case <-f.done:
			return
		}
		f.mu.Lock()
		batch, f.pending = f.pending, batch[:0]
		f.mu.Unlock()
		if f.conn.SetWriteDeadline(f.now().Add(takeWithin)) != nil {
			return
		}
		if _, err := f.conn.Write(batch); err != nil {
			return
		}
	}
}

func (f *framing) close() {
	f.once.Do(func() {
		close(f.done)
		_ = f.conn.Close()
	})
}

package sfu

import (
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// An inlet is where one Peer's packets over TCP come in and go out at one of our
// addresses, over however many connections. To Pion it is a packet socket, so a
// packet for a connection that has gone is lost, as it would be in UDP.
type inlet struct {
	mux    *tcpMux
	ufrag  string
	local  netip.Addr
	frames chan *frame
	done   chan struct{}
	leases int // guarded by mux.mu

	mu    sync.Mutex
	ended bool       // guarded by mu
	conns []*framing // guarded by mu; the oldest first
}

func newInlet(m *tcpMux, ufrag string, local netip.Addr) *inlet {
	return &inlet{mux: m, ufrag: ufrag, local: local, leases: 1, frames: make(chan *frame, 32), done: make(chan struct{})}
}

// add takes one more connection; of too many, the oldest goes.
func (in *inlet) add(f *framing) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.ended {
		return net.ErrClosed
	}
	if len(in.conns) >= maxFraming {
		in.conns[0].close()
		in.conns = slices.Delete(in.conns, 0, 1)
	}
	f.inlet = in
	in.conns = append(in.conns, f)
	return nil
}

func (in *inlet) remove(f *framing) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.conns = slices.DeleteFunc(in.conns, func(other *framing) bool { return other == f })
}

func (in *inlet) end() {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.ended {
		return
	}
	in.ended = true
	close(in.done)
	for _, f := range in.conns {
		f.close()
	}
}

// send sends a packet, if that connection is there and keeps up.
func (in *inlet) send(b []byte, to netip.AddrPort) error {
	to = plainly(to)
	in.mu.Lock()
	var found *framing
	for _, f := range in.conns {
		if f.remote == to {
			found = f
		}
	}
	ended := in.ended
	in.mu.Unlock()
	if ended {
		return net.ErrClosed
	}
	if found != nil {
		found.send(b)
	}
	return nil
}

// A lease is what Pion has of an inlet for each candidate that leads to it: a
// packet socket.
type lease struct {
	*inlet
	done chan struct{}
	once sync.Once
}

// ReadFromAddrPort returns the next packet of any connection.
func (l *lease) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	select {
	case f := <-l.frames:
		defer f.free()
		if len(b) < f.length {
			return 0, f.from, io.ErrShortBuffer
		}
		return copy(b, f.data()), f.from, nil
	case <-l.inlet.done:
	case <-l.done:
	}
	return 0, netip.AddrPort{}, net.ErrClosed
}

// WriteToAddrPort sends a packet, or loses it.
func (l *lease) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	if err := l.send(b, to); err != nil {
		return 0, err
	}
	return len(b), nil
}

// ReadFrom is ReadFromAddrPort.
func (l *lease) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := l.ReadFromAddrPort(b)
	return n, net.TCPAddrFromAddrPort(from), err
}

// WriteTo is WriteToAddrPort.
func (l *lease) WriteTo(b []byte, to net.Addr) (int, error) {
	return l.WriteToAddrPort(b, addrPort(to))
}

// LocalAddr is the address that Pion makes a candidate of.
func (l *lease) LocalAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(l.local, l.mux.port))
}

// Close gives the inlet back.
func (l *lease) Close() error {
	l.once.Do(func() {
		close(l.done)
		l.mux.release(l.inlet)
	})
	return nil
}

// SetDeadline does nothing: who reads is freed by Close, and who writes never waits.
func (l *lease) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing either.
func (l *lease) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing either.
func (l *lease) SetWriteDeadline(time.Time) error { return nil }

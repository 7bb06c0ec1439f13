package sfu

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pion/stun/v4"

	"github.com/wardvisit/wardvisit/signaling/port"
)

const (
	// greetWithin is how long the first check may take to come, after which the
	// connection was opened.
	greetWithin = 10 * time.Second
	// maxFraming is how many TCP connections one Peer's address may have: a
	// browser opens one from each of its networks, and new ones when they change.
	maxFraming = 8
	// maxBroken is how often taking a connection may break in the life of a port. It
	// never does; this keeps a listener that is broken from filling the log.
	maxBroken = 1000
)

// A tcpMux is the media port of those whom UDP does not reach: it brings each
// TCP connection to the Peer that its first check names (RFC 6544, passive). It
// is what Pion's own is to be, except that it takes nothing for a Peer which is
// not there, that somebody who reconnects is heard, and that it writes many
// packets at once.
type tcpMux struct {
	listener net.Listener
	port     uint16                      // as browsers know it
	offers   func(local netip.Addr) bool // whether it is any use to offer an address
	now      func() time.Time
	log      *slog.Logger
	busy     sync.WaitGroup

	mu     sync.Mutex
	closed bool                  // guarded by mu
	inlets map[string][]*inlet   // guarded by mu; by the Peer's own ufrag
	nobody map[net.Conn]struct{} // guarded by mu; those whose first check has not come
}

func newTCPMux(l net.Listener, advertised uint16, offers func(netip.Addr) bool, now func() time.Time, log *slog.Logger) *tcpMux {
	m := &tcpMux{
		listener: l, port: advertised, offers: offers, now: now, log: log,
		inlets: map[string][]*inlet{}, nobody: map[net.Conn]struct{}{},
	}
	m.busy.Go(m.accept)
	return m
}

// LocalAddr tells Pion at which of our addresses we listen: at all, or one.
func (m *tcpMux) LocalAddr() net.Addr {
	at, ok := m.listener.Addr().(*net.TCPAddr)
	if !ok {
		return m.listener.Addr()
	}
	return &net.TCPAddr{IP: at.IP, Port: int(m.port)}
}

var errNotOffered = errors.New("sfu: not an address to offer")

// GetConnByUfrag returns where packets for a Peer come in at one of our addresses.
func (m *tcpMux) GetConnByUfrag(ufrag string, _ bool, local net.IP) (net.PacketConn, error) {
	addr, ok := netip.AddrFromSlice(local)
	if addr = addr.Unmap(); !ok || !m.offers(addr) {
		return nil, errNotOffered
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, net.ErrClosed
	}
	for _, in := range m.inlets[ufrag] {
		if in.local == addr { // two addresses lead here from outside
			in.leases++
			return &lease{inlet: in, done: make(chan struct{})}, nil
		}
	}
	in := newInlet(m, ufrag, addr)
	m.inlets[ufrag] = append(m.inlets[ufrag], in)
	return &lease{inlet: in, done: make(chan struct{})}, nil
}

// RemoveConnByUfrag ends a Peer's connections.
func (m *tcpMux) RemoveConnByUfrag(ufrag string) {
	m.mu.Lock()
	all := m.inlets[ufrag]
	delete(m.inlets, ufrag)
	m.mu.Unlock()
	for _, in := range all {
		in.end()
	}
}

// release is called when one of those who got an inlet closes it.
func (m *tcpMux) release(in *inlet) {
	m.mu.Lock()
	in.leases--
	last := in.leases <= 0
	if last {
		rest := slices.DeleteFunc(m.inlets[in.ufrag], func(other *inlet) bool { return other == in })
		if m.inlets[in.ufrag] = rest; len(rest) == 0 {
			delete(m.inlets, in.ufrag)
		}
	}
	m.mu.Unlock()
	if last {
		in.end()
	}
}

// Close closes every connection, and returns when nothing is left of any.
func (m *tcpMux) Close() error {
	err := m.listener.Close()
	m.mu.Lock()
	m.closed = true
	var ends []func()
	for conn := range m.nobody {
		ends = append(ends, func() { _ = conn.Close() })
	}
	for _, inlets := range m.inlets {
		for _, in := range inlets {
			ends = append(ends, in.end)
		}
	}
	m.inlets = map[string][]*inlet{}
	m.mu.Unlock()
	for _, end := range ends {
		end()
	}
	m.busy.Wait()
	return err
}

// accept takes connections until there are no more. Each that breaks while it is
// taken is one of maxBroken: a listener that does nothing else is left alone.
func (m *tcpMux) accept() {
	for broken := 0; broken < maxBroken; broken++ {
		if m.acceptUntilBroken() {
			return
		}
	}
	m.log.Error("media: the TCP port is given up, since it only breaks")
}

// acceptUntilBroken reports true when the listener is closed.
func (m *tcpMux) acceptUntilBroken() (over bool) {
	defer m.guard(nil)
	for {
		conn, err := m.listener.Accept()
		if err != nil {
			return true
		}
		if !m.takeIn(conn) {
			return true
		}
	}
}

// takeIn has conn looked at. It reports false when we are closed.
func (m *tcpMux) takeIn(conn net.Conn) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		_ = conn.Close()
		return false
	}
	m.nobody[conn] = struct{}{}
	m.busy.Go(func() { m.greet(conn) })
	return true
}

// greet reads the first check, and reads on for the Peer that it names.
func (m *tcpMux) greet(conn net.Conn) {
	defer m.guard(conn)
	f, first, err := m.meet(conn)
	m.mu.Lock()
	delete(m.nobody, conn)
	m.mu.Unlock()
	if err != nil {
		_ = conn.Close()
		return
	}
	port.Known(conn)
	m.busy.Go(func() {
		defer m.guard(conn)
		f.write()
	})
	f.read(first)
}

// guard is deferred by whatever takes, reads and writes a connection: what goes
// wrong in that ends the connection alone.
func (m *tcpMux) guard(conn net.Conn) {
	if fault := recover(); fault != nil {
		m.log.Error("media: a TCP connection broke", "fault", fault, "stack", string(debug.Stack()))
		if conn != nil {
			_ = conn.Close()
		}
	}
}

func (m *tcpMux) meet(conn net.Conn) (*framing, *frame, error) {
	if err := conn.SetReadDeadline(m.now().Add(greetWithin)); err != nil {
		return nil, nil, err
	}
	f := newFraming(conn, m.now)
	first, err := f.next()
	if err != nil {
		return nil, nil, err
	}
	ufrag, err := namedBy(first.data())
	if err != nil {
		return nil, nil, err
	}
	if err := conn.SetReadDeadline(time.Time{}); err != nil {
		return nil, nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	in := m.inletFor(ufrag, conn.LocalAddr())
	if in == nil {
		return nil, nil, errors.New("sfu: a check for nobody")
	}
	return f, first, in.add(f)
}

// inletFor finds a Peer's inlet: at the address where the connection came in, or
// else, if that is not as we know it (a proxy, a mapping), any.
func (m *tcpMux) inletFor(ufrag string, local net.Addr) *inlet {
	all := m.inlets[ufrag]
	if len(all) == 0 {
		return nil
	}
	at := addrPort(local).Addr()
	if i := slices.IndexFunc(all, func(in *inlet) bool { return in.local == at }); i >= 0 {
		return all[i]
	}
	return all[0]
}

// namedBy returns the ufrag of ours that a check is for.
func namedBy(packet []byte) (string, error) {
	m := &stun.Message{Raw: packet}
	if err := m.Decode(); err != nil {
		return "", fmt.Errorf("sfu: not a check: %w", err)
	}
	name, err := m.Get(stun.AttrUsername)
	if err != nil || m.Type != stun.BindingRequest {
		return "", errors.New("sfu: not a check")
	}
	ufrag, _, _ := strings.Cut(string(name), ":")
	return ufrag, nil
}

// addrPort is an address as we compare it: not mapped, and of no zone.
func addrPort(a net.Addr) netip.AddrPort {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	return plainly(tcp.AddrPort())
}

func plainly(ap netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(ap.Addr().Unmap().WithZone(""), ap.Port())
}

package turn

import (
	"errors"
	"net"
	"net/netip"

	"github.com/pion/turn/v5"
)

var (
	errNotMedia = errors.New("turn: not an address we relay to")
	errQuota    = errors.New("turn: too many relays open")
	errOnlyUDP  = errors.New("turn: only UDP is relayed")
	errBroke    = errors.New("turn: broken")
)

// A relay is the far end of one person's relay: a socket that exchanges
// datagrams with our media port alone.
type relay struct {
	*net.UDPConn
	server   *Server
	username string
	name     name
}

// ReadFrom returns the next datagram from our media port, under the address at
// which the browser knows it. What comes from elsewhere is thrown away.
func (r *relay) ReadFrom(b []byte) (n int, from net.Addr, err error) {
	defer r.server.guard("a datagram from media", func() { n, from, err = 0, nil, errBroke })
	for {
		n, sender, err := r.UDPConn.ReadFromUDPAddrPort(b)
		if err != nil {
			return n, nil, err
		}
		sender = netip.AddrPortFrom(sender.Addr().Unmap(), sender.Port())
		for route, local := range r.server.cfg.Routes {
			if local == sender {
				return n, net.UDPAddrFromAddrPort(route), nil
			}
		}
	}
}

// WriteTo sends a datagram to our media port, and nowhere else.
func (r *relay) WriteTo(b []byte, to net.Addr) (n int, err error) {
	defer r.server.guard("a datagram to media", func() { n, err = 0, errBroke })
	udp, ok := to.(*net.UDPAddr)
	if !ok {
		return 0, errNotMedia
	}
	asked := udp.AddrPort()
	local, ok := r.server.cfg.Routes[netip.AddrPortFrom(asked.Addr().Unmap(), asked.Port())]
	if !ok {
		return 0, errNotMedia
	}
	return r.UDPConn.WriteToUDPAddrPort(b, local)
}

// Close closes the relay, and Pion's allocation with it.
func (r *relay) Close() error {
	r.server.mu.Lock()
	delete(r.server.relays, r)
	r.server.mu.Unlock()
	return r.UDPConn.Close()
}

// A generator makes relays for Pion. Quotas are kept here, where a relay is
// counted as it is made, so that no race lets a fifth through.
type generator struct{ server *Server }

// Validate has nothing to find wrong.
func (generator) Validate() error { return nil }

// AllocatePacketConn opens a relay's socket.
func (g generator) AllocatePacketConn(conf turn.AllocateListenerConfig) (socket net.PacketConn, at net.Addr, err error) {
	defer g.server.guard("a new relay", func() { socket, at, err = nil, nil, errBroke })
	return g.allocate(conf)
}

func (g generator) allocate(conf turn.AllocateListenerConfig) (net.PacketConn, net.Addr, error) {
	n, ok := readName(conf.UserID)
	if !ok {
		return nil, nil, errQuota // Pion looking for two ports in a row, which nobody of ours needs
	}
	at, public, ok := g.server.beside(conf.Network == "udp6")
	if !ok {
		return nil, nil, errNotMedia
	}
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(at, 0)))
	if err != nil {
		return nil, nil, err
	}
	r := &relay{UDPConn: conn, server: g.server, username: conf.UserID, name: n}
	if !g.server.admit(r) {
		return nil, nil, errors.Join(errQuota, conn.Close())
	}
	port := conn.LocalAddr().(*net.UDPAddr).AddrPort().Port()
	return r, net.UDPAddrFromAddrPort(netip.AddrPortFrom(public, port)), nil
}

// admit counts a relay, unless there are too many or they were revoked meanwhile.
func (s *Server) admit(r *relay) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	since, revoked := s.revoked[r.name.holder]
	if s.openLocked(r.username) >= maxRelays || revoked && !r.name.made.After(since) {
		return false
	}
	s.relays[r] = struct{}{}
	return true
}

// beside returns an address of our own from which media of that family is
// reached, and what the browser calls it: not loopback, if there is a choice.
func (s *Server) beside(six bool) (local, public netip.Addr, ok bool) {
	for route, to := range s.cfg.Routes {
		if to.Addr().Is4() == six || (ok && to.Addr().IsLoopback()) {
			continue
		}
		local, public, ok = to.Addr(), route.Addr(), true
	}
	return local, public, ok
}

// AllocateListener refuses: relaying TCP is not our business.
func (generator) AllocateListener(turn.AllocateListenerConfig) (net.Listener, net.Addr, error) {
	return nil, nil, errOnlyUDP
}

// AllocateConn refuses: relaying TCP is not our business.
func (generator) AllocateConn(turn.AllocateConnConfig) (net.Conn, error) {
	return nil, errOnlyUDP
}

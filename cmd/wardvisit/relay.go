package main

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/wardvisit/wardvisit/signaling/port"
	"github.com/wardvisit/wardvisit/signaling/ticket"
	"github.com/wardvisit/wardvisit/signaling/turn"
	"github.com/wardvisit/wardvisit/web"
)

// What -turn says in place of an address.
const (
	noRelay     = "off"
	sharedRelay = "shared" // on the TCP port of the pages, and nowhere else
)

// openRelay opens the relay for browsers whose network lets no media through: on
// the port of the pages, in TCP and TLS, and at a port of its own, in UDP and
// TCP. Its credentials are made with a key of their own.
func (s *server) openRelay(key []byte) error {
	if s.cfg.turn == noRelay {
		return nil
	}
	cfg := turn.Config{Key: key, Listeners: []net.Listener{s.port.Relay()}, Routes: s.media.Routes(), Log: s.log, Now: time.Now}
	if s.cfg.turn != sharedRelay {
		var err error
		if cfg.Listen, err = s.openRelayPort(); err != nil {
			return err
		}
		cfg.Listeners = append(cfg.Listeners, s.relayPort.Relay())
	}
	cfg.URLs = s.relayURLs()
	relay, err := turn.New(cfg)
	if err != nil {
		return fmt.Errorf("can't open %s for the relay: choose another with -turn: %w", s.cfg.turn, err)
	}
	s.relay = relay
	if s.relayPort != nil {
		s.serving.Go(func() {
			if err := s.relayPort.Serve(); err != nil {
				s.log.Error("the relay's port", "err", err)
			}
		})
	}
	return nil
}

// openRelayPort opens the relay's own TCP port, and says which UDP address goes
// with it: without a host, of both families.
func (s *server) openRelayPort() (netip.AddrPort, error) {
	at, err := net.ResolveUDPAddr("udp", s.cfg.turn)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("-turn %q is not an address: write host:port, such as :3478, or shared, or off", s.cfg.turn)
	}
	l, err := listen("-turn", s.cfg.turn)
	if err != nil {
		return netip.AddrPort{}, err
	}
	s.relayPort = port.New(port.Config{Listener: l, TLS: s.secure.config, Refused: s.refused})
	host := netip.IPv6Unspecified()
	if ip, ok := netip.AddrFromSlice(at.IP); ok {
		host = ip.Unmap()
	}
	return netip.AddrPortFrom(host, addrPort(l.Addr()).Port()), nil
}

// relayURLs are how browsers reach the relay: by UDP at its own port, and by TCP
// and TLS at the port of the pages, which more networks let through; at its own,
// if nobody reaches that port but through a proxy.
func (s *server) relayURLs() (urls []string) {
	if s.relayPort != nil {
		urls = append(urls, s.relayURL("turn:", addrPort(s.relayPort.Addr()).Port(), "udp"))
	}
	at, reached := s.tcpPort()
	switch {
	case reached:
		urls = append(urls, s.relayURL("turn:", at, "tcp"))
	case s.relayPort != nil:
		urls = append(urls, s.relayURL("turn:", addrPort(s.relayPort.Addr()).Port(), "tcp"))
	}
	if reached && s.secure.config != nil {
		urls = append(urls, s.relayURL("turns:", at, "tcp"))
	}
	return urls
}

func (s *server) relayURL(scheme string, at uint16, over string) string {
	name := s.public.Hostname()
	if name == "localhost" { // which a browser may look for at ::1 alone, where we are not
		name = "127.0.0.1"
	}
	url := scheme + net.JoinHostPort(name, strconv.Itoa(int(at)))
	if over == "" {
		return url
	}
	return url + "?transport=" + over
}

// iceServers are what helps the holder of t through a firewall. Nobody in
// particular may still ask for their own address.
func (s *server) iceServers(t ticket.Ticket) []web.ICEServer {
	if s.relay == nil {
		return nil
	}
	var servers []web.ICEServer
	if s.relayPort != nil { // asking for one's own address is of use in UDP alone
		servers = append(servers, web.ICEServer{URLs: []string{s.relayURL("stun:", addrPort(s.relayPort.Addr()).Port(), "")}})
	}
	if t.Seat == "" {
		return servers
	}
	if c := s.relay.Credential(t); len(c.URLs) > 0 {
		servers = append(servers, web.ICEServer{URLs: slices.Clone(c.URLs), Username: c.Username, Credential: c.Password})
	}
	return servers
}

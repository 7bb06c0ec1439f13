package main

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/wardvisit/wardvisit/signaling/ticket"
	"github.com/wardvisit/wardvisit/signaling/turn"
	"github.com/wardvisit/wardvisit/web"
)

// noRelay is what -turn says when there is to be none.
const noRelay = "off"

// openRelay opens the relay for browsers whose network lets no media through,
// at one port in UDP and TCP. Its credentials are made with a key of their own.
func (s *server) openRelay(key []byte) error {
	if s.cfg.turn == noRelay {
		return nil
	}
	at, err := net.ResolveUDPAddr("udp", s.cfg.turn)
	if err != nil {
		return fmt.Errorf("-turn %q is not an address: write host:port, such as :3478, or off", s.cfg.turn)
	}
	listener, err := net.Listen("tcp", s.cfg.turn)
	if err != nil {
		return fmt.Errorf("can't open %s for the relay: choose another with -turn, or turn it off", s.cfg.turn)
	}
	port := uint16(listener.Addr().(*net.TCPAddr).Port)
	udp := netip.AddrPortFrom(netip.IPv4Unspecified(), port)
	if ip, ok := netip.AddrFromSlice(at.IP); ok {
		udp = netip.AddrPortFrom(ip.Unmap(), port)
	}
	s.relay, err = turn.New(turn.Config{
		Key: key, Listen: udp, Listeners: []net.Listener{listener}, Routes: s.media.Routes(),
		URLs: s.relayURLs("turn:", int(port)), Log: s.log, Now: time.Now,
	})
	if err != nil {
		listener.Close()
		return fmt.Errorf("can't open %s for the relay: %w", s.cfg.turn, err)
	}
	s.relayPort = int(port)
	return nil
}

func (s *server) relayURLs(scheme string, port int) []string {
	name := s.public.Hostname()
	if name == "localhost" { // which a browser may look for at ::1 alone, where we are not
		name = "127.0.0.1"
	}
	host := net.JoinHostPort(name, strconv.Itoa(port))
	if scheme == "stun:" {
		return []string{scheme + host}
	}
	return []string{scheme + host + "?transport=udp", scheme + host + "?transport=tcp"}
}

// iceServers are what helps the holder of t through a firewall. Nobody in
// particular may still ask for their own address.
func (s *server) iceServers(t ticket.Ticket) []web.ICEServer {
	if s.relay == nil {
		return nil
	}
	servers := []web.ICEServer{{URLs: s.relayURLs("stun:", s.relayPort)}}
	if t.Seat == "" {
		return servers
	}
	c := s.relay.Credential(t)
	return append(servers, web.ICEServer{URLs: c.URLs, Username: c.Username, Credential: c.Password})
}

package netlab

import (
	"net/netip"
	"sync"
	"time"
)

// A Rule reports whether a firewall refuses a packet at now. It may be asked by
// both ways of a Link at once.
type Rule func(p Packet, now time.Time) bool

// NoUDP refuses all UDP, as many a workplace does.
func NoUDP(p Packet, _ time.Time) bool { return p.Protocol == UDP }

// NoTCP refuses all TCP: what cuts websockets and pages, and leaves media be.
func NoTCP(p Packet, _ time.Time) bool { return p.Protocol == TCP }

// OnlyTCPTo refuses everything but TCP to and from the given ports of the far
// side.
func OnlyTCPTo(ports ...uint16) Rule {
	open := map[uint16]bool{}
	for _, port := range ports {
		open[port] = true
	}
	return func(p Packet, _ time.Time) bool {
		return p.Protocol != TCP || !open[p.To.Port()] && !open[p.From.Port()]
	}
}

// OnlyWith refuses everything but packets to and from one address: a network
// whose only way out is a proxy.
func OnlyWith(addr netip.Addr) Rule {
	return func(p Packet, _ time.Time) bool { return p.From.Addr() != addr && p.To.Addr() != addr }
}

// UDPDiesAfter refuses a flow of UDP once it has lasted that long, both ways, as
// a firewall does that takes long UDP for something else. Use the same Rule in
// both ways of a Link.
func UDPDiesAfter(d time.Duration) Rule {
	var mu sync.Mutex
	began := map[[2]netip.AddrPort]time.Time{} // guarded by mu
	return func(p Packet, now time.Time) bool {
		if p.Protocol != UDP {
			return false
		}
		flow := [2]netip.AddrPort{p.From, p.To}
		if p.To.Compare(p.From) < 0 {
			flow = [2]netip.AddrPort{p.To, p.From}
		}
		mu.Lock()
		defer mu.Unlock()
		first, known := began[flow]
		if !known {
			began[flow] = now
			return false
		}
		return now.Sub(first) >= d
	}
}

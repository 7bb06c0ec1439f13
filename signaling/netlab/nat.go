package netlab

import (
	"encoding/binary"
	"net/netip"
	"sync"
)

// firstPort is where a NAT begins to give ports out.
const firstPort = 40000

// A NAT hides a place behind one IPv4 address. It is symmetric, the strictest
// kind: it gives each pair of a socket inside and a peer outside a port of its
// own, and lets that peer alone answer to it.
type NAT struct {
	outside netip.Addr

	mu    sync.Mutex
	next  uint16                    // guarded by mu
	byOut map[pair]uint16           // guarded by mu
	byIn  map[answer]netip.AddrPort // guarded by mu
}

// pair is who speaks with whom, seen from inside.
type pair struct {
	protocol uint8
	in, peer netip.AddrPort
}

// answer is what comes back, seen from outside.
type answer struct {
	protocol uint8
	port     uint16
	peer     netip.AddrPort
}

// NewNAT returns a NAT whose address outside is the given one.
func NewNAT(outside netip.Addr) *NAT {
	n := &NAT{outside: outside, next: firstPort}
	n.Forget()
	return n
}

// Outside is the address that is seen from outside.
func (n *NAT) Outside() netip.Addr { return n.outside }

// Forget loses every mapping, as a router does that was switched off and on: what
// comes from outside finds nobody, and what goes out gets another port.
func (n *NAT) Forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.byOut, n.byIn = map[pair]uint16{}, map[answer]netip.AddrPort{}
}

// out rewrites a packet on its way out. It reports false for one that a NAT of
// this kind has no use for.
func (n *NAT) out(b []byte) bool {
	p, transport, ok := parse(b)
	if !ok || !translatable(p, transport) {
		return false
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	key := pair{p.Protocol, p.From, p.To}
	port, known := n.byOut[key]
	if !known {
		if n.next++; n.next < firstPort {
			n.next = firstPort
		}
		port = n.next
		n.byOut[key] = port
		n.byIn[answer{p.Protocol, port, p.To}] = p.From
	}
	rewrite(b, 12, transport, transport, netip.AddrPortFrom(n.outside, port), p.Protocol)
	return true
}

// in rewrites an answer on its way in, and reports false for what is none.
func (n *NAT) in(b []byte) bool {
	p, transport, ok := parse(b)
	if !ok || !translatable(p, transport) || p.To.Addr() != n.outside {
		return false
	}
	n.mu.Lock()
	to, known := n.byIn[answer{p.Protocol, p.To.Port(), p.From}]
	n.mu.Unlock()
	if !known {
		return false
	}
	rewrite(b, 16, transport+2, transport, to, p.Protocol)
	return true
}

// Where UDP and TCP have their checksums, from the beginning of their headers.
const (
	checksumUDP = 6
	checksumTCP = 16
)

// translatable reports whether a packet is whole UDP or TCP of version 4.
func translatable(p Packet, transport int) bool {
	least := transport + checksumUDP + 2
	if p.Protocol == TCP {
		least = transport + checksumTCP + 2
	}
	return p.From.Addr().Is4() && p.From.Port() != 0 && p.Size >= least
}

// rewrite puts an address and a port in their places, and mends both checksums.
func rewrite(b []byte, address, port, transport int, to netip.AddrPort, protocol uint8) {
	was := append([]byte(nil), b[address:address+4]...)
	wasPort := append([]byte(nil), b[port:port+2]...)
	quad := to.Addr().As4()
	copy(b[address:], quad[:])
	binary.BigEndian.PutUint16(b[port:], to.Port())

	mend(b[10:], was, quad[:])
	at := transport + checksumTCP
	if protocol == UDP {
		at = transport + checksumUDP
	}
	sum := b[at:]
	if protocol == UDP && binary.BigEndian.Uint16(sum) == 0 {
		return // it has none
	}
	mend(sum, was, quad[:])
	mend(sum, wasPort, b[port:port+2])
}

// mend changes a checksum for a change in what it sums, as RFC 1624 says.
func mend(sum, was, is []byte) {
	total := uint32(^binary.BigEndian.Uint16(sum))
	for i := 0; i < len(was); i += 2 {
		total += uint32(^binary.BigEndian.Uint16(was[i:])) + uint32(binary.BigEndian.Uint16(is[i:]))
	}
	for total > 0xffff {
		total = total>>16 + total&0xffff
	}
	binary.BigEndian.PutUint16(sum, ^uint16(total))
}

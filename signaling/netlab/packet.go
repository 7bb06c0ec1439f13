package netlab

import (
	"encoding/binary"
	"net/netip"
)

// The protocols that rules and counters tell apart, as IP numbers them.
const (
	ICMP   = 1
	TCP    = 6
	UDP    = 17
	ICMPv6 = 58
)

// A Packet is what a Rule is asked about.
type Packet struct {
	Protocol uint8
	// From and To have ports for UDP and TCP, and 0 for everything else and for
	// all fragments of a packet but the first.
	From, To netip.AddrPort
	Size     int // in bytes, of the whole IP packet
}

const (
	header4     = 20
	header6     = 40
	portsLength = 4
)

// parse reads an IP packet. It reports false for what is none.
func parse(b []byte) (p Packet, transport int, ok bool) {
	if len(b) == 0 {
		return p, 0, false
	}
	p.Size = len(b)
	var from, to netip.Addr
	first := true
	switch b[0] >> 4 {
	case 4:
		transport = int(b[0]&0xf) * 4
		if transport < header4 || len(b) < transport {
			return p, 0, false
		}
		p.Protocol = b[9]
		first = binary.BigEndian.Uint16(b[6:])&0x1fff == 0
		from, to = netip.AddrFrom4([4]byte(b[12:16])), netip.AddrFrom4([4]byte(b[16:20]))
	case 6:
		transport = header6
		if len(b) < transport {
			return p, 0, false
		}
		p.Protocol = b[6]
		from, to = netip.AddrFrom16([16]byte(b[8:24])), netip.AddrFrom16([16]byte(b[24:40]))
	default:
		return p, 0, false
	}
	var ports [2]uint16
	if first && (p.Protocol == UDP || p.Protocol == TCP) && len(b) >= transport+portsLength {
		ports = [2]uint16{binary.BigEndian.Uint16(b[transport:]), binary.BigEndian.Uint16(b[transport+2:])}
	}
	p.From, p.To = netip.AddrPortFrom(from, ports[0]), netip.AddrPortFrom(to, ports[1])
	return p, transport, true
}

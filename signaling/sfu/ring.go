package sfu

const (
	// ringPackets is how many packets a source remembers for repair: about 1.2 s
	// of the most a browser sends (2 Mbit/s), five round trips of a bad network.
	ringPackets = 256
	// ringCell is the longest payload remembered, in bytes. Browsers send 1,200
	// at most.
	ringCell = 1280
)

// A ring remembers the latest packets of a source. It holds no pointers, so the
// garbage collector does not look into it.
type ring struct {
	seq    [ringPackets]uint16
	size   [ringPackets]uint16 // 0: nothing here
	marker [ringPackets]bool
	ts     [ringPackets]uint32
	data   [ringPackets * ringCell]byte
}

func (r *ring) put(p *packet) {
	i := int(p.seq) % ringPackets
	r.size[i] = 0
	if len(p.payload) == 0 || len(p.payload) > ringCell {
		return
	}
	r.seq[i], r.ts[i], r.marker[i] = p.seq, p.ts, p.marker
	r.size[i] = uint16(copy(r.data[i*ringCell:], p.payload))
}

// get returns the packet of that number with its payload copied to buf.
func (r *ring) get(seq uint16, buf []byte) (p packet, ok bool) {
	i := int(seq) % ringPackets
	if r.size[i] == 0 || r.seq[i] != seq || len(buf) < int(r.size[i]) {
		return p, false
	}
	n := copy(buf, r.data[i*ringCell:i*ringCell+int(r.size[i])])
	p = packet{marker: r.marker[i], seq: seq, ts: r.ts[i], payload: buf[:n]}
	p.vp8 = parseVP8(p.payload)
	return p, true
}

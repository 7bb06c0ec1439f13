package sfu

const (
	// ringPackets is how many packets a layer remembers for repair: about 1.2 s
	// of the most a browser sends (2 Mbit/s), five round trips of a bad network.
	ringPackets = 256
	// ringCell is the longest payload remembered, in bytes. Browsers send 1,200
	// at most.
	ringCell = 1280
	// Of sound a few packets are remembered, to be repeated in the next ones, and
	// none that is longer than any voice.
	soundPackets, soundCell = 16, 512
)

// A ring remembers the latest packets of a layer. What it holds has no pointers,
// so the garbage collector does not look into it.
type ring struct {
	cells []cell
	data  []byte
	room  int // bytes for each
}

type cell struct {
	seq    uint16
	size   uint16 // 0: nothing here
	ts     uint32
	marker bool
}

// newRing returns a ring for n packets of so many bytes each. n is a power of two,
// so that numbers go on in it when they begin again at 0.
func newRing(n, room int) *ring {
	return &ring{cells: make([]cell, n), data: make([]byte, n*room), room: room}
}

// put remembers a packet. What is there already stays: of two packets with one
// number the first was sent on, and it alone may be sent again.
func (r *ring) put(p *packet) {
	i := int(p.seq) % len(r.cells)
	c := &r.cells[i]
	if c.size != 0 && int16(p.seq-c.seq) <= 0 {
		return
	}
	c.size = 0
	if len(p.payload) == 0 || len(p.payload) > r.room {
		return
	}
	*c = cell{seq: p.seq, ts: p.ts, marker: p.marker, size: uint16(copy(r.data[i*r.room:], p.payload))}
}

// get returns the packet of that number with its payload copied to buf.
func (r *ring) get(seq uint16, buf []byte) (p packet, ok bool) {
	i := int(seq) % len(r.cells)
	c := r.cells[i]
	if c.size == 0 || c.seq != seq || len(buf) < int(c.size) {
		return p, false
	}
	n := copy(buf, r.data[i*r.room:i*r.room+int(c.size)])
	return packet{marker: c.marker, seq: seq, ts: c.ts, payload: buf[:n]}, true
}

// clear forgets everything.
func (r *ring) clear() { clear(r.cells) }

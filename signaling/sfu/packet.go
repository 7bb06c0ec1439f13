package sfu

import "encoding/binary"

// A packet is what matters of one RTP packet. Its payload belongs to the
// reader's buffer and is good until the next read.
type packet struct {
	marker      bool
	repair      bool // came by repair: it is not as it was sent at first
	payloadType uint8
	seq         uint16
	ts          uint32
	ssrc        uint32
	payload     []byte // without padding; empty in a packet sent only to probe
	wide        uint16 // transport-wide number
	hasWide     bool
	loud        uint8 // dBov below the loudest (RFC 6464)
	hasLoud     bool
	starts      bool // the first packet of a keyframe
	vp8         vp8
	extended    []byte // the header extensions, in the form of profile
	profile     uint16
}

// extensions are the ids of the header extensions that we read, 0 for none.
type extensions struct {
	wide, loud, rid, repairedRID uint8
}

const (
	rtpHeader    = 12 // bytes, without what may follow
	oneByteForm  = 0xBEDE
	twoByteForm  = 0x1000
	twoByteMask  = 0xFFF0
	paddingBit   = 0x20
	extensionBit = 0x10
)

// parse reads an RTP packet that has already been authenticated.
func parse(b []byte, ids *extensions) (p packet, ok bool) {
	if len(b) < rtpHeader || b[0]>>6 != 2 {
		return p, false
	}
	p.marker, p.payloadType = b[1]&0x80 != 0, b[1]&0x7F
	p.seq = binary.BigEndian.Uint16(b[2:])
	p.ts = binary.BigEndian.Uint32(b[4:])
	p.ssrc = binary.BigEndian.Uint32(b[8:])
	at := rtpHeader + 4*int(b[0]&0x0F)
	if b[0]&extensionBit != 0 {
		if len(b) < at+4 {
			return p, false
		}
		p.profile = binary.BigEndian.Uint16(b[at:])
		size := 4 * int(binary.BigEndian.Uint16(b[at+2:]))
		at += 4
		if len(b) < at+size {
			return p, false
		}
		p.extended = b[at : at+size]
		p.readExtensions(ids)
		at += size
	}
	end := len(b)
	if b[0]&paddingBit != 0 {
		end -= int(b[end-1])
	}
	if end < at {
		return p, false
	}
	p.payload = b[at:end]
	return p, true
}

// readExtensions reads those that any packet may have.
func (p *packet) readExtensions(ids *extensions) {
	if ids.wide != 0 {
		if value := p.extension(ids.wide); len(value) == 2 {
			p.wide, p.hasWide = binary.BigEndian.Uint16(value), true
		}
	}
	if ids.loud != 0 {
		// In the two-byte form it may be padded to two.
		if value := p.extension(ids.loud); len(value) == 1 || len(value) == 2 {
			p.loud, p.hasLoud = value[0]&0x7F, true
		}
	}
}

// look reads the payload, of which it is now known how it is coded.
func (p *packet) look(as coding) {
	switch as {
	case vp8Coding:
		p.vp8 = parseVP8(p.payload)
		p.starts = p.vp8.starts
	case h264Coding:
		p.starts = startsH264(p.payload)
	}
}

// extension finds one header extension, in either form of RFC 8285. It is good
// as long as the payload.
func (p *packet) extension(id uint8) []byte {
	b, long := p.extended, p.profile&twoByteMask == twoByteForm
	if p.profile != oneByteForm && !long {
		return nil
	}
	for len(b) > 0 {
		if b[0] == 0 { // padding
			b = b[1:]
			continue
		}
		got, size, head := b[0]>>4, int(b[0]&0x0F)+1, 1
		if long {
			if len(b) < 2 {
				return nil
			}
			got, size, head = b[0], int(b[1]), 2
		} else if got == 15 { // reserved: stop
			return nil
		}
		if len(b) < head+size {
			return nil
		}
		if got == id {
			return b[head : head+size]
		}
		b = b[head+size:]
	}
	return nil
}

package sfu

import "encoding/binary"

// A packet is what matters of one RTP packet. Its payload belongs to the
// reader's buffer and is good until the next read.
type packet struct {
	marker  bool
	seq     uint16
	ts      uint32
	ssrc    uint32
	payload []byte // without padding; empty in a packet sent only to probe

	wide    uint16 // transport-wide number
	hasWide bool

	vp8 vp8 // of video
}

const (
	rtpHeader    = 12 // bytes, without what may follow
	oneByteForm  = 0xBEDE
	twoByteForm  = 0x1000
	twoByteMask  = 0xFFF0
	paddingBit   = 0x20
	extensionBit = 0x10
)

// parse reads an RTP packet that has already been authenticated. wideID is the
// header extension of the transport-wide number, 0 for none.
func parse(b []byte, kind Kind, wideID uint8) (p packet, ok bool) {
	if len(b) < rtpHeader || b[0]>>6 != 2 {
		return p, false
	}
	p.marker = b[1]&0x80 != 0
	p.seq = binary.BigEndian.Uint16(b[2:])
	p.ts = binary.BigEndian.Uint32(b[4:])
	p.ssrc = binary.BigEndian.Uint32(b[8:])
	at := rtpHeader + 4*int(b[0]&0x0F)
	if b[0]&extensionBit != 0 {
		if len(b) < at+4 {
			return p, false
		}
		form, size := binary.BigEndian.Uint16(b[at:]), 4*int(binary.BigEndian.Uint16(b[at+2:]))
		at += 4
		if len(b) < at+size {
			return p, false
		}
		if wideID != 0 {
			p.wide, p.hasWide = findWide(form, b[at:at+size], wideID)
		}
		at += size
	}
	end := len(b)
	if b[0]&paddingBit != 0 && end > 0 {
		end -= int(b[end-1])
	}
	if end < at {
		return p, false
	}
	p.payload = b[at:end]
	if kind == Video {
		p.vp8 = parseVP8(p.payload)
	}
	return p, true
}

// findWide finds the two bytes of one header extension, in either form of RFC 8285.
func findWide(form uint16, b []byte, id uint8) (uint16, bool) {
	long := form&twoByteMask == twoByteForm
	if form != oneByteForm && !long {
		return 0, false
	}
	for len(b) > 0 {
		if b[0] == 0 { // padding
			b = b[1:]
			continue
		}
		got, size, head := b[0]>>4, int(b[0]&0x0F)+1, 1
		if long {
			if len(b) < 2 {
				return 0, false
			}
			got, size, head = b[0], int(b[1]), 2
		} else if got == 15 { // reserved: stop
			return 0, false
		}
		if len(b) < head+size {
			return 0, false
		}
		if got == id && size == 2 {
			return binary.BigEndian.Uint16(b[head:]), true
		}
		b = b[head+size:]
	}
	return 0, false
}

package sfu

import "encoding/binary"

// vp8 is what matters of a VP8 payload descriptor (RFC 7741, 4.2). The offsets
// are into the payload, 0 for what is not there.
type vp8 struct {
	starts bool   // the first packet of a keyframe
	height uint16 // of a keyframe's picture; 0 if not told

	pictureAt int    // of a picture id of 15 bits; shorter ones are left alone
	picture   uint16 // 15 bits
	levelAt   int    // of TL0PICIDX
	level     uint8
}

const (
	pictureBits = 0x7FFF
	longPicture = 0x8000
)

func parseVP8(b []byte) (v vp8) {
	if len(b) < 1 {
		return v
	}
	at := 1
	if b[0]&0x80 != 0 { // X: there are more fields
		if len(b) < 2 {
			return v
		}
		fields := b[1]
		at = 2
		if fields&0x80 != 0 { // I: a picture id
			switch {
			case len(b) < at+1:
				return v
			case b[at]&0x80 == 0:
				at++
			case len(b) < at+2:
				return v
			default:
				v.pictureAt = at
				v.picture = binary.BigEndian.Uint16(b[at:]) & pictureBits
				at += 2
			}
		}
		if fields&0x40 != 0 { // L: TL0PICIDX
			if len(b) < at+1 {
				return v
			}
			v.levelAt, v.level = at, b[at]
			at++
		}
		if fields&0x30 != 0 { // T or K: one byte for both
			at++
		}
	}
	firstOfFrame := b[0]&0x10 != 0 && b[0]&0x07 == 0 // S, in partition 0
	v.starts = firstOfFrame && len(b) > at && b[at]&0x01 == 0
	if v.starts {
		v.height = keyframeHeight(b[at:])
	}
	return v
}

// keyframeHeight reads a keyframe's header (RFC 6386, 9.1): a tag of three bytes,
// a code of three, width and height of 14 bits each.
func keyframeHeight(b []byte) uint16 {
	if len(b) < 10 || b[3] != 0x9D || b[4] != 0x01 || b[5] != 0x2A {
		return 0
	}
	return binary.LittleEndian.Uint16(b[8:]) & 0x3FFF
}

// shift rewrites, in place, the picture id and the level of a payload of which
// v is the descriptor.
func (v vp8) shift(payload []byte, picture uint16, level uint8) {
	if v.pictureAt != 0 {
		binary.BigEndian.PutUint16(payload[v.pictureAt:], longPicture|(v.picture+picture)&pictureBits)
	}
	if v.levelAt != 0 {
		payload[v.levelAt] = v.level + level
	}
}

package signalingtest

import (
	"encoding/binary"
	"time"
)

// A Stamp is what a Browser sends in the place of sound and picture.
type Stamp struct {
	From  uint32    // the ID of the Browser that sent it
	Layer uint8     // of the picture: 0 is the lowest
	At    time.Time // when
}

const (
	stampMagic = 0x57565354
	stampSize  = 17
	vp8Header  = 6  // bytes of payload descriptor, as browsers send: X, I (15 bits), L, T
	vp8Frame   = 10 // bytes of a keyframe's header; others here have as many
)

func (s Stamp) put(b []byte) {
	binary.BigEndian.PutUint32(b, stampMagic)
	binary.BigEndian.PutUint32(b[4:], s.From)
	binary.BigEndian.PutUint64(b[8:], uint64(s.At.UnixNano()))
	b[16] = s.Layer
}

func readStamp(b []byte) (Stamp, bool) {
	if len(b) < stampSize || binary.BigEndian.Uint32(b) != stampMagic {
		return Stamp{}, false
	}
	at := time.Unix(0, int64(binary.BigEndian.Uint64(b[8:])))
	return Stamp{From: binary.BigEndian.Uint32(b[4:]), Layer: b[16], At: at}, true
}

// putVP8 writes a payload descriptor and the header of the frame.
func putVP8(b []byte, first, key bool, height int, picture uint16, level uint8) {
	b[0] = 0x80
	if first {
		b[0] |= 0x10
	}
	b[1] = 0xE0
	binary.BigEndian.PutUint16(b[2:], 0x8000|picture)
	b[4], b[5] = level, 0
	frame := b[vp8Header:]
	frame[0], frame[1], frame[2] = 1, 0, 0 // not a keyframe
	if key {
		frame[0] = 0
	}
	frame[3], frame[4], frame[5] = 0x9D, 0x01, 0x2A
	binary.LittleEndian.PutUint16(frame[6:], uint16(height*16/9))
	binary.LittleEndian.PutUint16(frame[8:], uint16(height))
}

// readVP8 reads what putVP8 wrote.
func readVP8(b []byte) (first, key bool, picture uint16, rest []byte, ok bool) {
	if len(b) < vp8Header+vp8Frame || b[1] != 0xE0 {
		return false, false, 0, nil, false
	}
	first = b[0]&0x10 != 0
	return first, first && b[vp8Header]&1 == 0, binary.BigEndian.Uint16(b[2:]) & 0x7FFF, b[vp8Header+vp8Frame:], true
}

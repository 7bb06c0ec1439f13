package port

import "encoding/binary"

// A kind is what a connection turns out to be.
type kind int

const (
	unsure kind = iota // more bytes are needed
	junk
	secure // TLS, with anything inside
	pages
	relay
	media
)

const (
	// mostHead is how many first bytes are ever needed.
	mostHead = 10
	// cookie is what stands in every STUN message, after its type and length.
	cookie = 0x2112A442
	// recordHandshake begins a TLS connection, and 3 is the major version of
	// every one there has been.
	recordHandshake, tlsMajor = 0x16, 3
	// firstNotSTUN: the two highest bits of a STUN message are zero. In a frame
	// its length comes first, of which the same is true.
	firstNotSTUN = 0x40
)

// tell says what a connection that begins with head is.
func tell(head []byte) kind {
	switch {
	case len(head) == 0:
		return unsure
	case head[0] >= 'A' && head[0] <= 'Z':
		return pages
	case head[0] >= firstNotSTUN:
		return junk
	case head[0] == recordHandshake && (len(head) < 2 || head[1] == tlsMajor):
		if len(head) < 2 {
			return unsure
		}
		return secure
	case len(head) >= 8 && binary.BigEndian.Uint32(head[4:]) == cookie:
		return relay
	case len(head) < mostHead:
		return unsure
	case binary.BigEndian.Uint32(head[6:]) == cookie:
		return media
	}
	return junk
}

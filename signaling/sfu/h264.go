package sfu

// NAL unit types of H.264 (ITU-T H.264, table 7-1) and of its packets (RFC 6184, 5.2).
const (
	nalIDR   = 5
	nalSPS   = 7
	nalSTAPA = 24
	nalFUA   = 28
)

// startsH264 reports whether a payload is the first of a keyframe: one with
// which a decoder that knows nothing can begin. Browsers send the parameter sets
// before each IDR picture, together in one packet or each in its own; the first
// packet is the one with the SPS. An IDR picture alone does not do for a decoder
// that has not seen its parameters.
func startsH264(b []byte) bool {
	if len(b) < 2 {
		return false
	}
	switch b[0] & 0x1F {
	case nalSPS:
		return true
	case nalSTAPA:
		return aggregatesSPS(b[1:])
	case nalFUA:
		return b[1]&0x80 != 0 && b[1]&0x1F == nalSPS // an SPS, in parts
	}
	return false
}

// aggregatesSPS reports whether there is an SPS among the units of a STAP-A.
func aggregatesSPS(b []byte) bool {
	for len(b) > 2 {
		size := int(b[0])<<8 | int(b[1])
		if b = b[2:]; size == 0 || size > len(b) {
			return false
		}
		if b[0]&0x1F == nalSPS {
			return true
		}
		b = b[size:]
	}
	return false
}

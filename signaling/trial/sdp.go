package trial

import (
	"fmt"
	"strings"
)

// readOffer refuses what no page of ours offers: more than a few thousand
// characters, more than one section, or one that sends.
func readOffer(offer string) error {
	if len(offer) > maxOffer {
		return fmt.Errorf("%w: %d bytes", ErrBadOffer, len(offer))
	}
	sections, receives := 0, false
	for line := range strings.Lines(offer) {
		line = strings.TrimRight(line, "\r\n")
		if strings.HasPrefix(line, "m=") {
			sections++
		}
		receives = receives || line == "a=recvonly"
	}
	if sections != 1 || !receives {
		return fmt.Errorf("%w: not one section to receive in", ErrBadOffer)
	}
	return nil
}

// only leaves in an answer the addresses of one path, and reports whether there
// are any. By a relay we are reached over UDP, whatever leads to the relay.
func only(path Path, answer string) (kept string, offered bool) {
	want := "udp"
	if path == TCP {
		want = "tcp"
	}
	var b strings.Builder
	for line := range strings.Lines(answer) {
		if candidate, is := strings.CutPrefix(line, "a=candidate:"); is {
			if protocol(candidate) != want {
				continue
			}
			offered = true
		}
		b.WriteString(line)
	}
	return b.String(), offered
}

// protocol is the third word of a candidate (RFC 8839, section 5.1).
func protocol(candidate string) string {
	words := strings.Fields(candidate)
	if len(words) < 3 {
		return ""
	}
	return strings.ToLower(words[2])
}

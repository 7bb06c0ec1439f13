package sfu

import (
	"fmt"
	"strings"

	"github.com/pion/sdp/v3"
)

// A plan is what an offer asks for.
type plan struct {
	sends [kinds]bool // a section to send in
	slots [kinds]int  // sections to receive in
	mids  []string    // of all sections, in order
	sdp   string      // the offer without what we do not take from it
}

// readOffer reads and checks an offer. It throws away its candidates: we answer
// the address that checks come from, and no other.
func readOffer(offer string, maxSlots int) (plan, error) {
	var desc sdp.SessionDescription
	if err := desc.UnmarshalString(offer); err != nil {
		return plan{}, fmt.Errorf("%w: not SDP", ErrBadOffer)
	}
	if _, lite := desc.Attribute(sdp.AttrKeyICELite); lite {
		return plan{}, fmt.Errorf("%w: both ends ICE-lite", ErrBadOffer)
	}
	if limit := int(kinds) * (maxSlots + 1); len(desc.MediaDescriptions) > limit || len(desc.MediaDescriptions) == 0 {
		return plan{}, fmt.Errorf("%w: %d sections", ErrBadOffer, len(desc.MediaDescriptions))
	}
	var p plan
	seen := map[string]bool{}
	desc.Attributes = withoutCandidates(desc.Attributes)
	for _, section := range desc.MediaDescriptions {
		mid, _ := section.Attribute(sdp.AttrKeyMID)
		if mid == "" || len(mid) > 16 || seen[mid] {
			return plan{}, fmt.Errorf("%w: a section without a mid of its own", ErrBadOffer)
		}
		seen[mid] = true
		p.mids = append(p.mids, mid)
		if err := p.take(section); err != nil {
			return plan{}, err
		}
		section.Attributes = withoutCandidates(section.Attributes)
	}
	if p.slots[Audio] > maxSlots || p.slots[Video] > maxSlots {
		return plan{}, fmt.Errorf("%w: too many slots", ErrBadOffer)
	}
	written, err := desc.Marshal()
	if err != nil {
		return plan{}, fmt.Errorf("%w: not SDP", ErrBadOffer)
	}
	p.sdp = string(written)
	return p, nil
}

// take adds one section to the plan.
func (p *plan) take(section *sdp.MediaDescription) error {
	kind, codec := Audio, "opus/48000/2"
	switch section.MediaName.Media {
	case "audio":
	case "video":
		kind, codec = Video, "vp8/90000"
	default:
		return fmt.Errorf("%w: a section of %d bytes of neither kind", ErrBadOffer, len(section.MediaName.Media))
	}
	if _, several := section.Attribute("simulcast"); several {
		return fmt.Errorf("%w: simulcast", ErrBadOffer)
	}
	if !hasCodec(section, codec) {
		return fmt.Errorf("%w: %s without %s", ErrBadOffer, kind, codec)
	}
	switch direction(section) {
	case sdp.AttrKeyRecvOnly:
		p.slots[kind]++
	case sdp.AttrKeySendRecv, sdp.AttrKeySendOnly:
		if p.sends[kind] {
			return fmt.Errorf("%w: two sections sending %s", ErrBadOffer, kind)
		}
		p.sends[kind] = true
	default:
		return fmt.Errorf("%w: a section for nothing", ErrBadOffer)
	}
	return nil
}

func direction(section *sdp.MediaDescription) string {
	for _, key := range []string{sdp.AttrKeyRecvOnly, sdp.AttrKeySendOnly, sdp.AttrKeyInactive} {
		if _, ok := section.Attribute(key); ok {
			return key
		}
	}
	return sdp.AttrKeySendRecv // what SDP means by none
}

func hasCodec(section *sdp.MediaDescription, codec string) bool {
	for _, a := range section.Attributes {
		if a.Key != "rtpmap" {
			continue
		}
		if _, name, _ := strings.Cut(a.Value, " "); strings.EqualFold(strings.TrimSpace(name), codec) {
			return true
		}
	}
	return false
}

func withoutCandidates(attributes []sdp.Attribute) []sdp.Attribute {
	kept := attributes[:0]
	for _, a := range attributes {
		if !a.IsICECandidate() && a.Key != sdp.AttrKeyEndOfCandidates {
			kept = append(kept, a)
		}
	}
	return kept
}

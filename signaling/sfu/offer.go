package sfu

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pion/sdp/v3"
)

// A plan is what an offer asks for.
type plan struct {
	sends [kinds]bool // a section to send in
	slots [kinds]int  // sections to receive in
	mids  []string    // of all sections, in order
	rids  []string    // of the layers of the picture, none if it has but one
	sdp   string      // the offer without what we do not take from it
}

// readOffer reads and checks an offer. It throws away its candidates: we answer
// the address that checks come from, and no other.
func readOffer(offer string, codec Codec, maxSlots int) (plan, error) {
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
		if err := p.take(section, codec); err != nil {
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
func (p *plan) take(section *sdp.MediaDescription, codec Codec) error {
	kind, has := Audio, hasCodec(section, "opus/48000/2", "")
	switch section.MediaName.Media {
	case "audio":
	case "video":
		kind, has = Video, hasCodec(section, codec.name(), codec.must())
	default:
		return fmt.Errorf("%w: a section of %d bytes of neither kind", ErrBadOffer, len(section.MediaName.Media))
	}
	if !has {
		return fmt.Errorf("%w: %s without its codec", ErrBadOffer, kind)
	}
	if kind == Audio {
		askOfSound(section)
	}
	switch direction(section) {
	case sdp.AttrKeyRecvOnly:
		p.slots[kind]++
	case sdp.AttrKeySendRecv, sdp.AttrKeySendOnly:
		if p.sends[kind] {
			return fmt.Errorf("%w: two sections sending %s", ErrBadOffer, kind)
		}
		p.sends[kind] = true
		return p.takeLayers(section, kind)
	default:
		return fmt.Errorf("%w: a section for nothing", ErrBadOffer)
	}
	if hasLayers(section) {
		return fmt.Errorf("%w: layers to receive", ErrBadOffer)
	}
	return nil
}

// askOfSound has Pion answer with our parameters of Opus: it would repeat those
// of the offer, which are what the browser asks of us.
func askOfSound(section *sdp.MediaDescription) {
	for _, a := range section.Attributes {
		number, name, _ := strings.Cut(a.Value, " ")
		if a.Key != "rtpmap" || !strings.HasPrefix(strings.ToLower(name), "opus/") {
			continue
		}
		section.Attributes = slices.DeleteFunc(slices.Clone(section.Attributes), func(a sdp.Attribute) bool {
			of, _, _ := strings.Cut(a.Value, " ")
			return a.Key == "fmtp" && of == number
		})
		section.Attributes = append(section.Attributes, sdp.NewAttribute("fmtp", number+" "+soundCodec.SDPFmtpLine))
		return
	}
}

func hasLayers(section *sdp.MediaDescription) bool {
	_, simulcast := section.Attribute("simulcast")
	_, rid := section.Attribute("rid")
	return simulcast || rid
}

// takeLayers reads what layers a picture is to have. Only "a=simulcast:send" with
// the names of PROTOCOL.md will do; a layer that begins paused, "~h", is a layer.
func (p *plan) takeLayers(section *sdp.MediaDescription, kind Kind) error {
	if !hasLayers(section) {
		return nil
	}
	value, _ := section.Attribute("simulcast")
	list, isSend := strings.CutPrefix(value, "send ")
	if !isSend || kind != Video || strings.Contains(list, " ") {
		return fmt.Errorf("%w: layers of no use", ErrBadOffer)
	}
	for rid := range strings.SplitSeq(list, ";") {
		rid = strings.TrimPrefix(rid, "~")
		if _, known := ranks[rid]; !known || slices.Contains(p.rids, rid) {
			return fmt.Errorf("%w: unknown layers", ErrBadOffer)
		}
		p.rids = append(p.rids, rid)
	}
	named := 0
	for _, a := range section.Attributes {
		if a.Key != "rid" {
			continue
		}
		named++
		rid, rest, _ := strings.Cut(a.Value, " ")
		if way, _, _ := strings.Cut(rest, " "); way != "send" || !slices.Contains(p.rids, rid) {
			return fmt.Errorf("%w: unknown layers", ErrBadOffer)
		}
	}
	if named != len(p.rids) {
		return fmt.Errorf("%w: layers without names", ErrBadOffer)
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

// hasCodec reports whether a section offers a codec with a parameter, if any is
// needed.
func hasCodec(section *sdp.MediaDescription, codec, parameter string) bool {
	for _, a := range section.Attributes {
		number, name, _ := strings.Cut(a.Value, " ")
		if a.Key != "rtpmap" || !strings.EqualFold(strings.TrimSpace(name), codec) {
			continue
		}
		if parameter == "" || strings.Contains(parameters(section, number), parameter) {
			return true
		}
	}
	return false
}

// parameters returns the format parameters of a payload type.
func parameters(section *sdp.MediaDescription, number string) string {
	for _, a := range section.Attributes {
		if of, value, _ := strings.Cut(a.Value, " "); a.Key == "fmtp" && of == number {
			return value
		}
	}
	return ""
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

package sfu

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"
)

// terms are what was agreed about packets that a browser sends.
type terms struct {
	codings [128]coding // by payload type
	repair  [128]bool   // payload types of retransmissions
	ids     extensions
}

// readAnswer reads from our own answer what was agreed: Pion makes the answer, and
// what is in it is what the browser goes by.
func readAnswer(answer string, codec Codec) (t terms, err error) {
	var desc sdp.SessionDescription
	if err := desc.UnmarshalString(answer); err != nil {
		return t, fmt.Errorf("sfu: read our answer: %w", err)
	}
	for _, section := range desc.MediaDescriptions {
		if direction(section) != sdp.AttrKeyRecvOnly {
			continue // one of ours to send in
		}
		for _, a := range section.Attributes {
			switch a.Key {
			case "rtpmap":
				t.takeCodec(a.Value, codec)
			case sdp.AttrKeyExtMap:
				t.takeExtension(a.Value)
			}
		}
	}
	return t, nil
}

func (t *terms) takeCodec(value string, codec Codec) {
	number, name, _ := strings.Cut(value, " ")
	n, err := strconv.ParseUint(number, 10, 7)
	if err != nil {
		return
	}
	switch name = strings.ToLower(name); {
	case strings.HasPrefix(name, "opus/"):
		t.codings[n] = opus
	case strings.HasPrefix(name, "red/48000"):
		t.codings[n] = repeatedOpus
	case strings.HasPrefix(name, codec.name()):
		t.codings[n] = codec.coding()
	case strings.HasPrefix(name, "rtx/90000"):
		t.repair[n] = true
	}
}

func (t *terms) takeExtension(value string) {
	id, uri, _ := strings.Cut(value, " ")
	id, _, _ = strings.Cut(id, "/") // without its direction
	n, err := strconv.ParseUint(id, 10, 8)
	if err != nil {
		return
	}
	switch uri {
	case sdp.TransportCCURI:
		t.ids.wide = uint8(n)
	case sdp.AudioLevelURI:
		t.ids.loud = uint8(n)
	case sdp.SDESRTPStreamIDURI:
		t.ids.rid = uint8(n)
	case sdp.SDESRepairRTPStreamIDURI:
		t.ids.repairedRID = uint8(n)
	}
}

package signaling

import (
	"github.com/wardvisit/wardvisit/signaling/sfu"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// codecOf is how the pictures of a ticket's room are coded: "" for a codec that
// is none of ours.
func codecOf(t ticket.Ticket) sfu.Codec {
	switch codec := sfu.Codec(t.Codec); codec {
	case "":
		return sfu.VP8
	case sfu.VP8, sfu.H264:
		return codec
	}
	return ""
}

// agrees reports whether a ticket's pictures are coded as this room's are: as the
// first ticket said, while anybody is here.
func (r *Room) agrees(t ticket.Ticket) bool {
	codec := codecOf(t)
	if len(r.seats) == 0 && len(r.arriving) == 0 {
		r.codec = codec
	}
	return codec != "" && codec == r.codec
}

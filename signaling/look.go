package signaling

import (
	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/sfu"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// maxLookers is how many staff may be in a room only to look at who waits. They
// are nobody's visitors, and take nobody's place.
const maxLookers = 2

// look has s, who is staff, see and hear somebody who waits, alone.
func (r *Room) look(s *seat, request protocol.Look) {
	if s.ticket.Role != ticket.Staff || request.Seat != "" && !r.mayBeSeen(s, r.seats[request.Seat]) {
		s.tell(protocol.Refused{Code: protocol.NotAllowed, Frame: request.Type()})
		return
	}
	s.looking = request.Seat
	r.arrange()
}

// mayBeSeen reports whether staff may look at somebody: who waits, and can be
// told of it, and is neither of the ward nor the patient's side.
func (r *Room) mayBeSeen(staff, who *seat) bool {
	return who != nil && who != staff && who.standing != protocol.Admitted && who.conn != nil &&
		who.ticket.Role != ticket.Staff && who.ticket.Role != ticket.Patient
}

// arrangeLooks ends each look that may not go on, and tells those who wait
// whether anybody looks at them. It comes before what flows is arranged, so that
// nobody is seen before they are told.
func (r *Room) arrangeLooks() {
	seen := map[string]bool{}
	for _, s := range r.seats {
		if s.looking == "" {
			continue
		}
		if s.conn == nil || !r.mayBeSeen(s, r.seats[s.looking]) {
			s.looking = ""
			continue
		}
		seen[s.looking] = true
	}
	for id, s := range r.seats {
		if s.standing == protocol.Admitted {
			s.told.looked = false
			continue
		}
		if s.conn != nil && s.told.looked != seen[id] {
			s.told.looked = seen[id]
			s.tell(protocol.Looked{On: seen[id]})
		}
	}
}

// showLook has s, who is outside the visit, see whom they look at and nobody else:
// not the patient's side, nor it them. Others who wait see nobody at all.
func (r *Room) showLook(s *seat) {
	who := r.seats[s.looking]
	clear(s.shown)
	if who != nil && len(s.shown) > 0 {
		s.shown[0] = s.looking
	}
	r.want(s)
	for i := range s.shown {
		for _, kind := range []sfu.Kind{sfu.Audio, sfu.Video} {
			var from *sfu.Peer
			if i == 0 && who != nil && who.on(kind) {
				from = who.media
			}
			s.media.Show(i, kind, from)
		}
	}
}

// hasPlace reports whether one more of a role may come in.
func (r *Room) hasPlace(role ticket.Role) bool {
	lookers, others := 0, 0
	for _, s := range r.seats {
		if s.ticket.Role == ticket.Staff && s.standing != protocol.Admitted {
			lookers++
		} else {
			others++
		}
	}
	for _, s := range r.arriving {
		if s.ticket.Role == ticket.Staff {
			lookers++
		} else {
			others++
		}
	}
	if role == ticket.Staff {
		return lookers < maxLookers
	}
	return others < r.server.cfg.Capacity
}

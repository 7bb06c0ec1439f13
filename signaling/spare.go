package signaling

import "github.com/wardvisit/wardvisit/signaling/protocol"

// saySparing tells s whether to send less, since somebody to whom it goes has a
// narrow network, if that has changed.
func (r *Room) saySparing(s *seat, narrow bool) {
	on := narrow && s.standing == protocol.Admitted
	if s.conn != nil && s.told.sparing != on {
		s.told.sparing = on
		s.tell(protocol.Sparing{On: on})
	}
}

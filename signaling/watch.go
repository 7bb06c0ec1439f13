package signaling

import (
	"time"

	"github.com/wardvisit/wardvisit/signaling/protocol"
)

const (
	// watchEvery is how often a room looks at what comes from its people: a
	// syllable.
	watchEvery = 200 * time.Millisecond
	// lobbyFor is the longest that anybody is kept waiting: longer than any visit,
	// and a phone forgotten in a pocket does not hold a place for a day.
	lobbyFor = 2 * time.Hour
)

// watch does what no frame and no order brings about. What goes wrong with one
// person ends that person's time alone.
func (r *Room) watch() {
	now := r.server.cfg.Now()
	for _, s := range r.seats {
		r.safely(task{s, func() { r.watchOver(s, now) }})
	}
	r.safely(task{nil, func() { r.saySpeaking(now) }})
}

func (r *Room) watchOver(s *seat, now time.Time) {
	if s.standing != protocol.Admitted && now.Sub(s.stoodAt) >= lobbyFor {
		r.dismiss(s, protocol.Waited)
		r.arrange()
		return
	}
	activity := s.media.Activity()
	r.listen(s, activity, now)
	r.examine(s, activity, now)
	r.saySparing(s, s.media.Sparing())
}

package signaling

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// rollEvery is how often it is asked who may be here still. Whoever may not is gone
// within five seconds: this, what the answer takes, and some.
const rollEvery = 2 * time.Second

// A roll lists everybody, in whatever room, who came by a login that may end while
// they are here: a member of staff who signs out, an iPad that is lost. It is asked
// about by the clock rather than told, since a login also ends by itself, or at the
// hand of another process.
type roll struct {
	mu      sync.Mutex
	here    map[*seat]*Room // guarded by mu
	calling bool            // guarded by mu; a goroutine calls the roll
}

// list puts somebody who has sat down on the roll, if they came by a login.
func (s *Server) list(r *Room, who *seat) {
	if who.ticket.Login == "" {
		return
	}
	s.roll.mu.Lock()
	defer s.roll.mu.Unlock()
	if s.roll.here == nil {
		s.roll.here = map[*seat]*Room{}
	}
	s.roll.here[who] = r
	if !s.roll.calling && s.begin() {
		s.roll.calling = true
		go s.callRoll()
	}
}

// strike takes somebody off it who has gone.
func (l *roll) strike(who *seat) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.here, who)
}

// all are those on the roll. When there is nobody, whoever calls it stops.
func (l *roll) all() []ticket.Ticket {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calling = len(l.here) > 0
	var all []ticket.Ticket
	for who := range l.here {
		all = append(all, who.ticket)
	}
	return all
}

// find is who came by one of some tickets.
func (l *roll) find(tickets []ticket.Ticket) map[*seat]*Room {
	l.mu.Lock()
	defer l.mu.Unlock()
	found := map[*seat]*Room{}
	for who, room := range l.here {
		if slices.ContainsFunc(tickets, func(t ticket.Ticket) bool { return t.ID == who.ticket.ID }) {
			found[who] = room
		}
	}
	return found
}

// callRoll sends away who may not be here any more, until nobody is on the roll or
// the server stops.
func (s *Server) callRoll() {
	defer s.running.Done()
	tick := time.NewTicker(rollEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-s.ctx.Done():
			return
		}
		here := s.roll.all()
		if len(here) == 0 {
			return
		}
		s.sendAway(s.gone(here))
	}
}

// gone asks who is to go. Nobody does because the book could not be read: what broke
// there has taken no right from anybody.
func (s *Server) gone(here []ticket.Ticket) (gone []ticket.Ticket) {
	defer func() {
		if fault := recover(); fault != nil {
			s.cfg.Log.Error("attendance broke", "fault", fault)
		}
	}()
	ctx, cancel := context.WithTimeout(s.ctx, attendWithin)
	defer cancel()
	gone, err := s.cfg.Attendance.Gone(ctx, here)
	if err != nil && s.ctx.Err() == nil {
		s.cfg.Log.Error("the book did not say who may stay", "err", err)
	}
	return gone
}

func (s *Server) sendAway(gone []ticket.Ticket) {
	for who, room := range s.roll.find(gone) {
		room.post(who, func() {
			if room.seats[who.ticket.Seat] == who {
				room.dismiss(who, protocol.Revoked)
				room.arrange()
			}
		})
	}
}

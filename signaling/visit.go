package signaling

import (
	"cmp"
	"maps"
	"slices"

	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/sfu"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// hear does what somebody seated asks. c is the socket it came by; what an
// older one says no longer counts.
func (r *Room) hear(s *seat, c *conn, request protocol.Request) {
	if r.seats[s.ticket.Seat] != s || s.conn != c {
		return
	}
	switch request := request.(type) {
	case protocol.State:
		s.audio, s.video = request.Audio, request.Video
		r.arrange()
	case protocol.Pin:
		s.pinned = request.Seat
		r.arrange()
	case protocol.View:
		s.drawing = drawn(request)
		r.want(s)
	case protocol.Line:
		r.write(s, request)
	case protocol.Look:
		r.look(s, request)
	case protocol.Cover:
		if r.atBed(s, request) {
			r.coverBed(s, request.Covered)
		}
	case protocol.Finish:
		if r.atBed(s, request) {
			r.clerk.finish(s.ticket)
			r.finish(protocol.Finished)
		}
	case protocol.Leave:
		r.dismiss(s, protocol.HasLeft)
		r.arrange()
	case protocol.Stats:
		r.note(s, request)
	}
}

// coverBed does what the patient's side asks: to cover it at once, and to uncover
// it when the book agrees, unless something else was decided meanwhile.
func (r *Room) coverBed(s *seat, covered bool) {
	if covered {
		r.cover(true)
		r.clerk.cover(s.ticket, true, func() {})
		return
	}
	r.covers++
	this := r.covers
	r.clerk.cover(s.ticket, false, func() {
		r.post(nil, func() {
			if r.covers == this {
				r.cover(false)
			}
		})
	})
}

// cover is what has been decided last of the patient's side.
func (r *Room) cover(covered bool) {
	r.covers++
	r.covered, r.coverTold = covered, true
	r.arrange()
}

// atBed reports whether s is the patient's side, and tells it no if it is not.
func (r *Room) atBed(s *seat, request protocol.Request) bool {
	if s.ticket.Role == ticket.Patient {
		return true
	}
	s.tell(protocol.Refused{Code: protocol.NotAllowed, Frame: request.Type()})
	return false
}

func (r *Room) note(s *seat, stats protocol.Stats) {
	now := r.server.cfg.Now()
	if now.Sub(s.reported) < statsEvery {
		return
	}
	s.reported = now
	if s.first {
		stats.First = 0 // it counts once
	}
	s.first = s.first || stats.First > 0
	r.server.metrics.report(stats, s.media.Report())
	before := s.plight
	s.plight.dark, s.plight.deaf = stats.Dark > 0, stats.Deaf > 0
	r.count(s, before)
}

// mayRestart returns the connection of s for an ICE restart; nil, with no code,
// if the offer is out of order.
func (r *Room) mayRestart(s *seat, c *conn, seq int) (*sfu.Peer, protocol.Code) {
	now := r.server.cfg.Now()
	switch {
	case r.seats[s.ticket.Seat] != s || s.conn != c || seq <= s.seq:
		return nil, ""
	case now.Sub(s.restarted) < restartEvery:
		return nil, protocol.TooSoon
	}
	s.seq, s.restarted = seq, now
	return s.media, ""
}

// mediaChanged notes how a connection fares; of is the socket that it was made
// on, which tells it from a later one.
func (r *Room) mediaChanged(s *seat, of *conn, state sfu.State) {
	if r.seats[s.ticket.Seat] != s || s.mediaOf != of {
		return
	}
	s.up = state == sfu.Connected
	s.wasUp = s.wasUp || s.up
	r.arrange()
}

// stand moves s to another standing. Who is held is cut off before they are told.
func (r *Room) stand(s *seat, standing string) {
	if s.standing == standing {
		return
	}
	r.settle(s, standing)
	if standing != protocol.Admitted {
		r.finishLine(s)
		r.arrange()
		s.tell(protocol.Standing{Standing: standing})
		return
	}
	s.tell(protocol.Standing{Standing: standing})
	r.arrange()
	r.recall(s)
}

// settle notes where s stands from now on.
func (r *Room) settle(s *seat, standing string) {
	if s.told.looked { // nobody is looked at who is let in, or until they are told anew
		s.told.looked = false
		s.tell(protocol.Looked{})
	}
	s.standing, s.stoodAt, s.looking = standing, r.server.cfg.Now(), ""
	s.told.people, s.told.slots, s.told.speaking = "", "", nil
	if standing == protocol.Admitted {
		r.words.letIn(s.ticket.Seat)
		r.letIn[s.ticket.Seat] = s.ticket.Browser
	} else {
		r.words.sendOut(s.ticket.Seat)
	}
}

// arrange makes everything so that follows from who is here and where they
// stand: what flows to whom, and what each is told. It is called after every
// change, and does nothing where nothing has changed.
func (r *Room) arrange() {
	r.arrangeLooks()
	admitted := r.admitted()
	everybody := slices.Collect(maps.Values(r.seats))
	outside := func(s *seat) {
		if !s.inVisit() {
			r.showLook(s)
		}
	}
	inside := func(s *seat) {
		if s.inVisit() {
			r.show(s, admitted)
		}
	}
	if r.each(everybody, outside) && r.each(admitted, inside) {
		r.each(everybody, func(s *seat) { r.inform(s, admitted) })
	}
}

// each does something for each of seats. What goes wrong for one of them ends
// that person's time alone; all has been arranged anew then, without them, and
// each returns false.
func (r *Room) each(seats []*seat, do func(*seat)) bool {
	here := len(r.seats)
	for _, s := range seats {
		if r.safely(task{s, func() { do(s) }}); len(r.seats) != here {
			return false
		}
	}
	return true
}

// admitted are those in the visit: the patient's side first, since it is who
// everyone came to see, then in the order they came.
func (r *Room) admitted() []*seat {
	var all []*seat
	for _, s := range r.seats {
		if s.standing == protocol.Admitted {
			all = append(all, s)
		}
	}
	rank := func(s *seat) int {
		if s.ticket.Role == ticket.Patient {
			return 0
		}
		return 1
	}
	slices.SortFunc(all, func(a, b *seat) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.place, b.place))
	})
	return all
}

// show has each slot of s show whom it should.
func (r *Room) show(s *seat, admitted []*seat) {
	var others []string
	for _, other := range admitted {
		if other != s {
			others = append(others, other.ticket.Seat)
		}
	}
	s.shown = seating(s.shown, others, s.pinned)
	r.want(s)
	for i, who := range s.shown {
		for _, kind := range []sfu.Kind{sfu.Audio, sfu.Video} {
			var from *sfu.Peer
			if other := r.seats[who]; other != nil && other.sends(kind, r.covered) {
				from = other.media
			}
			s.media.Show(i, kind, from)
		}
	}
}

// inform tells s who is here and in which slot, if that has changed and is for s
// to know: who waits knows of nobody, but staff whom they look at.
func (r *Room) inform(s *seat, admitted []*seat) {
	if s.conn == nil {
		return
	}
	if s.standing == protocol.Admitted {
		people := protocol.People{Locked: r.locked, Covered: r.covered, People: []protocol.Person{}}
		for _, other := range admitted {
			if other != s {
				people.People = append(people.People, other.person(r.covered))
			}
		}
		s.tellIfNew(people, &s.told.people)
	} else if s.looking == "" && s.told.slots == "" {
		return
	}
	slots := protocol.Slots{Slots: []protocol.Slot{}}
	for i, mids := range s.slots {
		slots.Slots = append(slots.Slots, protocol.Slot{
			Slot: i, Audio: mids.Audio, Video: mids.Video, Seat: s.shown[i], Paused: s.paused[i] && s.shown[i] != "",
		})
	}
	s.tellIfNew(slots, &s.told.slots)
}

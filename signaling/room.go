package signaling

import (
	"time"

	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/sfu"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

const (
	// holdFor is how long a seat is kept without a socket: a lift, a lost Wi-Fi,
	// a page reloaded. PROTOCOL.md says it too.
	holdFor = 30 * time.Second
	// swapFor is how long the seat of a device that was let go is kept for the one
	// that takes over: as long as it takes to fetch it from the other end of a ward.
	swapFor = 2 * time.Minute
	// lingerFor is how long a room outlives its last person, so that it outlives
	// every ticket it has seen.
	lingerFor = ticket.MaxLife + 30*time.Second
	// restartEvery is the least time between two ICE restarts of one person.
	restartEvery = 2 * time.Second
	// statsEvery is the least time between two reports of one person.
	statsEvery = 5*time.Second - 500*time.Millisecond // its timer may be early
)

// A Room is the live side of one visit.
//
// One goroutine, run, owns the fields below the line; no other code touches
// them, and so they have no lock. Everyone else gives run something to do. run
// never waits for anyone.
type Room struct {
	id     string
	server *Server
	clerk  *clerk
	tasks  chan task     // unbuffered: what is taken is done
	done   chan struct{} // closed when run has returned

	// ---- owned by run ----
	seats    map[string]*seat     // by ticket.Seat
	arriving map[string]*seat     // reserved by somebody at the door
	removed  map[string]bool      // seats that do not come back
	used     map[string]time.Time // tickets by ID, and when they expire
	letIn    map[string]string    // seats, and the browser last admitted in each
	places   int                  // how many have come
	locked   bool
	covered  bool // the patient's side
	covers   int  // times that something was decided of that
	// lockTold and coverTold say that the two above are known: from the book of
	// whoever came first, or from what was decided since this room began.
	lockTold, coverTold bool
	words               words
	codec               sfu.Codec   // of everybody's pictures
	saidSpeaking        time.Time   // when somebody was last told who speaks
	over                bool        // nobody comes back
	until               string      // when the visit is to end, if the ward has given it more time
	linger              *time.Timer // runs while nobody is here
	expired             bool        // it has run out
	occupied            bool        // the server counts this room as one where somebody is
}

func newRoom(s *Server, id string) *Room {
	return &Room{
		id: id, server: s, clerk: newClerk(s.cfg.Attendance, id, s.cfg.Log),
		tasks: make(chan task), done: make(chan struct{}),
		seats: map[string]*seat{}, arriving: map[string]*seat{}, removed: map[string]bool{}, used: map[string]time.Time{},
		letIn: map[string]string{},
	}
}

// run is the room's goroutine.
func (r *Room) run() {
	defer close(r.done)
	defer r.clerk.close()
	watch := time.NewTicker(watchEvery)
	defer watch.Stop()
	for !r.expired {
		var due <-chan time.Time
		if len(r.seats) > 0 {
			due = watch.C
		}
		select {
		case <-due:
			r.watch()
			r.watchEmpty()
		case t := <-r.tasks:
			r.safely(t)
			r.watchEmpty()
		case <-r.server.ctx.Done():
			r.closeUp()
			return
		}
	}
	r.server.forget(r)
}

// watchEmpty starts the room's last minutes when nobody is here, and stops them
// when somebody is again.
func (r *Room) watchEmpty() {
	empty := len(r.seats) == 0 && len(r.arriving) == 0
	if r.occupied == empty {
		r.occupied = !empty
		r.server.occupy(r.occupied)
	}
	switch {
	case empty && r.linger == nil:
		r.linger = time.AfterFunc(lingerFor, func() { r.post(nil, r.expire) })
	case !empty && r.linger != nil:
		r.linger.Stop()
		r.linger = nil
	}
}

func (r *Room) expire() {
	r.expired = len(r.seats) == 0 && len(r.arriving) == 0 && r.linger != nil
}

// closeUp ends the room because the server stops: sockets say goodbye by
// themselves, and those who want to will come back.
func (r *Room) closeUp() {
	for _, s := range r.seats {
		r.safely(task{s, func() { r.vacate(s) }}) // others are to be told, too
	}
	clear(r.arriving)
	r.watchEmpty()
	if r.linger != nil {
		r.linger.Stop()
	}
	r.server.forget(r)
}

// reserve keeps a seat for a ticket's holder, who is at the door.
func (r *Room) reserve(t ticket.Ticket) (*seat, protocol.Code) {
	now := r.server.cfg.Now()
	for id, expires := range r.used {
		if !now.Before(expires) {
			delete(r.used, id)
		}
	}
	_, used := r.used[t.ID]
	old := r.seats[t.Seat]
	switch {
	case used:
		return nil, protocol.BadTicket
	case r.over:
		return nil, protocol.RoomOver
	case r.removed[t.Seat]:
		return nil, protocol.Removed
	case !r.occupied && r.server.isDraining():
		return nil, protocol.Draining
	case r.arriving[t.Seat] != nil, old != nil && !r.yields(old, t):
		return nil, protocol.SeatTaken
	case old == nil && !r.hasPlace(t.Role):
		return nil, protocol.RoomFull
	case !r.agrees(t):
		r.server.cfg.Log.Error("a ticket is of another codec than its room", "ticket", t, "codec", t.Codec, "room's", r.codec)
		return nil, protocol.Fault
	}
	r.used[t.ID] = t.Expires
	newcomer := &seat{ticket: t, resume: newResume(r.id)}
	r.arriving[t.Seat] = newcomer
	return newcomer, ""
}

// yields reports whether whoever has a seat gives it up to a ticket for it. A seat
// whose socket is lost goes to a new ticket of the browser that it was lost in, and
// if they waited, of any. Somebody admitted who comes back takes it from another
// browser of theirs that only waits; nobody takes it from who is admitted.
func (r *Room) yields(old *seat, t ticket.Ticket) bool {
	switch {
	case old.given: // to whatever comes in its place, which the book decides
		return true
	case old.ticket.Browser == t.Browser:
		return old.conn == nil
	case old.standing == protocol.Admitted:
		return false
	}
	return old.conn == nil || t.Browser != "" && r.letIn[t.Seat] == t.Browser
}

// replace ends what is left of the socket that a seat was on, since its holder has
// come by another.
func (r *Room) replace(old *seat) {
	if old.hold != nil {
		old.hold.Stop()
	}
	if old.conn != nil {
		old.conn.tell(protocol.Ended{Reason: protocol.Replaced})
		old.conn.end(protocol.CloseEnded, string(protocol.Replaced))
	}
}

// release gives a reservation up.
func (r *Room) release(newcomer *seat) {
	if r.arriving[newcomer.ticket.Seat] == newcomer {
		delete(r.arriving, newcomer.ticket.Seat)
	}
}

// undo takes a newcomer out again who did not get as far as being seated, or
// not rightly.
func (r *Room) undo(newcomer *seat) {
	r.release(newcomer)
	switch seated := r.seats[newcomer.ticket.Seat]; {
	case seated == newcomer:
		r.vacate(newcomer)
		r.arrange()
	case seated == nil && newcomer.arrived:
		r.clerk.depart(newcomer.ticket)
	default: // the book never had them, or they are here by another socket
	}
}

// brief tells the room how the ward has left it, when somebody comes who knows.
// What was decided since this room began counts more.
func (r *Room) brief(a Arrival) {
	if !r.lockTold {
		r.locked, r.lockTold = a.Locked, true
	}
	if !r.coverTold {
		r.covered, r.coverTold = a.Covered, true
	}
}

// sit seats a newcomer. What the ward decided while they were at the door
// counts more than what the book said when they knocked.
func (r *Room) sit(s *seat, c *conn, join protocol.Join, answer string, arrival Arrival) protocol.Code {
	r.release(s)
	old := r.seats[s.ticket.Seat]
	switch {
	case r.over:
		return protocol.RoomOver
	case r.removed[s.ticket.Seat]:
		return protocol.Removed
	case old != nil && !r.yields(old, s.ticket):
		return protocol.SeatTaken // resumed meanwhile
	}
	r.brief(arrival)
	r.places++
	s.place = r.places
	if old != nil { // the same person, with a new ticket
		s.place, s.pinned, s.drawing = old.place, old.pinned, old.drawing
		r.forgive(old)
		r.replace(old)
		old.media.Close()
	} else {
		r.server.metrics.people.WithLabelValues(string(s.ticket.Role)).Inc()
	}
	standing := string(arrival.Standing)
	if s.ordered != "" {
		standing = s.ordered
	}
	r.settle(s, standing)
	s.conn, s.audio, s.video, s.pen = c, join.Audio, join.Video, pens(s.ticket.Role)
	s.take(s.media, c)
	r.seats[s.ticket.Seat] = s
	if old != nil {
		r.server.roll.strike(old)
	}
	r.server.list(r, s)
	r.welcome(s, answer)
	return ""
}

// holder returns whose seat a resume secret opens.
func (r *Room) holder(secret string) (*seat, protocol.Code) {
	for _, s := range r.seats {
		if s.opens(secret) {
			return s, ""
		}
	}
	if r.over {
		return nil, protocol.RoomOver
	}
	return nil, protocol.ResumeUnknown
}

// comeBack gives s its seat back on another socket, and if media is not nil, on
// another connection.
func (r *Room) comeBack(s *seat, c *conn, join protocol.Join, media *sfu.Peer, answer string) protocol.Code {
	if r.seats[s.ticket.Seat] != s {
		return protocol.ResumeUnknown
	}
	r.replace(s)
	s.conn, s.audio, s.video, s.told = c, join.Audio, join.Video, told{}
	if media != nil {
		s.media.Close()
		s.take(media, c)
	}
	r.welcome(s, answer)
	return ""
}

func (r *Room) welcome(s *seat, answer string) {
	s.tell(protocol.Welcome{
		V: protocol.Version, Seat: s.ticket.Seat, Role: string(s.ticket.Role), Standing: s.standing,
		Resume: s.resume, SDP: answer, Capacity: r.server.cfg.Capacity,
	})
	r.arrange()
	if s.standing == protocol.Admitted {
		r.recall(s)
	}
	r.sayTrouble(s)
	r.saySparing(s, s.media.Sparing())
	if r.until != "" {
		s.tell(protocol.Until{At: r.until})
	}
}

// lost notes that a socket is gone. The seat is held, and its media goes on.
func (r *Room) lost(s *seat, c *conn) {
	if r.seats[s.ticket.Seat] != s || s.conn != c {
		return
	}
	s.conn = nil
	r.holdSeat(s, holdFor)
}

// holdSeat keeps the seat of somebody who has no socket for a time.
func (r *Room) holdSeat(s *seat, during time.Duration) {
	if s.hold != nil {
		s.hold.Stop()
	}
	s.losses++
	this := s.losses
	s.hold = time.AfterFunc(during, func() {
		r.post(s, func() {
			if r.seats[s.ticket.Seat] == s && s.conn == nil && s.losses == this {
				r.vacate(s)
				r.arrange()
			}
		})
	})
	r.arrange()
}

// swap lets whoever has a seat go and keeps it for another device. The one that
// goes sends nothing more from this moment, and its secret opens nothing.
func (r *Room) swap(name string) {
	s := r.seats[name]
	if s == nil {
		return // whichever comes is placed by the book
	}
	c := s.conn
	s.conn, s.given, s.resume = nil, true, newResume(r.id)
	r.server.roll.strike(s) // it waits for another, by whatever key
	s.media.Close()
	s.up, s.wasUp = false, true
	if r.server.cfg.Relay != nil {
		r.server.cfg.Relay.Revoke(r.id, name)
	}
	if c != nil {
		c.tell(protocol.Ended{Reason: protocol.Swapped})
		c.end(protocol.CloseEnded, string(protocol.Swapped))
	}
	r.holdSeat(s, swapFor)
	r.arrange()
}

// vacate takes s out of the room: first of all, not one packet more.
func (r *Room) vacate(s *seat) {
	s.media.Close()
	delete(r.seats, s.ticket.Seat)
	r.server.roll.strike(s)
	r.forgive(s)
	r.finishLine(s)
	if s.hold != nil {
		s.hold.Stop()
	}
	s.conn = nil
	r.server.metrics.people.WithLabelValues(string(s.ticket.Role)).Dec()
	if r.server.cfg.Relay != nil {
		r.server.cfg.Relay.Revoke(r.id, s.ticket.Seat)
	}
	r.clerk.depart(s.ticket)
}

// dismiss sends s away for good, saying why.
func (r *Room) dismiss(s *seat, why protocol.Reason) {
	c := s.conn
	r.vacate(s)
	if c != nil {
		c.tell(protocol.Ended{Reason: why})
		c.end(protocol.CloseEnded, string(why))
	}
}

// finish ends the visit for everybody.
func (r *Room) finish(why protocol.Reason) {
	r.over = true
	r.words = words{}
	for _, s := range r.seats {
		r.dismiss(s, why)
	}
}

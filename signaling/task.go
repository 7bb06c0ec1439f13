package signaling

import (
	"context"
	"errors"
	"runtime/debug"

	"github.com/gorilla/websocket"
)

var (
	errRoomGone  = errors.New("signaling: the room is gone")
	errTaskBroke = errors.New("signaling: a room's task broke")
)

// A task is something for run to do, on behalf of somebody or nobody.
type task struct {
	who *seat
	do  func()
}

// safely does a task. What goes wrong in it ends the time here of the person it
// was done for, and of nobody else.
func (r *Room) safely(t task) {
	defer func() {
		fault := recover()
		if fault == nil {
			return
		}
		r.server.cfg.Log.Error("a room's task broke", "room", r.id, "fault", fault, "stack", string(debug.Stack()))
		if t.who != nil && r.seats[t.who.ticket.Seat] == t.who {
			r.expel(t.who)
		}
	}()
	t.do()
}

// expel takes somebody out of the room for whom something broke, whatever else
// of theirs is broken too.
func (r *Room) expel(s *seat) {
	if s.conn != nil {
		s.conn.end(websocket.CloseInternalServerErr, "")
	}
	func() {
		defer func() {
			if fault := recover(); fault != nil {
				r.server.cfg.Log.Error("a seat could not be cleared", "room", r.id, "fault", fault, "stack", string(debug.Stack()))
				delete(r.seats, s.ticket.Seat)
				r.server.roll.strike(s)
				r.clerk.depart(s.ticket)
			}
		}()
		r.vacate(s)
	}()
	r.arrange()
}

// post has run do something soon, unless the room is gone.
func (r *Room) post(who *seat, do func()) {
	select {
	case r.tasks <- task{who, do}:
	case <-r.done:
	}
}

// ask has run do something and waits until it is done.
func (r *Room) ask(ctx context.Context, do func()) error {
	finished, err := make(chan struct{}), errTaskBroke
	t := task{nil, func() {
		defer close(finished) // whatever happens
		do()
		err = nil
	}}
	select {
	case r.tasks <- t:
		<-finished
		return err
	case <-r.done:
		return errRoomGone
	case <-ctx.Done():
		return ctx.Err()
	}
}

package signaling

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// attendWithin bounds each thing asked of Attendance: less than joinWithin, so
// that somebody at the door gets an answer rather than a timeout.
const attendWithin = 8 * time.Second

// A clerk tells Attendance what happens in one room, in order, so that the room
// itself need not wait for a database.
type clerk struct {
	attendance Attendance
	room       string
	log        *slog.Logger
	wake       chan struct{} // holds one token while there may be something to do

	mu     sync.Mutex
	queue  []errand // guarded by mu
	closed bool     // guarded by mu
}

// An errand is something to tell Attendance.
//
// However slow that is, few of them wait: a seat has one arrival and one
// departure at most, a visit one end, and of several covers the last counts.
type errand struct {
	do    func(context.Context)
	cover bool
}

func newClerk(a Attendance, room string, log *slog.Logger) *clerk {
	return &clerk{attendance: a, room: room, log: log, wake: make(chan struct{}, 1)}
}

// run does what is queued until the clerk is closed and all is done.
func (c *clerk) run() {
	for {
		c.mu.Lock()
		queue, closed := c.queue, c.closed
		c.queue = nil
		c.mu.Unlock()
		for _, errand := range queue {
			c.safely(errand.do)
		}
		if len(queue) == 0 && closed {
			return
		}
		if len(queue) == 0 {
			<-c.wake
		}
	}
}

func (c *clerk) safely(do func(context.Context)) {
	defer func() {
		if fault := recover(); fault != nil {
			c.log.Error("attendance broke", "room", c.room, "fault", fault)
		}
	}()
	// Not the server's own context: what has happened is told even while stopping.
	ctx, cancel := context.WithTimeout(context.Background(), attendWithin)
	defer cancel()
	do(ctx)
}

// add queues do, and reports false if the clerk is closed.
func (c *clerk) add(do func(context.Context)) bool {
	return c.queueUp(errand{do: do})
}

func (c *clerk) queueUp(e errand) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	if e.cover {
		c.queue = slices.DeleteFunc(c.queue, func(have errand) bool { return have.cover })
	}
	c.queue = append(c.queue, e)
	c.rouse()
	return true
}

func (c *clerk) rouse() {
	select {
	case c.wake <- struct{}{}:
	default: // it will look anyway
	}
}

func (c *clerk) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	c.rouse()
}

var errNoAnswer = errors.New("signaling: attendance did not answer")

// arrive asks whether somebody may come in.
func (c *clerk) arrive(t ticket.Ticket) (Arrival, error) {
	type reply struct {
		arrival Arrival
		err     error
	}
	replies := make(chan reply, 1)
	asked := c.add(func(ctx context.Context) {
		defer close(replies) // also if Attendance breaks
		arrival, err := c.attendance.Arrive(ctx, t)
		replies <- reply{arrival, err}
	})
	if !asked {
		return Arrival{}, ErrStopped
	}
	got, ok := <-replies
	if !ok {
		return Arrival{}, errNoAnswer
	}
	return got.arrival, got.err
}

func (c *clerk) depart(t ticket.Ticket) {
	c.add(func(ctx context.Context) { c.attendance.Depart(ctx, t) })
}

// cover says that the patient's side is covered, or asks whether it may be
// uncovered: then is called if it may. What was asked before, and is not yet
// told, no longer matters.
func (c *clerk) cover(t ticket.Ticket, covered bool, then func()) {
	c.queueUp(errand{cover: true, do: func(ctx context.Context) {
		switch err := c.attendance.Cover(ctx, t, covered); {
		case err == nil:
			then()
		case !errors.Is(err, ErrNotExpected):
			c.log.Error("the book did not take a cover", "room", c.room, "covered", covered, "err", err)
		}
	}})
}

func (c *clerk) finish(t ticket.Ticket) {
	c.add(func(ctx context.Context) {
		if err := c.attendance.Finish(ctx, t); err != nil {
			c.log.Error("the book did not take the end of a visit", "room", c.room, "err", err)
		}
	})
}

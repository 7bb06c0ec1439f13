package signaling

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/sfu"
	"github.com/wardvisit/wardvisit/signaling/ticket"
	"github.com/wardvisit/wardvisit/signaling/turn"
)

const (
	// DefaultCapacity is the patient's side, four relatives and an interpreter.
	DefaultCapacity = 6
	// DefaultMaxRooms is every iPad of the largest trust in a visit, and three
	// times as many rooms that the last person has left only just now.
	DefaultMaxRooms = 4 * 650
)

// ErrNotExpected is what Attendance returns, wrapped or not, when somebody may
// not come in. Any other error of its is a fault.
var ErrNotExpected = errors.New("signaling: not expected")

// ErrLocked is what it returns instead when they may not come in only because
// the ward has locked the room.
var ErrLocked = errors.New("signaling: locked")

// ErrStopped is returned for what is asked of a Server that has stopped.
var ErrStopped = errors.New("signaling: stopped")

// A Standing is where a newcomer begins.
type Standing string

// The standings that Attendance may give.
const (
	Waiting  Standing = protocol.Waiting
	Admitted Standing = protocol.Admitted
)

// An Arrival is how somebody comes in, and how the ward has left the room that
// they come into: a room is made anew by whoever comes first, also in a process
// that has been started again, and was not there when the ward decided.
type Arrival struct {
	Standing Standing
	Locked   bool
	Covered  bool
}

// Attendance is what the room asks, and tells, of whoever keeps the book. For
// one room its methods but Gone are called one at a time, in the order things
// happened.
type Attendance interface {
	// Arrive is called for each join with a ticket. It says whether this person
	// may come in (still), and where they stand; in a locked room, too, since it
	// knows who is new. It may be called again for somebody who has not departed:
	// they came back with a new ticket.
	Arrive(context.Context, ticket.Ticket) (Arrival, error)
	// Depart is called when somebody who arrived is gone for good: they left,
	// were removed, the visit ended, or their seat was held in vain.
	Depart(context.Context, ticket.Ticket)
	// Cover is called when the patient's side covers itself, which is done
	// already, or wants to be uncovered, which is done if it returns nil.
	Cover(ctx context.Context, t ticket.Ticket, covered bool) error
	// Gone says which of those who are here are to go, because the login that their
	// ticket was asked for by has ended, or lets them in no more. It is called for the
	// people of all rooms together, every rollEvery. After an error nobody goes.
	Gone(ctx context.Context, here []ticket.Ticket) ([]ticket.Ticket, error)
	// Finish is called when the patient's side has ended the visit. The room is
	// over already.
	Finish(context.Context, ticket.Ticket) error
}

// Config is what a Server needs to be told.
type Config struct {
	Media *sfu.SFU
	// Relay, if not nil, is told when a seat is given up, so that nobody goes on
	// using it.
	Relay      *turn.Server
	Tickets    *ticket.Sealer
	Attendance Attendance
	// Origins are the pages that may open a websocket, as "https://host:port".
	Origins []string
	// Capacity is the most people in a room, DefaultCapacity if 0.
	Capacity int
	// MaxRooms is the most rooms there may be, with those that have been empty for
	// some minutes only; DefaultMaxRooms if 0.
	MaxRooms int
	Log      *slog.Logger
	Registry prometheus.Registerer // may be nil
	Now      func() time.Time
}

// A Server holds the rooms. It serves their websocket.
type Server struct {
	cfg      Config
	upgrader websocket.Upgrader
	metrics  *metrics
	ctx      context.Context // ends when the Server stops
	stop     context.CancelFunc
	porch    porch
	roll     roll
	joining  atomic.Int64   // sockets whose join is being looked at
	running  sync.WaitGroup // rooms, clerks and handlers

	mu       sync.Mutex
	rooms    map[string]*Room // guarded by mu
	occupied int              // guarded by mu; rooms with somebody in them
	draining bool             // guarded by mu
	drained  chan struct{}    // guarded by mu; closed when nobody is left of those there were
	stopped  bool             // guarded by mu
}

// New returns a Server.
func New(cfg Config) (*Server, error) {
	if cfg.Capacity == 0 {
		cfg.Capacity = DefaultCapacity
	}
	if cfg.MaxRooms == 0 {
		cfg.MaxRooms = DefaultMaxRooms
	}
	if len(cfg.Origins) == 0 {
		return nil, errors.New("signaling: no origin may open a websocket")
	}
	m, err := newMetrics(cfg.Registry, cfg.Media)
	if err != nil {
		return nil, fmt.Errorf("signaling: register metrics: %w", err)
	}
	s := &Server{cfg: cfg, metrics: m, rooms: map[string]*Room{}}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.upgrader = websocket.Upgrader{
		HandshakeTimeout: joinWithin,
		ReadBufferSize:   4 << 10,
		WriteBufferSize:  4 << 10,
		WriteBufferPool:  &sync.Pool{},
		CheckOrigin:      s.knownOrigin,
	}
	return s, nil
}

// knownOrigin lets in the pages we were told of and nothing else: a request
// without an Origin is not a browser's.
func (s *Server) knownOrigin(r *http.Request) bool {
	return slices.Contains(s.cfg.Origins, r.Header.Get("Origin"))
}

// ServeHTTP is one person's websocket, from its opening to its end.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.begin() {
		http.Error(w, "stopping", http.StatusServiceUnavailable)
		return
	}
	defer s.running.Done()
	socket, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	newConn(s, socket).serve()
}

// begin counts one more goroutine that Stop waits for.
func (s *Server) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return false
	}
	s.running.Add(1)
	return true
}

// Order tells a room what the ward has decided, and returns when it is done. A
// room where nobody is has nothing to do: Attendance tells those who come.
func (s *Server) Order(ctx context.Context, room string, order Order) error {
	r := s.find(room)
	if r == nil {
		return nil
	}
	err := r.ask(ctx, func() { order.carry(r) })
	if errors.Is(err, errRoomGone) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("signaling: order: %w", err)
	}
	return nil
}

// Stop sends everybody away to come back later, and returns when every
// goroutine has ended and Attendance has been told, or ctx is over.
func (s *Server) Stop(ctx context.Context) error {
	s.mu.Lock()
	s.stopped = true
	s.mu.Unlock()
	s.stop()
	ended := make(chan struct{})
	go func() {
		s.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("signaling: stop: %w", ctx.Err())
	}
}

func (s *Server) find(id string) *Room {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rooms[id]
}

// open returns the room of that id, and makes it if it is not there and may be.
func (s *Server) open(id string) (*Room, protocol.Code) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rooms[id]
	switch {
	case s.stopped:
		return nil, protocol.Fault
	case r != nil:
		return r, ""
	case s.draining:
		return nil, protocol.Draining
	case len(s.rooms) >= s.cfg.MaxRooms:
		return nil, protocol.Busy
	}
	r = newRoom(s, id)
	s.rooms[id] = r
	s.running.Add(2)
	go func() {
		defer s.running.Done()
		r.run()
	}()
	go func() {
		defer s.running.Done()
		r.clerk.run()
	}()
	s.metrics.rooms.Inc()
	return r, ""
}

// forget is called by a room that is about to end.
func (s *Server) forget(r *Room) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.rooms, r.id)
	s.metrics.rooms.Dec()
}

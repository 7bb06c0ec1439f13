package web

import (
	"context"
	"hash/fnv"
	"net/http"
	"sync"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// A RoomOrderKind is what the ward asks of a live room.
type RoomOrderKind string

// What the ward can ask of a room.
const (
	OrderAdmit   RoomOrderKind = "admit"   // Seat
	OrderHold    RoomOrderKind = "hold"    // Seat
	OrderRemove  RoomOrderKind = "remove"  // Seat
	OrderLock    RoomOrderKind = "lock"    //
	OrderUnlock  RoomOrderKind = "unlock"  //
	OrderCover   RoomOrderKind = "cover"   //
	OrderUncover RoomOrderKind = "uncover" //
	OrderEnd     RoomOrderKind = "end"     //
	OrderSay     RoomOrderKind = "say"     // Text, to those who wait
	OrderUntil   RoomOrderKind = "until"   // Until, to everybody
	OrderSwap    RoomOrderKind = "swap"    // Seat, for another device
	OrderRecall  RoomOrderKind = "recall"  // Seat, which may come again later
)

// A RoomOrder is one thing that the ward has decided, for its room to obey.
type RoomOrder struct {
	Kind    RoomOrderKind
	Seat    string // whom it is about
	Browser string // of OrderAdmit: in which they were let in
	Text    string // what to say
	Until   time.Time
}

// Rooms are the live side of visits. The desk decides and writes down; a room is
// told afterwards, and one that nobody is in has nothing to do: whoever comes
// later is placed by what the desk wrote.
type Rooms interface {
	Tell(ctx context.Context, room string, order RoomOrder) error
}

// decideWithin bounds an act of the ward with what its room is told.
const decideWithin = 20 * time.Second

// turns keep two who press buttons about one visit at once from telling its room
// in another order than the desk wrote. Visits that share one wait for each
// other a moment, which nobody notices.
type turns [64]sync.Mutex

func (t *turns) of(ref booking.Reference) *sync.Mutex {
	sum := fnv.New32a()
	sum.Write([]byte(ref))
	return &t[sum.Sum32()%uint32(len(t))]
}

// decide gives whoever asked their turn at a visit until done is called. Its
// context outlives the request: a nurse whose tablet loses its network between
// what the desk writes and what the room hears has still removed somebody.
func (s *Server) decide(r *http.Request, ref booking.Reference) (ctx context.Context, done func()) {
	turn := s.turns.of(ref)
	turn.Lock()
	ctx, cancel := s.outliving(r)
	return ctx, func() {
		cancel()
		turn.Unlock()
	}
}

// outliving is a context for what must not stop half way because its reader went.
func (s *Server) outliving(r *http.Request) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(r.Context()), decideWithin)
}

// tellRoom lets a room know what the desk has written. That it could not be told
// is no failure of the act: the room places whoever comes next by the record.
func (s *Server) tellRoom(ctx context.Context, visit booking.VisitID, order RoomOrder) {
	if order.Kind == "" {
		return
	}
	if err := s.rooms.Tell(ctx, string(visit), order); err != nil {
		s.log.ErrorContext(ctx, "room not told", "visit", string(visit), "order", string(order.Kind), "err", err)
	}
}

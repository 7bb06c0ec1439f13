package web

import "context"

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
)

// A RoomOrder is one thing that the ward has decided, for its room to obey.
type RoomOrder struct {
	Kind RoomOrderKind
	Seat string // whom it is about
	Text string // what to say
}

// Rooms are the live side of visits. The desk decides and writes down; a room is
// told afterwards, and one that nobody is in has nothing to do: whoever comes
// later is placed by what the desk wrote.
type Rooms interface {
	Tell(ctx context.Context, room string, order RoomOrder) error
}

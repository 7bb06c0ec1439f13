package sfu

import (
	"sync"
	"time"
)

// sentKept is how many packets are remembered until the receiver has said when
// they came: 2 s at 4 Mbit/s.
const sentKept = 1024

// An outlet numbers all that one Peer is sent, whichever the stream, and
// remembers what was sent when.
type outlet struct {
	mu      sync.Mutex
	next    uint16
	packets [sentKept]sentPacket
}

type sentPacket struct {
	at     time.Duration // since the outlet began
	size   uint16        // bytes on the wire
	number uint16
	probe  uint16 // which probe it belongs to, 0 for none
	known  bool
}

// number gives the next packet its number.
func (o *outlet) number(size int, now time.Time) uint16 {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.next++
	return o.next
}

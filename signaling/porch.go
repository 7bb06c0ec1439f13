package signaling

import (
	"container/list"
	"sync"

	"github.com/wardvisit/wardvisit/signaling/protocol"
)

const (
	// maxSilent bounds the sockets that have not said yet who they are: a ward
	// round's worth of families at the same minute, many times over.
	maxSilent = 512
	// maxJoining bounds those who have, and whose tickets, connections and
	// places in the book are being looked at.
	maxJoining = 256
)

// A porch holds the sockets that have said nothing yet. When it is full, whoever
// has been silent longest has to go, not whoever comes: a browser says at once
// who it is, so a crowd of those that never will keeps nobody out.
type porch struct {
	mu     sync.Mutex
	silent list.List // of *conn, guarded by mu; the oldest first
}

// enter has c on the porch until leave is called.
func (p *porch) enter(c *conn) (leave func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.silent.Len() >= maxSilent {
		oldest := p.silent.Front()
		p.silent.Remove(oldest)
		oldest.Value.(*conn).end(protocol.CloseTimeout, "")
	}
	place := p.silent.PushBack(c)
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.silent.Remove(place) // nothing, if it has had to go
	}
}

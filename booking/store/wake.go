package store

import (
	"sync"

	"github.com/wardvisit/wardvisit/booking"
)

// A bell wakes whoever in this process waits for a ward to change, once a
// transaction that changed it has committed. What another process commits rings
// nothing here, so that those who wait look by themselves too, now and then.
type bell struct {
	mu   sync.Mutex
	wait map[booking.WardID]chan struct{}
}

// next is closed when the ward changes next. There is one of each ward that
// somebody asked about since it last changed.
func (b *bell) next(ward booking.WardID) <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, ok := b.wait[ward]
	if !ok {
		c = make(chan struct{})
		if b.wait == nil {
			b.wait = map[booking.WardID]chan struct{}{}
		}
		b.wait[ward] = c
	}
	return c
}

// ring closes what those wait for who wait for one of the wards.
func (b *bell) ring(wards map[booking.WardID]struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ward := range wards {
		if c, ok := b.wait[ward]; ok {
			close(c)
			delete(b.wait, ward)
		}
	}
}

// NextChange is closed when this process next commits something that a ward's boards
// and iPads show. Ask for it before looking, so that nothing falls between.
func (s *Store) NextChange(ward booking.WardID) <-chan struct{} { return s.bell.next(ward) }

package port

import (
	"container/list"
	"net"
	"net/netip"
	"sync"
	"time"
)

// A crowd is the strangers of a port.
type crowd struct {
	max int

	mu     sync.Mutex
	closed bool                 // guarded by mu
	queue  *list.List           // guarded by mu; of *stranger, the oldest first
	from   map[netip.Prefix]int // guarded by mu; how many of them, by network
}

// A stranger is a connection's place in the crowd, while it has one.
type stranger struct {
	crowd *crowd
	conn  net.Conn // the TCP connection itself
	from  netip.Prefix
	timer *time.Timer // ends its time

	place *list.Element // guarded by crowd.mu; nil while it is no stranger
	idle  bool          // guarded by crowd.mu; it was known, and waits between requests
}

func newCrowd(most int) *crowd {
	return &crowd{max: most, queue: list.New(), from: map[netip.Prefix]int{}}
}

// enter adds a stranger, for whom somebody else may have to go. It reports
// whether somebody did, and whether the crowd is open at all.
func (c *crowd) enter(s *stranger) (evicted, open bool) {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return false, false
	}
	var goes *stranger
	if s.place == nil {
		if c.queue.Len() >= c.max {
			goes = c.mostCrowded()
			c.removeLocked(goes)
		}
		s.place = c.queue.PushBack(s)
		c.from[s.from]++
	}
	c.mu.Unlock()
	if goes != nil {
		_ = goes.conn.Close()
	}
	return goes != nil, true
}

// wait has one who was known wait among the strangers, without a timer, and
// reports whether it may.
func (c *crowd) wait(s *stranger) bool {
	c.mu.Lock()
	s.idle = true
	c.mu.Unlock()
	_, open := c.enter(s)
	return open
}

// expire drops a stranger whose time is up, and reports whether it was one.
func (c *crowd) expire(s *stranger) bool {
	c.mu.Lock()
	late := s.place != nil && !s.idle
	if late {
		c.removeLocked(s)
	}
	c.mu.Unlock()
	if late {
		s.drop()
	}
	return late
}

// mostCrowded returns the oldest stranger of the network with most of them.
func (c *crowd) mostCrowded() *stranger {
	var network netip.Prefix
	most := 0
	for from, n := range c.from {
		if n > most {
			network, most = from, n
		}
	}
	for e := c.queue.Front(); e != nil; e = e.Next() {
		if s := e.Value.(*stranger); s.from == network || most == 1 {
			return s
		}
	}
	return nil // no crowd is ever both full and empty
}

// leave takes a stranger out, and reports whether it was in.
func (c *crowd) leave(s *stranger) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.place == nil {
		return false
	}
	c.removeLocked(s)
	return true
}

func (c *crowd) removeLocked(s *stranger) {
	s.timer.Stop()
	c.queue.Remove(s.place)
	s.place = nil
	if c.from[s.from]--; c.from[s.from] == 0 {
		delete(c.from, s.from)
	}
}

// evict drops the oldest stranger, as when the system has no descriptor left.
func (c *crowd) evict() {
	c.mu.Lock()
	first := c.queue.Front()
	if first != nil {
		c.removeLocked(first.Value.(*stranger))
	}
	c.mu.Unlock()
	if first != nil {
		_ = first.Value.(*stranger).conn.Close()
	}
}

// close drops every stranger, and lets nobody in any more.
func (c *crowd) close() {
	c.mu.Lock()
	c.closed = true
	var all []*stranger
	for e := c.queue.Front(); e != nil; e = c.queue.Front() {
		s := e.Value.(*stranger)
		c.removeLocked(s)
		all = append(all, s)
	}
	c.mu.Unlock()
	for _, s := range all {
		_ = s.conn.Close()
	}
}

func (c *crowd) size() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.queue.Len()
}

// drop closes a connection that is owed nothing, so that the system forgets it
// at once.
func (s *stranger) drop() {
	if tcp, ok := s.conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // it may be closed already
	}
	_ = s.conn.Close()
}

// network is what we take for one place: an IPv4 address, or the 64 bits of an
// IPv6 address that one customer has at least.
func network(a net.Addr) netip.Prefix {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.Prefix{}
	}
	addr, _ := netip.AddrFromSlice(tcp.IP)
	addr = addr.Unmap()
	bits := addr.BitLen()
	if addr.Is6() {
		bits = 64
	}
	prefix, err := addr.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}

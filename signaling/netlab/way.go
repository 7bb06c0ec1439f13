package netlab

import (
	"container/heap"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// A Way is one direction of a Link. Two goroutines work on it: read takes packets
// from one device and decides what becomes of each, write gives them to the other
// when they are due.
type Way struct {
	now        func() time.Time
	from, to   *os.File
	translate  func(packet []byte) bool // by a NAT; nil if there is none
	conditions atomic.Pointer[Conditions]

	// ---- owned by read ----
	chance *rand.Rand
	bad    bool      // the line is, in a burst
	free   time.Time // when the line has sent all that waits for it
	last   time.Time // when the last packet is due
	number uint64

	mu    sync.Mutex
	due   flight        // guarded by mu
	count Count         // guarded by mu
	ended bool          // guarded by mu; read is over
	wake  chan struct{} // due or ended has changed
}

// A Tally is a number of packets and how large they were together.
type Tally struct{ Packets, Bytes uint64 }

func (t *Tally) add(size int) {
	t.Packets++
	t.Bytes += uint64(size)
}

// A Count is what became of the packets of one Way so far.
type Count struct {
	Offered  Tally // came out of the first device
	Carried  Tally // went into the second
	UDP, TCP Tally // of those carried

	Refused  uint64 // by a rule, by a NAT, or in the dark
	TooBig   uint64 // for the MTU
	Lost     uint64 // by chance or in a burst
	Overflew uint64 // a full queue
	Overtook uint64 // earlier packets
}

// Set changes the conditions of the packets to come.
func (w *Way) Set(c Conditions) { w.conditions.Store(&c) }

// Conditions returns the conditions as they are.
func (w *Way) Conditions() Conditions { return *w.conditions.Load() }

// Count returns what became of the packets so far.
func (w *Way) Count() Count {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.count
}

func newWay(now func() time.Time, chance *rand.Rand, from, to *os.File) *Way {
	w := &Way{now: now, from: from, to: to, chance: chance, wake: make(chan struct{}, 1)}
	w.Set(Conditions{})
	return w
}

// largestPacket is IP's.
const largestPacket = 1 << 16

// read ends when its device does.
func (w *Way) read() {
	defer w.stir(func() { w.ended = true })
	buffer := make([]byte, largestPacket)
	for {
		n, err := w.from.Read(buffer)
		if errors.Is(err, os.ErrClosed) || errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			continue // a device that is down for a moment
		}
		w.take(append([]byte(nil), buffer[:n]...), w.now())
	}
}

// stir changes what mu guards, and wakes write.
func (w *Way) stir(change func()) {
	w.mu.Lock()
	change()
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// take decides what becomes of a packet.
func (w *Way) take(b []byte, now time.Time) {
	p, _, ok := parse(b)
	if !ok {
		return
	}
	c := w.conditions.Load()
	fate, at := w.fate(p, b, c, now)
	w.stir(func() {
		w.count.Offered.add(p.Size)
		if fate != nil {
			*fate++
		}
		if !at.IsZero() {
			w.number++
			heap.Push(&w.due, onTheWay{at: at, number: w.number, protocol: p.Protocol, packet: b})
		}
	})
}

// fate returns what a packet is counted as, if it is anything special, and when
// it is due: never, if at is zero.
func (w *Way) fate(p Packet, b []byte, c *Conditions, now time.Time) (counted *uint64, at time.Time) {
	refused := c.Dark
	for _, rule := range c.Rules {
		refused = rule(p, now) || refused // each sees everything, since some remember
	}
	switch {
	case refused, w.translate != nil && !w.translate(b):
		return &w.count.Refused, at
	case c.MTU > 0 && p.Size > c.MTU:
		return &w.count.TooBig, at
	case w.isLost(c):
		return &w.count.Lost, at
	}
	at = now
	if c.Rate > 0 {
		if w.free.Before(now) {
			w.free = now
		}
		if w.free.Sub(now) > c.Queue {
			return &w.count.Overflew, time.Time{}
		}
		w.free = w.free.Add(time.Duration(p.Size) * 8 * time.Second / time.Duration(c.Rate))
		at = w.free
	}
	if c.Reorder > 0 && w.chance.Float64() < c.Reorder {
		return &w.count.Overtook, at
	}
	at = at.Add(max(0, c.Delay+time.Duration(w.chance.NormFloat64()*float64(c.Jitter))))
	if at.Before(w.last) {
		at = w.last
	}
	w.last = at
	return nil, at
}

func (w *Way) isLost(c *Conditions) bool {
	if w.bad {
		w.bad = w.chance.Float64() >= c.Bursts.End
	} else {
		w.bad = w.chance.Float64() < c.Bursts.Begin
	}
	return w.chance.Float64() < c.Loss || w.bad && w.chance.Float64() < c.Bursts.Loss
}

// idle is how long write sleeps when nothing is due; it is woken before.
const idle = time.Hour

// write hands packets over when they are due, and ends after read.
func (w *Way) write() {
	timer := time.NewTimer(idle)
	defer timer.Stop()
	for {
		packet, wait, ended := w.next()
		if packet != nil {
			_, _ = w.to.Write(packet) // a device that is gone loses it
			continue
		}
		if ended {
			return
		}
		timer.Reset(wait)
		select {
		case <-timer.C:
		case <-w.wake:
		}
	}
}

// next takes the packet that is due, or says how long it is until one is.
func (w *Way) next() (packet []byte, wait time.Duration, ended bool) {
	now := w.now()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended || len(w.due) == 0 {
		return nil, idle, w.ended
	}
	if wait := w.due[0].at.Sub(now); wait > 0 {
		return nil, wait, false
	}
	p := heap.Pop(&w.due).(onTheWay)
	w.count.Carried.add(len(p.packet))
	switch p.protocol {
	case UDP:
		w.count.UDP.add(len(p.packet))
	case TCP:
		w.count.TCP.add(len(p.packet))
	}
	return p.packet, 0, false
}

// onTheWay is a packet that is being delayed.
type onTheWay struct {
	at       time.Time
	number   uint64 // keeps the order of those due together
	protocol uint8
	packet   []byte
}

// A flight is a heap of packets, the first due on top.
type flight []onTheWay

func (f flight) Len() int { return len(f) }
func (f flight) Less(i, j int) bool {
	if !f[i].at.Equal(f[j].at) {
		return f[i].at.Before(f[j].at)
	}
	return f[i].number < f[j].number
}
func (f flight) Swap(i, j int) { f[i], f[j] = f[j], f[i] }

// Push adds a packet, for heap.
func (f *flight) Push(x any) { *f = append(*f, x.(onTheWay)) }

// Pop takes the last packet, for heap.
func (f *flight) Pop() any {
	all := *f
	last := all[len(all)-1]
	all[len(all)-1] = onTheWay{}
	*f = all[:len(all)-1]
	return last
}

package signaling_test

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/wardvisit/wardvisit/signaling/signalingtest"
)

// inFlight is how late a packet may be seen that was on its way when its time was
// over: one that the server had handed to the network before. A reader on a machine
// with much else to do is slow, the network of such a machine is not.
const inFlight = 5 * time.Second

// A ledger knows who was in one room's visit when, and judges each packet by it.
//
// A packet is rightly seen if at some moment between its being sent and its being
// seen its sender and its receiver were both in the visit, and the patient's side,
// if it is the sender, was not covered. That moment is less than inFlight ago. A
// time in the visit begins when the ward begins to say so, and ends when the server
// has said that it is done. So nothing sent after that is ever right, however
// short a while after.
type ledger struct {
	bed uint32 // the patient's side

	mu     sync.Mutex
	here   map[uint32][]span // who was in the visit, by what they stamp
	bare   []span            // when the patient's side was not covered
	flows  map[flow]int      // packets
	wrong  []string          // the first few
	wrongs int
}

// A span is a time that has begun. One not yet over has no end.
type span struct{ from, to time.Time }

type flow struct{ from, to uint32 }

// newLedger has the patient's side in the visit from now on.
func newLedger(bed uint32) *ledger {
	now := time.Now()
	return &ledger{bed: bed, here: map[uint32][]span{}, bare: []span{{from: now}}, flows: map[flow]int{}}
}

func (l *ledger) enters(id uint32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.here[id] = begun(l.here[id])
}

func (l *ledger) leaves(id uint32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.here[id] = over(l.here[id])
}

func (l *ledger) cover(covered bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if covered {
		l.bare = over(l.bare)
	} else {
		l.bare = begun(l.bare)
	}
}

func begun(all []span) []span {
	if n := len(all); n > 0 && all[n-1].to.IsZero() {
		return all
	}
	return append(all, span{from: time.Now()})
}

func over(all []span) []span {
	if n := len(all); n > 0 && all[n-1].to.IsZero() {
		all[n-1].to = time.Now()
	}
	return all
}

// saw judges a packet that to has got.
func (l *ledger) saw(to uint32, of signalingtest.Stamp, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flows[flow{of.From, to}]++
	last := latest(l.here[to], latest(l.here[of.From], span{of.At, at}))
	if of.From == l.bed {
		last = latest(l.bare, last)
	}
	if !last.from.IsZero() && at.Sub(last.to) < inFlight {
		return
	}
	if l.wrongs++; len(l.wrong) < 10 {
		l.wrong = append(l.wrong, fmt.Sprintf("%d saw %d (the patient's side is %d); sent %v before it was seen; here %v and %v; bare %v",
			to, of.From, l.bed, at.Sub(of.At), ages(l.here[to], at), ages(l.here[of.From], at), ages(l.bare, at)))
	}
}

// latest is the latest part of a time that lies within one of spans; the zero
// span, if none does.
func latest(spans []span, of span) span {
	for _, s := range slices.Backward(spans) {
		if s.to.IsZero() || s.to.After(of.to) {
			s.to = of.to
		}
		if s.from.Before(of.from) {
			s.from = of.from
		}
		if !of.from.IsZero() && !s.to.Before(s.from) {
			return s
		}
	}
	return span{}
}

func ages(spans []span, now time.Time) (all []string) {
	for _, s := range spans[max(0, len(spans)-3):] {
		to := "now"
		if !s.to.IsZero() {
			to = fmt.Sprint(now.Sub(s.to))
		}
		all = append(all, fmt.Sprint(now.Sub(s.from), " to ", to))
	}
	return all
}

// seen returns how many packets of one another has got.
func (l *ledger) seen(from, to uint32) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.flows[flow{from, to}]
}

// packets returns how many were seen in all, and by how many pairs.
func (l *ledger) packets() (n, pairs int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, count := range l.flows {
		n += count
	}
	return n, len(l.flows)
}

package sfu

import (
	"math"
	"sync"
	"time"
)

const (
	// firstEstimate is what a network is believed to carry before anything is
	// known of it, in bit/s: enough that a call on a LAN has a picture at once.
	firstEstimate = 1_000_000
	// An estimate is within these: below the least not even sound would pass, and
	// of more than the most there is no use.
	leastEstimate, mostEstimate = 24_000, 20_000_000
	// decreaseTo is to what part of what arrives an estimate falls when the queue
	// grows, so that the queue empties (beta in draft-ietf-rmcat-gcc-02, 5.5).
	decreaseTo = 0.85
	// increaseBy is how it rises in a second (eta), and no higher than increaseTo
	// times what arrives and a little more: what was not tried is not known.
	increaseBy, increaseTo, increasePlus = 1.08, 1.5, 10_000
	// carried is how much of what arrives counts as carried: a little of it may be
	// from a queue that empties.
	carried = 0.95
	// increaseLow is the least it rises in a second.
	increaseLow = 4_000
	// ackedSpan is over how long what arrives is measured.
	ackedSpan = 500 * time.Millisecond
	// decreaseEvery is the least time between two falls: what the first did must
	// be seen before the second.
	decreaseEvery = 300 * time.Millisecond
	// Where less than half is sent of what is believed to pass, a queue that grows is
	// hardly ours: more likely somebody's processor was busy. It halves the estimate,
	// and is believed if it grows again within signAgain.
	signAgain = 3 * time.Second
)

// An estimator works out how much one receiver's network carries, from what the
// receiver says came and when: the lower of an estimate by delay and one by loss.
//
// Both follow draft-ietf-rmcat-gcc-02, with what browsers have changed since: a
// fitted line in place of the Kalman filter (see trend), and the result of a
// probe taken as it is. What is ours: loss that does not yield to sending less
// is the network's own, and no reason to send less (see lossLimit).
type estimator struct {
	mu        sync.Mutex
	trend     trend
	loss      lossLimit
	outage    outage
	acked     ackedRate
	rate      float64   // by delay, bit/s
	raisedAt  time.Time // when rate last rose, or was seen to have no reason to
	fellAt    time.Time
	heardAt   time.Time
	fellCount int // how often the queue was seen to grow
	probes    probeResults
}

func newEstimator() *estimator {
	return &estimator{rate: firstEstimate, loss: lossLimit{rate: firstEstimate}}
}

// heard takes what a receiver said.
func (e *estimator) heard(acks []ack, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(acks) == 0 {
		return
	}
	e.heardAt = now
	lost, came := 0, 0
	for _, a := range acks {
		if a.lost {
			e.outage.lost(a.sent)
			continue
		}
		lost += e.outage.over()
		came++
		e.acked.add(a.came, a.size)
		e.trend.add(a)
		e.probes.add(a)
	}
	e.byDelay(now)
	e.loss.heard(lost, lost+came, e.acked.rate(), now)
	if result, ok := e.probes.result(); ok && result > e.now() && e.trend.state != overused {
		e.rate, e.loss.rate = bounded(result), bounded(result)
		e.raisedAt = now
	}
}

// byDelay moves the estimate by delay.
func (e *estimator) byDelay(now time.Time) {
	acked := e.acked.rate()
	switch e.trend.state {
	case overused:
		if now.Sub(e.fellAt) < decreaseEvery {
			break
		}
		fall := decreaseTo * acked
		if now.Sub(e.fellAt) > signAgain {
			fall = max(fall, e.rate/2)
		}
		e.rate = bounded(min(e.rate, fall))
		e.fellAt, e.raisedAt = now, now
		e.fellCount++
		e.trend.state = normal
	case underused:
		e.raisedAt = now // let the queue empty first
	default:
		seconds := min(now.Sub(e.raisedAt).Seconds(), 1)
		raised := e.rate + max(e.rate*(math.Pow(increaseBy, seconds)-1), increaseLow*seconds)
		// What comes while no queue grows is carried, whatever was believed.
		e.rate = bounded(max(e.rate, carried*acked, min(raised, increaseTo*acked+increasePlus)))
		e.raisedAt = now
	}
}

// reported takes what a receiver's report says, of one that says no more: what
// part was lost of what was sent at a rate.
func (e *estimator) reported(lost float64, sent int, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.heardAt.IsZero() && now.Sub(e.heardAt) < 5*time.Second {
		return // it says more
	}
	const packets = 100 // a second's worth
	e.loss.heard(int(lost*packets), packets, (1-lost)*float64(sent), now)
	e.loss.rate = min(e.loss.rate, max(increaseTo*float64(sent)+increasePlus, e.loss.rate/increaseBy))
	e.rate = e.loss.rate
}

// estimate returns what the network is believed to carry, in bit/s.
func (e *estimator) estimate() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return int(e.now())
}

// unqueued returns what the network is believed to carry by delay alone, in bit/s,
// and what part of what is sent is usually lost. A radio that loses much has no
// queue, and room for what mends it.
func (e *estimator) unqueued() (rate int, lost float64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return int(e.rate), e.loss.usual
}

// falls returns how often the network was seen to be too full.
func (e *estimator) falls() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.fellCount + e.loss.fellCount
}

func (e *estimator) now() float64 { return bounded(min(e.rate, e.loss.rate)) }

func bounded(rate float64) float64 { return min(mostEstimate, max(leastEstimate, rate)) }

// ackedCells is how many parts ackedSpan is measured in.
const ackedCells = 10

// An ackedRate measures how much arrives, by the receiver's clock.
type ackedRate struct {
	cells  [ackedCells]int // bytes
	newest int64           // number of the newest cell
	oldest int64           // of the first ever
	any    bool
}

func (a *ackedRate) add(came time.Duration, size int) {
	cell := int64(came / (ackedSpan / ackedCells))
	if !a.any || cell < a.newest-ackedCells || cell > a.newest+100*ackedCells {
		*a = ackedRate{any: true, newest: cell, oldest: cell}
	}
	for a.newest < cell {
		a.newest++
		a.cells[mod(a.newest, ackedCells)] = 0
	}
	if cell > a.newest-ackedCells {
		a.cells[mod(cell, ackedCells)] += size
	}
}

// rate returns bit/s, over the span without its newest part, which is not over.
func (a *ackedRate) rate() float64 {
	cells := min(a.newest-a.oldest, ackedCells-1)
	if cells < 2 {
		return 0
	}
	bytes := 0
	for i := a.newest - cells; i < a.newest; i++ {
		bytes += a.cells[mod(i, ackedCells)]
	}
	span := time.Duration(cells) * (ackedSpan / ackedCells)
	return float64(bytes) * 8 / span.Seconds()
}

func mod(n, by int64) int64 { return (n%by + by) % by }

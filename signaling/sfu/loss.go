package sfu

import "time"

const (
	// lossEvery is over how long loss is gathered, and lossLeast how many packets
	// it takes to say anything.
	lossEvery = 500 * time.Millisecond
	lossLeast = 20
	// More than lossTooMuch has the estimate fall by half of it; less than
	// lossLittle has it rise (draft-ietf-rmcat-gcc-02, 6).
	lossTooMuch, lossLittle = 0.10, 0.02
	// lossMemory is how many times lossEvery it takes until loss that is always
	// there counts as the network's own.
	lossMemory = 10
)

// A lossLimit is the estimate by loss.
//
// The draft takes loss for a queue that is full. On the radio of a ward it is as
// often interference, of which there is no less when one sends less, and to fall
// for it would end with no picture at all. So the least loss of the last five
// seconds is taken off what is seen: a full queue is emptied by the first falls,
// after which there is none, and loss that has stayed through them has another
// reason.
type lossLimit struct {
	rate      float64 // bit/s
	lost, all int
	since     time.Time
	past      [lossMemory]float64
	n         int
	fellCount int
	usual     float64 // what part is lost: it rises at once and falls slowly
}

// usualFalls is by what part of itself the usual loss falls each time.
const usualFalls = 0.05

func (l *lossLimit) heard(lost, all int, acked float64, now time.Time) {
	l.lost += lost
	l.all += all
	if l.since.IsZero() {
		l.since = now
	}
	if now.Sub(l.since) < lossEvery || l.all < lossLeast {
		return
	}
	seconds := min(now.Sub(l.since).Seconds(), 2)
	part := float64(l.lost) / float64(l.all)
	l.lost, l.all, l.since = 0, 0, now
	l.usual += (part - l.usual) * usualFalls
	l.usual = max(l.usual, part/4)
	extra := part - l.own()
	l.past[l.n%lossMemory] = part
	l.n++
	switch {
	case extra > lossTooMuch:
		l.rate = bounded(min(l.rate, max(l.rate*(1-0.5*extra), decreaseTo*acked)))
		l.fellCount++
	case extra < lossLittle:
		l.rate = bounded(l.rate * (1 + (increaseBy-1)*seconds))
	}
}

// own returns how much loss is the network's own.
func (l *lossLimit) own() float64 {
	if l.n < lossMemory {
		return 0
	}
	least := l.past[0]
	for _, part := range l.past[1:] {
		least = min(least, part)
	}
	return least
}

// outageSpan is for how long nothing at all must come for it to be no loss but an
// outage: a full queue lets something through.
const outageSpan = 300 * time.Millisecond

// An outage is packets lost one after another, while a phone changes its network
// or ICE its path. Of how much the network carries it says nothing, and so it does
// not count as loss.
type outage struct {
	packets     int
	first, last time.Duration // when sent
}

func (o *outage) lost(sent time.Duration) {
	if o.packets == 0 {
		o.first = sent
	}
	o.packets++
	o.last = sent
}

// over notes that a packet came, and returns how many lost before it are to count.
func (o *outage) over() (lost int) {
	if o.last-o.first < outageSpan {
		lost = o.packets
	}
	o.packets = 0
	return lost
}

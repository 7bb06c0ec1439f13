package netlab

import "time"

// Conditions are how one Way of a Link is. The zero Conditions are perfect.
type Conditions struct {
	// Delay is how long a packet is on the way; Jitter is the standard deviation
	// of what is added to it or taken off, without packets overtaking each other.
	Delay, Jitter time.Duration
	// Loss is the share of packets lost by chance, each by itself, from 0 to 1.
	Loss float64
	// Bursts are losses of several packets together.
	Bursts Bursts
	// Reorder is the share of packets that are not delayed at all, and so overtake.
	Reorder float64
	// Rate is what the line carries, in bits a second; 0 is no limit.
	Rate int
	// Queue is how long a packet may wait for its turn on a line of that Rate. One
	// that would wait longer is dropped.
	Queue time.Duration
	// MTU is the largest packet that gets through, in bytes. A larger one vanishes
	// without a word, as behind many a firewall; 0 is no limit.
	MTU int
	// Dark is a black-hole: nothing gets through, and nobody is told.
	Dark bool
	// Rules refuse packets. Nobody is told.
	Rules []Rule
}

// Bursts are losses after Gilbert and Elliott: the line is either good or bad,
// and at each packet may turn from one into the other. The zero Bursts are a line
// that is never bad.
type Bursts struct {
	Begin float64 // the chance, at each packet, that a good line turns bad
	End   float64 // the chance, at each packet, that a bad line turns good
	Loss  float64 // the share of packets that a bad line loses
}

// BurstsOf are bursts in which everything is lost: share of all packets, in
// bursts of length packets on average.
func BurstsOf(share, length float64) Bursts {
	end := 1 / length
	return Bursts{Begin: end * share / (1 - share), End: end, Loss: 1}
}

// RoundTrip are conditions of which a Link with both ways alike has that round
// trip.
func RoundTrip(d time.Duration) Conditions { return Conditions{Delay: d / 2} }

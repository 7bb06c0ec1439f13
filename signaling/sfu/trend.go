package sfu

import "time"

// How the queue on the way to a receiver grows is seen from how much later than
// it was sent each group of packets comes. This is the delay-based part of
// draft-ietf-rmcat-gcc-02, with the line fitted through the last groups that
// browsers use since, in place of the draft's Kalman filter.
const (
	// groupSpan is how long a group of packets may take to send (5.2 of the draft).
	groupSpan = 5 * time.Millisecond
	// trendGroups is how many groups the line goes through.
	trendGroups = 20
	// trendSmooth is how much of the delay so far is kept at each group.
	trendSmooth = 0.9
	// trendGain makes of a slope something to be held against the threshold, as
	// tuned in browsers; trendMost is how many groups weigh in it at most.
	trendGain, trendMost = 4.0, 60
	// The threshold, in ms, adapts to what is usual on this network (5.4).
	thresholdFirst, thresholdLeast, thresholdMost = 12.5, 6.0, 600.0
	thresholdUp, thresholdDown                    = 0.0087, 0.039 // a ms
	thresholdBeyond                               = 15.0          // what is so far above is no measure of what is usual
	// overuseAfter is how long the queue must be seen to grow.
	overuseAfter = 10 * time.Millisecond
)

// A load is what a trend makes of a network's queue.
type load int

const (
	normal load = iota
	overused
	underused
)

// A trend watches the queue.
type trend struct {
	group, last   group // the one being gathered, and the one before
	first         time.Duration
	sum, smoothed float64 // ms
	points        [trendGroups]struct{ at, delay float64 }
	n             int // points ever
	slope         float64
	threshold     float64
	updatedAt     time.Duration
	over          time.Duration // how long overuse was seen; below 0 it was not
	overs         int
	state         load
}

// A group is packets sent at a burst.
type group struct {
	any                   bool
	sentFirst, sent, came time.Duration
	cameFirst             time.Duration
}

// add notes a packet that came, in the order they were sent.
func (t *trend) add(a ack) {
	switch g := &t.group; {
	case !g.any:
		t.group = group{any: true, sentFirst: a.sent, sent: a.sent, came: a.came, cameFirst: a.came}
	case a.sent < g.sentFirst:
		// Of an older group: out of order.
	case a.sent-g.sentFirst <= groupSpan || g.bursts(a):
		g.sent, g.came = max(g.sent, a.sent), max(g.came, a.came)
	default:
		if t.last.any {
			t.compare(t.group.sent-t.last.sent, t.group.came-t.last.came, t.group.came)
		}
		t.last = t.group
		t.group = group{any: true, sentFirst: a.sent, sent: a.sent, came: a.came, cameFirst: a.came}
	}
}

// bursts reports whether a came with g though sent after it: both had waited in
// one queue that is emptied at a burst, as on Wi-Fi, and say nothing of growth.
func (g *group) bursts(a ack) bool {
	between := a.came - g.came
	return between <= groupSpan && between < a.sent-g.sent && a.came-g.cameFirst < 100*time.Millisecond
}

// compare notes that of two groups sent so far apart the second came so far
// after the first.
func (t *trend) compare(sent, came, at time.Duration) {
	if came < 0 || came > 3*time.Second || sent > 3*time.Second {
		slope := *t
		*t = trend{threshold: slope.threshold, group: slope.group} // it was silent; begin anew
		return
	}
	if t.n == 0 {
		t.first = at
	}
	if t.threshold == 0 {
		t.threshold = thresholdFirst
	}
	t.sum += ms(came - sent)
	t.smoothed = trendSmooth*t.smoothed + (1-trendSmooth)*t.sum
	p := &t.points[t.n%trendGroups]
	p.at, p.delay = ms(at-t.first), t.smoothed
	t.n++
	was := t.slope
	if t.n >= trendGroups {
		t.slope = t.fit()
	}
	t.judge(was, sent, at)
}

// fit returns the slope of the line through the points, by least squares.
func (t *trend) fit() float64 {
	var x, y float64
	for _, p := range t.points {
		x += p.at
		y += p.delay
	}
	x, y = x/trendGroups, y/trendGroups
	var above, below float64
	for _, p := range t.points {
		above += (p.at - x) * (p.delay - y)
		below += (p.at - x) * (p.at - x)
	}
	if below == 0 {
		return t.slope
	}
	return above / below
}

func (t *trend) judge(was float64, sent, at time.Duration) {
	score := float64(min(t.n, trendMost)) * t.slope * trendGain
	switch {
	case score > t.threshold:
		t.over += sent
		t.overs++
		if t.over > overuseAfter && t.overs > 1 && t.slope >= was {
			t.over, t.overs, t.state = 0, 0, overused
		}
	case score < -t.threshold:
		t.over, t.overs, t.state = 0, 0, underused
	default:
		t.over, t.overs, t.state = 0, 0, normal
	}
	t.adapt(max(score, -score), at)
}

func (t *trend) adapt(score float64, at time.Duration) {
	since := min(at-t.updatedAt, 100*time.Millisecond)
	t.updatedAt = at
	if score > t.threshold+thresholdBeyond {
		return
	}
	by := thresholdUp
	if score < t.threshold {
		by = thresholdDown
	}
	t.threshold = min(thresholdMost, max(thresholdLeast, t.threshold+by*(score-t.threshold)*ms(since)))
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

package sfu

import "time"

const (
	// maxGaps is how many missing packets we ask for. With more missing than
	// that, a keyframe costs less than the repair.
	maxGaps = 64
	// askAgain is when a packet asked for and not come is asked for again; about
	// a round trip of a mobile network.
	askAgain = 100 * time.Millisecond
	// askTimes bounds how often one is asked for: after that its frame has long
	// been given up.
	askTimes = 6
)

// gaps are the packets of a source that have not come.
type gaps struct {
	missing []gap
	scratch []uint16
}

type gap struct {
	seq   uint16
	tries int
	asked time.Time
}

// jump notes that next came when the newest before it was last. It returns the
// numbers to ask for, good until the next call, and whether so much is missing
// that only a keyframe helps.
func (g *gaps) jump(last, next uint16, now time.Time) (ask []uint16, hopeless bool) {
	n := int(next-last) - 1
	if n+len(g.missing) > maxGaps {
		g.missing = g.missing[:0]
		return nil, true
	}
	g.scratch = g.scratch[:0]
	for seq := last + 1; seq != next; seq++ {
		g.missing = append(g.missing, gap{seq: seq, tries: 1, asked: now})
		g.scratch = append(g.scratch, seq)
	}
	return g.scratch, false
}

// came notes that a late packet came.
func (g *gaps) came(seq uint16) {
	for i := range g.missing {
		if g.missing[i].seq == seq {
			g.missing = append(g.missing[:i], g.missing[i+1:]...)
			return
		}
	}
}

// due returns what to ask for again, good until the next call.
func (g *gaps) due(now time.Time) []uint16 {
	g.scratch = g.scratch[:0]
	kept := g.missing[:0]
	for _, m := range g.missing {
		if now.Sub(m.asked) >= askAgain {
			if m.tries == askTimes {
				continue
			}
			m.tries++
			m.asked = now
			g.scratch = append(g.scratch, m.seq)
		}
		kept = append(kept, m)
	}
	g.missing = kept
	return g.scratch
}

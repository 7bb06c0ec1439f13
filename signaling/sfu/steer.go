package sfu

import "time"

// steer decides which layer of whoever is shown each slot of p gets.
func (p *Peer) steer(now time.Time) {
	p.steering.Lock()
	defer p.steering.Unlock()
	for _, slot := range p.slots {
		st := slot[Video]
		if st == nil {
			continue
		}
		src, want := st.showing()
		if src == nil {
			continue
		}
		if st.aim(src, fit(src.offers(now), want)) {
			st.keyframe(now)
		}
	}
}

func (st *stream) showing() (*source, Want) {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.src, st.want
}

// fit returns the rank of the smallest layer that is as high as is wanted, or of
// the highest there is.
func fit(layers [layers]fed, want Want) int {
	if want.Height == 0 {
		return -1
	}
	best := -1
	for rank, l := range layers {
		if !l.alive {
			continue
		}
		best = rank
		if l.height >= want.Height {
			break
		}
	}
	return best
}

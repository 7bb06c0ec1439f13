package sfu

import "time"

const (
	// A network that carries less than narrowBelow, in bit/s, is narrow: two voices
	// and two small pictures are about what it carries, if they are made for it. It
	// is so until it carries wideAbove for wideFor.
	narrowBelow, wideAbove = 300_000, 400_000
	wideFor                = 4 * time.Second
)

// A width is whether a network is narrow.
type width struct {
	narrow bool
	since  time.Time // when it was last too narrow to be called wide
}

// look takes how much is believed to be carried, in bit/s.
func (w *width) look(estimate int, now time.Time) bool {
	switch {
	case estimate < narrowBelow:
		w.narrow, w.since = true, now
	case estimate < wideAbove:
		w.since = now
	case now.Sub(w.since) >= wideFor:
		w.narrow = false
	}
	return w.narrow
}

// Sparing reports whether somebody to whom p's sound or picture goes has a network
// that carries little. Whoever sends can do most about that: a voice in fewer,
// larger packets, a smaller picture.
func (p *Peer) Sparing() bool {
	for _, src := range p.sources {
		if src == nil {
			continue
		}
		for _, st := range *src.streams.Load() {
			if st.peer != nil && st.peer.narrow.Load() {
				return true
			}
		}
	}
	return false
}

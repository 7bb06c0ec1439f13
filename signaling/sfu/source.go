package sfu

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
)

// A source is what one Peer sends of one kind: the sound, or the picture in up
// to three layers.
type source struct {
	kind   Kind
	coding coding
	peer   *Peer
	// layers by rank; nil where the offer has none. Sound, and a picture without
	// layers, have the lowest alone.
	layers  [layers]*layer
	isNamed bool // the layers have rids

	// streams show this source. The slice is never written to, only replaced,
	// so that packets go by without a lock.
	streams atomic.Pointer[[]*stream]

	mu   sync.Mutex // guards the replacing of streams
	loud loudness
}

// newSource makes a source with the layers of those rids, or with one.
func newSource(p *Peer, kind Kind, as coding, rids ...string) *source {
	s := &source{kind: kind, coding: as, peer: p, isNamed: len(rids) > 0}
	s.streams.Store(new([]*stream))
	for _, rid := range rids {
		s.layers[ranks[rid]] = &layer{source: s, rank: ranks[rid]}
	}
	if len(rids) == 0 {
		s.layers[0] = &layer{source: s}
	}
	return s
}

// isLayered reports whether there is more than one layer to choose from.
func (s *source) isLayered() bool { return s.layers[1] != nil || s.layers[2] != nil }

// lowest returns the rank of the lowest layer of the offer.
func (s *source) lowest() int {
	return slices.IndexFunc(s.layers[:], func(l *layer) bool { return l != nil })
}

// remembers is how many packets of a layer are kept for repair: less of those
// that send less.
func (s *source) remembers(rank int) int {
	if !s.isLayered() {
		return ringPackets
	}
	return ringPackets >> (layers - 1 - rank)
}

// attach has st among those that the source flows to.
func (s *source) attach(st *stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	streams := append(slices.Clone(*s.streams.Load()), st)
	s.streams.Store(&streams)
}

func (s *source) detach(st *stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	streams := slices.DeleteFunc(slices.Clone(*s.streams.Load()), func(have *stream) bool { return have == st })
	s.streams.Store(&streams)
}

// wantKeyframe asks for a keyframe of each layer that somebody watches, and of
// the lowest if nobody does.
func (s *source) wantKeyframe(now time.Time) {
	asked := false
	for _, l := range s.layers {
		if l != nil && l.watched() {
			l.wantKeyframe(now)
			asked = true
		}
	}
	for _, l := range s.layers {
		if l != nil && !asked {
			l.wantKeyframe(now)
			return
		}
	}
}

// tick returns what the source has to ask of its sender.
func (s *source) tick(now time.Time) (ask []rtcp.Packet) {
	for _, l := range s.layers {
		if l != nil {
			ask = append(ask, l.tick(now)...)
		}
	}
	return ask
}

// cameAt returns when the newest packet of any layer came.
func (s *source) cameAt() (at time.Time) {
	for _, l := range s.layers {
		if l == nil {
			continue
		}
		l.mu.Lock()
		if l.came.After(at) {
			at = l.came
		}
		l.mu.Unlock()
	}
	return at
}

// lost returns the greatest part of a layer that was lost, as last reported.
func (s *source) lost() (part float64) {
	for _, l := range s.layers {
		if l == nil {
			continue
		}
		l.mu.Lock()
		part = max(part, float64(l.seen.lost)/256)
		l.mu.Unlock()
	}
	return part
}

// fed is what is known of a layer when it is decided who gets which.
type fed struct {
	alive  bool
	rate   int // bits a second
	height int
}

// offers returns what there is to choose from.
func (s *source) offers(now time.Time) (all [layers]fed) {
	for rank, l := range s.layers {
		if l == nil {
			continue
		}
		l.mu.Lock()
		all[rank] = fed{
			alive: l.seen.any && now.Sub(l.came) < aliveFor, rate: l.rate.rate(), height: l.height,
		}
		l.mu.Unlock()
		if all[rank].height != 0 {
			continue
		}
		all[rank].height = usualHeights[layers-1]
		if s.isLayered() {
			all[rank].height = usualHeights[rank]
		}
	}
	return all
}

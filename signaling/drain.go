package signaling

import (
	"context"
	"fmt"
)

// Drain begins no more visits, and returns when those that are going on have
// ended by themselves, or ctx is over. Whoever is in one may lose their network
// and come back, and whoever belongs to one may still come; others are told to
// try again later, when another process has taken over.
func (s *Server) Drain(ctx context.Context) error {
	s.mu.Lock()
	if !s.draining {
		s.draining, s.drained = true, make(chan struct{})
		s.noteDrained()
	}
	drained := s.drained
	s.mu.Unlock()
	select {
	case <-drained:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("signaling: drain: %w", ctx.Err())
	}
}

// Occupied returns how many rooms somebody is in.
func (s *Server) Occupied() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.occupied
}

// isDraining reports whether no more visits are to begin.
func (s *Server) isDraining() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.draining
}

// occupy counts a room that somebody has come into, or that all have left.
func (s *Server) occupy(occupied bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if occupied {
		s.occupied++
		return
	}
	s.occupied--
	s.noteDrained()
}

// noteDrained is called with mu held. Once there is nobody, there never will be:
// an empty room lets nobody in while draining.
func (s *Server) noteDrained() {
	if s.draining && s.occupied == 0 {
		select {
		case <-s.drained:
		default:
			close(s.drained)
		}
	}
}

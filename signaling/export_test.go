package signaling

// MaxSilent is how many sockets may say nothing.
const MaxSilent = maxSilent

// IsDraining reports whether no more visits are to begin.
func (s *Server) IsDraining() bool { return s.isDraining() }

// Silent returns how many sockets have said nothing yet.
func (s *Server) Silent() int {
	s.porch.mu.Lock()
	defer s.porch.mu.Unlock()
	return s.porch.silent.Len()
}

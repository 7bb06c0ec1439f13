package signaling

// IsDraining reports whether no more visits are to begin.
func (s *Server) IsDraining() bool { return s.isDraining() }

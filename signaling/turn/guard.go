package turn

import "runtime/debug"

// guard is deferred by everything that Pion asks of us. It asks in goroutines of its
// own, which read for everybody, so what goes wrong in an answer is a refusal to
// whoever asked, and nothing to the others. refuse makes it one.
func (s *Server) guard(what string, refuse func()) {
	if fault := recover(); fault != nil {
		s.cfg.Log.Error("relay: an answer broke", "what", what, "fault", fault, "stack", string(debug.Stack()))
		refuse()
	}
}

// nothing is the refusal of what has no answer.
func nothing() {}

package turn

import (
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wardvisit/wardvisit/signaling/port"
)

const (
	// silentFor is how long a connection may say nothing: a browser that has a
	// relay refreshes it more often.
	silentFor = 2 * relayLife
	// takeWithin is how long somebody who takes nothing is written to. While it
	// lasts, what comes for them is thrown away by the system.
	takeWithin = 30 * time.Second
	// goodbye is how long a connection without a relay any more may still speak:
	// the answer to its last request has to reach it.
	goodbye = 5 * time.Second
)

// A listener is one of ours: Pion closes a listener of its own and forgets the
// connections that came from it.
type listener struct {
	net.Listener
	server *Server
}

// Accept returns the next connection, of which we keep a note. Pion accepts no more
// after an error, so one that breaks is not its to know.
func (l listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if kept, err := l.note(c); kept != nil || err != nil {
			return kept, err
		}
	}
}

// note keeps a note of c; it returns nil if c has broken, and been closed.
func (l listener) note(c net.Conn) (kept net.Conn, err error) {
	defer l.server.guard("a new connection", func() { _ = c.Close() })
	noted := &stream{Conn: c, server: l.server, ends: endsOf(c.RemoteAddr(), c.LocalAddr())}
	if !l.server.keep(noted) {
		_ = c.Close()
		return nil, net.ErrClosed
	}
	return noted, nil
}

// A stream is one connection to the relay over TCP or TLS. A browser has one
// relay on each.
type stream struct {
	net.Conn
	server *Server
	ends   string
	over   atomic.Bool // its relay has ended
	once   sync.Once
}

func endsOf(from, to net.Addr) string { return from.String() + " " + to.String() }

// Read waits for as long as a browser may be silent.
func (s *stream) Read(b []byte) (n int, err error) {
	defer s.server.guard("reading a connection", func() { n, err = 0, errBroke })
	wait := silentFor
	if s.over.Load() {
		wait = goodbye
	}
	if err := s.SetReadDeadline(s.server.cfg.Now().Add(wait)); err != nil {
		return 0, err
	}
	return s.Conn.Read(b)
}

// Write waits for somebody slow. Half of what it writes may have gone when it
// gives up, so the connection is of no more use then.
func (s *stream) Write(b []byte) (n int, err error) {
	defer s.server.guard("writing a connection", func() {
		n, err = 0, errBroke
		_ = s.Close()
	})
	if err := s.SetWriteDeadline(s.server.cfg.Now().Add(takeWithin)); err != nil {
		return 0, err
	}
	n, err = s.Conn.Write(b)
	if err != nil {
		_ = s.Close()
	}
	return n, err
}

// Close closes the connection.
func (s *stream) Close() error {
	s.once.Do(func() { s.server.forget(s) })
	return s.Conn.Close()
}

func (s *Server) keep(c *stream) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.streams[c.ends] = c
	return true
}

func (s *Server) forget(c *stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.streams[c.ends] == c {
		delete(s.streams, c.ends)
	}
}

func (s *Server) streamBetween(from, to net.Addr) *stream {
	if _, tcp := from.(*net.TCPAddr); !tcp {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.streams[endsOf(from, to)]
}

// relayOpened says of a connection that it has business here. Only a relay says
// so, of which a credential has few: a stolen one holds no more connections.
func (s *Server) relayOpened(from, to net.Addr, _, _, _ string, _ net.Addr, _ int) {
	defer s.guard("a relay's beginning", nothing)
	if c := s.streamBetween(from, to); c != nil {
		c.over.Store(false)
		port.Known(c.Conn)
	}
}

// relayEnded has the connection of a relay that is gone end soon.
func (s *Server) relayEnded(from, to net.Addr, _, _, _ string) {
	defer s.guard("a relay's end", nothing)
	if c := s.streamBetween(from, to); c != nil {
		c.over.Store(true)
		_ = c.SetReadDeadline(s.cfg.Now().Add(goodbye)) // who reads now waits no longer, either
	}
}

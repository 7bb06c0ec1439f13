package port

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

const (
	// maxStrangers is a ward round's worth of families at the same minute, many
	// times over, and far less than a process may hold open.
	maxStrangers = 2048
	// knownWithin allows a phone on a bad link a TLS handshake and a request.
	knownWithin = 15 * time.Second
	// acmeProtocol is spoken by an authority that checks whose name this is: the
	// handshake is all of it (RFC 8737).
	acmeProtocol = "acme-tls/1"
	// backlog is how much may wait in the system for somebody who reads slowly:
	// what is not on its way yet can still be left out.
	backlog = 128 << 10
	// The pauses after the system refuses a connection for want of something.
	firstPause, longestPause = 5 * time.Millisecond, time.Second
)

// Protocols are what a port's TLS offers to speak (ALPN): HTTP/1.1, which
// websockets need, and the relay's own (RFC 7443).
func Protocols() []string { return []string{"http/1.1", "stun.turn", "stun.nat-discovery"} }

// The reasons for which connections are refused, as counters name them.
const (
	RefusedJunk    = "junk"    // it began with none of what we speak
	RefusedTLS     = "tls"     // no handshake came about
	RefusedSilent  = "silent"  // it stayed a stranger for too long
	RefusedCrowded = "crowded" // it had to go for somebody newer
	RefusedShut    = "shut"    // nobody here serves that
	RefusedFault   = "fault"   // we broke on it
)

// Config is what a Port needs to be told.
type Config struct {
	// Listener takes the connections. The Port closes it.
	Listener net.Listener
	// TLS, if not nil, is spoken with those who begin with it.
	TLS *tls.Config
	// MaxStrangers is how many connections may be unknown at once, and
	// KnownWithin for how long each. 0 is a good number of either.
	MaxStrangers int
	KnownWithin  time.Duration
	// Refused, if not nil, is told why a connection was refused.
	Refused func(why string)
}

// A Port is one TCP port.
type Port struct {
	cfg   Config
	crowd *crowd
	ctx   context.Context // ends with Close
	stop  context.CancelFunc
	once  sync.Once
	busy  sync.WaitGroup // connections that are being looked at

	pages, plain, relay, media door
}

// New returns a Port. Until Serve is called, connections wait in the system.
func New(cfg Config) *Port {
	if cfg.MaxStrangers == 0 {
		cfg.MaxStrangers = maxStrangers
	}
	if cfg.KnownWithin == 0 {
		cfg.KnownWithin = knownWithin
	}
	if cfg.Refused == nil {
		cfg.Refused = func(string) {}
	}
	p := &Port{cfg: cfg, crowd: newCrowd(cfg.MaxStrangers)}
	p.ctx, p.stop = context.WithCancel(context.Background())
	for _, d := range []*door{&p.pages, &p.plain, &p.relay, &p.media} {
		*d = door{port: p, arrivals: make(chan net.Conn), shut: make(chan struct{})}
	}
	return p
}

// Pages opens the door of those who want pages, over TLS if the Port has it.
func (p *Port) Pages() net.Listener { return p.pages.open() }

// Plain opens the door of those who want pages without TLS from a Port that has
// it.
func (p *Port) Plain() net.Listener { return p.plain.open() }

// Relay opens the door of TURN, over TLS or without.
func (p *Port) Relay() net.Listener { return p.relay.open() }

// Media opens the door of ICE-TCP.
func (p *Port) Media() net.Listener { return p.media.open() }

// Addr is where the Port listens.
func (p *Port) Addr() net.Addr { return p.cfg.Listener.Addr() }

// Strangers returns how many connections are not known yet.
func (p *Port) Strangers() int { return p.crowd.size() }

// Serve takes connections until Close, and returns when none is being looked at.
// A system that is short of something makes it pause, and drop a stranger.
func (p *Port) Serve() error {
	defer p.busy.Wait()
	pause := firstPause
	for {
		c, err := p.cfg.Listener.Accept()
		if err == nil {
			pause = firstPause
			p.admit(c)
			continue
		}
		if p.ctx.Err() != nil {
			return nil
		}
		if errors.Is(err, net.ErrClosed) {
			return fmt.Errorf("port: %w", err)
		}
		p.crowd.evict()
		select {
		case <-time.After(pause):
			pause = min(2*pause, longestPause)
		case <-p.ctx.Done():
			return nil
		}
	}
}

// Close stops listening, shuts every door and drops every stranger. Connections
// that are known belong to whoever took them.
func (p *Port) Close() error {
	var err error
	p.once.Do(func() {
		p.stop()
		err = p.cfg.Listener.Close()
		for _, d := range []*door{&p.pages, &p.plain, &p.relay, &p.media} {
			_ = d.Close() // which only shuts it
		}
		p.crowd.close()
	})
	return err
}

// admit makes a connection a stranger, and has it looked at.
func (p *Port) admit(raw net.Conn) {
	s := &stranger{crowd: p.crowd, conn: raw, from: network(raw.RemoteAddr())}
	s.timer = time.AfterFunc(p.cfg.KnownWithin, func() {
		if p.crowd.expire(s) {
			p.cfg.Refused(RefusedSilent)
		}
	})
	evicted, open := p.crowd.enter(s)
	if evicted {
		p.cfg.Refused(RefusedCrowded)
	}
	if !open {
		s.timer.Stop()
		s.drop()
		return
	}
	p.busy.Go(func() { p.look(raw, s) })
}

// look finds out what a connection is, and brings it to its door.
func (p *Port) look(raw net.Conn, s *stranger) {
	c := &conn{Conn: raw, stranger: s}
	refuse := func(why string) {
		if p.crowd.leave(s) { // else it was refused already, by time or by the crowd
			p.cfg.Refused(why)
		}
		s.drop()
	}
	defer func() {
		if broken := recover(); broken != nil {
			refuse(RefusedFault)
		}
	}()
	what := c.sniff()
	within := false
	if what == secure && p.cfg.TLS != nil {
		over := tls.Server(c, p.cfg.TLS)
		if err := over.HandshakeContext(p.ctx); err != nil { // the stranger's time bounds it
			refuse(RefusedTLS)
			return
		}
		if over.ConnectionState().NegotiatedProtocol == acmeProtocol {
			p.crowd.leave(s)
			_ = over.Close() // it was all that it came for
			return
		}
		within, c = true, &conn{Conn: over, stranger: s}
		what = c.sniff()
	}
	if tcp, ok := raw.(*net.TCPConn); ok && (what == relay || what == media) {
		_ = tcp.SetWriteBuffer(backlog) // later without, not wrong
	}
	door := p.door(what, within)
	switch {
	case what == unsure: // it went away, as those do that look whether we are there
		p.crowd.leave(s)
		_ = c.Close()
	case door == nil:
		refuse(RefusedJunk)
	case !door.bring(c):
		refuse(RefusedShut)
	}
}

// door returns the door for what a connection is, or nil.
func (p *Port) door(what kind, within bool) *door {
	switch what {
	case pages:
		if p.cfg.TLS != nil && !within {
			return &p.plain
		}
		return &p.pages
	case relay:
		return &p.relay
	case media:
		return &p.media
	}
	return nil
}

// sniff reads until it is clear what comes.
func (c *conn) sniff() kind {
	buf := make([]byte, mostHead)
	have := 0
	for {
		n, err := c.Conn.Read(buf[have:])
		have += n
		if what := tell(buf[:have]); what != unsure {
			c.head = buf[:have]
			return what
		}
		switch {
		case err != nil && have == 0:
			return unsure
		case err != nil:
			return junk
		}
	}
}

// A door is a net.Listener of one kind of connection.
type door struct {
	port     *Port
	arrivals chan net.Conn
	shut     chan struct{}
	once     sync.Once

	mu     sync.Mutex
	opened bool // guarded by mu
}

func (d *door) open() net.Listener {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.opened = true
	return d
}

// bring waits for somebody to take c, and reports whether they did.
func (d *door) bring(c net.Conn) bool {
	d.mu.Lock()
	opened := d.opened
	d.mu.Unlock()
	if !opened {
		return false
	}
	select {
	case <-d.shut:
		return false
	case d.arrivals <- c:
		return true
	}
}

// Accept returns the next connection.
func (d *door) Accept() (net.Conn, error) {
	select {
	case <-d.shut:
		return nil, net.ErrClosed
	case c := <-d.arrivals:
		return c, nil
	}
}

// Close shuts the door. The Port goes on.
func (d *door) Close() error {
	d.once.Do(func() { close(d.shut) })
	return nil
}

// Addr is where the Port listens.
func (d *door) Addr() net.Addr { return d.port.Addr() }

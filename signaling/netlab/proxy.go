package netlab

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// helloWithin is how long somebody at the proxy may take to say where to.
const helloWithin = 10 * time.Second

// A Proxy is an HTTP proxy that knows CONNECT and nothing else, as the only way
// out of many a workplace.
type Proxy struct {
	at       *Namespace
	names    map[string]string
	listener net.Listener
	cancel   context.CancelFunc
	through  sync.WaitGroup

	mu    sync.Mutex
	asked map[string]int // guarded by mu; how often each host and port was asked for
}

// NewProxy opens a proxy at an address of the place. names are the hosts it knows
// beside numbers.
func NewProxy(ctx context.Context, at *Namespace, address string, names map[string]string) (*Proxy, error) {
	listener, err := at.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	p := &Proxy{at: at, names: names, listener: listener, cancel: cancel, asked: map[string]int{}}
	p.through.Go(func() { p.serve(ctx) })
	return p, nil
}

// Close ends the proxy and everything that goes through it.
func (p *Proxy) Close() error {
	p.cancel()
	err := p.listener.Close()
	p.through.Wait()
	return err
}

// Asked returns how often each host and port was asked for.
func (p *Proxy) Asked() map[string]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := map[string]int{}
	for to, times := range p.asked {
		all[to] = times
	}
	return all
}

func (p *Proxy) serve(ctx context.Context) {
	for {
		conn, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.through.Go(func() {
			defer func() { _ = conn.Close() }()
			ended := context.AfterFunc(ctx, func() { _ = conn.Close() })
			defer ended()
			p.connect(ctx, conn)
		})
	}
}

// connect answers one CONNECT, and carries what follows.
func (p *Proxy) connect(ctx context.Context, conn net.Conn) {
	hello, cancel := context.WithTimeout(ctx, helloWithin)
	defer cancel()
	shut := context.AfterFunc(hello, func() { _ = conn.Close() })
	lines := bufio.NewReader(conn)
	r, err := http.ReadRequest(lines)
	if !shut() || err != nil {
		return
	}
	p.mu.Lock()
	p.asked[r.Host]++
	p.mu.Unlock()
	to, err := p.dial(ctx, r)
	if err != nil {
		_, _ = conn.Write([]byte("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"))
		return
	}
	if _, err := conn.Write([]byte("HTTP/1.1 200 OK\r\n\r\n")); err != nil {
		_ = to.Close()
		return
	}
	splice(ctx, &buffered{Conn: conn, lines: lines}, to)
}

func (p *Proxy) dial(ctx context.Context, r *http.Request) (net.Conn, error) {
	if r.Method != http.MethodConnect {
		return nil, errors.New("netlab: only CONNECT")
	}
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		return nil, err
	}
	if number, known := p.names[host]; known {
		host = number
	}
	return p.at.Dial(ctx, "tcp", net.JoinHostPort(host, port))
}

// buffered is a connection of which something has been read already.
type buffered struct {
	net.Conn
	lines *bufio.Reader
}

// Read takes what was read already first.
func (b *buffered) Read(p []byte) (int, error) { return b.lines.Read(p) }

// splice carries bytes both ways until either side has no more, or ctx ends, and
// closes both.
func splice(ctx context.Context, a, b net.Conn) {
	closed := context.AfterFunc(ctx, func() { _ = errors.Join(a.Close(), b.Close()) })
	defer closed()
	var both sync.WaitGroup
	carry := func(to, from net.Conn) {
		_, _ = io.Copy(to, from) // however it ends, it has ended
		_ = errors.Join(to.Close(), from.Close())
	}
	both.Go(func() { carry(a, b) })
	both.Go(func() { carry(b, a) })
	both.Wait()
}

package port

import (
	"context"
	"net"
	"net/http"
)

// A conn is a connection whose first bytes have been read, and are read again by
// whoever it is for.
type conn struct {
	net.Conn // TCP, or TLS over it
	head     []byte
	stranger *stranger
}

// Read returns what was read ahead, and then the rest.
func (c *conn) Read(b []byte) (int, error) {
	if len(c.head) == 0 {
		return c.Conn.Read(b)
	}
	n := copy(b, c.head)
	if c.head = c.head[n:]; len(c.head) == 0 {
		c.head = nil
	}
	return n, nil
}

// Close closes the connection, and gives up its place among the strangers.
func (c *conn) Close() error {
	c.stranger.crowd.leave(c.stranger)
	return c.Conn.Close()
}

// CloseWrite says that we have said everything; net/http ends connections so.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// Known says of a connection that came through a Port that it has business here,
// and may take its time from now on. Of any other it says nothing.
func Known(c net.Conn) {
	if c, ok := c.(*conn); ok {
		c.stranger.crowd.leave(c.stranger)
	}
}

type connKey struct{}

// Guests has h say who is known: a connection over which a whole request has
// come is, and one that then waits for the next is a stranger again.
func Guests(h *http.Server) {
	handler := h.Handler
	h.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, c)
	}
	h.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, ok := r.Context().Value(connKey{}).(net.Conn); ok {
			Known(c)
		}
		handler.ServeHTTP(w, r)
	})
	h.ConnState = func(c net.Conn, state http.ConnState) {
		if c, ok := c.(*conn); ok && state == http.StateIdle {
			c.wait()
		}
	}
}

// wait makes a known connection a stranger again. How long it may wait is for
// http.Server to say.
func (c *conn) wait() {
	if !c.stranger.crowd.wait(c.stranger) {
		_ = c.Close()
	}
}

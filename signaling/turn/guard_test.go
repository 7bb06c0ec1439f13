package turn

import (
	"net"
	"sync/atomic"
	"testing"
	"time"
)

// What breaks for one person's request is refused to them; the relay of another
// carries on, and so does the port.
func TestWhatBreaksForOneIsRefusedToThemAlone(t *testing.T) {
	var breaks atomic.Bool
	breaking := func(c *Config) {
		now := c.Now
		c.Now = func() time.Time {
			if breaks.Load() {
				panic("planted")
			}
			return now()
		}
	}
	t.Run("who asks", func(t *testing.T) {
		s := serve(t, breaking)
		bert, _ := s.allocate(s.Credential(of("bert")))
		credential := s.Credential(of("anna"))
		client := s.client(credential)
		breaks.Store(true)
		_, err := client.Allocate()
		breaks.Store(false)
		if err == nil || s.Open() != 1 {
			t.Errorf("a relay came of it: %v, %d open", err, s.Open())
		}
		s.echoes(bert)
		anna, _ := s.allocate(credential)
		s.echoes(anna)
	})
	t.Run("reading and writing a connection", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		s := serve(t, breaking, func(c *Config) { c.Listeners = []net.Listener{l} })
		dial := func() net.Conn {
			t.Helper()
			c, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = c.Close() })
			return c
		}
		bert, _ := s.allocate(s.Credential(of("bert"))) // by UDP
		breaks.Store(true)
		until(t, "the broken connection is closed", func() bool {
			c := dial()
			if err := c.SetReadDeadline(time.Now().Add(within)); err != nil {
				t.Fatal(err)
			}
			_, err := c.Read(make([]byte, 1))
			return err != nil && s.connections() == 0
		})
		breaks.Store(false)
		s.echoes(bert)
		conn, err := s.over(dial(), s.Credential(of("anna"))).Allocate()
		if err != nil {
			t.Fatal(err)
		}
		s.echoes(conn)
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	})
}

// Whatever is asked, an answer that broke is no.
func TestABrokenAnswerIsNo(t *testing.T) {
	s := serve(t)
	said := func(what string) (ok bool) {
		ok = true
		defer s.guard(what, func() { ok = false })
		panic("planted")
	}
	if said("whither") {
		t.Error("what broke was allowed")
	}
}

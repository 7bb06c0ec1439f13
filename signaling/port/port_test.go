package port

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"
)

const within = 10 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A house is a Port with somebody behind each door: pages that answer with the
// door they were asked at, and media and a relay that echo, and know a
// connection that says "let me in".
type house struct {
	*Port
	t       *testing.T
	http    *http.Server
	mu      sync.Mutex
	refused map[string]int
	trusts  *x509.CertPool
}

func open(t *testing.T, change ...func(*Config)) *house {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, refused: map[string]int{}}
	cfg := Config{Listener: l, Refused: func(why string) {
		h.mu.Lock()
		h.refused[why]++
		h.mu.Unlock()
	}}
	for _, c := range change {
		c(&cfg)
	}
	if cfg.TLS != nil {
		h.trusts = x509.NewCertPool()
		cert, err := x509.ParseCertificate(cfg.TLS.Certificates[0].Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		h.trusts.AddCert(cert)
	}
	h.Port = New(cfg)
	var people sync.WaitGroup
	h.http = &http.Server{ReadHeaderTimeout: time.Minute, Handler: pagesOf("pages")}
	plain := &http.Server{ReadHeaderTimeout: time.Minute, Handler: pagesOf("plain")}
	Guests(h.http)
	Guests(plain)
	for _, run := range []func(){
		func() { _ = h.http.Serve(h.Pages()) },
		func() { _ = plain.Serve(h.Plain()) },
		func() { echo(&people, h.Media(), "media") },
		func() { echo(&people, h.Relay(), "relay") },
	} {
		people.Go(run)
	}
	people.Go(func() {
		if err := h.Serve(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		_ = h.Close()
		_ = h.http.Close()
		_ = plain.Close()
		people.Wait()
	})
	return h
}

func pagesOf(door string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, door+r.URL.Path) })
	mux.HandleFunc("/socket", func(w http.ResponseWriter, r *http.Request) {
		up := websocket.Upgrader{}
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		for {
			kind, b, err := c.ReadMessage()
			if err != nil || c.WriteMessage(kind, b) != nil {
				return
			}
		}
	})
	return mux
}

// echo says its name, and then what it hears.
func echo(people *sync.WaitGroup, l net.Listener, name string) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		people.Go(func() {
			defer c.Close()
			_, _ = io.WriteString(c, name+":")
			buf := make([]byte, 1024)
			var heard []byte
			for {
				n, err := c.Read(buf)
				if err != nil {
					return
				}
				if heard = append(heard, buf[:n]...); bytes.Contains(heard, []byte("let me in")) {
					Known(c)
				}
				if _, err := c.Write(buf[:n]); err != nil {
					return
				}
			}
		})
	}
}

func stunMessage(method uint16) []byte {
	m := make([]byte, 20)
	binary.BigEndian.PutUint16(m, method)
	binary.BigEndian.PutUint32(m[4:], cookie)
	return m
}

func frame(b []byte) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...)
}

func (h *house) dial() net.Conn {
	h.t.Helper()
	c, err := net.Dial("tcp", h.Addr().String())
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(within))
	return c
}

// until waits for a condition, and fails the test if it does not come about.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(within); !ok(); {
		if time.Now().After(end) {
			t.Fatal("never: " + what)
		}
		time.Sleep(time.Millisecond)
	}
}

// counts is what was refused, to be read aloud.
func (h *house) counts() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return fmt.Sprint(h.refused)
}

func (h *house) times(why string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.refused[why]
}

// hears writes in pieces of any size, and reports whether want comes back.
func hears(t *testing.T, c net.Conn, say []byte, want string) {
	t.Helper()
	for len(say) > 0 {
		n := 1 + mathrand.IntN(len(say))
		if _, err := c.Write(say[:n]); err != nil {
			t.Fatal(err)
		}
		say = say[n:]
	}
	got := make([]byte, len(want))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != want {
		t.Errorf("heard %q (%v), want %q", got, err, want)
	}
}

func withTLS(c *Config) { c.TLS = selfSigned() }

// selfSigned is a certificate for 127.0.0.1, for an hour.
var selfSigned = sync.OnceValue(func() *tls.Config {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	return &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		NextProtos:   append(Protocols(), acmeProtocol), MinVersion: tls.VersionTLS12,
	}
})

// Whatever the pieces in which it comes, every kind finds its door, with and
// without TLS, and what was read ahead is not lost.
func TestEachKindFindsItsDoor(t *testing.T) {
	binding, allocate := stunMessage(1), stunMessage(3)
	get := []byte("GET /x HTTP/1.0\r\n\r\n")
	h, s := open(t), open(t, withTLS)
	over := func(t *testing.T) net.Conn {
		c := tls.Client(s.dial(), &tls.Config{RootCAs: s.trusts, ServerName: "127.0.0.1"})
		if err := c.Handshake(); err != nil {
			t.Fatal(err)
		}
		return c
	}
	for range 20 {
		for _, tt := range []struct {
			name string
			conn func(*testing.T) net.Conn
			say  []byte
			want string
		}{
			{"pages", func(*testing.T) net.Conn { return h.dial() }, get, "HTTP/1.0 200 OK\r\n"},
			{"relay", func(*testing.T) net.Conn { return h.dial() }, allocate, "relay:" + string(allocate)},
			{"relay, a check", func(*testing.T) net.Conn { return h.dial() }, binding, "relay:" + string(binding)},
			{"media", func(*testing.T) net.Conn { return h.dial() }, frame(binding), "media:" + string(frame(binding))},
			{"media beside TLS", func(*testing.T) net.Conn { return s.dial() }, frame(binding), "media:" + string(frame(binding))},
			{"relay beside TLS", func(*testing.T) net.Conn { return s.dial() }, allocate, "relay:" + string(allocate)},
			{"pages in TLS", over, get, "HTTP/1.0 200 OK\r\n"},
			{"relay in TLS", over, allocate, "relay:" + string(allocate)},
			{"media in TLS", over, frame(binding), "media:" + string(frame(binding))},
		} {
			t.Run(tt.name, func(t *testing.T) { hears(t, tt.conn(t), tt.say, tt.want) })
		}
	}
}

func TestPagesAndSocketsOverTLS(t *testing.T) {
	h := open(t, withTLS)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: h.trusts}}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	for scheme, want := range map[string]string{"https": "pages/a", "http": "plain/a"} {
		res, err := client.Get(scheme + "://" + h.Addr().String() + "/a")
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || string(body) != want {
			t.Errorf("%s: %q, %v", scheme, body, err)
		}
	}
	dialer := websocket.Dialer{TLSClientConfig: &tls.Config{RootCAs: h.trusts}}
	c, res, err := dialer.Dial("wss://"+h.Addr().String()+"/socket", nil)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	defer c.Close()
	if err := c.WriteMessage(websocket.TextMessage, []byte("hello")); err != nil {
		t.Fatal(err)
	}
	if _, b, err := c.ReadMessage(); err != nil || string(b) != "hello" {
		t.Errorf("%q, %v", b, err)
	}
	if n := h.Strangers(); n > 2 { // the two pages, which are idle
		t.Errorf("%d strangers", n)
	}
}

func TestWhatOthersSpeakInTLS(t *testing.T) {
	h := open(t, withTLS)
	for _, tt := range []struct {
		offered []string
		want    string
		ok      bool
	}{
		{nil, "", true}, {[]string{"h2", "http/1.1"}, "http/1.1", true}, {[]string{"stun.turn"}, "stun.turn", true},
		{[]string{"h2"}, "", false}, {[]string{acmeProtocol}, acmeProtocol, true},
	} {
		c := tls.Client(h.dial(), &tls.Config{RootCAs: h.trusts, ServerName: "127.0.0.1", NextProtos: tt.offered})
		err := c.Handshake()
		if got := c.ConnectionState().NegotiatedProtocol; (err == nil) != tt.ok || got != tt.want {
			t.Errorf("offered %v: speaks %q, %v", tt.offered, got, err)
		}
		if tt.want == acmeProtocol {
			if _, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
				t.Errorf("an authority that has seen enough is not sent away: %v", err)
			}
		}
	}
}

// Whatever is not ours is closed, whoever else is there goes on, and nobody
// panics.
func TestJunkIsClosedAndHurtsNobody(t *testing.T) {
	h, s := open(t), open(t, withTLS)
	honest := h.dial()
	hears(t, honest, stunMessage(3), "relay:")
	all := [][]byte{
		{0x80, 0x03}, []byte("ssh-2.0-x\r\n"), {0xff}, {0x05, 0x01, 0x00, 0, 0, 0, 0, 0, 0, 0}, bytes.Repeat([]byte{0}, 10),
		{0x16, 0x03, 0x01, 0x00, 0x05, 1, 2, 3, 4, 5}, {0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0}, {0x16, 0x04},
		append([]byte{0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x43}, make([]byte, 20)...),
	}
	for len(all) < 200 {
		b := make([]byte, mostHead+mathrand.IntN(100))
		_, _ = rand.Read(b)
		if tell(b) == junk {
			all = append(all, b)
		}
	}
	for _, b := range all {
		for _, house := range []*house{h, s} {
			c := house.dial()
			_, _ = c.Write(b)
			if tcp := c.(*net.TCPConn); len(b) < mostHead {
				_ = tcp.CloseWrite()
			}
			if n, err := io.Copy(io.Discard, c); n > 10 || errors.Is(err, context.DeadlineExceeded) || isTimeout(err) {
				t.Errorf("% x was answered with %d bytes, %v", b, n, err)
			}
		}
	}
	if h.times(RefusedJunk) == 0 || s.times(RefusedTLS) == 0 || h.times(RefusedFault)+s.times(RefusedFault) != 0 {
		t.Errorf("refused: %v and %v", h.counts(), s.counts())
	}
	hears(t, honest, []byte("x"), string(stunMessage(3))+"x")
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

// One who says nothing, or not enough, is sent away, at whatever point they fell
// silent; one who is known may be silent.
func TestTheSilentAreSentAway(t *testing.T) {
	h := open(t, withTLS, func(c *Config) { c.KnownWithin = 2 * time.Second })
	known := h.dial()
	hears(t, known, append(stunMessage(3), "let me in"...), "relay:"+string(stunMessage(3))+"let me in")
	handshaken := tls.Client(h.dial(), &tls.Config{RootCAs: h.trusts, ServerName: "127.0.0.1"})
	if err := handshaken.Handshake(); err != nil {
		t.Fatal(err)
	}
	say := func(b string) net.Conn {
		c := h.dial()
		_, _ = io.WriteString(c, b)
		return c
	}
	for name, c := range map[string]net.Conn{
		"nothing": say(""), "half a STUN message": say("\x00\x01\x00"), "a TLS record's beginning": say("\x16\x03\x01\x02"),
		"a header without end": say("GET / HTTP/1.1\r\nX: "), "a handshake alone": handshaken,
		"STUN and nothing to show for it": say(string(stunMessage(3))),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := io.Copy(io.Discard, c); isTimeout(err) {
				t.Error("it is still here")
			}
		})
	}
	until(t, "six refused", func() bool { return h.times(RefusedSilent) == 6 })
	if h.Strangers() != 0 {
		t.Errorf("%d strangers", h.Strangers())
	}
	hears(t, known, []byte("x"), "x")
}

// A flood of those who say nothing, far more than there is room for, keeps out
// nobody who speaks, and the port holds no more of them than it said.
func TestAFloodKeepsNobodyOut(t *testing.T) {
	const room = 100
	h := open(t, withTLS, func(c *Config) { c.MaxStrangers = room })
	stop := make(chan struct{})
	var flood sync.WaitGroup
	var dialled atomic.Int64
	elsewhere := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}} // as far as we can tell
	for i := range 4 {
		flood.Go(func() {
			var held []net.Conn
			defer func() {
				for _, c := range held {
					c.Close()
				}
			}()
			for {
				select {
				case <-stop:
					return
				default:
				}
				c, err := elsewhere.Dial("tcp", h.Addr().String())
				if err != nil {
					continue
				}
				dialled.Add(1)
				if i%2 == 0 {
					_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nX:")
				}
				if held = append(held, c); len(held) > 300 {
					held[0].Close()
					held = held[1:]
				}
			}
		})
	}
	until(t, "a flood", func() bool { return dialled.Load() > 5*room })
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: h.trusts}, DisableKeepAlives: true}
	failed := 0
	for range 50 {
		client := &http.Client{Transport: transport, Timeout: within}
		res, err := client.Get("https://" + h.Addr().String() + "/")
		if err != nil {
			failed++
			continue
		}
		res.Body.Close()
		if n := h.Strangers(); n > room {
			t.Errorf("%d strangers, want %d at most", n, room)
		}
	}
	close(stop)
	flood.Wait()
	if failed > 0 || h.times(RefusedCrowded) == 0 {
		t.Errorf("%d of 50 were kept out; refused %v after %d", failed, h.counts(), dialled.Load())
	}
}

// Five hundred idle connections are held, and one who is honest notices nothing.
func TestFiveHundredIdle(t *testing.T) {
	h := open(t, withTLS)
	for range 500 {
		h.dial()
	}
	until(t, "500 strangers", func() bool { return h.Strangers() == 500 })
	hears(t, h.dial(), frame(stunMessage(1)), "media:")
	c := tls.Client(h.dial(), &tls.Config{RootCAs: h.trusts, ServerName: "127.0.0.1"})
	hears(t, c, []byte("GET /a HTTP/1.0\r\n\r\n"), "HTTP/1.0 200 OK")
}

// Who must go is the oldest of the network that has most, even when somebody of
// another network is older still.
func TestTheCrowdedNetworkGoesFirst(t *testing.T) {
	c := newCrowd(4)
	var ends []net.Conn
	enter := func(address string) *stranger {
		near, far := net.Pipe()
		ends = append(ends, near, far)
		s := &stranger{crowd: c, conn: near, from: network(net.TCPAddrFromAddrPort(netip.MustParseAddrPort(address))), timer: time.NewTimer(time.Hour)}
		c.enter(s)
		return s
	}
	defer func() {
		for _, e := range ends {
			e.Close()
		}
	}()
	lone := enter("192.0.2.1:1")
	first := enter("[2001:db8::1]:1")
	second := enter("[2001:db8::2]:1")
	mapped := enter("[::ffff:192.0.2.2]:1")
	enter("[2001:db8:0:1::1]:1")
	for s, in := range map[*stranger]bool{lone: true, first: false, second: true, mapped: true} {
		if (s.place != nil) != in {
			t.Errorf("%v in the crowd: %v", s.from, s.place != nil)
		}
	}
	if mapped.from.String() != "192.0.2.2/32" || first.from != second.from {
		t.Errorf("%v, %v, %v", mapped.from, first.from, second.from)
	}
}

// A connection between two requests is a stranger who may wait, and goes on as if
// nothing had been.
func TestTheIdleAreStrangersAgain(t *testing.T) {
	h := open(t, func(c *Config) { c.KnownWithin = time.Second; c.MaxStrangers = 3 })
	c := h.dial()
	r := bufio.NewReader(c)
	ask := func() error {
		if _, err := fmt.Fprintf(c, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			return err
		}
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		_, err = io.Copy(io.Discard, res.Body)
		return err
	}
	for range 3 {
		if err := ask(); err != nil {
			t.Fatal(err)
		}
		until(t, "idle", func() bool { return h.Strangers() == 1 })
		silent := h.dial() // whose time is up before the idle one's
		if _, err := silent.Read(make([]byte, 1)); err == nil || isTimeout(err) {
			t.Fatal(err)
		}
	}
	for range 3 { // as many as there is room for: the oldest goes
		h.dial()
	}
	if _, err := r.ReadByte(); err == nil || isTimeout(err) {
		t.Errorf("an idle connection keeps a place that somebody else needs: %v", err)
	}
}

func TestAShutDoor(t *testing.T) {
	h := open(t)
	if err := h.Relay().Close(); err != nil {
		t.Fatal(err)
	}
	c := h.dial()
	_, _ = c.Write(stunMessage(3))
	if _, err := io.Copy(io.Discard, c); isTimeout(err) {
		t.Error(err)
	}
	if _, err := h.Relay().Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept = %v", err)
	}
	until(t, "refused", func() bool { return h.times(RefusedShut) == 1 })
	hears(t, h.dial(), frame(stunMessage(1)), "media:")
}

// A Listener that is out of descriptors for a while costs a stranger its place
// and nothing else.
type short struct {
	net.Listener
	left atomic.Int64
}

func (s *short) Accept() (net.Conn, error) {
	if s.left.Add(-1) >= 0 {
		return nil, errors.New("too many open files")
	}
	return s.Listener.Accept()
}

func TestAShortageIsOutlived(t *testing.T) {
	l := &short{}
	h := open(t, func(c *Config) { l.Listener, c.Listener = c.Listener, l })
	idle := h.dial()
	until(t, "a stranger", func() bool { return h.Strangers() == 1 })
	l.left.Store(2)
	h.dial() // after which Accept fails twice
	if _, err := idle.Read(make([]byte, 1)); err == nil || isTimeout(err) {
		t.Errorf("nobody went: %v", err)
	}
	hears(t, h.dial(), []byte("GET /a HTTP/1.0\r\n\r\n"), "HTTP/1.0 200")
}

// A handler of TLS that panics ends one connection.
func TestAFaultEndsOneConnection(t *testing.T) {
	h := open(t, func(c *Config) {
		withTLS(c)
		c.TLS = c.TLS.Clone()
		c.TLS.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			if hello.ServerName == "break.test" {
				panic("broken")
			}
			return nil, nil
		}
	})
	if err := tls.Client(h.dial(), &tls.Config{RootCAs: h.trusts, ServerName: "break.test"}).Handshake(); err == nil {
		t.Error("shaken hands")
	}
	until(t, "a fault", func() bool { return h.times(RefusedFault) == 1 })
	if err := tls.Client(h.dial(), &tls.Config{RootCAs: h.trusts, ServerName: "127.0.0.1"}).Handshake(); err != nil {
		t.Error(err)
	}
}

func TestNoTwoKindsBeginAlike(t *testing.T) {
	methods := []string{"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PRI"}
	for _, m := range methods {
		if got := tell([]byte(m + " / HTTP/1.1\r\n")); got != pages {
			t.Errorf("%s is %v", m, got)
		}
	}
	for length := 20; length <= 1500; length += 4 { // of any check, framed: its length stands first
		b := append(frame(make([]byte, length))[:2], stunMessage(1)...)
		binary.BigEndian.PutUint16(b[4:], uint16(length-20))
		if got := tell(b); got != media {
			t.Fatalf("a frame of %d bytes is %v", length, got)
		}
		for n := range mostHead {
			if got := tell(b[:n]); got != unsure {
				t.Fatalf("%d bytes of it are %v", n, got)
			}
		}
		binary.BigEndian.PutUint16(b[2:], uint16(length)&0x3fff)
		if got := tell(b[2:]); got != relay {
			t.Fatalf("a message of type %x is %v", length, got)
		}
	}
}

func FuzzTell(f *testing.F) {
	f.Add([]byte("GET"))
	f.Add(frame(stunMessage(1)))
	f.Fuzz(func(t *testing.T, b []byte) {
		whole := tell(b)
		decided := unsure
		for n := range len(b) + 1 { // once told, more bytes change nothing
			got := tell(b[:n])
			if decided != unsure && got != decided {
				t.Fatalf("% x: %v, then %v at %d", b, decided, got, n)
			}
			decided = got
		}
		if decided != whole || len(b) >= mostHead && whole == unsure {
			t.Errorf("% x: %v", b, whole)
		}
	})
}

func TestCloseDropsStrangers(t *testing.T) {
	h := open(t)
	c := h.dial()
	until(t, "a stranger", func() bool { return h.Strangers() == 1 })
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(make([]byte, 1)); err == nil || isTimeout(err) {
		t.Errorf("it is still here: %v", err)
	}
	if _, err := net.Dial("tcp", h.Addr().String()); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("still listening: %v", err)
	}
}

package sfu

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/stun/v4"
	"github.com/pion/webrtc/v4"

	"github.com/wardvisit/wardvisit/signaling/port"
)

// newPort is a Port of which media is the only door.
func newPort(t *testing.T, at string) *port.Port {
	t.Helper()
	l, err := net.Listen("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	p := port.New(port.Config{Listener: l})
	served := make(chan error, 1)
	go func() { served <- p.Serve() }()
	t.Cleanup(func() {
		_ = p.Close()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return p
}

func newSFUOverTCP(t *testing.T, p *port.Port, change ...func(*Config)) *SFU {
	t.Helper()
	cfg := Config{
		Listen: netip.MustParseAddrPort("127.0.0.1:0"), Loopback: true, MaxSlots: 2, TCP: p.Media(),
		Log: slog.New(slog.DiscardHandler), Now: time.Now,
	}
	for _, c := range change {
		c(&cfg)
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// onlyTCP is the API of somebody whom no UDP reaches.
func onlyTCP(t *testing.T, six bool) *webrtc.API {
	t.Helper()
	media := &webrtc.MediaEngine{}
	if err := media.RegisterDefaultCodecs(); err != nil {
		t.Fatal(err)
	}
	set := webrtc.SettingEngine{LoggerFactory: quiet{}}
	set.SetIncludeLoopbackCandidate(true)
	set.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeTCP4})
	if six {
		set.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeTCP6})
	}
	return webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithSettingEngine(set), webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
}

// A caller is one of them, connected: what they hear is in heard.
type caller struct {
	pc     *webrtc.PeerConnection
	peer   *Peer
	answer string
	out    *webrtc.TrackLocalStaticRTP
	heard  chan byte
}

func call(t *testing.T, s *SFU, api *webrtc.API) *caller {
	t.Helper()
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pc.GracefulClose() })
	c := &caller{pc: pc, heard: make(chan byte, 1)}
	if c.out, err = webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus}, "sound", "me"); err != nil {
		t.Fatal(err)
	}
	if _, err := pc.AddTransceiverFromTrack(c.out, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}); err != nil {
		t.Fatal(err)
	}
	if _, err := pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}); err != nil {
		t.Fatal(err)
	}
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		for {
			p, _, err := track.ReadRTP()
			if err != nil {
				return
			}
			if len(p.Payload) > 0 {
				select {
				case c.heard <- p.Payload[0]:
				default:
				}
			}
		}
	})
	up := make(chan struct{})
	var once sync.Once
	pc.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		if state == webrtc.PeerConnectionStateConnected {
			once.Do(func() { close(up) })
		}
	})
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := pc.SetLocalDescription(offer); err != nil {
		t.Fatal(err)
	}
	if c.peer, c.answer, err = s.Connect(t.Context(), offer.SDP, Options{Changed: func(State) {}}); err != nil {
		t.Fatal(err)
	}
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: c.answer}); err != nil {
		t.Fatal(err)
	}
	select {
	case <-up:
	case <-time.After(within):
		t.Fatalf("no connection:\n%s", c.answer)
	}
	return c
}

// speaks sends sound until it is heard by somebody else.
func (c *caller) speaks(t *testing.T, to *caller) {
	t.Helper()
	to.peer.Show(0, Audio, c.peer)
	packet := make([]byte, 13) // a header, and one byte of sound
	packet[0], packet[12] = 0x80, 'a'
	for seq, end := uint16(0), time.Now().Add(within); time.Now().Before(end); seq++ {
		binary.BigEndian.PutUint16(packet[2:], seq)
		binary.BigEndian.PutUint32(packet[4:], uint32(seq)*960)
		if _, err := c.out.Write(packet); err != nil {
			t.Fatal(err)
		}
		select {
		case b := <-to.heard:
			if b != 'a' {
				t.Fatalf("heard %q", b)
			}
			return
		case <-time.After(5 * time.Millisecond):
		}
	}
	t.Fatal("nothing was heard")
}

func candidates(answer string) (all []string) {
	for line := range strings.SplitSeq(answer, "\r\n") {
		if strings.HasPrefix(line, "a=candidate:") {
			all = append(all, line)
		}
	}
	return all
}

func TestMediaOverTCPAlone(t *testing.T) {
	for _, tt := range []struct {
		name, at string
		six      bool
	}{
		{"IPv4", "127.0.0.1:0", false}, {"both, in IPv4", ":0", false}, {"both, in IPv6", "[::]:0", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.six && !reachedBySix(t) {
				if os.Getenv("CI") == "true" {
					t.Fatal("this machine has no IPv6 address but loopback")
				}
				t.Skip("SKIPPED: this machine has no IPv6 address but loopback, of which candidates are not made")
			}
			p := newPort(t, tt.at)
			s := newSFUOverTCP(t, p)
			anna, ben := call(t, s, onlyTCP(t, tt.six)), call(t, s, onlyTCP(t, tt.six))
			anna.speaks(t, ben)
			ben.speaks(t, anna)
			// A caller tries every address at once, and may not have spoken by each yet.
			eventually(t, "everybody in the call to be known to the port", func() bool { return p.Strangers() == 0 })
			anna.peer.Close()
			eventually(t, "the end of a closed Peer's inlets", func() bool {
				s.tcp.mu.Lock()
				defer s.tcp.mu.Unlock()
				return len(s.tcp.inlets) == 1
			})
		})
	}
}

func reachedBySix(t *testing.T) bool {
	t.Helper()
	all, err := ownAddresses(Config{Listen: netip.MustParseAddrPort("[::]:0")})
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(all, netip.Addr.Is6)
}

func eventually(t *testing.T, what string, true func() bool) {
	t.Helper()
	for end := time.Now().Add(within); !true(); {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
		<-time.After(5 * time.Millisecond)
	}
}

// Who comes back over another TCP connection is heard again, without a restart:
// a browser opens a new one by itself when one breaks.
func TestABrokenTCPConnectionIsReplaced(t *testing.T) {
	s := newSFUOverTCP(t, newPort(t, "127.0.0.1:0"))
	m := s.tcp
	conn, err := m.GetConnByUfrag("abcd", false, net.IPv4(127, 0, 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	again, err := m.GetConnByUfrag("abcd", false, net.IPv4(127, 0, 0, 1)) // as of a second address outside
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	buf := make([]byte, maxFrame)
	for range maxFraming + 3 {
		c := dialTCP(t, s)
		if _, err := c.Write(framed(check(t, "abcd:efgh"))); err != nil {
			t.Fatal(err)
		}
		n, from, err := conn.ReadFrom(buf)
		if err != nil || !bytes.Equal(buf[:n], check(t, "abcd:efgh")) || from.String() != c.LocalAddr().String() {
			t.Fatalf("%d bytes from %v, %v", n, from, err)
		}
		if _, err := again.WriteTo([]byte("hello"), from); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 7)
		if _, err := io.ReadFull(c, got); err != nil || string(got) != "\x00\x05hello" {
			t.Fatalf("%q, %v", got, err)
		}
	}
	if kept := conn.(*lease).all(); len(kept) != maxFraming {
		t.Errorf("%d connections are kept, want %d", len(kept), maxFraming)
	}
	if _, err := conn.WriteTo([]byte("x"), &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}); err != nil {
		t.Errorf("to somebody who has gone: %v", err)
	}
	read := make(chan error, 1)
	go func() {
		_, _, err := again.ReadFrom(make([]byte, maxFrame))
		read <- err
	}()
	_ = again.Close() // frees who reads there, and leaves the other
	if err := <-read; !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	m.RemoveConnByUfrag("abcd")
	if _, _, err := conn.ReadFrom(buf); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

func (in *inlet) all() []*framing {
	in.mu.Lock()
	defer in.mu.Unlock()
	return slices.Clone(in.conns)
}

func check(t *testing.T, username string) []byte {
	t.Helper()
	m, err := stun.Build(stun.BindingRequest, stun.NewUsername(username), stun.NewTransactionIDSetter([stun.TransactionIDSize]byte{1}))
	if err != nil {
		t.Fatal(err)
	}
	return m.Raw
}

func framed(b []byte) []byte { return append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...) }

func dialTCP(t *testing.T, s *SFU) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", s.cfg.TCP.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(within))
	return c
}

// What is no check for a Peer of ours is closed, however it is wrong.
func TestOnlyChecksForOurPeersComeIn(t *testing.T) {
	s := newSFUOverTCP(t, newPort(t, "127.0.0.1:0"))
	conn, err := s.tcp.GetConnByUfrag("abcd", false, net.IPv4(127, 0, 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	answer, err := stun.Build(stun.BindingSuccess, stun.NewUsername("abcd:x"), stun.TransactionID)
	if err != nil {
		t.Fatal(err)
	}
	bare, err := stun.Build(stun.BindingRequest, stun.TransactionID)
	if err != nil {
		t.Fatal(err)
	}
	long := append(framed(check(t, "abcd:x")), 0xff, 0xff)
	for name, b := range map[string][]byte{
		"a check for nobody": framed(check(t, "nobody:x")), "a check without a name": framed(bare.Raw),
		"an answer": framed(answer.Raw), "a message cut short": append([]byte{0, 20}, check(t, "abcd:x")[:20]...),
		"a frame of more than media has, later": long,
		"a frame of more than media has":        append([]byte{0x0f, 0xff}, append(check(t, "abcd:x"), make([]byte, 4096)...)...),
	} {
		t.Run(name, func(t *testing.T) {
			c := dialTCP(t, s)
			if _, err := c.Write(b); err != nil {
				t.Fatal(err)
			}
			var timeout net.Error
			if n, err := io.Copy(io.Discard, c); n > 0 || errors.As(err, &timeout) && timeout.Timeout() {
				t.Errorf("%d bytes, %v", n, err)
			}
		})
	}
}

// One who takes nothing costs a bounded amount of memory, and no time of anybody.
func TestWhoTakesNothingHurtsNobody(t *testing.T) {
	s := newSFUOverTCP(t, newPort(t, "127.0.0.1:0"))
	conn, err := s.tcp.GetConnByUfrag("abcd", false, net.IPv4(127, 0, 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	buf := make([]byte, maxFrame)
	meet := func() (net.Conn, net.Addr) {
		c := dialTCP(t, s)
		_, _ = c.Write(framed(check(t, "abcd:x")))
		_, from, err := conn.ReadFrom(buf)
		if err != nil {
			t.Fatal(err)
		}
		return c, from
	}
	_, deaf := meet()
	ben, to := meet()
	packet := bytes.Repeat([]byte{7}, 1200)
	var last time.Duration
	for range 50_000 { // sixty megabytes
		began := time.Now()
		if _, err := conn.WriteTo(packet, deaf); err != nil {
			t.Fatal(err)
		}
		last = max(last, time.Since(began))
	}
	if _, err := conn.WriteTo(packet, to); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 1202)
	if _, err := io.ReadFull(ben, got); err != nil || !bytes.Equal(got, framed(packet)) {
		t.Errorf("%v", err)
	}
	for _, f := range conn.(*lease).all() {
		f.mu.Lock()
		if cap(f.pending) > 2*maxPending {
			t.Errorf("%d bytes wait", cap(f.pending))
		}
		f.mu.Unlock()
	}
	t.Logf("the longest wait of a writer was %v", last)
}

// What comes of frames in whatever pieces is what was sent, in order and whole.
func TestFramesAreWholeWhateverIsLost(t *testing.T) {
	near, far := net.Pipe()
	f := newFraming(near, time.Now)
	var busy sync.WaitGroup
	busy.Go(f.write)
	busy.Go(func() {
		for i := range 2000 {
			f.send(append([]byte{byte(i >> 8), byte(i)}, bytes.Repeat([]byte{byte(i)}, i%1200)...))
		}
	})
	in := newFraming(far, time.Now)
	var got []int
	for len(got) < 50 {
		next, err := in.next()
		if err != nil {
			t.Fatal(err)
		}
		b := next.data()
		i := int(b[0])<<8 | int(b[1])
		if len(b) != 2+i%1200 || !bytes.Equal(b[2:], bytes.Repeat([]byte{byte(i)}, i%1200)) || len(got) > 0 && i <= got[len(got)-1] {
			t.Fatalf("packet %d came in %d bytes after %v", i, len(b), got)
		}
		got = append(got, i)
		next.free()
	}
	f.close()
	in.close()
	busy.Wait()
}

func TestWhatIsOffered(t *testing.T) {
	local := netip.MustParseAddr("127.0.0.1")
	addrs := func(all ...string) (found []netip.Addr) {
		for _, a := range all {
			found = append(found, netip.MustParseAddr(a))
		}
		return found
	}
	for _, tt := range []struct {
		name    string
		port    uint16
		outside []netip.Addr
		want    string // a TCP candidate, or none
	}{
		{"its own", 0, nil, "127.0.0.1 8443 typ host tcptype passive"},
		{"mapped to another port", 4443, nil, "127.0.0.1 4443 typ host tcptype passive"},
		{"443 of a private address", 443, nil, ""},
		{"443 of a public address", 443, addrs("203.0.113.7"), "203.0.113.7 443 typ host tcptype passive"},
		{"443 of another private address", 443, addrs("10.1.2.3"), ""},
		{"another family alone", 0, addrs("2001:db8::1"), ""},
		{"a port that browsers never take", 25, addrs("203.0.113.7"), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			s := newSFUOverTCP(t, newPort(t, "127.0.0.1:0"), func(c *Config) {
				_ = c.TCP.Close()
				c.TCP, c.Advertise, c.TCPPort = l, tt.outside, tt.port
				if len(tt.outside) > 0 && !tt.outside[0].Is4() {
					c.Listen = netip.MustParseAddrPort("[::1]:0")
				}
			})
			want := tt.want
			if tt.port == 0 {
				want = strings.Replace(want, "8443", portOf(l), 1)
			}
			pc, err := onlyTCP(t, false).NewPeerConnection(webrtc.Configuration{})
			if err != nil {
				t.Fatal(err)
			}
			defer pc.GracefulClose()
			if _, err := pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}); err != nil {
				t.Fatal(err)
			}
			offer, err := pc.CreateOffer(nil)
			if err != nil {
				t.Fatal(err)
			}
			peer, answer, err := s.Connect(t.Context(), offer.SDP, Options{Changed: func(State) {}})
			if err != nil {
				t.Fatal(err)
			}
			defer peer.Close()
			all := strings.Join(candidates(answer), "\n")
			if want != "" && !strings.Contains(all, want) || want == "" && strings.Contains(all, " tcp ") {
				t.Errorf("offered:\n%s\nwant %q over TCP, beside %v", all, want, local)
			}
		})
	}
}

func portOf(l net.Listener) string {
	_, p, _ := net.SplitHostPort(l.Addr().String())
	return p
}

func TestWhatBrowsersTake(t *testing.T) {
	for at, want := range map[string]bool{
		"203.0.113.7:443": true, "203.0.113.7:80": true, "203.0.113.7:25": false, "203.0.113.7:8443": true,
		"10.0.0.1:443": false, "192.168.1.1:80": false, "172.16.0.1:443": false, "100.64.0.1:443": false, "169.254.1.1:443": false,
		"127.0.0.1:443": false, "10.0.0.1:8443": true, "10.0.0.1:1024": true, "10.0.0.1:1023": false,
		"[2001:db8::1]:443": true, "[fd00::1]:443": false, "[fe80::1]:443": false, "[::1]:443": false, "[::ffff:10.0.0.1]:443": false,
	} {
		if got := Usable(netip.MustParseAddrPort(at)); got != want {
			t.Errorf("%s: %v", at, got)
		}
	}
	head := "v=0\r\na=candidate:1 1 udp 1 10.0.0.1 443 typ host\r\n"
	good := "a=candidate:1 1 udp 1 203.0.113.7 443 typ host\r\n"
	if got := onlyUsable(head + good); got != "v=0\r\n"+good {
		t.Errorf("%q", got)
	}
	if got := onlyUsable(head); got != head {
		t.Errorf("with nothing else: %q", got)
	}
}

func FuzzFirstCheck(f *testing.F) {
	f.Add([]byte{0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42})
	f.Add(append([]byte{0, 1, 0, 12, 0x21, 0x12, 0xa4, 0x42}, "0123456789ab\x00\x06\x00\x05abcd:\x00\x00\x00"...))
	f.Fuzz(func(t *testing.T, b []byte) {
		ufrag, err := namedBy(b)
		if err == nil && strings.Contains(ufrag, ":") {
			t.Errorf("named %q", ufrag)
		}
	})
}

// A breaking listener breaks for one connection, which it has taken.
type breaking struct {
	net.Listener
	times atomic.Int32
}

func (b *breaking) Accept() (net.Conn, error) {
	conn, err := b.Listener.Accept()
	if err == nil && b.times.Add(-1) >= 0 {
		_ = conn.Close()
		panic("planted")
	}
	return conn, err
}

func TestAConnectionThatBreaksAsItIsTakenEndsAlone(t *testing.T) {
	p := newPort(t, "127.0.0.1:0")
	b := &breaking{Listener: p.Media()}
	b.times.Store(1)
	s := newSFUOverTCP(t, p, func(c *Config) { c.TCP = b })
	first := dialTCP(t, s)
	if _, err := first.Write(framed(check(t, "nobody:me"))); err != nil {
		t.Fatal(err)
	}
	if _, err := first.Read(make([]byte, 1)); err == nil {
		t.Error("the broken connection says something")
	}
	a, z := call(t, s, onlyTCP(t, false)), call(t, s, onlyTCP(t, false))
	a.speaks(t, z)
	if n := b.times.Load(); n >= 0 {
		t.Error("nothing was broken")
	}
}

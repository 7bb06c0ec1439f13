package turn

import (
	"bytes"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/turn/v5"
	"go.uber.org/goleak"

	"github.com/wardvisit/wardvisit/signaling/ticket"
)

const within = 10 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A relayed is a Server beside something that echoes, in the place of media.
type relayed struct {
	t     *testing.T
	media *net.UDPConn
	route netip.AddrPort
	now   atomic.Int64 // Unix nanoseconds
	*Server
}

func serve(t *testing.T, change ...func(*Config)) *relayed {
	t.Helper()
	media, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	echoed := make(chan struct{})
	go func() {
		defer close(echoed)
		buf := make([]byte, 1500)
		for {
			n, from, err := media.ReadFromUDPAddrPort(buf)
			if err != nil {
				return
			}
			_, _ = media.WriteToUDPAddrPort(buf[:n], from)
		}
	}()
	s := &relayed{t: t, media: media, route: media.LocalAddr().(*net.UDPAddr).AddrPort()}
	s.now.Store(time.Now().UnixNano())
	cfg := Config{
		Key: bytes.Repeat([]byte{1}, ticket.MinKey), Listen: netip.MustParseAddrPort("127.0.0.1:0"),
		Routes: map[netip.AddrPort]netip.AddrPort{s.route: s.route},
		Log:    slog.New(slog.DiscardHandler), Now: func() time.Time { return time.Unix(0, s.now.Load()) },
	}
	for _, c := range change {
		c(&cfg)
	}
	if s.Server, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Server.Close(); err != nil {
			t.Error(err)
		}
		_ = media.Close()
		<-echoed
	})
	return s
}

func (s *relayed) wait(d time.Duration) { s.now.Add(int64(d)) }

func of(seat string) ticket.Ticket { return ticket.Ticket{Room: "v1", Seat: seat, ID: "id-of-" + seat} }

// client returns a TURN client with a socket of its own.
func (s *relayed) client(c Credential) *turn.Client {
	s.t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	client, err := turn.NewClient(&turn.ClientConfig{
		TURNServerAddr: s.Addr().String(), STUNServerAddr: s.Addr().String(), Username: c.Username, Password: c.Password,
		Conn: conn, LoggerFactory: quiet{}, RTO: 100 * time.Millisecond,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := client.Listen(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		client.Close()
		_ = conn.Close()
	})
	return client
}

func (s *relayed) allocate(c Credential) (net.PacketConn, *turn.Client) {
	s.t.Helper()
	client := s.client(c)
	conn, err := client.Allocate()
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = conn.Close() })
	return conn, client
}

// echoes sends through a relay and waits for the echo.
func (s *relayed) echoes(conn net.PacketConn) {
	s.t.Helper()
	if _, err := conn.WriteTo([]byte("hello"), net.UDPAddrFromAddrPort(s.route)); err != nil {
		s.t.Fatal(err)
	}
	buf := make([]byte, 100)
	_ = conn.SetReadDeadline(time.Now().Add(within))
	n, from, err := conn.ReadFrom(buf)
	if err != nil || string(buf[:n]) != "hello" || from.String() != s.route.String() {
		s.t.Fatalf("came back %q from %v, %v", buf[:n], from, err)
	}
}

func TestItRelaysToTheMediaPort(t *testing.T) {
	s := serve(t)
	conn, _ := s.allocate(s.Credential(of("anna")))
	s.echoes(conn)
}

func TestItRelaysByTheAdvertisedAddress(t *testing.T) {
	advertised := netip.MustParseAddrPort("203.0.113.7:443")
	s := serve(t, func(c *Config) {
		for _, local := range c.Routes {
			c.Routes = map[netip.AddrPort]netip.AddrPort{advertised: local}
		}
	})
	s.route = advertised
	conn, _ := s.allocate(s.Credential(of("anna")))
	s.echoes(conn)
	if host, _, _ := net.SplitHostPort(conn.LocalAddr().String()); host != "203.0.113.7" {
		t.Errorf("relays at %s", host)
	}
}

func TestItRelaysNowhereElse(t *testing.T) {
	advertised := netip.MustParseAddrPort("203.0.113.7:443")
	s := serve(t, func(c *Config) {
		for _, local := range c.Routes {
			c.Routes = map[netip.AddrPort]netip.AddrPort{advertised: local}
		}
	})
	_, client := s.allocate(s.Credential(of("anna")))
	for _, peer := range []string{
		"127.0.0.1", "127.0.0.2", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
		"224.0.0.1", "255.255.255.255", "203.0.113.8", "8.8.8.8",
		"::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::a00:1",
		"2002:7f00:1::", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "2001:0:7f00:1::",
	} {
		t.Run(peer, func(t *testing.T) {
			if s.permit(nil, net.ParseIP(peer)) {
				t.Error("permitted")
			}
			if err := client.CreatePermission(&net.UDPAddr{IP: net.ParseIP(peer), Port: 443}); err == nil {
				t.Error("the server gave a permission")
			}
		})
	}
	if s.permit(nil, net.IP{1, 2}) {
		t.Error("permitted what is no address")
	}
}

func TestOnlyTheMediaPortOfTheMediaAddress(t *testing.T) {
	s := serve(t) // whose media is at a loopback address, as in practice on one machine
	other, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	conn, _ := s.allocate(s.Credential(of("anna")))
	s.echoes(conn)
	if _, err := conn.WriteTo([]byte("to a port of ours"), other.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	// And what another port of ours sends to the relay does not come out of it.
	if _, err := other.WriteTo([]byte("from a port of ours"), conn.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	s.echoes(conn) // the next that comes is the media's
	_ = other.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
	if n, _, err := other.ReadFromUDP(make([]byte, 100)); err == nil {
		t.Errorf("%d bytes were relayed to another port", n)
	}
}

func TestCredentialsThatAreWorthNothing(t *testing.T) {
	s := serve(t)
	good := s.Credential(of("anna"))
	forged := s.Credential(of("anna"))
	forged.Password = s.Credential(of("ben")).Password
	longer := good
	longer.Username = "zzzzzzzz" + good.Username[8:]
	for name, c := range map[string]Credential{
		"forged": forged, "of another time": longer, "nonsense": {Username: "x", Password: "y"}, "empty": {Username: "::", Password: "y"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := s.client(c).Allocate(); err == nil {
				t.Error("a relay was opened")
			}
		})
	}
	s.wait(ticket.MaxLife)
	if _, err := s.client(good).Allocate(); err == nil {
		t.Error("a relay was opened with an old credential")
	}
	if n := s.Open(); n != 0 {
		t.Errorf("%d relays are open", n)
	}
}

func TestARelayOutlivesItsCredential(t *testing.T) {
	s := serve(t)
	credential := s.Credential(of("anna"))
	conn, client := s.allocate(credential)
	s.echoes(conn)
	s.wait(2 * ticket.MaxLife)
	if err := client.CreatePermission(net.UDPAddrFromAddrPort(s.route)); err != nil {
		t.Errorf("it is not kept up: %v", err)
	}
	s.echoes(conn)
}

func TestRevokeEndsASeatsRelaysAndNoOthers(t *testing.T) {
	s := serve(t)
	anna := s.Credential(of("anna"))
	s.allocate(anna)
	s.allocate(anna)
	ben, _ := s.allocate(s.Credential(of("ben")))
	s.Revoke("v1", "anna")
	if n := s.Open(); n != 1 {
		t.Errorf("%d relays are open, want 1", n)
	}
	s.echoes(ben)
	if _, err := s.client(anna).Allocate(); err == nil {
		t.Error("a revoked credential opened a relay")
	}
	s.wait(time.Second)
	again, _ := s.allocate(s.Credential(of("anna"))) // who comes back comes with a new one
	s.echoes(again)
}

func TestFourRelaysACredentialHoldInARace(t *testing.T) {
	s := serve(t)
	credential := s.Credential(of("anna"))
	clients := make([]*turn.Client, 200)
	for i := range clients {
		clients[i] = s.client(credential)
	}
	var opened atomic.Int64
	var race sync.WaitGroup
	for _, client := range clients {
		race.Go(func() {
			if conn, err := client.Allocate(); err == nil {
				opened.Add(1)
				t.Cleanup(func() { _ = conn.Close() })
			}
		})
	}
	race.Wait()
	if opened.Load() != maxRelays || s.Open() != maxRelays {
		t.Errorf("%d relays opened, %d open, want %d", opened.Load(), s.Open(), maxRelays)
	}
}

func TestTheGeneratorHoldsTheQuotaByItself(t *testing.T) {
	s := serve(t)
	username := s.Credential(of("anna")).Username
	var opened atomic.Int64
	var race sync.WaitGroup
	for range 200 {
		race.Go(func() {
			conn, _, err := generator{s.Server}.AllocatePacketConn(turn.AllocateListenerConfig{Network: "udp4", UserID: username})
			if err == nil {
				opened.Add(1)
				t.Cleanup(func() { _ = conn.Close() })
			} else if !errors.Is(err, errQuota) {
				t.Error(err)
			}
		})
	}
	race.Wait()
	if opened.Load() != maxRelays {
		t.Errorf("%d relays opened, want %d", opened.Load(), maxRelays)
	}
}

func TestItRelaysOverTCPToo(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, func(c *Config) { c.Listeners = []net.Listener{listener} })
	socket, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	credential := s.Credential(of("anna"))
	client, err := turn.NewClient(&turn.ClientConfig{
		TURNServerAddr: listener.Addr().String(), Username: credential.Username, Password: credential.Password,
		Conn: turn.NewSTUNConn(socket), LoggerFactory: quiet{},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	defer func() { _ = socket.Close() }()
	if err := client.Listen(); err != nil {
		t.Fatal(err)
	}
	conn, err := client.Allocate()
	if err != nil {
		t.Fatal(err)
	}
	s.echoes(conn)
	if _, err := client.AllocateTCP(); err == nil {
		t.Error("a TCP relay was opened")
	}
	_ = conn.Close()
}

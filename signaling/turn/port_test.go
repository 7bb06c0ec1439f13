package turn

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/pion/turn/v5"

	"github.com/wardvisit/wardvisit/signaling/port"
)

// onPort is a relay behind a Port with TLS, and what trusts it.
func onPort(t *testing.T, at string) (*relayed, *port.Port, *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"relay.test"},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	l, err := net.Listen("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	p := port.New(port.Config{Listener: l, KnownWithin: 2 * time.Second, TLS: &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, NextProtos: port.Protocols(), MinVersion: tls.VersionTLS12,
	}})
	served := make(chan error, 1)
	go func() { served <- p.Serve() }()
	t.Cleanup(func() {
		_ = p.Close()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	s := serve(t, func(c *Config) { c.Listeners = []net.Listener{p.Relay()} })
	return s, p, &tls.Config{RootCAs: roots, ServerName: "relay.test"}
}

// over returns a TURN client on a connection.
func (s *relayed) over(c net.Conn, credential Credential) *turn.Client {
	s.t.Helper()
	s.t.Cleanup(func() { _ = c.Close() })
	client, err := turn.NewClient(&turn.ClientConfig{
		TURNServerAddr: c.RemoteAddr().String(), Username: credential.Username, Password: credential.Password,
		Conn: turn.NewSTUNConn(c), LoggerFactory: quiet{}, RTO: 100 * time.Millisecond,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(client.Close)
	if err := client.Listen(); err != nil {
		s.t.Fatal(err)
	}
	return client
}

func TestItRelaysOnThePortOfPages(t *testing.T) {
	s, p, trust := onPort(t, "127.0.0.1:0")
	for name, dial := range map[string]func() (net.Conn, error){
		"TURN over TCP": func() (net.Conn, error) { return net.Dial("tcp", p.Addr().String()) },
		"TURN over TLS": func() (net.Conn, error) { return tls.Dial("tcp", p.Addr().String(), trust) },
	} {
		t.Run(name, func(t *testing.T) {
			socket, err := dial()
			if err != nil {
				t.Fatal(err)
			}
			conn, err := s.over(socket, s.Credential(of("anna"))).Allocate()
			if err != nil {
				t.Fatal(err)
			}
			s.echoes(conn)
			if n := p.Strangers(); n != 0 {
				t.Errorf("somebody with a relay is a stranger")
			}
			if err := conn.Close(); err != nil { // which gives the relay back
				t.Error(err)
			}
			until(t, "the relay has ended", func() bool { return s.Open() == 0 })
		})
	}
}

// Somebody without a credential, or with a relay no more, does not keep a
// connection.
func TestNoConnectionWithoutARelay(t *testing.T) {
	s, p, _ := onPort(t, "127.0.0.1:0")
	bad := s.Credential(of("anna"))
	bad.Password = "guessed"
	socket, err := net.Dial("tcp", p.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.over(socket, bad).Allocate(); err == nil {
		t.Error("a relay was opened with a guess")
	}
	until(t, "the guesser is sent away", func() bool { return p.Strangers() == 0 && s.connections() == 0 })

	if socket, err = net.Dial("tcp", p.Addr().String()); err != nil {
		t.Fatal(err)
	}
	conn, err := s.over(socket, s.Credential(of("anna"))).Allocate()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if n := s.connections(); n != 1 {
		t.Errorf("%d connections", n)
	}
	s.now.Store(time.Now().Add(-goodbye).UnixNano()) // so that a goodbye is short
	s.Revoke("v1", "anna")
	until(t, "the connection of a revoked relay ends", func() bool { return s.connections() == 0 })
}

func (s *relayed) connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.streams)
}

func until(t *testing.T, what string, true func() bool) {
	t.Helper()
	for end := time.Now().Add(within); !true(); {
		if time.Now().After(end) {
			t.Fatal("never: " + what)
		}
		<-time.After(5 * time.Millisecond)
	}
}

// One UDP port serves both families, and each leads to media in its own.
func TestItRelaysInBothFamilies(t *testing.T) {
	six, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.IPv6loopback})
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("SKIPPED: this machine has no IPv6")
	}
	defer six.Close()
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := six.ReadFromUDPAddrPort(buf)
			if err != nil {
				return
			}
			_, _ = six.WriteToUDPAddrPort(buf[:n], from)
		}
	}()
	media6 := six.LocalAddr().(*net.UDPAddr).AddrPort()
	s := serve(t, func(c *Config) {
		c.Listen = netip.MustParseAddrPort("[::]:0")
		c.Routes[media6] = media6
	})
	for _, tt := range []struct {
		network, server string
		family          turn.RequestedAddressFamily
		route           netip.AddrPort
	}{
		{"udp4", "127.0.0.1", turn.RequestedAddressFamilyIPv4, s.route},
		{"udp6", "[::1]", turn.RequestedAddressFamilyIPv6, media6},
	} {
		t.Run(tt.network, func(t *testing.T) {
			conn, err := net.ListenPacket(tt.network, net.JoinHostPort(map[string]string{"udp4": "127.0.0.1", "udp6": "::1"}[tt.network], "0"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			credential := s.Credential(of("anna"))
			_, port, _ := net.SplitHostPort(s.Addr().String())
			client, err := turn.NewClient(&turn.ClientConfig{
				TURNServerAddr: tt.server + ":" + port, Username: credential.Username, Password: credential.Password,
				Conn: conn, LoggerFactory: quiet{}, RTO: 100 * time.Millisecond, RequestedAddressFamily: tt.family,
			})
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			if err := client.Listen(); err != nil {
				t.Fatal(err)
			}
			relayed, err := client.Allocate()
			if err != nil {
				t.Fatal(err)
			}
			defer relayed.Close()
			s.route = tt.route
			s.echoes(relayed)
		})
	}
}

// Who takes nothing of what is relayed to them keeps up nobody else.
func TestWhoTakesNothingHurtsNobody(t *testing.T) {
	s, p, _ := onPort(t, "127.0.0.1:0")
	deaf, err := net.Dial("tcp", p.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	pipe := &halting{Conn: deaf, halt: make(chan struct{})}
	conn, err := s.over(pipe, s.Credential(of("anna"))).Allocate()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	s.echoes(conn)
	ben, _ := s.allocate(s.Credential(of("ben")))
	close(pipe.halt) // from here on, anna reads nothing
	packet := make([]byte, 1200)
	sent := 0
	for range 20_000 { // what comes back is more than any buffer holds
		if _, err := conn.WriteTo(packet, net.UDPAddrFromAddrPort(s.route)); err != nil {
			break
		}
		sent++
	}
	if sent < 10_000 {
		t.Errorf("only %d packets were taken of one who does not read", sent)
	}
	for range 10 {
		s.echoes(ben)
	}
}

// A halting connection stops reading when it is told to.
type halting struct {
	net.Conn
	halt chan struct{}
}

func (h *halting) Read(b []byte) (int, error) {
	select {
	case <-h.halt:
		return 0, io.EOF
	default:
		return h.Conn.Read(b)
	}
}

package netlab

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	homeAddr   = netip.MustParseAddr("10.0.1.2")
	home6      = netip.MustParseAddr("2001:db8:1::2")
	serverAddr = netip.MustParseAddr("203.0.113.10")
	server6    = netip.MustParseAddr("2001:db8::10")
)

// newLab makes a laboratory, or skips; CI may skip nothing.
func newLab(t *testing.T) *Lab {
	t.Helper()
	lab, err := New(Config{Now: time.Now, Seed: 1})
	if errors.Is(err, ErrUnavailable) && os.Getenv("CI") != "true" {
		t.Skip("SKIPPED: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := lab.Close(); err != nil {
			t.Error(err)
		}
	})
	return lab
}

// A pairing is a home and a server with a link between them.
type pairing struct {
	t            *testing.T
	lab          *Lab
	home, server *Namespace
	link         *Link
}

func newPairing(t *testing.T, nat *NAT) *pairing {
	t.Helper()
	p := &pairing{t: t, lab: newLab(t)}
	var err error
	if p.home, err = p.lab.Namespace("home"); err != nil {
		t.Fatal(err)
	}
	if p.server, err = p.lab.Namespace("server"); err != nil {
		t.Fatal(err)
	}
	if err := p.server.Own(serverAddr, server6); err != nil {
		t.Fatal(err)
	}
	back := []netip.Prefix{Only(homeAddr), Only(home6)}
	if nat != nil {
		back = []netip.Prefix{Only(nat.outside)}
	}
	p.link, err = p.lab.Link(
		End{In: p.home, Device: "wifi", Addresses: []netip.Addr{homeAddr, home6}, Routes: Everywhere},
		End{In: p.server, Device: "uplink", Routes: back}, nat)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// echo has the server send back every datagram, with its sender's address as the
// server sees it, and returns a socket at home that is connected to it.
func (p *pairing) echo(at netip.Addr) net.Conn {
	p.t.Helper()
	server, err := p.server.ListenPacket(p.t.Context(), "udp", netip.AddrPortFrom(at, 7).String())
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { server.Close() })
	go func() {
		buffer := make([]byte, 2048)
		for {
			n, from, err := server.ReadFrom(buffer)
			if err != nil {
				return
			}
			_, _ = server.WriteTo(buffer[:n], from)
		}
	}()
	conn, err := p.home.Dial(p.t.Context(), "udp", server.LocalAddr().String())
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { conn.Close() })
	return conn
}

// ask sends n datagrams of that size, spaced evenly, and returns how long each
// that came back took, in the order in which they did, and their numbers.
func ask(t *testing.T, conn net.Conn, n, size int, apart time.Duration) (took []time.Duration, order []int) {
	t.Helper()
	sent := make([]time.Time, n)
	read := make(chan struct{})
	var numbers []int
	var arrived []time.Time
	go func() {
		defer close(read)
		buffer := make([]byte, 2048)
		for {
			if _, err := conn.Read(buffer); err != nil {
				return
			}
			numbers, arrived = append(numbers, int(buffer[0])<<8|int(buffer[1])), append(arrived, time.Now())
		}
	}()
	tick := time.NewTicker(apart)
	defer tick.Stop()
	packet := make([]byte, size)
	for i := range n {
		packet[0], packet[1] = byte(i>>8), byte(i)
		sent[i] = time.Now()
		if _, err := conn.Write(packet); err != nil {
			t.Logf("datagram %d: %v", i, err)
		}
		<-tick.C
	}
	_ = conn.SetReadDeadline(time.Now().Add(time.Second)) // longer than any round trip here
	<-read
	_ = conn.SetReadDeadline(time.Time{})
	for i, number := range numbers {
		took = append(took, arrived[i].Sub(sent[number]))
	}
	return took, numbers
}

// What is asked of a link is what one gets: the one place where the laboratory
// itself is measured.
func TestLinkIsAsAsked(t *testing.T) {
	p := newPairing(t, nil)
	conn := p.echo(serverAddr)
	const n = 400

	t.Run("delay", func(t *testing.T) {
		for _, asked := range []time.Duration{0, 20 * time.Millisecond, 100 * time.Millisecond} {
			p.link.Set(RoundTrip(asked))
			took, _ := ask(t, conn, 50, 100, 2*time.Millisecond)
			slices.Sort(took)
			if len(took) != 50 {
				t.Fatalf("of 50 with a round trip of %v, %d are back", asked, len(took))
			}
			// The quickest is the link's; what the others took more is the machine's.
			got := took[0]
			t.Logf("round trip: asked %v, got %v, in the middle %v", asked, got, took[len(took)/2])
			if got < asked || got > asked+20*time.Millisecond {
				t.Errorf("round trip of %v is %v", asked, got)
			}
		}
	})
	t.Run("loss", func(t *testing.T) {
		for _, c := range []Conditions{{Loss: 0.05}, {Loss: 0.2}, {Bursts: BurstsOf(0.1, 4)}} {
			p.link.Set(Conditions{})
			p.link.Up.Set(c)
			_, back := ask(t, conn, 2500, 100, 200*time.Microsecond)
			asked, got := c.Loss, 1-float64(len(back))/2500
			if c.Bursts.Loss > 0 {
				asked = c.Bursts.Begin / (c.Bursts.Begin + c.Bursts.End)
			}
			run := longestGap(back)
			t.Logf("loss: asked %.3f, got %.3f, longest run %d", asked, got, run)
			if math.Abs(got-asked) > 0.3*asked {
				t.Errorf("loss of %.3f is %.3f", asked, got)
			}
			if c.Bursts.Loss > 0 && run < 8 {
				t.Errorf("bursts lose %d packets together at most", run)
			}
		}
	})
	t.Run("jitter and order", func(t *testing.T) {
		p.link.Set(Conditions{})
		p.link.Up.Set(Conditions{Delay: 30 * time.Millisecond, Jitter: 10 * time.Millisecond})
		took, order := ask(t, conn, n, 100, time.Millisecond)
		if !slices.IsSorted(order) {
			t.Error("jitter changes the order")
		}
		if spread := slices.Max(took) - slices.Min(took); spread < 10*time.Millisecond {
			t.Errorf("jitter of 10 ms spreads by %v", spread)
		}
		p.link.Up.Set(Conditions{Delay: 30 * time.Millisecond, Reorder: 0.1})
		before := p.link.Up.Count().Overtook
		_, order = ask(t, conn, n, 100, time.Millisecond)
		overtook := p.link.Up.Count().Overtook - before
		if slices.IsSorted(order) || overtook < n/20 || overtook > n/5 {
			t.Errorf("of %d, %d overtook", n, overtook)
		}
	})
	t.Run("rate and queue", func(t *testing.T) {
		p.link.Set(Conditions{})
		p.link.Up.Set(Conditions{Rate: 400_000, Queue: 200 * time.Millisecond})
		before := p.link.Up.Count()
		began := time.Now()
		took, _ := ask(t, conn, 500, 972, 2*time.Millisecond) // 1,000 bytes with headers: 4 Mbit/s offered for a second
		lasted := time.Since(began).Seconds()                 // longer, where the machine has other things to do
		after := p.link.Up.Count()
		bits := float64(after.Carried.Bytes-before.Carried.Bytes) * 8
		t.Logf("rate: asked 400 kbit/s, got %.0f kbit in %.1f s; longest wait %v; %d overflew", bits/1000, lasted, slices.Max(took), after.Overflew-before.Overflew)
		if bits < 380_000 || bits > 1.1*400_000*(lasted+0.2) {
			t.Errorf("%.0f bits got through in %.1f s and a queue of a fifth of one", bits, lasted)
		}
		if longest := slices.Max(took); longest < 150*time.Millisecond || longest > 2*time.Second {
			t.Errorf("the queue of 200 ms holds packets for %v", longest)
		}
		if after.Overflew == before.Overflew {
			t.Error("the queue has no end")
		}
	})
	t.Run("dark", func(t *testing.T) {
		p.link.Set(Conditions{Dark: true})
		if took, _ := ask(t, conn, 20, 100, time.Millisecond); len(took) != 0 {
			t.Errorf("%d packets came through the dark", len(took))
		}
		p.link.Set(Conditions{})
		if took, _ := ask(t, conn, 20, 100, time.Millisecond); len(took) != 20 {
			t.Errorf("%d of 20 came when it was light again", len(took))
		}
	})
	t.Run("size", func(t *testing.T) {
		p.link.Set(Conditions{MTU: 1280})
		if took, _ := ask(t, conn, 5, 1252, time.Millisecond); len(took) != 5 {
			t.Errorf("%d of 5 packets of 1,280 bytes came through", len(took))
		}
		if took, _ := ask(t, conn, 5, 1253, time.Millisecond); len(took) != 0 {
			t.Errorf("%d packets of 1,281 bytes came through", len(took))
		}
	})
	t.Run("only one way", func(t *testing.T) {
		p.link.Up.Set(Conditions{})
		p.link.Down.Set(Conditions{Dark: true})
		before := p.link.Up.Count()
		took, _ := ask(t, conn, 10, 100, time.Millisecond)
		if carried := p.link.Up.Count().UDP.Packets - before.UDP.Packets; len(took) != 0 || carried != 10 {
			t.Errorf("%d went up, %d came down", carried, len(took))
		}
	})
}

// longestGap is how many numbers in a row are missing.
func longestGap(numbers []int) (longest int) {
	slices.Sort(numbers)
	for i := 1; i < len(numbers); i++ {
		longest = max(longest, numbers[i]-numbers[i-1]-1)
	}
	return longest
}

// talks reports whether a TCP connection to a port of the server can be made and
// used within a moment.
func (p *pairing) talks(port uint16) bool {
	p.t.Helper()
	at := netip.AddrPortFrom(serverAddr, port).String()
	listener, err := p.server.Listen(p.t.Context(), "tcp", at)
	if err != nil {
		p.t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		if conn, err := listener.Accept(); err == nil {
			fmt.Fprint(conn, "hello")
			conn.Close()
		}
	}()
	ctx, cancel := context.WithTimeout(p.t.Context(), 700*time.Millisecond)
	defer cancel()
	conn, err := p.home.Dial(ctx, "tcp", at)
	if err != nil {
		return false
	}
	defer conn.Close()
	_ = conn.SetReadDeadline(time.Now().Add(700 * time.Millisecond))
	word := make([]byte, 5)
	n, _ := conn.Read(word)
	return string(word[:n]) == "hello"
}

func TestRules(t *testing.T) {
	p := newPairing(t, nil)
	udp := p.echo(serverAddr)
	answers := func() bool { took, _ := ask(t, udp, 3, 100, time.Millisecond); return len(took) == 3 }
	for _, tt := range []struct {
		name         string
		rules        []Rule
		udp, t80, t9 bool
	}{
		{"none", nil, true, true, true},
		{"no UDP", []Rule{NoUDP}, false, true, true},
		{"no TCP", []Rule{NoTCP}, true, false, false},
		{"only TCP to 80", []Rule{OnlyTCPTo(80)}, false, true, false},
		{"only with the server", []Rule{OnlyWith(serverAddr)}, true, true, true},
		{"only with somebody else", []Rule{OnlyWith(server6)}, false, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p.link.Set(Conditions{Rules: tt.rules})
			if got := [3]bool{answers(), p.talks(80), p.talks(9)}; got != [3]bool{tt.udp, tt.t80, tt.t9} {
				t.Errorf("UDP, TCP 80, TCP 9: %v", got)
			}
		})
	}
}

// UDP that dies takes its flow with it, and no other.
func TestUDPDies(t *testing.T) {
	p := newPairing(t, nil)
	p.link.Set(Conditions{Rules: []Rule{UDPDiesAfter(1500 * time.Millisecond)}})
	conn := p.echo(serverAddr)
	if took, _ := ask(t, conn, 10, 100, 10*time.Millisecond); len(took) != 10 {
		t.Fatalf("%d of 10 before its time", len(took))
	}
	if took, _ := ask(t, conn, 50, 100, 20*time.Millisecond); len(took) == 0 || len(took) == 50 {
		t.Errorf("%d of 50 over the end of its time", len(took))
	}
	if took, _ := ask(t, conn, 10, 100, time.Millisecond); len(took) != 0 {
		t.Errorf("%d of 10 after its time", len(took))
	}
	other, err := p.home.Dial(t.Context(), "udp", conn.RemoteAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if took, _ := ask(t, other, 10, 100, time.Millisecond); len(took) != 10 {
		t.Errorf("%d of 10 of another flow", len(took))
	}
}

func TestSixthVersion(t *testing.T) {
	p := newPairing(t, nil)
	if took, _ := ask(t, p.echo(server6), 10, 1000, time.Millisecond); len(took) != 10 {
		t.Errorf("%d of 10", len(took))
	}
}

// Behind a symmetric NAT each peer sees another port, and nobody else can use it.
func TestNATIsSymmetric(t *testing.T) {
	outside := netip.MustParseAddr("198.51.100.7")
	nat := NewNAT(outside)
	p := newPairing(t, nat)
	if !p.talks(80) {
		t.Error("no TCP through the NAT")
	}
	sender, err := p.home.ListenPacket(t.Context(), "udp4", "0.0.0.0:5000")
	if err != nil {
		t.Fatal(err)
	}
	defer sender.Close()
	seen := map[string]net.PacketConn{}
	for _, port := range []uint16{1001, 1002} {
		peer, err := p.server.ListenPacket(t.Context(), "udp", netip.AddrPortFrom(serverAddr, port).String())
		if err != nil {
			t.Fatal(err)
		}
		defer peer.Close()
		if _, err := sender.WriteTo([]byte("who am I"), peer.LocalAddr()); err != nil {
			t.Fatal(err)
		}
		_ = peer.SetReadDeadline(time.Now().Add(2 * time.Second))
		_, from, err := peer.ReadFrom(make([]byte, 100))
		if err != nil {
			t.Fatal(err)
		}
		if netip.MustParseAddrPort(from.String()).Addr() != outside {
			t.Errorf("seen as %v", from)
		}
		for _, other := range seen { // the one seen before: its port is not ours
			_, _ = other.WriteTo([]byte("not for you"), from)
		}
		seen[from.String()] = peer
	}
	if len(seen) != 2 {
		t.Fatalf("two peers see %d ports", len(seen))
	}
	for at, peer := range seen {
		to, _ := net.ResolveUDPAddr("udp", at)
		_, _ = peer.WriteTo([]byte("for you"), to)
	}
	heard := 0
	for buffer := make([]byte, 100); ; heard++ {
		_ = sender.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
		n, _, err := sender.ReadFrom(buffer)
		if err != nil {
			break
		}
		if string(buffer[:n]) != "for you" {
			t.Errorf("heard %q from one who was not spoken to", buffer[:n])
		}
	}
	if heard != 2 {
		t.Errorf("heard %d answers of 2", heard)
	}
	nat.Forget()
	for at, peer := range seen {
		to, _ := net.ResolveUDPAddr("udp", at)
		_, _ = peer.WriteTo([]byte("for you"), to)
	}
	_ = sender.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
	if n, _, err := sender.ReadFrom(make([]byte, 100)); err == nil {
		t.Errorf("%d bytes came by a forgotten mapping", n)
	}
}

// A link that is taken away takes its addresses along, and another may come.
func TestLinksComeAndGo(t *testing.T) {
	p := newPairing(t, nil)
	if !p.talks(80) {
		t.Fatal("no way to begin with")
	}
	if err := p.link.Close(); err != nil {
		t.Fatal(err)
	}
	if p.talks(80) {
		t.Error("the closed link carries on")
	}
	out, err := p.home.Command(t.Context(), "ip", "-brief", "address").CombinedOutput()
	if err != nil || strings.Contains(string(out), "wifi") {
		t.Errorf("%v: the device is still there:\n%s", err, out)
	}
	mobile := netip.MustParseAddr("10.0.2.2")
	_, err = p.lab.Link(
		End{In: p.home, Device: "mobile", Addresses: []netip.Addr{mobile}, Routes: Everywhere[:1]},
		End{In: p.server, Device: "uplink2", Routes: []netip.Prefix{Only(mobile)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !p.talks(80) {
		t.Error("the new link carries nothing")
	}
}

// A proxy is a way out, and counts who asks.
func TestProxy(t *testing.T) {
	p := newPairing(t, nil)
	proxyAddr := netip.MustParseAddr("192.0.2.8")
	if err := p.server.Own(proxyAddr); err != nil {
		t.Fatal(err)
	}
	at := netip.AddrPortFrom(proxyAddr, 3128).String()
	proxy, err := NewProxy(t.Context(), p.server, at, map[string]string{"visits.test": serverAddr.String()})
	if err != nil {
		t.Fatal(err)
	}
	defer proxy.Close()
	p.link.Set(Conditions{Rules: []Rule{OnlyWith(proxyAddr)}})
	listener, err := p.server.Listen(t.Context(), "tcp", netip.AddrPortFrom(serverAddr, 443).String())
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		if conn, err := listener.Accept(); err == nil {
			buffer := make([]byte, 100)
			n, _ := conn.Read(buffer)
			_, _ = conn.Write(buffer[:n])
			conn.Close()
		}
	}()
	conn, err := p.home.Dial(t.Context(), "tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	fmt.Fprint(conn, "CONNECT visits.test:443 HTTP/1.1\r\nHost: visits.test:443\r\n\r\n")
	const yes = "HTTP/1.1 200 OK\r\n\r\n"
	buffer := make([]byte, 200)
	n, err := conn.Read(buffer)
	if err != nil || string(buffer[:n]) != yes {
		t.Fatalf("%q, %v", buffer[:n], err)
	}
	fmt.Fprint(conn, "are you there?")
	if n, err = conn.Read(buffer); err != nil || string(buffer[:n]) != "are you there?" {
		t.Errorf("%q, %v", buffer[:n], err)
	}
	if proxy.Asked()["visits.test:443"] != 1 {
		t.Errorf("asked: %v", proxy.Asked())
	}
}

// What a crashed laboratory has left is removed by the next, with what runs in it;
// what lives is left alone.
func TestRemovesWhatACrashLeft(t *testing.T) {
	lab := newLab(t)
	living, err := lab.Namespace("living")
	if err != nil {
		t.Fatal(err)
	}
	// A process that has ended lends its name.
	gone := exec.CommandContext(t.Context(), "sleep", "60")
	if err := gone.Start(); err != nil {
		t.Fatal(err)
	}
	signed, err := signature(gone.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	left := &Namespace{name: prefix + signed + "-left"}
	if err := run("netns", "add", left.name); err != nil {
		t.Fatal(err)
	}
	orphan := left.Command(t.Context(), "sleep", "60")
	if err := orphan.Start(); err != nil {
		t.Fatal(err)
	}
	if err := sweep(); err != nil {
		t.Fatal(err)
	}
	if out, _ := ip("netns", "list"); !strings.Contains(out, left.name) {
		t.Error("a namespace went while its maker lived")
	}
	_ = gone.Process.Kill()
	_ = gone.Wait()
	if err := sweep(); err != nil {
		t.Fatal(err)
	}
	out, err := ip("netns", "list")
	if err != nil || strings.Contains(out, left.name) || !strings.Contains(out, living.name) {
		t.Errorf("%v: after sweeping there are\n%s", err, out)
	}
	if err := orphan.Wait(); err == nil {
		t.Error("what ran in the namespace of a crash runs on")
	}
}

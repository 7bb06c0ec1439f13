package e2e

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/wardvisit/wardvisit/signaling/netlab"
)

var (
	proxyAddr  = netip.MustParseAddr("192.0.2.8") // on the way to the server
	natAddr    = netip.MustParseAddr("198.51.100.7")
	home6      = netip.MustParseAddr("2001:db8:1::2")
	goodEnough = netlab.RoundTrip(20 * time.Millisecond)
)

// A way is a network from which a relative comes, and what is to be so once they
// are in.
type way struct {
	name  string
	addr  netip.Addr // of their machine
	at    netip.Addr // of the server, as they find it
	is    netlab.Conditions
	nat   *netlab.NAT
	proxy bool
	path  string // by which media comes: "udp", "tcp"
	joins int
	then  func(*far, *testing.T, way)
}

// udpLives is for how long UDP is let through, where it dies.
var udpLives = inFull(time.Minute, 10*time.Second)

func ways() []way {
	many := inFull(20, 3)
	with := func(rules ...netlab.Rule) netlab.Conditions {
		c := goodEnough
		c.Rules = rules
		return c
	}
	narrow := goodEnough
	narrow.MTU = 1280
	all := []way{
		{name: "nothing but TCP to 443", addr: home(1), at: server4, is: with(netlab.OnlyTCPTo(443)), path: "tcp", joins: many},
		{name: "nothing but a proxy", addr: home(2), at: server4, is: with(netlab.OnlyWith(proxyAddr)), proxy: true, path: "tcp", joins: many},
		{name: "symmetric NAT", addr: home(3), at: server4, is: goodEnough, nat: netlab.NewNAT(natAddr), path: "udp", joins: 1, then: (*far).routerRestarts},
		{name: "MTU of 1280", addr: home(4), at: server4, is: narrow, path: "udp", joins: 1},
		{name: "IPv6 alone", addr: home6, at: server6, is: goodEnough, path: "udp", joins: 1},
		{name: "UDP that dies", addr: home(5), at: server4, is: with(netlab.UDPDiesAfter(udpLives)), path: "udp", joins: 1, then: (*far).movesToTCP},
	}
	return inFull(all, all[:len(all)-1]) // the last needs a machine of its own to be judged
}

func home(n byte) netip.Addr { return netip.AddrFrom4([4]byte{10, 1, n, 2}) }

// everyWayIn: from each network a relative meets the patient, as often as they
// try, by the path that is open to them.
func (f *far) everyWayIn(t *testing.T) {
	first := f.rosa // has signed in; the others are the same relative elsewhere
	for _, w := range ways() {
		t.Run(w.name, func(t *testing.T) {
			f.under(t, func() { f.comeBy(t, w, first) })
			f.rosa = first
		})
	}
}

// comeBy brings Rosa in from another network, with a machine of her own there.
func (f *far) comeBy(t *testing.T, w way, first *person) {
	place := f.namespace(fmt.Sprintf("home%d", f.places))
	line := f.link(place, "line", w.addr, w.is, w.nat)
	var flags []chromedp.ExecAllocatorOption
	if w.proxy {
		at := netip.AddrPortFrom(proxyAddr, 3128).String()
		proxy, err := netlab.NewProxy(t.Context(), f.proxyPlace(), at, map[string]string{visits: server4.String()})
		if err != nil {
			t.Fatal(err)
		}
		defer proxy.Close()
		flags = append(flags, chromedp.ProxyServer("http://"+at))
	}
	f.rosa = f.watched(f.browser(place, w.at, flags...), "relative-"+w.path, 390, Red)
	f.rosa.takeAfter(first)
	before := line.Down.Count()
	for i := range w.joins {
		if i == 0 {
			f.rosa.open("https://" + visits + "/visits/" + f.reference + "/call")
		} else {
			f.rosa.tap("Go back in")
		}
		f.rosa.meets(map[string]Camera{"": Blue})
		f.ipad.meets(map[string]Camera{rosaName: Red})
		if path := f.rosa.flows().Path; path != w.path {
			t.Errorf("join %d: media comes by %q, not %s", i+1, path, w.path)
		}
		if i < w.joins-1 {
			f.leave()
		}
	}
	carried := line.Down.Count()
	t.Logf("%d of %d joins; the line carried down %d packets of UDP and %d of TCP; %d were refused and %d too big", w.joins, w.joins,
		carried.UDP.Packets-before.UDP.Packets, carried.TCP.Packets-before.TCP.Packets, carried.Refused-before.Refused, carried.TooBig-before.TooBig)
	if w.path == "tcp" && carried.UDP.Packets > before.UDP.Packets {
		t.Error("UDP got through where there is none")
	}
	if w.then != nil {
		w.then(f, t, w)
	}
	f.leave()
}

// proxyPlace is where the proxy is: beside the server, at an address of its own.
func (f *far) proxyPlace() *netlab.Namespace {
	if err := f.server.Own(proxyAddr); err != nil {
		f.journey.Fatal(err)
	}
	return f.server
}

// leave: Rosa goes, and the iPad sees it.
func (f *far) leave() {
	f.rosa.tap("Leave")
	f.rosa.see("You have left")
	f.ipad.meets(map[string]Camera{})
}

// routerRestarts: a NAT that forgets everything in the middle of the call.
func (f *far) routerRestarts(t *testing.T, w way) {
	f.rosa.begins()
	f.ipad.begins()
	w.nat.Forget()
	f.rosa.meets(map[string]Camera{"": Blue})
	f.ipad.meets(map[string]Camera{rosaName: Red})
	still := max(f.rosa.longest(), f.ipad.longest())
	t.Logf("the router forgets: a face stood still for %v", still)
	if still > inFull(5*time.Second, 15*time.Second) {
		t.Errorf("after the router forgot, a face stood still for %v", still)
	}
}

// movesToTCP: UDP stops, twice, and the call goes on over TCP with nobody doing
// anything, and nobody waiting for long.
func (f *far) movesToTCP(t *testing.T, _ way) {
	f.rosa.begins()
	f.wait(2 * udpLives)
	f.rosa.until("media comes over TCP", `await wardvisitFlows().then(flows => flows.path === 'tcp')`)
	f.rosa.meets(map[string]Camera{"": Blue})
	f.ipad.meets(map[string]Camera{rosaName: Red})
	still := max(f.rosa.longest(), f.ipad.longest(brynName))
	t.Logf("from UDP to TCP: a face stood still for %v", still)
	if still > 10*time.Second {
		t.Errorf("from UDP to TCP a face stood still for %v", still)
	}
}

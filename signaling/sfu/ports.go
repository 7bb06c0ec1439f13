package sfu

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"

	"github.com/pion/ice/v4"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// Usable reports whether browsers take a candidate at all. Below port 1024 they
// take 80 and 443 alone, and those at public addresses only, lest a page have
// them speak to some other service in the network that they are in.
func Usable(at netip.AddrPort) bool {
	addr := at.Addr().Unmap()
	private := addr.IsPrivate() || addr.IsLoopback() || addr.IsLinkLocalUnicast() || shared.Contains(addr)
	return at.Port() >= 1024 || !private && (at.Port() == 80 || at.Port() == 443)
}

// shared is the networks of providers who put many customers behind one address.
var shared = netip.MustParsePrefix("100.64.0.0/10")

// onlyUsable leaves candidates out of an answer that browsers refuse, since some
// refuse the whole answer for them. If that left none, all stay: what is wrong is
// then said by the browser, and at our start.
func onlyUsable(answer string) string {
	var kept []string
	some := false
	for line := range strings.SplitAfterSeq(answer, "\r\n") {
		at, is := candidateOf(line)
		if is && !Usable(at) {
			continue
		}
		some = some || is
		kept = append(kept, line)
	}
	if !some {
		return answer
	}
	return strings.Join(kept, "")
}

// candidateOf reads where the candidate in a line of SDP is.
func candidateOf(line string) (netip.AddrPort, bool) {
	value, is := strings.CutPrefix(line, "a="+sdp.AttrKeyCandidate+":")
	fields := strings.Fields(value)
	if !is || len(fields) < 6 {
		return netip.AddrPort{}, false
	}
	at, err := netip.ParseAddrPort(net.JoinHostPort(fields[4], fields[5]))
	return at, err == nil
}

// openTCP begins to take connections over TCP.
func (s *SFU) openTCP() {
	if s.cfg.TCP == nil {
		return
	}
	at, _ := s.cfg.TCP.Addr().(*net.TCPAddr)
	advertised := s.cfg.TCPPort
	if advertised == 0 && at != nil {
		advertised = uint16(at.Port)
	}
	s.tcp = newTCPMux(s.cfg.TCP, advertised, func(local netip.Addr) bool {
		return s.cfg.offersFamily(local) && s.cfg.mayOffer(local, advertised)
	}, s.cfg.Now, s.cfg.Log)
}

// use has every connection take part.
func (m *tcpMux) use(set *webrtc.SettingEngine) {
	set.SetICETCPMux(m)
	set.DisableActiveTCP(true)
	set.SetNetworkTypes([]webrtc.NetworkType{
		webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6, webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6,
	})
}

func (s *SFU) closePorts() error {
	err := s.mux.Close()
	if s.tcp != nil {
		err = errors.Join(err, s.tcp.Close())
	}
	return err
}

// offersFamily reports whether an address of that family can be offered: if we
// are told where we are reached, only of the families we are told of.
func (c Config) offersFamily(addr netip.Addr) bool {
	return len(c.Advertise) == 0 ||
		slices.ContainsFunc(c.Advertise, func(a netip.Addr) bool { return a.Is4() == addr.Is4() })
}

// mayOffer reports whether a browser would take an address of ours, as answers
// name it.
func (c Config) mayOffer(local netip.Addr, port uint16) bool {
	if len(c.Advertise) == 0 {
		return Usable(netip.AddrPortFrom(local, port))
	}
	return slices.ContainsFunc(c.Advertise, func(a netip.Addr) bool {
		return a.Is4() == local.Is4() && Usable(netip.AddrPortFrom(a, port))
	})
}

// listen opens the media port at one address, or at each of the machine's.
func listen(cfg Config) (ice.UDPMux, []netip.AddrPort, error) {
	addrs := []netip.Addr{cfg.Listen.Addr()}
	everywhere := cfg.Listen.Addr().IsUnspecified()
	if everywhere {
		var err error
		if addrs, err = ownAddresses(cfg); err != nil {
			return nil, nil, fmt.Errorf("sfu: list addresses: %w", err)
		}
	}
	var muxes []ice.UDPMux
	var local []netip.AddrPort
	port := cfg.Listen.Port()
	for _, addr := range addrs {
		conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(addr, port)))
		if everywhere && errors.Is(err, syscall.EADDRNOTAVAIL) {
			continue // it has gone meanwhile, or IPv6 is not sure yet that it is ours alone
		}
		if err != nil {
			for _, mux := range muxes {
				_ = mux.Close()
			}
			return nil, nil, fmt.Errorf("sfu: open media port: %w", err)
		}
		// As much as the system allows: less is slower, not wrong.
		_ = conn.SetReadBuffer(socketBuffer)
		_ = conn.SetWriteBuffer(socketBuffer)
		bound := conn.LocalAddr().(*net.UDPAddr).AddrPort()
		bound = netip.AddrPortFrom(bound.Addr().Unmap(), bound.Port())
		port = bound.Port() // if it was 0: the same everywhere
		local = append(local, bound)
		muxes = append(muxes, ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: conn, Logger: quiet{}.NewLogger("")}))
	}
	if len(muxes) == 0 {
		return nil, nil, errors.New("sfu: open media port: the machine has no address to listen at")
	}
	return ice.NewMultiUDPMuxDefault(muxes...), local, nil
}

// ownAddresses lists the machine's addresses that somebody else could reach.
func ownAddresses(cfg Config) ([]netip.Addr, error) {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil, err
	}
	var addrs []netip.Addr
	for _, a := range all {
		prefix, err := netip.ParsePrefix(a.String())
		if err != nil {
			continue // not an IP network
		}
		addr := prefix.Addr().Unmap()
		switch {
		case addr.IsLoopback() && !cfg.Loopback, addr.IsLinkLocalUnicast(), cfg.Listen.Addr().Is4() && !addr.Is4(), !cfg.offersFamily(addr):
		default:
			addrs = append(addrs, addr)
		}
	}
	return addrs, nil
}

package sfu

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/ice/v4"
	"github.com/pion/logging"
	"github.com/pion/webrtc/v4"
)

// ErrBadOffer is wrapped by every refusal of an offer.
var ErrBadOffer = errors.New("sfu: bad offer")

// errClosed is returned by verbs on a Peer or an SFU that is closed.
var errClosed = errors.New("sfu: closed")

// A Kind is sound or picture.
type Kind int

// The kinds.
const (
	Audio Kind = iota
	Video
	kinds // how many there are
)

// String returns the kind as SDP names it.
func (k Kind) String() string {
	if k == Audio {
		return "audio"
	}
	return "video"
}

const (
	// socketBuffer is what a socket may hold for us, in bytes: a tenth of a
	// second of forty rooms, more than any pause of the garbage collector.
	socketBuffer = 4 << 20
	// replayWindow is how late a packet may be, in packets. Pion's own 64 is
	// shorter than a repair takes.
	replayWindow = 1024
	// When a connection is called disconnected, and when failed. A phone that
	// changes network is silent for some two seconds; people are told at five.
	disconnectedAfter = 5 * time.Second
	failedAfter       = 25 * time.Second
	keepalive         = 2 * time.Second
	// gatherWithin bounds how long the answer waits for our own addresses.
	gatherWithin = 5 * time.Second
)

// Config is what an SFU needs to be told.
type Config struct {
	// Listen is the one UDP address of all media. If its address is unspecified,
	// it means that port at every address of the machine.
	Listen netip.AddrPort
	// Advertise replaces our own addresses in answers, for a server behind a
	// one-to-one NAT. The port stays that of Listen.
	Advertise []netip.Addr
	// TCP, if not nil, takes the connections of those whom UDP does not reach
	// (ICE-TCP). The SFU closes it. TCPPort is where browsers find it, if not at
	// its own port.
	TCP     net.Listener
	TCPPort uint16
	// Loopback has the loopback addresses offered too: for one machine alone.
	Loopback bool
	// MaxSlots is the most slots an offer may have.
	MaxSlots int
	// Log gets faults; never addresses, never SDP.
	Log *slog.Logger
	// Now is the clock.
	Now func() time.Time
}

// An SFU is the media side of a server: one port and all its Peers.
type SFU struct {
	cfg   Config
	set   webrtc.SettingEngine // of every connection; each adds its own intakes
	mux   ice.UDPMux
	tcp   *tcpMux // nil without Config.TCP
	certs []webrtc.Certificate
	count counters
	local []netip.AddrPort

	closing sync.WaitGroup // connections on their way down

	mu     sync.Mutex
	peers  map[*Peer]struct{} // guarded by mu
	closed bool               // guarded by mu
}

// counters are the totals of every Peer there ever was. The hot path does not
// touch them: each Peer adds what is new ten times a second.
type counters struct {
	received, forwarded, sentBytes, resent, asked, keyframes atomic.Uint64
}

// Totals are running counts since the SFU began.
type Totals struct {
	Received  uint64 // media packets from senders
	Forwarded uint64 // media packets to receivers
	Bytes     uint64 // of all that is sent to receivers, with what encrypts and frames it
	Resent    uint64 // of those packets, again because a receiver asked
	Asked     uint64 // media packets asked of senders again
	Keyframes uint64 // keyframes asked of senders
}

// New opens the sockets and returns an SFU that is ready to connect Peers.
func New(cfg Config) (*SFU, error) {
	cert, err := newCertificate(cfg.Now())
	if err != nil {
		return nil, fmt.Errorf("sfu: make certificate: %w", err)
	}
	mux, local, err := listen(cfg)
	if err != nil {
		return nil, err
	}
	s := &SFU{cfg: cfg, mux: mux, local: local, certs: []webrtc.Certificate{cert}, peers: map[*Peer]struct{}{}}
	s.openTCP()
	if s.set, err = newSettings(cfg, mux, s.tcp); err != nil {
		_ = s.closePorts()
		return nil, fmt.Errorf("sfu: set up: %w", err)
	}
	return s, nil
}

// Local returns the addresses the SFU listens at.
func (s *SFU) Local() []netip.AddrPort { return s.local }

// Routes returns where media is sent by those who reach us through a relay of
// ours: by each address that answers name, the one we listen at.
func (s *SFU) Routes() map[netip.AddrPort]netip.AddrPort {
	routes := map[netip.AddrPort]netip.AddrPort{}
	for _, local := range s.local {
		routes[local] = local
	}
	if len(s.cfg.Advertise) == 0 {
		return routes
	}
	clear(routes)
	for _, addr := range s.cfg.Advertise {
		for _, local := range s.local {
			advertised := netip.AddrPortFrom(addr, local.Port())
			if _, has := routes[advertised]; !has && addr.Is4() == local.Addr().Is4() {
				routes[advertised] = local
			}
		}
	}
	return routes
}

// Totals returns the running counts.
func (s *SFU) Totals() Totals {
	return Totals{
		Received:  s.count.received.Load(),
		Forwarded: s.count.forwarded.Load(),
		Bytes:     s.count.sentBytes.Load(),
		Resent:    s.count.resent.Load(),
		Asked:     s.count.asked.Load(),
		Keyframes: s.count.keyframes.Load(),
	}
}

// Connect answers an offer. The connection comes up by itself after the answer
// has reached the browser. An offer we have no use for is ErrBadOffer.
func (s *SFU) Connect(ctx context.Context, offer string, options Options) (*Peer, string, error) {
	plan, err := readOffer(offer, options.Codec, s.cfg.MaxSlots)
	if err != nil {
		return nil, "", err
	}
	p, err := newPeer(s, plan, options)
	if err != nil {
		return nil, "", fmt.Errorf("sfu: connect: %w", err)
	}
	answered := false
	defer func() {
		if !answered { // refused, or Pion broke on it
			p.Close()
		}
	}()
	answer, err := p.open(ctx, plan)
	if err != nil {
		return nil, "", err
	}
	answered = true
	return p, answer, nil
}

// Close closes every Peer and the sockets, and returns when all is over.
func (s *SFU) Close() error {
	s.mu.Lock()
	s.closed = true
	var peers []*Peer
	for p := range s.peers {
		peers = append(peers, p)
	}
	s.mu.Unlock()
	for _, p := range peers {
		p.Close()
	}
	s.closing.Wait()
	if err := s.closePorts(); err != nil {
		return fmt.Errorf("sfu: close: %w", err)
	}
	return nil
}

func (s *SFU) add(p *Peer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errClosed
	}
	s.peers[p] = struct{}{}
	s.closing.Add(1) // done when the Peer's own goroutines are over
	return nil
}

func (s *SFU) remove(p *Peer) {
	s.mu.Lock()
	delete(s.peers, p)
	s.mu.Unlock()
	s.closing.Done()
}

// newSettings sets Pion up: one port, ICE-lite.
func newSettings(cfg Config, mux ice.UDPMux, tcp *tcpMux) (webrtc.SettingEngine, error) {
	set := webrtc.SettingEngine{LoggerFactory: quiet{}}
	set.SetLite(true)
	set.SetICEUDPMux(mux)
	set.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	if tcp != nil {
		tcp.use(&set)
	}
	set.SetIncludeLoopbackCandidate(cfg.Loopback)
	set.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	set.SetICETimeouts(disconnectedAfter, failedAfter, keepalive)
	set.SetSRTPReplayProtectionWindow(replayWindow)
	// AES-GCM first: on processors of this decade it costs half of the other.
	set.SetSRTPProtectionProfiles(
		dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AEAD_AES_256_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80)
	// We begin DTLS ourselves as soon as a check has come: one round trip less.
	if err := set.SetAnsweringDTLSRole(webrtc.DTLSRoleClient); err != nil {
		return set, err
	}
	if len(cfg.Advertise) > 0 {
		rule := webrtc.ICEAddressRewriteRule{AsCandidateType: webrtc.ICECandidateTypeHost, Mode: webrtc.ICEAddressRewriteReplace}
		for _, addr := range cfg.Advertise {
			rule.External = append(rule.External, addr.String())
		}
		if err := set.SetICEAddressRewriteRules(rule); err != nil {
			return set, err
		}
	}
	return set, nil
}

// quiet keeps Pion's own log, which names addresses, out of ours.
type quiet struct{}

func (quiet) NewLogger(string) logging.LeveledLogger {
	return logging.NewDefaultLeveledLoggerForScope("", logging.LogLevelDisabled, discard{})
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

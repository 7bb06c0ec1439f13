package turn

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/pion/logging"
	"github.com/pion/stun/v4"
	"github.com/pion/turn/v5"

	"github.com/wardvisit/wardvisit/signaling/ticket"
)

const (
	realm = "wardvisit"
	// maxRelays is how many one credential may have open: a browser may try UDP,
	// TCP and TLS at once, and open the next before it lets go of the last.
	maxRelays = 4
	// relayLife is how long a relay lives without a refresh. Browsers refresh a
	// minute before; one that has vanished should not hold a port for long.
	relayLife = 5 * time.Minute
)

// Config is what a Server needs to be told.
type Config struct {
	// Key makes and checks credentials.
	Key []byte
	// Listen is the UDP address to serve at. The unspecified address of IPv6 means
	// every address of both families, and the zero AddrPort none.
	Listen netip.AddrPort
	// Listeners serve TURN over TCP, or TLS. The Server closes them.
	Listeners []net.Listener
	// Routes are the only addresses relayed to: as a browser knows them, from
	// the answer of our media server, and as we reach them.
	Routes map[netip.AddrPort]netip.AddrPort
	// URLs are how a browser reaches us, as in "turn:host:3478?transport=udp".
	URLs []string
	Log  *slog.Logger
	Now  func() time.Time
}

// A Server is the relay.
type Server struct {
	cfg  Config
	turn *turn.Server
	addr netip.AddrPort

	mu      sync.Mutex
	closed  bool                 // guarded by mu
	relays  map[*relay]struct{}  // guarded by mu; those that are open
	revoked map[string]time.Time // guarded by mu; holders, and since when
	streams map[string]*stream   // guarded by mu; by their ends
}

// New opens the Server's UDP socket, if it is to have one, and serves.
func New(cfg Config) (*Server, error) {
	if len(cfg.Key) < ticket.MinKey {
		return nil, fmt.Errorf("turn: key of %d bytes, want %d at least", len(cfg.Key), ticket.MinKey)
	}
	s := &Server{cfg: cfg, relays: map[*relay]struct{}{}, revoked: map[string]time.Time{}, streams: map[string]*stream{}}
	config := turn.ServerConfig{
		Realm:              realm,
		AuthHandler:        s.authenticate,
		QuotaHandler:       s.mayOpen,
		EventHandler:       turn.EventHandler{OnAllocationCreated: s.relayOpened, OnAllocationDeleted: s.relayEnded},
		AllocationLifetime: relayLife,
		LoggerFactory:      quiet{},
	}
	conns, err := listen(cfg.Listen)
	if err != nil {
		return nil, err
	}
	for _, conn := range conns {
		s.addr = conn.LocalAddr().(*net.UDPAddr).AddrPort()
		config.PacketConnConfigs = append(config.PacketConnConfigs, turn.PacketConnConfig{
			PacketConn: conn, RelayAddressGenerator: generator{s}, PermissionHandler: s.permit,
		})
	}
	for _, l := range cfg.Listeners {
		config.ListenerConfigs = append(config.ListenerConfigs, turn.ListenerConfig{
			Listener: listener{l, s}, RelayAddressGenerator: generator{s}, PermissionHandler: s.permit,
		})
	}
	if s.turn, err = turn.NewServer(config); err != nil {
		for _, c := range conns {
			err = errors.Join(err, c.Close())
		}
		return nil, fmt.Errorf("turn: %w", err)
	}
	return s, nil
}

// listen opens the UDP socket, or one of each family that the machine has.
func listen(at netip.AddrPort) (conns []net.PacketConn, err error) {
	if !at.IsValid() {
		return nil, nil
	}
	networks := []string{"udp"}
	if at.Addr() == netip.IPv6Unspecified() {
		networks = []string{"udp6", "udp4"}
	}
	address := net.UDPAddrFromAddrPort(at)
	for _, network := range networks {
		if network == "udp4" {
			address.IP = net.IPv4zero
		}
		conn, err := net.ListenUDP(network, address)
		switch {
		case network == "udp6" && (errors.Is(err, syscall.EAFNOSUPPORT) || errors.Is(err, syscall.EADDRNOTAVAIL)):
			continue // IPv6 is switched off
		case err != nil:
			for _, c := range conns {
				err = errors.Join(err, c.Close())
			}
			return nil, fmt.Errorf("turn: open port: %w", err)
		}
		address.Port = conn.LocalAddr().(*net.UDPAddr).Port // if it was 0: the same in both
		conns = append(conns, conn)
	}
	return conns, nil
}

// Addr is the UDP address served at.
func (s *Server) Addr() netip.AddrPort { return s.addr }

// Open returns how many relays are open.
func (s *Server) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.relays)
}

// Revoke closes every relay of a seat, and every credential made for it until now.
func (s *Server) Revoke(room, seat string) {
	whose, now := holder(room, seat), s.cfg.Now()
	s.mu.Lock()
	for old, since := range s.revoked {
		if now.Sub(since) > ticket.MaxLife { // such credentials have died by themselves
			delete(s.revoked, old)
		}
	}
	s.revoked[whose] = now
	var theirs []*relay
	for r := range s.relays {
		if r.name.holder == whose {
			theirs = append(theirs, r)
		}
	}
	s.mu.Unlock()
	for _, r := range theirs {
		_ = r.Close() // it may be closing already
	}
}

// Close ends every relay and closes the sockets.
func (s *Server) Close() error {
	err := s.turn.Close()
	s.mu.Lock()
	s.closed = true
	var all []io.Closer
	for r := range s.relays {
		all = append(all, r)
	}
	for _, c := range s.streams {
		all = append(all, c)
	}
	s.mu.Unlock()
	for _, c := range all {
		_ = c.Close() // it may be closing already
	}
	if err != nil {
		return fmt.Errorf("turn: close: %w", err)
	}
	return nil
}

// authenticate returns the key of a username that is worth something. A relay
// is opened only in a credential's life; what is open may be kept up after it.
func (s *Server) authenticate(request *turn.RequestAttributes) (userID string, key []byte, ok bool) {
	defer s.guard("who asks", func() { userID, key, ok = "", nil, false })
	n, ok := readName(request.Username)
	if !ok {
		return "", nil, false
	}
	now := s.cfg.Now()
	young := !n.made.After(now) && now.Sub(n.made) < ticket.MaxLife
	s.mu.Lock()
	since, revoked := s.revoked[n.holder]
	s.mu.Unlock()
	switch {
	case revoked && !n.made.After(since):
		return "", nil, false
	case !young && (request.Method == stun.MethodAllocate || s.open(request.Username) == 0):
		return "", nil, false
	}
	return request.Username, turn.GenerateAuthKey(request.Username, request.Realm, s.password(request.Username)), true
}

// mayOpen is asked before a credential opens another relay.
func (s *Server) mayOpen(username, _ string, _ net.Addr) (ok bool) {
	defer s.guard("how many", func() { ok = false })
	return s.open(username) < maxRelays
}

// open returns how many relays a credential has open.
func (s *Server) open(username string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.openLocked(username)
}

func (s *Server) openLocked(username string) (n int) {
	for r := range s.relays {
		if r.username == username {
			n++
		}
	}
	return n
}

// permit is asked before anything is relayed to an address.
func (s *Server) permit(_ net.Addr, peer net.IP) (ok bool) {
	defer s.guard("whither", func() { ok = false })
	addr, ok := netip.AddrFromSlice(peer)
	if !ok {
		return false
	}
	for route := range s.cfg.Routes {
		if route.Addr() == addr.Unmap() {
			return true
		}
	}
	return false
}

// quiet keeps Pion's own log, which names addresses, out of ours.
type quiet struct{}

func (quiet) NewLogger(string) logging.LeveledLogger {
	return logging.NewDefaultLeveledLoggerForScope("", logging.LogLevelDisabled, discard{})
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

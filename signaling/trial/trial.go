package trial

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/wardvisit/wardvisit/signaling/sfu"
	"github.com/wardvisit/wardvisit/signaling/ticket"
	"github.com/wardvisit/wardvisit/signaling/turn"
)

// What Begin refuses.
var (
	// ErrBadOffer is an offer, or a path, that is none of ours.
	ErrBadOffer = errors.New("trial: bad offer")
	// ErrBusy is one trial too many at once, or a Server that has stopped.
	ErrBusy = errors.New("trial: too many at once")
)

// A Path is one way for sound and picture between a browser and us.
type Path string

// The paths.
const (
	UDP      Path = "udp"       // straight to the media port
	TCP      Path = "tcp"       // the same over TCP, which browsers try when UDP is closed
	RelayUDP Path = "relay-udp" // by our relay, reached over UDP
	RelayTCP Path = "relay-tcp" // by our relay, reached over TCP
	RelayTLS Path = "relay-tls" // by our relay, reached over TLS
)

// Paths returns all of them, the best first.
func Paths() []Path { return []Path{UDP, TCP, RelayUDP, RelayTCP, RelayTLS} }

const (
	// life is how long a path has to come up: longer than any browser's check
	// waits, shorter than anybody could make use of.
	life = 20 * time.Second
	// linger is how long a path that is up stays so, for the browser to see it.
	linger = 3 * time.Second
	// settle is how far apart the news that a path is up, and that the browser has
	// gone, may come the wrong way round: each comes from a goroutine of its own.
	settle = 200 * time.Millisecond
	// maxOpen bounds the trials at once: a large ward's families all checking at
	// the same minute, and a tenth of what a visit's hour costs.
	maxOpen = 100
	// maxOffer is twice what the wordiest browser offers for one section, in bytes.
	maxOffer = 16 << 10
)

// Config is what a Server needs to be told.
type Config struct {
	Media *sfu.SFU
	// Relay may be nil: then no path leads by it.
	Relay    *turn.Server
	Registry prometheus.Registerer // may be nil
	Log      *slog.Logger
	// Now is the clock.
	Now func() time.Time
	// Life and MaxOpen are the bounds of the same name, for a test that cannot
	// wait; the constants' if 0.
	Life    time.Duration
	MaxOpen int
}

// A Server makes trials.
type Server struct {
	cfg     Config
	open    chan struct{} // holds one for each trial
	ended   *prometheus.CounterVec
	stop    chan struct{} // closed by Stop
	running sync.WaitGroup

	mu      sync.Mutex
	stopped bool // guarded by mu
}

// An Answer is what a browser needs to try one path.
type Answer struct {
	// Offered is false if we are not to be reached by that path at all, as this
	// program is set up; there is nothing else in the Answer then.
	Offered bool
	SDP     string
	// Relay is the one relay address to use, and nothing beside it; nil if the
	// path leads by none.
	Relay *turn.Credential
}

// New returns a Server.
func New(cfg Config) (*Server, error) {
	if cfg.Life == 0 {
		cfg.Life = life
	}
	if cfg.MaxOpen == 0 {
		cfg.MaxOpen = maxOpen
	}
	s := &Server{cfg: cfg, open: make(chan struct{}, cfg.MaxOpen), stop: make(chan struct{})}
	s.ended = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "wardvisit_check_trials_total", Help: "Trials of a network path before a visit, by what came of them.",
	}, []string{"path", "result"})
	if cfg.Registry != nil {
		if err := cfg.Registry.Register(s.ended); err != nil {
			return nil, fmt.Errorf("trial: register metrics: %w", err)
		}
	}
	return s, nil
}

// Begin answers the offer of a browser that tries one path.
func (s *Server) Begin(ctx context.Context, path Path, offer string) (Answer, error) {
	if !slices.Contains(Paths(), path) {
		return Answer{}, fmt.Errorf("%w: no such path", ErrBadOffer)
	}
	answer, err := s.begin(ctx, path, offer)
	switch {
	case errors.Is(err, ErrBusy):
		s.count(path, "busy")
	case errors.Is(err, ErrBadOffer):
		s.count(path, "refused")
	case err != nil:
		s.count(path, "fault")
	case !answer.Offered:
		s.count(path, "not_offered")
	}
	return answer, err
}

func (s *Server) begin(ctx context.Context, path Path, offer string) (Answer, error) {
	if err := readOffer(offer); err != nil {
		return Answer{}, err
	}
	if !s.enter() {
		return Answer{}, ErrBusy
	}
	t := &try{server: s, path: path, up: make(chan struct{}), over: make(chan struct{}), seat: rand.Text()}
	begun := false
	defer func() {
		if !begun {
			t.end()
		}
	}()
	relay, offered := t.relay()
	if !offered {
		return Answer{}, nil
	}
	peer, sdp, err := s.cfg.Media.Connect(ctx, offer, sfu.Options{Changed: t.changed, Paused: func(int, bool) {}})
	if errors.Is(err, sfu.ErrBadOffer) {
		return Answer{}, fmt.Errorf("%w: the media server has no use for it", ErrBadOffer)
	}
	if err != nil {
		return Answer{}, fmt.Errorf("trial: answer: %w", err)
	}
	t.peer = peer
	if sdp, offered = only(path, sdp); !offered {
		return Answer{}, nil
	}
	begun = true
	go t.run()
	return Answer{Offered: true, SDP: sdp, Relay: relay}, nil
}

// enter counts one more trial, if there is room for it.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return false
	}
	select {
	case s.open <- struct{}{}:
		s.running.Add(1)
		return true
	default:
		return false
	}
}

// Open returns how many trials there are now.
func (s *Server) Open() int { return len(s.open) }

// Stop ends every trial and returns when all are over.
func (s *Server) Stop() {
	s.mu.Lock()
	if !s.stopped {
		s.stopped = true
		close(s.stop)
	}
	s.mu.Unlock()
	s.running.Wait()
}

func (s *Server) count(path Path, result string) { s.ended.WithLabelValues(string(path), result).Inc() }

// A try is one trial under way. Its goroutine, run, owns it once it has begun.
type try struct {
	server *Server
	path   Path
	seat   string // of its relay credential: random, so that it is nobody's
	peer   *sfu.Peer

	once [2]sync.Once
	up   chan struct{} // closed when the path has come up
	over chan struct{} // closed when the browser has gone, or the path is dead
}

// room is where every trial's credential belongs: no visit has this name.
const room = "check"

// relay makes the credential for a path by our relay. It reports false if there
// is no such path.
func (t *try) relay() (*turn.Credential, bool) {
	prefix, way := "turn:", "transport=udp"
	switch t.path {
	case RelayUDP:
	case RelayTCP:
		way = "transport=tcp"
	case RelayTLS:
		prefix, way = "turns:", ""
	default:
		return nil, true
	}
	if t.server.cfg.Relay == nil {
		return nil, false
	}
	all := t.server.cfg.Relay.Credential(ticket.Ticket{Room: room, Seat: t.seat, ID: rand.Text()})
	for _, url := range all.URLs {
		if strings.HasPrefix(url, prefix) && strings.Contains(url, way) {
			all.URLs = []string{url}
			return &all, true
		}
	}
	return nil, false
}

// changed is told how the connection fares.
func (t *try) changed(state sfu.State) {
	switch state {
	case sfu.Connected:
		t.once[0].Do(func() { close(t.up) })
	case sfu.Failed, sfu.Closed:
		t.once[1].Do(func() { close(t.over) })
	case sfu.Connecting, sfu.Disconnected:
	}
}

// run waits for the end of a trial, and counts what came of it.
func (t *try) run() {
	defer t.end()
	defer t.guard()
	ending := time.NewTimer(t.server.cfg.Life)
	defer ending.Stop()
	up, over, result := t.up, t.over, "blocked"
	for up != nil || over != nil {
		select {
		case <-up:
			up, result = nil, "through"
			ending.Reset(min(linger, t.server.cfg.Life))
			continue
		case <-over:
			over = nil
			ending.Reset(settle)
			continue
		case <-ending.C:
		case <-t.server.stop:
		}
		break
	}
	t.server.count(t.path, result)
}

// end lets go of everything, whatever of it breaks.
func (t *try) end() {
	defer t.server.running.Done()
	defer func() { <-t.server.open }()
	defer t.guard()
	if t.peer != nil {
		t.peer.Close()
	}
	if t.server.cfg.Relay != nil {
		t.server.cfg.Relay.Revoke(room, t.seat)
	}
}

// guard is deferred by what is a trial's own: what goes wrong in it ends that trial
// alone.
func (t *try) guard() {
	if fault := recover(); fault != nil {
		t.server.cfg.Log.Error("a trial broke", "path", string(t.path), "fault", fault, "stack", string(debug.Stack()))
		t.server.count(t.path, "fault")
	}
}

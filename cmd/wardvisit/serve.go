package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/notify"
	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/migrations"
	"github.com/wardvisit/wardvisit/signaling"
	"github.com/wardvisit/wardvisit/signaling/port"
	"github.com/wardvisit/wardvisit/signaling/sfu"
	"github.com/wardvisit/wardvisit/signaling/ticket"
	"github.com/wardvisit/wardvisit/signaling/trial"
	"github.com/wardvisit/wardvisit/signaling/turn"
	"github.com/wardvisit/wardvisit/web"
	"github.com/wardvisit/wardvisit/web/login"
	"github.com/wardvisit/wardvisit/web/login/provider"
)

const (
	// sweepEvery is how late at most a lapsed hold or an unattended visit is
	// tidied away; nothing waits for it, since acts sweep what they meet.
	sweepEvery = 15 * time.Second
	// stopFor is how long people have to be told that we stop, and our own
	// goroutines to end.
	stopFor = 10 * time.Second
)

// A server is everyone, introduced to each other.
type server struct {
	cfg      config
	practice bool
	log      *slog.Logger

	port      *port.Port       // the one of pages, and of nearly everything else
	refused   func(why string) // counts what is refused at our ports
	secure    secure
	proxies   proxies
	public    *url.URL
	store     *store.Store
	desk      *desk.Desk
	doors     *login.Doors
	provider  *provider.Provider // through which staff sign in; nil for none
	media     *sfu.SFU
	relay     *turn.Server // nil when there is none
	relayPort *port.Port   // the relay's own; nil when it has none
	trials    *trial.Server
	tour      tour // of the practice hospital
	rooms     *signaling.Server
	pages     *web.Server
	notices   *notify.Dispatcher
	metrics   *prometheus.Registry
	acts      *prometheus.HistogramVec // what is asked of us, by name and by what came of it
	admin     net.Listener             // where metrics are read; nil when nowhere
	draining  atomic.Bool              // no more visits begin here
	auditKey  []byte                   // signs the audit; nil when it is not signed
	sealedAt  atomic.Int64             // when the audit was last sealed to its end, in nanoseconds since 1970

	serving sync.WaitGroup // of relayPort
}

// serveDefaults are the settings that serve has until it is told otherwise.
func serveDefaults() config {
	return config{listen: ":8080", database: "sqlite:wardvisit.db", mediaUDP: ":8443", turn: ":3478", logLevel: "info", drainFor: usualDrain}
}

// serve handles `wardvisit serve`.
func serve(ctx context.Context, args []string, c console) error {
	cfg := serveDefaults()
	if err := cfg.parse("serve", args, c, false); err != nil {
		return err
	}
	s, err := open(ctx, cfg, false, c.stderr)
	if err != nil {
		return err
	}
	defer s.close()
	s.warn()
	s.warnOfPorts()
	s.log.Info("ready", "url", s.public.String(), "listen", s.port.Addr().String(), "media", s.media.Local())
	return s.run(ctx, c.hurry)
}

// warn says what a real hospital would miss.
func (s *server) warn() {
	if s.public.Scheme != "https" && s.public.Hostname() != "localhost" {
		s.log.Warn("the public URL is not https: browsers will refuse the camera")
	}
	if s.public.Hostname() == "localhost" {
		s.log.Warn("links in messages lead to this machine alone: say -public-url")
	}
	if s.cfg.notifyKey == "" {
		s.log.Warn("no way to send texts is configured: they wait until there is one (-notify-key)")
	}
	if s.cfg.notifyKey == "" && s.cfg.smtp == "" {
		s.log.Warn("no way to send emails is configured: they wait until there is one (-smtp)")
	}
}

// open introduces everyone, and undoes what it did if somebody can't come.
func open(ctx context.Context, cfg config, practice bool, logs io.Writer) (_ *server, err error) {
	s := &server{cfg: cfg, practice: practice, metrics: prometheus.NewRegistry(), acts: newActs()}
	s.log = slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: cfg.level()}))
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.proxies, err = readProxies(cfg.trustedProxy); err != nil {
		return nil, err
	}
	if err = s.openPort(); err != nil {
		return nil, err
	}
	if s.admin, err = listenForAdmin(cfg.admin); err != nil {
		return nil, err
	}
	if s.auditKey, err = readAuditKey(cfg.auditKey); err != nil {
		return nil, err
	}
	if err = migrations.Up(ctx, cfg.database); err != nil {
		return nil, err
	}
	if s.store, err = store.Open(ctx, cfg.database); err != nil {
		return nil, err
	}
	if err = s.openDesk(ctx); err != nil {
		return nil, err
	}
	if err = s.openHospital(ctx); err != nil {
		return nil, err
	}
	sealer, err := s.openRooms(ctx)
	if err != nil {
		return nil, err
	}
	if err = s.openPages(ctx, sealer); err != nil {
		return nil, err
	}
	return s, s.measure()
}

// openHospital makes sure that a practice hospital is served as one, so that
// every page says so, and that a real one never is.
func (s *server) openHospital(ctx context.Context) (err error) {
	if s.practice {
		s.tour, err = s.practiceToday(ctx)
		return err
	}
	practice, err := s.desk.Practice(ctx)
	if err == nil && practice {
		return errors.New("this database holds a practice hospital: start it with `wardvisit demo`")
	}
	return err
}

func (s *server) openDesk(ctx context.Context) error {
	pepper, err := secret(ctx, s.store, "code_key")
	if err != nil {
		return err
	}
	config := desk.Config{Store: s.store, Now: time.Now, PublicURL: s.public.String(), Pepper: pepper}
	if !s.practice { // in which everybody is to come in in one step
		config.FactorRoles = booking.Roles{booking.Administrator, booking.Auditor}
	}
	s.desk, err = desk.New(config)
	if err != nil {
		return err
	}
	s.doors = login.New(login.Config{
		Store: s.store.Logins(time.Now), People: s.desk, Devices: s.desk, Session: s.desk.SignInStands, Secure: s.public.Scheme == "https", Now: time.Now,
	})
	senders, err := s.senders()
	if err != nil {
		return err
	}
	s.notices = notify.New(notify.Config{Outbox: s.store, Senders: senders, Now: time.Now, Log: s.log})
	return nil
}

// secret is a key of 32 bytes that every process on this database shares.
func secret(ctx context.Context, s *store.Store, name string) ([]byte, error) {
	fresh := make([]byte, 32)
	rand.Read(fresh)
	value, err := s.SettingOr(ctx, name, hex.EncodeToString(fresh))
	if err != nil {
		return nil, err
	}
	return hex.DecodeString(value)
}

func (s *server) openRooms(ctx context.Context) (*ticket.Sealer, error) {
	if err := s.desk.OpenRooms(ctx); err != nil {
		return nil, err
	}
	key, err := secret(ctx, s.store, "ticket_key")
	if err != nil {
		return nil, err
	}
	sealer, err := ticket.New(key, time.Now)
	if err != nil {
		return nil, err
	}
	at, err := mediaAddrPort(s.cfg)
	if err != nil {
		return nil, err
	}
	advertise, err := s.cfg.addresses()
	if err != nil {
		return nil, err
	}
	tcp, tcpPort := s.mediaDoor()
	s.media, err = sfu.New(sfu.Config{
		Listen: at, Advertise: advertise, TCP: tcp, TCPPort: tcpPort, Loopback: s.practice || at.Addr().IsLoopback(),
		MaxSlots: signaling.DefaultCapacity - 1, Log: s.log, Now: time.Now,
	})
	if err != nil {
		return nil, fmt.Errorf("can't open %s for sound and pictures (choose another with -media-udp): %w", s.cfg.mediaUDP, err)
	}
	relayKey, err := secret(ctx, s.store, "relay_key")
	if err != nil {
		return nil, err
	}
	if err := s.openRelay(relayKey); err != nil {
		return nil, err
	}
	s.rooms, err = signaling.New(signaling.Config{
		Media: s.media, Relay: s.relay, Tickets: sealer, Attendance: attendance{s.desk, s.doors, s.log, s.did}, Origins: origins(s.public),
		MaxRooms: s.cfg.maxRooms, Log: s.log, Registry: s.metrics, Now: time.Now,
	})
	return sealer, err
}

func (s *server) openPages(ctx context.Context, sealer *ticket.Sealer) error {
	err := s.openProvider(ctx)
	if err != nil {
		return err
	}
	if s.trials, err = trial.New(trial.Config{Media: s.media, Relay: s.relay, Registry: s.metrics, Log: s.log, Now: time.Now}); err != nil {
		return err
	}
	network, err := s.network(ctx)
	if err != nil {
		return err
	}
	s.pages, err = web.New(web.Config{
		Acts:    s.acts,
		Network: network, Trials: trials{s.trials},
		Desk: s.desk, Doors: s.doors, Provider: s.provider, Rooms: rooms{s.rooms}, Tickets: sealer, ICEServers: s.iceServers, Codec: s.cfg.videoCodec,
		Trust: s.secure.trust, PublicURL: s.public, Practice: s.practice, People: s.tour.people(), Now: time.Now, Log: s.log, Registry: s.metrics,
	})
	return err
}

// run serves until ctx ends, then lets the visits that go on end by themselves,
// or waits no longer once hurry closes, and stops: pages end their live streams,
// rooms tell everybody to come back, and what is being sent is sent.
func (s *server) run(ctx context.Context, hurry <-chan struct{}) error {
	mux := http.NewServeMux()
	s.answerHealth(mux)
	mux.Handle("GET /signal", s.rooms)
	mux.Handle("/", s.pages)
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	var workers sync.WaitGroup
	workers.Go(func() { s.notices.Run(working) })
	workers.Go(func() { s.sweep(working) })
	workers.Go(func() { s.seal(working) })
	if s.provider != nil {
		workers.Go(func() { s.provider.Seek(working) })
	}
	hangUp, served := s.serveHTTP(mux)
	workers.Go(func() { s.secure.fetch(working) })
	workers.Go(func() { s.serveAdmin(working) })

	var err error
	select {
	case err = <-served:
	case <-ctx.Done():
		s.drain(hurry)
		s.log.Info("stopping")
		err = s.stop(hangUp)
	}
	stop()
	workers.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

func (s *server) stop(hangUp func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), stopFor)
	defer cancel()
	s.pages.Drain()
	return errors.Join(s.rooms.Stop(ctx), hangUp(ctx))
}

// sweep tidies by the clock until ctx ends.
func (s *server) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		closed, err := s.desk.Sweep(ctx)
		if err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "sweep", "err", err)
		}
		if err := s.desk.FollowUpInterpreters(ctx); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "follow up interpreters", "err", err)
		}
		for _, visit := range closed {
			if err := s.rooms.Order(ctx, string(visit), signaling.End{}); err != nil && ctx.Err() == nil {
				s.log.ErrorContext(ctx, "close a room", "room", visit, "err", err)
			}
		}
	}
}

// close lets go of everything that open took, in the opposite order.
func (s *server) close() {
	if s.trials != nil {
		s.trials.Stop()
	}
	if s.relayPort != nil {
		s.relayPort.Close()
	}
	if s.relay != nil {
		s.relay.Close()
	}
	if s.media != nil {
		s.media.Close()
	}
	if s.admin != nil {
		s.admin.Close()
	}
	if s.store != nil {
		s.store.Close()
	}
	if s.port != nil {
		s.port.Close()
	}
	s.serving.Wait()
}

// writable says in a sentence why nothing can be kept in a folder.
func writable(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("can't make the folder %s: choose another with -folder", folder)
	}
	f, err := os.CreateTemp(folder, ".try-*")
	if err != nil {
		return fmt.Errorf("can't write in the folder %s: choose another with -folder", folder)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

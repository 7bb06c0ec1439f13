package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/signaling/ticket"
	"github.com/wardvisit/wardvisit/web/login"
	"github.com/wardvisit/wardvisit/web/login/provider"
)

// Config is what the face is given.
type Config struct {
	Desk  *desk.Desk
	Doors *login.Doors
	// Provider is through which staff can sign in besides passwords; may be nil.
	Provider *provider.Provider
	Rooms    Rooms          // the live side of visits
	Tickets  *ticket.Sealer // makes leave to enter a room
	// ICEServers are what helps the holder of a ticket through a firewall; of the
	// zero Ticket, what anybody may use. It may be nil.
	ICEServers func(ticket.Ticket) []ICEServer
	Codec      string           // of everybody's pictures: "vp8" or "h264"; "" is the first
	Network    Network          // how browsers reach us, for the network check and the firewall sheet
	Trials     Trials           // tries a network before a visit; may be nil
	Trust      *Trust           // what devices must be told to trust; nil for nothing
	PublicURL  *url.URL         // where people find us; the origin that pages and sockets share
	Practice   bool             // nobody here is real, and every page says so
	People     []PracticePerson // whom a visitor of the practice hospital can be
	Now        func() time.Time // the clock
	Log        *slog.Logger
	Registry   prometheus.Registerer  // takes our metrics; may be nil
	Acts       prometheus.ObserverVec // of acts by name and outcome: how long each took, in seconds; may be nil
}

// A Server answers every request but those of the websocket.
type Server struct {
	desk           *desk.Desk
	doors          *login.Doors
	provider       *provider.Provider // nil for none
	rooms          Rooms
	tickets        *ticket.Sealer
	iceServers     func(ticket.Ticket) []ICEServer
	codec          string
	network        Network
	trials         Trials
	trust          *Trust
	public         *url.URL
	practice       bool
	practicePeople []PracticePerson
	now            func() time.Time
	log            *slog.Logger

	assets  *assets
	pages   *pages
	handler http.Handler
	metrics *metrics

	boards  drawings      // of this minute
	turns   turns         // at visits
	drained chan struct{} // closed by Drain
	drain   sync.Once
}

// New makes the face. It reads every template and every built file, and returns
// an error if a template does not parse.
func New(c Config) (*Server, error) {
	built, err := readAssets()
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	s := &Server{
		desk: c.Desk, doors: c.Doors, provider: c.Provider, rooms: c.Rooms, tickets: c.Tickets, iceServers: c.ICEServers, codec: c.Codec, network: c.Network, trials: c.Trials, trust: c.Trust, public: c.PublicURL,
		practice: c.Practice, practicePeople: c.People, now: c.Now, log: c.Log,
		assets: built, drained: make(chan struct{}),
	}
	if s.pages, err = readPages(templates, s.functions()); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	if s.metrics, err = newMetrics(c.Acts, c.Registry); err != nil {
		return nil, fmt.Errorf("web: register metrics: %w", err)
	}
	s.handler = s.doors.Middleware(s.guard(s.routes()))
	return s, nil
}

// Built reports whether the front end was built into this program; without it
// pages are readable but plain, and there is no call.
func (s *Server) Built() bool { return len(s.assets.files) > 0 }

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Drain ends every live page, so that http.Server.Shutdown need not wait for
// them. Their readers connect again, to whichever process answers then.
func (s *Server) Drain() { s.drain.Do(func() { close(s.drained) }) }

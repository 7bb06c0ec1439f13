package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/web/form"
	"github.com/wardvisit/wardvisit/web/login"
)

// A Trial is what a browser needs to try one path alone, as it reads it.
type Trial struct {
	Offered    bool        `json:"offered"` // whether there is such a path at all
	SDP        string      `json:"sdp"`
	ICEServers []ICEServer `json:"iceServers"` // to go by, and by nothing else; empty to go straight
}

// Trials are connections that show nothing, made to try a network.
type Trials interface {
	// Begin answers a browser's offer. It refuses with ErrCheckBusy and
	// ErrCheckOffer.
	Begin(ctx context.Context, path, offer string) (Trial, error)
}

// What trying a network is refused with.
var (
	ErrCheckBusy  = &booking.Refusal{Kind: booking.Conflict, Code: "check_busy"}
	ErrCheckOffer = &booking.Refusal{Kind: booking.Invalid, Code: "check_offer"}
)

// How often one address may try a path. A check tries five at once, and behind
// one address there may be a hospital's whole guest network.
const (
	trialEvery   = 2 * time.Second
	trialsAtOnce = 60
)

// checks are the pages that say whether a network will do; anybody may read them.
func (s *Server) checks(mux *http.ServeMux) {
	mux.Handle("GET /check", s.page(s.check))
	mux.Handle("GET /check/clock", s.page(s.checkClock))
	mux.Handle("POST /check/offer", s.page(unhurried(login.NewLimiter(trialEvery, trialsAtOnce, s.now), s.checkOffer)))
	mux.Handle("GET /firewall", s.page(s.firewall))
}

// A checkPath is a path that the page tries.
type checkPath struct {
	Door
	Name string
}

// A networkPage tries a phone or computer and the network it is on.
type networkPage struct {
	Paths  []checkPath
	Signal string
	Line   string // for the firewall team
	Shares bool   // TLS of the relay comes in at the port of the pages
}

// check handles GET /check: will a visit work here?
func (s *Server) check(w http.ResponseWriter, r *http.Request) error {
	p := networkPage{Signal: signalPath, Line: s.network.line(s.public)}
	for _, d := range s.network.Doors {
		p.Paths = append(p.Paths, checkPath{d, uses[d.Path].Name})
	}
	page, _ := s.network.door(pathPage)
	relay, ok := s.network.door(pathRelayTLS)
	p.Shares = ok && relay.Port == page.Port
	return s.render(w, r, http.StatusOK, "site/check", p)
}

// A clockReading is our time, and who says so: `wardvisit doctor` knows us by it.
type clockReading struct {
	Service string `json:"service"`
	Now     int64  `json:"now"` // Unix milliseconds
}

// checkClock handles GET /check/clock.
func (s *Server) checkClock(w http.ResponseWriter, _ *http.Request) error {
	return s.reply(w, clockReading{strings.ToLower(serviceName), s.now().UnixMilli()})
}

// checkOffer handles POST /check/offer: a browser tries one path. It needs no
// login and gives nothing away but what every visit's answer says.
func (s *Server) checkOffer(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	trial := Trial{}
	if s.trials != nil {
		if trial, err = s.trials.Begin(r.Context(), f.Value("path"), f.Value("sdp")); err != nil {
			return err
		}
	}
	if trial.ICEServers == nil {
		trial.ICEServers = []ICEServer{} // null is nothing a browser takes
	}
	return s.reply(w, trial)
}

// A firewallPage is the sheet for whoever keeps a network.
type firewallPage struct {
	Host      string
	Site      string
	Rules     []firewallRule
	Inspected Door // where TLS inspection does harm, if anywhere
	Page      Door
	Media     bool // sound and picture go straight to us over UDP
	Authority string
	Bandwidth []struct{ What, Up, Down string }
	Line      string
}

// firewall handles GET /firewall.
func (s *Server) firewall(w http.ResponseWriter, r *http.Request) error {
	p := firewallPage{
		Host: s.public.Hostname(), Site: s.public.String(), Rules: s.network.rules(),
		Authority: s.network.Authority, Bandwidth: bandwidth, Line: s.network.line(s.public),
	}
	p.Inspected, _ = s.network.inspected()
	p.Page, _ = s.network.door(pathPage)
	_, p.Media = s.network.door(pathUDP)
	return s.render(w, r, http.StatusOK, "site/firewall", p)
}

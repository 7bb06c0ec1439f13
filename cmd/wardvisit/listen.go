package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"

	"github.com/wardvisit/wardvisit/signaling/port"
	"github.com/wardvisit/wardvisit/signaling/sfu"
)

// listen opens a TCP port, and says in a sentence why it can't.
func listen(flag, address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is already in use: end what uses it, or choose another with %s", address, flag)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("may not listen on %s: ports under 1024 need leave from the system, or choose another with %s", address, flag)
	case err != nil:
		return nil, fmt.Errorf("can't listen on %s: %w", address, err)
	}
	return l, nil
}

// openPort opens the one TCP port, for pages, sockets, media and the relay. It
// takes nobody yet.
func (s *server) openPort() error {
	l, err := listen("-listen", s.cfg.listen)
	if err != nil {
		return err
	}
	if s.public, err = publicURL(s.cfg, l); err == nil {
		s.secure, err = openTLS(s.cfg, s.public, addrPort(l.Addr()), s.log)
	}
	if err != nil {
		l.Close()
		return err
	}
	refused := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "wardvisit_port_refused_total", Help: "Connections that were closed before anything came of them, by why.",
	}, []string{"why"})
	s.refused = refusals(refused, s.log)
	s.port = port.New(port.Config{Listener: l, TLS: s.secure.config, Refused: s.refused})
	strangers := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "wardvisit_port_strangers", Help: "Connections that nothing has come of yet, or that wait between two requests.",
	}, func() float64 { return float64(s.port.Strangers()) })
	until := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "wardvisit_certificate_until_seconds", Help: "When the certificate ends, in Unix time; 0 without one.",
	}, func() float64 {
		if leaf := s.secure.leaf(); leaf != nil {
			return float64(leaf.NotAfter.Unix())
		}
		return 0
	})
	return errors.Join(s.metrics.Register(refused), s.metrics.Register(strangers), s.metrics.Register(until))
}

// refusals counts what a port refuses, and says so: not more often than somebody
// can read, since whoever floods us would fill the disk.
func refusals(count *prometheus.CounterVec, log *slog.Logger) func(why string) {
	said := rate.Sometimes{First: 10, Interval: 10 * time.Second}
	return func(why string) {
		count.WithLabelValues(why).Inc()
		said.Do(func() { log.Info("a connection was refused", "why", why) })
	}
}

func addrPort(a net.Addr) netip.AddrPort {
	if tcp, ok := a.(*net.TCPAddr); ok {
		at := tcp.AddrPort()
		return netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
	}
	return netip.AddrPort{}
}

// publicURL is where people find us: what we were told, or else where we
// listen, by the name that browsers trust with a camera on one machine.
func publicURL(cfg config, l net.Listener) (*url.URL, error) {
	if cfg.publicURL != "" {
		u, err := url.Parse(strings.TrimSuffix(cfg.publicURL, "/"))
		if err != nil {
			return nil, fmt.Errorf("-public-url: %w", err)
		}
		return u, nil
	}
	scheme := "http"
	if cfg.way() != tlsOff {
		scheme = "https"
	}
	at := addrPort(l.Addr())
	if !at.IsValid() {
		return nil, errors.New("listening on no address")
	}
	host := at.Addr().String()
	if at.Addr().IsUnspecified() || at.Addr().IsLoopback() {
		host = "localhost"
	}
	return &url.URL{Scheme: scheme, Host: net.JoinHostPort(host, fmt.Sprint(at.Port()))}, nil
}

// origins are the pages that may open a websocket. Behind one name of our own
// machine there are others: they all reach us, so they all may.
func origins(public *url.URL) []string {
	all := []string{public.Scheme + "://" + public.Host}
	if public.Hostname() == "localhost" {
		for _, name := range []string{"127.0.0.1", "[::1]"} {
			all = append(all, public.Scheme+"://"+name+":"+public.Port())
		}
	}
	return all
}

// mediaAddrPort is the one UDP address of all media: without a host, of both
// families.
func mediaAddrPort(cfg config) (netip.AddrPort, error) {
	a, err := net.ResolveUDPAddr("udp", cfg.mediaUDP)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("-media-udp: %w", err)
	}
	ap := a.AddrPort()
	if !ap.Addr().IsValid() {
		return netip.AddrPortFrom(netip.IPv6Unspecified(), ap.Port()), nil
	}
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port()), nil
}

// mediaOff is what -media-tcp says when browsers can't reach the port of pages
// but through somebody who speaks HTTP.
const mediaOff = "off"

// tcpPort is the TCP port at which browsers reach ours themselves, without a
// proxy that takes HTTP only. Where we speak TLS ourselves, whatever leads to the
// pages leads here.
func (s *server) tcpPort() (at uint16, reached bool) {
	own := addrPort(s.port.Addr())
	switch {
	case s.cfg.mediaTCP == mediaOff:
		return 0, false
	case s.cfg.mediaTCP != "":
		n, err := strconv.ParseUint(s.cfg.mediaTCP, 10, 16)
		return uint16(n), err == nil
	case s.secure.config != nil:
		return portOf(s.public), true
	}
	return own.Port(), !own.Addr().IsLoopback() || s.public.Hostname() == "localhost"
}

// mediaDoor is where media comes in over TCP, or nil.
func (s *server) mediaDoor() (net.Listener, uint16) {
	at, reached := s.tcpPort()
	if !reached {
		return nil, 0
	}
	return s.port.Media(), at
}

// warnOfPorts says which of our addresses browsers refuse to send media to, and
// by what devices know us.
func (s *server) warnOfPorts() {
	if trust := s.secure.trust; trust != nil {
		s.log.Info("devices must be told once to trust our own authority: compare the fingerprint", "page", s.public.JoinPath("trust").String(),
			"fingerprint", trust.Fingerprint)
	}
	tcp, overTCP := s.tcpPort()
	for route := range s.media.Routes() {
		ways := map[string]netip.AddrPort{"UDP": route}
		if overTCP {
			ways["TCP"] = netip.AddrPortFrom(route.Addr(), tcp)
		}
		for protocol, at := range ways {
			if !sfu.Usable(at) {
				s.log.Warn("browsers send no media there: below 1024 they take ports 80 and 443 only, and those at public addresses only; use 8443",
					"protocol", protocol, "address", at.String())
			}
		}
	}
}

// serveHTTP answers what comes through the port until stop is called, which
// lets answers that have begun be finished. ended tells why serving ended.
func (s *server) serveHTTP(handler http.Handler) (stop func(context.Context) error, ended <-chan error) {
	pages := s.httpServer(s.proxies.behind(s.public, handler))
	plain := s.httpServer(s.plain(handler))
	forPages, forPlain := s.port.Pages(), s.port.Plain() // open before the first guest is looked at
	done := make(chan error, 3)
	go func() { done <- pages.Serve(forPages) }()
	go func() { done <- plain.Serve(forPlain) }()
	go func() { done <- s.port.Serve() }()
	return func(ctx context.Context) error {
		err := errors.Join(pages.Shutdown(ctx), plain.Shutdown(ctx), s.port.Close())
		for range cap(done) {
			<-done
		}
		return err
	}, done
}

func (s *server) httpServer(handler http.Handler) *http.Server {
	h := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second, // a phone on a slow link needs some; a slowloris gets no more
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second, // live pages clear their own
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	port.Guests(h)
	return h
}

// plain answers who asks without TLS for what we serve with it: go there. What
// an iPad installs to trust us it may have so, since it can't have it otherwise;
// its fingerprint is compared by eye.
func (s *server) plain(handler http.Handler) http.Handler {
	there := toPublic(s.public)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.secure.trust != nil && (r.URL.Path == "/trust" || strings.HasPrefix(r.URL.Path, "/trust/") || strings.HasPrefix(r.URL.Path, "/assets/")) {
			handler.ServeHTTP(w, r)
			return
		}
		there(w, r)
	})
}

// toPublic sends whoever asks to the same page of the public URL.
func toPublic(public *url.URL) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		to := url.URL{Scheme: public.Scheme, Host: public.Host, Path: r.URL.Path, RawQuery: r.URL.RawQuery}
		http.Redirect(w, r, to.String(), http.StatusPermanentRedirect)
	}
}

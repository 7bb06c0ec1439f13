package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// profileFor bounds how long a profile or a trace may take to make.
const profileFor = 5 * time.Minute

// listenForAdmin opens the address of -admin, if there is one.
func listenForAdmin(address string) (net.Listener, error) {
	if address == "" {
		return nil, nil
	}
	return listen("-admin", address)
}

// serveAdmin serves how we run, until ctx ends. It has an address of its own because
// it has no door: whoever reaches it may read it. It goes on while visits drain.
func (s *server) serveAdmin(ctx context.Context) {
	if s.admin == nil {
		return
	}
	h := &http.Server{
		Handler:           s.adminPages(),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      profileFor,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	s.log.Info("metrics are served, to whoever asks", "at", s.admin.Addr().String())
	ended := make(chan error, 1)
	go func() { ended <- h.Serve(s.admin) }()
	select {
	case err := <-ended:
		s.log.Error("metrics are served no more", "err", err)
	case <-ctx.Done():
		_ = h.Close() // whoever reads may read again
		<-ended
	}
}

func (s *server) adminPages() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelError), ErrorHandling: promhttp.ContinueOnError,
		MaxRequestsInFlight: 4, // each asks the database how much is owed
	}))
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	// Not cmdline: a password may stand in it.
	mux.HandleFunc("GET /debug/pprof/cmdline", http.NotFound)
	return byItsOwnName(mux)
}

// byItsOwnName refuses who asks for this address by a name that is not its own: a
// page elsewhere may have had its name lead to this machine, and so have an
// operator's browser read us for it.
func byItsOwnName(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if _, err := netip.ParseAddr(host); err != nil && host != "localhost" {
			http.Error(w, "ask by address", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

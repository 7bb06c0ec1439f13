package main

import (
	"context"
	"io"
	"net/http"
	"time"
)

// usualDrain is longer than most visits last from any moment on.
const usualDrain = 30 * time.Minute

// drain lets the visits that go on end by themselves, for as long as that may
// take or until hurry closes. Pages are served meanwhile; visits that would
// begin are told to try again, by when another process has taken over.
func (s *server) drain(hurry <-chan struct{}) {
	if s.practice || s.cfg.drainFor == 0 {
		return
	}
	s.draining.Store(true)
	ctx, cancel := context.WithTimeout(context.Background(), s.cfg.drainFor)
	defer cancel()
	go func() {
		select {
		case <-hurry:
			cancel()
		case <-ctx.Done():
		}
	}()
	s.log.Info("draining: no visit begins, those that go on may end", "rooms", s.rooms.Occupied(), "for", s.cfg.drainFor)
	if s.rooms.Drain(ctx) != nil {
		s.log.Warn("visits are cut off: their browsers come back by themselves", "rooms", s.rooms.Occupied())
	}
}

// answerHealth tells whatever watches this process that it lives, and whether it
// is to be sent anybody new: not while it drains.
func (s *server) answerHealth(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		sayHealth(w, http.StatusOK, "alive\n")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if s.draining.Load() {
			sayHealth(w, http.StatusServiceUnavailable, "draining\n")
			return
		}
		sayHealth(w, http.StatusOK, "ready\n")
	})
}

func sayHealth(w http.ResponseWriter, status int, word string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, word) // whoever asks has hung up
}

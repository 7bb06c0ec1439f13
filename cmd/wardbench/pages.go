package main

import (
	"bufio"
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
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/signaling/ticket"
	"github.com/wardvisit/wardvisit/web"
	"github.com/wardvisit/wardvisit/web/login"
)

// noRooms are those of a server at whose visits nobody is.
type noRooms struct{}

func (noRooms) Tell(context.Context, string, web.RoomOrder) error { return nil }

// servePages is `wardbench serve-pages`: every page of a hospital in a database,
// whose URL and pepper are the first lines of stdin.
func servePages(stdin io.Reader, stdout io.Writer) (err error) {
	lines := bufio.NewReader(stdin)
	var told [2]string
	for i := range told {
		if told[i], err = lines.ReadString('\n'); err != nil {
			return fmt.Errorf("read what to serve: %w", err)
		}
		told[i] = strings.TrimSpace(told[i])
	}
	pepper, err := hex.DecodeString(told[1])
	if err != nil {
		return fmt.Errorf("read the pepper: %w", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s, err := store.Open(context.Background(), told[0])
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	pages, err := newPages(s, pepper, &url.URL{Scheme: "http", Host: l.Addr().String()})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	server := &http.Server{Handler: pages, ReadHeaderTimeout: 5 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	fmt.Fprintf(stdout, "http://%s\n", l.Addr())
	_, _ = io.Copy(io.Discard, lines) // however it ends
	err = server.Close()
	if ended := <-served; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}

func newPages(s *store.Store, pepper []byte, public *url.URL) (*web.Server, error) {
	d, err := desk.New(desk.Config{Store: s, Now: time.Now, PublicURL: public.String(), Pepper: pepper})
	if err != nil {
		return nil, err
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	tickets, err := ticket.New(key, time.Now)
	if err != nil {
		return nil, err
	}
	return web.New(web.Config{
		Desk: d, Doors: login.New(login.Config{Store: s.Logins(time.Now), People: d, Devices: d, Now: time.Now}),
		Rooms: noRooms{}, Tickets: tickets, PublicURL: public, Now: time.Now,
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	})
}

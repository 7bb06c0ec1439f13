package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/signaling"
	"github.com/wardvisit/wardvisit/signaling/sfu"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// origin is the page that the callers say they are.
const origin = "http://wardbench.invalid"

// everyone lets everybody in: what a visit is, is not measured here.
type everyone struct{}

func (everyone) Arrive(context.Context, ticket.Ticket) (signaling.Arrival, error) {
	return signaling.Arrival{Standing: signaling.Admitted}, nil
}
func (everyone) Depart(context.Context, ticket.Ticket)                          {}
func (everyone) Cover(context.Context, ticket.Ticket, bool) error               { return nil }
func (everyone) Finish(context.Context, ticket.Ticket) error                    { return nil }
func (everyone) Gone(context.Context, []ticket.Ticket) ([]ticket.Ticket, error) { return nil, nil }

// serveAs is wardbench as one of its own children. A server listens at the
// address it is given, or at this machine's loopback.
func serveAs(what string, args []string, stdin io.Reader, stdout io.Writer) error {
	at := netip.MustParseAddr("127.0.0.1")
	if len(args) > 0 {
		var err error
		if at, err = netip.ParseAddr(args[0]); err != nil {
			return err
		}
	}
	switch what {
	case "serve-rooms":
		return serveRooms(at, stdin, stdout)
	case "serve-pages":
		return servePages(stdin, stdout)
	case "serve-fan":
		return serveFan(stdin, stdout)
	case "serve-naive":
		return serveNaive(at, stdin, stdout)
	case "serve-visitor":
		return serveVisitor(stdin, stdout)
	}
	return fmt.Errorf("%s is nothing to serve as", what)
}

// readKey reads the key of tickets, the first line of stdin.
func readKey(stdin *bufio.Reader) (*ticket.Sealer, error) {
	line, err := stdin.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("read the key: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(line))
	if err != nil {
		return nil, fmt.Errorf("read the key: %w", err)
	}
	return ticket.New(key, time.Now)
}

// serveRooms is `wardbench serve-rooms`: our rooms, in a process of their own.
func serveRooms(at netip.Addr, stdin io.Reader, stdout io.Writer) error {
	lines := bufio.NewReader(stdin)
	sealer, err := readKey(lines)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	media, err := sfu.New(sfu.Config{
		Listen: netip.AddrPortFrom(at, 0), Loopback: true,
		MaxSlots: signaling.DefaultCapacity - 1, Log: log, Now: time.Now,
	})
	if err != nil {
		return err
	}
	rooms, err := signaling.New(signaling.Config{
		Media: media, Tickets: sealer, Attendance: everyone{}, Origins: []string{origin}, Log: log, Now: time.Now,
	})
	if err != nil {
		return errors.Join(err, media.Close())
	}
	err = serve(rooms, at, lines, stdout)
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	return errors.Join(err, rooms.Stop(ctx), media.Close())
}

// serveNaive is `wardbench serve-naive`: the reference.
func serveNaive(at netip.Addr, stdin io.Reader, stdout io.Writer) error {
	lines := bufio.NewReader(stdin)
	sealer, err := readKey(lines)
	if err != nil {
		return err
	}
	reference, err := newNaive(sealer)
	if err != nil {
		return err
	}
	return serve(reference, at, lines, stdout)
}

// serve answers on a port of its own, says where, and ends with stdin.
func serve(h http.Handler, at netip.Addr, stdin io.Reader, stdout io.Writer) error {
	l, err := net.Listen("tcp", netip.AddrPortFrom(at, 0).String())
	if err != nil {
		return err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	fmt.Fprintf(stdout, "ws://%s/signal\n", l.Addr())
	_, _ = io.Copy(io.Discard, stdin) // however it ends
	err = server.Close()
	if ended := <-served; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}

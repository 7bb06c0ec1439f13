package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/signaling/netlab"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// farAway is the round trip of the line to the visitor.
const farAway = 100 * time.Millisecond

// The fewest round trips that the protocols in use allow.
const (
	fewestResume = 3 // TCP, websocket, join and welcome
	fewestMove   = 5 // those, offer and answer, a check of the path, on which media follows
	fewestAgain  = 6 // TCP, websocket, offer and answer, a check, and two of DTLS, which the server begins
)

var (
	benchServer  = netip.MustParseAddr("203.0.113.10")
	benchVisitor = [2]netip.Addr{netip.MustParseAddr("10.0.1.2"), netip.MustParseAddr("10.0.2.2")}
)

// network measures over a line of farAway: joining beside the naive forwarder,
// and coming back after each fault beside the fewest round trips possible.
func network(ctx context.Context, p plan) (_ []row, err error) {
	lab, err := netlab.New(netlab.Config{Now: time.Now, Seed: 1})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, lab.Close()) }()
	distance, err := newDistance(lab)
	if err != nil {
		return nil, err
	}
	var joined [2][]float64
	for range p.passes {
		for i, command := range []string{"serve-rooms", "serve-naive"} {
			took, err := distance.joins(ctx, command, p.joins)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", command, err)
			}
			joined[i] = append(joined[i], took...)
		}
	}
	back, err := distance.faults(ctx, p.joins)
	if err != nil {
		return nil, err
	}
	const trips = " round trips"
	line := fmt.Sprintf("over a line of %v: ", farAway)
	return []row{
		compare(line+"join to first media (reference: naive)", trips, median(joined[0]), median(joined[1])),
		compare("  socket cut, until the seat is back (reference: the fewest possible)", trips, median(back.resume), fewestResume),
		compare("  address changed, until media is back", trips, median(back.move), fewestMove),
		compare("  server killed, until media is back once it runs", trips, median(back.again), fewestAgain),
	}, nil
}

// A distance is a server and a visitor with a long line between them.
type distance struct {
	lab          *netlab.Lab
	server, home *netlab.Namespace
	line         *netlab.Link
	moves        int
	key          string
}

func newDistance(lab *netlab.Lab) (*distance, error) {
	key := make([]byte, ticket.MinKey)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	d := &distance{lab: lab, key: hex.EncodeToString(key) + "\n"}
	var err error
	if d.server, err = lab.Namespace("server"); err != nil {
		return nil, err
	}
	if d.home, err = lab.Namespace("home"); err != nil {
		return nil, err
	}
	if err := d.server.Own(benchServer); err != nil {
		return nil, err
	}
	return d, d.connect()
}

// connect gives the visitor the next address and a line to the server.
func (d *distance) connect() (err error) {
	addr := benchVisitor[d.moves%2]
	if err := d.home.Own(addr); err != nil {
		return err
	}
	d.line, err = d.lab.Link(
		netlab.End{In: d.home, Device: fmt.Sprintf("line%d", d.moves), Routes: netlab.Everywhere[:1]},
		netlab.End{In: d.server, Device: fmt.Sprintf("to%d", d.moves), Routes: []netip.Prefix{netlab.Only(addr)}}, nil)
	if err != nil {
		return err
	}
	d.line.Set(netlab.RoundTrip(farAway))
	return nil
}

// move takes the visitor to another address, on another line.
func (d *distance) move() error {
	if err := errors.Join(d.line.Close(), d.home.Disown(benchVisitor[d.moves%2])); err != nil {
		return err
	}
	d.moves++
	return d.connect()
}

// open starts wardbench as one of its own children in a place.
func (d *distance) open(ctx context.Context, in *netlab.Namespace, ready string, as ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find myself: %w", err)
	}
	command := in.Command(ctx, self, as...)
	return start(ctx, nil, d.key, ready, command.Args[0], command.Args[1:]...)
}

// A remote is a visitor that is told what to do.
type remote struct {
	command *exec.Cmd
	stdin   io.WriteCloser
	stdout  *bufio.Reader
}

func (d *distance) visitor(ctx context.Context, in *netlab.Namespace) (*remote, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find myself: %w", err)
	}
	r := &remote{command: in.Command(ctx, self, "serve-visitor")}
	r.command.Stderr = os.Stderr
	if r.stdin, err = r.command.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := r.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	r.stdout = bufio.NewReader(stdout)
	if err := r.command.Start(); err != nil {
		return nil, fmt.Errorf("start a visitor: %w", err)
	}
	if _, err := io.WriteString(r.stdin, d.key); err != nil {
		return nil, errors.Join(err, r.stop())
	}
	if _, err := r.stdout.ReadString('\n'); err != nil {
		return nil, errors.Join(errors.New("a visitor ended before it was ready"), r.stop())
	}
	return r, nil
}

func (r *remote) stop() error {
	_ = r.stdin.Close()
	kill := time.AfterFunc(stopWithin, func() { _ = r.command.Process.Kill() })
	defer kill.Stop()
	return r.command.Wait()
}

// do has the visitor act, and returns how many round trips that took.
func (r *remote) do(act, signal string) (float64, error) {
	if _, err := fmt.Fprintln(r.stdin, act, signal); err != nil {
		return 0, err
	}
	line, err := r.stdout.ReadString('\n')
	if err != nil {
		return 0, fmt.Errorf("%s: the visitor has ended", act)
	}
	line = strings.TrimSpace(line)
	took, err := time.ParseDuration(line)
	if err != nil {
		return 0, errors.New(line)
	}
	return float64(took) / float64(farAway), nil
}

// joins has visitors come to a room where somebody talks, one after another.
func (d *distance) joins(ctx context.Context, command string, joins int) (took []float64, err error) {
	server, err := d.open(ctx, d.server, "ws://", command, benchServer.String())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	host, err := d.visitor(ctx, d.server)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, host.stop()) }()
	guest, err := d.visitor(ctx, d.home)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, guest.stop()) }()
	if _, err := host.do("talk", server.said); err != nil {
		return nil, err
	}
	for range joins {
		trips, err := guest.do("visit", server.said)
		if err != nil {
			return nil, err
		}
		took = append(took, trips)
	}
	slices.Sort(took)
	return took, nil
}

// A comeback is how many round trips it took after each fault.
type comeback struct{ resume, move, again []float64 }

// faults has one visitor lose the socket, the address and the server in turns.
func (d *distance) faults(ctx context.Context, times int) (back comeback, err error) {
	server, err := d.open(ctx, d.server, "ws://", "serve-rooms", benchServer.String())
	if err != nil {
		return back, err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	host, err := d.visitor(ctx, d.server)
	if err != nil {
		return back, err
	}
	defer func() { err = errors.Join(err, host.stop()) }()
	guest, err := d.visitor(ctx, d.home)
	if err != nil {
		return back, err
	}
	defer func() { err = errors.Join(err, guest.stop()) }()
	if _, err := host.do("talk", server.said); err != nil {
		return back, err
	}
	if _, err := guest.do("join", server.said); err != nil {
		return back, err
	}
	note := func(into *[]float64, act string) error {
		trips, err := guest.do(act, server.said)
		*into = append(*into, trips)
		return err
	}
	for range times {
		if err := note(&back.resume, "resume"); err != nil {
			return back, err
		}
		if err := d.move(); err != nil {
			return back, err
		}
		if err := note(&back.move, "move"); err != nil {
			return back, err
		}
		_ = server.command.Process.Kill()
		_ = server.command.Wait()
		if server, err = d.open(ctx, d.server, "ws://", "serve-rooms", benchServer.String()); err != nil {
			return back, err
		}
		if _, err := host.do("talk", server.said); err != nil {
			return back, err
		}
		if err := note(&back.again, "again"); err != nil {
			return back, err
		}
	}
	return back, nil
}

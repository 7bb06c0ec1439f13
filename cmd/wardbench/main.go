package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // the zone of the invented hospital, whatever the machine has
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "wardbench: "+err.Error())
		os.Exit(1)
	}
}

// A plan is what to measure, and for how long. With its defaults all of it takes
// about two minutes.
type plan struct {
	only     string
	clients  int           // at the desk
	attempts int           // to book, a second, over HTTP
	wards    int           // of a whole trust
	ipads    int           // of it
	days     int           // of visits in it
	looks    int           // at it
	acts     time.Duration // on each engine
	rooms    int
	carry    time.Duration // each time the rooms are measured
	passes   int           // of ours and the reference, in turns
	joins    int
	starts   int
	binary   string
}

func (p *plan) register(fs *flag.FlagSet) {
	fs.StringVar(&p.only, "only", "", "measure only these `parts`, with commas between: "+strings.Join(partNames(), ", "))
	fs.IntVar(&p.clients, "clients", 32, "`clients` at the desk at once")
	fs.IntVar(&p.attempts, "attempts", 100, "booking `attempts` a second over HTTP")
	fs.IntVar(&p.wards, "wards", 314, "`wards` of a whole trust")
	fs.IntVar(&p.ipads, "ipads", 650, "`iPads` of it")
	fs.IntVar(&p.days, "days", 365, "`days` of visits in it")
	fs.IntVar(&p.looks, "looks", 200, "`times` to look at it")
	fs.DurationVar(&p.acts, "acts", 8*time.Second, "how long to act on each database")
	fs.IntVar(&p.rooms, "rooms", 12, "`rooms` of three to fill a server with")
	fs.DurationVar(&p.carry, "carry", 8*time.Second, "how long to watch the rooms, each time")
	fs.IntVar(&p.passes, "passes", 2, "`times` to measure our rooms and the reference, in turns")
	fs.IntVar(&p.joins, "joins", 20, "`people` to join, one after another")
	fs.IntVar(&p.starts, "starts", 3, "`times` to start the program")
	fs.StringVar(&p.binary, "binary", "bin/wardvisit", "the program to start and weigh")
}

func (p *plan) check() error {
	if min(p.clients, p.attempts, p.wards, p.ipads, p.days, p.looks, p.rooms, p.passes, p.joins, p.starts) < 1 || min(p.acts, p.carry) <= 0 {
		return errors.New("every number must be at least one")
	}
	for _, name := range p.chosen() {
		if !slices.Contains(partNames(), name) {
			return fmt.Errorf("there is no part %q: choose of %s", name, strings.Join(partNames(), ", "))
		}
	}
	return nil
}

func (p *plan) chosen() []string {
	if p.only == "" {
		return partNames()
	}
	return strings.Split(p.only, ",")
}

// parts are measured in this order, and none beside another.
var parts = []struct {
	name    string
	measure func(context.Context, plan) ([]row, error)
}{
	{"acts", acts},
	{"attempts", attempts},
	{"board", boards},
	{"trust", trust},
	{"repack", repack},
	{"rooms", rooms},
	{"join", joins},
	{"admit", admit},
	{"flood", flood},
	{"network", network},
	{"start", starts},
	{"size", size},
	{"page", page},
}

func partNames() (names []string) {
	for _, p := range parts {
		names = append(names, p.name)
	}
	return names
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	if len(args) > 0 && strings.HasPrefix(args[0], "serve-") {
		return serveAs(args[0], args[1:], stdin, stdout)
	}
	var p plan
	fs := flag.NewFlagSet("wardbench", flag.ContinueOnError)
	p.register(fs)
	if err := fs.Parse(args); err != nil {
		return err
	}
	if err := p.check(); err != nil {
		return err
	}
	var table []row
	var missing []string
	for _, part := range parts {
		if !slices.Contains(p.chosen(), part.name) {
			continue
		}
		fmt.Fprintf(stderr, "measuring %s …\n", part.name)
		rows, err := part.measure(ctx, p)
		table = append(table, rows...) // also beside an error: what came before it
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			missing = append(missing, part.name+" is not measured: "+err.Error())
		}
	}
	return printTable(stdout, table, missing)
}

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // the zones of every site, whatever the machine has
)

func main() {
	ctx, hurry := signals()
	err := execute(ctx, os.Args[1:], console{os.Getenv, os.Stdout, os.Stderr, hurry})
	var code exitCode
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.As(err, &code):
		os.Exit(int(code))
	default:
		fmt.Fprintln(os.Stderr, "wardvisit: "+err.Error())
		os.Exit(1)
	}
}

// signals returns a context that ends when we are asked to stop, and a channel
// that closes when we are asked again, and so to wait for nobody. Who asks a
// third time ends the program at once.
func signals() (context.Context, <-chan struct{}) {
	asked := make(chan os.Signal, 2)
	signal.Notify(asked, os.Interrupt, syscall.SIGTERM)
	ctx, stop := context.WithCancel(context.Background())
	hurry := make(chan struct{})
	go func() {
		<-asked
		stop()
		<-asked
		signal.Stop(asked)
		close(hurry)
	}()
	return ctx, hurry
}

// A command is one word of the command line.
type command struct {
	name, says string
	run        func(ctx context.Context, args []string, io console) error
}

// A console is what a command reads its surroundings from and speaks to.
type console struct {
	getenv         func(string) string
	stdout, stderr io.Writer
	hurry          <-chan struct{} // closes when there is to be no more waiting; nil for never
}

func commands() []command {
	return []command{
		{"demo", "the whole product on this machine, with a practice hospital", demo},
		{"serve", "the server of a real hospital", serve},
		{"doctor", "whether serve would do well here: ports, addresses, certificate, database, clock, limits", examine},
		{"migrate", "up, down or status: the shape of the database", migrate},
		{"admin", "create: the first person who says who works here", adminCreate},
		{"import", "wards, iPads, patients, relatives and visits from CSV files", importFile},
		{"audit", "verify: whether anything in the audit was altered, removed or put in", audit},
		{"loaddata", "an invented hospital group of any size, to measure on", loaddata},
	}
}

// run does what args ask. What it returns is one plain sentence for whoever
// typed them.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	return execute(ctx, args, console{getenv: getenv, stdout: stdout, stderr: stderr})
}

func execute(ctx context.Context, args []string, c console) error {
	if len(args) == 0 {
		usage(c.stderr)
		return errors.New("say what to do: demo, serve, doctor, migrate, admin, import, audit or loaddata")
	}
	switch args[0] {
	case "-h", "-help", "--help", "help":
		usage(c.stdout)
		return nil
	}
	for _, cmd := range commands() {
		if cmd.name == args[0] {
			return cmd.run(ctx, args[1:], c)
		}
	}
	return fmt.Errorf("there is no command %q: say demo, serve, doctor, migrate, admin, import, audit or loaddata (wardvisit -h explains each)", args[0])
}

func usage(w io.Writer) {
	var b strings.Builder
	b.WriteString("Wardvisit: a family visits someone in hospital by video, on the ward's own iPad.\n\n")
	for _, cmd := range commands() {
		fmt.Fprintf(&b, "  wardvisit %-8s %s\n", cmd.name, cmd.says)
	}
	b.WriteString("\n`wardvisit COMMAND -h` lists its settings, each of which can also be given in the environment.\n")
	io.WriteString(w, b.String())
}

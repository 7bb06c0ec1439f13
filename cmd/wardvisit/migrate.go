package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"

	"github.com/wardvisit/wardvisit/migrations"
)

// migrate handles `wardvisit migrate up|down|status`.
func migrate(ctx context.Context, args []string, c console) error {
	fs := flag.NewFlagSet("wardvisit migrate", flag.ContinueOnError)
	database := fs.String("database", c.getenv("WARDVISIT_DATABASE"), "`url`: sqlite:FILE or postgres://…")
	fs.Usage = func() {
		io.WriteString(fs.Output(), "wardvisit migrate [settings] up | down [STEPS] | status\n\n"+
			"  up       takes every step that the database has not taken\n"+
			"  down     takes steps back, one unless told how many, and deletes what they made room for\n"+
			"  status   says where the database is\n\nSettings:\n")
		fs.PrintDefaults()
	}
	fs.SetOutput(io.Discard)
	if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
		fs.SetOutput(c.stdout)
		fs.Usage()
		return err
	} else if err != nil {
		return fmt.Errorf("%w (`wardvisit migrate -h` lists the settings)", err)
	}
	if *database == "" {
		return errors.New("say which database: -database sqlite:FILE or postgres://…, before up, down or status")
	}
	switch fs.Arg(0) {
	case "up":
		if err := migrations.Up(ctx, *database); err != nil {
			return err
		}
	case "down":
		steps, err := steps(fs.Arg(1))
		if err != nil {
			return err
		}
		if err := migrations.Down(ctx, *database, steps); err != nil {
			return err
		}
	case "status":
	default:
		return errors.New("say up, down or status (`wardvisit migrate -h` explains each)")
	}
	return status(ctx, *database, c.stdout)
}

func steps(arg string) (int, error) {
	if arg == "" {
		return 1, nil
	}
	n, err := strconv.Atoi(arg)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%q is not a number of steps", arg)
	}
	return n, nil
}

func status(ctx context.Context, database string, w io.Writer) error {
	s, err := migrations.Status(ctx, database)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s: step %d of %d\n", s.Engine, s.Version, s.Newest)
	return s.Err()
}

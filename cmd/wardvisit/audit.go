package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/migrations"
)

// An auditCheck is what `wardvisit audit verify` was told.
type auditCheck struct {
	database, expect, keyFile string
}

// audit handles `wardvisit audit verify`.
func audit(ctx context.Context, args []string, c console) error {
	if len(args) == 0 || args[0] != "verify" {
		if len(args) > 0 && (args[0] == "-h" || args[0] == "-help" || args[0] == "--help") {
			args = []string{"-h"}
		} else {
			return errors.New("say verify: `wardvisit audit verify -database URL` (-h lists its settings)")
		}
	} else {
		args = args[1:]
	}
	var a auditCheck
	fs := flag.NewFlagSet("wardvisit audit verify", flag.ContinueOnError)
	fs.StringVar(&a.database, "database", c.getenv("WARDVISIT_DATABASE"), "`url`: sqlite:FILE or postgres://…")
	fs.StringVar(&a.expect, "expect", "", "`head` that was shown or logged before: all up to it must still be there, as it was")
	fs.StringVar(&a.keyFile, "audit-key", c.getenv("WARDVISIT_AUDIT_KEY"), "`file` of the key that serve signs with: all must be signed by it")
	if err := quietly(fs, args, c); err != nil {
		return err
	}
	return a.run(ctx, c.stdout)
}

func (a auditCheck) run(ctx context.Context, out io.Writer) error {
	if a.database == "" {
		return errors.New("say which database: -database sqlite:FILE or postgres://…")
	}
	check := store.Check{Now: time.Now()}
	var err error
	if check.Key, err = readAuditKey(a.keyFile); err != nil {
		return err
	}
	if a.expect != "" {
		var ok bool
		if check.Expect, ok = booking.ParseHead(a.expect); !ok {
			return fmt.Errorf("-expect %q is not a head: it is like 1234:9f86d0…, with 64 digits after the colon", a.expect)
		}
	}
	shape, err := migrations.Status(ctx, a.database)
	if err != nil {
		return err
	}
	if err := shape.Err(); err != nil {
		return err
	}
	s, err := store.Open(ctx, a.database, store.MayLose) // nothing is written
	if err != nil {
		return err
	}
	v, err := s.VerifyAudit(ctx, check)
	if err = errors.Join(err, s.Close()); err != nil {
		return err
	}
	tellVerdict(out, v, check)
	if !v.Whole() {
		return exitCode(1)
	}
	return nil
}

// tellVerdict says what a check has found.
func tellVerdict(out io.Writer, v store.Verdict, c store.Check) {
	for _, w := range v.Wrong {
		if w.Seq == 0 {
			fmt.Fprintf(out, "WRONG  the chain %s\n", w.Says)
			continue
		}
		fmt.Fprintf(out, "WRONG  event %d %s\n", w.Seq, w.Says)
	}
	if v.MoreWrong > 0 {
		fmt.Fprintf(out, "WRONG  and %d more\n", v.MoreWrong)
	}
	fmt.Fprintf(out, "%d events, %d sealed, %d of the last minutes not yet\n", v.Events, v.Sealed, v.Fresh)
	if v.Late > 0 {
		fmt.Fprintf(out, "note   %d events were sealed long after they say they happened, the first is %d: so it is with what was loaded from elsewhere, or written while no program ran\n", v.Late, v.FirstLate)
	}
	switch {
	case v.Signed > 0 && c.Key == nil:
		fmt.Fprintln(out, "note   the chain is signed; -audit-key checks by whom")
	case v.Signed > 0:
		fmt.Fprintf(out, "%d signatures are looked at\n", v.Signed)
	}
	if v.Head.Place > 0 {
		fmt.Fprintf(out, "head   %s\n", v.Head)
	}
	if v.Whole() {
		fmt.Fprintln(out, "The audit is whole.")
		return
	}
	fmt.Fprintln(out, "The audit is NOT whole.")
}

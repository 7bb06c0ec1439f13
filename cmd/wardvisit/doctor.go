package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"
)

// This file and those named doctor_… are `wardvisit doctor`: everything that an
// operator can get wrong before the first family finds out, looked at with the
// settings that serve would be given. It changes nothing and may be run beside a
// server that is running, to which it then listens as a browser would.

// A grade is how bad something is.
type grade string

// The grades, from nothing to do to something that must be done.
const (
	fine    grade = "ok"
	warning grade = "warning"
	problem grade = "problem"
)

// A finding is one thing that was looked at.
type finding struct {
	Check string `json:"check"`
	Grade grade  `json:"state"`
	Says  string `json:"says"`
	Do    string `json:"do,omitempty"` // what to do about it
}

// An exitCode is an error that has been said already; main ends with it.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("ended with %d", int(c)) }

// A doctorReport is what was found, worst things not first but in the order in
// which they matter to each other.
type doctorReport struct {
	Findings []finding `json:"findings"`
	Worst    grade     `json:"worst"`
}

func (r *doctorReport) add(check string, g grade, says, do string) {
	r.Findings = append(r.Findings, finding{check, g, says, do})
	if r.Worst == "" || g == problem || g == warning && r.Worst == fine {
		r.Worst = g
	}
}

func (r *doctorReport) ok(check, format string, args ...any) {
	r.add(check, fine, fmt.Sprintf(format, args...), "")
}

// A doctor is one examination.
type doctor struct {
	doctorReport
	cfg    config
	send   bool // may reach for the mail server and GOV.UK Notify
	public *url.URL
	within time.Duration // for each thing that waits
	// running is the address at which a wardvisit that runs with these settings
	// answers, such as "https://127.0.0.1:443"; empty when none does.
	running string
}

// examineWithin bounds each look at something that may not answer.
const examineWithin = 10 * time.Second

// examine handles `wardvisit doctor`.
func examine(ctx context.Context, args []string, c console) error {
	args, send := without(args, "send")
	args, asJSON := without(args, "json")
	d := &doctor{cfg: serveDefaults(), send: send, within: examineWithin}
	err := d.cfg.parse("doctor", args, c, false)
	switch {
	case errors.Is(err, flag.ErrHelp):
		io.WriteString(c.stdout, "\nAnd of doctor alone:\n\n"+
			"  -json\n    \tprint what was found as JSON\n"+
			"  -send\n    \talso reach for the mail server and GOV.UK Notify, and send nothing\n\n"+
			"It ends with 0 if all is well, 1 if there are warnings, and 2 if there is a problem.\n")
		return err
	case err != nil:
		d.add("settings", problem, sentence(err.Error()), "Correct the setting and ask again.")
	default:
		d.lookAround(ctx)
	}
	if err := d.print(c.stdout, asJSON); err != nil {
		return err
	}
	switch d.Worst {
	case problem:
		return exitCode(2)
	case warning:
		return exitCode(1)
	case fine:
	}
	return nil
}

// without takes a switch out of args, and reports whether it was there.
func without(args []string, name string) (rest []string, was bool) {
	for _, arg := range args {
		if arg == "-"+name || arg == "--"+name {
			was = true
			continue
		}
		rest = append(rest, arg)
	}
	return rest, was
}

// lookAround looks at everything, in the order in which one thing explains the next.
func (d *doctor) lookAround(ctx context.Context) {
	d.lookAtSettings()
	for _, look := range []func(context.Context){
		d.lookAtPages, d.lookAtCertificate, d.lookAtPorts, d.lookAtAddresses, d.lookAtPaths,
		d.lookAtDatabase, d.lookAtClock, d.lookAtMachine, d.lookAtMessages, d.lookAtProvider,
	} {
		d.bounded(ctx, look)
	}
}

func (d *doctor) bounded(ctx context.Context, look func(context.Context)) {
	ctx, cancel := context.WithTimeout(ctx, d.within)
	defer cancel()
	look(ctx)
}

func (d *doctor) print(w io.Writer, asJSON bool) error {
	if asJSON {
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(d.doctorReport)
	}
	var b strings.Builder
	for _, f := range d.Findings {
		fmt.Fprintf(&b, "%-8s %-12s %s", f.Grade, f.Check, f.Says)
		if f.Do != "" {
			b.WriteString(" " + f.Do)
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// sentence makes what an error says into one: a capital, and a full stop.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return s
	}
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

package main

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// A sample is what one relative's acts have written, to be written again by the
// bare driver for others and for other times.
type sample struct {
	acts  [][]statement // hold, book, cancel
	names []string      // that each copy gives anew
	cast  cast          // whom it was about
	began time.Time     // the visit
}

// A cast is whom and what an act is about.
type cast struct{ patient, visitor, ward, device string }

func (c cast) all() []string { return []string{c.patient, c.visitor, c.ward, c.device} }

// record has a relative hold, book and cancel one visit at the desk, before
// anybody else is there, and keeps what that wrote.
func (b *bare) record(ctx context.Context, r *relative) (sample, error) {
	var s sample
	before, err := b.picture(ctx)
	if err != nil {
		return s, err
	}
	var visit desk.Visit
	for _, act := range []func() (desk.Visit, error){
		func() (desk.Visit, error) {
			return r.desk.Hold(ctx, r.actor, r.circle.Patient, r.circle.Visitor.ID, r.times[len(r.times)-1])
		},
		func() (desk.Visit, error) { return r.desk.Book(ctx, r.actor, visit.ID) },
		func() (desk.Visit, error) { return r.desk.Cancel(ctx, r.actor, visit.Reference, visit.Version) },
	} {
		if visit, err = act(); err != nil {
			return s, err
		}
		after, err := b.picture(ctx)
		if err != nil {
			return s, err
		}
		writes, err := writesBetween(before, after)
		if err != nil {
			return s, err
		}
		s.acts, s.names, before = append(s.acts, writes), append(s.names, named(before, after)...), after
	}
	s.cast = cast{string(visit.Patient), string(r.circle.Visitor.ID), string(visit.Ward), string(visit.Device)}
	s.began = visit.When.Start()
	return s, nil
}

// A copier writes what a sample did, with nothing read, asked or checked but by
// the database: in as many transactions, each statement prepared.
type copier struct {
	bare   *bare
	acts   [][]line
	names  int // the first so many of what is replaced; the cast follows
	cast   cast
	turn   *atomic.Int64 // of all copiers: each copy is of another time
	booked int
}

// A line is a statement of a copier, with what becomes of each argument.
type line struct {
	do   *sql.Stmt
	args []argument
}

// An argument is written as it was, later, or with names replaced.
type argument struct {
	value   any
	instant bool
	old     []string // the names in it
	whole   int      // which of the names it is; negative for none
	names   []int
}

// visitsApart is how much later each copy of a visit is: longer than any visit
// takes an iPad.
const visitsApart = time.Hour

// prepare readies the statements of a sample, for every copier.
func (b *bare) prepare(ctx context.Context, s sample) ([][]line, error) {
	olds := append(slices.Clone(s.names), s.cast.all()...)
	acts := make([][]line, len(s.acts))
	for i, act := range s.acts {
		for _, statement := range act {
			do, err := b.PrepareContext(ctx, statement.text)
			if err != nil {
				return nil, err
			}
			l := line{do: do}
			for _, arg := range statement.args {
				l.args = append(l.args, newArgument(arg, olds))
			}
			acts[i] = append(acts[i], l)
		}
	}
	return acts, nil
}

// instants are how SQLite keeps them; PostgreSQL gives a time.Time.
const instants = "2006-01-02T15:04:05.000000Z"

func newArgument(value any, olds []string) argument {
	a := argument{value: value, whole: -1}
	text, isText := value.(string)
	if t, err := time.Parse(instants, text); isText && err == nil {
		a.value, a.instant = t, true
	}
	if _, ok := value.(time.Time); ok {
		a.instant = true
	}
	for i, old := range olds {
		switch {
		case isText && text == old:
			a.whole = i
		case isText && strings.Contains(text, old):
			a.names, a.old = append(a.names, i), append(a.old, old)
		}
	}
	return a
}

// fill gives the argument for a copy that is later by so much and has new names.
func (a argument) fill(text bool, by time.Duration, names []string) any {
	switch {
	case a.instant && text:
		return a.value.(time.Time).Add(by).Format(instants)
	case a.instant:
		return a.value.(time.Time).Add(by)
	case a.whole >= 0:
		return names[a.whole]
	case len(a.names) > 0:
		value := a.value.(string)
		for i, name := range a.names {
			value = strings.ReplaceAll(value, a.old[i], names[name])
		}
		return value
	}
	return a.value
}

// work is one visit, as a relative's is.
func (c *copier) work(ctx context.Context) (took []time.Duration, err error) {
	names := make([]string, c.names, c.names+4)
	for i := range names {
		names[i] = uuid.NewString()
	}
	names = append(names, c.cast.all()...)
	acts := c.acts[:2]
	if c.booked++; c.booked%cancelOneIn == 0 {
		acts = c.acts
	}
	by := visitsApart * time.Duration(c.turn.Add(1))
	for _, act := range acts {
		filled := make([][]any, len(act))
		for i, l := range act {
			for _, a := range l.args {
				filled[i] = append(filled[i], a.fill(c.bare.engine.driver == "sqlite", by, names))
			}
		}
		began := time.Now()
		if err := c.write(ctx, act, filled); err != nil {
			if ctx.Err() != nil {
				return took, nil
			}
			return took, err
		}
		took = append(took, time.Since(began))
	}
	return took, nil
}

func (c *copier) write(ctx context.Context, act []line, filled [][]any) error {
	tx, err := c.bare.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after a commit
	for i, l := range act {
		done, err := tx.StmtContext(ctx, l.do).ExecContext(ctx, filled[i]...) //nolint:sqlclosecheck // closed with the transaction
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return cmp.Or(err, errors.New("a statement of the reference found nothing to change"))
		}
	}
	return tx.Commit()
}

// castOf is what a client's copies are about: their own patient, and an iPad that
// they share with others of the ward.
func castOf(h desk.Hospital, client int) cast {
	p := h.Patients[client]
	var devices []booking.Device
	for _, d := range h.Devices {
		if d.Ward == p.Stay.Ward {
			devices = append(devices, d)
		}
	}
	return cast{
		patient: string(p.Patient.ID), visitor: string(p.Circle[0].Visitor.ID), ward: string(p.Stay.Ward),
		device: string(devices[client%len(devices)].ID),
	}
}

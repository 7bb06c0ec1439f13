package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/store"
)

// trust measures a whole group of hospitals with a year of its visits beside the
// same group with one day of them: a ward's board, and the search for a free time.
// What has been, and what is far ahead, should cost nobody anything.
func trust(ctx context.Context, p plan) ([]row, error) {
	var rows []row
	var missing []error
	for _, engine := range engines {
		measured, err := trustOn(ctx, p, engine)
		rows = append(rows, measured...)
		if err != nil {
			missing = append(missing, fmt.Errorf("%s: %w", engine.name, err))
		}
	}
	return rows, errors.Join(missing...)
}

func trustOn(ctx context.Context, p plan, e engine) (_ []row, err error) {
	year, err := fill(ctx, e, p, p.days)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, year.close()) }()
	day, err := fill(ctx, e, p, 1)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, day.close()) }()
	rows := []row{{what: fmt.Sprintf("%s, %d wards, %d iPads: %d days of visits (reference: one day of them)", e.name, p.wards, p.ipads, p.days)}}
	for _, look := range []struct {
		what string
		at   func(g *filled, ctx context.Context, n int) error
	}{
		{"  a ward's board", (*filled).board},
		{"  what a relative may book that day", (*filled).slots},
	} {
		ours, reference, err := inTurns(ctx, p, year, day, look.at)
		if err != nil {
			return rows, err
		}
		rows = append(rows, compare(look.what, " ms", milliseconds(ours), milliseconds(reference)))
	}
	memory, err := resident()
	if err != nil {
		return rows, err
	}
	return append(rows, row{what: "  memory of the process meanwhile, at most", ours: figure(memory) + " MiB"}), nil
}

// inTurns looks at one group and the other by turns, at another ward each time, and
// returns the median of each.
func inTurns(ctx context.Context, p plan, year, day *filled, look func(g *filled, ctx context.Context, n int) error) (ours, reference time.Duration, err error) {
	took := map[*filled][]time.Duration{}
	for n := range p.looks {
		for _, g := range []*filled{year, day} {
			began := time.Now()
			if err := look(g, ctx, n); err != nil {
				return 0, 0, err
			}
			took[g] = append(took[g], time.Since(began))
		}
	}
	slices.Sort(took[year])
	slices.Sort(took[day])
	return quantile(took[year], 0.5), quantile(took[day], 0.5), nil
}

// A filled database holds a group of hospitals.
type filled struct {
	*desk.Desk
	wards     []booking.Ward
	relatives []visiting
	today     booking.Date
	close     func() error
}

// fill has the program make up a group with so many days of visits, and opens it in
// the morning of today, so that there is a day ahead whenever this is run.
func fill(ctx context.Context, e engine, p plan, days int) (_ *filled, err error) {
	if _, err := os.Stat(p.binary); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no %s: `make build` makes it", p.binary)
	}
	at, remove, err := e.empty(ctx)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, remove())
		}
	}()
	said, err := exec.CommandContext(ctx, p.binary, "loaddata", "-database", at, "-days", strconv.Itoa(days),
		"-wards", strconv.Itoa(p.wards), "-ipads", strconv.Itoa(p.ipads)).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("loaddata: %w: %s", err, said)
	}
	s, err := store.Open(ctx, at)
	if err != nil {
		return nil, err
	}
	var morning time.Time
	d, err := desk.New(desk.Config{Store: s, Now: func() time.Time { return morning }, Pepper: make([]byte, 32)})
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	g := &filled{Desk: d, close: func() error { return errors.Join(s.Close(), remove()) }}
	if g.wards, err = d.Wards(ctx, booking.System); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	zone := g.wards[0].Site.Zone
	g.today = booking.DateOf(time.Now(), zone)
	midnight, _ := booking.DayBounds(g.today, zone)
	morning = midnight.Add(7 * time.Hour)
	if err := g.meet(ctx, p.looks); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return g, nil
}

func (g *filled) board(ctx context.Context, n int) error {
	board, err := g.Board(ctx, booking.System, g.wards[n%len(g.wards)].ID, g.today)
	if err == nil && len(board.Visits) == 0 {
		err = errors.New("a board without visits")
	}
	return err
}

// slots looks for a free time as one of a ward's relatives does.
func (g *filled) slots(ctx context.Context, n int) error {
	r := g.relatives[n%len(g.relatives)]
	offering, err := g.Offering(ctx, r.actor, r.patient, g.today, 1)
	if err == nil && len(offering.Days[0].Slots) == 0 {
		err = errors.New("nothing is free all day")
	}
	return err
}

// A visiting is a relative with whom they visit.
type visiting struct {
	actor   booking.Actor
	patient booking.PatientID
}

// meet finds a relative of each of the first n wards.
func (g *filled) meet(ctx context.Context, n int) error {
	for _, ward := range g.wards[:min(n, len(g.wards))] {
		sides, err := g.Patients(ctx, booking.System, ward.ID)
		if err != nil {
			return err
		}
		who := sides[0].Circle[0].Visitor
		g.relatives = append(g.relatives, visiting{booking.Actor{Kind: booking.VisitorActor, ID: string(who.ID), Name: who.Name}, sides[0].Patient.ID})
	}
	return nil
}

// resident is how much of the process has been in memory at most, in MiB.
func resident() (float64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if kB, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(kB), "kB")), 64)
			return n / 1024, err
		}
	}
	return 0, errors.New("the system does not say how much memory is used")
}

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/migrations"
)

// A loading is how large a hospital group to make up.
type loading struct {
	database    string
	wards       int
	ipads       int
	days        int
	visitsADay  int // of each iPad
	seed        uint64
	withManager string // the password of a manager of all wards; empty for none
}

// The most that loaddata makes: beyond what any group of hospitals has, and as many
// visits as fit on an iPad with its preparing and cleaning.
const (
	mostWards      = 2000 // there are 100,000 numbers for their relatives
	mostIPads      = 6000
	mostDays       = 3660
	mostVisitsADay = 8
)

// daysAhead is how far ahead the made-up families have booked, if there are so many
// days; the other days are before today.
const daysAhead = 27

func (l loading) check() error {
	switch {
	case l.database == "":
		return errors.New("say which database: -database sqlite:FILE or postgres://…")
	case l.wards < 1 || l.wards > mostWards:
		return fmt.Errorf("-wards is from 1 to %d", mostWards)
	case l.ipads < l.wards || l.ipads > min(mostIPads, l.wards*patientsInWard/patientsApart):
		return fmt.Errorf("-ipads is from one to %d for each ward", patientsInWard/patientsApart)
	case l.days < 1 || l.days > mostDays:
		return fmt.Errorf("-days is from 1 to %d", mostDays)
	case l.visitsADay < 1 || l.visitsADay > mostVisitsADay:
		return fmt.Errorf("-visits is from 1 to %d", mostVisitsADay)
	}
	return nil
}

// loaddata handles `wardvisit loaddata`: a hospital group of any size, made up, with
// its visits of as many days, in a database that has no hospital yet. The same seed
// makes the same group on the same day.
func loaddata(ctx context.Context, args []string, c console) error {
	var l loading
	fs := flag.NewFlagSet("wardvisit loaddata", flag.ContinueOnError)
	fs.StringVar(&l.database, "database", c.getenv("WARDVISIT_DATABASE"), "`url`: sqlite:FILE or postgres://…")
	fs.IntVar(&l.wards, "wards", 314, "how many `wards`")
	fs.IntVar(&l.ipads, "ipads", 650, "how many `iPads`, spread over them")
	fs.IntVar(&l.days, "days", 365, "`days` of visits: up to four weeks ahead, the rest before today")
	fs.IntVar(&l.visitsADay, "visits", 2, "`visits` a day on each iPad")
	fs.Uint64Var(&l.seed, "seed", 1, "a `number`: another one makes other people at other times")
	fs.StringVar(&l.withManager, "manager-password", "", "`password` for manager@invented.example, who runs every ward; without it nobody can sign in")
	fs.Usage = func() {
		io.WriteString(fs.Output(), "wardvisit loaddata [settings] fills a database that has no hospital with an invented one,\nto see how fast pages are when there is much in it.\n\nSettings:\n")
		fs.PrintDefaults()
	}
	fs.SetOutput(io.Discard)
	if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
		fs.SetOutput(c.stdout)
		fs.Usage()
		return err
	} else if err != nil {
		return fmt.Errorf("%w (`wardvisit loaddata -h` lists the settings)", err)
	}
	if err := l.check(); err != nil {
		return err
	}
	return l.load(ctx, c.stdout)
}

func (l loading) load(ctx context.Context, out io.Writer) (err error) {
	if err := migrations.Up(ctx, l.database); err != nil {
		return err
	}
	s, err := store.Open(ctx, l.database, store.MayLose)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	pepper := make([]byte, 32)
	if _, err := rand.Read(pepper); err != nil {
		return err
	}
	d, err := desk.New(desk.Config{Store: s, Now: time.Now, Pepper: pepper}) // which hashes nothing that is kept
	if err != nil {
		return err
	}
	g := makeUp(l, time.Now())
	fmt.Fprintf(out, "making up %d wards, %d iPads and %d patients …\n", l.wards, l.ipads, len(g.Patients))
	if err := d.Found(ctx, g.Hospital); err != nil {
		return err
	}
	began := time.Now()
	for n := range l.days {
		visits, err := g.addDay(ctx, s, n)
		if err != nil {
			return err
		}
		if n%progressEvery == progressEvery-1 || n == l.days-1 {
			fmt.Fprintf(out, "%d of %d days, %d visits, %.0f s\n", n+1, l.days, visits, time.Since(began).Seconds())
		}
	}
	return s.Tidy(ctx)
}

// progressEvery is how many days go by between two lines of progress.
const progressEvery = 30

// addDay adds the visits of the nth day, and returns how many there are by now.
func (g *group) addDay(ctx context.Context, s *store.Store, n int) (int, error) {
	day := booking.DateOf(g.now, g.zone).AddDays(n - (g.days - 1 - min(daysAhead, g.days-1)))
	err := s.Do(ctx, func(tx *store.Tx) error {
		for round := range g.visitsADay {
			lives, err := g.round(day, n, round)
			if err != nil {
				return err
			}
			for _, alike := range lives {
				if err := tx.AddLives(ctx, alike); err != nil {
					return err
				}
			}
			g.made += len(lives[0]) + len(lives[1]) + len(lives[2])
		}
		return nil
	})
	return g.made, err
}

package proof

import (
	"context"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
	"github.com/wardvisit/wardvisit/migrations"
)

// killServer has people work until they have done so many things, kills PostgreSQL
// under them, starts it again, and looks at what is there. The program goes on: it
// is the same store before and after.
func (l *ledger) killServer(t *testing.T, w *world, c *storetest.Cluster, seed uint64, words int) (lost, half []string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	had := l.heard()
	var wg sync.WaitGroup
	for n := 1; n <= workers; n++ {
		wg.Go(func() {
			mine, broke := context.WithCancel(ctx)
			defer broke()
			work(mine, w, n, rand.New(rand.NewPCG(seed, uint64(n))), func(said word) {
				l.hear(said)
				if said.What == "fault" {
					broke() // what is left of the server's connections
				}
			})
		})
	}
	await(t, "work to be done", func() bool { return l.heard() >= had+words })
	ok(t, c.Kill())
	wg.Wait()
	ok(t, c.Restart(t.Context()))
	w.raw.SetMaxIdleConns(0) // those to the server that was killed
	lost, err := l.lost(t.Context(), w.raw)
	ok(t, err)
	half, err = broken(t.Context(), w.raw)
	ok(t, err)
	return lost, half
}

// What was acknowledged is there when PostgreSQL is back, however often it is
// killed; also by a server that tells everybody else too early.
func TestKilledPostgreSQL(t *testing.T) {
	t.Parallel()
	c := storetest.Killable(t, forgetful...)
	ok(t, migrations.Up(t.Context(), c.URL))
	w := founded(t, c.URL, killed)
	l, r := newLedger(), rand.New(rand.NewPCG(3, 3))
	rounds := often(2, 20)
	for round := range rounds {
		lost, half := l.killServer(t, w, c, uint64(round), 20+r.IntN(80))
		if len(lost)+len(half) > 0 {
			t.Fatalf("after kill %d\nlost: %s\nby half: %s", round+1, strings.Join(lost, "\n"), strings.Join(half, "\n"))
		}
		if len(l.faults) == 0 {
			t.Error("nobody noticed: nothing was killed")
		}
		l.faults = nil
		l.forgetHolds()
	}
	t.Logf("killed %d times; %d acts acknowledged; %d visits as they were said to be", rounds, l.done, len(l.visits))
}

// forgetful are settings of a server that says too early that it has kept something,
// unless it is asked not to.
var forgetful = []string{"-c", "synchronous_commit=off", "-c", "wal_writer_delay=10s"}

// A server that is let do so is found out.
func TestPlantedKilledPostgreSQL(t *testing.T) {
	t.Parallel()
	c := storetest.Killable(t, forgetful...)
	ok(t, migrations.Up(t.Context(), c.URL))
	w := founded(t, c.URL, killed, store.MayLose)
	l := newLedger()
	lost, _ := l.killServer(t, w, c, 1, 40)
	if len(lost) == 0 {
		t.Errorf("%d acts were acknowledged and none of them is lost, by a server that keeps nothing for ten seconds", l.done)
	}
}

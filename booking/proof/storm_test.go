package proof

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
)

// clients is how many people act at once.
const clients = 64

// A client is somebody who does one thing after another, at random, as whoever
// that thing needs.
type client struct {
	*world
	ctx context.Context
	r   *rand.Rand
}

// errIdle says that there was nothing to do the thing to.
var errIdle = errors.New("nothing to do it to")

// A tally is what became of the acts of a storm.
type tally struct {
	mu     sync.Mutex // guards the rest
	done   map[string]int
	codes  map[string]int // refusals
	faults []string
}

func (y *tally) add(act string, err error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	refusal := isRefusal(err)
	switch {
	case err == nil:
		y.done[act]++
	case errors.Is(err, errIdle):
	case refusal != nil:
		y.codes[refusal.Code]++
	default:
		y.faults = append(y.faults, act+": "+err.Error())
	}
}

func (y *tally) String() string {
	var b strings.Builder
	for _, counts := range []map[string]int{y.done, y.codes} {
		var lines []string
		for name, n := range counts {
			lines = append(lines, fmt.Sprintf("%s %d", name, n))
		}
		slices.Sort(lines)
		fmt.Fprintln(&b, strings.Join(lines, ", "))
	}
	return b.String()
}

// storm has the clients take so many turns each, all at once.
func (w *world) storm(t *testing.T, seed uint64, turns int, acts []act) *tally {
	t.Helper()
	y := &tally{done: map[string]int{}, codes: map[string]int{}}
	var wg sync.WaitGroup
	begin := make(chan struct{})
	for n := range clients {
		wg.Go(func() {
			c := &client{world: w, ctx: t.Context(), r: rand.New(rand.NewPCG(seed, uint64(n)))}
			<-begin
			for range turns {
				a := choose(c.r, acts, y)
				y.add(a.name, c.try(a))
			}
		})
	}
	close(begin)
	wg.Wait()
	return y
}

// try does an act. To whoever asks, a panic is a fault like any other.
func (c *client) try(a act) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return a.do(c)
}

// choose picks an act, each as often as its weight says; now and then one that
// nobody has managed yet.
func choose(r *rand.Rand, acts []act, y *tally) act {
	if fresh := y.missing(acts); len(fresh) > 0 && r.IntN(3) == 0 {
		return fresh[r.IntN(len(fresh))]
	}
	total := 0
	for _, a := range acts {
		total += a.weight
	}
	at := r.IntN(total)
	for _, a := range acts {
		if at -= a.weight; at < 0 {
			return a
		}
	}
	panic("weights do not add up")
}

// missing are the acts that nobody has managed.
func (y *tally) missing(acts []act) (fresh []act) {
	y.mu.Lock()
	defer y.mu.Unlock()
	for _, a := range acts {
		if y.done[a.name] == 0 {
			fresh = append(fresh, a)
		}
	}
	return fresh
}

// Sixty-four people do everything that can be done to a booking, at once, over few
// slots. Nothing overlaps, nothing is left half done, whoever is refused is refused
// by a rule, and nobody waits for anybody in a circle.
func TestStorm(t *testing.T) {
	t.Parallel()
	inHospital(t, size{wards: 3, devices: 2, patients: 6, busy: true}, func(t *testing.T, w *world) {
		w.pairAll()
		y := w.storm(t, 1, often(18, 300), everything)
		t.Logf("%v", y)
		for i, fault := range y.faults {
			if i < 20 {
				t.Error("a fault, not a refusal: " + fault)
			}
		}
		// A short storm may miss what takes a death, or a full day, first.
		if missed := y.missing(everything); len(missed) > often(len(everything)/4, 0) {
			for _, a := range missed {
				t.Errorf("nobody ever managed to %s: the storm proves nothing of it", a.name)
			}
		}
		w.check(t)
		if n := w.deadlocks(t); n != 0 {
			t.Errorf("%d deadlocks", n)
		}
	})
}

// deadlocks is how many PostgreSQL has seen in this database, also those that were
// hidden by running an act again; always 0 on SQLite, which has one writer. A
// connection tells at the latest when it ends, so this ends them all.
func (w *world) deadlocks(t *testing.T) (n int) {
	t.Helper()
	if !w.isPostgres() {
		return 0
	}
	ok(t, errors.Join(w.store.Close(), w.raw.Close()))
	w.raw = storetest.Raw(t, w.url)
	w.awaitAlone(t)
	ok(t, w.raw.QueryRowContext(t.Context(), `SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`).Scan(&n))
	return n
}

// awaitAlone waits until nobody else is connected to the database.
func (w *world) awaitAlone(t *testing.T) {
	t.Helper()
	w.raw.SetMaxOpenConns(1)
	await(t, "everybody else to be gone", func() bool {
		var others int
		ok(t, w.raw.QueryRowContext(t.Context(), `
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`).Scan(&others))
		return others == 0
	})
}

// await waits for a condition, with a bound.
func await(t testing.TB, what string, condition func() bool) {
	t.Helper()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	for !condition() {
		select {
		case <-deadline.C:
			t.Fatal("waited in vain for " + what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Two who wait for each other are counted, so none counted means none.
func TestPlantedDeadlockIsCounted(t *testing.T) {
	t.Parallel()
	w := founded(t, storetest.Postgres(t), size{wards: 1, devices: 2, patients: 1}, store.MayLose)
	both := make(chan struct{}, 2)
	var wg sync.WaitGroup
	for n := 1; n <= 2; n++ {
		wg.Go(func() {
			tx, err := w.raw.BeginTx(t.Context(), nil)
			if err != nil {
				t.Error(err)
				return
			}
			defer tx.Rollback()
			touch := func(n int) error {
				_, err := tx.ExecContext(t.Context(), `UPDATE devices SET holds = holds + 1 WHERE id = $1`, deviceID(n))
				return err
			}
			if err := touch(n); err != nil {
				t.Error(err)
			}
			both <- struct{}{}
			await(t, "the other one", func() bool { return len(both) == 2 })
			_ = touch(3 - n) // one of the two is told no
		})
	}
	wg.Wait()
	if n := w.deadlocks(t); n != 1 {
		t.Errorf("%d deadlocks counted, want 1", n)
	}
}

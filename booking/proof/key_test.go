package proof

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
)

// keys is how many things are asked for under a key of their own.
const keys = 16

// The kinds of child that press the same buttons again and again.
const (
	keyedChild   = "presses again"
	keylessChild = "presses again without a key"
)

func init() {
	for kind, key := range map[string]func(n int) string{
		keyedChild:   func(n int) string { return fmt.Sprint("key-", n) },
		keylessChild: func(int) string { return "" },
	} {
		children[kind] = func(ctx context.Context, w *world, _ uint64) {
			say := aloud()
			for range 2 {
				for n := range keys {
					v, err := w.Keyed(key(n)).BookAt(ctx, sister(w.wardOf(patientOfKey(n))), bookedUnder(n))
					said(say, word{What: fmt.Sprint("press ", n), Visit: v.ID, Version: v.Version, Start: v.When.Start(), Why: string(v.Reference)}, err)
				}
			}
		}
	}
}

func patientOfKey(n int) int { return n%(killed.wards*killed.patients) + 1 }

// bookedUnder is what is asked for under a key.
func bookedUnder(n int) desk.BookedVisit {
	patient := patientOfKey(n)
	return desk.BookedVisit{
		Patient: patientID(patient), Members: []booking.MemberID{memberID(patient, 0)}, Length: visitLength,
		Start: on(1+n/(killed.wards*killed.patients), 9, 0).Add(time.Duration(patient) * time.Hour),
	}
}

// answers are what was answered, by what was pressed, each once.
type answers struct {
	mu    sync.Mutex // guards the rest
	words int
	by    map[string]map[word]bool
}

func (a *answers) hear(w word) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.words++
	if w.What == "refused" || w.What == "fault" {
		w.What = "no answer"
	}
	if a.by[w.What] == nil {
		a.by[w.What] = map[word]bool{}
	}
	a.by[w.What][w] = true
}

func (a *answers) heard() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.words
}

// pressAgain has children press every button twice, from the first to the last, and
// kills them at it, until one comes to the end.
func pressAgain(t *testing.T, w *world, kind string, kills int) *answers {
	t.Helper()
	ok(t, errors.Join(w.store.Close(), w.raw.Close()))
	a, r := &answers{by: map[string]map[word]bool{}}, rand.New(rand.NewPCG(6, 6))
	for range kills {
		had, enough := a.heard(), 1+r.IntN(keys)
		c := startChild(t, kind, w.url, 1, a.hear)
		await(t, "a child to press", func() bool { return a.heard() >= had+enough })
		c.kill()
	}
	startChild(t, kind, w.url, 1, a.hear).wait()
	w.raw = storetest.Raw(t, w.url)
	return a
}

// wrong is what is wrong with the answers, and with what is there.
func (a *answers) wrong(t *testing.T, w *world) (found []string) {
	t.Helper()
	for what, given := range a.by {
		if what == "no answer" || len(given) != 1 {
			found = append(found, fmt.Sprintf("%s was answered %v", what, given))
		}
	}
	if len(a.by) != keys {
		found = append(found, fmt.Sprintf("%d buttons were answered", len(a.by)))
	}
	for what, query := range map[string]string{
		"visits": `SELECT count(*) FROM visits`, "notices": `SELECT count(*) FROM outbox WHERE kind = 'booked'`,
		"events": `SELECT count(*) FROM audit_events WHERE action = 'visit_booked'`,
	} {
		var n int
		ok(t, w.raw.QueryRowContext(t.Context(), query).Scan(&n))
		if n != keys {
			found = append(found, fmt.Sprintf("%d %s", n, what))
		}
	}
	return found
}

// Whoever presses again after the program was killed gets the same answer, and there
// is one visit, one notice and one event of each.
func TestPressedAgainAfterAKill(t *testing.T) {
	t.Parallel()
	inHospital(t, killed, func(t *testing.T, w *world) {
		a := pressAgain(t, w, keyedChild, often(4, 50))
		for _, what := range a.wrong(t, w) {
			t.Error(what)
		}
		w.check(t)
	})
}

// Where nothing remembers what was pressed, that is found.
func TestPlantedPressedAgainWithoutAKey(t *testing.T) {
	t.Parallel()
	w := founded(t, storetest.SQLite(t), killed)
	if found := pressAgain(t, w, keylessChild, 1).wrong(t, w); len(found) == 0 {
		t.Error("nothing is found wrong")
	}
}

// A hundred presses of one button at once are one press; another wish under the same
// key is refused.
func TestPressedAHundredTimesAtOnce(t *testing.T) {
	t.Parallel()
	inHospital(t, killed, func(t *testing.T, w *world) {
		given := map[booking.VisitID]int{}
		var mu sync.Mutex // guards given
		var wg sync.WaitGroup
		begin := make(chan struct{})
		for range 100 {
			wg.Go(func() {
				<-begin
				v, err := w.Keyed("once").BookAt(t.Context(), sister(1), bookedUnder(0))
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				given[v.ID]++
			})
		}
		close(begin)
		wg.Wait()
		if len(given) != 1 {
			t.Errorf("answered %v", given)
		}
		var visits, notices int
		ok(t, w.raw.QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM visits), (SELECT count(*) FROM outbox WHERE kind = 'booked')`).Scan(&visits, &notices))
		if visits != 1 || notices != 1 {
			t.Errorf("%d visits and %d notices", visits, notices)
		}
		other := bookedUnder(0)
		other.Start = other.Start.Add(time.Hour)
		if _, err := w.Keyed("once").BookAt(t.Context(), sister(1), other); !errors.Is(err, booking.ErrKeyReused) {
			t.Errorf("another wish under the same key: %v", err)
		}
	})
}

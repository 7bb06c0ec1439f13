package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

func owe(t *testing.T, s *store.Store, n int, due time.Time, visit booking.VisitID) {
	t.Helper()
	do(t, s, func(ctx context.Context, tx *store.Tx) error {
		return tx.AddNotice(ctx, booking.Notice{
			ID: id[string]('n', n), Kind: booking.NoticeBooked, Channel: booking.SMS, To: "+447700900001", Visit: visit,
			Dedupe: fmt.Sprint("fact ", n), Due: due, Expires: due.Add(time.Hour), Words: map[string]string{"link": "https://x/y"},
		})
	})
}

func lease(t *testing.T, s *store.Store, now time.Time) (booking.Notice, bool) {
	t.Helper()
	n, ok, err := s.LeaseNotice(t.Context(), now, now.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	return n, ok
}

func settle(t *testing.T, s *store.Store, n booking.Notice, o store.Outcome) {
	t.Helper()
	o.Attempt = n.Attempt
	if err := s.SettleNotice(t.Context(), n.ID, o); err != nil {
		t.Fatal(err)
	}
}

func states(t *testing.T, raw *sql.DB) (found string) {
	t.Helper()
	rows, err := raw.Query(`SELECT state, words FROM outbox ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var state, words string
		if err := rows.Scan(&state, &words); err != nil {
			t.Fatal(err)
		}
		if open := state == "pending" || state == "leased"; open == (words == "{}") {
			t.Errorf("a notice that is %s says %s", state, words)
		}
		found += state + " "
	}
	if err := rows.Err(); err != nil {
		t.Error(err)
	}
	return found
}

func TestNoticesAreSentInOrderAndOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, raw *sql.DB) {
		owe(t, s, 2, noon.Add(-time.Minute), "")
		owe(t, s, 1, noon, "")
		owe(t, s, 1, noon, "") // the same fact
		owe(t, s, 3, noon.Add(time.Minute), "")
		first, _ := lease(t, s, noon)
		second, _ := lease(t, s, noon)
		if first.ID != id[string]('n', 2) || second.ID != id[string]('n', 1) || first.Attempt != 1 || first.Words["link"] == "" {
			t.Errorf("leased %+v, then %+v", first, second)
		}
		if third, ok := lease(t, s, noon); ok {
			t.Errorf("leased %+v before it is due, or twice", third)
		}
		settle(t, s, first, store.Outcome{At: noon, Sent: true, Body: "hello"})
		settle(t, s, second, store.Outcome{At: noon, RetryAt: noon.Add(30 * time.Second), Detail: "busy"})
		if got := states(t, raw); got != "pending sent pending " {
			t.Errorf("states: %s", got)
		}
		again, ok := lease(t, s, noon.Add(30*time.Second))
		if !ok || again.ID != second.ID || again.Attempt != 2 {
			t.Errorf("leased again: %+v", again)
		}
		settle(t, s, again, store.Outcome{At: noon, Detail: "no such number"})
		if got := states(t, raw); got != "failed sent pending " {
			t.Errorf("states: %s", got)
		}
		err := s.View(t.Context(), func(tx *store.Tx) error {
			sent, err := tx.SentNotices(t.Context(), 5)
			if len(sent) != 1 || sent[0].Body != "hello" || !sent[0].At.Equal(noon) {
				t.Errorf("sent: %+v", sent)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// A worker that dies loses its lease, and what it says too late changes nothing
// but that what has gone has gone.
func TestALeaseThatRanOut(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, raw *sql.DB) {
		owe(t, s, 1, noon, "")
		lost, _ := lease(t, s, noon)
		if _, ok := lease(t, s, noon.Add(59*time.Second)); ok {
			t.Error("taken from who has it")
		}
		taken, ok := lease(t, s, noon.Add(time.Minute))
		if !ok || taken.Attempt != 2 {
			t.Errorf("taken over: %+v", taken)
		}
		settle(t, s, lost, store.Outcome{At: noon, Detail: "too late"})
		settle(t, s, lost, store.Outcome{At: noon, RetryAt: noon})
		if got := states(t, raw); got != "leased " {
			t.Errorf("states: %s", got)
		}
		settle(t, s, taken, store.Outcome{At: noon, Sent: true})
		settle(t, s, taken, store.Outcome{At: noon, Sent: true})
		if got := states(t, raw); got != "sent " {
			t.Errorf("states: %s", got)
		}
	})
}

func TestWithdrawnAndExpiredNotices(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, raw *sql.DB) {
		v := addVisit(t, s, 1, noon)
		for n := 1; n <= 3; n++ {
			owe(t, s, n, noon, v.ID)
		}
		owe(t, s, 4, noon.Add(-2*time.Hour), "")
		going, _ := lease(t, s, noon) // 4 has expired
		back, _ := lease(t, s, noon)
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.WithdrawNotices(ctx, v.ID, "+447700900999", noon)
		})
		do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.WithdrawNotices(ctx, v.ID, "", noon) })
		settle(t, s, going, store.Outcome{At: noon, Sent: true})
		settle(t, s, back, store.Outcome{At: noon, RetryAt: noon})
		if got := states(t, raw); got != "sent withdrawn withdrawn failed " {
			t.Errorf("states: %s", got)
		}
		if n, ok := lease(t, s, noon.Add(time.Minute)); ok {
			t.Errorf("leased %+v", n)
		}
	})
}

func TestWorkersShareTheOutbox(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, raw *sql.DB) {
		const notices, workers = 24, 6
		for n := range notices {
			owe(t, s, n, noon, "")
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		seen := map[string]int{}
		for range workers {
			wg.Go(func() {
				for {
					n, ok, err := s.LeaseNotice(t.Context(), noon, noon.Add(time.Minute))
					if err != nil || !ok {
						if err != nil {
							t.Error(err)
						}
						return
					}
					mu.Lock()
					seen[n.ID]++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if len(seen) != notices {
			t.Errorf("%d of %d were leased", len(seen), notices)
		}
		for id, times := range seen {
			if times != 1 {
				t.Errorf("%s was leased %d times", id, times)
			}
		}
	})
}

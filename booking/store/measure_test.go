package store_test

import (
	"database/sql"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking/store"
)

func TestWhatIsOwed(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, _ *sql.DB) {
		now := noon
		owes := func(want int, since time.Time) {
			t.Helper()
			if n, due, err := s.Owed(t.Context()); err != nil || n != want || !due.Equal(since) {
				t.Errorf("Owed = %d, %v, %v; want %d, %v", n, due, err, want, since)
			}
		}
		owes(0, time.Time{})
		owe(t, s, 1, now.Add(-time.Minute), "")
		owe(t, s, 2, now.Add(time.Hour), "")
		owes(2, now.Add(-time.Minute))
		n, ok := lease(t, s, now)
		if !ok {
			t.Fatal("nothing is due")
		}
		owes(2, now.Add(-time.Minute)) // being sent is not sent
		settle(t, s, n, store.Outcome{At: now, Sent: true})
		owes(1, now.Add(time.Hour))
		if pools := s.Pools(); len(pools) == 0 {
			t.Error("no pool is known")
		}
	})
}

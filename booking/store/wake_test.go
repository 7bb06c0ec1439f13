package store_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// Whoever waits for a ward to change is woken by what was committed, and by nothing
// else.
func TestNextChange(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, _ *sql.DB) {
		ward := id[booking.WardID]('w', 1)
		one, other := s.NextChange(ward), s.NextChange(id[booking.WardID]('w', 2))
		refused := errors.New("refused")
		if err := s.Do(t.Context(), func(tx *store.Tx) error { tx.Changed(ward); return refused }); !errors.Is(err, refused) {
			t.Fatal(err)
		}
		do(t, s, func(context.Context, *store.Tx) error { return nil })
		if closed(one) || closed(other) {
			t.Fatal("woken by nothing")
		}
		do(t, s, func(_ context.Context, tx *store.Tx) error { tx.Changed(ward); return nil })
		if !closed(one) || closed(other) {
			t.Fatalf("woken: the one %t, another %t", closed(one), closed(other))
		}
		again := s.NextChange(ward)
		if closed(again) {
			t.Fatal("woken by what was before")
		}
		do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.TakeWard(ctx, ward) })
		if !closed(again) {
			t.Fatal("not woken by what the ward decided")
		}
		last := s.NextChange(ward)
		do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SettleWards(ctx, ward) })
		if !closed(last) || closed(other) {
			t.Fatal("not woken by what was settled early, or another was")
		}
	})
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

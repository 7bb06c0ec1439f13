package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
	"github.com/wardvisit/wardvisit/migrations"
)

// A database from before visits kept when they were booked and opened learns it from
// its audit: the first booking, and the last Start before somebody was let in.
func TestOldVisitsLearnWhenTheyWereBooked(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		s, err := store.Open(t.Context(), url, store.MayLose)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		do(t, s, func(ctx context.Context, tx *store.Tx) error { return furnish(ctx, tx) })
		v := addVisit(t, s, 1, noon)
		booked, opened, began, over := noon.Add(-50*time.Hour), noon.Add(-3*time.Minute), noon.Add(90*time.Second), noon.Add(20*time.Minute)
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			for _, e := range []struct {
				at   time.Time
				what booking.Action
			}{{booked, booking.VisitBooked}, {opened.Add(-time.Hour), booking.VisitStarted}, {opened, booking.VisitStarted}} {
				if err := tx.AddEvent(ctx, booking.Event{At: e.at, By: booking.System, Action: e.what, Subject: "visit " + string(v.ID), Ward: v.Ward}); err != nil {
					return err
				}
			}
			for _, state := range []booking.State{booking.Booked, booking.Preparing, booking.Lobby, booking.Live, booking.Ended} {
				v.State, v.HeldUntil = state, time.Time{}
				if state == booking.Live {
					v.StartedAt = began
				}
				if state == booking.Ended {
					v.EndedAt, v.Reason = over, booking.RanToEnd
				}
				if err := tx.SaveVisit(ctx, &v); err != nil {
					return err
				}
			}
			return nil
		})
		raw := storetest.Raw(t, url)
		lengths := func(want ...int) {
			t.Helper()
			var got [3]*int
			if err := raw.QueryRowContext(t.Context(), `SELECT lead_seconds, opening_seconds, lasted_seconds FROM visits`).Scan(&got[0], &got[1], &got[2]); err != nil {
				t.Fatal(err)
			}
			for i, n := range got {
				if known := want[i] >= 0; known != (n != nil) || known && *n != want[i] {
					t.Errorf("length %d is %v, want %d", i, n, want[i])
				}
			}
		}
		lasted := int(over.Sub(began).Seconds())
		lengths(-1, -1, lasted)
		for {
			state, err := migrations.Status(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			if state.Version < 25 {
				break
			}
			if err := migrations.Down(t.Context(), url, 1); err != nil {
				t.Fatal(err)
			}
		}
		if err := migrations.Up(t.Context(), url); err != nil {
			t.Fatal(err)
		}
		lengths(int(began.Sub(booked).Seconds()), int(began.Sub(opened).Seconds()), lasted)
	})
}

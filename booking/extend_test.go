package booking_test

import (
	"errors"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

func TestExtend(t *testing.T) {
	start := time.Date(2026, 11, 24, 14, 0, 0, 0, time.UTC)
	when, err := booking.NewInterval(start, 30*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		state booking.State
		by    time.Duration
		now   time.Duration // after the start
		want  time.Duration // the length it has then
		err   error
	}{
		{"in good time", booking.Live, 10 * time.Minute, 20 * time.Minute, 40 * time.Minute, nil},
		{"while somebody waits for the iPad", booking.Preparing, 5 * time.Minute, 0, 35 * time.Minute, nil},
		{"at its end", booking.Live, 5 * time.Minute, 30 * time.Minute, 35 * time.Minute, nil},
		{"when its time is up, from now", booking.Live, 5 * time.Minute, 33*time.Minute + time.Second, 39 * time.Minute, nil},
		{"by a time that is not offered", booking.Live, time.Hour, 0, 0, booking.ErrBadChoice},
		{"by less than nothing", booking.Live, -5 * time.Minute, 0, 0, booking.ErrBadChoice},
		{"before it is started", booking.Booked, 5 * time.Minute, 0, 0, booking.ErrNotStarted},
		{"when it is over", booking.Ended, 5 * time.Minute, 0, 0, booking.ErrVisitOver},
		{"when it was called off", booking.Cancelled, 5 * time.Minute, 0, 0, booking.ErrVisitOver},
	} {
		t.Run(tt.name, func(t *testing.T) {
			visit := booking.Visit{State: tt.state, When: when}
			longer, err := visit.Extend(tt.by, start.Add(tt.now))
			if !errors.Is(err, tt.err) {
				t.Fatalf("Extend = %v, want %v", err, tt.err)
			}
			if want := max(tt.want, visit.When.Length()); longer.When.Length() != want || longer.When.Start() != start {
				t.Errorf("it is %v, want %v long", longer.When, want)
			}
		})
	}
}

package booking_test

import (
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// Once a morning, by the ward's clock, on the days on which that changes too.
func TestWhenADeviceTriesItself(t *testing.T) {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	at := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2026, month, day, hour, minute, 0, 0, zone)
	}
	for _, test := range []struct {
		last, now time.Time
		due       bool
	}{
		{time.Time{}, at(11, 24, 3, 0), true},
		{at(11, 23, 6, 0), at(11, 24, 5, 59), false},
		{at(11, 23, 5, 59), at(11, 24, 5, 59), true},
		{at(11, 23, 6, 0), at(11, 24, 6, 0), true},
		{at(11, 24, 6, 0), at(11, 24, 23, 59), false},
		{at(3, 28, 6, 0), at(3, 29, 5, 59), false}, // an hour is missing
		{at(3, 28, 6, 0), at(3, 29, 6, 0), true},
		{at(10, 24, 6, 0), at(10, 25, 5, 59), false}, // an hour is twice
		{at(10, 24, 6, 0), at(10, 25, 6, 0), true},
		{at(11, 25, 6, 0), at(11, 24, 12, 0), false}, // our own clock was set back
	} {
		if due := booking.CheckDue(test.last, test.now.UTC(), zone); due != test.due {
			t.Errorf("last %v, now %v: %t", test.last, test.now, due)
		}
	}
}

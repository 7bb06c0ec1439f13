package booking_test

import (
	"errors"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/wardvisit/wardvisit/booking"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func date(t *testing.T, s string) booking.Date {
	t.Helper()
	d, err := booking.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func clock(t *testing.T, s string) booking.ClockTime {
	t.Helper()
	c, err := booking.ParseClockTime(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Both clock changes of six zones, with a half-hour zone, a half-hour change
// (Lord Howe), the southern hemisphere, and a zone that never changes.
func TestInstantsAcrossClockChanges(t *testing.T) {
	for _, tt := range []struct {
		zone, day, clock string
		want             []string
	}{
		{"Europe/London", "2027-03-28", "00:30", []string{"2027-03-28T00:30:00Z"}},
		{"Europe/London", "2027-03-28", "01:30", nil},
		{"Europe/London", "2027-03-28", "02:00", []string{"2027-03-28T01:00:00Z"}},
		{"Europe/London", "2026-10-25", "00:59", []string{"2026-10-24T23:59:00Z"}},
		{"Europe/London", "2026-10-25", "01:30", []string{"2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"}},
		{"Europe/London", "2026-10-25", "02:00", []string{"2026-10-25T02:00:00Z"}},
		{"America/New_York", "2027-03-14", "02:30", nil},
		{"America/New_York", "2026-11-01", "01:30", []string{"2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"}},
		{"Australia/Lord_Howe", "2026-10-04", "02:15", nil},
		{"Australia/Lord_Howe", "2027-04-04", "01:45", []string{"2027-04-03T14:45:00Z", "2027-04-03T15:15:00Z"}},
		{"Australia/Sydney", "2026-10-04", "02:30", nil},
		{"Australia/Sydney", "2027-04-04", "02:30", []string{"2027-04-03T15:30:00Z", "2027-04-03T16:30:00Z"}},
		{"America/Sao_Paulo", "2018-11-04", "00:30", nil}, // midnight itself was skipped
		{"America/Sao_Paulo", "2018-02-17", "23:30", []string{"2018-02-18T01:30:00Z", "2018-02-18T02:30:00Z"}},
		{"Africa/Lagos", "2027-03-28", "01:30", []string{"2027-03-28T00:30:00Z"}},
	} {
		t.Run(tt.zone+" "+tt.day+" "+tt.clock, func(t *testing.T) {
			z := zone(t, tt.zone)
			got := booking.Instants(date(t, tt.day), clock(t, tt.clock), z)
			if len(got) != len(tt.want) {
				t.Fatalf("Instants = %v, want %v", got, tt.want)
			}
			for i, at := range got {
				if at.Format(time.RFC3339) != tt.want[i] {
					t.Errorf("instant %d = %v, want %v", i, at, tt.want[i])
				}
				if twice, second := booking.HappensTwice(at, z); twice != (len(got) == 2) || second != (i == 1) {
					t.Errorf("HappensTwice(%v) = %v, %v", at, twice, second)
				}
			}
			_, err := booking.Instant(date(t, tt.day), clock(t, tt.clock), z)
			want := map[int]error{0: booking.ErrNoSuchLocalTime, 1: nil, 2: booking.ErrTwiceLocalTime}[len(tt.want)]
			if !errors.Is(err, want) {
				t.Errorf("Instant = %v, want %v", err, want)
			}
		})
	}
}

func TestDayBounds(t *testing.T) {
	for _, tt := range []struct {
		zone, day string
		hours     float64
	}{
		{"Europe/London", "2026-11-24", 24},
		{"Europe/London", "2027-03-28", 23},
		{"Europe/London", "2026-10-25", 25},
		{"America/Sao_Paulo", "2018-11-04", 23},
		{"Australia/Lord_Howe", "2026-10-04", 23.5},
	} {
		from, to := booking.DayBounds(date(t, tt.day), zone(t, tt.zone))
		if got := to.Sub(from).Hours(); got != tt.hours {
			t.Errorf("%s in %s lasts %v hours, want %v", tt.day, tt.zone, got, tt.hours)
		}
	}
}

func TestClockTimesAndDatesAreStrict(t *testing.T) {
	for _, bad := range []string{"", "9:00am", "25:00", "12:60", "٠٩:٠٠", "24:01"} {
		if c, err := booking.ParseClockTime(bad); err == nil {
			t.Errorf("ParseClockTime(%q) = %v", bad, c)
		}
	}
	for _, bad := range []string{"", "2026-02-30", "26-02-01", "2026-11-24T00:00", "<script>"} {
		if d, err := booking.ParseDate(bad); err == nil {
			t.Errorf("ParseDate(%q) = %v", bad, d)
		}
	}
}

package booking_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wardvisit/wardvisit/booking"
)

func TestWhichSeriesThereCanBe(t *testing.T) {
	first := date(t, "2026-11-24")
	for _, tt := range []struct {
		name string
		booking.Recurrence
		want error
	}{
		{"ten Tuesdays", booking.Recurrence{EveryWeeks: 1, Count: 10}, nil},
		{"until Christmas", booking.Recurrence{EveryWeeks: 2, Last: date(t, "2026-12-24")}, nil},
		{"twenty-six", booking.Recurrence{EveryWeeks: 1, Count: 26}, nil},
		{"twenty-seven", booking.Recurrence{EveryWeeks: 1, Count: 27}, booking.ErrSeriesTooLong},
		{"a year of weeks by its end", booking.Recurrence{EveryWeeks: 1, Last: date(t, "2027-11-20")}, booking.ErrSeriesTooLong},
		{"two years, rarely", booking.Recurrence{EveryWeeks: 8, Last: date(t, "2028-11-24")}, booking.ErrSeriesTooLong},
		{"one", booking.Recurrence{EveryWeeks: 1, Count: 1}, booking.ErrBadSeries},
		{"over before the second", booking.Recurrence{EveryWeeks: 2, Last: date(t, "2026-12-01")}, booking.ErrBadSeries},
		{"without an end", booking.Recurrence{EveryWeeks: 1}, booking.ErrBadSeries},
		{"with two ends", booking.Recurrence{EveryWeeks: 1, Count: 3, Last: date(t, "2026-12-24")}, booking.ErrBadSeries},
		{"every no weeks", booking.Recurrence{Count: 3}, booking.ErrBadSeries},
		{"every quarter", booking.Recurrence{EveryWeeks: 13, Count: 3}, booking.ErrBadSeries},
		{"minus three", booking.Recurrence{EveryWeeks: 1, Count: -3}, booking.ErrBadSeries},
	} {
		tt.First, tt.Clock = first, clock(t, "14:00")
		if err := tt.Check(); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestASeriesOverBothClockChanges(t *testing.T) {
	london := zone(t, "Europe/London")
	spring := booking.Recurrence{First: date(t, "2027-03-21"), Clock: clock(t, "01:30"), EveryWeeks: 1, Count: 3}
	got := spring.Occurrences(london)
	if len(got) != 3 || !got[1].At.IsZero() || got[1].Date != date(t, "2027-03-28") {
		t.Errorf("over the skipped hour: %+v", got)
	}
	autumn := booking.Recurrence{First: date(t, "2026-10-18"), Clock: clock(t, "01:30"), EveryWeeks: 1, Count: 3, Skip: []booking.Date{date(t, "2026-11-01")}}
	got = autumn.Occurrences(london)
	if len(got) != 2 || !got[1].Twice || got[0].Twice || got[1].At.Format(time.RFC3339) != "2026-10-25T00:30:00Z" {
		t.Errorf("over the repeated hour: %+v", got)
	}
	if autumn.LastDay() != date(t, "2026-11-01") {
		t.Errorf("ends on %v", autumn.LastDay())
	}
}

// Whatever recurs, in whatever zone: each visit begins when the clock on the wall
// shows the same time, on the same weekday, on a day of its own, in order, so many
// weeks apart, and never on a day that is left out.
func TestASeriesKeepsItsTimeOnTheWall(t *testing.T) {
	zones := []string{"Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia", "Africa/Casablanca"}
	var places []*time.Location
	for _, name := range zones {
		places = append(places, zone(t, name))
	}
	rapid.Check(t, func(t *rapid.T) {
		where := rapid.SampledFrom(places).Draw(t, "zone")
		r := booking.Recurrence{
			First: booking.Date{Year: 2026, Month: 1, Day: 1}.AddDays(rapid.IntRange(0, 1000).Draw(t, "first")),
			Clock: booking.ClockTime(rapid.IntRange(0, 24*60-1).Draw(t, "clock")), EveryWeeks: rapid.IntRange(1, 8).Draw(t, "weeks"),
			Count: rapid.IntRange(2, booking.MostInSeries).Draw(t, "count"),
		}
		if rapid.Bool().Draw(t, "until a day") {
			r.Last, r.Count = r.First.AddDays(rapid.IntRange(7*r.EveryWeeks, 366).Draw(t, "days")), 0
		}
		for range rapid.IntRange(0, 4).Draw(t, "skips") {
			r.Skip = append(r.Skip, r.First.AddDays(7*rapid.IntRange(0, 30).Draw(t, "skip")))
		}
		if err := r.Check(); err != nil {
			if !errors.Is(err, booking.ErrSeriesTooLong) {
				t.Fatalf("%+v: %v", r, err)
			}
			return
		}
		var last time.Time
		seen := map[booking.Date]bool{}
		for _, o := range r.Occurrences(where) {
			if seen[o.Date] || slices.Contains(r.Skip, o.Date) || o.Date.Weekday() != r.First.Weekday() {
				t.Fatalf("%v is there twice, left out or another weekday", o.Date)
			}
			seen[o.Date] = true
			if o.At.IsZero() {
				if len(booking.Instants(o.Date, r.Clock, where)) != 0 {
					t.Fatalf("%v was said not to happen", o.Date)
				}
				continue
			}
			local := o.At.In(where)
			if booking.DateOf(o.At, where) != o.Date || booking.ClockTime(local.Hour()*60+local.Minute()) != r.Clock {
				t.Fatalf("%v is at %v by the clock on the wall", o.Date, local)
			}
			if !o.At.After(last) {
				t.Fatalf("%v is not after %v", o.At, last)
			}
			last = o.At
			if !r.Last.IsZero() && r.Last.Before(o.Date) {
				t.Fatalf("%v is after the last day", o.Date)
			}
		}
		if r.Count > 0 && len(seen) > r.Count {
			t.Fatalf("%d of %d", len(seen), r.Count)
		}
	})
}

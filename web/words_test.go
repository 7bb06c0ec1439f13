package web

import (
	"testing"
	"time"
	_ "time/tzdata" // the test must not depend on the machine's zones
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestMoment(t *testing.T) {
	london, kolkata := zone(t, "Europe/London"), zone(t, "Asia/Kolkata")
	for _, tt := range []struct {
		name string
		at   string // UTC
		zone *time.Location
		want string
	}{
		{"in winter", "2026-11-24T14:00:00Z", london, "Tuesday 24 November 2026, 2:00pm"},
		{"in summer", "2026-07-01T14:00:00Z", london, "Wednesday 1 July 2026, 3:00pm"},
		{"midday in words", "2026-11-24T12:00:00Z", london, "Tuesday 24 November 2026, midday"},
		{"a minute past midday in figures", "2026-11-24T12:01:00Z", london, "Tuesday 24 November 2026, 12:01pm"},
		{"midnight belongs to the day it begins", "2026-11-24T00:00:00Z", london, "Tuesday 24 November 2026, midnight"},
		{"another day elsewhere", "2026-11-24T20:00:00Z", kolkata, "Wednesday 25 November 2026, 1:30am"},
		{"the hour that happens twice, first", "2026-10-25T00:30:00Z", london, "Sunday 25 October 2026, 1:30am, before the clocks go back"},
		{"the hour that happens twice, second", "2026-10-25T01:30:00Z", london, "Sunday 25 October 2026, 1:30am, after the clocks go back"},
		{"just after the clocks went forward", "2027-03-28T01:00:00Z", london, "Sunday 28 March 2027, 2:00am"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, tt.at)
			if err != nil {
				t.Fatal(err)
			}
			if got := moment(at, tt.zone); got != tt.want {
				t.Errorf("moment = %q, want %q", got, tt.want)
			}
		})
	}
	at := time.Date(2026, time.November, 24, 14, 0, 0, 0, time.UTC)
	if got, want := momentIn(at, london, "London"), "Tuesday 24 November 2026, 2:00pm, London time"; got != want {
		t.Errorf("momentIn = %q, want %q", got, want)
	}
	if got, want := shortDay(at, london), "Tue 24 Nov"; got != want {
		t.Errorf("shortDay = %q, want %q", got, want)
	}
	if got, want := iso(at.In(kolkata)), "2026-11-24T14:00:00Z"; got != want {
		t.Errorf("iso = %q, want %q", got, want)
	}
}

func TestMinutes(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                       "0 minutes",
		time.Minute:             "1 minute",
		29*time.Minute + 40*1e9: "30 minutes",
		time.Hour:               "1 hour",
		75 * time.Minute:        "1 hour 15 minutes",
		121 * time.Minute:       "2 hours 1 minute",
	} {
		if got := minutes(d); got != want {
			t.Errorf("minutes(%v) = %q, want %q", d, got, want)
		}
	}
}

package booking

import (
	"fmt"
	"time"
)

// This file is the only place where wall-clock time becomes an instant. Go's
// time.Date turns a local time that does not happen into another one, silently,
// and picks one of two that both happen; here the first is refused and the
// second is said.

// A Date is a day on a wall calendar, with no zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the day on which t falls in zone.
func DateOf(t time.Time, zone *time.Location) Date {
	y, m, d := t.In(zone).Date()
	return Date{y, m, d}
}

// ParseDate reads a Date written as 2006-01-02.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, ErrBadTime
	}
	return DateOf(t, time.UTC), nil
}

// String gives d as 2006-01-02.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// IsZero reports whether d is no day at all.
func (d Date) IsZero() bool { return d == Date{} }

// AddDays returns the day n days after d.
func (d Date) AddDays(n int) Date {
	return DateOf(d.noonUTC().AddDate(0, 0, n), time.UTC)
}

// Before reports whether d comes before e.
func (d Date) Before(e Date) bool { return d.noonUTC().Before(e.noonUTC()) }

// daysSince counts the days from e to d.
func (d Date) daysSince(e Date) int { return int(d.noonUTC().Sub(e.noonUTC()) / (24 * time.Hour)) }

// Weekday returns the day of the week of d.
func (d Date) Weekday() time.Weekday { return d.noonUTC().Weekday() }

func (d Date) noonUTC() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC)
}

// A ClockTime is a wall-clock time of day in minutes after midnight, 0 to 1440
// (the last only as an end).
type ClockTime int

// ParseClockTime reads a ClockTime written as 15:04.
func ParseClockTime(s string) (ClockTime, error) {
	if s == "24:00" {
		return 24 * 60, nil
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, ErrBadTime
	}
	return ClockTime(t.Hour()*60 + t.Minute()), nil
}

// String gives c as 15:04.
func (c ClockTime) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// Instants returns every instant at which the clocks in zone show c on d, in
// order: one on most days, none in the hour that the clocks skip in spring, and
// two in the hour that they repeat in autumn.
func Instants(d Date, c ClockTime, zone *time.Location) []time.Time {
	want := time.Date(d.Year, d.Month, d.Day, 0, int(c), 0, 0, time.UTC)
	var found []time.Time
	// Whatever is in force just before or just after can be what is in force
	// then; no zone has ever moved its clocks twice within a day.
	for _, near := range [...]time.Duration{-24 * time.Hour, 24 * time.Hour} {
		_, offset := want.Add(near).In(zone).Zone()
		t := want.Add(-time.Duration(offset) * time.Second)
		if !sameWall(t.In(zone), want) {
			continue
		}
		if len(found) == 0 || t.After(found[len(found)-1]) {
			found = append(found, t.UTC())
		}
	}
	return found
}

func sameWall(local, want time.Time) bool {
	return local.Year() == want.Year() && local.YearDay() == want.YearDay() &&
		local.Hour() == want.Hour() && local.Minute() == want.Minute()
}

// Instant returns the one instant at which the clocks in zone show c on d. It
// returns ErrNoSuchLocalTime when there is none and ErrTwiceLocalTime when there
// are two.
func Instant(d Date, c ClockTime, zone *time.Location) (time.Time, error) {
	switch at := Instants(d, c, zone); len(at) {
	case 1:
		return at[0], nil
	case 0:
		return time.Time{}, ErrNoSuchLocalTime
	default:
		return time.Time{}, ErrTwiceLocalTime
	}
}

// DayBounds returns the first instant of d in zone and the first of the next
// day. Where midnight itself is skipped, the day begins when the clocks resume.
func DayBounds(d Date, zone *time.Location) (from, to time.Time) {
	return startOfDay(d, zone), startOfDay(d.AddDays(1), zone)
}

func startOfDay(d Date, zone *time.Location) time.Time {
	for c := ClockTime(0); c < 24*60; c += 15 {
		if at := Instants(d, c, zone); len(at) > 0 {
			return at[0]
		}
	}
	return d.noonUTC() // a day that a zone skipped whole; nothing is in it
}

// HappensTwice reports whether the clocks in zone show the same time again
// within a few hours of t, and if so whether t is the second of the two.
func HappensTwice(t time.Time, zone *time.Location) (twice, second bool) {
	local := t.In(zone)
	at := Instants(DateOf(t, zone), ClockTime(local.Hour()*60+local.Minute()), zone)
	if len(at) < 2 {
		return false, false
	}
	return true, !t.Before(at[1])
}

package web

import (
	"strconv"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// moment writes a time of day on its day, as the clock on the ward's wall shows it.
func moment(t time.Time, zone *time.Location) string {
	return day(t, zone) + ", " + clock(t, zone)
}

// momentIn is moment for a reader elsewhere, who must be told whose clock it is.
func momentIn(t time.Time, zone *time.Location, place string) string {
	return moment(t, zone) + ", " + place + " time"
}

// day writes a day in full.
func day(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("Monday 2 January 2006")
}

// shortDay writes a day where there is little room.
func shortDay(t time.Time, zone *time.Location) string { return t.In(zone).Format("Mon 2 Jan") }

// clock writes a time of day. Twelve o'clock is said in words, since nobody is
// sure of 12:00am; and an hour that happens twice says which of the two it is.
func clock(t time.Time, zone *time.Location) string {
	local := t.In(zone)
	text := local.Format("3:04pm")
	switch {
	case local.Minute() == 0 && local.Hour() == 0:
		text = "midnight"
	case local.Minute() == 0 && local.Hour() == 12:
		text = "midday"
	}
	if twice, second := booking.HappensTwice(t, zone); twice {
		if second {
			return text + ", after the clocks go back"
		}
		return text + ", before the clocks go back"
	}
	return text
}

// iso writes an instant for a machine: the datetime attribute of a time element.
func iso(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// minutes writes a length.
func minutes(d time.Duration) string {
	total := int(d.Round(time.Minute) / time.Minute)
	var parts []string
	if hours := total / 60; hours > 0 {
		parts = append(parts, plural(hours, "hour", "hours"))
	}
	if rest := total % 60; rest > 0 || len(parts) == 0 {
		parts = append(parts, plural(rest, "minute", "minutes"))
	}
	return strings.Join(parts, " ")
}

// plural counts things: 1 visit, 2 visits.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

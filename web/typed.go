package web

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/web/form"
	"github.com/wardvisit/wardvisit/web/locale"
)

// How staff type days, times of day and numbers. What is no such thing is a problem
// of its question, and stays on the page as it was typed.

var typedClock = regexp.MustCompile(`^([0-9]{1,2})(?:[:.]?([0-9]{2}))?\s*([ap])?\.?(?:m\.?)?$`)

// parseClock reads a time of day as people write it: 14:00, 14.00, 1400, 2pm,
// 2:30 pm, midday, midnight. A day ends at 24:00.
func parseClock(typed string) (booking.ClockTime, error) {
	text := strings.ToLower(strings.TrimSpace(typed))
	switch text {
	case "midday", "noon":
		return 12 * 60, nil
	case "midnight":
		return 0, nil
	case "24:00", "24.00", "2400":
		return 24 * 60, nil
	}
	parts := typedClock.FindStringSubmatch(text)
	if parts == nil || parts[3] == "" && strings.HasSuffix(text, "m") {
		return 0, booking.ErrBadTime
	}
	hour, _ := strconv.Atoi(parts[1]) // digits, as is the next
	minute, _ := strconv.Atoi(parts[2])
	switch {
	case minute > 59, parts[3] == "" && (hour > 23 || parts[2] == ""), parts[3] != "" && (hour < 1 || hour > 12):
		return 0, booking.ErrBadTime
	case parts[3] == "a" && hour == 12:
		hour = 0
	case parts[3] == "p" && hour != 12:
		hour += 12
	}
	return booking.ClockTime(hour*60 + minute), nil
}

// readClock reads the time of day in a box. last says that midnight is the end of
// the day there, and not its beginning.
func readClock(f *form.Form, name string, last bool) booking.ClockTime {
	typed := f.Value(name)
	if strings.TrimSpace(typed) == "" {
		refuse(f, name, booking.ErrMissing)
		return 0
	}
	c, err := parseClock(typed)
	if err != nil {
		refuse(f, name, err)
	}
	if last && c == 0 {
		c = 24 * 60
	}
	return c
}

// refuse notes what is wrong with an answer, which is never a fault.
func refuse(f *form.Form, name string, err error) { _ = f.Fail(name, err) }

// readDate reads a day in three boxes; the zero Date when they are empty.
func readDate(f *form.Form, name string) booking.Date {
	parts := [3]int{}
	given := ""
	for i, part := range []string{"year", "month", "day"} {
		text := strings.TrimSpace(f.Value(name + "-" + part))
		given += text
		parts[i], _ = strconv.Atoi(text) // what is no number is no day either
	}
	if given == "" {
		return booking.Date{}
	}
	date := booking.Date{Year: parts[0], Month: time.Month(parts[1]), Day: parts[2]}
	read, err := booking.ParseDate(date.String())
	if err != nil || read != date || date.Year < firstYear || date.Year > lastYear {
		refuse(f, name, booking.ErrBadTime)
		return booking.Date{}
	}
	return date
}

// mustDate is readDate for a day that must be there.
func mustDate(f *form.Form, name string) booking.Date {
	d := readDate(f, name)
	if d.IsZero() && f.Error(name) == "" {
		refuse(f, name, booking.ErrMissing)
	}
	return d
}

// datePairs are the boxes of a day, filled in.
func datePairs(name string, d booking.Date) []string {
	if d.IsZero() {
		return nil
	}
	return []string{name + "-day", strconv.Itoa(d.Day), name + "-month", strconv.Itoa(int(d.Month)), name + "-year", strconv.Itoa(d.Year)}
}

// errBadNumber is what is wrong with a number that is none, or too small or large.
var errBadNumber = &booking.Refusal{Kind: booking.Invalid, Code: "bad_number"}

// readNumber reads a whole number in a box, within bounds.
func readNumber(f *form.Form, name string, least, most int) int {
	text := strings.TrimSpace(f.Value(name))
	if text == "" {
		refuse(f, name, booking.ErrMissing)
		return least
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		refuseNumber(f, name, least, most)
		return least
	}
	return n
}

// refuseNumber says between which bounds a number must be, unless the question has a
// sentence of its own.
func refuseNumber(f *form.Form, name string, least, most int) {
	if locale.English.Has(errBadNumber.Code + "/" + name) {
		refuse(f, name, errBadNumber)
		return
	}
	bounds := strings.NewReplacer("LEAST", strconv.Itoa(least), "MOST", strconv.Itoa(most))
	f.FailAs(name, errBadNumber, bounds.Replace(locale.English.Say("bad_number_between")))
}

// numberOr is readNumber for a box that may be empty.
func numberOr(f *form.Form, name string, otherwise, least, most int) int {
	if strings.TrimSpace(f.Value(name)) == "" {
		return otherwise
	}
	return readNumber(f, name, least, most)
}

// readMinutes reads a length in minutes.
func readMinutes(f *form.Form, name string, least, most int) time.Duration {
	return time.Duration(readNumber(f, name, least, most)) * time.Minute
}

// A carried answer is one that a page takes along for the next.
type carried struct{ Name, Value string }

// carry takes along the answers to some questions. A name that ends in - is a day
// in its three boxes.
func carry(f *form.Form, names ...string) []carried {
	var all []carried
	for _, name := range names {
		boxes := []string{name}
		if date, ok := strings.CutSuffix(name, "-"); ok {
			boxes = []string{date + "-day", date + "-month", date + "-year"}
		}
		for _, box := range boxes {
			for _, value := range f.Values(box) {
				all = append(all, carried{box, value})
			}
		}
	}
	return all
}

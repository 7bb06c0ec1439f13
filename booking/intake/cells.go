package intake

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/wardvisit/wardvisit/booking"
)

// A row is one record while it is read. Each of its methods reads a cell, or
// lists what is wrong with it and returns nothing.
type row struct {
	file   *File
	places []int // of the kind's columns in the record
	record []string
	line   int
	bad    bool
}

func (r *row) problem(column, format string, args ...any) {
	r.bad = true
	r.file.Add(Problem{Line: r.line, Column: column, Text: fmt.Sprintf(format, args...)})
}

// whole refuses a record with more or fewer cells than its header has, unless
// what is too much is empty, and reports whether its cells can be told apart.
func (r *row) whole() bool {
	last := -1
	for i, cell := range r.record {
		if strings.TrimSpace(cell) != "" {
			last = i
		}
	}
	used := map[int]bool{}
	most := -1
	for _, p := range r.places {
		used[p] = true
		most = max(most, p)
	}
	switch {
	case last > most:
		r.problem("", "This line has more cells than the header has columns. Put \" around a cell that holds the separator, or take the extra cells out.")
	case len(r.record) <= most:
		r.problem("", "This line has %d cells and the header has %d columns. Fill in the line, with an empty cell for what is not known.", len(r.record), most+1)
	}
	for i := range min(last+1, most) {
		if !used[i] && strings.TrimSpace(r.record[i]) != "" {
			r.problem("", "Cell %d of this line stands under no name. Name the column, or take the cell out.", i+1)
		}
	}
	return !r.bad
}

// raw is a cell as it stands; empty when the file does not have the column.
func (r *row) raw(column string) string {
	p := place(r.file.Kind, column)
	if p < 0 {
		panic("intake: " + string(r.file.Kind) + " have no column " + column) // a slip in this package
	}
	if i := r.places[p]; i >= 0 && i < len(r.record) {
		return r.record[i]
	}
	return ""
}

func (r *row) empty(column string) bool { return strings.TrimSpace(r.raw(column)) == "" }

// text reads a cell that may be empty.
func (r *row) text(column string, longest int) string {
	s, why := clean(r.raw(column), longest)
	if why == "" && strings.ContainsAny(first(s), "=+-@") {
		why = "This begins with " + first(s) + ", which a spreadsheet takes for a formula. Write it without."
	}
	if why != "" {
		r.problem(column, "%s", why)
		return ""
	}
	return s
}

// needed reads a cell that may not be empty.
func (r *row) needed(column string, longest int) string {
	if r.empty(column) {
		r.missing(column)
		return ""
	}
	return r.text(column, longest)
}

func (r *row) missing(column string) {
	r.problem(column, "This cell is empty. Every row needs it: %s", says(r.file.Kind, column))
}

func says(k Kind, column string) string {
	c := columns[k][place(k, column)]
	return c.Says + " For example: " + strings.TrimSuffix(c.Example, ".") + "."
}

func first(s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return s[:size]
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// clean makes one line of a cell, or says why it is no text that people write.
func clean(s string, longest int) (text, why string) {
	if strings.ContainsRune(s, utf8.RuneError) {
		return "", "A letter was lost when this file was saved. Save it as CSV UTF-8, and look at this cell again."
	}
	s = squeeze(s)
	if !printable(s) {
		return "", "This has characters that cannot be seen or that turn the writing round. Type the cell again."
	}
	if n := utf8.RuneCountInString(s); n > longest {
		return "", fmt.Sprintf("This is %d characters long, and at most %d fit. Shorten it.", n, longest)
	}
	return s, ""
}

// printable reports whether a text has nothing in it that cannot be seen or that
// makes it read as another. Joiners and the marks that Arabic and Hebrew need
// stay.
func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		switch r {
		case '\u200c', '\u200d', '\u200e', '\u200f', '\u061c':
			return false
		}
		return unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
	})
}

var count = regexp.MustCompile(`^([0-9]{1,6})(\.0+)? ?(minutes|minute|mins|min|days|day)?$`)

// number reads a whole number, with its unit or without.
func (r *row) number(column string, least, most int) (n int, ok bool) {
	if r.empty(column) {
		r.missing(column)
		return 0, false
	}
	found := count.FindStringSubmatch(strings.ToLower(squeeze(r.raw(column))))
	if found == nil {
		r.problem(column, "This is not a whole number. Write one from %d to %d.", least, most)
		return 0, false
	}
	if n, _ = strconv.Atoi(found[1]); n < least || n > most { // six digits are a number
		r.problem(column, "This is not between %d and %d. Write a number that is.", least, most)
		return 0, false
	}
	return n, true
}

// yesNo reads a yes or a no; nil for an empty cell.
func (r *row) yesNo(column string) *bool {
	var yes bool
	switch strings.ToLower(squeeze(r.raw(column))) {
	case "":
		return nil
	case "yes", "y", "true", "1":
		yes = true
	case "no", "n", "false", "0":
	default:
		r.problem(column, "Write yes or no.")
		return nil
	}
	return &yes
}

// choice reads one of several words. An empty cell is the first.
func (r *row) choice(column string, words ...string) string {
	said := strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(squeeze(r.raw(column))))
	if said == "" {
		return words[0]
	}
	var plain []string
	for _, w := range words {
		if w == said {
			return w
		}
		if w != "" {
			plain = append(plain, strings.ReplaceAll(w, "_", " "))
		}
	}
	r.problem(column, "Write one of: %s.", strings.Join(plain, ", "))
	return ""
}

var scientific = regexp.MustCompile(`^[0-9]+[.,]?[0-9]*[eE]\+?[0-9]+$`)

// phone reads a telephone number as people write it.
func (r *row) phone(column string, needed bool) string {
	if needed && r.empty(column) {
		r.missing(column)
		return ""
	}
	s, why := clean(r.raw(column), longestNumber)
	if why == "" {
		why = wrongPhone(s)
	}
	if why != "" {
		r.problem(column, "%s", why)
		return ""
	}
	return s
}

// wrongPhone says why something cannot be a telephone number anywhere. Whether
// it is one here, the desk knows.
func wrongPhone(s string) string {
	switch {
	case scientific.MatchString(s):
		return "The spreadsheet has rounded this number. Make the column text, and type the number again."
	case strings.ContainsFunc(s, func(r rune) bool { return !strings.ContainsRune("0123456789+()-. ", r) }),
		strings.LastIndex(s, "+") > 0, len(digits(s)) < 3:
		return "This is not a telephone number. Write it like 07700 900 982 or +44 7700 900 982."
	}
	return ""
}

// digits are what is left of a number when its spaces are.
func digits(phone string) string {
	return strings.Map(func(r rune) rune {
		if r == '+' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, phone)
}

// mostPhones is more than any ward lets come.
const mostPhones = 20

// phones reads the numbers of several people.
func (r *row) phones(column string) []string {
	if r.empty(column) {
		r.missing(column)
		return nil
	}
	s, why := clean(strings.ReplaceAll(r.raw(column), "\n", "/"), longestPhones)
	if why != "" {
		r.problem(column, "%s", why)
		return nil
	}
	var all []string
	there := map[string]bool{}
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune("/;|,", r) }) {
		part = strings.TrimSpace(part)
		if part == "" || there[digits(part)] {
			continue
		}
		if why := wrongPhone(part); why != "" {
			r.problem(column, "%s Put / between the numbers of several people.", why)
			return nil
		}
		there[digits(part)] = true
		all = append(all, part)
	}
	if len(all) == 0 || len(all) > mostPhones {
		r.problem(column, "Write between 1 and %d telephone numbers, with / between them.", mostPhones)
		return nil
	}
	return all
}

// date reads a day of the calendar.
func (r *row) date(column string, needed bool) booking.Date {
	s := squeeze(r.raw(column))
	if s == "" {
		if needed {
			r.missing(column)
		}
		return booking.Date{}
	}
	d, ok := parseDate(s)
	if !ok {
		r.problem(column, "This is not a day. Write it like 2026-11-24, or 24/11/2026 with the day first.")
	}
	return d
}

func parseDate(s string) (booking.Date, bool) {
	for _, layout := range []string{time.DateOnly, "2/1/2006", "2.1.2006", "2 January 2006", "2 Jan 2006"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 2000 && t.Year() < 2200 {
			return booking.DateOf(t, time.UTC), true
		}
	}
	return booking.Date{}, false
}

// Which says which of two instants is meant where the clocks show a time twice:
// First, Second, or the zone's own letters such as BST; empty when the file does
// not say.
type Which string

// The words for the two.
const (
	First  Which = "first"
	Second Which = "second"
)

var clockTime = regexp.MustCompile(`^([0-9]{1,2})(?:[:.]([0-9]{2}))?(?::00)? ?(am|pm)?(?: (first|second|[a-z]{3,5}))?$`)

// clock reads a time of day.
func (r *row) clock(column string) (booking.ClockTime, Which) {
	if r.empty(column) {
		r.missing(column)
		return 0, ""
	}
	c, which, ok := parseClock(strings.ToLower(squeeze(r.raw(column))))
	if !ok {
		r.problem(column, "This is not a time of day. Write it like 14:00 or 2pm.")
	}
	return c, which
}

func parseClock(s string) (booking.ClockTime, Which, bool) {
	found := clockTime.FindStringSubmatch(s)
	if found == nil || found[2] == "" && found[3] == "" { // 14 might be anything
		return 0, "", false
	}
	hour, _ := strconv.Atoi(found[1]) // two digits are a number, and so below
	minute, _ := strconv.Atoi(found[2])
	switch {
	case found[3] != "" && (hour < 1 || hour > 12), hour > 23, minute > 59:
		return 0, "", false
	case found[3] == "am" && hour == 12:
		hour = 0
	case found[3] == "pm" && hour < 12:
		hour += 12
	}
	which := Which(found[4])
	if which != First && which != Second {
		which = Which(strings.ToUpper(found[4]))
	}
	return booking.ClockTime(hour*60 + minute), which, true
}

// once refuses what an earlier line has said already.
func (r *row) once(column, what string, key ...string) {
	if r.bad {
		return
	}
	k := strings.ToLower(strings.Join(key, "\x00"))
	if line, ok := r.file.seen[k]; ok {
		r.problem(column, "%s is in line %d already. Leave one of the two out.", what, line)
		return
	}
	r.file.seen[k] = r.line
}

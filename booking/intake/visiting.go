package intake

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// What a visiting time is unless it says otherwise.
const usualLength = 30 * time.Minute

// mostSessions is how many visiting times one ward may have: ten on every day.
const mostSessions = 70

// visiting reads a ward's weekly visiting times:
//
//	Mon-Fri 14:00-16:00 length 30 step 15; Sat,Sun 10:00-12:00 for staff
//
// with ; between one and the next. After the days and the times come pairs of a
// word and a value, in any order: length and step in minutes, for (relatives,
// staff or end-of-life), people, every (so many weeks), from and until (a day
// each).
func (r *row) visiting() []booking.Session {
	s, why := clean(strings.ReplaceAll(r.raw("visiting"), "\n", ";"), longestVisiting)
	if why != "" {
		r.problem("visiting", "%s", why)
		return nil
	}
	sessions, err := ParseVisiting(s)
	if err != nil {
		r.problem("visiting", "%s", err)
		return nil
	}
	return sessions
}

// ParseVisiting reads weekly visiting times as people write them in a cell. Its
// error is a sentence for them.
func ParseVisiting(s string) ([]booking.Session, error) {
	var all []booking.Session
	for part := range strings.SplitSeq(s, ";") {
		words := strings.Fields(strings.ToLower(part))
		if len(words) == 0 {
			continue
		}
		some, err := parseSessions(words)
		if err != nil {
			return nil, sentence("%w In %q.", err, short(strings.TrimSpace(part)))
		}
		if all = append(all, some...); len(all) > mostSessions {
			return nil, sentence("These are more than %d visiting times a week. Join some of them.", mostSessions)
		}
	}
	return all, nil
}

func parseSessions(words []string) ([]booking.Session, error) {
	days, err := parseDays(words[0])
	if err != nil {
		return nil, err
	}
	if len(words) < 2 {
		return nil, sentence("After the days come the times, such as 14:00-16:00.")
	}
	like := booking.Session{Length: usualLength, Audience: booking.ForRelatives}
	if like.Start, like.End, err = parseSpan(words[1]); err != nil {
		return nil, err
	}
	if err := parseTerms(&like, words[2:]); err != nil {
		return nil, err
	}
	if like.Step == 0 {
		like.Step = like.Length
	}
	switch {
	case time.Duration(like.End-like.Start)*time.Minute < like.Length:
		return nil, sentence("A visit of %d minutes does not fit between %s and %s.", like.Length/time.Minute, like.Start, like.End)
	case like.EveryWeeks > 1 && like.ValidFrom.IsZero():
		return nil, sentence("Times that are not in every week need a day to count from, such as from 2026-11-23.")
	case !like.ValidFrom.IsZero() && !like.ValidTo.IsZero() && like.ValidTo.Before(like.ValidFrom):
		return nil, sentence("These times end before they begin: until comes after from.")
	}
	var all []booking.Session
	for _, day := range days {
		s := like
		s.Weekday = day
		all = append(all, s)
	}
	return all, nil
}

// parseSpan reads "14:00-16:00".
func parseSpan(word string) (from, to booking.ClockTime, err error) {
	a, b, ok := strings.Cut(word, "-")
	from, _, okFrom := parseClock(a)
	to, _, okTo := parseClock(b)
	if b == "24:00" {
		to, okTo = 24*60, true
	}
	switch {
	case !ok || !okFrom || !okTo:
		return 0, 0, sentence("The times of day are not clear. Write them like 14:00-16:00, without spaces.")
	case to <= from:
		return 0, 0, sentence("These times end before they begin. For a time past midnight write two: one until 24:00, and one from 00:00 on the next day.")
	}
	return from, to, nil
}

// parseTerms reads the pairs of a word and a value.
func parseTerms(s *booking.Session, words []string) error {
	said := map[string]bool{}
	for i := 0; i < len(words); i += 2 {
		term := words[i]
		switch {
		case terms[term] == nil:
			return sentence("We do not know the word %q. After the times may come length, step, for, people, every, from and until.", short(term))
		case said[term]:
			return sentence("The word %s is there twice.", term)
		case i+1 == len(words):
			return sentence("After %s comes a value.", term)
		}
		said[term] = true
		if err := terms[term](s, words[i+1]); err != nil {
			return err
		}
	}
	return nil
}

var terms = map[string]func(s *booking.Session, value string) error{
	"length": func(s *booking.Session, v string) error {
		return minutesIn(&s.Length, "length", v, shortestVisit, longestVisit)
	},
	"step": func(s *booking.Session, v string) error {
		return minutesIn(&s.Step, "step", v, shortestVisit, longestVisit)
	},
	"people": func(s *booking.Session, v string) (err error) {
		s.People, err = numberIn("people", v, 1, 20)
		return err
	},
	"every": func(s *booking.Session, v string) (err error) {
		s.EveryWeeks, err = numberIn("every", v, 1, 52)
		return err
	},
	"for": func(s *booking.Session, v string) error {
		a, ok := audiences[v]
		if !ok {
			return sentence("After for comes relatives, staff or end-of-life.")
		}
		s.Audience = a
		return nil
	},
	"from":  func(s *booking.Session, v string) error { return dayIn(&s.ValidFrom, "from", v) },
	"until": func(s *booking.Session, v string) error { return dayIn(&s.ValidTo, "until", v) },
}

var audiences = map[string]booking.Audience{
	"relatives": booking.ForRelatives, "families": booking.ForRelatives, "staff": booking.ForStaff,
	"end-of-life": booking.ForEndOfLife, "goodbyes": booking.ForEndOfLife,
}

func numberIn(term, value string, least, most int) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		return 0, sentence("After %s comes a number from %d to %d.", term, least, most)
	}
	return n, nil
}

func minutesIn(to *time.Duration, term, value string, least, most int) error {
	n, err := numberIn(term, value, least, most)
	*to = inMinutes(n)
	return err
}

func dayIn(to *booking.Date, term, value string) error {
	d, ok := parseDate(value)
	if !ok {
		return sentence("After %s comes a day, like 2026-11-24.", term)
	}
	*to = d
	return nil
}

// parseDays reads "mon", "mon-fri", "sat,sun", "daily", "weekdays" or
// "weekends".
func parseDays(word string) ([]time.Weekday, error) {
	switch word {
	case "daily":
		word = "mon-sun"
	case "weekdays":
		word = "mon-fri"
	case "weekends":
		word = "sat-sun"
	}
	var days []time.Weekday
	for part := range strings.SplitSeq(word, ",") {
		a, b, ranged := strings.Cut(part, "-")
		from, ok := weekday(a)
		to := from
		if ranged && ok {
			to, ok = weekday(b)
		}
		if !ok {
			return nil, sentence("The days are not clear. Write them like Mon, Mon-Fri, Sat,Sun or daily, without spaces.")
		}
		for day := from; ; day = (day + 1) % 7 {
			if slices.Contains(days, day) {
				return nil, sentence("The same day is there twice.")
			}
			days = append(days, day)
			if day == to {
				break
			}
		}
	}
	return days, nil
}

// weekday reads a day by its first three letters or more.
func weekday(word string) (time.Weekday, bool) {
	for day := time.Sunday; len(word) >= 3 && day <= time.Saturday; day++ {
		if strings.HasPrefix(strings.ToLower(day.String()), word) {
			return day, true
		}
	}
	return 0, false
}

func sentence(format string, args ...any) error { return fmt.Errorf(format, args...) }

// short keeps a problem readable whatever was in the cell.
func short(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

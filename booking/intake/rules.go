package intake

import (
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// A rule is one thing that a ward decides for itself, as a column of a file of
// wards. Its bounds are wider than any ward needs and keep out a slip of the
// hand.
type rule struct {
	column, says, example string
	least, most           int
	set                   func(p *booking.Policy, n int)
}

var rules = []rule{
	{"prepare_minutes", "Minutes that the iPad is kept free before a visit.", "10", 0, 240,
		func(p *booking.Policy, n int) { p.Prepare = inMinutes(n) }},
	{"clean_minutes", "Minutes that it is kept free for cleaning after one.", "10", 0, 240,
		func(p *booking.Policy, n int) { p.Clean = inMinutes(n) }},
	{"earliest_days", "Days ahead that relatives may book.", "14", 1, 366,
		func(p *booking.Policy, n int) { p.Earliest = time.Duration(n) * 24 * time.Hour }},
	{"notice_minutes", "Minutes before the start until which relatives may book.", "30", 0, 20160,
		func(p *booking.Policy, n int) { p.Notice = inMinutes(n) }},
	{"change_minutes", "Minutes before the start until which they may change or cancel.", "60", 0, 20160,
		func(p *booking.Policy, n int) { p.ChangeCutoff = inMinutes(n) }},
	{"hold_minutes", "Minutes that a time is kept while somebody fills in a form.", "10", 1, 60,
		func(p *booking.Policy, n int) { p.HoldFor = inMinutes(n) }},
	{"opens_minutes", "Minutes before the start that the waiting room opens.", "15", 0, 240,
		func(p *booking.Policy, n int) { p.OpensBefore = inMinutes(n) }},
	{"grace_minutes", "Minutes after the end that a visit which has not begun is kept.", "10", 0, 240,
		func(p *booking.Policy, n int) { p.Grace = inMinutes(n) }},
	{"people", "How many relatives may come to one visit.", "3", 1, 20,
		func(p *booking.Policy, n int) { p.People = n }},
	{"staff_earliest_days", "Days ahead that staff may book.", "366", 1, 732,
		func(p *booking.Policy, n int) { p.StaffEarliest = time.Duration(n) * 24 * time.Hour }},
	{"staff_notice_minutes", "Minutes before the start until which staff may book.", "0", 0, 20160,
		func(p *booking.Policy, n int) { p.StaffNotice = inMinutes(n) }},
	{"weekly_min", "Visits a week that the ward would like each patient to have; 0 for no aim.", "1", 0, 100,
		func(p *booking.Policy, n int) { p.WeeklyMin = n }},
	{"weekly_max", "Visits a week that relatives may book for one patient; 0 for no limit.", "7", 0, 100,
		func(p *booking.Policy, n int) { p.WeeklyMax = n }},
	{"offer_minutes", "Minutes that a freed time is kept for whoever is next on the waiting list.", "120", 1, 2880,
		func(p *booking.Policy, n int) { p.OfferFor = inMinutes(n) }},
}

// weekStarts is the one rule that is a word.
const weekStarts = "week_starts"

func inMinutes(n int) time.Duration { return time.Duration(n) * time.Minute }

// given are the rules that a row fills in, by their column.
type given map[string]int

// Apply returns p with the rules that the row fills in.
func (w Ward) Apply(p booking.Policy) booking.Policy {
	for _, r := range rules {
		if n, ok := w.rules[r.column]; ok {
			r.set(&p, n)
		}
	}
	if n, ok := w.rules[weekStarts]; ok {
		p.WeekStarts = time.Weekday(n)
	}
	return p
}

// rules reads the cells of a ward's rules.
func (r *row) rules() given {
	g := given{}
	for _, rule := range rules {
		if r.empty(rule.column) {
			continue
		}
		if n, ok := r.number(rule.column, rule.least, rule.most); ok {
			g[rule.column] = n
		}
	}
	if s := strings.ToLower(squeeze(r.raw(weekStarts))); s != "" {
		day, ok := weekday(s)
		if !ok {
			r.problem(weekStarts, "This is not a day of the week. Write one, such as Monday.")
		}
		g[weekStarts] = int(day)
	}
	return g
}

package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// infectionWords name the classes of infection.
var infectionWords = map[booking.Infection]string{
	booking.Contact: "spreads by contact", booking.Droplet: "spreads by droplets", booking.Airborne: "spreads through the air",
}

// policyFacts are what a policy says, line by line, in the order of its form.
func policyFacts(p booking.Policy) []fact {
	none := func(d time.Duration, otherwise string) string {
		if d == 0 {
			return otherwise
		}
		return minutes(d)
	}
	number := func(n int, otherwise string) string {
		if n == 0 {
			return otherwise
		}
		return plural(n, "visit", "visits")
	}
	facts := []fact{
		{"Relatives can book until", none(p.Notice, "the visit begins") + before(p.Notice)},
		{"Relatives can book ahead", daysAhead(p.Earliest)},
		{"The ward can book until", none(p.StaffNotice, "the visit begins") + before(p.StaffNotice)},
		{"The ward can book ahead", daysAhead(p.StaffEarliest)},
		{"Relatives can change or cancel until", none(p.ChangeCutoff, "the visit begins") + before(p.ChangeCutoff)},
		{"Visits a week for each patient, at least", number(p.WeeklyMin, "no aim")},
		{"Visits a week for each patient, at most", number(p.WeeklyMax, "no limit")},
		{"The week begins on", p.WeekStarts.String()},
		{"People at a visit, at most", plural(p.People, "person", "people")},
		{"To prepare the iPad", none(p.Prepare, "no time")},
		{"To clean the iPad", none(p.Clean, "no time")},
	}
	for _, i := range booking.Infections {
		said := "as always"
		if b, own := p.Infected[i]; own {
			said = none(b.Prepare, "no time") + " to prepare, " + none(b.Clean, "no time") + " to clean"
		}
		facts = append(facts, fact{"If an infection " + infectionWords[i], said})
	}
	return append(facts,
		fact{"A chosen time is kept for", minutes(p.HoldFor)},
		fact{"A time offered from the waiting list is kept for", minutes(p.OfferFor)},
		fact{"The waiting room opens", none(p.OpensBefore, "when the visit begins") + before(p.OpensBefore)},
		fact{"A visit that has not started is kept open after its end for", none(p.Grace, "no time")},
	)
}

func before(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return " before"
}

const dayLong = 24 * time.Hour

func daysAhead(d time.Duration) string {
	if d%dayLong != 0 {
		return minutes(d)
	}
	return plural(int(d/dayLong), "day", "days")
}

// A policyPage is what a ward decides beside its times.
type policyPage struct {
	rulesPage
	Facts []fact
	Made  string // when and by whom
}

// wardPolicy handles GET /ward/rules/policy.
func (s *Server) wardPolicy(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.rulesOf(r, by)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/rules-policy", policyPage{p, policyFacts(p.Rules.Ward.Policy), madeWords(p.Rules.Ward.Policy, p.Zone())})
}

func madeWords(p booking.Policy, zone *time.Location) string {
	if p.MadeAt.IsZero() {
		return "when the ward was set up"
	}
	words := moment(p.MadeAt, zone)
	if p.MadeBy != "" {
		words += ", by " + p.MadeBy
	}
	return words
}

// A historyPage is how the rules came to be what they are.
type historyPage struct {
	rulesPage
	Versions []versionRow
}

// A versionRow is one version of a policy with what it changed.
type versionRow struct {
	Number  int
	Made    string
	Changes []changeRow
	First   bool
}

// A changeRow is a line of a policy before and after.
type changeRow struct{ Key, Was, Is string }

// wardPolicyHistory handles GET /ward/rules/policy/history.
func (s *Server) wardPolicyHistory(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.rulesOf(r, by)
	if err != nil {
		return err
	}
	versions, err := s.desk.Policies(r.Context(), by, p.Rules.Ward.ID)
	if err != nil {
		return err
	}
	page := historyPage{rulesPage: p}
	for i, v := range versions {
		row := versionRow{Number: v.Version, Made: madeWords(v, p.Zone()), First: i == len(versions)-1}
		if !row.First {
			row.Changes = policyChanges(versions[i+1], v)
		}
		page.Versions = append(page.Versions, row)
	}
	return s.render(w, r, http.StatusOK, "ward/rules-policy-history", page)
}

// policyChanges are the lines in which two policies differ.
func policyChanges(was, is booking.Policy) []changeRow {
	var changes []changeRow
	old := policyFacts(was)
	for i, f := range policyFacts(is) {
		if old[i].Value != f.Value {
			changes = append(changes, changeRow{f.Key, old[i].Value, f.Value})
		}
	}
	return changes
}

// A policyForm asks what a ward decides.
type policyForm struct {
	rulesPage
	Weekdays   []choice
	Infections []infectionAsk
}

// Version is the one that the answers are to follow.
func (p policyForm) Version() int { return p.Rules.Ward.Policy.Version }

// An infectionAsk is the pair of questions about one class of infection.
type infectionAsk struct{ Prepare, Clean, Words string }

// policyAsked are the questions of the form.
var policyAsked = func() []string {
	names := []string{"notice", "earliest", "staff-notice", "staff-earliest", "cutoff", "weekly-min", "weekly-max", "week-starts", "people", "prepare", "clean"}
	for _, i := range booking.Infections {
		names = append(names, string(i)+"-prepare", string(i)+"-clean")
	}
	return append(names, "hold", "offer", "opens", "grace", "version")
}()

// wardChangePolicy handles GET /ward/rules/policy/change.
func (s *Server) wardChangePolicy(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.deciding(r, by)
	if err != nil {
		return err
	}
	p.Form = policyAnswers(p.Rules.Ward.Policy)
	return s.askPolicy(w, r, http.StatusOK, p)
}

// policyAnswers fills in the form with a policy.
func policyAnswers(p booking.Policy) *form.Form {
	inDays := func(d time.Duration) string { return strconv.Itoa(int((d + dayLong - 1) / dayLong)) }
	pairs := []string{
		"notice", inMinutes(p.Notice), "earliest", inDays(p.Earliest), "staff-notice", inMinutes(p.StaffNotice), "staff-earliest", inDays(p.StaffEarliest),
		"cutoff", inMinutes(p.ChangeCutoff), "week-starts", strconv.Itoa(int(p.WeekStarts)), "people", strconv.Itoa(p.People),
		"prepare", inMinutes(p.Prepare), "clean", inMinutes(p.Clean), "hold", inMinutes(p.HoldFor), "offer", inMinutes(p.OfferFor),
		"opens", inMinutes(p.OpensBefore), "grace", inMinutes(p.Grace), "version", strconv.Itoa(p.Version),
	}
	if p.WeeklyMin > 0 {
		pairs = append(pairs, "weekly-min", strconv.Itoa(p.WeeklyMin))
	}
	if p.WeeklyMax > 0 {
		pairs = append(pairs, "weekly-max", strconv.Itoa(p.WeeklyMax))
	}
	for _, i := range booking.Infections {
		if b, own := p.Infected[i]; own {
			pairs = append(pairs, string(i)+"-prepare", inMinutes(b.Prepare), string(i)+"-clean", inMinutes(b.Clean))
		}
	}
	return form.Blank(pairs...)
}

// The most minutes and days that the form takes; the rules of a policy say more.
const mostMinutes, mostDaysAhead, mostBuffer = 7 * 24 * 60, 730, 240

// readPolicy reads the form.
func readPolicy(f *form.Form) booking.Policy {
	p := booking.Policy{
		Notice: readMinutes(f, "notice", 0, mostMinutes), Earliest: time.Duration(readNumber(f, "earliest", 0, mostDaysAhead)) * dayLong,
		StaffNotice: readMinutes(f, "staff-notice", 0, mostMinutes), StaffEarliest: time.Duration(readNumber(f, "staff-earliest", 0, mostDaysAhead)) * dayLong,
		ChangeCutoff: readMinutes(f, "cutoff", 0, mostMinutes),
		WeeklyMin:    numberOr(f, "weekly-min", 0, 0, 50), WeeklyMax: numberOr(f, "weekly-max", 0, 0, 50),
	}
	starts, _ := strconv.Atoi(f.Choice("week-starts", "0", "1", "2", "3", "4", "5", "6")) // one of those
	p.WeekStarts, p.People = time.Weekday(starts), readNumber(f, "people", 0, 20)
	p.Prepare, p.Clean = readMinutes(f, "prepare", 0, mostBuffer), readMinutes(f, "clean", 0, mostBuffer)
	for _, i := range booking.Infections {
		prepare, clean := string(i)+"-prepare", string(i)+"-clean"
		if f.Value(prepare) == "" && f.Value(clean) == "" {
			continue
		}
		if p.Infected == nil {
			p.Infected = map[booking.Infection]booking.Buffers{}
		}
		p.Infected[i] = booking.Buffers{Prepare: readMinutes(f, prepare, 0, mostBuffer), Clean: readMinutes(f, clean, 0, mostBuffer)}
	}
	p.HoldFor, p.OfferFor = readMinutes(f, "hold", 1, 60), readMinutes(f, "offer", 1, 48*60)
	p.OpensBefore, p.Grace = readMinutes(f, "opens", 0, 240), readMinutes(f, "grace", 0, 240)
	return p
}

func (s *Server) askPolicy(w http.ResponseWriter, r *http.Request, status int, p rulesPage) error {
	page := policyForm{rulesPage: p}
	for _, d := range weekFromMonday {
		value := strconv.Itoa(int(d))
		page.Weekdays = append(page.Weekdays, choice{value, d.String(), p.Form.Value("week-starts") == value})
	}
	for _, i := range booking.Infections {
		page.Infections = append(page.Infections, infectionAsk{string(i) + "-prepare", string(i) + "-clean", "If an infection " + infectionWords[i]})
	}
	return s.render(w, r, status, "ward/rules-policy-change", page)
}

// A policyCheck shows what a new policy changes, before it is in force.
type policyCheck struct {
	checkedPage
	Changes []changeRow
}

// Booked is how many visits keep the rules they were booked under.
func (p policyCheck) Booked() int { return p.Effect.Kept }

// WeekOf writes the first day of a week.
func (p policyCheck) WeekOf(f desk.FullWeek) string { return bareDate(f.From) }

// savePolicy handles POST /ward/rules/policy/change.
func (s *Server) savePolicy(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.deciding(r, by)
	if err != nil {
		return err
	}
	if p.Form, err = form.Read(r); err != nil {
		return err
	}
	f, ward := p.Form, p.Rules.Ward
	next := readPolicy(f)
	version, _ := strconv.Atoi(f.Value("version")) // what is no number is no version
	if f.Value("again") != "" || !f.OK() {
		return s.askPolicy(w, r, statusOf(f), p)
	}
	if f.Value("seen") != "" {
		if _, err = s.keyed(f).SavePolicy(r.Context(), by, ward.ID, next, version); err == nil {
			return rulesSaid(w, r, ward.ID, "/policy", "policy_saved")
		}
		return s.refusePolicy(w, r, p, err)
	}
	effect, err := s.desk.PreviewPolicy(r.Context(), by, ward.ID, next)
	if err == nil && ward.Policy.Version != version {
		err = booking.ErrStale
	}
	if err != nil {
		return s.refusePolicy(w, r, p, err)
	}
	return s.render(w, r, http.StatusOK, "ward/rules-policy-check", policyCheck{checkedPage{
		rulesPage: p, Effect: effect, Carried: carry(f, policyAsked...), Act: p.At("/policy/change"),
	}, policyChanges(ward.Policy, next)})
}

// refusePolicy asks again, with what is wrong. When somebody else has decided
// meanwhile, what was typed is kept and is now about their version.
func (s *Server) refusePolicy(w http.ResponseWriter, r *http.Request, p rulesPage, err error) error {
	if errors.Is(err, booking.ErrMayNot) {
		return err
	}
	question := "notice"
	if errors.Is(err, booking.ErrWeeklyNumbers) {
		question = "weekly-min"
	}
	if fault := p.Form.Fail(question, err); fault != nil {
		return fault
	}
	return s.askPolicy(w, r, http.StatusUnprocessableEntity, p)
}

package web

import (
	"net/http"
	"net/url"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// The pages of whoever coordinates interpreters: visits that need one (here), one of
// them with who could come (ward_interpreters_visit.go), and the interpreters
// themselves (ward_interpreters_people.go). None of them names a patient, or anybody
// who visits one.

const interpretersPath = "/ward/interpreters"

// An interpretedRow is a visit that needs an interpreter.
type interpretedRow struct {
	desk.InterpretedVisit
	Language, Mode string
	In             string // how long until it begins, or since when it is on
	PhoneText      string
}

func newInterpretedRow(v desk.InterpretedVisit, now time.Time) interpretedRow {
	row := interpretedRow{InterpretedVisit: v, Language: tongueName(v.Tongue), Mode: modeWord(v.Tongue)}
	if v.Phone != "" {
		row.PhoneText = phoneWords(v.Phone)
	}
	switch start := v.When.Start(); {
	case now.Before(start):
		row.In = "in " + roughly(start.Sub(now))
	case now.Before(v.When.End()):
		row.In = "now, since " + clock(start, row.Zone())
	default:
		row.In = "over"
	}
	return row
}

// roughly writes how long is left, as exactly as it matters.
func roughly(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return plural(int(d/(24*time.Hour)), "day", "days")
	case d >= 6*time.Hour:
		return plural(int(d.Round(time.Hour)/time.Hour), "hour", "hours")
	}
	return minutes(max(d, time.Minute))
}

// modeWord says how somebody interprets.
func modeWord(t booking.Tongue) string {
	switch {
	case t.Mode == booking.Sign:
		return "signed"
	case t.Typed():
		return "speech-to-text"
	}
	return "spoken"
}

// Zone is that of the hospital.
func (r interpretedRow) Zone() *time.Location { return r.Ward.Site.Zone }

// Path is the visit's own page.
func (r interpretedRow) Path() string {
	return interpretersPath + "/visits/" + url.PathEscape(string(r.Reference))
}

// Registered reports whether nobody else will do.
func (r interpretedRow) Registered() bool { return r.Least == booking.Registered }

// A findingGroup is the visits that stand alike.
type findingGroup struct {
	ID, Title, Empty string
	Rows             []interpretedRow // soonest first
}

// findingGroups are what the page shows, in the order of booking.Findings.
var findingGroups = map[booking.Finding]findingGroup{
	booking.NobodyYet:  {ID: "nobody", Title: "Nobody yet", Empty: "Every visit has somebody, or somebody who is asked."},
	booking.HandedBack: {ID: "back", Title: "Handed back", Empty: "Nobody has handed a visit back."},
	booking.AskedNow:   {ID: "asked", Title: "Asked, no answer", Empty: "Nobody is still to answer."},
	booking.Confirmed:  {ID: "confirmed", Title: "Confirmed", Empty: "Nobody has said yes to a visit that is to come."},
}

// An interpretersPage is every visit that needs an interpreter.
type interpretersPage struct {
	Groups []findingGroup
	Any    bool
	Said   string
	Good   bool
}

// wardInterpreters handles GET /ward/interpreters.
func (s *Server) wardInterpreters(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	visits, err := s.desk.ToInterpret(r.Context(), by)
	if err != nil {
		return err
	}
	p := interpretersPage{Any: len(visits) > 0}
	p.Said, p.Good = wardSays(r.URL.Query().Get("said"))
	for _, f := range booking.Findings {
		group := findingGroups[f]
		for _, v := range visits {
			if v.Finding == f {
				group.Rows = append(group.Rows, newInterpretedRow(v, s.now()))
			}
		}
		p.Groups = append(p.Groups, group)
	}
	return s.render(w, r, http.StatusOK, "ward/interpreters", p)
}

// An interpreterVisitPage is one visit that needs an interpreter.
type interpreterVisitPage struct {
	*form.Form
	interpretedRow
	Can, Cannot []couldComeRow
	Before      []askedRow
	Over        bool
	Wanted      bool
	Said        string
	Good        bool
}

// Coming reports whether somebody has said yes.
func (p interpreterVisitPage) Coming() bool { return p.Finding == booking.Confirmed }

// A couldComeRow is an interpreter who speaks the language of a visit.
type couldComeRow struct {
	desk.CouldCome
	LevelText, PhoneText, Why, Load string
	Now                             bool // they are asked, or come
}

// Outside reports whether they can only come because they say so: it is outside the
// hours in which they may be asked.
func (r couldComeRow) Outside() bool { return r.Obstacle == booking.OutsideHours }

// obstacleWords say why somebody cannot come.
var obstacleWords = map[booking.Obstacle]string{
	booking.OtherTongue:  "Does not speak the language",
	booking.TooLowLevel:  "Not registered, as this visit needs",
	booking.NotAgain:     "Said no, was taken off, or is not to be asked for this visit",
	booking.OffThen:      "Has time off",
	booking.TakenThen:    "Is at another visit, or resting between two",
	booking.OutsideHours: "Outside their hours",
}

// loadWords say how much else somebody has to do.
func loadWords(day, week int) string {
	if week == 0 {
		return "no other visit that week"
	}
	return plural(day, "other visit", "other visits") + " that day, " + plural(week, "visit", "visits") + " that week"
}

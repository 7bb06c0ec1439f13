package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// Figures are of one ward, or of all that the reader may read them of. The page and the
// file are made of the same rows, so that neither tells what the other keeps back.

const (
	figuresPath = "/ward/figures"
	// everyWard stands in an address for all wards of the reader.
	everyWard = "all"
)

// A figuresPage is how visits were used in some days.
type figuresPage struct {
	*form.Form
	desk.FiguresPage
	Here     booking.Ward // zero when it is of all of them
	Wards    []booking.Ward
	Flagged  int
	zone     *time.Location
	Sections []figureTable
}

// ToLookAt is what the navigation says beside the page of those.
func (p figuresPage) ToLookAt() int { return p.Flagged }

// Several reports whether the reader has other wards to choose.
func (p figuresPage) Several() bool { return len(p.Wards) > 1 }

// Everywhere reports whether it is of all of them.
func (p figuresPage) Everywhere() bool { return p.Here.ID == "" }

// Whose is what it is of.
func (p figuresPage) Whose() string {
	if p.Everywhere() {
		return "all your wards"
	}
	return p.Here.Name
}

// Ward is how an address names that.
func (p figuresPage) Ward() string {
	if p.Everywhere() {
		return everyWard
	}
	return string(p.Here.ID)
}

// Days say of which days it is.
func (p figuresPage) Days() string {
	from, to := day(noonOf(p.FiguresPage.From, p.zone), p.zone), day(noonOf(p.FiguresPage.To, p.zone), p.zone)
	if from == to {
		return from
	}
	return from + " to " + to
}

// Four is the address of the last four weeks.
func (p figuresPage) Four() string { return figuresPath + "?ward=" + url.QueryEscape(p.Ward()) }

// File is the address of the file.
func (p figuresPage) File() string {
	q := url.Values{"ward": {p.Ward()}, "from": {p.FiguresPage.From.String()}, "to": {p.FiguresPage.To.String()}}
	return figuresPath + "/file.csv?" + q.Encode()
}

// Empty reports whether there is nothing to count.
func (p figuresPage) Empty() bool {
	lay, _ := p.All.Patients()
	return lay == booking.Count{} && p.All.Held == booking.Count{} && len(p.All.Missed)+len(p.All.Asked)+len(p.All.Waited) == 0
}

// figuresAsked reads which ward and days an address asks for. Of all wards, the days are
// by each one's own clock.
func (s *Server) figuresAsked(r *http.Request, by booking.Actor) (p figuresPage, err error) {
	if p.Wards, err = s.desk.FigureWards(r.Context(), by); err != nil {
		return p, err
	}
	if len(p.Wards) == 0 {
		if by.MaySomewhere(booking.ReadFigures) {
			return p, booking.ErrNoSuchWard // there is none yet
		}
		return p, booking.ErrMayNot
	}
	asked := r.URL.Query().Get("ward")
	p.Here, p.zone = p.Wards[0], p.Wards[0].Site.Zone
	if cookie, err := r.Cookie(wardCookie); err == nil && asked == "" {
		p.choose(cookie.Value)
	}
	switch {
	case asked == everyWard && p.Several():
		p.Here = booking.Ward{}
	case asked != "" && !p.choose(asked):
		return p, booking.ErrNoSuchWard
	}
	if by.May(booking.RunVisits, p.Here.ID) && !p.Everywhere() {
		if p.Flagged, err = s.desk.FlagCount(r.Context(), by, p.Here.ID); err != nil {
			return p, err
		}
	}
	p.Form, p.FiguresPage.From, p.FiguresPage.To = s.daysAsked(r, p.zone)
	if booking.CheckDays(p.FiguresPage.From, p.FiguresPage.To) != nil {
		p.FailAs("from", booking.ErrBadTime, "Choose at most a year")
		p.FiguresPage.From = p.FiguresPage.To.AddDays(1 - usualDays)
	}
	return p, nil
}

// choose makes a ward the one that the page is of, if it is one of the reader's.
func (p *figuresPage) choose(id string) bool {
	for _, ward := range p.Wards {
		if string(ward.ID) == id {
			p.Here, p.zone = ward, ward.Site.Zone
			return true
		}
	}
	return false
}

// countFigures asks the desk, and sets out what it tells.
func (s *Server) countFigures(r *http.Request, by booking.Actor, p *figuresPage, file bool) (err error) {
	from, to := p.FiguresPage.From, p.FiguresPage.To
	if p.Everywhere() {
		p.FiguresPage, err = s.desk.AllFigures(r.Context(), by, from, to, file)
	} else {
		p.FiguresPage, err = s.desk.Figures(r.Context(), by, p.Here.ID, from, to, file)
	}
	p.Sections = figureTables(p.FiguresPage, p.Everywhere())
	return err
}

// wardFigures handles GET /ward/figures.
func (s *Server) wardFigures(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.figuresAsked(r, by)
	if err != nil {
		return err
	}
	return s.showFigures(w, r, by, p)
}

func (s *Server) showFigures(w http.ResponseWriter, r *http.Request, by booking.Actor, p figuresPage) error {
	if err := s.countFigures(r, by, &p, false); err != nil {
		return err
	}
	status := http.StatusOK
	if !p.OK() {
		status = http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, "ward/figures", p)
}

// figuresFile handles GET /ward/figures/file.csv: what the page tells, one number to a
// row.
func (s *Server) figuresFile(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.figuresAsked(r, by)
	if err != nil {
		return err
	}
	if !p.OK() {
		return s.showFigures(w, r, by, p)
	}
	if err := s.countFigures(r, by, &p, true); err != nil {
		return err
	}
	rows := [][]string{{"from", "to", "ward", "table", "row", "column", "value"}}
	from, to := p.FiguresPage.From.String(), p.FiguresPage.To.String()
	for _, table := range p.Sections {
		for _, row := range table.Rows {
			for i, cell := range row.Cells {
				rows = append(rows, []string{from, to, p.Whose(), table.Title, row.Name, table.Columns[i], cell.Text})
			}
		}
	}
	return sendCSV(w, "figures-"+from+"-"+to+".csv", rows)
}

// countText is a count in words.
func countText(c booking.Count) string {
	if n, one := c.Number(); one {
		return strconv.Itoa(n)
	}
	if c.Few() {
		return "fewer than 5"
	}
	return strconv.Itoa(c.From) + " to " + strconv.Itoa(c.To)
}

// lengthText is a length, in the largest unit that says enough of it.
func lengthText(d time.Duration) string {
	switch {
	case d < time.Minute:
		return strconv.Itoa(int(d/time.Second)) + " s"
	case d < 2*time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + " min"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + " h"
	}
	return strconv.Itoa(int(d/(24*time.Hour))) + " days"
}

// quartersText is what most of some lengths are within.
func quartersText(q booking.Quarters, middle bool) string {
	switch {
	case !q.Known:
		return notTold
	case middle:
		return lengthText(q.Middle)
	}
	return strings.Join([]string{lengthText(q.Low), lengthText(q.High)}, " to ")
}

package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
	"github.com/wardvisit/wardvisit/web/locale"
	"github.com/wardvisit/wardvisit/web/nhs"
)

// Repeating a visit: how often and until when, then every day that this comes to
// with what would become of it, and only then are the visits booked. Relatives and
// staff do the same in pages of their own, drawn from templates/series.html.

// A repeatPage asks how a visit is to be repeated, or shows what that comes to.
type repeatPage struct {
	*form.Form
	familyVisit
	Staff bool
	Plan  *desk.SeriesPlan // nil until it has been asked for
}

// At is the address of one of the visit's pages, for whoever is reading.
func (v familyVisit) At(staff bool, page string) string {
	if staff {
		return "/ward" + v.To(page)
	}
	return v.To(page)
}

// Here is the address of the page itself.
func (p repeatPage) Here() string { return p.At(p.Staff, "repeat") }

// Back is where the reader came from.
func (p repeatPage) Back() string {
	if p.Staff {
		return visitPath(p.Reference)
	}
	return p.To("")
}

// MayRepeat reports whether a visit of this kind recurs: a goodbye does not.
func (v familyVisit) MayRepeat() bool { return v.Kind != booking.EndOfLife }

// Every are the answers to how often.
func (p repeatPage) Every() []nhs.Choice {
	return []nhs.Choice{{Value: "1", Text: "Every week"}, {Value: "2", Text: "Every 2 weeks"}, {Value: "4", Text: "Every 4 weeks"}}
}

// Until are the answers to how long it goes on, each with a box of its own beside
// it on the page.
func (p repeatPage) Until() []nhs.Choice {
	return []nhs.Choice{{Value: "count", Text: "For a number of visits"}, {Value: "last", Text: "Until a day"}}
}

// A seriesRow is one day of a series, in words.
type seriesRow struct {
	desk.SeriesDay
	Page   repeatPage
	Ticked bool
}

// Rows are the days of the plan.
func (p repeatPage) Rows() []seriesRow {
	var rows []seriesRow
	for _, d := range p.Plan.Days {
		rows = append(rows, seriesRow{d, p, true})
	}
	return rows
}

// Words say when it is, or what day it would have been.
func (r seriesRow) Words() string {
	if r.At.IsZero() {
		return day(noonOf(r.Date, r.Page.Zone()), r.Page.Zone())
	}
	return moment(r.At, r.Page.Zone())
}

// Why says why there is no visit on that day.
func (r seriesRow) Why() string {
	var refusal *booking.Refusal
	if !errors.As(r.Refused, &refusal) {
		return ""
	}
	return locale.English.SayOf(refusal.Code, "series")
}

// Instead is the nearest free time, in words; empty when there is none.
func (r seriesRow) Instead() string {
	if r.Near == nil {
		return ""
	}
	return moment(r.Near.When.Start(), r.Page.Zone())
}

// repeatable loads the visit that the address names for whoever may repeat it.
func (s *Server) repeatable(r *http.Request, by booking.Actor) (repeatPage, error) {
	v, err := s.familyVisitOf(r, by)
	return repeatPage{familyVisit: v, Staff: by.Visitor() == ""}, err
}

func (p repeatPage) template(name string) string {
	if p.Staff {
		return "ward/" + name
	}
	return "family/" + name
}

// askRepeat handles GET /visits/{ref}/repeat, and the ward's.
func (s *Server) askRepeat(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.repeatable(r, by)
	if err != nil {
		return err
	}
	if p.State != booking.Booked || p.Visit.Visit.Series != "" || !p.MayRepeat() {
		return seeOther(w, r, p.Back())
	}
	p.Form = form.Blank("every", "1", "until", "count", "count", "4")
	return s.render(w, r, http.StatusOK, p.template("repeat"), p)
}

// repeat handles POST /visits/{ref}/repeat, and the ward's: it shows the days, and
// books those that are ticked when they have been seen.
func (s *Server) repeat(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.repeatable(r, by)
	if err != nil {
		return err
	}
	if p.Form, err = form.Read(r); err != nil {
		return err
	}
	ask := p.readRepeat()
	if !p.OK() || p.Value("again") != "" {
		return s.render(w, r, refusedOr(p.Form, http.StatusOK), p.template("repeat"), p)
	}
	plan, err := s.desk.PlanSeries(r.Context(), by, p.Reference, ask)
	if err != nil {
		return s.repeatRefused(w, r, p, "every", err)
	}
	p.Plan = &plan
	if p.Value("seen") == "" {
		return s.render(w, r, http.StatusOK, p.template("repeat-check"), p)
	}
	ask.Skip = p.unticked()
	made, err := s.keyed(p.Form).BookSeries(r.Context(), by, p.Reference, ask)
	if err != nil {
		return s.repeatRefused(w, r, p, "every", err)
	}
	if len(made.Out) > 0 {
		return seeOther(w, r, p.At(p.Staff, "series")+"?done=some")
	}
	return seeOther(w, r, p.At(p.Staff, "series")+"?done=booked")
}

func refusedOr(f *form.Form, status int) int {
	if f.OK() {
		return status
	}
	return http.StatusUnprocessableEntity
}

func (s *Server) repeatRefused(w http.ResponseWriter, r *http.Request, p repeatPage, question string, err error) error {
	if fault := p.Fail(question, err); fault != nil {
		return fault
	}
	return s.render(w, r, http.StatusConflict, p.template("repeat"), p)
}

// readRepeat reads how often and until when.
func (p repeatPage) readRepeat() desk.Repeat {
	ask := desk.Repeat{}
	ask.EveryWeeks, _ = strconv.Atoi(p.Choice("every", "1", "2", "4")) // one of these, or a problem
	switch p.Choice("until", "count", "last") {
	case "count":
		ask.Count = readNumber(p.Form, "count", 2, booking.MostInSeries)
	case "last":
		ask.Last = mustDate(p.Form, "last")
	}
	return ask
}

// LeavesOut reports whether there is a day on which there can be no visit.
func (p repeatPage) LeavesOut() bool {
	return slices.ContainsFunc(p.Plan.Days, func(d desk.SeriesDay) bool { return d.Refused != nil })
}

// Another is where another time is chosen.
func (p repeatPage) Another() string {
	if p.Staff {
		return "/ward/book/" + url.PathEscape(string(p.Patient))
	}
	return "/visits/new?patient=" + url.QueryEscape(string(p.Patient))
}

// unticked are the days that were shown to be able and left out.
func (p repeatPage) unticked() (skip []booking.Date) {
	ticked := map[string]bool{}
	for _, value := range p.Values("days") {
		ticked[value] = true
	}
	for _, d := range p.Plan.Days {
		if !d.Booked && !ticked[d.Date.String()] {
			skip = append(skip, d.Date)
		}
	}
	return skip
}

// Carried are the answers that the page takes along.
func (p repeatPage) Carried() []carried { return carry(p.Form, "every", "until", "count", "last-") }

// A seriesPage is all the visits of a series.
type seriesPage struct {
	*form.Form
	familyVisit
	Staff  bool
	Coming []familyVisit
	Done   string
}

// Here is the address of the page itself.
func (p seriesPage) Here() string { return p.At(p.Staff, "series") }

// Home is where a visit of the series is looked at.
func (p seriesPage) Home(v familyVisit) string {
	if p.Staff {
		return visitPath(v.Reference)
	}
	return v.To("")
}

// showSeries handles GET /visits/{ref}/series, and the ward's.
func (s *Server) showSeries(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.seriesOf(r, by)
	if err != nil {
		return err
	}
	switch said := r.URL.Query().Get("done"); said {
	case "booked", "some", "stopped":
		p.Done = said
	}
	return s.renderSeries(w, r, http.StatusOK, p)
}

func (s *Server) renderSeries(w http.ResponseWriter, r *http.Request, status int, p seriesPage) error {
	if p.Staff {
		return s.render(w, r, status, "ward/series", p)
	}
	return s.render(w, r, status, "family/series", p)
}

func (s *Server) seriesOf(r *http.Request, by booking.Actor) (seriesPage, error) {
	v, err := s.familyVisitOf(r, by)
	if err != nil {
		return seriesPage{}, err
	}
	p := seriesPage{familyVisit: v, Staff: by.Visitor() == ""}
	all, err := s.desk.SeriesOf(r.Context(), by, v.Reference)
	if err != nil {
		return p, err
	}
	now := s.now()
	for _, one := range all.Visits {
		if !one.State.Over() && now.Before(one.When.End()) {
			p.Coming = append(p.Coming, familyVisitAt(one, now))
		}
	}
	return p, nil
}

// stopSeries handles POST /visits/{ref}/series, and the ward's.
func (s *Server) stopSeries(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.seriesOf(r, by)
	if err != nil {
		return err
	}
	if p.Form, err = form.Read(r); err != nil {
		return err
	}
	which := p.Choice("which", "later", "all")
	if !p.OK() {
		return s.renderSeries(w, r, http.StatusUnprocessableEntity, p)
	}
	ctx, cancel := s.outliving(r)
	defer cancel()
	stopped, err := s.desk.StopSeries(ctx, by, p.Reference, which == "all")
	if err != nil {
		return err
	}
	for _, v := range stopped {
		s.tellRoom(ctx, v.ID, RoomOrder{Kind: OrderEnd}) // somebody may have been waiting in it
	}
	return seeOther(w, r, p.Here()+"?done=stopped")
}

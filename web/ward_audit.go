package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// The audit of a ward is for its managers and auditors: a search, whose address says
// all that is asked, and a file of what it finds (ward_audit_file.go). Reading it
// adds to it, as reading a patient's record does: that is a row in a record that only
// grows, and changes nothing that any page shows.

const auditPath = "/ward/audit"

// mostAuditText is how long a name that is searched for may be.
const mostAuditText = 80

// An auditPage is a search and what it has found.
type auditPage struct {
	*form.Form
	desk.AuditPage
	Wards   []booking.Ward
	Flagged int
	Whos    []auditChoice
	Whats   []auditGroup
	Matches []auditMatch // patients to choose from, when several have what was typed
	Rows    []auditRow
	query   url.Values
	now     time.Time
}

// An auditChoice is one thing to choose in the search.
type auditChoice struct {
	Value, Text string
	Chosen      bool
}

// An auditGroup is some of them, under a heading.
type auditGroup struct {
	Name    string
	Choices []auditChoice
}

// An auditMatch is a patient to choose.
type auditMatch struct{ Name, MRN, Href string }

// ToLookAt is what the navigation says beside the page of those.
func (p auditPage) ToLookAt() int { return p.Flagged }

// Several reports whether the reader has the audit of another ward to read.
func (p auditPage) Several() bool { return len(p.Wards) > 1 }

// Zone is that of the ward.
func (p auditPage) Zone() *time.Location { return p.Ward.Site.Zone }

// Searched reports whether less than everything was asked for.
func (p auditPage) Searched() bool {
	for _, name := range []string{"from", "to", "who", "what", "of", "patient"} {
		if p.query.Get(name) != "" {
			return true
		}
	}
	return false
}

// Whole is the address of everything, from the latest on.
func (p auditPage) Whole() string { return auditAt(url.Values{"ward": {string(p.Ward.ID)}}) }

// Latest is the address of the same search from its beginning; empty when this is it.
func (p auditPage) Latest() string {
	if p.query.Get("before") == "" {
		return ""
	}
	return auditAt(p.with("before", ""))
}

// Next is the address of what is older.
func (p auditPage) Next() string { return auditAt(p.with("before", strconv.FormatInt(p.Older, 10))) }

// File is the address of the same search as a file.
func (p auditPage) File() string { return auditPath + "/file.csv?" + p.with("before", "").Encode() }

// Everyone is the address of the same search whoever it is about.
func (p auditPage) Everyone() string { return auditAt(p.with("patient", "", "of", "", "before", "")) }

// Behind is how long ago the first event was written that is not sealed, when that is
// too long.
func (p auditPage) Behind() string {
	if p.Unsealed == 0 || p.now.Sub(p.Since) < time.Minute {
		return ""
	}
	return ago(p.Since, p.now)
}

// Sealed says how much of it is in the chain.
func (p auditPage) Sealed() string { return plural(int(p.Head.Place), "record", "records") }

// with is what is asked with something else asked.
func (p auditPage) with(pairs ...string) url.Values {
	q := url.Values{"ward": {string(p.Ward.ID)}}
	for name, values := range p.query {
		if len(values) > 0 && values[0] != "" && name != "ward" {
			q.Set(name, values[0])
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Del(pairs[i])
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return q
}

func auditAt(q url.Values) string { return auditPath + "?" + q.Encode() }

// An auditRow is an event in words.
type auditRow struct {
	desk.AuditRow
	Did, By, Of, Why string
	Only             string // the address of what else they did
}

func (p auditPage) row(r desk.AuditRow) auditRow {
	row := auditRow{AuditRow: r, Did: actionText(r.Action), By: actorText(r), Of: subjectText(r), Why: reasonText(r.Reason)}
	if r.Who != "" {
		row.Only = auditAt(p.with("who", string(r.By.Kind)+":"+r.By.ID, "before", ""))
	}
	return row
}

// wardAudit handles GET /ward/audit.
func (s *Server) wardAudit(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, q, err := s.auditAsked(r, by)
	if err != nil {
		return err
	}
	if p.OK() && len(p.Matches) == 0 {
		found, err := s.desk.Audit(r.Context(), by, q)
		switch {
		case isAny(err, booking.ErrNoSuchPatient, booking.ErrNoSuchVisit):
			p.FailAs("of", booking.ErrNoSuchPatient, "No patient or visit of this ward is called that")
		case err != nil:
			return err
		default:
			p.AuditPage = found
		}
	}
	for _, row := range p.AuditPage.Rows {
		p.Rows = append(p.Rows, p.row(row))
	}
	p.Whos, p.Whats = auditWhos(p), auditWhats(p.query.Get("what"))
	status := http.StatusOK
	if !p.OK() {
		status = http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, "ward/audit", p)
}

// auditAsked reads what is asked of which ward.
func (s *Server) auditAsked(r *http.Request, by booking.Actor) (p auditPage, q desk.AuditQuery, err error) {
	p = auditPage{query: r.URL.Query(), now: s.now()}
	if p.Wards, err = s.desk.AuditWards(r.Context(), by); err != nil {
		return p, q, err
	}
	if p.Ward, err = auditWard(r, p.Wards); err != nil {
		return p, q, err
	}
	if by.May(booking.RunVisits, p.Ward.ID) {
		if p.Flagged, err = s.desk.FlagCount(r.Context(), by, p.Ward.ID); err != nil {
			return p, q, err
		}
	}
	var pairs []string
	for _, name := range []string{"from", "to", "who", "what", "of"} {
		pairs = append(pairs, name, p.query.Get(name))
	}
	p.Form = form.Blank(pairs...)
	q, err = s.auditQuery(r.Context(), by, &p)
	return p, q, err
}

// auditWard is the ward whose audit is asked for: the one that the address names, or
// that was chosen last, or the first.
func auditWard(r *http.Request, held []booking.Ward) (booking.Ward, error) {
	if len(held) == 0 {
		return booking.Ward{}, booking.ErrNoSuchWard
	}
	asked := r.URL.Query().Get("ward")
	wish := asked
	if cookie, err := r.Cookie(wardCookie); err == nil && wish == "" {
		wish = cookie.Value
	}
	i := slices.IndexFunc(held, func(w booking.Ward) bool { return string(w.ID) == wish })
	switch {
	case i >= 0:
		return held[i], nil
	case asked != "":
		return booking.Ward{}, booking.ErrNoSuchWard
	}
	return held[0], nil
}

func (s *Server) auditQuery(ctx context.Context, by booking.Actor, p *auditPage) (desk.AuditQuery, error) {
	q := desk.AuditQuery{Ward: p.Ward.ID}
	q.From, q.To = auditDay(p.Form, "from"), auditDay(p.Form, "to")
	if !q.From.IsZero() && !q.To.IsZero() && q.To.String() < q.From.String() {
		p.FailAs("to", booking.ErrBadTime, "The last day must not be before the first")
	}
	kind, id, _ := strings.Cut(p.Value("who"), ":")
	if _, known := actorWords[booking.ActorKind(kind)]; known {
		q.Kind, q.Actor = booking.ActorKind(kind), id
	}
	if what := booking.Action(p.Value("what")); actionWords[what] != "" {
		q.Action = what
	}
	before, err := strconv.ParseInt(p.query.Get("before"), 10, 64)
	if err == nil && before > 0 {
		q.Before = before
	}
	if raw := p.query.Get("patient"); raw != "" {
		id, err := identifier(raw, booking.ErrNoSuchPatient)
		q.Patient = booking.PatientID(id)
		return q, err
	}
	return q, s.auditOf(ctx, by, p, &q)
}

// auditDay reads a day, as browsers send it.
func auditDay(f *form.Form, name string) booking.Date {
	raw := f.Value(name)
	if raw == "" {
		return booking.Date{}
	}
	d, err := booking.ParseDate(raw)
	if err != nil || d.Year < 1 {
		f.FailAs(name, booking.ErrBadTime, "Enter a day like 2026-11-24")
		return booking.Date{}
	}
	return d
}

// auditOf finds whom or what is meant by what was typed: a visit by its reference, a
// patient by their number or some of their name.
func (s *Server) auditOf(ctx context.Context, by booking.Actor, p *auditPage, q *desk.AuditQuery) error {
	if strings.TrimSpace(p.Value("of")) == "" {
		return nil
	}
	text := p.Text("of", mostAuditText)
	if !p.OK() {
		return nil
	}
	if ref, err := booking.ParseReference(text); err == nil {
		q.Visit = ref
		return nil
	}
	found, err := s.desk.AuditPatients(ctx, by, q.Ward, text)
	switch {
	case err != nil:
		return err
	case len(found) == 0:
		p.FailAs("of", booking.ErrNoSuchPatient, "No patient or visit of this ward is called that")
	case len(found) == 1:
		q.Patient = found[0].ID
	}
	if len(found) > 1 {
		for _, one := range found {
			p.Matches = append(p.Matches, auditMatch{one.Name, one.MRN, auditAt(p.with("patient", string(one.ID), "of", "", "before", ""))})
		}
	}
	return nil
}

// auditWhos are those to choose from: kinds, the staff of the ward, and whoever was
// asked for.
func auditWhos(p auditPage) []auditChoice {
	asked := p.Value("who")
	all := []auditChoice{{Text: "Anybody", Chosen: asked == ""}}
	add := func(value, text string) {
		all = append(all, auditChoice{value, text, value == asked})
	}
	for _, kind := range actorKinds {
		add(string(kind), actorWords[kind])
	}
	for _, one := range p.Staff {
		add(string(booking.StaffActor)+":"+string(one.ID), one.Name)
	}
	if asked != "" && !slices.ContainsFunc(all, func(c auditChoice) bool { return c.Chosen }) && p.Actor != "" {
		add(asked, p.Actor)
	}
	return all
}

// recordElsewhere records that somebody asked for what is not there for them.
func (s *Server) recordElsewhere(r *http.Request, by booking.Actor, err error) error {
	var refused *booking.Refusal
	if by.Kind != booking.StaffActor || !errors.As(err, &refused) || refused.Kind != booking.NotFound {
		return err
	}
	if fault := s.desk.AskedElsewhere(r.Context(), by, r.Pattern, namedIn(r)); fault != nil {
		return errors.Join(errors.New("web: record a refusal"), fault)
	}
	return err
}

// namedAt says what kind of thing a part of an address names.
var namedAt = []struct{ prefix, part, kind string }{
	{"/ward/visits/", "ref", "reference"}, {"/ward/book/done/", "ref", "reference"}, {"/ward/review/", "ref", "reference"},
	{"/ward/patients/", "id", "patient"}, {"/ward/left/", "id", "patient"}, {"/ward/goodbye/", "id", "patient"}, {"/ward/book/", "patient", "patient"},
	{"/ward/book/held/", "id", "visit"}, {"/ward/requests/", "id", "request"}, {"/ward/tasks/", "id", "task"},
	{waitingPath + "/", "entry", "entry"}, {waitingPath + "/offers/", "offer", "offer"}, {"/ward/ipads/", "id", "device"},
	{"/ward/rules/times/", "id", "session"}, {"/ward/rules/closures/", "id", "closure"}, {"/ward/rules/protected/", "id", "protected"},
}

// namedIn are the things that a request names.
func namedIn(r *http.Request) []desk.Named {
	var named []desk.Named
	for _, at := range namedAt {
		if value := r.PathValue(at.part); value != "" && strings.HasPrefix(r.URL.Path, at.prefix) {
			if ref, err := booking.ParseReference(value); err == nil && at.kind == "reference" {
				value = string(ref)
			}
			named = append(named, desk.Named{Kind: at.kind, ID: value})
		}
	}
	for _, part := range []struct{ name, kind string }{{"ward", "ward"}, {"patient", "patient"}, {"closure", "closure"}} {
		value := r.URL.Query().Get(part.name)
		if value == "" {
			value = r.PostForm.Get(part.name) // as far as the handler has read it
		}
		if value != "" {
			named = append(named, desk.Named{Kind: part.kind, ID: value})
		}
	}
	for _, value := range r.PostForm["visit"] {
		if ref, err := booking.ParseReference(value); err == nil {
			named = append(named, desk.Named{Kind: "reference", ID: string(ref)})
		}
	}
	return named
}

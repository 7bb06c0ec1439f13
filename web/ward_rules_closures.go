package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// A closureForm asks what closes, when and why.
type closureForm struct {
	rulesPage
	Scopes []choice
}

// closureAsked are the questions of the form.
var closureAsked = []string{"scope", "from-", "to-", "opens", "shuts", "reason", "owner", "review-"}

// The scopes of a closure as a form says them: the ward, a bay or a session.
const scopeWard, scopeBay, scopeSession = "ward", "bay ", "session "

// wardNewClosure handles GET /ward/rules/closures/new.
func (s *Server) wardNewClosure(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.deciding(r, by)
	if err != nil {
		return err
	}
	p.Form = form.Blank(append([]string{"scope", scopeWard, "owner", by.Name}, datePairs("from", p.Today)...)...)
	return s.askClosure(w, r, http.StatusOK, p)
}

func (s *Server) askClosure(w http.ResponseWriter, r *http.Request, status int, p rulesPage) error {
	page := closureForm{rulesPage: p, Scopes: []choice{{Value: scopeWard, Text: "The whole ward"}}}
	for _, bay := range p.Bays {
		page.Scopes = append(page.Scopes, choice{Value: scopeBay + bay, Text: bay})
	}
	for _, row := range p.Week() {
		for _, one := range row.Sessions {
			page.Scopes = append(page.Scopes, choice{Value: scopeSession + string(one.ID), Text: sessionName(one.Session)})
		}
	}
	for i, c := range page.Scopes {
		page.Scopes[i].On = p.Form.Value("scope") == c.Value
	}
	return s.render(w, r, status, "ward/rules-closure", page)
}

// A closureCheck shows the visits that a closure touches, before it closes.
type closureCheck struct{ checkedPage }

// What is to become of the visits that a closure touches.
const (
	fateReview = "review" // somebody looks at each
	fateCancel = "cancel" // all, and families are told
	fateKeep   = "keep"   // all take place
)

// saveClosure handles POST /ward/rules/closures/new: it shows what the closure
// would touch, and closes when that was seen and it was said what becomes of the
// visits.
func (s *Server) saveClosure(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.deciding(r, by)
	if err != nil {
		return err
	}
	if p.Form, err = form.Read(r); err != nil {
		return err
	}
	f := p.Form
	c := readClosure(f, p.Rules.Ward.ID)
	if f.Value("again") != "" || !f.OK() {
		return s.askClosure(w, r, statusOf(f), p)
	}
	effect, err := s.desk.PreviewClosure(r.Context(), by, c)
	if err != nil {
		return s.refuseClosure(w, r, p, err)
	}
	if f.Value("seen") == "" {
		return s.checkClosure(w, r, http.StatusOK, p, c, effect)
	}
	fate, keep := fateReview, ""
	if effect.Count > 0 {
		fate = f.Choice("fate", fateReview, fateCancel, fateKeep)
		if keep = f.Paragraph("keep", mostReason); fate == fateKeep && strings.TrimSpace(keep) == "" {
			refuse(f, "keep", booking.ErrReasonNeeded)
		}
	}
	if !f.OK() {
		return s.checkClosure(w, r, http.StatusUnprocessableEntity, p, c, effect)
	}
	if fate != fateKeep {
		keep = ""
	}
	closed, err := s.keyed(f).Close(r.Context(), by, c, keep)
	if err != nil {
		return s.refuseClosure(w, r, p, err)
	}
	if fate == fateCancel {
		return s.cancelAllClosed(w, r, by, closed)
	}
	return rulesSaid(w, r, c.Ward, "/closures/"+string(closed.ID), "is_closed")
}

func (s *Server) checkClosure(w http.ResponseWriter, r *http.Request, status int, p rulesPage, c booking.Closure, effect desk.Effect) error {
	row := p.closureRow(c)
	return s.render(w, r, status, "ward/rules-closure-check", closureCheck{checkedPage{
		rulesPage: p, Effect: effect, Carried: carry(p.Form, closureAsked...), Act: p.At("/closures/new"),
		Facts: []fact{{"Closed", row.What}, {"Days", row.Days()}, {"Time", row.Hours()}, {"Why", c.Reason}, {"Who answers for it", c.Owner}, {"Look at it again", row.Review()}},
	}})
}

// refuseClosure asks again, with what is wrong beside the question it is about.
func (s *Server) refuseClosure(w http.ResponseWriter, r *http.Request, p rulesPage, err error) error {
	field := "to"
	switch {
	case errors.Is(err, booking.ErrMayNot):
		return err
	case isAny(err, booking.ErrBadChoice, booking.ErrNoSuchSession):
		field = "scope"
	case errors.Is(err, booking.ErrKeyReused):
		field = "reason"
	}
	if fault := p.Form.Fail(field, err); fault != nil {
		return fault
	}
	return s.askClosure(w, r, http.StatusUnprocessableEntity, p)
}

func readClosure(f *form.Form, ward booking.WardID) booking.Closure {
	c := booking.Closure{Ward: ward, End: 24 * 60}
	scope := f.Value("scope")
	if bay, ok := strings.CutPrefix(scope, scopeBay); ok {
		c.Bay = bay
	} else if id, ok := strings.CutPrefix(scope, scopeSession); ok {
		session, err := identifier(id, booking.ErrNoSuchSession)
		if err != nil {
			refuse(f, "scope", err)
		}
		c.Session = booking.SessionID(session)
	} else if scope != scopeWard {
		refuse(f, "scope", booking.ErrMissing)
	}
	c.From, c.To = mustDate(f, "from"), readDate(f, "to")
	if c.To.IsZero() {
		c.To = c.From
	}
	if f.Value("opens") != "" || f.Value("shuts") != "" {
		c.Start, c.End = readClock(f, "opens", false), readClock(f, "shuts", true)
		if f.Error("opens") == "" && f.Error("shuts") == "" && c.End <= c.Start {
			refuse(f, "shuts", booking.ErrClosureBackwards)
		}
	}
	c.Reason, c.Owner = f.Paragraph("reason", mostReason), f.Text("owner", mostName)
	if c.Reason == "" {
		refuse(f, "reason", booking.ErrReasonNeeded)
	}
	c.ReviewOn = mustDate(f, "review")
	return c
}

// A closurePage is one closure with the visits that it still stops.
type closurePage struct {
	checkedPage
	Closure closureRow
	Review  int // how many of the visits somebody is still to look at
	Gone    int // how many have just been cancelled
}

// ToReview is the list of those to look at.
func (p closurePage) ToReview() string { return reviewAt(p.Closure.Ward, p.Closure.ID) }

// closureOf is the closure that an address names.
func (s *Server) closureOf(r *http.Request, by booking.Actor) (closurePage, error) {
	id, err := identifier(r.PathValue("id"), booking.ErrNoSuchClosure)
	if err != nil {
		return closurePage{}, err
	}
	c, effect, err := s.desk.Closed(r.Context(), by, booking.ClosureID(id))
	if err != nil {
		return closurePage{}, err
	}
	p, err := s.rulesOf(r, by)
	if err != nil {
		return closurePage{}, err
	}
	if p.Rules.Ward.ID != c.Ward { // the address names no ward, or another
		if p.Rules, err = s.desk.Rules(r.Context(), by, c.Ward); err != nil {
			return closurePage{}, err
		}
		p.wardHead.Ward = p.Rules.Ward
	}
	page := closurePage{checkedPage: checkedPage{rulesPage: p, Effect: effect}, Closure: p.closureRow(c)}
	page.Review, err = s.stillToReview(r, by, c)
	return page, err
}

// stillToReview counts the visits that a closure stops and nobody has dealt with.
func (s *Server) stillToReview(r *http.Request, by booking.Actor, c booking.Closure) (n int, err error) {
	flagged, err := s.desk.Review(r.Context(), by, c.Ward)
	for _, v := range flagged {
		if slices.ContainsFunc(v.Flags, func(f booking.Flag) bool { return stoppedBy(f, c.ID) }) {
			n++
		}
	}
	return n, err
}

// wardClosure handles GET /ward/rules/closures/{id}.
func (s *Server) wardClosure(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.closureOf(r, by)
	if err != nil {
		return err
	}
	p.Gone, _ = strconv.Atoi(r.URL.Query().Get("gone")) // what is no number says nothing
	return s.render(w, r, http.StatusOK, "ward/rules-closure-one", p)
}

// askReopen handles GET /ward/rules/closures/{id}/reopen, and askCancelClosed GET
// …/cancel: what will happen, before it does.
func (s *Server) askReopen(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	return s.askAboutClosure(w, r, by, "ward/rules-closure-reopen")
}

func (s *Server) askCancelClosed(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	return s.askAboutClosure(w, r, by, "ward/rules-closure-cancel")
}

func (s *Server) askAboutClosure(w http.ResponseWriter, r *http.Request, by booking.Actor, page string) error {
	p, err := s.closureOf(r, by)
	if err == nil && !p.MayChange {
		err = booking.ErrMayNot
	}
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page, p)
}

// reopen handles POST /ward/rules/closures/{id}/reopen.
func (s *Server) reopen(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.closureOf(r, by)
	if err != nil {
		return err
	}
	if err := s.desk.Reopen(r.Context(), by, p.Closure.ID); err != nil {
		return err
	}
	return rulesSaid(w, r, p.Rules.Ward.ID, "/closures", "is_reopened")
}

// cancelClosed handles POST /ward/rules/closures/{id}/cancel.
func (s *Server) cancelClosed(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.closureOf(r, by)
	if err != nil {
		return err
	}
	return s.cancelAllClosed(w, r, by, p.Closure.Closure)
}

// cancelAllClosed cancels what a closure stops, to its end even if the browser
// goes away.
func (s *Server) cancelAllClosed(w http.ResponseWriter, r *http.Request, by booking.Actor, c booking.Closure) error {
	ctx, done := s.outliving(r)
	defer done()
	cancelled, err := s.desk.CancelClosed(ctx, by, c.ID)
	if err != nil {
		return err
	}
	q := url.Values{"ward": {string(c.Ward)}, "said": {"closed_cancelled"}, "gone": {strconv.Itoa(cancelled)}}
	return seeOther(w, r, "/ward/rules/closures/"+string(c.ID)+"?"+q.Encode())
}

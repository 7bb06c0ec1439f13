package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
	"github.com/wardvisit/wardvisit/web/locale"
)

// A reviewPage is what a ward is to look at: visits that something has got in the
// way of, and families that somebody is to ring.
type reviewPage struct {
	*form.Form
	wardHead
	Visits []flaggedRow
	Tasks  []taskRow
	Only   *closedList // when only what one closure stops is listed
}

// A closedList is the closure of whose visits the list is.
type closedList struct {
	closureRow
	All string // the address of the whole list
}

// Way is the way back to this list from a page about one of its visits.
func (p reviewPage) Way() wayBack {
	way := wayBack{Review: true, Ward: string(p.Ward.ID)}
	if p.Only != nil {
		way.Closure = string(p.Only.ID)
	}
	return way
}

// A flaggedRow is a visit that is flagged, with what can be done about it.
type flaggedRow struct {
	desk.FlaggedVisit
	Why    []string // the causes, in plain words
	For    string   // how long it has been flagged
	Untold bool     // it is on again, and nobody has been told so
	Alone  bool     // and that is all there is to do
	Over   bool     // it was cancelled, and could be booked again
}

func newFlaggedRow(v desk.FlaggedVisit, now time.Time) flaggedRow {
	row := flaggedRow{FlaggedVisit: v, Why: flagsInWords(v.Flags), For: ago(v.Since, now), Over: v.State.Over()}
	row.Untold = row.has(booking.Untold) && !row.Over
	row.Alone = row.Untold && len(row.Why) == 1
	return row
}

// has reports whether something of a kind has got in the way of it.
func (f flaggedRow) has(kinds ...booking.FlagKind) bool {
	return slices.ContainsFunc(f.Flags, func(flag booking.Flag) bool { return slices.Contains(kinds, flag.Kind) })
}

// Elsewhere reports whether another time or iPad could help.
func (f flaggedRow) Elsewhere() bool {
	return !f.Alone && !f.has(booking.PatientLeft, booking.ConsentGone, booking.VisitorKept, booking.VisitorWaits)
}

// ByHand reports whether staff could choose a time or an iPad for it themselves.
func (f flaggedRow) ByHand() bool { return f.Elsewhere() && f.Visit.State == booking.Booked }

// OtherIPad reports whether an iPad is what troubles it.
func (f flaggedRow) OtherIPad() bool {
	return f.ByHand() && f.has(booking.DeviceGone, booking.ShortClean)
}

// Page is that of the visit.
func (f flaggedRow) Page(of string) string { return visitPath(f.Reference) + of }

// NoConsent reports whether consent is what it wants.
func (f flaggedRow) NoConsent() bool {
	return f.has(booking.ConsentGone) && f.PatientRecord.State == booking.PatientActive
}

// Elsewhere reports whether another time or iPad could help any of them.
func (p reviewPage) Elsewhere() bool { return slices.ContainsFunc(p.Visits, flaggedRow.Elsewhere) }

// Zone is that of the visit's ward.
func (f flaggedRow) Zone() *time.Location { return f.WardRecord.Site.Zone }

// To is where an act about it goes.
func (f flaggedRow) To(act string) string { return reviewPath(f.Reference, act) }

func reviewPath(ref booking.Reference, act string) string {
	return "/ward/review/" + url.PathEscape(string(ref)) + "/" + act
}

// flagWords say in plain words why a visit is to be looked at.
var flagWords = map[booking.FlagKind]string{
	booking.PatientMoved:   "The patient has moved to another ward, which cannot take the visit as it is",
	booking.PatientLeft:    "The patient has left the hospital",
	booking.ConsentGone:    "There is no consent to video visits any more",
	booking.VisitorKept:    "Somebody who was coming is barred from visiting",
	booking.VisitorWaits:   "Visits of somebody who was coming are paused",
	booking.ClosedThen:     "The ward is closed to visits then",
	booking.ProtectedThen:  "It is in a time of day that the ward keeps free",
	booking.OutsideTimes:   "It is outside the ward’s visiting times",
	booking.DeviceGone:     "Its iPad cannot be used, and no other is free",
	booking.ShortClean:     "There is too little time to clean its iPad for the patient’s infection",
	booking.InterpreterOff: "There is no interpreter",
	booking.Overlapping:    "The patient has another visit at the same time",
	booking.NotPutBack:     "It was cancelled by mistake, and its time is taken",
	booking.Untold:         "It was cancelled by mistake and is on again. Nobody has been told",
}

// flagsInWords are the open flags of a visit, each kind once.
func flagsInWords(flags []booking.Flag) []string {
	var words []string
	said := map[booking.FlagKind]bool{}
	for _, f := range flags {
		if !said[f.Kind] {
			said[f.Kind] = true
			words = append(words, flagWords[f.Kind])
		}
	}
	return words
}

// review handles GET /ward/review.
func (s *Server) review(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	return s.showReview(w, r, by, http.StatusOK, form.Blank())
}

// reviewAt is the address of the list of a ward: of all, or of what one closure stops.
func reviewAt(ward booking.WardID, closure booking.ClosureID) string {
	return wayBack{Review: true, Ward: string(ward), Closure: string(closure)}.To("", "")
}

// onlyClosed is the closure that an address asks for the visits of; nil when it asks
// for all.
func (s *Server) onlyClosed(r *http.Request, by booking.Actor, head wardHead) (*closedList, error) {
	raw := r.URL.Query().Get("closure")
	if raw == "" {
		return nil, nil //nolint:nilnil // all of them is what most ask for
	}
	id, err := identifier(raw, booking.ErrNoSuchClosure)
	if err != nil {
		return nil, err
	}
	c, _, err := s.desk.Closed(r.Context(), by, booking.ClosureID(id))
	if err != nil {
		return nil, err
	}
	if c.Ward != head.Ward.ID {
		return nil, booking.ErrNoSuchClosure
	}
	rules, err := s.desk.Rules(r.Context(), by, c.Ward)
	return &closedList{rulesPage{wardHead: head, Rules: rules}.closureRow(c), reviewAt(c.Ward, "")}, err
}

// stoppedBy reports whether a flag was raised by a closure.
func stoppedBy(f booking.Flag, id booking.ClosureID) bool {
	return f.Kind == booking.ClosedThen && f.Cause == "closure "+string(id)
}

func (s *Server) showReview(w http.ResponseWriter, r *http.Request, by booking.Actor, status int, f *form.Form) error {
	head, err := s.headOf(r, by, "/ward/review")
	if err != nil {
		return err
	}
	p := reviewPage{Form: f, wardHead: head}
	flagged, err := s.desk.Review(r.Context(), by, head.Ward.ID)
	if err != nil {
		return err
	}
	if p.Only, err = s.onlyClosed(r, by, head); err != nil {
		return err
	}
	for _, v := range flagged {
		if p.Only == nil || slices.ContainsFunc(v.Flags, func(f booking.Flag) bool { return stoppedBy(f, p.Only.ID) }) {
			p.Visits = append(p.Visits, newFlaggedRow(v, s.now()))
		}
	}
	if p.Only != nil {
		return s.render(w, r, status, "ward/review", p)
	}
	if p.Tasks, err = s.tasksOf(r, by, head.Ward.ID); err != nil {
		return err
	}
	return s.render(w, r, status, "ward/review", p)
}

// A taskRow is a family to be rung.
type taskRow struct {
	desk.FamilyTask
	Bed    string
	For    string
	People []taskPerson
}

// A taskPerson is somebody who could be rung.
type taskPerson struct{ Name, About, Phone, Tel string }

func (s *Server) tasksOf(r *http.Request, by booking.Actor, ward booking.WardID) ([]taskRow, error) {
	tasks, err := s.desk.Tasks(r.Context(), by, ward)
	var rows []taskRow
	for _, t := range tasks {
		row := taskRow{FamilyTask: t, Bed: t.Stay.Bed, For: ago(t.OpenedAt, s.now())}
		if t.Stay.Bay != "" {
			row.Bed = t.Stay.Bay + ", " + t.Stay.Bed
		}
		for _, m := range t.Family {
			row.People = append(row.People, taskPerson{m.Visitor.Name, m.Relationship, phoneWords(m.Visitor.Phone), m.Visitor.Phone})
		}
		rows = append(rows, row)
	}
	return rows, err
}

// doneTask handles POST /ward/tasks/{id}.
func (s *Server) doneTask(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	id, err := identifier(r.PathValue("id"), booking.ErrNoSuchTask)
	if err != nil {
		return err
	}
	if err := s.desk.TaskDone(r.Context(), by, booking.TaskID(id)); err != nil {
		return err
	}
	return seeOther(w, r, "/ward/review?said=rung")
}

// A keepPage asks why a visit is kept as it is.
type keepPage struct {
	*form.Form
	desk.Visit
	Why []string
	Way wayBack
}

// Back is the list that it was opened from.
func (p keepPage) Back() string { return p.Way.To("", "") }

// reviewWay is the way back from a page of the list, which knows the ward even where
// its address does not say it.
func reviewWay(r *http.Request, ward booking.WardID) wayBack {
	way := wayBackOf(r)
	way.Review = true
	if way.Ward == "" {
		way.Ward = string(ward)
	}
	return way
}

// askKeep handles GET /ward/review/{ref}/keep.
func (s *Server) askKeep(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	return s.showKeep(w, r, by, http.StatusOK, form.Blank())
}

func (s *Server) showKeep(w http.ResponseWriter, r *http.Request, by booking.Actor, status int, f *form.Form) error {
	ref, err := booking.ParseReference(r.PathValue("ref"))
	if err != nil {
		return err
	}
	v, err := s.desk.FlaggedOf(r.Context(), by, ref)
	if err != nil {
		return err
	}
	return s.render(w, r, status, "ward/review-keep", keepPage{f, v, flagsInWords(v.Flags), reviewWay(r, v.WardRecord.ID)})
}

// keepVisit handles POST /ward/review/{ref}/keep.
func (s *Server) keepVisit(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	ref, err := booking.ParseReference(r.PathValue("ref"))
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	reason := f.Text("reason", mostReason)
	if f.OK() {
		v, err := s.desk.KeepFlagged(r.Context(), by, ref, reason)
		if err == nil {
			return seeOther(w, r, reviewWay(r, v.WardRecord.ID).To("", "kept"))
		}
		if errors.Is(err, booking.ErrNoSuchVisit) {
			return err
		}
		if fault := f.Fail("reason", err); fault != nil {
			return fault
		}
	}
	return s.showKeep(w, r, by, http.StatusUnprocessableEntity, f)
}

// tellPutBack handles POST /ward/review/{ref}/tell.
func (s *Server) tellPutBack(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	ref, err := booking.ParseReference(r.PathValue("ref"))
	if err != nil {
		return err
	}
	if _, err := s.desk.TellPutBack(r.Context(), by, ref); err != nil {
		return err
	}
	return seeOther(w, r, "/ward/review?said=told")
}

// A rehomePage shows what would become of the visits that were chosen.
type rehomePage struct {
	Moves, Stays []rehomeRow
	Way          wayBack
}

// Back is the list that the visits were chosen from.
func (p rehomePage) Back() string { return p.Way.To("", "") }

// Here is the address of the page.
func (p rehomePage) Here() string { return "/ward/review/rehome" + p.Way.Query() }

// A rehomeRow is one of them.
type rehomeRow struct {
	desk.Rehoming
	Why string // it cannot be moved
}

// Zone is that of the visit's ward.
func (r rehomeRow) Zone() *time.Location { return r.Visit.WardRecord.Site.Zone }

// SameTime reports whether only the ward or the iPad changes.
func (r rehomeRow) SameTime() bool { return r.To == r.Visit.When }

// ByHand reports whether staff could choose a time or an iPad for it themselves.
func (r rehomeRow) ByHand() bool {
	return r.Visit.State == booking.Booked && !isAny(r.Cannot, booking.ErrPatientAway, booking.ErrConsentNeeded)
}

// Page is that of the visit.
func (r rehomeRow) Page(of string) string { return visitPath(r.Visit.Reference) + of }

// NewWard is the name of the ward it goes to; empty when it stays.
func (r rehomeRow) NewWard() string {
	if r.Ward.ID == r.Visit.WardRecord.ID {
		return ""
	}
	return r.Ward.Name
}

// rehome handles POST /ward/review/rehome: it shows what would be done, and does it
// when that is confirmed.
func (s *Server) rehome(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	var refs []booking.Reference
	for _, raw := range f.Values("visit") {
		ref, err := booking.ParseReference(raw)
		if err != nil {
			return err
		}
		refs = append(refs, ref)
	}
	really := f.Checked("really")
	planned, err := s.desk.RehomeMany(r.Context(), by, refs, really)
	if isAny(err, booking.ErrMissing, booking.ErrTooLong) {
		_ = f.Fail("visit", err) // a refusal is never a fault
		return s.showReview(w, r, by, http.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	if really {
		return seeOther(w, r, reviewWay(r, "").To("", "rehomed"))
	}
	p := rehomePage{Way: reviewWay(r, "")}
	for _, one := range planned {
		row := rehomeRow{Rehoming: one}
		if one.Cannot == nil {
			p.Moves = append(p.Moves, row)
			continue
		}
		var refusal *booking.Refusal
		if errors.As(one.Cannot, &refusal) {
			row.Why = locale.English.SayOf(refusal.Code, "rehome")
		}
		p.Stays = append(p.Stays, row)
	}
	return s.render(w, r, http.StatusOK, "ward/review-rehome", p)
}

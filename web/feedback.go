package web

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// How a visit was: one tap, and words for whoever likes to add some. Pages ask only
// those whom the desk says are asked, and the desk is asked again on saving.

// answersInWords are what the buttons say.
var answersInWords = map[booking.Answer]string{booking.Good: "Good", booking.Fair: "All right", booking.NotGood: "Not good"}

// mostFeedbackWords is how long somebody's own words may be.
const mostFeedbackWords = 1000

// A howPart is the part of a page that asks how a visit was.
type howPart struct {
	*form.Form
	desk.Question
	Action string // where the answer goes
	Thanks bool   // something has just been said
}

// An answerButton is one of the answers.
type answerButton struct {
	Value  booking.Answer
	Text   string
	Chosen bool
}

// Buttons are the answers to choose from.
func (p howPart) Buttons() (buttons []answerButton) {
	for _, a := range booking.Answers {
		buttons = append(buttons, answerButton{a, answersInWords[a], p.Answer != nil && p.Answer.Answer == a})
	}
	return buttons
}

// HowButtons are the answers that the board offers.
func (c visitCard) HowButtons() []answerButton { return howPart{Question: c.Visit.Question}.Buttons() }

// Said is what they answered, in words.
func (p howPart) Said() string { return answersInWords[p.Answer.Answer] }

// howAsked is the part for a reader. It is empty for whoever is not asked.
func (s *Server) howAsked(r *http.Request, by booking.Actor, ref booking.Reference, action string) (howPart, error) {
	q, err := s.desk.HowWasIt(r.Context(), by, ref)
	if err != nil {
		return howPart{}, unlessRefusal(err)
	}
	p := howPart{Form: form.Blank(), Question: q, Action: action, Thanks: r.URL.Query().Get("done") == "answered"}
	if q.Answer != nil {
		ask := ""
		if q.Answer.MayAsk {
			ask = "yes"
		}
		p.Form = form.Blank("words", q.Answer.Words, "may_ask", ask)
	}
	return p, nil
}

// answerHow keeps an answer or the words to one, and reports what is wrong with
// them, if anything is.
func (s *Server) answerHow(r *http.Request, by booking.Actor, ref booking.Reference) (*form.Form, error) {
	f, err := form.Read(r)
	if err != nil {
		return nil, err
	}
	if answer := f.Value("answer"); answer != "" {
		return f, s.desk.Answer(r.Context(), by, ref, booking.Answer(answer))
	}
	words := f.Paragraph("words", mostFeedbackWords)
	if !f.OK() {
		return f, nil
	}
	if err := s.desk.AddWords(r.Context(), by, ref, words, f.Checked("may_ask")); err != nil {
		if isAny(err, booking.ErrTooLong, booking.ErrBadText) {
			return f, f.Fail("words", err)
		}
		return f, err
	}
	return f, nil
}

// An overPage is a relative's visit that is over.
type overPage struct {
	visitPage
	*form.Form
	How howPart
}

// showOver shows it, with what was typed when that will not do.
func (s *Server) showOver(w http.ResponseWriter, r *http.Request, by booking.Actor, v visitPage, typed *form.Form) error {
	how, err := s.howAsked(r, by, v.Reference, v.To("how"))
	if err != nil {
		return err
	}
	status := http.StatusOK
	if typed != nil {
		how.Form, status = typed, http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, "family/over", overPage{visitPage: v, Form: how.Form, How: how})
}

// familyHow handles POST /visits/{ref}/how.
func (s *Server) familyHow(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	v, err := s.familyVisitOf(r, by)
	if err != nil {
		return err
	}
	f, err := s.answerHow(r, by, v.Reference)
	if err != nil {
		return err
	}
	if !f.OK() {
		return s.showOver(w, r, by, visitPage{familyVisit: v}, f)
	}
	return seeOther(w, r, v.To("")+"?done=answered")
}

// wardHow handles POST /ward/visits/{ref}/how, from the visit's page or the board.
func (s *Server) wardHow(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	v, err := s.steeredVisit(r, by)
	if err != nil {
		return err
	}
	f, err := s.answerHow(r, by, v.Reference)
	switch {
	case err != nil && f != nil && f.Value("from") == "board":
		return s.backToBoard(w, r, by, v.Reference, err)
	case err != nil:
		return err
	case !f.OK():
		return s.showWardVisit(w, r, by, v, f)
	case f.Value("from") == "board":
		return seeOther(w, r, boardOf(v, "how_said"))
	}
	return seeOther(w, r, visitPath(v.Reference)+"?done=answered")
}

// ipadHow handles POST /ipad/how: what the patient tapped after the call. Whatever
// it is refused for, the iPad only goes on: nobody is there to read a reason.
func (s *Server) ipadHow(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	q, err := s.desk.AtBedside(r.Context(), by)
	if err != nil {
		return err
	}
	ref, err := booking.ParseReference(f.Value("visit"))
	if err != nil || !q.Open || q.Ref != ref {
		return seeOther(w, r, "/ipad")
	}
	if err := s.desk.Answer(r.Context(), by, ref, booking.Answer(f.Value("answer"))); err != nil {
		if unlessRefusal(err) != nil {
			return err
		}
		return seeOther(w, r, "/ipad")
	}
	return seeOther(w, r, "/ipad?ended")
}

// A feedbackPage is what people said of a ward's visits.
type feedbackPage struct {
	wardHead
	*form.Form
	desk.FeedbackPage
	Rows []feedbackRow
}

// A feedbackRow is how many of one side gave each answer.
type feedbackRow struct {
	Who            string
	Good, Fair, No int
}

// Total is how many answered.
func (r feedbackRow) Total() int { return r.Good + r.Fair + r.No }

// sideWords are what each side is called.
var sideWords = map[booking.Side]string{booking.PatientSide: "Patients", booking.FamilySide: "Family and friends", booking.StaffSide: "Staff"}

// Empty reports whether nobody answered.
func (p feedbackPage) Empty() bool {
	for _, row := range p.Rows {
		if row.Total() > 0 {
			return false
		}
	}
	return true
}

// Here is the ward of the page, which two of its parts know.
func (p feedbackPage) Here() booking.Ward { return p.wardHead.Ward }

// Zone is that of the ward.
func (p feedbackPage) Zone() *time.Location { return p.wardHead.Ward.Site.Zone }

// Days say of which days it is.
func (p feedbackPage) Days() string {
	from, to := day(noonOf(p.From, p.Zone()), p.Zone()), day(noonOf(p.FeedbackPage.To, p.Zone()), p.Zone())
	if from == to {
		return from
	}
	return from + " to " + to
}

// Told are the words that people added.
func (p feedbackPage) Told() (told []toldWords) {
	for _, w := range p.Words {
		told = append(told, toldWords{w, sideWords[w.Side], answersInWords[w.Answer]})
	}
	return told
}

// A toldWords is what one person said.
type toldWords struct {
	desk.FeedbackWords
	Who, Said string
}

// usualDays is how far back the page looks by itself: four weeks.
const usualDays = 28

// wardFeedback handles GET /ward/feedback.
func (s *Server) wardFeedback(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	head, err := s.headOf(r, by, "/ward/feedback")
	if err != nil {
		return err
	}
	f, from, to := s.daysAsked(r, head.Ward.Site.Zone)
	return s.showFeedback(w, r, by, feedbackPage{wardHead: head, Form: f}, from, to)
}

// daysAsked reads the days that an address asks for: the last four weeks where it
// says nothing, or nothing that makes sense, which the form then says.
func (s *Server) daysAsked(r *http.Request, zone *time.Location) (f *form.Form, from, to booking.Date) {
	q, today := r.URL.Query(), booking.DateOf(s.now(), zone)
	f = form.Blank("from", q.Get("from"), "to", q.Get("to"))
	from, to = auditDay(f, "from"), auditDay(f, "to")
	if to.IsZero() {
		to = today
	}
	if from.IsZero() {
		from = to.AddDays(1 - usualDays)
	}
	if f.OK() && to.Before(from) {
		f.FailAs("to", booking.ErrBadTime, "The last day must not be before the first")
	}
	if !f.OK() {
		from, to = today.AddDays(1-usualDays), today
	}
	return f, from, to
}

// showFeedback shows some days, with what is wrong with those that were asked for.
func (s *Server) showFeedback(w http.ResponseWriter, r *http.Request, by booking.Actor, p feedbackPage, from, to booking.Date) error {
	var err error
	if p.FeedbackPage, err = s.desk.Feedback(r.Context(), by, p.wardHead.Ward.ID, from, to); err != nil {
		return err
	}
	for _, side := range booking.Sides {
		n := p.Counts[side]
		p.Rows = append(p.Rows, feedbackRow{sideWords[side], n[booking.Good], n[booking.Fair], n[booking.NotGood]})
	}
	status := http.StatusOK
	if !p.OK() {
		status = http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, "ward/feedback", p)
}

// feedbackHead names the columns of the file.
var feedbackHead = []string{"day", "who", "answer", "words", "name", "visit"}

// feedbackFile handles GET /ward/feedback/file.csv: the words of some days. Like the
// page, it says who and of which visit only where they may be asked.
func (s *Server) feedbackFile(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	head, err := s.headOf(r, by, "/ward/feedback")
	if err != nil {
		return err
	}
	f, from, to := s.daysAsked(r, head.Ward.Site.Zone)
	p := feedbackPage{wardHead: head, Form: f}
	if !f.OK() {
		return s.showFeedback(w, r, by, p, from, to)
	}
	if p.FeedbackPage, err = s.desk.FeedbackFile(r.Context(), by, head.Ward.ID, from, to); err != nil {
		return err
	}
	if p.More {
		f.FailAs("from", booking.ErrBadTime, "There is more in these days than a file holds. Choose fewer days")
		return s.showFeedback(w, r, by, p, from, to)
	}
	rows := [][]string{slices.Clone(feedbackHead)}
	for _, t := range p.Told() {
		rows = append(rows, []string{booking.DateOf(t.At, p.Zone()).String(), t.Who, t.Said, t.Words, t.Name, string(t.Ref)})
	}
	return sendCSV(w, "how-it-was-"+from.String()+"-"+to.String()+".csv", rows)
}

// sendCSV answers with a file of few enough rows to be drawn whole. No cell of it is
// a formula.
func sendCSV(w http.ResponseWriter, name string, rows [][]string) error {
	var file bytes.Buffer
	file.WriteString("\ufeff") // or spreadsheets take it for another encoding
	out := csv.NewWriter(&file)
	for _, row := range rows {
		for i, cell := range row {
			row[i] = noFormula(cell)
		}
		_ = out.Write(row) // what fails is kept for Error
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	_, err := w.Write(file.Bytes())
	return err
}

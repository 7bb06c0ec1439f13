package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// Asking the ward for a time that it does not offer: up to three, the most wanted
// first. What is typed is the clock on the ward's wall, so a time that it does not
// show on that day is refused, and of one that it shows twice the page asks which.

// wishes is how many times a request has room for.
const wishes = 3

// mostNote is enough to say why.
const mostNote = 500

// wishLengths are how long a visit may be asked to last, in minutes.
var wishLengths = []string{"15", "20", "30", "45", "60", "90"}

// An askPage asks for times.
type askPage struct {
	*form.Form
	familyCircle
	twice map[int]bool // times that the clock shows twice on their day
}

// A wishRow is one of the times to be asked for.
type wishRow struct {
	N     int
	Title string
	Date  string // the name of its day's boxes
	Clock string
	Which string
	Twice bool
}

// Wishes are the rows of the form.
func (p askPage) Wishes() []wishRow {
	titles := []string{"First choice", "Second choice (optional)", "Third choice (optional)"}
	var rows []wishRow
	for i := range wishes {
		n := strconv.Itoa(i + 1)
		rows = append(rows, wishRow{i + 1, titles[i], "day" + n, "clock" + n, "which" + n, p.twice[i]})
	}
	return rows
}

// Lengths are how long it may last.
func (p askPage) Lengths() []phoneChoice {
	var all []phoneChoice
	for _, text := range wishLengths {
		n, _ := strconv.Atoi(text) // ours
		all = append(all, phoneChoice{text, minutes(time.Duration(n) * time.Minute)})
	}
	return all
}

// askRequest handles GET /requests/new.
func (s *Server) askRequest(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	circle, err := s.circle(r, by, booking.PatientID(r.URL.Query().Get("patient")))
	if err != nil {
		return err
	}
	if !circle.MayBook() {
		return s.unable(w, r, http.StatusOK, circle)
	}
	return s.render(w, r, http.StatusOK, "family/request", askPage{Form: form.Blank("length", "30"), familyCircle: circle})
}

// makeRequest handles POST /requests.
func (s *Server) makeRequest(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	circle, err := s.circle(r, by, booking.PatientID(f.Value("patient")))
	if err != nil {
		return err
	}
	p := askPage{Form: f, familyCircle: circle, twice: map[int]bool{}}
	plea := desk.Plea{Patient: circle.Patient.ID, Times: p.readWishes()}
	plea.Note = f.Paragraph("note", mostNote)
	if f.OK() {
		asked, err := s.keyed(f).Ask(r.Context(), by, plea)
		switch refused := new(booking.Refusal); {
		case err == nil:
			return seeOther(w, r, requestPath(asked.ID, "")+"?done=asked")
		case isAny(err, mayNotVisit...):
			circle.Refused = err
			return s.unable(w, r, http.StatusConflict, circle)
		case !errors.As(err, &refused):
			return err
		}
		refuse(f, "day1", err)
	}
	return s.render(w, r, http.StatusUnprocessableEntity, "family/request", p)
}

// readWishes reads the times that were typed, and says by each what is wrong.
func (p askPage) readWishes() []booking.Interval {
	length, _ := strconv.Atoi(p.Choice("length", wishLengths...)) // one of ours, or a problem already
	var times []booking.Interval
	for i, row := range p.Wishes() {
		empty := strings.TrimSpace(p.Value(row.Date+"-day")+p.Value(row.Date+"-month")+p.Value(row.Date+"-year")+p.Value(row.Clock)) == ""
		if empty && i > 0 {
			continue
		}
		wish := booking.Wish{Date: mustDate(p.Form, row.Date), Clock: readClock(p.Form, row.Clock, false), Length: time.Duration(length) * time.Minute}
		if p.Error(row.Date) != "" || p.Error(row.Clock) != "" || length == 0 {
			continue
		}
		switch p.Value(row.Which) {
		case "first":
			wish.Which = booking.TheFirst
		case "second":
			wish.Which = booking.TheSecond
		}
		when, err := wish.When(p.Ward.Site.Zone)
		switch {
		case errors.Is(err, booking.ErrTwiceLocalTime):
			p.twice[i] = true
			refuse(p.Form, row.Which, err)
		case err != nil:
			refuse(p.Form, row.Clock, err)
		default:
			times = append(times, when)
		}
		if wish.Which != booking.NotSaid {
			p.twice[i] = true // to be shown again as it was answered
		}
	}
	return times
}

func requestPath(id booking.RequestID, act string) string {
	return "/requests/" + url.PathEscape(string(id)) + act
}

// A requestPage is what the reader asked the ward, and what it said.
type requestPage struct {
	desk.Asking
	Done string // asked; empty when nothing was
}

// Zone is that of the ward.
func (p requestPage) Zone() *time.Location { return p.WardRecord.Site.Zone }

// To is the address of one of the request's acts.
func (p requestPage) To(act string) string { return requestPath(p.ID, act) }

// request handles GET /requests/{id}.
func (s *Server) request(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	asked, err := s.desk.Request(r.Context(), by, booking.RequestID(r.PathValue("id")))
	if err != nil {
		return err
	}
	p := requestPage{Asking: asked}
	if r.URL.Query().Get("done") == "asked" {
		p.Done = "asked"
	}
	return s.render(w, r, http.StatusOK, "family/asked", p)
}

// withdrawRequest handles POST /requests/{id}/withdraw. What has been answered
// meanwhile is shown with its answer.
func (s *Server) withdrawRequest(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	id := booking.RequestID(r.PathValue("id"))
	_, err := s.desk.TakeBack(r.Context(), by, id)
	if err != nil && !errors.Is(err, booking.ErrRequestClosed) {
		return err
	}
	return seeOther(w, r, requestPath(id, ""))
}

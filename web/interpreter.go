package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// asKnownInterpreter serves interpreters. Somebody who is not signed in is told
// how to get in again, which only the link that they were sent can do.
func (s *Server) asKnownInterpreter(h actedHandler) http.Handler {
	known := s.asInterpreter(h)
	return s.page(func(w http.ResponseWriter, r *http.Request) error {
		_, err := s.doors.Actor(r.Context(), booking.InterpreterActor)
		if errors.Is(err, booking.ErrSignInNeeded) && !wantsJSON(r) {
			return s.render(w, r, http.StatusForbidden, "interpreter/signed-out", nil)
		}
		known.ServeHTTP(w, r)
		return nil
	})
}

// signOutInterpreter handles POST /interpreter/sign-out.
func (s *Server) signOutInterpreter(w http.ResponseWriter, r *http.Request) error {
	if err := s.signOut(r, booking.InterpreterActor); err != nil {
		return err
	}
	return seeOther(w, r, "/interpreter")
}

// A jobRow is a visit as an interpreter is told of it: when, in what language
// and how, and never whose.
type jobRow struct {
	desk.Job
	Language string
	Mode     string
	CanJoin  bool // the waiting room is open
	Opens    time.Time
}

// Zone is that of the hospital.
func (j jobRow) Zone() *time.Location { return j.Visit.WardRecord.Site.Zone }

// To is where an answer goes.
func (j jobRow) To(act string) string {
	return "/interpreter/offers/" + url.PathEscape(string(j.Offer.ID)) + "/" + act
}

// Place is whose clock the times are by.
func (j jobRow) Place() string { return zonePlace(j.Zone()) }

func (s *Server) newJobRow(job desk.Job) jobRow {
	policy := job.Visit.WardRecord.Policy
	row := jobRow{
		Job: job, Language: tongueName(job.Offer.Tongue), Mode: "spoken",
		CanJoin: job.Visit.Visit.WaitingRoomOpen(s.now(), policy) == nil,
		Opens:   job.Visit.When.Start().Add(-policy.OpensBefore),
	}
	if job.Offer.Tongue.Mode == booking.Sign {
		row.Mode = "signed"
	}
	return row
}

// An interpreterPage is an interpreter's offers and days of work.
type interpreterPage struct {
	Offers []jobRow
	Days   []workDay
	Said   string
	Good   bool
}

// A workDay is what an interpreter has accepted on one day.
type workDay struct {
	Title string
	Jobs  []jobRow
}

// interpreterHome handles GET /interpreter.
func (s *Server) interpreterHome(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	jobs, err := s.desk.Jobs(r.Context(), by)
	if err != nil {
		return err
	}
	p := interpreterPage{}
	p.Said, p.Good = interpreterSays(r.URL.Query().Get("said"))
	for _, job := range jobs {
		row := s.newJobRow(job)
		switch {
		case job.Visit.State.Over():
			continue
		case job.Offer.State == booking.Offered:
			p.Offers = append(p.Offers, row)
		case job.Offer.State == booking.Accepted:
			p.add(row, s.now())
		}
	}
	return s.render(w, r, http.StatusOK, "interpreter/home", p)
}

// add puts an accepted visit under its day; they come in order of time.
func (p *interpreterPage) add(row jobRow, now time.Time) {
	start, zone := row.Visit.When.Start(), row.Zone()
	title := day(start, zone)
	if booking.DateOf(start, zone) == booking.DateOf(now, zone) {
		title = "Today, " + title
	}
	if n := len(p.Days); n == 0 || p.Days[n-1].Title != title {
		p.Days = append(p.Days, workDay{Title: title})
	}
	last := &p.Days[len(p.Days)-1]
	last.Jobs = append(last.Jobs, row)
}

// interpreterSaid are what the page can say was done.
var interpreterSaid = map[string]string{
	"accepted":    "Thank you. The visit is in your list.",
	"declined":    "Thank you for telling us. We are asking somebody else.",
	"handed-back": "The visit is handed back. We are asking somebody else.",
}

func interpreterSays(word string) (text string, good bool) {
	if text, ok := interpreterSaid[word]; ok {
		return text, true
	}
	if word == booking.ErrOfferClosed.Code || word == booking.ErrNoSuchOffer.Code {
		text, _ := wardSays(word)
		return text, false
	}
	return "", false
}

// offerAnswers are what can be said to an offer, by the last part of its address.
var offerAnswers = map[string]struct {
	yes  bool
	said string
}{
	"accept":    {true, "accepted"},
	"decline":   {false, "declined"},
	"hand-back": {false, "handed-back"},
}

// answerOffer handles POST /interpreter/offers/{id}/{answer}.
func (s *Server) answerOffer(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	answer, known := offerAnswers[r.PathValue("answer")]
	if !known {
		return errPageNotFound
	}
	id, err := identifier(r.PathValue("id"), booking.ErrNoSuchOffer)
	if err != nil {
		return err
	}
	jobs, err := s.desk.Jobs(r.Context(), by) // before the answer, which may give their seat away
	if err != nil {
		return err
	}
	ctx, cancel := s.outliving(r)
	defer cancel()
	_, err = s.desk.AnswerOffer(ctx, by, booking.OfferID(id), answer.yes)
	switch {
	case errors.Is(err, booking.ErrOfferClosed): // answered in another tab, or no longer needed
		return seeOther(w, r, "/interpreter?said="+booking.ErrOfferClosed.Code)
	case err != nil:
		return err
	}
	if !answer.yes {
		s.leaveRoom(ctx, by, jobs, booking.OfferID(id))
	}
	return seeOther(w, r, "/interpreter?said="+answer.said)
}

// leaveRoom has an interpreter who hands a visit back leave its room, where
// nobody on the ward could see any more that they are.
func (s *Server) leaveRoom(ctx context.Context, by booking.Actor, jobs []desk.Job, id booking.OfferID) {
	for _, job := range jobs {
		for _, p := range job.Visit.People {
			if job.Offer.ID == id && p.Interpreter != "" && p.Interpreter == by.Interpreter() {
				s.tellRoom(ctx, job.Visit.ID, RoomOrder{Kind: OrderRemove, Seat: string(p.ID)})
			}
		}
	}
}

// askHandBack handles GET /interpreter/offers/{id}/hand-back.
func (s *Server) askHandBack(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	jobs, err := s.desk.Jobs(r.Context(), by)
	if err != nil {
		return err
	}
	for _, job := range jobs {
		if string(job.Offer.ID) == r.PathValue("id") && job.Offer.State == booking.Accepted {
			return s.render(w, r, http.StatusOK, "interpreter/hand-back", s.newJobRow(job))
		}
	}
	return booking.ErrNoSuchOffer
}

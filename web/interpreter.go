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
	Confirm  bool // they have not said lately that they still come
	Stuck    bool // it is too near to hand back: somebody is to be sent
	Answer   bool // there is a time until which we wait for one
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
	policy, start, now := job.Visit.WardRecord.Policy, job.Visit.When.Start(), s.now()
	row := jobRow{
		Job: job, Language: tongueName(job.Offer.Tongue), Mode: modeWord(job.Offer.Tongue),
		CanJoin: job.Visit.Visit.WaitingRoomOpen(now, policy) == nil,
		Opens:   start.Add(-policy.OpensBefore),
		Stuck:   !now.Before(start.Add(-booking.SubstituteOpens)),
		Answer:  job.Offer.AnswerBy.After(now),
	}
	for _, before := range booking.Chases {
		if asked := start.Add(-before); !now.Before(asked) && now.Before(start) && job.Offer.SpokeAt.Before(asked) {
			row.Confirm = true
		}
	}
	return row
}

// An interpreterPage is an interpreter's offers, their days of work, and what
// they did in the last week.
type interpreterPage struct {
	Offers   []jobRow
	Days     []workDay
	Finished []jobRow // the last one first
	Said     string
	Good     bool
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
	finished, err := s.desk.Finished(r.Context(), by)
	if err != nil {
		return err
	}
	p := interpreterPage{}
	p.Said, p.Good = interpreterSays(r.URL.Query().Get("said"))
	for _, job := range jobs {
		row := s.newJobRow(job)
		if job.Offer.State == booking.Offered {
			p.Offers = append(p.Offers, row)
		} else {
			p.add(row, s.now())
		}
	}
	for i := len(finished) - 1; i >= 0; i-- {
		p.Finished = append(p.Finished, s.newJobRow(finished[i]))
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

// interpreterSaid are what the pages can say was done.
var interpreterSaid = map[string]string{
	"accepted":    "Thank you. The visit is in your list.",
	"confirmed":   "Thank you. The ward can see that you are still coming.",
	"declined":    "Thank you for telling us. We are asking somebody else.",
	"handed-back": "The visit is handed back. We are asking somebody else.",
	"substitute":  "We are asking somebody else. If you are in the visit, please stay until they come if you can.",
	"away":        "Your time off is kept. We are asking others for the visits that you gave up.",
	"back":        "Your time off is taken out. What you gave up is not yours again, but we may ask you.",
	"hours":       "Your hours are changed.",
	"rest":        "Your time between visits is changed.",
}

func interpreterSays(word string) (text string, good bool) {
	if text, ok := interpreterSaid[word]; ok {
		return text, true
	}
	for _, refused := range []*booking.Refusal{booking.ErrOfferClosed, booking.ErrNoSuchOffer, booking.ErrTooSoon, booking.ErrNoSuchTimeOff} {
		if word == refused.Code {
			text, _ := wardSays(word)
			return text, false
		}
	}
	return "", false
}

// An offerAnswer is what can be said to an offer.
type offerAnswer struct {
	do    func(s *Server, ctx context.Context, by booking.Actor, id booking.OfferID) error
	said  string
	leave bool // whoever says so has no more to do in the room
}

// offerAnswers are all of them, by the last part of their address.
var offerAnswers = map[string]offerAnswer{
	"accept":     {do: answerWith(true), said: "accepted"},
	"confirm":    {do: answerWith(true), said: "confirmed"},
	"decline":    {do: answerWith(false), said: "declined", leave: true},
	"hand-back":  {do: answerWith(false), said: "handed-back", leave: true},
	"substitute": {do: sendSubstitute, said: "substitute"},
}

func answerWith(yes bool) func(s *Server, ctx context.Context, by booking.Actor, id booking.OfferID) error {
	return func(s *Server, ctx context.Context, by booking.Actor, id booking.OfferID) error {
		_, err := s.desk.AnswerOffer(ctx, by, id, yes)
		return err
	}
}

func sendSubstitute(s *Server, ctx context.Context, by booking.Actor, id booking.OfferID) error {
	_, err := s.desk.SendSubstitute(ctx, by, id)
	return err
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
	err = answer.do(s, ctx, by, booking.OfferID(id))
	switch {
	case errors.Is(err, booking.ErrOfferClosed): // answered in another tab, or no longer needed
		return seeOther(w, r, "/interpreter?said="+booking.ErrOfferClosed.Code)
	case errors.Is(err, booking.ErrTooSoon): // a page from before the clock was put right
		return seeOther(w, r, "/interpreter?said="+booking.ErrTooSoon.Code)
	case err != nil:
		return err
	}
	if answer.leave {
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

// askHandBack handles GET /interpreter/offers/{id}/hand-back, and askSubstitute
// GET /interpreter/offers/{id}/substitute.
func (s *Server) askHandBack(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	return s.askAboutJob(w, r, by, "interpreter/hand-back")
}

func (s *Server) askSubstitute(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	return s.askAboutJob(w, r, by, "interpreter/substitute")
}

func (s *Server) askAboutJob(w http.ResponseWriter, r *http.Request, by booking.Actor, page string) error {
	jobs, err := s.desk.Jobs(r.Context(), by)
	if err != nil {
		return err
	}
	for _, job := range jobs {
		if string(job.Offer.ID) == r.PathValue("id") && job.Offer.State == booking.Accepted {
			return s.render(w, r, http.StatusOK, page, s.newJobRow(job))
		}
	}
	return booking.ErrNoSuchOffer
}

package web

import (
	"net/http"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// interpreterVisit handles GET /ward/interpreters/visits/{ref}.
func (s *Server) interpreterVisit(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	return s.showInterpreterVisit(w, r, http.StatusOK, by, form.Blank())
}

func (s *Server) showInterpreterVisit(w http.ResponseWriter, r *http.Request, status int, by booking.Actor, f *form.Form) error {
	ref, err := booking.ParseReference(r.PathValue("ref"))
	if err != nil {
		return err
	}
	work, err := s.desk.InterpreterWork(r.Context(), by, ref)
	if err != nil {
		return err
	}
	p := interpreterVisitPage{
		Form: f, interpretedRow: newInterpretedRow(work.InterpretedVisit, s.now()), Over: work.State.Over(), Wanted: !work.Tongue.IsZero(),
	}
	p.Said, p.Good = wardSays(r.URL.Query().Get("said"))
	for _, c := range work.People {
		row := couldComeRow{
			CouldCome: c, LevelText: levelWords[c.Level], PhoneText: phoneWords(c.Phone), Why: obstacleWords[c.Obstacle],
			Load: loadWords(c.Day, c.Week), Now: c.ID == work.Who,
		}
		switch {
		case row.Now: // said above the list
		case c.Obstacle.Yields():
			p.Can = append(p.Can, row)
		default:
			p.Cannot = append(p.Cannot, row)
		}
	}
	for _, a := range work.Before {
		row := askedRow{a, levelWords[a.Level], phoneWords(a.Phone), becameWords[a.State]}
		if a.State == booking.Relieved { // perhaps for nobody yet
			row.Became = "Taken off, or replaced"
		}
		p.Before = append(p.Before, row)
	}
	return s.render(w, r, status, "ward/interpreters-visit", p)
}

// staffInterpreterVisit handles POST /ward/interpreters/visits/{ref}: somebody is
// asked, put down or taken off.
func (s *Server) staffInterpreterVisit(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	ref, err := booking.ParseReference(r.PathValue("ref"))
	if err != nil {
		return err
	}
	ctx, cancel := s.outliving(r)
	defer cancel()
	instead := booking.OfferID(f.Value("instead"))
	said := ""
	switch do := f.Value("do"); do {
	case "ask", "agreed":
		who, notID := identifier(f.Value("who"), booking.ErrNoSuchInterpreter)
		if notID != nil {
			return notID
		}
		said = map[string]string{"ask": "interpreter_asked", "agreed": "interpreter_put_down"}[do]
		err = s.desk.ChooseInterpreter(ctx, by, ref, desk.Choosing{Who: booking.InterpreterID(who), Instead: instead, Agreed: do == "agreed"})
	case "off":
		said = "interpreter_off"
		err = s.desk.TakeOffInterpreter(ctx, by, ref, instead)
	default:
		return booking.ErrBadChoice
	}
	if isAny(err, booking.ErrStale, booking.ErrCannotInterpret, booking.ErrVisitOver, booking.ErrNoneWanted) {
		refuse(f, "who", err)
		return s.showInterpreterVisit(w, r, http.StatusConflict, by, f)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, interpretersPath+"/visits/"+string(ref)+"?said="+said)
}

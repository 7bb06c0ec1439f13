package web

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// The second step of signing in, and everybody's own page, on which they set one up.
// Secrets and codes are answered to the press that asked for them, never at an address,
// so that going back or sending a link on shows nothing.

// mostFactorCode is generous: people type spaces and lines between.
const mostFactorCode = 40

// asSelf serves staff on their own page, also those who must set up a second step
// before anything else.
func (s *Server) asSelf(h actedHandler) http.Handler { return s.as(booking.StaffActor, h) }

// firstAFactor leads somebody who must set up a second step to where they can.
func (s *Server) firstAFactor(h actedHandler) actedHandler {
	return func(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
		switch {
		case !by.Bare:
			return h(w, r, by)
		case r.Method == http.MethodGet && !wantsJSON(r):
			return seeOther(w, r, "/ward/me")
		}
		return booking.ErrFactorFirst
	}
}

// wardSecondStep handles GET /ward/sign-in/code.
func (s *Server) wardSecondStep(w http.ResponseWriter, r *http.Request) error {
	if _, _, err := s.doors.Halfway(r.Context(), booking.StaffActor); err != nil {
		return toSignIn(w, r, err)
	}
	return s.render(w, r, http.StatusOK, "ward/sign-in-code", signInPage{Form: form.Blank()})
}

// toSignIn sends somebody to begin again whose password was too long ago.
func toSignIn(w http.ResponseWriter, r *http.Request, err error) error {
	if errors.Is(err, booking.ErrSignInNeeded) {
		return seeOther(w, r, "/ward/sign-in")
	}
	return err
}

// secondStep handles POST /ward/sign-in/code.
func (s *Server) secondStep(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	id, since, err := s.doors.Halfway(r.Context(), booking.StaffActor)
	if err != nil {
		return toSignIn(w, r, err)
	}
	p := signInPage{Form: f}
	code := f.Secret("factor_code", mostFactorCode)
	if f.OK() {
		by, err := s.desk.FactorSignIn(r.Context(), booking.StaffID(id), since, code)
		switch {
		case err == nil:
			if err := s.enterInFull(r.Context(), by); err != nil {
				return err
			}
			return seeOther(w, r, "/ward/today")
		case errors.Is(err, booking.ErrSignInNeeded):
			return toSignIn(w, r, err)
		}
		p.LockedOut = errors.Is(err, booking.ErrLockedOut)
		if fault := f.Fail("factor_code", err); fault != nil {
			return fault
		}
	}
	return s.render(w, r, http.StatusUnprocessableEntity, "ward/sign-in-code", p)
}

// A mePage is somebody's own.
type mePage struct {
	booking.Strength
	Name string
	Bare bool
	Said string
}

// meSaid are what it can say was done.
var meSaid = map[string]string{
	"renamed": "The name is changed.", "removed": "It is removed. It does not open your account any more, and you are signed out everywhere else.",
	"added": "It is added. You are signed out everywhere else.", "pin": "Your PIN is chosen.", "no-pin": "Your PIN is removed.",
}

// wardMe handles GET /ward/me.
func (s *Server) wardMe(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	strength, err := s.desk.Strength(r.Context(), by)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/me", mePage{strength, by.Name, by.Bare, meSaid[r.URL.Query().Get("said")]})
}

// A meForm asks somebody for one thing about their own signing in.
type meForm struct {
	*form.Form
	Act    string
	Factor booking.Factor // that it is about
	New    desk.NewFactor // that is to be proved
	QR     qrCode
}

// Path is where the form goes.
func (p meForm) Path() string {
	if p.Factor.ID != "" {
		return "/ward/me/apps/" + url.PathEscape(string(p.Factor.ID)) + "/" + p.Act
	}
	return "/ward/me/" + p.Act
}

// Spaced is the secret as people read it out.
func (p meForm) Spaced() string {
	var out []byte
	for i := range len(p.New.Secret) {
		if i > 0 && i%4 == 0 {
			out = append(out, ' ')
		}
		out = append(out, p.New.Secret[i])
	}
	return string(out)
}

// meActs are what can be asked at /ward/me/{act}.
var meActs = map[string]bool{"app": true, "codes": true, "pin": true, "no-pin": true}

// askMe handles GET /ward/me/{act}.
func (s *Server) askMe(w http.ResponseWriter, r *http.Request, _ booking.Actor) error {
	act := r.PathValue("act")
	if !meActs[act] {
		return errPageNotFound
	}
	return s.render(w, r, http.StatusOK, "ward/me-ask", meForm{Form: form.Blank(), Act: act})
}

// changeMe handles POST /ward/me/{act}.
func (s *Server) changeMe(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	act := r.PathValue("act")
	if !meActs[act] {
		return errPageNotFound
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	p := meForm{Form: f, Act: act}
	var name string
	if act == "app" {
		name = f.Text("factor_name", mostName)
	}
	password := f.Secret("password", mostPassword)
	if !f.OK() {
		return s.render(w, r, http.StatusUnprocessableEntity, "ward/me-ask", p)
	}
	ctx := r.Context()
	switch act {
	case "app":
		if p.New, err = s.desk.BeginFactor(ctx, by, password, name); err == nil {
			return s.showFactor(w, r, http.StatusOK, p)
		}
	case "codes":
		var codes []string
		if codes, err = s.desk.MakeRecoveryCodes(ctx, by, password); err == nil {
			if err := s.doors.Again(ctx, by); err != nil {
				return err
			}
			return s.render(w, r, http.StatusOK, "ward/me-codes", recoveryPage{codes, by.Name})
		}
	}
	return s.meAgain(w, r, p, err)
}

// meAgain asks again, beside the question that a refusal is about.
func (s *Server) meAgain(w http.ResponseWriter, r *http.Request, p meForm, err error) error {
	question := "password"
	switch {
	case isAny(err, booking.ErrBadText, booking.ErrTooManyFactors):
		question = "factor_name"
	case isAny(err, booking.ErrNoSuchFactor):
		return err
	}
	if fault := p.Fail(question, err); fault != nil {
		return fault
	}
	return s.render(w, r, http.StatusUnprocessableEntity, "ward/me-ask", p)
}

// A recoveryPage shows codes on paper, once.
type recoveryPage struct {
	Codes []string
	Name  string
}

func (s *Server) showFactor(w http.ResponseWriter, r *http.Request, status int, p meForm) (err error) {
	if p.QR, err = newQR(p.New.URL); err != nil {
		return err
	}
	return s.render(w, r, status, "ward/me-app", p)
}

// proveFactor handles POST /ward/me/app/code: the first code of a new app.
func (s *Server) proveFactor(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	raw, err := identifier(f.Value("factor"), booking.ErrNoSuchFactor)
	if err != nil {
		return err
	}
	id := booking.FactorID(raw)
	p := meForm{Form: f, Act: "app"}
	code := f.Secret("factor_code", mostFactorCode)
	if f.OK() {
		codes, err := s.desk.ProveFactor(r.Context(), by, id, code)
		if err == nil {
			err = s.doors.Again(r.Context(), by)
		}
		switch {
		case err == nil && len(codes) > 0:
			return s.render(w, r, http.StatusOK, "ward/me-codes", recoveryPage{codes, by.Name})
		case err == nil:
			return seeOther(w, r, "/ward/me?said=added")
		case errors.Is(err, booking.ErrNoSuchFactor):
			return err
		}
		if fault := f.Fail("factor_code", err); fault != nil {
			return fault
		}
	}
	if p.New, err = s.desk.FactorBegun(r.Context(), by, id); err != nil {
		return err
	}
	return s.showFactor(w, r, http.StatusUnprocessableEntity, p)
}

// factorOf is the one of the reader's that an address names.
func (s *Server) factorOf(r *http.Request, by booking.Actor) (booking.Factor, error) {
	strength, err := s.desk.Strength(r.Context(), by)
	if err != nil {
		return booking.Factor{}, err
	}
	for _, f := range strength.Factors {
		if string(f.ID) == r.PathValue("id") {
			return f, nil
		}
	}
	return booking.Factor{}, booking.ErrNoSuchFactor
}

// askFactor handles GET /ward/me/apps/{id}/{act}.
func (s *Server) askFactor(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	factor, err := s.factorOf(r, by)
	if err != nil {
		return err
	}
	act := r.PathValue("act")
	if act != "rename" && act != "remove" {
		return errPageNotFound
	}
	return s.render(w, r, http.StatusOK, "ward/me-ask", meForm{Form: form.Blank("factor_name", factor.Name), Act: act, Factor: factor})
}

// changeFactor handles POST /ward/me/apps/{id}/{act}.
func (s *Server) changeFactor(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	factor, err := s.factorOf(r, by)
	if err != nil {
		return err
	}
	p := meForm{Form: f, Act: r.PathValue("act"), Factor: factor}
	said := ""
	switch p.Act {
	case "rename":
		name := f.Text("factor_name", mostName)
		if said = "renamed"; f.OK() {
			err = s.desk.RenameFactor(r.Context(), by, factor.ID, name)
		}
	case "remove":
		password := f.Secret("password", mostPassword)
		if said = "removed"; f.OK() {
			err = s.removeFactor(r, by, factor.ID, password)
		}
	default:
		return errPageNotFound
	}
	switch {
	case err != nil:
		return s.meAgain(w, r, p, err)
	case !f.OK():
		return s.render(w, r, http.StatusUnprocessableEntity, "ward/me-ask", p)
	}
	return seeOther(w, r, "/ward/me?said="+said)
}

// removeFactor removes one and keeps whoever does it signed in, here.
func (s *Server) removeFactor(r *http.Request, by booking.Actor, id booking.FactorID, password string) error {
	if err := s.desk.RemoveFactor(r.Context(), by, id, password); err != nil {
		return err
	}
	return s.doors.Again(r.Context(), by)
}

package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
	"github.com/wardvisit/wardvisit/web/login"
)

// How often one address may try links and codes. A whole hospital shares one,
// so this is wide; what protects one link is the desk's own count of its codes.
const (
	codeTriesAtOnce = 60
	codeTryEvery    = 5 * time.Second
)

// codeLimiter is what the routes of invitations share.
func (s *Server) codeLimiter() *login.Limiter {
	return login.NewLimiter(codeTryEvery, codeTriesAtOnce, s.now)
}

// unhurried refuses whoever tries too often.
func unhurried(limit *login.Limiter, h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if limit.Wait(r) > 0 {
			return errSlowDown
		}
		return h(w, r)
	}
}

// An invitationPage shows who invites, and asks for the code.
type invitationPage struct {
	*form.Form
	desk.Invitation
	Token  string
	Lasts  string // how long the code that was sent works, in words
	Reader string // who is signed in here already, maybe somebody else; empty for nobody
	Home   string // where their pages are
	Offer  bool   // the link was sent for a freed time that is kept
}

// AsksCode reports whether there is a code to type in.
func (p invitationPage) AsksCode() bool { return p.CodeOpen }

// Ending are the last digits of the number that the code goes to.
func (p invitationPage) Ending() string { return strings.TrimPrefix(p.PhoneEnd, "…") }

// Interpreting reports whether the link is an interpreter's.
func (p invitationPage) Interpreting() bool { return p.For == booking.AsInterpreter }

// invitation handles GET /invitation/{token}. It spends nothing: whatever looks
// at links before people do may look as often as it likes.
func (s *Server) invitation(w http.ResponseWriter, r *http.Request) error {
	f := form.Blank()
	if r.URL.Query().Has("offer") {
		f = form.Blank("offer", "yes")
	}
	return s.showInvitation(w, r, http.StatusOK, r.PathValue("token"), f)
}

func (s *Server) showInvitation(w http.ResponseWriter, r *http.Request, status int, token string, f *form.Form) error {
	found, err := s.desk.Invitation(r.Context(), token)
	if err != nil {
		return err
	}
	if found.CallWard {
		return s.render(w, r, status, "family/call-ward", callWardPage{[]booking.Ward{found.Ward}})
	}
	p := invitationPage{Form: f, Invitation: found, Token: token, Offer: f.Value("offer") != "", Lasts: "for " + minutes(found.CodeEnds.Sub(s.now()))}
	if zone := found.Ward.Site.Zone; zone != nil {
		p.Lasts = "until " + clock(found.CodeEnds, zone)
	}
	kind := booking.VisitorActor
	if p.Home = "/visits"; p.Interpreting() {
		kind, p.Home = booking.InterpreterActor, "/interpreter"
	}
	if known, err := s.doors.Actor(r.Context(), kind); err == nil {
		if p.Offer && f.OK() && known.Kind == found.Holder.Kind && known.ID == found.Holder.ID {
			return s.toOffer(w, r, known)
		}
		p.Reader = known.Name
	}
	return s.render(w, r, status, "family/invitation", p)
}

// toOffer sends a relative to the freed time that is kept for them, or to the list of
// their visits, which has all that are, and is what is left when there is none.
func (s *Server) toOffer(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	offers, err := s.desk.FreedSlots(r.Context(), by)
	switch {
	case err != nil:
		return err
	case len(offers) != 1:
		return seeOther(w, r, "/visits")
	}
	return seeOther(w, r, freedPath(offers[0].ID, ""))
}

// sendCode handles POST /invitation/code: the one-time code goes to the phone
// that the link went to, and to no other.
func (s *Server) sendCode(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	token := f.Value("token")
	_, err = s.desk.SendCode(r.Context(), token)
	switch {
	case isAny(err, booking.ErrCodeTooSoon, booking.ErrTooManyCodes):
		_ = f.Fail("code", err) // a refusal is never a fault
		return s.showInvitation(w, r, http.StatusConflict, token, f)
	case err != nil:
		return err
	}
	to := "/invitation/" + url.PathEscape(token)
	if f.Value("offer") != "" {
		to += desk.ToOffer
	}
	return seeOther(w, r, to)
}

// openInvitation handles POST /invitation/open: a right code signs its holder in.
func (s *Server) openInvitation(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	token := f.Value("token")
	code := strings.NewReplacer(" ", "", "-", "").Replace(f.Text("code", 20))
	if !f.OK() {
		return s.showInvitation(w, r, http.StatusUnprocessableEntity, token, f)
	}
	actor, err := s.desk.OpenInvitation(r.Context(), token, code)
	switch {
	case errors.Is(err, booking.ErrTooManyCodes): // too many wrong ones: this code is over
		err = booking.ErrCodeExpired
		fallthrough
	case isAny(err, booking.ErrWrongCode, booking.ErrCodeExpired):
		_ = f.Fail("code", err) // a refusal is never a fault
		return s.showInvitation(w, r, http.StatusUnprocessableEntity, token, f)
	case err != nil:
		return err
	}
	if err := s.doors.SignIn(r.Context(), actor); err != nil {
		return err
	}
	if actor.Kind == booking.InterpreterActor {
		return seeOther(w, r, "/interpreter")
	}
	if f.Value("offer") != "" {
		return s.toOffer(w, r, actor)
	}
	return seeOther(w, r, "/visits")
}

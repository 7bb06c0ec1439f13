package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/locale"
	"github.com/wardvisit/wardvisit/web/login"
	"github.com/wardvisit/wardvisit/web/login/provider"
)

// Signing in through the hospital's own provider. What it answers comes back in an
// address of ours, as the protocol has it: a code that is worth nothing without our
// secret and the cookie of the browser, that is used at once, and that no log bears.

const (
	providerPath = "/ward/sign-in/provider"
	// ProviderBack is where the provider sends browsers back to, and ProviderLogout
	// where it tells us of a sign-out.
	ProviderBack   = providerPath + "/back"
	ProviderLogout = providerPath + "/logout"
	// providerCookie holds the secret of a sign-in that goes on, for as long as people
	// take to find their telephone.
	providerCookie = "wardvisit_provider"
	providerMinute = 60
	providerFor    = 15 * providerMinute // seconds
)

// providerRefusals are those that the sign-in page can be told of in its address.
var providerRefusals = map[string]bool{
	booking.ErrProviderAway.Code: true, booking.ErrProviderNo.Code: true, booking.ErrProviderAnswer.Code: true, booking.ErrNoRole.Code: true,
	booking.ErrNotLinked.Code: true, booking.ErrEmailUnverified.Code: true, booking.ErrAccountShut.Code: true,
}

// providerSays is the sentence for a word in an address; empty for one that is none.
func providerSays(word string) string {
	if !providerRefusals[word] {
		return ""
	}
	return locale.English.SayOf(word, "staff")
}

func (s *Server) providerName() string {
	if s.provider == nil {
		return ""
	}
	return s.provider.Name
}

// beginProvider handles GET /ward/sign-in/provider.
func (s *Server) beginProvider(w http.ResponseWriter, r *http.Request) error {
	if s.provider == nil {
		return errPageNotFound
	}
	to, secret, err := s.provider.Begin(r.Context())
	if err != nil {
		return s.refuseProvider(w, r, err)
	}
	s.setProviderCookie(w, secret, providerFor)
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

func (s *Server) setProviderCookie(w http.ResponseWriter, secret string, life int) {
	http.SetCookie(w, &http.Cookie{
		Name: providerCookie, Value: secret, Path: providerPath, MaxAge: life,
		HttpOnly: true, Secure: s.public.Scheme == "https", SameSite: http.SameSiteLaxMode, // it comes back by a link from there
	})
}

// refuseProvider writes a refused sign-in down, and says why on the sign-in page.
func (s *Server) refuseProvider(w http.ResponseWriter, r *http.Request, err error) error {
	why := error(nil)
	switch {
	case errors.Is(err, provider.ErrAway):
		why = booking.ErrProviderAway
	case errors.Is(err, provider.ErrDeclined):
		why = booking.ErrProviderNo
	case errors.Is(err, provider.ErrRefused):
		why = booking.ErrProviderAnswer
	}
	if why != nil {
		s.log.WarnContext(r.Context(), "a sign-in through the provider came to nothing", "request", about(r.Context()).id, "err", err)
		err = s.desk.RefuseClaimed(r.Context(), why)
	}
	var refusal *booking.Refusal
	if !errors.As(err, &refusal) || !providerRefusals[refusal.Code] {
		return err
	}
	about(r.Context()).refused = refusal.Code
	return seeOther(w, r, "/ward/sign-in?refused="+url.QueryEscape(refusal.Code))
}

// finishProvider handles GET /ward/sign-in/provider/back.
func (s *Server) finishProvider(w http.ResponseWriter, r *http.Request) error {
	if s.provider == nil {
		return errPageNotFound
	}
	secret := ""
	if cookie, err := r.Cookie(providerCookie); err == nil {
		secret = cookie.Value
	}
	s.setProviderCookie(w, "", -1) // one secret, one answer
	who, err := s.provider.Finish(r.Context(), secret, r.URL.Query())
	if err != nil {
		return s.refuseProvider(w, r, err)
	}
	places, err := s.desk.ClaimedPlaces(r.Context())
	if err != nil {
		return err
	}
	actor, session, err := s.desk.SignInClaimed(r.Context(), desk.Claimed{
		Issuer: who.Issuer, Subject: who.Subject, SID: who.SID, Name: who.Name, Email: who.Email, Verified: who.Verified,
		Grants: s.provider.Roles.Grants(who.Values, places), Until: s.now().Add(login.StaffLife),
	})
	if err != nil {
		return s.refuseProvider(w, r, err)
	}
	if err := s.enter(r.Context(), actor, session); err != nil {
		return err
	}
	return seeOther(w, r, "/ward/today")
}

// providerLogout handles POST /ward/sign-in/provider/logout: the provider says, from
// its server to ours, that a session of its is over.
func (s *Server) providerLogout(w http.ResponseWriter, r *http.Request) error {
	if s.provider == nil {
		return errPageNotFound
	}
	said, err := s.provider.Logout(r.Context(), r.PostFormValue("logout_token"))
	if err == nil {
		err = s.desk.EndSignIns(r.Context(), desk.Ended{
			Issuer: said.Issuer, Subject: said.Subject, SID: said.SessionID, JTI: said.TokenID, Expires: said.Expiry,
		})
	}
	var refusal *booking.Refusal
	if errors.Is(err, provider.ErrAway) || errors.Is(err, provider.ErrRefused) || errors.As(err, &refusal) {
		s.log.WarnContext(r.Context(), "what came as the provider's word of a sign-out was refused", "request", about(r.Context()).id, "err", err)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, err = w.Write([]byte(`{"error":"invalid_request"}`))
		return ignoreGone(err)
	}
	return err
}

// endProvider ends, when staff go from a browser, the session by which they were let in, and is
// where they sign out at the provider's, too; "" when they were let in by a password.
func (s *Server) endProvider(ctx context.Context) (to string, err error) {
	session, err := s.doors.Session(ctx, booking.StaffActor)
	if err != nil || session == "" || s.provider == nil {
		return "", err
	}
	if err := s.desk.EndSignIn(ctx, session); err != nil {
		return "", err
	}
	return s.provider.SignOut(s.public.JoinPath("/ward/sign-in").String()), nil
}

// withProvider lets a form of ours, to sign out, lead on to the provider's page.
func (s *Server) withProvider(policy string) string {
	if s.provider == nil {
		return policy
	}
	return strings.Replace(policy, "form-action 'self'", strings.Join(append([]string{"form-action 'self'"}, s.provider.Origins()...), " "), 1)
}

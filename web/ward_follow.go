package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/web/form"
	"github.com/wardvisit/wardvisit/web/locale"
)

// One person follows another at a shared screen: the page that was shown stays, and
// whoever was there is signed out, with all that their login let in. Nothing that they
// typed stays: no page of staff is kept by a browser.

// enter signs somebody of the staff in at this browser, whom session names if another let
// them in, and signs out whoever was there.
func (s *Server) enter(ctx context.Context, by booking.Actor, session string) error {
	if err := s.leaveTo(ctx, by.ID); err != nil {
		return err
	}
	return s.doors.SignInBy(ctx, by, session)
}

// enterInFull is enter for somebody who has just given everything that is asked of them,
// and may come back to this browser with less.
func (s *Server) enterInFull(ctx context.Context, by booking.Actor) error {
	if err := s.enter(ctx, by, ""); err != nil {
		return err
	}
	return s.desk.CameIn(ctx, by, s.doors.MarkShared(ctx))
}

// leaveTo records that whoever is signed in here leaves, because somebody else comes.
func (s *Server) leaveTo(ctx context.Context, next string) error {
	before, err := s.doors.Actor(ctx, booking.StaffActor)
	switch {
	case errors.Is(err, booking.ErrSignInNeeded):
		return nil
	case err != nil:
		return err
	case before.ID == next:
		return nil
	}
	if _, err := s.endProvider(ctx); err != nil {
		return err
	}
	return s.desk.SignOut(ctx, before)
}

// forgetHere has this browser forget whoever is about to sign out of it.
func (s *Server) forgetHere(ctx context.Context) error {
	by, err := s.doors.Actor(ctx, booking.StaffActor)
	if errors.Is(err, booking.ErrSignInNeeded) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.desk.WentFrom(ctx, by, s.doors.Shared(ctx))
}

// A followPage names who can follow, or asks one of them for their PIN.
type followPage struct {
	*form.Form
	People []booking.Colleague
	To     string // the page to show afterwards
	Who    booking.Colleague
	Reader string // who is signed in now; empty for nobody
	Gone   string // why whoever wanted to cannot come back with their PIN
}

// Query is the page to show afterwards, in an address.
func (p followPage) Query() string { return "?to=" + url.QueryEscape(p.To) }

// readFollow reads who can follow whom here.
func (s *Server) readFollow(r *http.Request, f *form.Form, to string) (followPage, error) {
	p := followPage{Form: f, To: to}
	if !switchPages[p.To] {
		p.To = "/ward/today"
	}
	reader, err := s.doors.Actor(r.Context(), booking.StaffActor)
	if err != nil && !errors.Is(err, booking.ErrSignInNeeded) {
		return p, err
	}
	p.Reader = reader.Name
	about(r.Context()).door, about(r.Context()).reader = booking.StaffActor, reader
	if p.People, err = s.desk.Colleagues(r.Context(), s.doors.Shared(r.Context())); err != nil {
		return p, err
	}
	p.People = slices.DeleteFunc(p.People, func(c booking.Colleague) bool { return string(c.ID) == reader.ID })
	if i := slices.IndexFunc(p.People, func(c booking.Colleague) bool { return string(c.ID) == r.PathValue("id") }); i >= 0 {
		p.Who = p.People[i]
	}
	return p, nil
}

// askFollow handles GET /ward/change and GET /ward/change/{id}. For somebody who is not
// here any more it leads to who is.
func (s *Server) askFollow(w http.ResponseWriter, r *http.Request) error {
	p, err := s.readFollow(r, form.Blank(), r.URL.Query().Get("to"))
	if err != nil {
		return err
	}
	if r.PathValue("id") != "" && p.Who.ID == "" {
		return seeOther(w, r, "/ward/change"+p.Query())
	}
	return s.render(w, r, http.StatusOK, "ward/follow", p)
}

// follow handles POST /ward/change/{id}: a PIN.
func (s *Server) follow(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	p, err := s.readFollow(r, f, f.Value("to"))
	if err != nil {
		return err
	}
	pin := f.Secret("pin", mostFactorCode)
	switch {
	case p.Who.ID == "":
		p.Gone = locale.English.Say(booking.ErrNotHereLately.Code)
	case f.OK():
		by, err := s.desk.ComeBack(r.Context(), s.doors.Shared(r.Context()), p.Who.ID, pin)
		if err == nil {
			if err := s.enter(r.Context(), by, ""); err != nil {
				return err
			}
			return seeOther(w, r, p.To)
		}
		var refusal *booking.Refusal
		if isAny(err, booking.ErrPINSpent, booking.ErrNotHereLately) && errors.As(err, &refusal) {
			p.Who, p.Gone = booking.Colleague{}, locale.English.Say(refusal.Code)
			break
		}
		if fault := f.Fail("pin", err); fault != nil {
			return fault
		}
	}
	return s.render(w, r, http.StatusUnprocessableEntity, "ward/follow", p)
}

package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// Who works here, and as what: the pages of administrators. A code with which
// somebody chooses their password is shown once, to be handed over; it is in no
// address and no message, and the page that shows it is not kept.

// roleNames are what people call the roles.
var roleNames = map[booking.StaffRole]string{
	booking.Nurse:         "Nurse",
	booking.Facilitator:   "Visit facilitator",
	booking.WardManager:   "Ward manager",
	booking.DeviceManager: "iPad manager",

	booking.InterpreterCoordinator: "Interpreter coordinator",

	booking.Administrator: "Administrator",
	booking.Auditor:       "Auditor",
}

// roleSays are what each may do, for whoever gives it.
var roleSays = map[booking.StaffRole]string{
	booking.Nurse:         "runs visits, and decides with patients who may visit them",
	booking.Facilitator:   "books and runs visits, and brings the iPad",
	booking.WardManager:   "all that a nurse does, and the ward’s visiting times and rules",
	booking.DeviceManager: "pairs, lends and withdraws iPads",

	booking.InterpreterCoordinator: "finds interpreters for visits, without seeing the patients. Interpreters serve everywhere: held everywhere, it also changes the list of them",

	booking.Administrator: "says who works here, and which wards and beds there are; sees no patient. Held everywhere",
	booking.Auditor:       "reads who did what; changes nothing",
}

// An accountRow is one person in the list.
type accountRow struct {
	booking.Account
	Roles []heldRole
}

// A heldRole is a role as it is held.
type heldRole struct {
	booking.Grant
	Name, Where string
}

// Value is the grant as a form sends it back.
func (h heldRole) Value() string {
	return strings.Join([]string{string(h.Role), string(h.Site), string(h.Ward)}, "/")
}

// Text says it in a line.
func (h heldRole) Text() string { return h.Name + ", " + h.Where }

func newAccountRow(a booking.Account, places []booking.Ward) accountRow {
	row := accountRow{Account: a}
	for _, g := range a.Holds {
		held := heldRole{Grant: g, Name: roleNames[g.Role], Where: "everywhere"}
		for _, w := range places {
			switch {
			case g.Ward != "" && g.Ward == w.ID:
				held.Where = w.Name
			case g.Site != "" && g.Site == w.Site.ID:
				held.Where = "all of " + w.Site.Name
			}
		}
		row.Roles = append(row.Roles, held)
	}
	return row
}

// Path is the page of one person.
func (a accountRow) Path(act string) string {
	return "/ward/accounts/" + url.PathEscape(string(a.ID)) + act
}

// Waits reports whether they have still to choose a password.
func (a accountRow) Waits() bool { return !a.Code.IsZero() && !a.Closed }

// An accountsPage lists who works here.
type accountsPage struct {
	Accounts, Closed []accountRow
}

// wardAccounts handles GET /ward/accounts.
func (s *Server) wardAccounts(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	accounts, err := s.desk.Accounts(r.Context(), by)
	if err != nil {
		return err
	}
	places, err := s.desk.Places(r.Context(), by)
	if err != nil {
		return err
	}
	var p accountsPage
	for _, a := range accounts {
		row := newAccountRow(a, places)
		if a.Closed {
			p.Closed = append(p.Closed, row)
		} else {
			p.Accounts = append(p.Accounts, row)
		}
	}
	return s.render(w, r, http.StatusOK, "ward/accounts", p)
}

// A grantForm asks for a role, and where it is held.
type grantForm struct {
	*form.Form
	Places []booking.Ward
}

// RoleChoices are the roles, with what each may do.
func (grantForm) RoleChoices() []choice {
	var all []choice
	for _, role := range booking.AllRoles {
		all = append(all, choice{string(role), roleNames[role] + ": " + roleSays[role], false})
	}
	return all
}

// PlaceChoices are where a role can be held, the wards of a site after it.
func (f grantForm) PlaceChoices() []choice {
	all := []choice{{"everywhere", "Everywhere, in every ward", f.Value("place") == "everywhere"}}
	var site booking.SiteID
	for _, w := range f.Places {
		if w.Site.ID != site {
			site = w.Site.ID
			value := "site " + string(site)
			all = append(all, choice{value, "All of " + w.Site.Name, f.Value("place") == value})
		}
		value := "ward " + string(w.ID)
		all = append(all, choice{value, w.Name + ", " + w.Site.Name, f.Value("place") == value})
	}
	return all
}

// grant reads what was asked for.
func (f grantForm) grant() booking.Grant {
	var roles, places []string
	for _, c := range f.RoleChoices() {
		roles = append(roles, c.Value)
	}
	for _, c := range f.PlaceChoices() {
		places = append(places, c.Value)
	}
	g := booking.Grant{Role: booking.StaffRole(f.Choice("role", roles...))}
	kind, id, _ := strings.Cut(f.Choice("place", places...), " ")
	switch kind {
	case "site":
		g.Site = booking.SiteID(id)
	case "ward":
		g.Ward = booking.WardID(id)
	}
	if g.Role == booking.Administrator && kind != "everywhere" && f.OK() {
		f.FailAs("place", booking.ErrBadChoice, "Administrators keep everybody’s accounts. Choose “Everywhere”.")
	}
	return g
}

func (s *Server) grantForm(r *http.Request, by booking.Actor, f *form.Form) (grantForm, error) {
	places, err := s.desk.Places(r.Context(), by)
	slices.SortStableFunc(places, func(a, b booking.Ward) int {
		return strings.Compare(a.Site.Name+" "+string(a.Site.ID)+" "+a.Name, b.Site.Name+" "+string(b.Site.ID)+" "+b.Name)
	})
	return grantForm{f, places}, err
}

// newAccount handles GET /ward/accounts/new.
func (s *Server) newAccount(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.grantForm(r, by, form.Blank())
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/account-new", p)
}

// addAccount handles POST /ward/accounts/new.
func (s *Server) addAccount(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	p, err := s.grantForm(r, by, f)
	if err != nil {
		return err
	}
	n := desk.NewAccount{Name: f.Text("full_name", mostName), Email: f.Text("email", mostEmail), Holds: []booking.Grant{p.grant()}}
	if f.OK() {
		made, err := s.desk.AddAccount(r.Context(), by, n)
		if err == nil {
			return s.showCode(w, r, by, made)
		}
		question := "email"
		if isAny(err, booking.ErrBadText, booking.ErrTooLong) {
			question = "full_name"
		}
		if fault := f.Fail(question, err); fault != nil {
			return fault
		}
	}
	return s.render(w, r, http.StatusUnprocessableEntity, "ward/account-new", p)
}

// An accountCodePage shows a code, once.
type accountCodePage struct {
	accountRow
	Secret string
	Till   string
}

func (s *Server) showCode(w http.ResponseWriter, r *http.Request, by booking.Actor, made desk.AccountCode) error {
	places, err := s.desk.Places(r.Context(), by)
	if err != nil {
		return err
	}
	zone := s.now().Location()
	if len(places) > 0 {
		zone = places[0].Site.Zone
	}
	w.Header().Set("Cache-Control", "no-store")
	p := accountCodePage{newAccountRow(made.Account, places), made.Code, moment(made.Account.Code, zone)}
	return s.render(w, r, http.StatusOK, "ward/account-code", p)
}

// An accountPage is about one person.
type accountPage struct {
	accountRow
	grantForm
	Self bool // it is the reader
	Ask  string
	Said string
}

// accountSaid are what the page of one person can say was done.
var accountSaid = map[string]string{
	"given": "They have the role now. It counts from the next page that they open.", "taken": "They no longer have the role. It counts at once.",
	"factors": "Their second step is removed, and they are signed out everywhere.",
	"closed":  "The account is closed, and they are signed out everywhere.", "reopened": "The account is open again. Make a code so that they can choose a password.",
}

func (s *Server) oneAccount(r *http.Request, by booking.Actor, f *form.Form) (accountPage, error) {
	id, err := identifier(r.PathValue("id"), booking.ErrNoSuchAccount)
	if err != nil {
		return accountPage{}, err
	}
	a, err := s.desk.Account(r.Context(), by, booking.StaffID(id))
	if err != nil {
		return accountPage{}, err
	}
	g, err := s.grantForm(r, by, f)
	return accountPage{accountRow: newAccountRow(a, g.Places), grantForm: g, Self: string(a.ID) == by.ID, Said: accountSaid[r.URL.Query().Get("said")]}, err
}

// wardAccount handles GET /ward/accounts/{id}.
func (s *Server) wardAccount(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.oneAccount(r, by, form.Blank())
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/account", p)
}

// askAccount handles GET /ward/accounts/{id}/{act}: what will happen, before it does.
func (s *Server) askAccount(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	p, err := s.oneAccount(r, by, form.Blank())
	if err != nil {
		return err
	}
	p.Ask = r.PathValue("act")
	if p.Ask != "close" && p.Ask != "code" && p.Ask != "factors" {
		return errPageNotFound
	}
	return s.render(w, r, http.StatusOK, "ward/account-ask", p)
}

// changeAccount handles POST /ward/accounts/{id}/{act}.
func (s *Server) changeAccount(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	p, err := s.oneAccount(r, by, f)
	if err != nil {
		return err
	}
	said, err := s.onAccount(w, r, by, p)
	if err == nil && said != "" {
		return seeOther(w, r, p.Path("?said="+said))
	}
	if isAny(err, booking.ErrLastAdministrator, booking.ErrBadChoice) {
		err = f.Fail("role", err)
	}
	if err != nil || f.OK() {
		return err // or the answer has been given
	}
	if r.PathValue("act") == "factors" {
		p.Ask = "factors"
		return s.render(w, r, http.StatusUnprocessableEntity, "ward/account-ask", p)
	}
	return s.render(w, r, http.StatusUnprocessableEntity, "ward/account", p)
}

// onAccount does what an address asks, and returns what to say of it; or nothing,
// when the form has a problem, or when a code has been shown.
func (s *Server) onAccount(w http.ResponseWriter, r *http.Request, by booking.Actor, p accountPage) (said string, err error) {
	switch r.PathValue("act") {
	case "give":
		g := p.grant()
		if !p.OK() {
			return "", nil
		}
		return "given", s.desk.GiveRole(r.Context(), by, p.ID, g)
	case "take":
		i := slices.IndexFunc(p.Roles, func(h heldRole) bool { return h.Value() == p.Value("held") })
		if i < 0 {
			return "taken", nil // pressed twice
		}
		return "taken", s.desk.TakeRole(r.Context(), by, p.ID, p.Roles[i].Grant)
	case "close":
		_, err := s.desk.CloseAccount(r.Context(), by, p.ID, true)
		return "closed", err
	case "reopen":
		_, err := s.desk.CloseAccount(r.Context(), by, p.ID, false)
		return "reopened", err
	case "factors":
		reason := p.Text("reason", mostReason)
		if !p.OK() {
			return "", nil
		}
		return "factors", s.desk.RemoveFactors(r.Context(), by, p.ID, reason)
	case "code":
		made, err := s.desk.ResetPassword(r.Context(), by, p.ID)
		if err != nil {
			return "", err
		}
		return "", s.showCode(w, r, by, made)
	}
	return "", errPageNotFound
}

// firstSignIn handles GET /ward/first-sign-in.
func (s *Server) firstSignIn(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, "ward/first-sign-in", signInPage{Form: form.Blank()})
}

// choosePassword handles POST /ward/first-sign-in: a password by the code that an
// administrator has handed over. Whoever has chosen one signs in with it, so that
// they know that it works.
func (s *Server) choosePassword(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	p := signInPage{Form: f}
	email, code := f.Text("email", mostEmail), f.Text("account_code", mostName)
	password, again := f.Secret("password", mostPassword), f.Secret("again", mostPassword)
	if f.OK() && password != again {
		f.FailAs("again", booking.ErrBadChoice, "The two passwords are not the same. Type it again.")
	}
	if !f.OK() {
		return s.render(w, r, http.StatusUnprocessableEntity, "ward/first-sign-in", p)
	}
	err = s.desk.ChoosePassword(r.Context(), email, code, password)
	switch {
	case err == nil:
		return seeOther(w, r, "/ward/sign-in?chosen=1")
	case isAny(err, booking.ErrPasswordShort, booking.ErrPasswordLong, booking.ErrPasswordGuessable):
		err = f.Fail("password", err)
	case errors.Is(err, booking.ErrStale):
		err = f.Fail("account_code", booking.ErrAccountCode)
	default:
		p.LockedOut = errors.Is(err, booking.ErrLockedOut)
		err = f.Fail("account_code", err)
	}
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusUnprocessableEntity, "ward/first-sign-in", p)
}

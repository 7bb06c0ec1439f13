package web

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/web/form"
	"github.com/wardvisit/wardvisit/web/locale"
	"github.com/wardvisit/wardvisit/web/login"
)

// The ward's pages are in the files whose names begin with ward: signing in and
// choosing a ward (here), the board (ward_today.go sets it out from
// ward_board.go and ward_card.go), what can be done about a visit on it (ward_acts.go), booking
// for a family on the phone (ward_book.go), patients (ward_patients.go,
// ward_circle.go, ward_consent.go) and iPads (ward_ipads.go).
//
// A ward that the reader does not hold is not there, and neither is anything
// in it.

// How often one address may try to sign in. A ward's computers share one, so it
// is wide; what protects one name is the desk's own count.
const (
	signInsAtOnce = 30
	signInEvery   = 10 * time.Second
)

func (s *Server) signInLimiter() *login.Limiter {
	return login.NewLimiter(signInEvery, signInsAtOnce, s.now)
}

// A signInPage asks for a name and a password.
type signInPage struct {
	*form.Form
	LockedOut bool
	Chosen    bool   // they have just chosen a password
	Provider  string // through which else they can sign in; empty for none
	Refused   string // why that came to nothing
	Here      bool   // somebody can come back with a PIN
}

// wardSignIn handles GET /ward/sign-in. Whoever is signed in is led on, unless the page is
// for another: they ask for it, have just chosen a password, or were refused.
func (s *Server) wardSignIn(w http.ResponseWriter, r *http.Request) error {
	asked := r.URL.Query()
	if _, err := s.doors.Actor(r.Context(), booking.StaffActor); err == nil && asked.Get("another")+asked.Get("chosen")+asked.Get("refused") == "" {
		return seeOther(w, r, "/ward/today")
	}
	here, err := s.desk.Colleagues(r.Context(), s.doors.Shared(r.Context()))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "ward/sign-in", signInPage{
		Form: form.Blank(), Chosen: asked.Get("chosen") != "", Provider: s.providerName(), Refused: providerSays(asked.Get("refused")), Here: len(here) > 0,
	})
}

// How long what is typed may be, here and in the ward's other forms.
const (
	mostName     = 80
	mostEmail    = 254 // no address is longer
	mostPhone    = 40
	mostPassword = 200
	mostReason   = 300
	mostSay      = 200
)

// signIn handles POST /ward/sign-in. A name that nobody has and a password that
// is wrong are told in the same words, beside the same question.
func (s *Server) signIn(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	email := f.Text("email", mostEmail)
	password := f.Secret("password", mostPassword)
	page := signInPage{Form: f, Provider: s.providerName()}
	if f.OK() {
		actor, err := s.desk.SignIn(r.Context(), email, password)
		if err == nil {
			if err := s.enterInFull(r.Context(), actor); err != nil {
				return err
			}
			return seeOther(w, r, "/ward/today")
		}
		if errors.Is(err, booking.ErrFactorNeeded) {
			if err := s.leaveTo(r.Context(), ""); err != nil {
				return err
			}
			if err := s.doors.HalfSignIn(r.Context(), actor); err != nil {
				return err
			}
			return seeOther(w, r, "/ward/sign-in/code")
		}
		page.LockedOut = errors.Is(err, booking.ErrLockedOut)
		if fault := f.Fail("email", err); fault != nil {
			return fault
		}
	}
	return s.render(w, r, http.StatusUnprocessableEntity, "ward/sign-in", page)
}

// signOutStaff handles POST /ward/sign-out.
func (s *Server) signOutStaff(w http.ResponseWriter, r *http.Request) error {
	there, err := s.endProvider(r.Context())
	if err != nil {
		return err
	}
	if err := s.forgetHere(r.Context()); err != nil {
		return err
	}
	if err := s.signOut(r, booking.StaffActor); err != nil {
		return err
	}
	if there != "" {
		http.Redirect(w, r, there, http.StatusSeeOther)
		return nil
	}
	return seeOther(w, r, "/ward/sign-in")
}

// A wardHead is what every page of a ward knows: which, and which others there are.
type wardHead struct {
	Ward  booking.Ward
	Wards []booking.Ward
	To    string // the page to show of another ward
	Said  string // what has just been done, or why it was not
	Good  bool   // it was done

	Flagged int // how much of it is to be looked at
}

// ToLookAt is what the navigation says beside the page of those.
func (h wardHead) ToLookAt() int { return h.Flagged }

// Several reports whether the reader has a ward to switch to.
func (h wardHead) Several() bool { return len(h.Wards) > 1 }

// Query names the ward in an address.
func (h wardHead) Query() string { return "?ward=" + url.QueryEscape(string(h.Ward.ID)) }

// wardCookie remembers which ward somebody with several last chose. It is a
// wish and no right: the desk is asked each time whether they hold it.
const wardCookie = "wardvisit_ward"

// headOf finds the ward that a page is about: the one its address names, or the
// one last chosen, or the first.
func (s *Server) headOf(r *http.Request, by booking.Actor, to string) (wardHead, error) {
	wards, err := s.desk.Wards(r.Context(), by)
	if err != nil {
		return wardHead{}, err
	}
	if len(wards) == 0 {
		return wardHead{}, booking.ErrNoSuchWard
	}
	h := wardHead{Ward: wards[0], Wards: wards, To: to}
	h.Said, h.Good = wardSays(r.URL.Query().Get("said"))
	asked := r.URL.Query().Get("ward")
	wish := asked
	if cookie, err := r.Cookie(wardCookie); err == nil && wish == "" {
		wish = cookie.Value
	}
	for _, ward := range wards {
		if string(ward.ID) == wish {
			h.Ward = ward
			asked = ""
		}
	}
	if asked != "" {
		return wardHead{}, booking.ErrNoSuchWard
	}
	if by.May(booking.RunVisits, h.Ward.ID) {
		h.Flagged, err = s.desk.FlagCount(r.Context(), by, h.Ward.ID)
	}
	return h, err
}

// switchPages are where one can go in another ward.
var switchPages = map[string]bool{"/ward/today": true, "/ward/book": true, "/ward/patients": true, "/ward/review": true, "/ward/ipads": true,
	"/ward/requests": true, waitingPath: true, "/ward/goodbye": true, "/ward/rules": true, messagesPath: true}

// switchWard handles POST /ward/switch.
func (s *Server) switchWard(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	wards, err := s.desk.Wards(r.Context(), by)
	if err != nil {
		return err
	}
	to := f.Value("to")
	if !switchPages[to] {
		to = "/ward/today"
	}
	for _, ward := range wards {
		if string(ward.ID) != f.Value("ward") {
			continue
		}
		http.SetCookie(w, &http.Cookie{
			Name: wardCookie, Value: string(ward.ID), Path: "/ward", HttpOnly: true,
			Secure: s.public.Scheme == "https", SameSite: http.SameSiteLaxMode,
		})
		return seeOther(w, r, to+"?ward="+url.QueryEscape(string(ward.ID)))
	}
	return booking.ErrNoSuchWard
}

// wardSaid are what a page of the ward can say was done.
var wardSaid = map[string]string{
	"invited":              "We have sent them a text message with their own link.",
	"approved":             "They can visit now. We have sent them a text message with their own link.",
	"member_removed":       "They can no longer visit, and their link does not work any more.",
	"paused":               "Their visits are paused. Visits that are booked need a look.",
	"resumed":              "They may visit again.",
	"barred":               "They are barred. Nothing tells them so.",
	"unbarred":             "They are no longer barred.",
	"consented":            "Consent is recorded.",
	"withdrawn":            "Consent is withdrawn. Nobody can book a visit or join one.",
	"unpaired":             "The iPad is unpaired. It shows nothing of the ward any more.",
	"cleaned":              "The iPad is marked as clean.",
	"ipad_withdrawn":       "The iPad is out of service.",
	"ipad_lost":            "The iPad is marked as lost. It shows nothing of the ward any more.",
	"ipad_restored":        "The iPad is back. Clean it before its next visit.",
	"ipad_lent":            "The iPad is lent.",
	"ipad_taken_back":      "The loan has ended.",
	"ipad_zoned":           "Where the iPad is kept is changed.",
	"ipad_left":            "It is done. Some visits have no iPad now: look at the visits that need you.",
	"said_to_waiting":      "Everybody who waits can read your message.",
	"released":             "The time is free again. Nothing is booked.",
	"removed_from":         "They have left the visit and cannot come back in.",
	"ended":                "The visit has ended.",
	"wall_removed":         "It is a wall screen no longer.",
	"noted_late":           "The visit waits. If you do not undo it, the family is told in a minute until when.",
	"noted_moved":          "The visit is half an hour later. If you do not undo it, the family is told in a minute; they are not told why.",
	"noted_off":            "The visit is called off. If you do not undo it, the family is told in a minute; they are not told why.",
	"note_undone":          "It is undone. The visit is as it was.",
	"how_said":             "Thank you. Your answer is kept. You can change it for a day.",
	"more_time":            "The visit has more time. Everybody in it has been told.",
	"swapped":              "The visit goes on on the other iPad. Everybody stays in it.",
	"answered":             "The family has your answer.",
	"waiting":              "They are on the waiting list. We text them when a time is free.",
	"not_waiting":          "They are not on the waiting list any more.",
	"offered_now":          "What is free is kept for those whose turn it is. They get a message.",
	"nothing_to_offer":     "Nothing is free that somebody who waits could come to, or it is kept for them already.",
	"declined_for_them":    "The time goes to the next who waits. The family that said no keeps its place.",
	"offer_taken":          "They have said yes themselves in the meantime. The visit is booked.",
	"offer_declined":       "They have turned that time down in the meantime, and keep their place for another.",
	"offer_lapsed":         "Nobody answered in time, so that time is not kept for them any more.",
	"kept":                 "The visit is kept as it is.",
	"told":                 "We have sent everybody who comes a text message.",
	"rehomed":              "The changes are made. Families whose time has changed have been told.",
	"other_time":           "The visit is moved, and everybody who comes to it gets a message.",
	"other_ipad":           "The visit has another iPad. Nobody who comes to it notices, so nobody is told.",
	"rung":                 "It is noted that you have rung the family.",
	"admitted":             "The patient is on the ward.",
	"moved_bed":            "The patient is in the other bed.",
	"moved_away":           "The patient is on the other ward now, with their visits.",
	"not_moved":            "The patient is back in the bed they were in before.",
	"discharged":           "The patient has left. Their visits are cancelled in two hours, unless you take it back.",
	"died":                 "It is recorded that the patient has died. Nothing is sent to the family. Please ring them.",
	"taken_back":           "The patient is on the ward again. Check the visits below.",
	"needs_set":            "It is changed.",
	"infection_set":        "It is changed, and there is time to clean the iPad around each visit.",
	"infection_short":      "It is changed. Some visits leave too little time to clean the iPad. Look at them below.",
	"merged":               "The two records are one now.",
	"unmerged":             "The two records are apart again.",
	"nobody_to_say_to":     "Nobody is waiting, so nobody was told.",
	"times_saved":          "The visiting times are published.",
	"times_ended":          "The visiting times end on that day.",
	"is_closed":            "It is closed. Nobody can book a visit in it.",
	"is_reopened":          "It is open again. What was marked because of it is no longer marked.",
	"closed_cancelled":     "The visits are cancelled, and everybody who was coming gets a message.",
	"is_protected":         "The time is kept free of visits.",
	"is_unprotected":       "The time is no longer kept free of visits.",
	"message_worded":       "It is saved. It counts in every message that has not gone yet.",
	"message_usual":        "The message has its usual words again.",
	"interpreter_asked":    "They are asked. If they do not answer in time, somebody else is.",
	"interpreter_put_down": "They are down for the visit. We have sent them their link.",
	"interpreter_off":      "They are off the visit and have been told. If somebody else can come, we have asked them.",
	"interpreter_added":    "They are on the list. Add when they work: they are asked to nothing outside their hours.",
	"interpreter_changed":  "It is changed. What they have agreed to is still theirs.",
	"interpreter_closed":   "They are off the list. Others are asked to what they were to come to.",
	"interpreter_hours":    "Their hours are changed. What they have agreed to is still theirs.",
	"policy_saved":         "The rules are changed. Visits that are booked keep those they were booked under.",
}

// wardNotDone are those of them that tell of nothing done.
var wardNotDone = map[string]bool{
	"nobody_to_say_to": true, "nothing_to_offer": true, "offer_taken": true, "offer_declined": true, "offer_lapsed": true,
}

// wardSays returns the sentence for a word in an address, and whether it tells
// of something done. A word that we do not know says nothing, so that an address
// cannot put words on the page.
func wardSays(word string) (text string, good bool) {
	if word == "" {
		return "", false
	}
	if text, ok := wardSaid[word]; ok {
		return text, !wardNotDone[word]
	}
	if locale.English.Has(word) && !strings.Contains(word, "/") {
		return locale.English.SayOf(word, "staff"), false
	}
	return "", false
}

// identifier reads an id from an address or a form. Whatever no id of ours could
// be is not there, which spares the database what it could not even compare: a
// PostgreSQL transaction in which something was not comparable answers nothing more.
func identifier(raw string, missing *booking.Refusal) (string, error) {
	if !anID.MatchString(raw) {
		return "", missing
	}
	return raw, nil
}

// anID is how all our ids are written.
var anID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

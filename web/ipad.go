package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// The iPad's pages but the call itself. The patient touches nothing: the screen
// follows the visit, and everything it says between visits could be read by
// whoever walks past.

// What an iPad's screen shows.
const (
	showsIdle  = "idle"
	showsSoon  = "soon"  // its visit begins within minutes, so it says whose
	showsStart = "start" // the ward has pressed Start: on to the call
	showsEnded = "ended"
)

// An ipadScreen is what an iPad shows now.
type ipadScreen struct {
	desk.Screen
	Shows string
	With  string // "Anna and David"
	Line  ipadLine
	Later bool // the next visit is not today
	How   howPart
}

// Zone is that of the ward.
func (p ipadScreen) Zone() *time.Location { return p.Ward.Site.Zone }

// Low reports whether the iPad should be charged before it is next used.
func (p ipadScreen) Low() bool { return p.Line.Low }

func newIPadScreen(on desk.Screen, now time.Time) ipadScreen {
	p := ipadScreen{Screen: on, Shows: showsIdle, Line: newIPadLine(on.Device, now)}
	if on.Visit == nil {
		return p
	}
	v := on.Visit
	switch {
	case v.State.Open():
		p.Shows = showsStart
	case v.State.Over():
		p.Shows = showsEnded
	case !now.Before(v.When.Start().Add(-v.WardRecord.Policy.OpensBefore)):
		p.Shows, p.With = showsSoon, visitorsByFirstName(v.People)
	}
	p.Later = booking.DateOf(v.When.Start(), p.Zone()) != booking.DateOf(now, p.Zone())
	return p
}

// visitorsByFirstName says who comes as the patient calls them, which also tells
// a passer-by least.
func visitorsByFirstName(people []booking.Participant) string {
	var names []string
	for _, p := range people {
		if p.Role != booking.AsVisitor || p.Place == booking.Removed {
			continue
		}
		first, _, _ := strings.Cut(strings.TrimSpace(p.Name), " ")
		names = append(names, first)
	}
	return inWords(names)
}

// ipad handles GET /ipad. An iPad that has lost its pairing says so, in words for
// whoever picks it up.
func (s *Server) ipad(w http.ResponseWriter, r *http.Request) error {
	about(r.Context()).door = booking.DeviceActor
	by, err := s.doors.Actor(r.Context(), booking.DeviceActor)
	switch {
	case errors.Is(err, booking.ErrDeviceUnknown):
		return s.render(w, r, http.StatusForbidden, "ipad/unpaired", nil)
	case errors.Is(err, booking.ErrDeviceLost):
		return s.render(w, r, http.StatusForbidden, "ipad/lost", nil)
	case err != nil:
		return err
	}
	on, err := s.desk.Screen(r.Context(), by)
	if err != nil {
		return err
	}
	page := newIPadScreen(on, s.now())
	// The call brings the iPad here when it is over, to say so for a moment.
	if r.URL.Query().Has("ended") && page.Shows != showsStart {
		page.Shows = showsEnded
		if page.How.Question, err = s.desk.AtBedside(r.Context(), by); err != nil {
			return err
		}
	}
	return s.render(w, r, http.StatusOK, "ipad/screen", page)
}

// darkIPad handles GET /ipad/dark/{why}: what an iPad says that has found out that it
// is not the ward's to use now. It shows nothing that anybody could not know.
func (s *Server) darkIPad(w http.ResponseWriter, r *http.Request) error {
	switch why := r.PathValue("why"); why {
	case "unpaired", "lost", "copied":
		return s.render(w, r, http.StatusForbidden, "ipad/"+why, nil)
	}
	return errPageNotFound
}

// ipadEvents handles GET /ipad/events: it says when to look at the screen again.
func (s *Server) ipadEvents(w http.ResponseWriter, r *http.Request, _ booking.Actor) error {
	return s.stream(w, r, booking.DeviceActor, func(ctx context.Context, by booking.Actor) (look, error) {
		on, err := s.desk.Screen(ctx, by)
		shows := newIPadScreen(on, s.now()).Shows
		if on.Check {
			shows += " check"
		}
		return look{Serial: on.Serial, Shows: shows, ward: on.Ward.ID}, err
	})
}

// heartbeat handles POST /ipad/heartbeat: what the iPad says of itself.
func (s *Server) heartbeat(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	battery := unknownBattery
	if text := f.Value("battery"); text != "" {
		if battery, err = strconv.Atoi(text); err != nil || battery < 0 || battery > 100 {
			return booking.ErrBadChoice
		}
	}
	says := booking.Heartbeat{Battery: battery, Version: f.Optional("version", 64)}
	if !f.OK() {
		return booking.ErrBadText
	}
	if clock := milliseconds(f.Value("clock")); clock != 0 {
		says.Clock = time.UnixMilli(clock)
	}
	says.Answer = time.Duration(milliseconds(f.Value("answer"))) * time.Millisecond
	if err := s.desk.Heartbeat(r.Context(), by, says); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// checkedIPad handles POST /ipad/check: what the iPad found when it tried its camera
// and microphone.
func (s *Server) checkedIPad(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	if err := s.desk.CheckDevice(r.Context(), by, booking.Sense(f.Value("camera")), booking.Sense(f.Value("microphone"))); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// milliseconds reads what a script may tell; 0 when it does not. A number that no
// clock shows is not told either.
func milliseconds(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > mostMilliseconds {
		return 0
	}
	return n
}

// mostMilliseconds is the end of the year 9999.
const mostMilliseconds = 253_402_300_799_999

// unknownBattery is the charge of an iPad whose browser does not tell.
const unknownBattery = -1

// ipadPair handles GET /ipad/pair.
func (s *Server) ipadPair(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, "ipad/pair", form.Blank())
}

// pairIPad handles POST /ipad/pair: a right code makes this browser the iPad.
func (s *Server) pairIPad(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	f.Text("pairing_code", 20)
	if !f.OK() {
		return s.render(w, r, http.StatusUnprocessableEntity, "ipad/pair", f)
	}
	token, err := s.pairWith(r, f)
	if err != nil {
		if fault := f.Fail("pairing_code", err); fault != nil {
			return fault
		}
		return s.render(w, r, http.StatusUnprocessableEntity, "ipad/pair", f)
	}
	if err := s.doors.SignInDevice(r.Context(), token, desk.DeviceSpell); err != nil {
		return err
	}
	return seeOther(w, r, "/ipad")
}

// pairWith spends a code for the browser whose key the form bears; see web/scripts/
// _key.ts, which makes it and fills it in.
func (s *Server) pairWith(r *http.Request, f *form.Form) (token string, err error) {
	key, err := booking.ParseDeviceKey(f.Value("device_key"))
	if err != nil {
		return "", err
	}
	_, token, err = s.desk.Pair(r.Context(), f.Value("pairing_code"), key, f.Value("signature"))
	return token, err
}

// ipadWorker handles GET /ipad/worker.js. It has an address of its own, since a
// browser keeps a worker by its address and asks there for a newer one; and it
// may answer for /ipad, which is not below that address.
func (s *Server) ipadWorker(w http.ResponseWriter, _ *http.Request) error {
	file, ok := s.assets.files[s.assets.names["ipad-worker.js"]]
	if !ok {
		return errPageNotFound // not built
	}
	w.Header().Set("Content-Type", file.kind)
	w.Header().Set("Service-Worker-Allowed", "/ipad")
	_, err := w.Write(file.content)
	return ignoreGone(err)
}

// A manifest is what makes a page installable; the names are the standard's.
type manifest struct {
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	ShortName   string         `json:"short_name"`
	Description string         `json:"description"`
	Lang        string         `json:"lang"`
	StartURL    string         `json:"start_url"`
	Scope       string         `json:"scope"`
	Display     string         `json:"display"`
	Override    []string       `json:"display_override"`
	Background  string         `json:"background_color"`
	Theme       string         `json:"theme_color"`
	Icons       []manifestIcon `json:"icons"`
}

type manifestIcon struct {
	Src     string `json:"src"`
	Sizes   string `json:"sizes"`
	Type    string `json:"type"`
	Purpose string `json:"purpose,omitempty"`
}

// ipadManifest handles GET /ipad/manifest.webmanifest.
func (s *Server) ipadManifest(w http.ResponseWriter, _ *http.Request) error {
	body, err := json.Marshal(manifest{
		ID: "/ipad", Name: serviceName + " iPad", ShortName: serviceName,
		Description: "The iPad at the bed: video visits from family and friends", Lang: "en-GB",
		StartURL: "/ipad", Scope: "/ipad", Display: "standalone", Override: []string{"fullscreen", "standalone"},
		Background: "#10181d", Theme: "#212b32",
		Icons: []manifestIcon{
			{Src: s.assets.path("icon-192.png"), Sizes: "192x192", Type: "image/png"},
			{Src: s.assets.path("icon-512.png"), Sizes: "512x512", Type: "image/png"},
			{Src: s.assets.path("icon-512.png"), Sizes: "512x512", Type: "image/png", Purpose: "maskable"},
		},
	})
	if err != nil {
		return fmt.Errorf("web: manifest: %w", err)
	}
	w.Header().Set("Content-Type", "application/manifest+json")
	_, err = w.Write(body)
	return ignoreGone(err)
}

package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/wardvisit/wardvisit/booking"
)

// serviceName is what the pages call the whole.
const serviceName = "Wardvisit"

// A surface is how the pages of one kind of person look.
type surface struct {
	Name    string // the folder of its templates, and a class of the body
	Layout  string
	Style   string // its style sheet
	Home    string // where the service's name leads
	SignOut string // where signing out goes, if one can
	Nav     []navLink
	Wide    bool // as wide as the screen, for a board on a wall
}

// A navLink is an entry of the navigation.
type navLink struct {
	Text    string
	Href    string
	Current bool
	Waiting int // for the reader behind it; 0 says nothing
	// Needs is the right without which the entry is not shown; empty for none.
	Needs booking.Right
}

// surfaces are all of them, by the folder of their templates.
var surfaces = map[string]surface{
	"site": {Name: "site", Layout: "layout.html", Style: "main.css", Home: "/"},
	"family": {Name: "family", Layout: "layout.html", Style: "main.css", Home: "/visits", SignOut: "/sign-out",
		Nav: []navLink{{Text: "Your visits", Href: "/visits"}, {Text: "Try my phone", Href: "/try"}}},
	"ward": {Name: "ward", Layout: "layout.html", Style: "main.css", Home: "/ward/today", SignOut: "/ward/sign-out", Wide: true,
		Nav: []navLink{
			{Text: "Today", Href: "/ward/today", Needs: booking.RunVisits}, {Text: "Book a visit", Href: "/ward/book", Needs: booking.RunVisits},
			{Text: "Requests", Href: "/ward/requests", Needs: booking.RunVisits}, {Text: "Waiting list", Href: waitingPath, Needs: booking.RunVisits},
			{Text: "To look at", Href: "/ward/review", Needs: booking.RunVisits},
			{Text: "Patients", Href: "/ward/patients", Needs: booking.RunVisits}, {Text: "iPads", Href: "/ward/ipads", Needs: booking.UseDevices},
			{Text: "Interpreters", Href: interpretersPath, Needs: booking.KeepInterpreters},
			{Text: "How it was", Href: "/ward/feedback", Needs: booking.RunVisits},
			{Text: "Visiting rules", Href: "/ward/rules", Needs: booking.RunVisits}, {Text: "People", Href: "/ward/accounts", Needs: booking.KeepAccounts},
			{Text: "Wards and beds", Href: placesPath, Needs: booking.KeepPlaces},
			{Text: "Audit", Href: auditPath, Needs: booking.ReadAudit},
			{Text: "Figures", Href: figuresPath, Needs: booking.ReadFigures},
		}},
	"interpreter": {Name: "interpreter", Layout: "layout.html", Style: "main.css", Home: "/interpreter", SignOut: "/interpreter/sign-out",
		Nav: []navLink{{Text: "Your visits", Href: "/interpreter"}, {Text: "Your hours and time off", Href: "/interpreter/hours"}}},
	"practice": {Name: "practice", Layout: "layout.html", Style: "main.css", Home: "/practice",
		Nav: []navLink{{Text: "Who to be", Href: "/practice"}, {Text: "Practice phone", Href: "/practice/messages"}}},
	"wall": {Name: "wall", Layout: "bare.html", Style: "wall.css"},
	"ipad": {Name: "ipad", Layout: "bare.html", Style: "ipad.css"},
	"call": {Name: "call", Layout: "bare.html", Style: "call.css"},
}

// doorSurfaces are the surfaces that somebody belongs to, for a page that is
// about none of them, such as a refusal.
var doorSurfaces = map[booking.ActorKind]string{
	booking.StaffActor:       "ward",
	booking.VisitorActor:     "family",
	booking.InterpreterActor: "interpreter",
	booking.DeviceActor:      "ipad",
}

// surfaceOf returns how a page of a folder looks for a request. A refusal looks
// like the pages of whoever it is told to.
func (s *Server) surfaceOf(folder string, r *http.Request) surface {
	if known := about(r.Context()); folder == "site" && known.reader.ID != "" {
		if own, ok := doorSurfaces[known.door]; ok {
			return surfaces[own]
		}
	}
	return surfaces[folder]
}

// navFor returns the navigation for a reader, with their place in it marked: the
// entry whose address begins the page's, or the longest of those.
func (s surface) navFor(r *http.Request, reader booking.Actor) []navLink {
	links := slices.DeleteFunc(slices.Clone(s.Nav), func(l navLink) bool { return l.Needs != "" && !reader.MaySomewhere(l.Needs) })
	best := -1
	for i, link := range links {
		here := r.URL.Path == link.Href || strings.HasPrefix(r.URL.Path, link.Href+"/")
		if here && (best < 0 || len(link.Href) > len(links[best].Href)) {
			best = i
		}
	}
	if best >= 0 {
		links[best].Current = true
	}
	return links
}

// countedNav says beside an entry of the navigation how much there is behind it.
func countedNav(links []navLink, href string, n int) []navLink {
	for i := range links {
		if links[i].Href == href && n > 0 {
			links[i].Text += " (" + strconv.Itoa(n) + ")"
		}
	}
	return links
}

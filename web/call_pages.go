package web

import (
	"net/http"
	"slices"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/nhs"
)

// A callPage is the page of a call, or of getting ready for one. Everything on
// it that can be said before the room is asked is here; the rest is the script's.
type callPage struct {
	As    booking.ActorKind // whose seat the page asks for
	Ref   booking.Reference
	Ward  booking.Ward // whom to ring; zero when only trying a phone
	Meets string       // whom the reader comes to see
	Base  string       // the address under which the visit's pages are
	Home  string       // where to go afterwards
	Sign  bool         // an interpreter signs
	Large bool         // the family asked for large controls
	// Captions were asked for: they are shown without anybody's pressing anything.
	Captions bool
	Invites  bool         // the reader may have one more person come
	MayBring []nhs.Choice // whom the ward knows already
	Minutes  int          // how long the visit is, for what it costs somebody's phone
	Signal   string
	Ticket   string
	Stun     string // servers to try the network with
}

// Bedside reports whether this is the iPad's page, which nobody touches.
func (p callPage) Bedside() bool { return p.As == booking.DeviceActor }

func (s *Server) callPageFor(as booking.ActorKind, v desk.Visit) callPage {
	return callPage{
		As: as, Ref: v.Reference, Ward: v.WardRecord,
		Sign:  v.Tongue.Mode == booking.Sign,
		Large: slices.Contains(v.Needs, booking.NeedLargeControls), Captions: slices.Contains(v.Needs, booking.NeedCaptions) || v.Tongue.Typed(),
		Minutes: minutesOf(v.When),
		Signal:  signalPath, Ticket: ticketPath,
	}
}

// usualMinutes is how long a visit is that nobody has booked yet.
const usualMinutes = 20

func minutesOf(when booking.Interval) int {
	return int(when.End().Sub(when.Start()).Minutes())
}

// familyReady handles GET /visits/{ref}/ready, and familyCall /visits/{ref}/call.
func (s *Server) familyReady(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	return s.showCall(w, r, by, "call/ready")
}

func (s *Server) familyCall(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	return s.showCall(w, r, by, "call/call")
}

// interpreterReady handles GET /interpreter/visits/{ref}/ready, and
// interpreterCall /interpreter/visits/{ref}/call.
func (s *Server) interpreterReady(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	return s.showCall(w, r, by, "call/ready")
}

func (s *Server) interpreterCall(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	return s.showCall(w, r, by, "call/call")
}

// showCall shows one of the pages of a call to somebody who comes to the visit.
// Whether the waiting room is open yet is asked by the script, again and again.
func (s *Server) showCall(w http.ResponseWriter, r *http.Request, by booking.Actor, page string) error {
	ref, err := booking.ParseReference(r.PathValue("ref"))
	if err != nil {
		return err
	}
	v, err := s.desk.Visit(r.Context(), by, ref)
	if err != nil {
		return err
	}
	p := s.callPageFor(by.Kind, v)
	p.Home, p.Base, p.Meets = "/visits/"+string(v.Reference), "/visits/"+string(v.Reference), v.PatientRecord.Name
	p.Invites, p.MayBring = by.Visitor() != "", companionChoices(familyVisit{Visit: v}, true)
	if by.Kind == booking.InterpreterActor {
		p.Home, p.Base, p.Meets = "/interpreter", "/interpreter/visits/"+string(v.Reference), ""
	}
	if v.State.Over() {
		return seeOther(w, r, p.Home)
	}
	if page == "call/ready" {
		p.Stun = s.stunServers()
	}
	return s.render(w, r, http.StatusOK, page, p)
}

// ipadCall handles GET /ipad/call: the patient's side of the visit that the iPad
// is in. When there is none, the iPad goes back to waiting for one.
func (s *Server) ipadCall(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	screen, err := s.desk.Screen(r.Context(), by)
	if err != nil {
		return err
	}
	if screen.Visit == nil || !screen.Visit.State.Open() {
		return seeOther(w, r, "/ipad")
	}
	p := s.callPageFor(booking.DeviceActor, *screen.Visit)
	p.Home, p.Large, p.Meets = "/ipad?ended", true, visitorsByFirstName(screen.Visit.People)
	return s.render(w, r, http.StatusOK, "call/call", p)
}

// tryPhone handles GET /try: whether a phone can make a call at all, before there
// is a visit, for anybody.
func (s *Server) tryPhone(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, "call/ready", callPage{Home: "/visits", Minutes: usualMinutes, Signal: signalPath, Stun: s.stunServers()})
}

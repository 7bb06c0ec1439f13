package web

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/signaling/ticket"
	"github.com/wardvisit/wardvisit/web/form"
)

// Where a browser that has a page of a call finds the room, and leave to enter it.
const (
	signalPath = "/signal"
	ticketPath = "/call/ticket"
)

// An ICEServer helps sound and picture through a firewall.
type ICEServer struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username,omitempty"`
	Credential string   `json:"credential,omitempty"`
}

// A pass is what a browser is given to join a room with.
type pass struct {
	Ticket     string      `json:"ticket"`
	Signal     string      `json:"signal"` // where to take it
	ICEServers []ICEServer `json:"iceServers"`
	Codec      string      `json:"codec"` // of the room's pictures, "" for the usual one
}

// ticket handles POST /call/ticket: leave for whoever asks to take their own
// seat. The form says as whom, since one browser may hold several logins, and
// which visit; an iPad is in one visit at most, and is not asked.
func (s *Server) ticket(w http.ResponseWriter, r *http.Request) error {
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	seat, err := s.seatOf(r, f)
	if err != nil {
		return err
	}
	browser, err := s.browserOf(r, seat)
	if err != nil {
		return err
	}
	login, err := s.loginOf(r, seat)
	if err != nil {
		return err
	}
	now := s.now()
	t := ticket.Ticket{
		Room: seat.Room, Seat: seat.Seat, Role: roleOf(seat), Name: seat.Name, About: aboutOf(seat),
		Codec: strings.ToUpper(s.codec), Browser: browser, Login: login, ID: rand.Text(), NotBefore: now, Expires: now.Add(ticket.MaxLife),
	}
	sealed, err := s.tickets.Seal(t)
	if err != nil {
		return fmt.Errorf("web: seal a ticket: %w", err)
	}
	return s.reply(w, pass{Ticket: sealed, Signal: signalPath, ICEServers: s.iceServersFor(t), Codec: s.codec})
}

// browserOf tells the browsers of a relative, or of an interpreter, apart: one that
// the ward has let in comes back by itself, any other waits. The seat of the patient
// is its visit's iPad's, and no longer that of one which was swapped for it. Staff
// have no other that would matter.
func (s *Server) browserOf(r *http.Request, seat desk.Seat) (string, error) {
	switch ticket.Role(seat.Role) {
	case ticket.Visitor:
		return s.doors.Browser(r.Context(), booking.VisitorActor)
	case ticket.Interpreter:
		return s.doors.Browser(r.Context(), booking.InterpreterActor)
	case ticket.Patient:
		return string(seat.Visit.Device), nil
	default:
		return "", nil
	}
}

// loginOf is what a seat in the room is to end with: the login of staff, the key of an
// iPad. That of relatives and interpreters ends with the visit, or when the ward says.
func (s *Server) loginOf(r *http.Request, seat desk.Seat) (string, error) {
	switch ticket.Role(seat.Role) {
	case ticket.Staff:
		return s.doors.Mark(r.Context(), booking.StaffActor)
	case ticket.Patient:
		return seat.Key, nil
	default:
		return "", nil
	}
}

// aboutOf says beside a face who it is: what they are to the patient, or what
// they interpret.
func aboutOf(seat desk.Seat) string {
	if seat.Role == string(ticket.Interpreter) {
		return upperFirst(interpreterOf(seat.Visit.Tongue))
	}
	return seat.About
}

// roleOf is what somebody is to the room: one who types what is said has another
// part in it than one who says it again.
func roleOf(seat desk.Seat) ticket.Role {
	if seat.Role == string(ticket.Interpreter) && seat.Visit.Tongue.Typed() {
		return ticket.Reporter
	}
	return ticket.Role(seat.Role)
}

// seatOf asks the desk for a seat, as whom the form says.
func (s *Server) seatOf(r *http.Request, f *form.Form) (desk.Seat, error) {
	kind, ref := booking.ActorKind(f.Value("as")), f.Value("ref")
	switch kind {
	case booking.VisitorActor, booking.InterpreterActor, booking.DeviceActor, booking.StaffActor:
	default:
		return desk.Seat{}, booking.ErrBadChoice
	}
	about(r.Context()).door = kind
	by, err := s.doors.Actor(r.Context(), kind)
	if err != nil {
		return desk.Seat{}, err
	}
	about(r.Context()).reader = by
	if kind == booking.DeviceActor {
		if err := s.provesSeat(r, by, f); err != nil {
			return desk.Seat{}, err
		}
		return s.desk.JoinDevice(r.Context(), by)
	}
	reference, err := booking.ParseReference(ref)
	if err != nil {
		return desk.Seat{}, err
	}
	if kind == booking.StaffActor {
		return s.desk.Look(r.Context(), by, reference)
	}
	return s.desk.Join(r.Context(), by, reference)
}

// iceServersFor are those that the holder of a ticket may use: never null, which
// a browser would not take.
func (s *Server) iceServersFor(t ticket.Ticket) []ICEServer {
	if s.iceServers == nil {
		return []ICEServer{}
	}
	return append([]ICEServer{}, s.iceServers(t)...)
}

// stunServers are those that anybody may ask for their own address: for the
// check before a visit, when there is no ticket yet.
func (s *Server) stunServers() string {
	var urls []string
	for _, server := range s.iceServersFor(ticket.Ticket{}) {
		for _, url := range server.URLs {
			if strings.HasPrefix(url, "stun:") {
				urls = append(urls, url)
			}
		}
	}
	return strings.Join(urls, " ")
}

package signaling

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/sfu"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// A seat is one person in a room. Its room's run goroutine owns it; others hold
// it only to name it.
type seat struct {
	ticket   ticket.Ticket
	place    int    // order of arrival
	resume   string // secret
	arrived  bool   // the book has them as here
	ordered  string // what the ward decided while they were at the door
	standing string // of protocol's

	conn   *conn       // nil while the socket is lost
	hold   *time.Timer // runs while the socket is lost
	losses int         // of sockets

	media      *sfu.Peer
	mediaOf    *conn // the socket on which media was made
	up, wasUp  bool  // media flows; it did once
	slots      []sfu.SlotMids
	shown      []string // who is in each slot
	audio      bool     // switched on
	video      bool     // switched on
	pinned     string
	seq        int       // of the last offer
	restarted  time.Time // when that was
	reported   time.Time // when the last stats came
	first      bool      // they have said when the first frame came
	saidPeople string    // as last told on this socket
	saidSlots  string    // as last told on this socket
}

// tell sends a frame, if there is a socket to send it on.
func (s *seat) tell(n protocol.Notice) {
	if s.conn != nil {
		s.conn.tell(n)
	}
}

// tellIfNew sends a frame unless it says what was said already.
func (s *seat) tellIfNew(n protocol.Notice, said *string) {
	frame, err := protocol.Encode(n)
	if err == nil && string(frame) == *said {
		return
	}
	*said = string(frame)
	s.tell(n)
}

// sends reports whether what this person sends of a kind may flow.
func (s *seat) sends(kind sfu.Kind, covered bool) bool {
	on := s.audio
	if kind == sfu.Video {
		on = s.video
	}
	return on && s.standing == protocol.Admitted && !(covered && s.ticket.Role == ticket.Patient)
}

func (s *seat) person(covered bool) protocol.Person {
	return protocol.Person{
		Seat: s.ticket.Seat, Role: string(s.ticket.Role), Name: s.ticket.Name, About: s.ticket.About,
		Audio: s.audio, Video: s.video,
		Covered:      covered && s.ticket.Role == ticket.Patient,
		Reconnecting: s.conn == nil || s.wasUp && !s.up,
	}
}

func (s *seat) opens(secret string) bool {
	return subtle.ConstantTimeCompare([]byte(s.resume), []byte(secret)) == 1
}

// newResume makes a resume secret. It begins with its room, which its holder
// knows from the ticket, so that the server knows where to look.
func newResume(room string) string {
	var secret [16]byte
	_, _ = rand.Read(secret[:]) // never fails: see crypto/rand
	return base64.RawURLEncoding.EncodeToString([]byte(room)) + "." + base64.RawURLEncoding.EncodeToString(secret[:])
}

// resumeRoom returns the room that a resume secret is of.
func resumeRoom(secret string) string {
	text, _, _ := strings.Cut(secret, ".")
	room, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return ""
	}
	return string(room)
}

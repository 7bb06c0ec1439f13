package signaling

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"strings"
	"time"

	"golang.org/x/time/rate"

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

	stoodAt time.Time // since when

	conn   *conn       // nil while the socket is lost
	hold   *time.Timer // runs while the socket is lost
	losses int         // of sockets
	given  bool        // to another device than the one that had it
	told   told

	media     *sfu.Peer
	mediaOf   *conn // the socket on which media was made
	up, wasUp bool  // media flows; it did once
	slots     []sfu.SlotMids
	shown     []string   // who is in each slot
	wants     []sfu.Want // how much of each slot's picture is wanted
	paused    []bool     // the network carries no picture in that slot
	audio     bool       // switched on
	video     bool       // switched on
	pinned    string
	looking   string // at whom, of those who wait
	drawing   drawing
	pen       *rate.Limiter

	voice          voice
	spokeAt        time.Time // when they last spoke; zero if never
	sound, picture lack      // of what is switched on
	plight         plight

	seq       int       // of the last offer
	restarted time.Time // when that was
	reported  time.Time // when the last stats came
	first     bool      // they have said when the first frame came
}

// told is what somebody was last told on their present socket.
type told struct {
	people, slots string // frames
	speaking      []string
	trouble       protocol.Trouble
	looked        bool
	sparing       bool
}

// take gives s a connection, and slots with nobody in them.
func (s *seat) take(media *sfu.Peer, of *conn) {
	s.media, s.mediaOf, s.up, s.seq = media, of, false, 0
	s.slots = media.Slots()
	s.shown = make([]string, len(s.slots))
	s.paused = make([]bool, len(s.slots))
	s.wants = make([]sfu.Want, len(s.slots))
	for i := range s.wants {
		s.wants[i].Height = -1 // not said yet
	}
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

// on reports whether this person has a kind switched on.
func (s *seat) on(kind sfu.Kind) bool {
	if kind == sfu.Video {
		return s.video
	}
	return s.audio
}

// inVisit reports whether this person sees and hears the visit: somebody admitted
// who looks at who waits has, for that while, stepped out of it.
func (s *seat) inVisit() bool { return s.standing == protocol.Admitted && s.looking == "" }

// sends reports whether what this person sends of a kind may flow in the visit.
func (s *seat) sends(kind sfu.Kind, covered bool) bool {
	return s.on(kind) && s.inVisit() && !(covered && s.ticket.Role == ticket.Patient)
}

func (s *seat) person(covered bool) protocol.Person {
	reconnecting := s.conn == nil || s.wasUp && !s.up
	return protocol.Person{
		Seat: s.ticket.Seat, Role: string(s.ticket.Role), Name: s.ticket.Name, About: s.ticket.About,
		Audio: s.audio, Video: s.video,
		Covered:      covered && s.ticket.Role == ticket.Patient,
		Reconnecting: reconnecting,
		Unheard:      s.plight.unheard && s.audio && !reconnecting,
		Unseen:       s.plight.unseen && s.video && !reconnecting,
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

package turn

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// A Credential is what a browser needs to use the relay. As JSON it is one of
// the iceServers of an RTCPeerConnection.
type Credential struct {
	URLs     []string `json:"urls"`
	Username string   `json:"username"`
	Password string   `json:"credential"`
}

// A name is what a credential's username says:
// when it was made, in ms; whose seat, as a hash; and for which ticket.
type name struct {
	made   time.Time
	holder string
	ticket string
}

func (n name) String() string {
	return strconv.FormatInt(n.made.UnixMilli(), 36) + ":" + n.holder + ":" + n.ticket
}

func readName(username string) (name, bool) {
	parts := strings.SplitN(username, ":", 3)
	if len(parts) != 3 {
		return name{}, false
	}
	ms, err := strconv.ParseInt(parts[0], 36, 64)
	return name{time.UnixMilli(ms), parts[1], parts[2]}, err == nil
}

// holder names a seat in a way that does not say whose it is.
func holder(room, seat string) string {
	sum := sha256.Sum256([]byte(room + "\x00" + seat))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// Credential makes a credential for whoever holds t.
func (s *Server) Credential(t ticket.Ticket) Credential {
	username := name{s.cfg.Now(), holder(t.Room, t.Seat), t.ID}.String()
	return Credential{URLs: s.cfg.URLs, Username: username, Password: s.password(username)}
}

func (s *Server) password(username string) string {
	mac := hmac.New(sha256.New, s.cfg.Key)
	mac.Write([]byte("wardvisit-turn\n" + username))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

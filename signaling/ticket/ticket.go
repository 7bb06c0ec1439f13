package ticket

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode/utf8"
)

// MaxLife is the longest a ticket lives: long enough to give camera permission
// and to redial, short enough that one left in a browser is of no use tomorrow.
const MaxLife = 300 * time.Second

// MinKey is the shortest key, in bytes: as long as the signature.
const MinKey = sha256.Size

const (
	audience  = "wardvisit-room"
	maxSealed = 2 << 10 // bytes
	maxID     = 128     // bytes of a room, a seat or an ID
	maxWords  = 120     // characters of a name or of who somebody is
	skew      = 5 * time.Second
)

// ErrInvalid is the only thing Open says of a ticket it does not open, so that
// nobody learns from trying which part was wrong.
var ErrInvalid = errors.New("ticket: invalid")

// A Role is what somebody is to the visit.
type Role string

// The roles.
const (
	Patient     Role = "patient" // the iPad at the bed
	Visitor     Role = "visitor"
	Interpreter Role = "interpreter"
	Reporter    Role = "reporter" // types what is said, for somebody who cannot hear it
	Staff       Role = "staff"
)

// A Ticket is leave for one person to take one seat in one room.
type Ticket struct {
	Room      string    // opaque
	Seat      string    // who: stable for a person in a room; a seat has one live connection
	Role      Role      // what they are to the visit
	Name      string    // shown under the face
	About     string    // such as "Daughter", or "BSL interpreter"
	Codec     string    // of the room's pictures, as sfu.Codec; "" is the usual one
	Browser   string    // whose page asked, the same for as long as it keeps its login; "" where any will do
	Login     string    // a mark of the login it was asked for by, whose end is the seat's; "" where none is
	ID        string    // random; a ticket opens a seat once
	NotBefore time.Time // to the second
	Expires   time.Time // to the second; at most MaxLife after NotBefore, by one reading of the clock
}

// LogValue keeps the name, and who somebody is, out of every log.
func (t Ticket) LogValue() slog.Value {
	return slog.GroupValue(slog.String("room", t.Room), slog.String("seat", t.Seat), slog.String("role", string(t.Role)))
}

// A Sealer seals and opens tickets with one key.
type Sealer struct {
	key []byte
	now func() time.Time
}

// New returns a Sealer. It refuses a key shorter than MinKey.
func New(key []byte, now func() time.Time) (*Sealer, error) {
	if len(key) < MinKey {
		return nil, fmt.Errorf("ticket: key of %d bytes, want %d at least", len(key), MinKey)
	}
	return &Sealer{key: append([]byte(nil), key...), now: now}, nil
}

// claims is a Ticket as it is written. Its names are short because a browser
// carries it.
type claims struct {
	Audience  string `json:"aud"`
	Room      string `json:"room"`
	Seat      string `json:"seat"`
	Role      Role   `json:"role"`
	Name      string `json:"name,omitempty"`
	About     string `json:"about,omitempty"`
	Codec     string `json:"codec,omitempty"`
	Browser   string `json:"from,omitempty"`
	Login     string `json:"by,omitempty"`
	ID        string `json:"jti"`
	NotBefore int64  `json:"nbf"`
	Expires   int64  `json:"exp"`
}

// Seal returns the ticket as a browser carries it. It refuses one that Open
// would never open, saying why.
func (s *Sealer) Seal(t Ticket) (string, error) {
	t.NotBefore, t.Expires = t.NotBefore.Truncate(time.Second), t.Expires.Truncate(time.Second)
	if err := t.check(); err != nil {
		return "", fmt.Errorf("ticket: seal: %w", err)
	}
	body, err := json.Marshal(claims{
		Audience: audience, Room: t.Room, Seat: t.Seat, Role: t.Role, Name: t.Name, About: t.About, Codec: t.Codec, Browser: t.Browser, Login: t.Login, ID: t.ID,
		NotBefore: t.NotBefore.Unix(), Expires: t.Expires.Unix(),
	})
	if err != nil {
		return "", fmt.Errorf("ticket: seal: %w", err)
	}
	text := base64.RawURLEncoding.EncodeToString(body)
	sealed := text + "." + s.sign(text)
	if len(sealed) > maxSealed {
		return "", fmt.Errorf("ticket: seal: %d bytes, %d at most", len(sealed), maxSealed)
	}
	return sealed, nil
}

// Open returns the ticket if it was sealed with this key and is in its life;
// anything else is ErrInvalid.
func (s *Sealer) Open(sealed string) (Ticket, error) {
	text, signature, ok := strings.Cut(sealed, ".")
	if !ok || len(sealed) > maxSealed {
		return Ticket{}, ErrInvalid
	}
	// Compared as written, since decoding base64 forgives line ends.
	if !hmac.Equal([]byte(signature), []byte(s.sign(text))) {
		return Ticket{}, ErrInvalid
	}
	body, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return Ticket{}, ErrInvalid
	}
	var c claims
	if json.Unmarshal(body, &c) != nil || c.Audience != audience {
		return Ticket{}, ErrInvalid
	}
	t := Ticket{
		Room: c.Room, Seat: c.Seat, Role: c.Role, Name: c.Name, About: c.About, Codec: c.Codec, Browser: c.Browser, Login: c.Login, ID: c.ID,
		NotBefore: time.Unix(c.NotBefore, 0).UTC(), Expires: time.Unix(c.Expires, 0).UTC(),
	}
	now := s.now()
	if t.check() != nil || now.Before(t.NotBefore.Add(-skew)) || !now.Before(t.Expires) {
		return Ticket{}, ErrInvalid
	}
	return t, nil
}

func (s *Sealer) sign(text string) string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(audience + "\n" + text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func (t Ticket) check() error {
	for name, id := range map[string]string{"room": t.Room, "seat": t.Seat, "id": t.ID} {
		if id == "" || len(id) > maxID {
			return fmt.Errorf("%s of %d bytes", name, len(id))
		}
	}
	for name, words := range map[string]string{"name": t.Name, "about": t.About} {
		if n := utf8.RuneCountInString(words); n > maxWords || !utf8.ValidString(words) {
			return fmt.Errorf("%s of %d characters", name, n)
		}
	}
	switch t.Role {
	case Patient, Visitor, Interpreter, Reporter, Staff:
	default:
		return errors.New("unknown role")
	}
	for name, word := range map[string]string{"codec": t.Codec, "browser": t.Browser, "login": t.Login} {
		if len(word) > maxID {
			return fmt.Errorf("%s of %d bytes", name, len(word))
		}
	}
	if life := t.Expires.Sub(t.NotBefore); life <= 0 || life > MaxLife {
		return fmt.Errorf("life of %v", life)
	}
	return nil
}

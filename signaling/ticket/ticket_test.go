package ticket

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func sealer(t testing.TB, key byte, now time.Time) *Sealer {
	t.Helper()
	s, err := New(bytes.Repeat([]byte{key}, MinKey), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func anna() Ticket {
	return Ticket{
		Room: "v1", Seat: "guest-1", Role: Visitor, Name: "Anna Öztürk", About: "Daughter", Browser: "phone", ID: "t1",
		NotBefore: noon, Expires: noon.Add(MaxLife),
	}
}

func TestASealedTicketOpens(t *testing.T) {
	s := sealer(t, 1, noon)
	sealed, err := s.Seal(anna())
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Open(sealed)
	if err != nil || got != anna() {
		t.Errorf("Open = %+v, %v", got, err)
	}
}

func TestATicketOpensOnlyInItsLife(t *testing.T) {
	sealed, err := sealer(t, 1, noon).Seal(anna())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		at   time.Duration
		ok   bool
	}{
		{"well before", -time.Minute, false},
		{"before, by less than two clocks may differ", -skew, true},
		{"at its beginning", 0, true},
		{"a second short of its end", MaxLife - time.Second, true},
		{"at its end", MaxLife, false},
		{"a day later", 24 * time.Hour, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := sealer(t, 1, noon.Add(tt.at)).Open(sealed)
			if (err == nil) != tt.ok || (err != nil && !errors.Is(err, ErrInvalid)) {
				t.Errorf("Open = %v", err)
			}
		})
	}
}

func TestEveryWrongTicketGetsTheSameAnswer(t *testing.T) {
	s := sealer(t, 1, noon)
	good, err := s.Seal(anna())
	if err != nil {
		t.Fatal(err)
	}
	text, signature, _ := strings.Cut(good, ".")
	other, err := sealer(t, 2, noon).Seal(anna())
	if err != nil {
		t.Fatal(err)
	}
	signed := func(body string) string {
		text := base64.RawURLEncoding.EncodeToString([]byte(body))
		return text + "." + s.sign(text)
	}
	claim := func(aud string, nbf, exp int64, role, seat string) string {
		return signed(fmt.Sprintf(`{"aud":%q,"room":"v1","seat":%q,"role":%q,"jti":"t","nbf":%d,"exp":%d}`, aud, seat, role, nbf, exp))
	}
	now := noon.Unix()
	if _, err := s.Open(claim(audience, now, now+60, "visitor", "a")); err != nil {
		t.Fatalf("the test's own good ticket does not open: %v", err)
	}
	for name, sealed := range map[string]string{
		"empty":                 "",
		"no signature":          text,
		"empty signature":       text + ".",
		"another key":           other,
		"another body":          base64.RawURLEncoding.EncodeToString([]byte(`{}`)) + "." + signature,
		"a third part":          good + ".x",
		"padding":               good + "=",
		"a newline within":      text + ".\n" + signature,
		"not base64":            "§." + signature,
		"not JSON":              signed("hello"),
		"another audience":      claim("wardvisit-turn", now, now+60, "visitor", "a"),
		"an unknown role":       claim(audience, now, now+60, "king", "a"),
		"no seat":               claim(audience, now, now+60, "visitor", ""),
		"a life too long":       claim(audience, now, now+301, "visitor", "a"),
		"a life backwards":      claim(audience, now, now-1, "visitor", "a"),
		"too long to be sealed": claim(audience, now, now+60, "visitor", strings.Repeat("a", maxSealed)),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := s.Open(sealed)
			if err != ErrInvalid || got != (Ticket{}) { //nolint:errorlint // the very same answer is the promise
				t.Errorf("Open = %+v, %v", got, err)
			}
		})
	}
}

func TestSealRefusesWhatWouldNeverOpen(t *testing.T) {
	for name, spoil := range map[string]func(*Ticket){
		"no room":            func(t *Ticket) { t.Room = "" },
		"no id":              func(t *Ticket) { t.ID = "" },
		"an unknown role":    func(t *Ticket) { t.Role = "" },
		"a name too long":    func(t *Ticket) { t.Name = strings.Repeat("é", maxWords+1) },
		"a name not in UTF8": func(t *Ticket) { t.Name = "\xff" },
		"a browser too long": func(t *Ticket) { t.Browser = strings.Repeat("b", maxID+1) },
		"a life too long":    func(t *Ticket) { t.Expires = t.NotBefore.Add(MaxLife + time.Second) },
		"no life":            func(t *Ticket) { t.Expires = t.NotBefore },
		"too long in all":    func(t *Ticket) { t.Name, t.About = strings.Repeat("\x01", maxWords), strings.Repeat("\x01", maxWords) },
	} {
		t.Run(name, func(t *testing.T) {
			ticket := anna()
			spoil(&ticket)
			if sealed, err := sealer(t, 1, noon).Seal(ticket); err == nil {
				t.Errorf("sealed as %q", sealed)
			}
		})
	}
}

func TestAShortKeyIsRefused(t *testing.T) {
	if _, err := New(make([]byte, MinKey-1), time.Now); err == nil {
		t.Error("New took a short key")
	}
}

func TestALoggedTicketNamesNobody(t *testing.T) {
	if got := anna().LogValue().String(); strings.Contains(got, "Anna") || strings.Contains(got, "Daughter") {
		t.Errorf("logged as %s", got)
	}
}

func FuzzOpen(f *testing.F) {
	s := sealer(f, 1, noon)
	sealed, err := s.Seal(anna())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add("a.b")
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := s.Open(text); err == nil && (text != sealed || got != anna()) {
			t.Fatalf("opened %q, which was never sealed", text)
		}
	})
}

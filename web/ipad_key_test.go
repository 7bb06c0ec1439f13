package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/desk/desktest"
)

// An iPadKey is what an iPad's browser keeps, with what its pages' script sends.
type iPadKey struct{ *desktest.IPad }

func newKey(t *testing.T) iPadKey {
	t.Helper()
	key, err := desktest.NewIPad()
	if err != nil {
		t.Fatal(err)
	}
	return iPadKey{key}
}

// pairs are the fields of the form that pairs it.
func (k iPadKey) pairs(t *testing.T, code string) []string {
	t.Helper()
	signature, err := k.SignCode(code)
	if err != nil {
		t.Fatal(err)
	}
	return []string{"pairing_code", code, "device_key", k.Text(), "signature", signature}
}

// challenged asks for something to sign.
func (p *phone) challenged() desk.Challenge {
	p.t.Helper()
	status, body := p.script("/ipad/challenge", "device_key", p.key.Text())
	var c desk.Challenge
	if err := json.Unmarshal([]byte(body), &c); err != nil || status != http.StatusOK {
		p.t.Fatalf("challenge: %d %s", status, body)
	}
	return c
}

// enters proves that it is the iPad, as its page does every two minutes.
func (p *phone) enters() screen {
	p.t.Helper()
	a, err := p.key.Answer(p.challenged())
	if err != nil {
		p.t.Fatal(err)
	}
	s := p.post("/ipad/enter", "device_key", p.key.Text(), "nonce", a.Nonce, "link", string(a.Link), "next", a.Next, "signature", a.Signature)
	if s.status == http.StatusNoContent {
		p.key.Entered()
	}
	return s
}

// sits are the fields with which it asks for its seat.
func (p *phone) sits() []string {
	p.t.Helper()
	a, err := p.key.Seat(p.challenged())
	if err != nil {
		p.t.Fatal(err)
	}
	return []string{"as", "device", "device_key", p.key.Text(), "nonce", a.Nonce, "signature", a.Signature}
}

func TestAnIPadWithoutItsKey(t *testing.T) {
	h := newCallHouse(t)
	h.start(t)
	thief := h.phone(t)
	thief.key = newKey(t)
	h.ipad.enters()
	thief.cookies["wardvisit_device"] = h.ipad.cookies["wardvisit_device"]
	if _, body := thief.script(ticketPath, "as", "device"); !strings.Contains(body, "device_proof") {
		t.Errorf("a copied cookie alone: %s", body)
	}
	if status, body := thief.script("/ipad/challenge", "device_key", thief.key.Text()); status != http.StatusForbidden || !strings.Contains(body, "device_unknown") {
		t.Errorf("a key that nobody paired: %d %s", status, body)
	}
	if _, body := thief.script("/ipad/challenge", "device_key", "not a key"); !strings.Contains(body, "device_key") {
		t.Errorf("what is no key: %s", body)
	}
	if got, refused, _ := h.ipad.ticket("device", ""); refused != "" || got.Ticket == "" {
		t.Errorf("the iPad itself: %q", refused)
	}
	if _, _, status := h.ipad.ticket("device", ""); status != http.StatusOK {
		t.Errorf("a second time: %d", status)
	}
	thief.get("/ipad").shows(http.StatusForbidden) // a later cookie has been used
}

func TestALostIPadLocks(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	p := h.paired(t, by, firstIPad, willow)
	p.get("/ipad").shows(http.StatusOK, "Willow Ward")
	to := "/ward/ipads/" + string(firstIPad) + "/change/lost?ward=" + string(willow)
	by.post(to, "lastseen", "Bay 2, this morning", "seen", "yes").leads("/ward/ipads")
	p.get("/ipad").shows(http.StatusForbidden, "This iPad is locked", "hand it in").hides("Willow", "pairing code")
	if status, body := p.script("/ipad/challenge", "device_key", p.key.Text()); status != http.StatusForbidden || !strings.Contains(body, "device_lost") {
		t.Errorf("its key: %d %s", status, body)
	}
}

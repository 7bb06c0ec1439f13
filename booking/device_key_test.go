package booking_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk/desktest"
)

func FuzzParseDeviceKey(f *testing.F) {
	iPad, err := desktest.NewIPad()
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{iPad.Text(), "", "BA", strings.Repeat("A", 87), "\n" + iPad.Text(), iPad.Text() + "=", strings.Repeat("9", 9000)} {
		f.Add(text)
	}
	claim := booking.DeviceClaim{Purpose: booking.ToSit}
	f.Fuzz(func(t *testing.T, text string) {
		key, err := booking.ParseDeviceKey(text)
		if err != nil && !errors.Is(err, booking.ErrDeviceKey) {
			t.Errorf("%v", err)
		}
		if err == nil && len(text) != 87 {
			t.Errorf("a key of %d letters", len(text))
		}
		for _, signature := range []string{"", text, strings.Repeat("A", 86)} {
			if key.Signed(claim, signature) {
				t.Errorf("%q is signed by %q", signature, text)
			}
		}
	})
}

func TestAClaimIsSignedAsAWhole(t *testing.T) {
	iPad, err := desktest.NewIPad()
	if err != nil {
		t.Fatal(err)
	}
	claim := booking.DeviceClaim{Purpose: booking.ToEnter, Origin: "https://a.example", Device: "d", Nonce: "n", Link: "l", Next: "x"}
	signature, err := iPad.Sign(claim)
	if err != nil {
		t.Fatal(err)
	}
	if !iPad.Key().Signed(claim, signature) {
		t.Error("it does not know its own signature")
	}
	for name, change := range map[string]func(c *booking.DeviceClaim){
		"another purpose": func(c *booking.DeviceClaim) { c.Purpose = booking.ToSit },
		"another origin":  func(c *booking.DeviceClaim) { c.Origin = "https://b.example" },
		"another device":  func(c *booking.DeviceClaim) { c.Device = "e" },
		"another nonce":   func(c *booking.DeviceClaim) { c.Nonce = "m" },
		"another link":    func(c *booking.DeviceClaim) { c.Link = "k" },
		"another next":    func(c *booking.DeviceClaim) { c.Next = "y" },
		"a line moved":    func(c *booking.DeviceClaim) { c.Link, c.Next = "l\nx", "" },
	} {
		other := claim
		change(&other)
		if iPad.Key().Signed(other, signature) && other.Text() != claim.Text() {
			t.Errorf("%s: it is signed too", name)
		}
	}
	stranger, err := desktest.NewIPad()
	if err != nil {
		t.Fatal(err)
	}
	if stranger.Key().Signed(claim, signature) || (booking.DeviceKey{}).Signed(claim, signature) {
		t.Error("it is signed by somebody else")
	}
}

func TestTheChainOfLinks(t *testing.T) {
	const hashOfA, hashOfB = "a hash", "another"
	for _, tt := range []struct {
		name          string
		link          booking.DeviceLink
		next, awaited string
		want          bool
	}{
		{"the first of all", "", hashOfB, "", true},
		{"a link that was not announced", "a", hashOfB, hashOfA, false},
		{"again, since the answer was lost", "a", hashOfB, hashOfB, true},
		{"the first again, after others", "", hashOfB, hashOfA, false},
		{"the one that was announced", "abc", hashOfB, "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0", true},
	} {
		if got := tt.link.Links(tt.next, tt.awaited); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

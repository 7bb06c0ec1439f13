package desk

import (
	"crypto/rand"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
)

// nora is what the provider says of a nurse.
func nora(grants ...booking.Grant) Claimed {
	return Claimed{Issuer: "https://login.example", Subject: "nora", SID: "one", Name: "Nora Nurse", Email: "Nora@Hospital.example", Verified: true,
		Grants: grants, Until: time.Now().Add(time.Hour)}
}

func TestWhomTheProviderKnows(t *testing.T) {
	storetest.Run(t, func(t *testing.T, s *store.Store) {
		d, err := New(Config{Store: s, Now: time.Now, Random: rand.Reader, PublicURL: "https://visits.example", Pepper: make([]byte, 32)})
		if err != nil {
			t.Fatal(err)
		}
		nurse, auditor := booking.Grant{Role: booking.Nurse}, booking.Grant{Role: booking.Auditor}
		ctx := t.Context()
		refused := func(what string, c Claimed, want error) {
			t.Helper()
			if actor, _, err := d.SignInClaimed(ctx, c); !errors.Is(err, want) {
				t.Errorf("%s: %v, %v, want %v", what, actor, err, want)
			}
		}
		signedIn := func(c Claimed, want ...booking.StaffRole) (booking.Actor, string) {
			t.Helper()
			actor, session, err := d.SignInClaimed(ctx, c)
			held := slices.Clone(actor.Everywhere)
			slices.Sort(held)
			if err != nil || !slices.Equal(held, booking.Roles(want)) {
				t.Fatalf("%v %v, %v", actor, actor.Everywhere, err)
			}
			return actor, session
		}
		refused("without a role", nora(), booking.ErrNoRole)
		unproved := nora(nurse)
		unproved.Verified = false
		refused("with an address that is not theirs", unproved, booking.ErrEmailUnverified)

		first, session := signedIn(nora(nurse), booking.Nurse)
		if err := d.SignInStands(ctx, session); err != nil {
			t.Errorf("a session that has just begun: %v", err)
		}
		moved := nora(auditor)
		moved.Email, moved.Verified = "another@hospital.example", false // they are known by now
		again, _ := signedIn(moved, booking.Auditor)
		if again.ID != first.ID {
			t.Error("somebody else, with another address")
		}
		if err := d.GiveRole(ctx, booking.System, booking.StaffID(first.ID), booking.Grant{Role: booking.Facilitator}); err != nil {
			t.Fatal(err)
		}
		signedIn(nora(), booking.Facilitator) // what an administrator gave stays
		if err := d.TakeRole(ctx, booking.System, booking.StaffID(first.ID), booking.Grant{Role: booking.Facilitator}); err != nil {
			t.Fatal(err)
		}
		refused("with no role left", nora(), booking.ErrNoRole)

		t.Run("with an account already", func(t *testing.T) {
			made, err := d.AddAccount(ctx, booking.System, NewAccount{Name: "Olga", Email: "olga@hospital.example", Holds: []booking.Grant{nurse}})
			if err != nil {
				t.Fatal(err)
			}
			if err := d.ChoosePassword(ctx, "olga@hospital.example", made.Code, "tram lantern quilt"); err != nil {
				t.Fatal(err)
			}
			olga := nora(auditor)
			olga.Subject, olga.Email = "olga", "olga@hospital.example"
			refused("that has a password", olga, booking.ErrNotLinked)
			if _, err := d.ResetPassword(ctx, booking.System, made.Account.ID); err != nil {
				t.Fatal(err)
			}
			if actor, _ := signedIn(olga, booking.Auditor, booking.Nurse); actor.ID != string(made.Account.ID) {
				t.Error("an administrator's code did not open the account to the provider")
			}
			if _, err := d.CloseAccount(ctx, booking.System, made.Account.ID, true); err != nil {
				t.Fatal(err)
			}
			refused("that is closed", olga, booking.ErrAccountShut)
		})

		_, one := signedIn(nora(nurse), booking.Nurse)
		second := nora(nurse)
		second.SID = "two"
		_, two := signedIn(second, booking.Nurse)
		out := Ended{Issuer: "https://login.example", SID: "one", JTI: "1", Expires: time.Now().Add(time.Minute)}
		if err := d.EndSignIns(ctx, out); err != nil {
			t.Fatal(err)
		}
		if err := d.EndSignIns(ctx, out); !errors.Is(err, booking.ErrStale) {
			t.Errorf("said again: %v", err)
		}
		elsewhere := Ended{Issuer: "https://evil.example", SID: "two", JTI: "1", Expires: out.Expires}
		if err := d.EndSignIns(ctx, elsewhere); err != nil {
			t.Errorf("another issuer's: %v", err)
		}
		if err := d.SignInStands(ctx, one); !errors.Is(err, booking.ErrSignInNeeded) {
			t.Errorf("the one that is over: %v", err)
		}
		if err := d.SignInStands(ctx, two); err != nil {
			t.Errorf("the other: %v", err)
		}
		all := Ended{Issuer: "https://login.example", Subject: "nora", JTI: "2", Expires: out.Expires}
		if err := d.EndSignIns(ctx, all); err != nil {
			t.Fatal(err)
		}
		if err := d.SignInStands(ctx, two); !errors.Is(err, booking.ErrSignInNeeded) {
			t.Errorf("all of theirs: %v", err)
		}
	})
}

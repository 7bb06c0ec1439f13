package booking_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/wardvisit/wardvisit/booking"
)

// The whole table, written a second time by hand: what each role may do.
func TestWhatEachRoleMayDo(t *testing.T) {
	const (
		run, keep, use, fleet   = booking.RunVisits, booking.KeepPatients, booking.UseDevices, booking.KeepDevices
		unclean                 = booking.StartUnclean
		find, decide, who, read = booking.FindInterpreters, booking.DecideRules, booking.KeepAccounts, booking.ReadAudit
		places, figures         = booking.KeepPlaces, booking.ReadFigures
		coordinate              = booking.KeepInterpreters
	)
	may := map[booking.StaffRole][]booking.Right{
		booking.Nurse:         {run, keep, use, fleet, unclean, find},
		booking.Facilitator:   {run, use, find},
		booking.WardManager:   {run, keep, use, fleet, unclean, find, decide, read, figures},
		booking.DeviceManager: {use, fleet},

		booking.InterpreterCoordinator: {find, coordinate},

		booking.Administrator: {who, places, figures},
		booking.Auditor:       {read, figures},
	}
	if len(may) != len(booking.AllRoles) {
		t.Fatalf("%d roles are tested of %d", len(may), len(booking.AllRoles))
	}
	for _, role := range append(booking.Roles{"", "matron"}, booking.AllRoles...) {
		here := booking.Actor{Kind: booking.StaffActor, ID: "s", Wards: map[booking.WardID]booking.Roles{"here": {role}}}
		everywhere := booking.Actor{Kind: booking.StaffActor, ID: "s", Everywhere: booking.Roles{role}}
		for _, right := range booking.AllRights {
			want := slices.Contains(may[role], right)
			if here.May(right, "here") != want || everywhere.May(right, "here") != want || here.MaySomewhere(right) != want || everywhere.MayEverywhere(right) != want {
				t.Errorf("%q: %s: %v, %v everywhere; want %v", role, right, here.May(right, "here"), everywhere.May(right, "here"), want)
			}
			if here.May(right, "there") || here.MayEverywhere(right) {
				t.Errorf("%q held here: may %s there", role, right)
			}
			var refused error
			if !want {
				refused = booking.ErrMayNot
			}
			if err := here.Refused(right, "here", booking.ErrNoSuchWard); !errors.Is(err, refused) {
				t.Errorf("%q: %s here: %v, want %v", role, right, err, refused)
			}
			if err := here.Refused(right, "there", booking.ErrNoSuchWard); !errors.Is(err, booking.ErrNoSuchWard) {
				t.Errorf("%q: %s there: %v", role, right, err)
			}
		}
	}
}

func TestNobodyElseHasARight(t *testing.T) {
	for _, kind := range []booking.ActorKind{booking.VisitorActor, booking.InterpreterActor, booking.DeviceActor, ""} {
		a := booking.Actor{Kind: kind, ID: "x", Wards: map[booking.WardID]booking.Roles{"w": booking.AllRoles}, Everywhere: booking.AllRoles}
		for _, right := range booking.AllRights {
			if a.May(right, "w") || a.MaySomewhere(right) || a.MayEverywhere(right) || a.Knows("w") {
				t.Errorf("%q may %s", kind, right)
			}
		}
	}
	for _, right := range booking.AllRights {
		if !booking.System.May(right, "w") || !booking.System.MayEverywhere(right) {
			t.Errorf("the program itself may not %s", right)
		}
	}
}

func TestRolesAddUp(t *testing.T) {
	a := booking.Actor{Kind: booking.StaffActor, Wards: map[booking.WardID]booking.Roles{"w": {booking.Facilitator, booking.Auditor}}, Everywhere: booking.Roles{booking.DeviceManager}}
	for _, right := range []booking.Right{booking.RunVisits, booking.ReadAudit, booking.KeepDevices} {
		if !a.May(right, "w") {
			t.Errorf("may not %s", right)
		}
	}
	if a.May(booking.KeepPatients, "w") || a.May(booking.RunVisits, "v") || !a.May(booking.KeepDevices, "v") || !a.Knows("v") {
		t.Error("roles are held where they are not, or the other way round")
	}
	if len(a.Wards["w"]) != 2 {
		t.Error("asking has changed what is held")
	}
}

func TestGrants(t *testing.T) {
	for _, tt := range []struct {
		g    booking.Grant
		good bool
	}{
		{booking.Grant{Role: booking.Nurse, Ward: "w"}, true},
		{booking.Grant{Role: booking.Nurse, Site: "s"}, true},
		{booking.Grant{Role: booking.Nurse}, true},
		{booking.Grant{Role: booking.Administrator}, true},
		{booking.Grant{Role: booking.Nurse, Ward: "w", Site: "s"}, false},
		{booking.Grant{Role: booking.Administrator, Ward: "w"}, false},
		{booking.Grant{Role: booking.Administrator, Site: "s"}, false},
		{booking.Grant{Role: "matron"}, false},
		{booking.Grant{}, false},
	} {
		if err := tt.g.Check(); (err == nil) != tt.good {
			t.Errorf("%+v: %v", tt.g, err)
		}
	}
}

func TestPasswords(t *testing.T) {
	for _, tt := range []struct {
		password string
		want     error
	}{
		{"tram lantern quilt", nil},
		{"Größe über alles 7", nil},
		{"elevenchars", booking.ErrPasswordShort},
		{"", booking.ErrPasswordShort},
		{"ÄÖÜäöüßßß", booking.ErrPasswordShort},
		{string(make([]byte, 129)), booking.ErrPasswordLong},
		{"bad \xff bytes in it", booking.ErrPasswordLong},
		{"Password12345", booking.ErrPasswordGuessable},
		{"myhospital2026", booking.ErrPasswordGuessable},
		{"aaaaaaaaaaaaaaaa", booking.ErrPasswordGuessable},
		{"amina.khan2026", booking.ErrPasswordGuessable},
		{"AminaAmina123", booking.ErrPasswordGuessable},
		{"amina likes green boats", nil},
	} {
		if err := booking.CheckPassword(tt.password, "amina.khan@hospital.example", "Sister Amina Khan"); !errors.Is(err, tt.want) {
			t.Errorf("%q: %v, want %v", tt.password, err, tt.want)
		}
	}
}

package booking_test

import (
	"slices"
	"testing"

	"github.com/wardvisit/wardvisit/booking"
)

func TestRolesInALine(t *testing.T) {
	both := booking.Roles{booking.Auditor, booking.Administrator}
	if got := both.String(); got != "administrator,auditor" || !slices.Equal(booking.ParseRoles(got), booking.Roles{booking.Administrator, booking.Auditor}) {
		t.Errorf("%q", got)
	}
	if got := booking.ParseRoles("matron,,nurse,nurse"); !slices.Equal(got, booking.Roles{booking.Nurse}) {
		t.Errorf("%v", got)
	}
	ward := []booking.Grant{{Role: booking.Auditor, Ward: "w"}}
	if !booking.AskFactor(ward, both) || booking.AskFactor(ward, booking.Roles{booking.Nurse}) || booking.AskFactor(nil, both) {
		t.Error("the wrong people are asked for a second factor")
	}
}

package booking_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/wardvisit/wardvisit/booking"
)

// Every rule, every role, with a reason and without. Whoever may set a rule aside
// needs a reason; nobody else may, whatever they say; and what two people can race
// for, a bar and a consent are no rules.
func TestSettle(t *testing.T) {
	const ward = booking.WardID("w")
	staff := func(role booking.StaffRole) booking.Actor {
		return booking.Actor{Kind: booking.StaffActor, ID: "s", Wards: map[booking.WardID]booking.Roles{ward: {role}}}
	}
	actors := map[string]booking.Actor{
		"manager":     staff(booking.WardManager),
		"nurse":       staff(booking.Nurse),
		"elsewhere":   {Kind: booking.StaffActor, ID: "s", Wards: map[booking.WardID]booking.Roles{"other": {booking.WardManager}}},
		"relative":    {Kind: booking.VisitorActor, ID: "v", Wards: map[booking.WardID]booking.Roles{ward: {booking.WardManager}}},
		"interpreter": {Kind: booking.InterpreterActor, ID: "i"},
		"iPad":        {Kind: booking.DeviceActor, ID: "d", Wards: map[booking.WardID]booking.Roles{ward: nil}},
		"the program": booking.System,
	}
	may := map[*booking.Refusal]string{ // the initials of who may
		booking.ErrNotASlot: "nm", booking.ErrProtected: "nm", booking.ErrTooLate: "nm", booking.ErrTooEarly: "nm", booking.ErrWeekFull: "nm",
		booking.ErrTooManyPeople: "m", booking.ErrClosed: "m",
		booking.ErrSlotTaken: "", booking.ErrPatientBusy: "", booking.ErrNoSlots: "", booking.ErrConsentNeeded: "", booking.ErrNotApproved: "",
		booking.ErrPatientAway: "", booking.ErrWardClosed: "", booking.ErrNobodyComing: "", booking.ErrNoInterpreter: "", booking.ErrVisitOver: "",
	}
	for rule, who := range may {
		for name, by := range actors {
			able := name == "nurse" && len(who) == 2 || name == "manager" && who != ""
			for reason, want := range map[string]error{"none asked": rule, "": booking.ErrReasonNeeded, " \n": booking.ErrReasonNeeded, "She flies home tonight": nil} {
				if !able {
					want = rule
				}
				t.Run(fmt.Sprintf("%s by %s, %q", rule.Code, name, reason), func(t *testing.T) {
					asked := []booking.Override{{Rule: "another_rule", Reason: "not this one"}, {Rule: rule.Code, Reason: reason}}
					if reason == "none asked" {
						asked = asked[:1]
					}
					got, err := booking.Settle(fmt.Errorf("wrapped: %w", rule), by, ward, booking.Ordinary, asked)
					if !errors.Is(err, want) || (got != nil) != (want == nil) {
						t.Fatalf("Settle = %v, %v; want %v", got, err, want)
					}
					if got != nil && *got != asked[1] {
						t.Errorf("recorded %v", *got)
					}
				})
			}
		}
	}
}

// A goodbye sets aside whatever may be set aside at all, by itself, and nothing
// more. A relative cannot make a visit one.
func TestSettleForAGoodbye(t *testing.T) {
	nurse := booking.Actor{Kind: booking.StaffActor, ID: "s", Wards: map[booking.WardID]booking.Roles{"w": {booking.Nurse}}}
	for _, rule := range []*booking.Refusal{booking.ErrClosed, booking.ErrTooLate, booking.ErrWeekFull, booking.ErrTooManyPeople, booking.ErrNotASlot, booking.ErrProtected} {
		got, err := booking.Settle(rule, nurse, "w", booking.EndOfLife, nil)
		if err != nil || got == nil || got.Rule != rule.Code || got.Reason == "" {
			t.Errorf("%s: %v, %v", rule.Code, got, err)
		}
	}
	for _, rule := range []*booking.Refusal{booking.ErrSlotTaken, booking.ErrPatientBusy, booking.ErrConsentNeeded, booking.ErrNoSlots} {
		if got, err := booking.Settle(rule, nurse, "w", booking.EndOfLife, nil); !errors.Is(err, rule) || got != nil {
			t.Errorf("%s: %v, %v", rule.Code, got, err)
		}
	}
	relative := booking.Actor{Kind: booking.VisitorActor, ID: "v"}
	if _, err := booking.Settle(booking.ErrTooLate, relative, "w", booking.EndOfLife, nil); !errors.Is(err, booking.ErrTooLate) {
		t.Errorf("a relative's: %v", err)
	}
}

// What is no refusal is a fault, and passes as it came.
func TestSettleLeavesFaultsAlone(t *testing.T) {
	fault := errors.New("the disk is full")
	if got, err := booking.Settle(fault, booking.System, "w", booking.EndOfLife, nil); !errors.Is(err, fault) || got != nil {
		t.Errorf("Settle = %v, %v", got, err)
	}
}

package booking

import (
	"errors"
	"slices"
	"strings"
)

// An Override is a rule that somebody sets aside for one visit, and why. What two
// people can race for, and whom a bar keeps away, is no rule and cannot be set
// aside.
type Override struct {
	Rule   string // the code of its refusal
	Reason string // in the words of whoever sets it aside
}

// overridable says which rules may be set aside, and by which roles.
var overridable = map[*Refusal]Roles{
	ErrNotASlot:      {Nurse, WardManager},
	ErrProtected:     {Nurse, WardManager},
	ErrTooLate:       {Nurse, WardManager},
	ErrTooEarly:      {Nurse, WardManager},
	ErrWeekFull:      {Nurse, WardManager},
	ErrTooManyPeople: {WardManager},
	ErrClosed:        {WardManager},
}

// MayOverride reports whether a may set aside a rule in a ward.
func (a Actor) MayOverride(ward WardID, rule *Refusal) bool {
	return slices.ContainsFunc(a.In(ward), func(r StaffRole) bool { return slices.Contains(overridable[rule], r) })
}

// goodbyeReason is why the rules do not hold for an end-of-life visit.
const goodbyeReason = "end_of_life"

// Settle answers for a rule that a proposed visit would break: nil when it is set
// aside for that visit by somebody who may, with the Override to be recorded.
// Otherwise ErrReasonNeeded when no reason is given, or the refusal itself. An
// end-of-life visit sets aside whatever may be set aside at all.
func Settle(broken error, by Actor, ward WardID, kind VisitKind, asked []Override) (*Override, error) {
	var rule *Refusal
	if !errors.As(broken, &rule) {
		return nil, broken
	}
	if _, may := overridable[rule]; may && BookerOf(by, kind) == Goodbye {
		return &Override{rule.Code, goodbyeReason}, nil
	}
	i := slices.IndexFunc(asked, func(o Override) bool { return o.Rule == rule.Code })
	switch {
	case i < 0 || !by.MayOverride(ward, rule):
		return nil, broken
	case strings.TrimSpace(asked[i].Reason) == "":
		return nil, ErrReasonNeeded
	}
	return &asked[i], nil
}

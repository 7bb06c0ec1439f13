package booking

import (
	"slices"
	"strings"
	"time"
)

// A FactorID names a second factor.
type FactorID string

// A Factor is what somebody who works here has besides their password: an app on
// their phone that makes codes.
type Factor struct {
	ID    FactorID
	Name  string // theirs for it: "My phone"
	Added time.Time
	Used  time.Time // last; zero for never
}

// Strength is what somebody who works here has besides their password.
type Strength struct {
	Factors []Factor
	Codes   int  // on paper, that have not been used
	Must    bool // one of their roles asks for a second factor
	PIN     bool // for shared computers and iPads
	NoPIN   bool // what they may do everywhere is too much for one
	// Elsewhere is true of somebody who comes in by the door of another, who asks for
	// it, and has no password here.
	Elsewhere bool
}

// AskFactor reports whether one of the roles that somebody holds, wherever it is
// held, is among those that need a second factor.
func AskFactor(holds []Grant, asked Roles) bool {
	return slices.ContainsFunc(holds, func(g Grant) bool { return slices.Contains(asked, g.Role) })
}

// ParseRoles reads what Roles.String has written, and leaves out what is no role.
func ParseRoles(s string) (held Roles) {
	for _, word := range strings.Split(s, ",") {
		if role := StaffRole(word); slices.Contains(AllRoles, role) && !slices.Contains(held, role) {
			held = append(held, role)
		}
	}
	return held
}

// String writes roles in a line, in the order of AllRoles.
func (held Roles) String() string {
	var words []string
	for _, role := range AllRoles {
		if slices.Contains(held, role) {
			words = append(words, string(role))
		}
	}
	return strings.Join(words, ",")
}

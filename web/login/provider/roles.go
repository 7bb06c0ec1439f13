package provider

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wardvisit/wardvisit/booking"
)

// Roles say what a provider's claim is worth here. Each line of the file is
//
//	VALUE = ROLE in ward NAME
//	VALUE = ROLE in site NAME
//	VALUE = ROLE everywhere
//
// with # before a comment. A name may be an id, for two wards of one name.
type Roles []worth

type worth struct {
	value string
	role  booking.StaffRole
	place string // "ward", "site", or "" for everywhere
	name  string
}

// ReadRoles reads the file, or says in a sentence what is wrong with which line.
func ReadRoles(text string) (Roles, error) {
	var all Roles
	n := 0
	for line := range strings.Lines(text) {
		n++
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		value, says, ok := strings.Cut(line, "=")
		w := worth{value: strings.TrimSpace(value)}
		role, where, _ := strings.Cut(strings.TrimSpace(says), " ")
		w.role, where = booking.StaffRole(role), strings.TrimSpace(where)
		for _, place := range []string{"ward", "site"} {
			if name, found := strings.CutPrefix(where, "in "+place+" "); found {
				w.place, w.name = place, strings.TrimSpace(name)
			}
		}
		switch {
		case !ok, w.value == "", where != "everywhere" && w.name == "":
			return nil, fmt.Errorf("line %d must be like \"VALUE = nurse in ward Willow Ward\"", n)
		case !slices.Contains(booking.AllRoles, w.role):
			return nil, fmt.Errorf("line %d names %q, which is not a role", n, role)
		case w.role == booking.Administrator && w.place != "":
			return nil, fmt.Errorf("line %d: an administrator is one everywhere", n)
		}
		all = append(all, w)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no line gives a role, so nobody could sign in")
	}
	return all, nil
}

// Grants are what some values of the claim are worth in the wards that there are.
func (r Roles) Grants(values []string, wards []booking.Ward) []booking.Grant {
	var grants []booking.Grant
	for _, w := range r {
		if !slices.Contains(values, w.value) {
			continue
		}
		if g, ok := w.grant(wards); ok && !slices.Contains(grants, g) {
			grants = append(grants, g)
		}
	}
	return grants
}

// Lost are the places that lines name and that are none, or more than one.
func (r Roles) Lost(wards []booking.Ward) []string {
	var lost []string
	for _, w := range r {
		if _, ok := w.grant(wards); !ok {
			lost = append(lost, w.place+" "+w.name)
		}
	}
	return lost
}

func (w worth) grant(wards []booking.Ward) (booking.Grant, bool) {
	if w.place == "" {
		return booking.Grant{Role: w.role}, true
	}
	var found []booking.Grant
	for _, ward := range wards {
		g, name, id := booking.Grant{Role: w.role, Ward: ward.ID}, ward.Name, string(ward.ID)
		if w.place == "site" {
			g, name, id = booking.Grant{Role: w.role, Site: ward.Site.ID}, ward.Site.Name, string(ward.Site.ID)
		}
		if (w.name == name || w.name == id) && !slices.Contains(found, g) {
			found = append(found, g)
		}
	}
	if len(found) != 1 {
		return booking.Grant{}, false
	}
	return found[0], true
}

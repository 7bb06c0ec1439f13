package desk

import (
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/wardvisit/wardvisit/booking"
)

// unnamed are languages that the tables of x/text have no English name for.
var unnamed = map[string]string{
	"bfi": "British Sign Language",
	"isg": "Irish Sign Language",
	"ase": "American Sign Language",
	"prs": "Dari",
}

// sayTongue says what is to be interpreted, to the interpreter: "Polish
// (spoken)", "British Sign Language", "English (typed as it is spoken)".
func sayTongue(t booking.Tongue) string {
	name, known := unnamed[t.Language]
	if !known {
		name = t.Tag()
		if tag, err := language.Parse(name); err == nil {
			if said := display.English.Tags().Name(tag); said != "" {
				name = said
			}
		}
	}
	switch {
	case t.Mode == booking.Sign:
		return name
	case t.Typed():
		return name + " (typed as it is spoken)"
	}
	return name + " (spoken)"
}

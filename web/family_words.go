package web

import (
	"html/template"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/wardvisit/wardvisit/booking"
)

// needNames are what would help, as families are asked.
var needNames = map[booking.Need]string{
	booking.NeedCaptions:      "Captions",
	booking.NeedLargeControls: "Large buttons on the screen",
	booking.NeedHearingLoop:   "A hearing loop at my end",
}

// signLanguages are those that Unicode's table of languages has no English name
// for: all of them.
var signLanguages = map[string]string{
	"bfi": "British Sign Language (BSL)",
	"isg": "Irish Sign Language (ISL)",
	"ase": "American Sign Language (ASL)",
	"pso": "Polish Sign Language (PJM)",
	"fsl": "French Sign Language (LSF)",
	"gsg": "German Sign Language (DGS)",
	"ssp": "Spanish Sign Language (LSE)",
}

// tongueName names a language and, where a reader could be in doubt, its mode.
func tongueName(t booking.Tongue) string {
	if name, ok := signLanguages[t.Language]; ok {
		return name
	}
	name := t.Tag()
	if tag, err := language.Parse(name); err == nil {
		if known := display.English.Languages().Name(tag); known != "" {
			name = known
		}
	}
	switch {
	case t.Mode == booking.Sign:
		return name + " (signed)"
	case t.Typed():
		return name + " in writing, typed as people speak"
	}
	return name
}

// interpreterOf says who works in a tongue: "Polish interpreter".
func interpreterOf(t booking.Tongue) string {
	if t.Typed() {
		return "speech-to-text reporter"
	}
	return tongueName(t) + " interpreter"
}

// helperIn is interpreterOf where the language has been said already.
func helperIn(t booking.Tongue) string {
	if t.Typed() {
		return "a speech-to-text reporter"
	}
	return "an interpreter"
}

// zonePlace is whose clock a page goes by, as people say it: "UK", or the last
// part of the zone's name.
func zonePlace(zone *time.Location) string {
	name := zone.String()
	if name == "Europe/London" || name == "Europe/Belfast" {
		return "UK"
	}
	place := name[strings.LastIndexByte(name, '/')+1:]
	return strings.ReplaceAll(place, "_", " ")
}

// tel is the address that rings a number, which html/template would not take
// from a text: it holds digits and a plus and nothing else.
func tel(phone string) template.URL {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, phone)
	return template.URL("tel:" + digits) //nolint:gosec // digits
}

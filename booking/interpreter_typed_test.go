package booking_test

import (
	"testing"

	"golang.org/x/text/language"

	"github.com/wardvisit/wardvisit/booking"
)

func TestALanguageInWritingIsALanguage(t *testing.T) {
	typed := booking.InWriting("en")
	if !typed.Typed() || typed.Tag() != "en" {
		t.Errorf("%+v is typed: %v, of %q", typed, typed.Typed(), typed.Tag())
	}
	if _, err := language.Parse(typed.Language); err != nil {
		t.Errorf("%q is no BCP 47 tag: %v", typed.Language, err)
	}
	for _, tongue := range []booking.Tongue{{}, {Language: "en", Mode: booking.Spoken}, {Language: "bfi", Mode: booking.Sign}} {
		if tongue.Typed() || tongue.Tag() != tongue.Language {
			t.Errorf("%+v is taken for one in writing", tongue)
		}
	}
}

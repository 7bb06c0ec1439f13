package desk

import (
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

func TestSayTongue(t *testing.T) {
	for _, tt := range []struct {
		tongue booking.Tongue
		want   string
	}{
		{booking.Tongue{Language: "pl", Mode: booking.Spoken}, "Polish (spoken)"},
		{booking.Tongue{Language: "bfi", Mode: booking.Sign}, "British Sign Language"},
		{booking.Tongue{Language: "prs", Mode: booking.Spoken}, "Dari (spoken)"},
		{booking.Tongue{Language: "no such tag", Mode: booking.Spoken}, "no such tag (spoken)"},
	} {
		if got := sayTongue(tt.tongue); got != tt.want {
			t.Errorf("%v is %q, want %q", tt.tongue, got, tt.want)
		}
	}
}

// Half past one happens twice on the night the clocks go back.
func TestSayWhen(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	for instant, want := range map[string]string{
		"2026-11-24T14:00:00Z": "Tuesday 24 November 2026, 2:00pm",
		"2026-11-24T12:00:00Z": "Tuesday 24 November 2026, midday",
		"2026-11-24T00:00:00Z": "Tuesday 24 November 2026, midnight",
		"2026-07-01T11:05:00Z": "Wednesday 1 July 2026, 12:05pm",
		"2026-10-25T00:30:00Z": "Sunday 25 October 2026, 1:30am, before the clocks go back",
		"2026-10-25T01:30:00Z": "Sunday 25 October 2026, 1:30am, after the clocks go back",
	} {
		at, err := time.Parse(time.RFC3339, instant)
		if err != nil {
			t.Fatal(err)
		}
		if got := sayWhen(at, london); got != want {
			t.Errorf("%s is %q, want %q", instant, got, want)
		}
	}
}

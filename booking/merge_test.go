package booking_test

import (
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// A consent that does not stand because the other record's does not says what
// became of that one, and nothing that nobody did.
func TestWhyTwoRecordsTogetherHaveNoConsent(t *testing.T) {
	yesterday, now := monday.Add(-24*time.Hour), monday
	kept := booking.Consent{Basis: booking.BasisOwn, At: yesterday}
	ran := booking.DateOf(yesterday, time.UTC)
	for _, tt := range []struct {
		name      string
		other     booking.Consent
		withdrawn time.Time
		review    booking.Date
		void      bool
	}{
		{"never given", booking.Consent{}, now, booking.Date{}, true},
		{"withdrawn", booking.Consent{At: yesterday.Add(-time.Hour), WithdrawnAt: yesterday}, yesterday, booking.Date{}, false},
		{"ran out", booking.Consent{At: yesterday.Add(-time.Hour), ReviewOn: ran}, time.Time{}, ran, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, made := booking.Together(kept, tt.other, now, time.UTC)
			if !made || c.Stands(now, time.UTC) || !c.WithdrawnAt.Equal(tt.withdrawn) || c.ReviewOn != tt.review || c.Void() != tt.void {
				t.Errorf("%+v, made %v, void %v", c, made, c.Void())
			}
		})
	}
}

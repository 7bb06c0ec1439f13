package booking

import (
	"testing"
	"time"
)

func TestComingInABrowser(t *testing.T) {
	since := time.Date(2026, time.November, 24, 14, 0, 0, 0, time.UTC)
	now := since.Add(time.Minute)
	for _, tt := range []struct {
		name      string
		was       Participant
		browser   string
		place     Place
		anew      bool
		elsewhere bool
		here      time.Time
	}{
		{"for the first time", Participant{Place: Expected}, "a", Expected, false, false, now},
		{"in another, never let in", Participant{Place: Expected, Browser: "a", HereSince: since}, "b", Expected, false, false, since},
		{"back where they were let in", Participant{Place: Admitted, Browser: "a", LetIn: "a"}, "a", Admitted, false, false, now},
		{"again, not having left", Participant{Place: Admitted, Browser: "a", LetIn: "a", HereSince: since}, "a", Admitted, false, false, since},
		{"let in before browsers were known", Participant{Place: Admitted}, "a", Admitted, false, false, now},
		{"in another", Participant{Place: Admitted, Browser: "a", LetIn: "a"}, "b", Expected, true, true, now},
		{"in another, not having left", Participant{Place: Admitted, Browser: "a", LetIn: "a", HereSince: since}, "b", Expected, true, true, now},
		{"in another that says nothing", Participant{Place: Admitted, Browser: "a", LetIn: "a"}, "", Expected, true, true, now},
		{"in the other again", Participant{Place: Expected, Browser: "b", LetIn: "a", HereSince: since}, "b", Expected, false, true, since},
		{"back after the other", Participant{Place: Expected, Browser: "b", LetIn: "a", HereSince: since}, "a", Admitted, false, false, since},
		{"put back to wait", Participant{Place: HeldBack, Browser: "a", LetIn: "a"}, "a", HeldBack, false, false, now},
		{"in another, put back to wait", Participant{Place: HeldBack, Browser: "a", LetIn: "a"}, "b", HeldBack, true, true, now},
	} {
		t.Run(tt.name, func(t *testing.T) {
			came, anew := tt.was.Come(tt.browser, now)
			if came.Place != tt.place || anew != tt.anew || came.Elsewhere() != tt.elsewhere || !came.HereSince.Equal(tt.here) || came.Browser != tt.browser {
				t.Errorf("Come = %+v, %t; elsewhere %t", came, anew, came.Elsewhere())
			}
			in, err := came.Put(Admitted)
			if err != nil || in.Elsewhere() || in.LetIn != tt.browser {
				t.Errorf("let in: %+v, %v", in, err)
			}
			if again, asked := in.Come(tt.browser, now); again != in || asked {
				t.Errorf("once let in: %+v, %t", again, asked)
			}
		})
	}
}

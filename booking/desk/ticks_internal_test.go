package desk

import (
	"fmt"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// A look at flags that did not come to their end is gone on with the next time, and
// one that did begins anew.
func TestLookingThroughFlagsGoesOn(t *testing.T) {
	t.Parallel()
	var looks ticks
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	full := make([]booking.VisitID, lookAt)
	for i := range full {
		full[i] = booking.VisitID(fmt.Sprintf("%03d", i))
	}
	for _, tt := range []struct {
		after booking.VisitID
		found []booking.VisitID
	}{{"", full}, {full[lookAt-1], full[:3]}, {"", nil}, {"", nil}} {
		after, due := looks.look(now)
		if !due || after != tt.after {
			t.Errorf("%v: a look is due %v after %q, want after %q", now, due, after, tt.after)
		}
		looks.lookedAt(tt.found)
		if _, due := looks.look(now.Add(lookEvery - time.Second)); due {
			t.Error("a look is due again at once")
		}
		now = now.Add(lookEvery)
	}
}

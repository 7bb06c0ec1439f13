package booking_test

import (
	"testing"

	"github.com/wardvisit/wardvisit/booking"
)

func TestReferencesAreReadAsPeopleWriteThem(t *testing.T) {
	want := booking.NewReference([6]byte{0, 1, 2, 30, 200, 255})
	for _, written := range []string{string(want), "  " + string(want), lower(want), string(want[:3]) + " " + string(want[4:]), string(want[:3]) + string(want[4:])} {
		if got, err := booking.ParseReference(written); err != nil || got != want {
			t.Errorf("ParseReference(%q) = %q, %v; want %q", written, got, err, want)
		}
	}
}

func lower(r booking.Reference) string {
	b := []byte(r)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func FuzzParseReference(f *testing.F) {
	for _, s := range []string{"BHD-7K2", "bhd 7k2", "", "AEIOU0", "BHD-7K2-X", "\x00", "ﬀﬀﬀ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := booking.ParseReference(s)
		if err != nil {
			return
		}
		if again, err := booking.ParseReference(string(r)); err != nil || again != r || len(r) != 7 {
			t.Errorf("%q read as %q, which reads as %q, %v", s, r, again, err)
		}
	})
}

func FuzzParseDateAndClock(f *testing.F) {
	f.Add("2026-11-24", "14:00")
	f.Fuzz(func(t *testing.T, day, clock string) {
		if d, err := booking.ParseDate(day); err == nil && d.String() != day {
			t.Errorf("date %q read as %v", day, d)
		}
		if c, err := booking.ParseClockTime(clock); err == nil && (c < 0 || c > 24*60) {
			t.Errorf("clock %q read as %d", clock, c)
		}
	})
}

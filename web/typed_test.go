package web

import (
	"testing"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/web/form"
)

func TestParseClock(t *testing.T) {
	for typed, want := range map[string]booking.ClockTime{
		"14:00": 840, "14.00": 840, "1400": 840, "2pm": 840, "2 PM": 840, " 2:30 p.m. ": 870, "2.30pm": 870, "9:05": 545, "09:05": 545,
		"12am": 0, "12pm": 720, "12:30am": 30, "midday": 720, "Noon": 720, "midnight": 0, "0:00": 0, "24:00": 1440, "23:59": 1439,
	} {
		if got, err := parseClock(typed); err != nil || got != want {
			t.Errorf("parseClock(%q) = %v, %v; want %v", typed, got, err, want)
		}
	}
	for _, typed := range []string{"", "2", "25:00", "12:60", "13pm", "0am", "two", "14:00pm", "2m", "2:3", "٢pm", "-1:00", "24:01", "2pm4", "1e3"} {
		if got, err := parseClock(typed); err == nil {
			t.Errorf("parseClock(%q) = %v", typed, got)
		}
	}
}

// Whatever is typed is a time of one day or refused; and a time written as we
// write times is read as itself.
func FuzzParseClock(f *testing.F) {
	for _, typed := range []string{"14:00", "2pm", "2:30 p.m.", "midday", "24:00", "12am", "٢pm", "99", "0.00", "1a"} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		c, err := parseClock(typed)
		if err != nil {
			return
		}
		if c < 0 || c > 24*60 {
			t.Fatalf("parseClock(%q) = %d", typed, c)
		}
		if again, err := parseClock(c.String()); err != nil || again != c {
			t.Fatalf("parseClock(%q) = %v, which is read as %v, %v", typed, c, again, err)
		}
	})
}

func TestReadDatesAndNumbers(t *testing.T) {
	for _, tt := range []struct {
		name             string
		day, month, year string
		want             booking.Date
		good             bool
	}{
		{"a day", "24", "11", "2026", booking.Date{Year: 2026, Month: 11, Day: 24}, true},
		{"with spaces", " 4", "1 ", " 2027", booking.Date{Year: 2027, Month: 1, Day: 4}, true},
		{"nothing", "", " ", "", booking.Date{}, true},
		{"no such day", "30", "2", "2026", booking.Date{}, false},
		{"half of one", "24", "11", "", booking.Date{}, false},
		{"words", "x", "11", "2026", booking.Date{}, false},
		{"another age", "1", "1", "1066", booking.Date{}, false},
	} {
		f := form.Blank("on-day", tt.day, "on-month", tt.month, "on-year", tt.year)
		if got := readDate(f, "on"); got != tt.want || f.OK() != tt.good {
			t.Errorf("%s: %v, OK %v", tt.name, got, f.OK())
		}
	}
	for typed, good := range map[string]bool{"5": true, " 7 ": true, "": false, "4": false, "11": false, "x": false, "5.5": false, "99999999999999999999": false} {
		f := form.Blank("n", typed)
		if readNumber(f, "n", 5, 10); f.OK() != good {
			t.Errorf("readNumber(%q): OK %v", typed, f.OK())
		}
	}
}

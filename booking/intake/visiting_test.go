package intake

import (
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

func TestVisitingTimes(t *testing.T) {
	got, err := ParseVisiting("Mon-Wed 14:00-16:00 length 20 step 10; Saturday,sun 10am-12:00 for staff ; daily 18:00-24:00 from 2026-12-01 until 31/12/2026")
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 3+2+7 {
		t.Fatalf("%d sessions: %+v", len(got), got)
	}
	want := booking.Session{Weekday: time.Monday, Start: 14 * 60, End: 16 * 60, Length: 20 * time.Minute, Step: 10 * time.Minute, Audience: booking.ForRelatives}
	if got[0] != want {
		t.Errorf("%+v, want %+v", got[0], want)
	}
	if s := got[4]; s.Weekday != time.Sunday || s.Start != 10*60 || s.Audience != booking.ForStaff || s.Length != usualLength || s.Step != usualLength {
		t.Errorf("%+v", s)
	}
	if s := got[5]; s.End != 24*60 || s.ValidFrom != (booking.Date{Year: 2026, Month: 12, Day: 1}) || s.ValidTo != (booking.Date{Year: 2026, Month: 12, Day: 31}) {
		t.Errorf("%+v", s)
	}
	goodbyes, err := ParseVisiting("Fri 9:00-12:00 every 2 from 2026-11-27 for end-of-life people 6")
	if err != nil || len(goodbyes) != 1 || goodbyes[0].EveryWeeks != 2 || goodbyes[0].People != 6 || goodbyes[0].Audience != booking.ForEndOfLife {
		t.Errorf("%+v %v", goodbyes, err)
	}
	if none, err := ParseVisiting(" ; ;"); err != nil || none != nil {
		t.Errorf("nothing: %v %v", none, err)
	}
}

func TestVisitingTimesThatAreNone(t *testing.T) {
	for _, tt := range []struct{ text, says string }{
		{"14:00-16:00", "days are not clear"},
		{"Mon", "After the days come the times"},
		{"Mon 14:00", "times of day are not clear"},
		{"Mon 14:00 - 16:00", "times of day are not clear"},
		{"Mon 16:00-14:00", "end before they begin"},
		{"Mon 22:00-02:00", "past midnight"},
		{"Mon 14:00-14:20", "does not fit"},
		{"Mon-Fri,Wed 14:00-16:00", "twice"},
		{"Mon 14:00-16:00 length", "comes a value"},
		{"Mon 14:00-16:00 length 0", "number from 5"},
		{"Mon 14:00-16:00 length 20 length 30", "twice"},
		{"Mon 14:00-16:00 colour blue", "do not know the word"},
		{"Mon 14:00-16:00 for dogs", "relatives"},
		{"Mon 14:00-16:00 from soon", "comes a day"},
		{"Mon 14:00-16:00 from 2026-12-02 until 2026-12-01", "until comes after from"},
		{"Mon 14:00-16:00 every 2", "a day to count from"},
		{"Mon 14:00-16:00 people 0", "number from 1"},
		{strings.Repeat("daily 00:00-24:00 for staff;", 11), "more than 70"},
		{strings.Repeat("x", 500) + " 14:00-16:00", "days are not clear"},
	} {
		if _, err := ParseVisiting(tt.text); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%.40s: %v", tt.text, err)
		}
	}
}

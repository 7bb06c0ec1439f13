package booking_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/wardvisit/wardvisit/booking"
)

func TestWhatIsToldOfACount(t *testing.T) {
	for n, want := range map[int]booking.Count{
		0: {}, 1: {From: 1, To: 4}, 4: {From: 1, To: 4}, 5: {From: 5, To: 7}, 7: {From: 5, To: 7}, 8: {From: 8, To: 12}, 12: {From: 8, To: 12}, 43: {From: 43, To: 47},
	} {
		if got := booking.Tell(n); got != want {
			t.Errorf("Tell(%d) = %+v, want %+v", n, got, want)
		}
	}
	for n := range 200 {
		c := booking.Tell(n)
		if n < c.From || n > c.To {
			t.Fatalf("%d is told as %+v", n, c)
		}
		number, one := c.Number()
		if few := 0 < n && n < booking.Small; c.Few() != few || one == few {
			t.Errorf("%d: few %v, number %v", n, c.Few(), one)
		} else if one && (number%5 != 0 || number-n > 2 || n-number > 2) {
			t.Errorf("%d is told as %d", n, number)
		}
	}
	if n, one := booking.Tell(5).Plus(booking.Tell(6)).Number(); one {
		t.Errorf("a sum is told as the number %d", n)
	}
}

var manyCounts = rapid.OneOf(rapid.IntRange(0, 6), rapid.IntRange(0, 40))

// Take one span of days from another that has more: whoever does can't tell that there
// were one, two, three or four in between, since it could be none, or more, or it is
// what is told of them anyway.
func TestTwoSpansOfDaysGiveNothingAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		short := manyCounts.Draw(t, "in the shorter span")
		more := rapid.IntRange(1, 4).Draw(t, "in the days between")
		a, b := booking.Tell(short), booking.Tell(short+more)
		could := map[int]bool{}
		for x := a.From; x <= a.To; x++ {
			for y := max(x, b.From); y <= b.To; y++ {
				could[y-x] = true
			}
		}
		if !could[more] {
			t.Fatalf("%+v and %+v rule out what is true: %d", a, b, more)
		}
		few := could[1] && could[2] && could[3] && could[4]
		if !could[0] && !few && !could[5] {
			t.Fatalf("%d and %d more are told as %+v and %+v: the days between have %v", short, more, a, b, could)
		}
		if len(could) < 3 {
			t.Fatalf("%+v and %+v leave only %v", a, b, could)
		}
	})
}

// another draws a count that is told in the same way.
func another(t *rapid.T, n int) int {
	c := booking.Tell(n)
	return rapid.IntRange(c.From, c.To).Draw(t, "another")
}

func drawTally(t *rapid.T) booking.Tally {
	tally := booking.Tally{Missed: map[booking.Why]int{}, Asked: map[booking.RequestState]int{}, Waited: map[booking.EntryState]int{}}
	for _, why := range booking.Whys {
		tally.Missed[why] = manyCounts.Draw(t, "missed")
	}
	tally.Asked[booking.RequestRefused] = manyCounts.Draw(t, "refused")
	tally.Waited[booking.EntryLapsed] = manyCounts.Draw(t, "in vain")
	tally.Held = manyCounts.Draw(t, "held")
	tally.Devices = []booking.DeviceTally{{Tag: "iPad 1", Visits: manyCounts.Draw(t, "on an iPad")}}
	for _, language := range []string{"", "pl", "cy"} {
		lay := manyCounts.Draw(t, "lay")
		tongue := booking.Tongue{Language: language, Mode: booking.Spoken}
		if language == "" {
			tongue = booking.Tongue{}
		}
		tally.Patients = append(tally.Patients, booking.TongueTally{Tongue: tongue, Lay: lay, Never: rapid.IntRange(0, lay).Draw(t, "never")})
	}
	return tally
}

// likeIt is another tally of which the same should be told.
func likeIt(t *rapid.T, was booking.Tally) booking.Tally {
	other := booking.Tally{
		Missed: map[booking.Why]int{}, Asked: map[booking.RequestState]int{}, Waited: map[booking.EntryState]int{},
		Held: another(t, was.Held), Devices: []booking.DeviceTally{{Tag: "iPad 1", Visits: another(t, was.Devices[0].Visits)}},
	}
	for why, n := range was.Missed {
		other.Missed[why] = another(t, n)
	}
	for state, n := range was.Asked {
		other.Asked[state] = another(t, n)
	}
	for state, n := range was.Waited {
		other.Waited[state] = another(t, n)
	}
	for _, p := range was.Patients {
		other.Patients = append(other.Patients, booking.TongueTally{Tongue: p.Tongue, Lay: another(t, p.Lay), Never: another(t, p.Never)})
	}
	return other
}

// What is told of some wards, and of all of them together, is the same whatever each
// count is that is told in the same way: so no sum, row, column, page or file narrows
// down any of them.
func TestNoSumGivesACountAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var wards, others []booking.Tally
		for range rapid.IntRange(1, 4).Draw(t, "wards") {
			tally := drawTally(t)
			wards, others = append(wards, tally), append(others, likeIt(t, tally))
		}
		for i := range wards {
			if diff := cmp.Diff(wards[i].Figures(), others[i].Figures()); diff != "" {
				t.Fatalf("ward %d: %s", i, diff)
			}
		}
		if diff := cmp.Diff(booking.AllFigures(wards), booking.AllFigures(others)); diff != "" {
			t.Fatalf("all: %s", diff)
		}
		lay, never := booking.AllFigures(wards).Patients()
		truly, none := 0, 0
		for _, w := range wards {
			for _, p := range w.Patients {
				truly, none = truly+p.Lay, none+p.Never
			}
		}
		if truly < lay.From || truly > lay.To || none < never.From || none > never.To {
			t.Fatalf("%d and %d are told as %+v and %+v", truly, none, lay, never)
		}
	})
}

func TestLengthsAndSharesOfTooFewVisitsAreNotTold(t *testing.T) {
	tally := booking.Tally{Held: 4, Lasted: 80 * time.Minute, Open: 10 * time.Hour, Lead: booking.Spread{time.Hour: 4}, Devices: []booking.DeviceTally{{Visits: 4, Lasted: 80 * time.Minute}, {}}}
	if f := tally.Figures(); f.Mean != 0 || f.Lead.Known || f.Use.Known || f.Devices[0].Use.Known || f.Devices[1].Use != (booking.Share{Known: true}) {
		t.Errorf("told of four: %+v", f)
	}
	tally.Held, tally.Devices[0].Visits, tally.Lead = 5, 5, booking.Spread{time.Hour: 1, 2 * time.Hour: 1, 3 * time.Hour: 1, 9 * time.Hour: 2}
	f := tally.Figures()
	want := booking.Quarters{Low: 2 * time.Hour, Middle: 3 * time.Hour, High: 9 * time.Hour, Known: true}
	if f.Mean != 16*time.Minute || f.Lead != want || f.Use.Percent != 7 || f.Devices[0].Use.Percent != 13 {
		t.Errorf("told of five: %+v", f)
	}
	tally.Open = 0
	if f := tally.Figures(); f.Use.Known {
		t.Error("a share of no time is told")
	}
}

func TestOpenFor(t *testing.T) {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	sunday := booking.Date{Year: 2026, Month: 10, Day: 25} // an hour of which comes twice
	session := func(id booking.SessionID, start, end booking.ClockTime) booking.Session {
		return booking.Session{ID: id, Weekday: time.Sunday, Start: start, End: end, ValidFrom: sunday.AddDays(-70)}
	}
	late := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	whole := booking.Closure{Ward: "w", From: sunday, To: sunday, Start: 15 * 60, End: 16 * 60}
	bay := whole
	bay.Bay, bay.Start, bay.End = "A", 0, 24*60
	reopened := bay
	reopened.Bay, reopened.ReopenedAt = "", late
	one := whole
	one.Session, one.Start, one.End = "s2", 0, 24*60
	for _, tt := range []struct {
		name  string
		table booking.Timetable
		days  int
		until time.Time
		want  time.Duration
	}{
		{"nothing published", booking.Timetable{}, 7, late, 0},
		{"two sessions that share an hour", booking.Timetable{Sessions: []booking.Session{session("s1", 14*60, 17*60), session("s2", 16*60, 18*60)}}, 7, late, 4 * time.Hour},
		{"closed for an hour, and a bay for all of it", booking.Timetable{Sessions: []booking.Session{session("s1", 14*60, 17*60)}, Closures: []booking.Closure{whole, bay, reopened}}, 7, late, 2 * time.Hour},
		{"one session closed", booking.Timetable{Sessions: []booking.Session{session("s1", 14*60, 17*60), session("s2", 14*60, 18*60)}, Closures: []booking.Closure{one}}, 7, late, 3 * time.Hour},
		{"protected", booking.Timetable{Sessions: []booking.Session{session("s1", 14*60, 17*60)}, Protected: []booking.ProtectedTime{{Days: booking.EveryDay, Start: 13 * 60, End: 14*60 + 30}}}, 7, late, 150 * time.Minute},
		{"two weeks", booking.Timetable{Sessions: []booking.Session{session("s1", 14*60, 17*60)}}, 8, late, 6 * time.Hour},
		{"until now", booking.Timetable{Sessions: []booking.Session{session("s1", 14*60, 17*60)}}, 7, time.Date(2026, 10, 25, 15, 0, 0, 0, time.UTC), time.Hour},
		{"an hour that comes twice", booking.Timetable{Sessions: []booking.Session{session("s1", 0, 3*60)}}, 7, late, 4 * time.Hour},
	} {
		tt.table.Zone = zone
		if got := tt.table.OpenFor(sunday, sunday.AddDays(tt.days-1), tt.until); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestDaysOfFigures(t *testing.T) {
	from := booking.Date{Year: 2026, Month: 1, Day: 1}
	for days, good := range map[int]bool{-1: false, 0: true, 364: true, 365: true, 366: false, 3650: false} {
		if err := booking.CheckDays(from, from.AddDays(days)); (err == nil) != good {
			t.Errorf("%d days on: %v", days, err)
		}
	}
	if booking.CheckDays(booking.Date{}, from) == nil {
		t.Error("days from no day on")
	}
}

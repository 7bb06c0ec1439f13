package booking_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wardvisit/wardvisit/booking"
)

// Zones whose clocks do odd things: half an hour, three quarters, a change at
// midnight, a change for Ramadan, and none.
var oddZones = []string{
	"Europe/London", "America/New_York", "Australia/Lord_Howe", "Australia/Sydney", "Africa/Casablanca", "Asia/Kathmandu",
	"America/Sao_Paulo", "America/Havana", "Pacific/Chatham", "Asia/Beirut", "UTC",
}

// drawDay draws a zone and one of its days: often one on which the clocks change.
func drawDay(t *rapid.T) (booking.Date, *time.Location) {
	z, err := time.LoadLocation(rapid.SampledFrom(oddZones).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	day := booking.Date{Year: rapid.IntRange(2015, 2030).Draw(t, "year"), Month: time.January, Day: 1}.AddDays(rapid.IntRange(0, 364).Draw(t, "day"))
	if rapid.Bool().Draw(t, "odd") {
		for range 366 {
			from, to := booking.DayBounds(day, z)
			if to.Sub(from) != 24*time.Hour {
				break
			}
			day = day.AddDays(1)
		}
	}
	return day, z
}

func minuteOf(t time.Time, z *time.Location) booking.ClockTime {
	local := t.In(z)
	return booking.ClockTime(local.Hour()*60 + local.Minute())
}

// wall is what the clocks of a zone show in each minute of a day, found by
// looking at them and not by the conversion that is tested.
func wall(d booking.Date, z *time.Location) (at []time.Time, shows []booking.ClockTime) {
	noon := time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC)
	for m := noon.Add(-40 * time.Hour); m.Before(noon.Add(40 * time.Hour)); m = m.Add(time.Minute) {
		if booking.DateOf(m, z) == d {
			at, shows = append(at, m), append(shows, minuteOf(m, z))
		}
	}
	return at, shows
}

// shut is the instant by which a session that ends at end is over: the last at
// which the clocks show it, or the first after it where it is skipped.
func shut(end booking.ClockTime, at []time.Time, shows []booking.ClockTime) time.Time {
	last := at[len(at)-1].Add(time.Minute)
	for i := len(at) - 1; i >= 0; i-- {
		if shows[i] == end {
			return at[i]
		}
		if shows[i] > end {
			last = at[i]
		}
	}
	return last
}

func drawSession(t *rapid.T, day booking.Date) booking.Session {
	from := rapid.IntRange(0, 24*60-1).Draw(t, "from")
	return booking.Session{
		ID: "s", Ward: "w", Weekday: day.Weekday(), ValidFrom: day.AddDays(-rapid.IntRange(0, 20).Draw(t, "before")),
		Start: booking.ClockTime(from), End: booking.ClockTime(rapid.IntRange(from+1, 24*60).Draw(t, "to")),
		Length: time.Duration(rapid.IntRange(5, 90).Draw(t, "length")) * time.Minute,
		Step:   time.Duration(rapid.IntRange(5, 60).Draw(t, "step")) * time.Minute, Audience: booking.ForRelatives,
	}
}

// The slots of a day are those that somebody who watches the clocks all day would
// write down: each time that a visit may begin, as often as it comes, unless the
// session would be over before the visit is.
func TestSlotsAreWhatTheClocksShow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day, z := drawDay(t)
		s := drawSession(t, day)
		at, shows := wall(day, z)
		closes := shut(s.End, at, shows)
		var want []time.Time
		for i, c := range shows {
			begins := c >= s.Start && c < s.End && (c-s.Start)%booking.ClockTime(s.Step/time.Minute) == 0
			if begins && !at[i].Add(s.Length).After(closes) {
				want = append(want, at[i])
			}
		}
		var got []time.Time
		for _, slot := range booking.SlotsOn(day, z, []booking.Session{s}) {
			got = append(got, slot.When.Start())
			if !s.TakesIn(slot.When, z) {
				t.Fatalf("the session does not take in its own slot %v", slot.When)
			}
		}
		if !slices.EqualFunc(got, want, time.Time.Equal) {
			t.Fatalf("%v in %v, %v to %v every %v for %v:\n%v\nwant\n%v", day, z, s.Start, s.End, s.Step, s.Length, got, want)
		}
	})
}

// Every few weeks means as many weeks after the first time, also over the turn of
// the year, and never between.
func TestEverySoManyWeeks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := booking.Date{Year: 2026, Month: time.November, Day: 1}.AddDays(rapid.IntRange(0, 400).Draw(t, "from"))
		s := booking.Session{
			Weekday: time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday")), ValidFrom: from,
			EveryWeeks: rapid.IntRange(0, 8).Draw(t, "weeks"),
		}
		if rapid.Bool().Draw(t, "ends") {
			s.ValidTo = from.AddDays(rapid.IntRange(0, 200).Draw(t, "to"))
		}
		last := booking.Date{}
		for i := range 250 {
			d := from.AddDays(i - 10)
			if !s.RunsOn(d) {
				continue
			}
			switch {
			case d.Weekday() != s.Weekday, d.Before(from), !s.ValidTo.IsZero() && s.ValidTo.Before(d):
				t.Fatalf("runs on %v", d)
			case last.IsZero() && !d.Before(from.AddDays(7)):
				t.Fatalf("first on %v, more than a week after %v", d, from)
			case !last.IsZero() && last.AddDays(7*max(1, s.EveryWeeks)) != d:
				t.Fatalf("on %v and next on %v, every %d weeks", last, d, s.EveryWeeks)
			}
			last = d
		}
		first := from.AddDays(int(7+s.Weekday-from.Weekday()) % 7)
		if (s.ValidTo.IsZero() || !s.ValidTo.Before(first)) && last.IsZero() {
			t.Fatal("never runs")
		}
	})
}

func TestSessionCheck(t *testing.T) {
	good := booking.Session{
		Weekday: time.Tuesday, Start: 14 * 60, End: 16 * 60, Length: 30 * time.Minute, Step: 30 * time.Minute,
		ValidFrom: booking.Date{Year: 2026, Month: 11, Day: 1}, Audience: booking.ForRelatives,
	}
	for _, tt := range []struct {
		name   string
		change func(s *booking.Session)
		want   error
	}{
		{"as it is", func(*booking.Session) {}, nil},
		{"until midnight", func(s *booking.Session) { s.End = 24 * 60 }, nil},
		{"all of the length", func(s *booking.Session) { s.Length = 2 * time.Hour }, nil},
		{"over a clock change", func(s *booking.Session) { s.Weekday, s.Start, s.End = time.Sunday, 0, 4*60 }, nil},
		{"for a single day", func(s *booking.Session) { s.ValidFrom = date(t, "2026-11-24"); s.ValidTo = s.ValidFrom }, nil},
		{"ends before it starts", func(s *booking.Session) { s.Start, s.End = s.End, s.Start }, booking.ErrSessionBackwards},
		{"ends when it starts", func(s *booking.Session) { s.End = s.Start }, booking.ErrSessionBackwards},
		{"past midnight", func(s *booking.Session) { s.Start, s.End = 22*60, 2*60 }, booking.ErrSessionBackwards},
		{"after the day", func(s *booking.Session) { s.End = 24*60 + 1 }, booking.ErrBadTime},
		{"begins at 24:00", func(s *booking.Session) { s.Start = 24 * 60 }, booking.ErrBadTime},
		{"on no weekday", func(s *booking.Session) { s.Weekday = 7 }, booking.ErrBadTime},
		{"too short for a visit", func(s *booking.Session) { s.Length = 121 * time.Minute }, booking.ErrSessionTooShort},
		{"visits of no length", func(s *booking.Session) { s.Length = 0 }, booking.ErrBadSession},
		{"visits of half a day and more", func(s *booking.Session) { s.Length = 13 * time.Hour }, booking.ErrBadSession},
		{"visits of a part of a minute", func(s *booking.Session) { s.Length = 90 * time.Second }, booking.ErrBadSession},
		{"no step", func(s *booking.Session) { s.Step = 0 }, booking.ErrBadSession},
		{"every 53 weeks", func(s *booking.Session) { s.EveryWeeks = 53 }, booking.ErrBadSession},
		{"fewer than nobody", func(s *booking.Session) { s.People = -1 }, booking.ErrBadSession},
		{"a crowd", func(s *booking.Session) { s.People = 21 }, booking.ErrBadSession},
		{"from no day", func(s *booking.Session) { s.ValidFrom = booking.Date{} }, booking.ErrSessionNever},
		{"last before first", func(s *booking.Session) { s.ValidTo = date(t, "2026-10-31") }, booking.ErrSessionNever},
		{"over before its weekday", func(s *booking.Session) { s.ValidTo = date(t, "2026-11-02") }, booking.ErrSessionNever},
		{"for nobody", func(s *booking.Session) { s.Audience = "" }, booking.ErrBadChoice},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := good
			tt.change(&s)
			if err := s.Check(); !errors.Is(err, tt.want) {
				t.Errorf("Check = %v, want %v", err, tt.want)
			}
		})
	}
}

// Two sessions clash when some day has both at one time. The oracle looks at every
// day of two lifetimes of the longest pair drawn.
func TestClashesAgainstEveryDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := booking.Date{Year: 2026, Month: 11, Day: 1}
		draw := func(id booking.SessionID) booking.Session {
			from := rapid.IntRange(0, 20).Draw(t, "from") * 60
			s := booking.Session{
				ID: id, Ward: booking.WardID(rapid.SampledFrom([]string{"w", "w", "w", "x"}).Draw(t, "ward")),
				Weekday: time.Weekday(rapid.IntRange(0, 1).Draw(t, "weekday")), Start: booking.ClockTime(from),
				End: booking.ClockTime(from + rapid.IntRange(1, 4).Draw(t, "hours")*60), Audience: rapid.SampledFrom([]booking.Audience{booking.ForRelatives, booking.ForStaff}).Draw(t, "audience"),
				ValidFrom: base.AddDays(rapid.IntRange(0, 60).Draw(t, "first")), EveryWeeks: rapid.IntRange(0, 5).Draw(t, "weeks"),
			}
			if rapid.Bool().Draw(t, "ends") {
				s.ValidTo = s.ValidFrom.AddDays(rapid.IntRange(0, 60).Draw(t, "last"))
			}
			return s
		}
		a, b := draw("a"), draw("b")
		want := false
		for i := range 400 {
			d := base.AddDays(i)
			want = want || a.RunsOn(d) && b.RunsOn(d)
		}
		want = want && a.Ward == b.Ward && a.Audience == b.Audience && a.Start < b.End && b.Start < a.End
		if got := a.Clashes(b); got != want || b.Clashes(a) != want {
			t.Fatalf("%+v\n%+v\nclash %v and %v, want %v", a, b, got, b.Clashes(a), want)
		}
		if a.Clashes(a) {
			t.Fatal("a session clashes with itself")
		}
	})
}

func TestAudiences(t *testing.T) {
	for _, tt := range []struct {
		audience                        booking.Audience
		relatives, staff, atTheGoodbyes bool
	}{
		{booking.ForRelatives, true, true, true},
		{booking.ForStaff, false, true, true},
		{booking.ForEndOfLife, false, false, true},
	} {
		got := [3]bool{tt.audience.Invites(booking.Relatives), tt.audience.Invites(booking.WardStaff), tt.audience.Invites(booking.Goodbye)}
		if got != [3]bool{tt.relatives, tt.staff, tt.atTheGoodbyes} {
			t.Errorf("%s invites %v", tt.audience, got)
		}
	}
}

package booking_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wardvisit/wardvisit/booking"
)

// Ending a session takes away the days after its last one, and no other.
func TestUntil(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := booking.Date{Year: 2026, Month: 11, Day: 1}.AddDays(rapid.IntRange(0, 30).Draw(t, "from"))
		s := drawSession(t, from)
		s.Weekday, s.ValidFrom, s.EveryWeeks = time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday")), from, rapid.IntRange(0, 3).Draw(t, "weeks")
		if rapid.Bool().Draw(t, "ends") {
			s.ValidTo = from.AddDays(rapid.IntRange(0, 60).Draw(t, "to"))
		}
		last := from.AddDays(rapid.IntRange(-30, 60).Draw(t, "last"))
		ended := s.Until(last)
		for i := range 150 {
			d := from.AddDays(i - 40)
			if want := s.RunsOn(d) && !last.Before(d); ended.RunsOn(d) != want {
				t.Fatalf("%v..%v ended on %v runs on %v: %v, want %v", s.ValidFrom, s.ValidTo, last, d, !want, want)
			}
		}
		if ended.ValidTo.Before(ended.ValidFrom) {
			t.Fatalf("valid from %v to %v, which no table keeps", ended.ValidFrom, ended.ValidTo)
		}
		if !ended.Over(last.AddDays(1)) {
			t.Fatalf("not over after %v", last)
		}
		if today := from.AddDays(5); s.RunsOn(today) && s.Over(today) {
			t.Fatal("over on a day on which it takes place")
		}
	})
}

func TestTakesIn(t *testing.T) {
	london := zone(t, "Europe/London")
	afternoon := booking.Session{Weekday: time.Tuesday, Start: 14 * 60, End: 16 * 60, ValidFrom: date(t, "2026-11-01"), Audience: booking.ForRelatives}
	night := booking.Session{Weekday: time.Sunday, Start: 60, End: 2 * 60, ValidFrom: date(t, "2026-01-01"), Audience: booking.ForRelatives}
	for _, tt := range []struct {
		name    string
		session booking.Session
		start   string
		length  time.Duration
		want    bool
	}{
		{"all of it", afternoon, "2026-11-24T14:00:00Z", 2 * time.Hour, true},
		{"between two of its times", afternoon, "2026-11-24T14:07:00Z", 5 * time.Minute, true},
		{"a minute before", afternoon, "2026-11-24T13:59:00Z", time.Hour, false},
		{"a minute over", afternoon, "2026-11-24T15:01:00Z", time.Hour, false},
		{"on Wednesday", afternoon, "2026-11-25T14:00:00Z", time.Hour, false},
		{"before its first day", afternoon, "2026-10-27T14:00:00Z", time.Hour, false},
		{"the first of two hours", night, "2026-10-25T00:00:00Z", time.Hour, true},
		{"the second of two hours", night, "2026-10-25T01:00:00Z", time.Hour, true},
		{"both", night, "2026-10-25T00:00:00Z", 2 * time.Hour, true},
		{"the hour that is skipped", night, "2027-03-28T00:30:00Z", time.Hour, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.session.TakesIn(interval(t, tt.start, tt.length), london); got != tt.want {
				t.Errorf("TakesIn = %v", got)
			}
		})
	}
}

// A visit between the times of a session is in it; where two sessions meet, it is
// in the one that offers just its time.
func TestSlotOf(t *testing.T) {
	session := func(id booking.SessionID, length time.Duration) booking.Session {
		return booking.Session{ID: id, Weekday: time.Tuesday, Start: 14 * 60, End: 16 * 60, Length: length, Step: length, ValidFrom: date(t, "2026-11-01")}
	}
	table := booking.Timetable{Zone: time.UTC, Sessions: []booking.Session{session("hour", time.Hour), session("half", 30*time.Minute)}}
	for _, tt := range []struct {
		name, start string
		length      time.Duration
		want        booking.SessionID
	}{
		{"an hour", "2026-11-24T15:00:00Z", time.Hour, "hour"},
		{"half an hour", "2026-11-24T15:00:00Z", 30 * time.Minute, "half"},
		{"neither", "2026-11-24T15:10:00Z", 20 * time.Minute, "hour"},
		{"too long", "2026-11-24T14:30:00Z", 2 * time.Hour, ""},
		{"another day", "2026-11-25T15:00:00Z", time.Hour, ""},
	} {
		when := interval(t, tt.start, tt.length)
		if got, inside := table.SlotOf(when); got != (booking.Slot{Session: tt.want, When: when}) || inside != (tt.want != "") {
			t.Errorf("%s: %v, %v", tt.name, got, inside)
		}
	}
}

func TestPeopleAtAVisit(t *testing.T) {
	session := func(people int, audience booking.Audience) booking.Session {
		return booking.Session{Weekday: time.Tuesday, Start: 14 * 60, End: 16 * 60, ValidFrom: date(t, "2026-11-01"), People: people, Audience: audience}
	}
	policy := booking.Policy{People: 3}
	for _, tt := range []struct {
		name     string
		sessions []booking.Session
		who      booking.Booker
		want     int
	}{
		{"what the policy says, outside every session", nil, booking.WardStaff, 3},
		{"what the policy says, if the session says nothing", []booking.Session{session(0, booking.ForRelatives)}, booking.Relatives, 3},
		{"fewer in a small session", []booking.Session{session(1, booking.ForRelatives)}, booking.Relatives, 1},
		{"more in a large one", []booking.Session{session(8, booking.ForRelatives)}, booking.Relatives, 8},
		{"the more generous of two", []booking.Session{session(1, booking.ForRelatives), session(5, booking.ForStaff)}, booking.WardStaff, 5},
		{"not that of a session for others", []booking.Session{session(1, booking.ForRelatives), session(5, booking.ForStaff)}, booking.Relatives, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table := booking.Timetable{Zone: time.UTC, Sessions: tt.sessions}
			if got := table.People(interval(t, "2026-11-24T14:00:00Z", time.Hour), tt.who, policy); got != tt.want {
				t.Errorf("People = %d, want %d", got, tt.want)
			}
		})
	}
}

func TestOddDays(t *testing.T) {
	s := booking.Session{Weekday: time.Sunday, Start: 30, End: 3 * 60, Step: 30 * time.Minute, Length: 30 * time.Minute, ValidFrom: date(t, "2026-01-01")}
	odd := s.OddDays(date(t, "2026-10-01"), date(t, "2027-04-30"), zone(t, "Europe/London"))
	if len(odd) != 2 {
		t.Fatalf("odd days: %v", odd)
	}
	if back := odd[0]; back.Date != date(t, "2026-10-25") || !slices.Equal(back.Twice, []booking.ClockTime{60, 90}) || back.Skipped != nil {
		t.Errorf("when the clocks go back: %+v", back)
	}
	if on := odd[1]; on.Date != date(t, "2027-03-28") || !slices.Equal(on.Skipped, []booking.ClockTime{60, 90}) || on.Twice != nil {
		t.Errorf("when the clocks go forward: %+v", on)
	}
	s.Start = 4 * 60
	s.End = 6 * 60
	if odd := s.OddDays(date(t, "2026-10-01"), date(t, "2027-04-30"), zone(t, "Europe/London")); odd != nil {
		t.Errorf("a session in the morning: %v", odd)
	}
}

package booking_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wardvisit/wardvisit/booking"
)

var usual = booking.Policy{
	Prepare: 10 * time.Minute, Clean: 15 * time.Minute, Earliest: 14 * 24 * time.Hour, Notice: 30 * time.Minute, StaffEarliest: 366 * 24 * time.Hour,
	WeekStarts: time.Monday, ChangeCutoff: time.Hour, HoldFor: 10 * time.Minute, OfferFor: 2 * time.Hour,
	OpensBefore: 15 * time.Minute, Grace: 10 * time.Minute, People: 3,
}

func TestPolicyCheck(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(p *booking.Policy)
		want   error
	}{
		{"as usual", func(*booking.Policy) {}, nil},
		{"no buffers", func(p *booking.Policy) { p.Prepare, p.Clean = 0, 0 }, nil},
		{"as many as at least", func(p *booking.Policy) { p.WeeklyMin, p.WeeklyMax = 2, 2 }, nil},
		{"an aim without a limit", func(p *booking.Policy) { p.WeeklyMin = 5 }, nil},
		{"relatives never", func(p *booking.Policy) { p.Notice = p.Earliest }, booking.ErrPolicyForbids},
		{"relatives nowhere ahead", func(p *booking.Policy) { p.Earliest, p.Notice = 0, 0 }, booking.ErrPolicyForbids},
		{"staff never", func(p *booking.Policy) { p.StaffNotice = p.StaffEarliest + time.Minute }, booking.ErrPolicyForbids},
		{"nobody at a visit", func(p *booking.Policy) { p.People = 0 }, booking.ErrPolicyForbids},
		{"fewer at most than at least", func(p *booking.Policy) { p.WeeklyMin, p.WeeklyMax = 3, 2 }, booking.ErrWeeklyNumbers},
		{"holds of no length", func(p *booking.Policy) { p.HoldFor = 0 }, booking.ErrBadPolicy},
		{"holds of hours", func(p *booking.Policy) { p.HoldFor = 2 * time.Hour }, booking.ErrBadPolicy},
		{"offers of a week", func(p *booking.Policy) { p.OfferFor = 7 * 24 * time.Hour }, booking.ErrBadPolicy},
		{"a crowd", func(p *booking.Policy) { p.People = 21 }, booking.ErrBadPolicy},
		{"a week that begins on no day", func(p *booking.Policy) { p.WeekStarts = 7 }, booking.ErrBadPolicy},
		{"less than no visit", func(p *booking.Policy) { p.WeeklyMax = -1 }, booking.ErrBadPolicy},
		{"grace of less than nothing", func(p *booking.Policy) { p.Grace = -time.Minute }, booking.ErrBadPolicy},
		{"notice of half a minute", func(p *booking.Policy) { p.Notice = 30 * time.Second }, booking.ErrBadPolicy},
		{"ten years ahead", func(p *booking.Policy) { p.Earliest = 3653 * 24 * time.Hour }, booking.ErrBadPolicy},
		{"half a day of cleaning", func(p *booking.Policy) { p.Clean = 12 * time.Hour }, booking.ErrBadPolicy},
		{"half a day of cleaning after one infection", func(p *booking.Policy) {
			p.Infected = map[booking.Infection]booking.Buffers{booking.Airborne: {Clean: 12 * time.Hour}}
		}, booking.ErrBadPolicy},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := usual
			tt.change(&p)
			if err := p.Check(); !errors.Is(err, tt.want) {
				t.Errorf("Check = %v, want %v", err, tt.want)
			}
		})
	}
}

// A policy that passes leaves each kind of booker some instant to book; whoever
// would be left none is refused.
func TestAPolicyLeavesEverybodySomething(t *testing.T) {
	now := interval(t, "2026-11-24T10:00:00Z", time.Minute).Start()
	rapid.Check(t, func(t *rapid.T) {
		hours := func(label string) time.Duration {
			return time.Duration(rapid.IntRange(0, 72).Draw(t, label)) * time.Hour
		}
		p := usual
		p.Notice, p.Earliest, p.StaffNotice, p.StaffEarliest = hours("notice"), hours("earliest"), hours("staff notice"), hours("staff earliest")
		passes := p.Check() == nil
		possible := true
		for _, who := range []booking.Booker{booking.Relatives, booking.WardStaff} {
			some := 0
			for m := range 74 * 60 {
				if p.Bookable(now.Add(time.Duration(m)*time.Minute), now, who) == nil {
					some++
				}
			}
			possible = possible && some > 1 // more than the one instant at which both bounds meet
		}
		if passes != possible {
			t.Fatalf("passes %v, possible %v: %+v", passes, possible, p)
		}
	})
}

func TestBookable(t *testing.T) {
	now := interval(t, "2026-11-24T10:00:00Z", time.Minute).Start()
	p := usual
	p.StaffNotice = 5 * time.Minute
	for _, tt := range []struct {
		name string
		who  booking.Booker
		in   time.Duration
		want error
	}{
		{"relatives with notice", booking.Relatives, 30 * time.Minute, nil},
		{"relatives a minute short of it", booking.Relatives, 29 * time.Minute, booking.ErrTooLate},
		{"relatives as far as they may", booking.Relatives, 14 * 24 * time.Hour, nil},
		{"relatives a minute further", booking.Relatives, 14*24*time.Hour + time.Minute, booking.ErrTooEarly},
		{"staff sooner", booking.WardStaff, 5 * time.Minute, nil},
		{"staff too soon", booking.WardStaff, 4 * time.Minute, booking.ErrTooLate},
		{"staff further", booking.WardStaff, 15 * 24 * time.Hour, nil},
		{"staff too far", booking.WardStaff, 367 * 24 * time.Hour, booking.ErrTooEarly},
		{"a goodbye now", booking.Goodbye, 0, nil},
		{"a goodbye in the past", booking.Goodbye, -time.Minute, booking.ErrTooLate},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := p.Bookable(now.Add(tt.in), now, tt.who); !errors.Is(err, tt.want) {
				t.Errorf("Bookable = %v, want %v", err, tt.want)
			}
		})
	}
}

// Weeks are seven days by the calendar, begin on their day, and leave no instant
// out, whatever the clocks do.
func TestWeeks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day, z := drawDay(t)
		begins, _ := booking.DayBounds(day, z)
		at := begins.Add(time.Duration(rapid.IntRange(0, 1380).Draw(t, "minute")) * time.Minute)
		p := booking.Policy{WeekStarts: time.Weekday(rapid.IntRange(0, 6).Draw(t, "first"))}
		from, to := p.WeekOf(at, z)
		first, next := booking.DateOf(from, z), booking.DateOf(to, z)
		if at.Before(from) || !at.Before(to) {
			t.Fatalf("%v is not in its week %v to %v", at, from, to)
		}
		if first.Weekday() != p.WeekStarts || first.AddDays(7) != next {
			t.Fatalf("a week from %v to %v", first, next)
		}
		if again, _ := p.WeekOf(to, z); !again.Equal(to) {
			t.Fatalf("after the week to %v comes the one from %v", to, again)
		}
		if last, _ := p.WeekOf(to.Add(-time.Minute), z); !last.Equal(from) {
			t.Fatalf("its last minute is in the week from %v, not %v", last, from)
		}
	})
}

func TestRoomInWeek(t *testing.T) {
	for _, tt := range []struct {
		most, booked int
		want         error
	}{{0, 99, nil}, {2, 0, nil}, {2, 1, nil}, {2, 2, booking.ErrWeekFull}, {2, 5, booking.ErrWeekFull}} {
		if err := (booking.Policy{WeeklyMax: tt.most}).RoomInWeek(tt.booked); !errors.Is(err, tt.want) {
			t.Errorf("%d of %d: %v", tt.booked, tt.most, err)
		}
	}
}

func TestBuffersByInfection(t *testing.T) {
	p := usual
	p.Infected = map[booking.Infection]booking.Buffers{booking.Contact: {Prepare: 15 * time.Minute, Clean: 45 * time.Minute}}
	for infection, want := range map[booking.Infection]booking.Buffers{
		booking.NoInfection: {Prepare: p.Prepare, Clean: p.Clean},
		booking.Droplet:     {Prepare: p.Prepare, Clean: p.Clean},
		booking.Contact:     {Prepare: 15 * time.Minute, Clean: 45 * time.Minute},
	} {
		if got := p.BuffersFor(infection); got != want {
			t.Errorf("%s: %v, want %v", infection, got, want)
		}
	}
}

func TestWhatAWardLeavesOpen(t *testing.T) {
	p := booking.Policy{}.WithDefaults()
	if p.StaffEarliest < 365*24*time.Hour || p.OfferFor < time.Hour {
		t.Errorf("defaults: %+v", p)
	}
	own := booking.Policy{StaffEarliest: time.Hour, OfferFor: time.Minute}
	if got := own.WithDefaults(); got.StaffEarliest != time.Hour || got.OfferFor != time.Minute {
		t.Errorf("what was decided has changed: %+v", got)
	}
}

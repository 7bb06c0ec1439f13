package booking_test

import (
	"errors"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

func TestWhatMayBeAskedFor(t *testing.T) {
	policy := booking.Policy{StaffEarliest: 100 * 24 * time.Hour}
	evening := interval(t, "2026-11-24T19:00:00Z", 30*time.Minute)
	later := interval(t, "2026-11-25T19:00:00Z", 30*time.Minute)
	third := interval(t, "2026-11-26T19:00:00Z", 30*time.Minute)
	fourth := interval(t, "2026-11-27T19:00:00Z", 30*time.Minute)
	for _, tt := range []struct {
		name  string
		times []booking.Interval
		want  error
	}{
		{"one", []booking.Interval{evening}, nil},
		{"three", []booking.Interval{third, evening, later}, nil},
		{"none", nil, booking.ErrMissing},
		{"four", []booking.Interval{evening, later, third, fourth}, booking.ErrTooManyWishes},
		{"one twice", []booking.Interval{evening, later, evening}, booking.ErrSameWish},
		{"one that is past", []booking.Interval{interval(t, "2026-11-24T13:00:00Z", 30*time.Minute)}, booking.ErrTooLate},
		{"one next summer", []booking.Interval{interval(t, "2027-07-01T13:00:00Z", 30*time.Minute)}, booking.ErrTooEarly},
		{"a moment", []booking.Interval{interval(t, "2026-11-24T19:00:00Z", 4*time.Minute)}, booking.ErrBadTime},
		{"an afternoon", []booking.Interval{interval(t, "2026-11-24T19:00:00Z", 3*time.Hour)}, booking.ErrBadTime},
	} {
		r := booking.Request{Times: tt.times}
		if err := r.Check(now, policy); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestARequestIsAnsweredOnce(t *testing.T) {
	sister := booking.Actor{Kind: booking.StaffActor, Name: "Sister Khan"}
	open := booking.Request{State: booking.RequestOpen}
	granted, err := open.Grant(sister, "visit", now)
	if err != nil || granted.State != booking.RequestGranted || granted.Visit != "visit" || granted.AnsweredBy != sister.Name {
		t.Errorf("granted: %+v %v", granted, err)
	}
	if _, err := open.Refuse(sister, " \n", now); !errors.Is(err, booking.ErrReasonNeeded) {
		t.Errorf("refused without a word: %v", err)
	}
	refused, err := open.Refuse(sister, " The ward rests then. ", now)
	if err != nil || refused.Answer != "The ward rests then." {
		t.Errorf("refused: %+v %v", refused, err)
	}
	for _, r := range []booking.Request{granted, refused} {
		if _, err := r.Withdraw(now); !errors.Is(err, booking.ErrRequestClosed) {
			t.Errorf("a request that is %s was withdrawn: %v", r.State, err)
		}
	}
}

// Whoever grants may set aside all that may be set aside at all, and no more: a
// bar, a consent and a taken slot are no rules.
func TestWhatAGrantSetsAside(t *testing.T) {
	ward := booking.WardID("w")
	manager := booking.Actor{Kind: booking.StaffActor, Wards: map[booking.WardID]booking.Roles{ward: {booking.WardManager}}}
	asked := booking.Request{}.Overrides("the daughter flies home on Friday")
	for _, rule := range []*booking.Refusal{booking.ErrNotASlot, booking.ErrClosed, booking.ErrWeekFull, booking.ErrProtected, booking.ErrTooLate} {
		if o, err := booking.Settle(rule, manager, ward, booking.Ordinary, asked); err != nil || o == nil || o.Reason == "" {
			t.Errorf("%s: %v %v", rule.Code, o, err)
		}
	}
	for _, fact := range []*booking.Refusal{booking.ErrSlotTaken, booking.ErrNoSlots, booking.ErrConsentNeeded, booking.ErrPatientBusy} {
		if o, err := booking.Settle(fact, manager, ward, booking.Ordinary, asked); !errors.Is(err, fact) || o != nil {
			t.Errorf("%s was set aside: %v %v", fact.Code, o, err)
		}
	}
}

func TestAWishByTheClockOnTheWall(t *testing.T) {
	london := zone(t, "Europe/London")
	for _, tt := range []struct {
		name, day, clock string
		which            booking.Which
		want             string
		refused          error
	}{
		{"in winter", "2026-11-24", "19:00", booking.NotSaid, "2026-11-24T19:00:00Z", nil},
		{"in summer", "2026-07-01", "19:00", booking.NotSaid, "2026-07-01T18:00:00Z", nil},
		{"that the clocks skip", "2027-03-28", "01:30", booking.NotSaid, "", booking.ErrNoSuchLocalTime},
		{"that they show twice", "2026-10-25", "01:30", booking.NotSaid, "", booking.ErrTwiceLocalTime},
		{"the first of two", "2026-10-25", "01:30", booking.TheFirst, "2026-10-25T00:30:00Z", nil},
		{"the second", "2026-10-25", "01:30", booking.TheSecond, "2026-10-25T01:30:00Z", nil},
		{"the second, where there is one", "2026-11-24", "19:00", booking.TheSecond, "2026-11-24T19:00:00Z", nil},
	} {
		w := booking.Wish{Date: date(t, tt.day), Clock: clock(t, tt.clock), Length: 30 * time.Minute, Which: tt.which}
		got, err := w.When(london)
		if !errors.Is(err, tt.refused) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.refused)
		}
		if tt.want != "" && got.Start().Format(time.RFC3339) != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, got, tt.want)
		}
	}
}

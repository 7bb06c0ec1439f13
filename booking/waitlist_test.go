package booking_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

func TestInTurn(t *testing.T) {
	since := func(minutes int) time.Time { return now.Add(time.Duration(minutes) * time.Minute) }
	waiting := []booking.Waiting{
		{WaitlistEntry: booking.WaitlistEntry{ID: "had two, waits longest", Kind: booking.Ordinary, Since: since(0)}, Had: 2},
		{WaitlistEntry: booking.WaitlistEntry{ID: "had none, came last", Kind: booking.Ordinary, Since: since(50)}},
		{WaitlistEntry: booking.WaitlistEntry{ID: "had none, came first", Kind: booking.Ordinary, Since: since(10)}},
		{WaitlistEntry: booking.WaitlistEntry{ID: "goodbye", Kind: booking.EndOfLife, Since: since(60)}, Had: 9},
		{WaitlistEntry: booking.WaitlistEntry{ID: "meeting", Kind: booking.FamilyMeeting, Since: since(5)}, Had: 1},
	}
	want := []booking.EntryID{"goodbye", "had none, came first", "had none, came last", "meeting", "had two, waits longest"}
	for range 20 {
		rand.Shuffle(len(waiting), func(i, j int) { waiting[i], waiting[j] = waiting[j], waiting[i] })
		before := slices.Clone(waiting)
		var got []booking.EntryID
		for _, w := range booking.InTurn(waiting) {
			got = append(got, w.ID)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("in turn: %q, want %q", got, want)
		}
		if !slices.Equal(before, waiting) {
			t.Fatal("the list that was given has changed")
		}
	}
}

func TestDaysToWaitFor(t *testing.T) {
	today := date(t, "2026-11-24")
	for _, tt := range []struct {
		name, from, to string
		want           error
	}{
		{"today alone", "2026-11-24", "2026-11-24", nil},
		{"since yesterday", "2026-11-23", "2026-11-26", nil},
		{"a month", "2026-11-24", "2026-12-24", nil},
		{"a day more", "2026-11-24", "2026-12-25", booking.ErrBadDays},
		{"past", "2026-11-20", "2026-11-23", booking.ErrBadDays},
		{"the wrong way round", "2026-11-27", "2026-11-26", booking.ErrBadDays},
		{"in two years", "2028-11-24", "2028-11-25", booking.ErrBadDays},
	} {
		e := booking.WaitlistEntry{Kind: booking.Ordinary, From: date(t, tt.from), To: date(t, tt.to)}
		if err := e.Check(today); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestAnEntryLeavesByItself(t *testing.T) {
	e := booking.WaitlistEntry{State: booking.EntryWaiting, From: date(t, "2026-11-24"), To: date(t, "2026-11-26")}
	for _, tt := range []struct {
		name    string
		today   string
		refused error
		want    booking.EntryState
	}{
		{"on its last day", "2026-11-26", nil, booking.EntryWaiting},
		{"the day after", "2026-11-27", nil, booking.EntryLapsed},
		{"out of the circle", "2026-11-24", booking.ErrNotInCircle, booking.EntryLeft},
		{"not approved any more", "2026-11-24", booking.ErrNotApproved, booking.EntryLeft},
		{"the patient went home", "2026-11-24", booking.ErrPatientAway, booking.EntryLeft},
		{"barred, and not to know it", "2026-11-24", booking.ErrNoSlots, booking.EntryWaiting},
		{"until somebody consents", "2026-11-24", booking.ErrConsentNeeded, booking.EntryWaiting},
		{"until the ward takes visits", "2026-11-24", booking.ErrWardClosed, booking.EntryWaiting},
	} {
		as, leaves := e.Leaves(tt.refused, date(t, tt.today))
		if as != tt.want || leaves != (tt.want != booking.EntryWaiting) {
			t.Errorf("%s: %v %v, want %v", tt.name, as, leaves, tt.want)
		}
	}
	booked := e.Leave(booking.EntryBooked, now)
	if _, leaves := booked.Leaves(booking.ErrPatientAway, date(t, "2027-01-01")); leaves || !booked.LeftAt.Equal(now) {
		t.Error("who has left leaves again")
	}
}

func TestHowLongAnOfferStands(t *testing.T) {
	london := zone(t, "Europe/London")
	policy := booking.Policy{OfferFor: 2 * time.Hour}
	at := func(s string) time.Time {
		got, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for _, tt := range []struct{ name, now, start, tell, until string }{
		{"in the day", "2026-11-24T10:00:00Z", "2026-11-25T14:00:00Z", "2026-11-24T10:00:00Z", "2026-11-24T12:00:00Z"},
		{"for this afternoon", "2026-11-24T13:00:00Z", "2026-11-24T14:00:00Z", "2026-11-24T13:00:00Z", "2026-11-24T13:45:00Z"},
		{"too near to answer", "2026-11-24T13:40:00Z", "2026-11-24T14:00:00Z", "", ""},
		{"that has begun", "2026-11-24T14:10:00Z", "2026-11-24T14:00:00Z", "", ""},
		{"late in the evening", "2026-11-24T23:00:00Z", "2026-11-25T14:00:00Z", "2026-11-25T08:00:00Z", "2026-11-25T10:00:00Z"},
		{"before dawn", "2026-11-25T03:00:00Z", "2026-11-25T14:00:00Z", "2026-11-25T08:00:00Z", "2026-11-25T10:00:00Z"},
		{"at night for the morning, when there is no time to wait", "2026-11-25T06:30:00Z", "2026-11-25T08:20:00Z", "2026-11-25T06:30:00Z", "2026-11-25T08:05:00Z"},
		{"the night the clocks go back", "2027-10-30T22:00:00Z", "2027-10-31T14:00:00Z", "2027-10-31T08:00:00Z", "2027-10-31T10:00:00Z"},
	} {
		tell, until, ok := policy.OfferSpan(at(tt.start), at(tt.now), london)
		if ok != (tt.tell != "") {
			t.Errorf("%s: offered %v", tt.name, ok)
			continue
		}
		if ok && (!tell.Equal(at(tt.tell)) || !until.Equal(at(tt.until))) {
			t.Errorf("%s: told %v, until %v", tt.name, tell, until)
		}
	}
}

func TestFirstWanted(t *testing.T) {
	london := zone(t, "Europe/London")
	policy := booking.Policy{OfferFor: 2 * time.Hour}
	e := booking.WaitlistEntry{State: booking.EntryWaiting, From: date(t, "2026-11-25"), To: date(t, "2026-11-26")}
	slot := func(s string) booking.Slot { return booking.Slot{When: interval(t, s, 30*time.Minute)} }
	slots := []booking.Slot{
		slot("2026-11-24T14:00:00Z"), // not its day
		slot("2026-11-25T14:00:00Z"), // turned down
		slot("2026-11-25T14:15:00Z"), // the same time, nearly
		slot("2026-11-25T14:30:00Z"),
		slot("2026-11-27T14:00:00Z"),
	}
	before := []booking.Interval{slots[1].When}
	got, found := e.FirstWanted(slots, before, policy, now, london)
	if !found || got != slots[3] {
		t.Errorf("offered %v %v", got.When, found)
	}
	if got, found := e.FirstWanted(slots[:3], before, policy, now, london); found {
		t.Errorf("offered %v again", got.When)
	}
}

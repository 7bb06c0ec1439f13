package booking_test

import (
	"errors"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

func TestNote(t *testing.T) {
	start := time.Date(2026, 11, 24, 14, 0, 0, 0, time.UTC)
	when, err := booking.NewInterval(start, 30*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	waits := []booking.Participant{{Role: booking.AsVisitor, HereSince: start}}
	signer := []booking.Participant{{Role: booking.AsInterpreter, HereSince: start}}
	for _, tt := range []struct {
		name   string
		kind   booking.OutcomeKind
		state  booking.State
		people []booking.Participant
		now    time.Duration // after the start
		want   error
	}{
		{"late", booking.OutcomeLate, booking.Booked, nil, time.Minute, nil},
		{"late, at the bed", booking.OutcomeLate, booking.Lobby, signer, 0, nil},
		{"late before the time", booking.OutcomeLate, booking.Booked, nil, -time.Minute, booking.ErrNotLateYet},
		{"late, and waiting", booking.OutcomeLate, booking.Lobby, waits, time.Minute, booking.ErrSomebodyHere},
		{"late, at the end", booking.OutcomeLate, booking.Booked, nil, 30 * time.Minute, booking.ErrVisitOver},
		{"asleep", booking.OutcomeAsleep, booking.Preparing, waits, -10 * time.Minute, nil},
		{"asleep hours before", booking.OutcomeAsleep, booking.Booked, nil, -time.Hour, booking.ErrNotOpenYet},
		{"asleep in the visit", booking.OutcomeAsleep, booking.Live, waits, time.Minute, booking.ErrVisitBegun},
		{"not now", booking.OutcomeNotNow, booking.Lobby, waits, time.Minute, nil},
		{"not now, of a hold", booking.OutcomeNotNow, booking.Held, nil, 0, booking.ErrVisitOver},
		{"nobody came", booking.OutcomeNoShow, booking.Booked, signer, 20 * time.Minute, nil},
		{"nobody came, but they did", booking.OutcomeNoShow, booking.Lobby, waits, 20 * time.Minute, booking.ErrSomebodyHere},
		{"nobody came, and it is over", booking.OutcomeNoShow, booking.Cancelled, nil, 20 * time.Minute, booking.ErrVisitOver},
		{"what nobody offers", "tired", booking.Booked, nil, 0, booking.ErrBadChoice},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := booking.Visit{State: tt.state, When: when}
			if err := v.Note(tt.kind, tt.people, 15*time.Minute, start.Add(tt.now)); !errors.Is(err, tt.want) {
				t.Errorf("Note = %v, want %v", err, tt.want)
			}
		})
	}
}

func TestWaitingAndMovingForAnOutcome(t *testing.T) {
	start := time.Date(2026, 11, 24, 14, 0, 0, 0, time.UTC)
	when, err := booking.NewInterval(start, 30*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	v := booking.Visit{State: booking.Lobby, When: when}
	for _, tt := range []struct{ now, grace, want time.Duration }{
		{2 * time.Minute, 15 * time.Minute, 15 * time.Minute},
		{20 * time.Minute, 5 * time.Minute, 25 * time.Minute},
		{20 * time.Minute, 15 * time.Minute, 30 * time.Minute},
		{time.Minute, 0, 15 * time.Minute},
	} {
		if got := v.WaitsUntil(tt.grace, start.Add(tt.now)); !got.Equal(start.Add(tt.want)) {
			t.Errorf("at %v with a grace of %v it waits until %v", tt.now, tt.grace, got)
		}
	}
	later, err := v.ALittleLater(start.Add(2 * time.Minute))
	if err != nil || later.State != booking.Booked || !later.When.Start().Equal(start.Add(35*time.Minute)) || later.When.Length() != when.Length() {
		t.Errorf("a little later is %v %v, %v", later.State, later.When, err)
	}
	v.State = booking.Live
	if _, err := v.ALittleLater(start); !errors.Is(err, booking.ErrVisitBegun) {
		t.Errorf("one that goes on is moved: %v", err)
	}
}

func TestTakeBack(t *testing.T) {
	start := time.Date(2026, 11, 24, 14, 0, 0, 0, time.UTC)
	when, _ := booking.NewInterval(start, 30*time.Minute)
	later, _ := booking.NewInterval(start.Add(35*time.Minute), 30*time.Minute)
	off := booking.Visit{State: booking.Cancelled, Reason: booking.NoShowVisitor, When: when, EndedAt: start}
	moved := booking.Visit{State: booking.Booked, When: later}
	noShow := booking.Outcome{Kind: booking.OutcomeNoShow, At: start.Add(5 * time.Minute)}
	asleep := booking.Outcome{Kind: booking.OutcomeAsleep, At: start.Add(5 * time.Minute), Was: when}
	for _, tt := range []struct {
		name    string
		visit   booking.Visit
		outcome booking.Outcome
		after   time.Duration // the outcome
		want    error
	}{
		{"at once", off, noShow, time.Second, nil},
		{"just in time", off, noShow, 10*time.Minute - time.Second, nil},
		{"too late", off, noShow, 10 * time.Minute, booking.ErrNothingToUndo},
		{"a move", moved, asleep, time.Minute, nil},
		{"a move, once it was started", booking.Visit{State: booking.Preparing, When: later}, asleep, time.Minute, booking.ErrNothingToUndo},
		{"of one called off for another reason", booking.Visit{State: booking.Cancelled, Reason: booking.ByFamily, When: when}, noShow, time.Minute, booking.ErrNothingToUndo},
		{"twice", off, booking.Outcome{Kind: booking.OutcomeNoShow, At: noShow.At, UndoneAt: start.Add(time.Hour)}, time.Minute, booking.ErrNothingToUndo},
	} {
		t.Run(tt.name, func(t *testing.T) {
			back, err := tt.visit.TakeBack(tt.outcome, tt.outcome.At.Add(tt.after))
			if !errors.Is(err, tt.want) {
				t.Fatalf("TakeBack = %v, want %v", err, tt.want)
			}
			if err == nil && (back.State != booking.Booked || back.When != when || back.Reason != "" || !back.EndedAt.IsZero()) {
				t.Errorf("back it is %+v", back)
			}
		})
	}
}

package desk_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

func farewell(n int, start time.Time, making ...desk.Visit) desk.Farewell {
	f := desk.Farewell{Patient: patientID(n), Members: []booking.MemberID{memberID(n)}, Start: start, Length: time.Hour}
	for _, v := range making {
		f.Making = append(f.Making, v.ID)
	}
	return f
}

// It is seven in the evening: no session runs, the ward is closed, and the week
// is full. None of it holds for a goodbye, and each rule is written down.
func TestAGoodbyePassesOverTheRules(t *testing.T) {
	inHospitalOf(t, 4, 0, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.decided(`weekly_max = 1, staff_notice_minutes = 60`)
		w.book(1, today(14, 0), desk.Details{})
		w.at(today(19, 0))
		v := must[desk.Visit](t)(w.Keyed("now").Goodbye(ctx, nurse(2), farewell(1, today(19, 0))))
		again := must[desk.Visit](t)(w.Keyed("now").Goodbye(ctx, nurse(2), farewell(1, today(19, 0))))
		if v.State != booking.Booked || v.Kind != booking.EndOfLife || again.ID != v.ID || v.When.Length() != time.Hour {
			t.Errorf("%+v", v.Visit)
		}
		if n := w.count(`SELECT count(*) FROM overrides WHERE reason = 'end_of_life' AND rule IN ('not_a_slot', 'week_full')`); n != 2 {
			t.Errorf("%d rules written down", n)
		}
		if l := w.letters("kind = 'booked' AND recipient = '" + phone(1) + "'"); len(l) != 2 {
			t.Errorf("told %v", l)
		}
		_, err := w.Goodbye(ctx, as(2), farewell(2, today(20, 0)))
		refused(t, "by a relative", err, booking.ErrMayNot)
		_, err = w.Goodbye(ctx, nurse(1), farewell(2, today(21, 0)))
		refused(t, "by another ward", err, booking.ErrNoSuchPatient)
		_, err = w.Goodbye(ctx, nurse(2), farewell(2, today(19, 30)))
		refused(t, "in the place of a goodbye", err, booking.ErrNobodyGivesWay)
	})
}

// Ward 2's one iPad is taken all afternoon. The goodbye takes it from whoever is
// harmed least, who has another time kept for them, and keeps it.
func TestAGoodbyeDisplacesWithTheLeastHarm(t *testing.T) {
	inHospitalOf(t, 8, 0, func(t *testing.T, w *world) {
		ctx := t.Context()
		taken := w.fill(1, 2, 3, 4, 5)
		v := taken[today(16, 15)]
		ask := farewell(6, today(16, 15))
		ask.Length = 30 * time.Minute
		plan := must[desk.FarewellPlan](t)(w.PlanGoodbye(ctx, nurse(2), ask))
		if len(plan.Makeway) != 1 || plan.Makeway[0].ID != v.ID || plan.Makeway[0].Instead == nil {
			t.Fatalf("would make way: %+v", plan.Makeway)
		}
		_, err := w.Goodbye(ctx, nurse(2), ask)
		refused(t, "without having been shown who makes way", err, booking.ErrStale)
		if n := w.count(`SELECT count(*) FROM visits WHERE state = 'cancelled'`); n != 0 {
			t.Fatalf("%d visits are gone", n)
		}

		ask.Making = []booking.VisitID{v.ID}
		goodbye := must[desk.Visit](t)(w.Goodbye(ctx, nurse(2), ask))
		if goodbye.State != booking.Booked || goodbye.Device != v.Device {
			t.Errorf("%+v", goodbye.Visit)
		}
		was := must[desk.Visit](t)(w.Visit(ctx, as(4), v.Reference))
		if was.State != booking.Cancelled || was.Reason != booking.Displaced {
			t.Errorf("who made way: %s %s", was.State, was.Reason)
		}
		kept, there := w.offered(4)
		if !there || kept.Held.When.Overlaps(goodbye.When) {
			t.Fatal("no other time is kept for them")
		}
		told := w.letters("kind IN ('displaced', 'displaced_off', 'cancelled', 'slot_offer')")
		if len(told) != 1 || told[0].Kind != "displaced" || told[0].To != phone(4) || !strings.Contains(told[0].Words, "4:15pm") {
			t.Errorf("told %+v", told)
		}
		if n := len(w.letters("kind IN ('reminder', 'join') AND state = 'pending' AND recipient = '" + phone(4) + "'")); n != 0 {
			t.Errorf("%d notices of the visit that is off are still to go", n)
		}
		must[desk.Visit](t)(w.TakeSlot(ctx, as(4), kept.ID))
		if w.overlaps() != 0 {
			t.Error("overlaps")
		}
	})
}

// Who made way before does not again, while somebody else can; a form that is
// being filled in goes before any visit; and what has begun stays.
func TestWhoMakesWay(t *testing.T) {
	inHospitalOf(t, 10, 8, func(t *testing.T, w *world) {
		ctx := t.Context()
		one, two := w.book(1, today(15, 0), desk.Details{}), w.book(2, today(15, 0), desk.Details{Members: nil})
		makeway := func(n int) []desk.Displaced {
			t.Helper()
			return must[desk.FarewellPlan](t)(w.PlanGoodbye(ctx, nurse(1), farewell(n, today(15, 0)))).Makeway
		}
		first := makeway(4)
		if len(first) != 1 {
			t.Fatalf("%d make way", len(first))
		}
		must[desk.Visit](t)(w.Goodbye(ctx, nurse(1), farewell(4, today(15, 0), first[0].Visit)))
		next := makeway(5)
		if len(next) != 1 || next[0].ID == first[0].ID || next[0].ID != one.ID && next[0].ID != two.ID {
			t.Fatalf("then %+v", next)
		}
		must[desk.Visit](t)(w.Cancel(ctx, nurse(1), next[0].Reference, next[0].Version))

		held := must[desk.Visit](t)(w.Hold(ctx, as(3), patientID(3), visitorID(3), today(15, 0)))
		if got := makeway(5); len(got) != 1 || got[0].ID != held.ID {
			t.Errorf("not the hold: %+v", got)
		}
		must[desk.Visit](t)(w.Goodbye(ctx, nurse(1), farewell(5, today(15, 0), held)))
		if _, err := w.Book(ctx, as(3), held.ID); err == nil {
			t.Error("the hold is still there")
		}
		if n := len(w.letters("kind IN ('displaced', 'displaced_off') AND recipient = '" + phone(3) + "'")); n != 0 {
			t.Error("told of a visit that was never booked")
		}
		_, err := w.PlanGoodbye(ctx, nurse(1), farewell(6, today(15, 30)))
		refused(t, "in the place of goodbyes", err, booking.ErrNobodyGivesWay)
	})
}

// Several nurses press at once, for several patients, over the same iPad.
func TestOneGoodbyeAtATime(t *testing.T) {
	inHospitalOf(t, 12, 0, func(t *testing.T, w *world) {
		ctx := t.Context()
		taken := w.fill(1, 2, 3, 4, 5)
		v := taken[today(15, 30)]
		var wg sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for n := 6; n <= 12; n++ {
			wg.Go(func() {
				f := farewell(n, today(15, 30), v)
				f.Length = 30 * time.Minute
				if _, err := w.Goodbye(ctx, nurse(2), f); err == nil {
					mu.Lock()
					won++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if won != 1 || w.overlaps() != 0 {
			t.Errorf("%d goodbyes, %d overlaps", won, w.overlaps())
		}
		if n := w.count(`SELECT count(*) FROM visits WHERE reason = 'displaced'`); n != 1 {
			t.Errorf("%d made way", n)
		}
	})
}

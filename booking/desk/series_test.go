package desk_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// weeks is three o'clock so many weeks from today.
func weeks(n int) time.Time { return today(15, 0).AddDate(0, 0, 7*n) }

// Staff repeat a visit for a family, over a week that is taken, and one left out.
func TestASeriesIsBookedWithItsExceptions(t *testing.T) {
	inHospitalOf(t, 6, 0, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, weeks(0), desk.Details{})
		other := must[desk.Visit](t)(w.HoldFor(ctx, nurse(2), desk.Occasion{Patient: patientID(2), Visitor: visitorID(2), Start: weeks(2)}))
		must[desk.Visit](t)(w.Book(ctx, nurse(2), other.ID))
		repeat := desk.Repeat{EveryWeeks: 1, Count: 6, Skip: []booking.Date{tuesday.AddDays(21)}}

		plan := must[desk.SeriesPlan](t)(w.PlanSeries(ctx, nurse(2), v.Reference, repeat))
		if len(plan.Days) != 5 || plan.Able() != 4 || !plan.Days[0].Booked {
			t.Fatalf("planned %d days, %d able", len(plan.Days), plan.Able())
		}
		taken := plan.Days[2]
		if !errors.Is(taken.Refused, booking.ErrSlotTaken) || taken.Near == nil || taken.Near.When.Start().Sub(weeks(2)).Abs() > time.Hour {
			t.Errorf("the week that is taken: %v, near %v", taken.Refused, taken.Near)
		}
		if n := w.count(`SELECT count(*) FROM visits`); n != 2 {
			t.Fatalf("a plan made %d visits", n-2)
		}

		before := len(w.letters("kind = 'booked'"))
		made := must[desk.Recurring](t)(w.Keyed("press").BookSeries(ctx, nurse(2), v.Reference, repeat))
		again := must[desk.Recurring](t)(w.Keyed("press").BookSeries(ctx, nurse(2), v.Reference, repeat))
		if len(made.Visits) != 4 || len(made.Out) != 1 || again.ID != made.ID || len(again.Visits) != 4 {
			t.Fatalf("booked %d, left out %d", len(made.Visits), len(made.Out))
		}
		for i, n := range []int{0, 1, 4, 5} {
			if !made.Visits[i].When.Start().Equal(weeks(n)) || made.Visits[i].State != booking.Booked || made.Visits[i].Series != made.ID {
				t.Errorf("visit %d: %+v", i, made.Visits[i].Visit)
			}
		}
		told := w.letters("kind = 'series'")
		if len(told) != 1 || told[0].To != phone(1) || !strings.Contains(told[0].Words, "Tuesdays at 3:00pm: 24 Nov, 1, 22, 29 Dec") {
			t.Errorf("told %+v", told)
		}
		if n := len(w.letters("kind = 'booked'")); n != before {
			t.Errorf("told %d times more that one visit is booked", n-before)
		}
		if n := len(w.letters("kind = 'reminder'")); n != 4 { // of the other family's too, not of today's
			t.Errorf("%d reminders", n)
		}
		_, err := w.BookSeries(ctx, nurse(2), v.Reference, repeat)
		refused(t, "again without the key", err, booking.ErrInSeries)
		if w.overlaps() != 0 {
			t.Error("overlaps")
		}
	})
}

// A visit of a series is a visit like any: it may be moved and cancelled by
// itself, and the rest can be stopped from one on, with one message.
func TestASeriesIsStopped(t *testing.T) {
	inHospitalOf(t, 6, 0, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, weeks(0), desk.Details{})
		made := must[desk.Recurring](t)(w.BookSeries(ctx, nurse(2), v.Reference, desk.Repeat{EveryWeeks: 1, Count: 6}))
		second, third := made.Visits[1], made.Visits[2]
		moved := must[desk.Visit](t)(w.Move(ctx, as(1), second.Reference, second.Version, weeks(1).Add(time.Hour)))
		if moved.Series != made.ID {
			t.Error("who moves leaves the series")
		}
		must[desk.Visit](t)(w.Cancel(ctx, as(1), third.Reference, third.Version))
		fourth := made.Visits[3]
		stopped := must[[]desk.Visit](t)(w.StopSeries(ctx, as(1), fourth.Reference, false))
		if len(stopped) != 3 {
			t.Errorf("stopped %d", len(stopped))
		}
		told := w.letters("kind = 'series_off'")
		if len(told) != 1 || !strings.Contains(told[0].Words, "Tuesdays at 3:00pm: 15, 22, 29 Dec") {
			t.Errorf("told %+v", told)
		}
		if n := len(w.letters("kind = 'cancelled'")); n != 1 { // the third, which was cancelled by itself
			t.Errorf("%d visits were told of one by one", n)
		}
		if n := len(w.letters("kind = 'reminder' AND state = 'pending'")); n != 1 {
			t.Errorf("%d reminders are left, of the one that moved", n)
		}
		twice := must[[]desk.Visit](t)(w.StopSeries(ctx, as(1), fourth.Reference, false))
		if len(twice) != 0 || len(w.letters("kind = 'series_off'")) != 1 {
			t.Error("pressing twice stops twice")
		}
		if n := w.count(`SELECT count(*) FROM visits WHERE state = 'booked'`); n != 2 {
			t.Errorf("%d visits are left", n)
		}
		all := must[[]desk.Visit](t)(w.StopSeries(ctx, nurse(2), moved.Reference, true))
		if len(all) != 2 {
			t.Errorf("stopped %d of what was left", len(all))
		}
		_, err := w.StopSeries(ctx, as(2), fourth.Reference, true)
		refused(t, "somebody else's", err, booking.ErrNoSuchVisit)
	})
}

// The ward lets a patient have one visit a week, and relatives book a fortnight
// ahead: the series goes as far as the rules do, and says where it stops.
func TestASeriesKeepsTheRules(t *testing.T) {
	inHospitalOf(t, 6, 0, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, weeks(0), desk.Details{})
		plan := must[desk.SeriesPlan](t)(w.PlanSeries(ctx, as(1), v.Reference, desk.Repeat{EveryWeeks: 1, Count: 4}))
		if plan.Able() != 2 && plan.Able() != 3 || !errors.Is(plan.Days[3].Refused, booking.ErrTooEarly) {
			t.Errorf("a relative: %d, then %v", plan.Able(), plan.Days[3].Refused)
		}
		w.decided(`weekly_max = 1`)
		extra := must[desk.Visit](t)(w.HoldFor(ctx, nurse(2), desk.Occasion{Patient: patientID(1), Visitor: visitorID(1), Start: weeks(1).AddDate(0, 0, 1)}))
		must[desk.Visit](t)(w.Book(ctx, nurse(2), extra.ID))
		made := must[desk.Recurring](t)(w.BookSeries(ctx, nurse(2), v.Reference, desk.Repeat{EveryWeeks: 1, Count: 4}))
		if len(made.Visits) != 3 || len(made.Out) != 1 || !errors.Is(made.Out[0].Refused, booking.ErrWeekFull) {
			t.Errorf("with a full week: %d visits, out %+v", len(made.Visits), made.Out)
		}
		lonely := w.book(2, today(17, 0), desk.Details{})
		_, err := w.BookSeries(ctx, as(2), lonely.Reference, desk.Repeat{EveryWeeks: 4, Count: 2})
		refused(t, "with nothing to book", err, booking.ErrNoSlots)
		_, err = w.BookSeries(ctx, as(2), lonely.Reference, desk.Repeat{EveryWeeks: 1, Count: 2, Skip: []booking.Date{tuesday}})
		refused(t, "without its first", err, booking.ErrBadSeries)
		_, err = w.PlanSeries(ctx, as(3), lonely.Reference, desk.Repeat{EveryWeeks: 1, Count: 2})
		refused(t, "somebody else's", err, booking.ErrNoSuchVisit)
	})
}

// Two Polish interpreters, one of them taken in the second week with the other:
// that week is left out, and nothing of it stays behind.
func TestASeriesAsksItsInterpreters(t *testing.T) {
	inHospitalOf(t, 6, 6, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, weeks(0), desk.Details{Tongue: signed})
		busy := must[desk.Visit](t)(w.HoldFor(ctx, nurse(1), desk.Occasion{Patient: patientID(2), Visitor: visitorID(2), Start: weeks(1)}))
		must[desk.Visit](t)(w.Describe(ctx, nurse(1), busy.ID, desk.Details{Members: []booking.MemberID{memberID(2)}, Tongue: signed}))
		must[desk.Visit](t)(w.Book(ctx, nurse(1), busy.ID))
		made := must[desk.Recurring](t)(w.BookSeries(ctx, nurse(1), v.Reference, desk.Repeat{EveryWeeks: 1, Count: 3}))
		if len(made.Visits) != 2 || len(made.Out) != 1 || !errors.Is(made.Out[0].Refused, booking.ErrNoInterpreter) {
			t.Fatalf("%d visits, out %+v", len(made.Visits), made.Out)
		}
		if made.Visits[1].Interpreter == nil || !made.Visits[1].Interpreter.Open() {
			t.Error("no interpreter was asked")
		}
		if n := w.count(`SELECT count(*) FROM visits WHERE state = 'held'`); n != 0 {
			t.Errorf("%d holds are left behind", n)
		}
		if n := w.count(`SELECT count(*) FROM interpreter_bookings WHERE state = 'offered'`); n != 3 {
			t.Errorf("%d interpreters are asked", n)
		}
		if w.overlaps() != 0 {
			t.Error("overlaps")
		}
	})
}

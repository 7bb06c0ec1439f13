package desk_test

import (
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// What the storm in booking/proof has found, one at a time.

// Somebody who is barred from a patient who has left the hospital is told of the
// leaving what everybody else is told, and nothing breaks.
func TestBarredAndGoneWaits(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		must[booking.CircleMember](t)(w.Bar(ctx, nurse(1), memberID(102), "not safe"))
		_, err := w.Discharge(ctx, nurse(1), patientID(1), desk.Said{})
		ok(t, err)
		day := booking.DateOf(morning, london).AddDays(1)
		for _, n := range []int{1, 2} {
			_, err := w.Wait(ctx, as(n), desk.WaitFor{Patient: patientID(1), Visitor: visitorID(n), From: day, To: day})
			refused(t, "waiting for a patient who is away", err, booking.ErrPatientAway)
		}
	})
}

// A visit that makes way for a goodbye, or that ends with its series, is no longer to
// be looked at.
func TestNothingOverIsToBeLookedAt(t *testing.T) {
	inHospitalOf(t, 5, 3, func(t *testing.T, w *world) {
		ctx := t.Context()
		flagged := func(want int) {
			t.Helper()
			if n := w.count(`SELECT count(*) FROM flags WHERE closed_at IS NULL`); n != want {
				t.Errorf("%d flags, want %d", n, want)
			}
		}
		v := w.book(1, today(15, 0).AddDate(0, 0, 1), desk.Details{})
		_, err := w.BookSeries(ctx, as(1), v.Reference, desk.Repeat{EveryWeeks: 1, Count: 2})
		ok(t, err)
		ok(t, w.WithdrawConsent(ctx, nurse(1), patientID(1)))
		flagged(2)
		_, err = w.StopSeries(ctx, nurse(1), v.Reference, true)
		ok(t, err)
		flagged(0)

		w.book(4, today(15, 0), desk.Details{}) // on the one iPad of ward 2
		ok(t, w.WithdrawConsent(ctx, nurse(2), patientID(4)))
		flagged(1)
		f := desk.Farewell{Patient: patientID(5), Members: []booking.MemberID{memberID(5)}, Start: today(15, 0), Length: 30 * time.Minute}
		plan, err := w.PlanGoodbye(ctx, nurse(2), f)
		ok(t, err)
		for _, d := range plan.Makeway {
			f.Making = append(f.Making, d.ID)
		}
		must[desk.Visit](t)(w.Goodbye(ctx, nurse(2), f))
		flagged(0)
	})
}

// A family that waits for one day and is displaced on another has what it was
// offered instead, and waits for nothing more.
func TestTakenInsteadEndsTheWait(t *testing.T) {
	inHospitalOf(t, 5, 3, func(t *testing.T, w *world) {
		ctx := t.Context()
		day := booking.DateOf(morning, london).AddDays(5)
		_, err := w.Close(ctx, manager(2), booking.Closure{
			Ward: wardID(2), From: day, To: day, Start: 0, End: 24 * 60, Reason: "painting", Owner: "Sister Khan", ReviewOn: day,
		}, "")
		ok(t, err)
		must[booking.WaitlistEntry](t)(w.Wait(ctx, as(4), desk.WaitFor{Patient: patientID(4), Visitor: visitorID(4), From: day, To: day}))
		w.book(4, today(15, 0), desk.Details{})
		f := desk.Farewell{Patient: patientID(5), Members: []booking.MemberID{memberID(5)}, Start: today(15, 0), Length: 30 * time.Minute}
		plan, err := w.PlanGoodbye(ctx, nurse(2), f)
		ok(t, err)
		for _, d := range plan.Makeway {
			f.Making = append(f.Making, d.ID)
		}
		must[desk.Visit](t)(w.Goodbye(ctx, nurse(2), f))
		kept := must[[]desk.FreedSlot](t)(w.FreedSlots(ctx, as(4)))
		if len(kept) != 1 {
			t.Fatalf("%d times are kept for them", len(kept))
		}
		must[desk.Visit](t)(w.Book(ctx, as(4), kept[0].Held.ID))
		if n := w.count(`SELECT (SELECT count(*) FROM slot_offers WHERE state = 'open') + (SELECT count(*) FROM waitlist_entries WHERE state = 'waiting')`); n != 0 {
			t.Errorf("%d offers and waits are left", n)
		}
	})
}

// Somebody is dead by one record, and has a visit by the other: with the records
// joined the visit is called off in silence, and their family is rung once. Taken
// apart, it is put back.
func TestADeathComesToAnotherRecord(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(2, today(15, 0), desk.Details{})
		_, err := w.Die(ctx, nurse(1), patientID(1), desk.Said{})
		ok(t, err)
		must[desk.Movement](t)(w.Merge(ctx, nurse(1), patientID(1), patientID(2)))
		w.wants(v.ID, booking.Cancelled, 1, "")
		if left := w.letters(`state IN ('pending', 'leased')`); len(left) != 0 {
			t.Errorf("to be sent: %v", left)
		}
		if n := w.count(`SELECT count(*) FROM tasks WHERE done_at IS NULL`); n != 1 {
			t.Errorf("%d families are to be rung", n)
		}
		must[desk.Movement](t)(w.Unmerge(ctx, nurse(1), patientID(2)))
		w.wants(v.ID, booking.Booked, 1, "untold Ward 1")
	})
}

// What comes to be known of a patient while somebody fills in a form is looked at
// when they send it.
func TestAHoldIsBookedAsThingsAreThen(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		held := must[desk.Visit](t)(w.Hold(ctx, as(1), patientID(1), visitorID(1), today(15, 0)))
		_, err := w.Transfer(ctx, nurse(1), patientID(1), w.spareBed(1, 2), desk.Said{})
		ok(t, err)
		must[desk.Visit](t)(w.Book(ctx, as(1), held.ID))
		w.wants(held.ID, booking.Booked, 1, "patient_moved Ward 1, patient_moved Ward 2")
	})
}

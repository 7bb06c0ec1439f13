package desk_test

import (
	"errors"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

func (w *world) queue() []desk.Queued {
	w.t.Helper()
	return must[[]desk.Queued](w.t)(w.WaitingIn(w.t.Context(), nurse(2), wardID(2)))
}

// The list that staff read is the order in which times are offered, and what was
// offered.
func TestAWardReadsItsWaitingList(t *testing.T) {
	inHospitalOf(t, 8, 0, func(t *testing.T, w *world) {
		ctx := t.Context()
		if got := w.queue(); len(got) != 0 {
			t.Fatalf("%d wait", len(got))
		}
		taken := w.fill(1, 2, 3, 4, 5)
		now := today(11, 0) // when the times that only staff may book are past
		w.at(now)
		w.waitFor(6, tuesday, tuesday)
		w.waitFor(7, tuesday, tuesday)
		must[booking.WaitlistEntry](t)(w.Wait(ctx, nurse(2), desk.WaitFor{
			Patient: patientID(8), Visitor: visitorID(8), From: tuesday, To: tuesday, Kind: booking.EndOfLife,
		}))
		inTurn := func(want ...int) {
			t.Helper()
			got := w.queue()
			if n := must[int](t)(w.WaitingCount(ctx, nurse(2), wardID(2))); n != len(want) || len(got) != len(want) {
				t.Fatalf("%d wait, counted %d, want %d", len(got), n, len(want))
			}
			for i, n := range want {
				if got[i].Visitor != visitorID(n) || got[i].Member.Visitor.ID != visitorID(n) || got[i].PatientRecord.ID != patientID(n) {
					t.Errorf("place %d: %s, want visitor %d", i, got[i].Visitor, n)
				}
			}
		}
		inTurn(8, 6, 7)

		v := taken[today(14, 45)]
		must[desk.Visit](t)(w.Cancel(ctx, as(2), v.Reference, v.Version))
		first := w.queue()[0]
		if first.Kept == nil || !first.Kept.When.Start().Equal(v.When.Start()) || !first.Kept.KeptUntil.Equal(now.Add(2*time.Hour)) {
			t.Fatalf("kept for who is first: %+v", first.Kept)
		}
		if got := must[int](t)(w.OfferNow(ctx, nurse(2), wardID(2))); got != 0 {
			t.Errorf("offered again to %d", got)
		}
		must[desk.Visit](t)(w.DeclineSlot(ctx, nurse(2), first.Kept.ID)) // they rang
		q := w.queue()
		if q[0].Kept != nil || len(q[0].Before) != 1 || q[0].Before[0].State != booking.SlotDeclined || q[1].Kept == nil {
			t.Fatalf("after a no: %+v, then %+v", q[0], q[1])
		}
		w.at(q[1].Kept.KeptUntil) // whatever has been swept
		if late := w.queue()[1]; late.Kept != nil || len(late.Before) != 1 {
			t.Errorf("kept past its time: %+v", late.Kept)
		}
		if got := must[int](t)(w.OfferNow(ctx, nurse(2), wardID(2))); got != 1 {
			t.Fatalf("what lapsed is offered to %d", got)
		}
		last := w.queue()[2]
		if last.Kept == nil || last.Visitor != visitorID(7) {
			t.Fatal("not offered to the next")
		}
		booked := must[desk.Visit](t)(w.TakeSlot(ctx, nurse(2), last.Kept.ID))
		if booked.State != booking.Booked || booked.WardRecord.ID != wardID(2) {
			t.Errorf("booked for them: %+v", booked.Visit)
		}
		inTurn(8, 6)
	})
}

// What can be offered to nobody says why, and what is another ward's is not there.
func TestWhoMayReadAWaitingList(t *testing.T) {
	inHospitalOf(t, 8, 0, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.fill(1, 2, 3, 4, 5)
		w.waitFor(6, tuesday, tuesday)
		ok(t, w.WithdrawConsent(ctx, nurse(2), patientID(6)))
		if q := w.queue(); len(q) != 1 || !errors.Is(q[0].Refused, booking.ErrConsentNeeded) {
			t.Errorf("without consent: %+v", q)
		}
		_, err := w.WaitingIn(ctx, nurse(1), wardID(2))
		refused(t, "another ward's list", err, booking.ErrNoSuchWard)
		_, err = w.WaitingCount(ctx, nurse(1), wardID(2))
		refused(t, "another ward's count", err, booking.ErrNoSuchWard)
		_, err = w.OfferNow(ctx, nurse(1), wardID(2))
		refused(t, "another ward's offers", err, booking.ErrNoSuchWard)
		_, err = w.WaitingIn(ctx, as(6), wardID(2))
		refused(t, "a relative", err, booking.ErrNoSuchWard)
		boss := w.administrator("ines.costa@practice.example")
		_, err = w.WaitingIn(ctx, boss, wardID(2))
		refused(t, "who keeps accounts", err, booking.ErrMayNot)
		if n := w.count(`SELECT count(*) FROM audit_events WHERE action = 'patients_listed' AND actor_kind = 'staff'`); n != 1 {
			t.Errorf("reading the list is recorded %d times", n)
		}
	})
}

package desk_test

import (
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// facilitator works in ward 2, and runs visits there, but answers for no iPad that
// is not clean.
func facilitator() booking.Actor {
	return booking.Actor{Kind: booking.StaffActor, ID: "facilitator", Name: "Facilitator", Wards: map[booking.WardID]booking.Roles{wardID(2): {booking.Facilitator}}}
}

// What a patient has decides how their iPad is cleaned, and until it is, nobody else
// has it: unless somebody answers for that with their name.
func TestNoVisitStartsOnAnIPadThatIsNotClean(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		first := w.book(4, today(15, 0), desk.Details{}) // on the only iPad of ward 2
		next := w.book(4, today(16, 0), desk.Details{})
		w.at(today(14, 55))
		w.pair(deviceNumber(first.Device), 2)
		must[desk.Visit](t)(w.Start(ctx, nurse(2), first.Reference))
		ok(t, w.SetInfection(ctx, nurse(2), patientID(4), booking.Contact)) // found out during the visit
		must[desk.Visit](t)(w.End(ctx, nurse(2), first.Reference, booking.NoShowVisitor))

		refused(t, "a plain wipe after contact", w.Cleaned(ctx, nurse(2), first.Device, booking.Wipe), booking.ErrCleanMethod)
		refused(t, "a method that is none", w.Cleaned(ctx, nurse(2), first.Device, "spit"), booking.ErrBadChoice)
		w.at(today(15, 55))
		_, err := w.Start(ctx, nurse(2), next.Reference)
		refused(t, "start on what is not clean", err, booking.ErrDeviceDirty)
		_, err = w.StartUnclean(ctx, facilitator(), next.Reference, "cannot wait")
		refused(t, "by who may not answer for it", err, booking.ErrMayNot)
		_, err = w.StartUnclean(ctx, nurse(2), next.Reference, " ")
		refused(t, "with no reason", err, booking.ErrMissing)
		must[desk.Visit](t)(w.StartUnclean(ctx, nurse(2), next.Reference, "She is going to theatre"))

		board := must[desk.Board](t)(w.Board(ctx, nurse(2), wardID(2), booking.DateOf(today(15, 0), time.UTC)))
		for _, v := range board.Visits {
			if u := v.Unclean; (u != nil) != (v.ID == next.ID) || u != nil && (u.Reason != "She is going to theatre" || u.By.Name == "" || u.Device != first.Device) {
				t.Errorf("%s: %+v", v.Reference, u)
			}
		}
		ok(t, w.SetInfection(ctx, nurse(2), patientID(4), booking.NoInfection))
		must[desk.Visit](t)(w.End(ctx, nurse(2), next.Reference, booking.NoShowVisitor))
		ok(t, w.Cleaned(ctx, nurse(2), first.Device, booking.Chlorine))
		ok(t, w.Cleaned(ctx, nurse(2), first.Device, booking.Wipe)) // again, though it need not be
		var how, audited int
		if err := w.raw.QueryRowContext(ctx, `SELECT count(*) FROM cleanings WHERE method = 'chlorine' AND cleaned_for = 'contact' AND visit_id IS NOT NULL`).Scan(&how); err != nil || how != 1 {
			t.Errorf("%d cleanings say how, why and after which visit: %v", how, err)
		}
		if err := w.raw.QueryRowContext(ctx, `SELECT count(*) FROM audit_events WHERE action = 'unclean_started' AND reason = 'She is going to theatre'`).Scan(&audited); err != nil || audited != 1 {
			t.Errorf("audited %d times: %v", audited, err)
		}
	})
}

// A clean iPad is taken instead of one that is not, and nobody has to answer for it.
func TestACleanIPadGoesBeforeAnAnswer(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{})
		spare := w.spare(v.Device)
		w.at(today(14, 55))
		w.pair(deviceNumber(v.Device), 1)
		w.pair(deviceNumber(spare), 1)
		if _, err := w.raw.ExecContext(ctx, `UPDATE devices SET state = 'dirty' WHERE id = '`+string(v.Device)+`'`); err != nil {
			t.Fatal(err)
		}
		started := must[desk.Visit](t)(w.StartUnclean(ctx, nurse(1), v.Reference, "cannot wait"))
		if started.Device != spare {
			t.Errorf("started on %s, not on the clean %s", started.Device, spare)
		}
		var answers int
		if err := w.raw.QueryRowContext(ctx, `SELECT count(*) FROM unclean_starts`).Scan(&answers); err != nil || answers != 0 {
			t.Errorf("%d answers for a clean iPad: %v", answers, err)
		}
	})
}

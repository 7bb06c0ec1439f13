package desk_test

import (
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// A patient turns out to be infectious: visits to come get the time that cleaning
// needs, and those that cannot are flagged until they can.
func TestAnInfectionTakesTimeToClean(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		if _, err := w.raw.ExecContext(ctx, `UPDATE policies SET airborne_prepare = 20, airborne_clean = 60`); err != nil {
			t.Fatal(err)
		}
		roomy := w.book(1, today(17, 0), desk.Details{})
		tight := w.book(4, today(15, 0), desk.Details{})
		next := w.book(4, today(15, 45), desk.Details{}) // on the only iPad of ward 2
		ok(t, w.SetInfection(ctx, nurse(1), patientID(1), booking.Airborne))
		w.wants(roomy.ID, booking.Booked, 1, "")
		if r := w.record(roomy.ID); r.Prepare != 20*time.Minute || r.Clean != time.Hour {
			t.Errorf("%v to prepare, %v to clean", r.Prepare, r.Clean)
		}
		refused(t, "a class that there is not", w.SetInfection(ctx, nurse(1), patientID(1), "plague"), booking.ErrBadChoice)
		refused(t, "another ward's patient", w.SetInfection(ctx, nurse(1), patientID(4), booking.Airborne), booking.ErrNoSuchPatient)
		ok(t, w.SetInfection(ctx, nurse(2), patientID(4), booking.Airborne))
		w.wants(tight.ID, booking.Booked, 2, "short_clean Ward 2")
		if r := w.record(tight.ID); r.Clean != 5*time.Minute {
			t.Errorf("%v to clean, though there is no such time", r.Clean)
		}
		must[desk.Visit](t)(w.Cancel(ctx, nurse(2), next.Reference, w.record(next.ID).Version))
		ok(t, w.SetInfection(ctx, nurse(2), patientID(4), booking.NoInfection))
		w.wants(tight.ID, booking.Booked, 2, "")
	})
}

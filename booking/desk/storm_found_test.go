package desk_test

import (
	"testing"

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

package desk_test

import (
	"testing"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// Several visits are re-homed at once: what is shown first is what is done then,
// each makes way for the next, and who notices is told.
func TestManyAreRehomedAtOnce(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := []desk.Visit{w.book(1, today(15, 0), desk.Details{}), w.book(2, today(15, 0), desk.Details{})}
		w.book(4, today(15, 0), desk.Details{}) // has the only iPad of ward 2
		for n := range v {
			must[desk.Movement](t)(w.Transfer(ctx, nurse(1), patientID(n+1), w.spareBed(n+1, 2), now))
			w.wants(v[n].ID, booking.Booked, 1, "patient_moved Ward 1, patient_moved Ward 2")
		}
		w.sent()
		refs := []booking.Reference{v[0].Reference, v[1].Reference, v[0].Reference}
		_, err := w.RehomeMany(ctx, nurse(3), refs, false)
		refused(t, "another ward's", err, booking.ErrNoSuchVisit)
		_, err = w.RehomeMany(ctx, nurse(2), nil, true)
		refused(t, "none", err, booking.ErrMissing)

		plan := must[[]desk.Rehoming](t)(w.RehomeMany(ctx, nurse(2), refs, false))
		if len(plan) != 2 || plan[0].To == plan[1].To || plan[0].Cannot != nil || !plan[0].Told() {
			t.Fatalf("planned %+v", plan)
		}
		w.wants(v[0].ID, booking.Booked, 1, "patient_moved Ward 1, patient_moved Ward 2")
		if told := w.sent(); len(told) != 0 {
			t.Errorf("told %v", told)
		}
		done := must[[]desk.Rehoming](t)(w.RehomeMany(ctx, nurse(2), refs, true))
		for n := range v {
			if done[n].To != plan[n].To || done[n].Device.ID != deviceID(3) || done[n].Ward.ID != wardID(2) {
				t.Errorf("planned %v, done %v on %s", plan[n].To, done[n].To, done[n].Device.Tag)
			}
			w.wants(v[n].ID, booking.Booked, 2, "")
			if r := w.record(v[n].ID); r.When != plan[n].To || r.Device != deviceID(3) {
				t.Errorf("is at %v on %s", r.When, r.Device)
			}
		}
		if n := len(w.letters(`kind = 'moved'`)); n != 2 {
			t.Errorf("%d were told", n)
		}
	})
}

// A goodbye is found a place before visits that are earlier and not as urgent.
func TestAGoodbyeIsRehomedFirst(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v, urgent := w.book(1, today(15, 0), desk.Details{}), w.book(2, today(15, 15), desk.Details{})
		if _, err := w.raw.ExecContext(ctx, `UPDATE visits SET kind = 'end_of_life' WHERE id = $1`, string(urgent.ID)); err != nil {
			t.Fatal(err)
		}
		plan := must[[]desk.Rehoming](t)(w.RehomeMany(ctx, nurse(1), []booking.Reference{v.Reference, urgent.Reference}, false))
		if len(plan) != 2 || plan[0].Visit.ID != urgent.ID {
			t.Errorf("planned %+v", plan)
		}
	})
}

// What no other time helps stays as it is, and says why.
func TestWhatCannotBeRehomedSaysWhy(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v, gone := w.book(1, today(15, 0), desk.Details{}), w.book(2, today(15, 0), desk.Details{})
		ok(t, w.WithdrawConsent(ctx, nurse(1), patientID(1)))
		must[desk.Movement](t)(w.Discharge(ctx, nurse(1), patientID(2), now))
		done := must[[]desk.Rehoming](t)(w.RehomeMany(ctx, nurse(1), []booking.Reference{v.Reference, gone.Reference}, true))
		for n, want := range []error{booking.ErrConsentNeeded, booking.ErrPatientAway} {
			refused(t, "re-home", done[n].Cannot, want)
		}
		w.wants(v.ID, booking.Booked, 1, "consent_withdrawn Ward 1")
		w.wants(gone.ID, booking.Booked, 1, "patient_away Ward 1")
	})
}

// A visit that is moved by hand goes to the ward where its patient lies.
func TestAMovedVisitGoesWhereItsPatientIs(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{})
		w.book(4, today(15, 0), desk.Details{})
		must[desk.Movement](t)(w.Transfer(ctx, nurse(1), patientID(1), w.spareBed(1, 2), now))
		must[desk.Visit](t)(w.Move(ctx, nurse(2), v.Reference, w.record(v.ID).Version, today(17, 0)))
		w.wants(v.ID, booking.Booked, 2, "")
		if r := w.record(v.ID); r.Device != deviceID(3) {
			t.Errorf("on %s", r.Device)
		}
	})
}

package desk_test

import (
	"testing"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// Hard case 4: two records are one person. Everything goes to the one that is kept,
// what is stricter counts, and it can all be taken apart again.
func TestTwoRecordsAreOnePerson(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		first := w.book(1, today(15, 0), desk.Details{})
		second := w.book(2, today(15, 15), desk.Details{})
		alone := w.book(2, today(17, 0), desk.Details{})
		must[desk.Visit](t)(w.Hold(ctx, as(2), patientID(2), visitorID(2), today(14, 0)))
		link := token(t, w.sent()[booking.NoticeBooked])
		must[booking.CircleMember](t)(w.Bar(ctx, nurse(1), memberID(102), "Shouts at the patient")) // visitor 2, of patient 1
		soon := booking.DateOf(today(0, 0), london).AddDays(2)
		must[booking.Consent](t)(w.RecordConsent(ctx, nurse(1), booking.Consent{Patient: patientID(2), Basis: booking.BasisOwn, ReviewOn: soon}))
		keptBed, bed := w.bedOf(1), w.bedOf(2)

		_, err := w.Merge(ctx, nurse(1), patientID(1), patientID(1))
		refused(t, "one record", err, booking.ErrSamePatient)
		_, err = w.Merge(ctx, nurse(1), patientID(1), patientID(4))
		refused(t, "a record of another ward", err, booking.ErrNoSuchPatient)
		for range 2 { // pressed twice
			must[desk.Movement](t)(w.Merge(ctx, nurse(1), patientID(1), patientID(2)))
		}
		if got := w.bedOf(1); got != keptBed {
			t.Errorf("the patient lies in %s, and the record that is kept said %s", got, keptBed)
		}
		w.wants(first.ID, booking.Booked, 1, "overlap Ward 1")
		w.wants(second.ID, booking.Booked, 1, "overlap Ward 1, visitor_barred Ward 1")
		w.wants(alone.ID, booking.Booked, 1, "visitor_barred Ward 1")
		if r := w.record(second.ID); r.Patient != patientID(1) {
			t.Errorf("the visit is %s's", r.Patient)
		}
		side := must[desk.Bedside](t)(w.Patient(ctx, nurse(1), patientID(1)))
		if side.Consent.ReviewOn != soon || !side.Consent.WithdrawnAt.IsZero() {
			t.Errorf("consent until %v", side.Consent.ReviewOn)
		}
		if len(must[[]desk.Bedside](t)(w.Patients(ctx, nurse(1), wardID(1)))) != 2 {
			t.Error("the merged record is listed")
		}
		_, err = w.Patient(ctx, nurse(1), patientID(2))
		refused(t, "the merged record", err, booking.ErrNoSuchPatient)
		if circles := must[[]desk.Circle](t)(w.Circles(ctx, as(2))); len(circles) != 1 || circles[0].Patient.ID != patientID(1) {
			t.Errorf("he is in %+v", circles)
		}
		must[desk.Invitation](t)(w.Invitation(ctx, link))
		_, err = w.Join(ctx, as(2), alone.Reference)
		if err == nil {
			t.Error("he is barred, and may join")
		}
		// The later of the two does not start while the first has the patient.
		w.at(today(15, 1))
		w.pair(deviceNumber(second.Device), 1)
		_, err = w.Start(ctx, nurse(1), second.Reference)
		refused(t, "start the second", err, booking.ErrPatientBusy)
		must[desk.Visit](t)(w.Cancel(ctx, nurse(1), first.Reference, w.record(first.ID).Version))
		w.wants(second.ID, booking.Booked, 1, "visitor_barred Ward 1")
		must[desk.Visit](t)(w.Start(ctx, nurse(1), second.Reference))

		must[desk.Movement](t)(w.Unmerge(ctx, nurse(1), patientID(2)))
		_, err = w.Unmerge(ctx, nurse(1), patientID(2))
		refused(t, "take apart twice", err, booking.ErrNoSuchMerge)
		w.wants(alone.ID, booking.Booked, 1, "")
		if r := w.record(alone.ID); r.Patient != patientID(2) || w.bedOf(2) != bed || w.bedOf(1) != keptBed {
			t.Errorf("the visit is %s's, in %s; the other lies in %s", r.Patient, w.bedOf(2), w.bedOf(1))
		}
		side = must[desk.Bedside](t)(w.Patient(ctx, nurse(1), patientID(1)))
		if !side.Consent.ReviewOn.IsZero() {
			t.Errorf("consent until %v", side.Consent.ReviewOn)
		}
	})
}

// Of two records, one whose consent is withdrawn: together there is none.
func TestConsentsOfTwoRecordsIntersect(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{})
		ok(t, w.WithdrawConsent(ctx, nurse(1), patientID(2)))
		must[desk.Movement](t)(w.Merge(ctx, nurse(1), patientID(1), patientID(2)))
		w.wants(v.ID, booking.Booked, 1, "consent_withdrawn Ward 1")
		must[desk.Movement](t)(w.Unmerge(ctx, nurse(1), patientID(2)))
		w.wants(v.ID, booking.Booked, 1, "")
	})
}

// A movement told of the merged record is the kept one's, and so is a death: also
// what was to be sent under the old record is taken back.
func TestAMergedRecordIsFollowed(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{})
		must[booking.CircleMember](t)(w.Invite(ctx, nurse(1), patientID(2), desk.Contact{Name: "Son", Phone: "07700 900555", Relationship: "Son"}))
		must[desk.Movement](t)(w.Merge(ctx, nurse(1), patientID(1), patientID(2)))
		said := desk.Said{Source: "pas", ControlID: "77", At: w.clock()}
		moved := must[desk.Movement](t)(w.Transfer(ctx, booking.System, patientID(2), w.spareBed(1, 2), said))
		if moved.Patient.ID != patientID(1) {
			t.Errorf("moved %s", moved.Patient.ID)
		}
		w.wants(v.ID, booking.Booked, 2, "")
		must[desk.Movement](t)(w.Die(ctx, booking.System, patientID(2), desk.Said{Source: "pas", ControlID: "78", At: w.clock()}))
		w.wants(v.ID, booking.Cancelled, 2, "")
		if left := w.letters(`state IN ('pending', 'leased')`); len(left) != 0 {
			t.Errorf("to be sent: %v", left)
		}
	})
}

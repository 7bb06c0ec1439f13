package desk_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

func TestWhatHelpsAPatient(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		tongues := must[[]booking.Tongue](t)(w.Tongues(ctx))
		want := desk.PatientNeeds{Tongue: tongues[0], Needs: "Hears on the left", Private: true}
		refused(t, "another ward", w.RecordNeeds(ctx, nurse(2), patientID(1), want), booking.ErrNoSuchPatient)
		refused(t, "a language that nobody interprets", w.RecordNeeds(ctx, nurse(1), patientID(1),
			desk.PatientNeeds{Tongue: booking.Tongue{Language: "tlh", Mode: booking.Spoken}}), booking.ErrBadChoice)
		refused(t, "words that turn round", w.RecordNeeds(ctx, nurse(1), patientID(1), desk.PatientNeeds{Needs: "a\u202eb"}), booking.ErrBadText)
		for range 2 { // pressed twice
			ok(t, w.RecordNeeds(ctx, nurse(1), patientID(1), want))
		}
		p := must[desk.Bedside](t)(w.Patient(ctx, nurse(1), patientID(1))).Patient
		if got := (desk.PatientNeeds{Tongue: p.Tongue, Needs: p.Needs, Private: p.Private}); !cmp.Equal(got, want) {
			t.Error(cmp.Diff(want, got))
		}
		ok(t, w.RecordNeeds(ctx, nurse(1), patientID(1), desk.PatientNeeds{}))
		for action, n := range map[string]int{"needs_recorded": 2, "privacy_asked": 1, "privacy_dropped": 1} {
			if got := w.count(`SELECT count(*) FROM audit_events WHERE action = $1`, action); got != n {
				t.Errorf("%d rows say %s, not %d", got, action, n)
			}
		}
		if w.count(`SELECT count(*) FROM audit_events WHERE reason LIKE '%left%'`) != 0 {
			t.Error("what helps them is in the audit")
		}
	})
}

// Whoever is let in while the patient is private is let in on somebody's word.
func TestNobodyIsToldOfAPatientWhoIsPrivate(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		who := desk.Contact{Name: "Zoë", Phone: "+447700900555", Relationship: "Aunt"}
		aunt := must[booking.CircleMember](t)(w.Propose(ctx, as(1), patientID(1), who))
		ok(t, w.RecordNeeds(ctx, nurse(1), patientID(1), desk.PatientNeeds{Private: true}))
		another := desk.Contact{Name: "Max", Phone: "+447700900556", Relationship: "Friend"}
		refused(t, "a relative adds somebody", second(w.Propose(ctx, as(1), patientID(1), another)), booking.ErrPrivate)
		refused(t, "approve", second(w.Approve(ctx, nurse(1), aunt.ID)), booking.ErrPrivate)
		refused(t, "on nobody's word", second(w.Invite(ctx, nurse(1), patientID(1), who)), booking.ErrPrivate)
		if n := len(w.letters("kind = 'invite'")); n != 0 {
			t.Errorf("%d links were sent", n)
		}
		who.AgreedBy = "The patient"
		if m := must[booking.CircleMember](t)(w.Invite(ctx, nurse(1), patientID(1), who)); m.ID != aunt.ID || m.AgreedBy != "The patient" {
			t.Errorf("invited on the patient's word: %+v", m)
		}
		who.AgreedBy = ""
		if m := must[booking.CircleMember](t)(w.Invite(ctx, nurse(1), patientID(1), who)); m.AgreedBy != "The patient" {
			t.Errorf("a new link asks again: %+v", m)
		}
		w.book(1, today(15, 0), desk.Details{}) // who was let in before comes as before
		must[desk.Movement](t)(w.Merge(ctx, nurse(1), patientID(2), patientID(1)))
		if p := must[desk.Bedside](t)(w.Patient(ctx, nurse(1), patientID(2))).Patient; !p.Private {
			t.Error("the kept record forgets that the patient is private")
		}
	})
}

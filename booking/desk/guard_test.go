package desk_test

import (
	"testing"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

func TestNobodySeesAPatientWhoHasNotConsented(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{Tongue: spokenPolish})
		w.pair(deviceNumber(v.Device), 1)
		w.at(today(14, 50))
		must[desk.Visit](t)(w.Start(ctx, nurse(1), v.Reference))
		must[bool](t)(w.Arrive(ctx, v.ID, desk.SeatOfPatient, ""))
		var theirs booking.Participant
		for _, p := range must[desk.Visit](t)(w.Visit(ctx, nurse(1), v.Reference)).People {
			if p.Role == booking.AsInterpreter {
				theirs = p
			}
		}
		by := booking.Actor{Kind: booking.InterpreterActor, ID: string(theirs.Interpreter)}
		must[bool](t)(w.Arrive(ctx, v.ID, string(theirs.ID), ""))

		must[desk.Visit](t)(w.Cover(ctx, nurse(1), v.Reference, true))
		ok(t, w.WithdrawConsent(ctx, nurse(1), patientID(1)))
		refused(t, "admit an interpreter", second(w.Admit(ctx, nurse(1), v.Reference, theirs.ID)), booking.ErrConsentNeeded)
		refused(t, "join as one", second(w.Join(ctx, by, v.Reference)), booking.ErrConsentNeeded)
		refused(t, "come as one", second(w.Arrive(ctx, v.ID, string(theirs.ID), "")), booking.ErrConsentNeeded)
		refused(t, "uncover at the bed", w.CoverBed(ctx, v.ID, false), booking.ErrConsentNeeded)
		refused(t, "uncover the patient", second(w.Cover(ctx, nurse(1), v.Reference, false)), booking.ErrConsentNeeded)
		must[booking.Consent](t)(w.RecordConsent(ctx, nurse(1), booking.Consent{Patient: patientID(1), Basis: booking.BasisOwn}))
		must[desk.Visit](t)(w.Cover(ctx, nurse(1), v.Reference, false))
		must[desk.Visit](t)(w.Admit(ctx, nurse(1), v.Reference, theirs.ID))
		ok(t, w.CoverBed(ctx, v.ID, true))
		if now := must[desk.Visit](t)(w.Visit(ctx, nurse(1), v.Reference)); !now.Covered {
			t.Error("the board does not show what was covered at the bed")
		}
	})
}

// Whoever the ward has sent away neither takes a place nor keeps others out.
func TestOneWhoWasRemovedKeepsNobodyElseOut(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{})
		w.at(today(14, 50))
		must[bool](t)(w.Arrive(ctx, v.ID, string(seat(t, v, 1)), ""))
		must[booking.CircleMember](t)(w.Bar(ctx, nurse(1), memberID(1), "because"))
		v = must[desk.Visit](t)(w.AddPeople(ctx, nurse(1), v.Reference, []booking.MemberID{memberID(102)}))
		if len(v.People) != 2 {
			t.Errorf("%d people", len(v.People))
		}
	})
}

func TestARoomIsRememberedAsItWasLeft(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		v := w.book(1, today(15, 0), desk.Details{})
		w.pair(deviceNumber(v.Device), 1)
		w.at(today(14, 50))
		must[desk.Visit](t)(w.Start(t.Context(), nurse(1), v.Reference))
		must[desk.Visit](t)(w.Lock(t.Context(), nurse(1), v.Reference, true))
		must[desk.Visit](t)(w.Cover(t.Context(), nurse(1), v.Reference, true))
		locked, covered, err := w.Room(t.Context(), v.ID)
		if ok(t, err); !locked || !covered {
			t.Errorf("locked %v, covered %v", locked, covered)
		}
	})
}

// What no id could be is a refusal on both engines, never a fault.
func TestWhatIsNoIDIsNobody(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for _, bad := range []string{"nobody", "\xff", "a\x00b", "' OR 1=1"} {
			refused(t, "hold for "+bad, second(w.Hold(ctx, nurse(1), patientID(1), booking.VisitorID(bad), today(15, 0))), booking.ErrNotInCircle)
			refused(t, "hold at "+bad, second(w.Hold(ctx, nurse(1), booking.PatientID(bad), visitorID(1), today(15, 0))), booking.ErrNoSuchPatient)
			refused(t, "bar "+bad, second(w.Bar(ctx, nurse(1), booking.MemberID(bad), "because")), booking.ErrNoSuchPerson)
			refused(t, "read "+bad, second(w.Patient(ctx, nurse(1), booking.PatientID(bad))), booking.ErrNoSuchPatient)
			refused(t, "withdraw for "+bad, w.WithdrawConsent(ctx, nurse(1), booking.PatientID(bad)), booking.ErrNoSuchPatient)
			refused(t, "come to "+bad, second(w.Arrive(ctx, booking.VisitID(bad), desk.SeatOfPatient, "")), booking.ErrNoSuchVisit)
			refused(t, "answer "+bad, second(w.AnswerOffer(ctx, interpreter(1), booking.OfferID(bad), true)), booking.ErrNoSuchOffer)
			refused(t, "pair "+bad, second(w.BeginPairing(ctx, nurse(1), booking.DeviceID(bad))), booking.ErrNoSuchDevice)
			refused(t, "hold by "+bad, second(w.Held(ctx, nurse(1), booking.VisitID(bad))), booking.ErrNoSuchVisit)
			refused(t, "open "+bad, second(w.OpenInvitation(ctx, bad, bad)), booking.ErrNoSuchInvite)
			refused(t, "be "+bad, second(w.VisitorActor(ctx, booking.VisitorID(bad))), booking.ErrSignInNeeded)
		}
	})
}

// A visit may be started before its time.
func TestAnIPadInAVisitStaysWhatItIs(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{})
		w.pair(deviceNumber(v.Device), 1)
		w.at(today(14, 50))
		must[desk.Visit](t)(w.Start(ctx, nurse(1), v.Reference))
		refused(t, "unpair it", w.Unpair(ctx, nurse(1), v.Device), booking.ErrDeviceBusy)
		refused(t, "call it clean", w.Cleaned(ctx, nurse(1), v.Device, booking.Chlorine), booking.ErrDeviceBusy)
		must[desk.Visit](t)(w.End(ctx, nurse(1), v.Reference, booking.Technical))
		ok(t, w.Cleaned(ctx, nurse(1), v.Device, booking.Chlorine))
		ok(t, w.Unpair(ctx, nurse(1), v.Device))
	})
}

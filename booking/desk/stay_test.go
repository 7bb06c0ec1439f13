package desk_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/store"
)

// bedID is the id of spare bed n.
func bedID(n int) booking.BedID { return id[booking.BedID]('b', n) }

// spareBed puts an empty bed in a ward.
func (w *world) spareBed(n, ward int) booking.BedID {
	w.t.Helper()
	ok(w.t, w.store.Do(w.t.Context(), func(tx *store.Tx) error {
		return tx.AddBed(w.t.Context(), string(bedID(n)), wardID(ward), "Bay 9", fmt.Sprintf("Spare %d", n))
	}))
	return bedID(n)
}

// bedOf is the bed in which a patient lies.
func (w *world) bedOf(n int) booking.BedID {
	w.t.Helper()
	var bed string
	ok(w.t, w.raw.QueryRowContext(w.t.Context(), `SELECT bed_id FROM stays WHERE patient_id = $1 AND to_at IS NULL`, patientID(n)).Scan(&bed))
	return booking.BedID(bed)
}

// openFlags says which flags are open on a visit, as "kind ward".
func (w *world) openFlags(v booking.VisitID) string {
	w.t.Helper()
	rows, err := w.raw.QueryContext(w.t.Context(), `
SELECT f.kind, w.name FROM flags AS f JOIN wards AS w ON w.id = f.ward_id
WHERE f.visit_id = $1 AND f.closed_at IS NULL ORDER BY f.kind, w.name`, v)
	ok(w.t, err)
	defer rows.Close()
	var said []string
	for rows.Next() {
		var kind, ward string
		ok(w.t, rows.Scan(&kind, &ward))
		said = append(said, kind+" "+ward)
	}
	ok(w.t, rows.Err())
	return strings.Join(said, ", ")
}

// record is a visit as it is stored.
func (w *world) record(v booking.VisitID) (r store.Record) {
	w.t.Helper()
	ok(w.t, w.store.View(w.t.Context(), func(tx *store.Tx) (err error) {
		r, err = tx.Record(context.Background(), v)
		return err
	}))
	return r
}

func (w *world) wants(v booking.VisitID, state booking.State, ward int, flags string) {
	w.t.Helper()
	r := w.record(v)
	if r.State != state || r.Ward != wardID(ward) {
		w.t.Errorf("the visit is %s %s on %s, not %s on %s", r.State, r.Reason, r.Ward, state, wardID(ward))
	}
	if got := w.openFlags(v); got != flags {
		w.t.Errorf("flagged %q, not %q", got, flags)
	}
	if n := w.overlaps(); n != 0 {
		w.t.Errorf("%d overlaps", n)
	}
}

var now = desk.Said{}

// Hard case 1: a patient moves ward. Visits go with them at the same time, to an
// iPad there, and nobody is told; back again when the move is taken back.
func TestVisitsFollowAPatientWhoMoves(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{})
		w.sent()
		before := w.letters(`state = 'pending'`)
		moved := must[desk.Movement](t)(w.Transfer(ctx, nurse(1), patientID(1), w.spareBed(1, 2), now))
		if moved.Stay.Ward != wardID(2) || moved.Stay.Bed != "Spare 1" {
			t.Errorf("lies in %+v", moved.Stay)
		}
		w.wants(v.ID, booking.Booked, 2, "")
		r := w.record(v.ID)
		if r.Device != deviceID(3) || r.When != v.When || r.Version <= v.Version {
			t.Errorf("re-homed to %s at %v, version %d", r.Device, r.When, r.Version)
		}
		if after := w.letters(`state = 'pending'`); !slices.Equal(after, before) {
			t.Errorf("the family would be told: %v, not %v", after, before)
		}
		_, err := w.Board(ctx, nurse(2), wardID(2), booking.DateOf(today(15, 0), london))
		ok(t, err)

		must[desk.Movement](t)(w.CancelTransfer(ctx, nurse(2), patientID(1), now))
		w.wants(v.ID, booking.Booked, 1, "")
		if w.bedOf(1) == bedID(1) {
			t.Error("still in the other bed")
		}
	})
}

// A ward that cannot take the visit: it stays as it is, and both wards are told.
func TestAVisitThatCannotFollowIsFlaggedOnBothWards(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{})
		w.book(4, today(15, 0), desk.Details{}) // has the only iPad of ward 2
		must[desk.Movement](t)(w.Transfer(ctx, nurse(1), patientID(1), w.spareBed(1, 2), now))
		w.wants(v.ID, booking.Booked, 1, "patient_moved Ward 1, patient_moved Ward 2")
		if r := w.record(v.ID); r.Device != v.Device {
			t.Errorf("lost its iPad for %s", r.Device)
		}
		for _, ward := range []int{1, 2} {
			queue := must[[]desk.FlaggedVisit](t)(w.Review(ctx, nurse(ward), wardID(ward)))
			if len(queue) != 1 || queue[0].Visit.ID != v.ID || len(queue[0].Flags) != 1 || queue[0].Moves == nil || queue[0].Moves.ID != wardID(2) {
				t.Errorf("ward %d is to look at %+v", ward, queue)
			}
			if n := must[int](t)(w.FlagCount(ctx, nurse(ward), wardID(ward))); n != 1 {
				t.Errorf("ward %d has %d to look at", ward, n)
			}
		}
		must[desk.Movement](t)(w.CancelTransfer(ctx, nurse(2), patientID(1), now))
		w.wants(v.ID, booking.Booked, 1, "")
	})
}

// What staff have looked at and kept is not brought to them again for the same
// cause, and is for another.
func TestAFlagThatWasKeptStaysClosed(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{})
		ok(t, w.WithdrawConsent(ctx, nurse(1), patientID(1)))
		w.wants(v.ID, booking.Booked, 1, "consent_withdrawn Ward 1")
		_, err := w.KeepFlagged(ctx, nurse(1), v.Reference, "  ")
		refused(t, "keep without a reason", err, booking.ErrReasonNeeded)
		must[desk.Visit](t)(w.KeepFlagged(ctx, nurse(1), v.Reference, "The doctor asks again at noon"))
		w.wants(v.ID, booking.Booked, 1, "")
		must[[]booking.VisitID](t)(w.Sweep(ctx))
		w.wants(v.ID, booking.Booked, 1, "")

		must[booking.Consent](t)(w.RecordConsent(ctx, nurse(1), booking.Consent{Patient: patientID(1), Basis: booking.BasisOwn}))
		ok(t, w.WithdrawConsent(ctx, nurse(1), patientID(1)))
		w.wants(v.ID, booking.Booked, 1, "consent_withdrawn Ward 1")
		must[booking.Consent](t)(w.RecordConsent(ctx, nurse(1), booking.Consent{Patient: patientID(1), Basis: booking.BasisOwn}))
		w.wants(v.ID, booking.Booked, 1, "")
	})
}

// A consent that runs out is found by the clock, and by nobody else.
func TestTheSweepFindsAConsentPastItsDay(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0).AddDate(0, 0, 3), desk.Details{})
		tomorrow := booking.DateOf(today(0, 0), london).AddDays(1)
		must[booking.Consent](t)(w.RecordConsent(ctx, nurse(1), booking.Consent{Patient: patientID(1), Basis: booking.BasisOwn, ReviewOn: tomorrow}))
		w.at(today(23, 0).AddDate(0, 0, 1))
		must[[]booking.VisitID](t)(w.Sweep(ctx))
		w.wants(v.ID, booking.Booked, 1, "")
		w.at(today(0, 1).AddDate(0, 0, 2))
		must[[]booking.VisitID](t)(w.Sweep(ctx))
		w.wants(v.ID, booking.Booked, 1, "consent_withdrawn Ward 1")
		must[desk.Visit](t)(w.Cancel(ctx, nurse(1), v.Reference, w.record(v.ID).Version))
		w.wants(v.ID, booking.Cancelled, 1, "")
		if n := w.count(`SELECT count(*) FROM flags WHERE close_reason = 'over'`); n != 1 {
			t.Errorf("%d flags closed because it is over", n)
		}
	})
}

// Hard case 2: a patient dies. Nothing leaves any more, relatives are told to call
// the ward and nothing else, and somebody is asked to ring them.
func TestAfterADeathNothingLeaves(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0).AddDate(0, 0, 3), desk.Details{Tongue: spokenPolish})
		link := token(t, w.sent()[booking.NoticeBooked])
		must[desk.Visit](t)(w.Hold(ctx, as(2), patientID(1), visitorID(2), today(16, 0)))
		must[booking.CircleMember](t)(w.Invite(ctx, nurse(1), patientID(1), desk.Contact{Name: "Son", Phone: "07700 900555", Relationship: "Son"}))
		must[desk.Invitation](t)(w.SendCode(ctx, link))
		if n := len(w.letters(`state = 'pending'`)); n < 3 {
			t.Fatalf("only %d letters wait", n)
		}
		must[desk.Movement](t)(w.Die(ctx, nurse(1), patientID(1), now))

		w.wants(v.ID, booking.Cancelled, 1, "")
		if r := w.record(v.ID); r.Reason != booking.Sensitive {
			t.Errorf("cancelled as %s", r.Reason)
		}
		toFamily := `state IN ('pending', 'leased') AND kind NOT LIKE 'interpreter%'`
		if left := w.letters(toFamily); len(left) != 0 {
			t.Errorf("still to be sent: %v", left)
		}
		if off := w.letters(`state = 'pending' AND kind = 'interpreter_off'`); len(off) != 1 {
			t.Errorf("the interpreter is told %v", off)
		}
		if n := w.count(`SELECT count(*) FROM reservations WHERE state <> 'released'`); n != 0 {
			t.Errorf("%d still reserved", n)
		}
		// Whatever anybody does afterwards.
		_, err := w.SendCode(ctx, link)
		refused(t, "a code", err, booking.ErrCallWard)
		_, err = w.Visit(ctx, as(1), v.Reference)
		refused(t, "her visit", err, booking.ErrCallWard)
		_, err = w.Hold(ctx, as(1), patientID(1), visitorID(1), today(16, 30))
		refused(t, "another visit", err, booking.ErrCallWard)
		_, err = w.Invite(ctx, nurse(1), patientID(1), desk.Contact{Name: "Niece", Phone: "07700 900556", Relationship: "Niece"})
		refused(t, "an invitation", err, booking.ErrNoSuchPatient)
		if circles := must[[]desk.Circle](t)(w.Circles(ctx, as(1))); len(circles) != 1 || !errors.Is(circles[0].Refused, booking.ErrCallWard) || circles[0].Ward.Phone == "" {
			t.Errorf("she sees %+v", circles)
		}
		if seen := must[[]desk.Visit](t)(w.Visits(ctx, as(1))); len(seen) != 0 {
			t.Errorf("she sees %d visits", len(seen))
		}
		shown := must[desk.Invitation](t)(w.Invitation(ctx, link))
		if !shown.CallWard || shown.Ward.Phone == "" {
			t.Errorf("the link shows %+v", shown)
		}
		w.at(today(16, 0).AddDate(0, 0, 4))
		must[[]booking.VisitID](t)(w.Sweep(ctx))
		if left := w.letters(toFamily); len(left) != 0 {
			t.Errorf("still to be sent: %v", left)
		}

		tasks := must[[]desk.FamilyTask](t)(w.Tasks(ctx, nurse(1), wardID(1)))
		if len(tasks) != 1 || tasks[0].Patient.ID != patientID(1) {
			t.Fatalf("to do: %+v", tasks)
		}
		ok(t, w.TaskDone(ctx, nurse(1), tasks[0].ID))
		refused(t, "done by another ward", w.TaskDone(ctx, nurse(2), tasks[0].ID), booking.ErrNoSuchTask)
		if tasks := must[[]desk.FamilyTask](t)(w.Tasks(ctx, nurse(1), wardID(1))); len(tasks) != 0 {
			t.Errorf("still to do: %+v", tasks)
		}
	})
}

// A worker has the letter in hand when the patient dies: it is not sent again, nor
// tried once more.
func TestALetterInHandIsTakenBack(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.book(1, today(15, 0).AddDate(0, 0, 3), desk.Details{})
		n, found, err := w.store.LeaseNotice(ctx, w.clock(), w.clock().Add(time.Minute))
		ok(t, err)
		if !found {
			t.Fatal("nothing to send")
		}
		must[desk.Movement](t)(w.Die(ctx, nurse(1), patientID(1), now))
		if owed, err := w.store.StillOwed(ctx, n); err != nil || owed {
			t.Errorf("still owed: %v %v", owed, err)
		}
		ok(t, w.store.SettleNotice(ctx, n.ID, store.Outcome{At: w.clock(), Attempt: n.Attempt, RetryAt: w.clock()}))
		if sent := w.sent(); len(sent) != 0 {
			t.Errorf("sent %v", sent)
		}
		if left := w.letters(`state <> 'withdrawn'`); len(left) != 0 {
			t.Errorf("left: %v", left)
		}
	})
}

// A death that was none: visits are on again, and nobody hears of it but when a
// person says so.
func TestAMistakenDeathIsTakenBack(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0).AddDate(0, 0, 3), desk.Details{Tongue: spokenPolish})
		lost := w.book(2, today(15, 0).AddDate(0, 0, 3), desk.Details{})
		w.sent()
		must[desk.Movement](t)(w.Die(ctx, nurse(1), patientID(2), now))
		must[desk.Movement](t)(w.Die(ctx, nurse(1), patientID(1), now))
		_, err := w.Transfer(ctx, nurse(1), patientID(1), w.spareBed(1, 1), now)
		refused(t, "move the dead", err, booking.ErrPatientDied)
		w.sent()
		// Both iPads are gone at that time.
		w.book(3, today(15, 0).AddDate(0, 0, 3), desk.Details{})
		w.sent()
		must[desk.Movement](t)(w.Revive(ctx, nurse(1), patientID(1), now))
		w.wants(v.ID, booking.Booked, 1, "interpreter_gone Ward 1, untold Ward 1")
		must[desk.Movement](t)(w.Revive(ctx, nurse(1), patientID(2), now))
		w.wants(lost.ID, booking.Cancelled, 1, "not_put_back Ward 1")
		if left := w.letters(`state = 'pending' AND visit_id <> (SELECT id FROM visits WHERE patient_id = '` + string(patientID(3)) + `')`); len(left) != 0 {
			t.Errorf("sent by itself: %v", left)
		}
		if tasks := must[[]desk.FamilyTask](t)(w.Tasks(ctx, nurse(1), wardID(1))); len(tasks) != 0 {
			t.Errorf("still to do: %+v", tasks)
		}
		must[desk.Visit](t)(w.TellPutBack(ctx, nurse(1), v.Reference))
		w.wants(v.ID, booking.Booked, 1, "")
		told := w.sent()
		if told[booking.NoticeBooked].To != phone(1) || told[booking.NoticeInterpreterAsk].To == "" {
			t.Errorf("told %v", told)
		}
		_, err = w.Revive(ctx, nurse(1), patientID(1), now)
		refused(t, "revive the living", err, booking.ErrNothingToUndo)
		must[desk.Visit](t)(w.Visit(ctx, as(1), v.Reference))
	})
}

// Hard case 3: a discharge is taken back within its grace, and nobody has heard of
// it; and after it, when they have.
func TestADischargeWaitsBeforeItCancels(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0).AddDate(0, 0, 3), desk.Details{})
		w.sent()
		must[desk.Movement](t)(w.Discharge(ctx, nurse(1), patientID(1), now))
		w.wants(v.ID, booking.Booked, 1, "patient_away Ward 1")
		_, err := w.Join(ctx, as(1), v.Reference)
		refused(t, "join too early", err, booking.ErrNotOpenYet)
		w.at(today(11, 59))
		must[[]booking.VisitID](t)(w.Sweep(ctx))
		w.wants(v.ID, booking.Booked, 1, "patient_away Ward 1")
		must[desk.Movement](t)(w.CancelDischarge(ctx, nurse(1), patientID(1), now))
		w.wants(v.ID, booking.Booked, 1, "")
		if told := w.sent(); len(told) != 0 {
			t.Errorf("told %v", told)
		}

		must[desk.Movement](t)(w.Discharge(ctx, nurse(1), patientID(1), now))
		w.at(today(14, 0))
		closed := must[[]booking.VisitID](t)(w.Sweep(ctx))
		w.wants(v.ID, booking.Cancelled, 1, "")
		if r := w.record(v.ID); r.Reason != booking.Discharged || !slices.Contains(closed, v.ID) {
			t.Errorf("cancelled as %s, closed %v", r.Reason, closed)
		}
		if told := w.sent(); told[booking.NoticeCancelled].To != phone(1) {
			t.Errorf("told %v", told)
		}
		must[desk.Movement](t)(w.CancelDischarge(ctx, nurse(1), patientID(1), now))
		w.wants(v.ID, booking.Booked, 1, "")
		if told := w.sent(); told[booking.NoticeBooked].To != phone(1) {
			t.Errorf("told %v", told)
		}
	})
}

// A visit near at hand does not wait for the grace; one that staff keep is kept;
// and who comes back a week later finds their circle, not their old visits.
func TestWhoComesBackFindsTheirCircle(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		near, far := w.book(1, today(15, 0), desk.Details{}), w.book(1, today(15, 0).AddDate(0, 0, 9), desk.Details{})
		w.at(today(14, 40))
		must[desk.Movement](t)(w.Discharge(ctx, nurse(1), patientID(1), now))
		must[desk.Visit](t)(w.KeepFlagged(ctx, nurse(1), far.Reference, "Comes back on Monday"))
		must[[]booking.VisitID](t)(w.Sweep(ctx))
		w.wants(near.ID, booking.Cancelled, 1, "")
		w.at(today(20, 0))
		must[[]booking.VisitID](t)(w.Sweep(ctx))
		w.wants(far.ID, booking.Booked, 1, "")

		w.at(today(10, 0).AddDate(0, 0, 7))
		bed := w.spareBed(1, 2)
		again := desk.Admission{MRN: "M00001", Name: "Somebody Else", Alias: "Mr E.", Bed: bed}
		_, err := w.AdmitPatient(ctx, nurse(2), again, now)
		refused(t, "another name", err, booking.ErrNumberTaken)
		again.Name = "patient number 1"
		back := must[desk.Movement](t)(w.AdmitPatient(ctx, nurse(2), again, now))
		if back.Patient.ID != patientID(1) || back.Stay.Ward != wardID(2) {
			t.Fatalf("came back as %+v in %+v", back.Patient, back.Stay)
		}
		w.wants(far.ID, booking.Booked, 2, "")
		w.wants(near.ID, booking.Cancelled, 1, "")
		side := must[desk.Bedside](t)(w.Patient(ctx, nurse(2), patientID(1)))
		if len(side.Circle) != 3 || side.Consent.WithdrawnAt.IsZero() == false {
			t.Errorf("found %d of the circle", len(side.Circle))
		}
		_, err = w.AdmitPatient(ctx, nurse(2), again, now)
		refused(t, "admit twice", err, booking.ErrAlreadyHere)
		again.Bed = w.bedOf(4)
		again.MRN, again.Name = "M7", "Newcomer"
		_, err = w.AdmitPatient(ctx, nurse(2), again, now)
		refused(t, "a bed with somebody in it", err, booking.ErrBedTaken)
		again.Bed = w.spareBed(2, 2)
		fresh := must[desk.Movement](t)(w.AdmitPatient(ctx, nurse(2), again, now))
		must[desk.Movement](t)(w.CancelAdmit(ctx, nurse(2), fresh.Patient.ID, now))
		if n := w.count(`SELECT count(*) FROM stays WHERE patient_id = $1`, fresh.Patient.ID); n != 0 {
			t.Errorf("never came, and stayed %d times", n)
		}
	})
}

// A visit that has begun is never touched, wherever its patient is said to be.
func TestAVisitInProgressIsNotTouched(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{})
		w.at(today(14, 50))
		w.pair(deviceNumber(v.Device), 1)
		must[desk.Visit](t)(w.Start(ctx, nurse(1), v.Reference))
		was := w.record(v.ID)
		must[desk.Movement](t)(w.Transfer(ctx, nurse(1), patientID(1), w.spareBed(1, 2), now))
		must[desk.Movement](t)(w.Die(ctx, nurse(2), patientID(1), now))
		if is := w.record(v.ID); is.Visit.Version != was.Version || is.State != booking.Preparing || is.Device != was.Device {
			t.Errorf("was %+v, is %+v", was.Visit, is.Visit)
		}
		must[desk.Visit](t)(w.End(ctx, nurse(1), v.Reference, booking.ByWard))
		if left := w.letters(`state IN ('pending', 'leased')`); len(left) != 0 {
			t.Errorf("to be sent: %v", left)
		}
	})
}

// Two who press at once, a press that comes twice, and a stranger.
func TestMovementsArePressedOnce(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		bed := w.spareBed(1, 2)
		for range 3 {
			must[desk.Movement](t)(w.Keyed("press").Transfer(ctx, nurse(1, 2), patientID(1), bed, now))
		}
		_, err := w.Keyed("press").Discharge(ctx, nurse(1, 2), patientID(1), now)
		refused(t, "the key for something else", err, booking.ErrKeyReused)
		if n := w.count(`SELECT count(*) FROM movements WHERE source = 'ward'`); n != 1 {
			t.Errorf("%d movements", n)
		}
		_, err = w.Discharge(ctx, nurse(1), patientID(1), now)
		refused(t, "a ward that has them no longer", err, booking.ErrNoSuchPatient)
		_, err = w.Transfer(ctx, nurse(2), patientID(1), w.bedOf(4), now)
		refused(t, "a bed with somebody in it", err, booking.ErrBedTaken)
		_, err = w.Transfer(ctx, nurse(2), patientID(1), "no-such-bed", now)
		refused(t, "no bed", err, booking.ErrNoSuchBed)
		_, err = w.Transfer(ctx, booking.System, patientID(1), bed, desk.Said{Source: "pas", ControlID: "1", At: today(23, 0)})
		refused(t, "tomorrow's news", err, booking.ErrBadTime)
	})
}

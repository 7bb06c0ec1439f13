package desk_test

import (
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// notes says something of a visit, as it is now.
func (w *world) notes(v desk.Visit, kind booking.OutcomeKind) desk.Visit {
	w.t.Helper()
	return must[desk.Visit](w.t)(w.Note(w.t.Context(), nurse(1), v.Reference, w.again(v).Version, kind))
}

func (w *world) hears(kind booking.NoticeKind) bool {
	w.t.Helper()
	_, told := w.sent()[kind]
	return told
}

func (w *world) standing() int {
	w.t.Helper()
	return w.count(`SELECT count(*) FROM visit_outcomes WHERE undone_at IS NULL`)
}

// A family that is late is waited for, and told so; the visit keeps what it has.
func TestALateFamilyIsWaitedFor(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.begun(1, desk.Details{})
		_, err := w.Note(ctx, nurse(1), v.Reference, v.Version, booking.OutcomeLate)
		refused(t, "before its time", err, booking.ErrNotLateYet)
		w.at(today(15, 2))
		w.sent()
		_, err = w.Note(ctx, nurse(2), v.Reference, v.Version, booking.OutcomeLate)
		refused(t, "by another ward", err, booking.ErrNoSuchVisit)
		_, err = w.Note(ctx, as(1), v.Reference, v.Version, booking.OutcomeNotNow)
		refused(t, "by the family", err, booking.ErrNoSuchVisit)
		w.notes(v, booking.OutcomeLate)
		_, err = w.Note(ctx, nurse(1), v.Reference, v.Version, booking.OutcomeNoShow)
		refused(t, "by a page that does not know", err, booking.ErrStale)
		board := must[desk.Board](t)(w.Board(ctx, nurse(1), wardID(1), booking.DateOf(morning, london)))
		if o := board.Visits[0].Outcome; o == nil || o.Kind != booking.OutcomeLate || !o.Until.Equal(today(15, 10)) {
			t.Errorf("the board says %+v", o)
		}
		if w.hears(booking.NoticeWaiting) {
			t.Error("the family hears of it at once")
		}
		w.at(today(15, 3))
		if !w.hears(booking.NoticeWaiting) {
			t.Error("the family does not hear of it")
		}
		her := must[desk.Seat](t)(w.Join(ctx, as(1), v.Reference))
		must[bool](t)(w.Arrive(ctx, v.ID, her.Seat, ""))
		_, err = w.Note(ctx, nurse(1), v.Reference, w.again(v).Version, booking.OutcomeNoShow)
		refused(t, "that nobody came, while she waits", err, booking.ErrSomebodyHere)
		if w.again(v).State != booking.Lobby || w.standing() != 1 {
			t.Errorf("it is %s", w.again(v).State)
		}
	})
}

// A visit whose patient sleeps moves to a little later, from the bed too; and back
// again, if that was a mistake.
func TestTheVisitOfASleepingPatientMoves(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.begun(1, desk.Details{})
		w.sent()
		w.at(today(15, 2))
		moved := w.notes(v, booking.OutcomeAsleep)
		if moved.State != booking.Booked || moved.When.Start() != today(15, 35) || moved.When.Length() != v.When.Length() {
			t.Errorf("it is %s at %v", moved.State, moved.When)
		}
		if w.overlaps() != 0 || w.unreserved() != 0 || w.count(`SELECT count(*) FROM devices WHERE state = 'in_use'`) != 0 {
			t.Error("what it had is not given back")
		}
		must[desk.Visit](t)(w.Undo(ctx, nurse(1), v.Reference))
		if back := w.again(v); back.When != v.When || back.State != booking.Booked || w.standing() != 0 || w.unreserved() != 0 {
			t.Errorf("back it is %s at %v", back.State, back.When)
		}
		w.at(today(15, 4))
		if w.hears(booking.NoticeMoved) {
			t.Error("the family hears of what was taken back")
		}
		_, err := w.Undo(ctx, nurse(1), v.Reference)
		refused(t, "twice", err, booking.ErrNothingToUndo)

		t.Log("once more, and it stays so")
		w.notes(v, booking.OutcomeAsleep)
		w.at(today(15, 6))
		told := w.sent()[booking.NoticeMoved]
		if told.To == "" || told.Words["when"] == "" {
			t.Errorf("the family hears %+v", told)
		}
		if n := w.count(`SELECT count(*) FROM visit_outcomes WHERE kind = 'asleep'`); n != 2 {
			t.Errorf("%d are kept", n)
		}
	})
}

// When nothing is free a little later, the visit is called off instead, without a
// word of why; and can be put back.
func TestTheVisitOfASleepingPatientIsCalledOff(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.book(2, today(15, 30), desk.Details{})
		w.book(3, today(15, 30), desk.Details{})
		v := w.book(1, today(14, 45), desk.Details{Tongue: signed})
		w.at(today(14, 50))
		w.sent()
		off := w.notes(v, booking.OutcomeAsleep)
		if off.State != booking.Cancelled || off.Reason != booking.PatientAsleep {
			t.Errorf("it is %s, %s", off.State, off.Reason)
		}
		w.at(today(14, 50).Add(30 * time.Second))
		must[desk.Visit](t)(w.Undo(ctx, nurse(1), v.Reference))
		back := w.again(v)
		if back.State != booking.Booked || back.When != v.When || w.unreserved() != 0 || w.overlaps() != 0 || back.Interpreter == nil || !back.Interpreter.Open() {
			t.Errorf("back it is %s at %v, with %+v", back.State, back.When, back.Interpreter)
		}
		w.at(today(14, 52))
		if w.hears(booking.NoticeCancelled) {
			t.Error("the family hears of what was taken back")
		}
		w.notes(v, booking.OutcomeNotNow)
		w.at(today(14, 54))
		told, heard := w.sent()[booking.NoticeCancelled]
		if !heard || len(told.Words) != 4 { // hospital, phone, when and reference, and no reason
			t.Errorf("the family hears %+v", told)
		}
		w.at(today(15, 2))
		_, err := w.Undo(ctx, nurse(1), v.Reference)
		refused(t, "ten minutes later", err, booking.ErrNothingToUndo)
	})
}

// Nobody came: the family hears how to arrange another, and hears again when that
// is taken back too late to be a secret.
func TestNobodyCame(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.begun(1, desk.Details{})
		w.at(today(15, 12))
		w.sent()
		off := w.notes(v, booking.OutcomeNoShow)
		if off.State != booking.Cancelled || off.Reason != booking.NoShowVisitor || off.DeviceRecord.State != booking.DeviceDirty {
			t.Errorf("it is %s, %s, its iPad %s", off.State, off.Reason, off.DeviceRecord.State)
		}
		w.at(today(15, 14))
		if !w.hears(booking.NoticeMissed) {
			t.Error("the family does not hear of it")
		}
		must[desk.Visit](t)(w.Undo(ctx, nurse(1), v.Reference))
		if !w.hears(booking.NoticeBooked) {
			t.Error("the family does not hear that it is on")
		}
		if n := w.count(`SELECT count(*) FROM audit_events WHERE action IN ('outcome_noted', 'outcome_taken_back')`); n != 2 {
			t.Errorf("written down %d times", n)
		}
	})
}

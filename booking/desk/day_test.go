package desk_test

import (
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// A visit on the day, from the ward's Start to the iPad's cleaning.
func TestADayOnTheWard(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{Members: []booking.MemberID{memberID(102)}, Tongue: signed})
		ref, ipad := v.Reference, deviceNumber(v.Device)
		serial := must[int64](t)(w.Serial(ctx, wardID(1)))
		grown := func(what string) {
			t.Helper()
			now := must[int64](t)(w.Serial(ctx, wardID(1)))
			if now <= serial {
				t.Errorf("%s: boards do not look again", what)
			}
			serial = now
		}

		w.at(today(14, 30))
		_, err := w.Start(ctx, nurse(1), ref)
		refused(t, "start early", err, booking.ErrNotOpenYet)
		_, err = w.Join(ctx, as(1), ref)
		refused(t, "join early", err, booking.ErrNotOpenYet)
		w.at(today(14, 50))
		_, err = w.Start(ctx, nurse(1), ref)
		refused(t, "start with an iPad that is not paired", err, booking.ErrNotPaired)
		key := w.pair(ipad, 1)
		tablet := must[booking.Actor](t)(w.DeviceActor(ctx, key))
		screen := must[desk.Screen](t)(w.Screen(ctx, tablet))
		if screen.Visit == nil || screen.Visit.ID != v.ID || screen.Visit.PatientRecord.Name != "" || screen.Visit.PatientRecord.Alias != "Mr 1" {
			t.Errorf("on the screen: %+v", screen.Visit)
		}
		_, err = w.JoinDevice(ctx, tablet)
		refused(t, "the iPad before Start", err, booking.ErrNotStarted)

		daughter := must[desk.Seat](t)(w.Join(ctx, as(1), ref)) // she may wait already
		if daughter.Room != string(v.ID) || daughter.Role != "visitor" || daughter.Name != "Visitor 1" || daughter.About != "Daughter" {
			t.Errorf("her seat: %+v", daughter)
		}
		if in := must[bool](t)(w.Arrive(ctx, v.ID, daughter.Seat, "")); in {
			t.Error("she is let in by nobody")
		}
		grown("somebody waits")
		must[desk.Visit](t)(w.Start(ctx, nurse(1), ref))
		grown("started")
		_, err = w.Start(ctx, nurse(1), ref)
		refused(t, "start twice", err, booking.ErrAlreadyStarted)
		_, err = w.Admit(ctx, nurse(1), ref, booking.ParticipantID(daughter.Seat))
		refused(t, "admit before the iPad is there", err, booking.ErrNotStarted)

		bed := must[desk.Seat](t)(w.JoinDevice(ctx, tablet))
		if bed.Seat != desk.SeatOfPatient || bed.Role != "patient" || bed.Name != "Mr 1" || bed.Room != string(v.ID) {
			t.Errorf("the patient's seat: %+v", bed)
		}
		if in := must[bool](t)(w.Arrive(ctx, v.ID, bed.Seat, "")); !in {
			t.Error("the patient has to wait")
		}
		grown("the iPad is there")
		signer := must[desk.Seat](t)(w.Join(ctx, interpreter(3), ref))
		must[bool](t)(w.Arrive(ctx, v.ID, signer.Seat, ""))
		if signer.Role != "interpreter" || signer.Visit.PatientRecord.Name != "" {
			t.Errorf("the interpreter's seat: %+v", signer)
		}
		_, err = w.Admit(ctx, nurse(1), ref, seat(t, v, 2))
		refused(t, "admit who is not here", err, booking.ErrNotHere)
		live := must[desk.Visit](t)(w.Admit(ctx, nurse(1), ref, booking.ParticipantID(daughter.Seat)))
		if live.State != booking.Live || !live.StartedAt.Equal(today(14, 50)) {
			t.Errorf("live: %+v", live.Visit)
		}
		must[desk.Visit](t)(w.Admit(ctx, nurse(1), ref, booking.ParticipantID(daughter.Seat)))
		must[desk.Visit](t)(w.Admit(ctx, nurse(1), ref, booking.ParticipantID(signer.Seat)))
		ok(t, w.Depart(ctx, v.ID, daughter.Seat))
		if in := must[bool](t)(w.Arrive(ctx, v.ID, daughter.Seat, "")); !in {
			t.Error("who was let in has to wait again")
		}

		must[desk.Visit](t)(w.Lock(ctx, nurse(1), ref, true))
		_, err = w.Join(ctx, as(2), ref)
		refused(t, "a newcomer at a locked room", err, booking.ErrRoomLocked)
		_, err = w.Arrive(ctx, v.ID, string(seat(t, v, 2)), "")
		refused(t, "a newcomer at a locked room", err, booking.ErrRoomLocked)
		ok(t, w.Depart(ctx, v.ID, daughter.Seat))
		if in := must[bool](t)(w.Arrive(ctx, v.ID, daughter.Seat, "")); !in {
			t.Error("the lock shuts out who was in")
		}
		must[desk.Visit](t)(w.Lock(ctx, nurse(1), ref, false))
		if c := must[desk.Visit](t)(w.Cover(ctx, nurse(1), ref, true)); !c.Covered {
			t.Error("not covered")
		}
		held := must[desk.Visit](t)(w.HoldBack(ctx, nurse(1), ref, booking.ParticipantID(daughter.Seat)))
		if held.State != booking.Live || !held.People[0].Waiting() {
			t.Errorf("held back: %+v", held.People)
		}
		must[desk.Visit](t)(w.Remove(ctx, nurse(1), ref, booking.ParticipantID(daughter.Seat)))
		for what, err := range map[string]error{
			"join after being removed":  second(w.Join(ctx, as(1), ref)),
			"come after being removed":  second(w.Arrive(ctx, v.ID, daughter.Seat, "")),
			"admit after being removed": second(w.Admit(ctx, nurse(1), ref, booking.ParticipantID(daughter.Seat))),
		} {
			refused(t, what, err, booking.ErrRemoved)
		}

		over := must[desk.Visit](t)(w.End(ctx, nurse(1), ref, booking.RanToEnd))
		if over.State != booking.Ended || over.DeviceRecord.State != booking.DeviceDirty || over.People[0].HereSince != (time.Time{}) {
			t.Errorf("ended: %+v", over)
		}
		grown("ended")
		must[desk.Visit](t)(w.End(ctx, nurse(1), ref, booking.RanToEnd)) // pressed twice
		if n := len(w.letters("state = 'pending' AND visit_id IS NOT NULL")); n != 0 {
			t.Errorf("%d notices are still to be sent about it", n)
		}
		if n := w.count(`SELECT count(*) FROM reservations WHERE state = 'firm' AND resource_kind <> 'device'`); n != 0 {
			t.Error("people are still reserved")
		}
		_, err = w.Arrive(ctx, v.ID, desk.SeatOfPatient, "")
		refused(t, "come after the end", err, booking.ErrVisitOver)
		ok(t, w.Cleaned(ctx, nurse(1), v.Device, booking.Chlorine))
		board := must[desk.Board](t)(w.Board(ctx, nurse(1), wardID(1), booking.DateOf(morning, london)))
		if len(board.Visits) != 1 || board.Visits[0].State != booking.Ended || len(board.Devices) != 2 || board.Devices[ipad-1].State != booking.DeviceReady {
			t.Errorf("the board: %+v", board)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func deviceNumber(id booking.DeviceID) int { return int(id[len(id)-1] - '0') }

func TestOneDeviceInOneVisit(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.pair(3, 2)
		first := w.book(4, today(15, 0), desk.Details{})
		next := must[desk.Visit](t)(w.BookAt(ctx, booking.System, desk.BookedVisit{
			Patient: patientID(4), Members: []booking.MemberID{memberID(4)}, Start: today(15, 45), Length: 15 * time.Minute}))
		w.at(today(15, 0))
		must[desk.Visit](t)(w.Start(ctx, nurse(2), first.Reference))
		w.at(today(15, 40))
		refused(t, "start while the iPad is in another visit", second(w.Start(ctx, nurse(2), next.Reference)), booking.ErrDeviceBusy)
		refused(t, "clean an iPad that is in a visit", w.Cleaned(ctx, nurse(2), deviceID(3), booking.Chlorine), booking.ErrDeviceBusy)
		ok(t, w.Finish(ctx, first.ID)) // the patient would rather not
		over := must[desk.Visit](t)(w.Visit(ctx, nurse(2), first.Reference))
		if over.State != booking.Cancelled || over.Reason != booking.PatientDeclined || over.DeviceRecord.State != booking.DeviceDirty {
			t.Errorf("finished: %v %v", over.State, over.Reason)
		}
		ok(t, w.Finish(ctx, first.ID))
		refused(t, "start before the iPad is clean", second(w.Start(ctx, nurse(2), next.Reference)), booking.ErrDeviceDirty)
		ok(t, w.Cleaned(ctx, nurse(2), deviceID(3), booking.Wipe))
		must[desk.Visit](t)(w.Start(ctx, nurse(2), next.Reference))
	})
}

func TestTheWardEndsWhatHasNotBegun(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		v := w.book(1, today(15, 0), desk.Details{})
		refused(t, "for no reason", second(w.End(t.Context(), nurse(1), v.Reference, "whatever")), booking.ErrBadChoice)
		refused(t, "lock a room that is not open", second(w.Lock(t.Context(), nurse(1), v.Reference, true)), booking.ErrNotStarted)
		over := must[desk.Visit](t)(w.End(t.Context(), nurse(1), v.Reference, booking.PatientDeclined))
		if over.State != booking.Cancelled || over.DeviceRecord.State != booking.DeviceReady {
			t.Errorf("ended: %+v", over.Visit)
		}
		if n := len(w.letters("kind = 'cancelled' AND state = 'pending'")); n != 1 {
			t.Errorf("%d were told", n)
		}
	})
}

func TestSweep(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		held := must[desk.Visit](t)(w.Hold(ctx, as(1), patientID(1), visitorID(1), today(17, 0)))
		nobody := w.book(2, today(15, 0), desk.Details{})
		waits := w.book(3, today(15, 0), desk.Details{})
		open := w.book(4, today(15, 0), desk.Details{})
		later := w.book(3, today(17, 0), desk.Details{})
		w.pair(3, 2)
		w.at(today(15, 0))
		must[bool](t)(w.Arrive(ctx, waits.ID, string(seat(t, waits, 3)), ""))
		must[desk.Visit](t)(w.Start(ctx, nurse(2), open.Reference))
		must[bool](t)(w.Arrive(ctx, open.ID, desk.SeatOfPatient, ""))
		must[bool](t)(w.Arrive(ctx, open.ID, string(seat(t, open, 4)), ""))
		must[desk.Visit](t)(w.Admit(ctx, nurse(2), open.Reference, seat(t, open, 4)))

		w.at(today(15, 39)) // within grace
		if closed := must[[]booking.VisitID](t)(w.Sweep(ctx)); len(closed) != 0 {
			t.Errorf("closed %v within grace", closed)
		}
		if v := must[desk.Visit](t)(w.Held(ctx, as(1), held.ID)); v.Reason != booking.HoldLapsed {
			t.Errorf("the hold is %v", v.State)
		}
		w.at(today(15, 40))
		if closed := must[[]booking.VisitID](t)(w.Sweep(ctx)); len(closed) != 3 {
			t.Errorf("closed %v", closed)
		}
		for _, tt := range []struct {
			v      desk.Visit
			state  booking.State
			reason booking.Reason
		}{
			{nobody, booking.Cancelled, booking.NoShowVisitor}, {waits, booking.Cancelled, booking.ByWard},
			{open, booking.Ended, booking.RanToEnd}, {later, booking.Booked, ""},
		} {
			v := must[desk.Visit](t)(w.Visit(ctx, booking.System, tt.v.Reference))
			if v.State != tt.state || v.Reason != tt.reason {
				t.Errorf("%v %v, want %v %v", v.State, v.Reason, tt.state, tt.reason)
			}
		}
		if n := len(w.letters("kind = 'cancelled'")); n != 0 {
			t.Error("told of what everybody knows")
		}
		if closed := must[[]booking.VisitID](t)(w.Sweep(ctx)); len(closed) != 0 {
			t.Errorf("swept %v twice", closed)
		}
	})
}

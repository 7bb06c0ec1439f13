package desk_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

const five, ten, fifteen = 5 * time.Minute, 10 * time.Minute, 15 * time.Minute

// begun starts the visit of patient n at three o'clock on iPad 1.
func (w *world) begun(n int, details desk.Details) desk.Visit {
	w.t.Helper()
	v := w.on(w.book(n, today(15, 0), details), 1)
	w.pair(1, 1)
	w.pair(2, 1)
	w.at(today(14, 55))
	v = must[desk.Visit](w.t)(w.Start(w.t.Context(), nurse(1), v.Reference))
	must[bool](w.t)(w.Arrive(w.t.Context(), v.ID, desk.SeatOfPatient, string(v.Device)))
	return w.again(v)
}

// A visit that is on gets more time while nothing stands behind it, and everything
// it has is taken for so long.
func TestAVisitIsGivenMoreTime(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.begun(1, desk.Details{Tongue: spokenPolish})
		longer := must[desk.Visit](t)(w.Extend(ctx, nurse(1), v.Reference, v.Version, ten))
		if longer.When.End() != today(15, 40) || longer.Device != v.Device {
			t.Errorf("it is %v on %s", longer.When, longer.DeviceRecord.Tag)
		}
		for what, want := range map[string]string{"patient": "15:40", "interpreter": "15:40", "device": "15:45"} {
			n := w.count(`SELECT count(*) FROM reservations WHERE visit_id = $1 AND state = 'firm' AND resource_kind = $2`, string(v.ID), what)
			if n != 1 {
				t.Errorf("%d reservations of its %s, which is to be taken until %s", n, what, want)
			}
		}
		if w.overlaps() != 0 {
			t.Error("something is taken twice")
		}
		if n := w.count(`SELECT count(*) FROM audit_events WHERE action = 'visit_extended' AND reason = '10 minutes'`); n != 1 {
			t.Errorf("written down %d times", n)
		}
		_, err := w.Extend(ctx, nurse(1), v.Reference, v.Version, ten)
		refused(t, "a second tab", err, booking.ErrStale)
		_, err = w.Extend(ctx, nurse(2), v.Reference, longer.Version, ten)
		refused(t, "by another ward", err, booking.ErrNoSuchVisit)
		_, err = w.Extend(ctx, as(1), v.Reference, longer.Version, ten)
		refused(t, "by the family", err, booking.ErrNoSuchVisit)

		t.Log("time ends it later")
		w.at(today(15, 45))
		if closed := must[[]booking.VisitID](t)(w.Sweep(ctx)); len(closed) != 0 {
			t.Error("it was ended at its old time")
		}
	})
}

// What stands behind a visit is named, and keeps what it has.
func TestWhatStandsBehindAVisit(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		next := w.on(w.book(2, today(15, 45), desk.Details{}), 1) // taken from 15:35
		other := w.book(3, today(15, 45), desk.Details{})         // which has the other iPad
		v := w.begun(1, desk.Details{})
		w.at(today(15, 10))
		says := func() (behind []string) {
			t.Helper()
			for _, c := range must[desk.MoreTime](t)(w.MoreTime(ctx, nurse(1), v.Reference)).Choices {
				if c.Behind == nil {
					behind = append(behind, "")
				} else {
					behind = append(behind, c.Behind.What+" "+string(c.Behind.Visit.Reference))
				}
			}
			return behind
		}
		want := "device " + string(next.Reference)
		if got := says(); got[0] != want || got[1] != want || got[2] != want {
			t.Errorf("behind it stand %q", got) // it is to be cleaned until 15:35
		}
		_, err := w.Extend(ctx, nurse(1), v.Reference, w.again(v).Version, five)
		refused(t, "into the next", err, booking.ErrNoMoreTime)
		if w.again(v).When != v.When || w.again(next).Device != next.Device || w.overlaps() != 0 || w.unreserved() != 0 {
			t.Error("something has changed all the same")
		}

		t.Log("the other iPad is free: the next visit goes to it, and nobody is told")
		letters := len(w.letters("1 = 1"))
		must[desk.Visit](t)(w.Cancel(ctx, nurse(1), other.Reference, w.again(other).Version))
		told := len(w.letters("1 = 1")) - letters
		if got := says(); got[0] != "" || got[1] != "" || got[2] != "" {
			t.Errorf("behind it stand %q", got)
		}
		must[desk.Visit](t)(w.Extend(ctx, nurse(1), v.Reference, w.again(v).Version, fifteen))
		if w.again(next).Device != deviceID(2) || w.again(v).When.End() != today(15, 45) || w.overlaps() != 0 || w.unreserved() != 0 {
			t.Errorf("the next is on %s, ours until %v", w.again(next).Device, w.again(v).When.End())
		}
		if n := len(w.letters("1 = 1")) - letters; n != told {
			t.Errorf("%d letters went out", n-told)
		}
	})
}

// The patient's own next visit stands behind, too, and an interpreter's next one,
// of whom no more is said.
func TestThePatientAndTheInterpreterStandBehind(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.begun(1, desk.Details{Tongue: signed})
		behind := func() *desk.Behind {
			t.Helper()
			return must[desk.MoreTime](t)(w.MoreTime(ctx, nurse(1), v.Reference)).Choices[0].Behind
		}
		if b := behind(); b != nil {
			t.Errorf("behind it stands %+v", b)
		}
		w.at(today(15, 29))
		other := must[desk.Visit](t)(w.BookAt(ctx, nurse(1), desk.BookedVisit{
			Patient: patientID(2), Members: []booking.MemberID{memberID(2)}, Start: today(15, 31), Length: ten, Tongue: signed,
		}))
		if b := behind(); other.Interpreter != nil && (b == nil || b.What != desk.BehindInterpreter || b.Visit != nil) {
			t.Errorf("behind it stands %+v", b)
		}
		_, err := w.Extend(ctx, nurse(1), v.Reference, w.again(v).Version, five)
		if other.Interpreter != nil {
			refused(t, "without the interpreter", err, booking.ErrNoMoreTime)
		}
		if w.overlaps() != 0 {
			t.Error("something is taken twice")
		}
	})
}

// However many press at once, nothing is ever taken twice.
func TestMoreTimeIsRacedFor(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.begun(1, desk.Details{})
		w.at(today(15, 5))
		var all sync.WaitGroup
		var mu sync.Mutex
		granted := 0
		for n := range 8 {
			all.Go(func() {
				var err error
				if n%2 == 0 {
					_, err = w.Extend(ctx, nurse(1), v.Reference, v.Version, fifteen)
				} else {
					_, err = w.BookAt(ctx, nurse(1), desk.BookedVisit{
						Patient: patientID(2 + n%4/2), Members: []booking.MemberID{memberID(2 + n%4/2)}, Start: today(15, 50), Length: ten,
					})
				}
				mu.Lock()
				defer mu.Unlock()
				var refusal *booking.Refusal
				switch {
				case err == nil && n%2 == 0:
					granted++
				case err != nil && !errors.As(err, &refusal):
					t.Error(err)
				}
			})
		}
		all.Wait()
		if granted > 1 || w.overlaps() != 0 || w.unreserved() != 0 {
			t.Errorf("granted %d times; %d overlaps, %d without their iPad", granted, w.overlaps(), w.unreserved())
		}
	})
}

// An iPad that fails during a visit goes out of service, with the visits that were
// to be on it; and what it was given leave for, it cannot use any more.
func TestAFaultyIPadIsSwapped(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		next := w.on(w.book(2, today(17, 0), desk.Details{}), 1)
		v := w.begun(1, desk.Details{})
		_, err := w.Swap(ctx, nurse(1), v.Reference, v.Version, deviceID(2), "because")
		refused(t, "for no reason", err, booking.ErrBadChoice)
		_, err = w.Swap(ctx, nurse(2), v.Reference, v.Version, deviceID(2), desk.SwapFault)
		refused(t, "by another ward", err, booking.ErrNoSuchVisit)
		_, err = w.Swap(ctx, nurse(1), v.Reference, v.Version-1, deviceID(2), desk.SwapFault)
		refused(t, "by a page that is out of date", err, booking.ErrStale)
		_, err = w.Swap(ctx, nurse(1), next.Reference, next.Version, deviceID(2), desk.SwapFault)
		refused(t, "before it is started", err, booking.ErrNotStarted)

		swapped := must[desk.Visit](t)(w.Swap(ctx, nurse(1), v.Reference, v.Version, deviceID(2), desk.SwapFault))
		must[desk.Visit](t)(w.Swap(ctx, nurse(1), v.Reference, v.Version, deviceID(2), desk.SwapFault)) // pressed twice
		if swapped.Device != deviceID(2) || swapped.State != v.State {
			t.Errorf("%s on %s", swapped.State, swapped.Device)
		}
		for _, d := range must[[]booking.Device](t)(w.Devices(ctx, nurse(1), wardID(1))) {
			want := map[booking.DeviceID]booking.DeviceState{deviceID(1): booking.DeviceOutOfService, deviceID(2): booking.DeviceInUse}[d.ID]
			if d.State != want {
				t.Errorf("%s is %s, not %s", d.Tag, d.State, want)
			}
		}
		if w.again(next).Device != deviceID(2) || w.overlaps() != 0 || w.unreserved() != 0 {
			t.Errorf("the next is on %s; %d overlaps", w.again(next).Device, w.overlaps())
		}
		_, err = w.Arrive(ctx, v.ID, desk.SeatOfPatient, string(deviceID(1)))
		refused(t, "the old one, with its old leave", err, booking.ErrDeviceUnknown)
		_, err = w.JoinDevice(ctx, device(1, 1))
		refused(t, "the old one, asking again", err, booking.ErrNotStarted)
		must[desk.Seat](t)(w.JoinDevice(ctx, device(2, 1)))
		if in := must[bool](t)(w.Arrive(ctx, v.ID, desk.SeatOfPatient, string(deviceID(2)))); !in {
			t.Error("the new one has to wait")
		}
		if n := w.count(`SELECT count(*) FROM audit_events WHERE action = 'device_swapped'`); n != 1 {
			t.Errorf("written down %d times", n)
		}
		longer := must[desk.Visit](t)(w.Extend(ctx, nurse(1), v.Reference, w.again(v).Version, five)) // also after that
		if longer.When.End() != today(15, 35) || w.overlaps() != 0 {
			t.Errorf("it is %v", longer.When)
		}
	})
}

// One that only needs charging is to be cleaned like any other.
func TestAnEmptyIPadIsSwapped(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		next := w.on(w.book(2, today(17, 0), desk.Details{}), 1)
		v := w.begun(1, desk.Details{})
		w.at(today(15, 10))
		must[desk.Visit](t)(w.Swap(ctx, nurse(1), v.Reference, v.Version, deviceID(2), desk.SwapBattery))
		if d := must[[]booking.Device](t)(w.Devices(ctx, nurse(1), wardID(1)))[0]; d.State != booking.DeviceDirty || w.again(next).Device != deviceID(1) {
			t.Errorf("%s is %s; the next is on %s", d.Tag, d.State, w.again(next).Device)
		}
	})
}

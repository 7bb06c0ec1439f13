package desk_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/store"
)

// on gives visit v device n by hand, as it is now.
func (w *world) on(v desk.Visit, n int) desk.Visit {
	w.t.Helper()
	now := must[desk.Visit](w.t)(w.Visit(w.t.Context(), nurse(1, 2), v.Reference))
	return must[desk.Visit](w.t)(w.Reassign(w.t.Context(), nurse(1, 2), v.Reference, now.Version, deviceID(n)))
}

func (w *world) again(v desk.Visit) desk.Visit {
	w.t.Helper()
	return must[desk.Visit](w.t)(w.Visit(w.t.Context(), nurse(1, 2), v.Reference))
}

func (w *world) change(n int, change desk.DeviceChange) desk.Repacked {
	w.t.Helper()
	would := must[desk.Repacked](w.t)(w.RehearseDevice(w.t.Context(), nurse(1, 2), deviceID(n), change))
	done := must[desk.Repacked](w.t)(w.ChangeDevice(w.t.Context(), nurse(1, 2), deviceID(n), change))
	if !slices.Equal(would.Moved, done.Moved) || !slices.Equal(would.Left, done.Left) {
		w.t.Errorf("%T was rehearsed as %v and done as %v", change, would, done)
	}
	return done
}

// lostFlags counts the open flags about devices.
func (w *world) lostFlags() int {
	w.t.Helper()
	return w.count(`SELECT count(*) FROM flags WHERE kind = 'device_lost' AND closed_at IS NULL`)
}

// unreserved counts booked visits whose iPad is not reserved for exactly their time.
func (w *world) unreserved() int {
	w.t.Helper()
	return w.count(`SELECT count(*) FROM visits AS v WHERE v.state IN ('held', 'booked') AND 1 <> (SELECT count(*) FROM reservations AS r
WHERE r.visit_id = v.id AND r.resource_kind = 'device' AND r.resource_id = v.device_id AND r.state <> 'released'
AND r.starts_at < v.starts_at AND r.ends_at > v.ends_at)`)
}

// Both iPads are taken for a part of the time that is asked for, so neither is
// free, but one visit can go to the other iPad.
func TestAVisitMakesRoomForAnother(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		first := w.book(1, today(15, 0), desk.Details{})
		second := w.on(w.book(2, today(15, 45), desk.Details{}), deviceNumber(w.spare(first.Device)))
		letters := len(w.letters("1 = 1"))

		offered := must[desk.Offering](t)(w.Offering(t.Context(), as(3), patientID(3), booking.DateOf(morning, london), 1))
		if !slices.ContainsFunc(offered.Days[0].Slots, func(s booking.Slot) bool { return s.When.Start().Equal(today(15, 15)) }) {
			t.Error("a time that can be had is not offered")
		}
		third := must[desk.Visit](t)(w.Hold(t.Context(), as(3), patientID(3), visitorID(3), today(15, 15)))
		now := w.again(second)
		if now.Device != first.Device || third.Device == first.Device {
			t.Errorf("the first is on %s, the second on %s, the third on %s", first.Device, now.Device, third.Device)
		}
		if now.Version != second.Version+1 || !now.When.Start().Equal(second.When.Start()) {
			t.Errorf("version %d after %d, at %v", now.Version, second.Version, now.When)
		}
		if n := w.count(`SELECT count(*) FROM audit_events WHERE action = 'device_reassigned' AND subject = $1`, "visit "+string(second.ID)); n != 2 {
			t.Errorf("recorded %d times: by hand and to make room", n)
		}
		if got := len(w.letters("1 = 1")); got != letters {
			t.Errorf("%d letters, before %d: nobody is to be told", got, letters)
		}
		if w.overlaps() != 0 || w.unreserved() != 0 {
			t.Errorf("%d overlaps, %d without their iPad", w.overlaps(), w.unreserved())
		}
	})
}

// A visit also makes room for one that is moved, in the place that it leaves.
func TestAVisitMakesRoomForOneThatMoves(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		first := w.book(1, today(15, 0), desk.Details{})
		w.on(w.book(2, today(15, 45), desk.Details{}), deviceNumber(w.spare(first.Device)))
		third := w.book(3, today(17, 0), desk.Details{})
		moved := must[desk.Visit](t)(w.Move(t.Context(), as(3), third.Reference, w.again(third).Version, today(15, 15)))
		if !moved.When.Start().Equal(today(15, 15)) || w.overlaps() != 0 || w.unreserved() != 0 {
			t.Errorf("moved to %v; %d overlaps, %d without their iPad", moved.When, w.overlaps(), w.unreserved())
		}
		back := must[desk.Visit](t)(w.Move(t.Context(), as(3), third.Reference, moved.Version, today(17, 0)))
		if !back.When.Start().Equal(today(17, 0)) || w.overlaps() != 0 || w.unreserved() != 0 {
			t.Errorf("moved back to %v; %d overlaps, %d without their iPad", back.When, w.overlaps(), w.unreserved())
		}
	})
}

// What is on its way stays where it is, so there is no room when that would have to
// move.
func TestNothingMovesThatIsOnItsWay(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		first := w.book(1, today(15, 0), desk.Details{})
		second := w.on(w.book(2, today(15, 45), desk.Details{}), deviceNumber(w.spare(first.Device)))
		w.at(today(14, 50)) // the first iPad is being prepared
		if _, err := w.Hold(t.Context(), nurse(1), patientID(3), visitorID(3), today(15, 15)); err != nil {
			t.Errorf("the second could move: %v", err)
		}
		if got := w.again(second); got.Device != first.Device {
			t.Errorf("the second is on %s", got.Device)
		}
		if got := w.again(first); got.Device != first.Device {
			t.Errorf("the first is on %s", got.Device)
		}
	})
}

// A lost iPad's visits go to others; the one for which there is none is flagged,
// keeps its time, and is well again when the iPad is found.
func TestALostIPad(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		early := w.book(1, today(14, 0), desk.Details{})
		late := w.on(w.book(2, today(16, 0), desk.Details{}), deviceNumber(early.Device))
		w.on(w.book(3, today(16, 15), desk.Details{}), deviceNumber(w.spare(early.Device)))
		letters := len(w.letters("1 = 1"))
		n := deviceNumber(early.Device)

		done := w.change(n, desk.Withdraw{State: booking.DeviceLost, Reason: "not in its place"})
		if !slices.Equal(done.Moved, []booking.VisitID{early.ID}) || !slices.Equal(done.Left, []booking.VisitID{late.ID}) {
			t.Errorf("moved %v, left %v", done.Moved, done.Left)
		}
		if got := w.again(early); got.Device != w.spare(early.Device) {
			t.Errorf("the early one is on %s", got.Device)
		}
		if got := w.again(late); got.State != booking.Booked || got.Device != early.Device || w.lostFlags() != 1 {
			t.Errorf("the late one is %s on %s, with %d flags", got.State, got.Device, w.lostFlags())
		}
		if _, err := w.Hold(t.Context(), as(1), patientID(1), visitorID(1), today(16, 0)); !errors.Is(err, booking.ErrSlotTaken) {
			t.Errorf("a lost iPad was booked: %v", err)
		}
		if again := w.change(n, desk.Withdraw{State: booking.DeviceLost, Reason: "still"}); len(again.Moved) > 0 {
			t.Errorf("pressed twice it moved %v", again.Moved)
		}

		w.change(n, desk.Restore{})
		devices := must[[]booking.Device](t)(w.Devices(t.Context(), nurse(1), wardID(1)))
		for _, d := range devices {
			if d.ID == early.Device && d.State != booking.DeviceDirty {
				t.Errorf("it comes back %s, not to be cleaned", d.State)
			}
		}
		if w.lostFlags() != 0 || w.overlaps() != 0 || w.unreserved() != 0 {
			t.Errorf("%d flags, %d overlaps, %d without their iPad", w.lostFlags(), w.overlaps(), w.unreserved())
		}
		if got := len(w.letters("1 = 1")); got != letters {
			t.Errorf("%d letters, before %d: nobody is to be told", got, letters)
		}
	})
}

// When a visit that had no iPad can have another one, because one comes back, it
// gets it, whichever that is.
func TestWhatIsLeftIsTriedAgain(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		v := w.book(1, today(15, 0), desk.Details{})
		n, spare := deviceNumber(v.Device), deviceNumber(w.spare(v.Device))
		w.change(spare, desk.Withdraw{State: booking.DeviceOutOfService, Reason: "cracked"})
		if done := w.change(n, desk.Withdraw{State: booking.DeviceLost, Reason: "gone"}); len(done.Left) != 1 || w.lostFlags() != 1 {
			t.Fatalf("left %v, %d flags", done.Left, w.lostFlags())
		}
		w.change(spare, desk.Restore{})
		if got := w.again(v); got.Device != deviceID(spare) || w.lostFlags() != 0 {
			t.Errorf("on %s, with %d flags", got.Device, w.lostFlags())
		}
	})
}

// A visit whose time has begun, and that nobody has started, goes to an iPad on
// which it could start, for what is left of it; without one, it is said to be left.
func TestAnIPadIsLostWhenTheVisitShouldHaveBegun(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		v := w.book(1, today(15, 0), desk.Details{})
		n, spare := deviceNumber(v.Device), deviceNumber(w.spare(v.Device))
		w.at(today(15, 2))
		done := w.change(n, desk.Withdraw{State: booking.DeviceLost, Reason: "gone"})
		if len(done.Moved) != 0 || !slices.Equal(done.Left, []booking.VisitID{v.ID}) || w.lostFlags() != 1 {
			t.Errorf("moved %v, left %v, %d flags: no other is paired", done.Moved, done.Left, w.lostFlags())
		}
		w.pair(spare, 1)
		done = w.change(n, desk.Withdraw{State: booking.DeviceOutOfService, Reason: "found, and cracked"})
		if !slices.Equal(done.Moved, []booking.VisitID{v.ID}) || len(done.Left) != 0 || w.lostFlags() != 0 {
			t.Errorf("moved %v, left %v, %d flags", done.Moved, done.Left, w.lostFlags())
		}
		if got := w.again(v); got.Device != deviceID(spare) || got.State != booking.Booked || w.overlaps() != 0 {
			t.Errorf("%s on %s, %d overlaps", got.State, got.Device, w.overlaps())
		}
		must[desk.Visit](t)(w.Start(t.Context(), nurse(1), v.Reference))
	})
}

func TestLendingAnIPad(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.on(w.book(1, today(15, 0), desk.Details{}), 1)
		after := w.on(w.book(2, today(17, 0), desk.Details{}), 1)
		there := w.book(4, today(14, 45), desk.Details{})

		done := w.change(1, desk.Lend{To: wardID(2), From: today(14, 0), Till: today(16, 30)})
		if !slices.Equal(done.Moved, []booking.VisitID{v.ID}) || w.again(v).Device != deviceID(2) || w.again(after).Device != deviceID(1) {
			t.Errorf("moved %v: %s and %s", done.Moved, w.again(v).Device, w.again(after).Device)
		}
		_, err := w.ChangeDevice(ctx, nurse(1), deviceID(1), desk.Lend{To: wardID(2), From: today(16, 0), Till: today(18, 0)})
		refused(t, "lend what is lent", err, booking.ErrLoanClashes)

		// Ward 2 has two iPads then, and only then.
		staff := nurse(2)
		held := must[desk.Visit](t)(w.BookAt(ctx, staff, desk.BookedVisit{Patient: patientID(4), Members: []booking.MemberID{memberID(4)}, Start: today(15, 40), Length: 30 * time.Minute}))
		moved := w.on(there, 1)
		if moved.Device != deviceID(1) || held.Ward != wardID(2) {
			t.Errorf("on %s", moved.Device)
		}
		if _, err = w.Reassign(ctx, staff, held.Reference, held.Version, deviceID(1)); err != nil {
			t.Errorf("the second on the borrowed one: %v", err)
		}

		// Whoever has it may clean it.
		ok(t, w.Cleaned(ctx, nurse(1), deviceID(1), booking.Chlorine))
		w.at(today(15, 0))
		ok(t, w.Cleaned(ctx, staff, deviceID(1), booking.Chlorine))
		if screen := must[desk.Screen](t)(w.Screen(ctx, device(1, 1))); screen.Ward.ID != wardID(2) || screen.Visit == nil {
			t.Errorf("the lent iPad shows ward %s and %v", screen.Ward.ID, screen.Visit)
		}
		if board := must[desk.Board](t)(w.Board(ctx, staff, wardID(2), booking.DateOf(morning, london))); len(board.Devices) != 2 {
			t.Errorf("%d iPads on the board", len(board.Devices))
		}
		// A label is read in the ward that has it, and in the one that it belongs to.
		for by, want := range map[int]booking.WardID{1: wardID(1), 2: wardID(2)} {
			if ward := must[booking.WardID](t)(w.WardOfDevice(ctx, nurse(by), deviceID(1))); ward != want {
				t.Errorf("nurse %d finds it in %s", by, ward)
			}
		}
		refused(t, "a label from elsewhere", second(w.WardOfDevice(ctx, nurse(3), deviceID(1))), booking.ErrNoSuchDevice)
		fleet := must[[]desk.WardFleet](t)(w.Fleet(ctx, staff))
		if len(fleet) != 1 || fleet[0].Ward.ID != wardID(2) || len(fleet[0].Devices) != 1 {
			t.Errorf("ward 2 sees %+v", fleet)
		}
		w.at(morning)
		refused(t, "cleaned before it is there", w.Cleaned(ctx, staff, deviceID(1), booking.Chlorine), booking.ErrNoSuchDevice)

		// Taken back, it leaves ward 2 with one.
		loans := must[[]booking.Loan](t)(w.Loans(ctx, nurse(1), wardID(1)))
		if len(loans) != 1 || loans[0].To != wardID(2) {
			t.Fatalf("loans %v", loans)
		}
		back := w.change(1, desk.TakeBack{Loan: loans[0].ID})
		if len(back.Moved) != 2 || w.again(there).Device != deviceID(3) || w.again(held).Device != deviceID(3) {
			t.Errorf("moved %v: %s and %s", back.Moved, w.again(there).Device, w.again(held).Device)
		}
		_, err = w.ChangeDevice(ctx, nurse(1), deviceID(1), desk.TakeBack{Loan: loans[0].ID})
		refused(t, "take back twice", err, booking.ErrNotLent)
		if w.overlaps() != 0 || w.unreserved() != 0 || w.lostFlags() != 0 {
			t.Errorf("%d overlaps, %d without their iPad, %d flags", w.overlaps(), w.unreserved(), w.lostFlags())
		}
	})
}

func TestDedicatingAnIPad(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		ok(t, w.store.Do(ctx, func(tx *store.Tx) error { return tx.AddBed(ctx, id[string]('b', 50), wardID(1), "Bay 2", "Bed 50") }))
		first := w.on(w.book(1, today(15, 0), desk.Details{}), 1)
		second := w.on(w.book(2, today(15, 15), desk.Details{}), 2)

		// Nobody lies in bay 2, so its iPad serves nobody, and one visit has none.
		done := w.change(1, desk.SetZone{Zone: "Bay 2", Dedicated: true})
		if !slices.Equal(done.Left, []booking.VisitID{first.ID}) {
			t.Errorf("left %v", done.Left)
		}
		if w.lostFlags() != 1 {
			t.Errorf("%d flags", w.lostFlags())
		}
		_, err := w.Reassign(ctx, nurse(1), second.Reference, w.again(second).Version, deviceID(1))
		refused(t, "through the wall of a zone", err, booking.ErrOtherZone)
		_, err = w.Hold(ctx, as(3), patientID(3), visitorID(3), today(15, 0))
		refused(t, "hold with the only other iPad taken", err, booking.ErrSlotTaken)

		// A home is no wall.
		if done = w.change(1, desk.SetZone{Zone: "Bay 2"}); len(done.Left) != 0 {
			t.Errorf("left %v", done.Left)
		}
		if w.overlaps() != 0 || w.unreserved() != 0 || w.lostFlags() != 0 {
			t.Errorf("%d overlaps, %d without their iPad, %d flags", w.overlaps(), w.unreserved(), w.lostFlags())
		}
		third := w.book(3, today(17, 0), desk.Details{})
		if third.Device != deviceID(2) {
			t.Errorf("another bay's iPad was preferred: %s", third.Device)
		}
	})
}

// Two visits change iPads when a zone asks for that and neither iPad is free.
func TestDedicatingChangesTwoOver(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		ok(t, w.store.Do(ctx, func(tx *store.Tx) error {
			if err := tx.AddBed(ctx, id[string]('b', 50), wardID(1), "Bay 2", "Bed 50"); err != nil {
				return err
			}
			return nil
		}))
		if _, err := w.raw.ExecContext(ctx, `UPDATE stays SET bed_id = $1 WHERE patient_id = $2`, id[string]('b', 50), string(patientID(2))); err != nil {
			t.Fatal(err)
		}
		one := w.on(w.book(1, today(15, 0), desk.Details{}), 1)
		two := w.on(w.book(2, today(15, 0), desk.Details{}), 2)
		done := w.change(1, desk.SetZone{Zone: "Bay 2", Dedicated: true})
		if len(done.Moved) != 2 || w.again(one).Device != deviceID(2) || w.again(two).Device != deviceID(1) {
			t.Errorf("moved %v: %s and %s", done.Moved, w.again(one).Device, w.again(two).Device)
		}
		if w.overlaps() != 0 || w.unreserved() != 0 {
			t.Errorf("%d overlaps, %d without their iPad", w.overlaps(), w.unreserved())
		}
	})
}

func TestDeviceChangesThatAreRefused(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.pair(1, 1)
		v := w.on(w.book(1, today(15, 0), desk.Details{}), 1)
		w.at(today(14, 55))
		must[desk.Visit](t)(w.Start(ctx, nurse(1), v.Reference))
		for _, tt := range []struct {
			name   string
			by     booking.Actor
			n      int
			change desk.DeviceChange
			want   error
		}{
			{"another ward's", nurse(2), 1, desk.Withdraw{State: booking.DeviceLost, Reason: "gone"}, booking.ErrNoSuchDevice},
			{"a relative", as(1), 1, desk.Withdraw{State: booking.DeviceLost, Reason: "gone"}, booking.ErrNoSuchDevice},
			{"none", nurse(1), 99, desk.Restore{}, booking.ErrNoSuchDevice},
			{"into a state of use", nurse(1), 2, desk.Withdraw{State: booking.DeviceReady, Reason: "fine"}, booking.ErrBadChoice},
			{"for no reason", nurse(1), 2, desk.Withdraw{State: booking.DeviceLost, Reason: " "}, booking.ErrMissing},
			{"lent to its own ward", nurse(1), 2, desk.Lend{To: wardID(1), From: today(15, 0), Till: today(16, 0)}, booking.ErrBadLoan},
			{"lent backwards", nurse(1), 2, desk.Lend{To: wardID(2), From: today(16, 0), Till: today(16, 0)}, booking.ErrBadLoan},
			{"lent into the past", nurse(1), 2, desk.Lend{To: wardID(2), From: today(10, 0), Till: today(11, 0)}, booking.ErrBadLoan},
			{"lent for years", nurse(1), 2, desk.Lend{To: wardID(2), From: today(16, 0), Till: today(16, 0).AddDate(2, 0, 0)}, booking.ErrBadLoan},
			{"lent to no ward", nurse(1), 2, desk.Lend{To: wardID(9), From: today(15, 0), Till: today(16, 0)}, booking.ErrNoSuchWard},
			{"lent out of a visit", nurse(1), 1, desk.Lend{To: wardID(2), From: today(14, 0), Till: today(16, 0)}, booking.ErrDeviceBusy},
			{"dedicated out of a visit", nurse(1), 1, desk.SetZone{Zone: "Bay 1", Dedicated: true}, booking.ErrDeviceBusy},
			{"kept in no bay", nurse(1), 2, desk.SetZone{Zone: "Bay 9"}, booking.ErrBadChoice},
			{"dedicated to nothing", nurse(1), 2, desk.SetZone{Dedicated: true}, booking.ErrBadChoice},
			{"taken back from nobody", nurse(1), 2, desk.TakeBack{Loan: id[booking.LoanID]('l', 1)}, booking.ErrNotLent},
		} {
			events := w.count(`SELECT count(*) FROM audit_events`)
			_, err := w.RehearseDevice(ctx, tt.by, deviceID(tt.n), tt.change)
			refused(t, tt.name+", rehearsed", err, tt.want)
			_, err = w.ChangeDevice(ctx, tt.by, deviceID(tt.n), tt.change)
			refused(t, tt.name, err, tt.want)
			if n := w.count(`SELECT count(*) FROM audit_events`); n != events {
				t.Errorf("%s: something is recorded", tt.name)
			}
		}
		// Once it has been at a bed it is lent and dedicated only clean.
		must[desk.Visit](t)(w.End(ctx, nurse(1), v.Reference, booking.Technical))
		_, err := w.ChangeDevice(ctx, nurse(1), deviceID(1), desk.Lend{To: wardID(2), From: today(14, 0), Till: today(16, 0)})
		refused(t, "lent dirty", err, booking.ErrDeviceDirty)
		_, err = w.ChangeDevice(ctx, nurse(1), deviceID(1), desk.SetZone{Zone: "Bay 1", Dedicated: true})
		refused(t, "dedicated dirty", err, booking.ErrDeviceDirty)
		ok(t, w.Cleaned(ctx, nurse(1), deviceID(1), booking.Chlorine))
		w.change(1, desk.SetZone{Zone: "Bay 1", Dedicated: true})
	})
}

// An iPad breaks at the bed: the visit goes on, on a spare that is paired and
// clean.
func TestASpareTakesOverAVisit(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.on(w.book(1, today(15, 0), desk.Details{}), 1)
		next := w.on(w.book(2, today(15, 45), desk.Details{}), 2)
		w.pair(1, 1)
		w.at(today(14, 55))
		started := must[desk.Visit](t)(w.Start(ctx, nurse(1), v.Reference))
		w.at(today(15, 10))
		w.change(1, desk.Withdraw{State: booking.DeviceOutOfService, Reason: "screen broke"})
		_, err := w.Reassign(ctx, nurse(1), v.Reference, started.Version, deviceID(2))
		refused(t, "onto one that is not paired", err, booking.ErrNotPaired)
		w.pair(2, 1)
		swapped := must[desk.Visit](t)(w.Reassign(ctx, nurse(1), v.Reference, started.Version, deviceID(2)))
		if swapped.Device != deviceID(2) || swapped.State != started.State {
			t.Errorf("%s on %s", swapped.State, swapped.Device)
		}
		for _, d := range must[[]booking.Device](t)(w.Devices(ctx, nurse(1), wardID(1))) {
			if want := map[booking.DeviceID]booking.DeviceState{deviceID(1): booking.DeviceOutOfService, deviceID(2): booking.DeviceInUse}[d.ID]; d.State != want {
				t.Errorf("%s is %s, not %s", d.Tag, d.State, want)
			}
		}
		if w.overlaps() != 0 || w.again(next).Device != deviceID(2) {
			t.Errorf("%d overlaps; the next is on %s", w.overlaps(), w.again(next).Device)
		}
		open := must[desk.Screen](t)(w.Screen(ctx, device(2, 1)))
		if open.Visit == nil || open.Visit.ID != v.ID {
			t.Errorf("the spare shows %v", open.Visit)
		}
	})
}

func TestReassigningByHandIsRefused(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.on(w.book(1, today(15, 0), desk.Details{}), 1)
		other := w.on(w.book(2, today(15, 15), desk.Details{}), 2)
		v = w.on(v, 2) // the two change places
		if w.again(other).Device != deviceID(1) || w.overlaps() != 0 || w.unreserved() != 0 {
			t.Errorf("the other is on %s; %d overlaps, %d without their iPad", w.again(other).Device, w.overlaps(), w.unreserved())
		}
		w.at(today(15, 6)) // both are on their way
		_, err := w.Reassign(ctx, nurse(1), v.Reference, v.Version, deviceID(1))
		refused(t, "onto one that is taken", err, booking.ErrDeviceTaken)
		_, err = w.Reassign(ctx, nurse(1), v.Reference, v.Version, deviceID(3))
		refused(t, "onto another ward's", err, booking.ErrDeviceAway)
		_, err = w.Reassign(ctx, nurse(2), v.Reference, v.Version, deviceID(2))
		refused(t, "by another ward", err, booking.ErrNoSuchVisit)
		_, err = w.Reassign(ctx, as(1), v.Reference, v.Version, deviceID(2))
		refused(t, "by a relative", err, booking.ErrNoSuchVisit)
		_, err = w.Reassign(ctx, nurse(1), v.Reference, v.Version-1, deviceID(1))
		refused(t, "from an old page", err, booking.ErrStale)
		must[desk.Visit](t)(w.Cancel(ctx, nurse(1), v.Reference, v.Version))
		_, err = w.Reassign(ctx, nurse(1), v.Reference, v.Version+1, deviceID(2))
		refused(t, "once it is cancelled", err, booking.ErrVisitOver)
	})
}

// Sixty-four clients book, move, cancel and reassign while iPads are lost, found,
// lent, taken back and dedicated. Nothing overlaps, everybody is answered by a
// rule, and at the end every visit has an iPad that is for it, or a flag.
func TestFleetUnderEverybody(t *testing.T) {
	const families, staff, turns = 56, 8, 6
	inHospitalOf(t, families, families, func(t *testing.T, w *world) {
		ctx := t.Context()
		ok(t, w.store.Do(ctx, func(tx *store.Tx) error {
			for n := 4; n <= 8; n++ {
				d := booking.Device{ID: deviceID(n), Tag: "spare " + string(rune('0'+n)), Ward: wardID(1), State: booking.DeviceReady}
				if err := tx.AddDevice(ctx, d); err != nil {
					return err
				}
			}
			return nil
		}))
		var wg sync.WaitGroup
		var done, moved atomic.Int64
		report := func(who string, err error) {
			if refusal := (*booking.Refusal)(nil); err != nil && !errors.As(err, &refusal) {
				t.Errorf("%s: a fault, not a refusal: %v", who, err)
			} else if err == nil {
				done.Add(1)
			}
		}
		for n := 1; n <= families; n++ {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(uint64(n), 11))
				for range turns {
					report("a family", w.turn(n, r))
				}
			})
		}
		for n := range staff {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(uint64(n), 12))
				for range turns {
					changed, err := w.ChangeDevice(ctx, nurse(1, 2), deviceID(1+r.IntN(8)), w.anyChange(r))
					moved.Add(int64(len(changed.Moved)))
					report("a nurse", err)
				}
			})
		}
		wg.Wait()
		if w.overlaps() != 0 || w.unreserved() != 0 {
			t.Errorf("%d overlaps, %d without their iPad", w.overlaps(), w.unreserved())
		}
		if done.Load() < families/3 { // most are refused: there is one slot for many
			t.Errorf("only %d turns came to anything", done.Load())
		}
		if n := w.count(`SELECT count(*) FROM visits AS v JOIN devices AS d ON d.id = v.device_id WHERE v.state = 'booked'
AND (d.state IN ('lost', 'out_of_service') OR EXISTS (SELECT 1 FROM device_loans AS l WHERE l.device_id = d.id AND l.returned_at IS NULL
AND l.to_ward <> v.ward_id AND l.from_at < v.ends_at AND v.starts_at < l.to_at))
AND NOT EXISTS (SELECT 1 FROM flags AS f WHERE f.visit_id = v.id AND f.kind = 'device_lost' AND f.closed_at IS NULL)`); n != 0 {
			t.Errorf("%d visits are on iPads that are not there, and not flagged", n)
		}
		t.Logf("%d acts, %d visits moved by changes, %d in all", done.Load(), moved.Load(),
			w.count(`SELECT count(*) FROM audit_events WHERE action = 'device_reassigned'`))
	})
}

// anyChange is something that could happen to an iPad.
func (w *world) anyChange(r *rand.Rand) desk.DeviceChange {
	switch r.IntN(5) {
	case 0:
		return desk.Withdraw{State: booking.DeviceLost, Reason: "gone"}
	case 1:
		from := today(14, 0).Add(time.Duration(r.IntN(6)) * 30 * time.Minute)
		return desk.Lend{To: wardID(2), From: from, Till: from.Add(time.Hour)}
	case 2:
		loans, err := w.Loans(w.t.Context(), nurse(1), wardID(1))
		if err == nil && len(loans) > 0 {
			return desk.TakeBack{Loan: loans[r.IntN(len(loans))].ID}
		}
	case 3:
		return desk.SetZone{Zone: "Bay 1", Dedicated: r.IntN(5) == 0}
	}
	return desk.Restore{}
}

package desk_test

import (
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// A visit whose own iPad can't be used starts on another that is free, and only
// then: what it leaves behind and what it takes are reserved as they should be.
func TestAVisitStartsOnTheIPadThatWorks(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{})
		spare := w.spare(v.Device)
		w.at(today(14, 55))
		w.pair(deviceNumber(spare), 1)
		started := must[desk.Visit](t)(w.Start(ctx, nurse(1), v.Reference))
		if started.Device != spare || started.State != booking.Preparing {
			t.Fatalf("started %v on %v, not on %v", started.State, started.Device, spare)
		}
		devices := must[[]booking.Device](t)(w.Devices(ctx, nurse(1), wardID(1)))
		for _, d := range devices {
			if inUse := d.State == booking.DeviceInUse; inUse != (d.ID == spare) {
				t.Errorf("%s is %s", d.Tag, d.State)
			}
		}

		other := w.book(2, today(15, 30), desk.Details{}) // now on the one that was left
		if other.Device == spare {
			t.Errorf("a second visit was booked on %s while it is taken", started.DeviceRecord.Tag)
		}
		w.at(today(15, 20))
		_, err := w.Start(ctx, nurse(1), other.Reference)
		refused(t, "start with no iPad that works", err, booking.ErrNotPaired)
		w.at(today(15, 20).Add(time.Minute))
		must[desk.Visit](t)(w.End(ctx, nurse(1), v.Reference, booking.Technical))
	})
}

// A program that died told nobody that people had gone; the next one begins with
// empty rooms, and who is still there arrives again.
func TestRoomsOpenEmpty(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{})
		w.at(today(14, 55))
		her := must[desk.Seat](t)(w.Join(ctx, as(1), v.Reference))
		for _, wantHere := range []bool{true, false, true} {
			if wantHere {
				must[bool](t)(w.Arrive(ctx, v.ID, her.Seat, ""))
			} else {
				ok(t, w.OpenRooms(ctx))
			}
			shown := must[desk.Visit](t)(w.Visit(ctx, nurse(1), v.Reference))
			if here := shown.People[0].Waiting(); here != wantHere {
				t.Errorf("waiting: %v, want %v", here, wantHere)
			}
		}
	})
}

// What the board promises, Start keeps: only an iPad that is free and clean, and
// one is clean again as soon as somebody says so.
func TestTheBoardNamesTheIPadThatAVisitStartsOn(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		first := w.book(1, today(15, 0), desk.Details{})
		spare := w.spare(first.Device)
		w.at(today(14, 55))
		w.pair(deviceNumber(spare), 1)
		promised := func() map[booking.Reference]booking.DeviceID {
			t.Helper()
			board := must[desk.Board](t)(w.Board(ctx, nurse(1), wardID(1), booking.DateOf(today(15, 0), time.UTC)))
			found := map[booking.Reference]booking.DeviceID{}
			for _, v := range board.Visits {
				if v.StandIn != nil {
					found[v.Reference] = v.StandIn.ID
				}
			}
			return found
		}
		if got := promised(); got[first.Reference] != spare || len(got) != 1 {
			t.Fatalf("promised %v, want %v to the first", got, spare)
		}
		started := must[desk.Visit](t)(w.Start(ctx, nurse(1), first.Reference))
		if started.Device != spare {
			t.Errorf("started on %v, not on what was promised", started.Device)
		}
		must[desk.Visit](t)(w.End(ctx, nurse(1), first.Reference, booking.NoShowVisitor))
		second := w.book(2, today(15, 30), desk.Details{})
		w.at(today(15, 25))
		if got := promised(); second.Device != spare && len(got) != 0 {
			t.Errorf("promised %v while it is to be cleaned", got)
		}
		ok(t, w.Cleaned(ctx, nurse(1), spare, booking.Chlorine))
		if got := promised(); second.Device != spare && got[second.Reference] != spare {
			t.Errorf("promised %v once %v is clean", got, spare)
		}
		must[desk.Visit](t)(w.Start(ctx, nurse(1), second.Reference))
		if n := w.overlaps(); n > 0 {
			t.Errorf("%d overlapping reservations", n)
		}
		board := must[desk.Board](t)(w.Board(ctx, nurse(1), wardID(1), booking.DateOf(today(15, 0), time.UTC)))
		if len(board.Visits) != 2 {
			t.Errorf("%d visits on the board: one that was called off is history too", len(board.Visits))
		}
	})
}

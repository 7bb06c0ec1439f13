package desk_test

import (
	"slices"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// An iPad tries itself once in the morning, in no visit's way, and what it finds is
// there until another takes its place.
func TestAnIPadTriesItself(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.at(today(5, 59))
		tablet := must[booking.Actor](t)(w.DeviceActor(ctx, w.pair(3, 2)))
		due := func() bool { return must[desk.Screen](t)(w.Screen(ctx, tablet)).Check }
		if !due() {
			t.Error("it was never tried, and is not to be")
		}
		ok(t, w.CheckDevice(ctx, tablet, booking.SenseWorks, booking.SenseWorks))
		if due() {
			t.Error("it is tried twice in one night")
		}
		w.at(today(6, 0))
		if !due() {
			t.Error("it is not tried in the morning")
		}
		v := must[desk.Visit](t)(w.BookAt(ctx, booking.System, desk.BookedVisit{
			Patient: patientID(4), Members: []booking.MemberID{memberID(4)}, Start: today(6, 20), Length: 15 * time.Minute}))
		w.at(today(6, 5))
		if due() {
			t.Error("it is tried at the bed before a visit")
		}
		must[desk.Visit](t)(w.Start(ctx, nurse(2), v.Reference))
		if due() {
			t.Error("it is tried in the middle of a visit")
		}
		must[desk.Visit](t)(w.End(ctx, nurse(2), v.Reference, booking.NoShowVisitor))
		refused(t, "what is no finding", w.CheckDevice(ctx, tablet, "fine", booking.SenseWorks), booking.ErrBadChoice)
		refused(t, "nothing tried", w.CheckDevice(ctx, tablet, booking.SenseWorks, booking.SenseUntried), booking.ErrBadChoice)
		refused(t, "a dark microphone", w.CheckDevice(ctx, tablet, booking.SenseWorks, booking.SenseDark), booking.ErrBadChoice)
		refused(t, "not a device", w.CheckDevice(ctx, nurse(2), booking.SenseWorks, booking.SenseWorks), booking.ErrDeviceUnknown)
		ok(t, w.CheckDevice(ctx, tablet, booking.SenseMissing, booking.SenseWorks))

		device := func() booking.Device { return must[[]booking.Device](t)(w.Devices(ctx, nurse(2), wardID(2)))[0] }
		if got := device(); got.Check != (booking.DeviceCheck{At: today(6, 5), Camera: booking.SenseMissing, Microphone: booking.SenseWorks}) || !slices.Contains(got.Needs(today(6, 6)), booking.NeedsRepair) {
			t.Errorf("found %+v, needs %v", got.Check, got.Needs(today(6, 6)))
		}
		w.pair(3, 2)
		if got := device(); got.Check != (booking.DeviceCheck{}) {
			t.Errorf("the next iPad begins with %+v", got.Check)
		}
	})
}

// A clock that is wrong is told by how much, and boards hear of it once.
func TestAnIPadsClock(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		tablet := must[booking.Actor](t)(w.DeviceActor(ctx, w.pair(1, 1)))
		for _, wrong := range []time.Duration{0, time.Minute, -24 * time.Hour, 24 * time.Hour, -30 * 365 * 24 * time.Hour} {
			ok(t, w.Heartbeat(ctx, tablet, booking.Heartbeat{Battery: -1, Clock: w.clock().Add(wrong), Answer: 40 * time.Millisecond}))
			got := must[[]booking.Device](t)(w.Devices(ctx, nurse(1), wardID(1)))[0]
			if got.ClockAhead != wrong || got.Answer != 40*time.Millisecond || got.ClockWrong() != (wrong.Abs() > 2*time.Minute) {
				t.Errorf("%v: %+v", wrong, got)
			}
		}
		ok(t, w.Heartbeat(ctx, tablet, booking.Heartbeat{Clock: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}))
		refused(t, "an answer before it was asked", w.Heartbeat(ctx, tablet, booking.Heartbeat{Answer: -1}), booking.ErrBadChoice)
	})
}

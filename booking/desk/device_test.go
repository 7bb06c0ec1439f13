package desk_test

import (
	"errors"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/store"
)

func TestPairing(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		first := must[desk.Pairing](t)(w.BeginPairing(ctx, nurse(1), deviceID(1)))
		code := must[desk.Pairing](t)(w.BeginPairing(ctx, nurse(1), deviceID(1)))
		for _, bad := range []string{first.Code, "", "K7M-4PQ", "not a code"} {
			_, _, err := w.pairAs(newIPad(t), bad)
			refused(t, "code "+bad, err, booking.ErrPairingCode)
		}
		typed := " " + string(code.Code[0]+'a'-'A') + code.Code[1:3] + " " + code.Code[4:]
		if code.Code[0] < 'A' {
			typed = code.Code
		}
		dev, key, err := w.pairAs(newIPad(t), typed)
		ok(t, err)
		if dev.ID != deviceID(1) || !dev.Paired || len(key) < 40 {
			t.Errorf("paired %+v", dev)
		}
		_, _, err = w.pairAs(newIPad(t), code.Code)
		refused(t, "the same code again", err, booking.ErrPairingCode)
		actor := must[booking.Actor](t)(w.DeviceActor(ctx, key))
		if actor.Kind != booking.DeviceActor || actor.ID != string(deviceID(1)) || actor.Knows(wardID(1)) {
			t.Errorf("its key is %+v's", actor)
		}
		again := w.pair(1, 1)
		refused(t, "the earlier key", second(w.DeviceActor(ctx, key)), booking.ErrDeviceUnknown)
		old := must[desk.Pairing](t)(w.BeginPairing(ctx, nurse(1), deviceID(1)))
		w.at(morning.Add(10 * time.Minute))
		_, _, err = w.pairAs(newIPad(t), old.Code)
		refused(t, "an old code", err, booking.ErrPairingCode)
		ok(t, w.Unpair(ctx, nurse(1), deviceID(1)))
		ok(t, w.Unpair(ctx, nurse(1), deviceID(1)))
		refused(t, "after unpairing", second(w.DeviceActor(ctx, again)), booking.ErrDeviceUnknown)
		refused(t, "no key at all", second(w.DeviceActor(ctx, "")), booking.ErrDeviceUnknown)
		if w.count(`SELECT count(*) FROM devices WHERE key_hash = $1`, key) != 0 {
			t.Error("a key is kept as it is")
		}
	})
}

func TestGuessingAPairingCode(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		var err error
		for range 101 {
			_, _, err = w.pairAs(newIPad(t), "222-222")
		}
		refused(t, "the hundred and first guess", err, booking.ErrLockedOut)
		w.at(morning.Add(11 * time.Minute))
		w.pair(1, 1)
	})
}

func TestHeartbeat(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		tablet := must[booking.Actor](t)(w.DeviceActor(ctx, w.pair(1, 1)))
		serial := func() int64 { return must[int64](t)(w.Serial(ctx, wardID(1))) }
		before := serial()
		ok(t, w.Heartbeat(ctx, tablet, booking.Heartbeat{Battery: 80, Version: "v1"}))
		first := serial()
		ok(t, w.Heartbeat(ctx, tablet, booking.Heartbeat{Battery: 79, Version: "v1"}))
		if second := serial(); first == before || second != first {
			t.Errorf("serials %d %d %d: boards look at the first heartbeat, and not at the next", before, first, second)
		}
		ok(t, w.Heartbeat(ctx, tablet, booking.Heartbeat{Battery: 19, Version: "v1"}))
		if serial() == first {
			t.Error("nobody is told that the battery is low")
		}
		dev := must[[]booking.Device](t)(w.Devices(ctx, nurse(1), wardID(1)))[0]
		if dev.Battery != 19 || !dev.Online(w.clock()) || dev.Version != "v1" {
			t.Errorf("the device says %+v", dev)
		}
		ok(t, w.Heartbeat(ctx, tablet, booking.Heartbeat{Battery: -5, Version: "v1"}))
		if dev = must[[]booking.Device](t)(w.Devices(ctx, nurse(1), wardID(1)))[0]; dev.Battery != -1 {
			t.Errorf("a battery of %d", dev.Battery)
		}
		refused(t, "not a device", w.Heartbeat(ctx, as(1), booking.Heartbeat{Battery: 50, Version: "v1"}), booking.ErrDeviceUnknown)
		refused(t, "too full", w.Heartbeat(ctx, tablet, booking.Heartbeat{Battery: 101, Version: "v1"}), booking.ErrBadChoice)
	})
}

func TestScreen(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		tablet := must[booking.Actor](t)(w.DeviceActor(ctx, w.pair(3, 2)))
		if s := must[desk.Screen](t)(w.Screen(ctx, tablet)); s.Visit != nil || s.Ward.ID != wardID(2) || s.Device.Tag != "iPad 3" {
			t.Errorf("idle: %+v", s)
		}
		v := w.book(4, today(17, 0), desk.Details{})
		w.book(4, today(17, 0).AddDate(0, 0, 1), desk.Details{})
		s := must[desk.Screen](t)(w.Screen(ctx, tablet))
		if s.Visit == nil || s.Visit.ID != v.ID || s.Visit.People[0].Name != "Visitor 4" {
			t.Errorf("next: %+v", s.Visit)
		}
		w.at(today(18, 0))
		if s := must[desk.Screen](t)(w.Screen(ctx, tablet)); s.Visit != nil {
			t.Errorf("tomorrow's is on the screen: %+v", s.Visit)
		}
		refused(t, "not a device", second(w.Screen(ctx, nurse(2))), booking.ErrDeviceUnknown)
	})
}

// What begins after midnight is seen before it, and may be started before it.
func TestScreenAcrossMidnight(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		tablet := must[booking.Actor](t)(w.DeviceActor(ctx, w.pair(3, 2)))
		v := must[desk.Visit](t)(w.BookAt(ctx, booking.System, desk.BookedVisit{
			Patient: patientID(4), Members: []booking.MemberID{memberID(4)}, Start: today(24, 5), Length: 15 * time.Minute}))
		w.at(today(23, 55))
		shows := func(when string) {
			t.Helper()
			if s := must[desk.Screen](t)(w.Screen(ctx, tablet)); s.Visit == nil || s.Visit.ID != v.ID {
				t.Errorf("%s: %+v", when, s.Visit)
			}
		}
		shows("before it is started")
		must[desk.Visit](t)(w.Start(ctx, nurse(2), v.Reference))
		shows("started before midnight")
	})
}

func TestFoundingTwice(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		if err := w.Found(t.Context(), hospital(4, 3)); !errors.Is(err, desk.ErrFounded) {
			t.Errorf("found again: %v", err)
		}
		if practice := must[bool](t)(w.Practice(t.Context())); !practice {
			t.Error("it is no practice hospital")
		}
		ok(t, w.store.Do(t.Context(), func(tx *store.Tx) error { return tx.SetSetting(t.Context(), "practice", "") }))
		refused(t, "a link in a real hospital", second(w.PracticeLink(t.Context(), memberID(1), "")), booking.ErrMayNot)
		refused(t, "a code in a real hospital", second(w.PracticePairing(t.Context(), deviceID(1))), booking.ErrMayNot)
	})
}

func TestThePracticePhone(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		w.book(1, today(15, 0), desk.Details{})
		w.sent()
		messages := must[[]desk.Message](t)(w.Messages(t.Context(), 10))
		if len(messages) != 1 || messages[0].Kind != booking.NoticeBooked || messages[0].Body == "" || messages[0].To != phone(1) {
			t.Errorf("messages: %+v", messages)
		}
	})
}

// The code that a practice hospital prints as it starts is still good when its
// reader comes to it; a ward's own is not.
func TestAPracticeCodeWaitsForItsReader(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		ok(t, w.store.Do(ctx, func(tx *store.Tx) error { return tx.SetSetting(ctx, "practice", "true") }))
		printed := must[string](t)(w.PracticePairing(ctx, deviceID(1)))
		shown := must[desk.Pairing](t)(w.BeginPairing(ctx, nurse(1), deviceID(2)))
		w.at(w.clock().Add(23 * time.Hour))
		_, _, err := w.pairAs(newIPad(t), shown.Code)
		refused(t, "a ward's code the next day", err, booking.ErrPairingCode)
		paired, _, err := w.pairAs(newIPad(t), printed)
		ok(t, err)
		if paired.ID != deviceID(1) {
			t.Errorf("paired %v", paired.Tag)
		}
	})
}

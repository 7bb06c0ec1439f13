package desk_test

import (
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/desk/desktest"
)

// pairedIPad is the browser of device n of ward 1.
func (w *world) pairedIPad(n int) (*desktest.IPad, string) {
	w.t.Helper()
	browser := newIPad(w.t)
	p := must[desk.Pairing](w.t)(w.BeginPairing(w.t.Context(), nurse(1), deviceID(n)))
	_, token, err := w.pairAs(browser, p.Code)
	ok(w.t, err)
	return browser, token
}

func (w *world) enter(browser *desktest.IPad) (string, error) {
	return browser.Enter(w.t.Context(), w.Desk)
}

func (w *world) isDevice(what, token string) {
	w.t.Helper()
	if _, err := w.DeviceActor(w.t.Context(), token); err != nil {
		w.t.Errorf("%s: %v", what, err)
	}
}

func (w *world) copies() int {
	return w.count(`SELECT count(*) FROM audit_events WHERE action = $1`, string(booking.DeviceCopied))
}

func TestAnIPadProvesItself(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		browser, first := w.pairedIPad(1)
		w.isDevice("just paired", first)
		w.at(morning.Add(2 * time.Minute))
		second := must[string](t)(w.enter(browser))
		w.isDevice("before the new token has come", first)
		w.isDevice("the new token", second)
		_, err := w.DeviceActor(ctx, first)
		refused(t, "the token of before", err, booking.ErrDeviceUnknown)
		w.at(morning.Add(2*time.Minute + desk.DeviceSpell))
		_, err = w.DeviceActor(ctx, second)
		refused(t, "a spell that is over", err, booking.ErrDeviceUnknown)
		if _, err := w.DeviceStill(ctx, second); err != nil {
			t.Errorf("a page that stays open: %v", err)
		}
		w.isDevice("after a night asleep", must[string](t)(w.enter(browser)))
		if n := w.copies(); n != 0 {
			t.Errorf("%d copies of an iPad that has none", n)
		}
	})
}

func TestWhatIsNoProof(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		browser, token := w.pairedIPad(1)
		other, _ := w.pairedIPad(2)
		try := func(what string, key booking.DeviceKey, a desk.DeviceAnswer) {
			t.Helper()
			_, err := w.Enter(ctx, key, a)
			refused(t, what, err, booking.ErrDeviceProof)
		}
		answer := func(p *desktest.IPad) desk.DeviceAnswer {
			return must[desk.DeviceAnswer](t)(p.Answer(must[desk.Challenge](t)(w.Challenge(ctx, p.Key()))))
		}
		spent := answer(browser)
		must[string](t)(w.Enter(ctx, browser.Key(), spent))
		browser.Entered()
		try("an answer sent again", browser.Key(), spent)
		try("another iPad's answer", browser.Key(), answer(other))
		late := answer(browser)
		w.at(morning.Add(time.Minute))
		try("an answer that is late", browser.Key(), late)
		unsigned := answer(browser)
		unsigned.Signature = ""
		try("no signature", browser.Key(), unsigned)
		long := answer(browser)
		long.Next = string(make([]byte, 1<<20))
		try("a megabyte", browser.Key(), long)
		c := must[desk.Challenge](t)(w.Challenge(ctx, browser.Key()))
		seat := must[desk.DeviceAnswer](t)(browser.Seat(c))
		seat.Next = "x"
		try("what was signed for a seat", browser.Key(), seat)

		by := must[booking.Actor](t)(w.DeviceActor(ctx, token))
		c = must[desk.Challenge](t)(w.Challenge(ctx, browser.Key()))
		seat = must[desk.DeviceAnswer](t)(browser.Seat(c))
		ok(t, w.ProveSeat(ctx, by, browser.Key(), seat))
		refused(t, "a seat twice", w.ProveSeat(ctx, by, browser.Key(), seat), booking.ErrDeviceProof)
		c = must[desk.Challenge](t)(w.Challenge(ctx, other.Key()))
		seat = must[desk.DeviceAnswer](t)(other.Seat(c))
		refused(t, "the seat of another", w.ProveSeat(ctx, by, other.Key(), seat), booking.ErrDeviceProof)
		_, err := w.Challenge(ctx, newIPad(t).Key())
		refused(t, "a stranger's key", err, booking.ErrDeviceUnknown)
		for range 20 {
			_, err = w.Challenge(ctx, browser.Key())
		}
		refused(t, "very many challenges", err, booking.ErrLockedOut)
		if n := w.count(`SELECT count(*) FROM device_challenges WHERE nonce_hash = $1`, c.Nonce); n != 0 {
			t.Error("a nonce is kept as it is")
		}
	})
}

func TestACopiedBrowser(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		browser, _ := w.pairedIPad(1)
		must[string](t)(w.enter(browser))
		thief := browser.Copy()
		good := must[string](t)(w.enter(browser))
		w.isDevice("the iPad", good)
		_, err := w.enter(thief)
		refused(t, "the copy", err, booking.ErrDeviceCopied)
		_, err = w.DeviceActor(ctx, good)
		refused(t, "the iPad, since nobody can tell which is which", err, booking.ErrDeviceUnknown)
		_, err = w.enter(browser)
		refused(t, "its key", err, booking.ErrDeviceUnknown)
		device := must[[]booking.Device](t)(w.Devices(ctx, nurse(1), wardID(1)))[0]
		if device.Paired || device.Copied.IsZero() || w.copies() != 1 {
			t.Errorf("%+v, and %d are recorded", device, w.copies())
		}
		again, token := w.pairedIPad(1)
		w.isDevice("paired again", token)
		must[string](t)(w.enter(again))
		if device := must[[]booking.Device](t)(w.Devices(ctx, nurse(1), wardID(1)))[0]; !device.Copied.IsZero() {
			t.Error("a new key still has a copy")
		}

		// A copy that comes first is found as soon as the iPad comes after it.
		thief = again.Copy()
		must[string](t)(w.enter(thief))
		_, err = w.enter(again)
		refused(t, "the iPad after its copy", err, booking.ErrDeviceCopied)
		_, err = w.enter(thief)
		refused(t, "the copy after that", err, booking.ErrDeviceUnknown)
	})
}

func TestALostAnswerIsNoCopy(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		browser, _ := w.pairedIPad(1)
		for range 3 {
			before := browser.Copy()
			must[string](t)(w.enter(browser))
			before.Next = browser.Link // it had announced that, and did not hear the answer
			must[string](t)(w.enter(before))
			browser = before
		}
		if n := w.copies(); n != 0 {
			t.Errorf("%d copies were found", n)
		}
	})
}

func TestACopyDoesNotEndAVisit(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		v := w.book(1, today(15, 0), desk.Details{})
		var browser *desktest.IPad
		for n := 1; n <= 2; n++ {
			if b, _ := w.pairedIPad(n); deviceID(n) == v.Device {
				browser = b
			}
		}
		w.at(v.When.Start())
		must[desk.Visit](t)(w.Start(t.Context(), nurse(1), v.Reference))
		must[string](t)(w.enter(browser))
		thief := browser.Copy()
		must[string](t)(w.enter(browser))
		_, err := w.enter(thief)
		refused(t, "the copy", err, booking.ErrDeviceCopied)
		w.isDevice("the iPad in the visit", must[string](t)(w.enter(browser)))
		if w.copies() != 1 {
			t.Errorf("%d are recorded", w.copies())
		}
	})
}

func TestACopiedCookie(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		browser, cookie := w.pairedIPad(1)
		w.isDevice("it", cookie)
		w.isDevice("its next", must[string](t)(w.enter(browser)))
		_, err := w.DeviceActor(ctx, cookie)
		refused(t, "a request that crossed", err, booking.ErrDeviceUnknown)
		if w.copies() != 0 {
			t.Error("a request that crossed is called a copy")
		}
		w.at(morning.Add(time.Minute))
		for range 3 {
			_, err = w.DeviceActor(ctx, cookie)
			refused(t, "a copied cookie", err, booking.ErrDeviceUnknown)
		}
		if w.copies() != 1 {
			t.Errorf("%d are recorded", w.copies())
		}
		w.isDevice("the iPad goes on", must[string](t)(w.enter(browser)))
	})
}

func TestALostIPadIsToldSo(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		browser, token := w.pairedIPad(1)
		must[desk.Repacked](t)(w.ChangeDevice(ctx, nurse(1), deviceID(1), desk.Withdraw{State: booking.DeviceLost, Reason: "not in its bay"}))
		for what, err := range map[string]error{
			"its page":        second(w.DeviceActor(ctx, token)),
			"its open page":   second(w.DeviceStill(ctx, token)),
			"something to do": second(w.Challenge(ctx, browser.Key())),
		} {
			refused(t, what, err, booking.ErrDeviceLost)
		}
		must[desk.Repacked](t)(w.ChangeDevice(ctx, nurse(1), deviceID(1), desk.Restore{}))
		w.isDevice("found again", must[string](t)(w.enter(browser)))
	})
}

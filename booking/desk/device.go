package desk

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// How pairing codes behave. There are 26^6 of them and at most one open for each
// device, so a hundred guesses in ten minutes find none.
const (
	pairingLife  = 10 * time.Minute
	pairingTries = 100
	pairingScope = "pairing"
)

// Devices are a ward's iPads.
func (d *Desk) Devices(ctx context.Context, by booking.Actor, ward booking.WardID) ([]booking.Device, error) {
	return view(ctx, d, func(tx *store.Tx) ([]booking.Device, error) {
		if _, err := heldWard(ctx, tx, by, booking.UseDevices, ward); err != nil {
			return nil, err
		}
		return tx.Devices(ctx, ward)
	})
}

// onDevice runs an act of the ward on one of its devices.
func onDevice[T any](ctx context.Context, d *Desk, by booking.Actor, right booking.Right, id booking.DeviceID, fn func(tx *store.Tx, device booking.Device) (T, error)) (T, error) {
	return do(ctx, d, func(tx *store.Tx) (none T, err error) {
		device, err := tx.Device(ctx, id)
		if err != nil {
			return none, err
		}
		if may, err := mayCarry(ctx, tx, by, right, device, d.now()); err != nil || !may {
			return none, cmp.Or(err, error(booking.ErrNoSuchDevice))
		}
		if err := tx.Touch(ctx, deviceOf(id)); err != nil {
			return none, err
		}
		if device, err = tx.Device(ctx, id); err != nil {
			return none, err
		}
		return fn(tx, device)
	})
}

func deviceEvent(now time.Time, by booking.Actor, what booking.Action, device booking.Device) booking.Event {
	return booking.Event{At: now, By: by, Action: what, Subject: "device " + string(device.ID), Ward: device.Ward}
}

// BeginPairing makes a code for a device; an earlier code dies.
func (d *Desk) BeginPairing(ctx context.Context, by booking.Actor, id booking.DeviceID) (Pairing, error) {
	return d.beginPairing(ctx, by, id, pairingLife)
}

func (d *Desk) beginPairing(ctx context.Context, by booking.Actor, id booking.DeviceID, life time.Duration) (Pairing, error) {
	return onDevice(ctx, d, by, booking.KeepDevices, id, func(tx *store.Tx, device booking.Device) (Pairing, error) {
		code, err := d.newReference() // the same letters are easy to type, too
		if err != nil {
			return Pairing{}, err
		}
		now := d.now()
		p := Pairing{Device: device, Code: string(code), Expires: now.Add(life)}
		if err := tx.SetPairing(ctx, id, d.hashCode(pairingScope, p.Code), p.Expires); err != nil {
			return Pairing{}, err
		}
		return p, tx.AddEvent(ctx, deviceEvent(now, by, booking.PairingBegun, device))
	})
}

// Pair spends a code and makes the browser that holds a key the device; the token
// opens its pages for DeviceSpell. An earlier key dies. The browser has signed the
// code as it was typed, so that nobody is paired with a key that they only saw.
// Too many wrong codes, from anybody, close pairing for some minutes.
func (d *Desk) Pair(ctx context.Context, code string, key booking.DeviceKey, signature string) (dev booking.Device, token string, err error) {
	typed, err := booking.ParseReference(code)
	if err != nil {
		return dev, "", booking.ErrPairingCode
	}
	if !key.Signed(booking.DeviceClaim{Purpose: booking.ToPair, Origin: originOf(d.public), Nonce: code}, signature) {
		return dev, "", booking.ErrDeviceProof
	}
	if token, err = d.newSecret(32); err != nil {
		return dev, "", err
	}
	dev, err = do(ctx, d, func(tx *store.Tx) (booking.Device, error) {
		none, now := booking.Device{}, d.now()
		tries, err := tx.TakeTry(ctx, pairingScope, now, now.Add(-pairingLife))
		if err != nil {
			return none, err
		}
		if tries.Count > pairingTries {
			return none, store.Keep(booking.ErrLockedOut)
		}
		id, err := tx.SpendPairing(ctx, d.hashCode(pairingScope, string(typed)), now)
		if err != nil {
			return none, store.Keep(err)
		}
		if err := tx.SetDeviceKey(ctx, id, key.Hash()); err != nil {
			return none, err
		}
		if err := d.addSpell(ctx, tx, id, token); err != nil {
			return none, err
		}
		device, err := tx.Device(ctx, id)
		if err != nil {
			return none, err
		}
		return device, tx.AddEvent(ctx, deviceEvent(now, deviceActor(device), booking.DevicePaired, device))
	})
	if err != nil {
		return booking.Device{}, "", err
	}
	return dev, token, nil
}

func deviceActor(device booking.Device) booking.Actor {
	return booking.Actor{
		Kind: booking.DeviceActor, ID: string(device.ID), Name: device.Tag,
		Wards: map[booking.WardID]booking.Roles{device.Ward: nil},
	}
}

// Unpair makes a device's key worthless at once, and its open code. ErrDeviceBusy
// while it is in a visit, which would go on without the key: that is ended first.
func (d *Desk) Unpair(ctx context.Context, by booking.Actor, id booking.DeviceID) error {
	_, err := onDevice(ctx, d, by, booking.KeepDevices, id, func(tx *store.Tx, device booking.Device) (struct{}, error) {
		none := struct{}{}
		if err := notInVisit(ctx, tx, id, d.now()); err != nil {
			return none, err
		}
		if err := tx.DropPairing(ctx, id); err != nil || !device.Paired {
			return none, err
		}
		if err := tx.SetDeviceKey(ctx, id, ""); err != nil {
			return none, err
		}
		return none, tx.AddEvent(ctx, deviceEvent(d.now(), by, booking.DeviceRevoked, device))
	})
	return err
}

// notInVisit refuses while a device is in a visit.
func notInVisit(ctx context.Context, tx *store.Tx, id booking.DeviceID, now time.Time) error {
	// Until tomorrow, since a visit may be started before its time.
	visits, err := tx.VisitsOfDevice(ctx, id, now, now.Add(24*time.Hour))
	if err != nil {
		return err
	}
	for _, v := range visits {
		if v.State.Open() {
			return booking.ErrDeviceBusy
		}
	}
	return nil
}

// itself is the device that is asking.
func itself(ctx context.Context, tx *store.Tx, by booking.Actor) (booking.Device, error) {
	if by.Kind != booking.DeviceActor {
		return booking.Device{}, booking.ErrDeviceUnknown
	}
	device, err := tx.Device(ctx, booking.DeviceID(by.ID))
	if errors.Is(err, booking.ErrNoSuchDevice) {
		err = booking.ErrDeviceUnknown
	}
	return device, err
}

// Heartbeat records what a device says of itself. Boards look again only when it says
// something new.
func (d *Desk) Heartbeat(ctx context.Context, by booking.Actor, says booking.Heartbeat) error {
	if says.Battery > 100 || len(says.Version) > longestName || says.Answer < 0 || says.Answer > longestRound {
		return booking.ErrBadChoice
	}
	return d.store.Do(ctx, func(tx *store.Tx) error {
		device, err := itself(ctx, tx, by)
		if err != nil {
			return err
		}
		before, now := device, d.now()
		device.Battery, device.LastSeen, device.Version = max(-1, says.Battery), now, says.Version
		device.ClockAhead, device.Answer = says.Ahead(now), says.Answer
		low := func(d booking.Device) bool { return d.Battery < booking.LowBattery }
		if !before.Online(now) || before.Version != device.Version || low(before) != low(device) || before.ClockWrong() != device.ClockWrong() {
			tx.Changed(device.Ward)
		}
		return tx.SetHeartbeat(ctx, device)
	})
}

// longestRound bounds how long a device may say that it waited for an answer.
const longestRound = time.Hour

// CheckDevice records what a device found when it tried its camera and microphone.
func (d *Desk) CheckDevice(ctx context.Context, by booking.Actor, camera, microphone booking.Sense) error {
	if !camera.Valid() || !microphone.Valid() || microphone == booking.SenseDark {
		return booking.ErrBadChoice
	}
	return d.store.Do(ctx, func(tx *store.Tx) error {
		device, err := itself(ctx, tx, by)
		if err != nil {
			return err
		}
		tx.Changed(device.Ward)
		return tx.SetDeviceCheck(ctx, device.ID, booking.DeviceCheck{At: d.now(), Camera: camera, Microphone: microphone})
	})
}

// undisturbed is how long before a visit a device does nothing of its own accord: it
// may be at the bed.
const undisturbed = 15 * time.Minute

// Screen is what a device shows now.
func (d *Desk) Screen(ctx context.Context, by booking.Actor) (Screen, error) {
	return view(ctx, d, func(tx *store.Tx) (Screen, error) {
		open, next, err := d.onScreen(ctx, tx, by)
		if err != nil {
			return Screen{}, err
		}
		var s Screen
		if s.Device, err = itself(ctx, tx, by); err != nil {
			return s, err
		}
		here, err := whereNow(ctx, tx, s.Device, d.now())
		if err != nil {
			return s, err
		}
		if s.Ward, err = tx.Ward(ctx, here); err != nil {
			return s, err
		}
		if s.Serial, err = tx.Serial(ctx, here); err != nil {
			return s, err
		}
		now := d.now()
		s.Check = open == nil && (next == nil || next.When.Start().Sub(now) > undisturbed) && booking.CheckDue(s.Device.Check.At, now, s.Ward.Site.Zone)
		if open == nil {
			open = next
		}
		if open != nil {
			v, err := shown(ctx, tx, by, *open)
			s.Visit = &v
			return s, err
		}
		return s, nil
	})
}

// beforeMidnight is how long before midnight a device shows what comes after it.
const beforeMidnight = time.Hour

// onScreen finds the visit that a device is in, and its next one today.
func (d *Desk) onScreen(ctx context.Context, tx *store.Tx, by booking.Actor) (open, next *store.Record, err error) {
	device, err := itself(ctx, tx, by)
	if err != nil {
		return nil, nil, err
	}
	ward, err := tx.Ward(ctx, device.Ward)
	if err != nil {
		return nil, nil, err
	}
	now := d.now()
	_, tonight := booking.DayBounds(booking.DateOf(now, ward.Site.Zone), ward.Site.Zone)
	if soon := now.Add(beforeMidnight); soon.After(tonight) {
		tonight = soon
	}
	// Until tomorrow, since a visit may be started before its time.
	records, err := tx.VisitsOfDevice(ctx, device.ID, now, now.Add(24*time.Hour))
	for i, r := range records {
		switch {
		case r.State.Open():
			open = &records[i]
		case r.State == booking.Booked && next == nil && r.When.Start().Before(tonight):
			next = &records[i]
		}
	}
	return open, next, err
}

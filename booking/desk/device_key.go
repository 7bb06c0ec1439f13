package desk

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// How an iPad shows that it is itself. Whoever carries its cookie away has it for
// DeviceSpell at most, and the iPad renews it after less than half of that, which
// ends the copy at once. No iPad's clock has a part in it.
const (
	// DeviceSpell is how long an iPad need not sign again.
	DeviceSpell = 5 * time.Minute
	// challengeLife is longer than a slow network takes to come back with an answer.
	challengeLife = time.Minute
	// challengesAtOnce bounds what is open for one iPad; a page needs two at a time.
	challengesAtOnce = 20
	// crossing is how long a request may be on its way while its cookie is replaced.
	crossing = 15 * time.Second
	// keepsSpells is how long ended spells are known as copies.
	keepsSpells = 24 * time.Hour
)

// A Challenge is what an iPad is to sign.
type Challenge struct {
	Device booking.DeviceID
	Nonce  string
}

// A DeviceAnswer is what an iPad sends back.
type DeviceAnswer struct {
	Nonce     string
	Link      booking.DeviceLink // to enter, see there
	Next      string             // the hash of the link that it will show the next time
	Signature string
}

// longestAnswer bounds each part of an answer, far above what a browser sends.
const longestAnswer = 200

func (a DeviceAnswer) bounded() bool {
	return max(len(a.Nonce), len(a.Link), len(a.Next), len(a.Signature)) <= longestAnswer
}

// keyed finds the device of a key: ErrDeviceUnknown when there is none, ErrDeviceLost
// when it was said to be lost.
func keyed(ctx context.Context, tx *store.Tx, key booking.DeviceKey) (booking.Device, error) {
	device, err := tx.DeviceByKey(ctx, key.Hash())
	if err == nil && device.State == booking.DeviceLost {
		err = booking.ErrDeviceLost
	}
	return device, err
}

// Challenge gives the iPad of a key something to sign.
func (d *Desk) Challenge(ctx context.Context, key booking.DeviceKey) (Challenge, error) {
	nonce, err := d.newSecret(32)
	if err != nil {
		return Challenge{}, err
	}
	return do(ctx, d, func(tx *store.Tx) (Challenge, error) {
		device, err := keyed(ctx, tx, key)
		if err != nil {
			return Challenge{}, err
		}
		now := d.now()
		open, err := tx.AddChallenge(ctx, device.ID, hashSecret(nonce), now, now.Add(challengeLife))
		if err == nil && open > challengesAtOnce {
			err = booking.ErrLockedOut
		}
		return Challenge{device.ID, nonce}, err
	})
}

// Enter returns a token that opens the iPad's pages for DeviceSpell, to the iPad that
// has signed for it. ErrDeviceProof when it has not; ErrDeviceCopied when what it
// shows was shown before, so that there are two of it. Then neither goes on, unless
// the iPad is in a visit: nobody is cut off a visit by somebody who holds a copy.
func (d *Desk) Enter(ctx context.Context, key booking.DeviceKey, a DeviceAnswer) (token string, err error) {
	if !a.bounded() || a.Next == "" {
		return "", booking.ErrDeviceProof
	}
	if token, err = d.newSecret(32); err != nil {
		return "", err
	}
	_, err = do(ctx, d, func(tx *store.Tx) (none struct{}, err error) {
		device, err := d.signed(ctx, tx, key, booking.ToEnter, a)
		if err != nil {
			return none, err
		}
		if err := tx.Touch(ctx, deviceOf(device.ID)); err != nil {
			return none, err
		}
		awaited, err := tx.DeviceLink(ctx, device.ID)
		if err != nil {
			return none, err
		}
		if !a.Link.Links(a.Next, awaited) {
			return none, d.foundCopy(ctx, tx, device)
		}
		if err := tx.SetDeviceLink(ctx, device.ID, a.Next); err != nil {
			return none, err
		}
		return none, d.addSpell(ctx, tx, device.ID, token)
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// signed finds the device of a key that has signed for something, and spends what it
// signed; see keyed. ErrDeviceProof if it has not signed that.
func (d *Desk) signed(ctx context.Context, tx *store.Tx, key booking.DeviceKey, purpose booking.DevicePurpose, a DeviceAnswer) (booking.Device, error) {
	device, err := keyed(ctx, tx, key)
	if err != nil {
		return device, err
	}
	fresh, err := tx.SpendChallenge(ctx, device.ID, hashSecret(a.Nonce), d.now())
	if err != nil {
		return device, err
	}
	claim := booking.DeviceClaim{
		Purpose: purpose, Origin: originOf(d.public), Device: device.ID, Nonce: a.Nonce, Link: string(a.Link), Next: a.Next,
	}
	if !fresh || !key.Signed(claim, a.Signature) {
		return device, store.Keep(booking.ErrDeviceProof) // what was signed is spent all the same
	}
	return device, nil
}

// originOf writes an address as browsers write the origin of its pages: in small
// letters, and without the port that its scheme has anyway.
func originOf(public string) string {
	u, err := url.Parse(public)
	if err != nil {
		return public
	}
	host := strings.ToLower(u.Host)
	switch u.Scheme {
	case "https":
		host = strings.TrimSuffix(host, ":443")
	case "http":
		host = strings.TrimSuffix(host, ":80")
	}
	return u.Scheme + "://" + host
}

func (d *Desk) addSpell(ctx context.Context, tx *store.Tx, id booking.DeviceID, token string) error {
	now := d.now()
	return tx.AddDeviceLogin(ctx, id, hashSecret(token), now, now.Add(DeviceSpell), now.Add(-keepsSpells))
}

// foundCopy records that a copy of a device's browser exists, and returns what is
// said to whoever came second.
func (d *Desk) foundCopy(ctx context.Context, tx *store.Tx, device booking.Device) error {
	now := d.now()
	busy := notInVisit(ctx, tx, device.ID, now)
	if busy != nil && !errors.Is(busy, booking.ErrDeviceBusy) {
		return busy
	}
	if err := tx.MarkCopied(ctx, device.ID, now, busy != nil); err != nil {
		return err
	}
	e := deviceEvent(now, booking.System, booking.DeviceCopied, device)
	if e.Reason = "signed_with_a_worn_link"; busy != nil {
		e.Reason = "signed_with_a_worn_link_in_a_visit"
	}
	if err := tx.AddEvent(ctx, e); err != nil {
		return err
	}
	return store.Keep(booking.ErrDeviceCopied)
}

// ProveSeat refuses an iPad that has not signed for its seat in the room: its cookie
// alone, which could be copied, gives nobody a seat.
func (d *Desk) ProveSeat(ctx context.Context, by booking.Actor, key booking.DeviceKey, a DeviceAnswer) error {
	if !a.bounded() {
		return booking.ErrDeviceProof
	}
	return d.store.Do(ctx, func(tx *store.Tx) error {
		device, err := d.signed(ctx, tx, key, booking.ToSit, a)
		if err == nil && string(device.ID) != by.ID {
			err = booking.ErrDeviceProof
		}
		return err
	})
}

// DeviceActor says whose a token is. ErrDeviceUnknown when the spell is over, or a
// later one has been used; ErrDeviceLost when the device was said to be lost. Of a
// token that comes again after a later one was used staff are told, since only
// somebody who copied it has it.
func (d *Desk) DeviceActor(ctx context.Context, token string) (booking.Actor, error) {
	hash, now := hashSecret(token), d.now()
	login, err := d.deviceLogin(ctx, hash)
	switch {
	case err != nil:
		return booking.Actor{}, err
	case login.SameKey && login.Device.State == booking.DeviceLost:
		return booking.Actor{}, booking.ErrDeviceLost
	case !login.Replaced.IsZero() && login.Told.IsZero() && now.Sub(login.Replaced) > crossing:
		return booking.Actor{}, cmp.Or(d.tellOfCopy(ctx, hash, login.Device.ID), error(booking.ErrDeviceUnknown))
	case !login.SameKey, !login.Replaced.IsZero(), !now.Before(login.Expires):
		return booking.Actor{}, booking.ErrDeviceUnknown
	case login.Used.IsZero():
		err = d.store.Do(ctx, func(tx *store.Tx) error { return tx.UseDeviceLogin(ctx, hash, now) })
	}
	return deviceActor(login.Device), err
}

// DeviceStill says whose a token was when a page was opened with it that stays open
// for longer than the spell: it asks only whether the device is still paired as then,
// and not lost.
func (d *Desk) DeviceStill(ctx context.Context, token string) (booking.Actor, error) {
	login, err := d.deviceLogin(ctx, hashSecret(token))
	switch {
	case err != nil:
		return booking.Actor{}, err
	case !login.SameKey:
		return booking.Actor{}, booking.ErrDeviceUnknown
	case login.Device.State == booking.DeviceLost:
		return booking.Actor{}, booking.ErrDeviceLost
	}
	return deviceActor(login.Device), nil
}

func (d *Desk) deviceLogin(ctx context.Context, hash string) (store.DeviceLogin, error) {
	return view(ctx, d, func(tx *store.Tx) (store.DeviceLogin, error) { return tx.DeviceLogin(ctx, hash) })
}

// tellOfCopy records, once, that somebody came with a token that had been replaced.
// The iPad itself goes on: it has the key, and its cookie is another by now.
func (d *Desk) tellOfCopy(ctx context.Context, hash string, id booking.DeviceID) error {
	return d.store.Do(ctx, func(tx *store.Tx) error {
		now := d.now()
		if err := tx.Touch(ctx, deviceOf(id)); err != nil {
			return err
		}
		first, err := tx.TellDeviceLogin(ctx, hash, now)
		if err != nil || !first {
			return err
		}
		device, err := tx.Device(ctx, id)
		if err != nil {
			return err
		}
		if err := tx.MarkCopied(ctx, id, now, true); err != nil {
			return err
		}
		e := deviceEvent(now, booking.System, booking.DeviceCopied, device)
		e.Reason = "came_with_an_old_cookie"
		return tx.AddEvent(ctx, e)
	})
}

package store

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const (
	setDeviceKey = `
UPDATE devices SET key_hash = $2, link_hash = NULL, copied_at = NULL, last_seen = NULL, battery = NULL,
  clock_ahead = 0, answer_ms = 0, checked_at = NULL, camera = '', microphone = '' WHERE id = $1`
	dropDeviceKey = `UPDATE devices SET key_hash = NULL, link_hash = NULL, copied_at = $2 WHERE id = $1`
	markCopied    = `UPDATE devices SET copied_at = $2 WHERE id = $1`
	deviceLink    = `SELECT link_hash FROM devices WHERE id = $1`
	setDeviceLink = `UPDATE devices SET link_hash = $2 WHERE id = $1`
)

// SetDeviceKey pairs a device with the browser whose public key has this hash, or
// with none when it is empty.
func (tx *Tx) SetDeviceKey(ctx context.Context, id booking.DeviceID, hash string) error {
	return tx.save(ctx, "set device key", setDeviceKey, id, orNull(hash))
}

// MarkCopied saves when a copy of a device's browser was turned away, and unpairs the
// device if it does not keep its key.
func (tx *Tx) MarkCopied(ctx context.Context, id booking.DeviceID, now time.Time, keepsKey bool) error {
	query := dropDeviceKey
	if keepsKey {
		query = markCopied
	}
	return tx.save(ctx, "mark a device as copied", query, id, at(now))
}

// DeviceLink is the hash of the link that a device shows next; empty before its
// first.
func (tx *Tx) DeviceLink(ctx context.Context, id booking.DeviceID) (string, error) {
	return one(ctx, tx, "device link", booking.ErrNoSuchDevice, func(row scanner) (hash string, err error) {
		err = row.Scan(into(&hash))
		return hash, err
	}, deviceLink, id)
}

// SetDeviceLink saves the hash of the link that a device shows next.
func (tx *Tx) SetDeviceLink(ctx context.Context, id booking.DeviceID, hash string) error {
	return tx.save(ctx, "set device link", setDeviceLink, id, hash)
}

const (
	dropOldChallenges = `DELETE FROM device_challenges WHERE device_id = $1 AND expires_at <= $2`
	countChallenges   = `SELECT count(*) FROM device_challenges WHERE device_id = $1`
	addChallenge      = `INSERT INTO device_challenges (nonce_hash, device_id, expires_at) VALUES ($1, $2, $3)`
	spendChallenge    = `DELETE FROM device_challenges WHERE nonce_hash = $1 AND device_id = $2 AND expires_at > $3`
)

// AddChallenge saves what a device is to sign, and returns how many are open with it.
func (tx *Tx) AddChallenge(ctx context.Context, id booking.DeviceID, hash string, now, expires time.Time) (open int, err error) {
	if _, err := tx.run(ctx, "drop old challenges", dropOldChallenges, id, at(now)); err != nil {
		return 0, err
	}
	if err := tx.save(ctx, "add challenge", addChallenge, hash, id, at(expires)); err != nil {
		return 0, err
	}
	return one(ctx, tx, "count challenges", nil, scalar[int], countChallenges, id)
}

// SpendChallenge uses up what a device was to sign, and reports whether there was
// such a thing.
func (tx *Tx) SpendChallenge(ctx context.Context, id booking.DeviceID, hash string, now time.Time) (bool, error) {
	n, err := tx.run(ctx, "spend challenge", spendChallenge, hash, id, at(now))
	return n > 0, err
}

// A DeviceLogin is a spell for which a device need not sign again.
type DeviceLogin struct {
	Device   booking.Device
	Expires  time.Time
	Used     time.Time // the zero Time before its first use
	Replaced time.Time // the zero Time while no later one was used
	Told     time.Time // when staff were told that it came again after that
	SameKey  bool      // the device still has the key that it was proved with
}

const (
	addDeviceLogin = `
INSERT INTO device_logins (token_hash, device_id, key_hash, began_at, expires_at)
SELECT $1, id, key_hash, $3, $4 FROM devices WHERE id = $2 AND key_hash IS NOT NULL`
	forgetDeviceLogins = `DELETE FROM device_logins WHERE device_id = $1 AND began_at < $2`
	deviceLogin        = `
SELECT ` + deviceColumns + `, l.expires_at, l.used_at, l.replaced_at, l.told_at, CASE WHEN l.key_hash = d.key_hash THEN 1 ELSE 0 END
FROM   device_logins AS l JOIN devices AS d ON d.id = l.device_id WHERE l.token_hash = $1`
	useDeviceLogin      = `UPDATE device_logins SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL`
	replaceDeviceLogins = `
UPDATE device_logins SET replaced_at = $2
WHERE  replaced_at IS NULL AND token_hash <> $1 AND device_id = (SELECT u.device_id FROM device_logins AS u WHERE u.token_hash = $1)
  AND  began_at <= (SELECT u.began_at FROM device_logins AS u WHERE u.token_hash = $1)`
	tellDeviceLogin = `UPDATE device_logins SET told_at = $2 WHERE token_hash = $1 AND told_at IS NULL`
)

// AddDeviceLogin saves that a paired device has proved itself, and forgets what ended
// before an instant.
func (tx *Tx) AddDeviceLogin(ctx context.Context, id booking.DeviceID, hash string, now, expires, forget time.Time) error {
	if _, err := tx.run(ctx, "forget device logins", forgetDeviceLogins, id, at(forget)); err != nil {
		return err
	}
	return tx.save(ctx, "add device login", addDeviceLogin, hash, id, at(now), at(expires))
}

// DeviceLogin returns the spell of a token, or ErrDeviceUnknown.
func (tx *Tx) DeviceLogin(ctx context.Context, hash string) (DeviceLogin, error) {
	return one(ctx, tx, "device login", booking.ErrDeviceUnknown, func(row scanner) (l DeviceLogin, err error) {
		dest, fill := deviceDest(&l.Device)
		var expires, used, replaced, told stamp
		var same int
		err = row.Scan(append(dest, &expires, &used, &replaced, &told, &same)...)
		fill()
		l.Expires, l.Used, l.Replaced, l.Told, l.SameKey = expires.Time, used.Time, replaced.Time, told.Time, same == 1
		return l, err
	}, deviceLogin, hash)
}

// UseDeviceLogin saves the first use of a spell, which ends the earlier ones.
func (tx *Tx) UseDeviceLogin(ctx context.Context, hash string, now time.Time) error {
	n, err := tx.run(ctx, "use device login", useDeviceLogin, hash, at(now))
	if err != nil || n == 0 {
		return err
	}
	_, err = tx.run(ctx, "replace device logins", replaceDeviceLogins, hash, at(now))
	return err
}

// TellDeviceLogin saves that staff were told of a spell's coming again, and reports
// whether they had not been before.
func (tx *Tx) TellDeviceLogin(ctx context.Context, hash string, now time.Time) (bool, error) {
	n, err := tx.run(ctx, "tell of a device login", tellDeviceLogin, hash, at(now))
	return n > 0, err
}

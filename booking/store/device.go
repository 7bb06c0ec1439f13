package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const addDevice = `INSERT INTO devices (id, tag, ward_id, state, zone, dedicated) VALUES ($1, $2, $3, $4, $5, $6)`

// AddDevice saves a new device.
func (tx *Tx) AddDevice(ctx context.Context, d booking.Device) error {
	return tx.save(ctx, "add device", addDevice, d.ID, d.Tag, d.Ward, d.State, d.Zone, d.Dedicated)
}

const (
	deviceColumns = `d.id, d.tag, d.ward_id, d.state, d.key_hash, d.battery, d.last_seen, d.page_version, d.zone, d.dedicated, d.copied_at, d.clock_ahead, d.answer_ms, d.checked_at, d.camera, d.microphone, d.soiled, d.soiled_by,
  COALESCE((SELECT p.infection FROM visits AS sv JOIN patients AS p ON p.id = sv.patient_id WHERE sv.id = d.soiled_by), 'none')`

	deviceByID  = `SELECT ` + deviceColumns + ` FROM devices AS d WHERE d.id = $1`
	deviceByKey = `SELECT ` + deviceColumns + ` FROM devices AS d WHERE d.key_hash = $1`
	wardDevices = `SELECT ` + deviceColumns + ` FROM devices AS d WHERE d.ward_id = $1 ORDER BY d.tag, d.id`
	allDevices  = `SELECT ` + deviceColumns + ` FROM devices AS d ORDER BY d.tag, d.id`
)

// deviceDest are the places for deviceColumns; fill completes d from them.
func deviceDest(d *booking.Device) (dest []any, fill func()) {
	var key, soiledBy string
	var known booking.Infection // of the last patient, which may be known only since
	var battery sql.NullInt64
	var seen, copied, checked stamp
	var ahead, answer int64
	fill = func() {
		d.Paired, d.Battery, d.LastSeen, d.Copied = key != "", -1, seen.Time, copied.Time
		d.ClockAhead, d.Answer, d.Check.At = time.Duration(ahead)*time.Second, time.Duration(answer)*time.Millisecond, checked.Time
		d.SoiledBy, d.Soiled = booking.VisitID(soiledBy), booking.Soil(d.Soiled, known)
		if battery.Valid {
			d.Battery = int(battery.Int64)
		}
	}
	return []any{
		&d.ID, &d.Tag, &d.Ward, &d.State, into(&key), &battery, &seen, &d.Version, &d.Zone, &d.Dedicated, &copied,
		&ahead, &answer, &checked, &d.Check.Camera, &d.Check.Microphone, &d.Soiled, into(&soiledBy), &known,
	}, fill
}

func scanDevice(row scanner) (d booking.Device, err error) {
	dest, fill := deviceDest(&d)
	err = row.Scan(dest...)
	fill()
	return d, err
}

// Device returns a device, or ErrNoSuchDevice.
func (tx *Tx) Device(ctx context.Context, id booking.DeviceID) (booking.Device, error) {
	return one(ctx, tx, "device", booking.ErrNoSuchDevice, scanDevice, deviceByID, id)
}

// DeviceByKey returns the device paired with the key of this hash, or
// ErrDeviceUnknown.
func (tx *Tx) DeviceByKey(ctx context.Context, hash string) (booking.Device, error) {
	return one(ctx, tx, "device by key", booking.ErrDeviceUnknown, scanDevice, deviceByKey, hash)
}

// Devices are a ward's, by tag.
func (tx *Tx) Devices(ctx context.Context, ward booking.WardID) ([]booking.Device, error) {
	return all(ctx, tx, "devices", scanDevice, wardDevices, ward)
}

// AllDevices are those of every ward.
func (tx *Tx) AllDevices(ctx context.Context) ([]booking.Device, error) {
	return all(ctx, tx, "all devices", scanDevice, allDevices)
}

const setDeviceState = `
UPDATE devices SET state = $2, cleaned_at = COALESCE($3, cleaned_at) WHERE id = $1`

// SetDeviceState saves what a device can be used for now, and when it was
// cleaned if it has just been.
func (tx *Tx) SetDeviceState(ctx context.Context, id booking.DeviceID, s booking.DeviceState, cleaned time.Time) error {
	return tx.save(ctx, "set device state", setDeviceState, id, s, at(cleaned))
}

const setHeartbeat = `
UPDATE devices SET battery = $2, last_seen = $3, page_version = $4, clock_ahead = $5, answer_ms = $6 WHERE id = $1`

// SetHeartbeat saves what a device says of itself.
func (tx *Tx) SetHeartbeat(ctx context.Context, d booking.Device) error {
	battery := sql.NullInt64{Int64: int64(d.Battery), Valid: d.Battery >= 0}
	return tx.save(ctx, "set heartbeat", setHeartbeat, d.ID, battery, at(d.LastSeen), d.Version,
		int64(d.ClockAhead/time.Second), d.Answer.Milliseconds())
}

const setDeviceCheck = `UPDATE devices SET checked_at = $2, camera = $3, microphone = $4 WHERE id = $1`

// SetDeviceCheck saves what a device found when it tried itself.
func (tx *Tx) SetDeviceCheck(ctx context.Context, id booking.DeviceID, c booking.DeviceCheck) error {
	return tx.save(ctx, "set device check", setDeviceCheck, id, at(c.At), c.Camera, c.Microphone)
}

const setPairing = `
INSERT INTO pairings (device_id, code_hash, expires_at) VALUES ($1, $2, $3)
ON CONFLICT (device_id) DO UPDATE SET code_hash = excluded.code_hash, expires_at = excluded.expires_at`

// SetPairing opens a code for a device; an earlier one dies.
func (tx *Tx) SetPairing(ctx context.Context, id booking.DeviceID, hash string, expires time.Time) error {
	return tx.save(ctx, "set pairing", setPairing, id, hash, at(expires))
}

const (
	touchPaired  = `UPDATE devices SET holds = holds + 1 WHERE id = (SELECT device_id FROM pairings WHERE code_hash = $1)`
	spendPairing = `DELETE FROM pairings WHERE code_hash = $1 AND expires_at > $2 RETURNING device_id`
	dropPairing  = `DELETE FROM pairings WHERE device_id = $1`
)

// SpendPairing uses up an open code and returns whose it was, or ErrPairingCode. It
// touches the device before the code, as whoever makes a new code does.
func (tx *Tx) SpendPairing(ctx context.Context, hash string, now time.Time) (booking.DeviceID, error) {
	if _, err := tx.run(ctx, "touch the device of a code", touchPaired, hash); err != nil {
		return "", err
	}
	return one(ctx, tx, "spend pairing", booking.ErrPairingCode, scalar[booking.DeviceID], spendPairing, hash, at(now))
}

// DropPairing closes a device's open code, if it has one.
func (tx *Tx) DropPairing(ctx context.Context, id booking.DeviceID) error {
	_, err := tx.run(ctx, "drop pairing", dropPairing, id)
	return err
}

const keysThatStand = `SELECT id, key_hash FROM devices WHERE key_hash IS NOT NULL AND state <> 'lost'`

// KeysThatStand are the hashes of the keys of all devices that are paired and not lost.
func (tx *Tx) KeysThatStand(ctx context.Context) (map[booking.DeviceID]string, error) {
	type row struct {
		id   booking.DeviceID
		hash string
	}
	rows, err := all(ctx, tx, "keys that stand", func(s scanner) (r row, err error) {
		err = s.Scan(&r.id, &r.hash)
		return r, err
	}, keysThatStand)
	keys := make(map[booking.DeviceID]string, len(rows))
	for _, r := range rows {
		keys[r.id] = r.hash
	}
	return keys, err
}

package store

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const (
	addCleaning = `
INSERT INTO cleanings (id, device_id, cleaned_at, by_kind, by_id, by_name, method, cleaned_for, visit_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	soilDevice = `UPDATE devices SET soiled = $2, soiled_by = $3 WHERE id = $1`

	selectCleanings = `
SELECT c.id, c.device_id, c.cleaned_at, c.by_kind, c.by_id, c.by_name, c.method, c.cleaned_for, c.visit_id
FROM   cleanings AS c WHERE c.device_id = $1 ORDER BY c.cleaned_at DESC, c.id DESC`

	addUncleanStart = `
INSERT INTO unclean_starts (visit_id, device_id, started_at, by_kind, by_id, by_name, reason) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	uncleanStartsOfDay = `
SELECT u.visit_id, u.device_id, u.started_at, u.by_kind, u.by_id, u.by_name, u.reason
FROM   unclean_starts AS u JOIN visits AS v ON v.id = u.visit_id
WHERE  v.ward_id = $1 AND v.starts_at >= $2 AND v.starts_at < $3`
)

// AddCleaning saves that a device was cleaned, from when on there is nothing that it
// has to be cleaned for.
func (tx *Tx) AddCleaning(ctx context.Context, c booking.Cleaning) error {
	err := tx.save(ctx, "add a cleaning", addCleaning, c.ID, c.Device, at(c.At), c.By.Kind, c.By.ID, c.By.Name, c.Method, c.For, orNull(c.After))
	if err != nil {
		return err
	}
	return tx.SoilDevice(ctx, c.Device, booking.NoInfection, "")
}

// SoilDevice saves what a device has to be cleaned for, and since which visit.
func (tx *Tx) SoilDevice(ctx context.Context, id booking.DeviceID, by booking.Infection, in booking.VisitID) error {
	return tx.save(ctx, "soil a device", soilDevice, id, by, orNull(in))
}

// Cleanings are those of a device, the latest first.
func (tx *Tx) Cleanings(ctx context.Context, id booking.DeviceID) ([]booking.Cleaning, error) {
	return all(ctx, tx, "cleanings", func(row scanner) (c booking.Cleaning, err error) {
		var cleaned stamp
		var after string
		err = row.Scan(&c.ID, &c.Device, &cleaned, &c.By.Kind, &c.By.ID, &c.By.Name, &c.Method, &c.For, into(&after))
		c.At, c.After = cleaned.Time, booking.VisitID(after)
		return c, err
	}, selectCleanings, id)
}

// AddUncleanStart saves that a visit was started on a device that was not clean.
func (tx *Tx) AddUncleanStart(ctx context.Context, u booking.UncleanStart) error {
	return tx.save(ctx, "add an unclean start", addUncleanStart, u.Visit, u.Device, at(u.At), u.By.Kind, u.By.ID, u.By.Name, u.Reason)
}

// UncleanStartsOfDay are those of a ward's visits that begin within a time.
func (tx *Tx) UncleanStartsOfDay(ctx context.Context, ward booking.WardID, from, to time.Time) ([]booking.UncleanStart, error) {
	return all(ctx, tx, "unclean starts of a day", func(row scanner) (u booking.UncleanStart, err error) {
		var started stamp
		err = row.Scan(&u.Visit, &u.Device, &started, &u.By.Kind, &u.By.ID, &u.By.Name, &u.Reason)
		u.At = started.Time
		return u, err
	}, uncleanStartsOfDay, ward, at(from), at(to))
}

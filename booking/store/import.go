package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// This file is what an import asks of the tables beside what everybody else
// does: to try one row without losing the others, to look things up by the names
// that people give them, and to change what a file says otherwise.

const (
	beginRow = `SAVEPOINT one_row`
	keepRow  = `RELEASE SAVEPOINT one_row`
	undoRow  = `ROLLBACK TO SAVEPOINT one_row`
)

// A Broken says which constraint a write of Attempt broke, where that is none
// that a rule stands for.
type Broken struct{ Constraint string }

func (b *Broken) Error() string { return "store: broken: " + b.Constraint }

// named are the constraints that say no more than that somebody else was a
// moment faster to use a name, since an import looks before it writes.
var named = map[string]bool{"wards_name": true, "beds_name": true, "devices_tag": true, "patients_mrn": true, "stays_one_place": true}

// Attempt runs fn, and undoes what it has written if it is refused or breaks a
// constraint, without losing what the transaction did before. Only then does the
// transaction go on; any other error ends it, as ever.
func (tx *Tx) Attempt(ctx context.Context, fn func() error) error {
	if _, err := tx.tx.ExecContext(ctx, beginRow); err != nil {
		return fmt.Errorf("store: begin a row: %w", err)
	}
	touched := maps.Clone(tx.touched)
	err := fn()
	if err == nil {
		if _, err := tx.tx.ExecContext(ctx, keepRow); err != nil {
			return fmt.Errorf("store: keep a row: %w", err)
		}
		return nil
	}
	var refused *booking.Refusal
	broken := tx.store.engine.broken(err)
	switch {
	case errors.Is(err, ErrAgain), tx.store.engine.raced(err), named[broken]:
		return errors.Join(ErrAgain, err)
	case errors.As(err, &refused):
	case broken != "":
		err = &Broken{broken}
	default:
		return err
	}
	tx.wards, tx.touched = nil, touched // without what is undone
	for _, query := range []string{undoRow, keepRow} {
		if _, err := tx.tx.ExecContext(ctx, query); err != nil {
			return fmt.Errorf("store: undo a row: %w", err)
		}
	}
	return err
}

const allSites = `SELECT id, name, zone FROM sites ORDER BY name, id`

// Sites are all hospitals, by name.
func (tx *Tx) Sites(ctx context.Context) ([]booking.Site, error) {
	return all(ctx, tx, "sites", func(row scanner) (s booking.Site, err error) {
		var zone string
		if err = row.Scan(&s.ID, &s.Name, &zone); err != nil {
			return s, err
		}
		s.Zone, err = tx.store.zone(zone)
		return s, err
	}, allSites)
}

const saveWard = `UPDATE wards SET name = $2, phone = $3, enabled = $4 WHERE id = $1`

// SaveWard saves a ward's name and number, and whether it takes visits.
func (tx *Tx) SaveWard(ctx context.Context, w booking.Ward) error {
	tx.wards, tx.touched = nil, nil
	return tx.save(ctx, "save ward", saveWard, w.ID, w.Name, w.Phone, w.Enabled)
}

const offerBed = `
INSERT INTO beds (id, ward_id, bay, name) VALUES ($1, $2, $3, $4) ON CONFLICT (ward_id, bay, name) DO NOTHING`

// OfferBed saves a bed unless the ward has it, and reports whether it is new.
func (tx *Tx) OfferBed(ctx context.Context, id string, ward booking.WardID, bay, name string) (bool, error) {
	n, err := tx.run(ctx, "offer bed", offerBed, id, ward, bay, name)
	return n > 0, err
}

const deviceByTag = `SELECT ` + deviceColumns + ` FROM devices AS d WHERE d.tag = $1`

// DeviceByTag returns a device by what is written on its back, or
// ErrNoSuchDevice.
func (tx *Tx) DeviceByTag(ctx context.Context, tag string) (booking.Device, error) {
	return one(ctx, tx, "device by tag", booking.ErrNoSuchDevice, scanDevice, deviceByTag, tag)
}

const saveDeviceHome = `UPDATE devices SET zone = $2, dedicated = $3 WHERE id = $1`

// SaveDeviceHome saves where in its ward a device is at home.
func (tx *Tx) SaveDeviceHome(ctx context.Context, d booking.Device) error {
	return tx.save(ctx, "save device's home", saveDeviceHome, d.ID, d.Zone, d.Dedicated)
}

const (
	patientByNumber = `SELECT ` + patientColumns + ` FROM patients AS p WHERE p.mrn = $1`
	renamePatient   = `UPDATE patients SET name = $2, alias = $3, infection = $4 WHERE id = $1`
	endStay         = `UPDATE stays SET to_at = $2 WHERE patient_id = $1 AND to_at IS NULL`
)

// PatientByNumber returns the patient with a medical record number, or
// ErrNoSuchPatient.
func (tx *Tx) PatientByNumber(ctx context.Context, mrn string) (booking.Patient, error) {
	return one(ctx, tx, "patient by number", booking.ErrNoSuchPatient, scanPatient, patientByNumber, mrn)
}

// RenamePatient saves what a patient is called, and how an infection of theirs
// spreads.
func (tx *Tx) RenamePatient(ctx context.Context, p booking.Patient) error {
	return tx.save(ctx, "rename patient", renamePatient, p.ID, p.Name, p.Alias, p.Infection)
}

// ChangeBed ends a patient's stay and saves the next one, in another bed.
func (tx *Tx) ChangeBed(ctx context.Context, id string, to booking.Stay) error {
	if err := tx.save(ctx, "end stay", endStay, to.Patient, at(to.From)); err != nil {
		return err
	}
	return tx.AddStay(ctx, id, to)
}

// A Beginning is a visit that is to begin at an instant.
type Beginning struct {
	Visit  booking.VisitID
	When   booking.Interval
	Kind   booking.VisitKind
	Tongue booking.Tongue
}

const (
	beginningOf = `
SELECT id, starts_at, ends_at, kind, language, mode FROM visits
WHERE  patient_id = $1 AND starts_at = $2 AND state IN ('booked', 'preparing', 'lobby', 'live')
ORDER  BY id`

	visitorsAt = `
SELECT visitor_id FROM participants
WHERE  visit_id = $1 AND role = 'visitor' AND place <> 'removed' ORDER BY visitor_id`
)

// BeginningOf is what is booked for a patient from an instant on; none is the
// zero Beginning.
func (tx *Tx) BeginningOf(ctx context.Context, patient booking.PatientID, start time.Time) (booked Beginning, visitors []booking.VisitorID, err error) {
	found, err := all(ctx, tx, "beginning", func(row scanner) (b Beginning, err error) {
		var from, to stamp
		if err = row.Scan(&b.Visit, &from, &to, &b.Kind, &b.Tongue.Language, &b.Tongue.Mode); err != nil {
			return b, err
		}
		b.When, err = booking.NewInterval(from.Time, to.Sub(from.Time))
		return b, err
	}, beginningOf, patient, at(start))
	if err != nil || len(found) == 0 {
		return Beginning{}, nil, err
	}
	visitors, err = all(ctx, tx, "visitors at", scalar[booking.VisitorID], visitorsAt, found[0].Visit)
	return found[0], visitors, err
}

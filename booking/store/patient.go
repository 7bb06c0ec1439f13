package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const addPatient = `
INSERT INTO patients (id, mrn, name, alias, state, infection, language, mode, needs, private)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`

// AddPatient saves a new patient.
func (tx *Tx) AddPatient(ctx context.Context, p booking.Patient) error {
	return tx.save(ctx, "add patient", addPatient, p.ID, p.MRN, p.Name, p.Alias, p.State,
		cmp.Or(p.Infection, booking.NoInfection), p.Tongue.Language, p.Tongue.Mode, p.Needs, p.Private)
}

const (
	patientColumns = `p.id, p.mrn, p.name, p.alias, p.state, p.infection, p.language, p.mode, p.needs, p.private, p.merged_into`
	patientByID    = `SELECT ` + patientColumns + ` FROM patients AS p WHERE p.id = $1`
)

func patientDest(p *booking.Patient) []any {
	return []any{&p.ID, &p.MRN, &p.Name, &p.Alias, &p.State, &p.Infection, &p.Tongue.Language, &p.Tongue.Mode, &p.Needs, &p.Private, into(&p.MergedInto)}
}

func scanPatient(row scanner) (p booking.Patient, err error) {
	err = row.Scan(patientDest(&p)...)
	return p, err
}

// Patient returns a patient, or ErrNoSuchPatient.
func (tx *Tx) Patient(ctx context.Context, id booking.PatientID) (booking.Patient, error) {
	return one(ctx, tx, "patient", booking.ErrNoSuchPatient, scanPatient, patientByID, id)
}

const addStay = `
INSERT INTO stays (id, patient_id, ward_id, bed_id, from_at, to_at) VALUES ($1, $2, $3, $4, $5, $6)`

// AddStay saves where a patient lies. Their earlier stay must be over.
func (tx *Tx) AddStay(ctx context.Context, id string, s booking.Stay) error {
	bed, err := tx.Bed(ctx, s.Ward, s.Bay, s.Bed)
	if err != nil {
		return err
	}
	return tx.save(ctx, "add stay", addStay, id, s.Patient, s.Ward, bed, at(s.From), at(s.To))
}

const (
	stayColumns = `s.patient_id, s.ward_id, b.bay, b.name, s.from_at, s.to_at`
	fromStays   = ` FROM stays AS s JOIN beds AS b ON b.id = s.bed_id WHERE s.to_at IS NULL `
	stayOf      = `SELECT ` + stayColumns + fromStays + `AND s.patient_id = $1`
)

func stayDest(s *booking.Stay) (dest []any, fill func()) {
	var from, to stamp
	return []any{&s.Patient, &s.Ward, &s.Bay, &s.Bed, &from, &to}, func() { s.From, s.To = from.Time, to.Time }
}

// Stay returns where a patient lies now; the zero Stay when they lie nowhere.
func (tx *Tx) Stay(ctx context.Context, id booking.PatientID) (booking.Stay, error) {
	stay, err := one(ctx, tx, "stay", errNothing, func(row scanner) (s booking.Stay, err error) {
		dest, fill := stayDest(&s)
		err = row.Scan(dest...)
		fill()
		return s, err
	}, stayOf, id)
	if errors.Is(err, errNothing) {
		return booking.Stay{}, nil
	}
	return stay, err
}

// An Inpatient is a patient where they lie.
type Inpatient struct {
	Patient booking.Patient
	Stay    booking.Stay
}

const inpatients = `
SELECT ` + patientColumns + `, ` + stayColumns + `
FROM   stays AS s JOIN beds AS b ON b.id = s.bed_id JOIN patients AS p ON p.id = s.patient_id
WHERE  s.ward_id = $1 AND s.to_at IS NULL
ORDER  BY b.bay, b.name, p.id`

// Inpatients are those lying in a ward, by bed.
func (tx *Tx) Inpatients(ctx context.Context, ward booking.WardID) ([]Inpatient, error) {
	return all(ctx, tx, "inpatients", func(row scanner) (in Inpatient, err error) {
		dest, fill := stayDest(&in.Stay)
		err = row.Scan(append(patientDest(&in.Patient), dest...)...)
		fill()
		return in, err
	}, inpatients, ward)
}

const (
	addConsent = `
INSERT INTO consents (id, patient_id, basis, given_by, recorded_by, at, review_on, withdrawn_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`

	selectConsent = `
SELECT id, patient_id, basis, given_by, recorded_by, at, review_on, withdrawn_at FROM consents `
	lastConsent = selectConsent + `WHERE patient_id = $1 ORDER BY at DESC, id DESC LIMIT 1`
	consentByID = selectConsent + `WHERE id = $1`

	withdrawConsent = `UPDATE consents SET withdrawn_at = $2 WHERE patient_id = $1 AND withdrawn_at IS NULL`
)

// AddConsent saves a yes.
func (tx *Tx) AddConsent(ctx context.Context, c booking.Consent) error {
	return tx.save(ctx, "add consent", addConsent, c.ID, c.Patient, c.Basis, c.By, c.RecordedBy, at(c.At),
		day{c.ReviewOn}, at(c.WithdrawnAt))
}

// Consent returns the latest consent of a patient; the zero Consent when there
// is none.
func (tx *Tx) Consent(ctx context.Context, patient booking.PatientID) (booking.Consent, error) {
	consent, err := one(ctx, tx, "consent", errNothing, scanConsent, lastConsent, patient)
	if errors.Is(err, errNothing) {
		return booking.Consent{}, nil
	}
	return consent, err
}

// ConsentByID returns one consent, also one that another has followed.
func (tx *Tx) ConsentByID(ctx context.Context, id booking.ConsentID) (booking.Consent, error) {
	return one(ctx, tx, "consent by id", fmt.Errorf("store: no consent %s", id), scanConsent, consentByID, id)
}

func scanConsent(row scanner) (c booking.Consent, err error) {
	var given, withdrawn stamp
	var review day
	err = row.Scan(&c.ID, &c.Patient, &c.Basis, &c.By, &c.RecordedBy, &given, &review, &withdrawn)
	c.At, c.ReviewOn, c.WithdrawnAt = given.Time, review.Date, withdrawn.Time
	return c, err
}

// WithdrawConsent takes every standing consent of a patient back, and reports
// whether there was one.
func (tx *Tx) WithdrawConsent(ctx context.Context, patient booking.PatientID, now time.Time) (bool, error) {
	n, err := tx.run(ctx, "withdraw consent", withdrawConsent, patient, at(now))
	return n > 0, err
}

package desk

import (
	"context"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// RecordConsent writes down a patient's yes: on whose word, and until when. The
// rest is the desk's to fill in.
func (d *Desk) RecordConsent(ctx context.Context, by booking.Actor, c booking.Consent) (booking.Consent, error) {
	switch c.Basis {
	case booking.BasisOwn, booking.BasisBestInterests, booking.BasisParent, booking.BasisAttorney:
	default:
		return c, booking.ErrBadChoice
	}
	return create(ctx, d, by, makesConsent(by, c), func(tx *store.Tx) (booking.Consent, error) {
		c := c // run again, it starts again
		ward, err := touchedWard(ctx, tx, by, c.Patient)
		if err != nil {
			return c, err
		}
		patient, err := tx.Patient(ctx, c.Patient)
		if err != nil {
			return c, err
		}
		if c.Basis == booking.BasisOwn && c.By == "" {
			c.By = patient.Name
		}
		if c.By, err = readText(c.By, longestName); err != nil {
			return c, err
		}
		now := d.now()
		if !c.ReviewOn.IsZero() && c.ReviewOn.Before(booking.DateOf(now, ward.Site.Zone)) {
			return c, booking.ErrBadTime
		}
		id, err := d.newID()
		if err != nil {
			return c, err
		}
		c.ID, c.RecordedBy, c.At, c.WithdrawnAt = booking.ConsentID(id), by.Name, now, booking.Consent{}.WithdrawnAt
		if err := tx.AddConsent(ctx, c); err != nil {
			return c, err
		}
		if err := d.reviewPatient(ctx, tx, by, c.Patient); err != nil {
			return c, err
		}
		return c, tx.AddEvent(ctx, booking.Event{
			At: now, By: by, Action: booking.ConsentRecorded, Subject: "patient " + string(c.Patient), Ward: ward.ID, Reason: string(c.Basis),
		})
	})
}

func makesConsent(by booking.Actor, asked booking.Consent) creation[booking.Consent] {
	return creation[booking.Consent]{
		act: "record_consent", asked: []any{asked.Patient, asked.Basis, asked.By, asked.ReviewOn.String()},
		id: func(made booking.Consent) string { return string(made.ID) },
		find: func(ctx context.Context, tx *store.Tx, id string) (booking.Consent, error) {
			if _, err := wardOf(ctx, tx, by, booking.KeepPatients, asked.Patient); err != nil {
				return booking.Consent{}, err
			}
			return tx.ConsentByID(ctx, booking.ConsentID(id))
		},
	}
}

// WithdrawConsent writes down that a patient's yes is taken back. Visits stay,
// flagged, and nobody can join them until there is another yes.
func (d *Desk) WithdrawConsent(ctx context.Context, by booking.Actor, patient booking.PatientID) error {
	return d.store.Do(ctx, func(tx *store.Tx) error {
		ward, err := touchedWard(ctx, tx, by, patient)
		if err != nil {
			return err
		}
		now := d.now()
		stood, err := tx.WithdrawConsent(ctx, patient, now)
		if err != nil || !stood {
			return err
		}
		if err := d.reviewPatient(ctx, tx, by, patient); err != nil {
			return err
		}
		return tx.AddEvent(ctx, booking.Event{
			At: now, By: by, Action: booking.ConsentWithdrawn, Subject: "patient " + string(patient), Ward: ward.ID,
		})
	})
}

package desk

import (
	"context"
	"slices"
	"strings"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// PatientNeeds is what staff should know of a patient before anybody speaks with
// them, or of them.
type PatientNeeds struct {
	Tongue  booking.Tongue // zero for what the hospital speaks
	Needs   string         // hearing, sight, speech, hands; may be empty
	Private bool           // nobody is to be told that they are here
}

// RecordNeeds says what helps a patient, and whether they may be talked of. While
// they are private, relatives add nobody, and the ward says who agreed to each person
// whom it tells; those who were let in before stay.
func (d *Desk) RecordNeeds(ctx context.Context, by booking.Actor, id booking.PatientID, n PatientNeeds) error {
	var err error
	if n.Needs = strings.TrimSpace(n.Needs); n.Needs != "" {
		if n.Needs, err = readText(n.Needs, longestReason); err != nil {
			return err
		}
	}
	return d.store.Do(ctx, func(tx *store.Tx) error {
		ward, err := touchedWard(ctx, tx, by, id)
		if err != nil {
			return err
		}
		p, err := tx.Patient(ctx, id)
		if err != nil {
			return err
		}
		if n.Tongue != p.Tongue && !n.Tongue.IsZero() {
			if err := spoken(ctx, tx, n.Tongue); err != nil {
				return err
			}
		}
		was := PatientNeeds{p.Tongue, p.Needs, p.Private}
		p.Tongue, p.Needs, p.Private = n.Tongue, n.Needs, n.Private
		if was == n {
			return nil
		}
		if err := tx.SavePatient(ctx, p); err != nil {
			return err
		}
		for _, e := range needEvents(was, n) {
			e.At, e.By, e.Subject, e.Ward = d.now(), by, "patient "+string(id), ward.ID
			if err := tx.AddEvent(ctx, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// spoken refuses a language that nobody interprets: one made up by whoever filled in the form.
func spoken(ctx context.Context, tx *store.Tx, t booking.Tongue) error {
	all, err := tx.Tongues(ctx)
	if err == nil && !slices.Contains(all, t) {
		err = booking.ErrBadChoice
	}
	return err
}

// needEvents say which of a patient's needs have changed, and not what they are.
func needEvents(was, is PatientNeeds) []booking.Event {
	var events []booking.Event
	var changed []string
	if was.Tongue != is.Tongue {
		changed = append(changed, "language")
	}
	if was.Needs != is.Needs {
		changed = append(changed, "needs")
	}
	if len(changed) > 0 {
		events = append(events, booking.Event{Action: booking.NeedsRecorded, Reason: strings.Join(changed, " ")})
	}
	switch {
	case is.Private && !was.Private:
		events = append(events, booking.Event{Action: booking.PrivacyAsked})
	case was.Private && !is.Private:
		events = append(events, booking.Event{Action: booking.PrivacyDropped})
	}
	return events
}

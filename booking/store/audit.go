package store

import (
	"context"

	"github.com/wardvisit/wardvisit/booking"
)

const addEvent = `
INSERT INTO audit_events (at, actor_kind, actor_id, action, subject, ward_id, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7)`

// AddEvent records a fact that this transaction makes true. The boards of the ward it
// names look again once the transaction commits, unless it is quiet.
func (tx *Tx) AddEvent(ctx context.Context, e booking.Event) error {
	err := tx.save(ctx, "record event", addEvent, at(e.At), e.By.Kind, e.By.ID, e.Action, e.Subject, orNull(e.Ward), e.Reason)
	if err == nil && e.Ward != "" && !e.Quiet {
		tx.Changed(e.Ward)
	}
	return err
}

const eventsOf = `
SELECT at, actor_kind, actor_id, action, subject, ward_id, reason FROM audit_events WHERE subject = $1 ORDER BY seq`

// Events are what is recorded of a subject, in order.
func (tx *Tx) Events(ctx context.Context, subject string) ([]booking.Event, error) {
	return all(ctx, tx, "events", func(row scanner) (e booking.Event, err error) {
		var when stamp
		err = row.Scan(&when, &e.By.Kind, &e.By.ID, &e.Action, &e.Subject, into(&e.Ward), &e.Reason)
		e.At = when.Time
		return e, err
	}, eventsOf, subject)
}

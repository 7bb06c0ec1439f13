package store

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const (
	addInterpreter = `INSERT INTO interpreters (id, name, phone, email, zone) VALUES ($1, $2, $3, $4, $5)`
	addTongue      = `INSERT INTO interpreter_tongues (interpreter_id, language, mode) VALUES ($1, $2, $3)`
	addHours       = `
INSERT INTO interpreter_hours (interpreter_id, weekday, starts_minute, ends_minute) VALUES ($1, $2, $3, $4)`
)

// AddInterpreter saves a new interpreter with their tongues and hours.
func (tx *Tx) AddInterpreter(ctx context.Context, i booking.Interpreter) error {
	if err := tx.save(ctx, "add interpreter", addInterpreter, i.ID, i.Name, i.Phone, i.Email, i.Zone.String()); err != nil {
		return err
	}
	for _, t := range i.Tongues {
		if err := tx.save(ctx, "add tongue", addTongue, i.ID, t.Language, t.Mode); err != nil {
			return err
		}
	}
	for _, h := range i.Hours {
		if err := tx.save(ctx, "add hours", addHours, i.ID, int(h.Weekday), int(h.Start), int(h.End)); err != nil {
			return err
		}
	}
	return nil
}

const (
	selectInterpreter = `SELECT i.id, i.name, i.phone, i.email, i.zone FROM interpreters AS i`
	interpreterByID   = selectInterpreter + ` WHERE i.id = $1`

	interpretersOf = selectInterpreter + ` JOIN interpreter_tongues AS t ON t.interpreter_id = i.id
WHERE t.language = $1 AND t.mode = $2 ORDER BY i.id`

	tonguesOf = `SELECT language, mode FROM interpreter_tongues WHERE interpreter_id = $1 ORDER BY language, mode`
	hoursOf   = `
SELECT weekday, starts_minute, ends_minute FROM interpreter_hours WHERE interpreter_id = $1 ORDER BY weekday, starts_minute`
	allTongues = `SELECT DISTINCT language, mode FROM interpreter_tongues ORDER BY language, mode`
)

// Interpreter returns an interpreter with their tongues and hours, or
// ErrNoSuchInterpreter.
func (tx *Tx) Interpreter(ctx context.Context, id booking.InterpreterID) (booking.Interpreter, error) {
	i, err := one(ctx, tx, "interpreter", booking.ErrNoSuchInterpreter, tx.scanInterpreter, interpreterByID, id)
	if err != nil {
		return i, err
	}
	return i, tx.fillInterpreter(ctx, &i)
}

// Interpreters are those who offer a tongue.
func (tx *Tx) Interpreters(ctx context.Context, t booking.Tongue) ([]booking.Interpreter, error) {
	found, err := all(ctx, tx, "interpreters", tx.scanInterpreter, interpretersOf, t.Language, t.Mode)
	for n := range found {
		if err == nil {
			err = tx.fillInterpreter(ctx, &found[n])
		}
	}
	return found, err
}

func (tx *Tx) scanInterpreter(row scanner) (i booking.Interpreter, err error) {
	var zone string
	if err = row.Scan(&i.ID, &i.Name, &i.Phone, &i.Email, &zone); err != nil {
		return i, err
	}
	i.Zone, err = tx.store.zone(zone)
	return i, err
}

func (tx *Tx) fillInterpreter(ctx context.Context, i *booking.Interpreter) (err error) {
	if i.Tongues, err = all(ctx, tx, "tongues of", scanTongue, tonguesOf, i.ID); err != nil {
		return err
	}
	i.Hours, err = all(ctx, tx, "hours of", func(row scanner) (h booking.Hours, err error) {
		var weekday int
		err = row.Scan(&weekday, &h.Start, &h.End)
		h.Weekday = time.Weekday(weekday)
		return h, err
	}, hoursOf, i.ID)
	return err
}

func scanTongue(row scanner) (t booking.Tongue, err error) {
	err = row.Scan(&t.Language, &t.Mode)
	return t, err
}

// Tongues are all that some interpreter offers.
func (tx *Tx) Tongues(ctx context.Context) ([]booking.Tongue, error) {
	return all(ctx, tx, "tongues", scanTongue, allTongues)
}

const (
	addOffer = `
INSERT INTO interpreter_bookings (id, visit_id, interpreter_id, language, mode, state, offered_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)`

	saveOffer = `UPDATE interpreter_bookings SET state = $2, answered_at = $3 WHERE id = $1`

	offerColumns = `o.id, o.visit_id, o.interpreter_id, o.language, o.mode, o.state`
	offerByID    = `SELECT ` + offerColumns + ` FROM interpreter_bookings AS o WHERE o.id = $1`
	offersOf     = `
SELECT ` + offerColumns + ` FROM interpreter_bookings AS o WHERE o.visit_id = $1 ORDER BY o.offered_at, o.id`
)

func scanOffer(row scanner) (b booking.InterpreterBooking, err error) {
	err = row.Scan(&b.ID, &b.Visit, &b.Interpreter, &b.Tongue.Language, &b.Tongue.Mode, &b.State)
	return b, err
}

// AddOffer saves that an interpreter is asked to a visit.
func (tx *Tx) AddOffer(ctx context.Context, b booking.InterpreterBooking, now time.Time) error {
	return tx.save(ctx, "add offer", addOffer, b.ID, b.Visit, b.Interpreter, b.Tongue.Language, b.Tongue.Mode, b.State, at(now))
}

// SaveOffer saves what has become of an offer.
func (tx *Tx) SaveOffer(ctx context.Context, b booking.InterpreterBooking, now time.Time) error {
	return tx.save(ctx, "save offer", saveOffer, b.ID, b.State, at(now))
}

// Offer returns an offer, or ErrNoSuchOffer.
func (tx *Tx) Offer(ctx context.Context, id booking.OfferID) (booking.InterpreterBooking, error) {
	return one(ctx, tx, "offer", booking.ErrNoSuchOffer, scanOffer, offerByID, id)
}

// Offers are all that were ever made for a visit, in order.
func (tx *Tx) Offers(ctx context.Context, visit booking.VisitID) ([]booking.InterpreterBooking, error) {
	return all(ctx, tx, "offers", scanOffer, offersOf, visit)
}

const jobsBetween = `
SELECT count(*) FROM reservations
WHERE  resource_kind = 'interpreter' AND resource_id = $1 AND state <> 'released' AND starts_at >= $2 AND starts_at < $3`

// JobsBetween counts the visits that an interpreter is reserved for.
func (tx *Tx) JobsBetween(ctx context.Context, id booking.InterpreterID, from, to time.Time) (int, error) {
	return one(ctx, tx, "jobs between", nil, scalar[int], jobsBetween, id, at(from), at(to))
}

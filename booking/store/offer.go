package store

import (
	"context"
	"errors"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const (
	addOffer = `
INSERT INTO interpreter_bookings (id, visit_id, interpreter_id, language, mode, state, offered_at, answer_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`

	saveOffer = `
UPDATE interpreter_bookings SET state = $2, answered_at = $3, answer_by = $4, spoke_at = $5
WHERE  id = $1 AND state IN ('offered', 'accepted')`

	extendOffer = `UPDATE interpreter_bookings SET answer_by = $2 WHERE id = $1 AND state = 'offered'`

	offerColumns = `o.id, o.visit_id, o.interpreter_id, o.language, o.mode, o.state, o.answer_by, o.spoke_at`
	offerByID    = `SELECT ` + offerColumns + ` FROM interpreter_bookings AS o WHERE o.id = $1`
	offersOf     = `
SELECT ` + offerColumns + ` FROM interpreter_bookings AS o WHERE o.visit_id = $1 ORDER BY o.offered_at, o.id`
)

func scanOffer(row scanner) (b booking.InterpreterBooking, err error) {
	var by, spoke stamp
	err = row.Scan(&b.ID, &b.Visit, &b.Interpreter, &b.Tongue.Language, &b.Tongue.Mode, &b.State, &by, &spoke)
	b.AnswerBy, b.SpokeAt = by.Time, spoke.Time
	return b, err
}

// AddOffer saves that an interpreter is asked to a visit.
func (tx *Tx) AddOffer(ctx context.Context, b booking.InterpreterBooking, now time.Time) error {
	return tx.save(ctx, "add offer", addOffer, b.ID, b.Visit, b.Interpreter, b.Tongue.Language, b.Tongue.Mode, b.State, at(now), at(b.AnswerBy))
}

// SaveOffer saves what has become of an offer. It returns ErrAgain if the offer
// was closed a moment ago by somebody else.
func (tx *Tx) SaveOffer(ctx context.Context, b booking.InterpreterBooking, now time.Time) error {
	n, err := tx.run(ctx, "save offer", saveOffer, b.ID, b.State, at(now), at(b.AnswerBy), at(b.SpokeAt))
	if err == nil && n == 0 {
		err = ErrAgain
	}
	return err
}

// ExtendOffer gives whoever is asked until another instant to answer.
func (tx *Tx) ExtendOffer(ctx context.Context, id booking.OfferID, by time.Time) error {
	_, err := tx.run(ctx, "extend offer", extendOffer, id, at(by))
	return err
}

// Offer returns an offer, or ErrNoSuchOffer.
func (tx *Tx) Offer(ctx context.Context, id booking.OfferID) (booking.InterpreterBooking, error) {
	return one(ctx, tx, "offer", booking.ErrNoSuchOffer, scanOffer, offerByID, id)
}

// Offers are all that were ever made for a visit, in order.
func (tx *Tx) Offers(ctx context.Context, visit booking.VisitID) ([]booking.InterpreterBooking, error) {
	return all(ctx, tx, "offers", scanOffer, offersOf, visit)
}

const (
	uninterpretedFrom = `
SELECT v.id FROM visits AS v
WHERE  v.state IN ('booked', 'preparing', 'lobby', 'live') AND v.language <> '' AND v.ends_at > $1 AND v.starts_at < $2
  AND  NOT EXISTS (SELECT 1 FROM interpreter_bookings AS o WHERE o.visit_id = v.id AND o.state IN ('offered', 'accepted'))`

	uninterpreted = uninterpretedFrom + `
ORDER  BY v.starts_at, v.id LIMIT $3`

	// Once told, told: the event is the memory, and is found by its subject.
	untold = uninterpretedFrom + `
  AND  NOT EXISTS (SELECT 1 FROM audit_events AS e WHERE e.subject = 'visit ' || v.id AND e.action = $4)
ORDER  BY v.starts_at, v.id LIMIT $3`

	untoldLate = `
SELECT v.id FROM visits AS v
WHERE  v.state IN ('booked', 'preparing', 'lobby', 'live') AND v.language <> '' AND v.ends_at > $1 AND v.starts_at <= $2
  AND  NOT EXISTS (SELECT 1 FROM participants AS y WHERE y.visit_id = v.id AND y.role = 'interpreter'
                   AND (y.here_since IS NOT NULL OR y.place = 'admitted'))
  AND  NOT EXISTS (SELECT 1 FROM audit_events AS e WHERE e.subject = 'visit ' || v.id AND e.action = $4)
ORDER  BY v.starts_at, v.id LIMIT $3`

	visitsReserving = `
SELECT visit_id FROM reservations
WHERE  resource_kind = 'interpreter' AND resource_id = $1 AND state <> 'released' AND starts_at < $3 AND $2 < ends_at
ORDER  BY starts_at, visit_id`

	toFollowUp = `
SELECT o.visit_id FROM interpreter_bookings AS o JOIN visits AS v ON v.id = o.visit_id
WHERE  v.state IN ('booked', 'preparing', 'lobby', 'live') AND v.ends_at > $1
  AND  (o.state = 'offered' AND o.answer_by <= $1 OR o.state IN ('offered', 'accepted') AND v.starts_at <= $2)
ORDER  BY v.starts_at, v.id LIMIT $3`
)

// Uninterpreted are at most so many visits that want an interpreter and have
// nobody, of those under way or to come that end after one instant and begin
// before another, in order of time.
func (tx *Tx) Uninterpreted(ctx context.Context, after, before time.Time, most int) ([]booking.VisitID, error) {
	return all(ctx, tx, "uninterpreted visits", scalar[booking.VisitID], uninterpreted, at(after), at(before), most)
}

// Untold are those of Uninterpreted whose families have not been told so, as an
// event says.
func (tx *Tx) Untold(ctx context.Context, told booking.Action, after, before time.Time, most int) ([]booking.VisitID, error) {
	return all(ctx, tx, "families untold", scalar[booking.VisitID], untold, at(after), at(before), most, told)
}

// UntoldLate are at most so many visits that want an interpreter, began by an
// instant and have not ended, to which none has come, and whose families have not
// been told so.
func (tx *Tx) UntoldLate(ctx context.Context, told booking.Action, now, began time.Time, most int) ([]booking.VisitID, error) {
	return all(ctx, tx, "families who wait for an interpreter", scalar[booking.VisitID], untoldLate, at(now), at(began), most, told)
}

// VisitsReserving are the visits that an interpreter is reserved for between two
// instants, in order of time.
func (tx *Tx) VisitsReserving(ctx context.Context, id booking.InterpreterID, from, to time.Time) ([]booking.VisitID, error) {
	return all(ctx, tx, "visits that reserve an interpreter", scalar[booking.VisitID], visitsReserving, id, at(from), at(to))
}

// ToFollowUp are at most so many visits whose interpreter has not answered in
// time, or that begin by an instant, in order of time.
func (tx *Tx) ToFollowUp(ctx context.Context, now, before time.Time, most int) ([]booking.VisitID, error) {
	return all(ctx, tx, "interpreters to follow up", scalar[booking.VisitID], toFollowUp, at(now), at(before), most)
}

const (
	// A record that was merged into another is the same person.
	knownTo = `
SELECT DISTINCT o.interpreter_id FROM interpreter_bookings AS o JOIN visits AS v ON v.id = o.visit_id
WHERE  o.state = 'accepted' AND v.state = 'ended'
  AND  (v.patient_id = $1 OR v.patient_id IN (SELECT p.id FROM patients AS p WHERE p.merged_into = $1))`

	avoidedBy = `
SELECT DISTINCT interpreter_id FROM interpreter_avoided
WHERE  patient_id = $1 OR patient_id IN (SELECT p.id FROM patients AS p WHERE p.merged_into = $1)`

	avoid = `
INSERT INTO interpreter_avoided (patient_id, interpreter_id, at) VALUES ($1, $2, $3)
ON CONFLICT (patient_id, interpreter_id) DO NOTHING`
)

// KnownTo are the interpreters who interpreted for a patient before.
func (tx *Tx) KnownTo(ctx context.Context, id booking.PatientID) ([]booking.InterpreterID, error) {
	return all(ctx, tx, "interpreters known", scalar[booking.InterpreterID], knownTo, id)
}

// AvoidedBy are the interpreters whom a patient would rather not see again.
func (tx *Tx) AvoidedBy(ctx context.Context, id booking.PatientID) ([]booking.InterpreterID, error) {
	return all(ctx, tx, "interpreters avoided", scalar[booking.InterpreterID], avoidedBy, id)
}

// Avoid saves that a patient would rather not see an interpreter again.
func (tx *Tx) Avoid(ctx context.Context, patient booking.PatientID, id booking.InterpreterID, now time.Time) error {
	_, err := tx.run(ctx, "avoid an interpreter", avoid, patient, id, at(now))
	return err
}

const (
	forgo = `
INSERT INTO interpreter_forgone (visit_id, language, mode, at, by_kind) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (visit_id) DO UPDATE SET language = excluded.language, mode = excluded.mode, at = excluded.at, by_kind = excluded.by_kind`

	forgone   = `SELECT language, mode FROM interpreter_forgone WHERE visit_id = $1`
	forgoneIn = `
SELECT f.visit_id, f.language, f.mode FROM interpreter_forgone AS f JOIN visits AS v ON v.id = f.visit_id
WHERE  v.ward_id = $1 AND v.starts_at >= $2 AND v.starts_at < $3`
)

// Forgo saves that a visit goes on without the interpreter it asked for.
func (tx *Tx) Forgo(ctx context.Context, visit booking.VisitID, t booking.Tongue, by booking.ActorKind, now time.Time) error {
	return tx.save(ctx, "forgo an interpreter", forgo, visit, t.Language, t.Mode, at(now), by)
}

// Forgone is the tongue that a visit goes on without, or the zero Tongue.
func (tx *Tx) Forgone(ctx context.Context, visit booking.VisitID) (booking.Tongue, error) {
	t, err := one(ctx, tx, "interpreter forgone", errNothing, scanTongue, forgone, visit)
	if errors.Is(err, errNothing) {
		return booking.Tongue{}, nil
	}
	return t, err
}

// ForgoneIn are the tongues that a ward's visits which begin between two instants
// go on without.
func (tx *Tx) ForgoneIn(ctx context.Context, ward booking.WardID, from, to time.Time) (map[booking.VisitID]booking.Tongue, error) {
	found := map[booking.VisitID]booking.Tongue{}
	_, err := all(ctx, tx, "interpreters forgone", func(row scanner) (none struct{}, err error) {
		var id booking.VisitID
		var t booking.Tongue
		err = row.Scan(&id, &t.Language, &t.Mode)
		found[id] = t
		return none, err
	}, forgoneIn, ward, at(from), at(to))
	return found, err
}

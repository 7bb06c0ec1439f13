package store

import (
	"context"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// TakeWard has every other act that changes what a ward decides for itself, and
// every booking that looks at it last, wait until this one is over. An act that
// touches patients does so before.
func (tx *Tx) TakeWard(ctx context.Context, id booking.WardID) error {
	if err := tx.inTurn(ctx, Resource{wardRow, string(id)}); err != nil {
		return err
	}
	n, err := tx.run(ctx, "take a ward", growSerial, id)
	if n == 0 && err == nil || tx.store.engine.nothing(err) {
		return booking.ErrNoSuchWard
	}
	tx.grew(id)
	return err
}

// SettleWards makes the boards look again as the commit would, but now: what is
// read of a ward's rules after it is what they are when this transaction commits,
// since whoever changes them takes the ward first. Nothing is touched after it.
func (tx *Tx) SettleWards(ctx context.Context, ward booking.WardID) error {
	tx.Changed(ward)
	if err := tx.growSerials(ctx); err != nil {
		return err
	}
	clear(tx.serial)
	delete(tx.wards, ward)
	return nil
}

const rulesStand = `
SELECT (SELECT max(p.version) FROM policies AS p WHERE p.ward_id = $1),
       EXISTS (SELECT 1 FROM wards AS w WHERE w.id = $1 AND w.enabled)
   AND NOT EXISTS (SELECT 1 FROM closures AS c
                   WHERE c.ward_id = $1 AND c.to_on >= $2 AND c.reopened_at IS NULL AND c.from_on <= $2)
   AND NOT EXISTS (SELECT 1 FROM protected_times AS t
                   WHERE t.ward_id = $1 AND (t.days & $3) <> 0 AND t.starts_minute < $6 AND $5 < t.ends_minute)
   AND EXISTS (SELECT 1 FROM sessions AS s
               WHERE s.ward_id = $1 AND s.weekday = $4 AND s.starts_minute <= $5 AND $6 <= s.ends_minute
                 AND s.valid_from <= $2 AND (s.valid_to IS NULL OR s.valid_to >= $2)
                 AND s.every_weeks = 1 AND s.audience = 'relatives')`

// RulesStand reports at once, for a time on one ordinary day, whether nothing of
// the ward's timetable can stand against it: a session for everybody has all of
// it, no closure or protected time is near, and the ward takes visits. When it is false, a closer look at
// the Timetable decides. version is that of the policy in force.
func (tx *Tx) RulesStand(ctx context.Context, ward booking.WardID, d booking.Date, from, to booking.ClockTime) (version int, stand bool, err error) {
	type answer struct {
		version int
		stand   bool
	}
	a, err := one(ctx, tx, "rules stand", booking.ErrNoSuchWard, func(row scanner) (a answer, err error) {
		err = row.Scan(&a.version, &a.stand)
		return a, err
	}, rulesStand, ward, day{d}, int(booking.On(d.Weekday())), int(d.Weekday()), int(from), int(to))
	return a.version, a.stand, err
}

const overridesOf = `SELECT rule, reason FROM overrides WHERE visit_id = $1 ORDER BY at, rule`

// Overrides are the rules that were set aside for a visit.
func (tx *Tx) Overrides(ctx context.Context, visit booking.VisitID) ([]booking.Override, error) {
	return all(ctx, tx, "overrides", func(row scanner) (o booking.Override, err error) {
		err = row.Scan(&o.Rule, &o.Reason)
		return o, err
	}, overridesOf, visit)
}

// Session returns one of a ward's visiting times, or ErrNoSuchSession.
func (tx *Tx) Session(ctx context.Context, ward booking.WardID, id booking.SessionID) (booking.Session, error) {
	sessions, err := tx.Sessions(ctx, ward)
	if err != nil {
		return booking.Session{}, err
	}
	i := slices.IndexFunc(sessions, func(s booking.Session) bool { return s.ID == id })
	if i < 0 {
		return booking.Session{}, booking.ErrNoSuchSession
	}
	return sessions[i], nil
}

const pastClosures = selectClosures + `
WHERE ward_id = $1 AND (to_on < $2 OR reopened_at IS NOT NULL) ORDER BY made_at DESC, id DESC LIMIT $3`

// PastClosures are the last n closures of a ward that no longer stand on a day,
// latest first.
func (tx *Tx) PastClosures(ctx context.Context, ward booking.WardID, from booking.Date, n int) ([]booking.Closure, error) {
	return all(ctx, tx, "past closures", scanClosure, pastClosures, ward, day{from}, n)
}

const baysOf = `SELECT DISTINCT bay FROM beds WHERE ward_id = $1 AND bay <> '' AND closed_at IS NULL ORDER BY bay`

// Bays are the names of a ward's bays.
func (tx *Tx) Bays(ctx context.Context, ward booking.WardID) ([]string, error) {
	return all(ctx, tx, "bays", scalar[string], baysOf, ward)
}

// A PatientCount is how many visits one patient has.
type PatientCount struct {
	Patient booking.PatientID
	Visits  int
}

const visitsByPatient = `
SELECT s.patient_id, (SELECT count(*) FROM visits AS v
                      WHERE v.patient_id = s.patient_id AND v.starts_at >= $2 AND v.starts_at < $3
                        AND v.state NOT IN ('cancelled', 'held'))
FROM   stays AS s WHERE s.ward_id = $1 AND s.to_at IS NULL ORDER BY s.patient_id`

// VisitsByPatient counts the visits, of every kind, of those lying in a ward that
// begin between two instants: also of whoever has none.
func (tx *Tx) VisitsByPatient(ctx context.Context, ward booking.WardID, from, to time.Time) ([]PatientCount, error) {
	return all(ctx, tx, "visits by patient", func(row scanner) (c PatientCount, err error) {
		err = row.Scan(&c.Patient, &c.Visits)
		return c, err
	}, visitsByPatient, ward, at(from), at(to))
}

package store

import (
	"cmp"
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const (
	addFlag = `
INSERT INTO flags (id, visit_id, ward_id, kind, cause, opened_at) VALUES ($1, $2, $3, $4, $5, $6)`

	closeFlag = `
UPDATE flags SET closed_at = $2, closed_by = $3, close_reason = $4, note = $5 WHERE id = $1 AND closed_at IS NULL`

	selectFlags = `
SELECT f.id, f.visit_id, f.ward_id, f.kind, f.cause, f.opened_at, f.closed_at, f.closed_by, f.close_reason, f.note
FROM   flags AS f `
	flagByID       = selectFlags + `WHERE f.id = $1`
	flagsOfVisit   = selectFlags + `WHERE f.visit_id = $1 ORDER BY f.opened_at, f.id`
	flagsOfWard    = selectFlags + `WHERE f.ward_id = $1 AND f.closed_at IS NULL ORDER BY f.opened_at, f.id`
	flagsOfPatient = selectFlags + `JOIN visits AS v ON v.id = f.visit_id
WHERE  v.patient_id = $1 AND f.closed_at IS NULL ORDER BY f.opened_at, f.id`
	countFlagged = `
SELECT (SELECT count(DISTINCT f.visit_id) FROM flags AS f WHERE f.ward_id = $1 AND f.closed_at IS NULL)
     + (SELECT count(*) FROM tasks AS t WHERE t.ward_id = $1 AND t.done_at IS NULL)`
)

// AddFlag opens a flag. It returns ErrAgain if somebody has just opened one of
// that kind.
func (tx *Tx) AddFlag(ctx context.Context, f booking.Flag) error {
	return tx.save(ctx, "open a flag", addFlag, f.ID, f.Visit, f.Ward, f.Kind, f.Cause, at(f.OpenedAt))
}

// CloseFlag closes a flag, and reports whether it was open.
func (tx *Tx) CloseFlag(ctx context.Context, f booking.Flag) (bool, error) {
	n, err := tx.run(ctx, "close a flag", closeFlag, f.ID, at(f.ClosedAt), f.ClosedBy, f.Closing, f.Note)
	return n > 0, err
}

// Flag returns a flag, or ErrNoSuchFlag.
func (tx *Tx) Flag(ctx context.Context, id booking.FlagID) (booking.Flag, error) {
	return one(ctx, tx, "flag", booking.ErrNoSuchFlag, scanFlag, flagByID, id)
}

// FlagsOfVisit are all that a visit ever had, the oldest first.
func (tx *Tx) FlagsOfVisit(ctx context.Context, id booking.VisitID) ([]booking.Flag, error) {
	return all(ctx, tx, "flags of a visit", scanFlag, flagsOfVisit, id)
}

// OpenFlags are those that a ward's staff are to look at, the oldest first.
func (tx *Tx) OpenFlags(ctx context.Context, ward booking.WardID) ([]booking.Flag, error) {
	return all(ctx, tx, "flags of a ward", scanFlag, flagsOfWard, ward)
}

// FlagsOfPatient are those that are open on a patient's visits.
func (tx *Tx) FlagsOfPatient(ctx context.Context, id booking.PatientID) ([]booking.Flag, error) {
	return all(ctx, tx, "flags of a patient", scanFlag, flagsOfPatient, id)
}

// CountFlagged is how much a ward's staff are to look at: visits, and families to
// ring.
func (tx *Tx) CountFlagged(ctx context.Context, ward booking.WardID) (int, error) {
	return one(ctx, tx, "count flagged visits", nil, scalar[int], countFlagged, ward)
}

func scanFlag(row scanner) (f booking.Flag, err error) {
	var opened, closed stamp
	err = row.Scan(&f.ID, &f.Visit, &f.Ward, &f.Kind, &f.Cause, &opened, &closed, &f.ClosedBy, &f.Closing, &f.Note)
	f.OpenedAt, f.ClosedAt = opened.Time, closed.Time
	return f, err
}

// What is asked about a visit besides its record, to say what troubles it.
const (
	standingBars = `SELECT id, visitor_id FROM bars WHERE patient_id = $1 AND lifted_at IS NULL`
	pausedOf     = `SELECT id, visitor_id FROM circle_members WHERE patient_id = $1 AND status = 'paused'`
	rulesAside   = `SELECT DISTINCT rule FROM overrides WHERE visit_id = $1 ORDER BY rule`
	loansOut     = `
SELECT id, device_id, to_ward, from_at, to_at FROM device_loans
WHERE  device_id = $1 AND returned_at IS NULL AND to_at > $2 ORDER BY from_at, id`
)

// Bars are who may not visit a patient, with the id of the bar.
func (tx *Tx) Bars(ctx context.Context, patient booking.PatientID) (map[booking.VisitorID]string, error) {
	return tx.byVisitor(ctx, "bars", standingBars, patient)
}

// Paused are who may not visit a patient for now, with what they are in the circle.
func (tx *Tx) Paused(ctx context.Context, patient booking.PatientID) (map[booking.VisitorID]string, error) {
	return tx.byVisitor(ctx, "paused", pausedOf, patient)
}

func (tx *Tx) byVisitor(ctx context.Context, what, query string, patient booking.PatientID) (map[booking.VisitorID]string, error) {
	found := map[booking.VisitorID]string{}
	_, err := all(ctx, tx, what, func(row scanner) (none struct{}, err error) {
		var id string
		var visitor booking.VisitorID
		err = row.Scan(&id, &visitor)
		found[visitor] = id
		return none, err
	}, query, patient)
	return found, err
}

// RulesAside are the codes of the rules that were set aside for a visit.
func (tx *Tx) RulesAside(ctx context.Context, visit booking.VisitID) ([]string, error) {
	return all(ctx, tx, "rules set aside", scalar[string], rulesAside, visit)
}

// LentFrom are a device's loans that stand and end after an instant.
func (tx *Tx) LentFrom(ctx context.Context, id booking.DeviceID, after time.Time) ([]booking.Loan, error) {
	return all(ctx, tx, "loans of a device", func(row scanner) (l booking.Loan, err error) {
		var from, till stamp
		err = row.Scan(&l.ID, &l.Device, &l.To, &from, &till)
		l.From, l.Till = from.Time, till.Time
		return l, err
	}, loansOut, id, at(after))
}

const (
	// Each part begins with what is in few rows, or with the visits to come: never with
	// the years of visits that are over. CROSS JOIN is how SQLite is told so.
	visitsToReview = `
SELECT v.id FROM visits AS v
WHERE  v.id > $4 AND v.id IN (
       SELECT f.visit_id FROM flags AS f WHERE f.closed_at IS NULL
       UNION ALL
       SELECT b.id FROM visits AS b CROSS JOIN patients AS p
       WHERE  p.id = b.patient_id AND b.state = 'booked' AND b.state NOT IN ('ended', 'cancelled') AND b.ends_at > $1
         AND  (p.state <> 'active' OR EXISTS (
              SELECT 1 FROM consents AS c WHERE c.patient_id = p.id AND c.review_on < $3
                 AND NOT EXISTS (SELECT 1 FROM consents AS x WHERE x.patient_id = c.patient_id AND x.at > c.at)))
       UNION ALL
       SELECT b.id FROM devices AS d CROSS JOIN visits AS b
       WHERE  d.state IN ('out_of_service', 'lost') AND b.device_id = d.id AND b.state = 'booked' AND b.ends_at > $1
       UNION ALL
       SELECT b.id FROM closures AS c CROSS JOIN visits AS b
       WHERE  c.reopened_at IS NULL AND c.made_at > $2 AND b.ward_id = c.ward_id AND b.state = 'booked' AND b.ends_at > $1)
ORDER  BY v.id LIMIT $5`

	visitsOnDevice = `
SELECT v.id FROM visits AS v WHERE v.device_id = $1 AND v.state = 'booked' AND v.ends_at > $2 ORDER BY v.id`
	visitsInWard = `
SELECT v.id FROM visits AS v
WHERE  v.ward_id = $1 AND v.state IN ('booked', 'preparing', 'lobby', 'live') AND v.starts_at >= $2 AND v.starts_at < $3
ORDER  BY v.id`
)

// ToReview are the visits that time, or two acts that did not see each other, may
// have troubled: those that are flagged, and those to come whose patient has left,
// whose device cannot be used, whose consent has passed its day, or whose ward has
// closed something since an instant. They come in order of id, at most so many, after
// one of them; the empty id is before all.
func (tx *Tx) ToReview(ctx context.Context, now, closedSince time.Time, today booking.Date, after booking.VisitID, most int) ([]booking.VisitID, error) {
	return all(ctx, tx, "visits to review", scalar[booking.VisitID], visitsToReview,
		at(now), at(closedSince), day{today}, cmp.Or(after, beforeAll), most)
}

// beforeAll is less than every id.
const beforeAll booking.VisitID = "00000000-0000-0000-0000-000000000000"

// VisitsBookedOn are the booked visits to come of a device.
func (tx *Tx) VisitsBookedOn(ctx context.Context, id booking.DeviceID, now time.Time) ([]booking.VisitID, error) {
	return all(ctx, tx, "visits on a device", scalar[booking.VisitID], visitsOnDevice, id, at(now))
}

// VisitsBookedIn are a ward's booked visits that begin between two instants.
func (tx *Tx) VisitsBookedIn(ctx context.Context, ward booking.WardID, from, to time.Time) ([]booking.VisitID, error) {
	return all(ctx, tx, "visits in a ward", scalar[booking.VisitID], visitsInWard, ward, at(from), at(to))
}

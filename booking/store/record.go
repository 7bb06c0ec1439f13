package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// A Record is a visit with what hangs on it.
type Record struct {
	booking.Visit
	HeldFor       booking.VisitorID // for whom the slot was first kept
	PatientRecord booking.Patient
	DeviceRecord  booking.Device
	Bay, Bed      string // where the patient lies now; empty when nowhere
	LiesIn        booking.WardID
	People        []booking.Participant
	Offer         *booking.InterpreterBooking // the open one, or the last; nil when nobody was asked
}

// A choice of visits is a condition on v with its arguments. It is said once, and
// the statements that fetch records are built around it, so that a day of visits
// costs as many statements as one visit does.
const (
	oneVisit       = `v.id = $1`
	oneReference   = `v.reference = $1`
	wardsVisits    = `v.ward_id = $1 AND v.starts_at >= $2 AND v.starts_at < $3`
	patientsVisits = `v.patient_id = $1 AND v.ends_at > $2`
	devicesVisits  = `v.device_id = $1 AND v.starts_at < $3 AND (v.ends_at > $2 OR v.state IN ('preparing', 'lobby', 'live'))`
	visitorsVisits = `v.ends_at > $2 AND v.id IN (SELECT y.visit_id FROM participants AS y WHERE y.visitor_id = $1)`
	wantingVisits  = `v.state IN ('booked', 'preparing', 'lobby', 'live') AND v.language <> '' AND v.ends_at > $1`
	jobs           = `v.ends_at > $2 AND v.id IN (SELECT y.visit_id FROM participants AS y WHERE y.interpreter_id = $1)`
)

const (
	// A row for each person expected at each visit, and one for a visit at which
	// nobody is.
	selectRecords = `
SELECT ` + visitColumns + `, ` + patientColumns + `, ` + deviceColumns + `, COALESCE(b.bay, ''), COALESCE(b.name, ''),
       s.ward_id, CASE WHEN EXISTS (SELECT 1 FROM interpreter_bookings AS o WHERE o.visit_id = v.id) THEN 1 ELSE 0 END,
       y.id, COALESCE(y.role, ''), y.visitor_id, y.interpreter_id, COALESCE(w.name, i.name, ''),
       CASE WHEN y.role = 'interpreter' THEN v.language ELSE COALESCE(m.relationship, '') END, COALESCE(y.place, ''), y.here_since,
       COALESCE(y.browser, ''), COALESCE(y.let_in_browser, ''),
       ` + placeColumns + `
FROM   visits AS v JOIN patients AS p ON p.id = v.patient_id JOIN devices AS d ON d.id = v.device_id
       LEFT JOIN stays AS s ON s.patient_id = p.id AND s.to_at IS NULL LEFT JOIN beds AS b ON b.id = s.bed_id
       JOIN wards AS a ON a.id = v.ward_id JOIN sites AS h ON h.id = a.site_id
       LEFT JOIN participants AS y ON y.visit_id = v.id
       LEFT JOIN visitors AS w ON w.id = y.visitor_id LEFT JOIN interpreters AS i ON i.id = y.interpreter_id
       LEFT JOIN circle_members AS m ON m.patient_id = v.patient_id AND m.visitor_id = y.visitor_id
WHERE  `
	orderRecords = ` ORDER BY v.starts_at, v.id, y.role DESC, CASE WHEN y.visitor_id = v.held_for THEN 0 ELSE 1 END, y.id`

	selectOffers = `
SELECT ` + offerColumns + ` FROM interpreter_bookings AS o JOIN visits AS v ON v.id = o.visit_id
WHERE  `
	orderOffers = ` ORDER BY o.offered_at, o.id`
)

// Record returns a visit, or ErrNoSuchVisit.
func (tx *Tx) Record(ctx context.Context, id booking.VisitID) (Record, error) {
	return tx.record(ctx, oneVisit, id)
}

// RecordByReference returns a visit by its public name, or ErrNoSuchVisit.
func (tx *Tx) RecordByReference(ctx context.Context, ref booking.Reference) (Record, error) {
	return tx.record(ctx, oneReference, ref)
}

const (
	touchVisit     = `UPDATE patients SET holds = holds + 1 WHERE id = (SELECT patient_id FROM visits WHERE id = $1) RETURNING id`
	touchReference = `UPDATE patients SET holds = holds + 1 WHERE id = (SELECT patient_id FROM visits WHERE reference = $1) RETURNING id`
)

// Take returns a visit like Record, and touches its patient first, so that it
// stays as it is read until this transaction changes it or is over.
func (tx *Tx) Take(ctx context.Context, id booking.VisitID) (Record, error) {
	if len(tx.touched) > 0 {
		return tx.takeLate(ctx, id)
	}
	touched, err := tx.touchOf(ctx, touchVisit, id)
	if err != nil {
		return Record{}, err
	}
	r, err := tx.Record(ctx, id)
	if err != nil {
		return r, err
	}
	return r, tx.keepPatient(touched, r)
}

// keepPatient remembers that the patient of a visit is touched. If it is another's by
// now than whose it was before we waited for them, since two records have become one,
// the act is to be run again.
func (tx *Tx) keepPatient(touched booking.PatientID, r Record) error {
	if r.Patient != touched {
		return fmt.Errorf("store: take a visit: its patient changed: %w", ErrAgain)
	}
	tx.keep(Resource{Patient, string(r.Patient)})
	return nil
}

// TakeReference is Take for those who know a visit's public name.
func (tx *Tx) TakeReference(ctx context.Context, ref booking.Reference) (Record, error) {
	if len(tx.touched) > 0 {
		r, err := tx.RecordByReference(ctx, ref)
		if err != nil {
			return r, err
		}
		return tx.takeLate(ctx, r.ID)
	}
	touched, err := tx.touchOf(ctx, touchReference, ref)
	if err != nil {
		return Record{}, err
	}
	r, err := tx.RecordByReference(ctx, ref)
	if err != nil {
		return r, err
	}
	return r, tx.keepPatient(touched, r)
}

// touchOf touches the patient of a visit, and says who that is.
func (tx *Tx) touchOf(ctx context.Context, query string, visit any) (booking.PatientID, error) {
	return one(ctx, tx, "touch the patient of a visit", booking.ErrNoSuchVisit, scalar[booking.PatientID], query, visit)
}

func (tx *Tx) record(ctx context.Context, choice string, arg any) (Record, error) {
	found, err := tx.records(ctx, choice, arg)
	if err != nil {
		return Record{}, err
	}
	if len(found) == 0 {
		return Record{}, booking.ErrNoSuchVisit
	}
	return found[0], nil
}

// VisitsOfWard are those that begin within a time, in order of time.
func (tx *Tx) VisitsOfWard(ctx context.Context, ward booking.WardID, from, to time.Time) ([]Record, error) {
	return tx.records(ctx, wardsVisits, ward, at(from), at(to))
}

// VisitsOfPatient are those that end after an instant, in order of time.
func (tx *Tx) VisitsOfPatient(ctx context.Context, id booking.PatientID, after time.Time) ([]Record, error) {
	return tx.records(ctx, patientsVisits, id, at(after))
}

// VisitsOfDevice are those that it is in, and those that end after one instant
// and begin before another, in order of time.
func (tx *Tx) VisitsOfDevice(ctx context.Context, id booking.DeviceID, after, before time.Time) ([]Record, error) {
	return tx.records(ctx, devicesVisits, id, at(after), at(before))
}

// VisitsOfVisitor are those that a visitor is expected at and that end after an
// instant, in order of time.
func (tx *Tx) VisitsOfVisitor(ctx context.Context, id booking.VisitorID, after time.Time) ([]Record, error) {
	return tx.records(ctx, visitorsVisits, id, at(after))
}

// VisitsOfInterpreter are those that an interpreter is expected at and that end
// after an instant, in order of time.
func (tx *Tx) VisitsOfInterpreter(ctx context.Context, id booking.InterpreterID, after time.Time) ([]Record, error) {
	return tx.records(ctx, jobs, id, at(after))
}

// VisitsWanting are those under way or to come that want an interpreter, in order of
// time.
func (tx *Tx) VisitsWanting(ctx context.Context, now time.Time) ([]Record, error) {
	return tx.records(ctx, wantingVisits, at(now))
}

func (tx *Tx) records(ctx context.Context, choice string, args ...any) ([]Record, error) {
	rows, err := all(ctx, tx, "visits", tx.scanRecord, selectRecords+choice+orderRecords, args...)
	if err != nil {
		return nil, err
	}
	var records []Record
	asked := false
	for _, r := range rows {
		if n := len(records); n > 0 && records[n-1].ID == r.ID {
			records[n-1].People = append(records[n-1].People, r.People...)
		} else {
			records = append(records, r.Record)
		}
		asked = asked || r.asked
	}
	if !asked {
		return records, nil
	}
	offers, err := all(ctx, tx, "offers", scanOffer, selectOffers+choice+orderOffers, args...)
	if err != nil {
		return nil, err
	}
	for _, o := range offers {
		at := slices.IndexFunc(records, func(r Record) bool { return r.ID == o.Visit })
		if at >= 0 && (records[at].Offer == nil || !records[at].Offer.Open()) {
			records[at].Offer = &o
		}
	}
	return records, nil
}

// A recordRow is a visit with one of those expected at it.
type recordRow struct {
	Record
	asked bool // an interpreter
}

func (tx *Tx) scanRecord(row scanner) (r recordRow, err error) {
	var asked int
	var p booking.Participant
	var here stamp
	var ward booking.Ward
	place, fillPlace := tx.placeDest(&ward)
	visit, fillVisit := visitDest(&r.Record)
	device, fillDevice := deviceDest(&r.DeviceRecord)
	dest := slices.Concat(visit, patientDest(&r.PatientRecord), device, []any{&r.Bay, &r.Bed, into(&r.LiesIn), &asked,
		into(&p.ID), &p.Role, into(&p.Visitor), into(&p.Interpreter), &p.Name, &p.Relationship, &p.Place, &here, &p.Browser, &p.LetIn}, place)
	if err = row.Scan(dest...); err != nil {
		return r, err
	}
	if r.asked = asked == 1; p.ID != "" {
		p.Visit, p.HereSince = r.ID, here.Time
		r.People = []booking.Participant{p}
	}
	fillDevice()
	if err = fillPlace(); err != nil {
		return r, err
	}
	tx.keepWard(ward)
	return r, fillVisit()
}

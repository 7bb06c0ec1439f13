package store

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const (
	addRequest = `
INSERT INTO requests (id, patient_id, visitor_id, ward_id, note, state, asked_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	addRequestTime = `INSERT INTO request_times (request_id, rank, starts_at, ends_at) VALUES ($1, $2, $3, $4)`
)

// AddRequest saves a new request with its times. ErrRequestOpen when the visitor
// has one open for that patient.
func (tx *Tx) AddRequest(ctx context.Context, r booking.Request) error {
	if err := tx.save(ctx, "add request", addRequest, r.ID, r.Patient, r.Visitor, r.Ward, r.Note, r.State, at(r.AskedAt)); err != nil {
		return err
	}
	for i, t := range r.Times {
		if err := tx.save(ctx, "add time of request", addRequestTime, r.ID, i+1, at(t.Start()), at(t.End())); err != nil {
			return err
		}
	}
	return nil
}

// A choice of requests is a condition on q with its arguments, as of visits.
const (
	oneRequest      = `q.id = $1`
	visitorsRequest = `q.visitor_id = $1 AND (q.state = 'open' OR q.answered_at > $2)`
	patientsRequest = `q.patient_id = $1 AND q.state = 'open'`

	// A request goes with its patient: it is in the queue of the ward where they lie.
	wardsRequests = `q.state = 'open' AND q.patient_id IN (SELECT s.patient_id FROM stays AS s WHERE s.ward_id = $1 AND s.to_at IS NULL)`

	selectRequests = `
SELECT q.id, q.patient_id, q.visitor_id, q.ward_id, q.note, q.state, q.asked_at, q.answer, q.answered_by, q.answered_at, q.visit_id
FROM   requests AS q WHERE `
	orderRequests = ` ORDER BY q.asked_at, q.id`

	selectRequestTimes = `
SELECT t.request_id, t.starts_at, t.ends_at FROM request_times AS t JOIN requests AS q ON q.id = t.request_id WHERE `
	orderRequestTimes = ` ORDER BY t.request_id, t.rank`
)

// Request returns a request, or ErrNoSuchRequest.
func (tx *Tx) Request(ctx context.Context, id booking.RequestID) (booking.Request, error) {
	found, err := tx.requests(ctx, oneRequest, id)
	switch {
	case err != nil:
		return booking.Request{}, err
	case len(found) == 0:
		return booking.Request{}, booking.ErrNoSuchRequest
	}
	return found[0], nil
}

// RequestsOfVisitor are those of a visitor that are open, or were answered after
// an instant, the oldest first.
func (tx *Tx) RequestsOfVisitor(ctx context.Context, id booking.VisitorID, after time.Time) ([]booking.Request, error) {
	return tx.requests(ctx, visitorsRequest, id, at(after))
}

// RequestsOfPatient are those for a patient that are open, the oldest first.
func (tx *Tx) RequestsOfPatient(ctx context.Context, id booking.PatientID) ([]booking.Request, error) {
	return tx.requests(ctx, patientsRequest, id)
}

// RequestsOfWard are those for the patients of a ward that are open, the oldest
// first.
func (tx *Tx) RequestsOfWard(ctx context.Context, id booking.WardID) ([]booking.Request, error) {
	return tx.requests(ctx, wardsRequests, id)
}

const countRequests = `SELECT count(*) FROM requests AS q WHERE ` + wardsRequests

// CountRequests counts them.
func (tx *Tx) CountRequests(ctx context.Context, id booking.WardID) (int, error) {
	return one(ctx, tx, "count requests", nil, scalar[int], countRequests, id)
}

func (tx *Tx) requests(ctx context.Context, choice string, args ...any) ([]booking.Request, error) {
	found, err := all(ctx, tx, "requests", func(row scanner) (r booking.Request, err error) {
		var asked, answered stamp
		err = row.Scan(&r.ID, &r.Patient, &r.Visitor, &r.Ward, &r.Note, &r.State, &asked, &r.Answer, &r.AnsweredBy, &answered, into(&r.Visit))
		r.AskedAt, r.AnsweredAt = asked.Time, answered.Time
		return r, err
	}, selectRequests+choice+orderRequests, args...)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	times := map[booking.RequestID][]booking.Interval{}
	_, err = all(ctx, tx, "times of requests", func(row scanner) (none struct{}, err error) {
		var id booking.RequestID
		var from, to stamp
		if err = row.Scan(&id, &from, &to); err != nil {
			return none, err
		}
		when, err := booking.NewInterval(from.Time, to.Sub(from.Time))
		times[id] = append(times[id], when)
		return none, err
	}, selectRequestTimes+choice+orderRequestTimes, args...)
	for i := range found {
		found[i].Times = times[found[i].ID]
	}
	return found, err
}

const closeRequest = `
UPDATE requests SET state = $2, answer = $3, answered_by = $4, answered_at = $5, visit_id = $6 WHERE id = $1 AND state = 'open'`

// CloseRequest saves the answer to a request. ErrRequestClosed when it has one.
func (tx *Tx) CloseRequest(ctx context.Context, r booking.Request) error {
	n, err := tx.run(ctx, "close request", closeRequest, r.ID, r.State, r.Answer, r.AnsweredBy, at(r.AnsweredAt), orNull(r.Visit))
	if err == nil && n == 0 {
		return booking.ErrRequestClosed
	}
	return err
}

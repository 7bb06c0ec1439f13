package store

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// What figures count is a ward's visits that were to begin within a time and are over.
// A time that was only ever held is no visit.
const (
	talliedVisits = `
FROM   visits AS v
WHERE  v.ward_id = $1 AND v.starts_at >= $2 AND v.starts_at < $3 AND v.booked_at IS NOT NULL AND v.state `

	tallyVisits = `
SELECT v.state, v.reason, v.device_id, COUNT(*), CAST(COALESCE(SUM(v.lasted_seconds), 0) AS bigint)` +
		talliedVisits + `IN ('ended', 'cancelled') GROUP BY v.state, v.reason, v.device_id`
	// In hours and in steps of five seconds, so that a year has few of them.
	tallyLead    = `SELECT v.lead_seconds / 3600 * 3600, COUNT(*)` + talliedVisits + `= 'ended' GROUP BY v.lead_seconds / 3600 * 3600`
	tallyOpening = `
SELECT v.opening_seconds / 5 * 5, COUNT(*)` + talliedVisits + `= 'ended' AND v.opened_at IS NOT NULL GROUP BY v.opening_seconds / 5 * 5`

	tallyRequests = `SELECT q.state, COUNT(*) FROM requests AS q WHERE q.ward_id = $1 AND q.asked_at >= $2 AND q.asked_at < $3 GROUP BY q.state`
	tallyWaits    = `SELECT e.state, COUNT(*) FROM waitlist_entries AS e WHERE e.ward_id = $1 AND e.since >= $2 AND e.since < $3 GROUP BY e.state`

	// Each part is written in the words of its index.
	tallyPatients = `
SELECT p.language, p.mode, COUNT(*), CAST(SUM(CASE WHEN EXISTS (
         SELECT 1 FROM visits AS v WHERE v.patient_id = p.id AND v.starts_at >= $2 AND v.starts_at < $3 AND v.state = 'ended') THEN 0 ELSE 1 END) AS bigint)
FROM   patients AS p
WHERE  p.id IN (
         SELECT s.patient_id FROM stays AS s WHERE s.ward_id = $1 AND s.to_at IS NULL AND s.from_at < $3
         UNION SELECT s.patient_id FROM stays AS s WHERE s.ward_id = $1 AND s.to_at IS NOT NULL AND s.to_at > $2 AND s.from_at < $3)
GROUP BY p.language, p.mode`
)

// Tally counts a ward's visits, requests and patients of some time. Of devices it says
// only which had a visit.
func (tx *Tx) Tally(ctx context.Context, ward booking.WardID, from, to time.Time) (t booking.Tally, err error) {
	if t, err = tx.tallyVisits(ctx, ward, from, to); err != nil {
		return t, err
	}
	if t.Lead, err = tx.spread(ctx, tallyLead, ward, from, to); err != nil {
		return t, err
	}
	if t.Opening, err = tx.spread(ctx, tallyOpening, ward, from, to); err != nil {
		return t, err
	}
	if t.Asked, err = tallied[booking.RequestState](ctx, tx, "tally requests", tallyRequests, ward, at(from), at(to)); err != nil {
		return t, err
	}
	if t.Waited, err = tallied[booking.EntryState](ctx, tx, "tally waits", tallyWaits, ward, at(from), at(to)); err != nil {
		return t, err
	}
	t.Patients, err = all(ctx, tx, "tally patients", func(row scanner) (p booking.TongueTally, err error) {
		err = row.Scan(&p.Tongue.Language, &p.Tongue.Mode, &p.Lay, &p.Never)
		return p, err
	}, tallyPatients, ward, at(from), at(to))
	return t, err
}

func (tx *Tx) tallyVisits(ctx context.Context, ward booking.WardID, from, to time.Time) (booking.Tally, error) {
	type row struct {
		state         booking.State
		reason        booking.Reason
		device        booking.DeviceID
		many, seconds int
	}
	rows, err := all(ctx, tx, "tally visits", func(s scanner) (r row, err error) {
		err = s.Scan(&r.state, &r.reason, &r.device, &r.many, &r.seconds)
		return r, err
	}, tallyVisits, ward, at(from), at(to))
	t := booking.Tally{Missed: map[booking.Why]int{}}
	devices := map[booking.DeviceID]int{}
	for _, r := range rows {
		if r.state == booking.Cancelled {
			t.Missed[r.reason.Why()] += r.many
			continue
		}
		i, known := devices[r.device]
		if !known {
			i = len(t.Devices)
			devices[r.device] = i
			t.Devices = append(t.Devices, booking.DeviceTally{ID: r.device})
		}
		lasted := time.Duration(r.seconds) * time.Second
		t.Held, t.Lasted = t.Held+r.many, t.Lasted+lasted
		t.Devices[i].Visits, t.Devices[i].Lasted = t.Devices[i].Visits+r.many, t.Devices[i].Lasted+lasted
	}
	return t, err
}

func (tx *Tx) spread(ctx context.Context, query string, ward booking.WardID, from, to time.Time) (booking.Spread, error) {
	seconds, err := tallied[int](ctx, tx, "tally lengths", query, ward, at(from), at(to))
	s := booking.Spread{}
	for n, many := range seconds {
		s[time.Duration(n)*time.Second] = many
	}
	return s, err
}

package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// fleetOf are the devices that a ward has between two instants: its own, and those
// that are lent to it.
const fleetOf = `
SELECT o.id FROM devices AS o WHERE o.ward_id = $3
UNION
SELECT m.device_id FROM device_loans AS m WHERE m.to_ward = $3 AND m.returned_at IS NULL AND m.from_at < $2 AND $1 < m.to_at`

const (
	selectBerths = `
SELECT d.id, d.ward_id, d.zone, d.dedicated, d.state, d.holds, l.to_ward, l.from_at, l.to_at
FROM   devices AS d LEFT JOIN device_loans AS l
       ON l.device_id = d.id AND l.returned_at IS NULL AND l.from_at < $2 AND $1 < l.to_at
WHERE  `
	berthsOfWard = selectBerths + `d.id IN (` + fleetOf + `) ORDER BY d.id, l.from_at`
	berthOfOne   = selectBerths + `d.id = $3 ORDER BY l.from_at`

	takenOfFleet = `
SELECT r.visit_id, r.resource_id, r.starts_at, r.ends_at, v.ward_id, v.state, v.kind, ''
FROM   reservations AS r JOIN visits AS v ON v.id = r.visit_id
` + whereTaken
	takenWithBays = `
SELECT r.visit_id, r.resource_id, r.starts_at, r.ends_at, v.ward_id, v.state, v.kind, COALESCE(b.bay, '')
FROM   reservations AS r JOIN visits AS v ON v.id = r.visit_id
       LEFT JOIN stays AS s ON s.patient_id = v.patient_id AND s.to_at IS NULL LEFT JOIN beds AS b ON b.id = s.bed_id
` + whereTaken
	strays = `
SELECT r.visit_id, r.resource_id, r.starts_at, r.ends_at, v.ward_id, v.state, v.kind, COALESCE(b.bay, '')
FROM   visits AS v JOIN reservations AS r ON r.visit_id = v.id AND r.resource_kind = 'device' AND r.state <> 'released'
       LEFT JOIN stays AS s ON s.patient_id = v.patient_id AND s.to_at IS NULL LEFT JOIN beds AS b ON b.id = s.bed_id
WHERE  v.ward_id = $3 AND v.state IN ('held', 'booked') AND v.starts_at >= $1 AND v.device_id NOT IN (` + fleetOf + `)
  AND  (r.state = 'firm' OR r.expires_at > $4)
ORDER  BY r.starts_at, r.visit_id`

	whereTaken = `
WHERE  r.resource_kind = 'device' AND r.resource_id IN (` + fleetOf + `)
  AND  r.state <> 'released' AND (r.state = 'firm' OR r.expires_at > $4)
  AND  r.starts_at < $2 AND r.starts_at > $6 AND $1 < r.ends_at AND r.visit_id IS DISTINCT FROM $5
ORDER  BY r.starts_at, r.visit_id`
)

// longestTaken bounds for how long one visit takes a device, with what a policy may
// add before and after, so that what begins long before a time is not looked at.
const longestTaken = 24 * time.Hour

// A span of time, in which a ward's devices are looked at.
type span struct {
	ward     booking.WardID
	from, to time.Time
}

// A seen device is one that this transaction has looked at, as it was then.
type seen struct {
	span
	berth booking.Berth
	holds int64 // how many had touched it
}

// Fleet is a ward's devices with what is taken of them between two instants, but
// for one visit. Visits that reach beyond that time, or are another ward's, stay
// where they are, and so do those that keep their device.
func (tx *Tx) Fleet(ctx context.Context, ward booking.WardID, now, from, to time.Time, but booking.VisitID) (*booking.Fleet, error) {
	look := span{ward, from.UTC().Truncate(time.Minute), to.UTC().Truncate(time.Minute)}
	berths, err := tx.berths(ctx, look, berthsOfWard, ward)
	if err != nil {
		return nil, err
	}
	query := takenOfFleet
	if slices.ContainsFunc(berths, func(b booking.Berth) bool { return b.Zone != "" }) {
		query = takenWithBays // else it does not matter where patients lie
	}
	taken, err := all(ctx, tx, "taken devices", scanTaking(look, now), query,
		at(look.from), at(look.to), ward, at(now), orNull(but), at(look.from.Add(-longestTaken)))
	return booking.NewFleet(berths, taken), err
}

// Strays are the visits of a ward, after one instant, that have a device which the
// ward has at no time until another: one that has been taken back.
func (tx *Tx) Strays(ctx context.Context, ward booking.WardID, now, from, to time.Time) ([]booking.Taking, error) {
	return all(ctx, tx, "strays", scanTaking(span{ward, from, to}, now), strays, at(from), at(to), ward, at(now))
}

func scanTaking(look span, now time.Time) func(scanner) (booking.Taking, error) {
	return func(row scanner) (t booking.Taking, err error) {
		var starts, ends stamp
		var v booking.Visit
		if err = row.Scan(&t.Visit, &t.Device, &starts, &ends, &v.Ward, &v.State, &v.Kind, &t.Zone); err != nil {
			return t, err
		}
		if t.When, err = booking.NewInterval(starts.Time, ends.Sub(starts.Time)); err != nil {
			return t, err
		}
		v.When, t.Urgent = t.When, v.Kind == booking.EndOfLife
		t.Fixed = v.Ward != look.ward || v.KeepsDevice(now) || starts.Before(look.from) || ends.After(look.to)
		return t, nil
	}
}

// berths reads devices and remembers them as seen.
func (tx *Tx) berths(ctx context.Context, look span, query string, whose any) ([]booking.Berth, error) {
	var berths []booking.Berth
	lent := map[booking.DeviceID][]booking.Interval{} // here, of devices of other wards
	_, err := all(ctx, tx, "devices of a ward", func(row scanner) (none struct{}, err error) {
		var b booking.Berth
		var home, to booking.WardID
		var state booking.DeviceState
		var holds int64
		var from, till stamp
		if err := row.Scan(&b.Device, &home, &b.Zone, &b.Dedicated, &state, &holds, into(&to), &from, &till); err != nil {
			return none, err
		}
		b.Out = !state.Usable()
		if home != look.ward { // where it is kept at home means nothing here
			b.Zone, b.Dedicated = "", false
		}
		if n := len(berths); n == 0 || berths[n-1].Device != b.Device {
			berths = append(berths, b)
			tx.see(seen{look, b, holds})
		}
		if to == "" || home != look.ward && to != look.ward {
			return none, nil
		}
		when, err := booking.NewInterval(from.Time, till.Sub(from.Time).Truncate(time.Minute))
		if last := &berths[len(berths)-1]; home == look.ward {
			last.Away = append(last.Away, when)
		} else {
			lent[b.Device] = append(lent[b.Device], when)
		}
		return none, err
	}, query, at(look.from), at(look.to), whose)
	if err != nil {
		return nil, err
	}
	for i, b := range berths {
		if here, visiting := lent[b.Device]; visiting {
			if berths[i].Away, err = between(look, here); err != nil {
				return nil, err
			}
		}
		s := tx.seen[b.Device]
		s.berth = berths[i]
		tx.see(s)
	}
	return berths, nil
}

func (tx *Tx) see(s seen) {
	if tx.seen == nil {
		tx.seen = map[booking.DeviceID]seen{}
	}
	tx.seen[s.berth.Device] = s
}

// between are the gaps around intervals that are in order.
func between(look span, here []booking.Interval) (gaps []booking.Interval, err error) {
	at := look.from
	for _, when := range append(here, booking.Interval{}) {
		until := when.Start()
		if when.IsZero() {
			until = look.to
		}
		if at.Before(until) {
			gap, err := booking.NewInterval(at, until.Sub(at))
			if err != nil {
				return nil, err
			}
			gaps = append(gaps, gap)
		}
		at = when.End()
	}
	return gaps, nil
}

const touchDevice = `UPDATE devices SET holds = holds + 1 WHERE id = $1 RETURNING holds`

// touchDevice is Touch of a device. If this transaction has looked at the device,
// and somebody has touched it since, it looks again, and returns ErrAgain if they
// have taken it out of service, lent it or moved it to another zone: what was
// decided then does not hold now.
func (tx *Tx) touchDevice(ctx context.Context, id string) error {
	holds, err := one(ctx, tx, "touch device", booking.ErrNoSuchDevice, scalar[int64], touchDevice, id)
	if err != nil {
		return err
	}
	was, looked := tx.seen[booking.DeviceID(id)]
	if !looked {
		return nil
	}
	if holds == was.holds+1 {
		was.holds = holds
		tx.see(was)
		return nil
	}
	now, err := tx.berths(ctx, was.span, berthOfOne, id)
	if err != nil {
		return err
	}
	if len(now) != 1 || !sameBerth(was.berth, now[0]) {
		return fmt.Errorf("store: touch device: it was changed meanwhile: %w", ErrAgain)
	}
	return nil
}

func sameBerth(a, b booking.Berth) bool {
	return a.Out == b.Out && a.Zone == b.Zone && a.Dedicated == b.Dedicated && slices.Equal(a.Away, b.Away)
}

const (
	addLoan = `
INSERT INTO device_loans (id, device_id, to_ward, from_at, to_at, lent_by) VALUES ($1, $2, $3, $4, $5, $6)`
	returnLoan = `UPDATE device_loans SET returned_at = $2 WHERE id = $1 AND returned_at IS NULL`

	loanColumns = `id, device_id, to_ward, from_at, to_at, returned_at, lent_by`
	loanByID    = `SELECT ` + loanColumns + ` FROM device_loans WHERE id = $1`
	loansOfWard = `
SELECT ` + loanColumns + ` FROM device_loans
WHERE  returned_at IS NULL AND to_at > $2 AND device_id IN (SELECT o.id FROM devices AS o WHERE o.ward_id = $1)
UNION  ALL
SELECT ` + loanColumns + ` FROM device_loans
WHERE  returned_at IS NULL AND to_at > $2 AND to_ward = $1
ORDER  BY from_at, id`
)

// AddLoan saves that a device is lent. It returns ErrLoanClashes if it is lent for
// some of that time already.
func (tx *Tx) AddLoan(ctx context.Context, l booking.Loan) error {
	_, err := tx.tx.ExecContext(ctx, addLoan, l.ID, l.Device, l.To, at(l.From), at(l.Till), l.LentBy)
	switch {
	case err == nil:
		return nil
	case tx.store.engine.broken(err) == "device_loans_no_overlap":
		return booking.ErrLoanClashes
	}
	return fmt.Errorf("store: lend a device: %w", tx.store.engine.refusal(err))
}

// ReturnLoan saves that a loan is over, and reports whether it stood.
func (tx *Tx) ReturnLoan(ctx context.Context, id booking.LoanID, now time.Time) (bool, error) {
	n, err := tx.run(ctx, "return a device", returnLoan, id, at(now))
	return n > 0, err
}

// Loan returns a loan, or ErrNotLent.
func (tx *Tx) Loan(ctx context.Context, id booking.LoanID) (booking.Loan, error) {
	return one(ctx, tx, "loan", booking.ErrNotLent, scanLoan, loanByID, id)
}

// Loans are those that stand and end after an instant, of a ward's devices and of
// others to it, in order of time.
func (tx *Tx) Loans(ctx context.Context, ward booking.WardID, now time.Time) ([]booking.Loan, error) {
	return all(ctx, tx, "loans", scanLoan, loansOfWard, ward, at(now))
}

func scanLoan(row scanner) (l booking.Loan, err error) {
	var from, till, returned stamp
	err = row.Scan(&l.ID, &l.Device, &l.To, &from, &till, &returned, &l.LentBy)
	l.From, l.Till, l.ReturnedAt = from.Time, till.Time, returned.Time
	return l, err
}

const setZone = `UPDATE devices SET zone = $2, dedicated = $3 WHERE id = $1`

// SetZone saves where a device is kept, and whether it never leaves there.
func (tx *Tx) SetZone(ctx context.Context, id booking.DeviceID, zone string, dedicated bool) error {
	return tx.save(ctx, "set zone", setZone, id, zone, dedicated)
}

const devicesOfFleet = fleetOf + ` ORDER BY 1`

// FleetIDs are the devices that a ward has between two instants, in order of id:
// its own, and those that are lent to it.
func (tx *Tx) FleetIDs(ctx context.Context, ward booking.WardID, from, to time.Time) ([]booking.DeviceID, error) {
	return all(ctx, tx, "devices of a ward", scalar[booking.DeviceID], devicesOfFleet, at(from), at(to), ward)
}

const countVisitsOn = `
SELECT v.device_id, count(*) FROM visits AS v
WHERE  v.state = 'booked' AND v.ends_at > $3 AND v.device_id IN (` + fleetOfNow + `) GROUP BY v.device_id`

const fleetOfNow = `
SELECT o.id FROM devices AS o WHERE o.ward_id = $1
UNION
SELECT m.device_id FROM device_loans AS m WHERE m.to_ward = $1 AND m.returned_at IS NULL AND m.to_at > $2`

// VisitsOn counts the booked visits to come on each of a ward's devices that has
// any, and on those lent to it.
func (tx *Tx) VisitsOn(ctx context.Context, ward booking.WardID, now time.Time) (map[booking.DeviceID]int, error) {
	visits := map[booking.DeviceID]int{}
	_, err := all(ctx, tx, "visits on devices", func(row scanner) (none struct{}, err error) {
		var id booking.DeviceID
		var n int
		err = row.Scan(&id, &n)
		visits[id] = n
		return none, err
	}, countVisitsOn, ward, at(now), at(now))
	return visits, err
}

const walls = `SELECT DISTINCT zone FROM devices WHERE ward_id = $1 AND dedicated ORDER BY zone`

// Walls are the bays of a ward that have devices of their own.
func (tx *Tx) Walls(ctx context.Context, ward booking.WardID) ([]string, error) {
	return all(ctx, tx, "walls", scalar[string], walls, ward)
}

const deviceGone = `
SELECT count(*) FROM visits AS v JOIN devices AS d ON d.id = v.device_id
WHERE  v.id = $1
  AND  (d.state IN ('lost', 'out_of_service') OR d.dedicated OR d.ward_id <> v.ward_id
        OR EXISTS (SELECT 1 FROM device_loans AS l WHERE l.device_id = d.id AND l.returned_at IS NULL))`

// DeviceGone reports whether the device of a visit may be one that it cannot be
// held on: out of use, lent, or behind the wall of a bay.
func (tx *Tx) DeviceGone(ctx context.Context, id booking.VisitID) (bool, error) {
	n, err := one(ctx, tx, "device gone", nil, scalar[int], deviceGone, id)
	return n > 0, err
}

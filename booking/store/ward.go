package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const addSite = `INSERT INTO sites (id, name, zone) VALUES ($1, $2, $3)`

// AddSite saves a new hospital.
func (tx *Tx) AddSite(ctx context.Context, s booking.Site) error {
	return tx.save(ctx, "add site", addSite, s.ID, s.Name, s.Zone.String())
}

const countSites = `SELECT count(*) FROM sites`

// Founded reports whether there is a hospital at all.
func (tx *Tx) Founded(ctx context.Context) (bool, error) {
	n, err := one(ctx, tx, "count sites", nil, scalar[int], countSites)
	return n > 0, err
}

const (
	addWard   = `INSERT INTO wards (id, site_id, name, phone, enabled) VALUES ($1, $2, $3, $4, $5)`
	addPolicy = `
INSERT INTO policies (ward_id, version, prepare_minutes, clean_minutes, earliest_minutes, notice_minutes,
       change_cutoff_minutes, hold_minutes, opens_before_minutes, grace_minutes, people,
       staff_earliest_minutes, staff_notice_minutes, weekly_min, weekly_max, week_starts, offer_minutes, made_at, made_by,
       contact_prepare, contact_clean, droplet_prepare, droplet_clean, airborne_prepare, airborne_clean)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)`
)

// AddWard saves a new ward with its policy.
func (tx *Tx) AddWard(ctx context.Context, w booking.Ward) error {
	if err := tx.save(ctx, "add ward", addWard, w.ID, w.Site.ID, w.Name, w.Phone, w.Enabled); err != nil {
		return err
	}
	return tx.AddPolicy(ctx, w.ID, w.Policy.WithDefaults())
}

// AddPolicy saves a new version of a ward's policy, which is in force from then
// on. ErrStale when that version is there already: somebody else decided too.
func (tx *Tx) AddPolicy(ctx context.Context, ward booking.WardID, p booking.Policy) error {
	args := []any{ward, p.Version, minutes(p.Prepare), minutes(p.Clean), minutes(p.Earliest), minutes(p.Notice),
		minutes(p.ChangeCutoff), minutes(p.HoldFor), minutes(p.OpensBefore), minutes(p.Grace), p.People,
		minutes(p.StaffEarliest), minutes(p.StaffNotice), p.WeeklyMin, p.WeeklyMax, int(p.WeekStarts), minutes(p.OfferFor),
		at(p.MadeAt), p.MadeBy}
	for _, i := range booking.Infections {
		b, own := p.Infected[i]
		args = append(args, sql.NullInt64{Int64: int64(minutes(b.Prepare)), Valid: own}, sql.NullInt64{Int64: int64(minutes(b.Clean)), Valid: own})
	}
	tx.decides = true
	delete(tx.wards, ward) // which version is in force
	return tx.save(ctx, "add policy", addPolicy, args...)
}

// policyKey names one version of a ward's policy.
type policyKey struct {
	ward    booking.WardID
	version int
}

const (
	// Of a ward and its site; of its policies, the version in force.
	placeColumns = `a.id, a.name, a.phone, a.enabled, h.id, h.name, h.zone,
       (SELECT max(q.version) FROM policies AS q WHERE q.ward_id = a.id)`
	policyColumns = `
       p.version, p.prepare_minutes, p.clean_minutes, p.earliest_minutes, p.notice_minutes,
       p.change_cutoff_minutes, p.hold_minutes, p.opens_before_minutes, p.grace_minutes, p.people,
       p.staff_earliest_minutes, p.staff_notice_minutes, p.weekly_min, p.weekly_max, p.week_starts, p.offer_minutes,
       p.made_at, p.made_by, p.contact_prepare, p.contact_clean, p.droplet_prepare, p.droplet_clean,
       p.airborne_prepare, p.airborne_clean`

	wardByID = `
SELECT ` + placeColumns + ` FROM wards AS a JOIN sites AS h ON h.id = a.site_id WHERE a.id = $1`

	policyByVersion = `SELECT ` + policyColumns + ` FROM policies AS p WHERE p.ward_id = $1 AND p.version = $2`

	allWards = `
SELECT ` + placeColumns + `, ` + policyColumns + `
FROM   wards AS a JOIN sites AS h ON h.id = a.site_id JOIN policies AS p ON p.ward_id = a.id
WHERE  p.version = (SELECT max(q.version) FROM policies AS q WHERE q.ward_id = a.id)
ORDER  BY a.name, a.id`
)

// Ward returns a ward with the policy in force, or ErrNoSuchWard.
func (tx *Tx) Ward(ctx context.Context, id booking.WardID) (booking.Ward, error) {
	return tx.WardUnder(ctx, id, 0)
}

// WardUnder returns a ward with one version of its policy; 0 is the one in
// force.
func (tx *Tx) WardUnder(ctx context.Context, id booking.WardID, version int) (booking.Ward, error) {
	w, ok := tx.wards[id]
	if !ok {
		var err error
		if w, err = one(ctx, tx, "ward", booking.ErrNoSuchWard, tx.scanPlace, wardByID, id); err != nil {
			return w, err
		}
		tx.keepWard(w)
	}
	if version == 0 {
		version = w.Policy.Version
	}
	var err error
	w.Policy, err = tx.policy(ctx, policyKey{id, version})
	return w, err
}

// keepWard remembers a ward, of whose policy only the version in force is known.
func (tx *Tx) keepWard(w booking.Ward) {
	if tx.wards == nil {
		tx.wards = map[booking.WardID]booking.Ward{}
	}
	tx.wards[w.ID] = w
}

// policy returns one version of a ward's policy. A version never changes once it
// is there, so it is read once; but not from the transaction that makes it, which
// may yet come to nothing.
func (tx *Tx) policy(ctx context.Context, key policyKey) (booking.Policy, error) {
	tx.store.mu.Lock()
	p, known := tx.store.policies[key]
	tx.store.mu.Unlock()
	if known {
		p.Infected = maps.Clone(p.Infected)
		return p, nil
	}
	p, err := one(ctx, tx, "policy", booking.ErrNoSuchWard, func(row scanner) (p booking.Policy, err error) {
		dest, fill := policyDest(&p)
		err = row.Scan(dest...)
		fill()
		return p, err
	}, policyByVersion, key.ward, key.version)
	if err == nil && !tx.decides {
		tx.store.mu.Lock()
		defer tx.store.mu.Unlock()
		tx.store.policies[key] = p
		p.Infected = maps.Clone(p.Infected)
	}
	return p, err
}

// Wards are all wards, by name.
func (tx *Tx) Wards(ctx context.Context) ([]booking.Ward, error) {
	return all(ctx, tx, "wards", tx.scanWard, allWards)
}

func (tx *Tx) scanWard(row scanner) (w booking.Ward, err error) {
	place, fillPlace := tx.placeDest(&w)
	policy, fillPolicy := policyDest(&w.Policy)
	if err = row.Scan(append(place, policy...)...); err != nil {
		return w, err
	}
	fillPolicy()
	return w, fillPlace()
}

// scanPlace reads a ward of whose policy only the version is known.
func (tx *Tx) scanPlace(row scanner) (w booking.Ward, err error) {
	place, fill := tx.placeDest(&w)
	if err = row.Scan(place...); err != nil {
		return w, err
	}
	return w, fill()
}

// placeDest are the places for placeColumns; fill completes w from them.
func (tx *Tx) placeDest(w *booking.Ward) (dest []any, fill func() error) {
	var zone string
	fill = func() (err error) {
		w.Site.Zone, err = tx.store.zone(zone)
		return err
	}
	return []any{&w.ID, &w.Name, &w.Phone, &w.Enabled, &w.Site.ID, &w.Site.Name, &zone, &w.Policy.Version}, fill
}

// policyDest are the places for policyColumns; fill completes p from them.
func policyDest(p *booking.Policy) (dest []any, fill func()) {
	var prepare, clean, earliest, notice, cutoff, hold, opens, grace, staffEarliest, staffNotice, weekStarts, offer int
	var made stamp
	var infected [6]sql.NullInt64 // as booking.Infections: to prepare and to clean
	fill = func() {
		p.Prepare, p.Clean, p.Earliest, p.Notice = lasting(prepare), lasting(clean), lasting(earliest), lasting(notice)
		p.ChangeCutoff, p.HoldFor, p.OpensBefore, p.Grace = lasting(cutoff), lasting(hold), lasting(opens), lasting(grace)
		p.StaffEarliest, p.StaffNotice, p.OfferFor = lasting(staffEarliest), lasting(staffNotice), lasting(offer)
		p.WeekStarts, p.MadeAt = time.Weekday(weekStarts), made.Time
		for n, i := range booking.Infections {
			if b := infected[2*n : 2*n+2]; b[0].Valid {
				if p.Infected == nil {
					p.Infected = map[booking.Infection]booking.Buffers{}
				}
				p.Infected[i] = booking.Buffers{Prepare: lasting(int(b[0].Int64)), Clean: lasting(int(b[1].Int64))}
			}
		}
	}
	dest = []any{&p.Version, &prepare, &clean, &earliest, &notice, &cutoff, &hold, &opens, &grace, &p.People,
		&staffEarliest, &staffNotice, &p.WeeklyMin, &p.WeeklyMax, &weekStarts, &offer, &made, &p.MadeBy}
	for i := range infected {
		dest = append(dest, &infected[i])
	}
	return dest, fill
}

const addBed = `INSERT INTO beds (id, ward_id, bay, name) VALUES ($1, $2, $3, $4)`

// AddBed saves a new bed.
func (tx *Tx) AddBed(ctx context.Context, id string, ward booking.WardID, bay, name string) error {
	return tx.save(ctx, "add bed", addBed, id, ward, bay, name)
}

const bedByName = `SELECT id FROM beds WHERE ward_id = $1 AND bay = $2 AND name = $3`

// Bed returns the id of a bed.
func (tx *Tx) Bed(ctx context.Context, ward booking.WardID, bay, name string) (string, error) {
	return one(ctx, tx, "bed", fmt.Errorf("store: no bed %q in bay %q", name, bay), scalar[string], bedByName, ward, bay, name)
}

const addSession = `
INSERT INTO sessions (id, ward_id, weekday, starts_minute, ends_minute, length_minutes, step_minutes,
       valid_from, valid_to, audience, every_weeks, people)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`

// AddSession saves a new visiting time.
func (tx *Tx) AddSession(ctx context.Context, s booking.Session) error {
	return tx.save(ctx, "add session", addSession, s.ID, s.Ward, int(s.Weekday), int(s.Start), int(s.End),
		minutes(s.Length), minutes(s.Step), day{s.ValidFrom}, day{s.ValidTo}, s.Audience,
		max(1, s.EveryWeeks), s.People)
}

const wardSessions = `
SELECT id, ward_id, weekday, starts_minute, ends_minute, length_minutes, step_minutes, valid_from, valid_to, audience,
       every_weeks, people
FROM   sessions WHERE ward_id = $1 ORDER BY weekday, starts_minute, id`

// Sessions are a ward's visiting times.
func (tx *Tx) Sessions(ctx context.Context, ward booking.WardID) ([]booking.Session, error) {
	return all(ctx, tx, "sessions", func(row scanner) (s booking.Session, err error) {
		var weekday, length, step int
		var from, to day
		err = row.Scan(&s.ID, &s.Ward, &weekday, &s.Start, &s.End, &length, &step, &from, &to, &s.Audience,
			&s.EveryWeeks, &s.People)
		s.Weekday, s.Length, s.Step = time.Weekday(weekday), lasting(length), lasting(step)
		s.ValidFrom, s.ValidTo = from.Date, to.Date
		return s, err
	}, wardSessions, ward)
}

const siteName = `SELECT name FROM sites ORDER BY id LIMIT 1`

// SiteName returns the name of the hospital.
func (tx *Tx) SiteName(ctx context.Context) (string, error) {
	return one(ctx, tx, "site name", fmt.Errorf("store: there is no hospital yet"), scalar[string], siteName)
}

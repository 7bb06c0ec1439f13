package store

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const addVisit = `
INSERT INTO visits (id, reference, patient_id, ward_id, device_id, state, starts_at, ends_at,
       prepare_minutes, clean_minutes, language, mode, needs, via, booked_by_kind, booked_by_id, booked_by_name,
       policy_version, held_for, held_until, kind, series_id, booked_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)`

// AddVisit saves a new held visit for a visitor. Who may come with them, and
// what it reserves, is saved beside it.
func (tx *Tx) AddVisit(ctx context.Context, v booking.Visit, heldFor booking.VisitorID) error {
	return tx.save(ctx, "add visit", addVisit, v.ID, v.Reference, v.Patient, v.Ward, v.Device, v.State,
		at(v.When.Start()), at(v.When.End()), minutes(v.Prepare), minutes(v.Clean),
		v.Tongue.Language, v.Tongue.Mode, joinNeeds(v.Needs), v.Via,
		v.BookedBy.Kind, v.BookedBy.ID, v.BookedBy.Name, v.PolicyVersion, heldFor, at(v.HeldUntil),
		cmp.Or(v.Kind, booking.Ordinary), orNull(v.Series), at(v.BookedAt))
}

const saveVisit = `
UPDATE visits
SET    device_id = $3, state = $4, reason = $5, starts_at = $6, ends_at = $7, language = $8, mode = $9, needs = $10,
       held_until = $11, locked = $12, covered = $13, started_at = $14, ended_at = $15,
       booked_at = $16, opened_at = $17, version = version + 1
WHERE  id = $1 AND version = $2
RETURNING version`

// SaveVisit saves what has changed of v and gives it its new version. It returns
// ErrStale if v is not the version that is stored.
func (tx *Tx) SaveVisit(ctx context.Context, v *booking.Visit) (err error) {
	if err = tx.saving(ctx, v.ID); err != nil {
		return err
	}
	v.Version, err = one(ctx, tx, "save visit", booking.ErrStale, scalar[int], saveVisit, v.ID, v.Version,
		v.Device, v.State, v.Reason, at(v.When.Start()), at(v.When.End()), v.Tongue.Language, v.Tongue.Mode,
		joinNeeds(v.Needs), at(v.HeldUntil), v.Locked, v.Covered, at(v.StartedAt), at(v.EndedAt),
		at(v.BookedAt), at(v.OpenedAt))
	return err
}

const saveLife = `
UPDATE visits
SET    state = $3, reason = $4, held_until = $5, locked = $6, covered = $7, started_at = $8, ended_at = $9,
       booked_at = $10, opened_at = $11, version = version + 1
WHERE  id = $1 AND version = $2
RETURNING version`

// SaveLife is SaveVisit for a visit whose plan is as it was, so that no index on
// its times need be touched.
func (tx *Tx) SaveLife(ctx context.Context, v *booking.Visit) (err error) {
	if err = tx.saving(ctx, v.ID); err != nil {
		return err
	}
	v.Version, err = one(ctx, tx, "save the life of a visit", booking.ErrStale, scalar[int], saveLife, v.ID, v.Version,
		v.State, v.Reason, at(v.HeldUntil), v.Locked, v.Covered, at(v.StartedAt), at(v.EndedAt), at(v.BookedAt), at(v.OpenedAt))
	return err
}

func joinNeeds(needs []booking.Need) string {
	words := make([]string, len(needs))
	for i, n := range needs {
		words[i] = string(n)
	}
	return strings.Join(words, " ")
}

func splitNeeds(s string) (needs []booking.Need) {
	for _, word := range strings.Fields(s) {
		needs = append(needs, booking.Need(word))
	}
	return needs
}

const visitColumns = `
v.id, v.reference, v.patient_id, v.ward_id, v.device_id, v.state, v.reason, v.starts_at, v.ends_at,
v.prepare_minutes, v.clean_minutes, v.language, v.mode, v.needs, v.via, v.booked_by_kind, v.booked_by_id,
v.booked_by_name, v.policy_version, v.held_for, v.held_until, v.locked, v.covered, v.started_at, v.ended_at, v.version,
v.kind, v.series_id, v.booked_at, v.opened_at`

// visitDest are the places for visitColumns; fill completes r from them.
func visitDest(r *Record) (dest []any, fill func() error) {
	v := &r.Visit
	var starts, ends, until, started, ended, booked, opened stamp
	var prepare, clean int
	var needs string
	fill = func() (err error) {
		v.Prepare, v.Clean, v.Needs = lasting(prepare), lasting(clean), splitNeeds(needs)
		v.HeldUntil, v.StartedAt, v.EndedAt = until.Time, started.Time, ended.Time
		v.BookedAt, v.OpenedAt = booked.Time, opened.Time
		v.When, err = booking.NewInterval(starts.Time, ends.Sub(starts.Time))
		return err
	}
	return []any{&v.ID, &v.Reference, &v.Patient, &v.Ward, &v.Device, &v.State, &v.Reason, &starts, &ends,
		&prepare, &clean, &v.Tongue.Language, &v.Tongue.Mode, &needs, &v.Via, &v.BookedBy.Kind, &v.BookedBy.ID,
		&v.BookedBy.Name, &v.PolicyVersion, &r.HeldFor, &until, &v.Locked, &v.Covered, &started, &ended, &v.Version,
		&v.Kind, into(&v.Series), &booked, &opened}, fill
}

const rehomeVisit = `
UPDATE visits SET ward_id = $2, policy_version = $3, prepare_minutes = $4, clean_minutes = $5 WHERE id = $1`

// RehomeVisit makes a visit that of another ward, under the policy in force
// there, with its buffers. What else changes with that is saved beside it.
func (tx *Tx) RehomeVisit(ctx context.Context, v booking.Visit, to booking.Ward) error {
	if err := tx.saving(ctx, v.ID); err != nil {
		return err
	}
	return tx.save(ctx, "rehome visit", rehomeVisit, v.ID, to.ID, to.Policy.Version, minutes(v.Prepare), minutes(v.Clean))
}

const addOverride = `
INSERT INTO overrides (visit_id, rule, reason, actor_kind, actor_id, at) VALUES ($1, $2, $3, $4, $5, $6)`

// AddOverride records that a rule was set aside for a visit.
func (tx *Tx) AddOverride(ctx context.Context, visit booking.VisitID, o booking.Override, by booking.Actor, now time.Time) error {
	return tx.save(ctx, "add override", addOverride, visit, o.Rule, o.Reason, by.Kind, by.ID, at(now))
}

const visitsInWeek = `
SELECT count(*) FROM visits AS v
WHERE  v.patient_id = $1 AND v.starts_at >= $2 AND v.starts_at < $3 AND v.state <> 'cancelled'
  AND  v.kind = 'ordinary' AND v.id IS DISTINCT FROM $4 AND NOT (v.state = 'held' AND v.held_until <= $5)`

// VisitsBetween counts a patient's ordinary visits that begin between two
// instants, but for one. Those that were cancelled do not count: whoever was not
// able to take a call has not had a visit.
func (tx *Tx) VisitsBetween(ctx context.Context, patient booking.PatientID, from, to, now time.Time, but booking.VisitID) (int, error) {
	return one(ctx, tx, "visits between", nil, scalar[int], visitsInWeek, patient, at(from), at(to), orNull(but), at(now))
}

const openHold = `SELECT v.id FROM visits AS v WHERE v.patient_id = $1 AND v.held_for = $2 AND v.state = 'held'`

// OpenHold returns the visit that is held for a visitor to a patient, or the
// empty id. It may have lapsed.
func (tx *Tx) OpenHold(ctx context.Context, patient booking.PatientID, visitor booking.VisitorID) (booking.VisitID, error) {
	id, err := one(ctx, tx, "open hold", errNothing, scalar[booking.VisitID], openHold, patient, visitor)
	if errors.Is(err, errNothing) {
		return "", nil
	}
	return id, err
}

// Each part says what is in its index in the words of the index, or SQLite would read
// years of visits.
const dueToEnd = `
SELECT d.id
FROM   (SELECT v.id, v.ends_at FROM visits AS v WHERE v.state = 'held' AND v.held_until <= $1
        UNION ALL
        SELECT v.id, v.ends_at FROM visits AS v
        WHERE  v.state NOT IN ('ended', 'cancelled') AND v.state <> 'held' AND v.ends_at <= $1) AS d
ORDER  BY d.ends_at, d.id LIMIT 500`

// DueToEnd are the visits that time may have ended: holds that have lapsed, and
// visits whose end has come. Their wards' grace is not looked at.
func (tx *Tx) DueToEnd(ctx context.Context, now time.Time) ([]booking.VisitID, error) {
	return all(ctx, tx, "due to end", scalar[booking.VisitID], dueToEnd, at(now))
}

const (
	addParticipant = `
INSERT INTO participants (id, visit_id, role, visitor_id, interpreter_id, place) VALUES ($1, $2, $3, $4, $5, $6)`

	saveParticipant   = `UPDATE participants SET place = $2, here_since = $3, browser = $4, let_in_browser = $5 WHERE id = $1`
	deleteParticipant = `DELETE FROM participants WHERE id = $1`
	clearParticipants = `UPDATE participants SET here_since = NULL WHERE visit_id = $1 AND here_since IS NOT NULL`
	clearEverybody    = `UPDATE participants SET here_since = NULL WHERE here_since IS NOT NULL`
)

// AddParticipant saves that somebody is expected at a visit.
func (tx *Tx) AddParticipant(ctx context.Context, p booking.Participant) error {
	return tx.save(ctx, "add participant", addParticipant, p.ID, p.Visit, p.Role, orNull(p.Visitor), orNull(p.Interpreter), p.Place)
}

// SaveParticipant saves where a participant stands, and since when and in which
// browser they are here.
func (tx *Tx) SaveParticipant(ctx context.Context, p booking.Participant) error {
	return tx.save(ctx, "save participant", saveParticipant, p.ID, p.Place, at(p.HereSince), orNull(p.Browser), orNull(p.LetIn))
}

// DeleteParticipant saves that somebody is not coming after all.
func (tx *Tx) DeleteParticipant(ctx context.Context, id booking.ParticipantID) error {
	return tx.save(ctx, "delete participant", deleteParticipant, id)
}

// ClearEverybody saves that nobody is in any visit's room.
func (tx *Tx) ClearEverybody(ctx context.Context) error {
	_, err := tx.run(ctx, "clear everybody", clearEverybody)
	return err
}

// ClearParticipants saves that nobody is in a visit's room.
func (tx *Tx) ClearParticipants(ctx context.Context, visit booking.VisitID) error {
	_, err := tx.run(ctx, "clear participants", clearParticipants, visit)
	return err
}

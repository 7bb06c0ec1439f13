package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const (
	addMovement = `
INSERT INTO movements (id, source, control_id, patient_id, kind, at, ward_id, bed_id, recorded_at, recorded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`

	selectMovements = `
SELECT id, source, control_id, patient_id, kind, at, ward_id, bed_id, recorded_at, recorded_by FROM movements `
	movementsOf   = selectMovements + `WHERE patient_id = $1 ORDER BY at, control_id, source`
	movementNamed = selectMovements + `WHERE source = $1 AND control_id = $2`
)

// AddMovement saves one thing that is known of where a patient went. It returns
// ErrAgain when it has just been saved by somebody else.
func (tx *Tx) AddMovement(ctx context.Context, m booking.Movement) error {
	return tx.save(ctx, "add movement", addMovement, m.ID, m.Source, m.ControlID, m.Patient, m.Kind, at(m.At),
		orNull(m.Ward), orNull(m.Bed), at(m.RecordedAt), m.RecordedBy)
}

// Movements are all that is known of a patient's, in order of time.
func (tx *Tx) Movements(ctx context.Context, id booking.PatientID) ([]booking.Movement, error) {
	return all(ctx, tx, "movements", scanMovement, movementsOf, id)
}

// MovementNamed finds a movement by its sender's name for it, and reports whether
// it is known.
func (tx *Tx) MovementNamed(ctx context.Context, source, controlID string) (booking.Movement, bool, error) {
	m, err := one(ctx, tx, "movement", errNothing, scanMovement, movementNamed, source, controlID)
	if errors.Is(err, errNothing) {
		return m, false, nil
	}
	return m, err == nil, err
}

func scanMovement(row scanner) (m booking.Movement, err error) {
	var when, recorded stamp
	err = row.Scan(&m.ID, &m.Source, &m.ControlID, &m.Patient, &m.Kind, &when, into(&m.Ward), into(&m.Bed), &recorded, &m.RecordedBy)
	m.At, m.RecordedAt = when.Time, recorded.Time
	return m, err
}

const (
	savePatient = `
UPDATE patients SET state = $2, infection = $3, merged_into = $4, language = $5, mode = $6, needs = $7, private = $8 WHERE id = $1`

	allStays   = `SELECT id, ward_id, bed_id, from_at, to_at FROM stays WHERE patient_id = $1 ORDER BY from_at, id`
	deleteStay = `DELETE FROM stays WHERE id = $1`
	closeStay  = `UPDATE stays SET to_at = $2 WHERE id = $1`
	insertStay = `INSERT INTO stays (id, patient_id, ward_id, bed_id, from_at, to_at) VALUES ($1, $2, $3, $4, $5, $6)`
)

// SavePatient saves whether a patient can be visited, how what they have spreads,
// and which record of the same person is used instead.
func (tx *Tx) SavePatient(ctx context.Context, p booking.Patient) error {
	return tx.save(ctx, "save patient", savePatient, p.ID, p.State, p.Infection, orNull(p.MergedInto), p.Tongue.Language, p.Tongue.Mode, p.Needs, p.Private)
}

type stayRow struct {
	id string
	booking.Spell
}

func (tx *Tx) stays(ctx context.Context, patient booking.PatientID) ([]stayRow, error) {
	return all(ctx, tx, "stays", func(row scanner) (s stayRow, err error) {
		var from, to stamp
		err = row.Scan(&s.id, &s.Ward, &s.Bed, &from, &to)
		s.From, s.To = from.Time, to.Time
		return s, err
	}, allStays, patient)
}

// Spells are all of a patient's stays, one after another.
func (tx *Tx) Spells(ctx context.Context, patient booking.PatientID) ([]booking.Spell, error) {
	rows, err := tx.stays(ctx, patient)
	spells := make([]booking.Spell, len(rows))
	for i, row := range rows {
		spells[i] = row.Spell
	}
	return spells, err
}

// SaveStays makes a patient's stays those given, and leaves those alone that are
// as they should be. newID names new ones. ErrBedTaken when somebody else lies in
// the last bed.
func (tx *Tx) SaveStays(ctx context.Context, patient booking.PatientID, spells []booking.Spell, newID func() (string, error)) error {
	rows, err := tx.stays(ctx, patient)
	if err != nil {
		return err
	}
	if err := tx.touchBeds(ctx, rows, spells); err != nil {
		return err
	}
	wanted := slices.Clone(spells)
	for _, row := range rows {
		i := slices.IndexFunc(wanted, func(s booking.Spell) bool {
			return s.Ward == row.Ward && s.Bed == row.Bed && s.From.Equal(row.From)
		})
		switch {
		case i < 0:
			err = tx.save(ctx, "delete stay", deleteStay, row.id)
		case !wanted[i].To.Equal(row.To) && !wanted[i].To.IsZero():
			err = tx.save(ctx, "end stay", closeStay, row.id, at(wanted[i].To))
		case !wanted[i].To.Equal(row.To): // open again: after the others are over
			err = tx.save(ctx, "delete stay", deleteStay, row.id)
			i = -1
		}
		if err != nil {
			return err
		}
		if i >= 0 {
			wanted = slices.Delete(wanted, i, i+1)
		}
	}
	for _, s := range wanted {
		id, err := newID()
		if err != nil {
			return err
		}
		_, err = tx.run(ctx, "add stay", insertStay, id, patient, s.Ward, s.Bed, at(s.From), at(s.To))
		if tx.store.engine.broken(err) == "stays_one_patient" {
			return booking.ErrBedTaken
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// touchBeds touches every bed that somebody lies in, or is to lie in, of those that
// stays name: whoever wants one waits for it here, and not at stays_one_patient.
func (tx *Tx) touchBeds(ctx context.Context, rows []stayRow, spells []booking.Spell) error {
	var beds []string
	for _, row := range rows {
		if row.To.IsZero() {
			beds = append(beds, string(row.Bed))
		}
	}
	for _, s := range spells {
		if s.To.IsZero() {
			beds = append(beds, string(s.Bed))
		}
	}
	slices.Sort(beds)
	for _, id := range slices.Compact(beds) {
		if err := tx.Touch(ctx, Resource{bedRow, id}); err != nil {
			return err
		}
	}
	return nil
}

// A Bed is a place where a patient can lie, and who lies there.
type Bed struct {
	ID        booking.BedID
	Ward      booking.WardID
	Bay, Name string
	Patient   booking.PatientID // empty for nobody
	Closed    bool              // nobody may lie in it
}

const (
	selectBeds = `
SELECT b.id, b.ward_id, b.bay, b.name, s.patient_id, CASE WHEN b.closed_at IS NULL THEN 0 ELSE 1 END
FROM   beds AS b LEFT JOIN stays AS s ON s.bed_id = b.id AND s.to_at IS NULL `
	bedByID  = selectBeds + `WHERE b.id = $1`
	wardBeds = selectBeds + `WHERE b.ward_id = $1 ORDER BY b.bay, b.name, b.id`
)

// BedByID returns a bed, or ErrNoSuchBed.
func (tx *Tx) BedByID(ctx context.Context, id booking.BedID) (Bed, error) {
	return one(ctx, tx, "bed", booking.ErrNoSuchBed, scanBed, bedByID, id)
}

// Beds are a ward's, by bay and name.
func (tx *Tx) Beds(ctx context.Context, ward booking.WardID) ([]Bed, error) {
	return all(ctx, tx, "beds", scanBed, wardBeds, ward)
}

func scanBed(row scanner) (b Bed, err error) {
	var closed int
	err = row.Scan(&b.ID, &b.Ward, &b.Bay, &b.Name, into(&b.Patient), &closed)
	b.Closed = closed == 1
	return b, err
}

const leavers = `
SELECT ` + patientColumns + `, s.patient_id, s.ward_id, b.bay, b.name, s.from_at, s.to_at
FROM   stays AS s JOIN beds AS b ON b.id = s.bed_id JOIN patients AS p ON p.id = s.patient_id
WHERE  s.ward_id = $1 AND s.to_at > $2 AND p.merged_into IS NULL
  AND  NOT EXISTS (SELECT 1 FROM stays AS t WHERE t.patient_id = s.patient_id AND (t.to_at IS NULL OR t.to_at > s.to_at))
ORDER  BY s.to_at DESC, p.id`

// Leavers are those whose last stay was in a ward and ended after an instant, the
// latest first.
func (tx *Tx) Leavers(ctx context.Context, ward booking.WardID, after time.Time) ([]Inpatient, error) {
	return all(ctx, tx, "leavers", scanInpatient, leavers, ward, at(after))
}

const lastStay = `
SELECT ` + stayColumns + ` FROM stays AS s JOIN beds AS b ON b.id = s.bed_id
WHERE  s.patient_id = $1 ORDER BY CASE WHEN s.to_at IS NULL THEN 0 ELSE 1 END, s.to_at DESC, s.id LIMIT 1`

// LastStay returns where a patient lies, or lay last; the zero Stay when they
// never lay anywhere.
func (tx *Tx) LastStay(ctx context.Context, id booking.PatientID) (booking.Stay, error) {
	stay, err := one(ctx, tx, "last stay", errNothing, func(row scanner) (s booking.Stay, err error) {
		dest, fill := stayDest(&s)
		err = row.Scan(dest...)
		fill()
		return s, err
	}, lastStay, id)
	if errors.Is(err, errNothing) {
		return booking.Stay{}, nil
	}
	return stay, err
}

func scanInpatient(row scanner) (in Inpatient, err error) {
	dest, fill := stayDest(&in.Stay)
	err = row.Scan(append(patientDest(&in.Patient), dest...)...)
	fill()
	return in, err
}

const (
	addTask = `
INSERT INTO tasks (id, ward_id, patient_id, kind, opened_at) VALUES ($1, $2, $3, 'call_family', $4)
ON CONFLICT (patient_id, kind) WHERE done_at IS NULL DO NOTHING`
	doneTask  = `UPDATE tasks SET done_at = $2, done_by = $3 WHERE id = $1 AND done_at IS NULL`
	doneTasks = `UPDATE tasks SET done_at = $2, done_by = $3 WHERE patient_id = $1 AND done_at IS NULL`
	moveTasks = `UPDATE tasks SET ward_id = $2 WHERE patient_id = $1 AND done_at IS NULL AND ward_id <> $2`

	selectTasks = `
SELECT t.id, t.ward_id, t.patient_id, t.opened_at, t.done_at, t.done_by FROM tasks AS t `
	taskByID    = selectTasks + `WHERE t.id = $1`
	tasksOfWard = selectTasks + `WHERE t.ward_id = $1 AND t.done_at IS NULL ORDER BY t.opened_at, t.id`
)

// AddTask saves that somebody of a ward is to ring a patient's family, and reports
// whether nobody was to yet.
func (tx *Tx) AddTask(ctx context.Context, t booking.Task) (bool, error) {
	n, err := tx.run(ctx, "add task", addTask, t.ID, t.Ward, t.Patient, at(t.OpenedAt))
	return n > 0, err
}

// Task returns a task, or ErrNoSuchTask.
func (tx *Tx) Task(ctx context.Context, id booking.TaskID) (booking.Task, error) {
	return one(ctx, tx, "task", booking.ErrNoSuchTask, scanTask, taskByID, id)
}

// Tasks are those that a ward still has to do, the oldest first.
func (tx *Tx) Tasks(ctx context.Context, ward booking.WardID) ([]booking.Task, error) {
	return all(ctx, tx, "tasks", scanTask, tasksOfWard, ward)
}

// DoneTask saves that a task is done, and reports whether it was still to do.
func (tx *Tx) DoneTask(ctx context.Context, id booking.TaskID, by string, now time.Time) (bool, error) {
	n, err := tx.run(ctx, "task done", doneTask, id, at(now), by)
	return n > 0, err
}

// DropTasks saves that there is nothing to do about a patient any more.
func (tx *Tx) DropTasks(ctx context.Context, patient booking.PatientID, by string, now time.Time) error {
	_, err := tx.run(ctx, "drop tasks", doneTasks, patient, at(now), by)
	return err
}

// HandTasks gives what is still to do about a patient to another ward.
func (tx *Tx) HandTasks(ctx context.Context, patient booking.PatientID, ward booking.WardID) error {
	_, err := tx.run(ctx, "hand tasks", moveTasks, patient, ward)
	return err
}

func scanTask(row scanner) (t booking.Task, err error) {
	var opened, done stamp
	err = row.Scan(&t.ID, &t.Ward, &t.Patient, &opened, &done, &t.DoneBy)
	t.OpenedAt, t.DoneAt = opened.Time, done.Time
	return t, err
}

const (
	// Words that may hold a link are gone with the notice. An invitation names its
	// patient, and a code its invitation, in what it is deduplicated by.
	withdrawOfPatient = `
UPDATE outbox SET state = 'withdrawn', settled_at = $2, leased_until = NULL, words = '{}'
WHERE  state IN ('pending', 'leased') AND (
       visit_id IN (SELECT v.id FROM visits AS v WHERE v.patient_id = $1)
    OR substr(dedupe, 1, $4) = $3
    OR substr(dedupe, 1, 41) IN (SELECT 'code:' || CAST(i.id AS text) FROM invites AS i WHERE i.patient_id = $1))`

	revokeCodes = `UPDATE invites SET code_hash = '' WHERE patient_id = $1 AND code_hash <> ''`
	stopWaiting = `UPDATE waitlist_entries SET state = 'left', left_at = $2 WHERE patient_id = $1 AND state = 'waiting'`
	stopOffers  = `
UPDATE slot_offers SET state = 'lapsed', answered_at = $2
WHERE  state = 'open' AND entry_id IN (SELECT e.id FROM waitlist_entries AS e WHERE e.patient_id = $1)`
	stopAsking = `UPDATE requests SET state = 'withdrawn', answered_at = $2 WHERE patient_id = $1 AND state = 'open'`
	stopSeries = `UPDATE series SET ended_at = $2 WHERE patient_id = $1 AND ended_at IS NULL`
)

// InviteDedupe begins what names the fact that somebody was invited to a patient.
func InviteDedupe(patient booking.PatientID) string {
	return fmt.Sprintf("%s:%s:", booking.NoticeInvite, patient)
}

// WithdrawAll takes back everything that has not yet been sent about a patient: on
// their visits, to whom they invite, and open codes.
func (tx *Tx) WithdrawAll(ctx context.Context, patient booking.PatientID, now time.Time) error {
	invites := InviteDedupe(patient)
	if _, err := tx.run(ctx, "withdraw all notices", withdrawOfPatient, patient, at(now), invites, len(invites)); err != nil {
		return err
	}
	_, err := tx.run(ctx, "close codes", revokeCodes, patient)
	return err
}

// StopAsking ends what relatives still ask for of a patient: waiting, offers,
// requests and series.
func (tx *Tx) StopAsking(ctx context.Context, patient booking.PatientID, now time.Time) error {
	for _, query := range []string{stopOffers, stopWaiting, stopAsking, stopSeries} {
		if _, err := tx.run(ctx, "stop asking", query, patient, at(now)); err != nil {
			return err
		}
	}
	return nil
}

const (
	pendingWords = `SELECT id, words FROM outbox WHERE visit_id = $1 AND state = 'pending' ORDER BY id`
	saveWords    = `UPDATE outbox SET words = $2 WHERE id = $1 AND state = 'pending'`
)

// Reword changes words in the notices about a visit that are still to be sent.
// Those that have no such word keep having none.
func (tx *Tx) Reword(ctx context.Context, visit booking.VisitID, words map[string]string) error {
	type pending struct{ id, words string }
	notices, err := all(ctx, tx, "pending notices", func(row scanner) (p pending, err error) {
		err = row.Scan(&p.id, &p.words)
		return p, err
	}, pendingWords, visit)
	if err != nil {
		return err
	}
	for _, n := range notices {
		said := map[string]string{}
		if err := json.Unmarshal([]byte(n.words), &said); err != nil {
			return fmt.Errorf("store: words of a notice: %w", err)
		}
		for word, now := range words {
			if _, has := said[word]; has {
				said[word] = now
			}
		}
		text, err := json.Marshal(said)
		if err != nil {
			return fmt.Errorf("store: words of a notice: %w", err)
		}
		if _, err := tx.run(ctx, "reword notice", saveWords, n.id, string(text)); err != nil {
			return err
		}
	}
	return nil
}

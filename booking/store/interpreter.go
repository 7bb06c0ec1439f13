package store

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const (
	addInterpreter = `
INSERT INTO interpreters (id, name, phone, email, zone, rest_minutes) VALUES ($1, $2, $3, $4, $5, $6)`

	addTongue = `INSERT INTO interpreter_tongues (interpreter_id, language, mode, level) VALUES ($1, $2, $3, $4)`
	addHours  = `
INSERT INTO interpreter_hours (interpreter_id, weekday, starts_minute, ends_minute) VALUES ($1, $2, $3, $4)`
)

// AddInterpreter saves a new interpreter with their tongues and hours.
func (tx *Tx) AddInterpreter(ctx context.Context, i booking.Interpreter) error {
	err := tx.save(ctx, "add interpreter", addInterpreter, i.ID, i.Name, i.Phone, i.Email, i.Zone.String(), minutes(i.Rest))
	if err != nil {
		return err
	}
	for _, t := range i.Tongues {
		if err := tx.save(ctx, "add tongue", addTongue, i.ID, t.Language, t.Mode, i.LevelIn(t)); err != nil {
			return err
		}
	}
	for _, h := range i.Hours {
		if err := tx.AddHours(ctx, i.ID, h); err != nil {
			return err
		}
	}
	for _, off := range i.Away {
		if err := tx.AddTimeOff(ctx, off); err != nil {
			return err
		}
	}
	return nil
}

// AddHours saves that an interpreter works at another time of the week.
func (tx *Tx) AddHours(ctx context.Context, id booking.InterpreterID, h booking.Hours) error {
	return tx.save(ctx, "add hours", addHours, id, int(h.Weekday), int(h.Start), int(h.End))
}

const (
	deleteHours = `
DELETE FROM interpreter_hours WHERE interpreter_id = $1 AND weekday = $2 AND starts_minute = $3 AND ends_minute = $4`

	setRest       = `UPDATE interpreters SET rest_minutes = $2 WHERE id = $1`
	addTimeOff    = `INSERT INTO interpreter_away (id, interpreter_id, starts_at, ends_at, reason) VALUES ($1, $2, $3, $4, $5)`
	deleteTimeOff = `DELETE FROM interpreter_away WHERE id = $1 AND interpreter_id = $2`
)

// DeleteHours saves that an interpreter no longer works then, and reports whether
// they did.
func (tx *Tx) DeleteHours(ctx context.Context, id booking.InterpreterID, h booking.Hours) (bool, error) {
	n, err := tx.run(ctx, "delete hours", deleteHours, id, int(h.Weekday), int(h.Start), int(h.End))
	return n > 0, err
}

// SetRest saves how long an interpreter rests between visits.
func (tx *Tx) SetRest(ctx context.Context, id booking.InterpreterID, rest time.Duration) error {
	return tx.save(ctx, "set rest", setRest, id, minutes(rest))
}

// AddTimeOff saves that an interpreter is away. It returns ErrAgain if they are
// reserved then: somebody booked them a moment ago.
func (tx *Tx) AddTimeOff(ctx context.Context, off booking.TimeOff) error {
	return tx.save(ctx, "add time off", addTimeOff, off.ID, off.Interpreter, at(off.When.Start()), at(off.When.End()), off.Why)
}

// DeleteTimeOff saves that an interpreter is there after all, and reports whether
// that time off was theirs.
func (tx *Tx) DeleteTimeOff(ctx context.Context, id booking.InterpreterID, off booking.TimeOffID) (bool, error) {
	n, err := tx.run(ctx, "delete time off", deleteTimeOff, off, id)
	return n > 0, err
}

// Who is asked about: one interpreter, those who offer a tongue and have
// not left, or all.
const (
	oneInterpreter = `= $1`
	whoSpeak       = `IN (SELECT s.interpreter_id FROM interpreter_tongues AS s JOIN interpreters AS c ON c.id = s.interpreter_id
                  WHERE s.language = $1 AND s.mode = $2 AND c.closed_at IS NULL)`
	everybody = `IN (SELECT c.id FROM interpreters AS c)`
)

const (
	selectInterpreters = `
SELECT id, name, phone, email, zone, rest_minutes, CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END, version FROM interpreters WHERE id `
	selectTongues = `SELECT interpreter_id, language, mode, level FROM interpreter_tongues WHERE interpreter_id `
	selectHours   = `SELECT interpreter_id, weekday, starts_minute, ends_minute FROM interpreter_hours WHERE interpreter_id `
	selectAway    = `SELECT interpreter_id, id, starts_at, ends_at, reason FROM interpreter_away WHERE interpreter_id `
	allTongues    = `
SELECT DISTINCT s.language, s.mode FROM interpreter_tongues AS s JOIN interpreters AS c ON c.id = s.interpreter_id
WHERE  c.closed_at IS NULL ORDER BY s.language, s.mode`
)

// Interpreter returns an interpreter with all that is known of them, or
// ErrNoSuchInterpreter.
func (tx *Tx) Interpreter(ctx context.Context, id booking.InterpreterID) (booking.Interpreter, error) {
	found, err := tx.interpreters(ctx, oneInterpreter, id)
	if err != nil {
		return booking.Interpreter{}, err
	}
	if len(found) == 0 {
		return booking.Interpreter{}, booking.ErrNoSuchInterpreter
	}
	return found[0], nil
}

// Interpreters are those who offer a tongue, in order of their ids.
func (tx *Tx) Interpreters(ctx context.Context, t booking.Tongue) ([]booking.Interpreter, error) {
	return tx.interpreters(ctx, whoSpeak, t.Language, t.Mode)
}

// interpreters reads as many statements for many as for one.
func (tx *Tx) interpreters(ctx context.Context, who string, args ...any) ([]booking.Interpreter, error) {
	found, err := all(ctx, tx, "interpreters", tx.scanInterpreter, selectInterpreters+who+` ORDER BY id`, args...)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	where := make(map[booking.InterpreterID]*booking.Interpreter, len(found))
	for i := range found {
		where[found[i].ID] = &found[i]
	}
	tongues, err := all(ctx, tx, "tongues of", scanLevel, selectTongues+who+` ORDER BY interpreter_id, language, mode`, args...)
	if err != nil {
		return nil, err
	}
	hours, err := all(ctx, tx, "hours of", scanHours, selectHours+who+` ORDER BY interpreter_id, weekday, starts_minute`, args...)
	if err != nil {
		return nil, err
	}
	away, err := all(ctx, tx, "time off", scanTimeOff, selectAway+who+` ORDER BY interpreter_id, starts_at`, args...)
	if err != nil {
		return nil, err
	}
	give(where, tongues, func(i *booking.Interpreter, l leveled) {
		i.Tongues, i.Levels[l.Tongue] = append(i.Tongues, l.Tongue), l.level
	})
	give(where, hours, func(i *booking.Interpreter, h booking.Hours) { i.Hours = append(i.Hours, h) })
	give(where, away, func(i *booking.Interpreter, off booking.TimeOff) { i.Away = append(i.Away, off) })
	return found, nil
}

// An owned is something that an interpreter has.
type owned[T any] struct {
	by  booking.InterpreterID
	has T
}

// give puts what was read where it belongs.
func give[T any](where map[booking.InterpreterID]*booking.Interpreter, read []owned[T], put func(*booking.Interpreter, T)) {
	for _, o := range read {
		if i, ok := where[o.by]; ok {
			put(i, o.has)
		}
	}
}

// A leveled is a tongue with the level at which it is offered.
type leveled struct {
	booking.Tongue
	level booking.Level
}

func scanLevel(row scanner) (o owned[leveled], err error) {
	err = row.Scan(&o.by, &o.has.Language, &o.has.Mode, &o.has.level)
	return o, err
}

func scanHours(row scanner) (o owned[booking.Hours], err error) {
	var weekday int
	err = row.Scan(&o.by, &weekday, &o.has.Start, &o.has.End)
	o.has.Weekday = time.Weekday(weekday)
	return o, err
}

func scanTimeOff(row scanner) (o owned[booking.TimeOff], err error) {
	var from, to stamp
	if err = row.Scan(&o.by, &o.has.ID, &from, &to, &o.has.Why); err != nil {
		return o, err
	}
	o.has.Interpreter = o.by
	o.has.When, err = booking.NewInterval(from.Time, to.Sub(from.Time))
	return o, err
}

func (tx *Tx) scanInterpreter(row scanner) (i booking.Interpreter, err error) {
	var zone string
	var rest, closed int
	if err = row.Scan(&i.ID, &i.Name, &i.Phone, &i.Email, &zone, &rest, &closed, &i.Version); err != nil {
		return i, err
	}
	i.Closed = closed == 1
	i.Levels, i.Rest = map[booking.Tongue]booking.Level{}, lasting(rest)
	i.Zone, err = tx.store.zone(zone)
	return i, err
}

func scanTongue(row scanner) (t booking.Tongue, err error) {
	err = row.Scan(&t.Language, &t.Mode)
	return t, err
}

// Tongues are all that some interpreter offers.
func (tx *Tx) Tongues(ctx context.Context) ([]booking.Tongue, error) {
	return all(ctx, tx, "tongues", scanTongue, allTongues)
}

const takenInterpreters = `
SELECT r.resource_id, r.starts_at, r.ends_at, r.visit_id FROM reservations AS r
JOIN   interpreter_tongues AS s ON s.interpreter_id = r.resource_id AND s.language = $1 AND s.mode = $2
WHERE  r.resource_kind = 'interpreter' AND r.state <> 'released' AND r.starts_at < $4 AND $3 < r.ends_at
ORDER  BY r.resource_id, r.starts_at`

// Candidates are those who offer a tongue, with when each is taken between two
// instants by visits other than those given.
func (tx *Tx) Candidates(ctx context.Context, t booking.Tongue, from, to time.Time, but map[booking.VisitID]bool) ([]booking.Candidate, error) {
	speak, err := tx.Interpreters(ctx, t)
	if err != nil || len(speak) == 0 {
		return nil, err
	}
	candidates := make([]booking.Candidate, len(speak))
	where := map[booking.InterpreterID]*booking.Candidate{}
	for i := range speak {
		candidates[i].Interpreter = speak[i]
		where[speak[i].ID] = &candidates[i]
	}
	_, err = all(ctx, tx, "taken interpreters", func(row scanner) (none struct{}, err error) {
		var id booking.InterpreterID
		var visit booking.VisitID
		var from, to stamp
		if err = row.Scan(&id, &from, &to, &visit); err != nil || where[id] == nil || but[visit] {
			return none, err
		}
		when, err := booking.NewInterval(from.Time, to.Sub(from.Time))
		where[id].Taken = append(where[id].Taken, when)
		return none, err
	}, takenInterpreters, t.Language, t.Mode, at(from), at(to))
	return candidates, err
}

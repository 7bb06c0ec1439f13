package proof

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking/desk"
)

// A promise is something that is never so. Its query finds the subjects, as events
// name them, of which it is so nevertheless, and asks the tables alone: it shares
// nothing with the code and the constraints that should prevent it.
type promise struct {
	never string
	query string
	plant string // breaks it, for the test of the checker; statements with ; between
}

const (
	aVisit = `'visit ' || v.id`
	begun  = `('preparing', 'lobby', 'live')`
	over   = `('ended', 'cancelled')`
)

// overlapping is the first promise, and the one for which all the others are.
const overlapping = `SELECT a.resource_kind || ' ' || a.resource_id FROM reservations AS a JOIN reservations AS b
	ON a.resource_kind = b.resource_kind AND a.resource_id = b.resource_id AND a.id < b.id
	WHERE a.state <> 'released' AND b.state <> 'released' AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at`

// yields is so of a visit v that gave up its claim on the patient to another which
// has it then: two records of one person became one.
const yields = `EXISTS (SELECT 1 FROM visits AS x JOIN reservations AS y ON y.visit_id = x.id
	WHERE x.patient_id = v.patient_id AND x.id <> v.id AND x.state NOT IN ('held', 'ended', 'cancelled')
	AND x.starts_at < v.ends_at AND v.starts_at < x.ends_at AND y.resource_kind = 'patient' AND y.state = 'firm')`

// unflagged is so of a visit v that nobody is to look at, and nobody has decided to
// keep as it is, for the reason that follows.
const unflagged = `NOT EXISTS (SELECT 1 FROM flags AS f WHERE f.visit_id = v.id AND (f.closed_at IS NULL OR f.close_reason = 'kept') AND f.kind = `

// consented is so of a visit v whose patient's latest consent has not been taken back.
// An older one says nothing any more: of two records that became one it may stand still.
const consented = `EXISTS (SELECT 1 FROM consents AS c WHERE c.patient_id = v.patient_id AND c.withdrawn_at IS NULL
	AND NOT EXISTS (SELECT 1 FROM consents AS y WHERE y.patient_id = c.patient_id AND (y.at > c.at OR y.at = c.at AND y.id > c.id)))`

// promises are what holds between two acts, whatever went on before.
var promises = []promise{
	{
		never: "two visits have one device, patient or interpreter at the same time",
		query: overlapping,
		plant: `UPDATE reservations SET resource_id = (SELECT resource_id FROM reservations WHERE resource_kind = 'device' AND state = 'firm' ORDER BY id LIMIT 1)
			WHERE resource_kind = 'device' AND state = 'firm'`,
	}, {
		never: "a visit stands without its iPad reserved for all of it",
		query: `SELECT ` + aVisit + ` FROM visits AS v WHERE v.state = 'booked' AND
			(SELECT count(*) FROM reservations AS r WHERE r.visit_id = v.id AND r.state = 'firm' AND r.resource_kind = 'device'
			 AND r.starts_at <= v.starts_at AND v.ends_at <= r.ends_at) <> 1`,
		plant: `DELETE FROM reservations WHERE resource_kind = 'device' AND state = 'firm'`,
	}, {
		never: "a visit stands without its patient reserved for all of it",
		query: `SELECT ` + aVisit + ` FROM visits AS v WHERE v.state = 'booked' AND
			(SELECT count(*) FROM reservations AS r WHERE r.visit_id = v.id AND r.state = 'firm' AND r.resource_kind = 'patient'
			 AND r.starts_at <= v.starts_at AND v.ends_at <= r.ends_at) <> 1 AND NOT ` + yields,
		plant: `DELETE FROM reservations WHERE resource_kind = 'patient' AND state = 'firm'`,
	}, {
		never: "a visit is on without its patient and its iPad reserved",
		query: `SELECT ` + aVisit + ` FROM visits AS v WHERE v.state IN ` + begun + ` AND
			(SELECT count(*) FROM reservations AS r WHERE r.visit_id = v.id AND r.state = 'firm' AND r.resource_kind IN ('patient', 'device'))
			<> CASE WHEN ` + yields + ` THEN 1 ELSE 2 END`,
		plant: `DELETE FROM reservations WHERE resource_kind = 'device' AND visit_id IN (SELECT id FROM visits WHERE state IN ` + begun + `)`,
	}, {
		never: "a reservation is of another patient or iPad than its visit's",
		query: `SELECT ` + aVisit + ` FROM reservations AS r JOIN visits AS v ON v.id = r.visit_id WHERE r.state <> 'released'
			AND (r.resource_kind = 'device' AND r.resource_id <> v.device_id OR r.resource_kind = 'patient' AND r.resource_id <> v.patient_id)`,
		plant: `UPDATE visits SET device_id = (SELECT id FROM devices WHERE id <> visits.device_id ORDER BY id LIMIT 1) WHERE state = 'booked'`,
	}, {
		never: "a hold has not what it holds, for as long as it says",
		query: `SELECT ` + aVisit + ` FROM visits AS v WHERE v.state = 'held' AND
			(SELECT count(*) FROM reservations AS r WHERE r.visit_id = v.id AND r.state = 'held' AND r.expires_at = v.held_until) <> 2`,
		plant: `UPDATE reservations SET state = 'firm', expires_at = NULL WHERE state = 'held'`,
	}, {
		never: "what is over still has somebody or something",
		query: `SELECT ` + aVisit + ` FROM reservations AS r JOIN visits AS v ON v.id = r.visit_id WHERE r.state <> 'released'
			AND (v.state = 'cancelled' OR v.state = 'ended' AND r.resource_kind <> 'device')`,
		plant: cancelBooked,
	}, {
		never: "a visit was booked without an event, or twice",
		query: `SELECT ` + aVisit + ` FROM visits AS v WHERE v.state <> 'held' AND NOT (v.state = 'cancelled' AND v.reason = 'hold_lapsed')
			AND (SELECT count(*) FROM audit_events AS e WHERE e.action = 'visit_booked' AND e.subject = ` + aVisit + `) <> 1`,
		plant: `UPDATE visits SET state = 'booked', held_until = NULL WHERE state = 'held'`,
	}, {
		never: "a visit ended without an event, or oftener than it was put back",
		query: `SELECT ` + aVisit + ` FROM visits AS v WHERE
			(SELECT count(*) FROM audit_events AS e WHERE e.action IN ('visit_ended', 'visit_cancelled', 'hold_released') AND e.subject = ` + aVisit + `) <>
			(SELECT count(*) FROM audit_events AS e WHERE e.action = 'visit_reinstated' AND e.subject = ` + aVisit + `) + CASE WHEN v.state IN ` + over + ` THEN 1 ELSE 0 END`,
		plant: cancelBooked,
	}, {
		never: "somebody comes to a visit that they were not told of",
		query: `SELECT ` + aVisit + ` FROM participants AS y JOIN visits AS v ON v.id = y.visit_id JOIN visitors AS w ON w.id = y.visitor_id
			WHERE v.state = 'booked' AND y.place <> 'removed'
			AND NOT EXISTS (SELECT 1 FROM outbox AS o WHERE o.visit_id = v.id AND o.recipient = w.phone AND o.kind IN ('booked', 'moved', 'series'))`,
		plant: `DELETE FROM outbox WHERE kind = 'booked'`,
	}, {
		never: "somebody is still to be told that a visit will be that will not",
		query: `SELECT ` + aVisit + ` FROM outbox AS o JOIN visits AS v ON v.id = o.visit_id WHERE v.state IN ` + over + `
			AND o.state IN ('pending', 'leased') AND o.kind IN ('booked', 'moved', 'reminder', 'join', 'interpreter_ask')`,
		plant: cancelBooked,
	}, {
		never: "a visit was called off and somebody who was coming never heard",
		query: `SELECT ` + aVisit + ` FROM participants AS y JOIN visits AS v ON v.id = y.visit_id JOIN visitors AS w ON w.id = y.visitor_id
			JOIN patients AS p ON p.id = v.patient_id
			WHERE v.state = 'cancelled' AND v.reason IN ('by_family', 'by_ward') AND v.ended_at < v.ends_at AND y.place <> 'removed'
			AND v.series_id IS NULL AND p.state <> 'died'
			AND NOT EXISTS (SELECT 1 FROM audit_events AS e WHERE e.subject = ` + aVisit + ` AND e.action = 'person_arrived')
			AND NOT EXISTS (SELECT 1 FROM outbox AS o WHERE o.visit_id = v.id AND o.recipient = w.phone AND o.kind = 'cancelled')`,
		plant: cancelBooked,
	}, {
		never: "an interpreter is asked whom nothing keeps free",
		query: `SELECT ` + aVisit + ` FROM interpreter_bookings AS b JOIN visits AS v ON v.id = b.visit_id
			WHERE b.state IN ('offered', 'accepted') AND v.state = 'booked' AND NOT EXISTS (SELECT 1 FROM reservations AS r
			WHERE r.visit_id = v.id AND r.resource_kind = 'interpreter' AND r.resource_id = b.interpreter_id AND r.state = 'firm'
			AND r.starts_at <= v.starts_at AND v.ends_at <= r.ends_at)`,
		plant: `DELETE FROM reservations WHERE resource_kind = 'interpreter'`,
	}, {
		never: "an interpreter is kept free for nothing",
		query: `SELECT 'visit ' || r.visit_id FROM reservations AS r WHERE r.resource_kind = 'interpreter' AND r.state <> 'released' AND NOT EXISTS (
			SELECT 1 FROM interpreter_bookings AS b WHERE b.visit_id = r.visit_id AND b.interpreter_id = r.resource_id AND b.state IN ('offered', 'accepted'))`,
		plant: `UPDATE interpreter_bookings SET state = 'withdrawn', answer_by = NULL WHERE state IN ('offered', 'accepted')`,
	}, {
		never: "an iPad is in use and in no visit",
		query: `SELECT 'device ' || d.id FROM devices AS d WHERE d.state = 'in_use'
			AND NOT EXISTS (SELECT 1 FROM visits AS v WHERE v.device_id = d.id AND v.state IN ` + begun + `)`,
		plant: `UPDATE devices SET state = 'in_use'`,
	}, {
		never: "a visit is on, on an iPad that is not in use",
		query: `SELECT ` + aVisit + ` FROM visits AS v JOIN devices AS d ON d.id = v.device_id WHERE v.state IN ` + begun + ` AND d.state NOT IN ('in_use', 'out_of_service', 'lost')`,
		plant: `UPDATE devices SET state = 'ready' WHERE state = 'in_use'`,
	}, {
		never: "somebody is in the room of a visit that is over",
		query: `SELECT ` + aVisit + ` FROM participants AS y JOIN visits AS v ON v.id = y.visit_id WHERE v.state IN ` + over + ` AND y.here_since IS NOT NULL`,
		plant: `UPDATE participants SET here_since = (SELECT starts_at FROM visits WHERE id = participants.visit_id)
			WHERE visit_id IN (SELECT id FROM visits WHERE state IN ` + over + `)`,
	}, {
		never: "a visit that is over is still to be looked at",
		query: `SELECT ` + aVisit + ` FROM flags AS f JOIN visits AS v ON v.id = f.visit_id WHERE f.closed_at IS NULL AND f.kind <> 'not_put_back' AND v.state IN ` + over,
		plant: `INSERT INTO flags (id, visit_id, ward_id, kind, opened_at) SELECT id, id, ward_id, 'closure', starts_at FROM visits WHERE state = 'cancelled'`,
	}, {
		never: "a visit is flagged for what is no longer so",
		query: `SELECT ` + aVisit + ` FROM flags AS f JOIN visits AS v ON v.id = f.visit_id JOIN patients AS p ON p.id = v.patient_id WHERE f.closed_at IS NULL AND v.state = 'booked'
			AND (f.kind = 'consent_withdrawn' AND ` + consented + `
			  OR f.kind = 'closure' AND NOT EXISTS (SELECT 1 FROM closures AS c WHERE c.ward_id = v.ward_id AND c.reopened_at IS NULL)
			  OR f.kind = 'protected' AND NOT EXISTS (SELECT 1 FROM protected_times AS t WHERE t.ward_id = v.ward_id)
			  OR f.kind = 'patient_away' AND EXISTS (SELECT 1 FROM stays AS s WHERE s.patient_id = p.id AND s.to_at IS NULL))`,
		plant: `INSERT INTO flags (id, visit_id, ward_id, kind, opened_at) SELECT id, id, ward_id, 'closure', starts_at FROM visits WHERE state = 'booked'`,
	}, {
		never: "a visit stands without consent and nobody is to look at it",
		query: `SELECT ` + aVisit + ` FROM visits AS v WHERE v.state = 'booked'
			AND NOT ` + consented + `
			AND NOT EXISTS (SELECT 1 FROM flags AS f WHERE f.visit_id = v.id AND f.kind = 'consent_withdrawn' AND (f.closed_at IS NULL OR f.close_reason = 'kept'))`,
		plant: `DELETE FROM consents`,
	}, {
		never: "a record that has become part of another still has a visit",
		query: `SELECT ` + aVisit + ` FROM visits AS v JOIN patients AS p ON p.id = v.patient_id WHERE p.merged_into IS NOT NULL AND v.state NOT IN ` + over,
		plant: `UPDATE patients SET merged_into = (SELECT q.id FROM patients AS q WHERE q.id <> patients.id ORDER BY q.id LIMIT 1)`,
	}, {
		never: "a record that has become part of another lies in a bed",
		query: `SELECT 'patient ' || p.id FROM patients AS p JOIN stays AS s ON s.patient_id = p.id WHERE p.merged_into IS NOT NULL AND s.to_at IS NULL`,
		plant: `UPDATE patients SET merged_into = (SELECT q.id FROM patients AS q WHERE q.id <> patients.id ORDER BY q.id LIMIT 1)`,
	}, {
		never: "a patient has two visits at one time and nobody is to look at it",
		query: `SELECT ` + aVisit + ` FROM visits AS v JOIN visits AS x ON x.patient_id = v.patient_id AND x.id <> v.id
			WHERE v.state = 'booked' AND x.state NOT IN ('held', 'ended', 'cancelled') AND x.starts_at < v.ends_at AND v.starts_at < x.ends_at AND ` + unflagged + `'overlap')`,
		plant: `UPDATE visits SET patient_id = (SELECT x.patient_id FROM visits AS x WHERE x.state = 'booked' ORDER BY x.id LIMIT 1) WHERE state = 'booked'`,
	}, {
		never: "a visit leaves too little time to clean for what its patient has and nobody is to look at it",
		query: `SELECT ` + aVisit + ` FROM visits AS v JOIN patients AS p ON p.id = v.patient_id JOIN devices AS d ON d.id = v.device_id
			JOIN policies AS q ON q.ward_id = v.ward_id AND q.version = v.policy_version
			WHERE v.state = 'booked' AND d.state NOT IN ('out_of_service', 'lost') AND v.clean_minutes <
			COALESCE(CASE p.infection WHEN 'contact' THEN q.contact_clean WHEN 'droplet' THEN q.droplet_clean WHEN 'airborne' THEN q.airborne_clean END, q.clean_minutes)
			AND ` + unflagged + `'short_clean')`,
		plant: `UPDATE patients SET infection = 'airborne'`,
	}, {
		never: "a visit stands in a ward where its patient does not lie and nobody is to look at it",
		query: `SELECT ` + aVisit + ` FROM visits AS v JOIN stays AS s ON s.patient_id = v.patient_id AND s.to_at IS NULL
			WHERE v.state = 'booked' AND s.ward_id <> v.ward_id AND ` + unflagged + `'patient_moved')`,
		plant: `UPDATE stays SET ward_id = (SELECT id FROM wards ORDER BY id DESC LIMIT 1)`,
	}, {
		never: "a family of somebody who has died is to be sent a message",
		query: `SELECT ` + aVisit + ` FROM outbox AS o JOIN visits AS v ON v.id = o.visit_id JOIN patients AS p ON p.id = v.patient_id
			WHERE p.state = 'died' AND o.state IN ('pending', 'leased') AND o.kind NOT LIKE 'interpreter%'`,
		plant: `UPDATE patients SET state = 'died'`,
	}, {
		never: "somebody who has died has visits",
		query: `SELECT ` + aVisit + ` FROM visits AS v JOIN patients AS p ON p.id = v.patient_id WHERE p.state = 'died' AND v.state IN ('held', 'booked')`,
		plant: `UPDATE patients SET state = 'died'`,
	}, {
		never: "a time is offered to somebody who waits and kept for nobody",
		query: `SELECT ` + aVisit + ` FROM slot_offers AS o JOIN visits AS v ON v.id = o.visit_id
			WHERE o.state = 'open' AND v.state <> 'held' OR o.state = 'taken' AND v.state = 'held'`,
		plant: offerOfNothing,
	}, {
		never: "somebody has what they waited for and waits on",
		query: `SELECT ` + aVisit + ` FROM slot_offers AS o JOIN waitlist_entries AS e ON e.id = o.entry_id JOIN visits AS v ON v.id = o.visit_id
			WHERE o.state = 'taken' AND e.state = 'waiting' OR o.state = 'open' AND e.state <> 'waiting'`,
		plant: offerOfNothing + `; UPDATE waitlist_entries SET state = 'left', left_at = since`,
	}, {
		never: "a request was granted as a visit that never was",
		query: `SELECT ` + aVisit + ` FROM requests AS q JOIN visits AS v ON v.id = q.visit_id WHERE q.state = 'granted' AND v.state = 'held'`,
		plant: `INSERT INTO requests (id, patient_id, visitor_id, ward_id, state, asked_at, answered_at, visit_id)
			SELECT id, patient_id, held_for, ward_id, 'granted', starts_at, starts_at, id FROM visits WHERE state = 'held'`,
	},
}

// cancelBooked cancels visits as somebody would who knows one table.
const cancelBooked = `UPDATE visits SET state = 'cancelled', reason = 'by_ward', ended_at = starts_at WHERE state = 'booked'`

// offerOfNothing offers somebody who waits a visit that was cancelled.
const offerOfNothing = `INSERT INTO waitlist_entries (id, patient_id, visitor_id, ward_id, kind, from_on, to_on, since, state)
	SELECT id, patient_id, held_for, ward_id, 'ordinary', '2026-11-25', '2026-11-25', starts_at, 'waiting' FROM visits WHERE state = 'cancelled';
	INSERT INTO slot_offers (id, entry_id, visit_id, state, offered_at, expires_at)
	SELECT id, id, id, 'open', starts_at, ends_at FROM visits WHERE state = 'cancelled'`

// A querier is a database or a transaction.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// broken are the promises that do not hold, each with what it is that it does not
// hold of, and what happened to the first of them.
func broken(ctx context.Context, db querier) (found []string, err error) {
	for _, p := range promises {
		subjects, err := texts(ctx, db, p.query)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.never, err)
		}
		if len(subjects) == 0 {
			continue
		}
		story, err := storyOf(ctx, db, subjects[0])
		if err != nil {
			return nil, err
		}
		found = append(found, fmt.Sprintf("%s: %d times; %s", p.never, len(subjects), story))
	}
	more, err := wrongTimes(ctx, db)
	return append(found, more...), err
}

// texts are the first column of what a query finds.
func texts(ctx context.Context, db querier, query string, args ...any) (found []string, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		found = append(found, text)
	}
	return found, rows.Err()
}

// storyOf is what was written down of a subject.
func storyOf(ctx context.Context, db querier, subject string) (string, error) {
	events, err := texts(ctx, db, `SELECT action || ' (' || actor_kind || ', ' || reason || ')' FROM audit_events WHERE subject = $1 ORDER BY seq`, subject)
	if err != nil {
		return "", err
	}
	notices, err := texts(ctx, db, `SELECT kind || ' ' || state || ' ' || recipient FROM outbox WHERE 'visit ' || visit_id = $1 ORDER BY id`, subject)
	return fmt.Sprintf("%s: %s; told: %s", subject, strings.Join(events, ", "), strings.Join(notices, ", ")), err
}

// An instant is a column of either engine.
type instant struct{ time.Time }

// Scan implements sql.Scanner.
func (i *instant) Scan(src any) (err error) {
	switch v := src.(type) {
	case time.Time:
		i.Time = v.UTC()
	case string:
		i.Time, err = time.Parse("2006-01-02T15:04:05.000000Z", v)
	default:
		err = fmt.Errorf("an instant from %T", src)
	}
	return err
}

// wrongTimes finds what needs arithmetic: an iPad that is reserved for another
// time than preparing, visit and cleaning; and a notice that still waits and says
// another time than the visit has.
func wrongTimes(ctx context.Context, db querier) (found []string, err error) {
	rows, err := db.QueryContext(ctx, `
SELECT v.id, v.starts_at, v.ends_at, v.prepare_minutes, v.clean_minutes, r.starts_at, r.ends_at
FROM   visits AS v JOIN reservations AS r ON r.visit_id = v.id
WHERE  v.state IN ('held', 'booked') AND r.state <> 'released' AND r.resource_kind = 'device'`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var visit string
		var from, to, taken, given instant
		var before, after int
		if err := rows.Scan(&visit, &from, &to, &before, &after, &taken, &given); err != nil {
			return nil, err
		}
		if !taken.Equal(from.Add(-time.Duration(before)*time.Minute)) || !given.Equal(to.Add(time.Duration(after)*time.Minute)) {
			found = append(found, fmt.Sprintf("visit %s is %v to %v and its iPad is reserved %v to %v", visit, from, to, taken, given))
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	said, err := saidWrong(ctx, db)
	return append(found, said...), err
}

func saidWrong(ctx context.Context, db querier) (found []string, err error) {
	rows, err := db.QueryContext(ctx, `
SELECT v.id, v.starts_at, o.kind, o.words FROM visits AS v JOIN outbox AS o ON o.visit_id = v.id
WHERE  v.state = 'booked' AND o.state = 'pending' AND o.kind IN ('booked', 'moved', 'reminder', 'join', 'interpreter_ask')`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var visit, kind, text string
		var from instant
		if err := rows.Scan(&visit, &from, &kind, &text); err != nil {
			return nil, err
		}
		var words struct{ When string }
		if err := json.Unmarshal([]byte(text), &words); err != nil {
			return nil, err
		}
		if want := strings.Replace(from.In(london).Format("Monday 2 January 2006, 3:04pm"), " 12:00pm", " midday", 1); words.When != want {
			found = append(found, fmt.Sprintf("visit %s is at %s and the notice %s says %s", visit, want, kind, words.When))
		}
	}
	return found, rows.Err()
}

// check fails the test for each promise that does not hold.
func (w *world) check(t testing.TB) {
	t.Helper()
	for _, what := range must[[]string](t)(broken(context.WithoutCancel(t.Context()), w.raw)) {
		t.Error("it happened that " + what)
	}
}

// unguard takes away the last word of the database, in a transaction or for good.
func (w *world) unguard(ctx context.Context, run func(ctx context.Context, query string, args ...any) (sql.Result, error)) error {
	queries := []string{`DROP TRIGGER reservations_no_overlap_insert`, `DROP TRIGGER reservations_no_overlap_update`}
	if w.isPostgres() {
		queries = []string{`ALTER TABLE reservations DROP CONSTRAINT reservations_no_overlap`}
	}
	for _, query := range queries {
		if _, err := run(ctx, query); err != nil {
			return err
		}
	}
	return nil
}

// Each promise is broken once, on purpose, and then found broken.
func TestTheCheckerFindsWhatItLooksFor(t *testing.T) {
	t.Parallel()
	inHospital(t, size{wards: 2, devices: 3, patients: 6}, func(t *testing.T, w *world) {
		w.oneOfEach()
		w.check(t)
		for _, p := range append(promises, promise{
			never: "an iPad is reserved for another time than its visit",
			plant: `UPDATE visits SET prepare_minutes = prepare_minutes + 1`,
		}, promise{
			never: "a notice says another time than its visit",
			plant: `UPDATE outbox SET words = '{"when": "Friday"}' WHERE kind = 'booked' AND state = 'pending'`,
		}) {
			t.Run(p.never, func(t *testing.T) {
				tx := must[*sql.Tx](t)(w.raw.BeginTx(t.Context(), nil))
				defer tx.Rollback()
				ok(t, w.unguard(t.Context(), tx.ExecContext))
				for _, plant := range strings.Split(p.plant, ";") {
					res := must[sql.Result](t)(tx.ExecContext(t.Context(), plant))
					if n := must[int64](t)(res.RowsAffected()); n == 0 {
						t.Fatal("nothing was planted")
					}
				}
				found := must[[]string](t)(broken(t.Context(), tx))
				if p.query != "" {
					if len(must[[]string](t)(texts(t.Context(), tx, p.query))) == 0 {
						t.Error("its own query finds nothing")
					}
				}
				if len(found) == 0 {
					t.Error("nothing is found broken")
				}
			})
		}
	})
}

// oneOfEach makes a visit in every state: two booked at the same time, one of them
// with an interpreter, one held, one cancelled, one on, and one ended.
func (w *world) oneOfEach() {
	w.t.Helper()
	ctx := w.t.Context()
	w.pairAll()
	start := on(2, 14, 0)
	w.book(1, start)
	held := must[desk.Visit](w.t)(w.Hold(ctx, relative(2, 0), patientID(2), visitorID(2, 0), start))
	must[desk.Visit](w.t)(w.Describe(ctx, relative(2, 0), held.ID, desk.Details{Tongue: spokenPolish}))
	must[desk.Visit](w.t)(w.Book(ctx, relative(2, 0), held.ID))
	must[desk.Visit](w.t)(w.Hold(ctx, relative(6, 0), patientID(6), visitorID(6, 0), start.Add(time.Hour)))
	gone := w.book(3, start.Add(2*time.Hour))
	must[desk.Visit](w.t)(w.Cancel(ctx, relative(3, 0), gone.Reference, gone.Version))
	for n, ends := range map[int]bool{4: false, 5: true} {
		v := w.book(n, on(0, 11, 0))
		w.now.Store(on(0, 10, 50).UnixMicro())
		v = must[desk.Visit](w.t)(w.Start(ctx, sister(1), v.Reference))
		must[bool](w.t)(w.Arrive(ctx, v.ID, desk.SeatOfPatient, ""))
		must[bool](w.t)(w.Arrive(ctx, v.ID, string(v.People[0].ID), ""))
		must[desk.Visit](w.t)(w.Admit(ctx, sister(1), v.Reference, v.People[0].ID))
		if ends {
			must[desk.Visit](w.t)(w.End(ctx, sister(1), v.Reference, "ran_to_end"))
		}
		w.now.Store(morning.UnixMicro())
	}
}

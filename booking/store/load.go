package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/migrations"
)

// A Life is a visit with all that its acts have left behind, for a database that
// is filled with what nobody lived through.
type Life struct {
	Visit   booking.Visit // as it has become: booked, cancelled or ended
	For     booking.VisitorID
	Seat    booking.ParticipantID // of that visitor
	Taken   []Reservation         // of what it had or has
	Invite  booking.Invite
	Events  []booking.Event
	Sent    []booking.Notice // at their Due
	Pending []booking.Notice
}

// A step of a visit's life, as visits_life has it: one after another, and each only
// for visits that have come to the one before.
type lifeStep struct {
	what, query string
	reaches     booking.State
}

var lifeSteps = []lifeStep{
	{"book", `UPDATE visits SET state = 'booked', held_until = NULL, version = version + 1
WHERE id >= $1 AND id <= $2 AND state = 'held'`, booking.Booked},
	{"prepare", `UPDATE visits SET state = 'preparing', opened_at = starts_at, version = version + 1
WHERE id >= $1 AND id <= $2 AND state = 'booked'`, booking.Preparing},
	{"open", `UPDATE visits SET state = 'lobby', version = version + 1
WHERE id >= $1 AND id <= $2 AND state = 'preparing'`, booking.Lobby},
	{"admit", `UPDATE visits SET state = 'live', started_at = starts_at, version = version + 1
WHERE id >= $1 AND id <= $2 AND state = 'lobby'`, booking.Live},
	{"end", `UPDATE visits SET state = 'ended', reason = 'ran_to_end', ended_at = ends_at, version = version + 1
WHERE id >= $1 AND id <= $2 AND state = 'live'`, booking.Ended},
}

const cancelLives = `
UPDATE visits SET state = 'cancelled', reason = 'by_family', ended_at = $3, version = version + 1
WHERE  id >= $1 AND id <= $2 AND state = 'booked'`

// AddLives saves visits that have all come to one state, in order of id, none of
// which share a device or a patient: a few rows to a statement, through the same
// constraints as everybody else's.
func (tx *Tx) AddLives(ctx context.Context, lives []Life) error {
	if len(lives) == 0 {
		return nil
	}
	for _, table := range []struct {
		what, insert string
		rows         func(Life) ([][]any, error)
	}{
		{"add visits", insertInto(addVisit), visitRows},
		{"add participants", insertInto(addParticipant), participantRows},
		{"add reservations", addReservations, reservationRows},
		{"add invites", insertInto(addInvite), inviteRows},
		{"add events", insertInto(addEvent), eventRows},
		{"add notices", loadNotices, noticeRows},
		{"add deliveries", loadDeliveries, deliveryRows},
	} {
		var rows [][]any
		for _, l := range lives {
			more, err := table.rows(l)
			if err != nil {
				return err
			}
			rows = append(rows, more...)
		}
		if err := tx.saveAll(ctx, table.what, table.insert, "", rows); err != nil {
			return err
		}
	}
	return tx.live(ctx, lives[0].Visit, lives[len(lives)-1].Visit)
}

// live takes visits from being held to the state they have all come to.
func (tx *Tx) live(ctx context.Context, first, last booking.Visit) error {
	for _, step := range lifeSteps {
		if _, err := tx.run(ctx, step.what+" visits", step.query, first.ID, last.ID); err != nil {
			return err
		}
		switch {
		case step.reaches == first.State:
			return nil
		case step.reaches == booking.Booked && first.State == booking.Cancelled:
			_, err := tx.run(ctx, "cancel visits", cancelLives, first.ID, last.ID, at(first.EndedAt))
			return err
		}
	}
	return fmt.Errorf("store: no way to the state %s", first.State)
}

// Tidy does after much has been written what the database would do by itself some
// time later.
func (s *Store) Tidy(ctx context.Context) error {
	query := `PRAGMA wal_checkpoint(TRUNCATE)`
	if s.engine.name == migrations.PostgreSQL {
		query = `VACUUM ANALYZE`
	}
	if _, err := s.write.ExecContext(ctx, query); err != nil {
		return fmt.Errorf("store: tidy: %w", err)
	}
	return nil
}

func visitRows(l Life) ([][]any, error) {
	v := l.Visit
	held := l.Events[0].At.Add(time.Minute) // it is held first, as every visit is
	return [][]any{{v.ID, v.Reference, v.Patient, v.Ward, v.Device, booking.Held,
		at(v.When.Start()), at(v.When.End()), minutes(v.Prepare), minutes(v.Clean),
		v.Tongue.Language, v.Tongue.Mode, joinNeeds(v.Needs), v.Via,
		v.BookedBy.Kind, v.BookedBy.ID, v.BookedBy.Name, v.PolicyVersion, l.For, at(held), v.Kind, orNull(v.Series), at(l.Events[0].At)}}, nil
}

func participantRows(l Life) ([][]any, error) {
	return [][]any{{l.Seat, l.Visit.ID, booking.AsVisitor, orNull(l.For), orNull(booking.InterpreterID("")), booking.Expected}}, nil
}

// reservationRows are of what a visit still has, if it is booked, or has given back.
func reservationRows(l Life) (rows [][]any, err error) {
	state := "firm"
	if l.Visit.State.Over() {
		state = "released"
	}
	for _, r := range l.Taken {
		rows = append(rows, []any{r.ID, r.Resource.Kind, r.Resource.ID, l.Visit.ID, at(r.When.Start()), at(r.When.End()), state, at(time.Time{})})
	}
	return rows, nil
}

func inviteRows(l Life) ([][]any, error) {
	i := l.Invite
	return [][]any{{i.ID, i.CodeHash, orNull(i.Patient), orNull(i.Visitor), orNull(i.Interpreter), at(i.Expires)}}, nil
}

func eventRows(l Life) (rows [][]any, err error) {
	for _, e := range l.Events {
		rows = append(rows, []any{at(e.At), e.By.Kind, e.By.ID, e.Action, e.Subject, orNull(e.Ward), e.Reason})
	}
	return rows, nil
}

const (
	loadNotices = `
INSERT INTO outbox (id, kind, channel, recipient, visit_id, dedupe, due_at, expires_at, words, state, attempts, settled_at) VALUES`
	loadDeliveries = `
INSERT INTO deliveries (outbox_id, attempt, at, outcome, provider_id, detail, body) VALUES`
)

func noticeRows(l Life) (rows [][]any, err error) {
	add := func(n booking.Notice, state, words string, attempts int, settled time.Time) {
		rows = append(rows, []any{n.ID, n.Kind, n.Channel, n.To, orNull(n.Visit), n.Dedupe, at(n.Due), at(n.Expires), words, state, attempts, at(settled)})
	}
	for _, n := range l.Sent {
		add(n, "sent", "{}", 1, n.Due)
	}
	for _, n := range l.Pending {
		words, err := json.Marshal(n.Words)
		if err != nil {
			return nil, fmt.Errorf("store: words of a notice: %w", err)
		}
		add(n, "pending", string(words), 0, time.Time{})
	}
	return rows, nil
}

func deliveryRows(l Life) (rows [][]any, err error) {
	for _, n := range l.Sent {
		rows = append(rows, []any{n.ID, 1, at(n.Due), "sent", "", "", ""})
	}
	return rows, nil
}

package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const (
	addNotice = `
INSERT INTO outbox (id, kind, channel, recipient, visit_id, dedupe, due_at, expires_at, words, state) VALUES`
	onceEach = `
ON CONFLICT (dedupe) DO NOTHING`

	inMourning = `
SELECT count(*) FROM visits AS v JOIN patients AS p ON p.id = v.patient_id WHERE v.id = $1 AND p.state = 'died'`
)

// AddNotice owes notices to people. Owing the same fact twice is owing it once. A
// family is never owed one about a visit to a patient who has died, whichever act
// would have it so: only people say that.
func (tx *Tx) AddNotice(ctx context.Context, notices ...booking.Notice) error {
	died := map[booking.VisitID]bool{"": false}
	var rows [][]any
	for _, n := range notices {
		if _, known := died[n.Visit]; !known && !toInterpreter[n.Kind] {
			count, err := one(ctx, tx, "look for a death", nil, scalar[int], inMourning, n.Visit)
			if err != nil {
				return err
			}
			died[n.Visit] = count > 0
		}
		if died[n.Visit] && !toInterpreter[n.Kind] {
			continue
		}
		words, err := json.Marshal(n.Words)
		if err != nil {
			return fmt.Errorf("store: words of a notice: %w", err)
		}
		rows = append(rows, []any{n.ID, n.Kind, n.Channel, n.To, orNull(n.Visit), n.Dedupe, at(n.Due), at(n.Expires), string(words), "pending"})
	}
	return tx.saveAll(ctx, "add notice", addNotice, onceEach, rows)
}

// toInterpreter are the notices that interpreters are sent, not families.
var toInterpreter = map[booking.NoticeKind]bool{
	booking.NoticeInterpreterAsk: true, booking.NoticeInterpreterOff: true, booking.NoticeInterpreterConfirm: true,
}

const withdrawNotices = `
UPDATE outbox SET state = 'withdrawn', settled_at = $2, leased_until = NULL, words = '{}'
WHERE  visit_id = $1 AND state IN ('pending', 'leased') AND ($3 = '' OR recipient = $3)`

// WithdrawNotices takes back what has not yet been sent about a visit: to one
// number or address, or to everybody when to is empty.
func (tx *Tx) WithdrawNotices(ctx context.Context, visit booking.VisitID, to string, now time.Time) error {
	_, err := tx.run(ctx, "withdraw notices", withdrawNotices, visit, at(now), to)
	return err
}

const stillOwed = `SELECT count(*) FROM outbox WHERE id = $1 AND state = 'leased' AND attempts = $2`

// StillOwed reports whether a notice that was leased is still to be sent: it may
// have been taken back since.
func (s *Store) StillOwed(ctx context.Context, n booking.Notice) (bool, error) {
	var owed int
	if err := s.read.QueryRowContext(ctx, stillOwed, n.ID, n.Attempt).Scan(&owed); err != nil {
		return false, fmt.Errorf("store: is a notice still owed: %w", err)
	}
	return owed > 0, nil
}

// An Outcome is how an attempt to send a notice went.
type Outcome struct {
	At       time.Time
	Attempt  int       // the notice's own, as it was leased
	Sent     bool      // it is out of our hands
	RetryAt  time.Time // when to try again; with neither, it has failed for good
	Provider string    // what the provider calls the message
	Detail   string    // why it did not go: a code, never the words of the message
	Body     string    // to be kept by a practice hospital only
}

func (o Outcome) name() string {
	switch {
	case o.Sent:
		return "sent"
	case !o.RetryAt.IsZero():
		return "retry"
	}
	return "failed"
}

const (
	noticeIsDue = `
SELECT count(*) FROM (SELECT 1 FROM outbox
WHERE  state IN ('pending', 'leased') AND due_at <= $1 AND (leased_until IS NULL OR leased_until <= $1)
LIMIT 1) AS due`

	failExpired = `
UPDATE outbox SET state = 'failed', settled_at = $1, leased_until = NULL, words = '{}'
WHERE  state IN ('pending', 'leased') AND due_at <= $1 AND expires_at <= $1
  AND  (leased_until IS NULL OR leased_until <= $1)`

	// One row, with the condition repeated outside, so that two that choose the
	// same row do not both have it.
	leaseNotice = `
UPDATE outbox SET state = 'leased', leased_until = $2, attempts = attempts + 1
WHERE  id = (SELECT id FROM outbox
             WHERE  state IN ('pending', 'leased') AND due_at <= $1 AND (leased_until IS NULL OR leased_until <= $1)
             ORDER  BY due_at, id LIMIT 1)
  AND  state IN ('pending', 'leased') AND due_at <= $1 AND (leased_until IS NULL OR leased_until <= $1)
RETURNING id, kind, channel, recipient, visit_id, dedupe, due_at, expires_at, words, attempts`
)

// LeaseNotice takes the notice that has been due longest, for as long as until;
// whoever holds a lease that has run out has lost the notice to the next. It
// reports false when nothing is due. Notices that have expired fail here.
func (s *Store) LeaseNotice(ctx context.Context, now, until time.Time) (booking.Notice, bool, error) {
	for {
		var due int
		// Looked up by a reader first: an idle outbox costs the writer nothing.
		if err := s.read.QueryRowContext(ctx, noticeIsDue, at(now)).Scan(&due); err != nil {
			return booking.Notice{}, false, fmt.Errorf("store: look for notices: %w", err)
		}
		if due == 0 {
			return booking.Notice{}, false, nil
		}
		n, err := s.leaseNotice(ctx, now, until)
		if !errors.Is(err, errNothing) { // or another worker took the same one
			return n, err == nil, err
		}
	}
}

func (s *Store) leaseNotice(ctx context.Context, now, until time.Time) (n booking.Notice, err error) {
	err = s.Do(ctx, func(tx *Tx) error {
		if _, err := tx.run(ctx, "fail expired notices", failExpired, at(now)); err != nil {
			return err
		}
		n, err = one(ctx, tx, "lease a notice", Keep(errNothing), scanNotice, leaseNotice, at(now), at(until))
		if err != nil || n.Visit == "" || !n.Kind.Wordable() {
			return err
		}
		n.Also, err = tx.alsoSays(ctx, n.Visit, n.Kind) // as the ward words it now
		return err
	})
	return n, err
}

var errNothing = errors.New("store: nothing there")

func scanNotice(row scanner) (n booking.Notice, err error) {
	var due, expires stamp
	var words string
	err = row.Scan(&n.ID, &n.Kind, &n.Channel, &n.To, into(&n.Visit), &n.Dedupe, &due, &expires, &words, &n.Attempt)
	if err != nil {
		return n, err
	}
	n.Due, n.Expires = due.Time, expires.Time
	return n, json.Unmarshal([]byte(words), &n.Words)
}

const (
	// What has gone has gone, also when it was withdrawn meanwhile or leased by
	// somebody else since.
	settleSent = `
UPDATE outbox SET state = 'sent', settled_at = $2, leased_until = NULL, words = '{}'
WHERE  id = $1 AND state <> 'sent'`

	settleRetry = `
UPDATE outbox SET state = 'pending', due_at = $3, leased_until = NULL
WHERE  id = $1 AND state = 'leased' AND attempts = $2`

	settleFailed = `
UPDATE outbox SET state = 'failed', settled_at = $3, leased_until = NULL, words = '{}'
WHERE  id = $1 AND state = 'leased' AND attempts = $2`

	addDelivery = `
INSERT INTO deliveries (outbox_id, attempt, at, outcome, provider_id, detail, body)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (outbox_id, attempt) DO NOTHING`
)

// SettleNotice writes down how an attempt at the notice id went. Links and codes
// are erased with it, unless it is to be tried again. A lease that another has
// taken over since changes nothing, except that what is sent is sent.
func (s *Store) SettleNotice(ctx context.Context, id string, o Outcome) error {
	return s.Do(ctx, func(tx *Tx) (err error) {
		switch {
		case o.Sent:
			_, err = tx.run(ctx, "settle notice", settleSent, id, at(o.At))
		case !o.RetryAt.IsZero():
			_, err = tx.run(ctx, "settle notice", settleRetry, id, o.Attempt, at(o.RetryAt))
		default:
			_, err = tx.run(ctx, "settle notice", settleFailed, id, o.Attempt, at(o.At))
		}
		if err != nil {
			return err
		}
		_, err = tx.run(ctx, "add delivery", addDelivery, id, o.Attempt, at(o.At), o.name(), o.Provider, o.Detail, o.Body)
		return err
	})
}

// A Sent is a notice that has gone, as a practice phone shows it.
type Sent struct {
	booking.Notice
	Body string
	At   time.Time
}

const sentNotices = `
SELECT o.id, o.kind, o.channel, o.recipient, o.visit_id, o.dedupe, o.due_at, o.expires_at, d.body, d.at
FROM   deliveries AS d JOIN outbox AS o ON o.id = d.outbox_id
WHERE  d.outcome = 'sent' AND d.body <> ''
ORDER  BY d.at DESC, o.id DESC LIMIT $1`

// SentNotices are the last n whose text was kept, newest first.
func (tx *Tx) SentNotices(ctx context.Context, n int) ([]Sent, error) {
	return all(ctx, tx, "sent notices", func(row scanner) (m Sent, err error) {
		var due, expires, sent stamp
		err = row.Scan(&m.ID, &m.Kind, &m.Channel, &m.To, into(&m.Visit), &m.Dedupe, &due, &expires, &m.Body, &sent)
		m.Due, m.Expires, m.At = due.Time, expires.Time, sent.Time
		return m, err
	}, sentNotices, n)
}

package store

import (
	"context"
	"fmt"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// A Check is what the audit is checked against, besides itself.
type Check struct {
	Expect booking.Head // what the chain must still hold; the zero Head for nothing
	Key    []byte       // of the MACs; nil when they are not checked
	Now    time.Time
}

// A Wrong is one thing that is wrong with the audit.
type Wrong struct {
	Seq  int64 // of the event; 0 when no event can be named
	Says string
}

// A Verdict is what a check has found.
type Verdict struct {
	Events, Sealed, Fresh int64 // Fresh are not sealed yet, and need not be
	Head                  booking.Head
	Signed                int64 // places that bear a MAC
	Late                  int64 // events that were sealed long after they say they happened
	FirstLate             int64 // the number of the first of them
	Wrong                 []Wrong
	MoreWrong             int64 // that are not listed
}

// Whole reports whether nothing is wrong.
func (v Verdict) Whole() bool { return len(v.Wrong) == 0 }

const (
	// sealWithin is how long an event may be without a seal before that is an alarm.
	sealWithin = 5 * time.Minute
	// lateSeal is how long after it happened an event is sealed at the latest, while
	// a program runs.
	lateSeal = 10 * time.Minute
	// mostWrong is how much is listed of what is wrong.
	mostWrong = 50
)

func (v *Verdict) wrong(seq int64, says string, args ...any) {
	if len(v.Wrong) == mostWrong {
		v.MoreWrong++
		return
	}
	v.Wrong = append(v.Wrong, Wrong{seq, fmt.Sprintf(says, args...)})
}

const (
	wholeChain = `
SELECT s.place, s.seq, s.sealed_at, s.hash, s.mac,
       e.seq, e.at, e.actor_kind, e.actor_id, e.action, e.subject, e.ward_id, e.reason
FROM   audit_seals AS s LEFT JOIN audit_events AS e ON e.seq = s.seq
ORDER BY s.place`
	sealedTwice = `SELECT seq FROM audit_seals GROUP BY seq HAVING count(*) > 1 ORDER BY seq LIMIT 50`
	allUnsealed = `
SELECT e.seq, e.at FROM audit_events AS e
WHERE  NOT EXISTS (SELECT 1 FROM audit_seals AS s WHERE s.seq = e.seq) ORDER BY e.seq`
	countEvents = `SELECT count(*) FROM audit_events`
)

// VerifyAudit checks the whole chain of the audit, in one picture of the data, a row
// at a time.
func (s *Store) VerifyAudit(ctx context.Context, c Check) (v Verdict, err error) {
	err = s.View(ctx, func(tx *Tx) error {
		walk := verifying{check: c, verdict: &v, before: booking.ChainStart}
		if err := each(ctx, tx, "the chain of the audit", walk.place, wholeChain); err != nil {
			return err
		}
		walk.end()
		err := each(ctx, tx, "events sealed twice", func(row scanner) error {
			seq, err := scalar[int64](row)
			v.wrong(seq, "is sealed more than once")
			return err
		}, sealedTwice)
		if err != nil {
			return err
		}
		if err := each(ctx, tx, "unsealed events", walk.unsealed, allUnsealed); err != nil {
			return err
		}
		v.Events, err = one(ctx, tx, "count events", nil, scalar[int64], countEvents)
		return err
	})
	return v, err
}

// verifying is how far a check has come.
type verifying struct {
	check     Check
	verdict   *Verdict
	before    string // the hash of the last place
	last      booking.Seal
	keyed     bool // some place bears a MAC
	lastKeyed int64
	met       bool // the head that was expected
}

// place checks one place of the chain. A hash that is wrong is believed for the next
// place, so that one alteration is told once, where it is.
func (w *verifying) place(row scanner) error {
	var s booking.Seal
	var e booking.Recorded
	var sealed, when stamp
	var seq *int64
	var kind, action maybeText
	var id, subject, reason maybeText
	if err := row.Scan(&s.Place, &s.Seq, &sealed, &s.Hash, into(&s.MAC),
		&seq, &when, &kind, &id, &action, &subject, into(&e.Ward), &reason); err != nil {
		return err
	}
	s.At = sealed.Time
	v := w.verdict
	if s.Place != w.last.Place+1 {
		v.wrong(s.Seq, "is at place %d of the chain, and the one before is at %d: what was between is gone", s.Place, w.last.Place)
	}
	if seq == nil {
		v.wrong(s.Seq, "is sealed at place %d, and is gone", s.Place)
	} else {
		e.Seq, e.At, e.By.Kind, e.By.ID = *seq, when.Time, booking.ActorKind(kind), string(id)
		e.Action, e.Subject, e.Reason = booking.Action(action), string(subject), string(reason)
		if booking.SealHash(w.before, s.Place, s.At, e) != s.Hash {
			v.wrong(s.Seq, "does not match its seal at place %d: it, its seal, or the seal before was altered, removed, put in or moved", s.Place)
		}
		if s.At.Sub(e.At) > lateSeal {
			if v.Late++; v.Late == 1 {
				v.FirstLate = e.Seq
			}
		}
	}
	w.macOf(s)
	w.expected(s)
	w.before, w.last = s.Hash, s
	v.Sealed++
	return nil
}

func (w *verifying) macOf(s booking.Seal) {
	if s.MAC == "" {
		return
	}
	w.keyed, w.lastKeyed = true, s.Place
	w.verdict.Signed++
	if w.check.Key != nil && s.MAC != booking.SealMAC(w.check.Key, s.Place, s.Hash) {
		w.verdict.wrong(s.Seq, "is at place %d, which is not signed by this key", s.Place)
	}
}

func (w *verifying) expected(s booking.Seal) {
	if x := w.check.Expect; s.Place == x.Place && x.Place > 0 {
		w.met = true
		if s.Hash != x.Hash {
			w.verdict.wrong(s.Seq, "is at place %d with another hash than expected: something up to there was made anew", s.Place)
		}
	}
}

// end checks what only the end of the chain shows.
func (w *verifying) end() {
	v := w.verdict
	v.Head = booking.Head{Place: w.last.Place, Hash: w.last.Hash}
	if x := w.check.Expect; x.Place > 0 && !w.met {
		v.wrong(w.last.Seq, "is the last of the chain, at place %d, and place %d is expected: the end was cut off", w.last.Place, x.Place)
	}
	if w.check.Key != nil && w.last.Place > 0 && w.lastKeyed != w.last.Place {
		v.wrong(w.last.Seq, "is the last of the chain and is not signed: signed is all up to place %d", w.lastKeyed)
	}
}

// unsealed looks at an event outside the chain.
func (w *verifying) unsealed(row scanner) error {
	var seq int64
	var when stamp
	if err := row.Scan(&seq, &when); err != nil {
		return err
	}
	if w.check.Now.Sub(when.Time) > sealWithin {
		w.verdict.wrong(seq, "is not sealed, and is of %s: it was put in past the acts, or no program has run since to seal it", when.UTC().Format(time.RFC3339))
		return nil
	}
	w.verdict.Fresh++
	return nil
}

// maybeText is a text that may be null, for a row that may be missing.
type maybeText string

// Scan implements sql.Scanner.
func (m *maybeText) Scan(src any) error { return into(m).Scan(src) }

// each runs fn on every row, and keeps none.
func each(ctx context.Context, tx *Tx, what string, fn func(scanner) error, query string, args ...any) error {
	rows, err := tx.tx.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("store: %s: %w", what, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return fmt.Errorf("store: %s: %w", what, err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("store: %s: %w", what, err)
	}
	return nil
}

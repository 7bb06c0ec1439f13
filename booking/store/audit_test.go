package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/migrations"
)

var auditKey = []byte("a key that is kept outside the database")

// happen records n events, each in an act of its own.
func happen(t *testing.T, s *store.Store, n int) {
	t.Helper()
	for i := range n {
		do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.AddEvent(ctx, event(i)) })
	}
}

func event(i int) booking.Event {
	return booking.Event{
		At: noon.Add(time.Duration(i) * time.Microsecond), By: booking.Actor{Kind: booking.StaffActor, ID: "somebody"},
		Action: booking.VisitBooked, Subject: fmt.Sprintf("visit %d", i), Ward: id[booking.WardID]('w', 1), Reason: "because",
	}
}

// sealAll seals until nothing is left to.
func sealAll(t *testing.T, z *store.Sealer, now time.Time) (head booking.Head) {
	t.Helper()
	for range 1000 {
		sealed, err := z.Seal(t.Context(), now)
		if err != nil {
			t.Fatal(err)
		}
		head = sealed.Head
		if !sealed.More {
			return head
		}
	}
	t.Fatal("there is always more to seal")
	return head
}

func verdict(t *testing.T, s *store.Store, c store.Check) store.Verdict {
	t.Helper()
	if c.Now.IsZero() {
		c.Now = noon.Add(time.Second)
	}
	v, err := s.VerifyAudit(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSealsAreAWholeChain(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, _ *sql.DB) {
		if v := verdict(t, s, store.Check{Key: auditKey}); !v.Whole() || v.Head.Place != 0 {
			t.Errorf("an empty audit: %+v", v)
		}
		happen(t, s, 300)
		if v := verdict(t, s, store.Check{}); !v.Whole() || v.Fresh != 300 {
			t.Errorf("before any seal: %+v", v)
		}
		z := s.NewSealer(auditKey)
		first := sealAll(t, z, noon.Add(time.Second))
		happen(t, s, 5)
		head := sealAll(t, z, noon.Add(2*time.Second))
		v := verdict(t, s, store.Check{Key: auditKey, Expect: first})
		if !v.Whole() || v.Sealed != 305 || v.Events != 305 || v.Fresh != 0 || v.Head != head || head.Place != 305 || v.Signed != 3 || v.Late != 0 {
			t.Errorf("%+v, head %v", v, head)
		}
	})
}

// Whatever is altered behind the program's back is found, and where.
func TestTamperingIsFound(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, raw *sql.DB) {
		happen(t, s, 12)
		head := sealAll(t, s.NewSealer(auditKey), noon)
		later := store.Check{Now: noon.Add(time.Hour), Expect: head}
		keyed := store.Check{Now: noon.Add(time.Hour), Key: auditKey}
		unlocked(t, s, raw)
		for _, tt := range []struct {
			name  string
			check store.Check
			seq   int64
			says  string
			spoil []string
		}{
			{"a reason", later, 5, "does not match", []string{`UPDATE audit_events SET reason = 'BECAUSE' WHERE seq = 5`}},
			{"who", later, 5, "does not match", []string{`UPDATE audit_events SET actor_id = 'nobody' WHERE seq = 5`}},
			{"what kind of who", later, 5, "does not match", []string{`UPDATE audit_events SET actor_kind = 'system' WHERE seq = 5`}},
			{"what", later, 5, "does not match", []string{`UPDATE audit_events SET action = 'visit_moved' WHERE seq = 5`}},
			{"of what", later, 5, "does not match", []string{`UPDATE audit_events SET subject = 'visit 6' WHERE seq = 5`}},
			{"when", later, 5, "does not match", []string{`UPDATE audit_events SET at = '2026-01-01T00:00:00.000000Z' WHERE seq = 5`}},
			{"the ward", later, 5, "does not match", []string{`UPDATE audit_events SET ward_id = NULL WHERE seq = 5`}},
			{"the first", later, 1, "does not match", []string{`UPDATE audit_events SET reason = '' WHERE seq = 1`}},
			{"the last", later, 12, "does not match", []string{`UPDATE audit_events SET reason = '' WHERE seq = 12`}},
			{"when it was sealed", later, 7, "does not match", []string{`UPDATE audit_seals SET sealed_at = '2026-01-01T00:00:00.000000Z' WHERE place = 7`}},
			{"a seal", later, 7, "does not match", []string{`UPDATE audit_seals SET hash = '` + booking.ChainStart + `' WHERE place = 7`}},
			{"removed", later, 5, "is gone", []string{`DELETE FROM audit_events WHERE seq = 5`}},
			{"removed with its seal", later, 6, "what was between is gone", []string{`DELETE FROM audit_events WHERE seq = 5`, `DELETE FROM audit_seals WHERE seq = 5`}},
			{"removed and closed up", later, 6, "does not match", []string{`DELETE FROM audit_events WHERE seq = 5`, `DELETE FROM audit_seals WHERE seq = 5`,
				`UPDATE audit_seals SET place = -place WHERE place > 5`, `UPDATE audit_seals SET place = -place - 1 WHERE place < 0`}},
			{"the seal removed", later, 5, "is not sealed", []string{`DELETE FROM audit_seals WHERE seq = 5`}},
			{"put in", later, 99, "is not sealed", []string{putIn(99)}},
			{"put in with a seal", later, 99, "does not match", []string{putIn(99), putInSeal(13, 99)}},
			{"put in with a seal, and no head is kept, but a key", keyed, 99, "is not signed", []string{putIn(99), putInSeal(13, 99)}},
			{"changed places", later, 5, "does not match", []string{`UPDATE audit_seals SET seq = 77 WHERE place = 5`,
				`UPDATE audit_seals SET seq = 5 WHERE place = 6`, `UPDATE audit_seals SET seq = 6 WHERE place = 5`}},
			{"cut off", later, 10, "the end was cut off", []string{`DELETE FROM audit_events WHERE seq > 10`, `DELETE FROM audit_seals WHERE seq > 10`}},
			{"cut off, and a key", keyed, 10, "is not signed", []string{`DELETE FROM audit_events WHERE seq > 10`, `DELETE FROM audit_seals WHERE seq > 10`}},
			{"all of it", later, 0, "the end was cut off", []string{`DELETE FROM audit_events`, `DELETE FROM audit_seals`}},
		} {
			spoiled(t, s, raw, tt.spoil, func() {
				v := verdict(t, s, tt.check)
				for _, w := range v.Wrong {
					if w.Seq == tt.seq && strings.Contains(w.Says, tt.says) {
						return
					}
				}
				t.Errorf("%s: number %d %q is not among %+v", tt.name, tt.seq, tt.says, v.Wrong)
			})
		}
		if v := verdict(t, s, later); !v.Whole() {
			t.Errorf("put back, and yet %+v", v)
		}
	})
}

func putIn(seq int) string {
	return fmt.Sprintf(`INSERT INTO audit_events (seq, at, actor_kind, actor_id, action, subject) OVERRIDING SYSTEM VALUE
VALUES (%d, '2026-11-24T12:00:00.000000Z', 'staff', 'x', 'visit_booked', 'visit 1')`, seq)
}

func putInSeal(place, seq int) string {
	return fmt.Sprintf(`INSERT INTO audit_seals (place, seq, sealed_at, hash) VALUES (%d, %d, '2026-11-24T12:00:00.000000Z', '%s')`, place, seq, booking.ChainStart)
}

// Somebody who owns the database can make the whole chain anew. Only what is kept
// elsewhere shows it.
func TestAChainMadeAnewIsFound(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, raw *sql.DB) {
		happen(t, s, 12)
		head := sealAll(t, s.NewSealer(auditKey), noon)
		unlocked(t, s, raw)
		for _, statement := range []string{`UPDATE audit_events SET reason = '' WHERE seq = 5`, `DELETE FROM audit_seals`} {
			if _, err := raw.Exec(statement); err != nil {
				t.Fatal(err)
			}
		}
		sealAll(t, s.NewSealer(nil), noon)
		if v := verdict(t, s, store.Check{}); !v.Whole() {
			t.Errorf("it is a chain: %+v", v)
		}
		if v := verdict(t, s, store.Check{Expect: head}); v.Whole() {
			t.Error("it passes for the one whose head was kept")
		}
		if v := verdict(t, s, store.Check{Key: auditKey}); v.Whole() {
			t.Error("it passes for one that was sealed with the key")
		}
		if _, err := raw.Exec(`DELETE FROM audit_seals`); err != nil {
			t.Fatal(err)
		}
		sealAll(t, s.NewSealer([]byte("another key")), noon)
		if v := verdict(t, s, store.Check{Key: auditKey}); v.Whole() {
			t.Error("another key passes for ours")
		}
	})
}

// The database itself refuses what is not done as its owner.
func TestTheAuditIsAppendOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, raw *sql.DB) {
		happen(t, s, 3)
		head := sealAll(t, s.NewSealer(nil), noon)
		for _, statement := range []string{
			`UPDATE audit_events SET reason = ''`, `DELETE FROM audit_events`, `UPDATE audit_seals SET hash = ''`, `DELETE FROM audit_seals`,
			`TRUNCATE audit_events`, `TRUNCATE audit_seals`,
			`INSERT OR REPLACE INTO audit_events (seq, at, actor_kind, actor_id, action, subject) VALUES (2, '2026-11-24T12:00:00.000000Z', 'staff', 'x', 'y', 'z')`,
			`INSERT OR REPLACE INTO audit_seals (place, seq, sealed_at, hash) VALUES (2, 2, '2026-11-24T12:00:00.000000Z', '')`,
			`INSERT INTO audit_seals (place, seq, sealed_at, hash) VALUES (4, 2, '2026-11-24T12:00:00.000000Z', '')`,
		} {
			if _, err := raw.Exec(statement); err == nil {
				t.Errorf("%s is allowed", statement)
			}
		}
		if v := verdict(t, s, store.Check{Expect: head}); !v.Whole() || v.Sealed != 3 {
			t.Errorf("%+v", v)
		}
	})
}

// What commits late, below numbers that are sealed, is sealed all the same: soon
// if it is a little late, and in the end however late it is.
func TestWhatCommitsLateIsSealed(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, raw *sql.DB) {
		happen(t, s, 3)
		put(t, s, raw, putIn(40))
		z, now := s.NewSealer(nil), noon
		sealAll(t, z, now)
		for _, tt := range []struct {
			seq   int
			after time.Duration
			looks int
		}{{20, 5 * time.Second, 1}, {10, 10 * time.Minute, 30}} {
			now = now.Add(tt.after)
			happen(t, s, 1) // time goes by for the sealer with what it seals
			sealAll(t, z, now)
			put(t, s, raw, putIn(tt.seq))
			count := 0
			for range tt.looks {
				now = now.Add(time.Second)
				sealed, err := z.Seal(t.Context(), now)
				if err != nil {
					t.Fatal(err)
				}
				count += sealed.Count
			}
			if count != 1 {
				t.Errorf("%d sealed of number %d, which committed late", count, tt.seq)
			}
		}
		if v := verdict(t, s, store.Check{Now: now}); !v.Whole() || v.Fresh != 0 || v.Sealed != 8 {
			t.Errorf("%+v", v)
		}
	})
}

// 64 write while two programs seal, one of which is cut off again and again. What
// comes out is one chain, with everything in it once.
func TestManyWriteWhileItIsSealed(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, raw *sql.DB) {
		const writers, each = 64, 12
		stop := make(chan struct{})
		var sealing, writing sync.WaitGroup
		for n := range 2 {
			sealing.Go(func() {
				z := s.NewSealer(auditKey)
				for looks := 0; ; looks++ {
					select {
					case <-stop:
						return
					default:
					}
					ctx, cancel := context.WithCancel(t.Context())
					if n == 1 && looks%2 == 1 { // cut off somewhere in it
						go cancel()
					}
					if _, err := z.Seal(ctx, noon); err != nil && !errors.Is(err, context.Canceled) && ctx.Err() == nil {
						t.Error(err)
					}
					cancel()
				}
			})
		}
		undone := errors.New("undone")
		for w := range writers {
			writing.Go(func() {
				for i := range each {
					err := s.Do(t.Context(), func(tx *store.Tx) error {
						err := tx.AddEvent(t.Context(), event(w*each+i))
						if err == nil && i%4 == 3 { // a gap in the numbers
							return undone
						}
						return err
					})
					if err != nil && !errors.Is(err, undone) {
						t.Error(err)
					}
				}
			})
		}
		writing.Wait()
		close(stop)
		sealing.Wait()
		head := sealAll(t, s.NewSealer(auditKey), noon)
		const kept = writers * each * 3 / 4
		if v := verdict(t, s, store.Check{Key: auditKey, Expect: head}); !v.Whole() || v.Sealed != kept || v.Events != kept || v.Head.Place != kept {
			t.Errorf("%+v", v)
		}
	})
}

// unlocked takes away what keeps the audit from being altered, as somebody who owns
// the database could.
func unlocked(t *testing.T, s *store.Store, raw *sql.DB) {
	t.Helper()
	statements := []string{
		`DROP TRIGGER audit_events_append_only_update`, `DROP TRIGGER audit_events_append_only_delete`, `DROP TRIGGER audit_events_kept_insert`,
		`DROP TRIGGER audit_seals_append_only_update`, `DROP TRIGGER audit_seals_append_only_delete`, `DROP TRIGGER audit_seals_kept_insert`,
	}
	if s.Engine() == migrations.PostgreSQL {
		statements = []string{`ALTER TABLE audit_events DISABLE TRIGGER USER`, `ALTER TABLE audit_seals DISABLE TRIGGER USER`}
	}
	for _, statement := range statements {
		if _, err := raw.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
}

// spoiled alters the audit, lets look look, and puts everything back.
func spoiled(t *testing.T, s *store.Store, raw *sql.DB, statements []string, look func()) {
	t.Helper()
	run := func(statement string) {
		t.Helper()
		put(t, s, raw, statement)
	}
	for _, table := range []string{"audit_events", "audit_seals"} {
		run(`CREATE TABLE kept_` + table + ` AS SELECT * FROM ` + table)
	}
	for _, statement := range statements {
		run(statement)
	}
	look()
	for _, table := range []string{"audit_events", "audit_seals"} {
		run(`DELETE FROM ` + table)
	}
	run(`INSERT INTO audit_events (seq, at, actor_kind, actor_id, action, subject, ward_id, reason) OVERRIDING SYSTEM VALUE
SELECT seq, at, actor_kind, actor_id, action, subject, ward_id, reason FROM kept_audit_events`)
	run(`INSERT INTO audit_seals SELECT * FROM kept_audit_seals`)
	for _, table := range []string{"audit_events", "audit_seals"} {
		run(`DROP TABLE kept_` + table)
	}
}

// put runs a statement of either engine.
func put(t *testing.T, s *store.Store, raw *sql.DB, statement string) {
	t.Helper()
	if s.Engine() == migrations.SQLite {
		statement = strings.Replace(statement, " OVERRIDING SYSTEM VALUE", "", 1)
	}
	if _, err := raw.Exec(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

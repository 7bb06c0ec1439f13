package proof

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
)

// Value implements driver.Valuer.
func (i instant) Value() (driver.Value, error) {
	return i.UTC().Format("2006-01-02T15:04:05.000000Z"), nil
}

// errFull is how somebody careless says no.
var errFull = errors.New("taken, as far as could be seen")

// carelessMove moves a visit as booking systems do that count first and write
// then: it looks whether the iPad is free, meets everybody else who has looked, and
// writes.
func (w *world) carelessMove(ctx context.Context, v desk.Visit, to time.Time, meet func()) error {
	from, until := instant{to.Add(-prepare)}, instant{to.Add(visitLength + clean)}
	var taken int
	err := w.raw.QueryRowContext(ctx, `
SELECT count(*) FROM reservations
WHERE  resource_kind = 'device' AND resource_id = $1 AND state <> 'released' AND starts_at < $3 AND $2 < ends_at AND visit_id <> $4`,
		v.Device, from, until, v.ID).Scan(&taken)
	meet()
	switch {
	case err != nil:
		return err
	case taken > 0:
		return errFull
	}
	tx, err := w.raw.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	_, err1 := tx.ExecContext(ctx, `UPDATE visits SET starts_at = $2, ends_at = $3, version = version + 1 WHERE id = $1`,
		v.ID, instant{to}, instant{to.Add(visitLength)})
	_, err2 := tx.ExecContext(ctx, `UPDATE reservations SET starts_at = $2, ends_at = $3 WHERE visit_id = $1 AND resource_kind = 'device' AND state = 'firm'`,
		v.ID, from, until)
	_, err3 := tx.ExecContext(ctx, `UPDATE reservations SET starts_at = $2, ends_at = $3 WHERE visit_id = $1 AND resource_kind = 'patient' AND state = 'firm'`,
		v.ID, instant{to}, instant{to.Add(visitLength)})
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	return tx.Commit()
}

// careless has many families move their visits onto one slot carelessly, all at
// once, and returns how many were let.
func (w *world) careless(t *testing.T) (moved int) {
	t.Helper()
	const families = 8
	var visits []desk.Visit
	for n := 1; n <= families; n++ {
		visits = append(visits, w.book(n, on(2, 9, 0).Add(time.Duration(n)*time.Hour)))
	}
	var met, wg sync.WaitGroup
	var mu sync.Mutex // guards moved
	met.Add(families)
	for _, v := range visits {
		wg.Go(func() {
			err := w.carelessMove(t.Context(), v, on(3, 14, 0), func() { met.Done(); met.Wait() })
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				moved++
			case !strings.Contains(err.Error(), "reservations_no_overlap"):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	return moved
}

// Who counts first and writes then is stopped by the database, and where the
// database says nothing, found by the checker.
func TestPlantedCountThenWrite(t *testing.T) {
	t.Parallel()
	for _, guarded := range []bool{true, false} {
		name := map[bool]string{true: "guarded", false: "unguarded"}[guarded]
		t.Run(name, func(t *testing.T) {
			inHospital(t, size{wards: 1, devices: 1, patients: 8}, func(t *testing.T, w *world) {
				if !guarded {
					ok(t, w.unguard(t.Context(), w.raw.ExecContext))
				}
				moved := w.careless(t)
				overlaps := len(must[[]string](t)(texts(t.Context(), w.raw, overlapping)))
				if guarded && (moved != 1 || overlaps != 0) {
					t.Errorf("%d moved, %d overlaps, although the database guards", moved, overlaps)
				}
				if !guarded && (moved < 2 || overlaps == 0) {
					t.Errorf("%d moved, %d overlaps found, although nothing guards", moved, overlaps)
				}
			})
		})
	}
}

// unlock makes touching a device do nothing but take a moment, between what was seen
// to be free and what is taken, so that two who meet there do meet. What a view says
// it has updated was updated, as far as the desk can tell.
func (w *world) unlock(t *testing.T) {
	t.Helper()
	for _, query := range []string{
		`ALTER TABLE devices RENAME TO devices_as_they_are`,
		`CREATE VIEW devices AS SELECT * FROM devices_as_they_are`,
		`CREATE FUNCTION do_nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.05); RETURN NEW; END $$`,
		`CREATE TRIGGER do_nothing INSTEAD OF UPDATE ON devices FOR EACH ROW EXECUTE FUNCTION do_nothing()`,
	} {
		if _, err := w.raw.ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
}

// The same storm, by the same desk, where nobody waits for an iPad and the database
// has not the last word: the checker finds visits on top of each other. (SQLite has
// one writer, which hides such a mistake; see TestPlantedCountThenWrite.)
func TestPlantedStormWithNothingToStopIt(t *testing.T) {
	t.Parallel()
	w := founded(t, storetest.Postgres(t), size{wards: 3, devices: 2, patients: 6}, store.MayLose)
	ok(t, w.unguard(t.Context(), w.raw.ExecContext))
	w.unlock(t)
	for seed := uint64(1); seed <= 8; seed++ { // chance decides who meets whom: most first storms find it
		y := w.storm(t, seed, 20, []act{
			{"book", 18, (*client).book}, {"move", 9, (*client).move}, {"cancel", 9, (*client).cancel},
		})
		if len(y.faults) > 0 {
			t.Errorf("faults, where overlaps were planted: %v", y.faults[0])
		}
		if overlaps := must[[]string](t)(texts(t.Context(), w.raw, overlapping)); len(overlaps) > 0 {
			return
		}
	}
	t.Error("nothing found, although nothing prevented it")
}

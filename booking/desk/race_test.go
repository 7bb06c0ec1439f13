package desk_test

import (
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// Sixty-four families want the one iPad of ward 2 at three o'clock.
func TestOneWinner(t *testing.T) {
	const families = 64
	inHospitalOf(t, families+1, 1, func(t *testing.T, w *world) {
		var wg sync.WaitGroup
		var won atomic.Int64
		begin := make(chan struct{})
		for n := 2; n <= families+1; n++ {
			wg.Go(func() {
				<-begin
				_, err := w.Hold(t.Context(), as(n), patientID(n), visitorID(n), today(15, 0))
				switch {
				case err == nil:
					won.Add(1)
				case !errors.Is(err, booking.ErrSlotTaken):
					t.Errorf("family %d: %v", n, err)
				}
			})
		}
		close(begin)
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("%d families have one slot", won.Load())
		}
		if n := w.overlaps(); n != 0 {
			t.Errorf("%d overlaps", n)
		}
		if n := w.count(`SELECT count(*) FROM visits`); n != 1 {
			t.Errorf("%d visits", n)
		}
	})
}

// One family presses the same button many times at once.
func TestPressedManyTimesAtOnce(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		held := must[desk.Visit](t)(w.Hold(t.Context(), as(1), patientID(1), visitorID(1), today(15, 0)))
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				if v, err := w.Hold(t.Context(), as(1), patientID(1), visitorID(1), today(15, 0)); err == nil && v.ID != held.ID {
					t.Errorf("another hold: %v", v.ID)
				}
				if v, err := w.Book(t.Context(), as(1), held.ID); err != nil || v.State != booking.Booked {
					t.Errorf("book: %v %v", v.State, err)
				}
			})
		}
		wg.Wait()
		if n := len(w.letters("kind = 'booked'")); n != 1 {
			t.Errorf("told %d times", n)
		}
		if n := w.count(`SELECT count(*) FROM audit_events WHERE action = 'visit_booked'`); n != 1 {
			t.Errorf("recorded %d times", n)
		}
	})
}

// Everything at once, over few slots: hold, book, move, cancel, release, and
// holds that lapse under everybody's feet. Whoever is refused is refused by a
// rule, and nothing ever overlaps.
func TestNothingOverlapsWhateverRaces(t *testing.T) {
	const families, turns = 8, 14
	inHospitalOf(t, families, 5, func(t *testing.T, w *world) {
		var wg sync.WaitGroup
		var done atomic.Int64
		for n := 1; n <= families; n++ {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(uint64(n), 7))
				for range turns {
					if err := w.turn(n, r); err == nil {
						done.Add(1)
					} else if refusal := (*booking.Refusal)(nil); !errors.As(err, &refusal) {
						t.Errorf("family %d: a fault, not a refusal: %v", n, err)
					}
				}
			})
		}
		wg.Wait()
		if n := w.overlaps(); n != 0 {
			t.Errorf("%d overlaps", n)
		}
		if done.Load() < families {
			t.Errorf("only %d turns came to anything", done.Load())
		}
		// No half-states: a visit has what its state says it has.
		for what, query := range map[string]string{
			"booked visits without their two reservations": `SELECT count(*) FROM visits AS v WHERE v.state = 'booked' AND
(SELECT count(*) FROM reservations AS r WHERE r.visit_id = v.id AND r.state = 'firm' AND r.resource_kind <> 'interpreter') <> 2`,
			"reservations of visits that are over": `SELECT count(*) FROM reservations AS r JOIN visits AS v ON v.id = r.visit_id
WHERE r.state <> 'released' AND v.state = 'cancelled'`,
			"booked visits that nobody was told of": `SELECT count(*) FROM visits AS v WHERE v.state = 'booked'
AND NOT EXISTS (SELECT 1 FROM outbox AS o WHERE o.visit_id = v.id AND o.kind IN ('booked', 'moved'))`,
			"visits without an event": `SELECT count(*) FROM visits AS v WHERE v.state = 'booked'
AND NOT EXISTS (SELECT 1 FROM audit_events AS e WHERE e.action = 'visit_booked' AND e.subject = 'visit ' || v.id)`,
			"offers without an interpreter reserved": `SELECT count(*) FROM interpreter_bookings AS b JOIN visits AS v ON v.id = b.visit_id
WHERE b.state = 'offered' AND v.state = 'booked' AND NOT EXISTS (SELECT 1 FROM reservations AS r
WHERE r.visit_id = v.id AND r.resource_kind = 'interpreter' AND r.state = 'firm' AND r.starts_at = v.starts_at)`,
		} {
			if n := w.count(query); n != 0 {
				t.Errorf("%d %s", n, what)
			}
		}
	})
}

// turn has a family do one thing at random.
func (w *world) turn(n int, r *rand.Rand) error {
	ctx, by := w.t.Context(), as(n)
	start := today(14, 0).Add(time.Duration(r.IntN(6)) * 15 * time.Minute)
	mine, err := w.Visits(ctx, by)
	if err != nil {
		return err
	}
	var booked *desk.Visit
	for i := range mine {
		if mine[i].State == booking.Booked {
			booked = &mine[i]
		}
	}
	switch act := r.IntN(4); {
	case booked != nil && act == 0:
		_, err = w.Cancel(ctx, by, booked.Reference, booked.Version)
	case booked != nil && act < 3:
		_, err = w.Move(ctx, by, booked.Reference, booked.Version, start)
	default:
		var held desk.Visit
		if held, err = w.Hold(ctx, by, patientID(n), visitorID(n), start); err != nil {
			return err
		}
		switch r.IntN(4) {
		case 0:
			return w.Release(ctx, by, held.ID)
		case 1:
			w.at(w.clock().Add(time.Minute)) // the form is forgotten, and time goes by
			return nil
		}
		if r.IntN(2) == 0 {
			if held, err = w.Describe(ctx, by, held.ID, desk.Details{Tongue: spokenPolish}); err != nil {
				return err
			}
		}
		_, err = w.Book(ctx, by, held.ID)
	}
	return err
}

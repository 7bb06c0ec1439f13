package desk_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// An interpreter says yes in the moment in which the visit is cancelled: whoever
// is second sees what the first did.
func TestYesRacesTheVisitBeingCancelled(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for turn := range 12 {
			v := w.book(1, today(14, 0), inPolish)
			offer := v.Interpreter.ID
			who := booking.Actor{Kind: booking.InterpreterActor, ID: string(v.Interpreter.Interpreter)}
			var yes, off error
			var wg sync.WaitGroup
			begin := make(chan struct{})
			wg.Go(func() { <-begin; _, yes = w.AnswerOffer(ctx, who, offer, true) })
			wg.Go(func() { <-begin; _, off = w.Cancel(ctx, as(1), v.Reference, v.Version) })
			close(begin)
			wg.Wait()
			ok(t, off)
			if yes != nil && !errors.Is(yes, booking.ErrOfferClosed) {
				t.Fatalf("turn %d: yes = %v", turn, yes)
			}
			if n := w.count(`SELECT count(*) FROM reservations WHERE resource_kind = 'interpreter' AND state <> 'released'`); n != 0 {
				t.Fatalf("turn %d: %d interpreters are reserved for a visit that is off", turn, n)
			}
			if n := len(w.letters("kind = 'interpreter_confirm' AND state = 'pending'")); n != 0 {
				t.Fatalf("turn %d: %d chases are owed for a visit that is off", turn, n)
			}
		}
	})
}

// Everybody presses "ask for somebody else" at once: the next is asked once.
func TestOneSubstituteHoweverManyPress(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(14, 0), inPolish)
		offer := w.asks(v.Reference, 1, booking.Offered)
		var wg sync.WaitGroup
		var done atomic.Int64
		begin := make(chan struct{})
		press := func(act func() error) {
			wg.Go(func() {
				<-begin
				switch err := act(); {
				case err == nil:
					done.Add(1)
				case !errors.Is(err, booking.ErrStale) && !errors.Is(err, booking.ErrOfferClosed) && !errors.Is(err, booking.ErrNoInterpreter):
					t.Error(err)
				}
			})
		}
		for range 8 {
			press(func() error { return second(w.AskSubstitute(ctx, nurse(1), v.Reference, offer, desk.NotHere)) })
			press(func() error {
				_, err := w.AnswerOffer(ctx, interpreter(1), offer, false)
				return err
			})
		}
		close(begin)
		wg.Wait()
		if done.Load() != 1 {
			t.Errorf("%d of them did it", done.Load())
		}
		w.asks(v.Reference, 2, booking.Offered)
		if n := w.count(`SELECT count(*) FROM interpreter_bookings`); n != 2 {
			t.Errorf("%d offers were made, want 2", n)
		}
		w.whole()
	})
}

// Two interpreters go away while families book, move and cancel, and everybody
// answers, hands back and is replaced. Whoever is refused is refused by a rule,
// and nobody is in two places, or away and asked.
func TestInterpretersWhateverRaces(t *testing.T) {
	const families, turns = 6, 14
	inHospitalOf(t, families, 4, func(t *testing.T, w *world) {
		ctx := t.Context()
		ok(t, w.SetRest(ctx, interpreter(1), 15*time.Minute))
		var wg sync.WaitGroup
		var done atomic.Int64
		play := func(seed uint64, turn func(r *rand.Rand) error) {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(seed, 11))
				for range turns {
					err := turn(r)
					if refusal := (*booking.Refusal)(nil); err != nil && !errors.As(err, &refusal) {
						t.Errorf("player %d: a fault, not a refusal: %v", seed, err)
					} else if err == nil {
						done.Add(1)
					}
				}
			})
		}
		for n := 1; n <= families; n++ {
			play(uint64(n), func(r *rand.Rand) error { return w.family(ctx, n, r) })
		}
		for n := 1; n <= 3; n++ {
			play(uint64(100+n), func(r *rand.Rand) error { return w.linguist(ctx, n, r) })
		}
		play(200, func(r *rand.Rand) error { return w.ward(ctx, r) })
		play(201, func(*rand.Rand) error {
			w.at(w.clock().Add(time.Minute))
			return w.FollowUpInterpreters(ctx)
		})
		wg.Wait()
		if done.Load() < 4*turns {
			t.Errorf("only %d turns came to anything", done.Load())
		}
		w.whole()
		if n := w.count(`SELECT count(*) FROM reservations AS a JOIN reservations AS b ON a.resource_id = b.resource_id AND a.id <> b.id
JOIN visits AS v ON v.id = a.visit_id JOIN visits AS u ON u.id = b.visit_id JOIN interpreters AS i ON i.id = a.resource_id
WHERE a.resource_kind = 'interpreter' AND a.state <> 'released' AND b.state <> 'released' AND i.rest_minutes > 0
AND a.ends_at = b.starts_at`); n != 0 {
			t.Errorf("%d times somebody has no rest", n)
		}
	})
}

// family has a relative do one thing with an interpreted visit.
func (w *world) family(ctx context.Context, n int, r *rand.Rand) error {
	start := today(14, 0).Add(time.Duration(r.IntN(8)) * 15 * time.Minute)
	mine, err := w.Visits(ctx, as(n))
	if err != nil {
		return err
	}
	for _, v := range mine {
		if v.State != booking.Booked {
			continue
		}
		switch r.IntN(4) {
		case 0:
			return second(w.Cancel(ctx, as(n), v.Reference, v.Version))
		case 1:
			return second(w.GoWithout(ctx, as(n), v.Reference))
		}
		return second(w.Move(ctx, as(n), v.Reference, v.Version, start))
	}
	held, err := w.Hold(ctx, as(n), patientID(n), visitorID(n), start)
	if err != nil {
		return err
	}
	tongue := spokenPolish
	if r.IntN(4) == 0 {
		tongue = signed
	}
	if _, err := w.Describe(ctx, as(n), held.ID, desk.Details{Tongue: tongue}); err != nil {
		return err
	}
	return second(w.Book(ctx, as(n), held.ID))
}

// linguist has an interpreter answer something, or go away and come back.
func (w *world) linguist(ctx context.Context, n int, r *rand.Rand) error {
	by := interpreter(n)
	if r.IntN(3) == 0 {
		me, err := w.InterpreterSelf(ctx, by)
		if err != nil {
			return err
		}
		if len(me.Away) > 0 {
			return w.DropTimeOff(ctx, by, me.Away[0].ID)
		}
		from := today(14, 0).Add(time.Duration(r.IntN(8)) * 15 * time.Minute)
		off, err := booking.NewTimeOff(from, from.Add(time.Hour), w.clock(), booking.Ill)
		if err != nil {
			return err
		}
		touched, err := w.TimeOffTouches(ctx, by, off.When)
		if err != nil {
			return err
		}
		_, err = w.TakeTimeOff(ctx, by, off, len(touched))
		return err
	}
	jobs, err := w.Jobs(ctx, by)
	if err != nil || len(jobs) == 0 {
		return err
	}
	_, err = w.AnswerOffer(ctx, by, jobs[r.IntN(len(jobs))].Offer.ID, r.IntN(4) > 0)
	return err
}

// ward has a nurse ask somebody else to a visit of the day.
func (w *world) ward(ctx context.Context, r *rand.Rand) error {
	if r.IntN(3) == 0 {
		_, err := w.MatchInterpreters(ctx, nurse(1, 2))
		return err
	}
	board, err := w.Board(ctx, nurse(1, 2), wardID(1), booking.DateOf(today(12, 0), london))
	if err != nil || len(board.Visits) == 0 {
		return err
	}
	v := board.Visits[r.IntN(len(board.Visits))]
	var instead booking.OfferID
	if v.Interpreter != nil && v.Interpreter.Open() {
		instead = v.Interpreter.ID
	}
	return second(w.AskSubstitute(ctx, nurse(1, 2), v.Reference, instead, desk.NotHere))
}

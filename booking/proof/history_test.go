package proof

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// The history of one iPad on one day: what each of eight relatives of four
// patients, and two nurses, asked, and what they were told. It is honest when there
// is an order of all that was asked, in which nothing comes before what had been
// answered already, and in which one after another they would all have been told
// the same.

const (
	relatives = 8  // of the ward, two of each patient
	slots     = 35 // of the day, from nine
	crowded   = 10 // of them, that everybody wants, from two
)

// The things that can be asked.
const (
	askHold    = "hold"
	askRelease = "release"
	askBook    = "book"
	askMove    = "move"
	askCancel  = "cancel"
	askBoard   = "look at the board"
	askFree    = "look at what is free"
)

// A question is one of them.
type question struct {
	what    string
	who     int // a relative
	slot    int
	visit   booking.VisitID
	version int
}

// An answer is what was told.
type answer struct {
	code    string // of a refusal
	visit   booking.VisitID
	version int
	board   [relatives]seat // what the board shows, by whose visit it is
	free    [slots]bool
}

// A seat is what one relative has; the zero seat is nothing. They ask for one
// visit at a time.
type seat struct {
	visit   booking.VisitID
	booked  bool // and not only held
	slot    int
	version int
}

// A diary is what there is on the day.
type diary [relatives]seat

// A visit takes the iPad for 45 minutes and the patient for 30; the slots are 15
// minutes apart.
func deviceMeets(a, b int) bool  { return max(a-b, b-a) < 3 }
func patientMeets(a, b int) bool { return max(a-b, b-a) < 2 }

// refusesSlot is why a relative can't have a slot, or "", beside what they have
// already, which they would give up for it.
func (d diary) refusesSlot(who, slot int) string {
	for n, s := range d {
		if n/2 == who/2 && n != who && s.visit != "" && patientMeets(s.slot, slot) {
			return "patient_busy"
		}
	}
	for n, s := range d {
		if n != who && s.visit != "" && deviceMeets(s.slot, slot) {
			return "slot_taken"
		}
	}
	return ""
}

// of finds whose visit it is; negative when there is no such visit any more.
func (d diary) of(visit booking.VisitID) int {
	for n, s := range d {
		if s.visit == visit {
			return n
		}
	}
	return -1
}

// next says whether a is what q would be told on d, and what is then.
func (d diary) next(q question, a answer) (bool, diary) {
	switch q.what {
	case askBoard:
		for n := range d {
			if want := d[n]; want.booked && a.board[n] != want || !want.booked && a.board[n] != (seat{}) {
				return false, d
			}
		}
		return true, d
	case askFree:
		for slot := range a.free {
			// What they have booked, unlike what they hold, is not free for them.
			stays := d[q.who].booked && deviceMeets(d[q.who].slot, slot)
			if a.free[slot] != (d.refusesSlot(q.who, slot) == "" && !stays) {
				return false, d
			}
		}
		return true, d
	case askHold:
		return d.hold(q, a)
	}
	return d.change(q, a)
}

func (d diary) hold(q question, a answer) (bool, diary) {
	mine := d[q.who]
	if mine.visit != "" && mine.slot == q.slot {
		return a.code == "" && a.visit == mine.visit, d // they have it already
	}
	if why := d.refusesSlot(q.who, q.slot); why != "" {
		return a.code == why, d
	}
	d[q.who] = seat{visit: a.visit, slot: q.slot, version: a.version}
	return a.code == "" && a.visit != "" && a.visit != mine.visit, d
}

// change is what becomes of a visit that somebody has.
func (d diary) change(q question, a answer) (bool, diary) {
	n := d.of(q.visit)
	if n < 0 { // it is over: cancelling it again is no harm
		return q.what == askCancel && a.code == "" || q.what == askMove && a.code == "visit_over", d
	}
	switch s := &d[n]; q.what {
	case askRelease:
		*s = seat{}
		return a.code == "", d
	case askBook:
		s.booked, s.version = true, a.version
		return a.code == "", d
	case askCancel, askMove:
		if s.version != q.version {
			return a.code == "stale", d
		}
		if q.what == askCancel {
			*s = seat{}
			return a.code == "", d
		}
		if s.slot == q.slot {
			return a.code == "" && a.version == s.version, d
		}
		if why := d.refusesSlot(n, q.slot); why != "" {
			return a.code == why, d
		}
		grown := a.version > s.version
		s.slot, s.version = q.slot, a.version
		return a.code == "" && grown, d
	}
	return false, d
}

// honest is the model that a history is held against.
var honest = porcupine.Model{
	Init: func() any { return diary{} },
	Step: func(state, input, output any) (bool, any) {
		return state.(diary).next(input.(question), output.(answer))
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v -> %+v", input, output) },
}

// A recorder writes down what is asked and answered in one ward. Its clock counts
// what happens, and so tells the order of things without telling the time.
type recorder struct {
	*world
	ward int
	tick *atomic.Int64

	mu  sync.Mutex // guards ops
	ops []porcupine.Operation
}

// ask asks and writes down. A fault is no answer.
func (c *recorder) ask(t testing.TB, client int, q question, do func() (answer, error)) answer {
	t.Helper()
	called := c.tick.Add(1)
	a, err := do()
	returned := c.tick.Add(1)
	if refusal := isRefusal(err); refusal != nil {
		a = answer{code: refusal.Code}
	} else if err != nil {
		t.Errorf("%s: a fault, not a refusal: %v", q.what, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ops = append(c.ops, porcupine.Operation{ClientId: client, Input: q, Call: called, Output: a, Return: returned})
	return a
}

func slotStart(slot int) time.Time { return on(1, 9, 0).Add(time.Duration(slot) * visitStep) }
func slotOf(t time.Time) int       { return int(t.Sub(on(1, 9, 0)) / visitStep) }

// numbers of the relative who in the whole hospital.
func (c *recorder) numbers(who int) (patient, which int) {
	return (c.ward-1)*c.size.patients + who/2 + 1, who % 2
}

func (c *recorder) hold(t testing.TB, who, slot int) answer {
	n, which := c.numbers(who)
	return c.ask(t, who, question{what: askHold, who: who, slot: slot}, func() (answer, error) {
		v, err := c.Hold(t.Context(), relative(n, which), patientID(n), visitorID(n, which), slotStart(slot))
		return answer{visit: v.ID, version: v.Version}, err
	})
}

// onVisit asks for a change to a visit.
func (c *recorder) onVisit(t testing.TB, client int, by booking.Actor, q question, ref booking.Reference) answer {
	return c.ask(t, client, q, func() (a answer, err error) {
		var v desk.Visit
		switch ctx := t.Context(); q.what {
		case askBook:
			v, err = c.Book(ctx, by, q.visit)
		case askRelease:
			err = c.Release(ctx, by, q.visit)
		case askMove:
			v, err = c.Move(ctx, by, ref, q.version, slotStart(q.slot))
		case askCancel:
			v, err = c.Cancel(ctx, by, ref, q.version)
		}
		return answer{visit: v.ID, version: v.Version}, err
	})
}

func (c *recorder) free(t testing.TB, who int) answer {
	n, which := c.numbers(who)
	return c.ask(t, who, question{what: askFree, who: who}, func() (a answer, err error) {
		offering, err := c.Offering(t.Context(), relative(n, which), patientID(n), dateOf(on(1, 12, 0)), 1)
		if err != nil {
			return a, err
		}
		for _, s := range offering.Days[0].Slots {
			a.free[slotOf(s.When.Start())] = true
		}
		return a, nil
	})
}

// board asks for the board, and returns the visits on it too.
func (c *recorder) board(t testing.TB, client int) (visits []desk.Visit) {
	c.ask(t, client, question{what: askBoard}, func() (a answer, err error) {
		a, visits, err = c.readBoard(t.Context())
		return a, err
	})
	return visits
}

func (c *recorder) readBoard(ctx context.Context) (a answer, visits []desk.Visit, err error) {
	board, err := c.Board(ctx, sister(c.ward), wardID(c.ward), dateOf(on(1, 12, 0)))
	if err != nil {
		return a, nil, err
	}
	for _, v := range board.Visits {
		if v.State != booking.Booked {
			continue
		}
		visits = append(visits, v)
		for who := range relatives {
			n, which := c.numbers(who)
			if v.Patient == patientID(n) && v.BookedBy.ID == string(visitorID(n, which)) {
				a.board[who] = seat{visit: v.ID, booked: true, slot: slotOf(v.When.Start()), version: v.Version}
			}
		}
	}
	return a, visits, nil
}

// live has a relative ask for one thing after another.
func (c *recorder) live(t testing.TB, who, turns int, r *rand.Rand) {
	n, which := c.numbers(who)
	by := relative(n, which)
	var mine seat
	crowd := func() int { return 20 + r.IntN(crowded) }
	for range turns {
		q := question{who: who, visit: mine.visit, version: mine.version}
		switch at := r.IntN(10); {
		case at == 0:
			c.free(t, who)
		case mine.visit == "" || !mine.booked && at < 4:
			slot := crowd()
			if a := c.hold(t, who, slot); a.code == "" {
				mine = seat{visit: a.visit, slot: slot, version: a.version}
			}
		case !mine.booked && at < 6:
			q.what = askRelease
			c.onVisit(t, who, by, q, "")
			mine = seat{}
		case !mine.booked:
			q.what = askBook
			if a := c.onVisit(t, who, by, q, ""); a.code == "" {
				mine.booked, mine.version = true, a.version
			}
		case at < 7:
			q.what, q.slot = askMove, crowd()
			if a := c.onVisit(t, who, by, q, c.reference(t, mine.visit)); a.code == "" {
				mine.slot, mine.version = q.slot, a.version
			} else if a.code == "visit_over" || a.code == "stale" {
				mine = c.lookUp(t, by, mine.visit)
			}
		default:
			q.what = askCancel
			if a := c.onVisit(t, who, by, q, c.reference(t, mine.visit)); a.code == "" {
				mine = seat{}
			} else {
				mine = c.lookUp(t, by, mine.visit)
			}
		}
	}
}

// nurse has a nurse look at the board and change what is on it.
func (c *recorder) nurse(t testing.TB, client, turns int, r *rand.Rand) {
	by := sister(c.ward)
	for range turns {
		visits := c.board(t, client)
		if len(visits) == 0 {
			continue
		}
		v := visits[r.IntN(len(visits))]
		q := question{what: askCancel, visit: v.ID, version: v.Version, slot: 20 + r.IntN(crowded)}
		if r.IntN(2) == 0 {
			q.what = askMove
		}
		c.onVisit(t, client, by, q, v.Reference)
	}
}

// reference and lookUp read what the history says nothing of: names, and what a
// relative would see who looks again after somebody else has changed their visit.
func (c *recorder) reference(t testing.TB, id booking.VisitID) (ref booking.Reference) {
	t.Helper()
	ok(t, c.raw.QueryRowContext(t.Context(), `SELECT reference FROM visits WHERE id = $1`, id).Scan(&ref))
	return ref
}

func (c *recorder) lookUp(t testing.TB, by booking.Actor, id booking.VisitID) seat {
	t.Helper()
	v, err := c.Visit(t.Context(), by, c.reference(t, id))
	if err != nil {
		t.Error(err)
	}
	if v.State != booking.Booked {
		return seat{}
	}
	return seat{visit: v.ID, booked: true, slot: slotOf(v.When.Start()), version: v.Version}
}

// verdict checks the history, and says of one that is not honest what could not
// have been answered so.
func (c *recorder) verdict() (result porcupine.CheckResult, why string) {
	result, found := porcupine.CheckOperationsVerbose(honest, c.ops, time.Minute)
	if result == porcupine.Ok {
		return result, ""
	}
	var longest []porcupine.Operation
	for _, orders := range found.PartialLinearizationsOperations() {
		for _, order := range orders {
			if len(order) > len(longest) {
				longest = order
			}
		}
	}
	state := any(diary{})
	for _, op := range longest {
		_, state = honest.Step(state, op.Input, op.Output)
	}
	fits := map[int64]bool{}
	for _, op := range longest {
		fits[op.Call] = true
	}
	why = fmt.Sprintf("after %d questions the day is %+v, and none of these comes next:", len(longest), state)
	for _, op := range c.ops {
		if !fits[op.Call] {
			why += fmt.Sprintf("\n%d..%d client %d %+v -> %+v", op.Call, op.Return, op.ClientId, op.Input, op.Output)
		}
	}
	return result, why
}

// record has everybody in a ward live through a day at once.
func (c *recorder) record(t testing.TB, seed uint64, turns int) {
	var wg sync.WaitGroup
	for who := range relatives {
		wg.Go(func() { c.live(t, who, turns, rand.New(rand.NewPCG(seed, uint64(who)))) })
	}
	for n := range 2 {
		client := relatives + n
		wg.Go(func() { c.nurse(t, client, turns/2, rand.New(rand.NewPCG(seed, uint64(client)))) })
	}
	wg.Wait()
}

// Every history of a day of an iPad, as many people made it at once, could have
// been made by them one after another.
func TestHistoriesAreHonest(t *testing.T) {
	t.Parallel()
	wards := often(4, 100)
	inHospital(t, size{wards: wards, devices: 1, patients: relatives / 2}, func(t *testing.T, w *world) {
		codes := map[string]int{}
		for ward := 1; ward <= wards; ward++ {
			c := &recorder{world: w, ward: ward, tick: new(atomic.Int64)}
			c.record(t, uint64(ward), 14)
			if result, why := c.verdict(); result != porcupine.Ok {
				t.Errorf("the history of ward %d, with %d questions: %s; %.4000s", ward, len(c.ops), result, why)
			}
			for _, op := range c.ops {
				codes[op.Input.(question).what+" "+op.Output.(answer).code]++
			}
		}
		t.Logf("%v", codes)
		for _, must := range []string{"hold ", "hold slot_taken", "hold patient_busy", "book ", "move ", "move slot_taken", "cancel ", "release ", "look at the board ", "look at what is free "} {
			if codes[must] == 0 {
				t.Errorf("nobody was ever answered %q: the histories prove nothing of it", must)
			}
		}
		w.check(t)
	})
}

// A board that is kept for a while and shown again is found out as soon as somebody
// has been told that something changed meanwhile.
func TestPlantedStaleReadIsFound(t *testing.T) {
	t.Parallel()
	inHospital(t, size{wards: 1, devices: 1, patients: relatives / 2}, func(t *testing.T, w *world) {
		for _, stale := range []bool{false, true} {
			c := &recorder{world: w, ward: 1, tick: new(atomic.Int64)}
			a := c.hold(t, 0, 20)
			kept, _, err := c.readBoard(t.Context())
			ok(t, err)
			by := relative(1, 0)
			a = c.onVisit(t, 0, by, question{what: askBook, visit: a.visit}, "")
			c.ask(t, 9, question{what: askBoard}, func() (answer, error) {
				now, _, err := c.readBoard(t.Context())
				if stale {
					now = kept
				}
				return now, err
			})
			c.onVisit(t, 0, by, question{what: askCancel, visit: a.visit, version: a.version}, c.reference(t, a.visit))
			want := porcupine.Ok
			if stale {
				want = porcupine.Illegal
			}
			if got, _ := c.verdict(); got != want {
				t.Errorf("stale %v: the history is %s, want %s", stale, got, want)
			}
		}
	})
}

// Two who were both told that they have the same slot are found out: where the
// database says nothing, and each looked before the other wrote.
func TestPlantedStaleWriteIsFound(t *testing.T) {
	t.Parallel()
	inHospital(t, size{wards: 1, devices: 1, patients: relatives / 2}, func(t *testing.T, w *world) {
		ok(t, w.unguard(t.Context(), w.raw.ExecContext))
		c := &recorder{world: w, ward: 1, tick: new(atomic.Int64)}
		var met, wg sync.WaitGroup
		met.Add(2)
		for _, who := range []int{0, 2} {
			held := c.hold(t, who, 20+who*3)
			n, which := c.numbers(who)
			booked := c.onVisit(t, who, relative(n, which), question{what: askBook, visit: held.visit}, "")
			v, err := c.Visit(t.Context(), relative(n, which), c.reference(t, booked.visit))
			ok(t, err)
			wg.Go(func() {
				q := question{what: askMove, who: who, slot: 33, visit: v.ID, version: v.Version}
				c.ask(t, who, q, func() (answer, error) {
					err := w.carelessMove(t.Context(), v, slotStart(33), func() { met.Done(); met.Wait() })
					if errors.Is(err, errFull) {
						err = booking.ErrSlotTaken
					}
					return answer{visit: v.ID, version: v.Version + 1}, err
				})
			})
		}
		wg.Wait()
		if got, _ := c.verdict(); got != porcupine.Illegal {
			t.Errorf("the history is %s", got)
		}
	})
}

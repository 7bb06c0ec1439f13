package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/store"
)

// cancelOneIn is how many bookings there are to one that is cancelled again.
const cancelOneIn = 4

// acts measures relatives at the desk, on each engine, beside the statements that
// their acts must issue.
func acts(ctx context.Context, p plan) ([]row, error) {
	var rows []row
	var missing []error
	for _, engine := range engines {
		measured, err := actsOn(ctx, p, engine)
		rows = append(rows, measured...)
		if err != nil {
			missing = append(missing, fmt.Errorf("%s: %w", engine.name, err))
		}
	}
	return rows, errors.Join(missing...)
}

func actsOn(ctx context.Context, p plan, e engine) (_ []row, err error) {
	url, remove, err := e.empty(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	hospital := inventHospital(p.clients, time.Now())
	driver, err := openBare(ctx, e, url)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, driver.Close()) }()
	ours, copied, err := actsAndCopies(ctx, p, url, hospital, driver)
	if err != nil {
		return nil, err
	}
	deadlocks, err := driver.deadlocks(ctx)
	if err != nil {
		return nil, err
	}
	return []row{
		compare(fmt.Sprintf("%s, %d clients: acts at the desk a second (reference: what they write)", e.name, p.clients), "", ours.perSecond(), copied.perSecond()),
		compare("  p50 of an act", " ms", milliseconds(quantile(ours.took, 0.50)), milliseconds(quantile(copied.took, 0.50))),
		compare("  p99 of an act", " ms", milliseconds(quantile(ours.took, 0.99)), milliseconds(quantile(copied.took, 0.99))),
		{what: "  deadlocks", ours: fmt.Sprint(deadlocks)},
	}, nil
}

// actTurns is how often a crowd at the desk and one at the bare driver take turns.
const actTurns = 4

// actsAndCopies has a crowd of relatives at a desk, and by turns as large a crowd
// that writes a sample of what they wrote, again and again, by the bare driver: for
// the same patients at other times, into the same tables beside what the desk wrote,
// with the same indexes and constraints.
func actsAndCopies(ctx context.Context, p plan, url string, h desk.Hospital, driver *bare) (ours, copied tally, err error) {
	d, shut, err := openDesk(ctx, url, h)
	if err != nil {
		return ours, copied, err
	}
	defer func() { err = errors.Join(err, shut()) }()
	wrote, err := driver.record(ctx, newRelative(d, h, 0))
	if err != nil {
		return ours, copied, err
	}
	acts, err := driver.prepare(ctx, wrote)
	if err != nil {
		return ours, copied, err
	}
	var turn atomic.Int64
	turn.Store(int64(h.Wards[0].Policy.Earliest / visitsApart)) // after all that the desk offers
	relatives, copiers := make([]worker, p.clients), make([]worker, p.clients)
	for client := range p.clients {
		relatives[client] = newRelative(d, h, client)
		copiers[client] = &copier{bare: driver, acts: acts, names: len(wrote.names), cast: castOf(h, client), turn: &turn}
	}
	for range actTurns {
		for _, take := range []struct {
			sum     *tally
			workers []worker
			during  time.Duration
		}{{&ours, relatives, p.acts / actTurns}, {&copied, copiers, p.acts / actTurns / 2}} {
			t, err := crowd(ctx, p.clients, take.during, func(client int) (worker, error) { return take.workers[client], nil })
			if err != nil {
				return ours, copied, err
			}
			take.sum.add(t)
		}
	}
	return ours, copied, nil
}

// A worker does one thing after another. It returns how long each thing took
// that it did.
type worker interface {
	work(ctx context.Context) ([]time.Duration, error)
}

// A tally is what a crowd of workers did.
type tally struct {
	took    []time.Duration // sorted
	elapsed time.Duration
}

func (t tally) perSecond() float64 { return float64(len(t.took)) / t.elapsed.Seconds() }

// add adds what another crowd did at another time.
func (t *tally) add(more tally) {
	t.took, t.elapsed = append(t.took, more.took...), t.elapsed+more.elapsed
	slices.Sort(t.took)
}

// crowd has many work at once for a while. The first error ends it.
func crowd(ctx context.Context, clients int, during time.Duration, hire func(client int) (worker, error)) (tally, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var all sync.WaitGroup
	var mu sync.Mutex
	var sum tally
	began := time.Now()
	for client := range clients {
		w, err := hire(client)
		if err != nil {
			cancel(err)
			break
		}
		all.Go(func() {
			var took []time.Duration
			for ctx.Err() == nil && time.Since(began) < during {
				one, err := w.work(ctx)
				if err != nil {
					cancel(err)
				}
				took = append(took, one...)
			}
			mu.Lock()
			defer mu.Unlock()
			sum.took = append(sum.took, took...)
		})
	}
	all.Wait()
	sum.elapsed = time.Since(began)
	if err := context.Cause(ctx); err != nil {
		return tally{}, err
	}
	if len(sum.took) == 0 {
		return tally{}, errors.New("nothing was done in that time")
	}
	slices.Sort(sum.took)
	return sum, nil
}

func openDesk(ctx context.Context, url string, h desk.Hospital) (*desk.Desk, func() error, error) {
	s, err := store.Open(ctx, url)
	if err != nil {
		return nil, nil, err
	}
	pepper := make([]byte, 32)
	if _, err := rand.Read(pepper); err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	d, err := desk.New(desk.Config{Store: s, Now: time.Now, PublicURL: origin, Pepper: pepper})
	if err == nil {
		err = d.Found(ctx, h)
	}
	if err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	return d, s.Close, nil
}

// A relative books visits to one patient, each at a time that they have not asked
// for before, and cancels some.
type relative struct {
	desk   *desk.Desk
	actor  booking.Actor
	circle booking.CircleMember
	times  []time.Time // still to be asked for
	booked int
}

func newRelative(d *desk.Desk, h desk.Hospital, client int) *relative {
	member := h.Patients[client].Circle[0]
	return &relative{
		desk:   d,
		actor:  booking.Actor{Kind: booking.VisitorActor, ID: string(member.Visitor.ID), Name: member.Visitor.Name},
		circle: member,
		times:  timesToAsk(h, time.Now()),
	}
}

// work is one visit: hold, book, and sometimes cancel. A time that somebody else
// has taken is no act, and no fault either.
func (r *relative) work(ctx context.Context) (took []time.Duration, err error) {
	if len(r.times) == 0 {
		return nil, errors.New("a relative has asked for every time there is: act for less long")
	}
	start := r.times[0]
	r.times = r.times[1:]
	timed := func(act func() error) error {
		began := time.Now()
		err := act()
		if err == nil {
			took = append(took, time.Since(began))
		}
		return err
	}
	var visit desk.Visit
	err = timed(func() (err error) {
		visit, err = r.desk.Hold(ctx, r.actor, r.circle.Patient, r.circle.Visitor.ID, start)
		return err
	})
	if errors.Is(err, booking.ErrSlotTaken) || errors.Is(err, booking.ErrPatientBusy) {
		return took, nil
	}
	if err == nil {
		err = timed(func() (err error) {
			visit, err = r.desk.Book(ctx, r.actor, visit.ID)
			return err
		})
	}
	if r.booked++; err == nil && r.booked%cancelOneIn == 0 {
		err = timed(func() error {
			_, err := r.desk.Cancel(ctx, r.actor, visit.Reference, visit.Version)
			return err
		})
	}
	if ctx.Err() != nil {
		return took, nil
	}
	return took, err
}

// timesToAsk are the beginnings of the slots that the hospital offers, in an order
// of their own for each caller.
func timesToAsk(h desk.Hospital, now time.Time) []time.Time {
	zone, policy := h.Sites[0].Zone, h.Wards[0].Policy
	var times []time.Time
	today := booking.DateOf(now, zone)
	for day := range int(policy.Earliest / (24 * time.Hour)) {
		for _, slot := range booking.SlotsOn(today.AddDays(day), zone, h.Sessions) {
			if policy.Bookable(slot.When.Start(), now.Add(time.Minute), booking.Relatives) == nil {
				times = append(times, slot.When.Start())
			}
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	times = slices.CompactFunc(times, time.Time.Equal)
	for i := len(times) - 1; i > 0; i-- {
		j, err := rand.Int(rand.Reader, big.NewInt(int64(i+1)))
		if err != nil {
			panic(err) // crypto/rand does not fail
		}
		k := int(j.Int64())
		times[i], times[k] = times[k], times[i]
	}
	return times
}

package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// What coordinators of interpreters see, and do, is in the files whose names begin with
// interpret_work: visits without their patients (here), who goes to one
// (interpret_work_who.go), and the interpreters themselves (interpret_work_list.go).
// A coordinator of one ward finds interpreters for its visits; since those people serve
// everywhere, the list of them is read by every coordinator and changed by those who
// hold the role everywhere.

// An InterpretedVisit is a visit that wants an interpreter, as a coordinator sees it:
// nothing of its patient, nor of who comes to it.
type InterpretedVisit struct {
	ID        booking.VisitID
	Reference booking.Reference
	Ward      booking.Ward
	When      booking.Interval
	Tongue    booking.Tongue
	Least     booking.Level // that will do
	State     booking.State
	Finding   booking.Finding
	Offer     booking.OfferID // the open one; empty for none
	AnswerBy  time.Time       // of the open one, while it has no answer
	Who       booking.InterpreterID
	Name      string // of whoever is asked or comes
	Phone     string
}

// mayCoordinate is the right of whoever coordinates the interpreters of the ward of a
// visit.
func mayCoordinate(by booking.Actor, r store.Record) bool {
	return mayIn(booking.KeepInterpreters, by, r)
}

// coordinates refuses whoever coordinates interpreters nowhere.
func coordinates(by booking.Actor) error {
	if !by.MaySomewhere(booking.KeepInterpreters) {
		return booking.ErrMayNot
	}
	return nil
}

// interpreted gives a visit as a coordinator sees it.
func interpreted(r store.Record, ward booking.Ward, who booking.Interpreter) InterpretedVisit {
	v := InterpretedVisit{
		ID: r.ID, Reference: r.Reference, Ward: ward, When: r.When, Tongue: r.Tongue, Least: r.Kind.LeastLevel(),
		State: r.State, Finding: booking.FindingOf(r.Offer),
	}
	if r.Offer != nil && r.Offer.Open() {
		v.Offer, v.AnswerBy, v.Who, v.Name, v.Phone = r.Offer.ID, r.Offer.AnswerBy, who.ID, who.Name, who.Phone
	}
	return v
}

// ToInterpret are the visits under way or to come that want an interpreter, in the
// wards whose interpreters somebody coordinates, soonest first.
func (d *Desk) ToInterpret(ctx context.Context, by booking.Actor) ([]InterpretedVisit, error) {
	return view(ctx, d, func(tx *store.Tx) ([]InterpretedVisit, error) {
		if err := coordinates(by); err != nil {
			return nil, err
		}
		records, err := tx.VisitsWanting(ctx, d.now())
		if err != nil {
			return nil, err
		}
		wards, people, err := wardsAndInterpreters(ctx, tx)
		if err != nil {
			return nil, err
		}
		var visits []InterpretedVisit
		for _, r := range records {
			if !mayCoordinate(by, r) {
				continue
			}
			var who booking.Interpreter
			if r.Offer != nil {
				who = people[r.Offer.Interpreter]
			}
			visits = append(visits, interpreted(r, wards[r.Ward], who))
		}
		return visits, nil
	})
}

func wardsAndInterpreters(ctx context.Context, tx *store.Tx) (map[booking.WardID]booking.Ward, map[booking.InterpreterID]booking.Interpreter, error) {
	all, err := tx.Wards(ctx)
	if err != nil {
		return nil, nil, err
	}
	wards := make(map[booking.WardID]booking.Ward, len(all))
	for _, w := range all {
		wards[w.ID] = w
	}
	everybody, err := tx.AllInterpreters(ctx)
	people := make(map[booking.InterpreterID]booking.Interpreter, len(everybody))
	for _, i := range everybody {
		people[i.ID] = i
	}
	return wards, people, err
}

// LackingCount is how many of ToInterpret nobody is asked to, and nobody comes to.
func (d *Desk) LackingCount(ctx context.Context, by booking.Actor) (int, error) {
	return view(ctx, d, func(tx *store.Tx) (int, error) {
		if err := coordinates(by); err != nil {
			return 0, err
		}
		wards, err := tx.LackingByWard(ctx, d.now())
		count := 0
		for ward, n := range wards {
			if by.May(booking.KeepInterpreters, ward) {
				count += n
			}
		}
		return count, err
	})
}

// A CouldCome is an interpreter of the language that a visit is in, with what keeps
// them from it.
type CouldCome struct {
	booking.Interpreter
	Level     booking.Level
	Obstacle  booking.Obstacle
	Day, Week int  // their other visits, that day and in the seven days around it
	Knows     bool // they have interpreted for this family before
}

// An InterpreterWork is one visit with everybody who speaks its language.
type InterpreterWork struct {
	InterpretedVisit
	People []CouldCome // who can come first, and whom Match would ask first
	Before []Asked     // who was asked, in order
}

// InterpreterWork is how one of ToInterpret stands, and who could come to it.
func (d *Desk) InterpreterWork(ctx context.Context, by booking.Actor, ref booking.Reference) (InterpreterWork, error) {
	return view(ctx, d, func(tx *store.Tx) (w InterpreterWork, err error) {
		r, err := tx.RecordByReference(ctx, ref)
		switch {
		case err != nil:
			return w, err
		case !mayCoordinate(by, r):
			return w, withoutRight(by, r)
		case r.State == booking.Held:
			return w, booking.ErrNoSuchVisit
		}
		ward, err := tx.Ward(ctx, r.Ward)
		if err != nil {
			return w, err
		}
		var who booking.Interpreter
		if r.Offer != nil {
			if who, err = tx.Interpreter(ctx, r.Offer.Interpreter); err != nil {
				return w, err
			}
		}
		w.InterpretedVisit = interpreted(r, ward, who)
		if w.Before, err = asked(ctx, tx, r.ID); err != nil || r.Tongue.IsZero() || r.State.Over() {
			return w, err
		}
		w.People, err = couldCome(ctx, tx, r)
		return w, err
	})
}

func couldCome(ctx context.Context, tx *store.Tx, r store.Record) ([]CouldCome, error) {
	want, err := wanting(ctx, tx, r)
	if err != nil {
		return nil, err
	}
	who, err := candidates(ctx, tx, []booking.Wanting{want})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(who, func(a, b booking.Candidate) int {
		return cmp.Or(first(a.ObstacleTo(want), b.ObstacleTo(want)), booking.CostOf(want, a).Compare(booking.CostOf(want, b)))
	})
	people := make([]CouldCome, len(who))
	for n, c := range who {
		p := CouldCome{Interpreter: c.Interpreter, Level: c.LevelIn(r.Tongue), Obstacle: c.ObstacleTo(want), Knows: want.Knows[c.ID]}
		p.Day, p.Week = c.Loads(want)
		people[n] = p
	}
	return people, nil
}

// first puts whom nothing hinders before those who can come outside their hours, and
// these before everybody else.
func first(a, b booking.Obstacle) int {
	rank := func(o booking.Obstacle) int {
		switch {
		case o == booking.NoObstacle:
			return 0
		case o.Yields():
			return 1
		}
		return 2
	}
	return cmp.Compare(rank(a), rank(b))
}

package desk

import (
	"cmp"
	"context"
	"slices"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// This file is what staff look at before they change a visit by hand: what each of
// the ward's devices would mean for it, and which rules stand against a time. It
// changes nothing; Reassign and MoveFor decide again.

// A Choice is one of the devices that a visit could be given by hand.
type Choice struct {
	booking.Device
	Has    bool  // the visit has it already
	Makes  int   // how many other visits would change devices to make room
	Cannot error // why it cannot be had; nil when it can
}

// Choices are a visit and the devices that its ward has then, those that it could
// have first.
type Choices struct {
	Visit   Visit
	Devices []Choice
}

// ChoicesOf says of each device of a visit's ward whether Reassign would give it to
// the visit as things are.
func (d *Desk) ChoicesOf(ctx context.Context, by booking.Actor, ref booking.Reference) (Choices, error) {
	return view(ctx, d, func(tx *store.Tx) (Choices, error) {
		a := &act{Tx: tx, by: by, now: d.now()}
		v, err := a.steered(ctx, ref)
		if err != nil {
			return Choices{}, err
		}
		when, over := leftOf(a.rec.Visit, a.now)
		if over && !a.rec.State.Open() {
			return Choices{}, booking.ErrVisitOver
		}
		fleet, claim, err := a.fleetFor(ctx, when, over)
		if err != nil {
			return Choices{}, err
		}
		out := Choices{Visit: v}
		for _, id := range fleet.Devices() {
			one, err := a.choice(ctx, fleet, claim, over, id)
			if err != nil {
				return Choices{}, err
			}
			out.Devices = append(out.Devices, one)
		}
		slices.SortStableFunc(out.Devices, func(x, y Choice) int {
			return cmp.Or(x.rank()-y.rank(), cmp.Compare(x.Makes, y.Makes), cmp.Compare(x.Tag, y.Tag))
		})
		return out, nil
	})
}

// rank puts what a visit has first, then what it could have.
func (c Choice) rank() int {
	switch {
	case c.Has:
		return 0
	case c.Cannot == nil:
		return 1
	}
	return 2
}

// choice is what one device would mean for the visit of the act.
func (a *act) choice(ctx context.Context, fleet *booking.Fleet, claim booking.Claim, over bool, id booking.DeviceID) (Choice, error) {
	device, err := a.Device(ctx, id)
	if err != nil {
		return Choice{}, err
	}
	c := Choice{Device: device, Has: id == a.rec.Device}
	if c.Has {
		return c, nil
	}
	moves, err := clearing(fleet, claim, over, id)
	if err == nil && a.rec.State.Open() {
		err = readyAtOnce(device)
	}
	c.Makes, c.Cannot = len(moves), err
	return c, unlessRefused(err)
}

// steered loads the visit that a page is about, while something can be done about
// it.
func (a *act) steered(ctx context.Context, ref booking.Reference) (v Visit, err error) {
	if a.rec, err = a.RecordByReference(ctx, ref); err != nil {
		return v, err
	}
	switch {
	case !mayRun(a.by, a.rec) || a.rec.State == booking.Held:
		return v, booking.ErrNoSuchVisit
	case a.rec.State.Over():
		return v, booking.ErrVisitOver
	}
	return shown(ctx, a.Tx, a.by, a.rec)
}

// A MovePlan is where a visit would move to by hand, and the rules that stand
// against it, in the order in which they are asked.
type MovePlan struct {
	When    booking.Interval
	Against []*booking.Refusal
}

// PlanMove says what MoveFor would have to set aside. What the visit has itself does
// not count, and what its kind sets aside by itself is not named. Whether an iPad and
// the patient are free then is not asked.
func (d *Desk) PlanMove(ctx context.Context, by booking.Actor, ref booking.Reference, want Occasion) (MovePlan, error) {
	return view(ctx, d, func(tx *store.Tx) (MovePlan, error) {
		a := &act{Tx: tx, by: by, now: d.now()}
		if _, err := a.steered(ctx, ref); err != nil {
			return MovePlan{}, err
		}
		if a.rec.State.Open() {
			return MovePlan{}, booking.ErrVisitBegun
		}
		o := offerer{by: by, bay: a.rec.Bay, patient: a.rec.PatientRecord, now: a.now, but: a.rec.ID, kind: a.rec.Kind}
		var err error
		if o.ward, err = a.Ward(ctx, cmp.Or(a.rec.LiesIn, a.rec.Ward)); err != nil {
			return MovePlan{}, err
		}
		slot, broken, err := o.look(ctx, tx, want.Start, want.Length)
		if err != nil {
			return MovePlan{}, err
		}
		rules, err := refusals(broken)
		return MovePlan{slot.When, slices.DeleteFunc(rules, func(rule *booking.Refusal) bool {
			_, stands := booking.Settle(rule, by, o.ward.ID, a.rec.Kind, nil)
			return stands == nil
		})}, err
	})
}

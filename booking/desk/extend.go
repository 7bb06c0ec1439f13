package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// Extend gives a visit that is on more time, one of booking.Extensions; version is
// the one that the page showed. Other visits may change iPads for it, which nobody
// notices; ErrNoMoreTime when its iPad, its patient or its interpreter is needed
// elsewhere and nothing can make way. MoreTime says what that is.
func (d *Desk) Extend(ctx context.Context, by booking.Actor, ref booking.Reference, version int, more time.Duration) (Visit, error) {
	v, err := d.change(ctx, by, ref, mayRun, func(a *act) error {
		if a.rec.Version != version && !a.rec.State.Over() {
			return booking.ErrStale
		}
		longer, err := a.rec.Extend(more, a.now)
		if err != nil {
			return err
		}
		moves, err := a.clearLonger(ctx, longer)
		if err != nil {
			return err
		}
		return d.extend(ctx, a, longer, moves)
	})
	if is(err, booking.ErrSlotTaken, booking.ErrPatientBusy, booking.ErrNoInterpreter, booking.ErrDeviceTaken) {
		err = booking.ErrNoMoreTime
	}
	return v, err
}

func is(err error, refusals ...*booking.Refusal) bool {
	for _, refusal := range refusals {
		if errors.Is(err, refusal) {
			return true
		}
	}
	return false
}

// clearLonger finds what must move so that the visit of the act keeps its iPad for
// as long as longer.
func (a *act) clearLonger(ctx context.Context, longer booking.Visit) ([]booking.DeviceMove, error) {
	when, over := leftOf(longer, a.now)
	if over {
		return nil, booking.ErrVisitOver // it has been let run into its cleaning, and beyond
	}
	moves, err := a.clearFor(ctx, when, false, longer.Device)
	if errors.Is(err, booking.ErrDeviceAway) || errors.Is(err, booking.ErrOtherZone) {
		return nil, nil // it is at the bed: only another visit's claim on it counts
	}
	return moves, err
}

func (d *Desk) extend(ctx context.Context, a *act, longer booking.Visit, moves []booking.DeviceMove) error {
	was, asked := a.rec.Visit, a.openOffer()
	touched := []booking.DeviceID{was.Device}
	for _, m := range moves {
		touched = append(touched, m.From, m.To)
	}
	if err := a.touchDevices(ctx, touched...); err != nil {
		return err
	}
	if asked != nil {
		if err := a.Touch(ctx, interpreterOf(asked.Interpreter)); err != nil {
			return err
		}
	}
	for _, r := range []store.Resource{patientOf(was.Patient), deviceOf(was.Device)} {
		if err := d.clear(ctx, a, r, longer.DeviceTime()); err != nil {
			return err
		}
	}
	if err := a.Release(ctx, was.ID, ""); err != nil {
		return err
	}
	if err := a.save(ctx, longer); err != nil {
		return err
	}
	a.room = moves
	if err := d.reserveLonger(ctx, a, asked); err != nil {
		return err
	}
	minutes := int(longer.When.End().Sub(was.When.End()) / time.Minute)
	if err := a.record(ctx, booking.VisitExtended, fmt.Sprintf("%d minutes", minutes)); err != nil {
		return err
	}
	return d.review(ctx, a.Tx, a.by, was.ID)
}

// reserveLonger takes again what the visit of the act has. Of its iPad only what is
// left: it may have had another one until now.
func (d *Desk) reserveLonger(ctx context.Context, a *act, asked *booking.InterpreterBooking) error {
	left, over := leftOf(a.rec.Visit, a.now)
	if over {
		return booking.ErrVisitOver
	}
	if err := d.reserve(ctx, a, patientOf(a.rec.Patient), a.rec.When); err != nil {
		return err
	}
	if err := d.reserve(ctx, a, deviceOf(a.rec.Device), left); err != nil {
		return err
	}
	if asked == nil {
		return nil
	}
	return d.reserve(ctx, a, interpreterOf(asked.Interpreter), a.rec.When)
}

// What a visit may be in the way of when it gets more time.
const (
	BehindDevice      = "device"
	BehindPatient     = "patient"
	BehindInterpreter = "interpreter"
)

// A Behind is what stands behind a visit, so that it cannot be made longer.
type Behind struct {
	What string
	When booking.Interval // for which it is taken, its preparing included
	// Visit is the one that needs it; nil when it is of another ward, or unknown.
	Visit *Visit
}

// A Longer is a visit with more time, as it would be.
type Longer struct {
	By     time.Duration
	Until  time.Time
	Behind *Behind // why it cannot be so; nil when it can
}

// MoreTime is a visit that is on, and what it would be with more time.
type MoreTime struct {
	Visit   Visit
	Choices []Longer
}

// MoreTime says of each of booking.Extensions whether Extend would grant it as
// things are, and if not, what stands behind.
func (d *Desk) MoreTime(ctx context.Context, by booking.Actor, ref booking.Reference) (MoreTime, error) {
	return view(ctx, d, func(tx *store.Tx) (MoreTime, error) {
		a := &act{Tx: tx, by: by, now: d.now()}
		v, err := a.steered(ctx, ref)
		if err != nil {
			return MoreTime{}, err
		}
		out := MoreTime{Visit: v}
		for _, more := range booking.Extensions {
			longer, err := a.rec.Extend(more, a.now)
			if err != nil {
				return out, err
			}
			behind, err := a.behind(ctx, longer)
			if err != nil {
				return out, err
			}
			out.Choices = append(out.Choices, Longer{By: more, Until: longer.When.End(), Behind: behind})
		}
		return out, nil
	})
}

// behind is the first thing that stands behind the visit of the act if it were
// longer; nil when nothing does.
func (a *act) behind(ctx context.Context, longer booking.Visit) (*Behind, error) {
	_, err := a.clearLonger(ctx, longer)
	switch {
	case errors.Is(err, booking.ErrDeviceTaken):
		return a.behindDevice(ctx, longer)
	case err != nil:
		return nil, err
	}
	others, err := a.VisitsOfPatient(ctx, longer.Patient, a.now)
	if err != nil {
		return nil, err
	}
	for _, r := range others {
		lapsed := r.State == booking.Held && !a.now.Before(r.HeldUntil)
		if r.ID != longer.ID && !r.State.Over() && !lapsed && r.When.Overlaps(longer.When) {
			return a.isBehind(ctx, BehindPatient, r.When, &r)
		}
	}
	if asked := a.openOffer(); asked != nil {
		taken, err := a.TakenOf(ctx, interpreterOf(asked.Interpreter), a.now, longer.When.Start(), longer.When.End(), longer.ID)
		if err != nil || len(taken) > 0 {
			if err != nil {
				return nil, err
			}
			return &Behind{What: BehindInterpreter, When: taken[0]}, nil
		}
	}
	return nil, nil //nolint:nilnil // that nothing stands behind is an answer
}

func (a *act) behindDevice(ctx context.Context, longer booking.Visit) (*Behind, error) {
	others, err := a.VisitsOfDevice(ctx, longer.Device, a.now, longer.DeviceTime().End().Add(around))
	if err != nil {
		return nil, err
	}
	for _, r := range others {
		if r.ID != longer.ID && !r.State.Over() && r.DeviceTime().Overlaps(longer.DeviceTime()) {
			return a.isBehind(ctx, BehindDevice, r.DeviceTime(), &r)
		}
	}
	return &Behind{What: BehindDevice}, nil
}

// isBehind tells of another visit no more than the actor may know.
func (a *act) isBehind(ctx context.Context, what string, when booking.Interval, r *store.Record) (*Behind, error) {
	b := &Behind{What: what, When: when}
	if !mayRun(a.by, *r) || r.State == booking.Held {
		return b, nil
	}
	v, err := shown(ctx, a.Tx, a.by, *r)
	b.Visit = &v
	return b, err
}

package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// A Farewell is an end-of-life visit that staff ask for, now or at a time of their
// choosing.
type Farewell struct {
	Patient booking.PatientID
	Members []booking.MemberID // who comes
	Start   time.Time          // the zero Time is now
	Length  time.Duration
	Tongue  booking.Tongue // of an interpreter; zero for none
	Needs   []booking.Need
	Making  []booking.VisitID // those that the asker was shown would make way
}

// A FarewellPlan is what an end-of-life visit would take.
type FarewellPlan struct {
	When    booking.Interval
	Broken  []booking.Override // rules that do not hold for it
	Makeway []Displaced        // visits that would make way; empty when there is an iPad
}

// A Displaced is a visit that makes way, and the time its family would be offered.
type Displaced struct {
	Visit
	Instead *booking.Slot // nil when there is none in the two weeks around
}

// PlanGoodbye says what an end-of-life visit would take, and changes nothing.
// ErrPatientBusy when the patient has a visit then, and ErrNobodyGivesWay when no
// iPad can be had, whoever made way.
func (d *Desk) PlanGoodbye(ctx context.Context, by booking.Actor, f Farewell) (FarewellPlan, error) {
	if by.Visitor() != "" {
		return FarewellPlan{}, booking.ErrMayNot
	}
	return view(ctx, d, func(tx *store.Tx) (FarewellPlan, error) {
		g, err := d.farewell(ctx, tx, by, f)
		if err != nil {
			return FarewellPlan{}, err
		}
		plan := FarewellPlan{When: g.slot.When, Broken: g.o.used}
		for _, m := range g.makeway {
			v, err := shown(ctx, tx, by, m.rec)
			if err != nil {
				return plan, err
			}
			plan.Makeway = append(plan.Makeway, Displaced{v, m.instead})
		}
		return plan, nil
	})
}

// A farewell is an end-of-life visit as it was worked out.
type farewell struct {
	standing booking.Standing
	o        offerer
	slot     booking.Slot
	makeway  []makesWay
}

// A makesWay is a visit that gives up its device.
type makesWay struct {
	rec     store.Record
	instead *booking.Slot
}

// farewell works out an end-of-life visit: the rules it passes over, and who makes
// way for it with the least harm.
func (d *Desk) farewell(ctx context.Context, tx *store.Tx, by booking.Actor, f Farewell) (farewell, error) {
	var g farewell
	if len(f.Members) == 0 {
		return g, booking.ErrNobodyComing
	}
	first, err := tx.Member(ctx, f.Members[0])
	if err != nil {
		return g, err
	}
	if g.standing, err = standingFor(ctx, tx, by, f.Patient, first.Visitor.ID); err != nil {
		return g, err
	}
	now := d.now()
	if err := g.standing.MayVisit(now); err != nil {
		return g, err
	}
	g.o = offerer{
		by: by, ward: g.standing.Ward, bay: g.standing.Bay, patient: g.standing.Patient, now: now, kind: booking.EndOfLife,
	}
	if g.o.but, err = tx.OpenHold(ctx, f.Patient, first.Visitor.ID); err != nil {
		return g, err
	}
	start := f.Start
	if start.IsZero() {
		start = now.Truncate(time.Minute)
	}
	if g.slot, err = g.o.slotAt(ctx, tx, start, f.Length); err != nil {
		return g, err
	}
	buffers := g.o.buffered()
	v := booking.Visit{When: g.slot.When, Prepare: buffers.Prepare, Clean: buffers.Clean}
	span := v.DeviceTime().Widen(around, around)
	diary, err := tx.Diary(ctx, g.o.ward.ID, f.Patient, now, span.Start(), span.End(), g.o.but)
	if err != nil {
		return g, err
	}
	if _, _, err := diary.Choose(v, g.o.bay); !errors.Is(err, booking.ErrSlotTaken) {
		return g, err
	}
	g.makeway, err = d.leastHarm(ctx, tx, g, v, diary.Fleet)
	return g, err
}

// leastHarm finds the visits that make way for v.
func (d *Desk) leastHarm(ctx context.Context, tx *store.Tx, g farewell, v booking.Visit, fleet *booking.Fleet) ([]makesWay, error) {
	taken := v.DeviceTime()
	records, err := tx.VisitsOfWard(ctx, g.o.ward.ID, taken.Start().Add(-around), taken.End().Add(around))
	if err != nil {
		return nil, err
	}
	could := map[booking.VisitID]makesWay{}
	var candidates []booking.Displaceable
	for _, r := range records {
		if !makesRoom(r, taken, g.o.now) {
			continue
		}
		c, instead, err := d.displaceable(ctx, tx, r, taken)
		if err != nil {
			return nil, err
		}
		candidates, could[r.ID] = append(candidates, c), makesWay{r, instead}
	}
	claim := v.Claim(g.o.bay)
	gone, found := booking.LeastHarm(candidates, g.o.now, func(gone []booking.VisitID) bool {
		return fleet.Without(gone).Fits(claim)
	})
	if !found {
		return nil, booking.ErrNobodyGivesWay
	}
	var way []makesWay
	for _, id := range gone {
		way = append(way, could[id])
	}
	return way, nil
}

// makesRoom reports whether a visit may be displaced to free a device for some
// time: it has one then, has not begun, and is no goodbye itself.
func makesRoom(r store.Record, taken booking.Interval, now time.Time) bool {
	waits := r.State == booking.Booked || r.State == booking.Held && now.Before(r.HeldUntil)
	return waits && r.Kind != booking.EndOfLife && r.DeviceTime().Overlaps(taken)
}

// displaceable is a visit as the choice of who makes way sees it, with the time
// that its family would be offered.
func (d *Desk) displaceable(ctx context.Context, tx *store.Tx, r store.Record, taken booking.Interval) (booking.Displaceable, *booking.Slot, error) {
	c := booking.Displaceable{
		Visit: r.ID, Device: r.Device, Start: r.When.Start(), Held: r.State == booking.Held, Interpreter: !r.Tongue.IsZero(),
	}
	for _, p := range r.People {
		if p.Role == booking.AsVisitor && p.Place != booking.Removed {
			c.People++
		}
	}
	times, err := tx.TimesDisplaced(ctx, r.Patient)
	if err != nil {
		return c, nil, err
	}
	c.Before = times > 0
	instead, err := d.insteadOf(ctx, tx, r, taken)
	if err != nil {
		return c, nil, err
	}
	if c.Nowhere = instead == nil; !c.Nowhere {
		c.Alternative = instead.When.Start().Sub(r.When.Start()).Abs()
	}
	return c, instead, nil
}

// insteadLooks is how many of the times nearest to a displaced visit are looked at
// for one that its family has time to answer to.
const insteadLooks = 12

// insteadOf is the time nearest to a visit that its family could have, but for
// what is taken now.
func (d *Desk) insteadOf(ctx context.Context, tx *store.Tx, r store.Record, taken booking.Interval) (*booking.Slot, error) {
	s, err := tx.Standing(ctx, r.Patient, r.HeldFor)
	if err != nil {
		return nil, err
	}
	now := d.now()
	if s.MayVisit(now) != nil {
		return nil, nil
	}
	o := offerer{
		by:   booking.Actor{Kind: booking.VisitorActor, ID: string(r.HeldFor)},
		ward: s.Ward, bay: s.Bay, patient: s.Patient, now: now, but: r.ID,
	}
	near, err := o.near(ctx, tx, r.When.Start(), insteadLooks)
	if err != nil {
		return nil, err
	}
	var able []booking.Slot
	buffers := o.buffered()
	for _, slot := range near {
		_, _, ok := s.Ward.Policy.OfferSpan(slot.When.Start(), now, s.Ward.Site.Zone)
		if ok && !slot.When.Widen(buffers.Prepare, buffers.Clean).Overlaps(taken) && slot.When != r.When {
			able = append(able, slot)
		}
	}
	best := booking.Nearest(able, r.When.Start(), 1)
	if len(best) == 0 {
		return nil, nil
	}
	return &best[0], nil
}

// Goodbye books an end-of-life visit. It passes over every rule that may be set
// aside at all. If there is no iPad, the visits in f.Making make way: they are
// cancelled here and now, and their families are told with the nearest other time
// kept for them, or why there is none. ErrStale when others would have to make way
// than the asker was shown: they are to be shown those first.
func (d *Desk) Goodbye(ctx context.Context, by booking.Actor, f Farewell) (Visit, error) {
	if by.Visitor() != "" {
		return Visit{}, booking.ErrMayNot
	}
	asked := makesVisit(by, "goodbye", f.Patient, f.Members, f.Start.UTC(), f.Length, f.Tongue, f.Needs, f.Making)
	v, err := create(ctx, d, by, asked, func(tx *store.Tx) (Visit, error) { return d.goodbye(ctx, tx, by, f) })
	if err == nil && len(f.Making) > 0 {
		return d.freed(ctx, v, err)
	}
	return v, err
}

func (d *Desk) goodbye(ctx context.Context, tx *store.Tx, by booking.Actor, f Farewell) (Visit, error) {
	if err := d.touchFarewell(ctx, tx, by, f); err != nil {
		return Visit{}, err
	}
	g, err := d.farewell(ctx, tx, by, f)
	if err != nil {
		return Visit{}, err
	}
	for _, m := range g.makeway {
		if !slices.Contains(f.Making, m.rec.ID) {
			return Visit{}, booking.ErrStale
		}
		if err := d.displace(ctx, tx, by, m.rec); err != nil {
			return Visit{}, err
		}
	}
	a, err := d.hold(ctx, tx, by, g.standing, claim{when: g.slot.When, kind: booking.EndOfLife, aside: g.o.used})
	if err != nil {
		return Visit{}, err
	}
	details := Details{Members: f.Members, Tongue: f.Tongue, Needs: f.Needs}
	for _, step := range []func() error{
		func() error { return d.describe(ctx, a, details) },
		func() error { return d.confirm(ctx, a) },
	} {
		if err := a.load(ctx, a.rec.ID); err != nil {
			return Visit{}, err
		}
		if err := step(); err != nil {
			return Visit{}, err
		}
	}
	for _, m := range g.makeway {
		if err := d.makeGood(ctx, tx, by, m.rec, a.rec); err != nil {
			return Visit{}, err
		}
	}
	return a.show(ctx)
}

// touchFarewell touches what an end-of-life visit may change, in the order of
// everybody: the patients, then every device of the ward, since whoever makes way
// gets another one.
func (d *Desk) touchFarewell(ctx context.Context, tx *store.Tx, by booking.Actor, f Farewell) error {
	patients := []booking.PatientID{f.Patient}
	for _, id := range f.Making {
		r, err := tx.Record(ctx, id)
		if errors.Is(err, booking.ErrNoSuchVisit) || err == nil && !by.May(booking.RunVisits, r.Ward) {
			return booking.ErrStale
		}
		if err != nil {
			return err
		}
		patients = append(patients, r.Patient)
	}
	slices.Sort(patients)
	for _, id := range slices.Compact(patients) {
		if err := tx.Touch(ctx, patientOf(id)); err != nil {
			return err
		}
	}
	ward, err := wardOf(ctx, tx, by, booking.RunVisits, f.Patient)
	if err != nil {
		return err
	}
	return touchFleet(ctx, tx, ward.ID)
}

// touchFleet touches every device of a ward, for an act that goes on to reserve
// several of them in no order.
func touchFleet(ctx context.Context, tx *store.Tx, ward booking.WardID) error {
	devices, err := tx.Devices(ctx, ward)
	if err != nil {
		return err
	}
	slices.SortFunc(devices, func(a, b booking.Device) int { return cmp.Compare(a.ID, b.ID) })
	for _, device := range devices {
		if err := tx.Touch(ctx, deviceOf(device.ID)); err != nil {
			return err
		}
	}
	return nil
}

package desk

import (
	"context"
	"errors"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// longestOffering bounds how many days are looked at for one page.
const longestOffering = 62

// An Occasion is a visit that somebody would like to hold a time for. What is
// left zero is the usual: the length of the session, an ordinary visit, every
// rule kept.
type Occasion struct {
	Patient   booking.PatientID
	Visitor   booking.VisitorID // whom it is for
	Start     time.Time
	Length    time.Duration // of a visit outside every session, which only staff may hold
	Kind      booking.VisitKind
	Overrides []booking.Override // rules that staff set aside for it
}

// An offerer works out what is free for one patient in one ward, and what the
// ward's rules say of a time.
type offerer struct {
	by      booking.Actor
	ward    booking.Ward
	bay     string // where the patient lies
	patient booking.Patient
	now     time.Time
	but     booking.VisitID // whose reservations do not count, because it would give them up
	kind    booking.VisitKind
	asked   []booking.Override // rules that the actor would set aside
	used    []booking.Override // those that had to be
	table   *booking.Timetable // nil until it is read
}

// offererFor returns the offerer of an actor. barred says that a visitor is to
// see nothing free, after the same work as anybody else.
func (d *Desk) offererFor(ctx context.Context, tx *store.Tx, by booking.Actor, patient booking.PatientID) (o offerer, barred bool, err error) {
	o = offerer{by: by, now: d.now()}
	if by.Visitor() == "" {
		if o.ward, err = wardOf(ctx, tx, by, booking.RunVisits, patient); err != nil {
			return o, false, err
		}
		if o.patient, err = tx.Patient(ctx, patient); err != nil {
			return o, false, err
		}
		stay, err := tx.Stay(ctx, patient)
		o.bay = stay.Bay
		return o, false, err
	}
	standing, err := standingFor(ctx, tx, by, patient, by.Visitor())
	if err != nil {
		return o, false, err
	}
	barred, standing.Member.Barred = standing.Member.Barred, false
	if err := standing.MayVisit(o.now); err != nil {
		return o, false, err
	}
	o.ward, o.bay, o.patient = standing.Ward, standing.Bay, standing.Patient
	o.patient.MRN = ""
	o.but, err = tx.OpenHold(ctx, patient, by.Visitor()) // theirs to exchange
	return o, barred, err
}

// who is the kind of booker that the actor is.
func (o *offerer) who() booking.Booker { return booking.BookerOf(o.by, o.kind) }

// timetable reads when the ward takes visits, once.
func (o *offerer) timetable(ctx context.Context, tx *store.Tx) (booking.Timetable, error) {
	if o.table == nil {
		t, err := tx.Timetable(ctx, o.ward, booking.DateOf(o.now, o.ward.Site.Zone))
		if err != nil {
			return t, err
		}
		o.table = &t
	}
	return *o.table, nil
}

// days gives what is free on each of n days from one on.
func (o *offerer) days(ctx context.Context, tx *store.Tx, from booking.Date, n int) ([]Day, error) {
	n = max(1, min(n, longestOffering))
	zone := o.ward.Site.Zone
	table, err := o.timetable(ctx, tx)
	if err != nil {
		return nil, err
	}
	begins, _ := booking.DayBounds(from, zone)
	_, ends := booking.DayBounds(from.AddDays(n-1), zone)
	diary, err := tx.Diary(ctx, o.ward.ID, o.patient.ID, o.now, begins.Add(-around), ends.Add(around), o.but)
	if err != nil {
		return nil, err
	}
	full := o.fullWeeks(ctx, tx)
	days := make([]Day, n)
	for i := range days {
		date := from.AddDays(i)
		days[i].Date = date
		over, err := full(date)
		if err != nil {
			return nil, err
		}
		if over {
			continue
		}
		var open []booking.Slot
		for _, s := range table.SlotsOn(date, o.who(), o.bay) {
			if o.ward.Policy.Bookable(s.When.Start(), o.now, o.who()) == nil {
				open = append(open, s)
			}
		}
		days[i].Slots = diary.Free(open, o.bay, o.buffered())
	}
	return days, nil
}

// around is how far beside an interval a diary is read: as far as the choice of
// a device looks for gaps.
const around = 24 * time.Hour

// buffered is the ward's policy with the buffers of this patient.
func (o *offerer) buffered() booking.Policy {
	p := o.ward.Policy
	b := p.BuffersFor(o.patient.Infection)
	p.Prepare, p.Clean = b.Prepare, b.Clean
	return p
}

// fullWeeks tells of which days the week has had as many visits as the ward
// gives one patient. Each week is counted once.
func (o *offerer) fullWeeks(ctx context.Context, tx *store.Tx) func(booking.Date) (bool, error) {
	counted := map[time.Time]bool{}
	return func(d booking.Date) (bool, error) {
		if o.ward.Policy.WeeklyMax == 0 || o.who() == booking.Goodbye {
			return false, nil
		}
		day, _ := booking.DayBounds(d, o.ward.Site.Zone)
		week, _ := o.ward.Policy.WeekOf(day, o.ward.Site.Zone)
		full, known := counted[week]
		if !known {
			err := o.roomInWeek(ctx, tx, day)
			full = errors.Is(err, booking.ErrWeekFull)
			if err != nil && !full {
				return false, err
			}
			counted[week] = full
		}
		return full, nil
	}
}

// roomInWeek refuses a visit at an instant whose week is full.
func (o *offerer) roomInWeek(ctx context.Context, tx *store.Tx, at time.Time) error {
	if o.ward.Policy.WeeklyMax == 0 {
		return nil
	}
	from, to := o.ward.Policy.WeekOf(at, o.ward.Site.Zone)
	booked, err := tx.VisitsBetween(ctx, o.patient.ID, from, to, o.now, o.but)
	if err != nil {
		return err
	}
	return o.ward.Policy.RoomInWeek(booked)
}

// slotAt returns the slot that begins at start, or one of a length of its own
// that staff ask for outside every session, or says which rule is against it for
// this actor. Rules that are set aside are added to o.used.
func (o *offerer) slotAt(ctx context.Context, tx *store.Tx, start time.Time, length time.Duration) (booking.Slot, error) {
	slot, broken, err := o.look(ctx, tx, start, length)
	if err != nil {
		return booking.Slot{}, err
	}
	for _, rule := range broken {
		if err := o.settle(rule); err != nil {
			return booking.Slot{}, err
		}
	}
	return slot, nil
}

// look finds a slot as slotAt does, with everything that stands against it: rules,
// and any fault met while asking them. A time that is past is refused at once.
func (o *offerer) look(ctx context.Context, tx *store.Tx, start time.Time, length time.Duration) (booking.Slot, []error, error) {
	if o.by.Visitor() == "" && start.Before(o.now.Add(-startedLately)) {
		return booking.Slot{}, nil, booking.ErrPast // which no reason helps; relatives are always too late for it
	}
	table, err := o.timetable(ctx, tx)
	if err != nil {
		return booking.Slot{}, nil, err
	}
	var broken []error
	slot, err := table.SlotAt(start, o.who())
	if length > 0 && length != slot.When.Length() && o.by.Visitor() == "" {
		own, bad := booking.NewInterval(start, length)
		if bad != nil || length > longestVisit {
			return booking.Slot{}, nil, booking.ErrBadTime
		}
		slot, _ = table.SlotOf(own)
		err = nil
		broken = append(broken, booking.ErrNotASlot)
	}
	if err != nil {
		return booking.Slot{}, nil, err
	}
	broken = append(broken, table.Against(slot, o.bay)...)
	return slot, append(broken, o.ward.Policy.Bookable(start, o.now, o.who()), o.roomInWeek(ctx, tx, start)), nil
}

// refusals are those of errs that are rules; another kind of error is a fault.
func refusals(errs []error) (rules []*booking.Refusal, fault error) {
	for _, err := range errs {
		var rule *booking.Refusal
		switch {
		case errors.As(err, &rule):
			rules = append(rules, rule)
		case err != nil:
			return nil, err
		}
	}
	return rules, nil
}

// startedLately is how long ago a visit booked outside the rules may have begun:
// one that begins this very minute did so some seconds ago.
const startedLately = time.Minute

// longestVisit bounds what staff may ask for.
const longestVisit = 12 * time.Hour

// settle answers for a rule that would be broken, if any.
func (o *offerer) settle(broken error) error {
	if broken == nil {
		return nil
	}
	override, err := booking.Settle(broken, o.by, o.ward.ID, o.kind, o.asked)
	if override != nil {
		o.used = append(o.used, *override)
	}
	return err
}

// near gives the n free slots nearest to an instant, of those in the two weeks
// around it.
func (o *offerer) near(ctx context.Context, tx *store.Tx, want time.Time, n int) ([]booking.Slot, error) {
	first := booking.DateOf(want, o.ward.Site.Zone).AddDays(-3)
	if today := booking.DateOf(o.now, o.ward.Site.Zone); first.Before(today) {
		first = today
	}
	days, err := o.days(ctx, tx, first, 15)
	if err != nil {
		return nil, err
	}
	var free []booking.Slot
	for _, day := range days {
		free = append(free, day.Slots...)
	}
	return booking.Nearest(free, want, max(0, n)), nil
}

// Offering is what is free for a patient on days from from. Somebody who is
// barred sees every day full.
func (d *Desk) Offering(ctx context.Context, by booking.Actor, patient booking.PatientID, from booking.Date, days int) (Offering, error) {
	return view(ctx, d, func(tx *store.Tx) (Offering, error) {
		o, barred, err := d.offererFor(ctx, tx, by, patient)
		if err != nil {
			return Offering{}, err
		}
		return o.offering(ctx, tx, from, days, barred)
	})
}

// OfferingToMove is what is free for moving a visit; what the visit has itself
// counts as free.
func (d *Desk) OfferingToMove(ctx context.Context, by booking.Actor, ref booking.Reference, from booking.Date, days int) (Offering, error) {
	return view(ctx, d, func(tx *store.Tx) (Offering, error) {
		r, err := tx.RecordByReference(ctx, ref)
		if err != nil {
			return Offering{}, err
		}
		if !maySteer(by, r) {
			return Offering{}, booking.ErrNoSuchVisit
		}
		o, barred, err := d.offererFor(ctx, tx, by, r.Patient)
		if err != nil {
			return Offering{}, err
		}
		o.but = r.ID
		return o.offering(ctx, tx, from, days, barred)
	})
}

func (o *offerer) offering(ctx context.Context, tx *store.Tx, from booking.Date, n int, barred bool) (Offering, error) {
	days, err := o.days(ctx, tx, from, n)
	if err != nil {
		return Offering{}, err
	}
	for i := range days {
		if barred {
			days[i].Slots = nil
		}
	}
	return Offering{Patient: o.patient, Ward: o.ward, Days: days}, nil
}

// Alternatives are the n free slots nearest to want, in order of time.
func (d *Desk) Alternatives(ctx context.Context, by booking.Actor, patient booking.PatientID, want time.Time, n int) ([]booking.Slot, error) {
	return view(ctx, d, func(tx *store.Tx) ([]booking.Slot, error) {
		o, barred, err := d.offererFor(ctx, tx, by, patient)
		if err != nil {
			return nil, err
		}
		free, err := o.near(ctx, tx, want, n)
		if barred {
			free = nil
		}
		return free, err
	})
}

package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// A Repeat asks for a booked visit to recur: at the same time by the clock on the
// wall, with the same people and the same interpreter wanted.
type Repeat struct {
	EveryWeeks int
	Count      int            // visits in all, the booked one among them; 0 for as many as there are until Last
	Last       booking.Date   // the zero Date when Count says it
	Skip       []booking.Date // left out
}

// recurrence is the repeat of a visit, whose day is the first.
func (r Repeat) recurrence(v booking.Visit, zone *time.Location) booking.Recurrence {
	local := v.When.Start().In(zone)
	return booking.Recurrence{
		First: booking.DateOf(v.When.Start(), zone), Clock: booking.ClockTime(local.Hour()*60 + local.Minute()),
		EveryWeeks: r.EveryWeeks, Count: r.Count, Last: r.Last, Skip: r.Skip,
	}
}

// A SeriesDay is a day of a series, with what would come of it.
type SeriesDay struct {
	booking.Occurrence
	Booked  bool          // the visit that is booked already
	Refused error         // why there is no visit on it; nil when there is, or could be
	Near    *booking.Slot // the nearest free time, when the day's own is taken
}

// A SeriesPlan is what a Repeat would come to.
type SeriesPlan struct {
	Visit Visit
	Days  []SeriesDay
}

// Able counts the visits that there would be, the booked one among them.
func (p SeriesPlan) Able() (n int) {
	for _, d := range p.Days {
		if d.Refused == nil {
			n++
		}
	}
	return n
}

// PlanSeries says of each day of a series what would come of it, and changes
// nothing.
func (d *Desk) PlanSeries(ctx context.Context, by booking.Actor, ref booking.Reference, r Repeat) (SeriesPlan, error) {
	return view(ctx, d, func(tx *store.Tx) (SeriesPlan, error) {
		rec, err := tx.RecordByReference(ctx, ref)
		if err != nil {
			return SeriesPlan{}, err
		}
		if !maySteer(by, rec) {
			return SeriesPlan{}, booking.ErrNoSuchVisit
		}
		a := &act{Tx: tx, by: by, now: d.now()}
		if err := a.load(ctx, rec.ID); err != nil {
			return SeriesPlan{}, err
		}
		o, days, err := d.planned(ctx, a, r)
		if err != nil {
			return SeriesPlan{}, err
		}
		p := SeriesPlan{}
		if p.Visit, err = detailed(ctx, tx, by, rec); err != nil {
			return p, err
		}
		for i := range days {
			if err := foresee(ctx, tx, &o, &days[i]); err != nil {
				return p, err
			}
		}
		p.Days = days
		return p, nil
	})
}

// planned checks that the visit of the act may recur so, and sets out the days.
func (d *Desk) planned(ctx context.Context, a *act, r Repeat) (offerer, []SeriesDay, error) {
	o := offerer{by: a.by, now: a.now, kind: a.rec.Kind, patient: a.rec.PatientRecord, bay: a.rec.Bay}
	standing, err := a.Standing(ctx, a.rec.Patient, a.rec.HeldFor)
	if err != nil {
		return o, nil, err
	}
	switch {
	case a.rec.State != booking.Booked:
		return o, nil, booking.ErrVisitOver
	case a.rec.Series != "":
		return o, nil, booking.ErrInSeries
	case a.rec.Kind == booking.EndOfLife:
		return o, nil, booking.ErrGoodbyeOnce
	case a.by.Visitor() != "":
		if standing, err = a.Standing(ctx, a.rec.Patient, a.by.Visitor()); err != nil {
			return o, nil, err
		}
	}
	if err := standing.MayVisit(a.now); err != nil {
		return o, nil, err
	}
	o.ward = standing.Ward
	zone := o.ward.Site.Zone
	rec := r.recurrence(a.rec.Visit, zone)
	if err := rec.Check(); err != nil {
		return o, nil, err
	}
	var days []SeriesDay
	for _, occurrence := range rec.Occurrences(zone) {
		day := SeriesDay{Occurrence: occurrence, Booked: occurrence.At.Equal(a.rec.When.Start())}
		if occurrence.Date == rec.First && !day.Booked { // of a time that happens twice it is the second
			day.At, day.Booked = a.rec.When.Start(), true
		}
		if day.At.IsZero() {
			day.Refused = booking.ErrNoSuchLocalTime
		}
		days = append(days, day)
	}
	if len(days) == 0 || !days[0].Booked {
		return o, nil, booking.ErrBadSeries // the visit itself was left out
	}
	return o, days, nil
}

// foresee asks what would come of a day, without booking it.
func foresee(ctx context.Context, tx *store.Tx, o *offerer, day *SeriesDay) error {
	if day.Booked || day.Refused != nil {
		return nil
	}
	slot, err := o.slotAt(ctx, tx, day.At, 0)
	if err == nil {
		buffers := o.buffered()
		v := booking.Visit{When: slot.When, Prepare: buffers.Prepare, Clean: buffers.Clean}
		span := v.DeviceTime().Widen(around, around)
		diary, look := tx.Diary(ctx, o.ward.ID, o.patient.ID, o.now, span.Start(), span.End(), "")
		if look != nil {
			return look
		}
		_, _, err = diary.Choose(v, o.bay)
	}
	return day.refuse(ctx, tx, o, err)
}

// refuse keeps why there is no visit on a day, if it is a rule that says so, with
// the nearest time that is free instead.
func (day *SeriesDay) refuse(ctx context.Context, tx *store.Tx, o *offerer, err error) error {
	var refusal *booking.Refusal
	if err == nil || errors.Is(err, store.ErrAgain) || !errors.As(err, &refusal) {
		return err // to lose a race is no refusal: the whole is run again
	}
	day.Refused = refusal
	if far := o.ward.Policy.Bookable(day.At, o.now, o.who()); errors.Is(refusal, booking.ErrNotASlot) && far != nil {
		day.Refused = far // that day is out of reach, whatever times the ward will offer on it
	}
	near, err := o.near(ctx, tx, day.At, 1)
	if err == nil && len(near) > 0 {
		day.Near = &near[0]
	}
	return err
}

// A Recurring is a series as it was booked.
type Recurring struct {
	booking.Series
	Visits []Visit     // all of them, in order of time
	Out    []SeriesDay // the days without one, and why; only of what has just been booked
}

// BookSeries books every visit of a series that can be had, in one go, and tells
// everybody who comes of all of them at once. Days on which there can be none are
// left out and listed; the family chooses another time for them, or does not.
func (d *Desk) BookSeries(ctx context.Context, by booking.Actor, ref booking.Reference, r Repeat) (Recurring, error) {
	var skip []string
	for _, day := range r.Skip {
		skip = append(skip, day.String())
	}
	asked := creation[Recurring]{
		act: "book_series", asked: []any{ref, r.EveryWeeks, r.Count, r.Last.String(), skip},
		id: func(made Recurring) string { return string(made.ID) },
		find: func(ctx context.Context, tx *store.Tx, id string) (Recurring, error) {
			return d.recurring(ctx, tx, by, booking.SeriesID(id))
		},
	}
	return create(ctx, d, by, asked, func(tx *store.Tx) (made Recurring, err error) {
		_, err = d.changeIn(ctx, tx, by, maySteer, func(a *act) error {
			made, err = d.bookSeries(ctx, a, r)
			return err
		}, byReference(ref))
		return made, err
	})
}

func (d *Desk) bookSeries(ctx context.Context, a *act, r Repeat) (Recurring, error) {
	o, days, err := d.planned(ctx, a, r)
	if err != nil {
		return Recurring{}, err
	}
	if err := d.touchSeries(ctx, a, o.ward.ID); err != nil {
		return Recurring{}, err
	}
	s, err := d.newSeries(a, o, r)
	if err != nil {
		return Recurring{}, err
	}
	if err := a.AddSeries(ctx, s); err != nil {
		return Recurring{}, err
	}
	if err := a.JoinSeries(ctx, a.rec.ID, s.ID); err != nil {
		return Recurring{}, err
	}
	var out []SeriesDay
	for _, day := range days {
		if !day.Booked && day.Refused == nil {
			if err := day.refuse(ctx, a.Tx, &o, d.bookLike(ctx, a, &o, s, day)); err != nil {
				return Recurring{}, err
			}
		}
		if day.Refused != nil {
			out = append(out, day)
		}
	}
	if len(out) == len(days)-1 { // nothing but the visit that was there before
		return Recurring{}, booking.ErrNoSlots
	}
	if err := a.record(ctx, booking.SeriesBooked, "series "+string(s.ID)); err != nil {
		return Recurring{}, err
	}
	made, err := d.recurring(ctx, a.Tx, a.by, s.ID)
	if err != nil {
		return made, err
	}
	made.Out = out
	return made, d.tellSeries(ctx, a, booking.NoticeSeries, made.Visits)
}

// touchSeries touches everything that the visits of a series may take, in the
// order of everybody, since their days come in no order of devices.
func (d *Desk) touchSeries(ctx context.Context, a *act, ward booking.WardID) error {
	if err := touchFleet(ctx, a.Tx, ward); err != nil || a.rec.Tongue.IsZero() {
		return err
	}
	speaking, err := a.Interpreters(ctx, a.rec.Tongue)
	if err != nil {
		return err
	}
	var ids []booking.InterpreterID
	for _, who := range speaking {
		ids = append(ids, who.ID)
	}
	slices.Sort(ids)
	for _, id := range ids {
		if err := a.Touch(ctx, interpreterOf(id)); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) newSeries(a *act, o offerer, r Repeat) (booking.Series, error) {
	id, err := d.newID()
	rec := r.recurrence(a.rec.Visit, o.ward.Site.Zone)
	return booking.Series{
		ID: booking.SeriesID(id), Patient: a.rec.Patient, Visitor: a.rec.HeldFor, Ward: o.ward.ID, Weekday: rec.First.Weekday(),
		Start: rec.Clock, Length: a.rec.When.Length(), EveryWeeks: rec.EveryWeeks, First: rec.First, Last: rec.LastDay(),
		MadeAt: a.now, MadeBy: a.by,
	}, err
}

// bookLike books a visit like that of the act on another day, and says nothing of
// it but what is due near the day itself. When a rule refuses, nothing is left
// behind but a hold that was given back.
func (d *Desk) bookLike(ctx context.Context, like *act, o *offerer, s booking.Series, day SeriesDay) error {
	slot, err := o.slotAt(ctx, like.Tx, day.At, 0)
	if err != nil {
		return err
	}
	standing, err := like.Standing(ctx, s.Patient, s.Visitor)
	if err != nil {
		return err
	}
	a, err := d.hold(ctx, like.Tx, like.by, standing, claim{when: slot.When, kind: like.rec.Kind, series: s.ID})
	if err != nil {
		return err
	}
	for _, p := range like.rec.People {
		if p.Role == booking.AsVisitor && p.Place != booking.Removed {
			if err := d.expect(ctx, a, p.Visitor); err != nil {
				return err
			}
		}
	}
	if err := a.load(ctx, a.rec.ID); err != nil {
		return err
	}
	v := a.rec.Visit
	v.Tongue, v.Needs = like.rec.Tongue, like.rec.Needs
	if err := a.save(ctx, v); err != nil {
		return err
	}
	a.quiet = true
	refused := d.askFirst(ctx, a)
	if refused == nil {
		return d.confirm(ctx, a)
	}
	var rule *booking.Refusal
	if !errors.As(refused, &rule) || errors.Is(refused, store.ErrAgain) {
		return refused
	}
	if err := a.giveBack(ctx); err != nil {
		return err
	}
	return rule
}

// askFirst asks all that could stop a visit from being confirmed, while it is only
// held and can be given back.
func (d *Desk) askFirst(ctx context.Context, a *act) error {
	if err := a.mayAllCome(ctx); err != nil {
		return err
	}
	if !a.rec.Tongue.IsZero() {
		if err := d.askInterpreter(ctx, a); err != nil {
			return err
		}
		return a.load(ctx, a.rec.ID)
	}
	return nil
}

// recurring is a series with its visits, for somebody who may steer them.
func (d *Desk) recurring(ctx context.Context, tx *store.Tx, by booking.Actor, id booking.SeriesID) (Recurring, error) {
	s, err := tx.Series(ctx, id)
	if err != nil {
		return Recurring{}, err
	}
	made := Recurring{Series: s}
	records, err := tx.VisitsOfSeries(ctx, id, time.Time{}.AddDate(1, 0, 0))
	if err != nil {
		return made, err
	}
	for _, r := range records {
		if !maySteer(by, r) || r.State == booking.Held || r.Reason == booking.HoldLapsed {
			continue
		}
		v, err := shown(ctx, tx, by, r)
		if err != nil {
			return made, err
		}
		made.Visits = append(made.Visits, v)
	}
	if len(made.Visits) == 0 {
		return Recurring{}, booking.ErrNoSuchSeries
	}
	return made, nil
}

// SeriesOf is the series that a visit is one of.
func (d *Desk) SeriesOf(ctx context.Context, by booking.Actor, ref booking.Reference) (Recurring, error) {
	return view(ctx, d, func(tx *store.Tx) (Recurring, error) {
		r, err := tx.RecordByReference(ctx, ref)
		switch {
		case err != nil:
			return Recurring{}, err
		case !maySteer(by, r) || r.Series == "":
			return Recurring{}, booking.ErrNoSuchSeries
		}
		return d.recurring(ctx, tx, by, r.Series)
	})
}

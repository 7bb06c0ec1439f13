package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// This file asks the ward's rules once more when a held time is booked. A hold
// promises its time for some minutes, in which the ward may close, or decide
// otherwise.

// bookHeld confirms the held visit of the act, unless the ward has decided against
// its time since it was held.
func (d *Desk) bookHeld(ctx context.Context, a *act) error {
	if a.rec.State == booking.Booked {
		return nil // pressed twice
	}
	since := a.rec.HeldUntil.Add(-a.ward.Policy.HoldFor)
	if since.After(a.now) {
		since = a.now // it was kept for longer than a form takes
	}
	if err := d.confirm(ctx, a); err != nil {
		return err
	}
	if a.rec.Kind == booking.EndOfLife {
		return nil // which sets aside whatever has been decided
	}
	return a.stillAllowed(ctx, since)
}

// stillAllowed refuses a time that the ward's rules are against as they are when
// this transaction commits: it comes last, when the ward is this act's own. Rules
// that were set aside for the visit stay so. Whether there was notice enough is
// judged by when the time was held.
func (a *act) stillAllowed(ctx context.Context, since time.Time) error {
	if err := a.SettleWards(ctx, a.rec.Ward); err != nil {
		return err
	}
	date, from, to, ordinary := byTheClock(a.rec.When, a.ward.Site.Zone)
	version, stand, err := a.RulesStand(ctx, a.rec.Ward, date, from, to)
	if err != nil || stand && ordinary && version == a.rec.PolicyVersion {
		return err
	}
	ward, err := a.WardUnder(ctx, a.rec.Ward, version)
	if err != nil {
		return err
	}
	if !ward.Enabled {
		return booking.ErrWardClosed
	}
	broken, err := a.brokenNow(ctx, ward, since)
	if err != nil {
		return err
	}
	for _, rule := range broken {
		if aside, err := a.isSetAside(ctx, rule); err != nil || !aside {
			return cmp.Or[error](err, rule)
		}
	}
	return nil
}

// byTheClock is a time as a ward's clocks show it, and whether it is on one day
// whose clocks do not change meanwhile.
func byTheClock(when booking.Interval, zone *time.Location) (d booking.Date, from, to booking.ClockTime, ordinary bool) {
	start := when.Start().In(zone)
	d = booking.DateOf(start, zone)
	from = booking.ClockTime(start.Hour()*60 + start.Minute())
	to = from + booking.ClockTime(when.Length()/time.Minute)
	begins, next := booking.DayBounds(d, zone)
	return d, from, to, next.Sub(begins) == 24*time.Hour && !when.End().After(next)
}

// brokenNow are the rules that stand against the visit of the act under what a
// ward decides now.
func (a *act) brokenNow(ctx context.Context, ward booking.Ward, since time.Time) ([]*booking.Refusal, error) {
	who := booking.BookerOf(a.rec.BookedBy, a.rec.Kind)
	table, err := a.Timetable(ctx, ward, booking.DateOf(a.rec.When.Start(), ward.Site.Zone))
	if err != nil {
		return nil, err
	}
	slot, inside := table.SlotOf(a.rec.When)
	var broken []error
	if !inside {
		broken = append(broken, booking.ErrNotASlot)
	}
	broken = append(broken, table.Against(slot, a.rec.Bay)...)
	if ward.Policy.Version != a.rec.PolicyVersion {
		o := offerer{ward: ward, patient: a.rec.PatientRecord, now: a.now, but: a.rec.ID}
		broken = append(broken, ward.Policy.Bookable(a.rec.When.Start(), since, who), o.roomInWeek(ctx, a.Tx, a.rec.When.Start()))
	}
	return refusals(broken)
}

// isSetAside reports whether a rule was set aside for the visit of the act.
func (a *act) isSetAside(ctx context.Context, rule *booking.Refusal) (bool, error) {
	aside, err := a.Overrides(ctx, a.rec.ID)
	return slices.ContainsFunc(aside, func(o booking.Override) bool { return o.Rule == rule.Code }), err
}

// roomFor refuses more relatives than may come to the visit of the act: as many as
// its session says, or else the policy. Staff who may can set that aside, once for
// the visit; relatives cannot add to what staff allowed.
func (a *act) roomFor(ctx context.Context, coming int, asked []booking.Override) error {
	if coming <= 1 {
		return nil
	}
	sessions, err := a.Sessions(ctx, a.rec.Ward)
	if err != nil {
		return err
	}
	table := booking.Timetable{Zone: a.ward.Site.Zone, Sessions: sessions}
	if coming <= table.People(a.rec.When, booking.BookerOf(a.rec.BookedBy, a.rec.Kind), a.ward.Policy) {
		return nil
	}
	if a.by.Visitor() == "" || a.rec.State == booking.Held {
		if aside, err := a.isSetAside(ctx, booking.ErrTooManyPeople); err != nil || aside {
			return err
		}
	}
	override, err := booking.Settle(booking.ErrTooManyPeople, a.by, a.rec.Ward, a.rec.Kind, asked)
	if err != nil {
		return err
	}
	return a.setAside(ctx, []booking.Override{*override})
}

// RulesAgainst are all the rules that stand against an occasion, in the order in
// which they are asked, so that a page can name them at once. Whether the time is
// free is not asked.
func (d *Desk) RulesAgainst(ctx context.Context, by booking.Actor, want Occasion) ([]*booking.Refusal, error) {
	return view(ctx, d, func(tx *store.Tx) ([]*booking.Refusal, error) {
		o, _, err := d.offererFor(ctx, tx, by, want.Patient)
		if err != nil {
			return nil, err
		}
		o.kind = want.Kind
		_, broken, err := o.look(ctx, tx, want.Start, want.Length)
		if err != nil {
			return nil, err
		}
		return refusals(broken)
	})
}

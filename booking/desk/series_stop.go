package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// StopSeries cancels a visit and those of its series that come after it, or, when
// all is set, every one that is still to come, and tells everybody once. Those
// that it is too late to cancel stay. It returns what it cancelled.
func (d *Desk) StopSeries(ctx context.Context, by booking.Actor, ref booking.Reference, all bool) ([]Visit, error) {
	var stopped []Visit
	v, err := do(ctx, d, func(tx *store.Tx) (v Visit, err error) {
		return d.changeIn(ctx, tx, by, maySteer, func(a *act) error {
			stopped, err = d.stopSeries(ctx, a, all)
			return err
		}, byReference(ref))
	})
	if _, err = d.freed(ctx, v, err); err != nil {
		return nil, err
	}
	return stopped, nil
}

func (d *Desk) stopSeries(ctx context.Context, first *act, all bool) (stopped []Visit, err error) {
	id := first.rec.Series
	if id == "" {
		return nil, booking.ErrNoSuchSeries
	}
	from := first.rec.When.Start()
	if all || from.Before(first.now) {
		from = first.now
	}
	records, err := first.VisitsOfSeries(ctx, id, from)
	if err != nil {
		return nil, err
	}
	why := booking.ByWard
	if first.by.Visitor() != "" {
		why = booking.ByFamily
	}
	for _, r := range records {
		a := &act{Tx: first.Tx, by: first.by, now: first.now, quiet: true}
		if err := a.load(ctx, r.ID); err != nil {
			return nil, err
		}
		if a.rec.State != booking.Booked || !maySteer(a.by, a.rec) || a.steerable(a.rec.Version) != nil {
			continue
		}
		was := a.rec
		over, err := a.rec.Cancel(why, a.now)
		if err != nil {
			return nil, err
		}
		if err := d.finish(ctx, a, over); err != nil {
			return nil, err
		}
		if err := d.review(ctx, a.Tx, a.by, r.ID); err != nil {
			return nil, err
		}
		v, err := shown(ctx, a.Tx, a.by, was)
		if err != nil {
			return nil, err
		}
		stopped = append(stopped, v)
	}
	if len(stopped) == 0 {
		return nil, nil // pressed twice
	}
	if err := first.EndSeries(ctx, id, first.now); err != nil {
		return nil, err
	}
	if err := first.record(ctx, booking.SeriesStopped, "series "+string(id)); err != nil {
		return nil, err
	}
	return stopped, d.tellSeries(ctx, first, booking.NoticeSeriesOff, stopped)
}

// tellSeries tells everybody who comes to visits, or was to, of all of theirs in
// one message.
func (d *Desk) tellSeries(ctx context.Context, a *act, what booking.NoticeKind, visits []Visit) error {
	theirs := map[booking.VisitorID][]Visit{}
	var order []booking.VisitorID
	for _, v := range visits {
		for _, p := range v.People {
			if p.Role != booking.AsVisitor || p.Place == booking.Removed {
				continue
			}
			if len(theirs[p.Visitor]) == 0 {
				order = append(order, p.Visitor)
			}
			theirs[p.Visitor] = append(theirs[p.Visitor], v)
		}
	}
	slices.Sort(order)
	for _, id := range order {
		if err := d.tellOfAll(ctx, a, what, id, theirs[id]); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) tellOfAll(ctx context.Context, a *act, what booking.NoticeKind, id booking.VisitorID, visits []Visit) error {
	visitor, err := a.Visitor(ctx, id)
	if err != nil {
		return err
	}
	last := visits[len(visits)-1]
	words := map[string]string{
		"hospital": a.ward.Site.Name, "phone": a.ward.Phone, "dates": sayDates(visits, a.ward.Site.Zone),
	}
	if what == booking.NoticeSeries {
		words["link"], err = d.newLink(ctx, a.Tx, booking.Invite{
			Patient: a.rec.Patient, Visitor: id, Expires: later(a.now.Add(inviteLife), last.When.End().Add(afterVisits)),
		})
		if err != nil {
			return err
		}
	}
	return d.owe(ctx, a.Tx, visitor.Phone, visitor.Email, booking.Notice{
		Kind: what, Visit: last.ID, Due: a.now, Expires: last.When.End(),
		Dedupe: fmt.Sprintf("%s:%s:%d:%s", what, last.ID, last.Version, id), Words: words,
	})
}

// sayDates says when visits are as briefly as can be: "Tuesdays at 2:00pm: 24 Nov,
// 1, 8 Dec". Those that are not all at one time of one weekday are said each.
func sayDates(visits []Visit, zone *time.Location) string {
	alike := true
	first := visits[0].When.Start().In(zone)
	for _, v := range visits {
		at := v.When.Start().In(zone)
		alike = alike && at.Weekday() == first.Weekday() && at.Hour() == first.Hour() && at.Minute() == first.Minute()
	}
	var said []string
	for i, v := range visits {
		at := v.When.Start().In(zone)
		switch last := i == len(visits)-1; {
		case !alike:
			said = append(said, at.Format("Mon 2 Jan 3:04pm"))
		case !last && visits[i+1].When.Start().In(zone).Month() == at.Month():
			said = append(said, at.Format("2"))
		default:
			said = append(said, at.Format("2 Jan"))
		}
	}
	if alike {
		return first.Format("Mondays at 3:04pm: ") + strings.Join(said, ", ")
	}
	return strings.Join(said, ", ")
}

package desk

import (
	"context"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// Rules are what a ward decides for itself, for the pages that show it.
type Rules struct {
	Ward      booking.Ward
	Today     booking.Date
	Sessions  []booking.Session // by weekday and time
	Over      []booking.Session // those that take place no more
	Closures  []booking.Closure // that stand, by day
	Reopened  []booking.Closure // the last of those that do not
	Protected []booking.ProtectedTime
	Bays      []string
	Devices   int // the ward's iPads
	Usable    int // those that can be booked: so many visits can be at once
	Below     []BelowAim
	MayChange bool
}

// BelowAim is a patient who has fewer visits this week than the ward aims at.
type BelowAim struct {
	Bedside booking.Stay
	Patient booking.Patient
	Visits  int // had or booked
}

// closuresShown is how many closures that no longer stand a page lists.
const closuresShown = 20

// Rules gives what a ward decides for itself, to whoever runs it.
func (d *Desk) Rules(ctx context.Context, by booking.Actor, ward booking.WardID) (Rules, error) {
	return view(ctx, d, func(tx *store.Tx) (Rules, error) {
		w, err := heldWard(ctx, tx, by, booking.RunVisits, ward)
		if err != nil {
			return Rules{}, err
		}
		r := Rules{Ward: w, Today: booking.DateOf(d.now(), w.Site.Zone), MayChange: by.May(booking.DecideRules, ward)}
		table, err := tx.Timetable(ctx, w, r.Today)
		if err != nil {
			return r, err
		}
		r.Closures, r.Protected = table.Closures, table.Protected
		for _, s := range table.Sessions {
			if s.Over(r.Today) {
				r.Over = append(r.Over, s)
			} else {
				r.Sessions = append(r.Sessions, s)
			}
		}
		if r.Reopened, err = tx.PastClosures(ctx, ward, r.Today, closuresShown); err != nil {
			return r, err
		}
		if r.Bays, err = tx.Bays(ctx, ward); err != nil {
			return r, err
		}
		devices, err := tx.Devices(ctx, ward)
		if err != nil {
			return r, err
		}
		r.Devices = len(devices)
		for _, device := range devices {
			if device.State.Usable() {
				r.Usable++
			}
		}
		r.Below, err = d.belowAim(ctx, tx, w)
		return r, err
	})
}

// belowAim are those lying in a ward who have fewer visits this week than it aims
// at, those with least first.
func (d *Desk) belowAim(ctx context.Context, tx *store.Tx, ward booking.Ward) ([]BelowAim, error) {
	if ward.Policy.WeeklyMin == 0 {
		return nil, nil
	}
	from, to := ward.Policy.WeekOf(d.now(), ward.Site.Zone)
	counts, err := tx.VisitsByPatient(ctx, ward.ID, from, to)
	if err != nil {
		return nil, err
	}
	visits := map[booking.PatientID]int{}
	for _, c := range counts {
		visits[c.Patient] = c.Visits
	}
	inpatients, err := tx.Inpatients(ctx, ward.ID)
	if err != nil {
		return nil, err
	}
	var below []BelowAim
	for _, in := range inpatients {
		if n := visits[in.Patient.ID]; n < ward.Policy.WeeklyMin {
			below = append(below, BelowAim{in.Stay, in.Patient, n})
		}
	}
	slices.SortStableFunc(below, func(a, b BelowAim) int { return a.Visits - b.Visits })
	return below, nil
}

// An Effect is what a change of a ward's rules would mean, for whoever is about
// to make it.
type Effect struct {
	Ward  booking.Ward
	Days  []EffectDay      // with visits that are booked and would be against the rules
	Count int              // of those visits
	Odd   []booking.OddDay // on which the clocks change some of the times
	Weeks []FullWeek       // with more visits booked than a new limit allows
	Kept  int              // visits that are booked, and keep the rules they were booked under
}

// An EffectDay is a day with visits that a change touches, in order of time.
type EffectDay struct {
	Date   booking.Date
	Visits []Visit
}

// A FullWeek is a week for which more is booked for a patient than a limit allows.
type FullWeek struct {
	From    booking.Date // its first day
	Patient booking.Patient
	Visits  int
}

// toDecide returns a ward whose rules the actor is about to change, and has
// everybody else who would wait until that is done.
func toDecide(ctx context.Context, tx *store.Tx, by booking.Actor, ward booking.WardID) (booking.Ward, error) {
	if err := mayDecide(by, ward); err != nil {
		return booking.Ward{}, err
	}
	if err := tx.TakeWard(ctx, ward); err != nil {
		return booking.Ward{}, err
	}
	return tx.Ward(ctx, ward)
}

// mayDecide refuses whoever may not change a ward's rules. A ward that they have
// nothing to do with is not there.
func mayDecide(by booking.Actor, ward booking.WardID) error {
	return by.Refused(booking.DecideRules, ward, booking.ErrNoSuchWard)
}

// farAhead is as far as visits are looked for that a rule touches: further than
// any policy lets anybody book.
const farAhead = 3 * 366 * 24 * time.Hour

// standing are the visits of a ward that are booked for from now on and not begun,
// in order of time.
func (d *Desk) standing(ctx context.Context, tx *store.Tx, ward booking.WardID) ([]store.Record, error) {
	now := d.now()
	records, err := tx.VisitsOfWard(ctx, ward, now, now.Add(farAhead))
	return slices.DeleteFunc(records, func(r store.Record) bool { return r.State != booking.Booked }), err
}

// effectOn sets out visits by day.
func effectOn(ctx context.Context, tx *store.Tx, by booking.Actor, ward booking.Ward, records []store.Record) (Effect, error) {
	e := Effect{Ward: ward, Count: len(records)}
	for _, r := range records {
		v, err := shown(ctx, tx, by, r)
		if err != nil {
			return e, err
		}
		date := booking.DateOf(r.When.Start(), ward.Site.Zone)
		if n := len(e.Days); n == 0 || e.Days[n-1].Date != date {
			e.Days = append(e.Days, EffectDay{Date: date})
		}
		last := &e.Days[len(e.Days)-1]
		last.Visits = append(last.Visits, v)
	}
	return e, nil
}

// decided records that a ward's rules have changed, and has the visits looked at
// that begin between two instants.
func (d *Desk) decided(ctx context.Context, tx *store.Tx, by booking.Actor, ward booking.WardID, what booking.Action, subject, why string, from, to time.Time) error {
	err := tx.AddEvent(ctx, booking.Event{At: d.now(), By: by, Action: what, Subject: subject, Ward: ward, Reason: why})
	if err != nil {
		return err
	}
	return d.reviewWard(ctx, tx, by, ward, from, to)
}

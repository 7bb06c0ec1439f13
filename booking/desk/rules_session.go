package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// oddAhead is for how long ahead a preview names the days on which the clocks
// change: the next of each kind, and some more.
const oddAhead = 400

// PreviewSessions says what saving sessions of a ward would mean: which booked
// visits would be outside visiting times, and on which days the clocks change
// some of the times. Nothing is changed, and what SaveSessions would refuse is
// refused.
func (d *Desk) PreviewSessions(ctx context.Context, by booking.Actor, ward booking.WardID, changed []booking.Session) (Effect, error) {
	return view(ctx, d, func(tx *store.Tx) (Effect, error) {
		if err := mayDecide(by, ward); err != nil {
			return Effect{}, err
		}
		w, err := tx.Ward(ctx, ward)
		if err != nil {
			return Effect{}, err
		}
		today := booking.DateOf(d.now(), w.Site.Zone)
		table, err := tx.Timetable(ctx, w, today)
		if err != nil {
			return Effect{}, err
		}
		after, err := withSessions(table.Sessions, ward, changed)
		if err != nil {
			return Effect{}, err
		}
		e, err := d.effectOfSessions(ctx, tx, by, w, table, after)
		for _, s := range changed {
			e.Odd = append(e.Odd, s.OddDays(today, today.AddDays(oddAhead), w.Site.Zone)...)
		}
		return e, err
	})
}

// effectOfSessions are the visits that are within the sessions of a timetable, and
// would not be within others.
func (d *Desk) effectOfSessions(ctx context.Context, tx *store.Tx, by booking.Actor, ward booking.Ward, before booking.Timetable, sessions []booking.Session) (Effect, error) {
	records, err := d.standing(ctx, tx, ward.ID)
	if err != nil {
		return Effect{}, err
	}
	after := before
	after.Sessions = sessions
	var outside []store.Record
	for _, r := range records {
		_, was := before.SlotOf(r.When)
		_, is := after.SlotOf(r.When)
		if was && !is {
			outside = append(outside, r)
		}
	}
	return effectOn(ctx, tx, by, ward, outside)
}

// withSessions gives a ward's sessions with some that are new, those without an
// id, or changed. It refuses one that no ward can mean, and one that clashes with
// another.
func withSessions(sessions []booking.Session, ward booking.WardID, changed []booking.Session) ([]booking.Session, error) {
	after := slices.Clone(sessions)
	for _, s := range changed {
		if s.Ward != ward {
			return nil, booking.ErrNoSuchWard
		}
		if err := s.Check(); err != nil {
			return nil, err
		}
		at := slices.IndexFunc(after, func(o booking.Session) bool { return o.ID == s.ID })
		switch {
		case s.ID != "" && at < 0:
			return nil, booking.ErrNoSuchSession
		case s.ID != "":
			after = slices.Delete(after, at, at+1)
		}
		if slices.ContainsFunc(after, func(o booking.Session) bool { return meets(s, o) }) {
			return nil, booking.ErrSessionClashes
		}
		after = append(after, s)
	}
	return after, nil
}

// meets reports whether a session clashes with another one, which may be as new.
func meets(s, other booking.Session) bool {
	if s.ID == other.ID {
		other.ID = "another"
	}
	return s.Clashes(other)
}

// SaveSessions publishes new sessions of a ward, those without an id, and changes
// others, all or none. Two who save sessions that clash, at once, are let in one
// after the other, and the second is refused.
func (d *Desk) SaveSessions(ctx context.Context, by booking.Actor, ward booking.WardID, changed []booking.Session) ([]booking.Session, error) {
	making := creation[[]booking.Session]{
		act: "save_sessions", asked: []any{ward, changed},
		id: func(made []booking.Session) string { return joinIDs(made) },
		find: func(ctx context.Context, tx *store.Tx, ids string) (made []booking.Session, err error) {
			if err := mayDecide(by, ward); err != nil {
				return nil, err
			}
			for _, id := range strings.Fields(ids) {
				s, err := tx.Session(ctx, ward, booking.SessionID(id))
				if err != nil {
					return nil, err
				}
				made = append(made, s)
			}
			return made, nil
		},
	}
	return create(ctx, d, by, making, func(tx *store.Tx) ([]booking.Session, error) {
		return d.saveSessions(ctx, tx, by, ward, changed)
	})
}

func joinIDs(sessions []booking.Session) string {
	var ids []string
	for _, s := range sessions {
		ids = append(ids, string(s.ID))
	}
	return strings.Join(ids, " ")
}

func (d *Desk) saveSessions(ctx context.Context, tx *store.Tx, by booking.Actor, ward booking.WardID, changed []booking.Session) ([]booking.Session, error) {
	if _, err := toDecide(ctx, tx, by, ward); err != nil {
		return nil, err
	}
	sessions, err := tx.Sessions(ctx, ward)
	if err != nil {
		return nil, err
	}
	if _, err := withSessions(sessions, ward, changed); err != nil {
		return nil, err
	}
	saved := slices.Clone(changed) // the act may be run again
	for i, s := range saved {
		s.EveryWeeks = max(1, s.EveryWeeks) // as it is kept
		save := tx.SaveSession
		if s.ID == "" {
			id, err := d.newID()
			if err != nil {
				return nil, err
			}
			s.ID, save = booking.SessionID(id), tx.AddSession
		}
		saved[i] = s
		if err := save(ctx, s); err != nil {
			return nil, err
		}
		if err := tx.AddEvent(ctx, booking.Event{At: d.now(), By: by, Action: booking.SessionSaved, Subject: "session " + string(s.ID), Ward: ward}); err != nil {
			return nil, err
		}
	}
	return saved, d.reviewWard(ctx, tx, by, ward, d.now(), d.now().Add(farAhead))
}

// PreviewEnd says which booked visits would be outside visiting times if a session
// took place for the last time on a day.
func (d *Desk) PreviewEnd(ctx context.Context, by booking.Actor, ward booking.WardID, id booking.SessionID, last booking.Date) (Effect, error) {
	return view(ctx, d, func(tx *store.Tx) (Effect, error) {
		if err := mayDecide(by, ward); err != nil {
			return Effect{}, err
		}
		w, err := tx.Ward(ctx, ward)
		if err != nil {
			return Effect{}, err
		}
		table, err := tx.Timetable(ctx, w, booking.DateOf(d.now(), w.Site.Zone))
		if err != nil {
			return Effect{}, err
		}
		ended, err := d.ended(table.Session(id), last, w.Site.Zone)
		if err != nil {
			return Effect{}, err
		}
		after := []booking.Session{ended}
		for _, s := range table.Sessions {
			if s.ID != id {
				after = append(after, s)
			}
		}
		return d.effectOfSessions(ctx, tx, by, w, table, after)
	})
}

// ended is a session with no day after last. What has taken place is not undone.
func (d *Desk) ended(s booking.Session, last booking.Date, zone *time.Location) (booking.Session, error) {
	yesterday := booking.DateOf(d.now(), zone).AddDays(-1)
	switch {
	case s.ID == "":
		return s, booking.ErrNoSuchSession
	case last.Before(yesterday):
		return s, booking.ErrBadTime
	}
	return s.Until(last), nil
}

// EndSession has a session take place for the last time on a day: yesterday, if
// it is to be over at once. It is not deleted, so that history stays as it was.
func (d *Desk) EndSession(ctx context.Context, by booking.Actor, ward booking.WardID, id booking.SessionID, last booking.Date) error {
	_, err := do(ctx, d, func(tx *store.Tx) (struct{}, error) {
		w, err := toDecide(ctx, tx, by, ward)
		if err != nil {
			return struct{}{}, err
		}
		s, err := tx.Session(ctx, ward, id)
		if err != nil {
			return struct{}{}, err
		}
		if s, err = d.ended(s, last, w.Site.Zone); err != nil {
			return struct{}{}, err
		}
		if err := tx.SaveSession(ctx, s); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, d.decided(ctx, tx, by, ward, booking.SessionEnded, "session "+string(id), "after "+last.String(), d.now(), d.now().Add(farAhead))
	})
	return err
}

package desk

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// oddAhead is for how long ahead a preview names the days on which the clocks
// change: the next of each kind, and some more.
const oddAhead = 400

// PreviewSession says what saving a session would mean: which booked visits would
// be outside visiting times, and on which days the clocks change it. Nothing is
// changed, and what SaveSession would refuse is refused.
func (d *Desk) PreviewSession(ctx context.Context, by booking.Actor, s booking.Session) (Effect, error) {
	return view(ctx, d, func(tx *store.Tx) (Effect, error) {
		if err := mayDecide(by, s.Ward); err != nil {
			return Effect{}, err
		}
		ward, err := tx.Ward(ctx, s.Ward)
		if err != nil {
			return Effect{}, err
		}
		table, err := tx.Timetable(ctx, ward, booking.DateOf(d.now(), ward.Site.Zone))
		if err != nil {
			return Effect{}, err
		}
		after, err := withSession(table.Sessions, s)
		if err != nil {
			return Effect{}, err
		}
		e, err := d.effectOfSessions(ctx, tx, by, ward, table, after)
		today := booking.DateOf(d.now(), ward.Site.Zone)
		e.Odd = s.OddDays(today, today.AddDays(oddAhead), ward.Site.Zone)
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

// withSession gives a ward's sessions with one that is new or changed. It refuses
// one that no ward can mean, and one that clashes with another.
func withSession(sessions []booking.Session, s booking.Session) ([]booking.Session, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	after := []booking.Session{s}
	found := s.ID == "" // a new one
	for _, other := range sessions {
		if s.ID != "" && other.ID == s.ID {
			found = true
			continue
		}
		if s.Clashes(other) {
			return nil, booking.ErrSessionClashes
		}
		after = append(after, other)
	}
	if !found {
		return nil, booking.ErrNoSuchSession
	}
	return after, nil
}

// SaveSession publishes a new session, one without an id, or changes one. Two who
// save sessions that clash, at once, are let in one after the other, and the
// second is refused.
func (d *Desk) SaveSession(ctx context.Context, by booking.Actor, s booking.Session) (booking.Session, error) {
	making := creation[booking.Session]{
		act: "save_session", asked: []any{s},
		id: func(made booking.Session) string { return string(made.ID) },
		find: func(ctx context.Context, tx *store.Tx, id string) (booking.Session, error) {
			if err := mayDecide(by, s.Ward); err != nil {
				return booking.Session{}, err
			}
			return tx.Session(ctx, s.Ward, booking.SessionID(id))
		},
	}
	return create(ctx, d, by, making, func(tx *store.Tx) (booking.Session, error) {
		return d.saveSession(ctx, tx, by, s)
	})
}

func (d *Desk) saveSession(ctx context.Context, tx *store.Tx, by booking.Actor, s booking.Session) (booking.Session, error) {
	ward, err := toDecide(ctx, tx, by, s.Ward)
	if err != nil {
		return s, err
	}
	sessions, err := tx.Sessions(ctx, ward.ID)
	if err != nil {
		return s, err
	}
	if _, err := withSession(sessions, s); err != nil {
		return s, err
	}
	s.EveryWeeks = max(1, s.EveryWeeks) // as it is kept
	save := tx.SaveSession
	if s.ID == "" {
		id, err := d.newID()
		if err != nil {
			return s, err
		}
		s.ID, save = booking.SessionID(id), tx.AddSession
	}
	if err := save(ctx, s); err != nil {
		return s, err
	}
	return s, d.decided(ctx, tx, by, ward.ID, booking.SessionSaved, "session "+string(s.ID), "", d.now(), d.now().Add(farAhead))
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

package desk

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// This file is the screen on a ward's wall. It is paired by a code, as an iPad is,
// and not signed in: a login ends with a shift, and what hangs on a wall must not
// be somebody who could do something.

// wallScope keeps the hashes of its codes apart from those of iPads.
const wallScope = "wall"

// seenEvery is how seldom it is written down that a wall screen was heard from.
const seenEvery = time.Minute

// AddWall adds a wall screen to a ward, and returns the code that makes a browser
// into it, which is shown once.
func (d *Desk) AddWall(ctx context.Context, by booking.Actor, ward booking.WardID, name string) (w booking.WallScreen, code string, expires time.Time, err error) {
	w, err = do(ctx, d, func(tx *store.Tx) (booking.WallScreen, error) {
		none := booking.WallScreen{}
		if _, err := heldWard(ctx, tx, by, booking.KeepDevices, ward); err != nil {
			return none, err
		}
		called, err := readText(name, longestName)
		if err != nil {
			return none, err
		}
		ref, err := d.newReference()
		if err != nil {
			return none, err
		}
		id, err := d.newID()
		if err != nil {
			return none, err
		}
		now := d.now()
		code, expires = string(ref), now.Add(pairingLife)
		w := booking.WallScreen{ID: booking.WallID(id), Ward: ward, Name: called, AddedAt: now, AddedBy: by.ID}
		if err := tx.AddWall(ctx, w, d.hashCode(wallScope, code), expires); err != nil {
			return none, err
		}
		return w, tx.AddEvent(ctx, wallEvent(now, by, booking.WallAdded, w))
	})
	return w, code, expires, err
}

func wallEvent(now time.Time, by booking.Actor, what booking.Action, w booking.WallScreen) booking.Event {
	return booking.Event{At: now, By: by, Action: what, Subject: "wall " + string(w.ID), Ward: w.Ward}
}

// Walls are the wall screens of a ward.
func (d *Desk) Walls(ctx context.Context, by booking.Actor, ward booking.WardID) ([]booking.WallScreen, error) {
	return view(ctx, d, func(tx *store.Tx) ([]booking.WallScreen, error) {
		if _, err := heldWard(ctx, tx, by, booking.UseDevices, ward); err != nil {
			return nil, err
		}
		return tx.WallScreens(ctx, ward)
	})
}

// RemoveWall makes a wall screen's key worthless at once.
func (d *Desk) RemoveWall(ctx context.Context, by booking.Actor, id booking.WallID) error {
	return d.store.Do(ctx, func(tx *store.Tx) error {
		w, err := tx.Wall(ctx, id)
		if err != nil {
			return err
		}
		if err := by.Refused(booking.KeepDevices, w.Ward, booking.ErrNoSuchWall); err != nil {
			return err
		}
		if err := tx.DeleteWall(ctx, id); err != nil {
			return err
		}
		return tx.AddEvent(ctx, wallEvent(d.now(), by, booking.WallRemoved, w))
	})
}

// PairWall spends a code and returns the key of its wall screen. Too many wrong
// codes, from anybody, close pairing for some minutes.
func (d *Desk) PairWall(ctx context.Context, code string) (key string, err error) {
	typed, err := booking.ParseReference(code)
	if err != nil {
		return "", booking.ErrPairingCode
	}
	if key, err = d.newSecret(32); err != nil {
		return "", err
	}
	err = d.store.Do(ctx, func(tx *store.Tx) error {
		now := d.now()
		tries, err := tx.TakeTry(ctx, wallScope, now, now.Add(-pairingLife))
		if err != nil {
			return err
		}
		if tries.Count > pairingTries {
			return store.Keep(booking.ErrLockedOut)
		}
		id, err := tx.PairWall(ctx, d.hashCode(wallScope, string(typed)), hashSecret(key), now)
		if err != nil {
			return store.Keep(err)
		}
		w, err := tx.Wall(ctx, id)
		if err != nil {
			return err
		}
		return tx.AddEvent(ctx, wallEvent(now, booking.System, booking.WallPaired, w))
	})
	if err != nil {
		return "", err
	}
	return key, nil
}

// WallOf is the wall screen that a key belongs to, and the serial of its ward's day;
// ErrNoSuchWall when it is none, or none any more.
func (d *Desk) WallOf(ctx context.Context, key string) (w booking.WallScreen, serial int64, err error) {
	err = d.store.View(ctx, func(tx *store.Tx) (err error) {
		if w, err = tx.WallByKey(ctx, hashSecret(key)); err != nil {
			return err
		}
		serial, err = tx.Serial(ctx, w.Ward)
		return err
	})
	if err != nil {
		return w, 0, err
	}
	if now := d.now(); now.Sub(w.LastSeen) >= seenEvery {
		err = d.store.Do(ctx, func(tx *store.Tx) error { return tx.SeenWall(ctx, w.ID, now) })
	}
	return w, serial, err
}

// WallBoard is a ward's day as its wall screen may know it: no patient and nobody who
// comes has a name.
func (d *Desk) WallBoard(ctx context.Context, key string) (Board, error) {
	w, _, err := d.WallOf(ctx, key)
	if err != nil {
		return Board{}, err
	}
	ward, err := view(ctx, d, func(tx *store.Tx) (booking.Ward, error) { return tx.Ward(ctx, w.Ward) })
	if err != nil {
		return Board{}, err
	}
	board, err := d.Board(ctx, booking.System, w.Ward, booking.DateOf(d.now(), ward.Site.Zone))
	for i := range board.Visits {
		v := &board.Visits[i]
		v.PatientRecord = booking.Patient{}
		for j := range v.People {
			v.People[j].Name, v.People[j].Relationship = "", ""
		}
	}
	return board, err
}

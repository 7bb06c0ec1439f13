package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// farAround is how far a diary is read when making room for a visit goes beyond
// around it: where a ward has visits day and night, one pushes the next.
const farAround = 14 * 24 * time.Hour

// chooseDevice picks the device for a visit, keeps others from it until the act
// is over, and clears away the lapsed holds that are in the visit's way. but is
// the visit whose own reservations do not count: the one of the act, if any. If
// the ward has room, but no device that is free for all of the time, other visits
// change devices; they do so in reserve, once the visit of the act has given up
// what it had.
func (d *Desk) chooseDevice(ctx context.Context, a *act, v booking.Visit, but booking.VisitID) (booking.DeviceID, error) {
	id, moves, err := a.chosen(ctx, v, but, around)
	if errors.Is(err, errTooNear) {
		id, moves, err = a.chosen(ctx, v, but, farAround)
	}
	if errors.Is(err, errTooNear) {
		err = booking.ErrSlotTaken
	}
	if err != nil {
		return "", err
	}
	a.room = moves
	v.Device = id
	var lapsed []store.Lapsed
	if a.Again() { // a hold that has run out is met by losing to it
		if lapsed, err = a.LapsedFor(ctx, v, a.now); err != nil {
			return "", err
		}
	}
	lapsed = slices.DeleteFunc(lapsed, func(l store.Lapsed) bool { return l.Visit == but })
	touched := []booking.DeviceID{id}
	for _, m := range moves {
		touched = append(touched, m.From, m.To)
	}
	if but != "" {
		touched = append(touched, a.rec.Device) // to be given back
	}
	for _, hold := range lapsed {
		touched = append(touched, hold.Device)
	}
	if err := a.touchDevices(ctx, touched...); err != nil {
		return "", err
	}
	return id, a.endLapsed(ctx, lapsed)
}

// errTooNear says that there is room at every instant, but no way was found to
// make use of it among the visits that were looked at.
var errTooNear = errors.New("desk: no way to make room so near")

// chosen is the device for a visit and who must make room for it, given what is
// taken so far around it.
func (a *act) chosen(ctx context.Context, v booking.Visit, but booking.VisitID, around time.Duration) (booking.DeviceID, []booking.DeviceMove, error) {
	span := v.DeviceTime().Widen(around, around)
	diary, err := a.Diary(ctx, v.Ward, v.Patient, a.now, span.Start(), span.End(), but)
	if err != nil {
		return "", nil, err
	}
	id, moves, err := diary.Choose(v, a.rec.Bay)
	if errors.Is(err, booking.ErrSlotTaken) && diary.Fleet.HasRoom(v.Claim(a.rec.Bay)) {
		err = errTooNear
	}
	return id, moves, err
}

// makeRoom moves the visits that chooseDevice found in the way of the act's own.
func (d *Desk) makeRoom(ctx context.Context, a *act) error {
	moves := a.room
	a.room = nil
	return d.moveDevices(ctx, a, moves)
}

// moveDevices gives visits, none of which has begun, other devices, all at once:
// one may get what another has. All those devices are touched by now. Nobody who
// comes to them notices, so nobody is told.
func (d *Desk) moveDevices(ctx context.Context, a *act, moves []booking.DeviceMove) error {
	moved := make([]booking.Visit, 0, len(moves))
	for _, m := range moves { // in order of visit, which is that of everybody who changes several
		r, err := a.Record(ctx, m.Visit)
		if err != nil {
			return err
		}
		if r.Device != m.From || r.KeepsDevice(a.now) {
			return store.ErrAgain // it was moved, cancelled or started meanwhile
		}
		v := r.Visit
		v.Device = m.To
		if err := a.SaveVisit(ctx, &v); err != nil {
			return movedMeanwhile(err)
		}
		moved = append(moved, v)
	}
	for _, v := range moved {
		if err := a.Release(ctx, v.ID, store.Device); err != nil {
			return err
		}
	}
	for i, v := range moved {
		if err := d.clear(ctx, a, deviceOf(v.Device), v.DeviceTime()); err != nil {
			return err
		}
		id, err := d.newID()
		if err != nil {
			return err
		}
		if err := a.Reserve(ctx, store.Reservation{ID: id, Resource: deviceOf(v.Device), Visit: v.ID, When: v.DeviceTime(), Expires: v.HeldUntil}); err != nil {
			return err
		}
		if err := a.recordMove(ctx, v, moves[i].From); err != nil {
			return err
		}
	}
	return nil
}

// recordMove writes down that a visit has another device than it had.
func (a *act) recordMove(ctx context.Context, v booking.Visit, from booking.DeviceID) error {
	return a.AddEvent(ctx, booking.Event{
		At: a.now, By: a.by, Action: booking.DeviceReassigned, Subject: "visit " + string(v.ID), Ward: v.Ward,
		Reason: "device " + string(from) + " to " + string(v.Device),
	})
}

// movedMeanwhile has an act run again whose visit was given another device between
// its being loaded and being saved.
func movedMeanwhile(err error) error {
	if errors.Is(err, booking.ErrStale) {
		return errors.Join(store.ErrAgain, err)
	}
	return err
}

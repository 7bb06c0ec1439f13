package desk

import (
	"context"
	"errors"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// Join is leave for the asking visitor or interpreter to take their seat;
// eligibility is checked again.
func (d *Desk) Join(ctx context.Context, by booking.Actor, ref booking.Reference) (Seat, error) {
	return view(ctx, d, func(tx *store.Tx) (Seat, error) {
		r, err := tx.RecordByReference(ctx, ref)
		if err != nil {
			return Seat{}, err
		}
		for _, p := range r.People {
			mine := p.Visitor != "" && p.Visitor == by.Visitor() || p.Interpreter != "" && p.Interpreter == by.Interpreter()
			if !mine || r.State == booking.Held {
				continue
			}
			if silent(by, r) {
				return Seat{}, booking.ErrCallWard
			}
			if err := mayEnter(ctx, tx, r, p, d.now()); err != nil {
				return Seat{}, err
			}
			v, err := shown(ctx, tx, by, r)
			return seatOf(p, v), err
		}
		return Seat{}, booking.ErrNoSuchVisit
	})
}

// mayEnter decides whether a participant may come into the waiting room now.
func mayEnter(ctx context.Context, tx *store.Tx, r store.Record, p booking.Participant, now time.Time) error {
	ward, err := tx.WardUnder(ctx, r.Ward, r.PolicyVersion)
	if err != nil {
		return err
	}
	if p.Place == booking.Removed {
		return booking.ErrRemoved
	}
	if err := r.WaitingRoomOpen(now, ward.Policy); err != nil {
		return err
	}
	if r.Locked && p.Place != booking.Admitted && p.HereSince.IsZero() {
		return booking.ErrRoomLocked
	}
	return mayStillVisit(ctx, tx, r, p, now)
}

// mayStillVisit asks of a relative what was asked when the visit was booked. Who
// is barred meanwhile hears what those hear whom the ward has sent away. Nobody,
// an interpreter neither, sees a patient who has not consented.
func mayStillVisit(ctx context.Context, tx *store.Tx, r store.Record, p booking.Participant, now time.Time) error {
	if p.Role != booking.AsVisitor {
		return consented(ctx, tx, r.Visit, now)
	}
	standing, err := tx.Standing(ctx, r.Patient, p.Visitor)
	if err != nil {
		return err
	}
	err = standing.MayVisit(now)
	if errors.Is(err, booking.ErrNoSlots) {
		err = booking.ErrRemoved
	}
	return err
}

// consented refuses unless the visit's patient has consented.
func consented(ctx context.Context, tx *store.Tx, v booking.Visit, now time.Time) error {
	ward, err := tx.Ward(ctx, v.Ward)
	if err != nil {
		return err
	}
	consent, err := tx.Consent(ctx, v.Patient)
	if err == nil && !consent.Stands(now, ward.Site.Zone) {
		err = booking.ErrConsentNeeded
	}
	return err
}

func seatOf(p booking.Participant, v Visit) Seat {
	return Seat{
		Room: string(v.ID), Seat: string(p.ID), Role: string(p.Role), Name: p.Name, About: p.Relationship, Visit: v,
	}
}

// JoinDevice is leave for a device to open the patient's side of the visit it is
// in.
func (d *Desk) JoinDevice(ctx context.Context, by booking.Actor) (Seat, error) {
	return view(ctx, d, func(tx *store.Tx) (Seat, error) {
		open, _, err := d.onScreen(ctx, tx, by)
		if err != nil {
			return Seat{}, err
		}
		if open == nil {
			return Seat{}, booking.ErrNotStarted
		}
		v, err := shown(ctx, tx, by, *open)
		if err != nil {
			return Seat{}, err
		}
		keys, err := tx.KeysThatStand(ctx)
		return Seat{
			Room: string(open.ID), Seat: SeatOfPatient, Role: SeatOfPatient, Name: open.PatientRecord.Alias, Visit: v,
			Key: markOfKey(booking.DeviceID(by.ID), keys[booking.DeviceID(by.ID)]),
		}, err
	})
}

// KeysThatStand are the marks of the keys of all devices that are paired and not lost.
func (d *Desk) KeysThatStand(ctx context.Context) (map[string]bool, error) {
	return view(ctx, d, func(tx *store.Tx) (map[string]bool, error) {
		keys, err := tx.KeysThatStand(ctx)
		marks := make(map[string]bool, len(keys))
		for id, hash := range keys {
			marks[markOfKey(id, hash)] = true
		}
		return marks, err
	})
}

// markOfKey tells a device with one key from any other, and from itself with another
// key. Nothing that is kept can be told from it.
func markOfKey(id booking.DeviceID, hash string) string { return hashSecret(string(id) + " " + hash) }

// Arrive records that a seat's holder is in the room, in one of their browsers, and
// says whether they are already admitted. It refuses who may not, or no longer,
// come in. Who was admitted in another browser waits for the ward again.
func (d *Desk) Arrive(ctx context.Context, visit booking.VisitID, seat, browser string) (admitted bool, err error) {
	_, err = d.changeByID(ctx, booking.System, visit, mayRun, func(a *act) error {
		if seat == SeatOfPatient {
			admitted = true
			return a.deviceArrives(ctx, browser)
		}
		if staff, ok := staffIn(seat); ok {
			return d.staffLooks(ctx, a, staff)
		}
		p, err := a.participant(booking.ParticipantID(seat))
		if err != nil {
			return err
		}
		admitted, err = a.personArrives(ctx, p, browser)
		return err
	})
	return admitted && err == nil, err
}

func (a *act) personArrives(ctx context.Context, p booking.Participant, browser string) (admitted bool, err error) {
	a.by = actorOf(p)
	came, anew := p.Come(browser, a.now)
	known := came // to a room that is locked: who is here, and who was let in as they come now
	if known.HereSince = p.HereSince; anew {
		known.HereSince = time.Time{}
	}
	if err := mayEnter(ctx, a.Tx, a.rec, known, a.now); err != nil {
		return false, a.refuseEntry(ctx, err)
	}
	admitted = came.Place == booking.Admitted && a.rec.State == booking.Live
	if came == p {
		return admitted, nil
	}
	if err := a.SaveParticipant(ctx, came); err != nil {
		return false, err
	}
	switch {
	case anew:
		return admitted, a.record(ctx, booking.PersonSwitched, label(p))
	case p.HereSince.IsZero() || came.Place != p.Place:
		return admitted, a.record(ctx, booking.PersonArrived, label(p))
	}
	return admitted, nil
}

// Room is how the ward has left the room of a visit.
func (d *Desk) Room(ctx context.Context, visit booking.VisitID) (locked, covered bool, err error) {
	r, err := view(ctx, d, func(tx *store.Tx) (store.Record, error) { return tx.Record(ctx, visit) })
	return r.Locked, r.Covered, err
}

// deviceArrives says that the visit's iPad is in its room. Another one, which has
// been swapped for it since it was given leave, may not come in any more.
func (a *act) deviceArrives(ctx context.Context, device string) error {
	if device != "" && device != string(a.rec.Device) {
		return a.refuseEntry(ctx, booking.ErrDeviceUnknown)
	}
	a.by = booking.Actor{Kind: booking.DeviceActor, ID: string(a.rec.Device)}
	arrived, err := a.rec.Arrive()
	if err != nil || arrived.State == a.rec.State {
		return err
	}
	if err := a.save(ctx, arrived); err != nil {
		return err
	}
	return a.record(ctx, booking.DeviceArrived, "")
}

// refuseEntry writes down that somebody was kept out, and refuses.
func (a *act) refuseEntry(ctx context.Context, err error) error {
	var why *booking.Refusal
	if !errors.As(err, &why) {
		return err
	}
	if err := a.record(ctx, booking.PersonRefused, why.Code); err != nil {
		return err
	}
	return store.Keep(why)
}

// actorOf is a participant as who does what they do.
func actorOf(p booking.Participant) booking.Actor {
	if p.Role == booking.AsInterpreter {
		return booking.Actor{Kind: booking.InterpreterActor, ID: string(p.Interpreter), Name: p.Name}
	}
	return booking.Actor{Kind: booking.VisitorActor, ID: string(p.Visitor), Name: p.Name}
}

// Depart records that a seat's holder has gone. They may come back to the place
// they had.
func (d *Desk) Depart(ctx context.Context, visit booking.VisitID, seat string) error {
	if seat == SeatOfPatient {
		return nil // the room waits for its iPad
	}
	if _, ok := staffIn(seat); ok {
		return nil // they never were in the visit
	}
	_, err := d.changeByID(ctx, booking.System, visit, mayRun, func(a *act) error {
		p, err := a.participant(booking.ParticipantID(seat))
		if errors.Is(err, booking.ErrNoSuchPerson) || p.HereSince.IsZero() {
			return nil
		}
		a.by = actorOf(p)
		p.HereSince = time.Time{}
		if err := a.SaveParticipant(ctx, p); err != nil {
			return err
		}
		return a.record(ctx, booking.PersonDeparted, label(p))
	})
	return err
}

// Finish ends the visit at the patient's wish. One that is over already stays as
// it is.
func (d *Desk) Finish(ctx context.Context, visit booking.VisitID) error {
	_, err := d.changeByID(ctx, booking.System, visit, mayRun, func(a *act) error {
		a.by = booking.Actor{Kind: booking.DeviceActor, ID: string(a.rec.Device)}
		why := booking.PatientDeclined
		switch {
		case a.rec.State.Over():
			return nil
		case !a.rec.State.Open():
			return booking.ErrNotStarted
		case a.rec.State == booking.Live:
			why = booking.AtBedside
		}
		over, err := a.rec.End(why, a.now)
		if err != nil {
			return err
		}
		return d.finish(ctx, a, over)
	})
	return err
}

// OpenRooms records that nobody is in any room, as it is when the program that
// has the rooms starts: a crash says no goodbyes, and boards must not show people
// waiting who have gone. Whoever is still there comes back within seconds.
func (d *Desk) OpenRooms(ctx context.Context) error {
	return d.store.Do(ctx, func(tx *store.Tx) error { return tx.ClearEverybody(ctx) })
}

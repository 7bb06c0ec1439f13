package desk

import (
	"context"
	"strings"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// seatOfStaff begins the seat of somebody of the ward who looks at those waiting.
// It is not a place in the visit: nobody in the room is told of it, but whoever is
// looked at.
const seatOfStaff = "staff-"

// Look is leave for staff to see and hear, before they let anybody in, who it is
// that waits. What they see is not the visit: the patient's side stays silent and
// dark.
func (d *Desk) Look(ctx context.Context, by booking.Actor, ref booking.Reference) (Seat, error) {
	return view(ctx, d, func(tx *store.Tx) (Seat, error) {
		r, err := tx.RecordByReference(ctx, ref)
		if err != nil {
			return Seat{}, err
		}
		if err := mayLook(by, r); err != nil {
			return Seat{}, err
		}
		v, err := shown(ctx, tx, by, r)
		return Seat{Room: string(r.ID), Seat: seatOfStaff + by.ID, Role: "staff", Name: by.Name, Visit: v}, err
	})
}

func mayLook(by booking.Actor, r store.Record) error {
	switch {
	case by.Kind != booking.StaffActor || !by.May(booking.RunVisits, r.Ward):
		return booking.ErrNoSuchVisit
	case r.State.Over():
		return booking.ErrVisitOver
	}
	for _, p := range r.People {
		if p.Waiting() {
			return nil
		}
	}
	return booking.ErrNobodyWaits
}

// MayLook reports, by refusing, whether somebody of the ward may be in the room of a
// visit in a seat, to look at who waits.
func (d *Desk) MayLook(ctx context.Context, by booking.Actor, visit booking.VisitID, seat string) error {
	_, err := view(ctx, d, func(tx *store.Tx) (struct{}, error) {
		r, err := tx.Record(ctx, visit)
		if err == nil && (seat != seatOfStaff+by.ID || !mayRun(by, r)) {
			err = booking.ErrNoSuchVisit
		}
		return struct{}{}, err
	})
	return err
}

// staffLooks records that somebody of the ward has come to look, if they may still.
func (d *Desk) staffLooks(ctx context.Context, a *act, id booking.StaffID) error {
	staff, err := a.Staff(ctx, id)
	if err != nil {
		return err
	}
	a.by = d.staffActor(staff)
	if err := mayLook(a.by, a.rec); err != nil {
		return a.refuseEntry(ctx, err)
	}
	return a.record(ctx, booking.WaitingSeen, "")
}

// staffIn reads whose seat it is, if it is one of staff.
func staffIn(seat string) (booking.StaffID, bool) {
	id, ok := strings.CutPrefix(seat, seatOfStaff)
	return booking.StaffID(id), ok
}

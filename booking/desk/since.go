package desk

import (
	"context"
	"errors"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// A LastChange is what was last done to a visit or a place, for somebody whose page did not
// know of it yet.
type LastChange struct {
	booking.Event
	Who string // their name, if they are of the staff; empty for anybody else
}

// LastChangeOf says what was last done to a visit, by whom and when: of one kind, or of
// any for "". The zero LastChange is that nothing was.
func (d *Desk) LastChangeOf(ctx context.Context, by booking.Actor, ref booking.Reference, kind booking.Action) (LastChange, error) {
	return view(ctx, d, func(tx *store.Tx) (LastChange, error) {
		r, err := tx.RecordByReference(ctx, ref)
		if err != nil {
			return LastChange{}, err
		}
		if !mayRun(by, r) {
			return LastChange{}, withoutRight(by, r)
		}
		return lastChange(ctx, tx, "visit "+string(r.ID), kind)
	})
}

// LastPlaceChange says what was last done to a site, a ward or a bed.
func (d *Desk) LastPlaceChange(ctx context.Context, by booking.Actor, subject string) (LastChange, error) {
	return view(ctx, d, func(tx *store.Tx) (LastChange, error) {
		if err := mayKeepPlaces(by); err != nil {
			return LastChange{}, err
		}
		return lastChange(ctx, tx, subject, "")
	})
}

func lastChange(ctx context.Context, tx *store.Tx, subject string, kind booking.Action) (LastChange, error) {
	events, err := tx.Events(ctx, subject)
	if err != nil {
		return LastChange{}, err
	}
	var last LastChange
	for _, e := range events {
		if kind == e.Action || kind == "" && !e.Quiet && !readOnly[e.Action] {
			last.Event = e
		}
	}
	if last.By.Kind != booking.StaffActor {
		return last, nil
	}
	staff, err := tx.Staff(ctx, booking.StaffID(last.By.ID))
	if errors.Is(err, booking.ErrSignInNeeded) {
		return last, nil
	}
	last.Who = staff.Name
	return last, err
}

// readOnly are what is written down of a visit and has changed nothing.
var readOnly = map[booking.Action]bool{
	booking.WaitingSeen: true, booking.PersonRefused: true, booking.VisitFlagged: true, booking.FlagClosed: true, booking.PatientRead: true, booking.PatientsListed: true,
}

package desk

import (
	"context"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// Wards are those that the asking member of staff has anything to do with.
func (d *Desk) Wards(ctx context.Context, by booking.Actor) ([]booking.Ward, error) {
	return view(ctx, d, func(tx *store.Tx) ([]booking.Ward, error) {
		wards, err := tx.Wards(ctx)
		return slices.DeleteFunc(wards, func(w booking.Ward) bool { return !by.Knows(w.ID) }), err
	})
}

// heldWard returns a ward in which the actor has a right, or ErrNoSuchWard.
func heldWard(ctx context.Context, tx *store.Tx, by booking.Actor, right booking.Right, id booking.WardID) (booking.Ward, error) {
	if err := by.Refused(right, id, booking.ErrNoSuchWard); err != nil {
		return booking.Ward{}, err
	}
	return tx.Ward(ctx, id)
}

// Board is a ward's day.
func (d *Desk) Board(ctx context.Context, by booking.Actor, id booking.WardID, date booking.Date) (Board, error) {
	return view(ctx, d, func(tx *store.Tx) (Board, error) {
		ward, err := heldWard(ctx, tx, by, booking.RunVisits, id)
		if err != nil {
			return Board{}, err
		}
		board := Board{Ward: ward, Date: date}
		from, to := booking.DayBounds(date, ward.Site.Zone)
		records, err := tx.VisitsOfWard(ctx, id, from, to)
		if err != nil {
			return board, err
		}
		for _, r := range records {
			if r.State == booking.Held || r.Reason == booking.HoldLapsed {
				continue
			}
			v, err := shown(ctx, tx, by, r)
			if err != nil {
				return board, err
			}
			board.Visits = append(board.Visits, v)
		}
		if board.Devices, err = devicesHere(ctx, tx, id, d.now()); err != nil {
			return board, err
		}
		flags, err := tx.OpenFlags(ctx, id)
		if err != nil {
			return board, err
		}
		withFlags(board.Visits, flags)
		if err := withForgone(ctx, tx, &board, from, to); err != nil {
			return board, err
		}
		if err := withOutcomes(ctx, tx, &board, from, to); err != nil {
			return board, err
		}
		if err := withUnclean(ctx, tx, &board, from, to); err != nil {
			return board, err
		}
		if err := withQuestions(ctx, tx, by, &board, from, to, d.now()); err != nil {
			return board, err
		}
		if err := standIns(ctx, tx, &board, d.now()); err != nil {
			return board, err
		}
		board.Serial, err = tx.Serial(ctx, id)
		return board, err
	})
}

// A BoardMark is what a board looks like to its reader in one minute: while it stays
// as it is, so does the board.
type BoardMark struct {
	Serial   int64
	Answered []booking.VisitID // of which its reader has said how they were
}

// BoardMark is that of a ward's day now.
func (d *Desk) BoardMark(ctx context.Context, by booking.Actor, id booking.WardID, date booking.Date) (BoardMark, error) {
	return view(ctx, d, func(tx *store.Tx) (m BoardMark, err error) {
		ward, err := heldWard(ctx, tx, by, booking.RunVisits, id)
		if err != nil {
			return m, err
		}
		from, to := booking.DayBounds(date, ward.Site.Zone)
		said, err := tx.FeedbackOfDay(ctx, id, booking.StaffSide, by.ID, from, to)
		if err != nil {
			return m, err
		}
		for _, f := range said {
			m.Answered = append(m.Answered, f.Visit)
		}
		slices.Sort(m.Answered)
		m.Serial, err = tx.Serial(ctx, id)
		return m, err
	})
}

// Serial is a number that grows whenever something that a ward's boards and
// iPads show has changed.
func (d *Desk) Serial(ctx context.Context, ward booking.WardID) (int64, error) {
	return view(ctx, d, func(tx *store.Tx) (int64, error) { return tx.Serial(ctx, ward) })
}

// NextChange is closed when something that a ward's boards and iPads show is next
// changed through this process.
func (d *Desk) NextChange(ward booking.WardID) <-chan struct{} { return d.store.NextChange(ward) }

// Patients are those lying in a ward.
func (d *Desk) Patients(ctx context.Context, by booking.Actor, ward booking.WardID) ([]Bedside, error) {
	return lists(ctx, d, by, ward, func(tx *store.Tx) ([]Bedside, error) {
		if _, err := heldWard(ctx, tx, by, booking.RunVisits, ward); err != nil {
			return nil, err
		}
		inpatients, err := tx.Inpatients(ctx, ward)
		if err != nil {
			return nil, err
		}
		var sides []Bedside
		for _, in := range inpatients {
			side, err := d.bedside(ctx, tx, by, in.Patient, in.Stay)
			if err != nil {
				return nil, err
			}
			sides = append(sides, side)
		}
		return sides, nil
	})
}

// Patient is one of them; the read is recorded.
func (d *Desk) Patient(ctx context.Context, by booking.Actor, id booking.PatientID) (Bedside, error) {
	return looksAt(ctx, d, by, ofSide, func(tx *store.Tx) (Bedside, error) {
		if _, err := wardOf(ctx, tx, by, booking.RunVisits, id); err != nil {
			return Bedside{}, err
		}
		patient, err := tx.Patient(ctx, id)
		if err != nil {
			return Bedside{}, err
		}
		stay, err := tx.Stay(ctx, id)
		if err != nil {
			return Bedside{}, err
		}
		side, err := d.bedside(ctx, tx, by, patient, stay)
		if err != nil {
			return Bedside{}, err
		}
		side.Moved, err = d.hasMoved(ctx, tx, patient)
		return side, err
	})
}

func (d *Desk) bedside(ctx context.Context, tx *store.Tx, by booking.Actor, patient booking.Patient, stay booking.Stay) (Bedside, error) {
	side := Bedside{Patient: patient, Stay: stay}
	var err error
	if side.Ward, err = tx.Ward(ctx, stay.Ward); err != nil {
		return side, err
	}
	if side.Circle, err = tx.Circle(ctx, patient.ID); err != nil {
		return side, err
	}
	if side.Consent, err = tx.Consent(ctx, patient.ID); err != nil {
		return side, err
	}
	now := d.now()
	records, err := tx.VisitsOfPatient(ctx, patient.ID, now.Add(-12*time.Hour))
	if err != nil {
		return side, err
	}
	for _, r := range records {
		overdue := !r.State.Open() && !now.Before(r.When.End()) // one that is still going on may run over
		if r.State == booking.Held || r.State.Over() || overdue {
			continue
		}
		v, err := shown(ctx, tx, by, r)
		if err != nil {
			return side, err
		}
		side.Visits = append(side.Visits, v)
	}
	flags, err := tx.FlagsOfPatient(ctx, patient.ID)
	withFlags(side.Visits, flags)
	return side, err
}

// Visit is one visit that the actor comes to or runs.
func (d *Desk) Visit(ctx context.Context, by booking.Actor, ref booking.Reference) (Visit, error) {
	return looksAt(ctx, d, by, ofVisit, func(tx *store.Tx) (Visit, error) {
		r, err := tx.RecordByReference(ctx, ref)
		if err != nil {
			return Visit{}, err
		}
		if !maySee(by, r) || r.State == booking.Held && !by.May(booking.RunVisits, r.Ward) {
			return Visit{}, booking.ErrNoSuchVisit
		}
		if silent(by, r) {
			return Visit{}, booking.ErrCallWard
		}
		return detailed(ctx, tx, by, r)
	})
}

// lookBack is how long a visit stays in a relative's list after it.
const lookBack = 30 * 24 * time.Hour

// Visits are the asking visitor's visits to come, soonest first, with the slots
// that are kept for them, then those of the last month, latest first.
func (d *Desk) Visits(ctx context.Context, by booking.Actor) ([]Visit, error) {
	return view(ctx, d, func(tx *store.Tx) ([]Visit, error) {
		if by.Visitor() == "" {
			return nil, nil
		}
		now := d.now()
		records, err := tx.VisitsOfVisitor(ctx, by.Visitor(), now.Add(-lookBack))
		if err != nil {
			return nil, err
		}
		var coming, past []Visit
		for _, r := range records {
			if r.Reason == booking.HoldLapsed || silent(by, r) || !comes(by, r) || r.State == booking.Held && !keeps(by, r, now) {
				continue
			}
			v, err := shown(ctx, tx, by, r)
			if err != nil {
				return nil, err
			}
			if r.State.Over() || !r.State.Open() && !now.Before(r.When.End()) {
				past = append(past, v)
			} else {
				coming = append(coming, v)
			}
		}
		slices.Reverse(past)
		return append(coming, past...), nil
	})
}

// keeps reports whether by is the one for whom a slot is kept, and it still is.
func keeps(by booking.Actor, r store.Record, now time.Time) bool {
	return r.HeldFor == by.Visitor() && now.Before(r.HeldUntil)
}

// Messages are the last n sent notices whose text was kept, newest first: the
// practice phone's.
func (d *Desk) Messages(ctx context.Context, n int) ([]Message, error) {
	return view(ctx, d, func(tx *store.Tx) ([]Message, error) {
		sent, err := tx.SentNotices(ctx, n)
		var messages []Message
		for _, s := range sent {
			messages = append(messages, Message{Notice: s.Notice, Body: s.Body, SentAt: s.At})
		}
		return messages, err
	})
}

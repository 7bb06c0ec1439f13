package desk

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// A FamilyTask is a family that somebody of a ward is to ring.
type FamilyTask struct {
	booking.Task
	Patient booking.Patient
	Stay    booking.Stay           // where they lay last
	Family  []booking.CircleMember // who could be rung
}

// Tasks are the families that a ward is to ring, the longest waiting first.
func (d *Desk) Tasks(ctx context.Context, by booking.Actor, ward booking.WardID) ([]FamilyTask, error) {
	return view(ctx, d, func(tx *store.Tx) ([]FamilyTask, error) { // beside Review, which is recorded
		if _, err := heldWard(ctx, tx, by, booking.RunVisits, ward); err != nil {
			return nil, err
		}
		tasks, err := tx.Tasks(ctx, ward)
		if err != nil {
			return nil, err
		}
		var out []FamilyTask
		for _, t := range tasks {
			task := FamilyTask{Task: t}
			if task.Patient, err = tx.Patient(ctx, t.Patient); err != nil {
				return nil, err
			}
			if task.Stay, err = tx.LastStay(ctx, t.Patient); err != nil {
				return nil, err
			}
			circle, err := tx.Circle(ctx, t.Patient)
			if err != nil {
				return nil, err
			}
			for _, m := range circle {
				if m.Status == booking.MemberApproved && !m.Barred {
					task.Family = append(task.Family, m)
				}
			}
			out = append(out, task)
		}
		return out, nil
	})
}

// TaskDone says that a family has been rung. Pressing twice is pressing once.
func (d *Desk) TaskDone(ctx context.Context, by booking.Actor, id booking.TaskID) error {
	return d.store.Do(ctx, func(tx *store.Tx) error {
		t, err := tx.Task(ctx, id)
		if err != nil {
			return err
		}
		if err := by.Refused(booking.RunVisits, t.Ward, booking.ErrNoSuchTask); err != nil {
			return err
		}
		done, err := tx.DoneTask(ctx, id, by.ID, d.now())
		if err != nil || !done {
			return err
		}
		return tx.AddEvent(ctx, booking.Event{
			At: d.now(), By: by, Action: booking.TaskDone, Subject: "patient " + string(t.Patient), Ward: t.Ward, Reason: "call_family",
		})
	})
}

// A Leaver is a patient who lay in a ward and has left it, or died.
type Leaver struct {
	Patient booking.Patient
	Stay    booking.Stay
	Left    time.Time // when they left the hospital, or died
}

// leftFor is how long those who have left stay in a ward's list of them.
const leftFor = 7 * 24 * time.Hour

// Leavers are those who left a ward within a week, the latest first: for staff to
// take back what was a mistake.
func (d *Desk) Leavers(ctx context.Context, by booking.Actor, ward booking.WardID) ([]Leaver, error) {
	return lists(ctx, d, by, ward, func(tx *store.Tx) ([]Leaver, error) {
		if _, err := heldWard(ctx, tx, by, booking.RunVisits, ward); err != nil {
			return nil, err
		}
		left, err := tx.Leavers(ctx, ward, d.now().Add(-leftFor))
		var leavers []Leaver
		for _, in := range left {
			leavers = append(leavers, Leaver{Patient: in.Patient, Stay: in.Stay, Left: in.Stay.To})
		}
		return leavers, err
	})
}

// Left is one of them, with the visits that were cancelled for it or are flagged;
// the read is recorded.
func (d *Desk) Left(ctx context.Context, by booking.Actor, id booking.PatientID) (Bedside, error) {
	return looksAt(ctx, d, by, ofSide, func(tx *store.Tx) (Bedside, error) {
		p, err := tx.Patient(ctx, id)
		if err != nil {
			return Bedside{}, err
		}
		stay, err := tx.LastStay(ctx, id)
		if err != nil {
			return Bedside{}, err
		}
		if stay.To.IsZero() {
			return Bedside{}, booking.ErrNoSuchPatient
		}
		if err := by.Refused(booking.KeepPatients, stay.Ward, booking.ErrNoSuchPatient); err != nil {
			return Bedside{}, err
		}
		return d.bedside(ctx, tx, by, p, stay)
	})
}

// A FreeBed is a bed that a patient could be moved to, or why not.
type FreeBed struct {
	ID        booking.BedID
	Bay, Name string
	Taken     bool
}

// Beds are those of a ward, for whoever moves a patient there; who lies in them is
// for that ward only.
func (d *Desk) Beds(ctx context.Context, by booking.Actor, ward booking.WardID) ([]FreeBed, error) {
	return view(ctx, d, func(tx *store.Tx) ([]FreeBed, error) {
		if by.Kind != booking.StaffActor && by.Kind != booking.SystemActor {
			return nil, booking.ErrNoSuchWard
		}
		if _, err := tx.Ward(ctx, ward); err != nil {
			return nil, err
		}
		beds, err := tx.Beds(ctx, ward)
		asCounted(beds)
		var free []FreeBed
		for _, b := range beds {
			if b.Closed {
				continue
			}
			free = append(free, FreeBed{ID: b.ID, Bay: b.Bay, Name: b.Name, Taken: b.Patient != ""})
		}
		return free, err
	})
}

// AllWards are every ward's names, for whoever moves a patient: where else they
// could go.
func (d *Desk) AllWards(ctx context.Context, by booking.Actor) ([]booking.Ward, error) {
	return view(ctx, d, func(tx *store.Tx) ([]booking.Ward, error) {
		if by.Kind != booking.StaffActor && by.Kind != booking.SystemActor {
			return nil, booking.ErrNoSuchWard
		}
		return tx.Wards(ctx)
	})
}

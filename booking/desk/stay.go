package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// Said is who says that a patient moved, and when it was. The zero Said is the
// actor themself, and now. A feed gives its own name and its name for the message,
// and may say the same as often as it likes.
type Said struct {
	Source, ControlID string
	At                time.Time
}

// An Admission is a patient who comes to a bed: one who was here before, by their
// number, or somebody new.
type Admission struct {
	MRN, Name, Alias string
	Infection        booking.Infection
	Bed              booking.BedID
}

// A Movement is what has come of a patient's going somewhere.
type Movement struct {
	Patient booking.Patient
	Stay    booking.Stay // where they lie, or lay last
	Gone    []Visit      // visits whose rooms are to be closed, because they are not to be any more
}

// AdmitPatient takes a patient into a bed. One who was here before comes back to their
// circle and their history; whether visits may go on is then for their consent to
// say. ErrNumberTaken when the number is somebody else's by name.
func (d *Desk) AdmitPatient(ctx context.Context, by booking.Actor, a Admission, said Said) (Movement, error) {
	a, err := readAdmission(a)
	if err != nil {
		return Movement{}, err
	}
	return do(ctx, d, func(tx *store.Tx) (Movement, error) {
		bed, err := tx.BedByID(ctx, a.Bed)
		if err != nil {
			return Movement{}, err
		}
		if err := by.Refused(booking.KeepPatients, bed.Ward, booking.ErrNoSuchBed); err != nil {
			return Movement{}, err
		}
		p, err := d.admitted(ctx, tx, by, a)
		if err != nil {
			return Movement{}, err
		}
		return d.moved(ctx, tx, by, p.ID, booking.MovementAdmit, bed, said)
	})
}

func readAdmission(a Admission) (Admission, error) {
	for _, text := range []*string{&a.MRN, &a.Name, &a.Alias} {
		read, err := readText(*text, longestName)
		if err != nil {
			return a, err
		}
		*text = read
	}
	a.Infection = cmp.Or(a.Infection, booking.NoInfection)
	return a, checkInfection(a.Infection)
}

func checkInfection(i booking.Infection) error {
	switch i {
	case booking.NoInfection, booking.Contact, booking.Droplet, booking.Airborne:
		return nil
	}
	return booking.ErrBadChoice
}

// admitted finds whose number it is, or makes a new patient who lies nowhere yet.
func (d *Desk) admitted(ctx context.Context, tx *store.Tx, by booking.Actor, a Admission) (booking.Patient, error) {
	p, err := tx.PatientByNumber(ctx, a.MRN)
	switch {
	case errors.Is(err, booking.ErrNoSuchPatient):
		id, err := d.newID()
		if err != nil {
			return p, err
		}
		p = booking.Patient{
			ID: booking.PatientID(id), MRN: a.MRN, Name: a.Name, Alias: a.Alias, State: booking.PatientDischarged, Infection: a.Infection,
		}
		return p, tx.AddPatient(ctx, p)
	case err != nil:
		return p, err
	case by.Kind != booking.SystemActor && !strings.EqualFold(p.Name, a.Name):
		return p, booking.ErrNumberTaken
	}
	return d.readmitted(ctx, tx, p.ID, a.Infection)
}

// readmitted is somebody who was here before, with what they have now.
func (d *Desk) readmitted(ctx context.Context, tx *store.Tx, id booking.PatientID, i booking.Infection) (booking.Patient, error) {
	p, err := d.takePatient(ctx, tx, id)
	if err != nil || p.Infection == i || p.State == booking.PatientActive {
		return p, err
	}
	p.Infection = i
	return p, tx.SavePatient(ctx, p)
}

// Transfer moves a patient to another bed, of this ward or another. Visits to come
// go with them where they can; see rehome.
func (d *Desk) Transfer(ctx context.Context, by booking.Actor, patient booking.PatientID, to booking.BedID, said Said) (Movement, error) {
	return do(ctx, d, func(tx *store.Tx) (Movement, error) {
		bed, err := tx.BedByID(ctx, to)
		if err != nil {
			return Movement{}, err
		}
		return d.moved(ctx, tx, by, patient, booking.MovementTransfer, bed, said)
	})
}

// Discharge says that a patient has left the hospital. Their visits are flagged,
// and cancelled after a grace, since a discharge is often taken back.
func (d *Desk) Discharge(ctx context.Context, by booking.Actor, patient booking.PatientID, said Said) (Movement, error) {
	return d.movedNowhere(ctx, by, patient, booking.MovementDischarge, said)
}

// Die says that a patient has died. In the same transaction everything that was
// still to be sent about them is taken back, their visits are cancelled, and
// somebody is asked to ring the family, which the program never does.
func (d *Desk) Die(ctx context.Context, by booking.Actor, patient booking.PatientID, said Said) (Movement, error) {
	return d.movedNowhere(ctx, by, patient, booking.MovementDeath, said)
}

// CancelAdmit says that a patient was never admitted, and CancelTransfer that they
// did not move the last time that was said.
func (d *Desk) CancelAdmit(ctx context.Context, by booking.Actor, patient booking.PatientID, said Said) (Movement, error) {
	return d.movedNowhere(ctx, by, patient, booking.MovementCancelAdmit, said)
}

// CancelTransfer takes a patient back to the bed they lay in before; see
// CancelAdmit. Visits that went with them come back, and flags close.
func (d *Desk) CancelTransfer(ctx context.Context, by booking.Actor, patient booking.PatientID, said Said) (Movement, error) {
	return d.movedNowhere(ctx, by, patient, booking.MovementCancelTransfer, said)
}

// CancelDischarge says that a patient has not left. Visits that were cancelled
// for it are booked again where they are still free.
func (d *Desk) CancelDischarge(ctx context.Context, by booking.Actor, patient booking.PatientID, said Said) (Movement, error) {
	return d.movedNowhere(ctx, by, patient, booking.MovementCancelDischarge, said)
}

// Revive says that a patient has not died. Visits are booked again where they are
// still free; nobody is told of it but by a person, see TellPutBack.
func (d *Desk) Revive(ctx context.Context, by booking.Actor, patient booking.PatientID, said Said) (Movement, error) {
	return d.movedNowhere(ctx, by, patient, booking.MovementCancelDeath, said)
}

func (d *Desk) movedNowhere(ctx context.Context, by booking.Actor, patient booking.PatientID, kind booking.MovementKind, said Said) (Movement, error) {
	return do(ctx, d, func(tx *store.Tx) (Movement, error) {
		return d.moved(ctx, tx, by, patient, kind, store.Bed{}, said)
	})
}

// A movement is a patient's going somewhere, under way.
type movement struct {
	*store.Tx
	d             *Desk
	by            booking.Actor
	now           time.Time
	patient       booking.Patient
	before, after booking.Whereabouts
	gone          []Visit
}

// moved records a movement and makes everything follow from it: where the patient
// lies, their visits, what is flagged, and what is to be done.
func (d *Desk) moved(ctx context.Context, tx *store.Tx, by booking.Actor, id booking.PatientID, kind booking.MovementKind, bed store.Bed, said Said) (Movement, error) {
	p, err := d.takePatient(ctx, tx, id)
	if err != nil {
		return Movement{}, err
	}
	id = p.ID
	m := &movement{Tx: tx, d: d, by: by, now: d.now(), patient: p}
	asked, err := m.ask(kind, bed, said)
	if err != nil {
		return Movement{}, err
	}
	known, told, err := tx.MovementNamed(ctx, asked.Source, asked.ControlID)
	if err != nil {
		return Movement{}, err
	}
	if told && known.Patient == id && known.Kind == kind && known.Bed == asked.Bed || told && by.Kind == booking.SystemActor {
		return m.result(ctx) // the same, once more
	}
	if told {
		return Movement{}, booking.ErrKeyReused
	}
	return m.run(ctx, asked)
}

func (m *movement) run(ctx context.Context, asked booking.Movement) (Movement, error) {
	history, err := m.history(ctx)
	if err != nil {
		return Movement{}, err
	}
	if n := len(history); asked.Source == bySelf && n > 0 && !asked.At.After(history[n-1].At) {
		// Staff answer to what they see, so it comes after all of that, also when
		// another system's clock is ahead.
		asked.At = history[n-1].At.Add(time.Microsecond)
	}
	m.before = booking.WhereaboutsOf(history)
	m.after = booking.WhereaboutsOf(append(history, asked))
	if err := m.mayMove(asked); err != nil {
		return Movement{}, err
	}
	if err := m.AddMovement(ctx, asked); err != nil {
		return Movement{}, err
	}
	if err := m.follow(ctx); err != nil {
		return Movement{}, err
	}
	for _, ward := range m.wardsTold(asked) {
		err := m.AddEvent(ctx, booking.Event{
			At: m.now, By: m.by, Action: booking.PatientMovedOn, Subject: "patient " + string(m.patient.ID), Ward: ward,
			Reason: string(asked.Kind) + " " + asked.Source,
		})
		if err != nil {
			return Movement{}, err
		}
	}
	return m.result(ctx)
}

// wardsTold are the wards whose boards a movement changes.
func (m *movement) wardsTold(asked booking.Movement) []booking.WardID {
	var wards []booking.WardID
	for _, ward := range []booking.WardID{m.before.Ward, m.after.Ward, asked.Ward} {
		seen := ward == ""
		for _, w := range wards {
			seen = seen || w == ward
		}
		if !seen {
			wards = append(wards, ward)
		}
	}
	if len(wards) == 0 {
		wards = append(wards, "") // nobody's board, and still a fact
	}
	return wards
}

// ask is the movement that is asked for. What staff say has the key of their form
// for its name, so that a press that comes twice is one movement.
func (m *movement) ask(kind booking.MovementKind, bed store.Bed, said Said) (booking.Movement, error) {
	id, err := m.d.newID()
	if err != nil {
		return booking.Movement{}, err
	}
	asked := booking.Movement{
		ID: booking.MovementID(id), Source: said.Source, ControlID: said.ControlID, Patient: m.patient.ID, Kind: kind, At: said.At.UTC(),
		Ward: bed.Ward, Bed: bed.ID, RecordedAt: m.now, RecordedBy: m.by.ID,
	}
	if said.At.IsZero() {
		asked.At = m.now
	}
	if said.Source == "" {
		asked.Source, asked.ControlID = bySelf, id
		if m.d.key != "" {
			asked.ControlID = m.by.ID + " " + m.d.key
		}
	}
	return asked, asked.Check(m.now)
}

// bySelf is the source of what staff say themselves, and fromStay of what was
// known before anything was recorded of movements.
const (
	bySelf   = "ward"
	fromStay = "stay"
)

// history are the patient's movements. Of one who came before movements were
// recorded, or by an import, the stays are made into movements first.
func (m *movement) history(ctx context.Context) ([]booking.Movement, error) {
	history, err := m.Movements(ctx, m.patient.ID)
	if err != nil || len(history) > 0 {
		return history, err
	}
	spells, err := m.Spells(ctx, m.patient.ID)
	if err != nil {
		return nil, err
	}
	for i, told := range toldByStays(m.patient, spells, m.now) {
		id, err := m.d.newID()
		if err != nil {
			return nil, err
		}
		told.ID, told.Source, told.Patient = booking.MovementID(id), fromStay, m.patient.ID
		told.ControlID = fmt.Sprintf("%s %03d", m.patient.ID, i)
		told.RecordedAt, told.RecordedBy = m.now, booking.System.ID
		if err := m.AddMovement(ctx, told); err != nil {
			return nil, err
		}
		history = append(history, told)
	}
	return history, nil
}

// hasMoved reports whether there is a move of a patient's to take back.
func (d *Desk) hasMoved(ctx context.Context, tx *store.Tx, p booking.Patient) (bool, error) {
	history, err := tx.Movements(ctx, p.ID)
	if err != nil {
		return false, err
	}
	if len(history) == 0 {
		spells, err := tx.Spells(ctx, p.ID)
		if err != nil {
			return false, err
		}
		history = toldByStays(p, spells, d.now())
	}
	return booking.Moved(history), nil
}

// toldByStays says in movements what stays say.
func toldByStays(p booking.Patient, spells []booking.Spell, now time.Time) []booking.Movement {
	var told []booking.Movement
	for i, s := range spells {
		kind := booking.MovementTransfer
		if i == 0 || !spells[i-1].To.Equal(s.From) {
			kind = booking.MovementAdmit
		}
		told = append(told, booking.Movement{Kind: kind, At: s.From, Ward: s.Ward, Bed: s.Bed})
		if !s.To.IsZero() && (i == len(spells)-1 || !spells[i+1].From.Equal(s.To)) {
			told = append(told, booking.Movement{Kind: booking.MovementDischarge, At: s.To})
		}
	}
	if p.State == booking.PatientDied {
		at := now
		if n := len(told); n > 0 && told[n-1].Kind == booking.MovementDischarge {
			at = told[n-1].At
		}
		told = append(told, booking.Movement{Kind: booking.MovementDeath, At: at})
	}
	return told
}

// mayMove says whether the actor may say so. A feed tells what has happened, in
// whatever order; staff act on what they see, and are told when it is not so.
func (m *movement) mayMove(asked booking.Movement) error {
	if m.by.Kind == booking.SystemActor {
		return nil
	}
	kind := asked.Kind
	if kind != booking.MovementAdmit {
		if err := m.by.Refused(booking.KeepPatients, m.before.Ward, booking.ErrNoSuchPatient); err != nil {
			return err
		}
	}
	switch {
	case m.before.State == booking.PatientDied && kind != booking.MovementCancelDeath:
		return booking.ErrPatientDied
	case kind == booking.MovementAdmit && m.before.Here():
		return booking.ErrAlreadyHere
	case (kind == booking.MovementTransfer || kind == booking.MovementDischarge) && !m.before.Here():
		return booking.ErrPatientAway
	case kind == booking.MovementTransfer && m.before.Bed == asked.Bed:
		return booking.ErrAlreadyHere
	case kind.TakesBack() && m.before.Same(m.after):
		return booking.ErrNothingToUndo
	}
	return nil
}

// result says where the patient is now.
func (m *movement) result(ctx context.Context) (Movement, error) {
	p, err := m.Patient(ctx, m.patient.ID)
	if err != nil {
		return Movement{}, err
	}
	stay, err := m.LastStay(ctx, m.patient.ID)
	return Movement{Patient: p, Stay: stay, Gone: m.gone}, err
}

// follow makes everything follow from where the patient is.
func (m *movement) follow(ctx context.Context) error {
	id := m.patient.ID
	if m.after.State != m.patient.State {
		m.patient.State = m.after.State
		if err := m.SavePatient(ctx, m.patient); err != nil {
			return err
		}
	}
	if err := m.SaveStays(ctx, id, m.after.Spells, m.d.newID); err != nil {
		return err
	}
	if m.after.Ward != "" && m.after.State == booking.PatientDied {
		if err := m.HandTasks(ctx, id, m.after.Ward); err != nil {
			return err
		}
	}
	died, was := m.after.State == booking.PatientDied, m.before.State == booking.PatientDied
	var err error
	switch {
	case died:
		err = m.staySilent(ctx, was)
	default:
		if was {
			err = m.DropTasks(ctx, id, m.by.ID, m.now)
		}
		if err == nil {
			err = m.followVisits(ctx)
		}
	}
	if err != nil {
		return err
	}
	return m.d.reviewPatient(ctx, m.Tx, m.by, id)
}

// takePatient touches a patient, under the record that is used for them, and reads
// them as they are.
func (d *Desk) takePatient(ctx context.Context, tx *store.Tx, id booking.PatientID) (booking.Patient, error) {
	id, err := d.keptRecord(ctx, tx, id)
	if err != nil {
		return booking.Patient{}, err
	}
	if err := tx.Touch(ctx, patientOf(id)); err != nil {
		return booking.Patient{}, err
	}
	p, err := tx.Patient(ctx, id)
	if err == nil && p.MergedInto != "" {
		err = store.ErrAgain // while we waited for them
	}
	return p, err
}

// keptRecord is the record that is used in the place of one that was merged.
func (d *Desk) keptRecord(ctx context.Context, tx *store.Tx, id booking.PatientID) (booking.PatientID, error) {
	for range longestChain {
		p, err := tx.Patient(ctx, id)
		if err != nil || p.MergedInto == "" {
			return id, err
		}
		id = p.MergedInto
	}
	return id, fmt.Errorf("desk: patient %s is merged in a circle", id)
}

// longestChain bounds how often records of one person are merged into others.
const longestChain = 32

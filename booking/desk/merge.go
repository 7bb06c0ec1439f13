package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// This file is what becomes of two records that are one person.
//
// Everything of the merged record goes to the kept one: visits, circle, invitations,
// series, requests, movements. Where that has the same already, as a person in both
// circles, the kept record's stands. Bars are united, and consents intersected: both
// must stand, and what that leaves is written down as a consent of its own. Whoever
// lies in a bed under the kept record stays in it; otherwise where the patient lies
// follows from the movements of both, and a death stands on whichever it was told. What was taken over is
// remembered, so that it can be given back if they are two people after all.
//
// Two visits of theirs at one time cannot both have the patient. One that has begun
// keeps them, and otherwise whichever was booked first; the other stays booked with
// its iPad, is flagged like the first, and gets the patient when it is alone again.
// Until then it does not start: see claimPatient.

// Merge makes two records one. The records may lie in different wards: staff must
// run both. Merging what is merged already changes nothing.
func (d *Desk) Merge(ctx context.Context, by booking.Actor, kept, merged booking.PatientID) (Movement, error) {
	return do(ctx, d, func(tx *store.Tx) (Movement, error) {
		if kept == merged {
			return Movement{}, booking.ErrSamePatient
		}
		m, err := d.pair(ctx, tx, by, kept, merged)
		if err != nil {
			return Movement{}, err
		}
		switch {
		case m.merged.patient.MergedInto == kept:
			return m.kept.result(ctx)
		case m.kept.patient.MergedInto != "" || m.merged.patient.MergedInto != "":
			return Movement{}, booking.ErrMergedAlready
		}
		return m.merge(ctx)
	})
}

// A merging is two records that become one, or two again.
type merging struct {
	*store.Tx
	d            *Desk
	by           booking.Actor
	now          time.Time
	kept, merged *movement
}

// pair takes two records, if the actor may: in order, as whoever takes several does.
func (d *Desk) pair(ctx context.Context, tx *store.Tx, by booking.Actor, kept, merged booking.PatientID) (*merging, error) {
	both := []booking.PatientID{kept, merged}
	slices.Sort(both)
	for _, id := range both {
		if err := tx.Touch(ctx, patientOf(id)); err != nil {
			return nil, err
		}
	}
	m := &merging{Tx: tx, d: d, by: by, now: d.now()}
	for _, side := range []struct {
		at *(*movement)
		id booking.PatientID
	}{{&m.kept, kept}, {&m.merged, merged}} {
		p, err := tx.Patient(ctx, side.id)
		if err != nil {
			return nil, err
		}
		*side.at = &movement{Tx: tx, d: d, by: by, now: m.now, patient: p}
		stay, err := tx.LastStay(ctx, side.id)
		if err != nil {
			return nil, err
		}
		// A merged record has no stay left: it is the kept one that decides.
		if p.MergedInto != "" {
			continue
		}
		if err := by.Refused(booking.KeepPatients, stay.Ward, booking.ErrNoSuchPatient); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *merging) merge(ctx context.Context) (Movement, error) {
	id, err := m.d.newID()
	if err != nil {
		return Movement{}, err
	}
	row := store.Merge{ID: booking.MergeID(id), Kept: m.kept.patient.ID, Merged: m.merged.patient.ID, At: m.now, By: m.by.ID}
	steps := []func(ctx context.Context, row store.Merge) error{
		m.readCourses, m.dropHolds, m.yieldTimes, m.saveMerge, m.saveConsent, m.TakeOver, m.moveTimes, m.closeRecord, m.stayPut,
	}
	for _, step := range steps {
		if err := step(ctx, row); err != nil {
			return Movement{}, err
		}
	}
	if err := m.follow(ctx, m.kept); err != nil {
		return Movement{}, err
	}
	if err := m.record(ctx, booking.PatientsMerged); err != nil {
		return Movement{}, err
	}
	return m.kept.result(ctx)
}

// readCourses reads where both are so far, which also makes movements of the stays
// of those of whom none are known.
func (m *merging) readCourses(ctx context.Context, _ store.Merge) error {
	for _, side := range []*movement{m.kept, m.merged} {
		history, err := side.history(ctx)
		if err != nil {
			return err
		}
		side.before = booking.WhereaboutsOf(history)
	}
	return nil
}

// dropHolds gives back what is held while forms are filled in for the merged
// record, whose forms nobody could send any more.
func (m *merging) dropHolds(ctx context.Context, row store.Merge) error {
	records, err := m.VisitsOfPatient(ctx, row.Merged, m.now)
	if err != nil {
		return err
	}
	for _, r := range records {
		if r.State != booking.Held {
			continue
		}
		if err := m.dropHold(ctx, r.ID); err != nil {
			return err
		}
	}
	return nil
}

func (m *merging) dropHold(ctx context.Context, id booking.VisitID) error {
	a := &act{Tx: m.Tx, by: m.by, now: m.now}
	if err := a.load(ctx, id); err != nil {
		return err
	}
	return a.giveBack(ctx)
}

// yieldTimes has one of each two visits at one time give up its claim on the
// patient. A time that is only held is given back whole.
func (m *merging) yieldTimes(ctx context.Context, row store.Merge) error {
	ours, err := m.VisitsOfPatient(ctx, row.Kept, m.now.Add(-12*time.Hour))
	if err != nil {
		return err
	}
	theirs, err := m.VisitsOfPatient(ctx, row.Merged, m.now.Add(-12*time.Hour))
	if err != nil {
		return err
	}
	for _, a := range ours {
		for _, b := range theirs {
			if a.State.Over() || b.State.Over() || !a.When.Overlaps(b.When) {
				continue
			}
			if a.State == booking.Held {
				if err := m.dropHold(ctx, a.ID); err != nil {
					return err
				}
				break
			}
			if err := m.Release(ctx, booking.Yields(a.Visit, b.Visit).ID, store.Patient); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *merging) saveMerge(ctx context.Context, row store.Merge) error { return m.AddMerge(ctx, row) }

// saveConsent writes down what both records together consent to.
func (m *merging) saveConsent(ctx context.Context, row store.Merge) error {
	kept, err := m.Consent(ctx, row.Kept)
	if err != nil {
		return err
	}
	other, err := m.Consent(ctx, row.Merged)
	if err != nil {
		return err
	}
	zone := time.UTC
	if ward, err := wardToRing(ctx, m.Tx, row.Kept); err != nil {
		return err
	} else if ward.ID != "" {
		zone = ward.Site.Zone
	}
	both, made := booking.Together(kept, other, m.now, zone)
	if !made {
		return nil
	}
	id, err := m.d.newID()
	if err != nil {
		return err
	}
	both.ID, both.RecordedBy = booking.ConsentID(id), m.by.Name
	if err := m.AddConsent(ctx, both); err != nil {
		return err
	}
	return m.AddMergeMove(ctx, row.ID, store.MadeConsent, id)
}

// moveTimes makes the time that visits have of the merged record that of the kept
// one.
func (m *merging) moveTimes(ctx context.Context, row store.Merge) error {
	records, err := m.VisitsOfPatient(ctx, row.Kept, m.now.Add(-12*time.Hour))
	if err != nil {
		return err
	}
	for _, r := range records {
		if err := m.MovePatientTime(ctx, r.ID, row.Kept); err != nil {
			return err
		}
	}
	return nil
}

// closeRecord makes the merged record one that points to the other.
func (m *merging) closeRecord(ctx context.Context, row store.Merge) error {
	p := m.merged.patient
	p.MergedInto, p.State = row.Kept, booking.PatientDischarged
	if err := m.SavePatient(ctx, p); err != nil {
		return err
	}
	if err := m.SaveStays(ctx, p.ID, nil, m.d.newID); err != nil {
		return err
	}
	kept := m.kept.patient
	kept.Infection, kept.Private = booking.Stricter(kept.Infection, p.Infection), kept.Private || p.Private
	if kept == m.kept.patient {
		return nil
	}
	m.kept.patient = kept
	return m.SavePatient(ctx, kept)
}

// stayPut has the patient lie where the kept record says, if that is in some bed and
// the movements of the merged one would lead elsewhere.
func (m *merging) stayPut(ctx context.Context, row store.Merge) error {
	history, err := m.Movements(ctx, row.Kept)
	if err != nil {
		return err
	}
	was, would := m.kept.before, booking.WhereaboutsOf(history)
	if !was.Here() || would.State == booking.PatientDied || would.Here() && would.Bed == was.Bed {
		return nil
	}
	id, err := m.d.newID()
	if err != nil {
		return err
	}
	stays := booking.Movement{
		ID: booking.MovementID(id), Source: bySelf, ControlID: id, Patient: row.Kept, Kind: booking.MovementTransfer, At: m.now,
		Ward: was.Ward, Bed: was.Bed, RecordedAt: m.now, RecordedBy: m.by.ID,
	}
	if last := history[len(history)-1].At; !stays.At.After(last) {
		stays.At = last.Add(time.Microsecond)
	}
	if err := m.AddMovement(ctx, stays); err != nil {
		return err
	}
	return m.AddMergeMove(ctx, row.ID, store.MadeMovement, id)
}

// follow makes everything of one of the records follow from its movements as they
// are now.
func (m *merging) follow(ctx context.Context, side *movement) error {
	movements, err := m.Movements(ctx, side.patient.ID)
	if err != nil {
		return err
	}
	side.after = booking.WhereaboutsOf(movements)
	return side.follow(ctx)
}

func (m *merging) record(ctx context.Context, what booking.Action) error {
	wards := []booking.WardID{m.kept.before.Ward, m.merged.before.Ward, m.kept.after.Ward, m.merged.after.Ward}
	slices.Sort(wards)
	for _, ward := range slices.Compact(wards) {
		if ward == "" {
			continue
		}
		err := m.AddEvent(ctx, booking.Event{
			At: m.now, By: m.by, Action: what, Subject: "patient " + string(m.kept.patient.ID), Ward: ward,
			Reason: "patient " + string(m.merged.patient.ID),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Unmerge makes a record that was merged one of its own again, and gives back to it
// what it had. What has come to the kept record since, stays there.
func (d *Desk) Unmerge(ctx context.Context, by booking.Actor, merged booking.PatientID) (Movement, error) {
	return do(ctx, d, func(tx *store.Tx) (Movement, error) {
		row, err := tx.MergeOf(ctx, merged)
		if err != nil {
			return Movement{}, err
		}
		m, err := d.pair(ctx, tx, by, row.Kept, merged)
		if errors.Is(err, booking.ErrNoSuchPatient) {
			err = booking.ErrNoSuchMerge
		}
		if err != nil {
			return Movement{}, err
		}
		if row, err = tx.MergeOf(ctx, merged); err != nil { // somebody else may have, meanwhile
			return Movement{}, err
		}
		if m.kept.patient.MergedInto != "" {
			return Movement{}, booking.ErrMergedAlready // the last merge is undone first
		}
		return m.unmerge(ctx, row)
	})
}

func (m *merging) unmerge(ctx context.Context, row store.Merge) (Movement, error) {
	if err := m.readCourses(ctx, row); err != nil {
		return Movement{}, err
	}
	if err := m.UndoMerge(ctx, row.ID, m.now); err != nil {
		return Movement{}, err
	}
	if err := m.GiveBack(ctx, row); err != nil {
		return Movement{}, err
	}
	m.merged.patient.MergedInto = ""
	if err := m.SavePatient(ctx, m.merged.patient); err != nil {
		return Movement{}, err
	}
	records, err := m.VisitsOfPatient(ctx, row.Merged, m.now.Add(-12*time.Hour))
	if err != nil {
		return Movement{}, err
	}
	for _, r := range records {
		if err := m.MovePatientTime(ctx, r.ID, row.Merged); err != nil {
			return Movement{}, err
		}
	}
	for _, side := range []*movement{m.kept, m.merged} { // who stays first, so that a bed is free
		if err := m.follow(ctx, side); err != nil {
			return Movement{}, err
		}
	}
	if err := m.record(ctx, booking.PatientsParted); err != nil {
		return Movement{}, err
	}
	return m.merged.result(ctx)
}

// claimPatient gives a visit its patient's time, if it has not and that is free: one
// that overlapped another since two records were merged. ErrPatientBusy while the
// other has the patient.
func (d *Desk) claimPatient(ctx context.Context, a *act) error {
	has, err := a.HasPatientTime(ctx, a.rec.ID)
	if err != nil || has {
		return err
	}
	taken, err := a.TakenOf(ctx, patientOf(a.rec.Patient), a.now, a.rec.When.Start(), a.rec.When.End(), a.rec.ID)
	if err != nil {
		return err
	}
	if len(taken) > 0 {
		return booking.ErrPatientBusy
	}
	if err := d.clear(ctx, a, patientOf(a.rec.Patient), a.rec.When); err != nil {
		return err
	}
	return d.reserve(ctx, a, patientOf(a.rec.Patient), a.rec.When)
}

// Merged are the records that became part of one, for its page.
func (d *Desk) Merged(ctx context.Context, by booking.Actor, kept booking.PatientID) ([]booking.Patient, error) {
	return view(ctx, d, func(tx *store.Tx) ([]booking.Patient, error) {
		if _, err := wardOf(ctx, tx, by, booking.KeepPatients, kept); err != nil {
			return nil, err
		}
		merges, err := tx.MergedInto(ctx, kept)
		var patients []booking.Patient
		for _, m := range merges {
			p, err := tx.Patient(ctx, m.Merged)
			if err != nil {
				return nil, err
			}
			patients = append(patients, p)
		}
		return patients, err
	})
}

// ByNumber is the patient with a hospital number, if they lie or lay last in a ward
// of the actor's: to find the other record of somebody.
func (d *Desk) ByNumber(ctx context.Context, by booking.Actor, mrn string) (booking.Patient, booking.Stay, error) {
	type found struct {
		patient booking.Patient
		stay    booking.Stay
	}
	mrn, err := readText(mrn, longestName)
	if err != nil {
		return booking.Patient{}, booking.Stay{}, err
	}
	f, err := view(ctx, d, func(tx *store.Tx) (f found, err error) {
		if f.patient, err = tx.PatientByNumber(ctx, mrn); err != nil {
			return f, err
		}
		if f.stay, err = tx.LastStay(ctx, f.patient.ID); err != nil {
			return f, err
		}
		if err := by.Refused(booking.KeepPatients, f.stay.Ward, booking.ErrNoSuchPatient); err != nil {
			return found{}, err
		}
		return f, nil
	})
	return f.patient, f.stay, err
}

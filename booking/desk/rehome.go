package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// This file is what becomes of visits when their patient goes somewhere.
//
// # Re-homing
//
// A visit to come follows its patient to the latest of the wards they have lain in
// that can take it: same time, an iPad of that ward, its policy. Where none can it
// stays as it is and is flagged on both wards. Asking the latest ward first, and
// then those before it, is what makes the outcome the same in whatever order the
// movements are told. Families are told nothing, since nothing that they would
// notice has changed but the number to ring, which is put right in what is still
// to be sent. A visit that has begun is never touched.
//
// # After a death
//
// Nothing leaves but by a person. Everything unsent about the patient is taken
// back, also what a worker has in hand already; visits are cancelled as sensitive,
// which tells nobody; and the outbox takes no notice to a family about a patient
// who has died, whatever act would owe one. Interpreters are told that the job is
// off, which says nothing of why.

// followVisits makes visits to come follow a patient who is alive.
func (m *movement) followVisits(ctx context.Context) error {
	records, err := m.VisitsOfPatient(ctx, m.patient.ID, m.now)
	if err != nil {
		return err
	}
	var following []store.Record
	for _, r := range records {
		if r.State == booking.Booked || booking.PutBack(r.Visit, m.patient, m.after, m.now) {
			following = append(following, r)
		}
	}
	if len(following) == 0 {
		return nil
	}
	if err := m.touchAll(ctx, following); err != nil {
		return err
	}
	for _, r := range following {
		a := &act{Tx: m.Tx, by: m.by, now: m.now}
		if err := a.load(ctx, r.ID); err != nil {
			return err
		}
		if a.rec.State == booking.Cancelled {
			err = m.d.putBack(ctx, a, m.after)
		} else {
			err = m.d.rehome(ctx, a, m.after)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// touchAll touches every device that following might take or leave, in order,
// before any is asked about: visits taken one by one would meet them in another.
func (m *movement) touchAll(ctx context.Context, visits []store.Record) error {
	wards := m.after.Wards()
	a := &act{Tx: m.Tx, by: m.by, now: m.now}
	var devices []booking.DeviceID
	for _, r := range visits {
		devices = append(devices, r.Device)
		if !slices.Contains(wards, r.Ward) {
			wards = append(wards, r.Ward)
		}
	}
	for _, ward := range wards {
		there, err := m.Devices(ctx, ward)
		if err != nil {
			return err
		}
		for _, device := range there {
			devices = append(devices, device.ID)
		}
	}
	return a.touchDevices(ctx, devices...)
}

// rehome moves the booked visit of the act to the latest ward of its patient's
// that can take it, if that is not where it is.
func (d *Desk) rehome(ctx context.Context, a *act, course booking.Whereabouts) error {
	for _, id := range course.Wards() {
		if id == a.rec.Ward {
			return nil
		}
		moved, there, err := d.placeIn(ctx, a, a.rec.Visit, id, a.rec.ID)
		if err != nil {
			return err
		}
		if there {
			return d.settleIn(ctx, a, moved)
		}
	}
	return nil
}

// placeIn finds what a visit would be in another ward at the same time, and
// whether that ward can take it: it takes visits, its timetable has that time or
// somebody has set that aside, as many may come, and an iPad is free. but is as for
// chooseDevice.
func (d *Desk) placeIn(ctx context.Context, a *act, v booking.Visit, id booking.WardID, but booking.VisitID) (booking.Visit, bool, error) {
	ward, err := a.Ward(ctx, id)
	if err != nil {
		return v, false, err
	}
	table, err := a.Timetable(ctx, ward, booking.DateOf(a.now, ward.Site.Zone))
	if err != nil {
		return v, false, err
	}
	aside, err := a.RulesAside(ctx, v.ID)
	if err != nil {
		return v, false, err
	}
	if !ward.Enabled || !table.Takes(v, a.rec.Bay, aside) || a.coming() > ward.Policy.People {
		return v, false, nil
	}
	buffers := ward.Policy.BuffersFor(a.rec.PatientRecord.Infection)
	v.Ward, v.PolicyVersion, v.Prepare, v.Clean = ward.ID, ward.Policy.Version, buffers.Prepare, buffers.Clean
	v.Device, err = d.chooseDevice(ctx, a, v, but)
	return v, err == nil, unlessRefused(err)
}

// coming is how many relatives are expected.
func (a *act) coming() (n int) {
	for _, p := range a.rec.People {
		if p.Role == booking.AsVisitor && p.Place != booking.Removed {
			n++
		}
	}
	return n
}

// unlessRefused is err if it is a fault or a lost race; a rule that says no, as to
// the choice of a device, is an answer.
func unlessRefused(err error) error {
	var refused *booking.Refusal
	if errors.As(err, &refused) && !errors.Is(err, store.ErrAgain) && !errors.Is(err, booking.ErrStale) {
		return nil
	}
	return err
}

// settleIn saves the visit of the act in its new ward, with the iPad there.
func (d *Desk) settleIn(ctx context.Context, a *act, moved booking.Visit) error {
	was := a.rec.Ward
	if err := a.Release(ctx, moved.ID, store.Device); err != nil {
		return err
	}
	if err := a.saveHome(ctx, moved); err != nil {
		return err
	}
	if err := d.reserve(ctx, a, deviceOf(moved.Device), moved.DeviceTime()); err != nil {
		return err
	}
	if err := a.Reword(ctx, moved.ID, map[string]string{"hospital": a.ward.Site.Name, "phone": a.ward.Phone}); err != nil {
		return err
	}
	a.Changed(was)
	return a.record(ctx, booking.VisitRehomed, "from ward "+string(was))
}

// saveHome saves a visit with the ward, policy and buffers it has now.
func (a *act) saveHome(ctx context.Context, v booking.Visit) (err error) {
	if a.ward, err = a.Ward(ctx, v.Ward); err != nil {
		return err
	}
	if err := a.save(ctx, v); err != nil {
		return err
	}
	return a.RehomeVisit(ctx, v, a.ward)
}

// putBack books the visit of the act again, which was cancelled for what was not
// so, if its time is still free: where it was, or where its patient lies now. What
// cannot be put back stays cancelled, and is flagged. After a death that was
// none, nobody hears of it by itself: see TellPutBack.
func (d *Desk) putBack(ctx context.Context, a *act, course booking.Whereabouts) error {
	why := a.rec.Reason
	back, err := a.rec.Reinstate(a.now)
	if err != nil {
		return unlessRefused(err)
	}
	taken, err := a.TakenOf(ctx, patientOf(back.Patient), a.now, back.When.Start(), back.When.End(), back.ID)
	if err != nil || len(taken) > 0 {
		return err
	}
	placed, ok := back, false
	for _, ward := range append(course.Wards(), back.Ward) {
		if placed, ok, err = d.placeIn(ctx, a, back, ward, ""); err != nil {
			return err
		}
		if ok {
			break
		}
	}
	if !ok {
		return nil
	}
	if err := d.bookAgain(ctx, a, placed); err != nil {
		return err
	}
	if why == booking.Discharged { // they were told that it was off
		return d.tellAgain(ctx, a)
	}
	return d.reviewer(a.Tx, a.by).open(ctx, booking.Flag{
		Visit: a.rec.ID, Ward: a.rec.Ward, Kind: booking.Untold, Cause: "put back " + a.now.Format(time.RFC3339Nano),
	})
}

// bookAgain saves a visit that was cancelled as booked, with what it needs.
func (d *Desk) bookAgain(ctx context.Context, a *act, v booking.Visit) error {
	if err := a.saveHome(ctx, v); err != nil {
		return err
	}
	if err := d.reserve(ctx, a, patientOf(v.Patient), v.When); err != nil {
		return err
	}
	if err := d.reserve(ctx, a, deviceOf(v.Device), v.DeviceTime()); err != nil {
		return err
	}
	return a.record(ctx, booking.VisitReinstated, "")
}

// tellAgain tells everybody coming that the visit of the act is on, and asks for
// the interpreter that it had.
func (d *Desk) tellAgain(ctx context.Context, a *act) error {
	if !a.rec.Tongue.IsZero() && a.openOffer() == nil {
		err := d.askInterpreter(ctx, a)
		if err != nil && !errors.Is(err, booking.ErrNoInterpreter) {
			return err
		}
	}
	return d.tellComing(ctx, a, booking.NoticeBooked, a.rec.People)
}

// TellPutBack tells those coming to a visit that was put back that it is on, and
// when: the press by which a person decides so.
func (d *Desk) TellPutBack(ctx context.Context, by booking.Actor, ref booking.Reference) (Visit, error) {
	return d.change(ctx, by, ref, mayRun, func(a *act) error {
		if a.rec.State != booking.Booked {
			return booking.ErrVisitOver
		}
		flags, err := a.FlagsOfVisit(ctx, a.rec.ID)
		if err != nil {
			return err
		}
		told := true
		r := d.reviewer(a.Tx, by)
		for _, f := range flags {
			if f.Kind != booking.Untold || !f.Open() {
				continue
			}
			told = false
			f.ClosedAt, f.ClosedBy, f.Closing = a.now, by.ID, booking.CauseGone
			if _, err := a.CloseFlag(ctx, f); err != nil {
				return err
			}
			if err := r.record(ctx, booking.FlagClosed, f, string(f.Kind)); err != nil {
				return err
			}
		}
		if told {
			return nil // pressed twice
		}
		if err := a.save(ctx, a.rec.Visit); err != nil { // a new version, so that what is told is told anew
			return err
		}
		return d.tellAgain(ctx, a)
	})
}

// staySilent is fallSilent for a death that is new, or that has come to visits which
// knew nothing of it: those of another record of the same person.
func (m *movement) staySilent(ctx context.Context, was bool) error {
	if was {
		if err := m.withdrawAll(ctx, m.patient.ID); err != nil {
			return err
		}
		records, err := m.VisitsOfPatient(ctx, m.patient.ID, m.now)
		waits := func(r store.Record) bool { return r.State == booking.Held || r.State == booking.Booked }
		if err != nil || !slices.ContainsFunc(records, waits) {
			return err
		}
	}
	return m.fallSilent(ctx)
}

// fallSilent is what a death does.
func (m *movement) fallSilent(ctx context.Context) error {
	id := m.patient.ID
	// Before what interpreters are told, which is not to be taken back.
	if err := m.withdrawAll(ctx, id); err != nil {
		return err
	}
	if err := m.StopAsking(ctx, id, m.now); err != nil {
		return err
	}
	records, err := m.VisitsOfPatient(ctx, id, m.now)
	if err != nil {
		return err
	}
	for _, r := range records {
		if r.State != booking.Held && r.State != booking.Booked {
			continue // over, or going on: whoever is there looks after it
		}
		a := &act{Tx: m.Tx, by: m.by, now: m.now}
		if err := a.load(ctx, r.ID); err != nil {
			return err
		}
		if err := m.silence(ctx, a); err != nil {
			return err
		}
	}
	task, err := m.d.newID()
	if err != nil || m.after.Ward == "" {
		return err
	}
	opened, err := m.AddTask(ctx, booking.Task{ID: booking.TaskID(task), Ward: m.after.Ward, Patient: id, OpenedAt: m.now})
	if err != nil || !opened {
		return err
	}
	return m.AddEvent(ctx, booking.Event{
		At: m.now, By: m.by, Action: booking.TaskOpened, Subject: "patient " + string(id), Ward: m.after.Ward, Reason: "call_family",
	})
}

// withdrawAll takes back what is unsent about a patient, also under a record that
// became part of theirs.
func (m *movement) withdrawAll(ctx context.Context, id booking.PatientID) error {
	if err := m.WithdrawAll(ctx, id, m.now); err != nil {
		return err
	}
	merges, err := m.MergedInto(ctx, id)
	for _, merge := range merges {
		err = errors.Join(err, m.withdrawAll(ctx, merge.Merged))
	}
	return err
}

// silence ends one visit after a death.
func (m *movement) silence(ctx context.Context, a *act) error {
	if a.rec.State == booking.Held {
		return a.giveBack(ctx)
	}
	over, err := a.rec.Cancel(booking.Sensitive, m.now)
	if err != nil {
		return err
	}
	if err := m.d.finish(ctx, a, over); err != nil {
		return err
	}
	gone, err := shown(ctx, m.Tx, m.by, a.rec)
	m.gone = append(m.gone, gone)
	return err
}

package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// review makes the flags of some visits say what troubles them now. Whoever
// changes a fact that a visit rests on ends their act with it. Flags are read
// before the facts, so that of two acts at once the one that read old facts finds
// that the other has flagged already, and is run again; what two acts could both
// miss, the sweep finds.
func (d *Desk) review(ctx context.Context, tx *store.Tx, by booking.Actor, visits ...booking.VisitID) error {
	r := d.reviewer(tx, by)
	ids := slices.Clone(visits)
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if err := r.review(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// reviewPatient is review for everything to come of a patient, and what was
// cancelled and may be put back.
func (d *Desk) reviewPatient(ctx context.Context, tx *store.Tx, by booking.Actor, id booking.PatientID) error {
	records, err := tx.VisitsOfPatient(ctx, id, d.now().Add(-12*time.Hour))
	if err != nil {
		return err
	}
	r := d.reviewer(tx, by)
	for i := range records {
		if records[i].State == booking.Held {
			continue
		}
		if err := r.reviewRecord(ctx, records[i]); err != nil {
			return err
		}
	}
	return nil
}

// reviewWard is review for a ward's visits that begin between two instants.
func (d *Desk) reviewWard(ctx context.Context, tx *store.Tx, by booking.Actor, ward booking.WardID, from, to time.Time) error {
	visits, err := tx.VisitsBookedIn(ctx, ward, from, to)
	if err != nil {
		return err
	}
	return d.review(ctx, tx, by, visits...)
}

// reviewDevice is review for the visits to come on a device.
func (d *Desk) reviewDevice(ctx context.Context, tx *store.Tx, by booking.Actor, id booking.DeviceID) error {
	visits, err := tx.VisitsBookedOn(ctx, id, d.now())
	if err != nil {
		return err
	}
	return d.review(ctx, tx, by, visits...)
}

// heed is review for the visit that an act has just changed. Only its interpreter
// can leave it with a trouble that it had not; everything else that people do to
// one visit ends troubles, which costs one look when there were none.
func (d *Desk) heed(ctx context.Context, a *act, was booking.Visit) error {
	interpreted := !was.Tongue.IsZero() || !a.rec.Tongue.IsZero()
	if was.State == booking.Held && !interpreted {
		return d.heedKept(ctx, a)
	}
	flags, err := a.FlagsOfVisit(ctx, a.rec.ID)
	troubled := func(f booking.Flag) bool { return f.Open() || overlaps(f) }
	if err != nil || !interpreted && !slices.ContainsFunc(flags, troubled) {
		return err
	}
	if slices.ContainsFunc(flags, overlaps) {
		return d.reviewPatient(ctx, a.Tx, a.by, a.rec.Patient) // the other one is alone now
	}
	return d.review(ctx, a.Tx, a.by, a.rec.ID)
}

// overlaps reports whether a flag says that a visit overlaps another of its patient,
// or did: also one that staff have closed and kept as it is may be without its patient.
func overlaps(f booking.Flag) bool { return f.Kind == booking.Overlapping }

// heedKept looks at a visit that was held until now. Nothing troubles a hold, but its
// patient may lie in another ward by now, or have what it leaves too little time for,
// and its iPad may have been lost or lent.
func (d *Desk) heedKept(ctx context.Context, a *act) error {
	if a.rec.State != booking.Booked {
		return nil
	}
	if a.rec.LiesIn == a.rec.Ward && !a.lacksTime() {
		gone, err := a.DeviceGone(ctx, a.rec.ID)
		if err != nil || !gone {
			return err
		}
	}
	return d.review(ctx, a.Tx, a.by, a.rec.ID)
}

// A reviewer works through visits and remembers what they share.
type reviewer struct {
	*store.Tx
	d      *Desk
	by     booking.Actor
	now    time.Time
	tables map[booking.WardID]booking.Timetable
	around map[booking.PatientID]booking.Situation
	loans  map[booking.DeviceID][]booking.Loan
}

func (d *Desk) reviewer(tx *store.Tx, by booking.Actor) *reviewer {
	return &reviewer{
		Tx: tx, d: d, by: by, now: d.now(), tables: map[booking.WardID]booking.Timetable{},
		around: map[booking.PatientID]booking.Situation{}, loans: map[booking.DeviceID][]booking.Loan{},
	}
}

func (r *reviewer) review(ctx context.Context, id booking.VisitID) error {
	rec, err := r.Record(ctx, id)
	if err != nil {
		return err
	}
	return r.reviewRecord(ctx, rec)
}

// A difference is what is wrong with a visit's flags.
type difference struct {
	closing, opening []booking.Flag
	alone            bool // it overlapped another visit of its patient, and does no more
}

func (d difference) any() bool { return len(d.closing)+len(d.opening) > 0 }

func (r *reviewer) differences(ctx context.Context, rec store.Record) (d difference, err error) {
	flags, err := r.FlagsOfVisit(ctx, rec.ID)
	if err != nil {
		return d, err
	}
	var troubles []booking.Trouble
	if mayTrouble(rec.Visit) {
		s, err := r.situation(ctx, rec)
		if err != nil {
			return d, err
		}
		troubles = booking.Troubles(rec.Visit, s)
	}
	d.closing, d.opening = booking.Reconcile(rec.Visit, flags, troubles)
	d.alone = slices.ContainsFunc(flags, overlaps) &&
		!slices.ContainsFunc(troubles, func(t booking.Trouble) bool { return t.Kind == booking.Overlapping })
	return d, nil
}

func (r *reviewer) reviewRecord(ctx context.Context, rec store.Record) error {
	diff, err := r.differences(ctx, rec)
	if err != nil {
		return err
	}
	if diff.any() && !r.Touched(patientOf(rec.Patient)) {
		// Whoever flags a visit keeps everybody else from it first, and looks again.
		if rec, err = r.Take(ctx, rec.ID); err != nil {
			return err
		}
		delete(r.around, rec.Patient)
		if diff, err = r.differences(ctx, rec); err != nil {
			return err
		}
	}
	for _, f := range diff.closing {
		f.ClosedAt, f.ClosedBy = r.now, cmp.Or(r.by.ID, string(r.by.Kind))
		closed, err := r.CloseFlag(ctx, f)
		if err != nil {
			return err
		}
		if closed {
			if err := r.record(ctx, booking.FlagClosed, f, string(f.Kind)+" "+string(f.Closing)); err != nil {
				return err
			}
		}
	}
	for _, f := range diff.opening {
		if err := r.open(ctx, f); err != nil {
			return err
		}
	}
	return r.part(ctx, rec, diff)
}

// part gives the patient to a visit that is alone with them now, or, when it is over,
// to the one that it overlapped.
func (r *reviewer) part(ctx context.Context, rec store.Record, diff difference) error {
	switch {
	case diff.alone && rec.State == booking.Booked && r.Touched(patientOf(rec.Patient)):
		a := &act{Tx: r.Tx, by: r.by, now: r.now, rec: rec}
		if err := r.d.claimPatient(ctx, a); err != nil && !errors.Is(err, booking.ErrPatientBusy) {
			return err
		}
	case rec.State.Over() && slices.ContainsFunc(diff.closing, overlaps):
		return r.d.reviewPatient(ctx, r.Tx, r.by, rec.Patient)
	}
	return nil
}

func (r *reviewer) open(ctx context.Context, f booking.Flag) error {
	id, err := r.d.newID()
	if err != nil {
		return err
	}
	f.ID, f.OpenedAt = booking.FlagID(id), r.now
	if err := r.AddFlag(ctx, f); err != nil {
		return err
	}
	return r.record(ctx, booking.VisitFlagged, f, string(f.Kind))
}

func (r *reviewer) record(ctx context.Context, what booking.Action, f booking.Flag, reason string) error {
	return r.AddEvent(ctx, booking.Event{
		At: r.now, By: r.by, Action: what, Subject: "visit " + string(f.Visit), Ward: f.Ward, Reason: reason,
	})
}

// mayTrouble reports whether anything can trouble a visit in its state, which
// spares those that are over a look around.
func mayTrouble(v booking.Visit) bool {
	switch v.State {
	case booking.Cancelled:
		return v.Reason == booking.Sensitive || v.Reason == booking.Discharged
	case booking.Held, booking.Ended:
		return false
	}
	return true
}

// situation gathers what decides what troubles a visit.
func (r *reviewer) situation(ctx context.Context, rec store.Record) (booking.Situation, error) {
	s, err := r.aroundPatient(ctx, rec.PatientRecord)
	if err != nil {
		return s, err
	}
	ward, err := r.Ward(ctx, rec.Ward)
	if err != nil {
		return s, err
	}
	under, err := r.WardUnder(ctx, rec.Ward, rec.PolicyVersion)
	if err != nil {
		return s, err
	}
	s.Buffers = under.Policy.BuffersFor(rec.PatientRecord.Infection)
	s.Zone, s.People, s.Device, s.Offer, s.Now = ward.Site.Zone, rec.People, rec.DeviceRecord, rec.Offer, r.now
	if s.Table, err = r.table(ctx, ward); err != nil {
		return s, err
	}
	if s.Loans, err = r.loansOf(ctx, rec.Device); err != nil {
		return s, err
	}
	if s.Walls, err = r.Tx.Walls(ctx, rec.Ward); err != nil {
		return s, err
	}
	if s.Aside, err = r.RulesAside(ctx, rec.ID); err != nil {
		return s, err
	}
	if !rec.Tongue.IsZero() {
		without, err := r.Forgone(ctx, rec.ID)
		if err != nil {
			return s, err
		}
		s.Without = !without.IsZero()
	}
	others := map[booking.VisitID]booking.Interval{}
	for id, when := range s.Others {
		if id != rec.ID {
			others[id] = when
		}
	}
	s.Others = others
	return s, nil
}

// aroundPatient is what the visits of one patient share.
func (r *reviewer) aroundPatient(ctx context.Context, p booking.Patient) (s booking.Situation, err error) {
	if s, known := r.around[p.ID]; known {
		return s, nil
	}
	s.Patient, s.Others = p, map[booking.VisitID]booking.Interval{}
	if s.Stay, err = r.Stay(ctx, p.ID); err != nil {
		return s, err
	}
	if s.Course, err = r.d.course(ctx, r.Tx, p); err != nil {
		return s, err
	}
	if s.Consent, err = r.Consent(ctx, p.ID); err != nil {
		return s, err
	}
	if s.Bars, err = r.Bars(ctx, p.ID); err != nil {
		return s, err
	}
	if s.Paused, err = r.Paused(ctx, p.ID); err != nil {
		return s, err
	}
	records, err := r.VisitsOfPatient(ctx, p.ID, r.now.Add(-12*time.Hour))
	if err != nil {
		return s, err
	}
	for _, rec := range records {
		if rec.State == booking.Booked || rec.State.Open() {
			s.Others[rec.ID] = rec.When
		}
	}
	r.around[p.ID] = s
	return s, nil
}

func (r *reviewer) table(ctx context.Context, ward booking.Ward) (booking.Timetable, error) {
	if t, known := r.tables[ward.ID]; known {
		return t, nil
	}
	t, err := r.Timetable(ctx, ward, booking.DateOf(r.now, ward.Site.Zone).AddDays(-1))
	if err == nil {
		r.tables[ward.ID] = t
	}
	return t, err
}

func (r *reviewer) loansOf(ctx context.Context, id booking.DeviceID) ([]booking.Loan, error) {
	if loans, known := r.loans[id]; known {
		return loans, nil
	}
	loans, err := r.LentFrom(ctx, id, r.now)
	if err == nil {
		r.loans[id] = loans
	}
	return loans, err
}

// course is where a patient is and how they came there: what their movements say,
// or, of a patient of whom none are known, their stays.
func (d *Desk) course(ctx context.Context, tx *store.Tx, p booking.Patient) (booking.Whereabouts, error) {
	movements, err := tx.Movements(ctx, p.ID)
	if err != nil || len(movements) > 0 {
		return booking.WhereaboutsOf(movements), err
	}
	spells, err := tx.Spells(ctx, p.ID)
	w := booking.Whereabouts{State: p.State, Spells: spells}
	if n := len(spells); n > 0 {
		last := spells[n-1]
		w.Ward, w.Bed, w.Since = last.Ward, last.Bed, last.From
		if !last.To.IsZero() {
			w.Since = last.To
		}
	}
	return w, err
}

// A FlaggedVisit is a visit that a ward is to look at, with why.
type FlaggedVisit struct {
	Visit
	Since time.Time      // when the first of the flags was raised
	Moves *booking.Ward  // where its patient lies now, when that is another ward
	Flags []booking.Flag // of the ward that asks
}

// Review is what a ward is to look at, the soonest visit first.
func (d *Desk) Review(ctx context.Context, by booking.Actor, ward booking.WardID) ([]FlaggedVisit, error) {
	return lists(ctx, d, by, ward, func(tx *store.Tx) ([]FlaggedVisit, error) {
		if _, err := heldWard(ctx, tx, by, booking.RunVisits, ward); err != nil {
			return nil, err
		}
		flags, err := tx.OpenFlags(ctx, ward)
		if err != nil {
			return nil, err
		}
		where := map[booking.VisitID]int{}
		var found []FlaggedVisit
		for _, f := range flags {
			i, known := where[f.Visit]
			if !known {
				v, err := d.flagged(ctx, tx, by, f)
				if err != nil {
					return nil, err
				}
				i, where[f.Visit] = len(found), len(found)
				found = append(found, v)
			}
			found[i].Flags = append(found[i].Flags, f)
		}
		slices.SortStableFunc(found, func(a, b FlaggedVisit) int {
			return cmp.Or(a.When.Start().Compare(b.When.Start()), cmp.Compare(a.Visit.ID, b.Visit.ID))
		})
		return found, nil
	})
}

func (d *Desk) flagged(ctx context.Context, tx *store.Tx, by booking.Actor, f booking.Flag) (FlaggedVisit, error) {
	rec, err := tx.Record(ctx, f.Visit)
	if err != nil {
		return FlaggedVisit{}, err
	}
	v, err := shown(ctx, tx, by, rec)
	if err != nil {
		return FlaggedVisit{}, err
	}
	out := FlaggedVisit{Visit: v, Since: f.OpenedAt}
	if rec.LiesIn != "" && rec.LiesIn != rec.Ward {
		there, err := tx.Ward(ctx, rec.LiesIn)
		if err != nil {
			return out, err
		}
		out.Moves = &there
	}
	return out, nil
}

// FlagCount is how much a ward is to look at: flagged visits, and families to ring.
func (d *Desk) FlagCount(ctx context.Context, by booking.Actor, ward booking.WardID) (int, error) {
	return view(ctx, d, func(tx *store.Tx) (int, error) {
		if _, err := heldWard(ctx, tx, by, booking.RunVisits, ward); err != nil {
			return 0, err
		}
		return tx.CountFlagged(ctx, ward)
	})
}

// KeepFlagged leaves a visit as it is although something troubles it, and says
// why. Every cause that is open then, on whichever ward, is answered by that.
func (d *Desk) KeepFlagged(ctx context.Context, by booking.Actor, ref booking.Reference, why string) (Visit, error) {
	note, err := readText(why, longestReason)
	if err != nil {
		return Visit{}, booking.ErrReasonNeeded
	}
	return d.change(ctx, by, ref, mayRun, func(a *act) error {
		flags, err := a.FlagsOfVisit(ctx, a.rec.ID)
		if err != nil {
			return err
		}
		r := d.reviewer(a.Tx, by)
		for _, f := range flags {
			if !f.Open() {
				continue
			}
			kept, err := f.Keep(by.ID, note, a.now)
			if err != nil {
				return err
			}
			if _, err := a.CloseFlag(ctx, kept); err != nil {
				return err
			}
			if err := r.record(ctx, booking.FlagKept, kept, string(f.Kind)+": "+note); err != nil {
				return err
			}
		}
		return nil
	})
}

// withFlags puts open flags beside the visits they are about.
func withFlags(visits []Visit, flags []booking.Flag) {
	for i := range visits {
		for _, f := range flags {
			if f.Visit == visits[i].ID {
				visits[i].Flags = append(visits[i].Flags, f)
			}
		}
	}
}

// FlaggedOf is one visit with its open flags, of whichever ward.
func (d *Desk) FlaggedOf(ctx context.Context, by booking.Actor, ref booking.Reference) (Visit, error) {
	return looksAt(ctx, d, by, ofVisit, func(tx *store.Tx) (Visit, error) {
		r, err := tx.RecordByReference(ctx, ref)
		if err != nil {
			return Visit{}, err
		}
		if !mayRun(by, r) {
			return Visit{}, booking.ErrNoSuchVisit
		}
		v, err := shown(ctx, tx, by, r)
		if err != nil {
			return v, err
		}
		flags, err := tx.FlagsOfVisit(ctx, r.ID)
		for _, f := range flags {
			if f.Open() {
				v.Flags = append(v.Flags, f)
			}
		}
		return v, err
	})
}

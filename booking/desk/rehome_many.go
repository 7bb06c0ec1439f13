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

// A Rehoming is what would become, or has become, of a visit that staff want to be
// held some other way.
type Rehoming struct {
	Visit  Visit            // as it was
	To     booking.Interval // its time then; the zero Interval when nothing was found
	Ward   booking.Ward     // where
	Device booking.Device
	Cannot error // why nothing was found; nil when something was
}

// Told reports whether its family is told, because they would notice.
func (r Rehoming) Told() bool { return r.Cannot == nil && r.To != r.Visit.When }

// mostAtOnce bounds how many visits are re-homed at once.
const mostAtOnce = 100

// timesTried is how many of the nearest times are tried for a visit.
const timesTried = 12

// errOnlyAsked undoes what RehomeMany did to find out.
var errOnlyAsked = errors.New("desk: only asked")

// RehomeMany moves several visits that are flagged to where they can be held: at the
// same time if that will do, or else at the nearest that is free, with an iPad of
// the ward where the patient lies. It is one act: each visit that is moved makes way
// for those after it, goodbyes before all others and then the soonest first, and those for which nothing is found stay as
// they are. Unless really, nothing is changed, and what it returns is what it would
// have done.
func (d *Desk) RehomeMany(ctx context.Context, by booking.Actor, refs []booking.Reference, really bool) ([]Rehoming, error) {
	switch {
	case len(refs) == 0:
		return nil, booking.ErrMissing
	case len(refs) > mostAtOnce:
		return nil, booking.ErrTooLong
	}
	var out []Rehoming
	err := d.store.Do(ctx, func(tx *store.Tx) error {
		visits, err := d.takeMany(ctx, tx, by, refs)
		if err != nil {
			return err
		}
		out = nil // run again, it starts again
		for _, id := range visits {
			r, err := d.rehomeOne(ctx, tx, by, id)
			if err != nil {
				return err
			}
			out = append(out, r)
		}
		if !really {
			return errOnlyAsked
		}
		return nil
	})
	if errors.Is(err, errOnlyAsked) {
		err = nil
	}
	return out, err
}

// takeMany touches the patients of visits, and then every device that might be
// taken or left, in order. It returns the visits, goodbyes before all others, which
// can wait for nothing, and then the soonest first.
func (d *Desk) takeMany(ctx context.Context, tx *store.Tx, by booking.Actor, refs []booking.Reference) ([]booking.VisitID, error) {
	var records []store.Record
	for _, ref := range refs {
		r, err := tx.RecordByReference(ctx, ref)
		if err != nil {
			return nil, err
		}
		if !mayRun(by, r) {
			return nil, booking.ErrNoSuchVisit
		}
		if !slices.ContainsFunc(records, func(s store.Record) bool { return s.ID == r.ID }) {
			records = append(records, r)
		}
	}
	slices.SortFunc(records, func(a, b store.Record) int { return cmp.Compare(a.Patient, b.Patient) })
	for i, r := range records {
		if i > 0 && records[i-1].Patient == r.Patient {
			continue
		}
		if err := tx.Touch(ctx, patientOf(r.Patient)); err != nil {
			return nil, err
		}
	}
	m := &movement{Tx: tx, d: d, by: by, now: d.now()}
	for _, r := range records {
		m.after.Spells = append(m.after.Spells, booking.Spell{Ward: cmp.Or(r.LiesIn, r.Ward)})
	}
	if err := m.touchAll(ctx, records); err != nil {
		return nil, err
	}
	last := func(r store.Record) int {
		if r.Kind == booking.EndOfLife {
			return 0
		}
		return 1
	}
	slices.SortFunc(records, func(a, b store.Record) int {
		return cmp.Or(last(a)-last(b), a.When.Start().Compare(b.When.Start()), cmp.Compare(a.ID, b.ID))
	})
	var ids []booking.VisitID
	for _, r := range records {
		ids = append(ids, r.ID)
	}
	return ids, nil
}

// rehomeOne finds another way to hold one visit, and makes it so.
func (d *Desk) rehomeOne(ctx context.Context, tx *store.Tx, by booking.Actor, id booking.VisitID) (Rehoming, error) {
	a := &act{Tx: tx, by: by, now: d.now()}
	if err := a.load(ctx, id); err != nil {
		return Rehoming{}, err
	}
	if !tx.Touched(patientOf(a.rec.Patient)) {
		return Rehoming{}, store.ErrAgain // it has come to another record meanwhile
	}
	was, err := shown(ctx, tx, by, a.rec)
	if err != nil {
		return Rehoming{}, err
	}
	out := Rehoming{Visit: was}
	elsewhen, err := a.rehomeable(ctx)
	if out.Cannot = err; err != nil {
		return out, unlessRefused(out.Cannot)
	}
	times, err := d.timesFor(ctx, a, elsewhen)
	if err != nil {
		return out, err
	}
	out.Cannot = booking.ErrNoSlots
	for _, when := range times {
		err := tx.Attempt(ctx, func() error { return d.holdInstead(ctx, tx, by, id, when) })
		if err == nil {
			return d.rehomed(ctx, tx, by, out, id)
		}
		if unlessRefused(err) != nil {
			return out, err
		}
	}
	return out, nil
}

// rehomeable refuses a visit that there is no other way to hold. elsewhen says that
// only another time would help.
func (a *act) rehomeable(ctx context.Context) (elsewhen bool, err error) {
	flags, err := a.FlagsOfVisit(ctx, a.rec.ID)
	if err != nil {
		return false, err
	}
	flagged := func(kind booking.FlagKind) bool {
		return slices.ContainsFunc(flags, func(f booking.Flag) bool { return f.Open() && f.Kind == kind })
	}
	again := a.rec.State == booking.Cancelled && flagged(booking.NotPutBack)
	switch {
	case a.rec.State.Open():
		return false, booking.ErrVisitBegun
	case a.rec.State != booking.Booked && !again:
		return false, booking.ErrVisitOver
	case a.rec.PatientRecord.State != booking.PatientActive || a.rec.LiesIn == "":
		return false, booking.ErrPatientAway
	case flagged(booking.ConsentGone): // no other time helps
		return false, booking.ErrConsentNeeded
	case flagged(booking.VisitorKept):
		return false, booking.ErrNoSlots
	case flagged(booking.VisitorWaits):
		return false, booking.ErrPaused
	}
	return flagged(booking.InterpreterOff), nil
}

// timesFor are when the visit of the act could be: as it is, unless only another time
// would help, and then the nearest free times of the ward where its patient lies.
func (d *Desk) timesFor(ctx context.Context, a *act, elsewhen bool) ([]booking.Interval, error) {
	ward, err := a.Ward(ctx, a.rec.LiesIn)
	if err != nil {
		return nil, err
	}
	o := offerer{
		by: a.by, ward: ward, bay: a.rec.Bay, patient: a.rec.PatientRecord, now: a.now, but: a.rec.ID, kind: a.rec.Kind,
	}
	near, err := o.near(ctx, a.Tx, a.rec.When.Start(), timesTried)
	if err != nil {
		return nil, err
	}
	was := a.rec.When.Start()
	slices.SortStableFunc(near, func(x, y booking.Slot) int {
		return cmp.Compare(x.When.Start().Sub(was).Abs(), y.When.Start().Sub(was).Abs())
	})
	var times []booking.Interval
	if a.now.Before(was) && !elsewhen {
		times = append(times, a.rec.When)
	}
	for _, s := range near {
		if s.When != a.rec.When {
			times = append(times, s.When)
		}
	}
	return times, nil
}

// holdInstead makes a visit be at a time, in the ward where its patient lies.
func (d *Desk) holdInstead(ctx context.Context, tx *store.Tx, by booking.Actor, id booking.VisitID, when booking.Interval) error {
	a := &act{Tx: tx, by: by, now: d.now()}
	if err := a.load(ctx, id); err != nil {
		return err
	}
	v, but := a.rec.Visit, a.rec.ID
	if v.State == booking.Cancelled {
		v.State, v.Reason, v.EndedAt, but = booking.Booked, "", time.Time{}, ""
	}
	same := v.When == when
	v.When = when
	placed, can, err := d.placeIn(ctx, a, v, a.rec.LiesIn, but)
	switch {
	case err != nil:
		return err
	case !can:
		return booking.ErrSlotTaken
	case but == "":
		if err := d.bookAgain(ctx, a, placed); err != nil {
			return err
		}
		return d.tellAgain(ctx, a)
	case same:
		return d.settleIn(ctx, a, placed)
	}
	if placed, err = a.homeIn(ctx, placed, placed.Ward); err != nil {
		return err
	}
	return d.moveTo(ctx, a, placed)
}

// rehomed says what has become of a visit, and closes what was flagged.
func (d *Desk) rehomed(ctx context.Context, tx *store.Tx, by booking.Actor, out Rehoming, id booking.VisitID) (Rehoming, error) {
	r, err := tx.Record(ctx, id)
	if err != nil {
		return out, err
	}
	if err := d.reviewPatient(ctx, tx, by, r.Patient); err != nil {
		return out, err
	}
	out.To, out.Device, out.Cannot = r.When, r.DeviceRecord, nil
	out.Ward, err = tx.Ward(ctx, r.Ward)
	return out, err
}

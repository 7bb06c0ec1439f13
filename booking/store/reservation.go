package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// A Kind is what sort of thing is reserved.
type Kind string

// The kinds of resource, in the order in which acts touch them.
const (
	Patient     Kind = "patient"
	Device      Kind = "device"
	Interpreter Kind = "interpreter"
)

// A Resource is a thing of which there is one: a device, a patient, an
// interpreter.
type Resource struct {
	Kind Kind
	ID   string
}

// A Reservation is a resource taken for a time by a visit.
type Reservation struct {
	ID       string
	Resource Resource
	Visit    booking.VisitID
	When     booking.Interval
	Expires  time.Time // of a hold; the zero Time is firm
}

// Taken says that a resource was reserved by somebody else a moment ago. To Do
// it means to run the act again; to the person asking, that they are too late.
type Taken struct{ Kind Kind }

func (t *Taken) Error() string { return "store: taken: a " + string(t.Kind) }

// Is makes Taken a reason to run again.
func (t *Taken) Is(target error) bool { return target == ErrAgain }

// Unwrap gives what the person asking may hear.
func (t *Taken) Unwrap() error {
	switch t.Kind {
	case Patient:
		return booking.ErrPatientBusy
	case Interpreter:
		return booking.ErrNoInterpreter
	}
	return booking.ErrSlotTaken
}

// None sets a column of a unique key: where a table has a trigger before its updates,
// PostgreSQL then also keeps waiting whoever only writes a row that refers to it.
const (
	touchSetting     = `INSERT INTO settings (name, value) VALUES ($1, '') ON CONFLICT (name) DO UPDATE SET value = settings.value`
	touchPatient     = `UPDATE patients SET holds = holds + 1 WHERE id = $1`
	touchBed         = `UPDATE beds SET closed_at = closed_at WHERE id = $1`
	touchSaved       = `UPDATE visits SET version = version WHERE id = $1`
	touchInterpreter = `UPDATE interpreters SET holds = holds + 1 WHERE id = $1`
)

// Touch has every other act on a resource wait until this one is over. Acts
// touch the patient first, then devices, then interpreters, each kind in order
// of id; one that meets another resource late is run again if somebody has that:
// see inTurn. A resource that there is not is refused. Touching twice is touching
// once: until it is over, the resource is this act's.
func (tx *Tx) Touch(ctx context.Context, r Resource) error {
	if tx.Touched(r) {
		return nil
	}
	if err := tx.inTurn(ctx, r); tx.store.engine.nothing(err) {
		return noSuch[r.Kind]
	} else if err != nil {
		return err
	}
	switch r.Kind {
	case Device:
		return tx.touchDevice(ctx, r.ID)
	case wardRow:
		return tx.TakeWard(ctx, booking.WardID(r.ID))
	}
	query := map[Kind]string{
		settingRow: touchSetting, Patient: touchPatient, bedRow: touchBed, visitRow: touchSaved, Interpreter: touchInterpreter,
	}[r.Kind]
	n, err := tx.run(ctx, "touch "+string(r.Kind), query, r.ID)
	if n == 0 && err == nil || tx.store.engine.nothing(err) {
		return noSuch[r.Kind]
	}
	return err
}

var noSuch = map[Kind]error{
	Patient: booking.ErrNoSuchPatient, bedRow: booking.ErrNoSuchBed, Device: booking.ErrNoSuchDevice, Interpreter: booking.ErrNoSuchInterpreter,
	visitRow: booking.ErrNoSuchVisit,
}

const addReservations = `
INSERT INTO reservations (id, resource_kind, resource_id, visit_id, starts_at, ends_at, state, expires_at) VALUES`

// Reserve takes resources, which this act has touched, for a visit. It returns
// *Taken, of the last, if another visit has one of them for some of that time,
// also one whose hold has lapsed: see Lapsed.
func (tx *Tx) Reserve(ctx context.Context, taking ...Reservation) error {
	rows := make([][]any, len(taking))
	for i, r := range taking {
		state := "firm"
		if !r.Expires.IsZero() {
			state = "held"
		}
		rows[i] = []any{r.ID, r.Resource.Kind, r.Resource.ID, r.Visit, at(r.When.Start()), at(r.When.End()), state, at(r.Expires)}
	}
	last := taking[len(taking)-1].Resource.Kind
	_, err := tx.tx.ExecContext(ctx, addReservations+placesFor(len(rows), len(rows[0])), slices.Concat(rows...)...)
	if err == nil {
		return nil
	}
	switch tx.store.engine.broken(err) {
	case "reservations_no_overlap", "interpreter_not_away", "interpreter_not_closed", "interpreter_rest":
		tx.lost = fmt.Errorf("store: reserve a %s: %w", last, &Taken{last})
		return tx.lost
	}
	return fmt.Errorf("store: reserve a %s: %w", last, err)
}

// A Lapsed hold has run out, and stands in the way. Whoever meets it ends it, in
// the same transaction.
type Lapsed struct {
	Visit  booking.VisitID
	Device booking.DeviceID // the visit's
}

const (
	selectLapsed = `
SELECT r.visit_id, v.device_id FROM reservations AS r JOIN visits AS v ON v.id = r.visit_id
WHERE  r.state = 'held' AND r.expires_at <= $1 AND `
	lapsedOf = selectLapsed + `r.resource_kind = $2 AND r.resource_id = $3 AND r.starts_at < $5 AND $4 < r.ends_at
ORDER  BY r.visit_id`
	lapsedFor = selectLapsed + `(
       r.resource_kind = 'patient' AND r.resource_id = $2 AND r.starts_at < $4 AND $3 < r.ends_at OR
       r.resource_kind = 'device' AND r.resource_id = $5 AND r.starts_at < $7 AND $6 < r.ends_at)
ORDER  BY r.visit_id`
)

// Lapsed are the lapsed holds on a resource for some of an interval.
func (tx *Tx) Lapsed(ctx context.Context, r Resource, when booking.Interval, now time.Time) ([]Lapsed, error) {
	return tx.lapsed(ctx, lapsedOf, at(now), r.Kind, r.ID, at(when.Start()), at(when.End()))
}

// LapsedFor are the lapsed holds on what a visit is to have: its patient and its
// device.
func (tx *Tx) LapsedFor(ctx context.Context, v booking.Visit, now time.Time) ([]Lapsed, error) {
	device := v.DeviceTime()
	return tx.lapsed(ctx, lapsedFor, at(now), v.Patient, at(v.When.Start()), at(v.When.End()),
		v.Device, at(device.Start()), at(device.End()))
}

func (tx *Tx) lapsed(ctx context.Context, query string, args ...any) ([]Lapsed, error) {
	found, err := all(ctx, tx, "lapsed holds", func(row scanner) (l Lapsed, err error) {
		err = row.Scan(&l.Visit, &l.Device)
		return l, err
	}, query, args...)
	return slices.Compact(found), err // one that has lapsed on both is one
}

const (
	firmReservations = `
UPDATE reservations SET state = 'firm', expires_at = NULL WHERE visit_id = $1 AND state = 'held'`

	releaseReservations = `
UPDATE reservations SET state = 'released', expires_at = NULL
WHERE  visit_id = $1 AND state <> 'released' AND ($2 = '' OR resource_kind = $2)`
)

// Firm makes what a visit holds its own.
func (tx *Tx) Firm(ctx context.Context, visit booking.VisitID) error {
	return tx.save(ctx, "make reservations firm", firmReservations, visit)
}

// Release gives back what a visit has of one kind, or everything when kind is
// empty.
func (tx *Tx) Release(ctx context.Context, visit booking.VisitID, kind Kind) error {
	_, err := tx.run(ctx, "release reservations", releaseReservations, visit, kind)
	return err
}

const takenOf = `
SELECT starts_at, ends_at FROM reservations
WHERE  resource_kind = $1 AND resource_id = $2 AND state <> 'released' AND (state = 'firm' OR expires_at > $3)
  AND  starts_at < $5 AND $4 < ends_at AND visit_id IS DISTINCT FROM $6
ORDER  BY starts_at`

// TakenOf is when a resource is taken between two instants, but for one visit.
func (tx *Tx) TakenOf(ctx context.Context, r Resource, now, from, to time.Time, but booking.VisitID) ([]booking.Interval, error) {
	return all(ctx, tx, "taken", scanInterval, takenOf, r.Kind, r.ID, at(now), at(from), at(to), orNull(but))
}

func scanInterval(row scanner) (booking.Interval, error) {
	var from, to stamp
	if err := row.Scan(&from, &to); err != nil {
		return booking.Interval{}, err
	}
	return booking.NewInterval(from.Time, to.Sub(from.Time))
}

// Diary is what is taken of a patient and of a ward's devices between two
// instants, but for one visit.
func (tx *Tx) Diary(ctx context.Context, ward booking.WardID, patient booking.PatientID, now, from, to time.Time, but booking.VisitID) (diary booking.Diary, err error) {
	if diary.Patient, err = tx.TakenOf(ctx, Resource{Patient, string(patient)}, now, from, to, but); err != nil {
		return diary, err
	}
	diary.Fleet, err = tx.Fleet(ctx, ward, now, from, to, but)
	return diary, err
}

const freeOfOver = `
UPDATE reservations SET state = 'released'
WHERE  resource_kind = 'device' AND resource_id = $1 AND state = 'firm'
  AND  visit_id IN (SELECT id FROM visits WHERE device_id = $1 AND state IN ('ended', 'cancelled'))`

// FreeOfOver gives back what visits that are over still have of a device.
func (tx *Tx) FreeOfOver(ctx context.Context, id booking.DeviceID) error {
	_, err := tx.run(ctx, "free a device", freeOfOver, id)
	return err
}

package desk

import (
	"context"
	"sync"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// What is read is recorded like what is done, once it has been read and before it is
// told. A board that renews itself is no record of a patient: it shows their alias,
// and is not recorded.

// readsKept is how long somebody who has looked at something is taken to be looking
// still: a page that renews itself, or is turned, is recorded once.
const readsKept = 10 * time.Minute

// mostReads is how many looks are remembered before the old ones are forgotten.
const mostReads = 4096

// reads are who has looked at what lately. They are this process's own: another one
// on the same database records a look once more, which is no harm.
type reads struct {
	mu   sync.Mutex // guards seen
	seen map[aRead]time.Time
}

// aRead is what makes one look the same as another.
type aRead struct {
	kind            booking.ActorKind
	who             string
	what            booking.Action
	subject, reason string
}

func readOf(e booking.Event) aRead { return aRead{e.By.Kind, e.By.ID, e.Action, e.Subject, e.Reason} }

// begins reports whether e is the first look for a while, and remembers it.
func (r *reads) begins(e booking.Event) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if at, seen := r.seen[readOf(e)]; seen && e.At.Sub(at) < readsKept && !e.At.Before(at) {
		return false
	}
	if len(r.seen) >= mostReads {
		for old, at := range r.seen {
			if e.At.Sub(at) >= readsKept {
				delete(r.seen, old)
			}
		}
	}
	if len(r.seen) >= mostReads {
		clear(r.seen) // so many at once: each is recorded once more
	}
	r.seen[readOf(e)] = e.At
	return true
}

func (r *reads) forget(e booking.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.seen, readOf(e))
}

// hasRead records that staff have read something, unless that was recorded just now.
// What can't be recorded is not to be told, so its error is the read's.
func (d *Desk) hasRead(ctx context.Context, e booking.Event) error {
	e.At, e.Quiet = d.now(), true
	if e.By.Kind != booking.StaffActor || !d.reads.begins(e) {
		return nil
	}
	err := d.store.Do(ctx, func(tx *store.Tx) error { return tx.AddEvent(ctx, e) })
	if err != nil {
		d.reads.forget(e)
	}
	return err
}

// readPatient records that staff have read what stands of a patient.
func (d *Desk) readPatient(ctx context.Context, by booking.Actor, id booking.PatientID, ward booking.WardID) error {
	return d.hasRead(ctx, booking.Event{By: by, Action: booking.PatientRead, Subject: "patient " + string(id), Ward: ward})
}

// readWard records that staff have read a list of a ward's patients by name.
func (d *Desk) readWard(ctx context.Context, by booking.Actor, ward booking.WardID) error {
	return d.hasRead(ctx, booking.Event{By: by, Action: booking.PatientsListed, Subject: "ward " + string(ward), Ward: ward})
}

// lists is view for a list of a ward's patients.
func lists[T any](ctx context.Context, d *Desk, by booking.Actor, ward booking.WardID, fn func(tx *store.Tx) (T, error)) (T, error) {
	out, err := view(ctx, d, fn)
	if err == nil {
		err = d.readWard(ctx, by, ward)
	}
	return out, err
}

// looksAt is view for what stands of one patient, whom it finds.
func looksAt[T any](ctx context.Context, d *Desk, by booking.Actor, whose func(T) (booking.PatientID, booking.WardID), fn func(tx *store.Tx) (T, error)) (T, error) {
	out, err := view(ctx, d, fn)
	if err == nil {
		id, ward := whose(out)
		err = d.readPatient(ctx, by, id, ward)
	}
	return out, err
}

func ofSide(b Bedside) (booking.PatientID, booking.WardID) { return b.Patient.ID, b.Ward.ID }
func ofVisit(v Visit) (booking.PatientID, booking.WardID)  { return v.Visit.Patient, v.Visit.Ward }
func ofAsking(a Asking) (booking.PatientID, booking.WardID) {
	return a.Request.Patient, a.Request.Ward
}

// A Named is what a request named: a kind of thing, and its id.
type Named struct{ Kind, ID string }

// AskedElsewhere records that staff asked for something and were told that it is not
// there: a thing of a ward that is not theirs, or nothing at all, of which the page
// is all that is recorded. The row stands in the audit of the ward whose thing it is.
func (d *Desk) AskedElsewhere(ctx context.Context, by booking.Actor, page string, named []Named) error {
	return d.store.Do(ctx, func(tx *store.Tx) error {
		e := booking.Event{At: d.now(), By: by, Action: booking.AskedElsewhere, Subject: "page " + page, Reason: page, Quiet: true}
		for _, n := range named {
			id, ward, err := tx.WhoseIs(ctx, n.Kind, n.ID)
			if err != nil {
				return err
			}
			if id == "" || by.Knows(ward) {
				continue
			}
			kind := n.Kind
			if kind == "reference" {
				kind = "visit"
			}
			e.Subject, e.Ward = kind+" "+id, ward
			break
		}
		return tx.AddEvent(ctx, e)
	})
}

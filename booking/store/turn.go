package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/wardvisit/wardvisit/booking"
)

// What is touched besides resources: a setting, by being saved, as every import does
// first; a bed, by whoever puts a patient into it or takes them out; a visit, by being
// saved; and last of all a ward's own row, by TakeWard and as the boards are made to
// look again.
const (
	settingRow Kind = "setting"
	bedRow     Kind = "bed"
	visitRow   Kind = "visit"
	wardRow    Kind = "ward"
)

// turns are the kinds in the order in which transactions touch them.
var turns = map[Kind]int{settingRow: 1, Patient: 2, bedRow: 3, Device: 4, Interpreter: 5, visitRow: 6, wardRow: 7}

func inOrder(a, b Resource) int {
	return cmp.Or(cmp.Compare(turns[a.Kind], turns[b.Kind]), cmp.Compare(a.ID, b.ID))
}

// Touched reports whether this transaction keeps every other one waiting that would
// touch a resource.
func (tx *Tx) Touched(r Resource) bool {
	_, touched := tx.touched[r]
	return touched
}

// inTurn is asked before a resource is touched. In the order of turns a transaction
// may wait for another; out of it, it takes only what nobody has, since two that
// wait for each other wait for ever. If somebody has it, the act is run again, and
// then begins with everything that it turned out to need, in order: see Do.
func (tx *Tx) inTurn(ctx context.Context, r Resource) error {
	if tx.Touched(r) {
		return nil
	}
	if inOrder(r, tx.last) < 0 {
		if err := tx.store.engine.lockNow(ctx, tx.tx, r); err != nil {
			if tx.store.engine.nothing(err) {
				return err
			}
			tx.missed = append(tx.missed, r)
			tx.lost = fmt.Errorf("store: touch a %s out of turn: %w", r.Kind, err)
			return tx.lost
		}
	}
	tx.keep(r)
	return nil
}

// saving is asked before a visit is saved, which keeps everybody else waiting who
// would save it: somebody who makes room moves visits of patients they do not touch,
// while another who has touched the patient, and saved the visit, may still have to
// wait for the iPad that the first has.
func (tx *Tx) saving(ctx context.Context, id booking.VisitID) error {
	return tx.inTurn(ctx, Resource{visitRow, string(id)})
}

// keep remembers that a resource is touched.
func (tx *Tx) keep(r Resource) {
	if tx.touched == nil {
		tx.touched = map[Resource]struct{}{}
	}
	tx.touched[r] = struct{}{}
	if inOrder(r, tx.last) > 0 {
		tx.last = r
	}
}

// begin touches what an earlier run of the act turned out to need.
func (tx *Tx) begin(ctx context.Context, needed []Resource) error {
	for _, r := range needed {
		if err := tx.Touch(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// needs is what another run of the act is to begin with: more than this one began
// with, or nil when it missed nothing.
func (tx *Tx) needs() []Resource {
	if len(tx.missed) == 0 {
		return nil
	}
	all := maps.Clone(tx.touched)
	maps.DeleteFunc(all, func(r Resource, _ struct{}) bool { return r.Kind == wardRow })
	for _, r := range tx.missed {
		all[r] = struct{}{}
	}
	return slices.SortedFunc(maps.Keys(all), inOrder)
}

const patientOfVisit = `SELECT patient_id FROM visits WHERE id = $1`

// takeLate is Take for a transaction that has touched something already, and may
// not simply wait for a patient.
func (tx *Tx) takeLate(ctx context.Context, id booking.VisitID) (Record, error) {
	patient, err := one(ctx, tx, "patient of a visit", booking.ErrNoSuchVisit, scalar[string], patientOfVisit, id)
	if err != nil {
		return Record{}, err
	}
	if err := tx.Touch(ctx, Resource{Patient, patient}); err != nil {
		return Record{}, err
	}
	r, err := tx.Record(ctx, id)
	if err == nil && string(r.Patient) != patient {
		err = fmt.Errorf("store: take a visit: its patient changed: %w", ErrAgain)
	}
	return r, err
}

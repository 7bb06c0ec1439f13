package proof

import (
	"errors"

	"github.com/wardvisit/wardvisit/booking"
)

// upheaval is what changes much at once: who a patient turns out to be, what they
// turn out to have, and a ward that closes for a day.
var upheaval = []act{
	{"merge two records", 2, (*client).merge},
	{"take a merge apart", 7, (*client).unmerge},
	{"change an infection", 4, (*client).setInfection},
	{"re-home a closed ward", 4, (*client).rehomeClosed},
	{"ask what re-homing would do", 2, (*client).planRehoming},
}

// merge makes one record of two, of whichever wards.
func (c *client) merge() error {
	_, err := c.Merge(c.ctx, c.matron(), patientID(c.patient()), patientID(c.patient()))
	return err
}

// unmerge takes apart one that is listed on the page of the record that was kept.
func (c *client) unmerge() error {
	for _, i := range c.r.Perm(c.patients()) {
		gone, err := c.Merged(c.ctx, c.matron(), patientID(i+1))
		if errors.Is(err, booking.ErrNoSuchPatient) {
			continue // who has left, or is merged themselves, has no page
		}
		if err != nil {
			return err
		}
		if len(gone) > 0 {
			_, err := c.Unmerge(c.ctx, c.matron(), gone[c.r.IntN(len(gone))].ID)
			return err
		}
	}
	return errIdle
}

func (c *client) setInfection() error {
	classes := append([]booking.Infection{booking.NoInfection, booking.NoInfection}, booking.Infections...)
	return c.SetInfection(c.ctx, c.matron(), patientID(c.patient()), classes[c.r.IntN(len(classes))])
}

// closeDay closes a ward for a day, if it is not closed then already.
func (c *client) closeDay(ward booking.WardID) error {
	day := dateOf(c.when())
	rules, err := c.Rules(c.ctx, c.matron(), ward)
	if err != nil {
		return err
	}
	for _, closed := range rules.Closures {
		if closed.From == day {
			return nil
		}
	}
	_, err = c.Close(c.ctx, c.matron(), booking.Closure{
		Ward: ward, From: day, To: day, Start: 0, End: 24 * 60, Reason: "an outbreak", Owner: "Sister Khan", ReviewOn: day,
	}, "")
	return err
}

// closed are the visits of a ward that are flagged because it has closed.
func (c *client) closed(ward booking.WardID) (refs []booking.Reference, err error) {
	review, err := c.Review(c.ctx, c.matron(), ward)
	for _, v := range review {
		for _, f := range v.Flags {
			if f.Kind == booking.ClosedThen {
				refs = append(refs, v.Reference)
				break
			}
		}
	}
	return refs, err
}

// rehomeClosed closes a ward for a day, and holds what was booked then some other way.
func (c *client) rehomeClosed() error {
	ward := c.ward()
	if err := c.closeDay(ward); err != nil {
		return err
	}
	refs, err := c.closed(ward)
	if err != nil {
		return err
	}
	if len(refs) == 0 {
		return errIdle
	}
	done, err := c.RehomeMany(c.ctx, c.matron(), refs, true)
	if err != nil {
		return err
	}
	for _, r := range done {
		if r.Cannot == nil {
			return nil
		}
	}
	return errIdle // there was nowhere else
}

func (c *client) planRehoming() error {
	refs, err := c.closed(c.ward())
	if err != nil {
		return err
	}
	if len(refs) == 0 {
		return errIdle
	}
	_, err = c.RehomeMany(c.ctx, c.matron(), refs, false)
	return err
}

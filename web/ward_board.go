package web

import (
	"cmp"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// This file turns a ward's day into what its board says, as a function of the
// day and the time. The templates only set it out.

// A board is a ward's day as staff read it from two metres away.
type board struct {
	Date    booking.Date
	Zone    *time.Location
	Today   bool
	Now     time.Time
	Serial  int64
	Doing   []visitCard // in hand, or to be taken in hand now; the most pressing first
	Later   []visitCard
	Over    []visitCard
	Waiting []personRow // everybody who waits, longest first
	Dirty   []ipadLine  // iPads to clean
}

// An urgency is how much a visit needs somebody now.
type urgency int

const (
	quiet    urgency = iota // nothing to do
	ready                   // may be started
	watch                   // under way; somebody may look in
	overdue                 // should have begun, or should have ended
	awaited                 // somebody waits for it to begin, or its iPad is on the way
	answered                // somebody waits and can be let in
)

// newBoard sets out a day at now.
func newBoard(day desk.Board, now time.Time) board {
	b := board{
		Date: day.Date, Zone: day.Ward.Site.Zone, Now: now, Serial: day.Serial,
		Today: booking.DateOf(now, day.Ward.Site.Zone) == day.Date,
	}
	for _, v := range day.Visits {
		card := newCard(v, now)
		switch {
		case v.State.Over():
			b.Over = append(b.Over, card)
		case card.Urgency > quiet:
			b.Doing = append(b.Doing, card)
		default:
			b.Later = append(b.Later, card)
		}
		for _, p := range card.People {
			if p.Waits && !v.State.Over() {
				b.Waiting = append(b.Waiting, p)
			}
		}
	}
	for _, d := range day.Devices {
		if d.State == booking.DeviceDirty {
			b.Dirty = append(b.Dirty, newIPadLine(d, now))
		}
	}
	slices.SortStableFunc(b.Doing, func(a, c visitCard) int {
		return cmp.Or(cmp.Compare(c.Urgency, a.Urgency), a.When.Start().Compare(c.When.Start()))
	})
	slices.SortStableFunc(b.Waiting, func(a, c personRow) int { return a.HereSince.Compare(c.HereSince) })
	return b
}

// DayWords writes the day in full.
func (b board) DayWords() string { return day(noonOf(b.Date, b.Zone), b.Zone) }

// Next is the visit that needs somebody most; nil when none is in hand.
func (b board) Next() *visitCard {
	if len(b.Doing) == 0 {
		return nil
	}
	return &b.Doing[0]
}

// Others are the other visits in hand.
func (b board) Others() []visitCard { return b.Doing[min(1, len(b.Doing)):] }

// Chore is what to do when no visit needs anybody.
func (b board) Chore() string {
	if len(b.Dirty) == 0 || !b.Today {
		return ""
	}
	var tags []string
	for _, d := range b.Dirty {
		tags = append(tags, d.Device.Tag)
	}
	return "Clean " + inWords(tags)
}

// Aside are the iPads to clean beside what is more pressing, but for those that a
// visit asks for by itself.
func (b board) Aside() (dirty []ipadLine) {
	if !b.Today {
		return nil
	}
	for _, d := range b.Dirty {
		if !slices.ContainsFunc(b.Doing, func(c visitCard) bool { return c.CanClean() && c.DeviceRecord.ID == d.Device.ID }) {
			dirty = append(dirty, d)
		}
	}
	return dirty
}

// First is the next visit of the day; nil when there is none to come.
func (b board) First() *visitCard {
	if len(b.Later) == 0 {
		return nil
	}
	return &b.Later[0]
}

// Empty reports whether nothing is booked.
func (b board) Empty() bool { return len(b.Doing)+len(b.Later)+len(b.Over) == 0 }

// Names says who waits, for somebody who hears the board instead of seeing it.
func (b board) Names() string {
	var names []string
	for _, p := range b.Waiting {
		names = append(names, p.Name)
	}
	return inWords(names)
}

package desk

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// What is freed is offered to those who wait, to one at a time.
//
// An offer is a visit held for whom it is offered to, so the reservations make it
// theirs alone, and it lapses like every hold. Which times are free is never
// stored, and neither is that one became so: passOn looks at what is free for
// each entry of a ward, in turn, and offers it the first time that suits. So it
// does not matter what freed a time, nor whether whoever freed it knew of a
// waiting list. Acts that free one pass it on when they have committed, so that
// it is offered at once; and Sweep passes on in every ward where something has
// changed since it last looked, which covers everything else: a hold that lapsed,
// a ward that reopened, an iPad that is back, a program that stopped in between.
//
// Each offer is an act of its own, on the patient of the entry first, as every
// act is: to offer inside the act that frees would touch another patient after a
// device, and two such acts could wait for each other.

// looks is what Sweep remembers of the wards it looked at. It is only to spare
// work: forgetting it costs one more look. It is shared by every desk that Keyed
// makes of one.
type looks struct {
	mu   sync.Mutex // guards seen
	seen map[booking.WardID]look
}

type look struct {
	serial int64
	at     time.Time
}

// lookAgain is how long a ward in which nothing changed is not looked at: what is
// offered also changes with the clock, day by day.
const lookAgain = 10 * time.Minute

// due reports whether a ward is to be looked at, and remembers that it is.
func (l *looks) due(b store.Busy, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	last, seen := l.seen[b.Ward]
	if seen && last.serial == b.Serial && now.Sub(last.at) < lookAgain {
		return false
	}
	l.seen[b.Ward] = look{b.Serial, now}
	return true
}

// forget has a ward looked at again.
func (l *looks) forget(ward booking.WardID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.seen, ward)
}

// sweepWaiting passes on in every ward where something may have become free.
func (d *Desk) sweepWaiting(ctx context.Context) error {
	wards, err := view(ctx, d, func(tx *store.Tx) ([]store.Busy, error) { return tx.WardsWaitedIn(ctx) })
	if err != nil {
		return err
	}
	var errs []error
	for _, b := range wards {
		if !d.looks.due(b, d.now()) {
			continue
		}
		if _, err := d.offerFree(ctx, b.Ward); err != nil {
			d.looks.forget(b.Ward)
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// passOn offers what an act has just freed in a ward. The act is committed, so
// nothing that happens here is its asker's to know: what fails, Sweep does.
func (d *Desk) passOn(ctx context.Context, ward booking.WardID) {
	if _, err := d.offerFree(context.WithoutCancel(ctx), ward); err != nil {
		d.looks.forget(ward)
	}
}

// freed passes on what an act on a visit has freed, if it went well.
func (d *Desk) freed(ctx context.Context, v Visit, err error) (Visit, error) {
	if err == nil {
		d.passOn(ctx, v.Visit.Ward)
	}
	return v, err
}

// offerFree looks, for each entry of a ward in turn, for a time that it could be
// offered, and returns how many were. Those for whom there is none cost a read.
func (d *Desk) offerFree(ctx context.Context, ward booking.WardID) (offered int, err error) {
	now := d.now()
	waiting, err := view(ctx, d, func(tx *store.Tx) ([]booking.Waiting, error) {
		return tx.Waiting(ctx, ward, now.Add(-booking.Lately), now)
	})
	if err != nil {
		return 0, err
	}
	var errs []error
	for _, w := range booking.InTurn(waiting) {
		worth, err := view(ctx, d, func(tx *store.Tx) (bool, error) { return d.worthOffering(ctx, tx, w.WaitlistEntry) })
		if err == nil && worth {
			var made bool
			if made, err = do(ctx, d, func(tx *store.Tx) (bool, error) { return d.offerTo(ctx, tx, w.ID) }); made && err == nil {
				offered++
			}
		}
		var refused *booking.Refusal
		if err != nil && !errors.As(err, &refused) { // somebody was faster: there will be another time
			errs = append(errs, err)
		}
	}
	return offered, errors.Join(errs...)
}

// worthOffering reports whether offerTo would do something.
func (d *Desk) worthOffering(ctx context.Context, tx *store.Tx, e booking.WaitlistEntry) (bool, error) {
	s, err := tx.Standing(ctx, e.Patient, e.Visitor)
	if err != nil {
		return false, err
	}
	now := d.now()
	refused := s.MayVisit(now)
	if _, leaves := e.Leaves(refused, d.todayOf(e, s)); leaves || s.Ward.ID != "" && s.Ward.ID != e.Ward {
		return true, nil
	}
	if refused != nil {
		return false, nil
	}
	if busy, err := d.filling(ctx, tx, e); err != nil || busy {
		return false, err
	}
	_, found, err := d.wanted(ctx, tx, e, s)
	return found, err
}

// todayOf is the day it is where an entry waits. A patient who lies nowhere has no
// ward, and no zone: whoever waits for them leaves whatever the day.
func (d *Desk) todayOf(e booking.WaitlistEntry, s booking.Standing) booking.Date {
	if s.Ward.ID == "" {
		return e.From
	}
	return booking.DateOf(d.now(), s.Ward.Site.Zone)
}

// filling reports whether something is kept for the visitor of an entry already:
// an offer, or a time they chose themselves.
func (d *Desk) filling(ctx context.Context, tx *store.Tx, e booking.WaitlistEntry) (bool, error) {
	held, err := tx.OpenHold(ctx, e.Patient, e.Visitor)
	if err != nil || held == "" {
		return false, err
	}
	r, err := tx.Record(ctx, held)
	return err == nil && d.now().Before(r.HeldUntil), err
}

// offerTo offers an entry the first time that suits it, or ends its wait, and reports
// whether it was offered one.
func (d *Desk) offerTo(ctx context.Context, tx *store.Tx, id booking.EntryID) (bool, error) {
	e, err := tx.Entry(ctx, id)
	if err != nil {
		return false, err
	}
	touched := e.Patient
	if err := tx.Touch(ctx, patientOf(touched)); err != nil {
		return false, err
	}
	if e, err = tx.Entry(ctx, id); err != nil || e.State != booking.EntryWaiting {
		return false, err
	}
	if err := stillOf(touched, e.Patient); err != nil {
		return false, err
	}
	s, err := tx.Standing(ctx, e.Patient, e.Visitor)
	if err != nil {
		return false, err
	}
	refused := s.MayVisit(d.now())
	if as, leaves := e.Leaves(refused, d.todayOf(e, s)); leaves {
		why := "days_past"
		if r := new(booking.Refusal); errors.As(refused, &r) && as == booking.EntryLeft {
			why = r.Code
		}
		return false, d.endWait(ctx, tx, booking.System, e, as, why)
	}
	if s.Ward.ID != e.Ward && s.Ward.ID != "" { // the patient has moved, and their family waits there
		e.Ward = s.Ward.ID
		if _, err := tx.SaveEntry(ctx, e); err != nil {
			return false, err
		}
		tx.Changed(e.Ward)
	}
	if refused != nil {
		return false, nil
	}
	if busy, err := d.filling(ctx, tx, e); err != nil || busy {
		return false, err
	}
	slot, found, err := d.wanted(ctx, tx, e, s)
	if err != nil || !found {
		return false, err
	}
	tell, until, _ := s.Ward.Policy.OfferSpan(slot.When.Start(), d.now(), s.Ward.Site.Zone)
	_, err = d.keepFor(ctx, tx, e, s, kept{slot: slot, until: until, tell: tell, notice: booking.NoticeSlotOffer})
	return err == nil, err
}

// A kept is a time to be kept for an entry.
type kept struct {
	slot        booking.Slot
	until, tell time.Time
	notice      booking.NoticeKind
	instead     *store.Record // the visit in whose place it is offered; nil for none
}

// keepFor holds a time for the visitor of an entry and tells them.
func (d *Desk) keepFor(ctx context.Context, tx *store.Tx, e booking.WaitlistEntry, s booking.Standing, k kept) (*act, error) {
	if err := tx.CloseLostOffers(ctx, e.ID, d.now()); err != nil {
		return nil, err
	}
	a, err := d.hold(ctx, tx, booking.System, s, claim{when: k.slot.When, kind: e.Kind, via: booking.ViaWeb, until: k.until})
	if err != nil {
		return nil, err
	}
	id, err := d.newID()
	if err != nil {
		return nil, err
	}
	o := booking.SlotOffer{
		ID: booking.SlotOfferID(id), Entry: e.ID, Visit: a.rec.ID, State: booking.SlotOpen, OfferedAt: a.now, Expires: k.until,
	}
	if err := tx.AddSlotOffer(ctx, o); err != nil {
		return nil, err
	}
	if err := a.record(ctx, booking.SlotOffered, "entry "+string(e.ID)); err != nil {
		return nil, err
	}
	return a, d.tellKept(ctx, a, e, o, k)
}

// tellKept tells somebody of a time that is kept for them.
func (d *Desk) tellKept(ctx context.Context, a *act, e booking.WaitlistEntry, o booking.SlotOffer, k kept) error {
	visitor, err := a.Visitor(ctx, e.Visitor)
	if err != nil {
		return err
	}
	link, err := d.newLink(ctx, a.Tx, booking.Invite{
		Patient: e.Patient, Visitor: visitor.ID, Expires: later(a.now.Add(inviteLife), k.slot.When.End().Add(afterVisits)),
	})
	if err != nil {
		return err
	}
	words := a.words(k.slot.When)
	delete(words, "reference") // there is nothing yet to refer to
	words["link"] = link + ToOffer
	words["until"] = sayWhen(k.until, a.ward.Site.Zone)
	if k.instead != nil {
		words["was"] = sayWhen(k.instead.When.Start(), a.ward.Site.Zone)
	}
	return d.owe(ctx, a.Tx, visitor.Phone, visitor.Email, booking.Notice{
		Kind: k.notice, Visit: a.rec.ID, Due: k.tell, Expires: k.until,
		Dedupe: fmt.Sprintf("%s:%s", k.notice, o.ID), Words: words,
	})
}

// ToOffer at the end of a link says that it was sent for a time that is kept, which
// is then what it leads to.
const ToOffer = "?offer"

// A FreedSlot is a freed time that is kept for somebody, with the visit that it
// would become.
type FreedSlot struct {
	booking.SlotOffer
	Held Visit
}

// FreedSlots are those kept for the actor that can still be taken.
func (d *Desk) FreedSlots(ctx context.Context, by booking.Actor) ([]FreedSlot, error) {
	return view(ctx, d, func(tx *store.Tx) ([]FreedSlot, error) {
		offers, err := tx.SlotOffersTo(ctx, by.Visitor())
		if err != nil {
			return nil, err
		}
		var found []FreedSlot
		for _, o := range offers {
			f, err := freedSlot(ctx, tx, by, o)
			if err != nil {
				return nil, err
			}
			if f.Held.State == booking.Held && d.now().Before(f.Held.HeldUntil) {
				found = append(found, f)
			}
		}
		return found, nil
	})
}

// FreedSlot is one of them, or what became of it.
func (d *Desk) FreedSlot(ctx context.Context, by booking.Actor, id booking.SlotOfferID) (FreedSlot, error) {
	return view(ctx, d, func(tx *store.Tx) (FreedSlot, error) {
		o, err := tx.SlotOffer(ctx, id)
		if err != nil {
			return FreedSlot{}, err
		}
		return freedSlot(ctx, tx, by, o)
	})
}

func freedSlot(ctx context.Context, tx *store.Tx, by booking.Actor, o booking.SlotOffer) (FreedSlot, error) {
	r, err := tx.Record(ctx, o.Visit)
	if err != nil {
		return FreedSlot{}, err
	}
	if !maySteer(by, r) {
		return FreedSlot{}, booking.ErrNoSuchOffer
	}
	v, err := detailed(ctx, tx, by, r)
	return FreedSlot{o, v}, err
}

// TakeSlot books a freed time as it is: for whoever it was offered to, without an
// interpreter. Who would like more fills in the form of the hold instead, and
// books that. Taking it twice is taking it once.
func (d *Desk) TakeSlot(ctx context.Context, by booking.Actor, id booking.SlotOfferID) (Visit, error) {
	return create(ctx, d, by, makesVisit(by, "take_slot", id), func(tx *store.Tx) (Visit, error) {
		o, err := tx.SlotOffer(ctx, id)
		if err != nil {
			return Visit{}, err
		}
		v, err := d.changeIn(ctx, tx, by, maySteer, func(a *act) error { return d.bookHeld(ctx, a) }, byID(o.Visit))
		if errors.Is(err, booking.ErrNoSuchVisit) {
			err = booking.ErrNoSuchOffer
		}
		return v, err
	})
}

// DeclineSlot turns a freed time down. It goes to the next who waits, and whoever
// turned it down keeps waiting for another.
func (d *Desk) DeclineSlot(ctx context.Context, by booking.Actor, id booking.SlotOfferID) (Visit, error) {
	declined := false
	v, err := do(ctx, d, func(tx *store.Tx) (Visit, error) {
		declined = false
		o, err := tx.SlotOffer(ctx, id)
		if err != nil {
			return Visit{}, err
		}
		v, err := d.changeIn(ctx, tx, by, maySteer, func(a *act) error {
			if a.rec.State != booking.Held {
				return nil // answered already, or lapsed
			}
			if declined, err = a.dropOffer(ctx, booking.SlotDeclined); err != nil {
				return err
			}
			if err := a.record(ctx, booking.SlotOfferDeclined, "offer "+string(id)); err != nil {
				return err
			}
			return a.giveBack(ctx)
		}, byID(o.Visit))
		if errors.Is(err, booking.ErrNoSuchVisit) {
			err = booking.ErrNoSuchOffer
		}
		return v, err
	})
	if declined {
		return d.freed(ctx, v, err)
	}
	return v, err
}

// dropOffer ends the offer that the held visit of the act is kept for, and takes
// back what was not yet said about it. It reports whether there was one.
func (a *act) dropOffer(ctx context.Context, as booking.SlotOfferState) (bool, error) {
	kept, err := a.CloseSlotOffer(ctx, a.rec.ID, as, a.now)
	if err != nil || !kept {
		return false, err
	}
	return true, a.WithdrawNotices(ctx, a.rec.ID, "", a.now)
}

// endWaits ends the wait of everybody who comes to the visit of the act, now that
// it is booked, if they waited for its day.
func (d *Desk) endWaits(ctx context.Context, a *act) error {
	over, err := a.BookEntries(ctx, a.rec.Visit, booking.DateOf(a.rec.When.Start(), a.ward.Site.Zone), a.now)
	if err != nil {
		return err
	}
	for _, e := range over {
		if err := a.AddEvent(ctx, d.entryEvent(e, a.by, booking.WaitLeft, "booked")); err != nil {
			return err
		}
		if e.Visitor == a.rec.HeldFor {
			if _, err := a.dropOffer(ctx, booking.SlotTaken); err != nil {
				return err
			}
			continue
		}
		// They come along with somebody, and do not need what was kept for them.
		if err := d.dropKept(ctx, a.Tx, a.by, e); err != nil {
			return err
		}
	}
	return nil
}

package store

import (
	"context"
	"errors"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const (
	addEntry = `
INSERT INTO waitlist_entries (id, patient_id, visitor_id, ward_id, kind, from_on, to_on, since, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`

	entryColumns = `e.id, e.patient_id, e.visitor_id, e.ward_id, e.kind, e.from_on, e.to_on, e.since, e.state, e.left_at`
	entryByID    = `SELECT ` + entryColumns + ` FROM waitlist_entries AS e WHERE e.id = $1`
	entryOf      = `
SELECT ` + entryColumns + ` FROM waitlist_entries AS e WHERE e.patient_id = $1 AND e.visitor_id = $2 AND e.state = 'waiting'`
	entriesOf = `
SELECT ` + entryColumns + ` FROM waitlist_entries AS e WHERE e.visitor_id = $1 AND e.state = 'waiting' ORDER BY e.since, e.id`
	entriesOfPatient = `
SELECT ` + entryColumns + ` FROM waitlist_entries AS e WHERE e.patient_id = $1 AND e.state = 'waiting' ORDER BY e.since, e.id`

	saveEntry = `UPDATE waitlist_entries SET ward_id = $2, state = $3, left_at = $4 WHERE id = $1 AND state = 'waiting'`
)

// AddEntry saves that somebody waits. ErrWaitingAlready when they do already.
func (tx *Tx) AddEntry(ctx context.Context, e booking.WaitlistEntry) error {
	return tx.save(ctx, "add waiting list entry", addEntry, e.ID, e.Patient, e.Visitor, e.Ward, e.Kind, day{e.From}, day{e.To},
		at(e.Since), e.State)
}

func entryDest(e *booking.WaitlistEntry) (dest []any, fill func()) {
	var from, to day
	var since, left stamp
	return []any{&e.ID, &e.Patient, &e.Visitor, &e.Ward, &e.Kind, &from, &to, &since, &e.State, &left}, func() {
		e.From, e.To, e.Since, e.LeftAt = from.Date, to.Date, since.Time, left.Time
	}
}

func scanEntry(row scanner) (e booking.WaitlistEntry, err error) {
	dest, fill := entryDest(&e)
	err = row.Scan(dest...)
	fill()
	return e, err
}

// Entry returns an entry, or ErrNoSuchEntry.
func (tx *Tx) Entry(ctx context.Context, id booking.EntryID) (booking.WaitlistEntry, error) {
	return one(ctx, tx, "waiting list entry", booking.ErrNoSuchEntry, scanEntry, entryByID, id)
}

// EntryOf returns how a visitor waits for a patient; the zero WaitlistEntry when
// they do not.
func (tx *Tx) EntryOf(ctx context.Context, patient booking.PatientID, visitor booking.VisitorID) (booking.WaitlistEntry, error) {
	e, err := one(ctx, tx, "waiting list entry of", errNothing, scanEntry, entryOf, patient, visitor)
	if errors.Is(err, errNothing) {
		return booking.WaitlistEntry{}, nil
	}
	return e, err
}

// EntriesOf are those of a visitor that wait, the oldest first.
func (tx *Tx) EntriesOf(ctx context.Context, visitor booking.VisitorID) ([]booking.WaitlistEntry, error) {
	return all(ctx, tx, "waiting list entries of", scanEntry, entriesOf, visitor)
}

// EntriesOfPatient are those for a patient that wait, the oldest first.
func (tx *Tx) EntriesOfPatient(ctx context.Context, patient booking.PatientID) ([]booking.WaitlistEntry, error) {
	return all(ctx, tx, "waiting list entries of a patient", scanEntry, entriesOfPatient, patient)
}

// SaveEntry saves what has become of an entry that waits, and reports whether it
// still did.
func (tx *Tx) SaveEntry(ctx context.Context, e booking.WaitlistEntry) (bool, error) {
	n, err := tx.run(ctx, "save waiting list entry", saveEntry, e.ID, e.Ward, e.State, at(e.LeftAt))
	return n > 0, err
}

const waitingIn = `
SELECT ` + entryColumns + `,
       (SELECT count(*) FROM visits AS v
        WHERE v.patient_id = e.patient_id AND v.starts_at >= $2 AND v.starts_at < $3 AND v.state NOT IN ('held', 'cancelled'))
FROM   waitlist_entries AS e
WHERE  e.ward_id = $1 AND e.state = 'waiting'`

// Waiting are those who wait in a ward, in no order, with how many visits their
// patients have had between two instants.
func (tx *Tx) Waiting(ctx context.Context, ward booking.WardID, from, to time.Time) ([]booking.Waiting, error) {
	return all(ctx, tx, "waiting list", func(row scanner) (w booking.Waiting, err error) {
		dest, fill := entryDest(&w.WaitlistEntry)
		err = row.Scan(append(dest, &w.Had)...)
		fill()
		return w, err
	}, waitingIn, ward, at(from), at(to))
}

const countWaiting = `SELECT count(*) FROM waitlist_entries WHERE ward_id = $1 AND state = 'waiting'`

// CountWaiting counts them.
func (tx *Tx) CountWaiting(ctx context.Context, ward booking.WardID) (int, error) {
	return one(ctx, tx, "count waiting list", nil, scalar[int], countWaiting, ward)
}

// A Busy is a ward in which somebody waits, and its serial.
type Busy struct {
	Ward   booking.WardID
	Serial int64
}

const wardsWaitedIn = `
SELECT w.id, w.serial FROM wards AS w
WHERE  EXISTS (SELECT 1 FROM waitlist_entries AS e WHERE e.ward_id = w.id AND e.state = 'waiting')
ORDER  BY w.id`

// WardsWaitedIn are the wards in which somebody waits.
func (tx *Tx) WardsWaitedIn(ctx context.Context) ([]Busy, error) {
	return all(ctx, tx, "wards waited in", func(row scanner) (b Busy, err error) {
		err = row.Scan(&b.Ward, &b.Serial)
		return b, err
	}, wardsWaitedIn)
}

const (
	addSlotOffer = `
INSERT INTO slot_offers (id, entry_id, visit_id, state, offered_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`

	slotOfferColumns = `o.id, o.entry_id, o.visit_id, o.state, o.offered_at, o.expires_at, o.answered_at`
	slotOfferByID    = `SELECT ` + slotOfferColumns + ` FROM slot_offers AS o WHERE o.id = $1`
	slotOffersOpenTo = `
SELECT ` + slotOfferColumns + ` FROM slot_offers AS o JOIN waitlist_entries AS e ON e.id = o.entry_id
WHERE  e.visitor_id = $1 AND o.state = 'open' ORDER BY o.expires_at, o.id`

	closeSlotOffer = `UPDATE slot_offers SET state = $2, answered_at = $3 WHERE visit_id = $1 AND state = 'open'`

	// Whatever ended the hold of an offer without a word about the offer: the clock, too.
	closeLostOffers = `
UPDATE slot_offers SET state = 'lapsed', answered_at = $2
WHERE  entry_id = $1 AND state = 'open' AND visit_id IN (SELECT id FROM visits WHERE state <> 'held' OR held_until <= $2)`

	offeredBefore = `
SELECT v.starts_at, v.ends_at FROM slot_offers AS o JOIN visits AS v ON v.id = o.visit_id
WHERE  o.entry_id = $1 AND (o.state <> 'open' OR v.state <> 'held' OR v.held_until <= $2)`
)

// AddSlotOffer saves a new offer.
func (tx *Tx) AddSlotOffer(ctx context.Context, o booking.SlotOffer) error {
	return tx.save(ctx, "add slot offer", addSlotOffer, o.ID, o.Entry, o.Visit, o.State, at(o.OfferedAt), at(o.Expires))
}

func scanSlotOffer(row scanner) (o booking.SlotOffer, err error) {
	var offered, expires, answered stamp
	err = row.Scan(&o.ID, &o.Entry, &o.Visit, &o.State, &offered, &expires, &answered)
	o.OfferedAt, o.Expires, o.AnsweredAt = offered.Time, expires.Time, answered.Time
	return o, err
}

// SlotOffer returns an offer, or ErrNoSuchOffer.
func (tx *Tx) SlotOffer(ctx context.Context, id booking.SlotOfferID) (booking.SlotOffer, error) {
	return one(ctx, tx, "slot offer", booking.ErrNoSuchOffer, scanSlotOffer, slotOfferByID, id)
}

// SlotOffersTo are the open offers to a visitor, the first to run out first.
func (tx *Tx) SlotOffersTo(ctx context.Context, visitor booking.VisitorID) ([]booking.SlotOffer, error) {
	return all(ctx, tx, "slot offers to", scanSlotOffer, slotOffersOpenTo, visitor)
}

// CloseSlotOffer saves what has become of the open offer that a visit is held
// for, and reports whether it was held for one.
func (tx *Tx) CloseSlotOffer(ctx context.Context, visit booking.VisitID, as booking.SlotOfferState, now time.Time) (bool, error) {
	n, err := tx.run(ctx, "close slot offer", closeSlotOffer, visit, as, at(now))
	return n > 0, err
}

// CloseLostOffers saves that the open offer of an entry is over, if its visit is
// no longer held at now.
func (tx *Tx) CloseLostOffers(ctx context.Context, id booking.EntryID, now time.Time) error {
	_, err := tx.run(ctx, "close lost offers", closeLostOffers, id, at(now))
	return err
}

// OfferedBefore are the times that an entry was offered and did not take, as it
// stands at now.
func (tx *Tx) OfferedBefore(ctx context.Context, id booking.EntryID, now time.Time) ([]booking.Interval, error) {
	return all(ctx, tx, "offered before", scanInterval, offeredBefore, id, at(now))
}

const offeredIn = `
SELECT ` + slotOfferColumns + `, v.starts_at, v.ends_at, CASE WHEN v.state = 'held' THEN v.held_until END
FROM   slot_offers AS o JOIN waitlist_entries AS e ON e.id = o.entry_id JOIN visits AS v ON v.id = o.visit_id
WHERE  e.ward_id = $1 AND e.state = 'waiting' ORDER BY o.offered_at DESC, o.id DESC`

// OfferedIn are the times that those who wait in a ward were offered, the last
// first.
func (tx *Tx) OfferedIn(ctx context.Context, ward booking.WardID) ([]booking.TimeOffered, error) {
	return all(ctx, tx, "offered in a ward", func(row scanner) (o booking.TimeOffered, err error) {
		var offered, expires, answered, from, to, kept stamp
		err = row.Scan(&o.ID, &o.Entry, &o.Visit, &o.State, &offered, &expires, &answered, &from, &to, &kept)
		if err != nil {
			return o, err
		}
		o.OfferedAt, o.Expires, o.AnsweredAt, o.KeptUntil = offered.Time, expires.Time, answered.Time, kept.Time
		o.When, err = booking.NewInterval(from.Time, to.Sub(from.Time))
		return o, err
	}, offeredIn, ward)
}

const bookedEntries = `
UPDATE waitlist_entries SET state = 'booked', left_at = $4
WHERE  patient_id = $1 AND state = 'waiting'
  AND  (from_on <= $3 AND to_on >= $3 OR id IN (SELECT o.entry_id FROM slot_offers AS o WHERE o.visit_id = $2 AND o.state = 'open'))
  AND  visitor_id IN (SELECT y.visitor_id FROM participants AS y WHERE y.visit_id = $2 AND y.visitor_id IS NOT NULL)
RETURNING id, patient_id, visitor_id, ward_id, kind, from_on, to_on, since, state, left_at`

// BookEntries ends the wait of everybody who comes to a visit on a day that they
// wait for, or that was kept for them on another, and returns how they waited.
func (tx *Tx) BookEntries(ctx context.Context, v booking.Visit, on booking.Date, now time.Time) ([]booking.WaitlistEntry, error) {
	return all(ctx, tx, "book waiting list entries", scanEntry, bookedEntries, v.Patient, v.ID, day{on}, at(now))
}

package desk_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

var tuesday = booking.Date{Year: 2026, Month: 11, Day: 24}

// fill takes every slot of ward 2's one iPad on a Tuesday afternoon, by families
// of its own. It returns them by when they begin.
func (w *world) fill(families ...int) map[time.Time]desk.Visit {
	w.t.Helper()
	taken := map[time.Time]desk.Visit{}
	start := today(14, 0)
	for _, n := range families {
		taken[start] = w.book(n, start, desk.Details{})
		start = start.Add(45 * time.Minute) // with preparing and cleaning
	}
	return taken
}

func (w *world) waitFor(n int, from, to booking.Date) booking.WaitlistEntry {
	w.t.Helper()
	return must[booking.WaitlistEntry](w.t)(w.Wait(w.t.Context(), as(n), desk.WaitFor{Patient: patientID(n), Visitor: visitorID(n), From: from, To: to}))
}

func (w *world) entry(e booking.WaitlistEntry) (state string) {
	w.t.Helper()
	if err := w.raw.QueryRowContext(w.t.Context(), `SELECT state FROM waitlist_entries WHERE id = $1`, string(e.ID)).Scan(&state); err != nil {
		w.t.Fatal(err)
	}
	return state
}

// offered is the one time that is kept for visitor n, if one is.
func (w *world) offered(n int) (desk.FreedSlot, bool) {
	w.t.Helper()
	slots := must[[]desk.FreedSlot](w.t)(w.FreedSlots(w.t.Context(), as(n)))
	if len(slots) > 1 {
		w.t.Fatalf("%d times are kept for visitor %d", len(slots), n)
	}
	if len(slots) == 0 {
		return desk.FreedSlot{}, false
	}
	return slots[0], true
}

// Ward 2 has one iPad and five visits fill its afternoon. Families 6 and 7 wait;
// family 6 has waited longer.
func TestAFreedTimeIsOfferedInTurn(t *testing.T) {
	inHospitalOf(t, 8, 0, func(t *testing.T, w *world) {
		ctx := t.Context()
		taken := w.fill(1, 2, 3, 4, 5)
		first, second := w.waitFor(6, tuesday, tuesday), w.waitFor(7, tuesday, tuesday)
		if _, kept := w.offered(6); kept {
			t.Fatal("something was kept while nothing is free")
		}
		v := taken[today(14, 45)]
		must[desk.Visit](t)(w.Cancel(ctx, as(2), v.Reference, v.Version))

		offer, kept := w.offered(6)
		if !kept || !offer.Held.When.Start().Equal(v.When.Start()) || offer.Held.State != booking.Held {
			t.Fatalf("offered to whoever has waited longest: %v %+v", kept, offer.Held.When)
		}
		if _, both := w.offered(7); both {
			t.Fatal("one time is offered to two")
		}
		if !offer.Expires.Equal(morning.Add(2*time.Hour)) || !offer.Held.HeldUntil.Equal(offer.Expires) {
			t.Errorf("kept until %v, %v", offer.Expires, offer.Held.HeldUntil)
		}
		if l := w.letters("kind = 'slot_offer'"); len(l) != 1 || l[0].To != phone(6) {
			t.Errorf("told %v", l)
		}
		_, err := w.Hold(ctx, as(8), patientID(8), visitorID(8), v.When.Start())
		refused(t, "a time that is offered", err, booking.ErrSlotTaken)
		_, err = w.TakeSlot(ctx, as(7), offer.ID)
		refused(t, "somebody else's offer", err, booking.ErrNoSuchOffer)
		_, err = w.DeclineSlot(ctx, as(7), offer.ID)
		refused(t, "somebody else's offer", err, booking.ErrNoSuchOffer)

		must[desk.Visit](t)(w.DeclineSlot(ctx, as(6), offer.ID))
		must[desk.Visit](t)(w.DeclineSlot(ctx, as(6), offer.ID)) // pressed twice
		if w.entry(first) != "waiting" {
			t.Error("who turns one time down waits no more")
		}
		next, kept := w.offered(7)
		if !kept || !next.Held.When.Start().Equal(v.When.Start()) {
			t.Fatal("not passed on")
		}
		if _, again := w.offered(6); again {
			t.Error("asked the same again")
		}
		booked := must[desk.Visit](t)(w.TakeSlot(ctx, as(7), next.ID))
		again := must[desk.Visit](t)(w.TakeSlot(ctx, as(7), next.ID))
		if booked.State != booking.Booked || again.ID != booked.ID || len(booked.People) != 1 {
			t.Errorf("taken: %+v", booked)
		}
		if w.entry(second) != "booked" || w.entry(first) != "waiting" {
			t.Errorf("entries: %s %s", w.entry(first), w.entry(second))
		}
		if n := w.count(`SELECT count(*) FROM slot_offers WHERE state = 'taken'`); n != 1 {
			t.Errorf("%d offers taken", n)
		}
		if w.overlaps() != 0 {
			t.Error("overlaps")
		}
	})
}

// An offer that nobody answers goes to the next, by the clock alone.
func TestAnOfferLapses(t *testing.T) {
	inHospitalOf(t, 8, 0, func(t *testing.T, w *world) {
		ctx := t.Context()
		taken := w.fill(1, 2, 3, 4, 5)
		w.waitFor(6, tuesday, tuesday)
		w.waitFor(7, tuesday, tuesday)
		v := taken[today(16, 15)]
		must[desk.Visit](t)(w.Cancel(ctx, as(4), v.Reference, v.Version))
		offer, _ := w.offered(6)
		w.at(offer.Expires)
		_, err := w.TakeSlot(ctx, as(6), offer.ID)
		refused(t, "too late", err, booking.ErrHoldExpired)
		if _, err := w.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		if _, still := w.offered(6); still {
			t.Error("still kept")
		}
		next, kept := w.offered(7)
		if !kept || !next.Expires.Equal(offer.Expires.Add(2*time.Hour)) {
			t.Fatalf("passed on: %v until %v", kept, next.Expires)
		}
		if n := w.count(`SELECT count(*) FROM slot_offers WHERE state = 'lapsed'`); n != 1 {
			t.Errorf("%d offers lapsed", n)
		}
		w.at(today(15, 50))
		if _, err := w.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		if n := w.count(`SELECT count(*) FROM slot_offers WHERE state = 'open'`); n != 0 {
			t.Errorf("%d open: nobody is offered what is about to begin", n)
		}
	})
}

func TestWhoMayWait(t *testing.T) {
	inHospitalOf(t, 8, 0, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.fill(1, 2, 3, 4, 5)
		ask := func(by booking.Actor, patient, visitor int, from, to booking.Date) error {
			_, err := w.Wait(ctx, by, desk.WaitFor{Patient: patientID(patient), Visitor: visitorID(visitor), From: from, To: to})
			return err
		}
		refused(t, "for days with something free", ask(as(6), 6, 6, tuesday, tuesday.AddDays(1)), booking.ErrStillFree)
		refused(t, "for yesterday", ask(as(6), 6, 6, tuesday.AddDays(-1), tuesday.AddDays(-1)), booking.ErrBadDays)
		refused(t, "for a stranger", ask(as(6), 7, 6, tuesday, tuesday), booking.ErrNotInCircle)
		refused(t, "in somebody's name", ask(as(6), 6, 7, tuesday, tuesday), booking.ErrMayNot)
		refused(t, "by another ward", ask(nurse(1), 6, 6, tuesday, tuesday), booking.ErrNoSuchPatient)
		refused(t, "for a goodbye that only staff may say", func() error {
			_, err := w.Wait(ctx, as(6), desk.WaitFor{Patient: patientID(6), Visitor: visitorID(6), From: tuesday, To: tuesday, Kind: booking.EndOfLife})
			return err
		}(), booking.ErrMayNot)
		ok(t, ask(nurse(2), 6, 6, tuesday, tuesday))
		refused(t, "twice", ask(as(6), 6, 6, tuesday, tuesday), booking.ErrWaitingAlready)

		// Somebody who is barred waits like anybody, and for ever.
		must[booking.CircleMember](t)(w.Bar(ctx, nurse(2), memberID(7), "has threatened staff"))
		ok(t, ask(as(7), 7, 7, tuesday, tuesday.AddDays(3)))
		if n := len(must[[]desk.Wait](t)(w.Waits(ctx, as(7)))); n != 1 {
			t.Errorf("who is barred sees %d entries", n)
		}
		if _, err := w.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		if _, kept := w.offered(7); kept {
			t.Error("offered to somebody who is barred")
		}
		if n := len(must[[]desk.Wait](t)(w.Waits(ctx, as(7)))); n != 1 {
			t.Error("who is barred can tell by the list")
		}
		if n := len(must[[]desk.Wait](t)(w.WaitsFor(ctx, nurse(2), patientID(6)))); n != 1 {
			t.Errorf("the ward sees %d entries", n)
		}
	})
}

// Entries leave when there is nothing to wait for any more.
func TestEntriesLeaveByThemselves(t *testing.T) {
	inHospitalOf(t, 8, 0, func(t *testing.T, w *world) {
		ctx := t.Context()
		taken := w.fill(1, 2, 3, 4, 5)
		six, seven, eight := w.waitFor(6, tuesday, tuesday), w.waitFor(7, tuesday, tuesday), w.waitFor(8, tuesday, tuesday)
		// Six is removed from the circle while a time is kept for them; it goes on to seven.
		v := taken[today(14, 0)]
		must[desk.Visit](t)(w.Cancel(ctx, as(1), v.Reference, v.Version))
		if _, kept := w.offered(6); !kept {
			t.Fatal("nothing offered")
		}
		must[booking.CircleMember](t)(w.RemoveMember(ctx, nurse(2), memberID(6)))
		sweep := func() {
			t.Helper()
			if _, err := w.Sweep(ctx); err != nil {
				t.Fatal(err)
			}
		}
		sweep()
		if w.entry(six) != "left" {
			t.Errorf("six %s", w.entry(six))
		}
		if _, kept := w.offered(7); !kept {
			t.Error("not passed on to seven")
		}
		ok(t, w.LeaveWaiting(ctx, as(7), seven.ID))
		ok(t, w.LeaveWaiting(ctx, as(7), seven.ID)) // pressed twice
		if w.entry(seven) != "left" {
			t.Errorf("seven %s", w.entry(seven))
		}
		offer, kept := w.offered(8)
		if !kept {
			t.Fatal("not passed on to eight")
		}
		// Eight is booked by the ward, on the phone, and needs the offer no more.
		b := desk.BookedVisit{Patient: patientID(8), Members: []booking.MemberID{memberID(8)}, Start: today(19, 0), Length: 30 * time.Minute}
		must[desk.Visit](t)(w.BookAt(ctx, nurse(2), b))
		if w.entry(eight) != "booked" {
			t.Errorf("eight %s", w.entry(eight))
		}
		if f := must[desk.FreedSlot](t)(w.FreedSlot(ctx, as(8), offer.ID)); f.State != booking.SlotLapsed || f.Held.State != booking.Cancelled {
			t.Errorf("the offer is %s, its hold %s", f.State, f.Held.State)
		}
		nine := w.waitForDay(7, 1)
		w.at(morning.Add(48 * time.Hour))
		sweep()
		if w.entry(nine) != "lapsed" {
			t.Errorf("past its days: %s", w.entry(nine))
		}
	})
}

// waitForDay has visitor n wait for a day on which the ward's iPad is broken.
func (w *world) waitForDay(n, ahead int) booking.WaitlistEntry {
	w.t.Helper()
	if _, err := w.raw.ExecContext(w.t.Context(), `UPDATE devices SET state = 'lost' WHERE ward_id = $1`, string(wardID(2))); err != nil {
		w.t.Fatal(err)
	}
	return w.waitFor(n, tuesday.AddDays(ahead), tuesday.AddDays(ahead))
}

// The ward has had least for patient 7, so family 7 comes before 6, who has
// waited longer but has visits; and a goodbye comes before both.
func TestWhoHasHadLeastComesFirst(t *testing.T) {
	inHospitalOf(t, 8, 0, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.at(today(11, 30))
		for day := range 2 { // patient 6 has had two visits lately
			_, err := w.raw.ExecContext(ctx, `
INSERT INTO visits (id, reference, patient_id, ward_id, device_id, state, starts_at, ends_at, prepare_minutes, clean_minutes, via,
       booked_by_kind, booked_by_id, booked_by_name, policy_version, held_for, held_until)
VALUES ($1, $2, $3, $4, $5, 'held', $6, $7, 0, 0, 'web', 'visitor', 'x', '', 1, $8, $9)`,
				id[string]('x', day), fmt.Sprintf("OLD-%d", day), string(patientID(6)), string(wardID(2)), string(deviceID(3)),
				stampOf(morning.AddDate(0, 0, -3-day)), stampOf(morning.AddDate(0, 0, -3-day).Add(30*time.Minute)), string(visitorID(6)), stampOf(morning))
			ok(t, err)
			_, err = w.raw.ExecContext(ctx, `UPDATE visits SET state = 'booked', held_until = NULL WHERE id = $1`, id[string]('x', day))
			ok(t, err)
		}
		taken := w.fill(1, 2, 3, 4, 5)
		w.waitFor(6, tuesday, tuesday)
		w.waitFor(7, tuesday, tuesday)
		v := taken[today(14, 0)]
		must[desk.Visit](t)(w.Cancel(ctx, as(1), v.Reference, v.Version))
		if _, kept := w.offered(7); !kept {
			t.Error("who has had least was not first")
		}
		_, err := w.Wait(ctx, nurse(2), desk.WaitFor{Patient: patientID(8), Visitor: visitorID(8), From: tuesday, To: tuesday, Kind: booking.EndOfLife})
		ok(t, err)
		v = taken[today(15, 30)]
		must[desk.Visit](t)(w.Cancel(ctx, as(3), v.Reference, v.Version))
		if _, kept := w.offered(8); !kept {
			t.Error("a goodbye was not first")
		}
		if _, kept := w.offered(6); kept {
			t.Error("out of turn")
		}
	})
}

func stampOf(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// Sixty-four clients take, decline, let lapse, leave and sweep, all at once, over
// the few times that are freed. No time is ever anybody's twice.
func TestNobodyIsOfferedWhatAnotherHas(t *testing.T) {
	const families, clients = 20, 64
	inHospitalOf(t, families, 0, func(t *testing.T, w *world) {
		ctx := t.Context()
		taken := w.fill(1, 2, 3, 4, 5)
		var entries []booking.WaitlistEntry
		for n := 6; n <= families; n++ {
			entries = append(entries, w.waitFor(n, tuesday, tuesday))
		}
		for start, v := range taken {
			n := 1 + int(start.Sub(today(14, 0))/(45*time.Minute))
			must[desk.Visit](t)(w.Cancel(ctx, as(n), v.Reference, v.Version))
		}
		var wg sync.WaitGroup
		var won atomic.Int64
		for c := range clients {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(7, uint64(c)))
				for range 6 {
					n := 6 + r.IntN(len(entries))
					slots, err := w.FreedSlots(ctx, as(n))
					if err != nil {
						t.Errorf("look: %v", err)
						return
					}
					if len(slots) == 0 {
						if _, err := w.Sweep(ctx); err != nil {
							t.Errorf("sweep: %v", err)
						}
						continue
					}
					switch r.IntN(4) {
					case 0:
						_, err = w.DeclineSlot(ctx, as(n), slots[0].ID)
					case 1:
						w.at(w.clock().Add(time.Minute))
						_, err = w.Sweep(ctx)
					default:
						if _, err = w.TakeSlot(ctx, as(n), slots[0].ID); err == nil {
							won.Add(1)
						}
					}
					if rule := new(booking.Refusal); err != nil && !errors.As(err, &rule) {
						t.Errorf("family %d: %v", n, err)
					}
				}
			})
		}
		wg.Wait()
		if w.overlaps() != 0 {
			t.Errorf("%d overlaps", w.overlaps())
		}
		if n := w.count(`SELECT count(*) FROM visits WHERE state = 'booked'`); n > 5 || n == 0 || won.Load() == 0 {
			t.Errorf("%d visits, %d taken, at 5 times", n, won.Load())
		}
		if n := w.count(`SELECT count(*) FROM slot_offers AS o JOIN visits AS v ON v.id = o.visit_id WHERE (o.state = 'open') <> (v.state = 'held')`); n != 0 {
			t.Errorf("%d offers do not agree with their holds", n)
		}
		if n := w.count(`SELECT count(*) FROM slot_offers AS o JOIN visits AS v ON v.id = o.visit_id WHERE (o.state = 'taken') <> (v.state = 'booked')`); n != 0 {
			t.Errorf("%d offers do not agree with their visits", n)
		}
		if a, b := w.count(`SELECT count(*) FROM waitlist_entries WHERE state = 'booked'`), w.count(`SELECT count(*) FROM slot_offers WHERE state = 'taken'`); a != b {
			t.Errorf("%d entries are booked, %d offers taken", a, b)
		}
	})
}

package desk_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// outbreak closes ward 1 today, all day.
func outbreak() booking.Closure {
	return booking.Closure{
		Ward: wardID(1), From: day(24), To: day(24), End: 24 * 60, Reason: "Norovirus", Owner: "Morag Reid", ReviewOn: day(25),
	}
}

func TestClose(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		first, second := w.book(1, today(15, 0), desk.Details{}), w.book(2, today(16, 0), desk.Details{})
		tomorrow, other := w.book(3, today(15, 0).AddDate(0, 0, 1), desk.Details{}), w.book(4, today(15, 0), desk.Details{})
		for _, tt := range []struct {
			name   string
			by     booking.Actor
			change func(c *booking.Closure)
			want   error
		}{
			{"by a nurse", nurse(1), func(*booking.Closure) {}, booking.ErrMayNot},
			{"by another ward's manager", manager(2), func(*booking.Closure) {}, booking.ErrNoSuchWard},
			{"by a relative", as(1), func(*booking.Closure) {}, booking.ErrNoSuchWard},
			{"that ends before it begins", manager(1), func(c *booking.Closure) { c.To = day(23) }, booking.ErrClosureBackwards},
			{"of days that have been", manager(1), func(c *booking.Closure) { c.From, c.To = day(22), day(23) }, booking.ErrClosureBackwards},
			{"for no reason", manager(1), func(c *booking.Closure) { c.Reason = "" }, booking.ErrReasonNeeded},
			{"of a bay that there is not", manager(1), func(c *booking.Closure) { c.Bay = "Bay 9" }, booking.ErrBadChoice},
			{"of another ward's session", manager(1), func(c *booking.Closure) { c.Session = id[booking.SessionID]('t', 202) }, booking.ErrNoSuchSession},
		} {
			c := outbreak()
			tt.change(&c)
			_, err := w.Close(ctx, tt.by, c, "")
			refused(t, "close one "+tt.name, err, tt.want)
			_, err = w.PreviewClosure(ctx, tt.by, c)
			refused(t, "preview one "+tt.name, err, tt.want)
		}
		e := must[desk.Effect](t)(w.PreviewClosure(ctx, manager(1), outbreak()))
		if e.Count != 2 || len(e.Days) != 1 || e.Days[0].Date != day(24) || e.Days[0].Visits[0].ID != first.ID || e.Days[0].Visits[1].ID != second.ID {
			t.Errorf("touched: %+v", e)
		}
		if n := w.count(`SELECT count(*) FROM closures`); n != 0 {
			t.Errorf("%d closures after previews and refusals", n)
		}
		key := w.Keyed("close-once")
		closed := must[booking.Closure](t)(key.Close(ctx, manager(1), outbreak(), ""))
		if again := must[booking.Closure](t)(key.Close(ctx, manager(1), outbreak(), "")); again.ID != closed.ID {
			t.Error("closed twice")
		}
		if n := w.flagged(booking.ClosedThen); n != 2 || w.free(day(24)) != 0 || w.free(day(25)) == 0 {
			t.Errorf("%d flags, %d times free today and %d tomorrow", n, w.free(day(24)), w.free(day(25)))
		}
		for _, v := range []desk.Visit{first, second, tomorrow, other} {
			if now := must[desk.Visit](t)(w.Visit(ctx, booking.System, v.Reference)); now.State != booking.Booked {
				t.Errorf("a visit is %s: closing cancels nothing", now.State)
			}
		}
		refused(t, "a nurse reopens", w.Reopen(ctx, nurse(1), closed.ID), booking.ErrMayNot)
		refused(t, "another ward reopens", w.Reopen(ctx, manager(2), closed.ID), booking.ErrNoSuchClosure)
		ok(t, w.Reopen(ctx, manager(1), closed.ID))
		ok(t, w.Reopen(ctx, manager(1), closed.ID)) // pressed twice
		if n := w.flagged(booking.ClosedThen); n != 0 || w.free(day(24)) == 0 {
			t.Errorf("%d flags after reopening, %d times free", n, w.free(day(24)))
		}
		if r := must[desk.Rules](t)(w.Rules(ctx, nurse(1), wardID(1))); len(r.Closures) != 0 || len(r.Reopened) != 1 || r.Reopened[0].ReopenedBy == "" {
			t.Errorf("closures: %+v %+v", r.Closures, r.Reopened)
		}
	})
}

// A closure may be of a bay, of a session, or of some hours.
func TestCloseAPart(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		w.book(1, today(14, 0), desk.Details{})
		w.book(2, today(17, 0), desk.Details{})
		for _, tt := range []struct {
			name   string
			change func(c *booking.Closure)
			want   int
		}{
			{"the bay where they lie", func(c *booking.Closure) { c.Bay = "Bay 1" }, 2},
			{"their session", func(c *booking.Closure) { c.Session = id[booking.SessionID]('t', 102) }, 2},
			{"the other session of the day", func(c *booking.Closure) { c.Session = id[booking.SessionID]('t', 152) }, 0},
			{"some hours", func(c *booking.Closure) { c.Start, c.End = 16*60, 18*60 }, 1},
			{"until a visit begins", func(c *booking.Closure) { c.Start, c.End = 16*60, 17*60 }, 0},
			{"three weeks", func(c *booking.Closure) { c.To = day(24).AddDays(21) }, 2},
		} {
			c := outbreak()
			tt.change(&c)
			if e := must[desk.Effect](t)(w.PreviewClosure(t.Context(), manager(1), c)); e.Count != tt.want {
				t.Errorf("%s touches %d visits, want %d", tt.name, e.Count, tt.want)
			}
		}
	})
}

// The manager has all the visits take place although the ward is closed: no flag,
// and each says why.
func TestCloseAndKeep(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{})
		closed := must[booking.Closure](t)(w.Close(ctx, manager(1), outbreak(), "Side rooms only"))
		if n := w.flagged(booking.ClosedThen); n != 0 {
			t.Errorf("%d flags", n)
		}
		if n := w.count(`SELECT count(*) FROM overrides WHERE rule = 'closed' AND reason = 'Side rooms only'`); n != 1 {
			t.Errorf("%d visits say why", n)
		}
		if n := must[int](t)(w.CancelClosed(ctx, manager(1), closed.ID)); n != 0 {
			t.Errorf("%d kept visits were cancelled", n)
		}
		if now := must[desk.Visit](t)(w.Visit(ctx, as(1), v.Reference)); now.State != booking.Booked {
			t.Errorf("the visit is %s", now.State)
		}
	})
}

// The manager cancels what the closure stops: families are told once each, what
// has begun goes on, and pressing again cancels nothing more.
func TestCancelClosed(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{Members: []booking.MemberID{memberID(102)}})
		w.book(2, today(16, 0), desk.Details{})
		spared := w.book(3, today(17, 0), desk.Details{})
		closed := must[booking.Closure](t)(w.Close(ctx, manager(1), outbreak(), ""))
		_, err := w.CancelClosed(ctx, nurse(1), closed.ID)
		refused(t, "a nurse cancels", err, booking.ErrMayNot)
		_, err = w.CancelClosed(ctx, manager(2), closed.ID)
		refused(t, "another ward cancels", err, booking.ErrNoSuchClosure)
		w.at(today(16, 50))
		must[desk.Visit](t)(w.started(t, spared))
		w.at(today(14, 0))
		if n := must[int](t)(w.CancelClosed(ctx, manager(1), closed.ID)); n != 2 {
			t.Errorf("%d were cancelled", n)
		}
		if n := must[int](t)(w.CancelClosed(ctx, manager(1), closed.ID)); n != 0 {
			t.Errorf("%d more were cancelled", n)
		}
		if told := w.letters("kind = 'cancelled' AND state = 'pending'"); len(told) != 3 {
			t.Errorf("told: %+v", told)
		}
		now := must[desk.Visit](t)(w.Visit(ctx, booking.System, v.Reference))
		if now.State != booking.Cancelled || now.Reason != booking.ByWard {
			t.Errorf("the visit is %s, %s", now.State, now.Reason)
		}
		if n := w.flagged(booking.ClosedThen); n > 1 { // the one that has begun may keep its flag
			t.Errorf("%d flags", n)
		}
	})
}

// started is a visit that the ward has begun.
func (w *world) started(t *testing.T, v desk.Visit) (desk.Visit, error) {
	t.Helper()
	for n := range 3 {
		if v.Device == deviceID(n+1) {
			w.pair(n+1, 1)
		}
	}
	return w.Start(t.Context(), nurse(1), v.Reference)
}

// What the ward decides between the hold and the booking counts: the booking is
// refused, in the rule's own words, and the time is still held for a better
// decision or a manager's.
func TestHeldMeanwhile(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		boss := manager(1)
		start := today(15, 0).AddDate(0, 0, 1)
		for _, tt := range []struct {
			name         string
			decide, undo func()
			want         error
		}{
			{"closed", func() {
				c := outbreak()
				c.To = day(30)
				must[booking.Closure](t)(w.Close(ctx, boss, c, ""))
			}, func() {
				ok(t, w.Reopen(ctx, boss, must[desk.Rules](t)(w.Rules(ctx, boss, wardID(1))).Closures[0].ID))
			}, booking.ErrClosed},
			{"protected", func() {
				must[booking.ProtectedTime](t)(w.Protect(ctx, boss, booking.ProtectedTime{Ward: wardID(1), Days: booking.EveryDay, Start: 15 * 60, End: 16 * 60, Purpose: "Rest"}))
			}, func() {
				ok(t, w.Unprotect(ctx, boss, wardID(1), must[desk.Rules](t)(w.Rules(ctx, boss, wardID(1))).Protected[0].ID))
			}, booking.ErrProtected},
			{"a limit for the week", func() { w.decide(func(p *booking.Policy) { p.WeeklyMax = 1 }) },
				func() { w.decide(func(p *booking.Policy) { p.WeeklyMax = 0 }) }, booking.ErrWeekFull},
			{"more notice", func() { w.decide(func(p *booking.Policy) { p.Notice = 48 * time.Hour }) },
				func() { w.decide(func(p *booking.Policy) { p.Notice = 30 * time.Minute }) }, booking.ErrTooLate},
			{"nothing that matters to it", func() { w.decide(func(p *booking.Policy) { p.Grace = time.Hour }) }, func() {}, nil},
		} {
			w.count(`SELECT count(*) FROM visits`)
			if errors.Is(tt.want, booking.ErrWeekFull) {
				w.book(1, today(17, 0).AddDate(0, 0, 2), desk.Details{})
			}
			held := must[desk.Visit](t)(w.Hold(ctx, as(1), patientID(1), visitorID(1), start))
			tt.decide()
			_, err := w.Book(ctx, as(1), held.ID)
			refused(t, "book what is "+tt.name, err, tt.want)
			now := must[desk.Visit](t)(w.Held(ctx, as(1), held.ID))
			if tt.want != nil && now.State != booking.Held {
				t.Errorf("%s: the time is %s", tt.name, now.State)
			}
			tt.undo()
			booked := must[desk.Visit](t)(w.Book(ctx, as(1), held.ID))
			must[desk.Visit](t)(w.Cancel(ctx, nurse(1), booked.Reference, booked.Version))
		}
		held := must[desk.Visit](t)(w.Hold(ctx, as(1), patientID(1), visitorID(1), start))
		ok(t, w.EndSession(ctx, boss, wardID(1), id[booking.SessionID]('t', 103), day(23)))
		_, err := w.Book(ctx, as(1), held.ID)
		refused(t, "book in a session that is no more", err, booking.ErrNotASlot)
	})
}

// decide changes the policy of ward 1.
func (w *world) decide(change func(p *booking.Policy)) booking.Policy {
	w.t.Helper()
	now := must[desk.Rules](w.t)(w.Rules(w.t.Context(), nurse(1), wardID(1))).Ward.Policy
	p := now
	change(&p)
	return must[booking.Policy](w.t)(w.SavePolicy(w.t.Context(), manager(1), wardID(1), p, now.Version))
}

// A rule that was set aside when the time was held stays so when it is booked.
func TestHeldAlthoughClosed(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		must[booking.Closure](t)(w.Close(ctx, manager(1), outbreak(), ""))
		want := desk.Occasion{Patient: patientID(1), Visitor: visitorID(1), Start: today(15, 0)}
		_, err := w.HoldFor(ctx, manager(1), want)
		refused(t, "hold", err, booking.ErrClosed)
		want.Overrides = []booking.Override{{Rule: "closed", Reason: "Her birthday"}}
		_, err = w.HoldFor(ctx, nurse(1), want)
		refused(t, "a nurse sets a closure aside", err, booking.ErrClosed)
		held := must[desk.Visit](t)(w.HoldFor(ctx, manager(1), want))
		booked := must[desk.Visit](t)(w.Book(ctx, manager(1), held.ID))
		if booked.State != booking.Booked || w.flagged(booking.ClosedThen) != 0 {
			t.Errorf("%s, with %d flags", booked.State, w.flagged(booking.ClosedThen))
		}
	})
}

// Families book while the ward closes. Whoever is booked is on the manager's list:
// no visit is booked for a closed time without anybody being told to look at it.
func TestBookedWhileClosing(t *testing.T) {
	const families = 12
	inHospitalOf(t, families, families, func(t *testing.T, w *world) {
		ctx := t.Context()
		var held []desk.Visit
		for n := 1; n <= families; n++ {
			held = append(held, must[desk.Visit](t)(w.Hold(ctx, as(n), patientID(n), visitorID(n), today(14, 0).AddDate(0, 0, (n+3)/2).Add(time.Duration(n%2)*time.Hour))))
		}
		c := outbreak()
		c.To = day(30).AddDays(7)
		var wg sync.WaitGroup
		begin := make(chan struct{})
		for n, v := range held {
			wg.Go(func() {
				<-begin
				if _, err := w.Book(ctx, as(n+1), v.ID); err != nil && !errors.Is(err, booking.ErrClosed) {
					t.Errorf("family %d: %v", n+1, err)
				}
			})
		}
		wg.Go(func() {
			<-begin
			if _, err := w.Close(ctx, manager(1), c, ""); err != nil {
				t.Errorf("close: %v", err)
			}
		})
		close(begin)
		wg.Wait()
		booked := w.count(`SELECT count(*) FROM visits WHERE state = 'booked'`)
		if flags := w.flagged(booking.ClosedThen); flags != booked {
			t.Errorf("%d visits are booked in a closed ward, %d are flagged", booked, flags)
		}
	})
}

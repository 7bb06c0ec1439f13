package desk_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

func day(n int) booking.Date { return booking.Date{Year: 2026, Month: time.November, Day: n} }

// evening is a session of ward 1 that clashes with nothing there is.
func evening() booking.Session {
	return booking.Session{
		Ward: wardID(1), Weekday: time.Wednesday, Start: 19 * 60, End: 20 * 60, Length: 20 * time.Minute, Step: 20 * time.Minute,
		ValidFrom: day(1), Audience: booking.ForRelatives,
	}
}

// flagged are the open flags of a kind.
func (w *world) flagged(kind booking.FlagKind) int {
	w.t.Helper()
	return w.count(`SELECT count(*) FROM flags WHERE closed_at IS NULL AND kind = '` + string(kind) + `'`)
}

// save publishes or changes one session of ward 1.
func save(ctx context.Context, d *desk.Desk, by booking.Actor, s booking.Session) (booking.Session, error) {
	saved, err := d.SaveSessions(ctx, by, wardID(1), []booking.Session{s})
	if err != nil {
		return s, err
	}
	return saved[0], nil
}

// free is how many times are free for patient 1 on a day.
func (w *world) free(d booking.Date) int {
	w.t.Helper()
	return len(must[desk.Offering](w.t)(w.Offering(w.t.Context(), as(1), patientID(1), d, 1)).Days[0].Slots)
}

func TestSaveSession(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		before := w.free(day(25))
		for _, tt := range []struct {
			name   string
			by     booking.Actor
			change func(s *booking.Session)
			want   error
		}{
			{"by a nurse", nurse(1), func(*booking.Session) {}, booking.ErrMayNot},
			{"by another ward's manager", manager(2), func(*booking.Session) {}, booking.ErrNoSuchWard},
			{"by a relative", as(1), func(*booking.Session) {}, booking.ErrNoSuchWard},
			{"that overlaps another", manager(1), func(s *booking.Session) { s.Start = 17*60 + 59 }, booking.ErrSessionClashes},
			{"that ends before it starts", manager(1), func(s *booking.Session) { s.End = s.Start - 60 }, booking.ErrSessionBackwards},
			{"past midnight", manager(1), func(s *booking.Session) { s.Start, s.End = 22*60, 60 }, booking.ErrSessionBackwards},
			{"too short for a visit", manager(1), func(s *booking.Session) { s.Length = 61 * time.Minute }, booking.ErrSessionTooShort},
			{"that never takes place", manager(1), func(s *booking.Session) { s.ValidTo = day(3) }, booking.ErrSessionNever},
			{"that there is not", manager(1), func(s *booking.Session) { s.ID = id[booking.SessionID]('t', 999) }, booking.ErrNoSuchSession},
			{"for another ward", manager(1), func(s *booking.Session) { s.Ward = wardID(2) }, booking.ErrNoSuchWard},
			{"of another ward", manager(1), func(s *booking.Session) { s.ID = id[booking.SessionID]('t', 203) }, booking.ErrNoSuchSession},
		} {
			s := evening()
			tt.change(&s)
			_, err := save(ctx, w.Desk, tt.by, s)
			refused(t, tt.name, err, tt.want)
			_, err = w.PreviewSessions(ctx, tt.by, wardID(1), []booking.Session{s})
			refused(t, "preview one "+tt.name, err, tt.want)
		}
		if n := w.free(day(25)); n != before {
			t.Errorf("%d times are free after all that was refused, %d before", n, before)
		}
		key := w.Keyed("save-once")
		saved := must[booking.Session](t)(save(ctx, key, manager(1), evening()))
		if again := must[booking.Session](t)(save(ctx, key, manager(1), evening())); again != saved {
			t.Errorf("saved twice: %v and %v", saved, again)
		}
		if n := w.free(day(25)); n != before+3 {
			t.Errorf("%d times are free, want 3 more than %d", n, before)
		}
		// Of several, all are saved or none.
		monday := evening()
		monday.Weekday = time.Monday
		_, err := w.SaveSessions(ctx, manager(1), wardID(1), []booking.Session{monday, evening()})
		refused(t, "two, of which one clashes", err, booking.ErrSessionClashes)
		_, err = w.SaveSessions(ctx, manager(1), wardID(1), []booking.Session{monday, monday})
		refused(t, "two that clash with each other", err, booking.ErrSessionClashes)
		if n := w.count(`SELECT count(*) FROM sessions WHERE starts_minute = 1140`); n != 1 {
			t.Errorf("%d sessions in the evening", n)
		}
		saved.End = 19*60 + 30
		must[booking.Session](t)(save(ctx, w.Desk, manager(1), saved))
		if n := w.free(day(25)); n != before+1 {
			t.Errorf("%d times are free in a shorter session, want 1 more than %d", n, before)
		}
	})
}

// A session over a clock change is right, and the preview says on which days.
func TestASessionOverAClockChange(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		night := evening()
		night.Weekday, night.Start, night.End = time.Sunday, 60, 180
		e := must[desk.Effect](t)(w.PreviewSessions(ctx, manager(1), wardID(1), []booking.Session{night}))
		if len(e.Odd) != 2 || len(e.Odd[0].Skipped) != 3 || len(e.Odd[1].Twice) != 3 {
			t.Errorf("odd days: %+v", e.Odd)
		}
		must[booking.Session](t)(save(ctx, w.Desk, manager(1), night))
		w.at(time.Date(2027, 3, 20, 10, 0, 0, 0, time.UTC))
		for d, want := range map[booking.Date]int{{Year: 2027, Month: 3, Day: 28}: 3, {Year: 2027, Month: 3, Day: 21}: 6} {
			o := must[desk.Offering](t)(w.Offering(ctx, as(1), patientID(1), d, 1))
			early := 0
			for _, s := range o.Days[0].Slots {
				if s.When.Start().In(london).Hour() < 4 {
					early++
				}
			}
			if early != want {
				t.Errorf("%v: %d times at night, want %d", d, early, want)
			}
		}
	})
}

// Many managers publish sessions that clash with each other, at once: one is
// published. Day after day, so that they meet although some are slow to begin.
func TestClashingSessionsSavedAtOnce(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		for day := time.Sunday; day <= time.Saturday; day++ {
			var wg sync.WaitGroup
			var saved atomic.Int64
			begin := make(chan struct{})
			for n := range 16 {
				wg.Go(func() {
					s := evening()
					s.Weekday, s.Start, s.End = day, s.Start+booking.ClockTime(n), s.End+booking.ClockTime(n)
					<-begin
					_, err := save(t.Context(), w.Desk, manager(1), s)
					switch {
					case err == nil:
						saved.Add(1)
					case !errors.Is(err, booking.ErrSessionClashes):
						t.Errorf("%s, %d: %v", day, n, err)
					}
				})
			}
			close(begin)
			wg.Wait()
			if n := saved.Load(); n != 1 {
				t.Errorf("on %s %d were saved", day, n)
			}
		}
		if n := w.count(`SELECT count(*) FROM sessions WHERE starts_minute >= 1140`); n != 7 {
			t.Errorf("%d are published", n)
		}
	})
}

func TestEndSession(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		soon, later := w.book(1, today(15, 0).AddDate(0, 0, 1), desk.Details{}), w.book(2, today(15, 0).AddDate(0, 0, 8), desk.Details{})
		wednesday := id[booking.SessionID]('t', 103)
		sessions := w.count(`SELECT count(*) FROM sessions`)
		for name, tt := range map[string]struct {
			by   booking.Actor
			id   booking.SessionID
			last booking.Date
			want error
		}{
			"by a nurse":             {nurse(1), wednesday, day(25), booking.ErrMayNot},
			"in the past":            {manager(1), wednesday, day(22), booking.ErrBadTime},
			"that there is not":      {manager(1), id[booking.SessionID]('t', 999), day(25), booking.ErrNoSuchSession},
			"that is another ward's": {manager(1), id[booking.SessionID]('t', 203), day(25), booking.ErrNoSuchSession},
		} {
			refused(t, "end one "+name, w.EndSession(ctx, tt.by, wardID(1), tt.id, tt.last), tt.want)
			_, err := w.PreviewEnd(ctx, tt.by, wardID(1), tt.id, tt.last)
			refused(t, "preview the end of one "+name, err, tt.want)
		}
		e := must[desk.Effect](t)(w.PreviewEnd(ctx, manager(1), wardID(1), wednesday, day(25)))
		if e.Count != 1 || e.Days[0].Visits[0].ID != later.ID || e.Days[0].Date != (booking.Date{Year: 2026, Month: 12, Day: 2}) {
			t.Errorf("touched: %+v", e.Days)
		}
		ok(t, w.EndSession(ctx, manager(1), wardID(1), wednesday, day(25)))
		if n := w.count(`SELECT count(*) FROM sessions`); n != sessions {
			t.Errorf("%d sessions, not %d: one was deleted", n, sessions)
		}
		if w.free(day(25)) == 0 || w.free(booking.Date{Year: 2026, Month: 12, Day: 2}) != 0 {
			t.Error("the session does not end on its last day")
		}
		if n := w.flagged(booking.OutsideTimes); n != 1 {
			t.Errorf("%d visits are flagged, want the one on %v and not the one on %v", n, later.When, soon.When)
		}
		r := must[desk.Rules](t)(w.Rules(ctx, nurse(1), wardID(1)))
		if r.MayChange || len(r.Sessions) != 14 || r.Usable != 2 {
			t.Errorf("rules: %d sessions, %d iPads, may change %v", len(r.Sessions), r.Usable, r.MayChange)
		}
		w.at(today(10, 0).AddDate(0, 0, 2))
		if r := must[desk.Rules](t)(w.Rules(ctx, nurse(1), wardID(1))); len(r.Sessions) != 13 || len(r.Over) != 1 {
			t.Errorf("%d sessions, %d over", len(r.Sessions), len(r.Over))
		}
	})
}

func TestProtectedTimes(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.book(1, today(15, 0), desk.Details{})
		w.book(2, today(16, 0), desk.Details{})
		rest := booking.ProtectedTime{Ward: wardID(1), Days: booking.EveryDay, Start: 15 * 60, End: 16 * 60, Purpose: "Rest"}
		_, err := w.Protect(ctx, nurse(1), rest)
		refused(t, "a nurse protects", err, booking.ErrMayNot)
		_, err = w.Protect(ctx, manager(1), booking.ProtectedTime{Ward: wardID(1), Days: booking.EveryDay, Start: 15 * 60, End: 15 * 60, Purpose: "Rest"})
		refused(t, "protecting nothing", err, booking.ErrBadTime)
		if e := must[desk.Effect](t)(w.PreviewProtected(ctx, manager(1), rest)); e.Count != 1 {
			t.Errorf("%d visits would be against it", e.Count)
		}
		before := w.free(day(25))
		saved := must[booking.ProtectedTime](t)(w.Protect(ctx, manager(1), rest))
		if n := w.free(day(25)); n >= before {
			t.Errorf("%d times free, %d before", n, before)
		}
		if n := w.flagged(booking.ProtectedThen); n != 1 {
			t.Errorf("%d visits flagged", n)
		}
		refused(t, "another ward's manager", w.Unprotect(ctx, manager(2), wardID(2), saved.ID), booking.ErrNoSuchProtected)
		ok(t, w.Unprotect(ctx, manager(1), wardID(1), saved.ID))
		if n := w.free(day(25)); n != before || w.flagged(booking.ProtectedThen) != 0 {
			t.Errorf("%d times free afterwards, %d flags", n, w.flagged(booking.ProtectedThen))
		}
	})
}

package desk_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

func TestSavePolicy(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{})
		w.book(1, today(16, 0), desk.Details{})
		w.book(1, today(15, 0).AddDate(0, 0, 7), desk.Details{})
		was := must[desk.Rules](t)(w.Rules(ctx, nurse(1), wardID(1))).Ward.Policy
		next := was
		next.WeeklyMax, next.WeekStarts = 1, time.Tuesday
		next.Infected = map[booking.Infection]booking.Buffers{booking.Contact: {Prepare: 20 * time.Minute, Clean: 40 * time.Minute}}
		for _, tt := range []struct {
			name   string
			by     booking.Actor
			change func(p *booking.Policy)
			seen   int
			want   error
		}{
			{"by a nurse", nurse(1), func(*booking.Policy) {}, 1, booking.ErrMayNot},
			{"by another ward's manager", manager(2), func(*booking.Policy) {}, 1, booking.ErrNoSuchWard},
			{"from an old page", manager(1), func(*booking.Policy) {}, 2, booking.ErrStale},
			{"that forbids everything", manager(1), func(p *booking.Policy) { p.Notice = p.Earliest }, 1, booking.ErrPolicyForbids},
			{"with nobody at a visit", manager(1), func(p *booking.Policy) { p.People = 0 }, 1, booking.ErrPolicyForbids},
			{"that no ward can mean", manager(1), func(p *booking.Policy) { p.HoldFor = 3 * time.Hour }, 1, booking.ErrBadPolicy},
		} {
			p := next
			tt.change(&p)
			_, err := w.SavePolicy(ctx, tt.by, wardID(1), p, tt.seen)
			refused(t, "save one "+tt.name, err, tt.want)
		}
		e := must[desk.Effect](t)(w.PreviewPolicy(ctx, manager(1), wardID(1), next))
		if e.Kept != 3 || len(e.Weeks) != 1 || e.Weeks[0].Visits != 2 || e.Weeks[0].From != day(24) || e.Weeks[0].Patient.ID != patientID(1) {
			t.Errorf("preview: %+v", e)
		}
		key := w.Keyed("decide-once")
		saved := must[booking.Policy](t)(key.SavePolicy(ctx, manager(1), wardID(1), next, 1))
		must[booking.Policy](t)(key.SavePolicy(ctx, manager(1), wardID(1), next, 1))
		versions := must[[]booking.Policy](t)(w.Policies(ctx, nurse(1), wardID(1)))
		if len(versions) != 2 || versions[0].Version != 2 || versions[1].Version != 1 || saved.Version != 2 {
			t.Fatalf("versions: %+v", versions)
		}
		if got := versions[0]; got.MadeBy == "" || !got.MadeAt.Equal(morning) || got.BuffersFor(booking.Contact) != (booking.Buffers{Prepare: 20 * time.Minute, Clean: 40 * time.Minute}) {
			t.Errorf("the new one: %+v", got)
		}
		now := must[desk.Visit](t)(w.Visit(ctx, nurse(1), v.Reference))
		if now.PolicyVersion != 1 || now.WardRecord.Policy.WeeklyMax != 0 {
			t.Errorf("the visit is under version %d", now.PolicyVersion)
		}
		_, err := w.Hold(ctx, as(1), patientID(1), visitorID(1), today(17, 0))
		refused(t, "one more that week", err, booking.ErrWeekFull)
	})
}

// Of many who decide at once from the same page, one does.
func TestDecidingAtOnce(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		was := must[desk.Rules](t)(w.Rules(t.Context(), nurse(1), wardID(1))).Ward.Policy
		var wg sync.WaitGroup
		var saved atomic.Int64
		for n := range 8 {
			wg.Go(func() {
				p := was
				p.WeeklyMax = n + 1
				_, err := w.SavePolicy(t.Context(), manager(1), wardID(1), p, 1)
				switch {
				case err == nil:
					saved.Add(1)
				case !errors.Is(err, booking.ErrStale):
					t.Errorf("%d: %v", n, err)
				}
			})
		}
		wg.Wait()
		if saved.Load() != 1 {
			t.Errorf("%d were saved", saved.Load())
		}
	})
}

func TestBelowTheAim(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		w.book(1, today(15, 0), desk.Details{})
		w.book(1, today(16, 0), desk.Details{})
		w.book(2, today(17, 0), desk.Details{})
		w.decide(func(p *booking.Policy) { p.WeeklyMin = 2 })
		below := must[desk.Rules](t)(w.Rules(t.Context(), nurse(1), wardID(1))).Below
		if len(below) != 2 || below[0].Patient.ID != patientID(3) || below[0].Visits != 0 || below[1].Patient.ID != patientID(2) || below[1].Visits != 1 {
			t.Errorf("below the aim: %+v", below)
		}
	})
}

// As many come as the session says, or else the policy. A ward manager can set
// that aside, once, with a reason; a relative cannot add to it.
func TestPeopleOfASession(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		r := must[desk.Rules](t)(w.Rules(ctx, nurse(1), wardID(1)))
		for _, s := range r.Sessions {
			if s.Weekday == time.Wednesday && s.Audience == booking.ForRelatives {
				s.People = 1
				must[booking.Session](t)(save(ctx, w.Desk, manager(1), s))
			}
		}
		two := desk.Details{Members: []booking.MemberID{memberID(102)}}
		must[desk.Visit](t)(w.Describe(ctx, as(1), must[desk.Visit](t)(w.Hold(ctx, as(1), patientID(1), visitorID(1), today(15, 0))).ID, two))
		held := must[desk.Visit](t)(w.Hold(ctx, as(1), patientID(1), visitorID(1), today(15, 0).AddDate(0, 0, 1)))
		_, err := w.Describe(ctx, as(1), held.ID, two)
		refused(t, "two in a session for one", err, booking.ErrTooManyPeople)
		two.Overrides = []booking.Override{{Rule: "too_many_people", Reason: "They live together"}}
		for name, tt := range map[string]struct {
			by   booking.Actor
			want error
		}{"a relative": {as(1), booking.ErrTooManyPeople}, "a nurse": {nurse(1), booking.ErrTooManyPeople}} {
			_, err := w.Describe(ctx, tt.by, held.ID, two)
			refused(t, name+" sets it aside", err, tt.want)
		}
		none := two
		none.Overrides = []booking.Override{{Rule: "too_many_people", Reason: " "}}
		_, err = w.Describe(ctx, manager(1), held.ID, none)
		refused(t, "a manager gives no reason", err, booking.ErrReasonNeeded)
		must[desk.Visit](t)(w.Describe(ctx, manager(1), held.ID, two))
		must[desk.Visit](t)(w.Describe(ctx, manager(1), held.ID, two)) // pressed twice
		booked := must[desk.Visit](t)(w.Book(ctx, nurse(1), held.ID))
		if len(booked.People) != 2 {
			t.Errorf("%d come", len(booked.People))
		}
		if n := w.count(`SELECT count(*) FROM overrides WHERE rule = 'too_many_people'`); n != 1 {
			t.Errorf("set aside %d times", n)
		}
	})
}

// What stands against a time is named at once; each rule can be set aside by whoever
// may, and only with a reason. What is refused changes nothing.
func TestRulesSetAside(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		must[booking.ProtectedTime](t)(w.Protect(ctx, manager(1), booking.ProtectedTime{Ward: wardID(1), Days: booking.EveryDay, Start: 12 * 60, End: 13 * 60, Purpose: "Lunch"}))
		w.book(1, today(15, 0), desk.Details{})
		w.decide(func(p *booking.Policy) { p.WeeklyMax = 1 })
		lunch := desk.Occasion{Patient: patientID(1), Visitor: visitorID(1), Start: today(12, 10), Length: 25 * time.Minute}
		against := must[[]*booking.Refusal](t)(w.RulesAgainst(ctx, nurse(1), lunch))
		if len(against) != 3 || against[0] != booking.ErrNotASlot || against[1] != booking.ErrProtected || against[2] != booking.ErrWeekFull {
			t.Errorf("against lunch: %v", against)
		}
		_, err := w.HoldFor(ctx, nurse(1), lunch)
		refused(t, "hold it", err, booking.ErrNotASlot)
		for _, rule := range against {
			lunch.Overrides = append(lunch.Overrides, booking.Override{Rule: rule.Code})
		}
		_, err = w.HoldFor(ctx, nurse(1), lunch)
		refused(t, "give no reason", err, booking.ErrReasonNeeded)
		_, err = w.HoldFor(ctx, as(1), lunch)
		refused(t, "as a relative", err, booking.ErrMayNot)
		if n := w.count(`SELECT count(*) FROM visits`) + w.count(`SELECT count(*) FROM overrides`); n != 1 {
			t.Errorf("%d visits and overrides after refusals", n)
		}
		for i := range lunch.Overrides {
			lunch.Overrides[i].Reason = "She flies home tonight"
		}
		held := must[desk.Visit](t)(w.HoldFor(ctx, nurse(1), lunch))
		booked := must[desk.Visit](t)(w.Book(ctx, nurse(1), held.ID))
		if booked.When.Length() != 25*time.Minute || !booked.When.Start().Equal(today(12, 10)) {
			t.Errorf("booked for %v", booked.When)
		}
		if n := w.count(`SELECT count(*) FROM audit_events WHERE action = 'rule_set_aside'`); n != 3 {
			t.Errorf("%d rules are recorded as set aside", n)
		}
		if n := w.flagged(booking.OutsideTimes) + w.flagged(booking.ProtectedThen); n != 0 {
			t.Errorf("%d flags for what somebody decided", n)
		}
		// The patient's own other visit is no rule.
		lunch.Start = today(15, 10)
		_, err = w.HoldFor(ctx, nurse(1), lunch)
		refused(t, "over another visit of theirs", err, booking.ErrPatientBusy)
		lunch.Start = today(9, 0)
		lunch.Overrides = append(lunch.Overrides, booking.Override{Rule: "too_late", Reason: "They are here"})
		_, err = w.HoldFor(ctx, nurse(1), lunch)
		refused(t, "in the past", err, booking.ErrPast)
	})
}

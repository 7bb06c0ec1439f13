package desk_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

func half(t *testing.T, start time.Time) booking.Interval {
	t.Helper()
	return must[booking.Interval](t)(booking.NewInterval(start, 30*time.Minute))
}

func (w *world) ask(n int, times ...booking.Interval) booking.Request {
	w.t.Helper()
	return must[booking.Request](w.t)(w.Ask(w.t.Context(), as(n), desk.Plea{Patient: patientID(n), Times: times, Note: "I fly home on Friday"}))
}

// The ward grants an evening that no session offers. The rule that it breaks is
// written down with the reason, and the family hears of it as of any visit.
func TestARequestIsGranted(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		r := w.ask(1, half(t, today(19, 0)), half(t, today(20, 0)))
		_, err := w.Ask(ctx, as(1), desk.Plea{Patient: patientID(1), Times: []booking.Interval{half(t, today(21, 0))}})
		refused(t, "a second question", err, booking.ErrRequestOpen)
		queue := must[[]desk.Asking](t)(w.RequestsOf(ctx, nurse(1), wardID(1)))
		if len(queue) != 1 || queue[0].ID != r.ID || queue[0].Member.Visitor.ID != visitorID(1) || queue[0].Bed != "Bay 1, Bed 1" || len(queue[0].Times) != 2 {
			t.Fatalf("the queue: %+v", queue)
		}
		if n := must[int](t)(w.RequestCount(ctx, nurse(1), wardID(1))); n != 1 {
			t.Errorf("counted %d", n)
		}
		_, err = w.RequestsOf(ctx, nurse(2), wardID(1))
		refused(t, "another ward's queue", err, booking.ErrNoSuchWard)
		_, err = w.Request(ctx, as(2), r.ID)
		refused(t, "somebody else's request", err, booking.ErrNoSuchRequest)
		_, err = w.Grant(ctx, nurse(2), r.ID, 1, "she flies home")
		refused(t, "by another ward", err, booking.ErrNoSuchRequest)
		_, err = w.Grant(ctx, as(1), r.ID, 1, "please")
		refused(t, "by the family", err, booking.ErrMayNot)
		_, err = w.Grant(ctx, nurse(1), r.ID, 3, "she flies home")
		refused(t, "a time that was not asked for", err, booking.ErrBadChoice)
		_, err = w.Grant(ctx, nurse(1), r.ID, 2, " ")
		refused(t, "without a reason", err, booking.ErrReasonNeeded)

		v := must[desk.Visit](t)(w.Keyed("grant").Grant(ctx, nurse(1), r.ID, 2, "she flies home"))
		again := must[desk.Visit](t)(w.Keyed("grant").Grant(ctx, nurse(1), r.ID, 2, "she flies home"))
		if v.State != booking.Booked || !v.When.Start().Equal(today(20, 0)) || again.ID != v.ID {
			t.Errorf("granted %+v", v.Visit)
		}
		if n := w.count(`SELECT count(*) FROM overrides WHERE rule = 'not_a_slot' AND reason = 'she flies home'`); n != 1 || w.count(`SELECT count(*) FROM overrides`) != 1 {
			t.Errorf("%d rules written down", n)
		}
		if l := w.letters("kind = 'booked'"); len(l) != 1 || l[0].To != phone(1) {
			t.Errorf("told %v", l)
		}
		mine := must[[]desk.Asking](t)(w.Requests(ctx, as(1)))
		if len(mine) != 1 || mine[0].State != booking.RequestGranted || mine[0].Reference != v.Reference || mine[0].PatientRecord.MRN != "" {
			t.Errorf("the family sees %+v", mine)
		}
		_, err = w.Refuse(ctx, nurse(1), r.ID, "Sorry")
		refused(t, "after granting", err, booking.ErrRequestClosed)
	})
}

func TestAGrantChecksEverythingAgain(t *testing.T) {
	inHospitalOf(t, 4, 0, func(t *testing.T, w *world) {
		ctx := t.Context()
		taken := w.ask(1, half(t, today(15, 0)))
		w.book(2, today(15, 0), desk.Details{})
		_, err := w.Grant(ctx, nurse(2), taken.ID, 1, "asked")
		refused(t, "a time that is taken", err, booking.ErrSlotTaken)
		unconsented := w.ask(3, half(t, today(19, 0)))
		ok(t, w.WithdrawConsent(ctx, nurse(2), patientID(3)))
		_, err = w.Grant(ctx, nurse(2), unconsented.ID, 1, "asked")
		refused(t, "without consent", err, booking.ErrConsentNeeded)
		barred := w.ask(4, half(t, today(19, 0)))
		must[booking.CircleMember](t)(w.Bar(ctx, nurse(2), memberID(4), "has threatened staff"))
		_, err = w.Grant(ctx, nurse(2), barred.ID, 1, "asked")
		refused(t, "somebody barred", err, booking.ErrNoSlots)
		w.at(today(19, 10))
		_, err = w.Grant(ctx, nurse(2), taken.ID, 1, "asked")
		refused(t, "a time that has been", err, booking.ErrPast)
		if n := w.count(`SELECT count(*) FROM requests WHERE state = 'open'`); n != 3 {
			t.Errorf("%d are still open", n)
		}
		if n := w.count(`SELECT count(*) FROM visits WHERE patient_id <> $1`, string(patientID(2))); n != 0 {
			t.Errorf("%d visits were left behind", n)
		}
	})
}

// A refusal has words for the family, which no text message carries.
func TestARequestIsRefused(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		const words = "Mr Able sleeps then. Could you do four o'clock?"
		r := w.ask(1, half(t, today(19, 0)))
		_, err := w.Refuse(ctx, nurse(1), r.ID, " ")
		refused(t, "without a word", err, booking.ErrReasonNeeded)
		_, err = w.Refuse(ctx, as(1), r.ID, words)
		refused(t, "by the family", err, booking.ErrMayNot)
		for range 2 { // pressed twice
			must[booking.Request](t)(w.Refuse(ctx, nurse(1), r.ID, words))
		}
		l := w.letters("kind = 'request_answered'")
		if len(l) != 1 || l[0].To != phone(1) || strings.Contains(l[0].Words, "Able") || strings.Contains(l[0].Words, "sleeps") {
			t.Errorf("told %v", l)
		}
		mine := must[desk.Asking](t)(w.Request(ctx, as(1), r.ID))
		if mine.State != booking.RequestRefused || mine.Answer != words {
			t.Errorf("the family reads %+v", mine.Request)
		}
		next := w.ask(1, half(t, today(16, 0)))
		for range 2 {
			must[booking.Request](t)(w.TakeBack(ctx, as(1), next.ID))
		}
		_, err = w.TakeBack(ctx, as(2), next.ID)
		refused(t, "somebody else's", err, booking.ErrNoSuchRequest)
		_, err = w.Grant(ctx, nurse(1), next.ID, 1, "asked")
		refused(t, "what was taken back", err, booking.ErrRequestClosed)
	})
}

// Whoever answers first has answered: one visit at most, one message, whatever
// races.
func TestARequestIsAnsweredOnce(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		r := w.ask(1, half(t, today(19, 0)), half(t, today(20, 0)), half(t, today(21, 0)))
		var wg sync.WaitGroup
		var answers atomic.Int64
		for n := range 24 {
			wg.Go(func() {
				var err error
				switch n % 4 {
				case 3:
					_, err = w.Refuse(ctx, nurse(1), r.ID, "We rest then.")
					if err == nil && w.count(`SELECT count(*) FROM requests WHERE state = 'refused'`) == 1 {
						return // the same words again are the same answer
					}
				default:
					_, err = w.Grant(ctx, nurse(1), r.ID, 1+n%3, "she flies home")
				}
				if err == nil {
					answers.Add(1)
				}
			})
		}
		wg.Wait()
		visits, told := w.count(`SELECT count(*) FROM visits WHERE state <> 'cancelled'`), w.count(`SELECT count(*) FROM outbox WHERE kind IN ('booked', 'request_answered')`)
		if visits > 1 || told != 1 || answers.Load() > 1 {
			t.Errorf("%d visits, %d messages, %d answers", visits, told, answers.Load())
		}
	})
}

// What the ward answers is taken back by a death before it has gone.
func TestADeathTakesAnAnswerBack(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		r := w.ask(1, half(t, today(19, 0)))
		open := w.ask(2, half(t, today(19, 0)))
		must[booking.Request](t)(w.Refuse(ctx, nurse(1), r.ID, "We rest then."))
		must[desk.Movement](t)(w.Die(ctx, nurse(1), patientID(1), desk.Said{}))
		must[desk.Movement](t)(w.Die(ctx, nurse(1), patientID(2), desk.Said{}))
		if l := w.letters("kind = 'request_answered' AND state <> 'withdrawn'"); len(l) != 0 {
			t.Errorf("still to go: %v", l)
		}
		if q := must[[]desk.Asking](t)(w.RequestsOf(ctx, nurse(1), wardID(1))); len(q) != 0 {
			t.Errorf("%d requests are still in the queue", len(q))
		}
		if mine := must[desk.Asking](t)(w.Request(ctx, as(2), open.ID)); mine.State == booking.RequestOpen {
			t.Error("a request outlives its patient")
		}
	})
}

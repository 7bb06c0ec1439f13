package desk_test

import (
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

func TestMove(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		tomorrow := today(15, 0).AddDate(0, 0, 2)
		v := w.book(1, tomorrow, desk.Details{Members: []booking.MemberID{memberID(102)}})
		moved := must[desk.Visit](t)(w.Move(ctx, as(2), v.Reference, v.Version, tomorrow.Add(15*time.Minute)))
		if moved.When.Start() != tomorrow.Add(15*time.Minute) || moved.Version <= v.Version || moved.Reference != v.Reference {
			t.Errorf("moved: %+v", moved.Visit)
		}
		for _, l := range w.letters("kind IN ('booked', 'reminder', 'join', 'moved')") {
			if old := l.Kind == "booked"; old && (l.State != "withdrawn" || l.Words != "{}") {
				t.Errorf("still to be said: %+v", l)
			}
		}
		if n := w.count(`SELECT count(*) FROM outbox WHERE state = 'pending' AND kind IN ('moved', 'reminder', 'join')`); n != 6 {
			t.Errorf("%d notices of the new time", n)
		}
		if n := w.count(`SELECT count(*) FROM reservations WHERE state = 'firm'`); n != 2 {
			t.Errorf("%d reservations", n)
		}
		same := must[desk.Visit](t)(w.Move(ctx, as(1), v.Reference, moved.Version, moved.When.Start()))
		if same.Version != moved.Version {
			t.Error("moving to where it is changed it")
		}
		for _, tt := range []struct {
			name    string
			by      booking.Actor
			version int
			to      time.Time
			want    error
		}{
			{"from an old page", as(1), v.Version, tomorrow, booking.ErrStale},
			{"between slots", as(1), moved.Version, tomorrow.Add(time.Minute), booking.ErrNotASlot},
			{"to the past", as(1), moved.Version, today(9, 0), booking.ErrNotASlot},
			{"somebody else's", as(3), moved.Version, tomorrow, booking.ErrNoSuchVisit},
			{"by another ward", nurse(2), moved.Version, tomorrow, booking.ErrNoSuchVisit},
			{"by an interpreter", interpreter(1), moved.Version, tomorrow, booking.ErrNoSuchVisit},
		} {
			_, err := w.Move(ctx, tt.by, v.Reference, tt.version, tt.to)
			refused(t, tt.name, err, tt.want)
		}
	})
}

// The cut-off is an hour before, for relatives; the ward may move what has not
// begun.
func TestMovingLate(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{})
		w.at(today(14, 1))
		_, err := w.Move(ctx, as(1), v.Reference, v.Version, today(17, 0))
		refused(t, "a relative moves", err, booking.ErrTooLate)
		_, err = w.Cancel(ctx, as(1), v.Reference, v.Version)
		refused(t, "a relative cancels", err, booking.ErrTooLate)
		must[desk.Visit](t)(w.Move(ctx, nurse(1), v.Reference, v.Version, today(14, 15)))
	})
}

// Ward 1 has two iPads; a visit moves onto the other one when its own is taken.
func TestMoveMayChangeTheDevice(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		first := w.book(1, today(15, 0), desk.Details{})
		second := w.book(2, today(15, 0), desk.Details{})
		third := w.book(3, today(17, 0), desk.Details{})
		if first.Device == second.Device {
			t.Fatal("two visits on one iPad")
		}
		_, err := w.Move(t.Context(), as(3), third.Reference, third.Version, today(15, 15))
		refused(t, "when both are taken", err, booking.ErrSlotTaken)
		must[desk.Visit](t)(w.Cancel(t.Context(), as(2), second.Reference, second.Version))
		third = must[desk.Visit](t)(w.Move(t.Context(), as(3), third.Reference, third.Version, today(15, 15)))
		if third.Device != second.Device {
			t.Errorf("on %s, which is taken", third.Device)
		}
		free := must[desk.Offering](t)(w.OfferingToMove(t.Context(), as(3), third.Reference, booking.DateOf(morning, london), 1))
		found := false
		for _, s := range free.Days[0].Slots {
			found = found || s.When.Start().Equal(today(15, 0))
		}
		if !found {
			t.Error("what the visit has itself does not count as free")
		}
	})
}

func TestCancel(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{Members: []booking.MemberID{memberID(102)}, Tongue: spokenPolish})
		w.sent()
		_, err := w.Cancel(ctx, as(1), v.Reference, v.Version-1)
		refused(t, "from an old page", err, booking.ErrStale)
		over := must[desk.Visit](t)(w.Cancel(ctx, as(1), v.Reference, v.Version))
		if over.State != booking.Cancelled || over.Reason != booking.ByFamily {
			t.Errorf("cancelled: %+v", over.Visit)
		}
		must[desk.Visit](t)(w.Cancel(ctx, as(1), v.Reference, v.Version)) // pressed twice
		if n := w.count(`SELECT count(*) FROM reservations WHERE state <> 'released'`); n != 0 {
			t.Errorf("%d reservations are left", n)
		}
		var told []string
		for _, l := range w.letters("state = 'pending'") {
			told = append(told, l.Kind+" "+l.To)
		}
		want := []string{"cancelled " + phone(1), "cancelled " + phone(2), "interpreter_off " + phone(801)}
		if len(told) != 3 || told[0] != want[0] || told[1] != want[1] || told[2] != want[2] {
			t.Errorf("told %v, want %v", told, want)
		}
		_, err = w.Move(ctx, as(1), v.Reference, over.Version, today(16, 0))
		refused(t, "move what is over", err, booking.ErrVisitOver)
		_, err = w.Join(ctx, as(1), v.Reference)
		refused(t, "join what is over", err, booking.ErrVisitOver)
		w.book(2, today(15, 0), desk.Details{}) // both iPads are free again
		w.book(3, today(15, 0), desk.Details{})
		if jobs := must[[]desk.Job](t)(w.Jobs(ctx, interpreter(1))); len(jobs) != 0 {
			t.Errorf("the interpreter still has %d jobs", len(jobs))
		}
	})
}

func TestInterpretersAreAsked(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{Tongue: spokenPolish})
		jobs := must[[]desk.Job](t)(w.Jobs(ctx, interpreter(1)))
		if len(jobs) != 1 || jobs[0].Offer.State != booking.Offered {
			t.Fatalf("jobs: %+v", jobs)
		}
		if j := jobs[0].Visit; j.PatientRecord.Name+j.PatientRecord.Alias+string(j.Patient)+j.Bed != "" || len(j.Companions) != 0 {
			t.Error("an interpreter is told who the patient is")
		}
		ask := w.sent()[booking.NoticeInterpreterAsk]
		if ask.Words["language"] != "Polish (spoken)" || ask.Words["length"] != "30 minutes" || ask.Words["when"] != "Tuesday 24 November 2026, 3:00pm" {
			t.Errorf("asked in these words: %v", ask.Words)
		}
		_, err := w.AnswerOffer(ctx, interpreter(2), jobs[0].Offer.ID, true)
		refused(t, "somebody else's offer", err, booking.ErrNoSuchOffer)
		_, err = w.AnswerOffer(ctx, as(1), jobs[0].Offer.ID, true)
		refused(t, "a relative answers", err, booking.ErrNoSuchOffer)
		_, err = w.AnswerOffer(ctx, interpreter(1), "nonsense", true)
		refused(t, "no offer", err, booking.ErrNoSuchOffer)

		yes := must[desk.Job](t)(w.AnswerOffer(ctx, interpreter(1), jobs[0].Offer.ID, true))
		if yes.Offer.State != booking.Accepted {
			t.Errorf("accepted: %v", yes.Offer.State)
		}
		no := must[desk.Job](t)(w.AnswerOffer(ctx, interpreter(1), jobs[0].Offer.ID, false)) // hands it back
		if no.Offer.State != booking.Declined {
			t.Errorf("handed back: %v", no.Offer.State)
		}
		_, err = w.AnswerOffer(ctx, interpreter(1), jobs[0].Offer.ID, true)
		refused(t, "takes it again", err, booking.ErrOfferClosed)
		next := must[[]desk.Job](t)(w.Jobs(ctx, interpreter(2)))
		if len(next) != 1 || len(must[[]desk.Job](t)(w.Jobs(ctx, interpreter(1)))) != 0 {
			t.Fatalf("the next one has %d jobs", len(next))
		}
		must[desk.Job](t)(w.AnswerOffer(ctx, interpreter(2), next[0].Offer.ID, false))
		seen := must[desk.Visit](t)(w.Visit(ctx, as(1), v.Reference))
		if seen.State != booking.Booked || seen.Interpreter == nil || seen.Interpreter.State != booking.Declined || len(seen.People) != 1 {
			t.Errorf("with nobody left: %+v", seen)
		}
		if n := w.count(`SELECT count(*) FROM reservations WHERE resource_kind = 'interpreter' AND state <> 'released'`); n != 0 {
			t.Errorf("%d interpreters are still reserved", n)
		}
	})
}

// Nothing of a booking that found no interpreter is left, and the slot stays
// theirs to decide about.
func TestNoInterpreterIsFree(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.book(4, today(15, 0), desk.Details{Tongue: signed})
		v := must[desk.Visit](t)(w.Hold(ctx, as(1), patientID(1), visitorID(1), today(15, 15)))
		must[desk.Visit](t)(w.Describe(ctx, as(1), v.ID, desk.Details{Tongue: signed}))
		events, notices := w.count(`SELECT count(*) FROM audit_events`), len(w.letters("true"))
		_, err := w.Book(ctx, as(1), v.ID)
		refused(t, "the one who signs is taken", err, booking.ErrNoInterpreter)
		if e, n := w.count(`SELECT count(*) FROM audit_events`), len(w.letters("true")); e != events || n != notices {
			t.Errorf("%d events and %d notices of what did not happen", e-events, n-notices)
		}
		if v = must[desk.Visit](t)(w.Held(ctx, as(1), v.ID)); v.State != booking.Held {
			t.Errorf("the hold is %v", v.State)
		}
		must[desk.Visit](t)(w.Describe(ctx, as(1), v.ID, desk.Details{}))
		must[desk.Visit](t)(w.Book(ctx, as(1), v.ID))
	})
}

func TestMovingAnInterpretedVisit(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{Tongue: spokenPolish})
		first := v.Interpreter.Interpreter
		must[desk.Job](t)(w.AnswerOffer(ctx, interpreter(1), v.Interpreter.ID, true))
		v = must[desk.Visit](t)(w.Move(ctx, as(1), v.Reference, v.Version, today(15, 15)))
		if v.Interpreter.Interpreter != first || v.Interpreter.State != booking.Offered {
			t.Errorf("the one who can is asked for the new time: %+v", v.Interpreter)
		}
		if n := w.count(`SELECT count(*) FROM outbox WHERE kind = 'interpreter_off'`); n != 0 {
			t.Error("and told off")
		}
		other := w.book(2, today(16, 0), desk.Details{Tongue: spokenPolish}) // takes the second
		w.book(3, today(17, 0), desk.Details{Tongue: spokenPolish})          // the first, who has as little to do
		if other.Interpreter.Interpreter == first {
			t.Fatal("the busier one was asked")
		}
		v = must[desk.Visit](t)(w.Move(ctx, as(1), v.Reference, v.Version, today(16, 45)))
		if v.Interpreter.Interpreter == first || len(v.People) != 2 {
			t.Errorf("the first is taken then: %+v", v.Interpreter)
		}
		if n := w.count(`SELECT count(*) FROM outbox WHERE kind = 'interpreter_off' AND state = 'pending'`); n != 1 {
			t.Errorf("%d told that they are not needed", n)
		}
		_, err := w.Move(ctx, as(1), v.Reference, v.Version, today(17, 30))
		refused(t, "nobody works then", err, booking.ErrNoInterpreter)
		if still := must[desk.Visit](t)(w.Visit(ctx, as(1), v.Reference)); still.When != v.When || still.Interpreter.State != booking.Offered {
			t.Error("what was refused happened")
		}
	})
}

package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/store"
)

// interpreting is how it stands with a visit's interpreter, as the ward sees it.
func (w *world) interpreting(ref booking.Reference) desk.Interpreting {
	w.t.Helper()
	return must[desk.Interpreting](w.t)(w.Interpreting(w.t.Context(), nurse(1, 2), ref))
}

// asks checks who is asked to a visit now, and in which state that is. 0 is
// nobody.
func (w *world) asks(ref booking.Reference, who int, state booking.OfferState) booking.OfferID {
	w.t.Helper()
	o := w.interpreting(ref).Visit.Interpreter
	switch {
	case o == nil || !o.Open():
		if who != 0 {
			w.t.Fatalf("nobody is asked, want interpreter %d", who)
		}
		return ""
	case who == 0 || o.Interpreter != interpID(who) || o.State != state:
		w.t.Fatalf("%s is asked (%s), want interpreter %d (%s)", o.Interpreter, o.State, who, state)
	}
	return o.ID
}

// follow lets the clock have its say at an instant.
func (w *world) follow(at time.Time) {
	w.t.Helper()
	w.at(at)
	ok(w.t, w.FollowUpInterpreters(w.t.Context()))
}

// says has an interpreter answer an offer.
func (w *world) says(n int, offer booking.OfferID, yes bool) {
	w.t.Helper()
	must[desk.Job](w.t)(w.AnswerOffer(w.t.Context(), interpreter(n), offer, yes))
}

// whole checks that every open offer has its interpreter reserved for the visit's
// time, nobody is reserved who is not asked, and nobody who is away is reserved.
func (w *world) whole() {
	w.t.Helper()
	for what, query := range map[string]string{
		"open offers without their reservation": `SELECT count(*) FROM interpreter_bookings AS b JOIN visits AS v ON v.id = b.visit_id
WHERE b.state IN ('offered', 'accepted') AND v.state IN ('booked', 'preparing', 'lobby', 'live') AND NOT EXISTS (
SELECT 1 FROM reservations AS r WHERE r.visit_id = v.id AND r.resource_kind = 'interpreter' AND r.resource_id = b.interpreter_id
AND r.state = 'firm' AND r.starts_at = v.starts_at AND r.ends_at = v.ends_at)`,
		"interpreters reserved who are not asked": `SELECT count(*) FROM reservations AS r
WHERE r.resource_kind = 'interpreter' AND r.state <> 'released' AND NOT EXISTS (SELECT 1 FROM interpreter_bookings AS b
WHERE b.visit_id = r.visit_id AND b.interpreter_id = r.resource_id AND b.state IN ('offered', 'accepted'))`,
		"interpreters reserved who are away": `SELECT count(*) FROM reservations AS r JOIN interpreter_away AS y ON y.interpreter_id = r.resource_id
WHERE r.resource_kind = 'interpreter' AND r.state <> 'released' AND y.starts_at < r.ends_at AND r.starts_at < y.ends_at`,
		"open offers without a seat": `SELECT count(*) FROM interpreter_bookings AS b JOIN visits AS v ON v.id = b.visit_id
WHERE b.state IN ('offered', 'accepted') AND v.state = 'booked' AND NOT EXISTS (
SELECT 1 FROM participants AS p WHERE p.visit_id = v.id AND p.interpreter_id = b.interpreter_id)`,
	} {
		if n := w.count(query); n != 0 {
			w.t.Errorf("%d %s", n, what)
		}
	}
	if n := w.overlaps(); n != 0 {
		w.t.Errorf("%d overlaps", n)
	}
}

// reserve has interpreter n reserved for half an hour for the first visit of a
// patient, by no act at all.
func (w *world) reserve(patient, n int, start time.Time) error {
	w.t.Helper()
	when := must[booking.Interval](w.t)(booking.NewInterval(start, 30*time.Minute))
	return w.store.Do(w.t.Context(), func(tx *store.Tx) error {
		visits, err := tx.VisitsOfPatient(w.t.Context(), patientID(patient), morning)
		if err != nil {
			return err
		}
		if err := tx.Release(w.t.Context(), visits[0].ID, store.Interpreter); err != nil {
			return err
		}
		return tx.Reserve(w.t.Context(), store.Reservation{
			ID: id[string]('r', n), Visit: visits[0].ID, When: when, Resource: store.Resource{Kind: store.Interpreter, ID: string(interpID(n))},
		})
	})
}

// gone counts the open flags that say that nobody interprets.
func (w *world) gone() int {
	w.t.Helper()
	return w.count(`SELECT count(*) FROM flags WHERE kind = 'interpreter_gone' AND closed_at IS NULL`)
}

// The ward is to look at a visit that nobody interprets, until somebody does or
// it goes on without.
func TestAVisitThatNobodyInterpretsIsFlagged(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), inPolish)
		w.says(1, w.asks(v.Reference, 1, booking.Offered), false)
		if n := w.gone(); n != 0 {
			t.Errorf("%d flags while somebody else is asked", n)
		}
		off := must[booking.TimeOff](t)(booking.NewTimeOff(today(14, 0), today(16, 0), w.clock(), booking.Ill))
		must[booking.TimeOff](t)(w.TakeTimeOff(ctx, interpreter(2), off, 1))
		if n := w.gone(); n != 1 {
			t.Errorf("%d flags when nobody is left, want 1", n)
		}
		must[desk.Visit](t)(w.GoWithout(ctx, as(1), v.Reference))
		if n := w.gone(); n != 0 {
			t.Errorf("%d flags of a visit that goes on without", n)
		}
		other := w.book(2, today(17, 0), desk.Details{Tongue: signed})
		w.says(3, w.asks(other.Reference, 3, booking.Offered), false)
		if n := w.gone(); n != 1 {
			t.Errorf("%d flags after the only one said no, want 1", n)
		}
		must[desk.Visit](t)(w.Cancel(ctx, as(2), other.Reference, other.Version))
		if n := w.gone(); n != 0 {
			t.Errorf("%d flags of a visit that is off", n)
		}
	})
}

var inPolish = desk.Details{Tongue: spokenPolish}

// An offer that nobody answers goes to the next; with nobody else, whoever is
// asked has longer, and is asked a second time at most.
func TestAnUnansweredOfferIsPassedOn(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		v := w.book(1, today(15, 0), inPolish)
		ewas := w.asks(v.Reference, 1, booking.Offered)
		by := v.Interpreter.AnswerBy
		if !by.Equal(morning.Add(30 * time.Minute)) {
			t.Errorf("five hours ahead there is until %v to answer", by)
		}
		w.follow(by.Add(-time.Second))
		w.asks(v.Reference, 1, booking.Offered)
		w.follow(by)
		jans := w.asks(v.Reference, 2, booking.Offered)
		_, err := w.AnswerOffer(t.Context(), interpreter(1), ewas, true)
		refused(t, "an answer that comes too late", err, booking.ErrOfferClosed)
		if jobs := must[[]desk.Job](t)(w.Jobs(t.Context(), interpreter(1))); len(jobs) != 0 {
			t.Errorf("who did not answer still has %d jobs", len(jobs))
		}
		w.follow(w.clock().Add(30 * time.Minute)) // nor does Jan, so Ewa is asked once more
		again := w.asks(v.Reference, 1, booking.Offered)
		w.follow(w.clock().Add(30 * time.Minute)) // and then Jan
		w.asks(v.Reference, 2, booking.Offered)
		last := w.interpreting(v.Reference).Visit.Interpreter.AnswerBy
		w.follow(last) // Ewa has been asked twice
		if id := w.asks(v.Reference, 2, booking.Offered); id == jans || again == ewas {
			t.Error("an offer came back to life")
		}
		if !w.interpreting(v.Reference).Visit.Interpreter.AnswerBy.After(last) {
			t.Error("nobody else can be asked, and Jan has no longer to answer")
		}
		if n := len(w.letters("kind = 'interpreter_ask'")); n != 4 {
			t.Errorf("%d times somebody was asked, want 4", n)
		}
		w.whole()
	})
}

func TestAnInterpreterIsChased(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		start := today(15, 0).Add(72 * time.Hour)
		v := w.book(1, start, inPolish)
		offer := w.asks(v.Reference, 1, booking.Offered)
		w.says(1, offer, true)
		if n := len(w.letters("kind = 'interpreter_confirm'")); n != 3 {
			t.Fatalf("%d chases are owed, want 3", n)
		}
		w.sent()
		for _, before := range booking.Chases {
			w.at(start.Add(-before - time.Second))
			if _, early := w.sent()[booking.NoticeInterpreterConfirm]; early {
				t.Errorf("chased earlier than %v before", before)
			}
			w.follow(start.Add(-before))
			chase, on := w.sent()[booking.NoticeInterpreterConfirm]
			if !on || !strings.Contains(chase.Words["link"], "/invitation/") {
				t.Errorf("not chased %v before: %v", before, chase.Words)
			}
			w.says(1, offer, true) // yes, still
		}
		w.follow(start.Add(-time.Minute))
		w.asks(v.Reference, 1, booking.Accepted)
		if n := w.count(`SELECT count(*) FROM audit_events WHERE action = 'offer_confirmed'`); n != 3 {
			t.Errorf("%d confirmations are recorded", n)
		}
	})
}

// Who said yes days ago, and has not said a word since, is replaced an hour
// before.
func TestWhoIsNotHeardOfIsReplaced(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		start := today(15, 0).Add(72 * time.Hour)
		v := w.book(1, start, inPolish)
		w.says(1, w.asks(v.Reference, 1, booking.Offered), true)
		w.follow(start.Add(-61 * time.Minute))
		w.asks(v.Reference, 1, booking.Accepted)
		w.follow(start.Add(-time.Hour))
		w.asks(v.Reference, 2, booking.Offered)
		if n := len(w.letters("kind = 'interpreter_off' AND recipient = '" + phone(801) + "'")); n != 1 {
			t.Errorf("they are told %d times", n)
		}
		if n := len(w.letters("kind = 'interpreter_confirm' AND state = 'pending'")); n != 0 {
			t.Errorf("%d chases are still owed", n)
		}
		w.whole()
	})
}

// Hard case 8: the interpreter does not come.
func TestTheInterpreterDoesNotCome(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), inPolish)
		w.says(1, w.asks(v.Reference, 1, booking.Offered), true)
		w.follow(today(15, 1))
		w.asks(v.Reference, 1, booking.Accepted)
		w.follow(today(15, 2))
		w.asks(v.Reference, 2, booking.Offered) // with three minutes to answer
		w.follow(today(15, 4))
		if _, told := w.sent()[booking.NoticeInterpreterLate]; told {
			t.Error("the family is asked before five minutes are over")
		}
		w.follow(today(15, 5))
		late, told := w.sent()[booking.NoticeInterpreterLate]
		if !told || late.To != phone(1) || late.Words["language"] != "Polish (spoken)" {
			t.Errorf("the family is not asked what to do: %+v", late)
		}
		w.follow(today(15, 6))
		if n := len(w.letters("kind = 'interpreter_late'")); n != 1 {
			t.Errorf("asked %d times", n)
		}
		_, err := w.GoWithout(ctx, as(2), v.Reference)
		refused(t, "somebody else's decision", err, booking.ErrNoSuchVisit)
		_, err = w.GoWithout(ctx, interpreter(2), v.Reference)
		refused(t, "an interpreter's decision", err, booking.ErrNoSuchVisit)
		for range 2 { // pressed twice
			alone := must[desk.Visit](t)(w.GoWithout(ctx, as(1), v.Reference))
			if !alone.Tongue.IsZero() || alone.State != booking.Booked {
				t.Errorf("goes on with %v, %v", alone.Tongue, alone.State)
			}
		}
		seen := w.interpreting(v.Reference)
		if seen.Forgone != spokenPolish || len(seen.Asked) != 2 || seen.Asked[0].State != booking.Missed || seen.Asked[1].State != booking.Withdrawn {
			t.Errorf("the ward sees %+v", seen)
		}
		if n := w.count(`SELECT count(*) FROM audit_events WHERE action = 'interpreter_forgone'`); n != 1 {
			t.Errorf("decided %d times", n)
		}
		w.follow(today(15, 10))
		w.asks(v.Reference, 0, "")
		w.whole()
	})
}

// Nobody has been found the day before: the family is told once, and can wait.
func TestTheFamilyIsToldThatNobodyIsFound(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		start := today(15, 0).Add(72 * time.Hour)
		v := w.book(1, start, desk.Details{Tongue: signed})
		w.says(3, w.asks(v.Reference, 3, booking.Offered), false)
		w.asks(v.Reference, 0, "")
		w.follow(start.Add(-booking.TellBefore - time.Minute))
		if n := len(w.letters("kind = 'interpreter_none'")); n != 0 {
			t.Error("told too early")
		}
		for _, before := range []time.Duration{booking.TellBefore - time.Minute, 12 * time.Hour, time.Hour} {
			w.follow(start.Add(-before))
		}
		told := w.letters("kind = 'interpreter_none'")
		if len(told) != 1 || told[0].To != phone(1) {
			t.Errorf("told %v", told)
		}
		if i := w.interpreting(v.Reference); i.Another || len(i.Asked) != 1 || i.Asked[0].Name != "Bryn" {
			t.Errorf("the ward sees %+v", i)
		}
		seen := must[desk.Interpreting](t)(w.Interpreting(t.Context(), as(1), v.Reference))
		if len(seen.Asked) != 0 {
			t.Error("a relative sees who was asked")
		}
		_, err := w.Interpreting(t.Context(), as(2), v.Reference)
		refused(t, "another family", err, booking.ErrNoSuchVisit)
	})
}

func TestAnInterpreterSendsASubstitute(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), inPolish)
		offer := w.asks(v.Reference, 1, booking.Offered)
		w.says(1, offer, true)
		w.at(today(14, 29))
		_, err := w.SendSubstitute(ctx, interpreter(1), offer)
		refused(t, "while there is time to hand it back", err, booking.ErrTooSoon)
		_, err = w.SendSubstitute(ctx, interpreter(2), offer)
		refused(t, "by another", err, booking.ErrNoSuchOffer)

		w.at(today(14, 50)) // in the waiting room, and stuck
		mine := must[desk.Seat](t)(w.Join(ctx, interpreter(1), v.Reference))
		must[bool](t)(w.Arrive(ctx, v.ID, mine.Seat, ""))
		must[desk.Job](t)(w.SendSubstitute(ctx, interpreter(1), offer))
		next := w.asks(v.Reference, 2, booking.Offered)
		_, err = w.SendSubstitute(ctx, interpreter(1), offer)
		refused(t, "twice", err, booking.ErrOfferClosed)
		must[desk.Seat](t)(w.Join(ctx, interpreter(1), v.Reference)) // until the other comes
		w.says(2, next, true)
		w.at(today(15, 10))
		must[desk.Job](t)(w.SendSubstitute(ctx, interpreter(2), next)) // and Jan is not here
		_, err = w.Join(ctx, interpreter(2), v.Reference)
		refused(t, "who was not here when they gave it up", err, booking.ErrNoSuchVisit)
		w.asks(v.Reference, 0, "")
		w.follow(today(15, 11))
		w.asks(v.Reference, 0, "") // neither is asked again
		w.whole()
	})
}

func TestTheWardAsksForASubstitute(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), inPolish)
		ewas := w.asks(v.Reference, 1, booking.Offered)
		_, err := w.AskSubstitute(ctx, nurse(2), v.Reference, ewas, desk.NotHere)
		refused(t, "another ward", err, booking.ErrNoSuchVisit)
		_, err = w.AskSubstitute(ctx, nurse(1), v.Reference, "", desk.NotHere)
		refused(t, "a page that saw nobody", err, booking.ErrStale)
		must[desk.Visit](t)(w.AskSubstitute(ctx, nurse(1), v.Reference, ewas, desk.SomebodyElse))
		jans := w.asks(v.Reference, 2, booking.Offered)
		_, err = w.AskSubstitute(ctx, nurse(1), v.Reference, ewas, desk.SomebodyElse)
		refused(t, "pressed twice", err, booking.ErrStale)
		_, err = w.AskSubstitute(ctx, nurse(1), v.Reference, jans, desk.NotHere)
		refused(t, "with nobody else", err, booking.ErrNoInterpreter)
		w.asks(v.Reference, 2, booking.Offered) // better than nobody
		if n := len(w.letters("kind = 'interpreter_off' AND recipient = '" + phone(801) + "'")); n != 1 {
			t.Errorf("Ewa is told %d times", n)
		}
		// The family's wish holds for the patient's next visits, and for nobody else's.
		must[desk.Visit](t)(w.Cancel(ctx, nurse(1), v.Reference, must[desk.Visit](t)(w.Visit(ctx, nurse(1), v.Reference)).Version))
		w.asks(w.book(1, today(17, 0), inPolish).Reference, 2, booking.Offered)
		w.asks(w.book(2, today(17, 0), inPolish).Reference, 1, booking.Offered)
		plain := w.book(3, today(14, 0), desk.Details{})
		_, err = w.AskSubstitute(ctx, nurse(1), plain.Reference, "", desk.NotHere)
		refused(t, "for a visit that wants none", err, booking.ErrNoneWanted)
		w.whole()
	})
}

// Who has interpreted for a patient before is asked again, although they have
// more to do.
func TestTheSameInterpreterComesAgain(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		before := w.book(1, today(14, 0), inPolish)
		w.says(1, w.asks(before.Reference, 1, booking.Offered), false)
		w.says(2, w.asks(before.Reference, 2, booking.Offered), true)
		w.pair(1, 1)
		w.pair(2, 1)
		w.at(today(14, 0))
		started := must[desk.Visit](t)(w.Start(ctx, nurse(1), before.Reference))
		must[bool](t)(w.Arrive(ctx, started.ID, desk.SeatOfPatient, ""))
		anna := must[desk.Seat](t)(w.Join(ctx, as(1), before.Reference))
		must[bool](t)(w.Arrive(ctx, before.ID, anna.Seat, ""))
		must[desk.Visit](t)(w.Admit(ctx, nurse(1), before.Reference, booking.ParticipantID(anna.Seat)))
		must[desk.Visit](t)(w.End(ctx, nurse(1), before.Reference, booking.RanToEnd))

		w.asks(w.book(2, today(16, 0), inPolish).Reference, 1, booking.Offered) // Jan has one today
		w.asks(w.book(1, today(16, 45), inPolish).Reference, 2, booking.Offered)
		w.whole()
	})
}

// The visits that somebody gives up by being away go to others, together with
// those that lack somebody already.
func TestTimeOff(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		first := w.book(1, today(14, 0), inPolish)
		second := w.book(2, today(14, 45), inPolish)
		w.says(1, w.asks(first.Reference, 1, booking.Offered), true)
		jans := w.asks(second.Reference, 2, booking.Offered)
		w.says(2, jans, false) // to Ewa, who now has both
		w.says(1, w.asks(second.Reference, 1, booking.Offered), true)
		off := must[booking.TimeOff](t)(booking.NewTimeOff(today(13, 0), today(16, 0), w.clock(), booking.Ill))

		touched := must[[]desk.Job](t)(w.TimeOffTouches(ctx, interpreter(1), off.When))
		if len(touched) != 2 || touched[0].Visit.PatientRecord.Name != "" {
			t.Fatalf("touches %d visits, %+v", len(touched), touched)
		}
		_, err := w.TakeTimeOff(ctx, interpreter(1), off, 1)
		refused(t, "with another number than was shown", err, booking.ErrStale)
		_, err = w.TakeTimeOff(ctx, nurse(1), off, 2)
		refused(t, "by a nurse", err, booking.ErrNoSuchInterpreter)

		taken := must[booking.TimeOff](t)(w.Keyed("a-key").TakeTimeOff(ctx, interpreter(1), off, 2))
		again := must[booking.TimeOff](t)(w.Keyed("a-key").TakeTimeOff(ctx, interpreter(1), off, 2))
		if again != taken {
			t.Errorf("pressed twice: %v and %v", taken, again)
		}
		w.asks(first.Reference, 2, booking.Offered)
		w.asks(second.Reference, 0, "") // Jan said no to this one
		w.whole()

		refused(t, "reserved while away, in the database", w.reserve(1, 1, today(13, 30)), booking.ErrNoInterpreter)
		me := must[booking.Interpreter](t)(w.InterpreterSelf(ctx, interpreter(1)))
		if len(me.Away) != 1 || me.Away[0] != taken {
			t.Errorf("away %v", me.Away)
		}
		refused(t, "to be back, of another", w.DropTimeOff(ctx, interpreter(2), taken.ID), booking.ErrNoSuchTimeOff)
		ok(t, w.DropTimeOff(ctx, interpreter(1), taken.ID))
		refused(t, "twice", w.DropTimeOff(ctx, interpreter(1), taken.ID), booking.ErrNoSuchTimeOff)
		w.follow(w.clock().Add(time.Minute))
		w.asks(second.Reference, 0, "") // whoever gave it up is not asked again
	})
}

// Of two visits at one time that only one can take now, the other lacking one
// already, both are served: the one who can do either does what only they can.
func TestVisitsThatCompeteAreMatchedTogether(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		a := w.book(1, today(15, 0), inPolish)
		b := w.book(2, today(15, 0), inPolish)
		w.says(1, w.asks(a.Reference, 1, booking.Offered), true)
		w.says(2, w.asks(b.Reference, 2, booking.Offered), true)
		n := must[int](t)(w.MatchInterpreters(ctx, nurse(1)))
		if n != 0 {
			t.Errorf("asked %d, though nobody is wanted", n)
		}
		// Jan goes; then Ewa's hours end, and nobody is left for either.
		off := must[booking.TimeOff](t)(booking.NewTimeOff(today(13, 0), today(17, 0), w.clock(), booking.OnLeave))
		must[booking.TimeOff](t)(w.TakeTimeOff(ctx, interpreter(2), off, 1))
		w.asks(b.Reference, 0, "")
		if n := must[int](t)(w.MatchInterpreters(ctx, booking.System)); n != 0 {
			t.Errorf("asked %d, with nobody free", n)
		}
		must[desk.Visit](t)(w.Cancel(ctx, as(1), a.Reference, must[desk.Visit](t)(w.Visit(ctx, as(1), a.Reference)).Version))
		if n := must[int](t)(w.MatchInterpreters(ctx, nurse(2))); n != 0 {
			t.Errorf("another ward asked %d", n)
		}
		if n := must[int](t)(w.MatchInterpreters(ctx, nurse(1))); n != 1 {
			t.Errorf("asked %d, want 1", n)
		}
		w.asks(b.Reference, 1, booking.Offered)
		w.whole()
	})
}

func TestRestAndHoursAreKept(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for n := 1; n <= 2; n++ {
			ok(t, w.SetRest(ctx, interpreter(n), 20*time.Minute))
		}
		refused(t, "too long a rest", w.SetRest(ctx, interpreter(1), 5*time.Hour), booking.ErrBadRest)
		refused(t, "a nurse's rest", w.SetRest(ctx, nurse(1), time.Hour), booking.ErrNoSuchInterpreter)
		w.asks(w.book(1, today(14, 0), inPolish).Reference, 1, booking.Offered)
		w.asks(w.book(2, today(14, 0), inPolish).Reference, 2, booking.Offered)
		// At a quarter to three both would have only fifteen minutes between.
		held := must[desk.Visit](t)(w.Hold(ctx, as(3), patientID(3), visitorID(3), today(14, 45)))
		must[desk.Visit](t)(w.Describe(ctx, as(3), held.ID, inPolish))
		_, err := w.Book(ctx, as(3), held.ID)
		refused(t, "without a rest", err, booking.ErrNoInterpreter)
		w.asks(w.book(3, today(15, 0), inPolish).Reference, 1, booking.Offered)

		tuesday := booking.Hours{Weekday: time.Tuesday, Start: 9 * 60, End: 17*60 + 30}
		for n := 1; n <= 2; n++ {
			ok(t, w.DropHours(ctx, interpreter(n), tuesday))
		}
		refused(t, "hours that meet others", w.AddHours(ctx, interpreter(1), booking.Hours{Weekday: time.Monday, Start: 8 * 60, End: 10 * 60}), booking.ErrHoursMeet)
		held = must[desk.Visit](t)(w.Hold(ctx, as(4), patientID(4), visitorID(4), today(17, 0)))
		must[desk.Visit](t)(w.Describe(ctx, as(4), held.ID, inPolish))
		_, err = w.Book(ctx, as(4), held.ID)
		refused(t, "when nobody works", err, booking.ErrNoInterpreter)
		for range 2 { // pressed twice
			ok(t, w.AddHours(ctx, interpreter(2), booking.Hours{Weekday: time.Tuesday, Start: 16 * 60, End: 18 * 60}))
		}
		must[desk.Visit](t)(w.Book(ctx, as(4), held.ID))
		w.whole()

		// And if somebody forgot to ask, the database does not.
		refused(t, "too near in the database", w.reserve(4, 2, today(14, 45)), booking.ErrNoInterpreter)
		ok(t, w.reserve(4, 2, today(14, 50)))
	})
}

func TestWhatIsFinishedStaysListedForAWeek(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(14, 0), desk.Details{Tongue: signed})
		w.says(3, w.asks(v.Reference, 3, booking.Offered), true)
		w.pair(1, 1)
		w.pair(2, 1)
		w.at(today(14, 0))
		started := must[desk.Visit](t)(w.Start(ctx, nurse(1), v.Reference))
		must[bool](t)(w.Arrive(ctx, started.ID, desk.SeatOfPatient, ""))
		bryn := must[desk.Seat](t)(w.Join(ctx, interpreter(3), v.Reference))
		must[bool](t)(w.Arrive(ctx, v.ID, bryn.Seat, ""))
		must[desk.Visit](t)(w.Admit(ctx, nurse(1), v.Reference, booking.ParticipantID(bryn.Seat)))
		w.follow(today(14, 10))
		w.asks(v.Reference, 3, booking.Accepted) // who is here is not replaced
		must[desk.Visit](t)(w.End(ctx, nurse(1), v.Reference, booking.RanToEnd))
		for days, want := range map[int]int{0: 1, 6: 1, 8: 0} {
			w.at(today(14, 30).AddDate(0, 0, days))
			done := must[[]desk.Job](t)(w.Finished(ctx, interpreter(3)))
			if len(done) != want || slices.ContainsFunc(done, func(j desk.Job) bool { return j.Visit.PatientRecord.Name != "" }) {
				t.Errorf("%d days later: %+v", days, done)
			}
		}
		if n := len(w.letters("kind = 'interpreter_late'")); n != 0 {
			t.Error("a family with an interpreter is told that they have none")
		}
	})
}

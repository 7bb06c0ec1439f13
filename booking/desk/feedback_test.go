package desk_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// goingOn is the visit of patient 1, live from three.
func (w *world) goingOn() desk.Visit {
	w.t.Helper()
	ctx := w.t.Context()
	v := w.begun(1, desk.Details{})
	her := must[desk.Seat](w.t)(w.Join(ctx, as(1), v.Reference))
	must[bool](w.t)(w.Arrive(ctx, v.ID, her.Seat, ""))
	w.at(today(15, 2))
	return must[desk.Visit](w.t)(w.Admit(ctx, nurse(1), v.Reference, seat(w.t, w.again(v), 1)))
}

// over is that visit, ended at twenty past.
func (w *world) over() desk.Visit {
	w.t.Helper()
	ctx := w.t.Context()
	v := w.goingOn()
	refused(w.t, "before it has ended", w.Answer(ctx, as(1), v.Reference, booking.Good), booking.ErrNotEndedYet)
	if q := must[desk.Question](w.t)(w.HowWasIt(ctx, as(1), v.Reference)); q.Asked() {
		w.t.Error("she is asked before it has ended")
	}
	w.at(today(15, 20))
	return must[desk.Visit](w.t)(w.End(ctx, nurse(1), v.Reference, booking.RanToEnd))
}

func (w *world) feedback(by booking.Actor) desk.FeedbackPage {
	w.t.Helper()
	on := booking.DateOf(morning, london)
	return must[desk.FeedbackPage](w.t)(w.Feedback(w.t.Context(), by, wardID(1), on, on.AddDays(1)))
}

// Three sides say how a visit was; the ward reads it, and who it was only where they
// said so.
func TestHowWasThat(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.over()
		bed := must[desk.Question](t)(w.AtBedside(ctx, device(deviceNumber(v.Device), 1)))
		if !bed.Open || bed.Ref != v.Reference {
			t.Fatalf("the iPad asks %+v", bed)
		}
		ok(t, w.Answer(ctx, device(deviceNumber(v.Device), 1), v.Reference, booking.Good))
		ok(t, w.Answer(ctx, nurse(1), v.Reference, booking.Fair))
		refused(t, "words without an answer", w.AddWords(ctx, as(1), v.Reference, "Lovely", false), booking.ErrBadChoice)
		ok(t, w.Answer(ctx, as(1), v.Reference, booking.NotGood))
		ok(t, w.AddWords(ctx, as(1), v.Reference, " The sound \n was <b>low</b> ", false))
		ok(t, w.Answer(ctx, as(1), v.Reference, booking.Good))
		p := w.feedback(nurse(1))
		if p.Counts[booking.PatientSide][booking.Good] != 1 || p.Counts[booking.FamilySide][booking.Good] != 1 ||
			p.Counts[booking.FamilySide][booking.NotGood] != 0 || p.Counts[booking.StaffSide][booking.Fair] != 1 {
			t.Errorf("the counts are %v", p.Counts)
		}
		if len(p.Words) != 1 || p.Words[0].Words != "The sound was <b>low</b>" {
			t.Fatalf("the words are %+v", p.Words)
		}
		if w := p.Words[0]; w.Name+w.Who+string(w.Visit)+string(w.Ref)+string(w.ID) != "" {
			t.Errorf("the ward knows who said it: %+v", w)
		}
		ok(t, w.AddWords(ctx, as(1), v.Reference, "The sound was low", true))
		if said := w.feedback(nurse(1)).Words[0]; said.Name == "" || said.Ref != v.Reference {
			t.Errorf("the ward does not know whom it may ask: %+v", said)
		}
		if n := w.count(`SELECT count(*) FROM audit_events WHERE action IN ('feedback_given', 'feedback_changed')`); n != 6 {
			t.Errorf("written down %d times", n)
		}
		if n := w.count(`SELECT count(*) FROM audit_events WHERE reason LIKE '%sound%'`); n != 0 {
			t.Error("the audit says what they said")
		}
		board := must[desk.Board](t)(w.Board(ctx, nurse(1), wardID(1), booking.DateOf(morning, london)))
		if q := board.Visits[0].Question; q.Answer == nil || q.Answer.Answer != booking.Fair || !q.Open {
			t.Errorf("the board says %+v", q)
		}

		t.Log("the iPad forgets soon, and an answer stands after a day")
		w.at(today(15, 25))
		if q := must[desk.Question](t)(w.AtBedside(ctx, device(deviceNumber(v.Device), 1))); q.Open {
			t.Error("the iPad still asks")
		}
		refused(t, "from the bed later", w.Answer(ctx, device(deviceNumber(v.Device), 1), v.Reference, booking.Fair), booking.ErrAnswerClosed)
		w.at(today(15, 20).Add(24 * time.Hour))
		refused(t, "a day later", w.Answer(ctx, as(1), v.Reference, booking.Fair), booking.ErrAnswerClosed)
		if q := must[desk.Question](t)(w.HowWasIt(ctx, as(1), v.Reference)); q.Open || q.Answer == nil {
			t.Errorf("she is shown %+v", q)
		}
	})
}

// Nobody answers for a visit of others, and nothing that is no answer is kept.
func TestWhoDoesNotAnswer(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.over()
		for what, by := range map[string]booking.Actor{
			"another family": as(3), "another ward": nurse(2), "another iPad": device(3, 2), "an interpreter": interpreter(1), "the program": booking.System,
		} {
			if err := w.Answer(ctx, by, v.Reference, booking.Good); err == nil {
				t.Errorf("%s answered", what)
			}
		}
		refused(t, "another family", w.Answer(ctx, as(3), v.Reference, booking.Good), booking.ErrNoSuchVisit)
		refused(t, "another ward", w.Answer(ctx, nurse(2), v.Reference, booking.Good), booking.ErrNoSuchVisit)
		refused(t, "no answer", w.Answer(ctx, as(1), v.Reference, "=cmd()"), booking.ErrBadChoice)
		ok(t, w.Answer(ctx, as(1), v.Reference, booking.Good))
		refused(t, "too long", w.AddWords(ctx, as(1), v.Reference, strings.Repeat("é", 1001), false), booking.ErrTooLong)
		refused(t, "a bidi mark", w.AddWords(ctx, as(1), v.Reference, "a\u202eb", false), booking.ErrBadText)
		on := booking.DateOf(morning, london)
		_, err := w.Feedback(ctx, nurse(2), wardID(1), on, on)
		refused(t, "read by another ward", err, booking.ErrNoSuchWard)
		_, err = w.Feedback(ctx, as(1), wardID(1), on, on)
		refused(t, "read by a family", err, booking.ErrNoSuchWard)

		t.Log("somebody who is barred hears what others hear")
		must[booking.CircleMember](t)(w.Bar(ctx, nurse(1), memberID(1), "has threatened staff"))
		if q := must[desk.Question](t)(w.HowWasIt(ctx, as(1), v.Reference)); !q.Open {
			t.Error("the question tells somebody that they are barred")
		}
		ok(t, w.Answer(ctx, as(1), v.Reference, booking.Fair))
		if _, err := w.raw.ExecContext(ctx, `UPDATE participants SET place = 'removed'`); err != nil {
			t.Fatal(err)
		}
		refused(t, "removed from it", w.Answer(ctx, as(1), v.Reference, booking.Good), booking.ErrNoSuchVisit)
	})
}

// Nobody is asked after a goodbye, or when the patient has died, whichever page they
// still have open.
func TestNobodyIsAskedWhenAPatientDies(t *testing.T) {
	for name, change := range map[string]string{
		"died": `UPDATE patients SET state = 'died'`, "goodbye": `UPDATE visits SET kind = 'end_of_life'`, "sensitive": `UPDATE visits SET reason = 'sensitive'`,
	} {
		t.Run(name, func(t *testing.T) {
			inHospital(t, func(t *testing.T, w *world) {
				ctx := t.Context()
				v := w.over()
				if _, err := w.raw.ExecContext(ctx, change); err != nil {
					t.Fatal(err)
				}
				for _, by := range []booking.Actor{as(1), nurse(1), device(deviceNumber(v.Device), 1)} {
					q, err := w.HowWasIt(ctx, by, v.Reference)
					if err != nil || q.Asked() {
						t.Errorf("%s is asked: %+v, %v", by.Kind, q, err)
					}
					want := booking.ErrNotAsked
					if name == "died" && by.Kind == booking.VisitorActor {
						want = booking.ErrCallWard
					}
					refused(t, string(by.Kind), w.Answer(ctx, by, v.Reference, booking.Good), want)
				}
				if w.count(`SELECT count(*) FROM visit_feedback`) != 0 {
					t.Error("an answer is kept")
				}
			})
		})
	}
}

// The iPad does not ask a patient whose visit was stopped for their sake, nor once
// they have died while it asked; the family is asked of the first all the same.
func TestTheBedIsNotAsked(t *testing.T) {
	for name, end := range map[string]struct {
		why     booking.Reason
		covered bool
		died    bool
		asked   bool
	}{
		"an ordinary end":         {why: booking.RanToEnd, asked: true},
		"ended covered":           {why: booking.RanToEnd, covered: true},
		"the patient declined":    {why: booking.PatientDeclined},
		"died while it was asked": {why: booking.RanToEnd, asked: true, died: true},
	} {
		t.Run(name, func(t *testing.T) {
			inHospital(t, func(t *testing.T, w *world) {
				ctx := t.Context()
				v := w.goingOn()
				ipad := device(deviceNumber(v.Device), 1)
				must[desk.Visit](t)(w.Cover(ctx, nurse(1), v.Reference, true))
				if !end.covered {
					must[desk.Visit](t)(w.Cover(ctx, nurse(1), v.Reference, false))
				}
				w.at(today(15, 20))
				must[desk.Visit](t)(w.End(ctx, nurse(1), v.Reference, end.why))
				if q := must[desk.Question](t)(w.AtBedside(ctx, ipad)); q.Asked() != end.asked {
					t.Errorf("the iPad asks %+v", q)
				}
				family := must[desk.Question](t)(w.HowWasIt(ctx, as(1), v.Reference))
				if !family.Open {
					t.Errorf("the family is not asked: %+v", family)
				}
				if end.died {
					must[desk.Movement](t)(w.Die(ctx, nurse(1), patientID(1), desk.Said{}))
					if q := must[desk.Question](t)(w.AtBedside(ctx, ipad)); q.Asked() {
						t.Errorf("the iPad of somebody who has died asks %+v", q)
					}
				}
				if end.died || !end.asked {
					refused(t, "from the bed", w.Answer(ctx, ipad, v.Reference, booking.Good), booking.ErrNotAsked)
				}
				if n := w.count(`SELECT count(*) FROM visit_feedback`); n != 0 {
					t.Errorf("%d answers are kept", n)
				}
			})
		})
	}
}

// Many taps of one person at once are one answer.
func TestTwoTapsAtOnce(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		v := w.over()
		var wg sync.WaitGroup
		for n := range 12 {
			wg.Go(func() {
				if err := w.Answer(t.Context(), as(1), v.Reference, booking.Answers[n%3]); err != nil {
					t.Errorf("tap %d: %v", n, err)
				}
			})
		}
		wg.Wait()
		if n := w.count(`SELECT count(*) FROM visit_feedback`); n != 1 {
			t.Errorf("%d answers", n)
		}
		if n := w.count(`SELECT count(*) FROM audit_events WHERE action = 'feedback_given'`); n != 1 {
			t.Errorf("given %d times", n)
		}
		_, err := w.raw.ExecContext(t.Context(), `INSERT INTO visit_feedback (id, visit_id, ward_id, side, who, answer, words, may_ask, said_at, changed_at)
SELECT visit_id, visit_id, ward_id, side, who, answer, words, may_ask, said_at, changed_at FROM visit_feedback`)
		if err == nil {
			t.Error("the database keeps two answers of one person")
		}
	})
}

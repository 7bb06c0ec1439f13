package desk

import (
	"context"
	"errors"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

const (
	longestFeedback = 1000
	// mostFeedback is how many free words a page of them shows.
	mostFeedback = 200
	// mostFeedbackFile is how many a file of them holds.
	mostFeedbackFile = 5000
)

// A Question is whether somebody is asked how a visit was, and what they said.
type Question struct {
	Visit  booking.VisitID
	Ref    booking.Reference
	Open   bool              // it can be answered, or the answer changed
	Answer *booking.Feedback // theirs; nil when there is none
}

// Asked reports whether there is anything to show of it.
func (q Question) Asked() bool { return q.Open || q.Answer != nil }

// sideOf is the side of a visit that an actor is on, and who they are there.
func sideOf(by booking.Actor, r store.Record) (side booking.Side, who string) {
	switch {
	case mayRun(by, r) && by.Kind == booking.StaffActor:
		return booking.StaffSide, by.ID
	case comes(by, r):
		return booking.FamilySide, by.ID
	case by.Kind == booking.DeviceActor && by.ID == string(r.Device):
		return booking.PatientSide, SeatOfPatient
	}
	return "", ""
}

func mayAnswer(by booking.Actor, r store.Record) bool {
	side, _ := sideOf(by, r)
	return side != ""
}

// HowWasIt says whether an actor is asked how a visit was. Somebody who is not, for
// whatever reason, finds a Question with nothing in it.
func (d *Desk) HowWasIt(ctx context.Context, by booking.Actor, ref booking.Reference) (Question, error) {
	return view(ctx, d, func(tx *store.Tx) (Question, error) {
		r, err := tx.RecordByReference(ctx, ref)
		if err != nil {
			return Question{}, err
		}
		if !mayAnswer(by, r) {
			return Question{}, booking.ErrNoSuchVisit
		}
		return question(ctx, tx, by, r, d.now())
	})
}

func question(ctx context.Context, tx *store.Tx, by booking.Actor, r store.Record, now time.Time) (Question, error) {
	q := Question{Visit: r.ID, Ref: r.Reference}
	side, who := sideOf(by, r)
	refused := r.Asks(side, r.PatientRecord, now)
	if errors.Is(refused, booking.ErrNotAsked) || errors.Is(refused, booking.ErrNotEndedYet) {
		return q, nil
	}
	said, err := tx.FeedbackOf(ctx, r.ID, side, who)
	switch {
	case errors.Is(err, booking.ErrNotAsked):
		q.Open = refused == nil
		return q, nil
	case err != nil:
		return q, err
	}
	q.Answer, q.Open = &said, refused == nil && said.Changeable(now) == nil
	return q, nil
}

// AtBedside is the question that an iPad asks the patient whose visit on it has
// just ended: empty when there is none, or when the next one is open.
func (d *Desk) AtBedside(ctx context.Context, by booking.Actor) (Question, error) {
	return view(ctx, d, func(tx *store.Tx) (Question, error) {
		device, err := itself(ctx, tx, by)
		if err != nil {
			return Question{}, err
		}
		now := d.now()
		records, err := tx.VisitsOfDevice(ctx, device.ID, now.Add(-24*time.Hour), now.Add(time.Hour))
		if err != nil {
			return Question{}, err
		}
		var last store.Record
		for _, r := range records {
			if r.State.Open() {
				return Question{}, nil
			}
			if r.State == booking.Ended && r.EndedAt.After(last.EndedAt) {
				last = r
			}
		}
		if last.ID == "" {
			return Question{}, nil
		}
		return question(ctx, tx, by, last, now)
	})
}

// Answer keeps what somebody says a visit was like: one answer for each person and
// visit, which they can change for a day. Their words stay when they tap another.
func (d *Desk) Answer(ctx context.Context, by booking.Actor, ref booking.Reference, answer booking.Answer) error {
	if err := answer.Check(); err != nil {
		return err
	}
	return d.say(ctx, by, ref, func(f *booking.Feedback) { f.Answer = answer })
}

// AddWords adds words of their own to an answer that somebody has given, and whether
// the ward may ask them about it. Empty words take back what was there.
func (d *Desk) AddWords(ctx context.Context, by booking.Actor, ref booking.Reference, words string, mayAsk bool) error {
	words, err := readText(words, longestFeedback)
	if err != nil && !errors.Is(err, booking.ErrMissing) {
		return err
	}
	return d.say(ctx, by, ref, func(f *booking.Feedback) { f.Words, f.MayAsk = words, mayAsk && words != "" })
}

// say changes the answer of the actor, in an act on the visit.
func (d *Desk) say(ctx context.Context, by booking.Actor, ref booking.Reference, change func(f *booking.Feedback)) error {
	_, err := d.change(ctx, by, ref, mayAnswer, func(a *act) error {
		side, who := sideOf(by, a.rec)
		if err := a.rec.Asks(side, a.rec.PatientRecord, a.now); err != nil {
			return err
		}
		was, err := a.FeedbackOf(ctx, a.rec.ID, side, who)
		first := errors.Is(err, booking.ErrNotAsked)
		if err != nil && !first {
			return err
		}
		f := was
		if first {
			f = booking.Feedback{Visit: a.rec.ID, Ward: a.rec.Ward, Side: side, Who: who, At: a.now}
		}
		change(&f)
		if f == was {
			return nil // pressed twice
		}
		return d.keepFeedback(ctx, a, f, first)
	})
	return err
}

// keepFeedback saves a new answer or a changed one. The audit says that there is one,
// and not what it is: what people say of their ward is not for whoever reads there.
func (d *Desk) keepFeedback(ctx context.Context, a *act, f booking.Feedback, first bool) error {
	if err := f.Answer.Check(); err != nil {
		return err // words without an answer
	}
	f.ChangedAt = a.now
	if !first {
		if err := f.Changeable(a.now); err != nil {
			return err
		}
		if err := a.ChangeFeedback(ctx, f); err != nil {
			return err
		}
		return a.record(ctx, booking.FeedbackChanged, string(f.Side))
	}
	id, err := d.newID()
	if err != nil {
		return err
	}
	f.ID = booking.FeedbackID(id)
	if err := a.AddFeedback(ctx, f); err != nil {
		return err
	}
	return a.record(ctx, booking.FeedbackGiven, string(f.Side))
}

// A FeedbackPage is what people said of the visits of a ward in some days.
type FeedbackPage struct {
	Ward     booking.Ward
	From, To booking.Date                            // both within
	Counts   map[booking.Side]map[booking.Answer]int // how many gave each answer
	Words    []FeedbackWords                         // newest first
	More     bool                                    // there are more words than are shown
}

// FeedbackWords are what somebody said in their own words. Who, and of which visit,
// is known only if they said that they may be asked.
type FeedbackWords struct {
	booking.Feedback
	Name string
	Ref  booking.Reference
}

// Feedback is what people said of a ward's visits, from one day to another, for staff
// of that ward.
func (d *Desk) Feedback(ctx context.Context, by booking.Actor, id booking.WardID, from, to booking.Date) (FeedbackPage, error) {
	return d.feedback(ctx, by, id, from, to, mostFeedback)
}

// FeedbackFile is Feedback with many more words.
func (d *Desk) FeedbackFile(ctx context.Context, by booking.Actor, id booking.WardID, from, to booking.Date) (FeedbackPage, error) {
	return d.feedback(ctx, by, id, from, to, mostFeedbackFile)
}

func (d *Desk) feedback(ctx context.Context, by booking.Actor, id booking.WardID, from, to booking.Date, most int) (FeedbackPage, error) {
	return view(ctx, d, func(tx *store.Tx) (FeedbackPage, error) {
		p := FeedbackPage{From: from, To: to, Counts: map[booking.Side]map[booking.Answer]int{}}
		var err error
		if p.Ward, err = heldWard(ctx, tx, by, booking.RunVisits, id); err != nil {
			return p, err
		}
		start, _ := booking.DayBounds(from, p.Ward.Site.Zone)
		_, end := booking.DayBounds(to, p.Ward.Site.Zone)
		if p.Counts, err = tx.CountFeedback(ctx, id, start, end); err != nil {
			return p, err
		}
		said, err := tx.FeedbackWords(ctx, id, start, end, most+1)
		if err != nil {
			return p, err
		}
		if p.More = len(said) > most; p.More {
			said = said[:most]
		}
		for _, f := range said {
			words, err := saidBy(ctx, tx, f)
			if err != nil {
				return p, err
			}
			p.Words = append(p.Words, words)
		}
		return p, nil
	})
}

// saidBy adds who said something, if the ward may ask them, and otherwise takes away
// all that would tell.
func saidBy(ctx context.Context, tx *store.Tx, f booking.Feedback) (FeedbackWords, error) {
	if !f.MayAsk {
		return FeedbackWords{Feedback: booking.Feedback{Side: f.Side, Answer: f.Answer, Words: f.Words, At: f.At}}, nil
	}
	w := FeedbackWords{Feedback: f}
	r, err := tx.Record(ctx, f.Visit)
	if err != nil {
		return w, err
	}
	w.Ref = r.Reference
	switch f.Side {
	case booking.StaffSide:
		s, err := tx.Staff(ctx, booking.StaffID(f.Who))
		w.Name = s.Name
		return w, unlessRefused(err)
	case booking.FamilySide:
		v, err := tx.Visitor(ctx, booking.VisitorID(f.Who))
		w.Name = v.Name
		return w, unlessRefused(err)
	}
	return w, nil
}

// withQuestions says of each visit of a board that is over what its reader is asked.
func withQuestions(ctx context.Context, tx *store.Tx, by booking.Actor, board *Board, from, to, now time.Time) error {
	if by.Kind != booking.StaffActor {
		return nil
	}
	said, err := tx.FeedbackOfDay(ctx, board.Ward.ID, booking.StaffSide, by.ID, from, to)
	if err != nil {
		return err
	}
	for i := range board.Visits {
		v := &board.Visits[i]
		v.Question = Question{Visit: v.ID, Ref: v.Reference}
		if refused := v.Asks(booking.StaffSide, v.PatientRecord, now); errors.Is(refused, booking.ErrNotAsked) {
			continue
		} else if v.Question.Open = refused == nil; !v.Question.Open {
			continue
		}
		for _, f := range said {
			if f.Visit == v.ID {
				v.Question.Answer, v.Question.Open = &f, f.Changeable(now) == nil
			}
		}
	}
	return nil
}

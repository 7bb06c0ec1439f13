package store

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const (
	addFeedback = `
INSERT INTO visit_feedback (id, visit_id, ward_id, side, who, answer, words, may_ask, said_at, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	changeFeedback = `UPDATE visit_feedback SET answer = $2, words = $3, may_ask = $4, changed_at = $5 WHERE id = $1`

	selectFeedback = `
SELECT f.id, f.visit_id, f.ward_id, f.side, f.who, f.answer, f.words, f.may_ask, f.said_at, f.changed_at FROM visit_feedback AS f `
	feedbackOf    = selectFeedback + `WHERE f.visit_id = $1 AND f.side = $2 AND f.who = $3`
	feedbackOfDay = selectFeedback + `JOIN visits AS v ON v.id = f.visit_id
WHERE  v.ward_id = $1 AND v.starts_at >= $4 AND v.starts_at < $5 AND f.side = $2 AND f.who = $3`
	feedbackWords = selectFeedback + `
WHERE  f.ward_id = $1 AND f.said_at >= $2 AND f.said_at < $3 AND f.words <> '' ORDER BY f.said_at DESC, f.id DESC LIMIT $4`
	countFeedback = `
SELECT f.side, f.answer, COUNT(*) FROM visit_feedback AS f
WHERE  f.ward_id = $1 AND f.said_at >= $2 AND f.said_at < $3 GROUP BY f.side, f.answer`
)

// AddFeedback saves somebody's first answer of a visit. ErrAgain when they have just
// given another.
func (tx *Tx) AddFeedback(ctx context.Context, f booking.Feedback) error {
	return tx.save(ctx, "add feedback", addFeedback, f.ID, f.Visit, f.Ward, f.Side, f.Who, f.Answer, f.Words, f.MayAsk,
		at(f.At), at(f.ChangedAt))
}

// ChangeFeedback saves another answer in the place of the first.
func (tx *Tx) ChangeFeedback(ctx context.Context, f booking.Feedback) error {
	return tx.save(ctx, "change feedback", changeFeedback, f.ID, f.Answer, f.Words, f.MayAsk, at(f.ChangedAt))
}

// FeedbackOf is what somebody said of a visit, or ErrNotAsked.
func (tx *Tx) FeedbackOf(ctx context.Context, visit booking.VisitID, side booking.Side, who string) (booking.Feedback, error) {
	return one(ctx, tx, "feedback", booking.ErrNotAsked, scanFeedback, feedbackOf, visit, side, who)
}

// FeedbackOfDay is what somebody said of a ward's visits that begin within a time.
func (tx *Tx) FeedbackOfDay(ctx context.Context, ward booking.WardID, side booking.Side, who string, from, to time.Time) ([]booking.Feedback, error) {
	return all(ctx, tx, "feedback of a day", scanFeedback, feedbackOfDay, ward, side, who, at(from), at(to))
}

// FeedbackWords are the latest answers of a ward to which somebody added words.
func (tx *Tx) FeedbackWords(ctx context.Context, ward booking.WardID, from, to time.Time, most int) ([]booking.Feedback, error) {
	return all(ctx, tx, "words of feedback", scanFeedback, feedbackWords, ward, at(from), at(to), most)
}

// CountFeedback counts the answers of a ward.
func (tx *Tx) CountFeedback(ctx context.Context, ward booking.WardID, from, to time.Time) (map[booking.Side]map[booking.Answer]int, error) {
	type count struct {
		side   booking.Side
		answer booking.Answer
		n      int
	}
	counts, err := all(ctx, tx, "count feedback", func(row scanner) (c count, err error) {
		err = row.Scan(&c.side, &c.answer, &c.n)
		return c, err
	}, countFeedback, ward, at(from), at(to))
	found := map[booking.Side]map[booking.Answer]int{}
	for _, c := range counts {
		if found[c.side] == nil {
			found[c.side] = map[booking.Answer]int{}
		}
		found[c.side][c.answer] = c.n
	}
	return found, err
}

func scanFeedback(row scanner) (f booking.Feedback, err error) {
	var said, changed stamp
	err = row.Scan(&f.ID, &f.Visit, &f.Ward, &f.Side, &f.Who, &f.Answer, &f.Words, &f.MayAsk, &said, &changed)
	f.At, f.ChangedAt = said.Time, changed.Time
	return f, err
}

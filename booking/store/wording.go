package store

import (
	"context"
	"errors"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const (
	addWording = `
INSERT INTO ward_messages (ward_id, kind, version, text, made_at, made_by) VALUES ($1, $2, $3, $4, $5, $6)`

	selectWordings = `
SELECT ward_id, kind, version, text, made_at, made_by FROM ward_messages WHERE ward_id = $1 ORDER BY kind, version`

	alsoSays = `
SELECT m.text FROM visits AS v JOIN ward_messages AS m ON m.ward_id = v.ward_id
WHERE  v.id = $1 AND m.kind = $2 ORDER BY m.version DESC LIMIT 1`

	noticesOwed = `
SELECT count(*) FROM outbox AS o JOIN visits AS v ON v.id = o.visit_id
WHERE  o.state = 'pending' AND o.expires_at > $3 AND o.kind = $2 AND v.ward_id = $1`
)

// AddWording saves the next version of a ward's own words in a message. It returns
// ErrStale when somebody has saved that version before.
func (tx *Tx) AddWording(ctx context.Context, w booking.Wording) error {
	return tx.save(ctx, "add wording", addWording, w.Ward, w.Kind, w.Version, w.Text, at(w.MadeAt), w.MadeBy)
}

// Wordings are all versions of a ward's own words, by kind and in order.
func (tx *Tx) Wordings(ctx context.Context, ward booking.WardID) ([]booking.Wording, error) {
	return all(ctx, tx, "wordings", func(row scanner) (w booking.Wording, err error) {
		var made stamp
		err = row.Scan(&w.Ward, &w.Kind, &w.Version, &w.Text, &made, &w.MadeBy)
		w.MadeAt = made.Time
		return w, err
	}, selectWordings, ward)
}

// NoticesOwed counts the messages of a kind about a ward's visits that have still
// to go. One that is on its way has its words already.
func (tx *Tx) NoticesOwed(ctx context.Context, ward booking.WardID, kind booking.NoticeKind, now time.Time) (int, error) {
	return one(ctx, tx, "notices owed", errNothing, scalar[int], noticesOwed, ward, kind, at(now))
}

// alsoSays is what the ward of a visit adds to messages of a kind now.
func (tx *Tx) alsoSays(ctx context.Context, visit booking.VisitID, kind booking.NoticeKind) (string, error) {
	text, err := one(ctx, tx, "wording", errNothing, scalar[string], alsoSays, visit, kind)
	if errors.Is(err, errNothing) {
		return "", nil
	}
	return text, err
}

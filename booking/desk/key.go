package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// A key outlives every page that holds it and every program that tries again.
const (
	longestKey = 64
	keyLife    = 7 * 24 * time.Hour
)

// Keyed returns the desk for one request that its asker may have to send again
// without knowing whether the first one arrived. The act that creates something
// carries the key: see Keys in the package's essay. An empty key is none.
func (d *Desk) Keyed(key string) *Desk {
	keyed := *d
	keyed.key = key
	return &keyed
}

// A creation is an act that makes something, as its key remembers it.
type creation[T any] struct {
	act   string              // what is done: a word that no other creation has
	asked []any               // everything that decides what comes of it, as JSON would say it
	id    func(made T) string // names what it made
	find  func(ctx context.Context, tx *store.Tx, id string) (T, error)
}

// create runs an act that makes something: without a key, as do would. With one,
// it is run once for all the times that its actor asks for it, and find answers
// every other time, with the thing as it stands now. A refusal made nothing, so
// it is no answer, and asking again asks anew.
func create[T any](ctx context.Context, d *Desk, by booking.Actor, c creation[T], run func(tx *store.Tx) (T, error)) (T, error) {
	if d.key == "" {
		return do(ctx, d, run)
	}
	asked, err := d.hashAsked(c.act, c.asked)
	if err != nil {
		var none T
		return none, err
	}
	return do(ctx, d, func(tx *store.Tx) (T, error) {
		var none T
		answer := store.Answer{Key: d.key, Act: c.act, Asked: asked}
		earlier, claimed, err := tx.ClaimKey(ctx, by, answer, d.now())
		switch {
		case err != nil:
			return none, err
		case !claimed && earlier.Asked != asked:
			return none, booking.ErrKeyReused
		case !claimed:
			return c.find(ctx, tx, earlier.ID)
		}
		made, err := run(tx)
		if err != nil {
			return made, err
		}
		answer.ID = c.id(made)
		return made, tx.SetAnswer(ctx, by, answer)
	})
}

// hashAsked hashes what is asked for under the key of the desk, if it is one.
func (d *Desk) hashAsked(act string, asked []any) (string, error) {
	if len(d.key) > longestKey || strings.ContainsFunc(d.key, func(r rune) bool { return r < '!' || r > '~' }) {
		return "", booking.ErrBadText
	}
	said, err := json.Marshal(asked)
	if err != nil {
		return "", fmt.Errorf("desk: what is asked of %s: %w", act, err)
	}
	return d.hashCode(act, string(said)), nil
}

// makesVisit is the creation of a visit.
func makesVisit(by booking.Actor, act string, asked ...any) creation[Visit] {
	return creation[Visit]{
		act: act, asked: asked,
		id: func(made Visit) string { return string(made.ID) },
		find: func(ctx context.Context, tx *store.Tx, id string) (Visit, error) {
			r, err := tx.Record(ctx, booking.VisitID(id))
			if err != nil {
				return Visit{}, err
			}
			if !maySteer(by, r) {
				return Visit{}, booking.ErrNoSuchVisit
			}
			return shown(ctx, tx, by, r)
		},
	}
}

// makesMember is the creation of a member of a circle.
func makesMember(by booking.Actor, act string, asked ...any) creation[booking.CircleMember] {
	return creation[booking.CircleMember]{
		act: act, asked: asked,
		id: func(made booking.CircleMember) string { return string(made.ID) },
		find: func(ctx context.Context, tx *store.Tx, id string) (booking.CircleMember, error) {
			m, err := tx.Member(ctx, booking.MemberID(id))
			if err != nil || by.Visitor() != "" {
				return proposed(m), err
			}
			_, err = wardOf(ctx, tx, by, booking.KeepPatients, m.Patient)
			return m, err
		},
	}
}

package login

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// A login is half open between the password and the second step: it says whose
// password was right, and when, under names of its own, so that it opens nothing.
const (
	halfKey      = "half"
	halfSinceKey = "half_since"
)

// HalfSignIn remembers in this browser that actor's password was right. Whoever was
// signed in at that door is not any more.
func (d *Doors) HalfSignIn(ctx context.Context, actor booking.Actor) error {
	e := entryOf(ctx)
	door, ok := d.people[actor.Kind]
	if !ok || actor.ID == "" {
		return fmt.Errorf("login: no door for %q", actor.Kind)
	}
	held, err := door.Load(ctx, e.token(door))
	if err == nil {
		err = errors.Join(door.Clear(held), door.RenewToken(held))
	}
	if err != nil {
		return fmt.Errorf("login: half sign in: %w", err)
	}
	door.Put(held, halfKey, actor.ID)
	door.Put(held, halfSinceKey, d.now().UnixMicro())
	e.passed[actor.Kind] = answer{err: booking.ErrSignInNeeded}
	return d.keep(held, e, door)
}

// Again gives whoever is signed in a new login in place of theirs, which has ended with
// all their others: they changed how they sign in. What let them in, if it was not we,
// stays what it was.
func (d *Doors) Again(ctx context.Context, actor booking.Actor) error {
	session, err := d.Session(ctx, actor.Kind)
	if err != nil {
		return err
	}
	return d.SignInBy(ctx, actor, session)
}

// Halfway returns whose password was right in this browser, and when; or
// ErrSignInNeeded. How long that is worth anything, the desk says.
func (d *Doors) Halfway(ctx context.Context, kind booking.ActorKind) (id string, since time.Time, err error) {
	e := entryOf(ctx)
	door, ok := d.people[kind]
	if !ok || e.token(door) == "" {
		return "", time.Time{}, booking.ErrSignInNeeded
	}
	held, err := door.Load(ctx, e.token(door))
	if err != nil {
		return "", time.Time{}, fmt.Errorf("login: load: %w", err)
	}
	if id = door.GetString(held, halfKey); id == "" {
		return "", time.Time{}, booking.ErrSignInNeeded
	}
	return id, time.UnixMicro(door.GetInt64(held, halfSinceKey)), nil
}

package desk

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// Five wrong passwords in a row close a name for a quarter of an hour: enough
// for tired hands, and some 500 guesses a day for anybody else. A login that is
// already open stays open.
const (
	passwordTries = 5
	lockOutFor    = 15 * time.Minute
)

// SignIn checks a password. ErrWrongPassword for an unknown name too, after the
// same work; ErrLockedOut, which also unknown names meet; ErrFactorNeeded, with who
// they are and nothing of what they may, when FactorSignIn is to follow.
func (d *Desk) SignIn(ctx context.Context, email, password string) (booking.Actor, error) {
	email = foldEmail(email)
	if email == "" || len(email) > longestEmail || len(password) > longestPassword {
		return booking.Actor{}, booking.ErrWrongPassword
	}
	scope := "sign-in " + d.hashCode("sign-in", email)
	if err := d.takeTry(ctx, scope); err != nil {
		return booking.Actor{}, err
	}
	who, err := view(ctx, d, func(tx *store.Tx) (store.Staff, error) { return tx.StaffByEmail(ctx, email) })
	unknown := errors.Is(err, booking.ErrWrongPassword)
	switch {
	case unknown:
		who.Hash = nobody
	case err != nil:
		return booking.Actor{}, err
	}
	right, err := d.checkPassword(ctx, password, who.Hash)
	if err != nil {
		return booking.Actor{}, err
	}
	if unknown || !right {
		return booking.Actor{}, d.refuseSignIn(ctx, who.ID)
	}
	if who.Factor {
		_, err := do(ctx, d, func(tx *store.Tx) (struct{}, error) { return struct{}{}, tx.ClearTries(ctx, scope) })
		return booking.Actor{Kind: booking.StaffActor, ID: string(who.ID)}, orElse(err, booking.ErrFactorNeeded)
	}
	actor := d.staffActor(who)
	_, err = do(ctx, d, func(tx *store.Tx) (struct{}, error) {
		return struct{}{}, d.signedIn(ctx, tx, actor, scope, "")
	})
	return actor, err
}

// takeTry counts a guess at a name before it is looked at, so that a hundred at
// once are a hundred. The fifth is looked at; the sixth is not.
func (d *Desk) takeTry(ctx context.Context, scope string) error {
	_, err := do(ctx, d, func(tx *store.Tx) (struct{}, error) {
		now := d.now()
		tries, err := tx.TakeTry(ctx, scope, now, now.Add(-lockOutFor))
		switch {
		case err != nil:
			return struct{}{}, err
		case now.Before(tries.LockedUntil):
			return struct{}{}, store.Keep(booking.ErrLockedOut)
		case tries.Count > passwordTries:
			if err := tx.LockTries(ctx, scope, now.Add(lockOutFor)); err != nil {
				return struct{}{}, err
			}
			return struct{}{}, store.Keep(booking.ErrLockedOut)
		}
		return struct{}{}, nil
	})
	return err
}

func (d *Desk) refuseSignIn(ctx context.Context, who booking.StaffID) error {
	subject := "staff unknown"
	if who != "" {
		subject = "staff " + string(who)
	}
	_, err := do(ctx, d, func(tx *store.Tx) (struct{}, error) {
		return struct{}{}, tx.AddEvent(ctx, booking.Event{At: d.now(), By: booking.System, Action: booking.SignInRefused, Subject: subject})
	})
	if err != nil {
		return err
	}
	return booking.ErrWrongPassword
}

// SignOut records that somebody has signed out; the login itself is web's.
func (d *Desk) SignOut(ctx context.Context, by booking.Actor) error {
	_, err := do(ctx, d, func(tx *store.Tx) (struct{}, error) {
		return struct{}{}, tx.AddEvent(ctx, booking.Event{At: d.now(), By: by, Action: booking.SignedOut, Subject: string(by.Kind) + " " + by.ID})
	})
	return err
}

// Staff loads who a login of staff belongs to that began at an instant, as they are
// now; ErrSignInNeeded when they are gone, or have been signed out since.
func (d *Desk) Staff(ctx context.Context, id booking.StaffID, since time.Time) (booking.Actor, error) {
	return view(ctx, d, func(tx *store.Tx) (booking.Actor, error) {
		who, err := tx.Staff(ctx, id)
		if err != nil {
			return booking.Actor{}, err
		}
		if since.Before(who.SignedOut) {
			return booking.Actor{}, booking.ErrSignInNeeded
		}
		return d.staffActor(who), nil
	})
}

// staffActor is who somebody is and what they may, which is nothing while they must have
// a second factor and have none.
func (d *Desk) staffActor(s store.Staff) booking.Actor {
	if d.bare(s) {
		return booking.Actor{Kind: booking.StaffActor, ID: string(s.ID), Name: s.Name, Bare: true}
	}
	return booking.Actor{Kind: booking.StaffActor, ID: string(s.ID), Name: s.Name, Wards: s.Wards, Everywhere: s.Everywhere}
}

// VisitorActor loads who a relative's login belongs to; ErrSignInNeeded when
// they are gone, or in nobody's circle any more.
func (d *Desk) VisitorActor(ctx context.Context, id booking.VisitorID) (booking.Actor, error) {
	return peek(d, func(tx *store.Tx) (booking.Actor, error) {
		who, err := tx.SomeVisitor(ctx, id)
		if errors.Is(err, booking.ErrNoSuchPerson) {
			err = booking.ErrSignInNeeded
		}
		return booking.Actor{Kind: booking.VisitorActor, ID: string(who.ID), Name: who.Name}, err
	})
}

// InterpreterActor loads who an interpreter's login belongs to; ErrSignInNeeded
// when they are gone, or have left.
func (d *Desk) InterpreterActor(ctx context.Context, id booking.InterpreterID) (booking.Actor, error) {
	return view(ctx, d, func(tx *store.Tx) (booking.Actor, error) {
		who, err := tx.Interpreter(ctx, id)
		if errors.Is(err, booking.ErrNoSuchInterpreter) || who.Closed {
			err = booking.ErrSignInNeeded
		}
		return booking.Actor{Kind: booking.InterpreterActor, ID: string(who.ID), Name: who.Name}, err
	})
}

func foldEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

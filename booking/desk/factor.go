package desk

import (
	"context"
	"errors"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

const (
	// halfwayLife is how long after the password the code may be typed: to find the
	// phone, and not over a break.
	halfwayLife = 10 * time.Minute
	// newFactorLife is how long setting one up may take.
	newFactorLife = 15 * time.Minute
	mostFactors   = 5
	// mostWrongCodes may be typed one after another before codes of apps open nothing:
	// the limit of takeTry alone would let somebody who has the password go on for ever.
	mostWrongCodes = 30
	recoveryCodes  = 10
)

// A NewFactor is one that its owner has still to prove.
type NewFactor struct {
	ID     booking.FactorID
	Secret string // as people type it into an app; shown until it is proved, and never again
	URL    string // as an app reads it
}

// asked are the roles that need a second factor.
func (d *Desk) asked(s store.Staff) booking.Roles {
	if s.Asked == "?" {
		return d.factorRoles
	}
	return booking.ParseRoles(s.Asked)
}

// bare reports whether somebody must have a second factor and has none. Somebody whose
// password is worth nothing came in by another door, whose keeper asks for it.
func (d *Desk) bare(s store.Staff) bool {
	return !s.Factor && s.Hash != nobody && booking.AskFactor(s.Holds, d.asked(s))
}

// FactorSignIn is the second step of signing in: a code of an app, or one on paper, of
// somebody whose password was right at an instant. ErrSignInNeeded when that is too
// long ago.
func (d *Desk) FactorSignIn(ctx context.Context, id booking.StaffID, since time.Time, typed string) (booking.Actor, error) {
	now := d.now()
	if now.Sub(since) > halfwayLife {
		return booking.Actor{}, booking.ErrSignInNeeded
	}
	scope := "factor " + string(id)
	if err := d.countCode(ctx, id, scope, typed); err != nil {
		return booking.Actor{}, err
	}
	actor, err := do(ctx, d, func(tx *store.Tx) (booking.Actor, error) {
		who, err := tx.Staff(ctx, id)
		if err != nil {
			return booking.Actor{}, err
		}
		if since.Before(who.SignedOut) {
			return booking.Actor{}, booking.ErrSignInNeeded
		}
		by := d.staffActor(who)
		how, err := d.useFactor(ctx, tx, id, typed)
		if err != nil {
			return by, err
		}
		if err := tx.CodesRight(ctx, id); err != nil {
			return by, err
		}
		return by, d.signedIn(ctx, tx, by, scope, how)
	})
	if errors.Is(err, booking.ErrWrongFactor) || errors.Is(err, booking.ErrFactorUsed) {
		return booking.Actor{}, d.recordRefused(ctx, id, "second step", err)
	}
	return actor, err
}

// countCode counts a code of an app, and refuses it when there were too many: then it is
// a code on paper that opens, or an administrator. One on paper is too long to guess, and
// is not counted, so that somebody who guesses keeps its owner out of nothing.
func (d *Desk) countCode(ctx context.Context, id booking.StaffID, scope, typed string) error {
	if _, app := readFactorCode(typed); !app {
		return nil
	}
	if err := d.takeTry(ctx, scope); err != nil {
		return err
	}
	_, err := do(ctx, d, func(tx *store.Tx) (none struct{}, err error) {
		wrong, err := tx.CountCode(ctx, id)
		if err == nil && wrong > mostWrongCodes {
			err = store.Keep(booking.ErrFactorShut)
		}
		return none, err
	})
	return err
}

// signedIn is what signing in in full ends with.
func (d *Desk) signedIn(ctx context.Context, tx *store.Tx, by booking.Actor, scope, how string) error {
	if err := tx.ClearTries(ctx, scope); err != nil {
		return err
	}
	return d.comeIn(ctx, tx, by, how)
}

// comeIn records that somebody has come in, and how.
func (d *Desk) comeIn(ctx context.Context, tx *store.Tx, by booking.Actor, how string) error {
	if err := tx.StaffSeen(ctx, booking.StaffID(by.ID), d.now()); err != nil {
		return err
	}
	return tx.AddEvent(ctx, booking.Event{At: d.now(), By: by, Action: booking.SignedIn, Subject: "staff " + by.ID, Reason: how})
}

// recordRefused records a code that was not right, and returns why.
func (d *Desk) recordRefused(ctx context.Context, id booking.StaffID, how string, why error) error {
	_, err := do(ctx, d, func(tx *store.Tx) (struct{}, error) {
		return struct{}{}, tx.AddEvent(ctx, booking.Event{At: d.now(), By: booking.System, Action: booking.FactorRefused, Subject: "staff " + string(id), Reason: how})
	})
	return orElse(err, why)
}

// useFactor spends a code, and says which kind it was.
func (d *Desk) useFactor(ctx context.Context, tx *store.Tx, id booking.StaffID, typed string) (how string, err error) {
	code, app := readFactorCode(typed)
	if !app {
		return "code on paper", tx.UseRecoveryCode(ctx, id, d.recoveryHash(id, code), d.now())
	}
	factors, err := tx.Factors(ctx, id)
	if err != nil {
		return "", err
	}
	for _, f := range factors {
		secret, err := d.openFactor(f, id)
		if err != nil {
			return "", err
		}
		step, right, err := stepOf(secret, code, d.now())
		if err != nil {
			return "", err
		}
		if right {
			return "code of an app", tx.UseStep(ctx, f.ID, step, d.now())
		}
	}
	return "", booking.ErrWrongFactor
}

// Strength is what by has besides their password.
func (d *Desk) Strength(ctx context.Context, by booking.Actor) (booking.Strength, error) {
	return view(ctx, d, func(tx *store.Tx) (s booking.Strength, err error) {
		who, err := tx.Staff(ctx, staffOf(by))
		if err != nil {
			return s, err
		}
		s.Must = booking.AskFactor(who.Holds, d.asked(who))
		factors, err := tx.Factors(ctx, who.ID)
		if err != nil {
			return s, err
		}
		for _, f := range factors {
			s.Factors = append(s.Factors, f.Factor)
		}
		if s.Codes, err = tx.RecoveryCodes(ctx, who.ID); err != nil {
			return s, err
		}
		s.Elsewhere, s.NoPIN = who.Hash == nobody, len(who.Everywhere) > 0
		s.PIN, err = tx.HasPIN(ctx, who.ID)
		return s, err
	})
}

// staffOf is who of the staff somebody is; nobody, when they are not of it.
func staffOf(by booking.Actor) booking.StaffID {
	if by.Kind != booking.StaffActor {
		return ""
	}
	return booking.StaffID(by.ID)
}

// askPassword has somebody who is signed in say their password again, before how they
// sign in is changed: whoever finds their screen open must not. Guesses are counted.
func (d *Desk) askPassword(ctx context.Context, by booking.Actor, password string) (store.Staff, error) {
	id := staffOf(by)
	if len(password) > longestPassword {
		return store.Staff{}, booking.ErrNotYourPassword
	}
	who, err := view(ctx, d, func(tx *store.Tx) (store.Staff, error) { return tx.Staff(ctx, id) })
	if err != nil {
		return who, err
	}
	scope := "again " + string(id)
	if err := d.takeTry(ctx, scope); err != nil {
		return who, err
	}
	right, err := d.checkPassword(ctx, password, who.Hash)
	if err != nil {
		return who, err
	}
	if !right {
		return who, d.recordRefused(ctx, id, "password again", booking.ErrNotYourPassword)
	}
	_, err = do(ctx, d, func(tx *store.Tx) (struct{}, error) { return struct{}{}, tx.ClearTries(ctx, scope) })
	return who, err
}

// onSelf runs an act on how by signs in, after their password.
func onSelf[T any](ctx context.Context, d *Desk, by booking.Actor, password string, fn func(tx *store.Tx, who store.Staff) (T, error)) (T, error) {
	who, err := d.askPassword(ctx, by, password)
	if err != nil {
		var none T
		return none, err
	}
	return do(ctx, d, func(tx *store.Tx) (T, error) {
		var none T
		if err := tx.KeepStaff(ctx, who.ID); err != nil {
			return none, err
		}
		now, err := tx.Staff(ctx, who.ID)
		switch {
		case err != nil:
			return none, err
		case now.Hash != who.Hash: // somebody has changed it since it was asked for
			return none, booking.ErrNotYourPassword
		}
		return fn(tx, now)
	})
}

// BeginFactor makes a secret for an app of by's.
func (d *Desk) BeginFactor(ctx context.Context, by booking.Actor, password, name string) (NewFactor, error) {
	name, err := readText(name, longestName)
	if err != nil {
		return NewFactor{}, err
	}
	return onSelf(ctx, d, by, password, func(tx *store.Tx, who store.Staff) (n NewFactor, err error) {
		had, err := tx.Factors(ctx, who.ID)
		if err != nil {
			return n, err
		}
		if len(had) >= mostFactors {
			return n, booking.ErrTooManyFactors
		}
		id, err := d.newID()
		if err != nil {
			return n, err
		}
		n.ID = booking.FactorID(id)
		if n.Secret, err = d.newFactorSecret(); err != nil {
			return n, err
		}
		n.URL = factorURL(n.Secret, who.Email)
		sealed, err := d.sealFactor(n.ID, who.ID, n.Secret)
		if err != nil {
			return n, err
		}
		return n, tx.AddFactor(ctx, store.SealedFactor{Factor: booking.Factor{ID: n.ID, Name: name, Added: d.now()}, Sealed: sealed}, who.ID)
	})
}

// FactorBegun is one of by's that is still to be proved, to be shown once more.
func (d *Desk) FactorBegun(ctx context.Context, by booking.Actor, id booking.FactorID) (NewFactor, error) {
	return view(ctx, d, func(tx *store.Tx) (NewFactor, error) {
		who, err := tx.Staff(ctx, staffOf(by))
		if err != nil {
			return NewFactor{}, err
		}
		f, err := tx.NewFactor(ctx, id, who.ID, d.begunAfter(who))
		if err != nil {
			return NewFactor{}, err
		}
		secret, err := d.openFactor(f, who.ID)
		return NewFactor{f.ID, secret, factorURL(secret, who.Email)}, err
	})
}

// begunAfter is since when an app may have been begun that is to be proved: not before
// somebody's logins ended, since it may be that of whoever they ended for.
func (d *Desk) begunAfter(who store.Staff) time.Time {
	since := d.now().Add(-newFactorLife)
	if who.SignedOut.After(since) {
		return who.SignedOut
	}
	return since
}

// ProveFactor takes the first code of a new app, which is asked for from then on. With
// somebody's first app come their codes on paper, to be shown once. Every login of theirs
// ends, since any of them may have begun with a password alone that somebody else knows:
// whoever proves it signs in anew where they are.
func (d *Desk) ProveFactor(ctx context.Context, by booking.Actor, id booking.FactorID, typed string) (codes []string, err error) {
	who := staffOf(by)
	scope := "prove " + string(who)
	if err := d.takeTry(ctx, scope); err != nil {
		return nil, err
	}
	return do(ctx, d, func(tx *store.Tx) ([]string, error) {
		if err := tx.KeepStaff(ctx, who); err != nil {
			return nil, err
		}
		owner, err := tx.Staff(ctx, who)
		if err != nil {
			return nil, err
		}
		f, err := tx.NewFactor(ctx, id, who, d.begunAfter(owner))
		if err != nil {
			return nil, err
		}
		secret, err := d.openFactor(f, who)
		if err != nil {
			return nil, err
		}
		code, _ := readFactorCode(typed)
		step, right, err := stepOf(secret, code, d.now())
		if err != nil || !right {
			return nil, orElse(err, booking.ErrWrongFactor)
		}
		had, err := tx.Factors(ctx, who)
		if err != nil {
			return nil, err
		}
		if err := errors.Join(tx.ProveFactor(ctx, id, who, d.now()), tx.UseStep(ctx, id, step, d.now()), tx.EndLogins(ctx, who, d.now()), tx.ClearTries(ctx, scope)); err != nil {
			return nil, err
		}
		if err := d.recordAccount(ctx, tx, by, booking.FactorAdded, who, ""); err != nil || len(had) > 0 {
			return nil, err
		}
		return d.newRecoveryCodes(ctx, tx, by)
	})
}

func (d *Desk) newRecoveryCodes(ctx context.Context, tx *store.Tx, by booking.Actor) (codes []string, err error) {
	id := staffOf(by)
	var hashes []string
	for range recoveryCodes { // each of twelve letters: 60 bits
		first, err1 := d.newReference()
		second, err2 := d.newReference()
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		shown := string(first) + "-" + string(second)
		read, _ := readFactorCode(shown)
		codes, hashes = append(codes, shown), append(hashes, d.recoveryHash(id, read))
	}
	if err := tx.SetRecoveryCodes(ctx, id, hashes); err != nil {
		return nil, err
	}
	return codes, d.recordAccount(ctx, tx, by, booking.CodesMade, id, "")
}

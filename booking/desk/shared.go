package desk

import (
	"context"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

const (
	// colleagueFor is how long after signing in in full somebody may come back to a
	// shared browser with their PIN: a shift.
	colleagueFor = 12 * time.Hour
	// pinTries may be wrong in one browser before it forgets whose PIN it was. Nobody can
	// use them up but at that browser, and all that its owner loses is a short way in.
	pinTries    = 5
	longestMark = 64 // of what a browser keeps
)

// pinKeyed is a PIN as it is hashed: with a key, since a million are soon tried.
func (d *Desk) pinKeyed(id booking.StaffID, pin string) string {
	return d.hashCode("pin "+string(id), pin)
}

// SetPIN sets or changes by's PIN. ErrNoPINForRole for whoever holds a role everywhere:
// what they may do reaches every ward, so they sign in in full each time.
func (d *Desk) SetPIN(ctx context.Context, by booking.Actor, password, pin string) error {
	if err := booking.CheckPIN(pin); err != nil {
		return err
	}
	if len(by.Everywhere) > 0 {
		return booking.ErrNoPINForRole
	}
	hash, err := d.hashPassword(ctx, d.pinKeyed(staffOf(by), pin))
	if err != nil {
		return err
	}
	_, err = onSelf(ctx, d, by, password, func(tx *store.Tx, who store.Staff) (none struct{}, err error) {
		if len(who.Everywhere) > 0 {
			return none, booking.ErrNoPINForRole
		}
		if err := tx.SetPIN(ctx, who.ID, hash, d.now()); err != nil {
			return none, err
		}
		return none, d.recordAccount(ctx, tx, by, booking.PINSet, who.ID, "")
	})
	return err
}

// RemovePIN takes by's PIN away. It asks for no password: nothing opens by it.
func (d *Desk) RemovePIN(ctx context.Context, by booking.Actor) error {
	_, err := do(ctx, d, func(tx *store.Tx) (none struct{}, err error) {
		had, err := tx.DropPIN(ctx, staffOf(by))
		if err != nil || !had {
			return none, err
		}
		return none, d.recordAccount(ctx, tx, by, booking.PINRemoved, staffOf(by), "")
	})
	return err
}

// CameIn remembers that by has just signed in in a browser with everything that is
// asked of them.
func (d *Desk) CameIn(ctx context.Context, by booking.Actor, browser string) error {
	if !isMark(browser) || by.Kind != booking.StaffActor {
		return nil
	}
	_, err := do(ctx, d, func(tx *store.Tx) (none struct{}, err error) {
		who, err := tx.Staff(ctx, staffOf(by))
		if err != nil {
			return none, err
		}
		return none, tx.CameIn(ctx, browser, who.ID, d.now())
	})
	return err
}

// WentFrom has a browser forget by, who has signed out: they come back in full.
func (d *Desk) WentFrom(ctx context.Context, by booking.Actor, browser string) error {
	if !isMark(browser) || by.Kind != booking.StaffActor {
		return nil
	}
	_, err := do(ctx, d, func(tx *store.Tx) (struct{}, error) {
		return struct{}{}, tx.LeaveBrowser(ctx, browser, staffOf(by))
	})
	return err
}

func isMark(browser string) bool { return browser != "" && len(browser) <= longestMark }

// Colleagues are those who may come back to a browser with their PIN: their names, and
// nothing of what they may do.
func (d *Desk) Colleagues(ctx context.Context, browser string) ([]booking.Colleague, error) {
	if !isMark(browser) {
		return nil, nil
	}
	return view(ctx, d, func(tx *store.Tx) ([]booking.Colleague, error) {
		return tx.Colleagues(ctx, browser, d.now().Add(-colleagueFor))
	})
}

// ComeBack lets a colleague in with their PIN, in a browser where they signed in lately
// with everything that is asked of them. ErrNotHereLately when they must sign in in full;
// ErrPINSpent when this was the last try that they had here.
func (d *Desk) ComeBack(ctx context.Context, browser string, id booking.StaffID, pin string) (booking.Actor, error) {
	if !isMark(browser) {
		return booking.Actor{}, booking.ErrNotHereLately
	}
	hash, tries, err := d.takePINTry(ctx, browser, id)
	if err != nil {
		return booking.Actor{}, err
	}
	right, err := d.checkPassword(ctx, d.pinKeyed(id, pin), hash)
	if err != nil {
		return booking.Actor{}, err
	}
	return do(ctx, d, func(tx *store.Tx) (none booking.Actor, err error) {
		if !right {
			return none, d.refusePIN(ctx, tx, browser, id, tries)
		}
		// Between the two, they may have been signed out everywhere, or changed it.
		if err := d.isColleague(ctx, tx, browser, id); err != nil {
			return none, err
		}
		now, err := tx.PIN(ctx, id)
		switch {
		case err != nil:
			return none, err
		case now != hash:
			return none, booking.ErrWrongPIN
		}
		who, err := tx.Staff(ctx, id)
		if err != nil {
			return none, err
		}
		if err := tx.PINRight(ctx, browser, id); err != nil {
			return none, err
		}
		by := d.staffActor(who)
		return by, d.comeIn(ctx, tx, by, "PIN")
	})
}

// takePINTry counts a guess before it is looked at, so that a hundred at once are a
// hundred, and returns what it is to be compared with. Whoever was never here is not
// counted against.
func (d *Desk) takePINTry(ctx context.Context, browser string, id booking.StaffID) (hash string, tries int, err error) {
	_, err = do(ctx, d, func(tx *store.Tx) (none struct{}, err error) {
		if err := d.isColleague(ctx, tx, browser, id); err != nil {
			return none, err
		}
		if hash, err = tx.PIN(ctx, id); err != nil {
			return none, err
		}
		tries, err = tx.TakePINTry(ctx, browser, id, pinTries)
		return none, err
	})
	return hash, tries, err
}

func (d *Desk) isColleague(ctx context.Context, tx *store.Tx, browser string, id booking.StaffID) error {
	people, err := tx.Colleagues(ctx, browser, d.now().Add(-colleagueFor))
	if err == nil && !slices.ContainsFunc(people, func(c booking.Colleague) bool { return c.ID == id }) {
		err = booking.ErrNotHereLately
	}
	return err
}

// refusePIN records a wrong one, and has the browser forget whose it was when that was
// the last that it takes.
func (d *Desk) refusePIN(ctx context.Context, tx *store.Tx, browser string, id booking.StaffID, tries int) error {
	refused := booking.Event{At: d.now(), By: booking.System, Action: booking.FactorRefused, Subject: "staff " + string(id), Reason: "PIN"}
	if err := tx.AddEvent(ctx, refused); err != nil {
		return err
	}
	if tries < pinTries {
		return store.Keep(booking.ErrWrongPIN)
	}
	if err := tx.LeaveBrowser(ctx, browser, id); err != nil {
		return err
	}
	spent := booking.Event{At: d.now(), By: booking.System, Action: booking.PINSpent, Subject: "staff " + string(id)}
	if err := tx.AddEvent(ctx, spent); err != nil {
		return err
	}
	return store.Keep(booking.ErrPINSpent)
}

package desk

import (
	"context"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// MakeRecoveryCodes replaces by's codes on paper, which are shown once, and ends every
// login of theirs, as when an app is added.
// ErrNoSuchFactor for somebody who has nothing to recover.
func (d *Desk) MakeRecoveryCodes(ctx context.Context, by booking.Actor, password string) ([]string, error) {
	return onSelf(ctx, d, by, password, func(tx *store.Tx, who store.Staff) ([]string, error) {
		had, err := tx.Factors(ctx, who.ID)
		if err != nil {
			return nil, err
		}
		if len(had) == 0 {
			return nil, booking.ErrNoSuchFactor
		}
		if err := tx.EndLogins(ctx, who.ID, d.now()); err != nil {
			return nil, err
		}
		return d.newRecoveryCodes(ctx, tx, by)
	})
}

// RenameFactor changes what by calls one of theirs. It asks for no password: nothing
// opens by it.
func (d *Desk) RenameFactor(ctx context.Context, by booking.Actor, id booking.FactorID, name string) error {
	name, err := readText(name, longestName)
	if err != nil {
		return err
	}
	_, err = do(ctx, d, func(tx *store.Tx) (none struct{}, err error) {
		if err := tx.RenameFactor(ctx, id, staffOf(by), name); err != nil {
			return none, err
		}
		return none, d.recordAccount(ctx, tx, by, booking.FactorRenamed, staffOf(by), "")
	})
	return err
}

// RemoveFactor takes one of by's own away, and with the last one the codes on paper.
// Every login of theirs ends, as when one is added.
func (d *Desk) RemoveFactor(ctx context.Context, by booking.Actor, id booking.FactorID, password string) error {
	_, err := onSelf(ctx, d, by, password, func(tx *store.Tx, who store.Staff) (none struct{}, err error) {
		if err := tx.DropFactor(ctx, id, who.ID); err != nil {
			return none, err
		}
		left, err := tx.Factors(ctx, who.ID)
		if err == nil && len(left) == 0 {
			err = tx.SetRecoveryCodes(ctx, who.ID, nil)
		}
		if err == nil {
			err = tx.EndLogins(ctx, who.ID, d.now())
		}
		if err != nil {
			return none, err
		}
		return none, d.recordAccount(ctx, tx, by, booking.FactorRemoved, who.ID, "")
	})
	return err
}

// RemoveFactors takes away all that somebody has besides their password, because they
// have lost it. They are signed out everywhere. Whoever does it says why: it is what
// an impostor on the phone would ask for.
func (d *Desk) RemoveFactors(ctx context.Context, by booking.Actor, id booking.StaffID, reason string) error {
	reason, err := readText(reason, longestReason)
	if err != nil {
		return err
	}
	_, err = keepAccounts(ctx, d, by, func(tx *store.Tx) (none struct{}, err error) {
		if _, err := tx.Account(ctx, id); err != nil {
			return none, err
		}
		if err := tx.KeepStaff(ctx, id); err != nil {
			return none, err
		}
		if err := tx.DropFactors(ctx, id); err != nil {
			return none, err
		}
		if err := tx.EndLogins(ctx, id, d.now()); err != nil {
			return none, err
		}
		return none, d.recordAccount(ctx, tx, by, booking.FactorsRemoved, id, reason)
	})
	return err
}

// RolesWithFactor are the roles that need a second factor.
func (d *Desk) RolesWithFactor(ctx context.Context, by booking.Actor) (booking.Roles, error) {
	return view(ctx, d, func(tx *store.Tx) (booking.Roles, error) {
		if !by.MayEverywhere(booking.KeepAccounts) {
			return nil, booking.ErrMayNot
		}
		value, known, err := tx.Setting(ctx, store.FactorRoles)
		if !known {
			return d.factorRoles, err
		}
		return booking.ParseRoles(value), err
	})
}

// AskFactorOf decides which roles need a second factor. It counts from everybody's next
// page.
func (d *Desk) AskFactorOf(ctx context.Context, by booking.Actor, roles booking.Roles) error {
	_, err := keepAccounts(ctx, d, by, func(tx *store.Tx) (none struct{}, err error) {
		if err := tx.SetSetting(ctx, store.FactorRoles, roles.String()); err != nil {
			return none, err
		}
		reason := roles.String()
		if reason == "" {
			reason = "none"
		}
		return none, tx.AddEvent(ctx, booking.Event{At: d.now(), By: by, Action: booking.RolesNeedFactor, Subject: "staff " + by.ID, Reason: reason})
	})
	return err
}

package desk

import (
	"context"
	"crypto/subtle"
	"slices"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// accountCodeLife is how long a code works with which somebody chooses a password:
// long enough to be handed over at the start of their next shift, and over a weekend.
const accountCodeLife = 4 * 24 * time.Hour

// A NewAccount is somebody who begins to work here.
type NewAccount struct {
	Name, Email string
	Holds       []booking.Grant
}

// An AccountCode is what somebody chooses a password with, together with their email
// address. It is shown once, to whoever hands it over.
type AccountCode struct {
	Account booking.Account
	Code    string
}

// Accounts are all people who work here, or have.
func (d *Desk) Accounts(ctx context.Context, by booking.Actor) ([]booking.Account, error) {
	return view(ctx, d, func(tx *store.Tx) ([]booking.Account, error) {
		if !by.MayEverywhere(booking.KeepAccounts) {
			return nil, booking.ErrMayNot
		}
		return tx.Accounts(ctx)
	})
}

// Account is one of them.
func (d *Desk) Account(ctx context.Context, by booking.Actor, id booking.StaffID) (booking.Account, error) {
	return view(ctx, d, func(tx *store.Tx) (booking.Account, error) {
		if !by.MayEverywhere(booking.KeepAccounts) {
			return booking.Account{}, booking.ErrMayNot
		}
		return tx.Account(ctx, id)
	})
}

// AccountByEmail finds the account with an address, also one that is closed, for
// whoever runs the program.
func (d *Desk) AccountByEmail(ctx context.Context, by booking.Actor, email string) (booking.StaffID, error) {
	accounts, err := d.Accounts(ctx, by)
	for _, a := range accounts {
		if a.Email == foldEmail(email) {
			return a.ID, err
		}
	}
	return "", orElse(err, booking.ErrNoSuchAccount)
}

// Places are all sites and wards, in which roles are held.
func (d *Desk) Places(ctx context.Context, by booking.Actor) ([]booking.Ward, error) {
	return view(ctx, d, func(tx *store.Tx) ([]booking.Ward, error) {
		if !by.MayEverywhere(booking.KeepAccounts) {
			return nil, booking.ErrMayNot
		}
		return tx.Wards(ctx)
	})
}

// keepAccounts runs an act of somebody who keeps accounts. One waits for another, and
// afterwards somebody must be left who can.
func keepAccounts[T any](ctx context.Context, d *Desk, by booking.Actor, fn func(tx *store.Tx) (T, error)) (T, error) {
	return do(ctx, d, func(tx *store.Tx) (none T, err error) {
		if !by.MayEverywhere(booking.KeepAccounts) {
			return none, booking.ErrMayNot
		}
		if err := tx.TakeAccounts(ctx, d.now()); err != nil {
			return none, err
		}
		if by.Kind == booking.StaffActor { // what they may was asked before it was their turn
			self, err := tx.Account(ctx, booking.StaffID(by.ID))
			if err != nil || !self.MayEverywhere(booking.KeepAccounts) {
				return none, orElse(err, booking.ErrMayNot)
			}
		}
		had, err := accountsAreKept(ctx, tx)
		if err != nil {
			return none, err
		}
		done, err := fn(tx)
		if err != nil || !had {
			return done, err
		}
		has, err := accountsAreKept(ctx, tx)
		if err == nil && !has {
			err = booking.ErrLastAdministrator
		}
		return done, err
	})
}

// accountsAreKept reports whether anybody can keep accounts.
func accountsAreKept(ctx context.Context, tx *store.Tx) (bool, error) {
	accounts, err := tx.Accounts(ctx)
	return slices.ContainsFunc(accounts, func(a booking.Account) bool { return a.MayEverywhere(booking.KeepAccounts) }), err
}

func orElse(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// AddAccount lets somebody work here, once they have chosen a password with the code.
// ErrEmailTaken when somebody has the address, also one whose account is closed.
func (d *Desk) AddAccount(ctx context.Context, by booking.Actor, n NewAccount) (AccountCode, error) {
	var err error
	if n.Name, err = readText(n.Name, longestName); err != nil {
		return AccountCode{}, err
	}
	if n.Email, err = readEmail(foldEmail(n.Email)); err != nil {
		return AccountCode{}, err
	}
	if n.Email == "" {
		return AccountCode{}, booking.ErrMissing
	}
	for _, g := range n.Holds {
		if err := g.Check(); err != nil {
			return AccountCode{}, err
		}
	}
	return keepAccounts(ctx, d, by, func(tx *store.Tx) (AccountCode, error) {
		id, err := d.newID()
		if err != nil {
			return AccountCode{}, err
		}
		s := store.Staff{ID: booking.StaffID(id), Name: n.Name, Email: n.Email, Hash: nobody, Holds: n.Holds}
		if err := tx.AddStaff(ctx, s); err != nil {
			return AccountCode{}, err
		}
		if err := d.recordAccount(ctx, tx, by, booking.AccountAdded, s.ID, ""); err != nil {
			return AccountCode{}, err
		}
		for _, g := range n.Holds {
			if err := d.recordAccount(ctx, tx, by, booking.RoleGiven, s.ID, grantWords(g)); err != nil {
				return AccountCode{}, err
			}
		}
		return d.newAccountCode(ctx, tx, s.ID)
	})
}

func (d *Desk) recordAccount(ctx context.Context, tx *store.Tx, by booking.Actor, what booking.Action, id booking.StaffID, reason string) error {
	return tx.AddEvent(ctx, booking.Event{At: d.now(), By: by, Action: what, Subject: "staff " + string(id), Reason: reason})
}

// grantWords is a grant in the audit: the role, and the place that it is held in.
func grantWords(g booking.Grant) string {
	switch {
	case g.Ward != "":
		return string(g.Role) + " in ward " + string(g.Ward)
	case g.Site != "":
		return string(g.Role) + " in site " + string(g.Site)
	}
	return string(g.Role) + " everywhere"
}

// newAccountCode makes the password worthless, and a code to choose another with.
func (d *Desk) newAccountCode(ctx context.Context, tx *store.Tx, id booking.StaffID) (AccountCode, error) {
	var words []string
	for range 2 { // of six letters each: 60 bits
		word, err := d.newReference()
		if err != nil {
			return AccountCode{}, err
		}
		words = append(words, string(word))
	}
	code := strings.Join(words, "-")
	if err := tx.SetStaffCode(ctx, id, nobody, d.accountCodeHash(id, code), d.now(), d.now().Add(accountCodeLife)); err != nil {
		return AccountCode{}, err
	}
	account, err := tx.Account(ctx, id)
	return AccountCode{account, code}, err
}

// accountCodeHash reads a code as people type it: with or without the line between.
func (d *Desk) accountCodeHash(id booking.StaffID, code string) string {
	return d.hashCode("account "+string(id), strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(code)))
}

// ResetPassword makes somebody's password worthless, and a code for another: they
// have forgotten it, or somebody else knows it. They are signed out everywhere.
func (d *Desk) ResetPassword(ctx context.Context, by booking.Actor, id booking.StaffID) (AccountCode, error) {
	return keepAccounts(ctx, d, by, func(tx *store.Tx) (AccountCode, error) {
		a, err := tx.Account(ctx, id)
		if err != nil {
			return AccountCode{}, err
		}
		if a.Closed {
			return AccountCode{}, booking.ErrNoSuchAccount
		}
		if err := d.recordAccount(ctx, tx, by, booking.PasswordReset, id, ""); err != nil {
			return AccountCode{}, err
		}
		return d.newAccountCode(ctx, tx, id)
	})
}

// CloseAccount ends what somebody may do here, at once; or lets them again, who then
// need a code.
func (d *Desk) CloseAccount(ctx context.Context, by booking.Actor, id booking.StaffID, closed bool) (booking.Account, error) {
	return keepAccounts(ctx, d, by, func(tx *store.Tx) (booking.Account, error) {
		if _, err := tx.Account(ctx, id); err != nil {
			return booking.Account{}, err
		}
		changed, err := tx.CloseAccount(ctx, id, closed, d.now())
		if err == nil && changed {
			what := booking.AccountReopened
			if closed {
				what = booking.AccountClosed
			}
			err = d.recordAccount(ctx, tx, by, what, id, "")
		}
		if err != nil {
			return booking.Account{}, err
		}
		return tx.Account(ctx, id)
	})
}

// GiveRole gives somebody a role. Pressing twice is pressing once.
func (d *Desk) GiveRole(ctx context.Context, by booking.Actor, id booking.StaffID, g booking.Grant) error {
	return d.changeRole(ctx, by, id, g, booking.RoleGiven)
}

// TakeRole takes a role from somebody.
func (d *Desk) TakeRole(ctx context.Context, by booking.Actor, id booking.StaffID, g booking.Grant) error {
	return d.changeRole(ctx, by, id, g, booking.RoleTaken)
}

func (d *Desk) changeRole(ctx context.Context, by booking.Actor, id booking.StaffID, g booking.Grant, what booking.Action) error {
	if err := g.Check(); err != nil {
		return err
	}
	_, err := keepAccounts(ctx, d, by, func(tx *store.Tx) (none struct{}, err error) {
		a, err := tx.Account(ctx, id)
		if err != nil {
			return none, err
		}
		if slices.Contains(a.Holds, g) == (what == booking.RoleGiven) {
			return none, nil
		}
		if what == booking.RoleGiven {
			err = tx.AddGrant(ctx, id, g)
		} else {
			_, err = tx.DropGrant(ctx, id, g)
		}
		if err != nil {
			return none, err
		}
		return none, d.recordAccount(ctx, tx, by, what, id, grantWords(g))
	})
	return err
}

// ChoosePassword sets somebody's password by the code that they were handed, which is
// spent. ErrAccountCode for an address that nobody has, too; guesses at an address
// are counted as at its password.
func (d *Desk) ChoosePassword(ctx context.Context, email, code, password string) error {
	email = foldEmail(email)
	if email == "" || len(email) > longestEmail || len(code) > longestName {
		return booking.ErrAccountCode
	}
	scope := "account " + d.hashCode("account", email)
	if err := d.takeTry(ctx, scope); err != nil {
		return err
	}
	var codeHash string
	who, err := view(ctx, d, func(tx *store.Tx) (s store.Staff, err error) {
		s, codeHash, err = tx.StaffCode(ctx, email, d.now())
		return s, err
	})
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare([]byte(codeHash), []byte(d.accountCodeHash(who.ID, code))) != 1 {
		return booking.ErrAccountCode
	}
	if err := booking.CheckPassword(password, email, who.Name); err != nil {
		return err
	}
	hash, err := d.hashPassword(ctx, password)
	if err != nil {
		return err
	}
	_, err = do(ctx, d, func(tx *store.Tx) (struct{}, error) {
		if err := tx.SetPassword(ctx, who.ID, hash, codeHash); err != nil {
			return struct{}{}, err
		}
		if err := tx.ClearTries(ctx, scope); err != nil {
			return struct{}{}, err
		}
		by := booking.Actor{Kind: booking.StaffActor, ID: string(who.ID), Name: who.Name}
		return struct{}{}, d.recordAccount(ctx, tx, by, booking.PasswordChosen, who.ID, "")
	})
	return err
}

// hashPassword hashes a password. It waits for its turn.
func (d *Desk) hashPassword(ctx context.Context, password string) (string, error) {
	select {
	case d.hashing <- struct{}{}:
		defer func() { <-d.hashing }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	return NewPasswordHash(password, d.random)
}

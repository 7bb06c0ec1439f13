package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// A Claimed is what a hospital's OpenID Connect provider says of somebody who has just
// signed in there; that it says so has been verified.
type Claimed struct {
	Issuer, Subject string
	SID             string // what it calls the session; may be empty
	Name, Email     string
	Verified        bool // the address is theirs
	Grants          []booking.Grant
	Until           time.Time // when the login ends at the latest
}

// SignInClaimed lets somebody in whom the provider knows, with the roles that it says,
// and no others that it said before; what an administrator gave stays. The first time
// they are linked: to the account with their verified address if that has no password,
// since whoever has one is asked for it; or to an account made for them. It refuses
// whoever would have no role. The session is what EndSignIns ends.
func (d *Desk) SignInClaimed(ctx context.Context, c Claimed) (actor booking.Actor, session string, err error) {
	if session, err = d.newSecret(32); err != nil {
		return actor, "", err
	}
	actor, err = do(ctx, d, func(tx *store.Tx) (none booking.Actor, err error) {
		if err := tx.TakeAccounts(ctx, d.now()); err != nil {
			return none, err
		}
		id, err := d.claimant(ctx, tx, c)
		if err != nil {
			return none, d.keepRefused(ctx, tx, id, err)
		}
		if err := d.claimRoles(ctx, tx, id, c.Grants); err != nil {
			return none, err
		}
		who, err := tx.Staff(ctx, id)
		switch {
		case errors.Is(err, booking.ErrSignInNeeded):
			return none, d.keepRefused(ctx, tx, id, booking.ErrAccountShut)
		case err != nil:
			return none, err
		case len(who.Holds) == 0:
			return none, d.keepRefused(ctx, tx, id, booking.ErrNoRole)
		}
		s := store.ProviderSession{ID: hashSecret(session), Issuer: c.Issuer, Subject: c.Subject, SID: c.SID, Staff: id, Expires: c.Until}
		if err := errors.Join(tx.AddProviderSession(ctx, s), tx.StaffSeen(ctx, id, d.now())); err != nil {
			return none, err
		}
		by := d.staffActor(who)
		return by, tx.AddEvent(ctx, booking.Event{At: d.now(), By: by, Action: booking.SignedIn, Subject: "staff " + by.ID, Reason: "through " + c.Issuer})
	})
	return actor, session, err
}

// claimant is who somebody works here as. Whom it refuses it names, if they have an
// account.
func (d *Desk) claimant(ctx context.Context, tx *store.Tx, c Claimed) (booking.StaffID, error) {
	id, err := tx.StaffByIdentity(ctx, c.Issuer, c.Subject)
	if !errors.Is(err, booking.ErrNotLinked) {
		return id, err
	}
	email, err := readEmail(foldEmail(c.Email))
	if err != nil || email == "" || !c.Verified {
		return "", booking.ErrEmailUnverified
	}
	id, hash, err := tx.PasswordOf(ctx, email)
	switch {
	case errors.Is(err, booking.ErrNoSuchAccount):
		if id, err = d.addClaimant(ctx, tx, c, email); err != nil {
			return "", err
		}
	case err != nil:
		return "", err
	case hash != nobody:
		return id, booking.ErrNotLinked
	}
	if err := tx.Link(ctx, c.Issuer, c.Subject, id, d.now()); err != nil {
		return "", err
	}
	return id, d.recordAccount(ctx, tx, booking.System, booking.IdentityLinked, id, c.Issuer)
}

// addClaimant makes an account for whom the provider gives a role.
func (d *Desk) addClaimant(ctx context.Context, tx *store.Tx, c Claimed, email string) (booking.StaffID, error) {
	if len(c.Grants) == 0 {
		return "", booking.ErrNoRole
	}
	name, err := readText(c.Name, longestName)
	if err != nil {
		name = email // a name that cannot be shown is no reason to keep a nurse out
	}
	id, err := d.newID()
	if err != nil {
		return "", err
	}
	if err := tx.AddStaff(ctx, store.Staff{ID: booking.StaffID(id), Name: name, Email: email, Hash: nobody}); err != nil {
		return "", err
	}
	return booking.StaffID(id), d.recordAccount(ctx, tx, booking.System, booking.AccountAdded, booking.StaffID(id), c.Issuer)
}

// claimRoles makes the roles that the provider gives those that it says now.
func (d *Desk) claimRoles(ctx context.Context, tx *store.Tx, id booking.StaffID, says []booking.Grant) error {
	claimed, err := tx.ClaimedGrants(ctx, id)
	if err != nil {
		return err
	}
	for _, g := range claimed {
		if slices.Contains(says, g) {
			continue
		}
		if _, err := tx.DropGrant(ctx, id, g); err != nil {
			return err
		}
		if err := d.recordAccount(ctx, tx, booking.System, booking.RoleTaken, id, grantWords(g)); err != nil {
			return err
		}
	}
	account, err := tx.Account(ctx, id)
	if err != nil {
		return err
	}
	for _, g := range says {
		if slices.Contains(account.Holds, g) {
			continue
		}
		account.Holds = append(account.Holds, g)
		if err := tx.AddClaimed(ctx, id, g); err != nil {
			return err
		}
		if err := d.recordAccount(ctx, tx, booking.System, booking.RoleGiven, id, grantWords(g)); err != nil {
			return err
		}
	}
	return nil
}

// RefuseClaimed writes down that somebody came from the provider and was not let in
// before anybody knew who they are, and refuses.
func (d *Desk) RefuseClaimed(ctx context.Context, why error) error {
	_, err := do(ctx, d, func(tx *store.Tx) (struct{}, error) { return struct{}{}, d.keepRefused(ctx, tx, "", why) })
	return err
}

// keepRefused writes a refused sign-in down, with what was done before it, and refuses.
func (d *Desk) keepRefused(ctx context.Context, tx *store.Tx, id booking.StaffID, err error) error {
	var why *booking.Refusal
	if !errors.As(err, &why) {
		return err
	}
	subject := "staff unknown"
	if id != "" {
		subject = "staff " + string(id)
	}
	e := booking.Event{At: d.now(), By: booking.System, Action: booking.SignInRefused, Subject: subject, Reason: why.Code}
	if err := tx.AddEvent(ctx, e); err != nil {
		return err
	}
	return store.Keep(why)
}

// An Ended is what the provider has ended: one session, or all of somebody's.
type Ended struct {
	Issuer, Subject, SID string
	JTI                  string // of the token that said so
	Expires              time.Time
}

// EndSignIns ends what a provider says is over, and so the logins that were let in by
// it. ErrStale when it has been said before.
func (d *Desk) EndSignIns(ctx context.Context, e Ended) error {
	_, err := do(ctx, d, func(tx *store.Tx) (none struct{}, err error) {
		fresh, err := tx.SpendLogout(ctx, e.Issuer, e.JTI, e.Expires)
		if err != nil {
			return none, err
		}
		if !fresh || e.Subject == "" && e.SID == "" {
			return none, booking.ErrStale
		}
		ended, err := tx.DropSessions(ctx, e.Issuer, e.Subject, e.SID)
		if err != nil {
			return none, err
		}
		for _, id := range ended {
			if err := d.recordAccount(ctx, tx, booking.System, booking.SignedOut, id, "by "+e.Issuer); err != nil {
				return none, err
			}
		}
		return none, nil
	})
	return err
}

// EndSignIn ends one session, because its owner signs out here.
func (d *Desk) EndSignIn(ctx context.Context, session string) error {
	_, err := do(ctx, d, func(tx *store.Tx) (struct{}, error) { return struct{}{}, tx.DropSession(ctx, hashSecret(session)) })
	return err
}

// SignInStands returns nil while a session has not been ended, and ErrSignInNeeded
// afterwards.
func (d *Desk) SignInStands(ctx context.Context, session string) error {
	_, err := view(ctx, d, func(tx *store.Tx) (struct{}, error) {
		return struct{}{}, tx.SessionStands(ctx, hashSecret(session), d.now())
	})
	return err
}

// ClaimedPlaces are all sites and wards, which what a provider says is mapped to.
func (d *Desk) ClaimedPlaces(ctx context.Context) ([]booking.Ward, error) {
	return d.Places(ctx, booking.System)
}

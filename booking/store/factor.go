package store

import (
	"context"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// A SealedFactor is a second factor with its secret, which only the desk can read.
type SealedFactor struct {
	booking.Factor
	Sealed string
}

const (
	factorColumns = `SELECT id, name, secret, added_at, used_at FROM staff_factors`
	factorsOf     = factorColumns + ` WHERE staff_id = $1 AND proved_at IS NOT NULL ORDER BY added_at, id`
	newFactorOf   = factorColumns + ` WHERE id = $1 AND staff_id = $2 AND proved_at IS NULL AND added_at >= $3`

	addFactor    = `INSERT INTO staff_factors (id, staff_id, name, secret, added_at) VALUES ($1, $2, $3, $4, $5)`
	proveFactor  = `UPDATE staff_factors SET proved_at = $3 WHERE id = $1 AND staff_id = $2 AND proved_at IS NULL`
	renameFactor = `UPDATE staff_factors SET name = $3 WHERE id = $1 AND staff_id = $2 AND proved_at IS NOT NULL`
	dropFactor   = `DELETE FROM staff_factors WHERE id = $1 AND staff_id = $2`
	dropFactors  = `DELETE FROM staff_factors WHERE staff_id = $1`
	dropUnproved = `DELETE FROM staff_factors WHERE staff_id = $1 AND proved_at IS NULL`
	factorUsed   = `UPDATE staff_factors SET used_at = $2 WHERE id = $1`
	countCode    = `UPDATE staff_factors SET wrong = wrong + 1 WHERE staff_id = $1`
	sinceRight   = `SELECT COALESCE(max(wrong), 0) FROM staff_factors WHERE staff_id = $1`
	codesRight   = `UPDATE staff_factors SET wrong = 0 WHERE staff_id = $1`
	useStep      = `INSERT INTO staff_factor_steps (factor_id, step, at) VALUES ($1, $2, $3) ON CONFLICT (factor_id, step) DO NOTHING`

	forgetSteps   = `DELETE FROM staff_factor_steps WHERE at <= $1`
	forgetFactors = `DELETE FROM staff_factors WHERE proved_at IS NULL AND added_at <= $1`

	addRecovery   = `INSERT INTO staff_recovery_codes (staff_id, code_hash) VALUES ($1, $2)`
	useRecovery   = `UPDATE staff_recovery_codes SET used_at = $3 WHERE staff_id = $1 AND code_hash = $2 AND used_at IS NULL`
	countRecovery = `SELECT count(*) FROM staff_recovery_codes WHERE staff_id = $1 AND used_at IS NULL`
	dropRecovery  = `DELETE FROM staff_recovery_codes WHERE staff_id = $1`

	signOutStaff = `UPDATE staff SET signed_out_at = $2 WHERE id = $1`
	touchStaff   = `UPDATE staff SET email = email WHERE id = $1`
)

func readFactor(row scanner) (f SealedFactor, err error) {
	var added, used stamp
	err = row.Scan(&f.ID, &f.Name, &f.Sealed, &added, &used)
	f.Added, f.Used = added.Time, used.Time
	return f, err
}

// Factors are the second factors that somebody has, the oldest first.
func (tx *Tx) Factors(ctx context.Context, id booking.StaffID) ([]SealedFactor, error) {
	return all(ctx, tx, "second factors", readFactor, factorsOf, id)
}

// NewFactor is one that its owner has still to prove, added at since or later; or
// ErrNoSuchFactor.
func (tx *Tx) NewFactor(ctx context.Context, id booking.FactorID, owner booking.StaffID, since time.Time) (SealedFactor, error) {
	return one(ctx, tx, "new second factor", booking.ErrNoSuchFactor, readFactor, newFactorOf, id, owner, at(since))
}

// AddFactor saves one that is to be proved, in place of any other such.
func (tx *Tx) AddFactor(ctx context.Context, f SealedFactor, owner booking.StaffID) error {
	if _, err := tx.run(ctx, "drop unproved", dropUnproved, owner); err != nil {
		return err
	}
	return tx.save(ctx, "add second factor", addFactor, f.ID, owner, f.Name, f.Sealed, at(f.Added))
}

// KeepStaff has everybody else wait who would change how somebody signs in.
// ErrSignInNeeded for nobody.
func (tx *Tx) KeepStaff(ctx context.Context, id booking.StaffID) error {
	n, err := tx.run(ctx, "keep staff", touchStaff, id)
	if err == nil && n == 0 {
		err = booking.ErrSignInNeeded
	}
	return err
}

// ProveFactor lets a factor open the door from now on. ErrNoSuchFactor when it does
// already, or has gone.
func (tx *Tx) ProveFactor(ctx context.Context, id booking.FactorID, owner booking.StaffID, now time.Time) error {
	return tx.onFactor(ctx, "prove second factor", proveFactor, id, owner, at(now))
}

// RenameFactor changes what its owner calls a factor.
func (tx *Tx) RenameFactor(ctx context.Context, id booking.FactorID, owner booking.StaffID, name string) error {
	return tx.onFactor(ctx, "rename second factor", renameFactor, id, owner, name)
}

// DropFactor takes a factor away.
func (tx *Tx) DropFactor(ctx context.Context, id booking.FactorID, owner booking.StaffID) error {
	return tx.onFactor(ctx, "drop second factor", dropFactor, id, owner)
}

func (tx *Tx) onFactor(ctx context.Context, what, query string, args ...any) error {
	n, err := tx.run(ctx, what, query, args...)
	if err == nil && n == 0 {
		err = booking.ErrNoSuchFactor
	}
	return err
}

// DropFactors takes away all that somebody has besides their password, their PIN too.
func (tx *Tx) DropFactors(ctx context.Context, id booking.StaffID) error {
	for _, query := range []string{dropFactors, dropRecovery, dropPIN} {
		if _, err := tx.run(ctx, "drop second factors", query, id); err != nil {
			return err
		}
	}
	return nil
}

// UseStep spends the code of a step of 30 seconds. ErrFactorUsed when somebody was
// first: the primary key of the table says so.
func (tx *Tx) UseStep(ctx context.Context, id booking.FactorID, step uint64, now time.Time) error {
	n, err := tx.run(ctx, "use a code", useStep, id, int64(step), at(now))
	switch {
	case err != nil:
		return err
	case n == 0:
		return booking.ErrFactorUsed
	}
	return tx.save(ctx, "second factor used", factorUsed, id, at(now))
}

// CountCode counts a code that somebody types, before it is looked at, and says how many
// they have typed since one was right.
func (tx *Tx) CountCode(ctx context.Context, id booking.StaffID) (int, error) {
	if _, err := tx.run(ctx, "count a code", countCode, id); err != nil {
		return 0, err
	}
	return one(ctx, tx, "codes since one was right", errNothing, scalar[int], sinceRight, id)
}

// CodesRight has the counting begin anew.
func (tx *Tx) CodesRight(ctx context.Context, id booking.StaffID) error {
	_, err := tx.run(ctx, "codes right", codesRight, id)
	return err
}

// SetRecoveryCodes replaces the codes on paper.
func (tx *Tx) SetRecoveryCodes(ctx context.Context, id booking.StaffID, hashes []string) error {
	if _, err := tx.run(ctx, "drop recovery codes", dropRecovery, id); err != nil {
		return err
	}
	for _, hash := range hashes {
		if err := tx.save(ctx, "add recovery code", addRecovery, id, hash); err != nil {
			return err
		}
	}
	return nil
}

// UseRecoveryCode spends one of them. ErrWrongFactor when it is none, or spent.
func (tx *Tx) UseRecoveryCode(ctx context.Context, id booking.StaffID, hash string, now time.Time) error {
	n, err := tx.run(ctx, "use recovery code", useRecovery, id, hash, at(now))
	if err == nil && n == 0 {
		err = booking.ErrWrongFactor
	}
	return err
}

// RecoveryCodes counts those that have not been used.
func (tx *Tx) RecoveryCodes(ctx context.Context, id booking.StaffID) (int, error) {
	return one(ctx, tx, "count recovery codes", errNothing, scalar[int], countRecovery, id)
}

// EndLogins makes all logins of somebody worth nothing.
func (tx *Tx) EndLogins(ctx context.Context, id booking.StaffID, now time.Time) error {
	return tx.save(ctx, "end logins", signOutStaff, id, at(now))
}

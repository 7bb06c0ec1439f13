package desk

import (
	"context"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// Withdraw takes a device out of service, for repair, or says that it is lost. A
// visit that it is in goes on; see Reassign.
type Withdraw struct {
	State  booking.DeviceState // DeviceOutOfService or DeviceLost
	Reason string
}

func (Withdraw) concerns() booking.WardID { return "" }
func (Withdraw) byBorrower() bool         { return true }

func (c Withdraw) apply(ctx context.Context, f *deviceAct) error {
	if c.State.Usable() {
		return booking.ErrBadChoice
	}
	reason, err := readText(c.Reason, longestReason)
	if err != nil || f.device.State == c.State {
		return err // or pressed twice
	}
	if err := f.SetDeviceState(ctx, f.device.ID, c.State, time.Time{}); err != nil {
		return err
	}
	return f.recordChange(ctx, booking.DeviceWithdrawn, string(c.State)+": "+reason)
}

// Restore puts a device that was withdrawn back into service. It is to be cleaned
// first, wherever it has been.
type Restore struct{}

func (Restore) concerns() booking.WardID { return "" }
func (Restore) byBorrower() bool         { return true }

func (Restore) apply(ctx context.Context, f *deviceAct) error {
	if f.device.State.Usable() {
		return nil // pressed twice
	}
	state := booking.DeviceDirty
	if f.inVisit(ctx) != nil {
		state = booking.DeviceInUse // nobody took it out of the visit that it was in
	}
	if err := f.SetDeviceState(ctx, f.device.ID, state, time.Time{}); err != nil {
		return err
	}
	return f.recordChange(ctx, booking.DeviceRestored, "")
}

// longestLoan bounds a loan: what is needed for longer belongs to the other ward.
const longestLoan = 366 * 24 * time.Hour

// Lend gives a device to another ward for a time. It goes clean and out of no
// visit, also one that is dedicated to a bay here: there it is anybody's.
type Lend struct {
	To         booking.WardID
	From, Till time.Time // From in the past is now
}

func (c Lend) concerns() booking.WardID { return c.To }
func (Lend) byBorrower() bool           { return false }

func (c Lend) apply(ctx context.Context, f *deviceAct) error {
	from, till := c.From.UTC().Truncate(time.Minute), c.Till.UTC().Truncate(time.Minute)
	now := f.now.Truncate(time.Minute)
	if from.Before(now) {
		from = now
	}
	if !from.Before(till) || till.Sub(from) > longestLoan || from.After(now.Add(longestLoan)) || c.To == f.device.Ward {
		return booking.ErrBadLoan
	}
	if _, err := f.Ward(ctx, c.To); err != nil {
		return err
	}
	if !f.device.State.Usable() {
		return booking.ErrDeviceAway
	}
	if from.Equal(now) {
		if err := f.leavesClean(ctx); err != nil {
			return err
		}
	}
	id, err := f.d.newID()
	if err != nil {
		return err
	}
	loan := booking.Loan{ID: booking.LoanID(id), Device: f.device.ID, To: c.To, From: from, Till: till, LentBy: f.by.ID}
	if err := f.AddLoan(ctx, loan); err != nil {
		return err
	}
	return f.recordChange(ctx, booking.DeviceLent, "loan "+id+" to ward "+string(c.To))
}

// leavesClean refuses while the device is in a visit or to be cleaned after one.
func (f *deviceAct) leavesClean(ctx context.Context) error {
	if err := f.inVisit(ctx); err != nil {
		return err
	}
	if f.device.State == booking.DeviceDirty {
		return booking.ErrDeviceDirty
	}
	return nil
}

// TakeBack ends a loan before its time.
type TakeBack struct{ Loan booking.LoanID }

func (TakeBack) concerns() booking.WardID { return "" }
func (TakeBack) byBorrower() bool         { return true }

func (c TakeBack) apply(ctx context.Context, f *deviceAct) error {
	i := slices.IndexFunc(f.loans, func(l booking.Loan) bool { return l.ID == c.Loan })
	if i < 0 {
		return booking.ErrNotLent
	}
	if !f.now.Before(f.loans[i].From) {
		if err := f.inVisit(ctx); err != nil {
			return err
		}
	}
	if _, err := f.ReturnLoan(ctx, c.Loan, f.now); err != nil {
		return err
	}
	return f.recordChange(ctx, booking.DeviceTakenBack, "loan "+string(c.Loan))
}

// SetZone says in which bay a device is kept, and whether it never leaves there,
// nor any other comes there. It goes through the wall of a bay only clean.
type SetZone struct {
	Zone      string // a bay of its ward; empty for the whole ward
	Dedicated bool
}

func (SetZone) concerns() booking.WardID { return "" }
func (SetZone) byBorrower() bool         { return false }

func (c SetZone) apply(ctx context.Context, f *deviceAct) error {
	bays, err := f.Bays(ctx, f.device.Ward)
	if err != nil {
		return err
	}
	if c.Zone != "" && !slices.Contains(bays, c.Zone) || c.Dedicated && c.Zone == "" {
		return booking.ErrBadChoice
	}
	if f.device.Zone == c.Zone && f.device.Dedicated == c.Dedicated {
		return nil // pressed twice
	}
	if c.Dedicated || f.device.Dedicated {
		if err := f.leavesClean(ctx); err != nil {
			return err
		}
	}
	if err := f.SetZone(ctx, f.device.ID, c.Zone, c.Dedicated); err != nil {
		return err
	}
	reason := "zone " + c.Zone
	if c.Dedicated {
		reason = "dedicated to " + c.Zone
	}
	return f.recordChange(ctx, booking.DeviceZoned, reason)
}

package desk

import (
	"context"
	"slices"

	"github.com/wardvisit/wardvisit/booking"
)

// Admit lets one participant in who is here. The first one makes the visit live.
func (d *Desk) Admit(ctx context.Context, by booking.Actor, ref booking.Reference, who booking.ParticipantID) (Visit, error) {
	return d.place(ctx, by, ref, who, booking.Admitted, booking.PersonAdmitted)
}

// HoldBack puts one participant back to wait.
func (d *Desk) HoldBack(ctx context.Context, by booking.Actor, ref booking.Reference, who booking.ParticipantID) (Visit, error) {
	return d.place(ctx, by, ref, who, booking.HeldBack, booking.PersonHeldBack)
}

// Remove sends one participant away for good.
func (d *Desk) Remove(ctx context.Context, by booking.Actor, ref booking.Reference, who booking.ParticipantID) (Visit, error) {
	return d.place(ctx, by, ref, who, booking.Removed, booking.PersonRemoved)
}

func (d *Desk) place(ctx context.Context, by booking.Actor, ref booking.Reference, who booking.ParticipantID, to booking.Place, what booking.Action) (Visit, error) {
	return d.change(ctx, by, ref, mayRun, func(a *act) error {
		p, err := a.participant(who)
		if err != nil {
			return err
		}
		if a.rec.State.Over() || a.rec.State == booking.Held {
			return booking.ErrVisitOver
		}
		put, err := p.Put(to)
		if err != nil {
			return err
		}
		if to == booking.Admitted {
			if err := mayStillVisit(ctx, a.Tx, a.rec, p, a.now); err != nil {
				return err
			}
			if err := a.goLive(ctx); err != nil {
				return err
			}
		}
		if put == p {
			return nil // pressed twice
		}
		if to == booking.HeldBack && !put.HereSince.IsZero() {
			put.HereSince = a.now // they wait from now on
		}
		if err := a.SaveParticipant(ctx, put); err != nil {
			return err
		}
		return a.record(ctx, what, label(p))
	})
}

// goLive makes the visit live if somebody may be let in, and this is the first.
func (a *act) goLive(ctx context.Context) error {
	live, err := a.rec.Visit.Admit(a.now)
	if err != nil || live.State == a.rec.State {
		return err
	}
	return a.save(ctx, live)
}

// Lock lets nobody new in, or lets them again.
func (d *Desk) Lock(ctx context.Context, by booking.Actor, ref booking.Reference, locked bool) (Visit, error) {
	what := booking.RoomLocked
	if !locked {
		what = booking.RoomUnlocked
	}
	return d.change(ctx, by, ref, mayRun, func(a *act) error {
		return a.set(ctx, what, func(v *booking.Visit) { v.Locked = locked })
	})
}

// Cover stops the patient's picture and sound, or lets them go on, which needs
// their consent like everything that shows them.
func (d *Desk) Cover(ctx context.Context, by booking.Actor, ref booking.Reference, covered bool) (Visit, error) {
	return d.change(ctx, by, ref, mayRun, func(a *act) error { return a.cover(ctx, covered) })
}

// CoverBed is Cover at the wish of the patient's side.
func (d *Desk) CoverBed(ctx context.Context, visit booking.VisitID, covered bool) error {
	_, err := d.changeByID(ctx, booking.System, visit, mayRun, func(a *act) error {
		a.by = booking.Actor{Kind: booking.DeviceActor, ID: string(a.rec.Device)}
		return a.cover(ctx, covered)
	})
	return err
}

func (a *act) cover(ctx context.Context, covered bool) error {
	what := booking.PatientCovered
	if !covered {
		what = booking.PatientUncovered
		if err := consented(ctx, a.Tx, a.rec.Visit, a.now); err != nil {
			return err
		}
	}
	return a.set(ctx, what, func(v *booking.Visit) { v.Covered = covered })
}

// set changes one thing about a visit that is on.
func (a *act) set(ctx context.Context, what booking.Action, change func(v *booking.Visit)) error {
	switch {
	case a.rec.State.Over():
		return booking.ErrVisitOver
	case !a.rec.State.Open():
		return booking.ErrNotStarted
	}
	v := a.rec.Visit
	change(&v)
	if v.Locked == a.rec.Locked && v.Covered == a.rec.Covered {
		return nil // pressed twice
	}
	if err := a.save(ctx, v); err != nil {
		return err
	}
	return a.record(ctx, what, "")
}

// endings are the reasons that staff may give for ending a visit.
var endings = []booking.Reason{
	booking.RanToEnd, booking.ByWard, booking.ByFamily, booking.PatientDeclined, booking.NoShowVisitor, booking.Technical,
}

// End ends a visit now, whatever it is in. One that nobody was let in to is
// cancelled, and those who were coming are told.
func (d *Desk) End(ctx context.Context, by booking.Actor, ref booking.Reference, why booking.Reason) (Visit, error) {
	if !slices.Contains(endings, why) {
		return Visit{}, booking.ErrBadChoice
	}
	return d.change(ctx, by, ref, mayRun, func(a *act) error {
		if a.rec.State == booking.Ended {
			return nil // pressed twice
		}
		over, err := a.rec.End(why, a.now)
		if err != nil {
			return err
		}
		return d.finish(ctx, a, over)
	})
}

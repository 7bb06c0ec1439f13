package booking

import "time"

// Together is what a patient has consented to of whom there were two records: both
// must stand, until the earlier of their days. It is kept when that is so already,
// and otherwise a new consent, dated now. Where the other record's does not stand
// this does not either, for the same cause: it was withdrawn then, or ran out; or,
// as nobody ever gave one, it is Void. made reports whether it is new.
func Together(kept, other Consent, now time.Time, zone *time.Location) (c Consent, made bool) {
	c = kept
	switch {
	case !kept.Stands(now, zone):
		return kept, false
	case !other.WithdrawnAt.IsZero():
		c.At, c.WithdrawnAt = now, other.WithdrawnAt
	case other.At.IsZero() || now.Before(other.At):
		c.At, c.WithdrawnAt = now, now
	case !other.ReviewOn.IsZero() && (kept.ReviewOn.IsZero() || other.ReviewOn.Before(kept.ReviewOn)):
		c.At, c.ReviewOn = now, other.ReviewOn
	default:
		return kept, false
	}
	return c, true
}

// Void reports whether c never counted: one of the two records that it is of had
// none. Nobody withdrew it.
func (c Consent) Void() bool { return !c.At.IsZero() && c.WithdrawnAt.Equal(c.At) }

// Stricter is the infection that needs more care of two.
func Stricter(a, b Infection) Infection {
	care := map[Infection]int{Contact: 1, Droplet: 2, Airborne: 3}
	if care[b] > care[a] {
		return b
	}
	return a
}

// Yields says which of two visits to one patient at one time gives up the claim on
// the patient: one that has begun never does, and otherwise whichever was booked
// later, which its id says.
func Yields(a, b Visit) Visit {
	switch {
	case a.State.Open():
		return b
	case b.State.Open():
		return a
	case a.ID < b.ID:
		return b
	}
	return a
}

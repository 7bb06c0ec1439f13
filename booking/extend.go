package booking

import (
	"slices"
	"time"
)

// Extensions are by how much a visit that is on can be made longer at once.
var Extensions = []time.Duration{5 * time.Minute, 10 * time.Minute, 15 * time.Minute}

// Extend returns v with more time, counted from its end, or from now once that has
// passed. Whether everything it needs is free for so long is for others to say.
func (v Visit) Extend(by time.Duration, now time.Time) (Visit, error) {
	switch {
	case !slices.Contains(Extensions, by):
		return v, ErrBadChoice
	case v.State.Over():
		return v, ErrVisitOver
	case !v.State.Open():
		return v, ErrNotStarted
	}
	end := v.When.End()
	if now.After(end) {
		end = now.Add(time.Minute - 1).Truncate(time.Minute)
	}
	longer, err := NewInterval(v.When.Start(), end.Add(by).Sub(v.When.Start()))
	if err != nil {
		return v, err
	}
	v.When = longer
	return v, nil
}

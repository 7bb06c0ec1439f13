package booking

import (
	"fmt"
	"time"
)

// An Interval is a half-open span of time, [Start, End), in UTC and whole
// minutes. Half-open, so that a visit may begin at the instant another ends.
// The zero Interval is empty and overlaps nothing; no other Interval is empty
// or backwards, because only NewInterval makes one.
type Interval struct{ start, end time.Time }

// NewInterval returns the interval of length d that begins at start.
func NewInterval(start time.Time, d time.Duration) (Interval, error) {
	if d < time.Minute || d%time.Minute != 0 {
		return Interval{}, fmt.Errorf("booking: interval of length %v", d)
	}
	start = start.UTC().Truncate(time.Minute)
	return Interval{start, start.Add(d)}, nil
}

// Start returns the first instant of i.
func (i Interval) Start() time.Time { return i.start }

// End returns the first instant after i.
func (i Interval) End() time.Time { return i.end }

// Length returns the elapsed time from Start to End.
func (i Interval) Length() time.Duration { return i.end.Sub(i.start) }

// IsZero reports whether i is the empty interval.
func (i Interval) IsZero() bool { return i.start.IsZero() && i.end.IsZero() }

// Overlaps reports whether some instant lies in both i and j.
func (i Interval) Overlaps(j Interval) bool {
	return i.start.Before(j.end) && j.start.Before(i.end)
}

// Contains reports whether t lies in i.
func (i Interval) Contains(t time.Time) bool {
	return !t.Before(i.start) && t.Before(i.end)
}

// Widen returns i with before added ahead of it and after behind it: a device's
// interval is the visit's, widened by its preparing and its cleaning.
func (i Interval) Widen(before, after time.Duration) Interval {
	return Interval{i.start.Add(-max(0, before)), i.end.Add(max(0, after))}
}

// String gives i in RFC 3339, for logs and tests.
func (i Interval) String() string {
	return i.start.Format(time.RFC3339) + "/" + i.end.Format(time.RFC3339)
}

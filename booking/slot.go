package booking

import (
	"cmp"
	"slices"
	"time"
)

func sortedSlots(slots []Slot) []Slot {
	slices.SortFunc(slots, func(a, b Slot) int {
		return cmp.Or(a.When.Start().Compare(b.When.Start()), a.When.End().Compare(b.When.End()))
	})
	return slices.CompactFunc(slots, func(a, b Slot) bool { return a.When == b.When })
}

// Diary is what is already taken of the things a visit needs: the patient, and
// each of the ward's usable devices.
type Diary struct {
	Patient []Interval
	Devices map[DeviceID][]Interval
}

// Choose returns the device that a visit at when should take, given the policy's
// buffers, and whether there is one. It refuses with ErrPatientBusy when the
// patient has another visit then, and ErrSlotTaken when every device is taken.
func (d Diary) Choose(when Interval, p Policy) (DeviceID, error) {
	if anyOverlap(d.Patient, when) {
		return "", ErrPatientBusy
	}
	id, ok := BestFit(d.Devices, when.Widen(p.Prepare, p.Clean))
	if !ok {
		return "", ErrSlotTaken
	}
	return id, nil
}

// Free returns those of slots that could be booked now.
func (d Diary) Free(slots []Slot, p Policy) []Slot {
	var free []Slot
	for _, s := range slots {
		if _, err := d.Choose(s.When, p); err == nil {
			free = append(free, s)
		}
	}
	return free
}

// BestFit returns the device whose free time around want is shortest, so that
// longer gaps stay whole for later visits, and whether any device is free for
// the whole of want. Ties go to the lowest id, so that the choice is repeatable.
func BestFit(devices map[DeviceID][]Interval, want Interval) (DeviceID, bool) {
	var best DeviceID
	var bestGap time.Duration
	found := false
	for id, taken := range devices {
		if anyOverlap(taken, want) {
			continue
		}
		gap := gapAround(taken, want)
		if !found || gap < bestGap || gap == bestGap && id < best {
			best, bestGap, found = id, gap, true
		}
	}
	return best, found
}

// farOff bounds a gap that has nothing on one side: a whole day counts as empty.
const farOff = 24 * time.Hour

func gapAround(taken []Interval, want Interval) time.Duration {
	before, after := farOff, farOff
	for _, t := range taken {
		if !t.End().After(want.Start()) {
			before = min(before, want.Start().Sub(t.End()))
		}
		if !t.Start().Before(want.End()) {
			after = min(after, t.Start().Sub(want.End()))
		}
	}
	return before + after
}

func anyOverlap(taken []Interval, want Interval) bool {
	return slices.ContainsFunc(taken, want.Overlaps)
}

// Nearest returns up to n of slots, those whose start is closest to want, in
// order of time.
func Nearest(slots []Slot, want time.Time, n int) []Slot {
	near := slices.Clone(slots)
	slices.SortFunc(near, func(a, b Slot) int {
		return cmp.Or(
			cmp.Compare(a.When.Start().Sub(want).Abs(), b.When.Start().Sub(want).Abs()),
			a.When.Start().Compare(b.When.Start()))
	})
	return sortedSlots(near[:min(n, len(near))])
}

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
// the ward's devices.
type Diary struct {
	Patient []Interval
	Fleet   *Fleet
}

// Choose returns the device that a visit is to take, and which visits must move
// to others for that. It refuses with ErrPatientBusy when the patient has another
// visit then, and ErrSlotTaken when there is no device however the rest is moved.
func (d Diary) Choose(v Visit, zone string) (DeviceID, []DeviceMove, error) {
	if anyOverlap(d.Patient, v.When) {
		return "", nil, ErrPatientBusy
	}
	claim := v.Claim(zone)
	if id, ok := d.Fleet.Choose(claim); ok {
		return id, nil, nil
	}
	if !d.Fleet.HasRoom(claim) {
		return "", nil, ErrSlotTaken
	}
	placed := d.Fleet.Place(claim)
	if len(placed.Unplaced) > 0 {
		return "", nil, ErrSlotTaken
	}
	var id DeviceID
	others := slices.DeleteFunc(placed.Moves, func(m DeviceMove) bool {
		if m.Visit == v.ID {
			id = m.To
		}
		return m.Visit == v.ID
	})
	return id, others, nil
}

// Free returns those of slots that could be booked now for a patient in a bay,
// given the buffers of the policy.
func (d Diary) Free(slots []Slot, zone string, p Policy) []Slot {
	var free []Slot
	for _, s := range slots {
		v := Visit{When: s.When, Prepare: p.Prepare, Clean: p.Clean}
		if !anyOverlap(d.Patient, v.When) && d.Fleet.Fits(v.Claim(zone)) {
			free = append(free, s)
		}
	}
	return free
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

package booking

import (
	"slices"
	"time"
)

// LowBattery is the charge, in per cent, below which a long visit may outlast it.
const LowBattery = 20

// silentAfter is how long a paired device may say nothing before somebody looks for
// it: a nurse who walks to the store and back with the lid shut is no alarm.
const silentAfter = 15 * time.Minute

// A DeviceNeed is why somebody has to see to a device before it is carried to a bed.
type DeviceNeed string

// The needs, the most pressing first.
const (
	NeedsNewPairing DeviceNeed = "copied"   // somebody used a copy of it
	NeedsRepair     DeviceNeed = "broken"   // its camera or its microphone does not work
	NeedsFinding    DeviceNeed = "silent"   // it has not been heard from
	NeedsPairing    DeviceNeed = "unpaired" // no browser is it
	NeedsClock      DeviceNeed = "clock"    // its clock is wrong
	NeedsCharge     DeviceNeed = "battery"  // it is nearly empty
	NeedsCleaning   DeviceNeed = "dirty"    // it was with a patient
)

// Needs are those of a device, the most pressing first. One that is lost or being
// repaired has none: nobody carries it anywhere.
func (d Device) Needs(now time.Time) (needs []DeviceNeed) {
	if !d.State.Usable() {
		return nil
	}
	add := func(when bool, need DeviceNeed) {
		if when {
			needs = append(needs, need)
		}
	}
	add(!d.Copied.IsZero(), NeedsNewPairing)
	add(d.Paired && d.Check.Broken(), NeedsRepair)
	add(d.Paired && now.Sub(d.LastSeen) >= silentAfter, NeedsFinding)
	add(!d.Paired && d.Copied.IsZero(), NeedsPairing)
	add(d.Paired && d.ClockWrong(), NeedsClock)
	add(d.Paired && d.Battery >= 0 && d.Battery < LowBattery, NeedsCharge)
	add(d.State == DeviceDirty, NeedsCleaning)
	return needs
}

// needsInOrder says which is more pressing.
var needsInOrder = []DeviceNeed{NeedsNewPairing, NeedsRepair, NeedsFinding, NeedsPairing, NeedsClock, NeedsCharge, NeedsCleaning}

// CompareByNeed orders devices for somebody who sees to them: by what is most
// pressing; then those that need nothing; last those that nobody carries. Those of
// one kind keep their order.
func CompareByNeed(a, b Device, now time.Time) int { return a.pressing(now) - b.pressing(now) }

func (d Device) pressing(now time.Time) int {
	needs := d.Needs(now)
	switch {
	case !d.State.Usable():
		return len(needsInOrder) + 1
	case len(needs) == 0:
		return len(needsInOrder)
	}
	return slices.Index(needsInOrder, needs[0])
}

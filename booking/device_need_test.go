package booking_test

import (
	"slices"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

func TestWhatADeviceNeeds(t *testing.T) {
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	fit := booking.Device{Paired: true, State: booking.DeviceReady, Battery: -1, LastSeen: now.Add(-14 * time.Minute)}
	with := func(change func(d *booking.Device)) booking.Device {
		d := fit
		change(&d)
		return d
	}
	for name, test := range map[string]struct {
		device booking.Device
		want   []booking.DeviceNeed
	}{
		"nothing":              {fit, nil},
		"in a visit":           {with(func(d *booking.Device) { d.State = booking.DeviceInUse }), nil},
		"charge that is known": {with(func(d *booking.Device) { d.Battery = 20 }), nil},
		"nearly empty":         {with(func(d *booking.Device) { d.Battery = 19 }), []booking.DeviceNeed{booking.NeedsCharge}},
		"silent":               {with(func(d *booking.Device) { d.LastSeen = now.Add(-15 * time.Minute) }), []booking.DeviceNeed{booking.NeedsFinding}},
		"never heard from":     {with(func(d *booking.Device) { d.LastSeen = time.Time{} }), []booking.DeviceNeed{booking.NeedsFinding}},
		"no browser is it":     {booking.Device{State: booking.DeviceReady, Battery: 3}, []booking.DeviceNeed{booking.NeedsPairing}},
		"a copy was used":      {booking.Device{State: booking.DeviceReady, Copied: now}, []booking.DeviceNeed{booking.NeedsNewPairing}},
		"a lens in a drawer":   {with(func(d *booking.Device) { d.Check.Camera = booking.SenseDark }), nil},
		"no microphone":        {with(func(d *booking.Device) { d.Check.Microphone = booking.SenseMissing }), []booking.DeviceNeed{booking.NeedsRepair}},
		"a clock a day slow":   {with(func(d *booking.Device) { d.ClockAhead = -24 * time.Hour }), []booking.DeviceNeed{booking.NeedsClock}},
		"two things": {
			with(func(d *booking.Device) { d.Battery, d.State = 0, booking.DeviceDirty }),
			[]booking.DeviceNeed{booking.NeedsCharge, booking.NeedsCleaning},
		},
		"lost":        {booking.Device{State: booking.DeviceLost}, nil},
		"in a repair": {with(func(d *booking.Device) { d.Battery, d.State = 1, booking.DeviceOutOfService }), nil},
	} {
		if got := test.device.Needs(now); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func TestDevicesInOrderOfNeed(t *testing.T) {
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	devices := []booking.Device{
		{Tag: "lost", State: booking.DeviceLost},
		{Tag: "fit", State: booking.DeviceReady, Paired: true, LastSeen: now},
		{Tag: "fit too", State: booking.DeviceInUse, Paired: true, LastSeen: now, Battery: 90},
		{Tag: "dirty", State: booking.DeviceDirty, Paired: true, LastSeen: now, Battery: -1},
		{Tag: "silent and dirty", State: booking.DeviceDirty, Paired: true, Battery: -1},
		{Tag: "copied", State: booking.DeviceReady, Copied: now},
	}
	devices[1].Battery = -1
	slices.SortStableFunc(devices, func(a, b booking.Device) int { return booking.CompareByNeed(a, b, now) })
	var tags []string
	for _, d := range devices {
		tags = append(tags, d.Tag)
	}
	if want := []string{"copied", "silent and dirty", "dirty", "fit", "fit too", "lost"}; !slices.Equal(tags, want) {
		t.Errorf("%q, want %q", tags, want)
	}
}

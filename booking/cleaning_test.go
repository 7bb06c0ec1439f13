package booking_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/wardvisit/wardvisit/booking"
)

// The whole table, written a second time by hand: what will do after whom.
func TestWhichCleaningIsEnough(t *testing.T) {
	want := map[booking.Infection][]booking.CleanMethod{
		booking.NoInfection: {booking.Wipe, booking.Chlorine, booking.Ultraviolet},
		booking.Contact:     {booking.Chlorine},
		booking.Droplet:     {booking.Chlorine, booking.Ultraviolet},
		booking.Airborne:    {booking.Chlorine, booking.Ultraviolet},
	}
	for after, methods := range want {
		if got := after.CleanedBy(); !slices.Equal(got, methods) {
			t.Errorf("%s: %v, want %v", after, got, methods)
		}
		for _, m := range booking.CleanMethods {
			var refused error
			if !slices.Contains(methods, m) {
				refused = booking.ErrCleanMethod
			}
			if err := booking.CheckClean(m, after); !errors.Is(err, refused) {
				t.Errorf("%s after %s: %v, want %v", m, after, err, refused)
			}
		}
		if err := booking.CheckClean("spit", after); !errors.Is(err, booking.ErrBadChoice) {
			t.Errorf("spit after %s: %v", after, err)
		}
	}
	if err := booking.CheckClean(booking.Chlorine, "plague"); !errors.Is(err, booking.ErrCleanMethod) {
		t.Errorf("after a class that there is not: %v", err)
	}
}

// What has been with two patients is cleaned for both.
func TestSoiledTwice(t *testing.T) {
	for before := range map[booking.Infection]bool{booking.NoInfection: true, booking.Contact: true, booking.Droplet: true, booking.Airborne: true} {
		for _, now := range append([]booking.Infection{booking.NoInfection}, booking.Infections...) {
			both := booking.Soil(before, now)
			for _, m := range both.CleanedBy() {
				if !slices.Contains(before.CleanedBy(), m) || !slices.Contains(now.CleanedBy(), m) {
					t.Errorf("%s after %s and %s", m, before, now)
				}
			}
		}
	}
}

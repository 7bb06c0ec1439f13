package booking_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/wardvisit/wardvisit/booking"
)

func TestBedsAreWrittenOut(t *testing.T) {
	for _, tt := range []struct {
		typed string
		want  string // by |
		err   error
	}{
		{"Bed 1", "Bed 1", nil},
		{"Bed 1-3", "Bed 1|Bed 2|Bed 3", nil},
		{"Bed 9 – 11", "Bed 9|Bed 10|Bed 11", nil},
		{"Bed 1 to 2", "Bed 1|Bed 2", nil},
		{"A01-03", "A01|A02|A03", nil},
		{"1-2, Window bed\nDoor bed;1", "1|2|Window bed|Door bed", nil},
		{"  Bed   1 ,, bed 1\r\n", "Bed 1", nil},
		{"Ward to let", "Ward to let", nil},
		{"=cmd()", "=cmd()", nil}, // a name like any other; nothing runs it
		{"", "", booking.ErrMissing},
		{" ,\n; ", "", booking.ErrMissing},
		{"Bed 6-1", "", booking.ErrBedRange},
		{"Bed 1-101", "", booking.ErrTooManyBeds},
		{"Bed 1-999999", "", booking.ErrTooManyBeds},
		{"A 1-60, B 1-60", "", booking.ErrTooManyBeds},
	} {
		got, err := booking.BedNames(tt.typed)
		if !errors.Is(err, tt.err) || tt.err == nil && !slices.Equal(got, strings.Split(tt.want, "|")) {
			t.Errorf("%q: %q, %v; want %q, %v", tt.typed, got, err, tt.want, tt.err)
		}
	}
}

func TestNamesAreOrderedAsPeopleCount(t *testing.T) {
	want := []string{"", "2", "10", "Bay 1", "Bay 1, Bed 2", "bay 2", "Bay 10", "Bed 07", "Bed 8", "Bed 99999999999999999999", "Bed A", "Étage 2"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortStableFunc(got, booking.CompareNames)
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

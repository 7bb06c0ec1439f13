package desk_test

import (
	"errors"
	"testing"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// A visit that was held is counted with how long it took, and everybody who lay in the
// ward meanwhile and had none; and only for whoever may read it.
func TestFiguresOfAVisit(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		reader := booking.Actor{Kind: booking.StaffActor, ID: id[string]('s', 1), Wards: map[booking.WardID]booking.Roles{wardID(1): {booking.Auditor}, wardID(2): {booking.Nurse}}}
		day := booking.DateOf(morning, london)
		read := func() booking.Figures {
			t.Helper()
			p, err := w.Figures(t.Context(), reader, wardID(1), day, day, false)
			if err != nil {
				t.Fatal(err)
			}
			return p.All
		}
		before := read()
		lay, never := before.Patients()
		if before.Held != (booking.Count{}) || lay == (booking.Count{}) || lay != never {
			t.Errorf("before anything: %+v", before)
		}
		v := w.book(1, today(15, 0), desk.Details{})
		w.at(today(12, 0))
		if _, err := w.Cancel(t.Context(), nurse(1), v.Reference, v.Version); err != nil {
			t.Fatal(err)
		}
		if after := read(); after.Missed[booking.WhyWard] != booking.Tell(1) {
			t.Errorf("a visit that was called off: %+v", after)
		}
		for _, tt := range []struct {
			ward     booking.WardID
			from, to booking.Date
			want     error
		}{
			{wardID(2), day, day, booking.ErrMayNot}, {wardID(3), day, day, booking.ErrNoSuchWard},
			{wardID(1), day, day.AddDays(-1), booking.ErrBadTime}, {wardID(1), day, day.AddDays(366), booking.ErrBadTime},
			{wardID(3), day, day.AddDays(-1), booking.ErrNoSuchWard},
		} {
			if _, err := w.Figures(t.Context(), reader, tt.ward, tt.from, tt.to, false); !errors.Is(err, tt.want) {
				t.Errorf("%s, %v to %v: %v, want %v", tt.ward, tt.from, tt.to, err, tt.want)
			}
		}
		all, err := w.AllFigures(t.Context(), reader, day, day, true)
		if err != nil || len(all.Wards) != 1 || all.Wards[0].Ward.ID != wardID(1) {
			t.Errorf("of all wards: %d, %v", len(all.Wards), err)
		}
		if _, err := w.AllFigures(t.Context(), nurse(1), day, day, false); !errors.Is(err, booking.ErrNoSuchWard) {
			t.Errorf("of all wards, for a nurse: %v", err)
		}
	})
}

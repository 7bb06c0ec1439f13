package booking_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wardvisit/wardvisit/booking"
)

var monday = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// said makes movements, an hour apart, from words: "admit a", "transfer b",
// "cancel_transfer".
func said(words ...string) []booking.Movement {
	var all []booking.Movement
	for i, w := range words {
		m := booking.Movement{Source: "pas", ControlID: fmt.Sprint(i), Patient: "p", At: monday.Add(time.Duration(i) * time.Hour)}
		var kind, bed string
		_, _ = fmt.Sscan(w, &kind, &bed) // a kind alone has no bed
		m.Kind, m.Bed = booking.MovementKind(kind), booking.BedID(bed)
		if bed != "" {
			m.Ward = booking.WardID("ward " + bed)
		}
		all = append(all, m)
	}
	return all
}

func TestWhereAPatientIs(t *testing.T) {
	for _, tt := range []struct {
		name  string
		said  []string
		state booking.PatientState
		bed   booking.BedID
		since int // hours
		spent int // spells
	}{
		{"nothing known", nil, booking.PatientDischarged, "", -1, 0},
		{"admitted", []string{"admit a"}, booking.PatientActive, "a", 0, 1},
		{"moved", []string{"admit a", "transfer b"}, booking.PatientActive, "b", 1, 2},
		{"moved, and not", []string{"admit a", "transfer b", "cancel_transfer"}, booking.PatientActive, "a", 0, 1},
		{"of two moves, not the last", []string{"admit a", "transfer b", "transfer c", "cancel_transfer"}, booking.PatientActive, "b", 1, 2},
		{"told twice", []string{"admit a", "transfer b", "transfer b"}, booking.PatientActive, "b", 1, 2},
		{"home", []string{"admit a", "discharge"}, booking.PatientDischarged, "a", 1, 1},
		{"home, and not", []string{"admit a", "discharge", "cancel_discharge"}, booking.PatientActive, "a", 0, 1},
		{"home twice, and not", []string{"admit a", "discharge", "discharge", "cancel_discharge"}, booking.PatientActive, "a", 0, 1},
		{"home and back", []string{"admit a", "discharge", "admit b"}, booking.PatientActive, "b", 2, 2},
		{"never came back", []string{"admit a", "discharge", "admit b", "transfer c", "cancel_admit"}, booking.PatientDischarged, "a", 1, 1},
		{"never came", []string{"admit a", "cancel_admit"}, booking.PatientDischarged, "", -1, 0},
		{"died", []string{"admit a", "die"}, booking.PatientDied, "a", 1, 1},
		{"died, then moved and home", []string{"admit a", "die", "transfer b", "discharge"}, booking.PatientDied, "b", 1, 1},
		{"did not die", []string{"admit a", "die", "transfer b", "cancel_death"}, booking.PatientActive, "b", 2, 2},
		{"died after all of it was taken back", []string{"admit a", "die", "cancel_admit"}, booking.PatientDied, "", 1, 0},
		{"nothing to take back", []string{"cancel_transfer", "cancel_death", "admit a"}, booking.PatientActive, "a", 2, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := booking.WhereaboutsOf(said(tt.said...))
			since := monday.Add(time.Duration(tt.since) * time.Hour)
			if tt.since < 0 {
				since = time.Time{}
			}
			if w.State != tt.state || w.Bed != tt.bed || !w.Since.Equal(since) || len(w.Spells) != tt.spent {
				t.Errorf("%s in %q since %v after %d spells: %+v", w.State, w.Bed, w.Since, len(w.Spells), w.Spells)
			}
		})
	}
}

// What happens at one instant is taken back after it is said.
func TestAnUndoAtTheSameInstantComesAfter(t *testing.T) {
	all := said("admit a", "transfer b", "cancel_transfer")
	all[2].At, all[2].ControlID = all[1].At, "0"
	if w := booking.WhereaboutsOf(all); w.Bed != "a" {
		t.Errorf("lies in %s", w.Bed)
	}
}

// Any order of telling and any repetition leads to the same place by the same way,
// and the way makes sense.
func TestAnyOrderLeadsToTheSamePlace(t *testing.T) {
	kinds := []string{"admit a", "admit b", "transfer a", "transfer b", "transfer c", "discharge", "die",
		"cancel_admit", "cancel_transfer", "cancel_discharge", "cancel_death"}
	rapid.Check(t, func(t *rapid.T) {
		all := said(rapid.SliceOfN(rapid.SampledFrom(kinds), 0, 9).Draw(t, "said")...)
		for i := range all { // some at the same instant
			all[i].At = monday.Add(time.Duration(rapid.IntRange(0, 5).Draw(t, "at")) * time.Hour)
		}
		want := booking.WhereaboutsOf(all)
		told := append(slices.Clone(all), all...)
		told = rapid.Permutation(told).Draw(t, "told")
		if got := booking.WhereaboutsOf(told); !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v, not %+v", got, want)
		}
		for i, s := range want.Spells {
			if !s.To.IsZero() && !s.From.Before(s.To) || i > 0 && (want.Spells[i-1].To.IsZero() || s.From.Before(want.Spells[i-1].To)) {
				t.Fatalf("spells %+v", want.Spells)
			}
		}
		if n := len(want.Spells); want.Here() != (n > 0 && want.Spells[n-1].To.IsZero()) {
			t.Fatalf("here %v, spells %+v", want.Here(), want.Spells)
		}
	})
}

func TestWhatAMovementMustSay(t *testing.T) {
	good := booking.Movement{Source: "pas", ControlID: "1", Patient: "p", Kind: booking.MovementTransfer, At: monday, Ward: "w", Bed: "b"}
	for _, tt := range []struct {
		name   string
		change func(m *booking.Movement)
		want   error
	}{
		{"all of it", func(*booking.Movement) {}, nil},
		{"no name", func(m *booking.Movement) { m.ControlID = "" }, booking.ErrMissing},
		{"no bed", func(m *booking.Movement) { m.Bed = "" }, booking.ErrMissing},
		{"a discharge to a bed", func(m *booking.Movement) { m.Kind = booking.MovementDischarge }, booking.ErrMissing},
		{"a clock a little ahead", func(m *booking.Movement) { m.At = monday.Add(5 * time.Minute) }, nil},
		{"tomorrow", func(m *booking.Movement) { m.At = monday.Add(24 * time.Hour) }, booking.ErrBadTime},
		{"no kind", func(m *booking.Movement) { m.Kind, m.Ward, m.Bed = "fly", "", "" }, booking.ErrBadChoice},
	} {
		m := good
		tt.change(&m)
		if err := m.Check(monday); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

package desk_test

import (
	"slices"
	"testing"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// Patient 1 has a visit from visitor 1; visitor 2 is in the circle too, visitor
// 903 only proposed.
func TestJoiningAVisit(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{})
		seen := must[[]desk.Joinable](t)(w.Joinable(ctx, as(2), patientID(1), tuesday))
		if len(seen) != 1 || seen[0].When != v.When || !slices.Equal(seen[0].With, []string{"Visitor 1"}) || seen[0].Full {
			t.Fatalf("visitor 2 sees %+v", seen)
		}
		for _, tt := range []struct {
			name string
			n    int
			want error
		}{
			{"a stranger", 3, booking.ErrNotInCircle},
			{"somebody not approved", 903, booking.ErrNotApproved},
		} {
			_, err := w.JoinVisit(ctx, as(tt.n), patientID(1), today(15, 0))
			refused(t, tt.name, err, tt.want)
		}
		_, err := w.JoinVisit(ctx, as(2), patientID(1), today(16, 0))
		refused(t, "when there is none", err, booking.ErrNothingToJoin)

		joined := must[desk.Visit](t)(w.Keyed("join").JoinVisit(ctx, as(2), patientID(1), today(15, 10)))
		again := must[desk.Visit](t)(w.Keyed("join").JoinVisit(ctx, as(2), patientID(1), today(15, 10)))
		twice := must[desk.Visit](t)(w.JoinVisit(ctx, as(2), patientID(1), today(15, 0)))
		if joined.ID != v.ID || len(joined.People) != 2 || again.ID != v.ID || len(twice.People) != 2 {
			t.Errorf("joined %+v", joined)
		}
		if l := w.letters("kind = 'booked' AND recipient = '" + phone(2) + "'"); len(l) != 1 {
			t.Errorf("told %v", l)
		}
		if seen := must[[]desk.Joinable](t)(w.Joinable(ctx, as(2), patientID(1), tuesday)); len(seen) != 0 {
			t.Error("who comes already may join")
		}
	})
}

func TestNobodyJoinsWhoMayNot(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.book(1, today(15, 0), desk.Details{})
		w.decided(`people = 1`)
		if seen := must[[]desk.Joinable](t)(w.Joinable(ctx, as(2), patientID(1), tuesday)); len(seen) != 1 || !seen[0].Full {
			t.Errorf("a full visit: %+v", seen)
		}
		_, err := w.JoinVisit(ctx, as(2), patientID(1), today(15, 0))
		refused(t, "a full visit", err, booking.ErrTooManyPeople)
		must[booking.CircleMember](t)(w.Bar(ctx, nurse(1), memberID(102), "has threatened staff"))
		if seen := must[[]desk.Joinable](t)(w.Joinable(ctx, as(2), patientID(1), tuesday)); len(seen) != 0 {
			t.Error("somebody who is barred sees when others come")
		}
		_, err = w.JoinVisit(ctx, as(2), patientID(1), today(15, 0))
		refused(t, "barred", err, booking.ErrNoSlots)
	})
}

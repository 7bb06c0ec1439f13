package desk_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// A told is one message of a hospital's own system.
type told struct {
	kind booking.MovementKind
	at   time.Duration // after the first
	bed  booking.BedID
}

// stories are courses of patients. Bed 1 is in ward 2; bed 2 is in ward 1; ward 3
// takes no visits, and bed 3 is in it.
var stories = map[string][]told{
	"to another ward and on to a third": {
		{booking.MovementTransfer, 1, bedID(1)}, {booking.MovementTransfer, 2, bedID(3)}, {booking.MovementDischarge, 3, ""},
		{booking.MovementCancelDischarge, 4, ""},
	},
	"a transfer that was none": {
		{booking.MovementTransfer, 1, bedID(1)}, {booking.MovementCancelTransfer, 2, ""}, {booking.MovementTransfer, 3, bedID(2)},
		{booking.MovementDischarge, 4, ""},
	},
	"a death that was none": {
		{booking.MovementTransfer, 1, bedID(1)}, {booking.MovementDeath, 2, ""}, {booking.MovementCancelDeath, 3, ""},
		{booking.MovementTransfer, 4, bedID(2)}, {booking.MovementTransfer, 5, bedID(1)},
	},
	"home, back, and dead": {
		{booking.MovementDischarge, 1, ""}, {booking.MovementAdmit, 2, bedID(1)}, {booking.MovementTransfer, 3, bedID(2)},
		{booking.MovementDeath, 4, ""},
	},
	"an admission that was none": {
		{booking.MovementDischarge, 1, ""}, {booking.MovementAdmit, 2, bedID(1)}, {booking.MovementCancelAdmit, 3, ""},
		{booking.MovementAdmit, 4, bedID(3)},
	},
}

// In whatever order a hospital's system tells a story, and however often, it ends
// alike: the same stays, the same visits, the same flags.
func TestAnyOrderOfMessagesTellsTheSameStory(t *testing.T) {
	for name, story := range stories {
		t.Run(name, func(t *testing.T) {
			inHospital(t, func(t *testing.T, w *world) {
				w.openWard3(t)
				w.spareBed(1, 2)
				w.spareBed(2, 1)
				w.at(today(11, 0))
				var want string
				for i, order := range orders(len(story)) {
					got := w.tell(t, i, story, order)
					if i == 0 {
						want = got
					}
					if got != want {
						t.Fatalf("told in the order %v it ends as\n%s\nnot as\n%s", order, got, want)
					}
				}
				if !strings.Contains(want, "visit") {
					t.Fatalf("nothing happened: %s", want)
				}
			})
		})
	}
}

// openWard3 makes a ward that takes no visits, with bed 3.
func (w *world) openWard3(t *testing.T) {
	for _, query := range []string{
		`INSERT INTO wards (id, site_id, name, phone, enabled) VALUES ('` + string(wardID(3)) + `', '` + id[string]('h', 1) + `', 'Ward 3', '1', false)`,
		`INSERT INTO policies (ward_id, version, prepare_minutes, clean_minutes, earliest_minutes, notice_minutes, change_cutoff_minutes,
		   hold_minutes, opens_before_minutes, grace_minutes, people) VALUES ('` + string(wardID(3)) + `', 1, 0, 0, 1000, 0, 0, 10, 10, 10, 3)`,
	} {
		if _, err := w.raw.ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	w.spareBed(3, 3)
}

// orders are all orders of n messages, the given one first, each with some of them
// told twice.
func orders(n int) [][]int {
	random := rand.New(rand.NewPCG(7, 11))
	var all [][]int
	var walk func(so, left []int)
	walk = func(so, left []int) {
		if len(left) == 0 {
			order := append([]int(nil), so...)
			for range 2 { // again, at any later place
				again := order[random.IntN(len(order))]
				order = append(order, again)
			}
			all = append(all, order)
			return
		}
		for i := range left {
			rest := append(append([]int(nil), left[:i]...), left[i+1:]...)
			walk(append(so, left[i]), rest)
		}
	}
	first := make([]int, n)
	for i := range first {
		first[i] = i
	}
	walk(nil, first)
	return all
}

// tell gives patient 1 two visits, tells a story in an order, and says how it ends;
// then everything is as it was before.
func (w *world) tell(t *testing.T, run int, story []told, order []int) string {
	ctx := t.Context()
	var visits []desk.Visit
	for _, hour := range []int{15, 17} {
		visits = append(visits, w.book(1, today(hour, 0), desk.Details{}))
	}
	source := fmt.Sprint("pas ", run)
	for _, i := range order {
		m := story[i]
		said := desk.Said{Source: source, ControlID: fmt.Sprint(source, " ", (i*7)%5, i), At: today(10, 0).Add(m.at * time.Minute)}
		var err error
		switch m.kind {
		case booking.MovementAdmit:
			_, err = w.AdmitPatient(ctx, booking.System, desk.Admission{MRN: "M00001", Name: "Patient", Alias: "P", Bed: m.bed}, said)
		case booking.MovementTransfer:
			_, err = w.Transfer(ctx, booking.System, patientID(1), m.bed, said)
		case booking.MovementDischarge:
			_, err = w.Discharge(ctx, booking.System, patientID(1), said)
		case booking.MovementDeath:
			_, err = w.Die(ctx, booking.System, patientID(1), said)
		case booking.MovementCancelAdmit:
			_, err = w.CancelAdmit(ctx, booking.System, patientID(1), said)
		case booking.MovementCancelTransfer:
			_, err = w.CancelTransfer(ctx, booking.System, patientID(1), said)
		case booking.MovementCancelDischarge:
			_, err = w.CancelDischarge(ctx, booking.System, patientID(1), said)
		case booking.MovementCancelDeath:
			_, err = w.Revive(ctx, booking.System, patientID(1), said)
		}
		ok(t, err)
	}
	ends := w.ending(t, visits)
	w.forget(t)
	return ends
}

// ending says where patient 1 is and has been, what has become of their visits and
// why anybody is to look at them. That somebody is to tell a family that a visit
// was put back says what was done, not how things stand; and where a visit was
// when it was cancelled is history.
func (w *world) ending(t *testing.T, visits []desk.Visit) string {
	var lines []string
	add := func(query string, args ...any) {
		rows, err := w.raw.QueryContext(t.Context(), query, args...)
		ok(t, err)
		defer rows.Close()
		for rows.Next() {
			var a, b, c string
			ok(t, rows.Scan(&a, &b, &c))
			lines = append(lines, a+" "+b+" "+c)
		}
		ok(t, rows.Err())
	}
	add(`SELECT 'patient', state, '' FROM patients WHERE id = $1`, patientID(1))
	add(`SELECT 'stay', CAST(bed_id AS text), CAST(from_at AS text) || ' ' || COALESCE(CAST(to_at AS text), 'on') FROM stays
WHERE patient_id = $1 ORDER BY from_at`, patientID(1))
	add(`SELECT 'task', kind, CAST(ward_id AS text) FROM tasks WHERE patient_id = $1 AND done_at IS NULL`, patientID(1))
	for _, v := range visits {
		r := w.record(v.ID)
		place := ""
		if r.State == booking.Booked {
			place = fmt.Sprint(r.Ward, " ", r.DeviceRecord.Ward)
		}
		lines = append(lines, fmt.Sprintln("visit", r.State, r.Reason, r.When, place))
		add(`SELECT kind, CAST(ward_id AS text), cause FROM flags WHERE visit_id = $1 AND closed_at IS NULL AND kind <> 'untold' ORDER BY kind, ward_id`, v.ID)
	}
	if n := w.overlaps(); n != 0 {
		t.Fatalf("%d overlaps", n)
	}
	return strings.Join(lines, "\n")
}

// forget makes patient 1 as if nothing had been told or booked.
func (w *world) forget(t *testing.T) {
	for _, query := range []string{
		`DELETE FROM flags`, `DELETE FROM tasks`, `UPDATE reservations SET state = 'released'`,
		`DELETE FROM outbox`, `DELETE FROM invites`, `DELETE FROM participants`, `DELETE FROM reservations`,
		`DELETE FROM visits WHERE patient_id = '` + string(patientID(1)) + `'`,
		`DELETE FROM stays WHERE patient_id = '` + string(patientID(1)) + `'`,
		`DELETE FROM movements WHERE patient_id = '` + string(patientID(1)) + `' AND source <> 'stay'`,
		`UPDATE patients SET state = 'active' WHERE id = '` + string(patientID(1)) + `'`,
		`INSERT INTO stays (id, patient_id, ward_id, bed_id, from_at)
		   SELECT id, patient_id, ward_id, bed_id, at FROM movements WHERE patient_id = '` + string(patientID(1)) + `'`,
	} {
		if _, err := w.raw.ExecContext(t.Context(), query); err != nil {
			t.Fatal(query, err)
		}
	}
}

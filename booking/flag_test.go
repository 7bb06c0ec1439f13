package booking_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wardvisit/wardvisit/booking"
)

// quietly is a visit that nothing troubles, and its situation.
func quietly(t testing.TB) (booking.Visit, booking.Situation) {
	when, err := booking.NewInterval(monday.Add(6*time.Hour), 30*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	v := booking.Visit{ID: "v1", Patient: "p", Ward: "w", Device: "d", State: booking.Booked, Kind: booking.Ordinary, When: when, Clean: 10 * time.Minute}
	return v, booking.Situation{
		Patient: booking.Patient{ID: "p", State: booking.PatientActive}, Stay: booking.Stay{Ward: "w", Bay: "1"},
		Consent: booking.Consent{ID: "c", At: monday}, Zone: time.UTC, Now: monday, Buffers: booking.Buffers{Clean: 10 * time.Minute},
		Device: booking.Device{ID: "d", Ward: "w", State: booking.DeviceReady},
		People: []booking.Participant{{Role: booking.AsVisitor, Visitor: "anna", Place: booking.Expected}},
		Table: booking.Timetable{Zone: time.UTC, Sessions: []booking.Session{{
			ID: "s", Ward: "w", Weekday: time.Monday, Start: 14 * 60, End: 16 * 60, Length: 30 * time.Minute, Step: 30 * time.Minute,
			ValidFrom: booking.Date{Year: 2026, Month: 1, Day: 1}, Audience: booking.ForRelatives,
		}}},
	}
}

func TestWhatTroublesAVisit(t *testing.T) {
	day := booking.DateOf(monday, time.UTC)
	closed := booking.Closure{ID: "k", Ward: "w", From: day, To: day, End: 24 * 60}
	for _, tt := range []struct {
		name   string
		change func(v *booking.Visit, s *booking.Situation)
		want   string // kind, cause and wards
	}{
		{"nothing", func(*booking.Visit, *booking.Situation) {}, ""},
		{"moved", func(_ *booking.Visit, s *booking.Situation) { s.Stay.Ward = "x" }, "patient_moved ward x [w x]"},
		{"left", func(_ *booking.Visit, s *booking.Situation) {
			s.Patient.State, s.Stay, s.Course.Since = booking.PatientDischarged, booking.Stay{}, monday
		}, "patient_away discharged 2026-11-23T08:00:00Z [w]"},
		{"no consent", func(_ *booking.Visit, s *booking.Situation) { s.Consent.WithdrawnAt = monday }, "consent_withdrawn consent c [w]"},
		{"past its day", func(_ *booking.Visit, s *booking.Situation) { s.Consent.ReviewOn = day.AddDays(-1) }, "consent_withdrawn consent c [w]"},
		{"barred", func(_ *booking.Visit, s *booking.Situation) { s.Bars = map[booking.VisitorID]string{"anna": "b"} }, "visitor_barred bar b [w]"},
		{"barred, and sent away", func(_ *booking.Visit, s *booking.Situation) {
			s.Bars, s.People[0].Place = map[booking.VisitorID]string{"anna": "b"}, booking.Removed
		}, ""},
		{"paused", func(_ *booking.Visit, s *booking.Situation) { s.Paused = map[booking.VisitorID]string{"anna": "m"} }, "visitor_paused member m [w]"},
		{"paused and barred", func(_ *booking.Visit, s *booking.Situation) {
			s.Bars, s.Paused = map[booking.VisitorID]string{"anna": "b"}, map[booking.VisitorID]string{"anna": "m"}
		}, "visitor_barred bar b [w]"},
		{"closed", func(_ *booking.Visit, s *booking.Situation) { s.Table.Closures = []booking.Closure{closed} }, "closure closure k [w]"},
		{"closed, and set aside", func(_ *booking.Visit, s *booking.Situation) {
			s.Table.Closures, s.Aside = []booking.Closure{closed}, []string{"closed"}
		}, ""},
		{"closed for others than goodbyes", func(v *booking.Visit, s *booking.Situation) {
			s.Table.Closures, v.Kind = []booking.Closure{closed}, booking.EndOfLife
		}, ""},
		{"protected", func(_ *booking.Visit, s *booking.Situation) {
			s.Table.Protected = []booking.ProtectedTime{{ID: "m", Days: booking.EveryDay, Start: 14 * 60, End: 15 * 60}}
		}, "protected protected m [w]"},
		{"outside", func(_ *booking.Visit, s *booking.Situation) { s.Table.Sessions = nil }, "outside times [w]"},
		{"lost", func(_ *booking.Visit, s *booking.Situation) { s.Device.State = booking.DeviceLost }, "device_lost device d lost [w]"},
		{"lent", func(_ *booking.Visit, s *booking.Situation) {
			s.Loans = []booking.Loan{{To: "x", From: monday, Till: monday.Add(24 * time.Hour)}}
		}, "device_lost device d in x [w]"},
		{"lent until before", func(_ *booking.Visit, s *booking.Situation) {
			s.Loans = []booking.Loan{{To: "x", From: monday, Till: monday.Add(2 * time.Hour)}}
		}, ""},
		{"too little time", func(_ *booking.Visit, s *booking.Situation) {
			s.Patient.Infection, s.Buffers.Clean = booking.Airborne, time.Hour
		}, "short_clean infection airborne [w]"},
		{"no interpreter", func(v *booking.Visit, s *booking.Situation) {
			v.Tongue, s.Offer = booking.Tongue{Language: "pl", Mode: booking.Spoken}, &booking.InterpreterBooking{ID: "o", State: booking.Declined}
		}, "interpreter_gone offer o [w]"},
		{"without an interpreter", func(v *booking.Visit, s *booking.Situation) {
			v.Tongue, s.Without = booking.Tongue{Language: "pl", Mode: booking.Spoken}, true
		}, ""},
		{"overlap", func(v *booking.Visit, s *booking.Situation) {
			s.Others = map[booking.VisitID]booking.Interval{"v2": v.When}
		}, "overlap visit v2 [w]"},
		{"two things", func(_ *booking.Visit, s *booking.Situation) {
			s.Consent.WithdrawnAt, s.Device.State = monday, booking.DeviceLost
		}, "consent_withdrawn consent c [w], device_lost device d lost [w]"},
		{"held", func(v *booking.Visit, s *booking.Situation) { v.State, s.Consent = booking.Held, booking.Consent{} }, ""},
		{"over", func(v *booking.Visit, s *booking.Situation) { v.State, s.Consent = booking.Ended, booking.Consent{} }, ""},
		{"cancelled for a death that was none", func(v *booking.Visit, _ *booking.Situation) {
			v.State, v.Reason = booking.Cancelled, booking.Sensitive
		}, "not_put_back visit v1 [w]"},
		{"cancelled for a death", func(v *booking.Visit, s *booking.Situation) {
			v.State, v.Reason, s.Patient.State = booking.Cancelled, booking.Sensitive, booking.PatientDied
		}, ""},
		{"cancelled by the family", func(v *booking.Visit, _ *booking.Situation) { v.State, v.Reason = booking.Cancelled, booking.ByFamily }, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, s := quietly(t)
			tt.change(&v, &s)
			var got []string
			for _, trouble := range booking.Troubles(v, s) {
				got = append(got, fmt.Sprint(trouble.Kind, " ", trouble.Cause, " ", trouble.Wards))
			}
			if strings.Join(got, ", ") != tt.want {
				t.Errorf("%v, want %s", got, tt.want)
			}
		})
	}
}

// Whatever came before: afterwards the open flags are those of what troubles the
// visit and was not kept, one for each kind and ward, and doing it again does
// nothing.
func TestFlagsSayWhatTroublesAVisitNow(t *testing.T) {
	kinds := []booking.FlagKind{booking.PatientMoved, booking.ClosedThen, booking.ConsentGone}
	causes := []string{"a", "b"}
	rapid.Check(t, func(t *rapid.T) {
		v := booking.Visit{ID: "v", Ward: "w", State: booking.Booked}
		draw := func(name string) []booking.Trouble {
			var troubles []booking.Trouble
			for range rapid.IntRange(0, 4).Draw(t, name) {
				troubles = append(troubles, booking.Trouble{
					Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Cause: rapid.SampledFrom(causes).Draw(t, "cause"),
					Wards: rapid.SampledFrom([][]booking.WardID{{"w"}, {"w", "x"}}).Draw(t, "wards"),
				})
			}
			return troubles
		}
		var flags []booking.Flag
		apply := func(troubles []booking.Trouble) int {
			closing, opening := booking.Reconcile(v, flags, troubles)
			for _, c := range closing {
				for i := range flags {
					if flags[i].ID == c.ID {
						flags[i].Closing, flags[i].ClosedAt = c.Closing, monday
					}
				}
			}
			for _, o := range opening {
				o.ID = booking.FlagID(fmt.Sprint(len(flags)))
				flags = append(flags, o)
			}
			return len(closing) + len(opening)
		}
		kept := map[string]bool{}
		var last []booking.Trouble
		for range rapid.IntRange(1, 5).Draw(t, "times") {
			last = draw("troubles")
			apply(last)
			if apply(last) != 0 {
				t.Fatalf("twice is not once: %+v", flags)
			}
			for i := range flags {
				if flags[i].Open() && rapid.IntRange(0, 3).Draw(t, "keep") == 0 {
					flags[i].Closing, flags[i].ClosedAt = booking.KeptAsIs, monday
					kept[fmt.Sprint(flags[i].Ward, flags[i].Kind, flags[i].Cause)] = true
				}
			}
		}
		apply(last)
		open := map[string]int{}
		for _, f := range flags {
			if f.Open() {
				open[fmt.Sprint(f.Ward, f.Kind)]++
			}
		}
		want := map[string]int{}
		for _, trouble := range last {
			for _, ward := range trouble.Wards {
				if !kept[fmt.Sprint(ward, trouble.Kind, trouble.Cause)] {
					want[fmt.Sprint(ward, trouble.Kind)] = 1
				}
			}
		}
		if fmt.Sprint(open) != fmt.Sprint(want) {
			t.Fatalf("open %v, want %v", open, want)
		}
	})
}

package booking_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"pgregory.net/rapid"
)

func interval(t testing.TB, start string, d time.Duration) booking.Interval {
	t.Helper()
	at, err := time.Parse(time.RFC3339, start)
	if err != nil {
		t.Fatal(err)
	}
	i, err := booking.NewInterval(at, d)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func starts(slots []booking.Slot) []string {
	var s []string
	for _, slot := range slots {
		s = append(s, slot.When.Start().Format("15:04Z"))
	}
	return s
}

func TestSlotsOfADay(t *testing.T) {
	london := zone(t, "Europe/London")
	session := func(day time.Weekday, from, to string, length, step time.Duration) booking.Session {
		return booking.Session{ID: "s", Weekday: day, Start: clock(t, from), End: clock(t, to), Length: length, Step: step, ValidFrom: date(t, "2026-01-01")}
	}
	const m = time.Minute
	for _, tt := range []struct {
		name, day string
		session   booking.Session
		want      []string
	}{
		{"a visit ends when the session does", "2026-11-24", session(time.Tuesday, "14:00", "15:00", 20*m, 20*m), []string{"14:00Z", "14:20Z", "14:40Z"}},
		{"none that would run over", "2026-11-24", session(time.Tuesday, "14:00", "15:00", 50*m, 20*m), []string{"14:00Z"}},
		{"not on another day", "2026-11-25", session(time.Tuesday, "14:00", "15:00", 20*m, 20*m), nil},
		{"summer is an hour earlier in UTC", "2026-07-07", session(time.Tuesday, "14:00", "15:00", 30*m, 30*m), []string{"13:00Z", "13:30Z"}},
		{"the skipped hour is never offered", "2027-03-28", session(time.Sunday, "00:30", "03:00", 30*m, 30*m), []string{"00:30Z", "01:00Z", "01:30Z"}},
		{"the repeated hour is offered twice", "2026-10-25", session(time.Sunday, "00:30", "02:30", 30*m, 30*m), []string{"23:30Z", "00:00Z", "00:30Z", "01:00Z", "01:30Z", "02:00Z"}},
		{"until midnight", "2026-11-24", session(time.Tuesday, "23:00", "24:00", 30*m, 30*m), []string{"23:00Z", "23:30Z"}},
		{"no step, no slots", "2026-11-24", session(time.Tuesday, "14:00", "15:00", 20*m, 0), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := starts(booking.SlotsOn(date(t, tt.day), london, []booking.Session{tt.session}))
			if !slices.Equal(got, tt.want) {
				t.Errorf("slots at %v, want %v", got, tt.want)
			}
		})
	}
}

func TestSessionsCountOnlyWhileValid(t *testing.T) {
	s := booking.Session{Weekday: time.Tuesday, Start: 600, End: 660, Length: time.Hour, Step: time.Hour, ValidFrom: date(t, "2026-11-24"), ValidTo: date(t, "2026-12-01")}
	for day, want := range map[string]int{"2026-11-17": 0, "2026-11-24": 1, "2026-12-01": 1, "2026-12-08": 0} {
		if got := len(booking.SlotsOn(date(t, day), time.UTC, []booking.Session{s})); got != want {
			t.Errorf("%s: %d slots, want %d", day, got, want)
		}
	}
}

// Whatever the session, every slot is whole, inside the day's session, and of
// the session's length in elapsed time.
func TestSlotsStayInsideTheirSession(t *testing.T) {
	zones := []*time.Location{zone(t, "Europe/London"), zone(t, "Australia/Lord_Howe"), zone(t, "America/New_York"), time.UTC}
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.SampledFrom(zones).Draw(t, "zone")
		day := booking.DateOf(time.Unix(rapid.Int64Range(1.7e9, 1.9e9).Draw(t, "day"), 0), z)
		from := rapid.IntRange(0, 23*60).Draw(t, "from")
		s := booking.Session{
			Weekday: day.Weekday(), Start: booking.ClockTime(from), End: booking.ClockTime(rapid.IntRange(from+1, 24*60).Draw(t, "to")),
			Length: time.Duration(rapid.IntRange(5, 90).Draw(t, "length")) * time.Minute,
			Step:   time.Duration(rapid.IntRange(5, 60).Draw(t, "step")) * time.Minute,
		}
		dayStart, dayEnd := booking.DayBounds(day, z)
		for _, slot := range booking.SlotsOn(day, z, []booking.Session{s}) {
			local := slot.When.Start().In(z)
			if c := booking.ClockTime(local.Hour()*60 + local.Minute()); c < s.Start || c >= s.End {
				t.Fatalf("slot at %v outside the session", local)
			}
			if slot.When.Length() != s.Length || slot.When.Start().Before(dayStart) || slot.When.End().After(dayEnd) {
				t.Fatalf("slot %v of a %v session", slot.When, s.Length)
			}
		}
	})
}

func TestDiaryChoosesADevice(t *testing.T) {
	visit := booking.Visit{ID: "new", When: interval(t, "2026-11-24T14:00:00Z", 30*time.Minute), Prepare: 10 * time.Minute, Clean: 15 * time.Minute}
	at := func(start string, d time.Duration) booking.Interval {
		return interval(t, "2026-11-24T"+start+":00Z", d)
	}
	on := func(device booking.DeviceID, when booking.Interval) booking.Taking {
		return booking.Taking{Claim: booking.Claim{Visit: booking.VisitID("on " + device), When: when}, Device: device}
	}
	kept := func(device booking.DeviceID, zone string) booking.Berth {
		return booking.Berth{Device: device, Zone: zone}
	}
	type berths = []booking.Berth
	for _, tt := range []struct {
		name    string
		patient []booking.Interval
		berths  berths
		taken   []booking.Taking
		want    booking.DeviceID
		err     error
	}{
		{"the only one", nil, berths{kept("a", "")}, nil, "a", nil},
		{"the tightest gap", nil, berths{kept("a", ""), kept("b", "")}, []booking.Taking{on("b", at("14:45", time.Hour))}, "b", nil},
		{"the patient's own bay before that", nil, berths{kept("a", "Bay 1"), kept("b", "")}, []booking.Taking{on("b", at("14:45", time.Hour))}, "a", nil},
		{"the ward's before another bay's", nil, berths{kept("a", "Bay 2"), kept("b", "")}, nil, "b", nil},
		{"none while being prepared", nil, berths{kept("a", "")}, []booking.Taking{on("a", at("13:00", 51*time.Minute))}, "", booking.ErrSlotTaken},
		{"none while being cleaned", nil, berths{kept("a", "")}, []booking.Taking{on("a", at("14:44", time.Hour))}, "", booking.ErrSlotTaken},
		{"end to end fits", nil, berths{kept("a", "")}, []booking.Taking{on("a", at("13:00", 50*time.Minute))}, "a", nil},
		{"no devices", nil, nil, nil, "", booking.ErrSlotTaken},
		{"the patient first", []booking.Interval{at("14:29", time.Hour)}, berths{kept("a", "")}, nil, "", booking.ErrPatientBusy},
		{"the patient needs no buffers", []booking.Interval{at("14:30", time.Hour)}, berths{kept("a", "")}, nil, "a", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			diary := booking.Diary{Patient: tt.patient, Fleet: booking.NewFleet(tt.berths, tt.taken)}
			got, moves, err := diary.Choose(visit, "Bay 1")
			if got != tt.want || len(moves) > 0 || !errors.Is(err, tt.err) {
				t.Errorf("Choose = %q, %v, %v; want %q, %v", got, moves, err, tt.want, tt.err)
			}
			slot := booking.Slot{When: visit.When}
			free := diary.Free([]booking.Slot{slot}, "Bay 1", booking.Policy{Prepare: visit.Prepare, Clean: visit.Clean})
			if (len(free) == 1) != (tt.err == nil) {
				t.Errorf("Free = %v", free)
			}
		})
	}
}

// A time that no single device is free for is offered and can be had when other
// visits can make room.
func TestDiaryMovesOthers(t *testing.T) {
	taken := func(id booking.VisitID, device booking.DeviceID, start string) booking.Taking {
		return booking.Taking{Claim: booking.Claim{Visit: id, When: interval(t, "2026-11-24T"+start+":00Z", 30*time.Minute)}, Device: device}
	}
	diary := booking.Diary{Fleet: booking.NewFleet([]booking.Berth{{Device: "a"}, {Device: "b"}}, []booking.Taking{taken("u", "a", "14:00"), taken("v", "b", "14:30")})}
	visit := booking.Visit{ID: "new", When: interval(t, "2026-11-24T14:00:00Z", time.Hour)}
	got, moves, err := diary.Choose(visit, "")
	if got != "b" || err != nil || !slices.Equal(moves, []booking.DeviceMove{{Visit: "v", From: "b", To: "a"}}) {
		t.Errorf("Choose = %q, %v, %v", got, moves, err)
	}
	if free := diary.Free([]booking.Slot{{When: visit.When}}, "", booking.Policy{}); len(free) != 1 {
		t.Error("is not offered")
	}
}

func TestVisitsKeepTheirDeviceOnceItIsOnTheWay(t *testing.T) {
	start := interval(t, "2026-11-24T14:00:00Z", 30*time.Minute)
	for _, tt := range []struct {
		name  string
		state booking.State
		early time.Duration // before the visit
		want  bool
	}{
		{"booked", booking.Booked, time.Hour, false},
		{"held", booking.Held, time.Hour, false},
		{"a minute before preparing", booking.Booked, 11 * time.Minute, false},
		{"while preparing", booking.Booked, 10 * time.Minute, true},
		{"started early", booking.Preparing, time.Hour, true},
		{"over", booking.Ended, time.Hour, true},
	} {
		v := booking.Visit{State: tt.state, When: start, Prepare: 10 * time.Minute}
		if got := v.KeepsDevice(start.Start().Add(-tt.early)); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func TestNearest(t *testing.T) {
	var slots []booking.Slot
	for _, s := range []string{"10:00", "11:00", "12:00", "15:00"} {
		slots = append(slots, booking.Slot{When: interval(t, "2026-11-24T"+s+":00Z", 20*time.Minute)})
	}
	got := starts(booking.Nearest(slots, slots[1].When.Start().Add(10*time.Minute), 3))
	if want := []string{"10:00Z", "11:00Z", "12:00Z"}; !slices.Equal(got, want) {
		t.Errorf("Nearest = %v, want %v", got, want)
	}
	if got := booking.Nearest(slots[:2], slots[0].When.Start(), 3); len(got) != 2 {
		t.Errorf("Nearest of two = %v", got)
	}
}

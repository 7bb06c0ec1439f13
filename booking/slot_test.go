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
	policy := booking.Policy{Prepare: 10 * time.Minute, Clean: 15 * time.Minute}
	want := interval(t, "2026-11-24T14:00:00Z", 30*time.Minute)
	at := func(start string, d time.Duration) []booking.Interval {
		return []booking.Interval{interval(t, "2026-11-24T"+start+":00Z", d)}
	}
	type devices = map[booking.DeviceID][]booking.Interval
	for _, tt := range []struct {
		name  string
		diary booking.Diary
		want  booking.DeviceID
		err   error
	}{
		{"the only one", booking.Diary{Devices: devices{"a": nil}}, "a", nil},
		{"the tightest gap", booking.Diary{Devices: devices{"a": nil, "b": at("14:45", time.Hour)}}, "b", nil},
		{"none while being prepared", booking.Diary{Devices: devices{"a": at("13:00", 51*time.Minute)}}, "", booking.ErrSlotTaken},
		{"none while being cleaned", booking.Diary{Devices: devices{"a": at("14:44", time.Hour)}}, "", booking.ErrSlotTaken},
		{"end to end fits", booking.Diary{Devices: devices{"a": at("13:00", 50*time.Minute)}}, "a", nil},
		{"no devices", booking.Diary{}, "", booking.ErrSlotTaken},
		{"the patient first", booking.Diary{Patient: at("14:29", time.Hour), Devices: devices{"a": nil}}, "", booking.ErrPatientBusy},
		{"the patient needs no buffers", booking.Diary{Patient: at("14:30", time.Hour), Devices: devices{"a": nil}}, "a", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.diary.Choose(want, policy)
			if got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("Choose = %q, %v; want %q, %v", got, err, tt.want, tt.err)
			}
		})
	}
}

// Best fit never refuses what is possible and never chooses what is taken.
func TestBestFitAgainstBruteForce(t *testing.T) {
	base := interval(t, "2026-11-24T08:00:00Z", time.Minute).Start()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) booking.Interval {
			i, err := booking.NewInterval(base.Add(time.Duration(rapid.IntRange(0, 600).Draw(t, label))*time.Minute),
				time.Duration(rapid.IntRange(1, 90).Draw(t, label+" minutes"))*time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			return i
		}
		devices := map[booking.DeviceID][]booking.Interval{}
		for d := range rapid.IntRange(0, 5).Draw(t, "devices") {
			id := booking.DeviceID(rune('a' + d))
			devices[id] = nil
			for range rapid.IntRange(0, 5).Draw(t, "visits") {
				devices[id] = append(devices[id], draw("visit"))
			}
		}
		want := draw("want")
		possible := false
		for _, taken := range devices {
			possible = possible || !slices.ContainsFunc(taken, want.Overlaps)
		}
		got, ok := booking.BestFit(devices, want)
		if ok != possible {
			t.Fatalf("BestFit found = %v, possible = %v", ok, possible)
		}
		if ok && slices.ContainsFunc(devices[got], want.Overlaps) {
			t.Fatalf("BestFit chose %q, which is taken", got)
		}
	})
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

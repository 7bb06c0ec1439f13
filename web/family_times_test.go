package web

import (
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

func london(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestTimesWhenTheClocksGoBack(t *testing.T) {
	zone := london(t)
	sunday := booking.Date{Year: 2026, Month: time.October, Day: 25}
	session := booking.Session{Weekday: time.Sunday, Start: 60, End: 3 * 60, Length: 30 * time.Minute, Step: 30 * time.Minute}
	p := timesPage{familyCircle: familyCircle{desk.Circle{Ward: booking.Ward{Site: booking.Site{Zone: zone}}}}}
	p.lay([]desk.Day{{Date: sunday, Slots: booking.SlotsOn(sunday, zone, []booking.Session{session})}}, "")

	var got []string
	for _, part := range p.Parts {
		for _, slot := range part.Slots {
			got = append(got, strings.TrimSpace(p.Wall(slot)+" "+p.Twice(slot)))
		}
	}
	want := "1:00am before the clocks go back|1:30am before the clocks go back|" +
		"1:00am after the clocks go back|1:30am after the clocks go back|2:00am|2:30am"
	if strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
}

func TestStrip(t *testing.T) {
	first := booking.Date{Year: 2026, Month: time.November, Day: 24}
	var days []desk.Day
	for i := range 15 {
		days = append(days, desk.Day{Date: first.AddDays(i)})
	}
	when, err := booking.NewInterval(noon.Add(26*time.Hour), 20*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	days[1].Slots = []booking.Slot{{When: when}}
	for _, tt := range []struct {
		name, from     string
		chosen         int // of days
		length         int // of the strip
		earlier, later string
	}{
		{"begins where something is free", "", 1, 7, "", "2026-12-01"},
		{"a day asked for", "2026-11-26", 2, 7, "", "2026-12-01"},
		{"another week", "2026-12-02", 8, 7, "2026-11-24", "2026-12-08"},
		{"the last", "2026-12-08", 14, 1, "2026-12-01", ""},
		{"a day too far", "2027-12-08", 1, 7, "", "2026-12-01"},
		{"no day", "tomorrow", 1, 7, "", "2026-12-01"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := timesPage{familyCircle: familyCircle{desk.Circle{Ward: booking.Ward{Site: booking.Site{Zone: london(t)}}}}}
			p.lay(days, tt.from)
			if p.Chosen != days[tt.chosen].Date || len(p.Strip) != tt.length {
				t.Errorf("%v of %d days, want %v of %d", p.Chosen, len(p.Strip), days[tt.chosen].Date, tt.length)
			}
			for _, link := range []struct{ got, want string }{{p.Earlier, tt.earlier}, {p.Later, tt.later}} {
				if !strings.Contains(link.got, link.want) || (link.got == "") != (link.want == "") {
					t.Errorf("a link to %q, want %q", link.got, link.want)
				}
			}
		})
	}
	p := timesPage{familyCircle: familyCircle{desk.Circle{Ward: booking.Ward{Site: booking.Site{Zone: london(t)}}}}}
	if p.lay(days[2:], "2026-11-27"); !p.Nothing {
		t.Error("something is free where nothing is")
	}
}

func TestCalendar(t *testing.T) {
	h := newFamilyHouse(t)
	p := h.phoneOf(t, anna)
	visit := p.book(thomas, p.times(thomas)[0])
	file := p.get(visit + "/calendar.ics").shows(200)
	if kind := file.header.Get("Content-Type"); !strings.HasPrefix(kind, "text/calendar") {
		t.Errorf("sent as %s", kind)
	}
	cal, err := ics.ParseCalendar(strings.NewReader(file.text))
	if err != nil || len(cal.Events()) != 1 {
		t.Fatalf("%v in\n%s", err, file.text)
	}
	event := cal.Events()[0]
	from, err1 := event.GetStartAt()
	to, err2 := event.GetEndAt()
	want := time.Date(2026, time.November, 24, 14, 0, 0, 0, time.UTC)
	if err1 != nil || err2 != nil || !from.Equal(want) || to.Sub(from) != 20*time.Minute {
		t.Errorf("from %v to %v (%v, %v)", from, to, err1, err2)
	}
	if !strings.Contains(file.text, "DTSTART:20261124T140000Z") {
		t.Errorf("not in UTC:\n%s", file.text)
	}
	for _, private := range []string{"Thomas", "Arkwright", "Willow", "Anna"} {
		if strings.Contains(file.text, private) {
			t.Errorf("%s is in\n%s", private, file.text)
		}
	}
}

func TestTongueName(t *testing.T) {
	for _, tt := range []struct {
		tongue booking.Tongue
		want   string
	}{
		{booking.Tongue{Language: "bfi", Mode: booking.Sign}, "British Sign Language (BSL)"},
		{booking.Tongue{Language: "pl", Mode: booking.Spoken}, "Polish"},
		{booking.Tongue{Language: "zh-Hant", Mode: booking.Spoken}, "Traditional Chinese"},
		{booking.Tongue{Language: "tlh-nonsense!", Mode: booking.Spoken}, "tlh-nonsense!"},
	} {
		if got := tongueName(tt.tongue); got != tt.want {
			t.Errorf("%v is called %q, want %q", tt.tongue, got, tt.want)
		}
	}
}

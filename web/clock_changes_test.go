package web

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/notify"
	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
	"github.com/wardvisit/wardvisit/web/login"
)

// The time that somebody saw is the time that happens. Around both clock changes of
// a winter, in zones that change by an hour, by half an hour, for a month of fasting,
// at a quarter to three, or not at all, every page, message and file is read as a
// person reads it, and must name the one instant that the database holds.

// clockZones are where the hospitals are.
var clockZones = []string{
	"Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "America/St_Johns", "Pacific/Chatham", "Asia/Kolkata",
}

// The winter whose clock changes are looked at.
var winterBegins, winterEnds = time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 6, 1, 0, 0, 0, 0, time.UTC)

// changesOf are the days on which the clocks of a zone change in that winter, found
// by looking at each minute; where they never do, a day like any other.
func changesOf(zone *time.Location) (days []booking.Date) {
	_, before := winterBegins.In(zone).Zone()
	for t := winterBegins; t.Before(winterEnds); t = t.Add(time.Hour) {
		if _, offset := t.In(zone).Zone(); offset != before {
			before = offset
			days = append(days, booking.DateOf(t.Add(-time.Minute), zone)) // also one that changes at midnight
		}
	}
	if len(days) == 0 {
		days = append(days, booking.Date{Year: 2026, Month: 10, Day: 25})
	}
	return days
}

// A wall is what every clock in a zone shows in the days around one, and when: the
// whole of what a reader knows.
type wall map[string][]time.Time

// wallAround reads the clock every minute, and shares nothing with booking/clock.go.
func wallAround(d booking.Date, zone *time.Location) wall {
	w := wall{}
	noon := time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, zone)
	for t := noon.Add(-60 * time.Hour); t.Before(noon.Add(60 * time.Hour)); t = t.Add(time.Minute) {
		shows := t.In(zone).Format("Monday 2 January 2006, 3:04pm")
		w[shows] = append(w[shows], t.UTC())
	}
	return w
}

var saidTime = regexp.MustCompile(`((?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day \d+ [A-Z][a-z]+ \d{4}), (\d+:\d\d[ap]m|midnight|midday)(?:, (before|after) the clocks go back)?`)

// read gives the instant that a text names; a time that two instants have, or none,
// is a mistake unless the text says which.
func (w wall) read(text string) (time.Time, error) {
	m := saidTime.FindStringSubmatch(text)
	if m == nil {
		return time.Time{}, fmt.Errorf("no time in %q", text)
	}
	clock := map[string]string{"midnight": "12:00am", "midday": "12:00pm"}[m[2]]
	if clock == "" {
		clock = m[2]
	}
	at := w[m[1]+", "+clock]
	switch {
	case len(at) == 0:
		return time.Time{}, fmt.Errorf("%q never happens", m[0])
	case len(at) == 1 && m[3] == "", len(at) == 2 && m[3] == "before":
		return at[0], nil
	case len(at) == 2 && m[3] == "after":
		return at[1], nil
	}
	return time.Time{}, fmt.Errorf("%q happens %d times", m[0], len(at))
}

// A clockHouse is a hospital in some zone, with visits through the night.
type clockHouse struct {
	*familyHouse
	zone *time.Location
}

func newClockHouse(t *testing.T, zone *time.Location) *clockHouse {
	t.Helper()
	h := &clockHouse{&familyHouse{hour: winterBegins}, zone}
	now := func() time.Time { return h.hour }
	var err error
	if h.store, err = store.Open(t.Context(), storetest.SQLite(t)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.store.Close() })
	h.desk, err = desk.New(desk.Config{Store: h.store, Now: now, PublicURL: "https://visits.example", Pepper: make([]byte, 32)})
	if err == nil {
		err = h.desk.Found(t.Context(), clockHospital(t, zone))
	}
	if err != nil {
		t.Fatal(err)
	}
	h.Server, err = New(Config{
		Desk: h.desk, Rooms: &toldRooms{}, Practice: true,
		Doors:     login.New(login.Config{Store: h.store.Logins(now), People: h.desk, Devices: h.desk, Now: now}),
		PublicURL: &url.URL{Scheme: "https", Host: "visits.example"},
		Now:       now, Log: slog.New(slog.NewTextHandler(&h.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// clockHospital is the hospital of the other tests, in another zone and open from
// midnight to five.
func clockHospital(t *testing.T, zone *time.Location) desk.Hospital {
	h := familyHospital(t)
	h.Sites[0].Zone = zone
	for i := range h.Wards {
		h.Wards[i].Site = h.Sites[0]
		p := &h.Wards[i].Policy
		p.Prepare, p.Clean, p.Earliest = 5*time.Minute, 5*time.Minute, 400*24*time.Hour
	}
	for i := range h.Interpreters {
		h.Interpreters[i].Zone = zone
	}
	for i := range h.Sessions {
		s := &h.Sessions[i]
		s.Start, s.End, s.Step, s.ValidFrom = 0, 5*60, 30*time.Minute, booking.DateOf(winterBegins, zone).AddDays(-1)
	}
	for i := range h.Patients {
		in := &h.Patients[i]
		in.Stay.From = winterBegins.Add(-24 * time.Hour)
		if in.Consent.ID != "" {
			in.Consent.At = winterBegins.Add(-time.Hour)
		}
		for j := range in.Circle {
			in.Circle[j].ApprovedAt = winterBegins.Add(-time.Hour)
		}
	}
	h.Staff = []desk.NewStaff{{
		ID: "00000000-0000-4000-8000-000000000500", Name: "Sister Khan", Email: nurse, Password: goodPassword,
		Holds: []booking.Grant{{Role: booking.Nurse, Ward: willow}},
	}}
	return h
}

func TestClockChanges(t *testing.T) {
	t.Parallel()
	for _, name := range clockZones {
		t.Run(name, func(t *testing.T) {
			zone, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			h := newClockHouse(t, zone)
			for _, day := range changesOf(zone) {
				h.throughTheNight(t, day)
			}
		})
	}
}

// throughTheNight books every slot there is on a day, and reads what everybody is
// told of each.
func (h *clockHouse) throughTheNight(t *testing.T, day booking.Date) {
	t.Helper()
	from, _ := booking.DayBounds(day, h.zone)
	shows := wallAround(day, h.zone)
	h.hour = from.Add(-50 * time.Hour) // so that a reminder is owed too
	anna := h.phoneOf(t, anna)
	offered := h.offeredOn(t, anna, day, shows)
	var refs []string
	booked := map[booking.VisitID]time.Time{}
	for _, start := range offered {
		to := anna.book(thomas, start.Format(time.RFC3339))
		ref := to[strings.LastIndex(to, "/")+1:]
		refs = append(refs, ref)
		v, err := h.desk.Visit(t.Context(), booking.System, booking.Reference(ref))
		if err != nil {
			t.Fatal(err)
		}
		if !v.When.Start().Equal(start) {
			t.Errorf("pressed %v, and the database holds %v", start, v.When.Start())
		}
		booked[v.ID] = v.When.Start()
		h.readFamilyPages(t, anna, to, v, shows)
	}
	h.readMessages(t, booked, shows)
	h.readBoard(t, day, booked, shows)
	for _, ref := range refs { // so that the next night is as empty
		v, err := h.desk.Visit(t.Context(), booking.System, booking.Reference(ref))
		if err == nil {
			_, err = h.desk.Cancel(t.Context(), booking.System, v.Reference, v.Version)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

var slotButton = regexp.MustCompile(`<time datetime="([^"]*)">([^<]*)</time>(?:<span class="wv-slot__note">([^<]*)</span>)?`)

// offeredOn reads the page of times: each button does what it says, and there is one
// for every half hour that the clocks show between midnight and five, as often as
// they show it.
func (h *clockHouse) offeredOn(t *testing.T, p *phone, day booking.Date, shows wall) (starts []time.Time) {
	t.Helper()
	page := p.get("/visits/new?patient="+string(thomas)+"&from="+day.String()).shows(http.StatusOK, "Choose a time")
	date := time.Date(day.Year, day.Month, day.Day, 12, 0, 0, 0, time.UTC).Format("Monday 2 January 2006")
	for _, m := range slotButton.FindAllStringSubmatch(page.text, -1) {
		says := date + ", " + m[2]
		if m[3] != "" {
			says += ", " + m[3]
		}
		reads, err := shows.read(says)
		start, err2 := time.Parse(time.RFC3339, m[1])
		if err != nil || err2 != nil || !reads.Equal(start) {
			t.Errorf("a button for %s says %q: %v %v", m[1], says, err, err2)
		}
		starts = append(starts, start)
	}
	var want []time.Time
	for minute := 0; minute < 5*60; minute += 30 {
		clock := time.Date(day.Year, day.Month, day.Day, 0, minute, 0, 0, time.UTC).Format("Monday 2 January 2006, 3:04pm")
		want = append(want, shows[clock]...)
	}
	slices.SortFunc(want, time.Time.Compare)
	if !slices.EqualFunc(want, starts, time.Time.Equal) {
		t.Errorf("%s: offered %v, and there is %v", day, starts, want)
	}
	return starts
}

var calendarStart = regexp.MustCompile(`DTSTART:(\d{8}T\d{6}Z)`)

// readFamilyPages reads the visit's page, the list, and the file for a calendar.
func (h *clockHouse) readFamilyPages(t *testing.T, p *phone, path string, v desk.Visit, shows wall) {
	t.Helper()
	for _, page := range []string{path, path + "/cancel"} {
		words := p.get(page).words()
		said := saidTime.FindAllString(words, -1)
		if len(said) == 0 {
			t.Errorf("%s names no time:\n%s", page, words)
		}
		for _, one := range said {
			if reads, err := shows.read(one); err != nil || !reads.Equal(v.When.Start()) {
				t.Errorf("%s says %q of a visit at %v: %v", page, one, v.When.Start(), err)
			}
		}
	}
	named := slices.ContainsFunc(saidTime.FindAllString(p.get("/visits").words(), -1), func(one string) bool {
		reads, err := shows.read(one)
		return err == nil && reads.Equal(v.When.Start())
	})
	if !named {
		t.Errorf("the list does not name the visit at %v", v.When.Start())
	}
	m := calendarStart.FindStringSubmatch(p.get(path + "/calendar.ics").text)
	if m == nil || m[1] != v.When.Start().UTC().Format("20060102T150405Z") {
		t.Errorf("the calendar's file says %v of a visit at %v", m, v.When.Start())
	}
}

// readMessages reads what was sent and is still to be sent of each visit.
func (h *clockHouse) readMessages(t *testing.T, booked map[booking.VisitID]time.Time, shows wall) {
	t.Helper()
	was := h.hour
	h.hour = h.hour.Add(72 * time.Hour)
	told := map[booking.VisitID]int{}
	for {
		n, found, err := h.store.LeaseNotice(t.Context(), h.hour.Add(-56*time.Hour), h.hour.Add(24*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if !found {
			break
		}
		start, ours := booked[n.Visit]
		if !ours {
			continue
		}
		for _, channel := range []booking.Channel{booking.SMS, booking.Email} {
			n.Channel = channel
			m, err := notify.Render(n)
			if err != nil {
				t.Fatal(err)
			}
			if reads, err := shows.read(m.Body); err != nil || !reads.Equal(start) {
				t.Errorf("%s by %s of a visit at %v says %q: %v", n.Kind, channel, start, m.Body, err)
			}
		}
		told[n.Visit]++
	}
	h.hour = was
	for id, start := range booked {
		if told[id] < 1 {
			t.Errorf("nobody was told of the visit at %v", start)
		}
	}
}

var timeElement = regexp.MustCompile(`<time datetime="([^"]*)">([^<]*)</time>`)

// readBoard reads the ward's board of the day, and what says until when.
func (h *clockHouse) readBoard(t *testing.T, day booking.Date, booked map[booking.VisitID]time.Time, shows wall) {
	t.Helper()
	page := h.phone(t)
	page.post("/ward/sign-in", "email", nurse, "password", goodPassword).leads("/ward/today")
	board := page.get("/ward/today?date=" + day.String()).shows(http.StatusOK)
	named := map[string]bool{}
	for _, m := range timeElement.FindAllStringSubmatch(board.text, -1) {
		at, err := time.Parse(time.RFC3339, m[1])
		if err != nil {
			t.Fatal(err)
		}
		date := at.In(h.zone).Format("Monday 2 January 2006")
		if reads, err := shows.read(date + ", " + m[2]); err != nil || !reads.Equal(at) {
			t.Errorf("the board says %q of %v: %v", m[2], at, err)
		}
		named[m[1]] = true
	}
	for _, start := range booked {
		if !named[start.UTC().Format(time.RFC3339)] {
			t.Errorf("the visit at %v is not on the board of %s", start, day)
		}
	}
}

// A time that does not happen is refused with a sentence, and one that happens twice
// is asked about, wherever somebody types a time.
func TestTimesThatDoNotHappenAndThatHappenTwice(t *testing.T) {
	for _, name := range clockZones {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		skipped, repeated := 0, 0
		for _, day := range changesOf(zone) {
			shows := wallAround(day, zone)
			for minute := booking.ClockTime(0); minute < 24*60; minute++ {
				says := time.Date(day.Year, day.Month, day.Day, 0, int(minute), 0, 0, time.UTC).Format("Monday 2 January 2006, 3:04pm")
				at, err := booking.Instant(day, minute, zone)
				want := map[int]error{0: booking.ErrNoSuchLocalTime, 1: nil, 2: booking.ErrTwiceLocalTime}[len(shows[says])]
				if !errors.Is(err, want) || err == nil && !at.Equal(shows[says][0]) {
					t.Errorf("%s: %s is %v, %v; the clocks show it at %v", name, says, at, err, shows[says])
				}
				skipped, repeated = skipped+map[bool]int{true: 1}[len(shows[says]) == 0], repeated+map[bool]int{true: 1}[len(shows[says]) == 2]
			}
		}
		if changes := name != "Asia/Kolkata"; changes != (skipped >= 30) || changes != (repeated >= 30) {
			t.Errorf("%s: %d minutes do not happen and %d happen twice: the wrong days were looked at", name, skipped, repeated)
		}
	}
}

// The reading itself finds what it is for: a text that is an hour off, that is of
// two instants, or of none.
func TestPlantedWrongTimesAreFound(t *testing.T) {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	autumn := wallAround(booking.Date{Year: 2026, Month: 10, Day: 25}, zone)
	spring := wallAround(booking.Date{Year: 2027, Month: 3, Day: 28}, zone)
	start := time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC) // the second half past one
	for _, tt := range []struct {
		shows wall
		text  string
	}{
		{autumn, "Sunday 25 October 2026, 1:30am"},
		{autumn, "Sunday 25 October 2026, 1:30am, before the clocks go back"},
		{autumn, "Sunday 25 October 2026, 2:30am"},
		{autumn, "Sunday 25 October 2026, 3:00am, after the clocks go back"},
		{spring, "Sunday 28 March 2027, 1:30am"},
		{autumn, "at half past one"},
	} {
		if reads, err := tt.shows.read(tt.text); err == nil && reads.Equal(start) {
			t.Errorf("%q is read as right", tt.text)
		}
	}
	if reads, err := autumn.read(moment(start, zone)); err != nil || !reads.Equal(start) {
		t.Errorf("what the page says of it is read as %v, %v", reads, err)
	}
}

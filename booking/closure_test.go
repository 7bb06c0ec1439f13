package booking_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wardvisit/wardvisit/booking"
)

// Whatever is closed or protected, a visit meets it exactly when one of its
// minutes does, by the clocks on the wall.
func TestClosedByTheClocks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day, z := drawDay(t)
		from := booking.ClockTime(rapid.IntRange(0, 24*60-1).Draw(t, "from"))
		to := booking.ClockTime(rapid.IntRange(int(from)+1, 24*60).Draw(t, "to"))
		begins, _ := booking.DayBounds(day, z)
		when, err := booking.NewInterval(begins.Add(time.Duration(rapid.IntRange(-120, 27*60).Draw(t, "start"))*time.Minute),
			time.Duration(rapid.IntRange(1, 300).Draw(t, "minutes"))*time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		want := meets(day, z, from, to, when)
		closure := booking.Closure{From: day, To: day, Start: from, End: to}
		if got := closure.Closes("Bay 1", "s", when, z); got != want {
			t.Fatalf("%v in %v closed %v-%v: Closes(%v) = %v", day, z, from, to, when, got)
		}
		// The same time of day, protected on that weekday alone: only the day itself
		// is within reach of the visit.
		protected := booking.ProtectedTime{Days: booking.On(day.Weekday()), Start: from, End: to}
		if got := protected.Covers(when, z); got != want {
			t.Fatalf("%v in %v protected %v-%v: Covers(%v) = %v", day, z, from, to, when, got)
		}
	})
}

// meets looks at the clocks in every minute of a visit. Between the last time that
// they show from and the first that they show to again, an hour that happens twice
// is closed in both; so is what lies between the two.
func meets(day booking.Date, z *time.Location, from, to booking.ClockTime, when booking.Interval) bool {
	at, shows := wall(day, z)
	opens, closes := shut(from, at, shows), shut(to, at, shows)
	for i, c := range shows { // the first time that they show from, or have passed it
		if c >= from {
			opens = at[i]
			break
		}
	}
	for _, m := range at {
		if !m.Before(opens) && m.Before(closes) && !m.Before(when.Start()) && m.Before(when.End()) {
			return true
		}
	}
	return false
}

func TestWhatAClosureCloses(t *testing.T) {
	london := zone(t, "Europe/London")
	three := interval(t, "2026-11-24T15:00:00Z", time.Hour)
	day := booking.Closure{From: date(t, "2026-11-24"), To: date(t, "2026-11-24"), End: 24 * 60}
	for _, tt := range []struct {
		name    string
		change  func(c *booking.Closure)
		bay     string
		session booking.SessionID
		when    booking.Interval
		want    bool
	}{
		{"the ward, all day", func(*booking.Closure) {}, "Bay 1", "s", three, true},
		{"the day before", func(*booking.Closure) {}, "Bay 1", "s", interval(t, "2026-11-23T15:00:00Z", time.Hour), false},
		{"the day after", func(*booking.Closure) {}, "Bay 1", "s", interval(t, "2026-11-25T00:00:00Z", time.Hour), false},
		{"a visit that runs into it from the day before", func(*booking.Closure) {}, "Bay 1", "s", interval(t, "2026-11-23T23:45:00Z", 30*time.Minute), true},
		{"a range of days", func(c *booking.Closure) { c.From, c.To = date(t, "2026-11-20"), date(t, "2026-12-20") }, "", "", three, true},
		{"the last day of a range", func(c *booking.Closure) { c.From = date(t, "2026-11-20") }, "", "", three, true},
		{"the patient's bay", func(c *booking.Closure) { c.Bay = "Bay 1" }, "Bay 1", "s", three, true},
		{"another bay", func(c *booking.Closure) { c.Bay = "Bay 2" }, "Bay 1", "s", three, false},
		{"a patient with no bay", func(c *booking.Closure) { c.Bay = "Bay 2" }, "", "s", three, false},
		{"the session", func(c *booking.Closure) { c.Session = "s" }, "Bay 1", "s", three, true},
		{"another session", func(c *booking.Closure) { c.Session = "t" }, "Bay 1", "s", three, false},
		{"a session, and a visit outside all", func(c *booking.Closure) { c.Session = "s" }, "Bay 1", "", three, false},
		{"an hour of the day", func(c *booking.Closure) { c.Start, c.End = 15*60+59, 17*60 }, "", "", three, true},
		{"an hour that begins as the visit ends", func(c *booking.Closure) { c.Start, c.End = 16*60, 17*60 }, "", "", three, false},
		{"an hour that ends as the visit begins", func(c *booking.Closure) { c.Start, c.End = 14*60, 15*60 }, "", "", three, false},
		{"reopened", func(c *booking.Closure) { c.ReopenedAt = three.Start() }, "", "", three, false},
		{"an hour that the day skips", func(c *booking.Closure) {
			c.From, c.To, c.Start, c.End = date(t, "2027-03-28"), date(t, "2027-03-28"), 60, 120
		}, "", "", interval(t, "2027-03-28T00:30:00Z", time.Hour), false},
		{"the second of an hour that happens twice", func(c *booking.Closure) {
			c.From, c.To, c.Start, c.End = date(t, "2026-10-25"), date(t, "2026-10-25"), 60, 120
		}, "", "", interval(t, "2026-10-25T01:15:00Z", 15*time.Minute), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := day
			tt.change(&c)
			if got := c.Closes(tt.bay, tt.session, tt.when, london); got != tt.want {
				t.Errorf("Closes = %v", got)
			}
		})
	}
}

func TestClosureCheck(t *testing.T) {
	good := booking.Closure{
		From: date(t, "2026-11-24"), To: date(t, "2026-11-25"), End: 24 * 60, Reason: "Norovirus", Owner: "Sister Khan", ReviewOn: date(t, "2026-11-25"),
	}
	for _, tt := range []struct {
		name   string
		change func(c *booking.Closure)
		want   error
	}{
		{"as it is", func(*booking.Closure) {}, nil},
		{"of a bay", func(c *booking.Closure) { c.Bay = "Bay 1" }, nil},
		{"ends before it begins", func(c *booking.Closure) { c.To = date(t, "2026-11-23") }, booking.ErrClosureBackwards},
		{"from no day", func(c *booking.Closure) { c.From = booking.Date{} }, booking.ErrClosureBackwards},
		{"past midnight", func(c *booking.Closure) { c.Start, c.End = 22*60, 6*60 }, booking.ErrClosureBackwards},
		{"of a bay and a session", func(c *booking.Closure) { c.Bay, c.Session = "Bay 1", "s" }, booking.ErrBadChoice},
		{"for no reason", func(c *booking.Closure) { c.Reason = "" }, booking.ErrReasonNeeded},
		{"of nobody", func(c *booking.Closure) { c.Owner = "" }, booking.ErrReasonNeeded},
		{"never looked at again", func(c *booking.Closure) { c.ReviewOn = booking.Date{} }, booking.ErrMissing},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := good
			tt.change(&c)
			if err := c.Check(); !errors.Is(err, tt.want) {
				t.Errorf("Check = %v, want %v", err, tt.want)
			}
		})
	}
}

func TestProtectedTime(t *testing.T) {
	london := zone(t, "Europe/London")
	lunch := booking.ProtectedTime{Days: booking.EveryDay &^ booking.On(time.Sunday), Start: 12 * 60, End: 13 * 60, Purpose: "Lunch"}
	for _, tt := range []struct {
		name, start string
		want        bool
	}{
		{"before it", "2026-11-24T11:30:00Z", false},
		{"into it", "2026-11-24T11:31:00Z", true},
		{"at its end", "2026-11-24T13:00:00Z", false},
		{"on Sunday", "2026-11-22T12:00:00Z", false},
		{"by the clock in summer", "2026-07-07T11:00:00Z", true},
		{"and not by the sun", "2026-07-07T12:00:00Z", false},
	} {
		if got := lunch.Covers(interval(t, tt.start, 30*time.Minute), london); got != tt.want {
			t.Errorf("%s: Covers = %v", tt.name, got)
		}
	}
	for _, tt := range []struct {
		name   string
		change func(p *booking.ProtectedTime)
		want   error
	}{
		{"as it is", func(*booking.ProtectedTime) {}, nil},
		{"on no day", func(p *booking.ProtectedTime) { p.Days = 0 }, booking.ErrBadTime},
		{"on an eighth day", func(p *booking.ProtectedTime) { p.Days = 1 << 7 }, booking.ErrBadTime},
		{"backwards", func(p *booking.ProtectedTime) { p.End = p.Start }, booking.ErrBadTime},
		{"for nothing", func(p *booking.ProtectedTime) { p.Purpose = "" }, booking.ErrMissing},
	} {
		p := lunch
		tt.change(&p)
		if err := p.Check(); !errors.Is(err, tt.want) {
			t.Errorf("%s: Check = %v, want %v", tt.name, err, tt.want)
		}
	}
}

// A timetable offers a slot exactly when no rule of it stands against that slot,
// and finds the same one again by its beginning.
func TestTimetable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day, z := drawDay(t)
		table := booking.Timetable{Zone: z}
		for range rapid.IntRange(1, 3).Draw(t, "sessions") {
			s := drawSession(t, day)
			s.Audience = rapid.SampledFrom([]booking.Audience{booking.ForRelatives, booking.ForStaff, booking.ForEndOfLife}).Draw(t, "audience")
			s.ID = booking.SessionID(rune('a' + len(table.Sessions)))
			table.Sessions = append(table.Sessions, s)
		}
		hours := func(label string) (booking.ClockTime, booking.ClockTime) {
			from := rapid.IntRange(0, 24*60-1).Draw(t, label)
			return booking.ClockTime(from), booking.ClockTime(rapid.IntRange(from+1, 24*60).Draw(t, label+" to"))
		}
		if rapid.Bool().Draw(t, "closed") {
			c := booking.Closure{From: day, To: day, Bay: rapid.SampledFrom([]string{"", "Bay 1", "Bay 2"}).Draw(t, "bay")}
			c.Start, c.End = hours("closed from")
			table.Closures = append(table.Closures, c)
		}
		if rapid.Bool().Draw(t, "protected") {
			p := booking.ProtectedTime{Days: booking.EveryDay}
			p.Start, p.End = hours("protected from")
			table.Protected = append(table.Protected, p)
		}
		who := rapid.SampledFrom([]booking.Booker{booking.Relatives, booking.WardStaff, booking.Goodbye}).Draw(t, "who")
		offered := map[booking.Interval]bool{}
		for _, slot := range table.SlotsOn(day, who, "Bay 1") {
			offered[slot.When] = true
			if found, inside := table.SlotOf(slot.When); !inside || found.When != slot.When {
				t.Fatalf("offers %v outside its sessions", slot.When)
			}
			if found, err := table.SlotAt(slot.When.Start(), who); err != nil || !found.When.Start().Equal(slot.When.Start()) {
				t.Fatalf("SlotAt(%v) = %v, %v", slot.When.Start(), found, err)
			}
		}
		for _, s := range table.Sessions {
			if !s.Audience.Invites(who) {
				continue
			}
			for _, slot := range booking.SlotsOn(day, z, []booking.Session{s}) {
				if open := table.Open(slot, "Bay 1") == nil; open && !offered[slot.When] {
					t.Fatalf("does not offer %v", slot.When)
				}
			}
		}
		begins, _ := booking.DayBounds(day, z)
		if _, err := table.SlotAt(begins.Add(30*time.Second), who); !errors.Is(err, booking.ErrNotASlot) {
			t.Fatalf("a slot between two minutes: %v", err)
		}
	})
}

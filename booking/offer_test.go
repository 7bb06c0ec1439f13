package booking_test

import (
	"errors"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// moment reads an instant.
func moment(t *testing.T, s string) time.Time {
	t.Helper()
	when, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

// An interpreter who works from nine to five on weekdays, in winter time.
func weekdays(t *testing.T) booking.Interpreter {
	t.Helper()
	i := booking.Interpreter{Zone: zone(t, "Europe/London")}
	for day := time.Monday; day <= time.Friday; day++ {
		i.Hours = append(i.Hours, booking.Hours{Weekday: day, Start: 9 * 60, End: 17 * 60})
	}
	return i
}

func TestAnOfferIsAnsweredInTime(t *testing.T) {
	i := weekdays(t)
	for _, tt := range []struct{ name, now, start, want string }{
		{"two weeks ahead, a day", "2026-11-24T10:00:00Z", "2026-12-08T14:00:00Z", "2026-11-25T10:00:00Z"},
		{"three days ahead, four hours", "2026-11-24T10:00:00Z", "2026-11-27T14:00:00Z", "2026-11-24T14:00:00Z"},
		{"the day before, two hours", "2026-11-24T10:00:00Z", "2026-11-25T14:00:00Z", "2026-11-24T12:00:00Z"},
		{"at night, two hours of the morning", "2026-11-23T23:00:00Z", "2026-11-25T14:00:00Z", "2026-11-24T11:00:00Z"},
		{"on Friday evening for Tuesday, on Monday", "2026-11-20T18:00:00Z", "2026-11-24T14:00:00Z", "2026-11-23T13:00:00Z"},
		{"the same day, half an hour", "2026-11-24T10:00:00Z", "2026-11-24T15:00:00Z", "2026-11-24T10:30:00Z"},
		{"two hours ahead, ten minutes", "2026-11-24T10:00:00Z", "2026-11-24T12:00:00Z", "2026-11-24T10:10:00Z"},
		{"before work for just after it begins, while others can still be asked", "2026-11-24T06:00:00Z", "2026-11-24T10:10:00Z", "2026-11-24T09:10:00Z"},
		{"half an hour ahead, three minutes", "2026-11-24T13:30:00Z", "2026-11-24T14:00:00Z", "2026-11-24T13:33:00Z"},
		{"while it runs, three minutes", "2026-11-24T14:05:00Z", "2026-11-24T14:00:00Z", "2026-11-24T14:08:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := i.AnswerBy(moment(t, tt.now), moment(t, tt.start)); !got.Equal(moment(t, tt.want)) {
				t.Errorf("= %s, want %s", got.Format(time.RFC3339), tt.want)
			}
		})
	}
	if got := (booking.Interpreter{Zone: time.UTC}).AnswerBy(now, now.Add(72*time.Hour)); !got.Equal(now.Add(4 * time.Hour)) {
		t.Errorf("without hours = %s", got)
	}
}

func TestWhoIsReplacedAndWhen(t *testing.T) {
	when := interval(t, "2026-11-24T14:00:00Z", 30*time.Minute)
	const early, late = "2026-11-20T09:00:00Z", "2026-11-24T11:00:00Z"
	for _, tt := range []struct {
		name  string
		state booking.OfferState
		spoke string
		by    string
		now   string
		came  bool
		want  booking.OfferState
	}{
		{"an offer, while there is time to answer", booking.Offered, "", "2026-11-24T11:30:00Z", "2026-11-24T11:29:00Z", false, ""},
		{"an offer nobody answered", booking.Offered, "", "2026-11-24T11:30:00Z", "2026-11-24T11:30:00Z", false, booking.Lapsed},
		{"an offer that is never passed on", booking.Offered, "", "", "2026-11-24T13:59:00Z", false, ""},
		{"said yes today", booking.Accepted, late, "", "2026-11-24T13:59:00Z", false, ""},
		{"said yes days ago, and nothing since, an hour before", booking.Accepted, early, "", "2026-11-24T13:00:00Z", false, booking.Lapsed},
		{"and a minute earlier", booking.Accepted, early, "", "2026-11-24T12:59:00Z", false, ""},
		{"and is here", booking.Accepted, early, "", "2026-11-24T13:55:00Z", true, ""},
		{"a minute late", booking.Accepted, late, "", "2026-11-24T14:01:00Z", false, ""},
		{"two minutes late", booking.Accepted, late, "", "2026-11-24T14:02:00Z", false, booking.Missed},
		{"in the call, or dropped out of it", booking.Accepted, late, "", "2026-11-24T14:20:00Z", true, ""},
		{"a substitute who has just said yes", booking.Accepted, "2026-11-24T14:10:00Z", "", "2026-11-24T14:11:00Z", false, ""},
		{"and did not come", booking.Accepted, "2026-11-24T14:10:00Z", "", "2026-11-24T14:12:00Z", false, booking.Missed},
		{"when it is over", booking.Accepted, late, "", "2026-11-24T14:30:00Z", false, ""},
		{"who said no", booking.Declined, "", "", "2026-11-24T14:10:00Z", false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := booking.InterpreterBooking{State: tt.state}
			if tt.spoke != "" {
				b.SpokeAt = moment(t, tt.spoke)
			}
			if tt.by != "" {
				b.AnswerBy = moment(t, tt.by)
			}
			as, due := b.Next(when, tt.came, moment(t, tt.now))
			if due != (tt.want != "") || due && as != tt.want {
				t.Errorf("Next = %v, %v; want %q", as, due, tt.want)
			}
			if closed, err := b.Close(as); due && (err != nil || closed.Open()) {
				t.Errorf("Close = %v, %v", closed.State, err)
			}
		})
	}
}

func TestToSayYesAgainIsToConfirm(t *testing.T) {
	b := booking.InterpreterBooking{State: booking.Offered, AnswerBy: now.Add(time.Hour)}
	yes, err := b.Answer(true, now)
	if err != nil || yes.State != booking.Accepted || !yes.SpokeAt.Equal(now) || !yes.AnswerBy.IsZero() {
		t.Fatalf("yes = %+v, %v", yes, err)
	}
	again, err := yes.Answer(true, now.Add(time.Hour))
	if err != nil || again.State != booking.Accepted || !again.SpokeAt.Equal(now.Add(time.Hour)) {
		t.Errorf("again = %+v, %v", again, err)
	}
	relieved, err := again.Close(booking.Relieved)
	if err != nil || relieved.Open() {
		t.Errorf("relieved = %+v, %v", relieved, err)
	}
	if _, err := relieved.Close(booking.Missed); !errors.Is(err, booking.ErrOfferClosed) {
		t.Errorf("closed twice = %v", err)
	}
}

func TestWhoIsNotAskedAgain(t *testing.T) {
	never, lapsed := booking.Asked([]booking.InterpreterBooking{
		{Interpreter: "no", State: booking.Declined}, {Interpreter: "stuck", State: booking.Relieved},
		{Interpreter: "late", State: booking.Missed}, {Interpreter: "once", State: booking.Lapsed},
		{Interpreter: "twice", State: booking.Lapsed}, {Interpreter: "twice", State: booking.Lapsed},
		{Interpreter: "moved", State: booking.Withdrawn},
	})
	for id, want := range map[booking.InterpreterID]bool{
		"no": true, "stuck": true, "late": true, "once": false, "twice": true, "moved": false, "new": false,
	} {
		if never[id] != want {
			t.Errorf("%s is never asked again: %v", id, never[id])
		}
	}
	if lapsed["once"] != 1 || lapsed["twice"] != 2 || lapsed["new"] != 0 {
		t.Errorf("lapsed: %v", lapsed)
	}
}

func TestLevels(t *testing.T) {
	for n, l := range booking.Levels {
		for m, least := range booking.Levels {
			if l.Meets(least) != (n >= m) {
				t.Errorf("%s meets %s: %v", l, least, l.Meets(least))
			}
		}
	}
	for kind, want := range map[booking.VisitKind]booking.Level{
		booking.Ordinary: booking.Trainee, booking.EndOfLife: booking.Registered, booking.FamilyMeeting: booking.Registered,
	} {
		if got := kind.LeastLevel(); got != want {
			t.Errorf("%s demands %s, want %s", kind, got, want)
		}
	}
	i := booking.Interpreter{Levels: map[booking.Tongue]booking.Level{polish: booking.Registered}}
	if i.LevelIn(polish) != booking.Registered || i.LevelIn(somali) != booking.Qualified {
		t.Errorf("levels: %s, %s", i.LevelIn(polish), i.LevelIn(somali))
	}
}

func TestWhatAnInterpreterSaysOfTheirTime(t *testing.T) {
	tuesday := func(from, to booking.ClockTime) booking.Hours {
		return booking.Hours{Weekday: time.Tuesday, Start: from * 60, End: to * 60}
	}
	for _, tt := range []struct {
		name  string
		hours []booking.Hours
		want  error
	}{
		{"none", nil, nil},
		{"a day with a break", []booking.Hours{tuesday(9, 12), tuesday(13, 17)}, nil},
		{"without the break", []booking.Hours{tuesday(9, 12), tuesday(12, 17)}, nil},
		{"two that meet", []booking.Hours{tuesday(9, 13), tuesday(12, 17)}, booking.ErrHoursMeet},
		{"backwards", []booking.Hours{tuesday(17, 9)}, booking.ErrBadHours},
		{"of no length", []booking.Hours{tuesday(9, 9)}, booking.ErrBadHours},
		{"past midnight", []booking.Hours{tuesday(9, 25)}, booking.ErrBadHours},
		{"on no day", []booking.Hours{{Weekday: 7, Start: 0, End: 60}}, booking.ErrBadHours},
	} {
		if err := booking.CheckHours(tt.hours); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	for rest, want := range map[time.Duration]error{
		0: nil, 15 * time.Minute: nil, 4 * time.Hour: nil,
		-time.Minute: booking.ErrBadRest, 241 * time.Minute: booking.ErrBadRest, time.Second: booking.ErrBadRest,
	} {
		if err := booking.CheckRest(rest); !errors.Is(err, want) {
			t.Errorf("a rest of %v: %v, want %v", rest, err, want)
		}
	}
	for _, tt := range []struct {
		name     string
		from, to time.Duration
		why      booking.Absence
		want     error
	}{
		{"this afternoon", 0, 5 * time.Hour, booking.Ill, nil},
		{"since yesterday", -24 * time.Hour, time.Hour, booking.Ill, nil},
		{"over", -24 * time.Hour, 0, booking.Ill, booking.ErrBadTimeOff},
		{"backwards", 5 * time.Hour, time.Hour, booking.OnLeave, booking.ErrBadTimeOff},
		{"for years", time.Hour, 10000 * time.Hour, booking.OnLeave, booking.ErrBadTimeOff},
		{"for no reason that there is", 0, time.Hour, "a secret", booking.ErrBadChoice},
	} {
		off, err := booking.NewTimeOff(now.Add(tt.from), now.Add(tt.to), now, tt.why)
		if !errors.Is(err, tt.want) || err == nil && off.Why != tt.why {
			t.Errorf("%s: %v, %v; want %v", tt.name, off, err, tt.want)
		}
	}
}

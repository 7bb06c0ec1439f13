package booking_test

import (
	"errors"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

var now = time.Date(2026, 11, 24, 13, 50, 0, 0, time.UTC)

var allStates = []booking.State{booking.Held, booking.Booked, booking.Preparing, booking.Lobby, booking.Live, booking.Ended, booking.Cancelled}

// Each verb, from each state: where it leads, or why it is refused.
func TestLifeOfAVisit(t *testing.T) {
	type row = map[booking.State]any // a State it leads to, or the error
	over, begun := booking.ErrVisitOver, booking.ErrVisitBegun
	for _, tt := range []struct {
		verb string
		do   func(booking.Visit) (booking.Visit, error)
		want row
	}{
		{"confirm", func(v booking.Visit) (booking.Visit, error) { return v.Confirm(now) }, row{
			"held": booking.Booked, "booked": booking.Booked, "preparing": over, "lobby": over, "live": over, "ended": over, "cancelled": over}},
		{"start", func(v booking.Visit) (booking.Visit, error) { return v.Start(now, 15*time.Minute) }, row{
			"held": booking.ErrNotStarted, "booked": booking.Preparing, "preparing": booking.ErrAlreadyStarted,
			"lobby": booking.ErrAlreadyStarted, "live": booking.ErrAlreadyStarted, "ended": over, "cancelled": over}},
		{"arrive", booking.Visit.Arrive, row{
			"held": booking.ErrNotStarted, "booked": booking.ErrNotStarted, "preparing": booking.Lobby, "lobby": booking.Lobby,
			"live": booking.Live, "ended": over, "cancelled": over}},
		{"admit", func(v booking.Visit) (booking.Visit, error) { return v.Admit(now) }, row{
			"held": booking.ErrNotStarted, "booked": booking.ErrNotStarted, "preparing": booking.ErrNotStarted,
			"lobby": booking.Live, "live": booking.Live, "ended": over, "cancelled": over}},
		{"move", func(v booking.Visit) (booking.Visit, error) { return v.Move(v.When) }, row{
			"held": booking.Held, "booked": booking.Booked, "preparing": begun, "lobby": begun, "live": begun, "ended": over, "cancelled": over}},
		{"cancel", func(v booking.Visit) (booking.Visit, error) { return v.Cancel(booking.ByFamily, now) }, row{
			"held": booking.Cancelled, "booked": booking.Cancelled, "preparing": booking.Cancelled, "lobby": booking.Cancelled,
			"live": begun, "ended": over, "cancelled": over}},
		{"end", func(v booking.Visit) (booking.Visit, error) { return v.End(booking.ByWard, now) }, row{
			"held": booking.Cancelled, "booked": booking.Cancelled, "preparing": booking.Cancelled, "lobby": booking.Cancelled,
			"live": booking.Ended, "ended": over, "cancelled": over}},
	} {
		for _, from := range allStates {
			t.Run(tt.verb+" from "+string(from), func(t *testing.T) {
				v := booking.Visit{State: from, When: interval(t, "2026-11-24T14:00:00Z", 20*time.Minute), HeldUntil: now.Add(time.Minute)}
				got, err := tt.do(v)
				switch want := tt.want[from].(type) {
				case booking.State:
					if err != nil || got.State != want {
						t.Errorf("= %v, %v; want %v", got.State, err, want)
					}
				case error:
					if !errors.Is(err, want) || got.State != from {
						t.Errorf("= %v, %v; want %v refused with %v", got.State, err, from, want)
					}
				default:
					t.Fatal("no row")
				}
			})
		}
	}
}

func TestAHoldLapses(t *testing.T) {
	v := booking.Visit{State: booking.Held, HeldUntil: now}
	if _, err := v.Confirm(now); !errors.Is(err, booking.ErrHoldExpired) {
		t.Errorf("Confirm at the last instant = %v", err)
	}
	v.State, v.Reason = booking.Cancelled, booking.HoldLapsed
	if _, err := v.Confirm(now); !errors.Is(err, booking.ErrHoldExpired) {
		t.Errorf("Confirm after the sweep = %v", err)
	}
}

func TestWaitingRoomHours(t *testing.T) {
	policy := booking.Policy{OpensBefore: 15 * time.Minute, Grace: 10 * time.Minute}
	when := interval(t, "2026-11-24T14:00:00Z", 20*time.Minute)
	for _, tt := range []struct {
		name  string
		state booking.State
		at    string
		want  error
	}{
		{"too early", booking.Booked, "13:44", booking.ErrNotOpenYet},
		{"as it opens", booking.Booked, "13:45", nil},
		{"late, within the grace", booking.Booked, "14:29", nil},
		{"nobody came", booking.Booked, "14:30", booking.ErrVisitOver},
		{"a call that runs over", booking.Live, "14:45", nil},
		{"only held", booking.Held, "14:00", booking.ErrVisitOver},
		{"cancelled", booking.Cancelled, "14:00", booking.ErrVisitOver},
	} {
		t.Run(tt.name, func(t *testing.T) {
			at := interval(t, "2026-11-24T"+tt.at+":00Z", time.Minute).Start()
			if err := (booking.Visit{State: tt.state, When: when}).WaitingRoomOpen(at, policy); !errors.Is(err, tt.want) {
				t.Errorf("= %v, want %v", err, tt.want)
			}
		})
	}
}

func TestPlaces(t *testing.T) {
	here := booking.Participant{Place: booking.Expected, HereSince: now}
	if p, err := here.Put(booking.Admitted); err != nil || p.Place != booking.Admitted || p.Waiting() {
		t.Errorf("admitting somebody here = %+v, %v", p, err)
	}
	if _, err := (booking.Participant{Place: booking.Expected}).Put(booking.Admitted); !errors.Is(err, booking.ErrNotHere) {
		t.Errorf("admitting somebody absent = %v", err)
	}
	removed, err := here.Put(booking.Removed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := removed.Put(booking.Admitted); !errors.Is(err, booking.ErrRemoved) {
		t.Errorf("admitting somebody removed = %v", err)
	}
}

func TestMayVisit(t *testing.T) {
	fine := booking.Standing{
		Ward:    booking.Ward{Enabled: true, Site: booking.Site{Zone: time.UTC}},
		Patient: booking.Patient{State: booking.PatientActive},
		Member:  booking.CircleMember{ID: "m", Status: booking.MemberApproved},
		Consent: booking.Consent{At: now.Add(-time.Hour), ReviewOn: booking.DateOf(now, time.UTC)},
	}
	for _, tt := range []struct {
		name  string
		spoil func(*booking.Standing)
		want  error
	}{
		{"all is well", func(*booking.Standing) {}, nil},
		{"a stranger", func(s *booking.Standing) { s.Member = booking.CircleMember{} }, booking.ErrNotInCircle},
		{"taken out of the circle", func(s *booking.Standing) { s.Member.Status = booking.MemberRemoved }, booking.ErrNotInCircle},
		{"only proposed", func(s *booking.Standing) { s.Member.Status = booking.MemberProposed }, booking.ErrNotApproved},
		{"barred", func(s *booking.Standing) { s.Member.Barred = true }, booking.ErrNoSlots},
		{"barred, whatever else", func(s *booking.Standing) { s.Member.Barred = true; s.Consent = booking.Consent{} }, booking.ErrNoSlots},
		{"gone home", func(s *booking.Standing) { s.Patient.State = booking.PatientDischarged }, booking.ErrPatientAway},
		{"ward closed", func(s *booking.Standing) { s.Ward.Enabled = false }, booking.ErrWardClosed},
		{"never consented", func(s *booking.Standing) { s.Consent = booking.Consent{} }, booking.ErrConsentNeeded},
		{"withdrawn", func(s *booking.Standing) { s.Consent.WithdrawnAt = now.Add(-time.Minute) }, booking.ErrConsentNeeded},
		{"review is overdue", func(s *booking.Standing) { s.Consent.ReviewOn = booking.DateOf(now, time.UTC).AddDays(-1) }, booking.ErrConsentNeeded},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := fine
			tt.spoil(&s)
			if err := s.MayVisit(now); !errors.Is(err, tt.want) {
				t.Errorf("= %v, want %v", err, tt.want)
			}
		})
	}
}

func TestInviteCodes(t *testing.T) {
	invite := booking.Invite{Expires: now.Add(24 * time.Hour)}
	sent, err := invite.SendCode("right", now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sent.SendCode("again", now.Add(30*time.Second)); !errors.Is(err, booking.ErrCodeTooSoon) {
		t.Errorf("a second code at once = %v", err)
	}
	spent, err := sent.TryCode("right", now.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := spent.TryCode("right", now.Add(time.Minute)); !errors.Is(err, booking.ErrCodeExpired) {
		t.Errorf("the same code twice = %v", err)
	}
	if _, err := sent.TryCode("right", now.Add(booking.CodeLife)); !errors.Is(err, booking.ErrCodeExpired) {
		t.Errorf("a stale code = %v", err)
	}
	guessed := sent
	for range 5 {
		if guessed, err = guessed.TryCode("wrong", now); !errors.Is(err, booking.ErrWrongCode) {
			t.Fatalf("a wrong code = %v", err)
		}
	}
	if !sent.CodeOpen(now) || guessed.CodeOpen(now) || sent.CodeOpen(now.Add(booking.CodeLife)) {
		t.Error("CodeOpen is wrong about a fresh, a guessed or a stale code")
	}
	if _, err := guessed.TryCode("right", now); !errors.Is(err, booking.ErrTooManyCodes) {
		t.Errorf("the right code after five wrong = %v", err)
	}
	revoked := sent
	revoked.RevokedAt = now
	if _, err := revoked.TryCode("right", now); !errors.Is(err, booking.ErrInviteRevoked) {
		t.Errorf("a revoked link = %v", err)
	}
	if _, err := sent.SendCode("x", invite.Expires); !errors.Is(err, booking.ErrInviteExpired) {
		t.Errorf("an expired link = %v", err)
	}
}

func TestCodesADay(t *testing.T) {
	invite, at := booking.Invite{Expires: now.Add(72 * time.Hour)}, now
	var err error
	for i := range 10 {
		if invite, err = invite.SendCode("c", at); err != nil {
			t.Fatalf("code %d = %v", i+1, err)
		}
		at = at.Add(2 * time.Minute)
	}
	if _, err = invite.SendCode("c", at); !errors.Is(err, booking.ErrTooManyCodes) {
		t.Errorf("the eleventh = %v", err)
	}
	if _, err = invite.SendCode("c", now.Add(25*time.Hour)); err != nil {
		t.Errorf("the next day = %v", err)
	}
}

func TestInterpreterHoursAndAnswers(t *testing.T) {
	i := booking.Interpreter{Zone: zone(t, "Europe/London"), Tongues: []booking.Tongue{{Language: "bfi", Mode: booking.Sign}},
		Hours: []booking.Hours{{Weekday: time.Tuesday, Start: 9 * 60, End: 17 * 60}}}
	for start, want := range map[string]bool{
		"2026-11-24T09:00:00Z": true, "2026-11-24T16:40:00Z": true, "2026-11-24T16:41:00Z": false,
		"2026-11-24T08:59:00Z": false, "2026-11-25T10:00:00Z": false, "2026-07-07T08:00:00Z": true,
	} {
		if got := i.Works(interval(t, start, 20*time.Minute)); got != want {
			t.Errorf("Works(%s) = %v, want %v", start, got, want)
		}
	}
	if i.Speaks(booking.Tongue{Language: "bfi", Mode: booking.Spoken}) || !i.Speaks(i.Tongues[0]) {
		t.Error("Speaks is wrong about sign and speech")
	}
	b := booking.InterpreterBooking{State: booking.Offered}
	answer := func(b booking.InterpreterBooking, yes bool) (booking.InterpreterBooking, error) {
		return b.Answer(yes, now)
	}
	yes, err := answer(b, true)
	if err != nil || yes.State != booking.Accepted {
		t.Fatalf("accept = %v, %v", yes.State, err)
	}
	back, err := answer(yes, false)
	if err != nil || back.State != booking.Declined {
		t.Fatalf("hand back = %v, %v", back.State, err)
	}
	if _, err := answer(back, true); !errors.Is(err, booking.ErrOfferClosed) {
		t.Errorf("accept after handing back = %v", err)
	}
}

// What time alone does to a visit, with ten minutes of grace after its end.
func TestRunOut(t *testing.T) {
	v := booking.Visit{When: interval(t, "2026-11-24T14:00:00Z", 20*time.Minute), HeldUntil: now.Add(time.Minute)}
	grace := v.When.End().Add(10 * time.Minute)
	for _, tt := range []struct {
		name   string
		state  booking.State
		at     time.Time
		waited bool
		want   booking.State
		why    booking.Reason
	}{
		{"a hold while it lasts", booking.Held, now, false, booking.Held, ""},
		{"a hold that has lapsed", booking.Held, v.HeldUntil, false, booking.Cancelled, booking.HoldLapsed},
		{"booked, within grace", booking.Booked, grace.Add(-time.Minute), false, booking.Booked, ""},
		{"booked, and nobody came", booking.Booked, grace, false, booking.Cancelled, booking.NoShowVisitor},
		{"booked, and they waited", booking.Booked, grace, true, booking.Cancelled, booking.ByWard},
		{"started, and nobody came", booking.Preparing, grace, false, booking.Cancelled, booking.NoShowVisitor},
		{"in the lobby, and they waited", booking.Lobby, grace, true, booking.Cancelled, booking.ByWard},
		{"live, within grace", booking.Live, grace.Add(-time.Minute), true, booking.Live, ""},
		{"live, and left open", booking.Live, grace, true, booking.Ended, booking.RanToEnd},
		{"ended long ago", booking.Ended, grace, false, booking.Ended, ""},
		{"cancelled long ago", booking.Cancelled, grace, false, booking.Cancelled, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := v
			v.State = tt.state
			over, ended := v.RunOut(tt.at, 10*time.Minute, tt.waited)
			if over.State != tt.want || over.Reason != tt.why || ended != (tt.want != tt.state) {
				t.Errorf("= %v %v, %v; want %v %v", over.State, over.Reason, ended, tt.want, tt.why)
			}
		})
	}
}

// A visit keeps when it was booked and when the ward pressed Start, for figures: the
// first booking, however often it is pressed, and the last Start, since one that was
// put back began nothing.
func TestWhenAVisitWasBookedAndOpened(t *testing.T) {
	when, err := booking.NewInterval(now.Add(10*time.Minute), 30*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	step := func(v booking.Visit, err error) booking.Visit {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	v := step(booking.Visit{State: booking.Held, When: when, HeldUntil: now.Add(time.Minute)}.Confirm(now))
	v = step(v.Confirm(now.Add(time.Second)))
	if !v.BookedAt.Equal(now) {
		t.Errorf("booked at %v, not %v", v.BookedAt, now)
	}
	v = step(step(v.Start(now, time.Hour)).PutBack())
	if !v.OpenedAt.IsZero() {
		t.Errorf("put back, and opened at %v", v.OpenedAt)
	}
	again := now.Add(40 * time.Minute)
	if v = step(v.Start(again, time.Hour)); !v.OpenedAt.Equal(again) || !v.BookedAt.Equal(now) {
		t.Errorf("booked at %v, opened at %v", v.BookedAt, v.OpenedAt)
	}
}

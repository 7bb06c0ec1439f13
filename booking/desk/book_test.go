package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

func TestAFamilyBooksAVisit(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		circles := must[[]desk.Circle](t)(w.Circles(ctx, as(1)))
		if len(circles) != 1 || circles[0].Refused != nil || circles[0].Bed != "Bay 1, Bed 1" || circles[0].Patient.MRN != "" {
			t.Fatalf("circles: %+v", circles)
		}
		tomorrow := booking.Date{Year: 2026, Month: 11, Day: 26}
		offering := must[desk.Offering](t)(w.Offering(ctx, as(1), patientID(1), tomorrow, 2))
		if len(offering.Days) != 2 || len(offering.Days[0].Slots) != 15 {
			t.Fatalf("offered %d days, %d slots", len(offering.Days), len(offering.Days[0].Slots))
		}
		start := offering.Days[0].Slots[3].When.Start()
		held := must[desk.Visit](t)(w.Hold(ctx, as(1), patientID(1), visitorID(1), start))
		if held.State != booking.Held || !held.HeldUntil.Equal(morning.Add(10*time.Minute)) || held.Via != booking.ViaWeb {
			t.Errorf("held: %+v", held.Visit)
		}
		held = must[desk.Visit](t)(w.Held(ctx, as(1), held.ID))
		if len(held.Companions) != 2 || !held.Companions[0].Self || !held.Companions[0].Chosen || held.Companions[1].Chosen {
			t.Errorf("companions: %+v", held.Companions)
		}
		if held.Companions[1].Member.Visitor.Phone != "" {
			t.Error("relatives see one another's numbers")
		}
		details := desk.Details{
			Members: []booking.MemberID{memberID(102), memberID(102)}, Tongue: spokenPolish,
			Needs: []booking.Need{booking.NeedHearingLoop, booking.NeedCaptions, booking.NeedHearingLoop},
		}
		described := must[desk.Visit](t)(w.Describe(ctx, as(1), held.ID, details))
		if !slices.Equal(described.Needs, []booking.Need{booking.NeedCaptions, booking.NeedHearingLoop}) || described.Tongue != spokenPolish {
			t.Errorf("described: %+v", described.Visit)
		}
		booked := must[desk.Visit](t)(w.Book(ctx, as(1), held.ID))
		if booked.State != booking.Booked || len(booked.People) != 3 || booked.Interpreter == nil || booked.Interpreter.State != booking.Offered {
			t.Errorf("booked: %+v", booked)
		}
		var told []string
		for _, l := range w.letters("visit_id IS NOT NULL") {
			told = append(told, l.Kind+" "+l.To)
		}
		want := []string{
			"booked " + phone(1), "booked " + phone(2), "interpreter_ask " + phone(801), "join " + phone(1), "join " + phone(2),
			"reminder " + phone(1), "reminder " + phone(2),
		}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		if n := w.count(`SELECT count(*) FROM reservations WHERE state = 'firm'`); n != 3 {
			t.Errorf("%d firm reservations", n)
		}

		again := must[desk.Visit](t)(w.Book(ctx, as(1), held.ID))
		if diff := cmp.Diff(booked.Visit, again.Visit, cmp.AllowUnexported(booking.Interval{})); diff != "" {
			t.Errorf("pressing twice changed it:\n%s", diff)
		}
		if n := len(w.letters("visit_id IS NOT NULL")); n != len(want) {
			t.Errorf("%d notices after pressing twice", n)
		}
		seen := must[desk.Visit](t)(w.Visit(ctx, as(2), booked.Reference))
		if seen.ID != booked.ID {
			t.Error("who comes along does not see the visit")
		}
		if mine := must[[]desk.Visit](t)(w.Visits(ctx, as(1))); len(mine) != 1 {
			t.Errorf("%d visits in the list", len(mine))
		}
	})
}

// Each relative coming has a link of their own, which opens onto themself.
func TestEachComesByTheirOwnLink(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{Members: []booking.MemberID{memberID(102)}})
		links := map[string]string{}
		for _, l := range w.letters("kind = 'booked'") {
			_, rest, _ := strings.Cut(l.Words, `/invitation/`)
			links[l.To], _, _ = strings.Cut(rest, `"`)
		}
		if len(links) != 2 || links[phone(1)] == links[phone(2)] {
			t.Fatalf("links: %v", links)
		}
		must[desk.Invitation](t)(w.SendCode(ctx, links[phone(2)]))
		code := w.letters("kind = 'code'")
		if len(code) != 1 || code[0].To != phone(2) {
			t.Fatalf("codes went to %v", code)
		}
		if w.count(`SELECT count(*) FROM invites WHERE visitor_id IS NOT NULL AND expires_at > $1`, v.When.End().Format("2006-01-02T15:04:05.000000Z")) != 2 {
			t.Error("a link ends before its visit")
		}
	})
}

func TestHoldRefuses(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx, slot := t.Context(), today(15, 0)
		must[booking.CircleMember](t)(w.Bar(ctx, nurse(1), memberID(102), "has threatened staff"))
		ok(t, w.WithdrawConsent(ctx, nurse(1), patientID(2)))
		for _, tt := range []struct {
			name    string
			by      booking.Actor
			patient int
			visitor int
			start   time.Time
			want    error
		}{
			{"a stranger", as(3), 1, 3, slot, booking.ErrNotInCircle},
			{"who is only proposed", as(903), 1, 903, slot, booking.ErrNotApproved},
			{"for somebody else", as(1), 1, 2, slot, booking.ErrMayNot},
			{"who is barred", as(2), 1, 2, slot, booking.ErrNoSlots},
			{"without consent", as(2), 2, 2, slot, booking.ErrConsentNeeded},
			{"a patient that is none", as(1), 99, 1, slot, booking.ErrNotInCircle},
			{"between slots", as(1), 1, 1, slot.Add(time.Minute), booking.ErrNotASlot},
			{"after the session", as(1), 1, 1, today(17, 45), booking.ErrNotASlot},
			{"in a session for staff", as(1), 1, 1, today(10, 30).AddDate(0, 0, 1), booking.ErrNotASlot},
			{"three weeks ahead", as(1), 1, 1, slot.AddDate(0, 0, 21), booking.ErrTooEarly},
			{"yesterday", as(1), 1, 1, slot.AddDate(0, 0, -1), booking.ErrTooLate},
			{"staff of another ward", nurse(2), 1, 1, slot, booking.ErrNoSuchPatient},
			{"staff for a stranger", nurse(1), 1, 3, slot, booking.ErrNotInCircle},
			{"staff in the past", nurse(1), 1, 1, slot.AddDate(0, 0, -1), booking.ErrPast},
			{"an interpreter", interpreter(1), 1, 1, slot, booking.ErrNoSuchPatient},
			{"a device", device(1, 1), 1, 1, slot, booking.ErrNoSuchPatient},
		} {
			_, err := w.Hold(ctx, tt.by, patientID(tt.patient), visitorID(tt.visitor), tt.start)
			refused(t, tt.name, err, tt.want)
		}
		if n := w.count(`SELECT count(*) FROM visits`) + w.count(`SELECT count(*) FROM reservations`); n != 0 {
			t.Errorf("refusals left %d rows", n)
		}
		w.at(today(14, 45))
		_, err := w.Hold(ctx, as(1), patientID(1), visitorID(1), slot)
		refused(t, "with a quarter of an hour's notice", err, booking.ErrTooLate)
		v := must[desk.Visit](t)(w.Hold(ctx, nurse(1), patientID(1), visitorID(1), slot))
		if v.Via != booking.ViaPhone || v.BookedBy.Name != "Sister Khan" {
			t.Errorf("staff may book late: %+v", v.Visit)
		}
		if c := must[desk.Visit](t)(w.Held(ctx, nurse(1), v.ID)).Companions; len(c) != 1 || !c[0].Self {
			t.Errorf("staff see %+v for company", c)
		}
		must[desk.Visit](t)(w.Book(ctx, nurse(1), v.ID))
	})
}

func TestOneHoldForEachFamily(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		first := must[desk.Visit](t)(w.Hold(ctx, as(1), patientID(1), visitorID(1), today(15, 0)))
		same := must[desk.Visit](t)(w.Hold(ctx, as(1), patientID(1), visitorID(1), today(15, 0)))
		if same.ID != first.ID || same.Version != first.Version {
			t.Errorf("pressing twice gave %v, then %v", first.ID, same.ID)
		}
		other := must[desk.Visit](t)(w.Hold(ctx, as(1), patientID(1), visitorID(1), today(15, 15)))
		if other.ID == first.ID {
			t.Error("another slot is the same hold")
		}
		_, err := w.Book(ctx, as(1), first.ID)
		refused(t, "book what was given back", err, booking.ErrHoldExpired)
		ok(t, w.Release(ctx, as(1), other.ID))
		ok(t, w.Release(ctx, as(1), other.ID))
		if n := w.count(`SELECT count(*) FROM reservations WHERE state <> 'released'`); n != 0 {
			t.Errorf("%d reservations are left", n)
		}
		if mine := must[[]desk.Visit](t)(w.Visits(ctx, as(1))); len(mine) != 0 {
			t.Errorf("slots that were never booked are listed: %v", mine)
		}
		_, err = w.Held(ctx, as(2), other.ID)
		refused(t, "somebody else's hold", err, booking.ErrNoSuchVisit)
		_, err = w.Held(ctx, as(1), "not an id")
		refused(t, "a hold that is none", err, booking.ErrNoSuchVisit)
	})
}

// Ward 2 has one iPad. A hold on it that has run out stands in nobody's way,
// though no sweep has come by.
func TestALapsedHoldNeverBlocks(t *testing.T) {
	inHospitalOf(t, 5, 3, func(t *testing.T, w *world) {
		ctx := t.Context()
		first := must[desk.Visit](t)(w.Hold(ctx, as(4), patientID(4), visitorID(4), today(15, 0)))
		_, err := w.Hold(ctx, as(5), patientID(5), visitorID(5), today(15, 0))
		refused(t, "while it is held", err, booking.ErrSlotTaken)
		near := must[[]booking.Slot](t)(w.Alternatives(ctx, as(5), patientID(5), today(15, 0), 3))
		if len(near) != 3 || near[0].When.Start() != today(14, 0) {
			t.Errorf("instead: %v", near)
		}
		w.at(morning.Add(10 * time.Minute))
		second := must[desk.Visit](t)(w.Hold(ctx, as(5), patientID(5), visitorID(5), today(15, 0)))
		if second.Device != first.Device {
			t.Error("there is one iPad")
		}
		was := must[desk.Visit](t)(w.Held(ctx, as(4), first.ID))
		if was.State != booking.Cancelled || was.Reason != booking.HoldLapsed {
			t.Errorf("the lapsed hold is %v", was.State)
		}
		_, err = w.Book(ctx, as(4), first.ID)
		refused(t, "book too late", err, booking.ErrHoldExpired)
		_, err = w.Describe(ctx, as(4), first.ID, desk.Details{})
		refused(t, "fill in too late", err, booking.ErrHoldExpired)
		must[desk.Visit](t)(w.Book(ctx, as(5), second.ID))
	})
}

func TestDescribeRefuses(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := must[desk.Visit](t)(w.Hold(ctx, as(1), patientID(1), visitorID(1), today(15, 0)))
		for _, tt := range []struct {
			name    string
			details desk.Details
			want    error
		}{
			{"a stranger", desk.Details{Members: []booking.MemberID{memberID(3)}}, booking.ErrNoSuchPerson},
			{"nobody", desk.Details{Members: []booking.MemberID{"x"}}, booking.ErrNoSuchPerson},
			{"who is only proposed", desk.Details{Members: []booking.MemberID{memberID(103)}}, booking.ErrNotApproved},
			{"a tongue nobody has", desk.Details{Tongue: booking.Tongue{Language: "tlh", Mode: booking.Spoken}}, booking.ErrNoInterpreter},
			{"half a tongue", desk.Details{Tongue: booking.Tongue{Language: polish}}, booking.ErrNoInterpreter},
			{"a need that is none", desk.Details{Needs: []booking.Need{"champagne"}}, booking.ErrBadChoice},
		} {
			_, err := w.Describe(ctx, as(1), v.ID, tt.details)
			refused(t, tt.name, err, tt.want)
		}
		_, err := w.Describe(ctx, as(3), v.ID, desk.Details{})
		refused(t, "somebody else's", err, booking.ErrNoSuchVisit)
		for _, name := range []string{"Ann", "Ben", "Cat"} { // with the two approved that is too many
			m := must[booking.CircleMember](t)(w.Invite(ctx, nurse(1), patientID(1), desk.Contact{Name: name, Phone: "07700 90099" + string('0'+name[0]%10), Relationship: "Friend"}))
			if name != "Cat" {
				continue
			}
			circle := must[desk.Visit](t)(w.Held(ctx, as(1), v.ID)).Companions
			var all []booking.MemberID
			for _, c := range circle {
				all = append(all, c.Member.ID)
			}
			if !slices.Contains(all, m.ID) {
				t.Error("a new member cannot be chosen")
			}
			_, err = w.Describe(ctx, as(1), v.ID, desk.Details{Members: all})
			refused(t, "five of three", err, booking.ErrTooManyPeople)
		}
		must[desk.Visit](t)(w.Describe(ctx, as(1), v.ID, desk.Details{Members: []booking.MemberID{memberID(102)}}))
		must[desk.Visit](t)(w.Describe(ctx, as(1), v.ID, desk.Details{})) // and without them again
		if people := must[desk.Visit](t)(w.Held(ctx, as(1), v.ID)).People; len(people) != 1 || people[0].Visitor != visitorID(1) {
			t.Errorf("coming: %+v", people)
		}
	})
}

// Eligibility is asked again at booking.
func TestBookAsksAgain(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := must[desk.Visit](t)(w.Hold(ctx, as(1), patientID(1), visitorID(1), today(15, 0)))
		ok(t, w.WithdrawConsent(ctx, nurse(1), patientID(1)))
		_, err := w.Book(ctx, as(1), v.ID)
		refused(t, "after consent is withdrawn", err, booking.ErrConsentNeeded)
		must[booking.Consent](t)(w.RecordConsent(ctx, nurse(1), booking.Consent{Patient: patientID(1), Basis: booking.BasisOwn}))
		must[desk.Visit](t)(w.Book(ctx, as(1), v.ID))
	})
}

func TestAddingPeople(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{})
		before := len(w.letters("true"))
		v = must[desk.Visit](t)(w.AddPeople(ctx, as(1), v.Reference, []booking.MemberID{memberID(102), memberID(1)}))
		if len(v.People) != 2 || v.Version == 1 {
			t.Errorf("people: %+v", v.People)
		}
		if n := len(w.letters("true")) - before; n != 2 { // booked, join
			t.Errorf("%d notices to who was added", n)
		}
		must[desk.Visit](t)(w.AddPeople(ctx, as(1), v.Reference, []booking.MemberID{memberID(102)}))
		if n := len(w.letters("true")) - before; n != 2 {
			t.Errorf("%d notices after pressing twice", n)
		}
		_, err := w.AddPeople(ctx, as(1), v.Reference, []booking.MemberID{memberID(3)})
		refused(t, "a stranger", err, booking.ErrNoSuchPerson)
	})
}

// Somebody who is in the visit has one more come, who waits like everybody; not
// into a room that the ward has locked.
func TestAddingPeopleToAVisitThatIsOn(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{})
		w.pair(deviceNumber(v.Device), 1)
		w.at(today(15, 2))
		must[desk.Visit](t)(w.Start(ctx, nurse(1), v.Reference))
		must[bool](t)(w.Arrive(ctx, v.ID, desk.SeatOfPatient, ""))
		must[bool](t)(w.Arrive(ctx, v.ID, string(seat(t, v, 1)), ""))
		must[desk.Visit](t)(w.Admit(ctx, nurse(1), v.Reference, seat(t, v, 1)))
		now := must[desk.Visit](t)(w.Visit(ctx, as(1), v.Reference))
		if len(now.Companions) != 2 {
			t.Fatalf("%d could come", len(now.Companions))
		}
		must[desk.Visit](t)(w.Lock(ctx, nurse(1), v.Reference, true))
		_, err := w.AddPeople(ctx, as(1), v.Reference, []booking.MemberID{memberID(102)})
		refused(t, "into a locked room", err, booking.ErrRoomLocked)
		must[desk.Visit](t)(w.Lock(ctx, nurse(1), v.Reference, false))
		before := len(w.letters("true"))
		now = must[desk.Visit](t)(w.AddPeople(ctx, as(1), v.Reference, []booking.MemberID{memberID(102)}))
		if n := len(w.letters("true")) - before; n != 1 {
			t.Errorf("%d notices to who was added", n)
		}
		if in := must[bool](t)(w.Arrive(ctx, v.ID, string(seat(t, now, 2)), "")); in {
			t.Error("who was added comes straight in")
		}
	})
}

func TestBookingAtAnyTime(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		b := desk.BookedVisit{Patient: patientID(1), Members: []booking.MemberID{memberID(1), memberID(102)}, Tongue: signed, Start: morning.Add(7 * time.Minute), Length: 20 * time.Minute}
		v := must[desk.Visit](t)(w.BookAt(ctx, booking.System, b))
		if v.State != booking.Booked || len(v.People) != 3 || v.When.Start() != morning.Add(7*time.Minute) {
			t.Errorf("booked %+v", v)
		}
		if n := len(w.letters("kind = 'join'")); n != 0 {
			t.Error("a second link for a visit that is about to begin")
		}
		_, err := w.BookAt(ctx, booking.System, b)
		refused(t, "the same again", err, booking.ErrPatientBusy)
		_, err = w.BookAt(ctx, as(1), b)
		refused(t, "by a relative", err, booking.ErrMayNot)
		_, err = w.BookAt(ctx, nurse(2), b)
		refused(t, "by another ward", err, booking.ErrNoSuchPatient)
		if n := w.count(`SELECT count(*) FROM visits`); n != 1 {
			t.Errorf("%d visits", n)
		}
	})
}

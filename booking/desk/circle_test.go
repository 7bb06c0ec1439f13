package desk_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

func TestProposeAndApprove(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		who := desk.Contact{Name: "Zoë <script>alert(1)</script> 👵🏽", Phone: "+44 7700 900555", Relationship: "Aunt"}
		m := must[booking.CircleMember](t)(w.Propose(ctx, as(1), patientID(1), who))
		if m.Status != booking.MemberProposed || m.Visitor.Name != who.Name {
			t.Errorf("proposed: %+v", m)
		}
		refused(t, "propose twice", second(w.Propose(ctx, as(1), patientID(1), who)), booking.ErrAlreadyInCircle)
		refused(t, "a stranger proposes", second(w.Propose(ctx, as(3), patientID(1), who)), booking.ErrNotInCircle)
		refused(t, "who is proposed proposes", second(w.Propose(ctx, as(903), patientID(1), who)), booking.ErrNotApproved)
		if n := len(w.letters("kind = 'invite'")); n != 0 {
			t.Error("a proposal sends a link")
		}
		refused(t, "another ward approves", second(w.Approve(ctx, nurse(2), m.ID)), booking.ErrNoSuchPerson)
		m = must[booking.CircleMember](t)(w.Approve(ctx, nurse(1), m.ID))
		must[booking.CircleMember](t)(w.Approve(ctx, nurse(1), m.ID)) // pressed twice
		if n := len(w.letters("kind = 'invite'")); m.Status != booking.MemberApproved || n != 1 {
			t.Errorf("approved: %v, %d links", m.Status, n)
		}
		again := must[booking.CircleMember](t)(w.Invite(ctx, nurse(1), patientID(1), who))
		if n := len(w.letters("kind = 'invite'")); again.ID != m.ID || n != 2 {
			t.Errorf("invited again: %v, %d links", again.ID, n)
		}
		other := must[booking.CircleMember](t)(w.Invite(ctx, nurse(1), patientID(2), who))
		if other.Visitor.ID != m.Visitor.ID {
			t.Error("one number is two people")
		}
		if circles := must[[]desk.Circle](t)(w.Circles(ctx, booking.Actor{Kind: booking.VisitorActor, ID: string(m.Visitor.ID)})); len(circles) != 2 {
			t.Errorf("%d circles", len(circles))
		}
	})
}

func TestContactsAreRead(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		for _, tt := range []struct {
			name string
			who  desk.Contact
			want error
		}{
			{"no name", desk.Contact{Name: "  ", Phone: "07700 900321", Relationship: "Son"}, booking.ErrMissing},
			{"a long name", desk.Contact{Name: strings.Repeat("ñ", 101), Phone: "07700 900321", Relationship: "Son"}, booking.ErrTooLong},
			{"a name with a null", desk.Contact{Name: "A\x00B", Phone: "07700 900321", Relationship: "Son"}, booking.ErrBadText},
			{"a name that turns round", desk.Contact{Name: "A\u202eB", Phone: "07700 900321", Relationship: "Son"}, booking.ErrBadText},
			{"a name that is no text", desk.Contact{Name: "A\xff", Phone: "07700 900321", Relationship: "Son"}, booking.ErrBadText},
			{"no relationship", desk.Contact{Name: "A", Phone: "07700 900321"}, booking.ErrMissing},
			{"no number", desk.Contact{Name: "A", Relationship: "Son"}, booking.ErrMissing},
			{"half a number", desk.Contact{Name: "A", Phone: "07700", Relationship: "Son"}, booking.ErrBadPhone},
			{"a word for a number", desk.Contact{Name: "A", Phone: "ring me", Relationship: "Son"}, booking.ErrBadPhone},
			{"an address that is none", desk.Contact{Name: "A", Phone: "07700 900321", Email: "a@", Relationship: "Son"}, booking.ErrBadEmail},
			{"two addresses", desk.Contact{Name: "A", Phone: "07700 900321", Email: "B <b@example.org>", Relationship: "Son"}, booking.ErrBadEmail},
		} {
			refused(t, tt.name, second(w.Invite(t.Context(), nurse(1), patientID(1), tt.who)), tt.want)
		}
	})
}

// What a barred person meets is what anybody meets whose ward is full.
func TestABarLooksLikeAFullWard(t *testing.T) {
	inHospitalOf(t, 5, 4, func(t *testing.T, w *world) {
		ctx := t.Context()
		day := booking.DateOf(morning, london)
		must[booking.CircleMember](t)(w.Bar(ctx, nurse(1), memberID(1), "Threatened staff on the phone"))
		barred := must[desk.Offering](t)(w.Offering(ctx, as(1), patientID(1), day, 3))
		for _, d := range barred.Days {
			if len(d.Slots) != 0 {
				t.Errorf("%v has %d slots", d.Date, len(d.Slots))
			}
		}
		circles := must[[]desk.Circle](t)(w.Circles(ctx, as(1)))
		if len(circles) != 1 || circles[0].Refused != nil {
			t.Errorf("their circle says it: %+v", circles)
		}
		if n := must[[]booking.Slot](t)(w.Alternatives(ctx, as(1), patientID(1), today(15, 0), 3)); len(n) != 0 {
			t.Errorf("alternatives: %v", n)
		}
		_, barredSays := w.Hold(ctx, as(1), patientID(1), visitorID(1), today(15, 0))

		_, err := w.raw.Exec(`UPDATE devices SET state = 'out_of_service' WHERE ward_id = $1`, wardID(2))
		ok(t, err)
		full := must[desk.Offering](t)(w.Offering(ctx, as(5), patientID(5), day, 3))
		if diff := cmp.Diff(len(full.Days), len(barred.Days)); diff != "" {
			t.Error(diff)
		}
		_, fullSays := w.Hold(ctx, as(5), patientID(5), visitorID(5), today(15, 0))
		refused(t, "who is barred", barredSays, booking.ErrNoSlots)
		refused(t, "whose ward is full", fullSays, booking.ErrNoSlots)
		must[booking.CircleMember](t)(w.Unbar(ctx, nurse(1), memberID(1)))
		must[desk.Visit](t)(w.Hold(ctx, as(1), patientID(1), visitorID(1), today(15, 0)))
	})
}

func TestABarReachesVisitsAlreadyBooked(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		alone := w.book(1, today(17, 0), desk.Details{})
		shared := w.book(1, today(16, 0), desk.Details{Members: []booking.MemberID{memberID(102)}})
		now := w.book(1, today(15, 0), desk.Details{Members: []booking.MemberID{memberID(102)}})
		held := must[desk.Visit](t)(w.Hold(ctx, as(1), patientID(1), visitorID(1), today(14, 0)))
		w.pair(deviceNumber(now.Device), 1)
		w.at(today(14, 50))
		must[desk.Visit](t)(w.Start(ctx, nurse(1), now.Reference))
		her := seat(t, now, 1)
		must[bool](t)(w.Arrive(ctx, now.ID, desk.SeatOfPatient, ""))
		must[bool](t)(w.Arrive(ctx, now.ID, string(her), ""))
		must[desk.Visit](t)(w.Admit(ctx, nurse(1), now.Reference, her))

		refused(t, "without a reason", second(w.Bar(ctx, nurse(1), memberID(1), " ")), booking.ErrMissing)
		refused(t, "by another ward", second(w.Bar(ctx, nurse(2), memberID(1), "because")), booking.ErrNoSuchPerson)
		m := must[booking.CircleMember](t)(w.Bar(ctx, nurse(1), memberID(1), "because"))
		if !m.Barred {
			t.Error("not barred")
		}
		if seats := must[[]desk.Seat](t)(w.Seats(ctx, nurse(1), memberID(1))); len(seats) != 1 || seats[0].Seat != string(her) || seats[0].Room != string(now.ID) {
			t.Errorf("seats to be emptied: %+v", seats)
		}
		refused(t, "come back", second(w.Arrive(ctx, now.ID, string(her), "")), booking.ErrRemoved)
		refused(t, "join again", second(w.Join(ctx, as(1), now.Reference)), booking.ErrRemoved)
		if v := must[desk.Visit](t)(w.Visit(ctx, nurse(1), alone.Reference)); v.State != booking.Cancelled || v.Reason != booking.ByWard {
			t.Errorf("where nobody else comes: %v %v", v.State, v.Reason)
		}
		v := must[desk.Visit](t)(w.Visit(ctx, nurse(1), shared.Reference))
		if v.State != booking.Booked || len(v.People) != 1 || v.People[0].Visitor != visitorID(2) {
			t.Errorf("where somebody else comes: %v %+v", v.State, v.People)
		}
		if v := must[desk.Visit](t)(w.Held(ctx, nurse(1), held.ID)); v.State != booking.Cancelled {
			t.Errorf("the hold is %v", v.State)
		}
		if n := w.count(`SELECT count(*) FROM outbox WHERE recipient = $1 AND state = 'pending' AND kind IN ('booked', 'join', 'reminder') AND visit_id <> $2`, phone(1), now.ID); n != 0 {
			t.Errorf("%d links are still to be sent to them", n)
		}
		if w.count(`SELECT count(*) FROM audit_events WHERE reason LIKE '%because%'`) != 0 {
			t.Error("the reason is in the audit")
		}
	})
}

// A nurse sees her own wards, a relative her own visits, and neither learns that
// there are others.
func TestAPauseEndsAgain(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(17, 0), desk.Details{})
		aunt := must[booking.CircleMember](t)(w.Propose(ctx, as(1), patientID(1), desk.Contact{Name: "Zoë", Phone: "+447700900555", Relationship: "Aunt"})).ID
		refused(t, "without a reason", second(w.Pause(ctx, nurse(1), memberID(1), " ")), booking.ErrMissing)
		refused(t, "by another ward", second(w.Pause(ctx, nurse(2), memberID(1), "because")), booking.ErrNoSuchPerson)
		refused(t, "who was never approved", second(w.Pause(ctx, nurse(1), aunt, "because")), booking.ErrNotApproved)
		for range 2 { // pressed twice
			if m := must[booking.CircleMember](t)(w.Pause(ctx, nurse(1), memberID(1), "because")); m.Status != booking.MemberPaused || m.PausedWhy != "because" {
				t.Errorf("paused: %+v", m)
			}
		}
		w.wants(v.ID, booking.Booked, 1, "visitor_paused Ward 1")
		refused(t, "hold", second(w.Hold(ctx, as(1), patientID(1), visitorID(1), today(14, 0))), booking.ErrPaused)
		refused(t, "approve", second(w.Approve(ctx, nurse(1), memberID(1))), booking.ErrPaused)
		refused(t, "propose", second(w.Propose(ctx, as(1), patientID(1), desk.Contact{Name: "Zoë", Phone: "+447700900556", Relationship: "Aunt"})), booking.ErrPaused)
		w.pair(deviceNumber(v.Device), 1)
		w.at(today(16, 50))
		must[desk.Visit](t)(w.Start(ctx, nurse(1), v.Reference))
		refused(t, "join", second(w.Join(ctx, as(1), v.Reference)), booking.ErrPaused)
		if m := must[booking.CircleMember](t)(w.Resume(ctx, nurse(1), memberID(1))); m.Status != booking.MemberApproved || m.PausedWhy != "" {
			t.Errorf("resumed: %+v", m)
		}
		must[booking.CircleMember](t)(w.Resume(ctx, nurse(1), memberID(1)))
		w.wants(v.ID, booking.Preparing, 1, "")
		if err := second(w.Join(ctx, as(1), v.Reference)); err != nil {
			t.Errorf("join again: %v", err)
		}
		refused(t, "resume who was never approved", second(w.Resume(ctx, nurse(1), aunt)), booking.ErrNotApproved)
		if w.count(`SELECT count(*) FROM audit_events WHERE reason LIKE '%because%'`) != 0 {
			t.Error("the reason is in the audit")
		}
		if n := w.count(`SELECT count(*) FROM audit_events WHERE action IN ('visitor_paused', 'visitor_resumed')`); n != 2 {
			t.Errorf("%d rows in the audit", n)
		}
	})
}

func TestNobodySeesAnothersThings(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{})
		who := booking.ParticipantID(v.People[0].ID)
		other := nurse(2)
		for what, got := range map[string]struct{ err, want error }{
			"board":            {second(w.Board(ctx, other, wardID(1), booking.DateOf(morning, london))), booking.ErrNoSuchWard},
			"patients":         {second(w.Patients(ctx, other, wardID(1))), booking.ErrNoSuchWard},
			"devices":          {second(w.Devices(ctx, other, wardID(1))), booking.ErrNoSuchWard},
			"patient":          {second(w.Patient(ctx, other, patientID(1))), booking.ErrNoSuchPatient},
			"visit":            {second(w.Visit(ctx, other, v.Reference)), booking.ErrNoSuchVisit},
			"start":            {second(w.Start(ctx, other, v.Reference)), booking.ErrNoSuchVisit},
			"admit":            {second(w.Admit(ctx, other, v.Reference, who)), booking.ErrNoSuchVisit},
			"end":              {second(w.End(ctx, other, v.Reference, booking.ByWard)), booking.ErrNoSuchVisit},
			"cancel":           {second(w.Cancel(ctx, other, v.Reference, v.Version)), booking.ErrNoSuchVisit},
			"invite":           {second(w.Invite(ctx, other, patientID(1), desk.Contact{Name: "A", Phone: "07700 900321", Relationship: "Son"})), booking.ErrNoSuchPatient},
			"remove":           {second(w.RemoveMember(ctx, other, memberID(1))), booking.ErrNoSuchPerson},
			"consent":          {second(w.RecordConsent(ctx, other, booking.Consent{Patient: patientID(1), Basis: booking.BasisOwn})), booking.ErrNoSuchPatient},
			"withdraw":         {w.WithdrawConsent(ctx, other, patientID(1)), booking.ErrNoSuchPatient},
			"pair":             {second(w.BeginPairing(ctx, other, deviceID(1))), booking.ErrNoSuchDevice},
			"clean":            {w.Cleaned(ctx, other, deviceID(1), booking.Chlorine), booking.ErrNoSuchDevice},
			"unpair":           {w.Unpair(ctx, other, deviceID(1)), booking.ErrNoSuchDevice},
			"offering":         {second(w.Offering(ctx, other, patientID(1), booking.DateOf(morning, london), 1)), booking.ErrNoSuchPatient},
			"relative's visit": {second(w.Visit(ctx, as(2), v.Reference)), booking.ErrNoSuchVisit},
			"relative's join":  {second(w.Join(ctx, as(2), v.Reference)), booking.ErrNoSuchVisit},
			"relative starts":  {second(w.Start(ctx, as(1), v.Reference)), booking.ErrNoSuchVisit},
			"relative's board": {second(w.Board(ctx, as(1), wardID(1), booking.DateOf(morning, london))), booking.ErrNoSuchWard},
			"relative reads":   {second(w.Patient(ctx, as(1), patientID(1))), booking.ErrNoSuchPatient},
			"another iPad":     {second(w.Visit(ctx, device(3, 2), v.Reference)), booking.ErrNoSuchVisit},
			"nobody":           {second(w.Visit(ctx, booking.Actor{}, v.Reference)), booking.ErrNoSuchVisit},
			"no interpreter":   {second(w.Visit(ctx, interpreter(1), v.Reference)), booking.ErrNoSuchVisit},
		} {
			refused(t, what, got.err, got.want)
		}
		if wards := must[[]booking.Ward](t)(w.Wards(ctx, other)); len(wards) != 1 || wards[0].ID != wardID(2) {
			t.Errorf("wards: %+v", wards)
		}
		if mine := must[[]desk.Visit](t)(w.Visits(ctx, as(2))); len(mine) != 0 {
			t.Errorf("visits of others: %+v", mine)
		}
		side := must[desk.Bedside](t)(w.Patient(ctx, nurse(1), patientID(1)))
		if len(side.Circle) != 3 || len(side.Visits) != 1 || side.Consent.ID == "" || side.Patient.MRN == "" {
			t.Errorf("beside the bed: %+v", side)
		}
		if n := w.count(`SELECT count(*) FROM audit_events WHERE action = 'patient_read'`); n != 1 {
			t.Errorf("%d reads are recorded", n)
		}
		if all := must[[]desk.Bedside](t)(w.Patients(ctx, nurse(1), wardID(1))); len(all) != 3 {
			t.Errorf("%d patients", len(all))
		}
	})
}

func TestConsent(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{})
		w.at(today(14, 50))
		ok(t, w.WithdrawConsent(ctx, nurse(1), patientID(1)))
		ok(t, w.WithdrawConsent(ctx, nurse(1), patientID(1)))
		refused(t, "join without consent", second(w.Join(ctx, as(1), v.Reference)), booking.ErrConsentNeeded)
		for name, tt := range map[string]struct {
			c    booking.Consent
			want error
		}{
			"on nobody's word":    {booking.Consent{Patient: patientID(1)}, booking.ErrBadChoice},
			"by nobody":           {booking.Consent{Patient: patientID(1), Basis: booking.BasisParent}, booking.ErrMissing},
			"already to reviewed": {booking.Consent{Patient: patientID(1), Basis: booking.BasisOwn, ReviewOn: booking.Date{Year: 2026, Month: 11, Day: 23}}, booking.ErrBadTime},
		} {
			refused(t, name, second(w.RecordConsent(ctx, nurse(1), tt.c)), tt.want)
		}
		c := must[booking.Consent](t)(w.RecordConsent(ctx, nurse(1), booking.Consent{Patient: patientID(1), Basis: booking.BasisOwn, ReviewOn: booking.Date{Year: 2026, Month: 11, Day: 24}}))
		if c.By != "Patient Number 1" || c.RecordedBy != "Sister Khan" {
			t.Errorf("recorded: %+v", c)
		}
		must[desk.Seat](t)(w.Join(ctx, as(1), v.Reference))
	})
}

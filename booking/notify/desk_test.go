package notify

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
)

// Whatever the desk owes, it gives every word of; and no text says a patient's
// name or a ward's.
func TestTheDeskGivesEveryWord(t *testing.T) {
	storetest.Run(t, func(t *testing.T, s *store.Store) {
		o := officeAt(t, s)
		o.now = time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC) // a Monday
		owed := map[booking.NoticeKind]booking.Notice{}
		d, handBack := o.liveThroughAVisit(owed)
		o.liveThroughPlans(d, owed)
		for range 5 * 24 * 6 { // until all that is due by the clock is due
			o.advance(10 * time.Minute)
			if err := d.FollowUpInterpreters(t.Context()); err != nil {
				t.Fatal(err)
			}
			o.collect(owed)
			if _, asked := owed[booking.NoticeInterpreterConfirm]; asked && handBack != nil {
				handBack()
				handBack = nil
			}
		}
		if _, err := d.Sweep(t.Context()); err != nil { // what they wait for can be booked by now
			t.Fatal(err)
		}
		o.collect(owed)
		for kind := range needs {
			n, ok := owed[kind]
			if !ok {
				t.Errorf("the desk never owed %s", kind)
				continue
			}
			for _, channel := range []booking.Channel{booking.SMS, booking.Email} {
				n.Channel = channel
				m, err := Render(n)
				if err != nil {
					t.Errorf("%s by %s: %v", kind, channel, err)
				}
				for _, secret := range []string{"Okonjo", "Oncology"} {
					if strings.Contains(m.Subject+m.Body, secret) {
						t.Errorf("%s by %s says %q: %s", kind, channel, secret, m.Body)
					}
				}
			}
		}
	})
}

// collect takes what is due, as if it were sent.
func (o *office) collect(owed map[booking.NoticeKind]booking.Notice) {
	o.t.Helper()
	ctx := o.t.Context()
	for {
		n, found, err := o.LeaseNotice(ctx, o.clock(), o.clock().Add(leaseFor))
		if err != nil {
			o.t.Fatal(err)
		}
		if !found {
			return
		}
		owed[n.Kind] = n
		if err := o.store.SettleNotice(ctx, n.ID, store.Outcome{At: o.clock(), Attempt: n.Attempt, Sent: true}); err != nil {
			o.t.Fatal(err)
		}
	}
}

// liveThroughAVisit has a relative invited, who books with an interpreter, moves
// the visit, and cancels it; and then books another, which stands. Its interpreter
// accepts it, and hands it back when the function that is returned is called.
func (o *office) liveThroughAVisit(owed map[booking.NoticeKind]booking.Notice) (d *desk.Desk, handBack func()) {
	o.t.Helper()
	did := func(what string, err error) {
		o.t.Helper()
		if err != nil {
			o.t.Fatalf("%s: %v", what, err)
		}
		o.advance(time.Second)
		o.collect(owed)
	}
	d, err := desk.New(desk.Config{Store: o.store, Now: o.clock, PublicURL: "https://visits.example", Pepper: make([]byte, 32)})
	did("open the desk", err)
	h := smallHospital(o.clock())
	did("found", d.Found(o.t.Context(), h))
	ctx := o.t.Context()
	patient := h.Patients[0].Patient.ID
	member, err := d.Invite(ctx, booking.System, patient, desk.Contact{Name: "Ada Bright", Phone: "07700 900123", Relationship: "Daughter"})
	did("invite", err)
	link := owed[booking.NoticeInvite].Words["link"]
	_, err = d.SendCode(ctx, link[strings.LastIndexByte(link, '/')+1:])
	did("send a code", err)

	ada := booking.Actor{Kind: booking.VisitorActor, ID: string(member.Visitor.ID)}
	book := func(start time.Time) desk.Visit {
		held, err := d.Hold(ctx, ada, patient, member.Visitor.ID, start)
		did("hold", err)
		_, err = d.Describe(ctx, ada, held.ID, desk.Details{
			Members: []booking.MemberID{member.ID}, Tongue: booking.Tongue{Language: "bfi", Mode: booking.Sign},
		})
		did("describe", err)
		booked, err := d.Book(ctx, ada, held.ID)
		did("book", err)
		return booked
	}
	day := o.clock().AddDate(0, 0, 3).Truncate(time.Hour)
	first := book(day)
	moved, err := d.Move(ctx, ada, first.Reference, first.Version, day.Add(time.Hour))
	did("move", err)
	_, err = d.Cancel(ctx, ada, moved.Reference, moved.Version)
	did("cancel", err)
	book(day.Add(2 * time.Hour))
	bryn := booking.Actor{Kind: booking.InterpreterActor, ID: string(h.Interpreters[0].ID)}
	jobs, err := d.Jobs(ctx, bryn)
	did("look at jobs", err)
	_, err = d.AnswerOffer(ctx, bryn, jobs[0].Offer.ID, true)
	did("accept", err)
	return d, func() {
		_, err := d.AnswerOffer(ctx, bryn, jobs[0].Offer.ID, false)
		did("hand back", err)
	}
}

// liveThroughPlans has the family of another patient wait for a day that is too far
// ahead, ask for a time and be told no, repeat a visit and stop that, make way for a
// goodbye, and not come to a visit.
func (o *office) liveThroughPlans(d *desk.Desk, owed map[booking.NoticeKind]booking.Notice) {
	o.t.Helper()
	ctx, h := o.t.Context(), smallHospital(o.clock())
	second := h.Patients[1]
	did := func(what string, err error) {
		o.t.Helper()
		if err != nil {
			o.t.Fatalf("%s: %v", what, err)
		}
		o.collect(owed)
	}
	zoe, ward := second.Circle[0].Visitor.ID, booking.System
	far := booking.DateOf(o.clock(), time.UTC).AddDays(16)
	_, err := d.Wait(ctx, ward, desk.WaitFor{Patient: second.Patient.ID, Visitor: zoe, From: far, To: far})
	did("wait", err)

	evening, err := booking.NewInterval(o.clock().Truncate(time.Hour).Add(36*time.Hour), 30*time.Minute)
	did("an evening", err)
	asked, err := d.Ask(ctx, booking.Actor{Kind: booking.VisitorActor, ID: string(zoe)}, desk.Plea{Patient: second.Patient.ID, Times: []booking.Interval{evening}})
	did("ask", err)
	_, err = d.Refuse(ctx, ward, asked.ID, "Chidi Okonjo sleeps then.")
	did("refuse", err)

	start := o.clock().Truncate(time.Hour).Add(26 * time.Hour)
	visit := func() desk.Visit {
		v, err := d.BookAt(ctx, ward, desk.BookedVisit{
			Patient: second.Patient.ID, Members: []booking.MemberID{second.Circle[0].ID, second.Circle[1].ID}, Start: start, Length: 30 * time.Minute,
		})
		did("book", err)
		return v
	}
	series, err := d.BookSeries(ctx, ward, visit().Reference, desk.Repeat{EveryWeeks: 1, Count: 4})
	did("repeat", err)
	_, err = d.StopSeries(ctx, ward, series.Visits[0].Reference, true)
	did("stop repeating", err)

	way := visit()
	_, err = d.Goodbye(ctx, ward, desk.Farewell{
		Patient: h.Patients[0].Patient.ID, Members: []booking.MemberID{h.Patients[0].Circle[0].ID}, Start: start, Length: 30 * time.Minute,
		Making: []booking.VisitID{way.ID},
	})
	did("say goodbye", err)

	now := desk.BookedVisit{
		Patient: second.Patient.ID, Members: []booking.MemberID{second.Circle[0].ID}, Start: o.clock().Truncate(time.Minute), Length: 30 * time.Minute,
	}
	nobody, err := d.BookAt(ctx, ward, now)
	did("book for now", err)
	for _, said := range []booking.OutcomeKind{booking.OutcomeLate, booking.OutcomeNoShow} {
		nobody, err = d.Note(ctx, ward, nobody.Reference, nobody.Version, said)
		did("say "+string(said), err)
		o.advance(booking.TellAfter)
		o.collect(owed)
	}
}

func smallHospital(now time.Time) desk.Hospital {
	id := func(n int) string { return fmt.Sprintf("0190b000-0000-7000-8000-%012d", n) }
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err)
	}
	site := booking.Site{ID: booking.SiteID(id(1)), Name: "Northfield Hospital", Zone: zone}
	ward := booking.Ward{
		ID: booking.WardID(id(2)), Site: site, Name: "Oncology", Phone: "01632 960 001", Enabled: true,
		Policy: booking.Policy{Version: 1, Prepare: 10 * time.Minute, Clean: 10 * time.Minute, Earliest: 14 * 24 * time.Hour,
			Notice: time.Hour, ChangeCutoff: time.Hour, HoldFor: 10 * time.Minute, OpensBefore: 15 * time.Minute, Grace: 10 * time.Minute, People: 4},
	}
	patient := booking.Patient{ID: booking.PatientID(id(3)), MRN: "N1", Name: "Chidi Okonjo", Alias: "Chidi O.", State: booking.PatientActive}
	h := desk.Hospital{
		Sites: []booking.Site{site}, Wards: []booking.Ward{ward},
		Beds:    []desk.Bed{{Ward: ward.ID, Bay: "Bay 1", Name: "Bed 1"}},
		Devices: []booking.Device{{ID: booking.DeviceID(id(4)), Tag: "iPad 1", Ward: ward.ID, State: booking.DeviceReady, Battery: -1}},
		Patients: []desk.Inpatient{{
			Patient: patient,
			Stay:    booking.Stay{Patient: patient.ID, Ward: ward.ID, Bay: "Bay 1", Bed: "Bed 1", From: now.Add(-time.Hour)},
			Consent: booking.Consent{ID: booking.ConsentID(id(5)), Patient: patient.ID, Basis: booking.BasisOwn, By: patient.Name, RecordedBy: "Sister Khan", At: now.Add(-time.Hour)},
		}},
	}
	h.Patients[0].Circle = []booking.CircleMember{relative(id(30), id(31), "Obi Okonjo", "07700 900131", now)}
	other := booking.Patient{ID: booking.PatientID(id(40)), MRN: "N2", Name: "Wanda Okonjo", Alias: "Wanda O.", State: booking.PatientActive}
	h.Beds = append(h.Beds, desk.Bed{Ward: ward.ID, Bay: "Bay 1", Name: "Bed 2"})
	h.Patients = append(h.Patients, desk.Inpatient{
		Patient: other,
		Stay:    booking.Stay{Patient: other.ID, Ward: ward.ID, Bay: "Bay 1", Bed: "Bed 2", From: now.Add(-time.Hour)},
		Consent: booking.Consent{ID: booking.ConsentID(id(41)), Patient: other.ID, Basis: booking.BasisOwn, By: other.Name, RecordedBy: "Sister Khan", At: now.Add(-time.Hour)},
		Circle: []booking.CircleMember{
			relative(id(42), id(43), "Zoe Bright", "07700 900142", now), relative(id(44), id(45), "Yan Bright", "07700 900144", now),
		},
	})
	interpreter := booking.Interpreter{
		ID: booking.InterpreterID(id(6)), Name: "Bryn Morgan", Phone: "+447700900301", Zone: zone,
		Tongues: []booking.Tongue{{Language: "bfi", Mode: booking.Sign}},
	}
	for day := time.Sunday; day <= time.Saturday; day++ {
		h.Sessions = append(h.Sessions, booking.Session{
			ID: booking.SessionID(id(10 + int(day))), Ward: ward.ID, Weekday: day, Start: 8 * 60, End: 20 * 60,
			Length: 30 * time.Minute, Step: 30 * time.Minute, ValidFrom: booking.DateOf(now, zone), Audience: booking.ForRelatives,
		})
		interpreter.Hours = append(interpreter.Hours, booking.Hours{Weekday: day, Start: 0, End: 24 * 60})
	}
	h.Interpreters = []booking.Interpreter{interpreter}
	return h
}

func relative(member, visitor, name, phone string, now time.Time) booking.CircleMember {
	return booking.CircleMember{
		ID: booking.MemberID(member), Relationship: "Friend", Status: booking.MemberApproved, ApprovedAt: now.Add(-time.Hour),
		Visitor: booking.Visitor{ID: booking.VisitorID(visitor), Name: name, Phone: phone},
	}
}

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

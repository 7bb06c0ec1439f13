package desk_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/intake"
	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
)

// manager manages wards.
func manager(wards ...int) booking.Actor {
	a := nurse(wards...)
	for ward := range a.Wards {
		a.Wards[ward] = booking.Roles{booking.WardManager}
	}
	return a
}

// rows is how many rows every table that an import may write to has.
func (w *world) rows() string {
	w.t.Helper()
	var b strings.Builder
	for _, table := range []string{
		"sites", "wards", "policies", "sessions", "beds", "devices", "patients", "stays", "consents", "visitors", "circle_members",
		"visits", "participants", "reservations", "invites", "outbox", "audit_events", "interpreter_bookings", "act_keys",
	} {
		fmt.Fprintf(&b, "%s %d\n", table, w.count("SELECT count(*) FROM "+table))
	}
	return b.String()
}

// imports imports a file that has no problems.
func (w *world) imports(by booking.Actor, kind intake.Kind, text string) desk.Imported {
	w.t.Helper()
	done := must[desk.Imported](w.t)(w.Import(w.t.Context(), by, desk.Order{File: intake.Read(kind, []byte(text))}))
	if len(done.Problems) > 0 || !done.Done {
		w.t.Fatalf("%s: %+v", kind, done)
	}
	return done
}

// refuses says what is wrong with a file, which must change nothing.
func (w *world) refuses(by booking.Actor, kind intake.Kind, text string) []intake.Problem {
	w.t.Helper()
	before := w.rows()
	var problems []intake.Problem
	for _, dry := range []bool{true, false} {
		done := must[desk.Imported](w.t)(w.Import(w.t.Context(), by, desk.Order{File: intake.Read(kind, []byte(text)), DryRun: dry}))
		if len(done.Problems) == 0 || done.Done {
			w.t.Fatalf("%s, dry run %v: nothing is wrong with\n%s", kind, dry, text)
		}
		if problems != nil && !slices.Equal(problems, done.Problems) {
			w.t.Errorf("the dry run says %+v, the import %+v", problems, done.Problems)
		}
		problems = done.Problems
		if after := w.rows(); after != before {
			w.t.Errorf("%s, dry run %v: something changed:\n%s\n%s", kind, dry, before, after)
		}
	}
	return problems
}

// oneFlaw checks the only problem of a file with one bad row, in line 2.
func (w *world) oneFlaw(by booking.Actor, kind intake.Kind, name, text, column, says string) {
	w.t.Helper()
	problems := w.refuses(by, kind, text)
	if len(problems) != 1 || problems[0].Line != 2 || problems[0].Column != column || !strings.Contains(problems[0].Text+problems[0].Code, says) {
		w.t.Errorf("%s: %+v", name, problems)
	}
}

func tally(t *testing.T, done desk.Imported, what string, made, changed, alike int) {
	t.Helper()
	for _, n := range done.Tallies {
		if n.What == what {
			if n.Made != made || n.Changed != changed || n.Alike != alike {
				t.Errorf("%+v, want %d %d %d", n, made, changed, alike)
			}
			return
		}
	}
	if made+changed+alike > 0 {
		t.Errorf("no %s in %+v", what, done.Tallies)
	}
}

// inNoHospital runs test on both engines in an empty database.
func inNoHospital(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		s, err := store.Open(t.Context(), url, store.MayLose)
		ok(t, err)
		t.Cleanup(func() { s.Close() })
		w := &world{t: t, store: s, raw: storetest.Raw(t, url), now: morning}
		w.Desk, err = desk.New(desk.Config{Store: s, Now: w.clock, PublicURL: "https://visits.example/", Pepper: []byte("0123456789abcdef0123456789abcdef")})
		ok(t, err)
		test(t, w)
	})
}

const (
	wardsFile = "site,time_zone,ward,phone,people,visiting\n" +
		"Northgate,Europe/London,Willow,0113 496 0107,2,\"daily 14:00-18:00 length 30 step 15; Fri 9:00-11:00 for staff\"\n" +
		"Northgate,,Harbour,0113 496 0112,,daily 14:00-16:00\n"
	devicesFile  = "tag,ward,zone,dedicated\nWIL-01,Willow,,\nWIL-02,Willow,Bay 2,yes\nHAR-01,Harbour,,\n"
	patientsFile = "mrn,name,alias,ward,bay,bed,infection,consent,consent_by\n" +
		"M1,Thomas Arkwright,Mr A.,Willow,Bay 1,1,,own,\nM2,Maria Kowalska,Mrs K.,willow,Bay 1,2,,attorney,Piotr Kowalski\nM3,Samuel Okafor,Mr O.,Harbour,,3,contact,,\n"
	relativesFile = "mrn,name,phone,relationship,email\n" +
		"M1,Anna Arkwright,07700 900 111,Daughter,anna@example.org\nM1,David Arkwright,+44 7700 900 112,Son,\nM2,Piotr Kowalski,07700 900121,Husband,\nM3,Grace Okafor,07700900131,Wife,\n"
	visitsFile = "mrn,phones,date,time,minutes,kind\n" +
		"M1,07700 900 111 / 07700900112,2026-11-25,14:00,30,\nM2,07700900121,25/11/2026,3.07pm,20,family meeting\nM1,07700 900 112,2026-11-26,14:00,30,end of life\n"
)

// A hospital comes whole out of five files, can be visited, and coming twice is
// coming once.
func TestImportsAHospital(t *testing.T) {
	inNoHospital(t, func(t *testing.T, w *world) {
		files := []struct {
			kind intake.Kind
			text string
			what string
			n    int
		}{
			{intake.Wards, wardsFile, "wards", 2}, {intake.Devices, devicesFile, "iPads", 3}, {intake.Patients, patientsFile, "patients", 3},
			{intake.Relatives, relativesFile, "relatives", 4}, {intake.Visits, visitsFile, "visits", 3},
		}
		for _, f := range files {
			before := w.rows()
			dry := must[desk.Imported](t)(w.Import(t.Context(), booking.System, desk.Order{File: intake.Read(f.kind, []byte(f.text)), DryRun: true}))
			if after := w.rows(); after != before || dry.Done || len(dry.Problems) > 0 {
				t.Fatalf("a dry run of %s: %+v\n%s\n%s", f.kind, dry, before, after)
			}
			done := w.imports(booking.System, f.kind, f.text)
			tally(t, done, f.what, f.n, 0, 0)
			if fmt.Sprint(done.Tallies) != fmt.Sprint(dry.Tallies) {
				t.Errorf("the dry run said %+v, the import %+v", dry.Tallies, done.Tallies)
			}
		}
		w.looksImported()
		before := strings.Split(w.rows(), "\n")
		for _, f := range files {
			tally(t, w.imports(booking.System, f.kind, f.text), f.what, 0, 0, f.n)
		}
		after := strings.Split(w.rows(), "\n")
		for i := range before {
			if before[i] != after[i] && !strings.HasPrefix(before[i], "audit_events") { // who imported what stays to be read
				t.Errorf("a second time: %s became %s", before[i], after[i])
			}
		}
	})
}

// looksImported looks at what the five files have made.
func (w *world) looksImported() {
	t := w.t
	t.Helper()
	wards := must[[]booking.Ward](t)(w.Wards(t.Context(), booking.System))
	if len(wards) != 2 || wards[1].Name != "Willow" || wards[1].Policy.People != 2 || wards[0].Policy.People != 3 || !wards[1].Enabled ||
		wards[1].Site.Zone.String() != "Europe/London" || wards[0].Site.ID != wards[1].Site.ID {
		t.Errorf("wards: %+v", wards)
	}
	if n := w.count(`SELECT count(*) FROM sessions`); n != 8+7 {
		t.Errorf("%d sessions", n)
	}
	if n := w.count(`SELECT count(*) FROM devices WHERE zone = 'Bay 2' AND state = 'ready'`); n != 1 {
		t.Errorf("%d iPads of bay 2", n)
	}
	board := must[desk.Board](t)(w.Board(t.Context(), booking.System, wards[1].ID, booking.Date{Year: 2026, Month: 11, Day: 25}))
	if len(board.Visits) != 2 {
		t.Fatalf("visits: %+v", board.Visits)
	}
	first, second := board.Visits[0], board.Visits[1]
	if first.State != booking.Booked || first.Via != booking.ViaImport || len(first.People) != 2 || first.Bed != "Bay 1, 1" ||
		!first.When.Start().Equal(time.Date(2026, 11, 25, 14, 0, 0, 0, time.UTC)) || first.BookedBy.Kind != booking.SystemActor {
		t.Errorf("%+v", first)
	}
	if second.Kind != booking.FamilyMeeting || second.When.Length() != 20*time.Minute || second.When.Start().Minute() != 7 {
		t.Errorf("%+v", second)
	}
	if n := w.count(`SELECT count(*) FROM reservations WHERE state = 'firm'`); n != 6 {
		t.Errorf("%d reservations", n)
	}
	if letters := w.letters("1 = 1"); len(letters) > 0 {
		t.Errorf("somebody was told: %+v", letters)
	}
	if n := w.count(`SELECT count(*) FROM consents WHERE basis = 'attorney' AND given_by = 'Piotr Kowalski'`); n != 1 {
		t.Errorf("%d consents", n)
	}
	if n := w.count(`SELECT count(*) FROM audit_events WHERE action = 'imported' AND subject LIKE 'file %'`); n != 5 {
		t.Errorf("%d imports are recorded", n)
	}
}

// Families are told when that is asked for, as of any visit.
func TestImportTells(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		visits := intake.Read(intake.Visits, []byte("mrn,phones,date,time,minutes\nM00002,"+phone(2)+",2026-11-25,14:00,30\n"))
		must[desk.Imported](t)(w.Import(t.Context(), booking.System, desk.Order{File: visits, Tell: true}))
		kinds := map[string]int{}
		for _, l := range w.letters("1 = 1") {
			kinds[l.Kind]++
		}
		if kinds["booked"] != 1 || kinds["reminder"] != 1 || kinds["join"] != 1 {
			t.Errorf("told %+v", kinds)
		}
		relatives := intake.Read(intake.Relatives, []byte("mrn,name,phone,relationship\nM00002,June,"+phone(70)+",Sister\n"))
		must[desk.Imported](t)(w.Import(t.Context(), booking.System, desk.Order{File: relatives, Tell: true}))
		if n := len(w.letters("kind = 'invite'")); n != 1 {
			t.Errorf("invited %d times", n)
		}
	})
}

// Whatever is wrong at the desk, every problem has its line, and nothing is
// imported: not the rows before it, and not those after it.
func TestImportIsAllOrNothing(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		at := func(n int, rest string) string { return fmt.Sprintf("M%05d,%s,%s\n", n, phone(n), rest) }
		problems := w.refuses(booking.System, intake.Visits, "mrn,phones,date,time,minutes,interpreter\n"+
			at(1, "2026-11-25,14:00,30,")+ // 2: as it should be
			at(1, "2026-11-25,14:10,30,")+ // 3: while the first one is on
			at(2, "2026-11-25,14:00,30,")+ // 4: the other iPad
			at(3, "2026-11-25,14:00,30,")+ // 5: which is the last
			at(9, "2026-11-25,14:00,30,")+ // 6: nobody
			"M00001,"+phone(3)+",2026-11-25,16:00,30,\n"+ // 7: not on the list
			at(2, "2027-03-28,01:30,30,")+ // 8: a time that is not
			at(2, "2027-10-31,01:30,30,")+ // 9: a time that is twice
			at(2, "2026-11-23,14:00,30,")+ // 10: yesterday
			at(2, "2026-11-25,23:00,30,Polish")+ // 11: nobody interprets at night
			at(2, "2026-11-25,16:00,30,Klingon")+ // 12: nor this
			"M99999,07700900111,2026-11-25,25:00,30,\n"+ // 13: what the parser finds, and the desk
			at(4, "2026-11-25,14:00,30,"), // 14: as it should be
		)
		var got []string
		for _, p := range problems {
			got = append(got, fmt.Sprintf("%d %s %s", p.Line, p.Column, p.Code))
			if (p.Text == "") == (p.Code == "") {
				t.Errorf("%+v says nothing, or twice", p)
			}
		}
		want := []string{
			"3 time patient_busy", "5 time slot_taken", "6 mrn ", "7 phones ", "8 time no_such_local_time", "9 time ", "10 time too_late",
			"11 interpreter no_interpreter", "12 interpreter ", "13 mrn ", "13 time ",
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q\nwant %q", got, want)
		}
	})
}

// What only the database would see is one row's problem too.
func TestImportMeetsTheDatabase(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		yes, ward := true, intake.Place{Ward: "Ward 1"}
		order := desk.Order{File: &intake.File{Kind: intake.Devices, Rows: 4, Devices: []intake.Device{
			{Line: 2, Tag: "A", Place: ward},
			{Line: 3, Tag: "B", Place: ward, Dedicated: &yes}, // to no bay, which the parser would not let through
			{Line: 4, Tag: "A", Place: intake.Place{Ward: "Ward 2"}},
			{Line: 5, Tag: "C", Place: ward},
		}}}
		before := w.rows()
		done := must[desk.Imported](t)(w.Import(t.Context(), booking.System, order))
		if len(done.Problems) != 2 || done.Problems[0].Line != 3 || !strings.Contains(done.Problems[0].Text, "devices_dedicated") || done.Problems[1].Line != 4 {
			t.Errorf("%+v", done)
		}
		if after := w.rows(); after != before || len(order.File.Problems) > 0 {
			t.Errorf("%s\n%s", before, after)
		}
	})
}

func TestImportKnowsBetterThanAFile(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		patient := func(name, row, column, says string) {
			t.Helper()
			w.oneFlaw(booking.System, intake.Patients, name, "mrn,name,alias,ward,bay,bed,consent,consent_until\n"+row+"\n", column, says)
		}
		ok(t, w.WithdrawConsent(t.Context(), nurse(1), patientID(2)))
		patient("another ward", "M00001,Patient Number 1,Mr 1,Ward 2,Bay 1,Bed 1,,", "ward", "another ward")
		patient("another bed", "M00001,Patient Number 1,Mr 1,Ward 1,Bay 1,Bed 7,,", "bed", "Bay 1, Bed 1")
		patient("consent taken back", "M00002,Patient Number 2,Mr 2,Ward 1,Bay 1,Bed 2,own,", "consent", "taken back")
		patient("consent until yesterday", "M00003,Patient Number 3,Mr 3,Ward 1,Bay 1,Bed 3,own,2026-11-23", "consent_until", "passed")
		relative := func(name, row, column, says string) {
			t.Helper()
			w.oneFlaw(booking.System, intake.Relatives, name, "mrn,name,phone,relationship,email\n"+row+"\n", column, says)
		}
		must[booking.CircleMember](t)(w.Bar(t.Context(), nurse(1), memberID(102), "shouting"))
		must[booking.CircleMember](t)(w.RemoveMember(t.Context(), nurse(1), memberID(2)))
		relative("barred", "M00001,Visitor 2,"+phone(2)+",Daughter,", "name", "barred")
		relative("taken off", "M00002,Visitor 2,"+phone(2)+",Daughter,", "name", "taken off")
		relative("somebody else's number", "M00001,Nobody,"+phone(3)+",Daughter,", "phone", "another name")
		relative("no number", "M00001,Nobody,123,Daughter,", "phone", "bad_phone")
		relative("no address", "M00001,Nobody,"+phone(71)+",Daughter,nowhere", "email", "bad_email")
		relative("no patient", "M99999,Nobody,"+phone(71)+",Daughter,", "mrn", "no patient")
		visit := func(name, row, column, says string) {
			t.Helper()
			w.oneFlaw(booking.System, intake.Visits, name, "mrn,phones,date,time,minutes\n"+row+"\n", column, says)
		}
		visit("barred", "M00001,"+phone(2)+",2026-11-25,14:00,30", "phones", "barred")
		visit("only proposed", "M00001,"+phone(903)+",2026-11-25,14:00,30", "phones", "not approved")
		visit("taken off", "M00002,"+phone(2)+",2026-11-25,14:00,30", "phones", "Nobody with number 1")
		ok(t, w.WithdrawConsent(t.Context(), nurse(1), patientID(3)))
		visit("no consent", "M00003,"+phone(3)+",2026-11-25,14:00,30", "mrn", "consent_needed")
		w.book(1, today(15, 0), desk.Details{})
		visit("there otherwise", "M00001,"+phone(1)+",2026-11-24,15:00,20", "time", "not the same")
		device := func(name, row, column, says string) {
			t.Helper()
			w.oneFlaw(booking.System, intake.Devices, name, "tag,ward\n"+row+"\n", column, says)
		}
		device("another ward's", "iPad 1,Ward 2", "ward", "another ward")
		device("no ward", "iPad 9,Ward 9", "ward", "no ward of this name")
		ward := func(name, row, column, says string) {
			t.Helper()
			w.oneFlaw(booking.System, intake.Wards, name, "site,time_zone,ward,phone,notice_minutes,earliest_days,visiting\n"+row+"\n", column, says)
		}
		ward("another zone", "St Test's Hospital,Europe/Paris,Ward 1,0113 496 0107,,,", "time_zone", "Europe/London")
		ward("no zone", "Elsewhere,,Ward 1,0113 496 0107,,,", "time_zone", "is new")
		ward("a zone that is not", "Elsewhere,Local,Ward 1,0113 496 0107,,,", "time_zone", "do not know")
		ward("a policy that forbids everything", "St Test's Hospital,,Ward 1,0113 496 0107,2000,1,", "ward", "policy_forbids")
		ward("times that overlap", "St Test's Hospital,,Ward 1,0113 496 0107,,,Mon 17:00-19:00", "visiting", "overlaps 14:00-18:00")
		ward("times that overlap each other", "St Test's Hospital,,Ward 1,0113 496 0107,,,\"Mon 19:00-20:00; Mon 19:30-21:00\"", "visiting", "overlaps")
	})
}

// What a file says otherwise of what is there is changed, and nothing else.
func TestImportChanges(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		done := w.imports(booking.System, intake.Wards, "site,ward,phone,open,people,visiting\n"+
			"St Test's Hospital,Ward 1,0113 496 0199,,5,\"Mon 14:00-18:00 length 30 step 15; Mon 19:00-20:00\"\nSt Test's Hospital,Ward 2,0113 496 0107,,,\n")
		tally(t, done, "wards", 0, 1, 1)
		tally(t, done, "visiting times", 1, 0, 1)
		wards := must[[]booking.Ward](t)(w.Wards(t.Context(), booking.System))
		if p := wards[0].Policy; wards[0].Phone != "0113 496 0199" || !wards[0].Enabled || p.People != 5 || p.Version != 2 || p.Prepare != 10*time.Minute || wards[1].Policy.Version != 1 {
			t.Errorf("%+v", wards)
		}
		tally(t, w.imports(booking.System, intake.Devices, "tag,ward,zone\niPad 1,Ward 1,Bay 1\niPad 2,Ward 1,\n"), "iPads", 0, 1, 1)
		done = w.imports(booking.System, intake.Patients, "mrn,name,alias,ward,bay,bed,infection,consent\nM00001,Patient Number One,Mr 1,Ward 1,Bay 1,Bed 1,droplet,own\n")
		tally(t, done, "patients", 0, 1, 0)
		tally(t, done, "consents", 0, 0, 1)
		if n := w.count(`SELECT count(*) FROM patients WHERE name = 'Patient Number One' AND infection = 'droplet'`); n != 1 {
			t.Error("the patient is as before")
		}
		// Proposed by the family, approved by the list that the ward keeps.
		tally(t, w.imports(booking.System, intake.Relatives, "mrn,name,phone,relationship\nM00001,Visitor 903,"+phone(903)+",Son\n"), "relatives", 0, 1, 0)
		bedside := must[desk.Bedside](t)(w.Patient(t.Context(), nurse(1), patientID(1)))
		if m := bedside.Circle[2]; m.Status != booking.MemberApproved || m.Relationship != "Son" || !m.ApprovedAt.Equal(morning) {
			t.Errorf("%+v", m)
		}
	})
}

// The ward's rules are asked of an imported visit too, but for its grid.
func TestImportedVisitsKeepTheRules(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		w.imports(booking.System, intake.Wards, "site,ward,phone,weekly_max\nSt Test's Hospital,Ward 1,0113 496 0107,1\n")
		row := func(kind, day string) string {
			return "mrn,phones,date,time,minutes,kind\nM00001," + phone(1) + "," + day + ",20:05,40," + kind + "\n"
		}
		w.imports(booking.System, intake.Visits, row("", "2026-11-25"))
		w.oneFlaw(booking.System, intake.Visits, "a second in the week", row("", "2026-11-26"), "time", "week_full")
		w.imports(booking.System, intake.Visits, row("end of life", "2026-11-26"))
		if n := w.count(`SELECT count(*) FROM audit_events WHERE action = 'rule_set_aside' AND reason = 'week_full'`); n != 1 {
			t.Errorf("%d rules set aside are recorded", n)
		}
	})
}

// A time that the clocks show twice is the one that the file says.
func TestImportedVisitsInTheHourThatIsTwice(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		rows := "mrn,phones,date,time,minutes\n"
		for n, said := range map[int]string{1: "01:30 first", 2: "1:30am second", 3: "01:40 BST"} {
			rows += fmt.Sprintf("M%05d,%s,2027-10-31,%s,20\n", n, phone(n), said)
		}
		w.imports(booking.System, intake.Visits, rows)
		for n, at := range map[int]time.Time{
			1: time.Date(2027, 10, 31, 0, 30, 0, 0, time.UTC), 2: time.Date(2027, 10, 31, 1, 30, 0, 0, time.UTC), 3: time.Date(2027, 10, 31, 0, 40, 0, 0, time.UTC),
		} {
			bedside := must[desk.Bedside](t)(w.Patient(t.Context(), nurse(1), patientID(n)))
			if len(bedside.Visits) != 1 || !bedside.Visits[0].When.Start().Equal(at) {
				t.Errorf("patient %d: %+v, want %v", n, bedside.Visits, at)
			}
		}
		for _, said := range []string{"14:00 second", "14:00 BST", "01:30 CET"} {
			day := "2026-11-25"
			if said == "01:30 CET" {
				day = "2027-10-31"
			}
			w.oneFlaw(booking.System, intake.Visits, said, "mrn,phones,date,time,minutes\nM00004,"+phone(4)+","+day+","+said+",20\n", "time", "The clocks show this time")
		}
	})
}

func TestWhoMayImport(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		for name, by := range map[string]booking.Actor{
			"a nurse": nurse(1), "a relative": as(1), "an iPad": device(1, 1), "an interpreter": interpreter(1), "nobody": {},
		} {
			_, err := w.Import(t.Context(), by, desk.Order{File: intake.Read(intake.Devices, []byte("tag,ward\nA,Ward 1\n"))})
			refused(t, name, err, booking.ErrMayNot)
		}
		w.imports(manager(1), intake.Devices, "tag,ward\nA,Ward 1\n")
		w.imports(manager(1), intake.Patients, "mrn,name,alias,ward,bed,consent\nN1,Anna,Mrs A.,Ward 1,9,own\n")
		w.imports(manager(1), intake.Relatives, "mrn,name,phone,relationship\nN1,Ben,"+phone(71)+",Son\n")
		w.imports(manager(1), intake.Visits, "mrn,phones,date,time,minutes\nN1,"+phone(71)+",2026-11-25,14:00,30\n")
		w.imports(manager(1), intake.Wards, "site,ward,phone\nSt Test's Hospital,Ward 1,0113 496 0199\n")
		mixed := manager(1)
		mixed.Wards[wardID(2)] = booking.Roles{booking.Nurse}
		for _, by := range []booking.Actor{manager(1), mixed} {
			w.oneFlaw(by, intake.Devices, "another ward's iPad", "tag,ward\nB,Ward 2\n", "ward", "that you manage")
			w.oneFlaw(by, intake.Patients, "another ward's patient", "mrn,name,alias,ward,bed\nN2,Anna,Mrs A.,Ward 2,9\n", "ward", "that you manage")
			w.oneFlaw(by, intake.Relatives, "another ward's patient's relative", "mrn,name,phone,relationship\nM00004,Ben,"+phone(72)+",Son\n", "mrn", "that you manage")
			w.oneFlaw(by, intake.Visits, "another ward's visit", "mrn,phones,date,time,minutes\nM00004,"+phone(4)+",2026-11-25,14:00,30\n", "mrn", "that you manage")
			w.oneFlaw(by, intake.Wards, "another ward", "site,ward,phone\nSt Test's Hospital,Ward 2,1999\n", "ward", "that you manage")
			w.oneFlaw(by, intake.Wards, "a new ward", "site,ward,phone\nSt Test's Hospital,Ward 3,1999\n", "ward", "that you manage")
			w.oneFlaw(by, intake.Wards, "a new hospital", "site,time_zone,ward,phone\nElsewhere,Europe/London,Ward 3,1999\n", "site", "no hospital")
		}
	})
}

// Pressed twice, an import happens once and is answered twice.
func TestImportUnderAKey(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		order := desk.Order{File: intake.Read(intake.Devices, []byte("tag,ward\nA,Ward 1\nB,Ward 1\n"))}
		first := must[desk.Imported](t)(w.Keyed("k1").Import(t.Context(), manager(1), order))
		before := w.rows()
		again := must[desk.Imported](t)(w.Keyed("k1").Import(t.Context(), manager(1), order))
		if fmt.Sprintf("%+v", first) != fmt.Sprintf("%+v", again) || !again.Done {
			t.Errorf("%+v, then %+v", first, again)
		}
		if after := w.rows(); after != before {
			t.Errorf("%s\n%s", before, after)
		}
		_, err := w.Keyed("k1").Import(t.Context(), manager(1), desk.Order{File: intake.Read(intake.Devices, []byte("tag,ward\nC,Ward 1\n"))})
		refused(t, "the same key for another file", err, booking.ErrKeyReused)
		bad := desk.Order{File: intake.Read(intake.Devices, []byte("tag,ward\nC,Ward 9\n"))}
		for range 2 { // a refusal keeps nothing: the same again asks anew
			if done := must[desk.Imported](t)(w.Keyed("k2").Import(t.Context(), manager(1), bad)); len(done.Problems) != 1 {
				t.Errorf("%+v", done)
			}
		}
	})
}

// Whoever goes away in the middle leaves nothing behind, wherever the middle is.
func TestImportIsCutShort(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		var b strings.Builder
		b.WriteString("mrn,name,alias,ward,bed\n")
		for n := range 300 {
			fmt.Fprintf(&b, "N%d,Anna %d,Mrs A.,Ward 1,%d\n", n, n, n)
		}
		order := desk.Order{File: intake.Read(intake.Patients, []byte(b.String()))}
		before := w.rows()
		for _, after := range []int{0, 1, 40, 700, 1500} {
			ctx := &countdown{Context: t.Context(), left: after, done: make(chan struct{})}
			// A connection that is cut in the middle of an answer may be all there is to tell of.
			if _, err := w.Import(ctx, booking.System, order); !errors.Is(err, context.Canceled) && !errors.Is(err, driver.ErrBadConn) {
				t.Fatalf("cut short after %d questions: %v", after, err)
			}
			if now := w.rows(); now != before {
				t.Fatalf("cut short after %d questions, it left\n%s", after, now)
			}
		}
		must[desk.Imported](t)(w.Import(t.Context(), booking.System, order))
	})
}

// A countdown is a context that is cancelled once it has been asked so often
// whether it is.
type countdown struct {
	context.Context
	mu   sync.Mutex
	left int
	done chan struct{}
}

func (c *countdown) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left--; c.left == -1 {
		close(c.done)
	}
	if c.left < 0 {
		return context.Canceled
	}
	return nil
}

func (c *countdown) Done() <-chan struct{} {
	c.Err()
	return c.done
}

// Imports of the same file, imports of others, and families who book meanwhile:
// no row twice, nothing overlaps, and whoever is refused is refused by a rule.
func TestImportsRace(t *testing.T) {
	const families = 6
	inHospitalOf(t, families, families, func(t *testing.T, w *world) {
		var b strings.Builder
		b.WriteString("mrn,phones,date,time,minutes\n")
		for n := 1; n <= families; n++ {
			fmt.Fprintf(&b, "M%05d,%s,2026-11-25,%d:00,30\n", n, phone(n), 13+n)
		}
		visits := desk.Order{File: intake.Read(intake.Visits, []byte(b.String()))}
		patients := desk.Order{File: intake.Read(intake.Patients, []byte("mrn,name,alias,ward,bed\nN1,Anna,Mrs A.,Ward 1,9\nN2,Ben,Mr B.,Ward 2,9\n"))}
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				for _, o := range []desk.Order{visits, patients} {
					if _, err := w.Import(t.Context(), booking.System, o); err != nil {
						t.Errorf("import %s: %v", o.File.Kind, err)
					}
				}
			})
		}
		for n := 1; n <= families; n++ {
			wg.Go(func() {
				v, err := w.Hold(t.Context(), as(n), patientID(n), visitorID(n), time.Date(2026, 11, 25, 13+n%4+1, 0, 0, 0, time.UTC))
				if err == nil {
					_, err = w.Book(t.Context(), as(n), v.ID)
				}
				var rule *booking.Refusal
				if err != nil && !errors.As(err, &rule) {
					t.Errorf("family %d: %v", n, err)
				}
			})
		}
		wg.Wait()
		if n := w.overlaps(); n != 0 {
			t.Errorf("%d overlaps", n)
		}
		if n := w.count(`SELECT count(*) FROM patients WHERE mrn LIKE 'N%'`); n != 2 {
			t.Errorf("%d patients", n)
		}
		// All the file's visits are there, or none that the families did not book.
		if n := w.count(`SELECT count(*) FROM visits WHERE via = 'import'`); n != 0 && n != families {
			t.Errorf("%d visits of %d were imported", n, families)
		}
	})
}

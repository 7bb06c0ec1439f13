package desk_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/desk/desktest"
	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

var london = func() *time.Location {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err)
	}
	return zone
}()

// It is ten in the morning, on a Tuesday.
var morning = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

// today gives an instant of that day by its clock.
func today(hour, minute int) time.Time { return time.Date(2026, 11, 24, hour, minute, 0, 0, time.UTC) }

// A world is a small hospital with a clock that tests turn.
type world struct {
	*desk.Desk
	t     *testing.T
	store *store.Store
	url   string
	raw   *sql.DB

	mu  sync.Mutex // guards now
	now time.Time
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) at(t time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = t
}

// Everything in the hospital has a fixed id, made of a letter for what it is and
// a number.
func id[T ~string](kind byte, n int) T {
	return T(fmt.Sprintf("%02x000000-0000-7000-8000-%012d", kind, n))
}

func wardID(n int) booking.WardID          { return id[booking.WardID]('w', n) }
func deviceID(n int) booking.DeviceID      { return id[booking.DeviceID]('d', n) }
func patientID(n int) booking.PatientID    { return id[booking.PatientID]('p', n) }
func visitorID(n int) booking.VisitorID    { return id[booking.VisitorID]('v', n) }
func memberID(n int) booking.MemberID      { return id[booking.MemberID]('m', n) }
func interpID(n int) booking.InterpreterID { return id[booking.InterpreterID]('i', n) }
func phone(n int) string                   { return fmt.Sprintf("+4477009%05d", n) }
func as(n int) booking.Actor {
	return booking.Actor{Kind: booking.VisitorActor, ID: string(visitorID(n)), Name: "Visitor"}
}
func interpreter(n int) booking.Actor {
	return booking.Actor{Kind: booking.InterpreterActor, ID: string(interpID(n)), Name: "Interpreter"}
}
func device(n, ward int) booking.Actor {
	return booking.Actor{Kind: booking.DeviceActor, ID: string(deviceID(n)), Wards: map[booking.WardID]booking.Roles{wardID(ward): nil}}
}

// nurse is a member of staff of the wards given.
func nurse(wards ...int) booking.Actor {
	held := map[booking.WardID]booking.Roles{}
	for _, n := range wards {
		held[wardID(n)] = booking.Roles{booking.Nurse}
	}
	return booking.Actor{Kind: booking.StaffActor, ID: id[string]('s', 1), Name: "Sister Khan", Wards: held}
}

const (
	polish = "pl"
	bsl    = "bfi"
)

var (
	spokenPolish = booking.Tongue{Language: polish, Mode: booking.Spoken}
	signed       = booking.Tongue{Language: bsl, Mode: booking.Sign}
)

// hospital has two wards. Ward 1 has two iPads, ward 2 one; each has visits of
// half an hour, every quarter of an hour from two to six, every day, and one
// session in the morning that only staff may book. Patient n has visitor n in
// their circle, approved; patients 1 to wide lie in ward 1, the rest in ward 2.
// Patient 1 has visitor 2 too, and visitor 3 as proposed.
func hospital(patients, wide int) desk.Hospital {
	site := booking.Site{ID: id[booking.SiteID]('h', 1), Name: "St Test's Hospital", Zone: london}
	h := desk.Hospital{
		Practice: true,
		Sites:    []booking.Site{site},
		Interpreters: []booking.Interpreter{
			linguist(1, "Ewa", spokenPolish), linguist(2, "Jan", spokenPolish), linguist(3, "Bryn", signed),
		},
		Staff: []desk.NewStaff{{
			ID: id[booking.StaffID]('s', 1), Name: "Sister Khan", Email: "Amina.Khan@hospital.example", Password: "correct horse",
			Holds: []booking.Grant{{Role: booking.Nurse, Ward: wardID(1)}},
		}},
	}
	for n, tags := range [][]int{1: {1, 2}, 2: {3}} {
		if n > 0 {
			addWard(&h, site, n, tags)
		}
	}
	for n := 1; n <= patients; n++ {
		ward := 1
		if n > wide {
			ward = 2
		}
		addPatient(&h, n, ward)
	}
	first := &h.Patients[0]
	first.Circle = append(first.Circle,
		member(first.Patient.ID, 102, 2, booking.MemberApproved), member(first.Patient.ID, 103, 903, booking.MemberProposed))
	return h
}

func addWard(h *desk.Hospital, site booking.Site, n int, tags []int) {
	h.Wards = append(h.Wards, booking.Ward{
		ID: wardID(n), Site: site, Name: fmt.Sprintf("Ward %d", n), Phone: "0113 496 0107", Enabled: true, Policy: booking.Policy{
			Version: 1, Prepare: 10 * time.Minute, Clean: 5 * time.Minute, Earliest: 14 * 24 * time.Hour, Notice: 30 * time.Minute,
			ChangeCutoff: time.Hour, HoldFor: 10 * time.Minute, OpensBefore: 15 * time.Minute, Grace: 10 * time.Minute, People: 3,
		},
	})
	for _, tag := range tags {
		h.Devices = append(h.Devices, booking.Device{ID: deviceID(tag), Tag: fmt.Sprintf("iPad %d", tag), Ward: wardID(n), State: booking.DeviceReady})
	}
	for day := time.Sunday; day <= time.Saturday; day++ {
		h.Sessions = append(h.Sessions, booking.Session{
			ID: id[booking.SessionID]('t', n*100+int(day)), Ward: wardID(n), Weekday: day, Start: 14 * 60, End: 18 * 60,
			Length: 30 * time.Minute, Step: 15 * time.Minute, ValidFrom: booking.Date{Year: 2026, Month: 11, Day: 1}, Audience: booking.ForRelatives,
		}, booking.Session{
			ID: id[booking.SessionID]('t', n*100+50+int(day)), Ward: wardID(n), Weekday: day, Start: 10 * 60, End: 11 * 60,
			Length: 30 * time.Minute, Step: 30 * time.Minute, ValidFrom: booking.Date{Year: 2026, Month: 11, Day: 1}, Audience: booking.ForStaff,
		})
	}
}

func addPatient(h *desk.Hospital, n, ward int) {
	bed := fmt.Sprintf("Bed %d", n)
	h.Beds = append(h.Beds, desk.Bed{Ward: wardID(ward), Bay: "Bay 1", Name: bed})
	h.Patients = append(h.Patients, desk.Inpatient{
		Patient: booking.Patient{ID: patientID(n), MRN: fmt.Sprintf("M%05d", n), Name: fmt.Sprintf("Patient Number %d", n), Alias: fmt.Sprintf("Mr %d", n), State: booking.PatientActive},
		Stay:    booking.Stay{Ward: wardID(ward), Bay: "Bay 1", Bed: bed, From: morning.Add(-48 * time.Hour)},
		Consent: booking.Consent{ID: id[booking.ConsentID]('c', n), Basis: booking.BasisOwn, By: "themself", RecordedBy: "Sister Khan", At: morning.Add(-24 * time.Hour)},
		Circle:  []booking.CircleMember{member(patientID(n), n, n, booking.MemberApproved)},
	})
}

func member(patient booking.PatientID, n, visitor int, status booking.MemberStatus) booking.CircleMember {
	return booking.CircleMember{
		ID: memberID(n), Patient: patient, Relationship: "Daughter", Status: status,
		Visitor: booking.Visitor{ID: visitorID(visitor), Name: fmt.Sprintf("Visitor %d", visitor), Phone: phone(visitor)},
	}
}

// linguist works from nine to half past five, every day.
func linguist(n int, name string, tongue booking.Tongue) booking.Interpreter {
	i := booking.Interpreter{ID: interpID(n), Name: name, Phone: phone(800 + n), Zone: london, Tongues: []booking.Tongue{tongue}}
	for day := time.Sunday; day <= time.Saturday; day++ {
		i.Hours = append(i.Hours, booking.Hours{Weekday: day, Start: 9 * 60, End: 17*60 + 30})
	}
	return i
}

// inHospital runs test on both engines, each time in a hospital of its own with
// four patients, the last of them in ward 2.
func inHospital(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	inHospitalOf(t, 4, 3, test)
}

func inHospitalOf(t *testing.T, patients, wide int, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		w := &world{t: t, url: url, raw: storetest.Raw(t, url), now: morning}
		w.open()
		if err := w.Found(t.Context(), hospital(patients, wide)); err != nil {
			t.Fatal(err)
		}
		test(t, w)
	})
}

// open starts the program on the database, perhaps not for the first time.
func (w *world) open() {
	w.t.Helper()
	s, err := store.Open(w.t.Context(), w.url, store.MayLose)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { s.Close() })
	w.store = s
	w.Desk, err = desk.New(desk.Config{
		Store: s, Now: w.clock, PublicURL: "https://visits.example/", Pepper: []byte("0123456789abcdef0123456789abcdef"),
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// decided changes what every ward has decided before, which nobody can: a program
// reads a version of a policy once, so it is started again.
func (w *world) decided(change string) {
	w.t.Helper()
	if _, err := w.raw.ExecContext(w.t.Context(), `UPDATE policies SET `+change); err != nil {
		w.t.Fatal(err)
	}
	w.open()
}

// ---- what tests say often ----

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// book has visitor n book the slot at start for patient n.
func (w *world) book(n int, start time.Time, details desk.Details) desk.Visit {
	w.t.Helper()
	v := must[desk.Visit](w.t)(w.Hold(w.t.Context(), as(n), patientID(n), visitorID(n), start))
	must[desk.Visit](w.t)(w.Describe(w.t.Context(), as(n), v.ID, details))
	return must[desk.Visit](w.t)(w.Book(w.t.Context(), as(n), v.ID))
}

// pair makes a browser into device n of a ward and returns its token.
func (w *world) pair(n, ward int) string {
	w.t.Helper()
	p := must[desk.Pairing](w.t)(w.BeginPairing(w.t.Context(), nurse(ward), deviceID(n)))
	_, token, err := w.pairAs(newIPad(w.t), p.Code)
	ok(w.t, err)
	return token
}

func newIPad(t *testing.T) *desktest.IPad {
	t.Helper()
	return must[*desktest.IPad](t)(desktest.NewIPad())
}

// pairAs spends a code as one browser.
func (w *world) pairAs(browser *desktest.IPad, code string) (booking.Device, string, error) {
	w.t.Helper()
	return browser.Pair(w.t.Context(), w.Desk, code)
}

// spare is the other iPad of ward 1.
func (w *world) spare(id booking.DeviceID) booking.DeviceID {
	if id == deviceID(1) {
		return deviceID(2)
	}
	return deviceID(1)
}

// seat is the seat of visitor n at a visit.
func seat(t *testing.T, v desk.Visit, n int) booking.ParticipantID {
	t.Helper()
	for _, p := range v.People {
		if p.Visitor == visitorID(n) {
			return p.ID
		}
	}
	t.Fatalf("visitor %d is not at the visit", n)
	return ""
}

// A letter is a row of the outbox.
type letter struct{ Kind, To, State, Words string }

// letters are the rows of the outbox that a condition chooses.
func (w *world) letters(where string) (found []letter) {
	w.t.Helper()
	rows, err := w.raw.QueryContext(w.t.Context(), `SELECT kind, recipient, state, words FROM outbox WHERE `+where+` ORDER BY kind, recipient, id`)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var l letter
		if err := rows.Scan(&l.Kind, &l.To, &l.State, &l.Words); err != nil {
			w.t.Fatal(err)
		}
		found = append(found, l)
	}
	ok(w.t, rows.Err())
	return found
}

func (w *world) count(query string, args ...any) (n int) {
	w.t.Helper()
	if err := w.raw.QueryRowContext(w.t.Context(), query, args...).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// overlaps counts pairs of reservations that the rule forbids, without using it.
func (w *world) overlaps() int {
	w.t.Helper()
	return w.count(`
SELECT count(*) FROM reservations AS a JOIN reservations AS b
  ON a.resource_kind = b.resource_kind AND a.resource_id = b.resource_id AND a.id < b.id
WHERE a.state <> 'released' AND b.state <> 'released' AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at`)
}

// sent plays the postman: it leases every notice that is due and returns their
// words by kind, the last of each kind.
func (w *world) sent() map[booking.NoticeKind]booking.Notice {
	w.t.Helper()
	found := map[booking.NoticeKind]booking.Notice{}
	for {
		now := w.clock()
		n, more, err := w.store.LeaseNotice(context.Background(), now, now.Add(time.Minute))
		ok(w.t, err)
		if !more {
			return found
		}
		found[n.Kind] = n
		ok(w.t, w.store.SettleNotice(context.Background(), n.ID, store.Outcome{At: now, Attempt: n.Attempt, Sent: true, Body: n.Words["link"] + n.Words["code"] + "."}))
	}
}

// token is the secret part of the link in a notice.
func token(t *testing.T, n booking.Notice) string {
	t.Helper()
	u, err := url.Parse(n.Words["link"])
	if err != nil || u.Host != "visits.example" || !strings.HasPrefix(u.Path, "/invitation/") {
		t.Fatalf("the link %q is none", n.Words["link"])
	}
	return path.Base(u.Path)
}

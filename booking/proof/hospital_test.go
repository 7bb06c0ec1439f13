package proof

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/desk/desktest"
	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
	"github.com/wardvisit/wardvisit/migrations"
)

// full reports whether to prove as often as is promised, and not only as often
// as a test may take.
var full = os.Getenv("WARDVISIT_PROVE") == "full"

// often is how often to do something: a few times in a test, many times in full.
func often(few, many int) int {
	if full {
		return many
	}
	return few
}

func TestMain(m *testing.M) {
	if what := os.Getenv(childVariable); what != "" {
		beChild(what) // killed, or over
		return
	}
	storetest.Main(m)
}

var london = func() *time.Location {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err)
	}
	return zone
}()

// It is ten in the morning, on a Tuesday.
var morning = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

// pepper is for hashes that nobody here needs to keep.
var pepper = []byte("0123456789abcdef0123456789abcdef")

// A size says how large a hospital is. Its wards are alike.
type size struct {
	wards, devices, patients int  // devices and patients of each ward
	busy                     bool // open from two to five, with beds to move to, instead of from nine to six
}

// Everything has a fixed id, made of a letter for what it is and a number.
func id[T ~string](kind byte, n int) T {
	return T(fmt.Sprintf("%02x000000-0000-7000-8000-%012d", kind, n))
}

func wardID(n int) booking.WardID       { return id[booking.WardID]('w', n) }
func deviceID(n int) booking.DeviceID   { return id[booking.DeviceID]('d', n) }
func patientID(n int) booking.PatientID { return id[booking.PatientID]('p', n) }

// visitorID and memberID are of one of the two relatives of patient n.
func visitorID(n, which int) booking.VisitorID { return id[booking.VisitorID]('v', 2*n+which) }
func memberID(n, which int) booking.MemberID   { return id[booking.MemberID]('m', 2*n+which) }

// relative is one of the two relatives of patient n.
func relative(n, which int) booking.Actor {
	return booking.Actor{Kind: booking.VisitorActor, ID: string(visitorID(n, which)), Name: "Relative"}
}

// interpreters is how many there are; the last one signs.
const interpreters = 4

func interpreter(n int) booking.Actor {
	return booking.Actor{Kind: booking.InterpreterActor, ID: id[string]('i', n), Name: "Interpreter"}
}

// sister manages the ward n.
func sister(n int) booking.Actor {
	return booking.Actor{
		Kind: booking.StaffActor, ID: id[string]('s', 1), Name: "Sister Khan",
		Wards: map[booking.WardID]booking.Roles{wardID(n): {booking.WardManager}},
	}
}

var (
	spokenPolish = booking.Tongue{Language: "pl", Mode: booking.Spoken}
	signed       = booking.Tongue{Language: "bfi", Mode: booking.Sign}
)

// Of a visit in every ward.
const (
	visitLength = 30 * time.Minute
	visitStep   = 15 * time.Minute
	prepare     = 10 * time.Minute
	clean       = 5 * time.Minute
)

// hospital has wards with visits from nine to six, every day.
func hospital(s size) desk.Hospital {
	site := booking.Site{ID: id[booking.SiteID]('h', 1), Name: "St Test's Hospital", Zone: london}
	h := desk.Hospital{Practice: true, Sites: []booking.Site{site}, Staff: []desk.NewStaff{{
		ID: id[booking.StaffID]('s', 1), Name: "Sister Khan", Email: "amina.khan@hospital.example", Password: "correct horse",
		Holds: []booking.Grant{{Role: booking.WardManager, Ward: wardID(1)}},
	}}}
	for n := 1; n <= interpreters; n++ {
		i := booking.Interpreter{
			ID: id[booking.InterpreterID]('i', n), Name: fmt.Sprintf("Interpreter %d", n), Phone: phone(90000 + n), Zone: london,
			Tongues: []booking.Tongue{spokenPolish},
		}
		if n == interpreters {
			i.Tongues = []booking.Tongue{signed}
		}
		for day := time.Sunday; day <= time.Saturday; day++ {
			i.Hours = append(i.Hours, booking.Hours{Weekday: day, Start: 0, End: 24 * 60})
		}
		h.Interpreters = append(h.Interpreters, i)
	}
	for n := 1; n <= s.wards; n++ {
		addWard(&h, site, n, s)
	}
	return h
}

func addWard(h *desk.Hospital, site booking.Site, n int, s size) {
	h.Wards = append(h.Wards, booking.Ward{
		ID: wardID(n), Site: site, Name: fmt.Sprintf("Ward %d", n), Phone: "0113 496 0107", Enabled: true, Policy: booking.Policy{
			Version: 1, Prepare: prepare, Clean: clean, Earliest: 14 * 24 * time.Hour, Notice: 30 * time.Minute,
			StaffEarliest: 60 * 24 * time.Hour, OfferFor: 20 * time.Minute, ChangeCutoff: time.Hour, HoldFor: 10 * time.Minute, OpensBefore: 15 * time.Minute, Grace: 10 * time.Minute, People: 3,
			Infected: map[booking.Infection]booking.Buffers{
				booking.Contact: {Prepare: prepare, Clean: 3 * clean}, booking.Airborne: {Prepare: 2 * prepare, Clean: 6 * clean},
			},
		},
	})
	opens, closes := booking.ClockTime(9*60), booking.ClockTime(18*60)
	if s.busy {
		opens, closes = 14*60, 17*60
		for i := range 2 {
			h.Beds = append(h.Beds, desk.Bed{Ward: wardID(n), Bay: "Bay 2", Name: fmt.Sprintf("Spare %d", i)})
		}
	}
	for day := time.Sunday; day <= time.Saturday; day++ {
		h.Sessions = append(h.Sessions, booking.Session{
			ID: id[booking.SessionID]('t', n*10+int(day)), Ward: wardID(n), Weekday: day, Start: opens, End: closes,
			Length: visitLength, Step: visitStep, ValidFrom: booking.Date{Year: 2026, Month: 11, Day: 1}, Audience: booking.ForRelatives,
		})
	}
	for i := (n-1)*s.devices + 1; i <= n*s.devices; i++ {
		h.Devices = append(h.Devices, booking.Device{ID: deviceID(i), Tag: fmt.Sprintf("iPad %d", i), Ward: wardID(n), State: booking.DeviceReady})
	}
	for i := (n-1)*s.patients + 1; i <= n*s.patients; i++ {
		addPatient(h, i, n)
	}
}

func addPatient(h *desk.Hospital, n, ward int) {
	bed := fmt.Sprintf("Bed %d", n)
	h.Beds = append(h.Beds, desk.Bed{Ward: wardID(ward), Bay: "Bay 1", Name: bed})
	in := desk.Inpatient{
		Patient: booking.Patient{ID: patientID(n), MRN: fmt.Sprintf("M%05d", n), Name: fmt.Sprintf("Patient Number %d", n), Alias: fmt.Sprintf("Mr %d", n), State: booking.PatientActive},
		Stay:    booking.Stay{Ward: wardID(ward), Bay: "Bay 1", Bed: bed, From: morning.Add(-48 * time.Hour)},
		Consent: booking.Consent{ID: id[booking.ConsentID]('c', n), Basis: booking.BasisOwn, By: "themself", RecordedBy: "Sister Khan", At: morning.Add(-24 * time.Hour)},
	}
	for which := range 2 {
		in.Circle = append(in.Circle, booking.CircleMember{
			ID: memberID(n, which), Patient: patientID(n), Relationship: "Daughter", Status: booking.MemberApproved,
			Visitor: booking.Visitor{ID: visitorID(n, which), Name: fmt.Sprintf("Relative %d of %d", which, n), Phone: phone(2*n + which)},
		})
	}
	h.Patients = append(h.Patients, in)
}

func phone(n int) string { return fmt.Sprintf("+4477009%05d", n) }

// A world is a hospital with a clock that tests turn, and a way into its
// database past the desk.
type world struct {
	*desk.Desk
	t     testing.TB
	url   string
	store *store.Store
	raw   *sql.DB
	size  size
	now   atomic.Int64 // microseconds
}

func (w *world) clock() time.Time         { return time.UnixMicro(w.now.Add(1)).UTC() } // no two acts at one instant
func (w *world) advance(by time.Duration) { w.now.Add(by.Microseconds()) }
func (w *world) patients() int            { return w.size.wards * w.size.patients }
func (w *world) wardOf(patient int) int   { return (patient-1)/w.size.patients + 1 }
func (w *world) deviceOf(ward, n int) int { return (ward-1)*w.size.devices + n }
func (w *world) isPostgres() bool         { return w.url[0] == 'p' }
func on(days, hour, minute int) time.Time {
	return time.Date(2026, 11, 24+days, hour, minute, 0, 0, time.UTC)
}
func dateOf(t time.Time) (d booking.Date)  { return booking.DateOf(t, london) }
func isRefusal(err error) *booking.Refusal { var r *booking.Refusal; errors.As(err, &r); return r }

// enter opens the hospital at url.
func enter(t testing.TB, url string, s size, options ...store.Option) *world {
	t.Helper()
	st, err := store.Open(t.Context(), url, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	w := &world{t: t, url: url, store: st, size: s}
	w.now.Store(morning.UnixMicro())
	if w.Desk, err = newDesk(st, w.clock); err != nil {
		t.Fatal(err)
	}
	return w
}

func newDesk(s *store.Store, clock func() time.Time) (*desk.Desk, error) {
	return desk.New(desk.Config{Store: s, Now: clock, PublicURL: "https://visits.example/", Pepper: pepper})
}

// inHospital runs test on both engines, each time in a new hospital.
func inHospital(t *testing.T, s size, test func(t *testing.T, w *world)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, url string) { test(t, founded(t, url, s, store.MayLose)) })
}

// founded is a new hospital in the empty database at url.
func founded(t *testing.T, url string, s size, options ...store.Option) *world {
	t.Helper()
	w := enter(t, url, s, options...)
	ok(t, w.Found(t.Context(), hospital(s)))
	w.raw = storetest.Raw(t, url)
	return w
}

// openRaw is storetest.Raw for a child, which has no test.
func (w *world) openRaw(ctx context.Context) (err error) {
	engine, dsn, err := migrations.ParseURL(w.url)
	if err != nil {
		return err
	}
	driver := "pgx"
	if engine == migrations.SQLite {
		driver, dsn = "sqlite", "file:"+dsn+"?_pragma=busy_timeout(10000)"
	}
	w.raw, err = sql.Open(driver, dsn)
	return err
}

// pairAll makes every device one that a visit can start on.
func (w *world) pairAll() {
	w.t.Helper()
	for n := 1; n <= w.size.wards*w.size.devices; n++ {
		p, err := w.BeginPairing(w.t.Context(), booking.System, deviceID(n))
		ok(w.t, err)
		browser, err := desktest.NewIPad()
		ok(w.t, err)
		_, _, err = browser.Pair(w.t.Context(), w.Desk, p.Code)
		ok(w.t, err)
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		ok(t, err)
		return v
	}
}

// book has a relative book a slot for patient n.
func (w *world) book(n int, start time.Time) desk.Visit {
	w.t.Helper()
	ctx := context.WithoutCancel(w.t.Context())
	held := must[desk.Visit](w.t)(w.Hold(ctx, relative(n, 0), patientID(n), visitorID(n, 0), start))
	return must[desk.Visit](w.t)(w.Book(ctx, relative(n, 0), held.ID))
}

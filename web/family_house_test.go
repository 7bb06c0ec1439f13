package web

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
	"github.com/wardvisit/wardvisit/web/login"
)

// A familyHouse is a whole hospital behind its pages: a real desk on a real
// database, at an hour that the test sets.
type familyHouse struct {
	*Server
	desk  *desk.Desk
	store *store.Store
	hour  time.Time
	log   bytes.Buffer

	watched func(screen) // sees every answer, if there is one who looks
}

func newFamilyHouse(t *testing.T) *familyHouse {
	t.Helper()
	return newFamilyHouseOn(t, storetest.SQLite(t))
}

// newFamilyHouseOn is newFamilyHouse on a database of its own.
func newFamilyHouseOn(t *testing.T, where string) *familyHouse {
	t.Helper()
	h := &familyHouse{hour: noon}
	now := func() time.Time { return h.hour }
	var err error
	if h.store, err = store.Open(t.Context(), where, store.MayLose); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.store.Close() })
	h.desk, err = desk.New(desk.Config{Store: h.store, Now: now, PublicURL: "https://visits.example", Pepper: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.desk.Found(t.Context(), familyHospital(t)); err != nil {
		t.Fatal(err)
	}
	h.Server, err = New(Config{
		Desk:      h.desk,
		Rooms:     &toldRooms{},
		Doors:     login.New(login.Config{Store: h.store.Logins(now), People: h.desk, Devices: h.desk, Now: now}),
		PublicURL: &url.URL{Scheme: "https", Host: "visits.example"},
		Now:       now,
		Log:       slog.New(slog.NewTextHandler(&h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// The members of circles by whom the tests go.
const (
	anna   booking.MemberID = "00000000-0000-4000-8000-0000000000a1" // Thomas's daughter
	david  booking.MemberID = "00000000-0000-4000-8000-0000000000a2" // his son
	june   booking.MemberID = "00000000-0000-4000-8000-0000000000a3" // his sister, proposed
	piotr  booking.MemberID = "00000000-0000-4000-8000-0000000000b1" // Maria's husband
	grace  booking.MemberID = "00000000-0000-4000-8000-0000000000c1" // Samuel's wife; he has not consented
	martin booking.MemberID = "00000000-0000-4000-8000-0000000000d1" // Helen's brother
	nadia  booking.MemberID = "00000000-0000-4000-8000-0000000000e1" // Idris's daughter

	bslInterpreter booking.InterpreterID = "00000000-0000-4000-8000-0000000000f1"
)

// thomas and the others are patients, by the first of their circle.
var (
	thomas = patientOf(anna)
	maria  = patientOf(piotr)
	samuel = patientOf(grace)
	helen  = patientOf(martin)
	idris  = patientOf(nadia)
)

func patientOf(m booking.MemberID) booking.PatientID {
	return booking.PatientID("1" + string(m[1:len(m)-1]) + "0")
}

const (
	willow  booking.WardID = "00000000-0000-4000-8000-000000000001" // with two iPads
	harbour booking.WardID = "00000000-0000-4000-8000-000000000002" // with one
)

func familyHospital(t *testing.T) desk.Hospital {
	t.Helper()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	site := booking.Site{ID: "00000000-0000-4000-8000-000000000003", Name: "Northgate Hospital", Zone: zone}
	policy := booking.Policy{
		Version: 1, Prepare: 10 * time.Minute, Clean: 10 * time.Minute, Earliest: 14 * 24 * time.Hour,
		Notice: 30 * time.Minute, ChangeCutoff: 30 * time.Minute, HoldFor: 10 * time.Minute,
		OpensBefore: 15 * time.Minute, Grace: 10 * time.Minute, People: 2,
	}
	h := desk.Hospital{
		Practice: true, Sites: []booking.Site{site},
		Wards: []booking.Ward{
			{ID: willow, Site: site, Name: "Willow Ward", Phone: "0113 496 0107", Enabled: true, Policy: policy},
			{ID: harbour, Site: site, Name: "Harbour Ward", Phone: "0113 496 0112", Enabled: true, Policy: policy},
		},
		Devices: []booking.Device{
			{ID: "00000000-0000-4000-8000-000000000011", Tag: "iPad 1", Ward: willow, State: booking.DeviceReady, Battery: -1},
			{ID: "00000000-0000-4000-8000-000000000012", Tag: "iPad 2", Ward: willow, State: booking.DeviceReady, Battery: -1},
			{ID: "00000000-0000-4000-8000-000000000013", Tag: "iPad 3", Ward: harbour, State: booking.DeviceReady, Battery: -1},
		},
		Interpreters: []booking.Interpreter{{
			ID: bslInterpreter, Name: "Bryn Morgan", Phone: "+447700900301", Zone: zone,
			Tongues: []booking.Tongue{{Language: "bfi", Mode: booking.Sign}},
		}},
	}
	for day := time.Sunday; day <= time.Saturday; day++ {
		h.Interpreters[0].Hours = append(h.Interpreters[0].Hours, booking.Hours{Weekday: day, Start: 0, End: 24 * 60})
		for i, ward := range []booking.WardID{willow, harbour} {
			h.Sessions = append(h.Sessions, booking.Session{
				ID:   booking.SessionID("00000000-0000-4000-8000-0000000001" + string(rune('0'+day)) + string(rune('0'+i))),
				Ward: ward, Weekday: day, Start: 14 * 60, End: 19 * 60, Length: 20 * time.Minute, Step: 20 * time.Minute,
				ValidFrom: booking.DateOf(noon, zone), Audience: booking.ForRelatives,
			})
		}
	}
	h.Patients = []desk.Inpatient{
		familyPatient("Thomas Arkwright", willow, true,
			relative(anna, "Anna Arkwright", "Daughter"), relative(david, "David Arkwright", "Son"), relative(june, "June Arkwright", "Sister")),
		familyPatient("Maria Kowalska", willow, true, relative(piotr, "Piotr Kowalski", "Husband")),
		familyPatient("Samuel Okafor", willow, false, relative(grace, "Grace Okafor", "Wife")),
		familyPatient("Helen Fairweather", harbour, true, relative(martin, "Martin Fairweather", "Brother")),
		familyPatient("Idris Rahman", harbour, true, relative(nadia, "Nadia Rahman", "Daughter")),
	}
	h.Patients[0].Circle[2].Status = booking.MemberProposed
	for _, in := range h.Patients {
		h.Beds = append(h.Beds, desk.Bed{Ward: in.Stay.Ward, Bay: in.Stay.Bay, Name: in.Stay.Bed})
	}
	return h
}

func relative(id booking.MemberID, name, relationship string) booking.CircleMember {
	phone := "+4477009001" + string(id[len(id)-2:])
	return booking.CircleMember{
		ID: id, Patient: patientOf(id), Relationship: relationship, Status: booking.MemberApproved, ApprovedAt: noon.Add(-time.Hour),
		Visitor: booking.Visitor{ID: booking.VisitorID("2" + string(id[1:])), Name: name, Phone: strings.Map(asDigit, phone)},
	}
}

// asDigit makes the letters of an id digits of a telephone number.
func asDigit(r rune) rune {
	if r >= 'a' && r <= 'f' {
		return '1' + r - 'a'
	}
	return r
}

func familyPatient(name string, ward booking.WardID, consents bool, circle ...booking.CircleMember) desk.Inpatient {
	id := circle[0].Patient
	in := desk.Inpatient{
		Patient: booking.Patient{ID: id, MRN: "M" + string(id[len(id)-3:]), Name: name, Alias: name[:1] + ".", State: booking.PatientActive},
		Stay:    booking.Stay{Patient: id, Ward: ward, Bay: "Bay 1", Bed: "Bed " + string(id[len(id)-2:]), From: noon.Add(-48 * time.Hour)},
		Circle:  circle,
	}
	for i := range in.Circle {
		in.Circle[i].Patient = id
	}
	if consents {
		in.Consent = booking.Consent{
			ID: booking.ConsentID("3" + string(id[1:])), Patient: id, Basis: booking.BasisOwn, By: name,
			RecordedBy: "Sister Khan", At: noon.Add(-time.Hour),
		}
	}
	return in
}

// A phone is somebody's browser.
type phone struct {
	t       *testing.T
	house   *familyHouse
	cookies map[string]string
	key     iPadKey // of an iPad
}

func (h *familyHouse) phone(t *testing.T) *phone {
	return &phone{t: t, house: h, cookies: map[string]string{}}
}

// phoneOf is the phone of a relative who has signed in as they do.
func (h *familyHouse) phoneOf(t *testing.T, m booking.MemberID) *phone {
	t.Helper()
	p := h.phone(t)
	token := h.link(t, m, "")
	p.post("/invitation/code", "token", token).leads("/invitation/" + token)
	p.post("/invitation/open", "token", token, "code", h.code(t)).leads("/visits")
	return p
}

func (h *familyHouse) link(t *testing.T, m booking.MemberID, i booking.InterpreterID) string {
	t.Helper()
	token, err := h.desk.PracticeLink(t.Context(), m, i)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// code is the last code that was texted.
func (h *familyHouse) code(t *testing.T) string {
	t.Helper()
	code := ""
	for range 100 {
		n, found, err := h.store.LeaseNotice(t.Context(), h.hour, h.hour.Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if !found {
			break
		}
		if n.Kind == booking.NoticeCode {
			code = n.Words["code"]
		}
	}
	if code == "" {
		t.Fatal("no code was sent")
	}
	return code
}

// A screen is what a phone shows.
type screen struct {
	t      *testing.T
	what   string // was asked
	status int
	to     string
	text   string
	header http.Header
}

func (p *phone) get(path string) screen {
	p.t.Helper()
	return p.ask(http.MethodGet, path, nil)
}

func (p *phone) post(path string, pairs ...string) screen {
	p.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return p.ask(http.MethodPost, path, form)
}

func (p *phone) ask(method, path string, form url.Values) screen {
	p.t.Helper()
	r := httptest.NewRequestWithContext(p.t.Context(), method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Accept", "text/html")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range p.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	p.house.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.Value == "" {
			delete(p.cookies, c.Name)
		} else {
			p.cookies[c.Name] = c.Value
		}
	}
	s := screen{p.t, method + " " + path, w.Code, w.Header().Get("Location"), w.Body.String(), w.Header()}
	s.check()
	if p.house.watched != nil {
		p.house.watched(s)
	}
	return s
}

var (
	heading = regexp.MustCompile(`<h1[ >]`)
	title   = regexp.MustCompile(`<title>([^<]*)</title>`)
	patient = regexp.MustCompile(`Arkwright|Kowalska|Okafor|Fairweather|Rahman`)
)

// check is what holds of every page.
func (s screen) check() {
	s.t.Helper()
	if s.status >= http.StatusInternalServerError {
		s.t.Errorf("%s: status %d", s.what, s.status)
	}
	if policy := s.header.Get("Referrer-Policy"); policy != "no-referrer" {
		s.t.Errorf("%s: other websites are told of it: %q", s.what, policy)
	}
	if patient.MatchString(s.to) {
		s.t.Errorf("%s: a patient's name is in %s", s.what, s.to)
	}
	if len(s.text) > 100<<10 {
		s.t.Errorf("%s: %d bytes", s.what, len(s.text))
	}
	if !strings.HasPrefix(s.header.Get("Content-Type"), "text/html") || s.text == "" || s.to != "" {
		return
	}
	if n := len(heading.FindAllString(s.text, -1)); n != 1 {
		s.t.Errorf("%s: %d first headings", s.what, n)
	}
	if name := title.FindStringSubmatch(s.text); name == nil || patient.MatchString(name[1]) {
		s.t.Errorf("%s: title %q", s.what, name)
	}
}

// shows fails unless the page has the status and all the texts.
func (s screen) shows(status int, texts ...string) screen {
	s.t.Helper()
	if s.status != status {
		s.t.Fatalf("%s: status %d, want %d\n%s", s.what, s.status, status, s.words())
	}
	for _, text := range texts {
		if !strings.Contains(s.words(), text) {
			s.t.Errorf("%s: no %q in\n%s", s.what, text, s.words())
		}
	}
	return s
}

func (s screen) hides(texts ...string) screen {
	s.t.Helper()
	for _, text := range texts {
		if strings.Contains(s.words(), text) {
			s.t.Errorf("%s: %q in\n%s", s.what, text, s.words())
		}
	}
	return s
}

// leads fails unless the answer leads to an address that begins so.
func (s screen) leads(to string) string {
	s.t.Helper()
	if s.status != http.StatusSeeOther || !strings.HasPrefix(s.to, to) {
		s.t.Fatalf("%s: status %d to %q, want 303 to %s\n%s", s.what, s.status, s.to, to, s.words())
	}
	return s.to
}

var (
	markup = regexp.MustCompile(`(?s)<head>.*?</head>|<[^>]*>`)
	spaces = regexp.MustCompile(`\s+`)
)

// words are what a page says.
func (s screen) words() string {
	plain := strings.NewReplacer("&#39;", "'", "&amp;", "&", "&lt;", "<", "&gt;", ">", "&#34;", `"`).
		Replace(markup.ReplaceAllString(s.text, " "))
	return strings.TrimSpace(spaces.ReplaceAllString(plain, " "))
}

var value = regexp.MustCompile(`name="(start|to|version|people|interpreter|instead|key)"[^>]*? value="([^"]*)"`)

// offered are the values that a page offers under a name, in its order.
func (s screen) offered(name string) []string {
	var values []string
	for _, found := range value.FindAllStringSubmatch(s.text, -1) {
		if found[1] == name {
			values = append(values, found[2])
		}
	}
	return values
}

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
	"github.com/wardvisit/wardvisit/signaling/signalingtest"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

var adminLine = regexp.MustCompile(`msg="metrics are served[^"]*" at=(\S+)`)

// admin is where a program says that it serves its metrics.
func (p *program) admin() string {
	p.t.Helper()
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		if found := adminLine.FindStringSubmatch(p.said()); found != nil {
			return "http://" + found[1]
		}
		<-time.After(10 * time.Millisecond)
	}
	p.t.Fatal("it does not say where its metrics are")
	return ""
}

// read asks for a page by a name, and returns what it says.
func read(t *testing.T, page, host string) (status int, body string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		t.Fatal(err)
	}
	if host != "" {
		r.Host = host
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// canary is in everything that must not get into a metric.
const canary = "canary"

// plantCanaries puts one into every name and number of the hospital's people.
func plantCanaries(t *testing.T, h hospital) {
	t.Helper()
	db := storetest.Raw(t, "sqlite:"+h.file)
	for _, change := range []string{
		`UPDATE visitors SET name = 'Canary ' || id`,
		`UPDATE patients SET name = 'Canary ' || id, alias = 'Canary'`,
		`UPDATE interpreters SET name = 'Canary ' || id`,
	} {
		if _, err := db.Exec(change); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestMetricsAreServedOnAnAddressOfTheirOwnAndNameNobody(t *testing.T) {
	h := newHospital(t)
	plantCanaries(t, h)
	p := h.start(t, "-admin", "127.0.0.1:0")
	admin := p.admin()
	now := time.Now()
	sealed, err := p.seals.Seal(ticket.Ticket{
		Room: p.visits[0], Seat: desk.SeatOfPatient, Role: ticket.Patient, Name: "Canary", About: "Canary",
		ID: canary + fmt.Sprint(now.UnixNano()), NotBefore: now, Expires: now.Add(time.Minute),
	})
	if err != nil {
		t.Fatal(err)
	}
	options := signalingtest.Options{
		URL: "ws" + strings.TrimPrefix(p.url, "http") + "/signal", Origin: p.url, Ticket: sealed, Slots: 5, Now: time.Now,
	}
	b, err := signalingtest.Join(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if _, err := signalingtest.Join(t.Context(), options); err == nil { // the same ticket
		t.Error("a ticket opens a seat twice")
	}
	form := url.Values{"token": {canary}, "code": {"123456"}}
	res, err := http.PostForm(p.url+"/invitation/open?"+canary, form)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()

	status, body := read(t, admin+"/metrics", "")
	if status != http.StatusOK {
		t.Fatalf("metrics: %d, %s", status, body)
	}
	for _, want := range []string{
		"\nwardvisit_call_rooms 1\n", `wardvisit_call_people{role="patient"} 1`, `wardvisit_call_people{role="visitor"} 0`,
		`wardvisit_call_joins_total{result="ok"} 1`, `wardvisit_call_joins_total{result="bad_ticket"} 1`,
		"\nwardvisit_media_forwarded_total ", "\nwardvisit_media_forwarded_bytes_total ", "\nwardvisit_media_keyframes_total ",
		"\nwardvisit_call_estimate_kbps_bucket{", "\nwardvisit_outbox_notices ", "\nwardvisit_outbox_oldest_due_seconds ",
		`wardvisit_act_duration_seconds_count{act="POST /invitation/open",outcome="`, `wardvisit_act_duration_seconds_count{act="room: arrive",outcome="done"} 1`,
		"\nwardvisit_board_watchers 0\n", `wardvisit_database_connections{pool="write",state="in_use"}`, "\ngo_goroutines ", "\nprocess_open_fds ",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	if i := strings.Index(strings.ToLower(body), canary); i >= 0 {
		t.Errorf("somebody is named: …%s…", body[max(0, i-100):i+30])
	}
	for _, id := range p.visits {
		if strings.Contains(body, id) {
			t.Error("a visit is named")
		}
	}
	if t.Failed() {
		t.Logf("%s", body)
	}
	wantOnlyThere(t, p, admin)
}

func wantOnlyThere(t *testing.T, p *program, admin string) {
	t.Helper()
	for page, want := range map[string]int{
		admin + "/debug/pprof/": http.StatusOK, admin + "/debug/pprof/goroutine?debug=1": http.StatusOK,
		admin + "/debug/pprof/cmdline": http.StatusNotFound, admin + "/": http.StatusNotFound,
		p.url + "/metrics": http.StatusNotFound, p.url + "/debug/pprof/": http.StatusNotFound,
	} {
		if got, _ := read(t, page, ""); got != want {
			t.Errorf("%s: %d, want %d", page, got, want)
		}
	}
	if got, _ := read(t, admin+"/metrics", "elsewhere.example"); got != http.StatusMisdirectedRequest {
		t.Errorf("asked for by another's name: %d", got)
	}
	if got, _ := read(t, admin+"/metrics", "localhost:9090"); got != http.StatusOK {
		t.Errorf("asked for as localhost: %d", got)
	}
}

func TestWhereMetricsMayBeServed(t *testing.T) {
	for _, tt := range []struct {
		admin string
		open  bool
		want  string // in the refusal; "" if it may
	}{
		{"", false, ""},
		{"127.0.0.1:9090", false, ""}, {"[::1]:9090", false, ""}, {"localhost:9090", false, ""},
		{":9090", false, "-admin-open"}, {"0.0.0.0:9090", false, "-admin-open"}, {"[::]:9090", false, "-admin-open"},
		{"10.0.0.5:9090", false, "-admin-open"}, {"metrics.example:9090", false, "-admin-open"},
		{":9090", true, ""}, {"10.0.0.5:9090", true, ""},
		{"9090", true, "is not an address"},
	} {
		c := config{admin: tt.admin, adminOpen: tt.open}
		err := c.checkAdmin()
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("-admin %q, open %t: %v", tt.admin, tt.open, err)
		}
	}
}
